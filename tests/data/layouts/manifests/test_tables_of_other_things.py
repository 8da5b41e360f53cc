"""Tables beside pictures that are about something else get no note that they lack the names of the pictures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.data.layouts.folders.test_shares import draw

from onelook.data.layouts.manifests.lists.find_tables import survey
from onelook.data.storage.location import Location

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
