"""What the checks' tests share: evidence made from letters and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from onelook.checks.evidence import Evidence, SplitEvidence

MakeEvidence = Callable[..., Evidence]

NAMES = ("cat", "dog", "eel")

# What the checks' measures say of a photograph with nothing odd about it.
USUAL = {
    "darkest": 0.05,
    "brightest": 0.95,
    "deviation": 0.2,
    "entropy": 7.0,
    "sharpness": 0.9,
    "chroma": 0.3,
    "height": 240.0,
    "width": 320.0,
}


@pytest.fixture
def evidence() -> MakeEvidence:
    """Makes evidence from splits, each as (a letter a label, a number a picture): equal numbers are equal pixels."""

    def make(
        quarantined: Mapping[str, Mapping[str, str]] | None = None, **splits: tuple[str | None, list[int]]
    ) -> Evidence:
        made = {name: _split(name, *split, (quarantined or {}).get(name, {})) for name, split in splits.items()}
        return Evidence(NAMES, made)

    return make


@pytest.fixture
def measured() -> Callable[..., Evidence]:
    """Adds measures to evidence: every picture is usual but for what is given as {(split, row): {name: value}}."""

    def add(made: Evidence, odd: Mapping[tuple[str, int], Mapping[str, float]]) -> Evidence:
        splits = {}
        for name, split in made.splits.items():
            measures = {measure: np.full(len(split.ids), value) for measure, value in USUAL.items()}
            for (where, row), changes in odd.items():
                for measure, value in changes.items():
                    if where == name:
                        measures[measure][row] = value
            splits[name] = replace(split, measures=measures)
        return replace(made, splits=splits)

    return add


def _split(name: str, letters: str | None, numbers: list[int], quarantined: Mapping[str, str]) -> SplitEvidence:
    labels = None if letters is None else np.array(["cde".index(letter) for letter in letters], np.int64)
    seen: dict[tuple[int, int], int] = {}
    copy_of = []
    for row, number in enumerate(numbers):
        key = (number, -row if labels is None else int(labels[row]))
        copy_of.append(seen.get(key, -1))
        seen.setdefault(key, row)
    return SplitEvidence(
        ids=tuple(f"{name}/{row}" for row in range(1, len(numbers) + 1)),
        labels=labels,
        groups=np.array(numbers, np.int64),
        near_groups=np.array(numbers, np.int64),
        copy_of=np.array(copy_of, np.int64),
        quarantined=quarantined,
    )
