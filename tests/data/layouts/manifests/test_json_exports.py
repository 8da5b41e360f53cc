"""JSON in which pictures point to classes by number: Datumaro's items, and records beside a list of classes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.commands.inspect import inspect_data
from onelook.data.layouts.manifests.readers.json_table import table_of
from onelook.data.layouts.manifests.readers.table import ManifestTable, with_one_label
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.open import open_dataset

NAMES = ("dent", "good", "scratch")


def datumaro(names: Sequence[str], kind: str = "label", several: bool = False) -> dict[str, Any]:
    items = []
    for at, name in enumerate(names):
        found = [{"type": kind, "label_id": (at + more) % 3} for more in range(1 + several)]
        items.append({"id": name, "annotations": found, "image": {"path": f"{name}.png", "size": [2, 2]}})
    labels = {"labels": [{"name": name, "parent": ""} for name in NAMES], "attributes": []}
    return {"dm_format_version": "1.0", "info": {}, "categories": {"label": labels}, "items": items}


def export(root: Path, **parts: dict[str, Any]) -> Path:
    (root / "annotations").mkdir(parents=True)
    for part, value in parts.items():
        (root / "images" / part).mkdir(parents=True)
        for at, item in enumerate(value["items"]):
            Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / "images" / part / f"{item['id']}.png")
        (root / "annotations" / f"{part}.json").write_text(json.dumps(value))
    return root


def test_datumaro_gives_classes_by_name_and_parts_by_its_files(tmp_path: Path) -> None:
    train, val = ([f"{part}{at:02d}" for at in range(count)] for part, count in (("t", 9), ("v", 3)))
    dataset = open_dataset(export(tmp_path / "d", train=datumaro(train), val=datumaro(val)))
    assert dataset.class_names == NAMES
    for part, count in (("train", 3), ("val", 1)):
        labels = dataset.parts[part].labels
        assert labels is not None
        assert labels.tolist() == [0, 1, 2] * count


@pytest.mark.parametrize("kind", ["label", "bbox"])
def test_several_labels_of_a_picture_and_boxes_of_several_classes_are_named(tmp_path: Path, kind: str) -> None:
    found = inspect_data(export(tmp_path / "d", default=datumaro([f"p{at}" for at in range(9)], kind, several=True)))
    assert "no-classes" in [finding.check for finding in found.findings]
    assert found.dataset.class_names == ()


def test_the_label_of_a_picture_is_taken_before_those_of_its_boxes() -> None:
    value = datumaro(["a", "b"])
    value["items"][0]["annotations"].append({"type": "bbox", "label_id": 2})
    found = table_of(value)
    assert found is not None
    assert (found.columns["label"], found.boxes) == (["dent", "good"], 1)


@pytest.mark.parametrize(
    "classes",
    [
        {"classes": ["dent", "good"]},
        {"categories": [{"id": 0, "name": "dent"}, {"id": 1, "name": "good"}]},
        {"label_map": {"dent": 0, "good": 1}},
        {"label_names": {"0": "dent", "1": "good"}},
    ],
)
def test_codes_get_the_names_of_the_classes_beside_the_records(classes: dict[str, Any]) -> None:
    records = [{"file": "a.png", "label": 1, "size": 1}, {"file": "b.png", "label": 0, "size": 0}]
    found = table_of({"version": 2, "date": "today", "by": [{"name": "Ann"}], **classes, "images": records})
    assert found is not None
    assert found.columns == {"file": ["a.png", "b.png"], "label": ["good", "dent"], "size": ["1", "0"]}
    records[0]["label"] = 7  # no such class: the codes stay
    again = table_of({**classes, "images": records})
    assert again is not None
    assert again.columns["label"] == ["7", "0"]


@pytest.mark.parametrize(
    "value",
    [
        {"train": [["a.png", 0, "cat"], ["b.png", 1, "dog"]], "val": [["c.png", 1, "dog"]]},
        {"train": [["a.png", "cat"], ["b.png", "dog"]], "val": [["c.png", "dog"]], "test": []},
        {"train": {"a.png": "cat", "b.png": "dog"}, "valid": {"c.png": "dog"}},
        {
            "classes": ["cat", "dog"],
            "training": [{"name": "a.png", "label": 0}, {"name": "b.png", "label": 1}],
            "validation": [{"name": "c.png", "label": 1}],
        },
    ],
    ids=["numbers and names", "pairs", "mappings", "records"],
)
def test_lists_of_parts_are_one_table_with_the_part_of_each_picture(value: dict[str, Any]) -> None:
    found = table_of(value)
    assert found is not None
    assert {name: found.columns[name] for name in ("name", "label", "split")} == {
        "name": ["a.png", "b.png", "c.png"],
        "label": ["cat", "dog", "dog"],
        "split": ["train", "train", "val"],
    }


def test_lists_of_classes_are_no_parts() -> None:
    found = table_of({"train": ["a.png"], "bus": ["b.png"]})  # two things to ride in
    assert found is not None
    assert found.columns["label"] == ["train", "bus"]


def createml(*classes: Sequence[str]) -> list[dict[str, Any]]:
    """Return Create ML's records of pictures, with a box of each class."""
    side = {"x": 1.5, "y": 1, "width": 1, "height": 2}
    return [
        {"image": f"p{at}.png", "annotations": [{"label": label, "coordinates": side} for label in of_picture]}
        for at, of_picture in enumerate(classes)
    ]


def beside_pictures(root: Path, value: Any) -> Path:
    root.mkdir()
    for at in range(4):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / f"p{at}.png")
    (root / "a.json").write_text(json.dumps(value))
    return root


BOXES_LEFT_OUT = (
    "a.json gives boxes in the pictures (object detection), which are left out: each picture is learnt as a whole."
)


def vott(*classes: Sequence[str]) -> dict[str, Any]:
    """Return VoTT's export: the pictures by a key, with regions that have tags."""
    regions = [
        [{"type": "RECTANGLE", "tags": [tag], "boundingBox": {"left": 0}, "points": [{"x": 1, "y": 2}]} for tag in tags]
        for tags in classes
    ]
    assets = {
        f"5f{at}": {"asset": {"format": "png", "name": f"p{at}.png", "path": f"file:C:/p{at}.png"}, "regions": each}
        for at, each in enumerate(regions)
    }
    return {"name": "Parts", "tags": [{"name": "nut", "color": "#5db300"}], "version": "2.1.0", "assets": assets}


@pytest.mark.parametrize("tool", [createml, vott])
def test_a_class_of_boxes_is_taken_with_a_note_that_boxes_are_left_out(tmp_path: Path, tool: Any) -> None:
    dataset = open_dataset(beside_pictures(tmp_path / "one", tool(["nut"], ["bolt"], ["nut", "nut"], ["bolt"])))
    assert dataset.class_names == ("bolt", "nut")
    assert BOXES_LEFT_OUT in dataset.notes


@pytest.mark.parametrize("tool", [createml, vott])
def test_boxes_of_several_classes_are_object_detection(tmp_path: Path, tool: Any) -> None:
    value = tool(["nut"], ["bolt", "nut"], ["nut", "bolt"], ["bolt"])
    dataset = open_dataset(beside_pictures(tmp_path / "many", value), for_training=False)
    assert dataset.no_classes.startswith(
        "a.json gives boxes in the pictures (object detection), not one class a picture, which is what onelook learns: "
        "cut the boxes out into a folder for each class, or take a tool for detection. "
    )
    assert "2 of 4 pictures" in dataset.no_classes or "The column 'annotations.label'" in dataset.no_classes
    assert "multi-label" not in dataset.no_classes  # advice for pictures with several labels


def test_labels_in_lists_without_boxes_are_no_object_detection(tmp_path: Path) -> None:
    value = createml(["nut"], ["bolt"], ["nut"], ["bolt"])
    for record in value:
        record["annotations"] = [
            {"label": each["label"], "by": "Ann", "objects": [], "bbox": None} for each in record["annotations"]
        ]
    dataset = open_dataset(beside_pictures(tmp_path / "none", value))
    assert dataset.class_names == ("bolt", "nut")
    assert not [note for note in dataset.notes if "object detection" in note]


def test_boxes_beside_findings_of_0_and_1_are_not_the_reason_why_these_are_no_classes() -> None:
    findings = {"hand": ["1", "0", "1", "0"], "leg": ["0", "1", "1", "1"], "metal": ["0", "1", "0", "1"]}
    table = with_one_label(ManifestTable("t.csv", {"file": [*"abcd"], **findings}, boxes=2), but="file")
    assert find_roles(table, "file").target.no_classes.startswith("The columns 'hand', 'leg' and 'metal' hold 0 and 1")
