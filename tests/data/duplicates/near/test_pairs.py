"""What was found is kept by content."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.data.duplicates.near.conftest import scenes, shifted

from onelook.data.duplicates.exact import group_copies
from onelook.data.duplicates.near import pairs
from onelook.data.duplicates.near.pairs import near_pairs


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))


def test_the_second_time_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = np.concatenate([scenes(1, 40), shifted(scenes(1, 1)[0])[None]])
    groups = group_copies([pictures])
    first = near_pairs([pictures], groups, ["f"])
    assert first.tolist() == [[0, 40]]
    monkeypatch.setattr(pairs, "find_near_pairs", None)
    assert near_pairs([pictures], groups, ["f"]).tolist() == [[0, 40]]
    with pytest.raises(TypeError):
        near_pairs([pictures], groups, ["g"])  # other pictures


def test_that_there_are_none_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = scenes(1, 40)
    groups = group_copies([pictures])
    assert near_pairs([pictures], groups, ["f"]).shape == (0, 2)
    monkeypatch.setattr(pairs, "find_near_pairs", None)
    assert near_pairs([pictures], groups, ["f"]).shape == (0, 2)


def test_each_set_of_arrays_has_answers_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []

    def numbered(*_: object) -> tuple[np.ndarray, np.ndarray]:
        compared.append(len(compared))
        return np.array([[len(compared), 99]]), np.zeros(1, np.float32)

    monkeypatch.setattr(pairs, "find_near_pairs", numbered)
    sets = [["f"], ["f", "g"], ["f", "h"], ["g", "f"], ["f", "g", "h"]]  # the same training pictures, other test ones
    for _ in range(2):
        assert [near_pairs([], [], each)[0, 0] for each in sets] == [1, 2, 3, 4, 5]
    assert len(compared) == 5
