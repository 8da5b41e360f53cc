"""`onelook train`: what reaches the command, what is printed, and Ctrl-C."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from onelook.cli import main
from onelook.settings import TrainSettings
from onelook.settings.parse import parse_flags

QUICK = ["train", "digits", "--model", "mlp", "--epochs", "1", "--device", "cpu", "--out", "run"]


class AskedError(Exception):
    """Ends a command once it is known what it asks for."""


@pytest.fixture
def asked(monkeypatch) -> dict[str, Any]:
    """What `onelook train` hands on, after the command was run."""
    received: dict[str, Any] = {}

    def note(data: str, **keywords: Any) -> None:
        received.update(keywords, data=data)
        raise AskedError

    monkeypatch.setattr("onelook.commands.train.train", note)
    return received


def test_hands_on_what_was_typed_and_nothing_else(asked):
    main(["train", "photos", "--epochs", "3", "--val", "val/", "--set", "dropout=0", "--set", "optimizer.name=sgd"])
    given = {name: value for name, value in asked.items() if value is not None and name in TrainSettings.model_fields}
    assert given == {"epochs": "3", "val": "val/"}
    assert asked["data"] == "photos"
    assert list(asked["sets"]) == ["dropout=0", "optimizer.name=sgd"]
    assert asked["command"] == "onelook train photos --epochs 3 --val val/ --set dropout=0 --set optimizer.name=sgd"
    main(["train", "my photos", "--test", "it's", "--quiet"])
    assert asked["command"] == """onelook train 'my photos' --test 'it'"'"'s' --quiet"""  # to paste into a shell


def test_a_switch_that_is_not_given_leaves_a_file_s_alone(asked):
    main(["train", "photos"])
    assert "strict" not in asked
    main(["train", "photos", "--strict"])
    assert asked["strict"] is True


def test_every_flag_reads_back_as_its_setting(asked):
    words = {
        "--model": "mlp",
        "--recipe": "mnist-tutorial",
        "--test": "t",
        "--val": "0.2",
        "--epochs": "3",
        "--time-limit": "1h30m",
        "--image-size": "128x96",
        "--batch-size": "5",
        "--seed": "7",
        "--class-names": "a,b",
        "--label-column": "y",
        "--device": "cpu",
    }
    main(["train", "photos", *(word for pair in words.items() for word in pair), "--strict"])
    names = [name for name in TrainSettings.model_fields if name in asked]
    settings = TrainSettings.model_validate(parse_flags({name: asked[name] for name in names}))
    assert settings == TrainSettings(
        model="mlp",
        recipe="mnist-tutorial",
        test="t",
        val=0.2,
        epochs=3,
        time_limit_seconds=5400,
        image_size=(128, 96),
        batch_size=5,
        seed=7,
        class_names=("a", "b"),
        label_column="y",
        device="cpu",
        strict=True,
    )


def test_prints_the_score_and_what_to_type_next(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(QUICK) == 0
    printed = capsys.readouterr()
    assert "1,797 pictures of 10 classes" in printed.out
    assert "of 360 test pictures right (95 % interval " in printed.out
    assert "onelook predict run " in printed.out
    assert Path("run/report.html").is_file()
    assert Path("run/model/model.json").is_file()
    assert max(map(len, printed.out.splitlines())) <= 80
    assert json.loads(Path("run/run.json").read_text())["command"] == "onelook " + " ".join(QUICK)


@pytest.mark.usefixtures("score_alone")
def test_prints_one_json_document_and_nothing_else(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*QUICK, "--json"]) == 0
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    saved = json.loads(Path("run/evaluation.json").read_text())
    assert {name: document[name] for name in saved} == saved
    assert (document["set"], document["run"], document["status"]) == ("test", "run", "complete")
    assert "1,797 pictures" in printed.err


@pytest.mark.usefixtures("score_alone")
def test_is_quiet_when_asked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([*QUICK, "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("score_alone")
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")
def test_ctrl_c_keeps_what_was_done_and_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    history = tmp_path / "run" / "history.jsonl"
    ended = threading.Event()

    def press() -> None:
        deadline = time.monotonic() + 60
        while not (history.exists() and history.read_text().count("\n") >= 2) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not ended.is_set():  # else pytest would be interrupted
            signal.raise_signal(signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    try:
        code = main(["train", "digits", "--model", "mlp", "--epochs", "5000", "--device", "cpu", "--out", "run"])
    finally:
        ended.set()
        presser.join()
    errors = capsys.readouterr().err
    assert code == 130
    assert "--resume" in errors
    assert "Traceback" not in errors
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "interrupted"
    assert (tmp_path / "run" / "model" / "model.json").is_file()
