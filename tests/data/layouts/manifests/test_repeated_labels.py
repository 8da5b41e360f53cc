"""Cells that repeat one label, and cells with several labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.layouts.manifests.columns.repeated_labels import with_labels_once
from onelook.data.layouts.manifests.columns.several_labels import several_in_words
from onelook.data.open import open_dataset


@pytest.mark.parametrize(
    ("cells", "once"),
    [
        (["cat", "cat, cat", "dog"], ["cat", "cat", "dog"]),
        (["cat", "cat,cat,cat", None, "dog;dog", "dog"], ["cat", "cat", None, "dog", "dog"]),
        (["['cat']", "['cat', 'cat']", "['dog']"], ["['cat']", "['cat']", "['dog']"]),
        (["cat", "cat, dog", "dog"], ["cat", "cat, dog", "dog"]),
        (["Walla, Walla", "Rome"], ["Walla, Walla", "Rome"]),  # a name, as nothing else is called Walla
        (["1", "1,1", "2,5"], ["1", "1,1", "2,5"]),  # decimals
        (["1", "1|1", "2"], ["1", "1", "2"]),
        ([",,", "", ","], [",,", "", ","]),
    ],
)
def test_a_label_that_a_cell_repeats_is_one_label(cells: Sequence[str | None], once: Sequence[str | None]) -> None:
    found = with_labels_once({"kind": cells})
    assert list(found.columns["kind"]) == list(once)
    assert bool(found.notes) is (list(cells) != list(once))


@pytest.mark.parametrize(
    ("values", "is_list"),
    [
        (["cat", "dog", "cat, dog"], True),  # each of them alone is a label too
        (["cat", "dog", "cat, hen"], False),
        (["oak, red", "oak, white", "elm"], False),
    ],
)
def test_one_list_of_labels_is_told_from_a_name_with_a_comma(values: Sequence[str], is_list: bool) -> None:
    assert bool(several_in_words("kind", values)) is is_list


def test_a_note_says_which_cells_were_read_as_one_label(tmp_path: Path) -> None:
    for at in range(6):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(tmp_path / f"{at}.png")
    kinds = ["cat", '"cat, cat"', "dog", "dog", "cat", "dog"]
    rows = [f"{at}.png,{kind},{'red' if at else 'red;red'}\n" for at, kind in enumerate(kinds)]
    (tmp_path / "labels.csv").write_text("file,category,colour\n" + "".join(rows))
    found = open_dataset(tmp_path)
    assert found.class_names == ("cat", "dog")
    told = [note for note in found.notes if "repeat" in note]
    assert told == ["1 cell of 'category' repeats one label, as 'cat, cat': the label is 'cat'."]
