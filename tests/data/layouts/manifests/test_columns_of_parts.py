"""A column of parts in other words than train, val and test: which are parts, which are left out, and what is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.columns.parts_column import _holds_parts, with_named_parts
from onelook.data.open import open_dataset
from onelook.errors import DataError


def listed(root: Path, column: str, words: Sequence[str]) -> Path:
    """Twelve pictures of cats and dogs, two each in turn, with a column of these words, repeated."""
    root.mkdir()
    rows = [f"file,label,{column}"]
    for at in range(12):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / f"{at:02d}.png")
        rows.append(f"{at:02d}.png,{'cat' if at % 4 < 2 else 'dog'},{words[at % len(words)]}")
    (root / "list.csv").write_text("\n".join(rows) + "\n")
    return root


def rows_of(dataset: Dataset) -> dict[str, int]:
    return {name: len(part) for name, part in dataset.parts.items()}


@pytest.mark.parametrize(
    ("column", "words", "parts", "said"),
    [
        ("split", "trainval test", {"train": 6, "test": 6}, "the column 'split' (trainval is train)"),
        ("split", "train dev test", {"train": 4, "val": 4, "test": 4}, "the column 'split' (dev is val)"),
        ("split", "development test", {"train": 6, "test": 6}, "the column 'split' (development is train)"),
        ("split", "train holdout", {"train": 6, "test": 6}, "the column 'split' (holdout is test)"),
        ("subset", "trn vld tst", {"train": 4, "val": 4, "test": 4}, "(trn is train, vld is val, tst is test)"),
        ("set", "train_seen test_seen test_unseen", {"train": 4, "test": 8}, "test_unseen is test"),
        (
            "Usage",
            "Training PublicTest PrivateTest",
            {"train": 4, "val": 4, "test": 4},
            "(PublicTest is val, PrivateTest is test)",
        ),
    ],
)
def test_other_words_for_parts_are_parts_and_said(
    tmp_path: Path, column: str, words: str, parts: dict[str, int], said: str
) -> None:
    dataset = open_dataset(listed(tmp_path / "d", column, words.split()))
    assert (dataset.layout, rows_of(dataset)) == ("manifest", parts)
    assert any(said in note for note in dataset.notes if note.startswith("The parts come from"))


@pytest.mark.parametrize(("words", "shown"), [(["train", "test", "extra"], "extra"), (["train", "test", ""], "empty")])
def test_pictures_of_no_part_are_left_out_and_named_with_their_word(
    tmp_path: Path, words: Sequence[str], shown: str
) -> None:
    dataset = open_dataset(listed(tmp_path / "d", "split", words))
    assert rows_of(dataset) == {"train": 4, "test": 4}
    left_out = [f"{at:02d}.png" for at in (2, 5, 8, 11)]
    assert dataset.set_aside == dict.fromkeys(left_out, f"list.csv gives it no part ('split' is {shown})")
    assert (
        f"4 pictures of list.csv are in no part and were left out ('split' is {shown}): '02.png', '05.png', '08.png' "
        "and 1 more." in dataset.notes
    )


@pytest.mark.parametrize(
    ("words", "shown"), [("0 1 2 3", "'0', '1', '2' and 1 more"), ("adults children", "'adults' and 'children'")]
)
def test_a_split_of_words_that_are_no_parts_gives_none_and_is_no_label(tmp_path: Path, words: str, shown: str) -> None:
    dataset = open_dataset(listed(tmp_path / "d", "split", words.split()))
    assert (rows_of(dataset), dataset.class_names) == ({"all": 12}, ("cat", "dog"))
    said = f"The column 'split' holds {shown}: no parts (train, val and test), so none were taken from it."
    assert said in dataset.notes
    table = (tmp_path / "d" / "list.csv").read_text().splitlines()
    (tmp_path / "d" / "list.csv").write_text("\n".join(f"{row.split(',')[0]},{row.split(',')[2]}" for row in table))
    alone = open_dataset(tmp_path / "d")
    assert (alone.class_names, said in alone.notes) == ((), True)


TWELVE = [str(int(at % 3 == 1)) for at in range(12)]
AFTER = [str(int(at % 3 == 2)) for at in range(12)]


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        ({"is_val": TWELVE, "is_test": AFTER}, {"train": 4, "val": 4, "test": 4}),
        ({"is_validation": TWELVE, "is_final_validation": AFTER}, {"train": 4, "val": 4, "test": 4}),
        ({"is_final_validation": AFTER, "is_validation": TWELVE}, {"train": 4, "val": 4, "test": 4}),
        ({"is_train": ["1" if a == b else "0" for a, b in zip(TWELVE, AFTER, strict=True)], "is_test": TWELVE}, None),
        ({"is_val": TWELVE, "is_test": TWELVE}, None),  # in two parts
        ({"is_val": TWELVE, "is_valid": AFTER}, None),  # twice the same
        ({"is_val": TWELVE, "is_test": ["0"] * 12}, None),  # none is in it
        ({"is_val": TWELVE, "is_final": AFTER}, None),  # of what?
        ({"is_val": TWELVE}, None),
    ],
)
def test_flags_of_several_parts_are_read_together(
    columns: dict[str, Sequence[str | None]], parts: dict[str, int] | None
) -> None:
    found, told = with_named_parts(columns)
    counts = {part: list(found["split"]).count(part) for part in ("train", "val", "test")} if "split" in found else None
    assert counts == parts
    if parts is not None:
        marks = {"is_final_validation": "test", "is_test": "test"}
        said = " and ".join(f"'{column}' marks {marks.get(column, 'val')}" for column in columns)
        assert told == f"columns of flags ({said})"


def test_one_known_part_beside_other_words_is_refused_and_not_opened_without_labels(tmp_path: Path) -> None:
    root = listed(tmp_path / "d", "split", ["train", "query", "gallery"])
    with pytest.raises(DataError, match=r"the column 'split' holds 'query' and 'gallery' \(8 rows\)\. Expected train"):
        open_dataset(root)


def test_class_folders_still_open_beside_a_table_with_other_words_for_parts(tmp_path: Path) -> None:
    root = listed(tmp_path / "d", "split", ["train", "query"])
    for at in range(12):
        folder = root / ("cat" if at % 4 < 2 else "dog")
        folder.mkdir(exist_ok=True)
        (root / f"{at:02d}.png").rename(folder / f"{at:02d}.png")
    assert open_dataset(root).layout == "class-folders"


def test_a_subset_may_hold_a_few_other_words_beside_the_parts(tmp_path: Path) -> None:
    dataset = open_dataset(listed(tmp_path / "few", "subset", ["train", "test", "train", "train", "uncertain artist"]))
    assert rows_of(dataset) == {"train": 7, "test": 3}
    assert any("'subset' is uncertain artist" in note for note in dataset.notes)
    mostly = listed(tmp_path / "most", "subset", ["train", "a", "test", "b"])
    assert rows_of(open_dataset(mostly)) == {"all": 12}  # half of the rows are in no part
    assert rows_of(open_dataset(listed(tmp_path / "one", "subset", ["train", "train", "spare"]))) == {"all": 12}


def test_a_test_table_stands_below_one_whose_own_column_gives_the_other_parts(tmp_path: Path) -> None:
    """Three tables that pandas wrote with a number for each row, as those of the LEGO minifigures."""
    rows = {"index": [",path,class_id,train-valid"], "test": [",path,class_id"], "metadata": [",class_id,figure"]}
    rows["metadata"] += [f"{at},{at + 3},Figure {at}" for at in range(3)]
    for at in range(18):
        kind, number = at % 3, at // 3
        part, folder = ("test", "test") if number == 5 else ("index", f"set{kind}/0001")
        name = f"{folder}/{at if number == 5 else number + 1:03d}.png"
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(tmp_path / name)
        row = f"{len(rows[part]) - 1},{name},{kind + 3}"
        rows[part].append(row if part == "test" else f"{row},{'valid' if number == 4 else 'train'}")
    for table, lines in rows.items():
        (tmp_path / f"{table}.csv").write_text("\n".join(lines) + "\n")
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("3", "4", "5")
    assert rows_of(dataset) == {"train": 12, "val": 3, "test": 3}
    assert "The parts come from the column 'train-valid', and test.csv is the test." in dataset.notes


def test_tables_are_joined_by_a_number_of_the_rows_that_has_a_name(tmp_path: Path) -> None:
    files, labels = ["index,file"], ["index,label"]
    for at in range(12):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(tmp_path / f"ph_{7 * at}.png")
        files.append(f"{at},ph_{7 * at}.png")
        labels.append(f"{at},{'owl' if at % 3 else 'eel'}")
    (tmp_path / "files.csv").write_text("\n".join(files) + "\n")
    (tmp_path / "labels.csv").write_text("\n".join(labels) + "\n")
    assert open_dataset(tmp_path).class_names == ("eel", "owl")


@pytest.mark.parametrize(
    ("column", "words", "holds"),
    [
        ("set", ["train", "test", "train"], True),
        ("set", ["train", "test", "train", "other"], True),
        ("set", ["train", "test", "other", "more"], False),  # half of the rows are in no part
        ("set", ["train", "train", "train", "other"], False),
        ("set", ["val", "test", "test", "other"], False),
        ("split", ["train", "test", "other", "more", None], True),
        ("split", ["val", "test", "other"], False),
    ],
)
def test_a_column_holds_parts_if_most_of_its_words_are_some(
    column: str, words: Sequence[str | None], holds: bool
) -> None:
    assert _holds_parts("t.csv", column, words) is holds
