"""Files of boxes beside pictures are named as what they are, and other files beside pictures are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.data.layouts.folders.test_picture_folder import make

from onelook.data.layouts.folders.files_beside.boxes import notes_on_boxes
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location

PICTURES = ("images/1.jpg", "images/2.jpg", "images/3.jpg")


def _notes(root: Path, **files: str) -> list[str]:
    make(root, *PICTURES)
    for name, content in files.items():
        folder, number, suffix = name.split("_")
        (root / folder).mkdir(exist_ok=True)
        (root / folder / f"{number}.{suffix}").write_text(content)
    return notes_on_boxes(Location(root), PICTURES)


def test_yolo_boxes_are_named_also_where_a_picture_has_none(tmp_path: Path) -> None:
    box, outline = "0 0.5 0.5 0.2 0.3\n", "1 0.1 0.2 0.1 0.1 0.4 0.5\n"
    (note,) = _notes(tmp_path / "d", labels_1_txt=box + outline, labels_2_txt="", labels_3_txt="0 1 1 5e-05 .3")
    assert note.startswith("3 .txt files such as 'labels/1.txt': called like the pictures, with a class and a place in")
    assert "object detection" in note


def test_a_file_of_very_many_boxes_is_read_up_to_the_last_whole_line(tmp_path: Path) -> None:
    (note,) = _notes(tmp_path / "d", labels_1_txt="0 0.51 0.52 0.21 0.31\n" * 1_000)
    assert note.startswith("1 .txt file such as 'labels/1.txt': called like the pictures, with a class and a place in")


def test_the_boxes_of_voc_are_named_by_the_data_set_that_opens(tmp_path: Path) -> None:
    _notes(tmp_path / "d", Annotations_1_xml="<annotation>\n<object>\n<name>cat</name></object>\n</annotation>")
    dataset = open_dataset(tmp_path / "d")
    assert dataset.class_names == ()
    assert dataset.notes[0].startswith(
        "1 .xml file such as 'Annotations/1.xml': called like the pictures, with objects"
    )
    assert dataset.notes[0] not in open_dataset(tmp_path / "d", needs_labels=False).notes


@pytest.mark.parametrize(
    "files",
    [
        {"labels_1_txt": "a red bird on a branch"},  # captions
        {"labels_1_txt": "0\n", "labels_2_txt": "1\n"},  # a class a picture
        {"labels_1_txt": "0 0.5 0.5 0.2 0.3\n", "labels_2_txt": "no boxes here"},
        {"labels_1_txt": ""},
        {"labels_notes_txt": "0 0.5 0.5 0.2 0.3\n"},  # called like no picture
        {"meta_1_xml": "<page><title>1</title></page>"},
    ],
)
def test_other_files_beside_pictures_are_no_boxes(tmp_path: Path, files: dict[str, str]) -> None:
    assert _notes(tmp_path / "d", **files) == []
