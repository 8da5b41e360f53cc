"""Calls from Python: names of runs, and errors with the words of Python."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from tests.drawn_sides import Arrays

import onelook as ol
from onelook.commands import train as train_command
from onelook.commands.in_python import in_python
from onelook.commands.train import train
from onelook.errors import ConfigError

TREE: dict[str, Any] = {"model": "decision-tree", "quiet": True}


def test_a_run_has_a_name_and_an_error_has_keywords(
    sides: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ol.train(sides, name="first", **TREE).path == Path("runs/first")
    for given, message in (
        ({"name": "first"}, "name='first': runs/first exists already. Choose another name, or add resume=True to "),
        ({"out": "runs/first"}, "out='runs/first': exists already. Add resume=True to resume that run, or name "),
        ({"name": "a", "out": "b"}, "name='a' and out='b': both say where the run is written. Give one of them."),
        ({"name": "a/b"}, "name='a/b': expected a name of a folder in runs/. To write elsewhere: out='a/b'"),
    ):
        with pytest.raises(ConfigError) as refused:
            ol.train(sides, **given, **TREE)
        assert str(refused.value).startswith(message)


def test_the_function_behind_the_command_keeps_its_options(tmp_path: Path) -> None:
    for call, words in ((train, f"--out {tmp_path}: "), (ol.train, f"out='{tmp_path}': ")):
        with pytest.raises(ConfigError, match=f"^{words}exists already"):
            call("no-such-data", out=tmp_path, quiet=True)


def test_what_is_printed_has_keywords_and_commands_stay_as_they_are_typed(
    sides: Arrays, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "  picked   8×8 (see --image-size)\n  shown by onelook inspect a --html b\n  to add them: --set mix.mixup=1"

    def speak(words: str, *, say: Any = print) -> None:
        say(words)

    in_python(speak)(text)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "  picked   8×8 (see image_size=)",
        "  shown by onelook inspect a --html b",
        "  to add them: mix.mixup=1",
    ]
    in_python(speak)(f"  {'word ' * 20}--seed\n  onelook {'x ' * 40}")
    assert capsys.readouterr().out.splitlines() == [
        f"  {'word ' * 14}word",
        f"    {'word ' * 5}seed=",
        f"  onelook {'x ' * 40}",
    ]
    said: list[str] = []
    in_python(speak)("--epochs 3", say=said.append)
    assert said == ["epochs=3"]

    def refuse(*_: object, say: Any, **__: object) -> None:
        say("Add --resume")
        raise ConfigError("Leave --lr out.")

    monkeypatch.setattr(train_command, "train_request", refuse)
    for call, options in ((ol.train, {}), (ol.train_models, {"models": ["knn"]}), (ol.cross_validate, {"folds": 2})):
        said.clear()
        with pytest.raises(ConfigError, match="^Leave lr= out"):
            call(sides, say=said.append, **options)
        assert said == ["Add resume=True"]


def test_the_public_function_is_one_and_can_be_pickled() -> None:
    assert ol.train is ol.train
    assert pickle.loads(pickle.dumps(ol.train)) is ol.train
    assert ol.train.__doc__ == train.__doc__
