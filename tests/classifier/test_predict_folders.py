"""A classifier predicts a folder, gives probabilities as an array, and scores itself on labelled data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier
from onelook.commands.evaluate import evaluate_model
from onelook.errors import ConfigError, DataError

SHADES = {"2.png": 0, "10.png": 255, "sub/1.png": 80}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shades" / "sub").mkdir(parents=True)
    for name, shade in SHADES.items():
        Image.new("L", (9, 12), shade).save(tmp_path / "shades" / name)
    (tmp_path / "shades" / "notes.txt").write_text("no picture")
    return tmp_path / "shades"


def test_a_folder_gives_all_its_pictures_in_natural_order(brightness_classifier: Classifier, folder: Path) -> None:
    found = brightness_classifier.predict(folder)
    assert [(one.id, one.class_name) for one in found] == [
        ("2.png", "dark"),
        ("10.png", "light"),
        ("sub/1.png", "dark"),
    ]
    assert found == brightness_classifier.predict(str(folder))
    (alone,) = brightness_classifier.predict(folder / "10.png")
    assert alone.id is None
    assert alone.probabilities == found[1].probabilities


def test_a_folder_without_pictures_is_refused(brightness_classifier: Classifier, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty: there are no pictures in this folder"):
        brightness_classifier.predict(tmp_path / "empty")


def test_a_damaged_picture_in_a_folder_is_named(brightness_classifier: Classifier, folder: Path) -> None:
    (folder / "10.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"picture 2: .*10\.png"):
        brightness_classifier.predict(folder)


def test_probabilities_have_a_row_for_each_picture(brightness_classifier: Classifier, folder: Path) -> None:
    rows = brightness_classifier.predict_proba(folder)
    assert rows.shape == (3, 2)
    assert rows.dtype == np.float32
    assert rows.tolist() == [list(one.probabilities.values()) for one in brightness_classifier.predict(folder)]
    white = np.full((1, 8, 8, 1), 255, np.uint8)
    assert np.array_equal(brightness_classifier.predict_proba(white), brightness_classifier.probabilities(white))
    assert brightness_classifier.predict_proba([]).shape == (0, 2)


def test_its_score_is_that_of_the_command(
    brightness_classifier: Classifier, brightness_model: Path, photos: Path
) -> None:
    evaluation = brightness_classifier.evaluate(photos)
    assert evaluation == evaluate_model(brightness_model, photos).evaluation
    assert evaluation.rows == 6
    assert evaluation.accuracy == pytest.approx(5 / 6)  # one of the pictures is labelled wrong


def test_a_score_takes_arrays_and_the_options_of_opening(brightness_classifier: Classifier) -> None:
    pictures = np.zeros((3, 8, 8), np.uint8)
    pictures[2] = 255
    evaluation = brightness_classifier.evaluate((pictures, [0, 0, 1]), class_names=("dark", "light"))
    assert evaluation.confusion_matrix == ((2, 0), (0, 1))
    with pytest.raises(ConfigError, match="label_colum"):
        brightness_classifier.evaluate((pictures, [0, 0, 1]), label_colum="y")  # type: ignore[call-arg]
