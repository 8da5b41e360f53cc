"""The model that training continues from: what it brings, what data it came from, and whose run it is."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.classifier import Classifier
from onelook.data.layouts.arrays.from_python import open_arrays
from onelook.errors import DataError
from onelook.planning.starting_point import StartingPoint, read_starting_point
from onelook.run_folder import RunFolder
from onelook.settings import DecodeSettings, ViewSettings

SPLIT = b"id,split,class\r\n1,train,dark\r\n2,val,light\r\n"


def start_of(classifier: Classifier, run: RunFolder | None = None, **changes: Any) -> StartingPoint:
    card = classifier.card.model_copy(update=changes)
    return StartingPoint(Path("runs/a"), card, classifier.weights, run)


def test_sides_of_pictures_keep_their_order_and_what_was_asked_stands_above(brightness_classifier: Classifier) -> None:
    decode = DecodeSettings(height=8, width=20, channels=1, resize="fit")
    views = ViewSettings(shift=2)
    start = start_of(brightness_classifier, decode=decode, views=views, training={"model": "mlp"})
    settings = start.settings_with({"epochs": 3, "resize": "crop"})
    assert settings.pop("preprocess") == brightness_classifier.card.preprocess.settings.model_dump(mode="json")
    assert settings == {
        "model": "mlp",
        "image_size": [8, 20],
        "resize": "crop",
        "views": {"horizontal_flip": False, "shift": 2},
        "epochs": 3,
    }


def test_its_training_pictures_came_from_the_first_of_its_sources(brightness_classifier: Classifier) -> None:
    known = {"data_sources": ["of train", "of test"], "data_fingerprint": "of both"}
    assert start_of(brightness_classifier, training=known).data == "of train"
    assert start_of(brightness_classifier, training={**known, "data_sources": []}).data == "of both"


@pytest.mark.parametrize(
    ("dtype", "value_range"), [("float32", (0.0, 255.0)), ("uint8", (0.0, 127.0)), ("uint8", (1.0, 255.0))]
)
def test_numbers_of_another_kind_are_refused_by_type_and_by_range(
    dtype: str, value_range: tuple[float, float], brightness_classifier: Classifier
) -> None:
    start = start_of(brightness_classifier)
    start.refuse_other_values("uint8", (0.0, 255.0))
    low, high = value_range
    found = f"trained on uint8 from 0 to 255; the data holds {dtype} from {low:g} to {high:g}"
    with pytest.raises(DataError, match=found):
        start.refuse_other_values(dtype, value_range)


def test_names_are_given_to_as_many_numbers_only(brightness_classifier: Classifier) -> None:
    start = start_of(brightness_classifier)
    two = open_arrays((np.zeros((4, 8, 8), np.uint8), np.array([0, 1, 0, 1])))
    assert start.name_classes(two).class_names == ("dark", "light")
    three = open_arrays((np.zeros((6, 8, 8), np.uint8), np.array([0, 1, 2, 0, 1, 2])))
    with pytest.raises(DataError, match="the data has no dark and light, and the model does not know 0, 1 and 2"):
        start.name_classes(three)


class TestItsRun:
    """The folder whose split can be kept: only the one that made this model."""

    def made(self, brightness_model: Path, folder: Path, split: bytes) -> RunFolder:
        run = RunFolder(folder)
        folder.mkdir()
        shutil.copytree(brightness_model, run.model)
        run.split_csv.write_bytes(split)
        return run

    def read(self, path: Path, fingerprint: str, monkeypatch: pytest.MonkeyPatch) -> StartingPoint:
        from onelook.planning import starting_point

        def load_with_training(path: Path) -> Any:
            found = load(path)
            training = {**found.card.training, "split_fingerprint": fingerprint}
            return SimpleNamespace(card=found.card.model_copy(update={"training": training}), weights=found.weights)

        load = starting_point.load
        monkeypatch.setattr(starting_point, "load", load_with_training)
        return read_starting_point(path)

    @pytest.mark.parametrize("named", ["", "model"])
    def test_is_found_by_the_fingerprint_of_its_split(
        self, named: str, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = self.made(brightness_model, tmp_path / "run", SPLIT)
        start = self.read(run.path / named, hashlib.sha256(SPLIT).hexdigest(), monkeypatch)
        assert start.run is not None
        assert start.run.path.resolve() == run.path.resolve()

    def test_is_not_one_with_another_split(
        self, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = self.made(brightness_model, tmp_path / "run", SPLIT.replace(b"2,val", b"2,train"))
        assert self.read(run.path, hashlib.sha256(SPLIT).hexdigest(), monkeypatch).run is None
