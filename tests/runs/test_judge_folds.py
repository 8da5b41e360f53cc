"""The labels of a cross-validation, judged by made-up models: what is listed, in which order, and what is said."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.data.dataset import ImageSet
from onelook.data.fixes.find_pictures import picture_content
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.runs.fold_scores import CrossValidation
from onelook.runs.judge_folds import with_judged_labels

NAMES = ("ant", "bee", "cat")
# Of the whole data in its order: 20 ants, 20 bees, and 4 cats, which are too few to judge.
LABELS = np.array([0] * 20 + [1] * 20 + [2] * 4)
PIXELS = ArrayPictures(np.arange(44, dtype=np.uint8).reshape(44, 1, 1, 1))
# Position -> the class that the models see, and its probability.
Seen = dict[int, tuple[int, float]]
WRONG: Seen = {3: (1, 0.90625), 7: (1, 0.99), 25: (0, 0.9375), 42: (0, 0.96875)}


def judged(
    seen: Seen,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    sure: float = 0.875,
    confirmed: frozenset[str] = frozenset(),
) -> tuple[CrossValidation, list[Any]]:
    """Judge the labels with models that are sure of each label but those of `seen`; return what was drawn, too."""
    probabilities = np.full((44, 3), (1 - sure) / 2, np.float32)
    probabilities[np.arange(44), LABELS] = sure
    for position, (other, probability) in seen.items():
        probabilities[position] = (1 - probability) / 2
        probabilities[position, other] = probability
    drawn: list[Any] = []
    monkeypatch.setattr("onelook.runs.judge_folds.write_finding_pictures", lambda *given: drawn.append(given))
    # A picture is its position. The folds are uneven, and take the pictures in turn.
    whole = np.arange(44)
    sides = [np.flatnonzero(whole % 3 == 0), np.flatnonzero(whole % 3 != 0)]
    pictures = [ImageSet(whole, rows, tuple(f"train/{row}" for row in rows), LABELS[rows]) for rows in sides]
    model = SimpleNamespace(probabilities=lambda images: probabilities[images])
    folds: Any = tuple(SimpleNamespace(classifier=lambda: model) for _ in sides)
    data: Any = SimpleNamespace(
        dataset=SimpleNamespace(
            class_names=NAMES,
            confirmed=confirmed,
            parts={"train": SimpleNamespace(ids=[f"train/{row}" for row in whole], pictures=PIXELS)},
        ),
        prepared=SimpleNamespace(reading=SimpleNamespace(pool=SimpleNamespace(name="train"))),
        value_range=(0.0, 255.0),
    )
    return with_judged_labels(CrossValidation(folder, 2, folds, "complete"), pictures, data), drawn


def test_doubtful_labels_are_listed_worst_first_and_rare_classes_are_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, drawn = judged(WRONG, tmp_path, monkeypatch)
    assert found.suspects.read_text() == (
        "id,split,label,suggested,probability,score,action,class_name,content\n"
        f"train/7,train,ant,bee,0.9900,0.9950,,bee,{picture_content(PIXELS, 7)}\n"
        f"train/25,train,bee,ant,0.9375,0.9688,,ant,{picture_content(PIXELS, 25)}\n"
        f"train/3,train,ant,bee,0.9062,0.9531,,bee,{picture_content(PIXELS, 3)}\n"
    )
    assert found.labels == "The folds' models agree with 90.9 % of the labels; 3 labels look wrong."
    (finding,) = found.findings
    assert (finding.check, finding.split, finding.ids) == ("label-errors", "train", ("train/7", "train/25", "train/3"))
    ((folder, findings, _, value_range, remarks),) = drawn
    assert (folder, findings, value_range) == (tmp_path / "evidence", found.findings, (0.0, 255.0))
    assert remarks == {
        "label-errors": {
            "train/7": "looks like bee (99.0 %)",
            "train/25": "looks like ant (93.8 %)",
            "train/3": "looks like bee (90.6 %)",
        }
    }


@pytest.mark.parametrize(
    ("seen", "labels"),
    [
        ({7: (1, 0.99)}, "The folds' models agree with 97.7 % of the labels; 1 label looks wrong."),
        ({}, "The folds' models agree with 100 % of the labels, and find no label that looks wrong."),
        ({42: (0, 0.96875)}, "The folds' models agree with 97.7 % of the labels, and find no label that looks wrong."),
        (
            dict.fromkeys(range(10), (1, 0.9)),
            "The folds' models agree with 77.3 % of the labels, too little to judge labels (Cohen's kappa 0.61; 0.7 is "
            "needed).",
        ),
    ],
)
def test_what_is_said_of_the_labels(seen: Seen, labels: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, drawn = judged(seen, tmp_path, monkeypatch)
    assert found.labels == labels
    count = int(labels.endswith("1 label looks wrong."))
    assert (len(found.findings), found.suspects.exists(), len(drawn)) == (count, count == 1, count)


def test_a_label_that_a_person_confirmed_is_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = judged(WRONG, tmp_path, monkeypatch, confirmed=frozenset({"train/7"}))
    assert found.findings[0].ids == ("train/25", "train/3")
    assert "train/7," not in found.suspects.read_text()
    assert found.labels.endswith("2 labels look wrong.")


@pytest.mark.parametrize(("kappa", "is_judged"), [(0.7, True), (0.6999, False)])
def test_labels_are_judged_from_a_kappa_of_seven_tenths(
    kappa: float, is_judged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.checks.labels.confident_learning.agreement", lambda *_: (0.5, kappa))
    found, _ = judged(WRONG, tmp_path, monkeypatch)
    assert bool(found.findings) == is_judged
    told = "The folds' models agree with 50.0 % of the labels"
    few = ", too little to judge labels (Cohen's kappa 0.70; 0.7 is needed)."
    assert found.labels == told + ("; 3 labels look wrong." if is_judged else few)
