"""The label column by the folders that say the same: folders of parts and shares say nothing, numbered classes do."""

from __future__ import annotations

import pytest

from onelook.data.layouts.manifests.columns.evidence import LabelEvidence
from onelook.data.layouts.manifests.columns.target import choose_target
from onelook.data.layouts.manifests.folder_classes import note_other_folders
from onelook.data.layouts.manifests.readers.table import ManifestTable

COLUMNS = {"status": ["x", "y", "x", "y"] * 3, "grown": ["p", "p", "q", "q"] * 3}


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("0", "1"), "status"),
        (("cat", "dog"), "status"),
        (("imgs_part_1", "imgs_part_2"), None),
        (("HAM10000_part_1", "HAM10000_part_2"), None),
        (("train", "val"), None),
    ],
)
def test_a_column_agrees_with_folders_that_may_be_classes(names: tuple[str, str], chosen: str | None) -> None:
    evidence = LabelEvidence(folders=[[names[0], names[1]] * 6])
    target = choose_target(COLUMNS, None, evidence)
    assert target.column == chosen
    assert target.choices == (() if chosen else ("status", "grown"))


def test_many_whole_numbers_are_measured_if_the_name_ends_so_and_nobody_asks_for_the_column() -> None:
    years = {name: [str(20 + at % 12) for at in range(48)] for name in ("apparent_age", "age_group", "stage")}
    measured = {
        name: bool(choose_target({name: cells}, None, LabelEvidence()).no_classes) for name, cells in years.items()
    }
    assert measured == {"apparent_age": True, "age_group": False, "stage": False}
    assert not choose_target({"apparent_age": years["apparent_age"]}, "apparent_age", LabelEvidence()).no_classes


EVENTS = ["flood", "fire"] * 6


@pytest.mark.parametrize("name", ["label", "class", "Label"])
def test_a_column_called_label_is_taken_before_one_that_repeats_a_folder(name: str) -> None:
    columns = {"event_name": EVENTS, name: ["help", "help", "none"] * 4}
    target = choose_target(columns, None, LabelEvidence(folders=[EVENTS]))
    assert target.column == name
    said = f"'event_name' says the same as a folder of each picture, but '{name}' is called like a label:"
    assert [note for note in target.notes if note.startswith(said)]


def test_a_column_that_repeats_a_folder_is_taken_if_it_is_called_like_a_label_or_says_the_same_as_one() -> None:
    evidence = LabelEvidence(folders=[EVENTS])
    columns = {"species": EVENTS, "label": ["help", "help", "none"] * 4}
    assert choose_target(columns, None, evidence).column == "species"
    columns = {"place": EVENTS, "label": [str(EVENTS.index(event)) for event in EVENTS]}
    assert choose_target(columns, None, evidence).column == "place"


def test_wider_classes_than_those_of_the_folders_are_asked_about() -> None:
    folders = ["tench", "shark", "robin"] * 4
    columns = {"word": folders, "label": ["fish", "fish", "bird"] * 4}
    target = choose_target(columns, None, LabelEvidence(folders=[folders]))
    assert (target.column, target.choices) == (None, ("label", "word"))


def test_other_columns_that_begin_with_label_are_named() -> None:
    columns = {"label": ["a", "b"] * 6, "label_image": ["a", "a", "b"] * 4, "label_year": ["1", "1", "2"] * 4}
    notes = choose_target(columns, None, LabelEvidence()).notes
    assert notes == ("'label_image' (2 classes) may be the label too: --label-column chooses.",)


def test_a_column_that_repeats_a_folder_and_says_the_same_as_the_label_is_not_named() -> None:
    columns = {"category": EVENTS, "category_id": [str(EVENTS.index(event)) for event in EVENTS], "k": list("abc") * 4}
    evidence = LabelEvidence(folders=[EVENTS], sample_columns={"id": ["1"], "category": ["0"], "k": ["a"]})
    target = choose_target(columns, None, evidence)
    assert not [note for note in target.notes if "says the same as a folder" in note]


@pytest.mark.parametrize(
    ("folders", "rows", "others", "is_told"),
    [
        (("cat", "dog"), 10, 1, True),
        (("cat", "dog"), 10, 0, False),
        (("Cat", "dog_"), 10, 2, True),  # called alike but for capitals and signs
        (("cats", "dogs"), 11, 1, True),  # called otherwise, fewer than a tenth may lie elsewhere
        (("cats", "dogs"), 10, 1, False),
        (("cat", "cat"), 10, 1, False),
    ],
)
def test_pictures_in_the_folder_of_another_class_are_told_if_they_are_few(
    folders: tuple[str, str], rows: int, others: int, is_told: bool
) -> None:
    half = rows // 2
    level = [folders[0]] * half + [folders[1]] * (rows - half)
    cells = ["cat"] * half + ["dog"] * (rows - half - others) + ["cat"] * others
    paths = [f"{folder}/{at}.png" for at, folder in enumerate(level)]
    told = note_other_folders(ManifestTable("t.csv", {"label": cells}), "label", paths, [level])
    assert bool(told) is is_told
    if told:
        first = paths[-others]
        assert f"as '{first}', which is 'cat' in t.csv: the table is read." in told[0]
    twice = [*paths[:-1], paths[0]]  # rows of one picture may be opinions on it
    assert note_other_folders(ManifestTable("t.csv", {"label": cells}), "label", twice, [level]) == []
