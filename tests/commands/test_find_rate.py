"""`onelook train DATA --find-lr`, and the same from Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import onelook as ol
from onelook.cli import main
from onelook.cli.find_rate import training_command
from onelook.commands.find_rate import FoundRate
from onelook.errors import ConfigError
from onelook.training.measurements.find_learning_rate import RateSweep

QUICK = ["train", "digits", "--find-lr", "--model", "mlp", "--device", "cpu"]


@pytest.fixture(autouse=True)
def _own_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_it_says_a_rate_and_leaves_nothing_behind(capsys: Any, tmp_path: Path) -> None:
    assert main(QUICK) == 0
    printed = capsys.readouterr().out
    assert "loss by learning rate" in printed
    assert "next\n  onelook train digits --model mlp --device cpu --lr 0." in printed
    assert max(map(len, printed.splitlines())) <= 100
    assert list(tmp_path.iterdir()) == []


def test_json_is_one_document_with_the_command_to_train(capsys: Any, tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text('model = "mlp"\n')
    assert main(["train", "digits", "--find-lr", "--config", "my.toml", "--device", "cpu", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["lowest"] > document["suggestion"] >= document["steepest"] / 2 > 1e-5
    assert document["command"].endswith(f"--lr {document['suggestion']:g}")
    assert len(document["rates"]) == len(document["losses"]) == len(document["smooth_losses"]) > 50
    assert (document["model"], document["optimizer"], document["data"]) == ("mlp", "adam", "digits")


def test_out_gets_the_figures_and_a_page_and_is_no_run(tmp_path: Path) -> None:
    found = ol.find_learning_rate("digits", model="mlp", device="cpu", out="rates", quiet=True)
    assert sorted(path.name for path in (tmp_path / "rates").iterdir()) == ["find_lr.html", "find_lr.json"]
    written = json.loads((tmp_path / "rates" / "find_lr.json").read_text())
    assert written["suggestion"] == found.suggestion
    assert f"{found.suggestion:g}" in str(found)
    with pytest.raises(ConfigError, match="^out=.*rates': exists already"):
        ol.find_learning_rate("digits", out="rates", quiet=True)


def test_settings_are_those_of_the_run_to_come() -> None:
    sets = ["optimizer.name=sgd", "optimizer.momentum=0.9"]
    seen: list[tuple[int, int]] = []
    sgd = ol.find_learning_rate(
        "digits",
        model="mlp",
        device="cpu",
        sets=sets,
        batch_size=64,
        quiet=True,
        on_progress=lambda done, rows: seen.append((done, rows)),
    )
    assert (1_797, 1_797) in seen  # the pictures were read
    adam = ol.find_learning_rate("digits", model="mlp", device="cpu", batch_size=64, quiet=True)
    assert (sgd.optimizer, sgd.batch_size) == ("sgd", 64)
    assert sgd.sweep.losses != adam.sweep.losses


def test_the_rate_is_found_for_the_batch_size_that_training_would_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.runs.fitting.batch_size._look", lambda begun, ready: (256, "as measured"))
    said: list[str] = []
    found = ol.find_learning_rate("digits", model="mlp", device="cpu", batch_size="auto", say=said.append)
    assert found.batch_size == 256
    assert "as measured" in "".join(said)


def test_a_classical_model_has_no_rate() -> None:
    with pytest.raises(ConfigError, match="svc is not a network"):
        ol.find_learning_rate("digits", model="svc", quiet=True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--resume"], "--find-lr and --resume"),
        (["--folds", "3"], "--find-lr and --folds"),
        (["--set", "optimizer.name=adaam"], "adaam"),
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], why: str, capsys: Any) -> None:
    assert main([*QUICK, *words]) == 2
    assert why in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "dropped",
    [
        *(["--set", "learning_rate=9"], ["--set", "optimizer.learning_rate=9"], ["--set", " learning_rate = 9"]),
        *(["--set=learning_rate=9"], ["--set=optimizer.learning_rate=9"], ["--lr", "9"], ["--learning-rate=9"]),
        *(["--out", "y"], ["--out=y"], ["--name", "rates"], ["--name=rates"]),  # the search wrote there
        *(["--find-lr"], ["--json"], ["--quiet"], ["--debug"]),
    ],
)
def test_the_next_command_leaves_out_what_served_the_search_and_another_rate(dropped: list[str]) -> None:
    kept = ["--set", "dropout=0", "--set=rotation_range=9", "--set", "learning_rate_of=1", "--epochs", "2"]
    for at in (0, 2, 3, 5, 7):
        words = ["train", "a b", *kept[:at], *dropped, *kept[at:]]
        assert training_command(words, 0.01) == f"onelook train 'a b' {' '.join(kept)} --lr 0.01"


def test_a_folder_that_exists_is_refused_before_the_data_is_opened(tmp_path: Path) -> None:
    (tmp_path / "rates").mkdir()
    (tmp_path / "rates" / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match="rates"):
        ol.find_learning_rate("no-such-data.csv", model="mlp", out="rates", quiet=True)
    assert [path.name for path in (tmp_path / "rates").iterdir()] == ["notes.txt"]


def test_the_settings_that_a_rate_holds_for_stand_beside_it() -> None:
    sweep = RateSweep((0.1, 1.0, 10.0), (3.0, 2.0, 1.0), (3.0, 2.0, 1.0), 0.5, 0.25, 1.0, "so")
    found = FoundRate("photos", "mlp", "adam", 48, sweep)
    assert found.facts() == (("network", "mlp"), ("optimizer", "adam"), ("batch size", "48"))
    assert found.to_dict() == {
        "suggestion": 0.5,
        "steepest": 0.25,
        "lowest": 1.0,
        "rates": [0.1, 1.0, 10.0],
        "losses": [3.0, 2.0, 1.0],
        "smooth_losses": [3.0, 2.0, 1.0],
        "data": "photos",
        "model": "mlp",
        "optimizer": "adam",
        "batch_size": 48,
    }
