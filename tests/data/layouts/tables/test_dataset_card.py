"""Names of classes in the README.md beside Parquet files whose schema has none."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from onelook.data.layouts.tables.dataset_card import names_in_card
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location

CARD = """---
license: mit
dataset_info:
  features:
  - name: image
    dtype: image
  - name: label
    dtype:
      class_label:
        names:
          '0': cat
          '1': "big dog"
          '2': 'hen'
  splits:
  - name: train
    num_examples: 3
---
# Pets
"""


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", ("cat", "big dog", "hen")),
        ("'0': cat\n          '1': \"big dog\"\n          '2': 'hen'", "- cat\n          - hen", ("cat", "hen")),
        ("'2'", "'3'", ()),  # a number is missing
        ("'hen'", "cat", ()),  # twice
        ("name: label", "name: labels", ()),
        ("class_label", "other", ()),
        ("---\nlicense", "license", ()),  # no block at the beginning
        (
            "  splits",
            "  - name: label\n    dtype:\n      class_label:\n        names:\n          '0': ox\n  splits",
            (),
        ),
    ],
)
def test_names_in_a_card_are_those_of_the_column(tmp_path: Path, old: str, new: str, names: tuple[str, ...]) -> None:
    (tmp_path / "README.md").write_text(CARD.replace(old, new) if old else CARD)
    (tmp_path / "data").mkdir()
    assert names_in_card(Location(tmp_path), "label") == names
    assert names_in_card(Location(tmp_path / "data"), "label") == names  # the card is above


def test_numbered_names_are_in_the_order_of_their_numbers_however_they_are_listed(tmp_path: Path) -> None:
    old, new = (
        "'2': 'hen'",
        "'10': k10\n          '2': 'hen'\n" + "\n".join(f"          '{n}': k{n}" for n in range(3, 10)),
    )
    assert old in CARD
    (tmp_path / "README.md").write_text(CARD.replace(old, new))
    names = names_in_card(Location(tmp_path), "label")
    assert names == ("cat", "big dog", "hen", "k3", "k4", "k5", "k6", "k7", "k8", "k9", "k10")


def write(root: Path, labels: list[int], name: str) -> None:
    pictures = []
    for at in range(len(labels)):
        Image.new("L", (4, 4), 40 * at).save(content := BytesIO(), "PNG")
        pictures.append({"bytes": content.getvalue(), "path": None})
    root.mkdir(exist_ok=True)
    parquet.write_table(pa.table({"image": pictures, "label": labels}), root / name)


def test_numbers_in_parquet_get_the_names_of_the_card_if_each_has_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(CARD)
    write(tmp_path / "data", [2, 0, 2, 1], "train-00000-of-00001.parquet")
    write(tmp_path / "data", [-1, -1], "test-00000-of-00001.parquet")
    found = open_dataset(tmp_path)
    assert found.class_names == ("cat", "big dog", "hen")
    labels = found.parts["train"].labels
    assert labels is not None
    assert labels.tolist() == [2, 0, 2, 1]
    assert found.parts["test"].labels is None
    assert "The classes have the names in README.md: 0 is 'cat', 1 is 'big dog' and 2 is 'hen'." in found.notes
    write(tmp_path / "data", [3, 0, 3, 1], "train-00000-of-00001.parquet")
    assert open_dataset(tmp_path).class_names == ("0", "1", "3")
