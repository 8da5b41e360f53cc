"""The errors after the worst ones: none is lost, and pictures are shared out among the confusions."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import ImageSet
from onelook.evaluation.pictures import further_errors
from onelook.evaluation.pictures.further_errors import picture_order
from onelook.evaluation.pictures.index import FurtherErrors
from onelook.evaluation.pictures.report_pictures import write_report_pictures

NAMES = ("cat", "dog", "eel")
ROWS = 61


def scored() -> tuple[np.ndarray, ImageSet]:
    """Sixty wrong pictures of a shade of their own, and one that is right; the first is the worst."""
    labels = np.array([row % 2 for row in range(ROWS)])
    said = np.where(labels == 0, 2, 0)
    probabilities = np.zeros((ROWS, 3), np.float32)
    sure = 0.9 - np.arange(ROWS) / 400
    probabilities[np.arange(ROWS), said] = sure
    probabilities[np.arange(ROWS), labels] = (1 - sure) / 2
    probabilities[-1] = np.eye(3)[labels[-1]]
    images = np.repeat(np.arange(ROWS, dtype=np.uint8), 7 * 6).reshape(ROWS, 7, 6, 1)
    return probabilities, ImageSet(images, np.arange(ROWS), tuple(f"test/{row + 1}" for row in range(ROWS)), labels)


def written(folder: Path) -> FurtherErrors:
    probabilities, pictures = scored()
    write_report_pictures(folder, probabilities, pictures, NAMES, train_samples=None, seed=0)
    return FurtherErrors.model_validate(json.loads((folder / "errors.json").read_text(encoding="utf-8")))


def shade(picture: str) -> int:
    with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
        assert image.size == (6, 7)
        return int(np.asarray(image)[0, 0])


def test_every_error_is_kept_with_its_picture_and_its_probabilities(tmp_path: Path) -> None:
    found = written(tmp_path / "evidence")
    assert [one.id for one in found.errors] == [f"test/{row + 1}" for row in range(24, 60)]
    assert [shade(one.picture) for one in found.errors] == [*range(24, 60)]
    assert [(one.label, one.predicted) for one in found.errors[:2]] == [(0, 2), (1, 0)]
    first = found.errors[0]
    assert (first.p_predicted, first.p_label) == pytest.approx((0.84, 0.08))
    assert found.class_names == NAMES


def test_errors_without_room_for_a_picture_are_listed_after_those_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = len(written(tmp_path / "first").errors[0].picture)
    monkeypatch.setattr(further_errors, "_BYTES", 10 * one + one // 2)
    monkeypatch.setattr(further_errors, "_BYTES_A_CLASS", 0)
    found = written(tmp_path / "second")
    # Each of the two confusions has its twelve worst among the 24 that are kept elsewhere: one of them is served first.
    pictured = [one.id for one in found.errors if one.picture]
    assert pictured == [f"test/{row + 1}" for row in range(24, 43, 2)]
    rest = [f"test/{row + 1}" for row in range(24, 60) if f"test/{row + 1}" not in pictured]
    assert [one.id for one in found.errors] == [*pictured, *rest]


def test_no_more_errors_than_the_worst_make_no_file(tmp_path: Path) -> None:
    probabilities, pictures = scored()
    few = ImageSet(pictures.images, pictures.rows[:24], pictures.ids[:24], np.array([0, 1] * 12))
    write_report_pictures(tmp_path / "evidence", probabilities[:24], few, NAMES, train_samples=None, seed=0)
    assert not (tmp_path / "evidence" / "errors.json").exists()


def test_each_confusion_gets_twelve_pictures_before_any_gets_more_and_the_most_frequent_is_first() -> None:
    rare, frequent = (0, 1), (2, 1)
    confusions = [rare] * 13 + [frequent] * 14
    assert picture_order(confusions) == [*range(13, 25), *range(12), 25, 26, 12]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": 3}, "names a class that is not one of 3"),
        ({"predicted": -1}, "names a class"),
        ({"picture": '"'}, "picture"),
    ],
)
def test_a_damaged_entry_is_refused(change: dict[str, object], message: str) -> None:
    entry = {"id": "7", "label": 0, "predicted": 1, "p_label": 0.1, "p_predicted": 0.9}
    with pytest.raises(ValueError, match=message):
        FurtherErrors.model_validate({"class_names": NAMES, "errors": [entry | change]})
