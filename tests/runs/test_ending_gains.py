"""What the step finds for the gains: the curve or why there is none, doubtful labels, and unlike pictures."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.runs.test_ending import side

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.gains.gain import CURVE, GAINS, Gain, Gains
from onelook.evaluation.learning_curve import CurvePoint, LearningCurve
from onelook.evaluation.pictures.index import write_index
from onelook.runs.ending import gains
from onelook.runs.ending.learning_curve import _values
from onelook.runs.ending.step import Scored
from onelook.runs.stages import TrainingData
from onelook.settings import TrainSettings

LEARNT = LearningCurve(
    seen="pixels", points=(CurvePoint(rows=9, error=0.5, draws=1),), judged=9, exponent=1.0, deviation=0.0
)


def ending(folder: Path, *, train: int = 400, limit: float | None = None, **more: Any) -> Any:
    data = TrainingData(side(train), side(60), (0.0, 255.0), ("a", "b"))
    begun = SimpleNamespace(data=data, settings=TrainSettings(time_limit_seconds=limit))
    return SimpleNamespace(begun=begun, folder=SimpleNamespace(evidence=folder), **more)


def test_the_curve_is_read_or_it_is_said_why_there_is_none(tmp_path: Path) -> None:
    assert gains._curve(ending(tmp_path, train=40)) == (None, "too few training pictures")
    assert gains._curve(ending(tmp_path, limit=40)) == (None, "the time limit left no time for a learning curve")
    assert gains._curve(ending(tmp_path))[1].startswith("a quick model learns too little")
    write_index(tmp_path / CURVE, LEARNT)
    assert gains._curve(ending(tmp_path)) == (LEARNT, "")


def scored(labels: list[int], said: list[int], sure: float = 0.99) -> Scored:
    probabilities = np.where(np.array(said)[:, None] == np.arange(2), sure, 1 - sure).astype(np.float32)
    pictures = side(len(labels))
    pictures = type(pictures)(pictures.images, pictures.rows, tuple(map(str, range(len(labels)))), np.array(labels))
    evaluation = evaluate(probabilities, np.array(labels), ("a", "b"), "test")
    return Scored("test", pictures, np.array(labels), probabilities, evaluation)


@pytest.mark.parametrize(
    ("schedule", "status", "falls"),
    [
        ("one_cycle", "complete", True),
        ("cosine", "complete", True),
        ("constant", "complete", False),
        ("one_cycle", "interrupted", False),  # the rate had not fallen yet
    ],
)
def test_each_gain_gets_the_figures_of_this_run(
    schedule: str, status: str, falls: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    def note(name: str, *, gain: float) -> Any:
        def of(*args: Any, **more: Any) -> Gain:
            given[name] = (args, more)
            return Gain(kind="few", gain=gain, count=len(given))

        return of

    for at, name in enumerate(("leaks", "more_pictures", "confusion", "labels", "few_pictures", "longer_training")):
        monkeypatch.setattr(gains, f"of_{name}", note(name, gain=(at + 3) % 6 / 10))
    found = scored([0, 1, 1, 0, 0], [0, 1, 0, 1, 0])
    train = side(7)
    train = type(train)(train.images, train.rows, train.ids, np.array([1, 1, 0, 1, 1, 1, 0]))
    asked = ending(
        tmp_path,
        scored=found,
        data=SimpleNamespace(
            split=SimpleNamespace(train=train), dataset=SimpleNamespace(class_names=("a", "b"), confirmed=frozenset())
        ),
        fitted=SimpleNamespace(classical=None, result=SimpleNamespace(history=("first", "last"), status=status)),
        classifier=SimpleNamespace(signature=None),
    )
    asked.begun.settings = TrainSettings.model_validate({"schedule": {"name": schedule}})
    assert gains._run(asked) is asked
    assert given["leaks"] == ((found.evaluation,), {})
    assert given["confusion"] == ((found.evaluation,), {})
    why = "a quick model learns too little from these pictures to show it"
    assert given["more_pictures"] == ((None, why), {"errors": 2, "rows": 5, "train_rows": 7})
    assert given["labels"] == ((0, 5), {})
    assert given["few_pictures"] == ((found.evaluation, {"a": 2, "b": 5}), {})
    assert given["longer_training"] == ((("first", "last"),), {"falls_to_the_end": falls})
    kept = Gains.model_validate_json((tmp_path / GAINS).read_bytes())
    assert (kept.rows, kept.errors) == (5, 2)
    assert [each.gain for each in kept.gains] == [0.5, 0.4, 0.3, 0.2, 0.1, 0.0]


@pytest.mark.parametrize(("is_classical", "has_error"), [(True, True), (False, False)])
def test_more_epochs_are_no_help_without_epochs_or_errors(
    is_classical: bool, has_error: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gains, "of_longer_training", lambda *_, **__: pytest.fail("asked for more epochs"))
    train = side(2)
    train = type(train)(train.images, train.rows, train.ids, np.array([0, 1]))
    asked = ending(
        tmp_path,
        scored=scored([0, 1, 1], [0, 1, 1 - has_error]),
        data=SimpleNamespace(
            split=SimpleNamespace(train=train), dataset=SimpleNamespace(class_names=("a", "b"), confirmed=frozenset())
        ),
        fitted=SimpleNamespace(classical="svc" if is_classical else None),
        classifier=SimpleNamespace(signature=None),
    )
    gains._run(asked)
    assert Gains.model_validate_json((tmp_path / GAINS).read_bytes()).errors == has_error


def test_doubtful_labels_are_those_that_nobody_has_confirmed() -> None:
    labels = [0] * 20 + [1] * 20
    said = [1, 1, *labels[2:]]
    assert gains._doubtful(scored(labels, said), frozenset()) == 2
    assert gains._doubtful(scored(labels, said), frozenset({"1"})) == 1
    assert gains._doubtful(scored(labels, labels), frozenset()) == 0
    assert gains._doubtful(scored(labels, [0] * 40), frozenset()) == 0  # it knows nothing, so it doubts nothing


@pytest.mark.parametrize("has_signature", [True, False])
def test_some_of_the_scored_pictures_are_compared_if_the_model_can(has_signature: bool) -> None:
    compared: list[int] = []

    def judge(images: np.ndarray) -> tuple[None, Any]:
        compared.append(len(images))
        return None, SimpleNamespace(is_unlike=np.arange(len(images)) < 50)

    classifier = SimpleNamespace(signature="one" if has_signature else None, judge=judge)
    pictures = side(4_000)
    pictures = type(pictures)(pictures.images, np.zeros(4_000, np.int64), pictures.ids, None)
    wrong = np.zeros(4_000, bool)
    wrong[:100] = True
    found = gains._unlike(ending(Path(), classifier=classifier, scored=SimpleNamespace(pictures=pictures)), wrong)
    if not has_signature:
        assert (found, compared) == (None, [])
        return
    assert found is not None
    assert (compared, found.count, found.rows) == ([1_000], 50, 1_000)
    assert found.gain == pytest.approx(25 / 50 * 50 / 1_000, rel=0.05)


def test_features_are_taken_as_they_are_and_pictures_made_small() -> None:
    labels = np.arange(6)
    features = type(side(1))(np.arange(12, dtype=np.float32).reshape(6, 1, 1, 2), np.arange(6), ("",) * 6, labels)
    found = _values(features, 3)
    assert found is not None
    assert found[0].tolist() == [[0, 1], [4, 5], [10, 11]]
    assert found[1].tolist() == [0, 2, 5]
    large = type(side(1))(np.full((6, 40, 40, 1), 7, np.uint8), np.arange(6), ("",) * 6, labels)
    small = _values(large, 6)
    assert small is not None
    assert small[0].shape == (6, 14 * 14)
    assert _values(type(large)(large.images, large.rows, large.ids, None), 6) is None
