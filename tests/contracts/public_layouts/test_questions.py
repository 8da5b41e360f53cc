"""Each way that a question offers opens the data, or leads to a further question."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.expected import EXPECTED
from tests.contracts.public_layouts.outcomes import Asks, Draw

from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

ASKED = [pytest.param(draw, right.file, id=draw.__name__) for draw, right in EXPECTED if isinstance(right, Asks)]
_MOST_QUESTIONS = 3  # one after another
# What the user chose may be no task for a classifier, as one year that all pictures share.
_NO_TASK = ("are of one class", "several labels a picture", "a number to predict")


def as_typed(option: str, data: str) -> tuple[str, dict[str, str]]:
    """Return the path and the flags of an option; a flag alone is for the same path."""
    words = shlex.split(option)
    path = data if words[0].startswith("--") else words.pop(0)
    return path, {flag[2:].replace("-", "_"): value for flag, value in zip(words[::2], words[1::2], strict=True)}


def follow(data: str, options: Sequence[str], given: Mapping[str, Any], deep: int = 0) -> list[str]:
    """Take each option, and those of further questions, and return those that lead to an error, with its message."""
    wrong: list[str] = []
    for option in options:
        path, flags = as_typed(option, data)
        try:
            open_dataset(path, **given, **flags)
        except ConfigError as question:
            further = question.options if deep < _MOST_QUESTIONS else ()
            wrong += follow(path, further, {**given, **flags}, deep + 1) if further else [f"{option}: {question}"]
        except DataError as problem:
            wrong += [] if any(reason in str(problem) for reason in _NO_TASK) else [f"{option}: {problem}"]
    return wrong


@pytest.mark.parametrize(("draw", "file"), ASKED)
def test_every_way_that_is_offered_can_be_taken(tmp_path: Path, draw: Draw, file: str) -> None:
    place = Place(tmp_path / "set")
    draw(place)
    data = str(place.root / file)
    with pytest.raises(ConfigError) as asked:
        open_dataset(data)
    assert follow(data, asked.value.options, {}) == []
