"""Options that take a number: a word, an empty text, no number and one out of range are refused with what is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from onelook.cli import main
from onelook.cli.app import COMMANDS, build_command
from onelook.errors import ConfigError
from onelook.planning.options import gather_overrides
from onelook.settings.queries import every_setting

WORDS = ("abc", "", "nan", "1e999", "3 4")


def number_options() -> Iterator[tuple[str, str]]:
    """Each command with each of its own options that take a number; settings have the tests below."""
    for name in COMMANDS:
        hints = get_type_hints(COMMANDS.load(name))
        for option in build_command(name).params:
            hint = hints.get(option.name)
            if {int, float} & {hint, *get_args(hint)}:
                yield name, option.opts[0]


OPTIONS = [*number_options()]
ARGUMENTS = {
    "predict": ["m", "d"],
    "serve": ["m"],
    "review": ["r"],
    "summary": ["cnn"],
    "models": [],
    "tune": ["./missing"],
    "export": ["m", "--to", "onnx", "--out", "o.onnx", "--int8"],
}
OUT_OF_RANGE = {
    "--allow-loss": ["-1", "101"],
    "--reject-below": ["-0.1", "1.1"],
    "--top": ["0"],
    "--port": ["-1", "65536"],
}


def test_there_are_such_options() -> None:
    assert {flag for _, flag in OPTIONS} == {
        "--reject-below",
        "--top",
        "--port",
        "--classes",
        "--trials",
        "--allow-loss",
        "--workers",
    }


@pytest.mark.parametrize(("command", "flag"), OPTIONS)
def test_what_is_no_number_in_range_is_refused_with_what_is_expected(
    command: str, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in (*WORDS, *OUT_OF_RANGE.get(flag, ["0", "-1"])):
        assert main([command, *ARGUMENTS[command], f"{flag}={word}"]) == 2
        error = " ".join(capsys.readouterr().err.split())
        assert error.startswith(f"error: {flag} {word or repr('')}: expected ")
        assert any(mark.isdigit() for mark in error.partition(": expected ")[2])  # the numbers that are taken


def test_the_error_of_a_word_is_the_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "m", "d", "--reject-below", "abc", "--json"]) == 2
    printed = capsys.readouterr()
    expected = "--reject-below abc: expected a confidence from 0 to 1, such as 0.8 for 80 %."
    assert json.loads(printed.out)["error"]["message"] == expected
    assert printed.err.splitlines() == [
        "error: --reject-below abc: expected a confidence from 0 to 1, such as 0.8 for",
        "  80 %.",
    ]


def _takes_a_number(annotation: Any) -> bool:
    kinds = {annotation, *get_args(annotation)}
    return bool({int, float} & kinds) and str not in kinds and bool not in kinds


SETTINGS = {path: each for path, each in every_setting().items() if _takes_a_number(each.field.annotation)}


@pytest.mark.parametrize("path", SETTINGS)
def test_a_setting_that_takes_a_number_names_itself_and_what_it_takes(path: str) -> None:
    name = "time_limit" if path == "time_limit_seconds" else SETTINGS[path].short_name
    for word in WORDS:
        with pytest.raises(ConfigError) as refused:
            gather_overrides({path.replace(".", "__"): word})
        message = str(refused.value)
        assert name in message.replace("-", "_")
        assert "xpected " in message
        assert word in message


@pytest.mark.parametrize("path", [path for path, each in SETTINGS.items() if each.field.metadata])
def test_a_word_is_answered_with_the_numbers_that_are_taken(path: str) -> None:
    with pytest.raises(ConfigError, match=r"expected a (?:whole )?number (?:from|of) .*\d|[Ee]xpected something like"):
        gather_overrides({path.replace(".", "__"): "abc"})


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"epochs": "abc"}, "epochs = 'abc'; expected a whole number of at least 1."),
        ({"dropout": "abc"}, "dropout = 'abc'; expected a number of at least 0 and less than 1."),
        (
            {"time_limit": "soon"},
            "--time-limit 'soon' is not a length of time. Expected something like 90s, 3m or 1h30m.",
        ),
        ({"image_size": ""}, "--image-size '' is not an image size. Expected 128, or 128x96 for height x width."),
        ({"val": ""}, "--val '': expected a path."),
        (
            {"val": "nan"},
            "--val 'nan' is no share of pictures. Expected one above 0 and below 1, such as 0.1, or a path.",
        ),
        ({"epochs": float("nan")}, "epochs = nan; expected a whole number of at least 1."),
        ({"seed": "1.5"}, "seed = '1.5'; expected a whole number of at least 0 and less than 4294967296."),
        ({"time_limit": "0"}, "time_limit = 0.0; expected more than 0."),
        ({"test": ""}, "--test '': expected a path."),
    ],
)
def test_the_words_of_some(flags: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        gather_overrides(flags)
    assert str(refused.value) == message
