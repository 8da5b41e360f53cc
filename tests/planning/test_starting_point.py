"""The model that training continues from: what it brings, what data it came from, and whose run it is."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
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
from onelook.wording import listed

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
    assert start.settings_with({"epochs": 3})["resize"] == "fit"


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


@pytest.mark.parametrize(
    ("own", "names", "said"),
    [
        (("dark", "light"), ("light", "dark"), "they are in another order"),
        (("dark", "light"), ("dark", "dim"), "the data has no light, and the model does not know dim"),
        (("dark", "light", "red"), ("dark", "light"), "the data has no red"),
        (("dark", "light"), ("dark", "light", "red"), "the model does not know red"),
        (("1", "2"), ("dark", "light"), "the data has no 1 and 2, and the model does not know dark and light"),
        (("001", "010"), ("10", "1"), "the data has no 001 and 010, and the model does not know 10 and 1"),
    ],
)
def test_classes_that_differ_are_named_on_both_sides(
    own: tuple[str, ...], names: tuple[str, ...], said: str, brightness_classifier: Classifier
) -> None:
    data = replace(open_arrays((np.zeros((2, 8, 8), np.uint8), np.array([0, 1]))), class_names=names)
    with pytest.raises(DataError) as refused:
        start_of(brightness_classifier, class_names=own).name_classes(data)
    assert str(refused.value) == (
        f"--from runs/a: the classes differ: {said}. Expected those of the model, in its order: {listed(own)}. "
        "Train a new model without --from."
    )


def test_the_same_numbers_are_spelled_as_the_model_spells_them(brightness_classifier: Classifier) -> None:
    data = replace(open_arrays((np.zeros((2, 8, 8), np.uint8), np.array([0, 1]))), class_names=("1", "10"))
    assert start_of(brightness_classifier, class_names=("001", "010")).name_classes(data).class_names == ("001", "010")


@pytest.mark.parametrize(
    ("own", "class_names"),
    [
        (("0", "1"), ("0", "1")),  # trained before the data was recognised
        (("dark", "light"), ("dark", "light")),  # names that a user gave to the numbers
        (("bag", "boot"), ("bag", "boot")),
    ],
)
def test_published_data_is_named_as_the_model_knows_it(
    own: tuple[str, ...], class_names: tuple[str, ...], brightness_classifier: Classifier
) -> None:
    data = open_arrays((np.zeros((2, 8, 8), np.uint8), np.array([0, 1])))
    published = replace(data, class_names=("bag", "boot"), codes=("0", "1"))
    found = start_of(brightness_classifier, class_names=own).name_classes(published)
    assert found.class_names == class_names
    assert found.counts == dict.fromkeys(class_names, 1)


def test_its_recipe_stands_below_what_it_is_and_what_was_asked(brightness_classifier: Classifier) -> None:
    training = {"model": "digit-recognizer", "recipe": "digit-recognizer"}
    start = start_of(brightness_classifier, training=training)
    settings = start.settings_with({"epochs": 3})
    assert (settings["recipe"], settings["epochs"], settings["image_size"]) == ("digit-recognizer", 3, [8, 8])
    assert settings["optimizer"]["name"] == "rmsprop"  # of the recipe
    sentences = ("network and preparation: those of runs/a; training continues from its weights",)
    assert start.choices() == (
        *sentences,
        "training as in the recipe digit-recognizer, which it was trained with",
    )
    assert start_of(brightness_classifier, training={}).choices() == sentences
    assert start_of(brightness_classifier, training={}).network_name == "cnn"


def test_its_split_is_used_again_on_the_same_data_only(brightness_classifier: Classifier) -> None:
    data = open_arrays((np.zeros((2, 8, 8), np.uint8), np.array([0, 1])))
    run = RunFolder(Path("runs/a"))
    same, other = {"data_fingerprint": data.fingerprint}, {"data_fingerprint": "another"}
    assert start_of(brightness_classifier, run, training=same).split_of(data) == Path("runs/a")
    assert start_of(brightness_classifier, run, training=other).split_of(data) is None
    assert start_of(brightness_classifier, None, training=same).split_of(data) is None
    joined = {"data_fingerprint": "another", "data_sources": [data.fingerprint, "of --test"]}  # this is a part of it
    assert start_of(brightness_classifier, run, training=joined).split_of(data) is None


def test_weights_of_the_preparation_are_parted_from_those_of_the_network(brightness_classifier: Classifier) -> None:
    start = start_of(brightness_classifier)
    whitening = {"preprocess.whitening": np.ones((2, 2), np.float32)}
    start = replace(start, weights={**start.weights, **whitening})
    assert start.preparation_weights == whitening
    assert start.network_weights.keys() == {"1.weight", "1.bias"}


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
            card = found.card.model_copy(update={"training": training})
            return SimpleNamespace(card=card, weights=found.weights, pictures=found.pictures)

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

    @pytest.mark.parametrize(("within", "typed"), [("", "."), ("model", "."), ("", "model"), ("model", "..")])
    def test_is_found_from_within_its_folder(
        self, within: str, typed: str, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = self.made(brightness_model, tmp_path / "run", SPLIT)
        monkeypatch.chdir(run.path / within)
        start = self.read(Path(typed), hashlib.sha256(SPLIT).hexdigest(), monkeypatch)
        assert start.run is not None
        assert start.run.path.resolve() == run.path.resolve()

    def test_is_not_the_run_in_which_another_model_lies(
        self, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = self.made(brightness_model, tmp_path / "run", SPLIT)
        shutil.copytree(brightness_model, run.path / "best")
        assert self.read(run.path / "best", hashlib.sha256(SPLIT).hexdigest(), monkeypatch).run is None

    def test_is_not_one_with_another_split(
        self, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = self.made(brightness_model, tmp_path / "run", SPLIT.replace(b"2,val", b"2,train"))
        assert self.read(run.path, hashlib.sha256(SPLIT).hexdigest(), monkeypatch).run is None
