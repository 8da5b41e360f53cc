"""What every registered check obeys: it picks up a new one by itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.checks.finding import SEVERITIES, Finding
from onelook.checks.labels.suspect import Suspect
from onelook.data.duplicates.near.pairs import NearPair


@pytest.fixture
def troubled(evidence: Callable[..., Evidence], measured: Callable[..., Evidence]) -> Evidence:
    """Every trouble that a data set can have."""
    made: Evidence = evidence(
        train=("c" * 40 + "dd" + "cd", [*range(40), 50, 51, 7, 3]),
        val=("cc", [60, 38]),
        test=("ce", [5, 70]),
        quarantined={"train": {"train/x.jpg": "the file is empty (0 bytes)"}},
    )
    odd = {
        ("train", 0): {"deviation": 0.0, "entropy": 0.0},  # blank
        ("train", 1): {"brightest": 0.1},
        ("train", 2): {"darkest": 0.9},
        ("train", 3): {"sharpness": 0.1},
        ("train", 4): {"entropy": 1.0},
        ("train", 5): {"height": 8.0, "width": 8.0},
        ("val", 0): {"width": 2400.0},
        ("test", 0): {"chroma": 0.0},
    }
    suspects = {"train": (Suspect(row=0, label=0, suggested=1, probability=0.9, score=0.8),)}
    found = replace(measured(made, odd), suspects=suspects)
    groups = {name: np.full(len(split.ids), -1) for name, split in found.splits.items()}
    groups["train"][0] = groups["test"][1] = 7
    splits = {name: replace(split, given_groups=groups[name]) for name, split in found.splits.items()}
    near = (NearPair("train", 8, "train", 9), NearPair("train", 10, "test", 1))
    lists = "The columns 'cat' and 'dog' hold votes: the class with most of them is the label."
    return replace(found, splits=splits, near_pairs=near, no_classes=lists)


@pytest.fixture
def sound(evidence: Callable[..., Evidence], measured: Callable[..., Evidence]) -> Evidence:
    made = evidence(train=("cde" * 9, list(range(27))), val=("cde", [30, 31, 32]), test=("cde", [40, 41, 42]))
    usual: Evidence = measured(made, {})
    return usual


@pytest.mark.parametrize("name", list(CHECKS))
def test_it_finds_its_trouble_and_says_so_in_sentences(name: str, troubled: Evidence) -> None:
    findings = CHECKS.load(name)(troubled)
    assert findings, f"the troubled data set has nothing for '{name}': add its trouble there"
    for finding in findings:
        assert isinstance(finding, Finding)
        assert finding.check == name
        assert finding.split in troubled.splits
        assert finding.count > 0
        assert finding.count == len(finding.ids) or not finding.ids
        assert finding.message[0].isupper() or finding.message[0].isdigit()
        assert finding.message.endswith(".")
        assert str(finding.count) in finding.message or not finding.ids
        fields = finding.to_dict()
        assert list(fields) == [
            "check",
            "split",
            "count",
            "ids",
            "message",
            "severity",
            *(["pairs"] if finding.pairs else []),
            *(["options"] if finding.options else []),
        ]
        assert finding.severity in SEVERITIES
        assert json.loads(json.dumps(fields)) == fields


@pytest.mark.parametrize("name", list(CHECKS))
def test_it_finds_nothing_in_sound_data(name: str, sound: Evidence) -> None:
    assert CHECKS.load(name)(sound) == []


@pytest.mark.parametrize("name", list(CHECKS))
def test_it_changes_nothing_and_repeats_itself(name: str, troubled: Evidence) -> None:
    before = copy.deepcopy(troubled)
    first = CHECKS.load(name)(troubled)
    assert CHECKS.load(name)(troubled) == first
    for split, other in zip(troubled.splits.values(), before.splits.values(), strict=True):
        assert split.ids == other.ids
        assert split.groups.tolist() == other.groups.tolist()
        assert split.copy_of.tolist() == other.copy_of.tolist()


@pytest.mark.parametrize("name", list(CHECKS))
def test_it_bears_data_that_is_not_split_or_not_labelled(name: str, evidence: Callable[..., Evidence]) -> None:
    for unusual in (
        evidence(all=("cdcde", [1, 2, 3, 4, 5])),
        evidence(all=(None, [1, 1, 2])),
        evidence(train=("cde", [1, 2, 3]), test=(None, [1, 1])),
        evidence(test=("cde", [1, 2, 3])),
        evidence(),
    ):
        for finding in CHECKS.load(name)(unusual):
            assert finding.check == name


def test_all_checks_run_the_gravest_first_then_in_the_order_of_the_registry(
    troubled: Evidence, sound: Evidence
) -> None:
    order = [(finding.severity, finding.check) for finding in find_problems(troubled)]
    assert sorted(order, key=lambda each: (SEVERITIES.index(each[0]), list(CHECKS).index(each[1]))) == order
    assert {check for _, check in order} == set(CHECKS)
    assert {severity for severity, _ in order} == set(SEVERITIES)
    assert find_problems(sound) == []
