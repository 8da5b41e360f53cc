"""Folders in which people keep their photographs: by year and month, and some that are still to be sorted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.data.layouts.folders.test_shares import draw

from onelook.data.open import open_dataset
from onelook.errors import ConfigError

MONTHS = "are called after years and months, and are no classes"


@pytest.mark.parametrize(
    ("form", "is_said"),
    [
        ("{kind}/{year}/{month}/{at}{kind}.jpg", False),
        ("{kind}/{year}/{month}/1{at}/{at}{kind}.jpg", False),
        ("photos/{year}/{month}/{kind}/{at}.jpg", True),
    ],
)
@pytest.mark.parametrize("months", [("01_January", "07-July"), ("5", "11"), ("Mai", "Août"), ("3월", "4월")])
def test_years_with_months_in_them_are_no_classes(
    tmp_path: Path, form: str, is_said: bool, months: tuple[str, str]
) -> None:
    names = [
        form.format(kind=kind, year=year, month=month, at=at)
        for kind in ("cirrus", "cumulus")
        for year in (2021, 2022)
        for month in months
        for at in "01"
    ]
    dataset = open_dataset(draw(tmp_path / "d", names))
    assert dataset.class_names == ("cirrus", "cumulus")
    assert any(MONTHS in note for note in dataset.notes) == is_said


def test_a_library_of_months_has_no_labels_and_a_note(tmp_path: Path) -> None:
    names = [f"{year}/{month}/{year}{month}{at}.jpg" for year in (2021, 2022) for month in ("02", "10") for at in "12"]
    dataset = open_dataset(draw(tmp_path / "d", names))
    assert (dataset.layout, dataset.class_names) == ("picture-folder", ())
    assert any(MONTHS in note for note in dataset.notes)
    assert open_dataset(tmp_path / "d", label_from="folder:2").class_names == ("02", "10")


def test_years_without_months_stay_a_question(tmp_path: Path) -> None:
    names = [f"{kind}/{year}/{at}{kind}.jpg" for kind in ("cat", "dog") for year in (2021, 2022) for at in "12"]
    with pytest.raises(ConfigError, match=r"folder:2\n *2 classes: 2021 4, 2022 4"):
        open_dataset(draw(tmp_path / "d", names))


@pytest.mark.parametrize("folder", ["à trier", "00_to-sort", "_unsortiert", "TODO", "未分类", "미분류"])
def test_what_is_still_to_be_sorted_is_to_be_predicted(tmp_path: Path, folder: str) -> None:
    names = [f"{kind}/{at}{kind}.jpg" for kind in ("slug", "snail") for at in "123"]
    dataset = open_dataset(draw(tmp_path / "d", [*names, f"{folder}/1.jpg", f"{folder}/2021/2.jpg"]))
    assert dataset.class_names == ("slug", "snail")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 6, "test": 2}
    assert any(f"in {folder}/ lie beside class folders" in note for note in dataset.notes)
    assert len(open_dataset(tmp_path / "d", label_from="folder:1").class_names) == 3


@pytest.mark.parametrize(("folder", "inside"), [("other", "1.jpg"), ("sorted", "1.jpg"), ("to sort", "slug/1.jpg")])
def test_other_folders_and_those_with_class_folders_in_them_stay_classes(
    tmp_path: Path, folder: str, inside: str
) -> None:
    names = [f"{kind}/{at}{kind}.jpg" for kind in ("slug", "snail") for at in "123"]
    dataset = open_dataset(draw(tmp_path / "d", [*names, f"{folder}/{inside}"]))
    assert folder in dataset.class_names


@pytest.mark.parametrize(
    ("file", "lines", "classes"),
    [
        ("class_names.txt", "0 cat\n1 dog\n2 owl\n", ("cat", "dog")),
        ("meta/ClassName.txt", "/North/cat\n/North/dog\n/South/cat\n/South/dog\n", None),
        ("labels.csv", "name\nNORTH\nSOUTH\n", ("north", "south")),
    ],
)
@pytest.mark.parametrize("part", ["", "train/"])
def test_a_list_of_classes_decides_between_folders(
    tmp_path: Path, file: str, lines: str, classes: tuple[str, ...] | None, part: str
) -> None:
    places = [f"{place}/{kind}" for place in ("north", "south") for kind in ("cat", "dog")]
    draw(tmp_path / "d", [f"{part}{each}/{at}{each[0]}{each[-1]}.jpg" for each in places for at in "12"])
    if part:
        draw(tmp_path / "d", [f"test/{each}/{at}{each[0]}{each[-1]}t.jpg" for each in places for at in "12"])
    with pytest.raises(ConfigError):
        open_dataset(tmp_path / "d")
    (tmp_path / "d" / file).parent.mkdir(exist_ok=True)
    (tmp_path / "d" / file).write_text(lines)
    dataset = open_dataset(tmp_path / "d")
    assert dataset.class_names == (classes or tuple(places))
    assert any(note.startswith(f"Several folders may be the class: {file} lists the ") for note in dataset.notes)


@pytest.mark.parametrize("lines", ["bird\nfish\n", "cat\n", "cat\ndog\na\nb\nc\nd\n"])
def test_a_list_of_other_classes_decides_nothing(tmp_path: Path, lines: str) -> None:
    names = [
        f"{place}/{kind}/{place}{at}.jpg" for place in ("north", "south") for kind in ("cat", "dog") for at in "12"
    ]
    root = draw(tmp_path / "d", names)
    (root / "classes.txt").write_text(lines)
    with pytest.raises(ConfigError, match="folder:1"):
        open_dataset(root)
