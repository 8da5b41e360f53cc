"""The list of pictures in a model folder: what it finds, and what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tests.classifier.test_folder import forge, unchanged

from onelook.classifier import Classifier, load, verify
from onelook.classifier.picture_list import PictureList, picture_list_bytes, read_picture_list
from onelook.classifier.tensors import from_safetensors
from onelook.data.dataset import ImageSet
from onelook.data.duplicates.fingerprints import fingerprint_pictures
from onelook.errors import ModelError

IMAGES = np.random.default_rng(3).integers(0, 256, (9, 16, 16, 1), dtype=np.uint8)
FILE = "picture_list.safetensors"


def image_set(*rows: int) -> ImageSet:
    return ImageSet(IMAGES, np.array(rows, np.int64), tuple(map(str, rows)), None)


@pytest.fixture(scope="module")
def pictures() -> PictureList:
    """Rows 0 to 3 and 8 were trained on, 4 and 5 validated."""
    return PictureList.of(image_set(3, 0, 1, 2, 8), image_set(4, 5))


@pytest.fixture
def listed(make_classifier: Callable[..., Classifier], pictures: PictureList, tmp_path: Path) -> Path:
    """A model folder with the list."""
    return make_classifier(pictures=pictures).save(tmp_path / "model")


def found(pictures: PictureList, *, only_trained: bool = False) -> list[int]:
    seen = pictures.find(fingerprint_pictures(IMAGES), only_trained=only_trained)
    assert not seen.near.any()
    return np.flatnonzero(seen.exact).tolist()


def test_both_uses_are_found_or_only_what_was_trained_on(pictures: PictureList) -> None:
    assert found(pictures) == [0, 1, 2, 3, 4, 5, 8]
    assert found(pictures, only_trained=True) == [0, 1, 2, 3, 8]


def test_a_picture_that_was_used_in_both_ways_was_trained_on() -> None:
    both = PictureList.of(image_set(0), image_set(0, 1))
    assert (len(both), found(both, only_trained=True)) == (2, [0])


def test_the_list_of_the_model_before_stays_on_it(pictures: PictureList) -> None:
    later = PictureList.of(image_set(4, 6), None, before=pictures)
    assert found(later) == [0, 1, 2, 3, 4, 5, 6, 8]
    assert found(later, only_trained=True) == [0, 1, 2, 3, 4, 6, 8]


@pytest.mark.parametrize(
    ("train", "val", "trained"),
    [
        ((6,), (0, 1, 4), [0, 1, 2, 3, 6, 8]),  # what the model before has learnt stays learnt
        ((4, 5), (7,), [0, 1, 2, 3, 4, 5, 8]),  # what it was only validated on is learnt now
        ((6, 7), (6, 7), [0, 1, 2, 3, 6, 7, 8]),
    ],
)
def test_once_trained_on_is_trained_on(
    pictures: PictureList, train: tuple[int, ...], val: tuple[int, ...], trained: list[int]
) -> None:
    later = PictureList.of(image_set(*train), image_set(*val), before=pictures)
    assert found(later, only_trained=True) == trained
    assert found(later) == sorted({0, 1, 2, 3, 4, 5, 8, *train, *val})


FORMS = {
    "uint8": (IMAGES, (0.0, 255.0)),
    "float32 up to 1": (IMAGES.astype(np.float32) / 255, (0.0, 1.0)),
    "float64 up to 1": (IMAGES / 255.0, (0.0, 1.0)),
    "float64 around 0": (IMAGES / 127.5 - 1, (-1.0, 1.0)),
    "int64": (IMAGES.astype(np.int64), (0.0, 255.0)),
}


@pytest.mark.parametrize("trained_as", FORMS)
@pytest.mark.parametrize("shown_as", FORMS)
def test_the_same_pictures_are_found_in_every_form_of_their_values(trained_as: str, shown_as: str) -> None:
    images, value_range = FORMS[trained_as]
    train = ImageSet(images, np.array([2, 5]), ("2", "5"), None)
    known = read_picture_list(picture_list_bytes(PictureList.of(train, None, value_range=value_range)), FILE)
    images, value_range = FORMS[shown_as]
    seen = known.find(known.fingerprint(images, value_range=value_range))
    # A list of uint8 has the digests that it always had: what is looked up there is converted first.
    assert np.flatnonzero(seen.exact).tolist() == ([2, 5] if known.is_rounded or shown_as == "uint8" else [])


@pytest.mark.parametrize(("first", "then"), [("float32 up to 1", "int64"), ("int64", "float64 around 0")])
def test_a_list_of_rounded_values_stays_one(first: str, then: str) -> None:
    before, later = (
        (ImageSet(images, np.array([row]), (str(row),), None), value_range)
        for row, (images, value_range) in enumerate((FORMS[first], FORMS[then]))
    )
    old = PictureList.of(before[0], None, value_range=before[1])
    new = PictureList.of(later[0], None, old, later[1])
    assert (old.is_rounded, new.is_rounded) == (True, True)
    assert found(old) == [0]
    assert found(new) == [0, 1]


def test_values_of_no_usual_range_are_told_apart_beyond_8_bits() -> None:
    images = np.random.default_rng(4).integers(0, 9, (2, 16, 16, 1)).astype(np.uint16)
    images[:, 0, 0] = 60_000
    train = ImageSet(images, np.array([0]), ("0",), None)
    known = PictureList.of(train, None, value_range=(0.0, 60_000.0))
    assert known.find(known.fingerprint(images, value_range=(0.0, 60_000.0))).exact.tolist() == [True, False]


def test_a_list_has_the_oldest_version_that_can_read_it() -> None:
    versions = {}
    for form, (images, value_range) in FORMS.items():
        train = ImageSet(images, np.array([0]), ("0",), None)
        content = picture_list_bytes(PictureList.of(train, None, value_range=value_range))
        versions[form] = int(from_safetensors(content, FILE)["version"][0])
    assert versions == dict.fromkeys(FORMS, 2) | {"uint8": 1}


def test_an_older_list_of_floats_is_read_and_stays_of_its_kind() -> None:
    floats, value_range = FORMS["float64 up to 1"]
    old = PictureList(fingerprint_pictures(floats[:2]), np.zeros(2, np.uint8))
    old = read_picture_list(picture_list_bytes(old), FILE)
    later = PictureList.of(ImageSet(floats, np.array([4]), ("4",), None), None, old, value_range)
    seen = later.find(later.fingerprint(floats, value_range=value_range))
    assert np.flatnonzero(seen.exact).tolist() == [0, 1, 4]


def test_its_order_tells_nothing(pictures: PictureList) -> None:
    again = PictureList.of(image_set(8, 2, 0, 1, 3), image_set(5, 4))
    assert picture_list_bytes(again) == picture_list_bytes(pictures)


def test_it_is_saved_with_the_model_checked_and_read_again(listed: Path, tmp_path: Path) -> None:
    assert FILE in verify(listed).files
    classifier = load(listed)
    assert classifier.pictures is not None
    assert found(classifier.pictures) == [0, 1, 2, 3, 4, 5, 8]
    classifier.save(tmp_path / "without", picture_list=False)
    assert not (tmp_path / "without" / FILE).exists()
    assert load(tmp_path / "without").pictures is None
    classifier.save(listed)  # in the place of itself
    assert load(listed).pictures is not None


def test_other_weights_have_learnt_something_else(listed: Path, tmp_path: Path) -> None:
    classifier = load(listed)
    classifier.save_weights(tmp_path / "w.safetensors")
    classifier.load_weights(tmp_path / "w.safetensors")
    assert classifier.pictures is None


def test_an_altered_or_missing_list_is_refused(listed: Path) -> None:
    path = listed / FILE
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ModelError, match=rf"{FILE}: altered since it was saved"):
        verify(listed)
    path.unlink()
    with pytest.raises(ModelError, match=rf"{FILE}: missing"):
        load(listed)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("version", np.array([3], np.int32), "written in version 3; this onelook reads up to version 2. Update it"),
        ("version", np.array([0], np.int32), "it has no version"),
        ("version", np.array(1, np.int32), "it has no version"),
        ("version", None, "it has no version"),
        ("digests", np.zeros((7, 15), np.uint8), r"digests are uint8 \(7, 15\); expected uint8 \(7, 16\)"),
        ("digests", np.zeros((6, 16), np.uint8), r"digests are uint8 \(6, 16\); expected uint8 \(7, 16\)"),
        ("outlines", np.zeros((7, 47), np.uint8), r"outlines are uint8 \(7, 47\); expected int8 \(7, 47\)"),
        ("uses", np.full(7, 2, np.uint8), "uses are not all 0"),
        ("uses", np.array(0, np.uint8), "expected uint8"),
        ("outlines", None, "holds digests, uses and version; expected digests, outlines, uses and version"),
    ],
)
def test_a_forged_list_is_refused_with_what_is_wrong(
    name: str, value: np.ndarray | None, message: str, listed: Path
) -> None:
    tensors = load_file(listed / FILE)
    del tensors[name]
    save_file(tensors if value is None else {**tensors, name: value}, listed / FILE)
    forge(listed, unchanged)
    with pytest.raises(ModelError, match=message):
        load(listed)


def test_what_is_no_safetensors_is_refused() -> None:
    with pytest.raises(ModelError, match="not readable as safetensors"):
        read_picture_list(b"\x80\x04K\x01.", "the list")


def test_an_empty_list_finds_nothing(pictures: PictureList) -> None:
    empty = replace(pictures, fingerprints=pictures.fingerprints.take(np.zeros(0, np.int64)), uses=pictures.uses[:0])
    assert found(read_picture_list(picture_list_bytes(empty), "")) == []


def test_each_seen_picture_is_of_one_kind(pictures: PictureList) -> None:
    brighter = np.minimum(IMAGES.astype(int) * 103 // 100, 255).astype(np.uint8)
    asked = np.concatenate([IMAGES[[6, 0, 4]], brighter[[1]]])
    ids = ("new", "trained", "validated", "altered")
    seen = pictures.find(fingerprint_pictures(asked))
    assert seen.by_kind(ids) == {"exact": ["trained", "validated"], "near": ["altered"]}
    seen = pictures.find(fingerprint_pictures(asked), only_trained=True)
    assert seen.by_kind(ids) == {"exact": ["trained"], "near": ["altered"]}
    assert pictures.find(fingerprint_pictures(asked[:1])).by_kind(ids) == {"exact": [], "near": []}


def test_an_altered_copy_of_what_was_only_validated_does_not_count_as_trained(pictures: PictureList) -> None:
    brighter = np.minimum(IMAGES.astype(int) * 103 // 100, 255).astype(np.uint8)[[4, 1]]
    asked = fingerprint_pictures(brighter)
    assert pictures.find(asked).by_kind(("validated", "trained")) == {"exact": [], "near": ["validated", "trained"]}
    seen = pictures.find(asked, only_trained=True)
    assert seen.by_kind(("validated", "trained")) == {"exact": [], "near": ["trained"]}


def test_a_list_goes_with_the_model_to_another_temperature_and_process(
    make_classifier: Callable[..., Classifier], pictures: PictureList
) -> None:
    model = make_classifier(pictures=pictures, engine="torch")
    assert repr(pictures) == "PictureList(5 trained on, 2 validated on)"
    for other in (model.with_temperature(2.0), model.with_decode(invert=True), model.with_threads(1)):
        assert other.pictures is pictures
        assert other.engine == "torch"
    assert model.with_temperature(2.0).card.temperature == 2.0
    again = pickle.loads(pickle.dumps(model))
    assert again.engine == "torch"
    assert len(again.pictures) == 7
    assert again.predict_decoded([]) == []
