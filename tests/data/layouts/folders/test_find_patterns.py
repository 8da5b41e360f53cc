"""Patterns found in file names: which labels they give, and where none is found."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from onelook.data.layouts.folders.find_patterns import find_labels
from onelook.data.layouts.label_from import NamePattern


def numbered(form: str, labels: Sequence[str] = ("cat", "dog"), count: int = 4) -> list[str]:
    return [form.format(label=label, n=10 * at + n) for at, label in enumerate(labels) for n in range(count)]


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("{label}.{n}.jpg", r"^(?P<label>[^.]+)\..*\.\w+$"),
        ("{label}_{n:03}.png", r"^(?P<label>.+)_\d+\."),
        ("{label}-{n}.png", r"^(?P<label>.+)-\d+\."),
        ("{n:03}-{label}.png", r"^\d+-(?P<label>.+)\."),
        ("{n}_{label}.png", r"^\d+_(?P<label>.+)\."),
        ("{label} ({n}).jpg", r"^(?P<label>.+)\s\(\d+\)\."),
        ("IMG_{label} ({n}).jpg", r"^IMG_(?P<label>.+)\s\(\d+\)\."),
        ("{label}{n:03}.jpg", r"^(?P<label>\D*[^\W\d_])\d+\.\w+$"),
        ("2024-05-01_{label}_{n}.jpg", r"^[^_]+_(?P<label>[^_]+)_"),
        ("{label}_{n}_jpg.rf.{n}a9f.jpg", r"^(?P<label>[^_]+)_"),
    ],
)
def test_the_plainest_pattern_that_fits_is_found(form: str, pattern: str) -> None:
    names = numbered(form)
    (found,) = find_labels([f"folder_1/{name}" for name in names])
    assert found.labels == ["cat"] * 4 + ["dog"] * 4
    assert found.pattern.text == pattern
    # What is shown can be given back, and reads the same.
    assert [facts.label for facts in NamePattern(pattern).read_all(names) if facts] == found.labels


def test_labels_may_have_several_words_and_digits() -> None:
    (pets,) = find_labels(numbered("{label}_{n}.jpg", ("Abyssinian", "american_bulldog", "great_pyrenees_big")))
    assert list(dict.fromkeys(pets.labels)) == ["Abyssinian", "american_bulldog", "great_pyrenees_big"]
    (imagenet,) = find_labels(numbered("{label}_{n}.JPEG", ("n01440764", "n01443537")))
    assert set(imagenet.labels) == {"n01440764", "n01443537"}
    ids = numbered("{label}_{n}f9c.jpg", ("beagle", "golden_retriever"))
    (hashed,) = find_labels(ids)
    assert set(hashed.labels) == {"beagle", "golden_retriever"}


def test_two_words_that_may_both_be_the_label_are_two_ways() -> None:
    names = [f"{label}_{place}_{n}.jpg" for label in ("cat", "dog") for place in ("in", "out") for n in range(3)]
    classes = [sorted(set(found.labels)) for found in find_labels(names)]
    assert classes == [["cat_in", "cat_out", "dog_in", "dog_out"], ["cat", "dog"], ["in", "out"]]


@pytest.mark.parametrize(
    "names",
    [
        numbered("{n}.jpg"),
        numbered("IMG_{n:04}.jpg"),
        numbered("{label}_{n:04}.jpg", ("IMG", "DSC")),  # two cameras
        numbered("{label}_{n}.jpg", ("train", "test")),
        numbered("{label}_{n}.jpg", ("2021", "2022")),  # dates and counters more often than classes
        [f"{label}.jpg" for label in ("cat", "dog", "eel", "fox")],  # as many names as pictures
        numbered("{label}_{n}.jpg", ("cat", "12")),  # a number among words is none either
        ["cat_1.jpg", "dog_2.jpg", "dog_3.jpg"],  # fewer than two of each
        [*numbered("{label}_{n}.jpg"), "overview.jpg"],
        numbered("{label}_{n}.jpg", ("cat",)),
        [f"{n * 7919:08x}.jpg" for n in range(100, 120)],
        [],
    ],
)
def test_other_names_hold_no_labels(names: list[str]) -> None:
    assert find_labels(names) == []


def test_a_word_that_cameras_use_may_be_one_class_among_others() -> None:
    (found,) = find_labels(numbered("{label}_{n}.jpg", ("cat", "unknown")))
    assert set(found.labels) == {"cat", "unknown"}


def test_two_pictures_of_each_are_enough() -> None:
    (found,) = find_labels(["cat_1.jpg", "cat_2.jpg", "dog_3.jpg", "dog_4.jpg"])
    assert found.labels == ["cat", "cat", "dog", "dog"]


def test_numbers_are_labels_before_the_first_dot_alone() -> None:
    (found,) = find_labels(numbered("{label}.{n}.png", ("3", "7")))
    assert set(found.labels) == {"3", "7"}
