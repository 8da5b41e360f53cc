"""Near copies from the opened data through reading and checks to the split."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.data.duplicates.near.conftest import Pictures, brighter, scenes, shifted

from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.duplicates.near.pairs import NearPair
from onelook.data.open import open_dataset
from onelook.data.prepare import Prepared, prepare

MakePrepared = Callable[[Pictures, Pictures | None], Prepared]


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakePrepared:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))

    def make(train: Pictures, test: Pictures | None) -> Prepared:
        given = None if test is None else (test, np.arange(len(test)) % 2)
        dataset = open_dataset((train, np.arange(len(train)) % 2), test=given)
        return prepare(dataset, choose_decode_settings(dataset), val=0.2, seed=0)

    return make


def test_pairs_and_groups_name_parts_and_rows(prepared: MakePrepared) -> None:
    pictures = scenes(1, 60)
    test = np.stack([shifted(pictures[7]), scenes(2, 1)[0], pictures[9]])
    reading = prepared(np.concatenate([pictures, brighter(pictures[3])[None]]), test).reading
    assert set(reading.near_pairs) == {NearPair("train", 3, "train", 60), NearPair("train", 7, "test", 0)}
    groups = reading.parts["train"].near_groups
    assert groups[3] == groups[60]
    assert len(np.unique(groups)) == 60
    assert reading.ledger.counts() == {"found": 64, "used": 64, "quarantined": 0, "duplicate": 0}


def test_the_split_keeps_near_copies_together_and_the_checks_tell_of_them(prepared: MakePrepared) -> None:
    pictures = scenes(1, 60)
    copies = np.stack([brighter(shifted(picture)) for picture in pictures[:20]])
    found = prepared(np.concatenate([pictures, copies]), None)
    side = found.split.sides["all"]
    assert side[:20].tolist() == side[60:].tolist()
    assert set(side[:20].tolist()) == {"train", "val"}
    findings = {(each.check, each.split): each for each in find_problems(Evidence.of_prepared(found))}
    assert {check for check, _ in findings} == {"near-duplicates"}
    assert sum(each.count for each in findings.values()) == 20
    assert {pair for each in findings.values() for pair in each.pairs} == {(str(n), str(n + 60)) for n in range(1, 21)}


def test_leaks_into_the_test_set_are_told_apart(prepared: MakePrepared) -> None:
    pictures = scenes(1, 60)
    test = np.concatenate([pictures[:3], np.stack([shifted(picture) for picture in pictures[3:8]]), scenes(2, 10)])
    findings = {each.check: each for each in find_problems(Evidence.of_prepared(prepared(pictures, test)))}
    assert findings["leak-exact"].ids == ("test/1", "test/2", "test/3")
    assert sorted(findings["leak-near"].ids) == [f"test/{row}" for row in range(4, 9)]
    assert set(findings["leak-near"].pairs) == {(f"test/{row}", f"train/{row}") for row in range(4, 9)}
