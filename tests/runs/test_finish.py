"""The last stage of a run, part by part: which pictures it had seen, and what is said of a model that remembers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.classifier.picture_list import PictureList
from onelook.data.dataset import ImageSet
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import SetName
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.planning.plan import Plan
from onelook.runs.ending import portable
from onelook.runs.ending.pictures import _write_pictures
from onelook.runs.ending.portable import _picture_list, _provenance
from onelook.runs.ending.score import _memory, _scored_set, seen_pictures
from onelook.runs.learnt_before import LearntBefore
from onelook.settings import AugmentSettings, DecodeSettings, TrainSettings

FINDINGS = tuple(
    SimpleNamespace(check=check, ids=ids)
    for check, ids in (
        ("leak-exact", ("t1",)),
        ("leak-near", ("t2", "t3")),
        ("leak-validation", ("v1",)),
        ("blur", ("t9",)),
    )
)
BEFORE = LearntBefore(False, "so", ("v7",), ("t7", "t8"))


@pytest.mark.parametrize(
    ("findings", "learnt", "set_name", "seen"),
    [
        (FINDINGS, BEFORE, "test", {"exact": ("t1",), "near": ("t2", "t3"), "before": ("t7", "t8")}),
        (FINDINGS, BEFORE, "val", {"copies": ("v1",), "before": ("v7",)}),
        (FINDINGS, None, "test", {"exact": ("t1",), "near": ("t2", "t3")}),
        (FINDINGS, None, "val", {"copies": ("v1",)}),
        ((), LearntBefore(None, "other data"), "test", {"exact": (), "near": ()}),
        ((), LearntBefore(False, "which is not known", None, ("t7",)), "val", {"copies": ()}),
        ((), LearntBefore(False, "so", ("v7",), ()), "test", {"exact": (), "near": ()}),
    ],
)
def test_pictures_that_were_seen_are_those_of_the_set_that_is_scored(
    findings: Any, learnt: LearntBefore | None, set_name: SetName, seen: dict[str, tuple[str, ...]]
) -> None:
    data: Any = SimpleNamespace(findings=findings, learnt=learnt)
    assert seen_pictures(data, set_name) == seen


@pytest.mark.parametrize(
    ("is_classical", "checks", "said"),
    [
        (
            True,
            ("leak-exact",),
            "svc is right on 100 % of the 20 pictures that it has seen, and on 50.0 % of the valid",
        ),
        (True, ("leak-exact", "leak-validation"), None),  # its validation accuracy is memory, too
        (False, ("leak-exact",), None),
    ],
)
def test_memory_is_measured_only_where_validation_is_clean(
    is_classical: bool, checks: tuple[str, ...], said: str | None
) -> None:
    labels, ids = np.array([0, 1] * 10), [str(row) for row in range(20)]
    probabilities = np.eye(2)[labels]
    scored = with_leaks(evaluate(probabilities, labels, ["a", "b"], "test"), probabilities, labels, ids, {"exact": ids})
    begun: Any = SimpleNamespace(settings=SimpleNamespace(model="svc"), folder=Path())
    data: Any = SimpleNamespace(findings=[SimpleNamespace(check=check) for check in checks])
    model = SimpleNamespace(val=SimpleNamespace(accuracy=0.5)) if is_classical else None
    fitted: Any = SimpleNamespace(classical=model)
    found = _memory(begun, data, fitted, scored)
    assert (len(found), "".join(found).startswith(said or "")) == (int(said is not None), True)


def plan_of(**settings: Any) -> Plan:
    return Plan(TrainSettings(**settings), DecodeSettings(height=8, width=8, channels=1))


@pytest.mark.parametrize(
    ("test", "status", "folds", "scored"),
    [
        ("the test set", "complete", None, ("test", "the test set")),
        (None, "complete", None, ("val", "validation")),
        ("the test set", "interrupted", None, ("val", "validation")),  # it may be resumed
        ("the test set", "complete", 3, ("val", "validation")),  # after all folds are trained
    ],
)
def test_the_test_set_is_used_once(test: str | None, status: str, folds: int | None, scored: tuple[str, str]) -> None:
    begun: Any = SimpleNamespace(data=SimpleNamespace(test=test, val="validation"), settings=TrainSettings(folds=folds))
    fitted: Any = SimpleNamespace(result=SimpleNamespace(status=status))
    assert _scored_set(begun, fitted) == scored


def test_the_card_says_where_the_model_comes_from_and_what_was_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "versions", lambda: {"onelook": "1.2.3"})
    plan = plan_of(model="cnn", recipe=None, epochs=9, seed=4)
    begun: Any = SimpleNamespace(plan=plan, settings=plan.settings)
    data: Any = SimpleNamespace(
        dataset=SimpleNamespace(name="pets", fingerprint="data-1", sources=("data-1", "data-2")),
        split=SimpleNamespace(fingerprint="split-1"),
        learnt=None,
    )
    fitted: Any = SimpleNamespace(result=SimpleNamespace(history=[1, 2, 3], best_epoch=2))
    found = _provenance(begun, data, fitted)
    assert len(found.pop("date")) == len("2026-01-01")
    assert found == {
        "data": "pets",
        "data_fingerprint": "data-1",
        "data_sources": ["data-1", "data-2"],
        "split_fingerprint": "split-1",
        "model": "cnn",
        "recipe": None,
        "seed": 4,
        "epochs": 3,
        "best_epoch": 2,
        "versions": {"onelook": "1.2.3"},
    }


def test_the_list_of_learnt_pictures_keeps_those_of_the_model_before() -> None:
    draw = np.random.default_rng(0)

    def side(rows: int) -> ImageSet:
        images = draw.integers(0, 256, (rows, 8, 8, 1), dtype=np.uint8)
        return ImageSet(images, np.arange(rows), ("",) * rows, np.zeros(rows, np.int64))

    data: Any = SimpleNamespace(split=SimpleNamespace(train=side(5), val=side(2)), value_range=(0.0, 255.0))
    before = PictureList.of(side(3), side(1))

    def listed(start: Any, **settings: Any) -> PictureList | None:
        plan: Any = SimpleNamespace(start=start)
        begun: Any = SimpleNamespace(settings=TrainSettings(**settings), plan=plan)
        return _picture_list(begun, data)

    counts = [len(found.uses) for start in (None, SimpleNamespace(pictures=before)) if (found := listed(start))]
    assert counts == [7, 11]
    assert listed(None, omit_picture_list=True) is None


@pytest.mark.parametrize(
    ("augment", "network", "is_shown"),
    [
        (AugmentSettings(rotation_range=9), "a network", True),
        (AugmentSettings(), "a network", False),
        (AugmentSettings(rotation_range=9), None, False),  # a classical model is fitted on the pictures themselves
    ],
)
def test_the_report_shows_random_changes_of_a_network_that_has_them(
    augment: AugmentSettings, network: str | None, is_shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    pictures = "onelook.evaluation.pictures"
    for where in (
        f"{pictures}.report_pictures.write_report_pictures",
        f"{pictures}.finding_pictures.write_finding_pictures",
        f"{pictures}.augmentation_preview.augmented_versions",
        f"{pictures}.augmentation_preview.write_augmentation_preview",
    ):
        name = where.rpartition(".")[2]
        monkeypatch.setattr(where, lambda *_, name=name, **__: written.append(name))
    begun: Any = SimpleNamespace(
        settings=TrainSettings(augment=augment), own_folder=SimpleNamespace(evidence=Path()), network=network
    )
    train = ImageSet(np.zeros((1, 8, 8, 1), np.uint8), np.arange(1), ("",), None)
    data: Any = SimpleNamespace(
        split=SimpleNamespace(train=train),
        dataset=SimpleNamespace(class_names=("a", "b")),
        findings=(),
        prepared=SimpleNamespace(reading=None),
        value_range=(0.0, 255.0),
    )
    _write_pictures(begun, data, np.zeros((1, 2), np.float32), train)
    preview = ["augmented_versions", "write_augmentation_preview"] if is_shown else []
    assert written == ["write_report_pictures", "write_finding_pictures", *preview]
