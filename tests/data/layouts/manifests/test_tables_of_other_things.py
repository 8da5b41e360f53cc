"""Tables beside pictures that are about something else get no note that they lack the names of the pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.data.layouts.folders.test_shares import draw

from onelook.data.layouts.manifests.lists.find_tables import survey
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError

FACTS = {"dataset_name": "birds", "total": 6, "images": 8, "image_column": "FILE", "class_column": "KIND", "rate": True}


@pytest.mark.parametrize(
    ("file", "text", "is_noted"),
    [
        ("results.csv", "epoch,class loss,top1\n" + "".join(f"{at},{at % 2},{at % 3}\n" for at in range(8)), False),
        ("info.json", json.dumps(FACTS), False),
        ("birds.csv", "bird_id,class\n" + "".join(f"b{at},{'owl' if at % 2 else 'wren'}\n" for at in range(8)), True),
    ],
)
def test_only_a_table_that_may_be_about_pictures_is_noted(tmp_path: Path, file: str, text: str, is_noted: bool) -> None:
    root = draw(tmp_path / "d", [f"im/{at}x.png" for at in range(12)])
    (root / file).write_text(text)
    notes = survey(Location(root)).notes
    assert any(f"{file} has a label for each" in note for note in notes) == is_noted


def test_rows_for_each_kind_of_each_picture_are_named_as_several_labels(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"train/ID_{at}.png" for at in range(6)])
    rows = [f"ID_{at}_{kind},{at % 2}" for at in range(6) for kind in ("any", "subdural", "epidural")]
    (root / "train.csv").write_text("\n".join(["ID,Label", *rows]) + "\n")
    (note,) = survey(Location(root)).notes
    assert note.startswith(
        "train.csv has a row for each picture and each of the 3 kinds 'any', 'epidural' and 'subdural', as 'ID_0_any'"
    )
    (root / "train.csv").write_text(
        "\n".join(["ID,Label", *rows]).replace("_any", "-any").replace("_sub", "-sub") + "\n"
    )
    assert survey(Location(root)).notes[0].startswith("train.csv has a row for each picture and each of the 3 kinds")
    (root / "train.csv").write_text("\n".join(["ID,Label", *(f"X_{row}" for row in rows)]) + "\n")
    assert "no picture is called so" in survey(Location(root)).notes[0]


def test_folders_of_plates_in_a_table_that_joins_nothing_are_doubted(tmp_path: Path) -> None:
    wells = [(plate, well) for plate in (1, 2) for well in ("B2", "C3", "D4")]
    root = draw(tmp_path / "d", [f"Plate{plate}/{well}_s1.png" for plate, well in wells])
    rows = [f"X_{plate}_{well},{plate},{well},{at % 2}" for at, (plate, well) in enumerate(wells)]
    (root / "train.csv").write_text("\n".join(["id_code,plate,well,sirna", *rows]) + "\n")
    with pytest.raises(ConfigError, match="train.csv has the names of the folders in the column 'plate'"):
        open_dataset(root)
    (root / "train.csv").write_text("\n".join(["id_code,crop,well,sirna", *rows]) + "\n")
    assert open_dataset(root).class_names == ("Plate1", "Plate2")
