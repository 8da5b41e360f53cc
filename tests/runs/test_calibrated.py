"""The temperature of a run: fitted on validation pictures alone, and the one that its score and its model have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import draw_sides
from tests.runs.test_train import NETWORK

import onelook
from onelook.data.dataset import ImageSet
from onelook.evaluation.feature_map import MAP, FeatureMap, unpacked
from onelook.evaluation.gains.gain import CURVE, GAINS, Gains
from onelook.metrics.temperature import fit_temperature
from onelook.runs.ending.temperature import calibrated, count_calibrating

MOST_CALIBRATING = count_calibrating(10**6)


class TooSure:
    """A model that says 99 %, for the class that a picture's value says."""

    temperature = 1.0

    def __init__(self) -> None:
        self.predicted: list[int] = []

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        self.predicted += images[:, 0, 0, 0].tolist()
        return np.where(images.reshape(-1, 1) % 2 == np.arange(2), 0.99, 0.01).astype(np.float32)

    def with_temperature(self, temperature: float) -> TooSure:
        made = TooSure()
        made.temperature = temperature
        return made


def pictures(rows: int, wrong_each: int = 10, labelled: bool = True) -> ImageSet:
    """Pictures whose class is that of their value, but for one in `wrong_each`; in reverse order."""
    images = np.arange(rows, dtype=np.int32).reshape(-1, 1, 1, 1)
    order = np.arange(rows)[::-1].copy()
    labels = (order + (order % wrong_each == 0)) % 2
    return ImageSet(images, order, tuple(map(str, order)), labels if labelled else None)


def test_the_model_becomes_as_sure_as_it_is_right_on_the_validation_pictures() -> None:
    model: Any = TooSure()
    val = pictures(200)
    found: Any = calibrated(model, val)
    assert found.temperature == fit_temperature(model.probabilities(val.take(np.arange(200))), val.labels)  # type: ignore[arg-type]
    assert 2.0 < found.temperature < 2.3  # 99 % becomes 90 %
    assert model.temperature == 1.0


def test_of_many_pictures_some_from_the_first_to_the_last_are_predicted() -> None:
    model: Any = TooSure()
    calibrated(model, pictures(3 * MOST_CALIBRATING))
    assert len(model.predicted) == MOST_CALIBRATING == len(set(model.predicted))
    assert (model.predicted[0], model.predicted[-1]) == (3 * MOST_CALIBRATING - 1, 0)
    assert np.diff(model.predicted).tolist() == pytest.approx([-3] * (MOST_CALIBRATING - 1), abs=1)


@pytest.mark.parametrize(
    "val", [pictures(0), pictures(40), pictures(100, labelled=False)], ids=["none", "few", "unlabelled"]
)
def test_without_enough_labelled_pictures_the_model_stays(val: ImageSet) -> None:
    model: Any = TooSure()
    assert calibrated(model, val) is model
    assert model.predicted == []


class Neighbours:
    """Nearest neighbours: six of ten votes are right in five of eight cases; one unanimous vote in twenty is wrong."""

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        unanimous = images.reshape(-1, 1) % 5 == 0
        return np.where(unanimous, [1.0, 0.0], [0.6, 0.4]).astype(np.float32)

    def with_temperature(self, temperature: float) -> Neighbours:
        raise AssertionError(f"the temperature {temperature:g} makes its answers unsurer than they are")


def test_a_model_whose_confidence_a_temperature_would_take_from_its_accuracy_stays() -> None:
    values = np.arange(100)
    labels = np.where(values % 5 == 0, values == 50, np.isin(values % 10, (1, 2, 3)))  # one of 20 unanimous is wrong
    val = ImageSet(values.reshape(-1, 1, 1, 1), values, tuple(map(str, values)), labels.astype(np.int64))
    model: Any = Neighbours()
    probabilities = model.probabilities(val.images)
    assert fit_temperature(probabilities, labels.astype(np.int64)) == 10
    assert calibrated(model, val) is model


def test_the_score_the_model_and_the_file_have_one_temperature(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(NETWORK)
    images, labels = draw_sides(640)
    run = onelook.train(
        (images, labels), model=str(tmp_path / "small.toml"), out=tmp_path / "run", epochs=2, batch_size=32, quiet=True
    )
    classifier = run.classifier
    values = json.loads(run.folder.evaluation.read_text())
    temperature = classifier.card.temperature
    assert temperature != 1.0
    assert classifier.signature is not None  # it has enough pictures; those of the training are of one size
    assert classifier.signature.sizes is not None
    assert np.unique(classifier.signature.sizes, axis=0).tolist() == [list(images.shape[1:3])]
    assert values["temperature"] == temperature
    # The temperature is the best of the validation pictures' answers as the network gives them.
    lines = (run.path / "split.csv").read_text().splitlines()[1:]
    rows = [int(line.split(",")[0].rpartition("/")[2]) - 1 for line in lines if line.split(",")[1] == "val"]
    assert len(rows) > 50
    plain = classifier.with_temperature(1.0)
    positions = np.array([classifier.class_names.index(labels[row]) for row in rows])
    assert fit_temperature(plain.probabilities(images[rows]), positions) == pytest.approx(temperature, rel=1e-3)
    assert "temperature of" in run.folder.report.read_text()
    # Its evidence is of the same answers.
    gains = Gains.model_validate_json((run.folder.evidence / GAINS).read_bytes())
    confusion = np.array(values["confusion_matrix"])
    assert (gains.rows, gains.errors) == (values["rows"], values["rows"] - np.trace(confusion))
    found = FeatureMap.model_validate_json((run.folder.evidence / MAP).read_bytes())
    answered = [line.split(",") for line in run.folder.predictions.read_text().splitlines()[1:]]
    labelled, said, sure = (unpacked(each) for each in (found.labels, found.predicted, found.sure))
    assert [*found.ids] == [row[0] for row in answered]
    assert [found.class_names[at] for at in said] == [row[1] for row in answered]
    assert (sure / 10_000).tolist() == pytest.approx([float(row[2]) for row in answered], abs=6e-5)
    assert confusion[0, 0] == np.count_nonzero((labelled == 0) & (said == 0))
    assert (found.errors, found.seen, found.method) == (gains.errors, "features", "t-sne")
    assert not (run.folder.evidence / CURVE).exists()  # a quick model makes no error on these pictures
