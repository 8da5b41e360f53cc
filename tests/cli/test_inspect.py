"""What `onelook inspect` hands on: to the reading of the data, to the label check, to the page, to the next command."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from onelook.cli import main
from onelook.inspection.training_preview import PageRequest
from onelook.settings.opening import OpeningOptions


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch, in_tmp: Path) -> dict[str, Any]:
    """What each step was called with; nothing is read."""
    calls: dict[str, Any] = {}

    class Data(SimpleNamespace):
        def __str__(self) -> str:
            return "the data"

    found = SimpleNamespace(dataset=Data(), label_check=None, to_dict=lambda: {"rows": 3})
    judged = SimpleNamespace(**{**vars(found), "label_check": "judged"})

    def inspect_data(data: str, *, on_progress: Any, **options: Any) -> Any:
        calls["inspect"] = {"data": data, **options}
        return found

    def note(name: str) -> Any:
        return lambda say, *rest, **more: say(f"{name}") or calls.update({name: (rest, more)})

    monkeypatch.setattr("onelook.commands.inspect.inspect_data", inspect_data)
    monkeypatch.setattr("onelook.commands.inspect.judge_labels", lambda found, on_progress: judged)
    monkeypatch.setattr("onelook.inspection.page.write_page", lambda *rest: calls.update(page=rest))
    monkeypatch.setattr("onelook.cli.inspect.print_inspection", note("findings"))
    monkeypatch.setattr("onelook.cli.inspect.print_label_check", note("labels"))
    return calls


WORDS = {
    "--test": "my test",
    "--class-names": "a,b",
    "--layout": "class-folders",
    "--label-column": "y",
    "--label-from": r"(\w+)_\d+",
}


def test_every_option_reaches_the_reading_and_the_page(handed: dict[str, Any], capsys: Any) -> None:
    opening = [word for pair in WORDS.items() for word in pair]
    more = ["--no-groups", "--strict", "--html", "look.html", "--recipe", "mnist-tutorial", "--set", "epochs=3"]
    assert main(["inspect", "my photos", *opening, *more, "--set", "rotation_range=9"]) == 0
    asked = handed["inspect"]
    assert (asked["data"], asked["test"], asked["strict"]) == ("my photos", "my test", True)
    assert asked["opening"] == OpeningOptions(
        class_names=("a", "b"),
        layout="class-folders",
        label_column="y",
        label_from=r"(\w+)_\d+",
        ignore_groups=True,
    )
    assert (asked["asked"]["recipe"], asked["asked"]["epochs"]) == ("mnist-tutorial", 3)
    assert asked["asked"]["augment"] == {"rotation_range": 9}
    (data,), options = handed["findings"][0][1:], handed["findings"][1]
    assert data[:3] == ("my photos", "--test", "my test")
    assert {*data[3:]} == {"--no-groups", *(word for pair in [*WORDS.items()][1:] for word in pair)}
    assert options == {"has_page": True}
    found, request = handed["page"]
    assert isinstance(request, PageRequest)
    assert request.path == Path("look.html")
    sets = ("--recipe", "mnist-tutorial", "--set", "epochs=3", "--set", "rotation_range=9")
    assert request.words == ("my photos", "--test", "my test", *sets, *data[3:])
    assert capsys.readouterr().out == "the data\nfindings\npage: look.html\n"
    assert found.label_check is None


def test_what_is_not_asked_for_is_not_done(handed: dict[str, Any], capsys: Any) -> None:
    assert main(["inspect", "photos", "--json"]) == 0
    assert handed["inspect"] == {
        "data": "photos",
        "test": None,
        "strict": False,
        "opening": OpeningOptions(),
        "asked": {},
    }
    assert handed["findings"][0][1:] == (("photos",),)
    assert handed["findings"][1] == {"has_page": False}
    assert {*handed} == {"inspect", "findings"}
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"rows": 3}
    assert printed.err == "the data\nfindings\n"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["--labels"], None),
        (["--suspects", "s.csv"], Path("s.csv")),
        (["--labels", "--suspects", "s.csv"], Path("s.csv")),
    ],
)
def test_labels_are_judged_by_either_option(
    words: list[str], path: Path | None, handed: dict[str, Any], capsys: Any
) -> None:
    assert main(["inspect", "photos", *words]) == 0
    assert handed["labels"] == (("judged", path, ("photos",)), {})
    assert handed["findings"][0][0].label_check == "judged"
    assert capsys.readouterr().out == "the data\nfindings\nlabels\n"


@pytest.mark.parametrize("words", [["--html", "look.html"], ["--suspects", "s.csv"]])
def test_a_file_that_cannot_be_written_is_refused_before_the_data_is_read(
    words: list[str], handed: dict[str, Any], capsys: Any
) -> None:
    Path(words[1]).mkdir()
    assert main(["inspect", "photos", *words]) == 2
    assert words[1] in capsys.readouterr().err
    assert handed == {}
