"""Patterns found in file names: which labels they give, and where none is found."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import product

import pytest

from onelook.data.layouts.folders.patterns.find_patterns import find_labels
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


def crossed(form: str, **values: Sequence[object]) -> list[str]:
    """Every combination of the values, with the number of the picture as `n`."""
    combinations = product(*values.values())
    return [form.format(n=n, **dict(zip(values, each, strict=True))) for n, each in enumerate(combinations, start=30)]


WRITERS, DIGITS = ("ahn", "kim", "lee"), tuple("0123456789")
PEOPLE, FEELINGS = ("KA", "KL", "MK", "NA"), ("AN", "HA", "SA")


@pytest.mark.parametrize(
    ("names", "readings"),
    [
        (crossed("{p}.{e}{i}.{n}.tiff", p=PEOPLE, e=FEELINGS, i=range(1, 4)), [PEOPLE, FEELINGS]),  # JAFFE
        (crossed("{p}_{e}{i}_{n}.tiff", p=PEOPLE, e=FEELINGS, i=range(1, 4)), [PEOPLE, FEELINGS]),
        (
            crossed("{p}.{e}.jpg", p=("anna", "bob", "eve"), e=("sad", "wild")),
            [("anna", "bob", "eve"), ("sad", "wild")],
        ),
        (crossed("{p}.{e}.jpg", p=("a1", "bob", "eve"), e=("sad", "so so")), [("a1", "bob", "eve"), ("sad", "so so")]),
        (crossed("subject0{p}.{e}.gif", p=(1, 2), e=("sad", "wink")), [("subject01", "subject02"), ("sad", "wink")]),
        (crossed("{k}.{e}.{n}.jpg", k=("cat", "catfish"), e=("in", "out")), [("cat", "catfish"), ("in", "out")]),
        (
            crossed("{g}{i:02}{e}.JPG", g=("AF", "BM"), i=range(3), e=("ANS", "SAS")),
            [("AF", "BM"), ("ANS", "SAS")],
        ),  # KDEF
        (
            crossed("S{p:03}_{s:03}_{f:08}.png", p=(5, 9), s=(1, 2), f=range(6)),
            [("S005", "S009"), ("001", "002")],
        ),  # CK+
        (
            crossed("{k}{i}-{a:03}.png", k=("car", "cow"), i="12", a=(0, 45)),
            [("car1", "car2", "cow1", "cow2"), ("car", "cow")],
        ),
        (
            crossed("{g}-{p:03}-{c:02}.bmp", g="mw", p=(1, 2), c=(1, 2, 3)),
            ["mw", ("001", "002"), ("01", "02", "03")],
        ),  # AR
        (crossed("{w}_{d}_{t}.png", w=WRITERS, d=range(10), t=(1, 2)), [WRITERS, DIGITS]),
        (crossed("{d}_{t:02}_{w}.png", w=WRITERS, d=range(10), t=(1, 2)), [WRITERS, DIGITS]),
    ],
)
def test_fields_that_may_all_be_the_label_are_as_many_ways(names: list[str], readings: list[Sequence[str]]) -> None:
    found = find_labels(names)
    assert [set(way.labels) for way in found] == [set(each) for each in readings]
    for way in found:  # what is shown can be given back, and reads the same
        assert [facts.label for facts in NamePattern(way.pattern.text).read_all(names) if facts] == way.labels


def copies(form: str, classes: Sequence[str]) -> list[str]:
    """Three copies of each picture, as Roboflow calls them."""
    names = [(c, i, copy) for c in classes for i in range(5) for copy in range(3)]
    return [form.format(c=c, i=i, hash=sha256(f"{c}{i}{copy}".encode()).hexdigest()) for c, i, copy in names]


TREES = ("Acer_Rubrum", "Ilex", "Quercus_x_Acer")


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (crossed("{c}.{n}.jpg", c=("cat", "dog"), i=range(20)), ("cat", "dog")),
        (crossed("{c}.{i}{v}.jpg", c=("cat", "dog"), i=range(9), v="abc"), ("cat", "dog")),  # three of one cat
        (crossed("{c}.{n:x}f{n:x}.jpg", c=("cat", "dog"), i=range(20)), ("cat", "dog")),
        (crossed("s{p}_{i}.png", p=range(1, 5), i=range(1, 11)), ("s1", "s2", "s3", "s4")),  # ORL: an index
        (crossed("obj{p}__{a}.png", p=(1, 2, 3), a=range(0, 360, 45)), ("obj1", "obj2", "obj3")),  # COIL
        (
            crossed("{c}_{t:02}_{f:04}.jpg", c=("run", "walk"), t=(1, 2), f=range(9)),
            ("run", "walk"),
        ),  # takes of a class
        (crossed("{c}_{d}.png", c=WRITERS, d=range(10)), WRITERS),  # a digit, or a count of ten
        (crossed("{c}_{d}_{t}.png", c=WRITERS, d=range(1, 11), t=(1, 2)), WRITERS),
        (crossed("{c}_{y}_{f:04}.jpg", c=("r1", "r2"), y=(2019, 2020), f=range(9)), ("r1", "r2")),  # years
        (crossed("{c}_{i:02}_ab.jpg", c=("Acer_Rubrum", "Tilia_Alba"), i=range(9)), ("Acer_Rubrum", "Tilia_Alba")),
        (crossed("{c}_{i}_ab.jpg", c=TREES, i=range(9)), TREES),
        (copies("{c}_{i}_jpg.rf.{hash}.jpg", ("cat", "dog")), ("cat", "dog")),  # Roboflow
        (copies("{c}_{i}_png.rf.{hash}.jpg", ("cat", "red_fox")), ("cat", "red_fox")),
    ],
)
def test_an_index_a_year_a_take_or_a_version_is_no_second_label(names: list[str], classes: Sequence[str]) -> None:
    (found,) = find_labels(names)
    assert set(found.labels) == set(classes)


def test_one_run_of_letters_between_numbers_is_no_label_by_itself() -> None:
    assert find_labels(crossed("{i}{e}.jpg", i=range(9), e=("L", "R"))) == []


def test_a_word_that_cameras_use_may_be_one_class_among_others() -> None:
    (found,) = find_labels(numbered("{label}_{n}.jpg", ("cat", "unknown")))
    assert set(found.labels) == {"cat", "unknown"}


def test_two_pictures_of_each_are_enough() -> None:
    (found,) = find_labels(["cat_1.jpg", "cat_2.jpg", "dog_3.jpg", "dog_4.jpg"])
    assert found.labels == ["cat", "cat", "dog", "dog"]


def test_numbers_are_labels_before_the_first_dot_alone() -> None:
    (found,) = find_labels(numbered("{label}.{n}.png", ("3", "7")))
    assert set(found.labels) == {"3", "7"}
