"""The data set of arrays: shapes of rows of values, and what makes other data."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.layouts.array_dataset import array_dataset, how_to_go_on, picture_shape

NAMES = ("cat", "dog")


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (1, (1, 1, 1)),
        (3, (1, 1, 3)),
        (12, (2, 2, 3)),
        (16, (4, 4, 1)),
        (2, None),
        (0, None),
        (13, None),
        (147, (7, 7, 3)),
    ],
)
def test_a_number_of_values_is_a_square_in_grey_or_in_colour(values: int, shape: tuple[int, ...] | None) -> None:
    assert picture_shape(values) == shape


@pytest.mark.parametrize(
    ("values", "sizes"),
    [
        (403, "13×31"),  # three more than 20×20, and 31 is at most three times 13
        (402, None),  # one or two pixels of 20×20 too many, or too few
        (398, None),
        (782, None),
        (135, "9×15"),
        (28, None),  # one more than 3×3×3
        (54, "6×9"),
        (22, None),  # 2×11 is too narrow
        (120, None),
        (210, "14×15, 10×21"),
    ],
)
def test_the_likeliest_sizes_are_named_unless_a_pixel_or_two_are_missing(values: int, sizes: str | None) -> None:
    text = how_to_go_on(values)
    if sizes is None:
        assert text == ""
    else:
        assert all(f"{size}" in text for size in sizes.split(", "))


def test_pictures_labels_class_names_and_parts_make_other_data() -> None:
    images, labels = np.arange(16, dtype=np.uint8).reshape(4, 2, 2, 1), np.array([0, 1, 0, 1])

    def fingerprint(*parts: object, names: tuple[str, ...] = NAMES) -> str:
        found = dict(zip(("train", "test"), parts, strict=False))
        return array_dataset(found, name="d", layout="arrays", why="w", class_names=names).fingerprint  # type: ignore[arg-type]

    prints = [
        fingerprint((images, labels)),
        fingerprint((images, None)),
        fingerprint((images[::-1], labels)),
        fingerprint((images, labels[::-1])),
        fingerprint((images, labels), names=("dog", "cat")),
        fingerprint((images.astype(np.int64), labels)),
        fingerprint((images.reshape(4, 1, 4, 1), labels)),
        fingerprint((images[:2], labels[:2]), (images[2:], labels[2:])),
        fingerprint((images[:2], labels[:2]), (images[2:], None)),
        fingerprint((images[:2], None), (images[2:], labels[2:])),
    ]
    assert len(set(prints)) == len(prints)
    assert fingerprint((np.asfortranarray(images), labels)) == prints[0]
    assert fingerprint((images, labels)) == prints[0]


def test_ids_are_rows_from_1_behind_the_part_if_there_are_several() -> None:
    images, labels = np.zeros((2, 2, 2, 1), np.uint8), np.array([0, 1])
    one = array_dataset({"train": (images, labels)}, name="d", layout="arrays", why="w", class_names=NAMES)
    assert {name: tuple(part.ids) for name, part in one.parts.items()} == {"all": ("1", "2")}
    two = array_dataset(
        {"train": (images, labels), "test": (images[:1], None)}, name="d", layout="arrays", why="w", class_names=NAMES
    )
    assert {name: tuple(part.ids) for name, part in two.parts.items()} == {
        "train": ("train/1", "train/2"),
        "test": ("test/1",),
    }
