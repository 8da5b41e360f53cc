"""What a score may be believed for: the test set decides nothing, and only training pictures are learnt from."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import Arrays, draw_sides

import onelook
from onelook.commands.train import train
from onelook.runs.run import Run

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

QUICK: dict[str, Any] = {"model": "mlp", "epochs": 3, "batch_size": 16, "quiet": True}


def model_of(run: Run) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((run.folder.model / "model.json").read_text())
    return card


def weights_of(run: Run) -> bytes:
    return (run.folder.model / "weights.safetensors").read_bytes()


def split_of(run: Run) -> dict[str, str]:
    with run.folder.split_csv.open(newline="") as file:
        return {row["id"]: row["split"] for row in csv.DictReader(file)}


def shuffled_labels(arrays: Arrays) -> Arrays:
    images, labels = arrays
    return images, np.random.default_rng(0).permutation(labels)


def test_the_test_set_decides_nothing(in_tmp: Path) -> None:
    sets = ["early_stopping.patience=1", "reduce_on_plateau.patience=1", "featurewise_center=true"]
    tests = {"true": draw_sides(20, seed=1), "false": shuffled_labels(draw_sides(40, seed=2))}
    runs = [
        train({"train": draw_sides(64), "test": test}, out=name, sets=sets, **QUICK) for name, test in tests.items()
    ]
    assert {run.evaluation.set_name for run in runs} == {"test"}
    assert runs[0].evaluation.accuracy != runs[1].evaluation.accuracy
    assert weights_of(runs[0]) == weights_of(runs[1])
    records = [run.folder.read_run() for run in runs]
    for decided in ("settings", "choices", "best_epoch", "stopped_early"):
        assert records[0][decided] == records[1][decided], decided
    cards = [model_of(run) for run in runs]
    assert cards[0]["preprocess"] == cards[1]["preprocess"]
    assert cards[0]["metrics"] == cards[1]["metrics"]


def test_the_mean_is_the_training_splits_own(sides: Arrays, in_tmp: Path) -> None:
    images = sides[0].copy()
    run = train(sides, out="run", sets=["featurewise_std_normalization=true"], **QUICK)
    learnt = [int(row) - 1 for row, side in split_of(run).items() if side == "train"]
    assert 0 < len(learnt) < len(images)
    scaled = images[learnt] / 255
    assert model_of(run)["preprocess"]["mean"] == pytest.approx([scaled.mean()])
    assert model_of(run)["preprocess"]["std"] == pytest.approx([scaled.std()])
    assert scaled.mean() != pytest.approx((images / 255).mean(), rel=1e-6)


def test_class_weights_are_counted_in_the_training_split(
    sides: Arrays, in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from onelook.training import loss

    seen = []
    counted = loss.balanced_weights
    monkeypatch.setattr(loss, "balanced_weights", lambda labels: seen.append(np.bincount(labels)) or counted(labels))
    images, labels = sides
    run = train((images[:50], np.sort(labels)[:50]), out="run", sets=["class_weights=balanced"], **QUICK)
    assert [list(run.folder.read_run()["data"]["class_counts"]["train"].values())] == [each.tolist() for each in seen]


def test_nothing_is_augmented_but_training(sides: Arrays, in_tmp: Path) -> None:
    """A brightness of 0 blackens every augmented picture: the prediction of black would be one for all."""
    run = train(sides, out="run", sets=["augment.brightness_range=[0.0, 0.0]"], **{**QUICK, "epochs": 1})
    black, white = np.zeros((1, 12, 12, 1), np.uint8), np.full((1, 12, 12, 1), 255, np.uint8)
    classifier = onelook.load(run.folder.path)
    assert not np.array_equal(classifier.probabilities(black), classifier.probabilities(white))
    first = run.folder.read_history()[0]
    validated = [int(row) - 1 for row, side in split_of(run).items() if side == "val"]
    images, labels = sides
    probabilities = classifier.probabilities(images[validated])
    named = np.array(classifier.class_names)[probabilities.argmax(axis=1)]
    assert first["val_accuracy"] == pytest.approx(np.mean(named == labels[validated]))
    true = (labels[validated][:, None] == np.array(classifier.class_names)).argmax(axis=1)
    plain_loss = -np.log(probabilities[np.arange(len(true)), true]).mean()
    assert first["val_loss"] == pytest.approx(plain_loss, rel=1e-3)


def test_a_test_set_with_fewer_classes_keeps_each_its_name(in_tmp: Path) -> None:
    images, labels = draw_sides(64)
    only_right = images[labels == "right"][:10]
    data = {"train": (images, labels), "test": (only_right, np.array(["right"] * 10))}
    evaluation = train(data, out="run", **QUICK).evaluation
    assert {each.class_name: each.support for each in evaluation.per_class} == {"left": 0, "right": 10}
    assert np.array(evaluation.confusion_matrix)[0].sum() == 0
