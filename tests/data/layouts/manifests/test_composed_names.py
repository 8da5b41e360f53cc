"""Tables whose rows name a picture by several columns, as node, x and y of `patch_4_x_32_y_96.png`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.layouts.manifests.names.composed_names import ComposedNames, NameFields, find_composed
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.open import open_dataset
from onelook.errors import DataError

ROWS = [(suite, sample, code) for suite in (1, 2) for sample in (1, 10) for code in (1, 2, 3)]


def draw(root: Path, names: Sequence[str], header: str, rows: Sequence[str]) -> Path:
    for at, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / name)
    (root / "list.csv").write_text("\n".join([header, *rows]) + "\n")
    return root


@pytest.mark.parametrize("name", ["im/input_{}_{}_{}.png", "im/{:03d}-{:04d}.{:02d}.png"])
def test_rows_are_joined_by_the_fields_of_the_names_in_any_order(tmp_path: Path, name: str) -> None:
    rows = [f"{code},{suite},{sample},{['zero', 'one', 'two'][code - 1]}" for suite, sample, code in reversed(ROWS)]
    root = draw(tmp_path / "d", [name.format(*row) for row in ROWS], "code,suite_id,sample_id,character", rows)
    dataset = open_dataset(root)
    assert dataset.class_names == ("one", "two", "zero")
    part = dataset.parts["all"]
    assert part.labels is not None
    found = {each: dataset.class_names[label] for each, label in zip(part.ids, part.labels, strict=True)}
    assert found == {name.format(*row): ["zero", "one", "two"][row[2] - 1] for row in ROWS}
    first = name.format(*min(ROWS))
    said = f"The names of the pictures hold 'suite_id', 'sample_id' and 'code' of list.csv, as '{first}'."
    assert said in dataset.notes


def test_rows_without_a_picture_are_counted_as_missing(tmp_path: Path) -> None:
    rows = [f"{suite},{sample},{code},{'ab'[code % 2]}" for suite, sample, code in ROWS]
    root = draw(tmp_path / "d", [f"{a}_{b}_{c}.png" for a, b, c in ROWS[:-1]], "suite,sample,code,kind", rows)
    dataset = open_dataset(root)
    assert dataset.rows == len(ROWS)
    assert "1 file that list.csv lists is missing: 'no picture of 2, 10, 3'." in dataset.notes


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        (lambda a, b, c: (str(a), str(b)), ("a", "b", "c")),  # several pictures have the same two
        (lambda a, b, c: (str(a + 5), str(b + 5), str(c + 5)), ("a", "b", "c")),  # other numbers
        (lambda a, b, c: (str(a), str(b), str(c)), ("a", "b")),  # the table does not tell the third
        (lambda a, b, c: (f"{a}{b}{c}",), ("a", "b", "c")),  # one field
    ],
)
def test_columns_that_do_not_name_one_picture_each_are_no_names(
    fields: Callable[[int, int, int], tuple[str, ...]], columns: Sequence[str]
) -> None:
    table = ManifestTable("t.csv", {name: [str(row["abc".index(name)]) for row in ROWS] for name in columns})
    names = NameFields([f"{at}.png" for at in range(len(ROWS))], [fields(*row) for row in ROWS])
    assert find_composed(table, names) is None


def test_the_columns_are_given_to_the_fields_that_tell_pictures_apart() -> None:
    table = ManifestTable("t.csv", {name: [str(row["abc".index(name)]) for row in ROWS] for name in "cab"})
    names = NameFields([f"{at}.png" for at in range(len(ROWS))], [("x", *map(str, row)) for row in ROWS])
    assert find_composed(table, names) == ComposedNames(("a", "b", "c"), (1, 2, 3))


def test_folders_of_persons_are_no_evidence_on_the_label(tmp_path: Path) -> None:
    rows = [f"{at // 4},{at},{at // 4 + 7},{at % 2}" for at in range(24)]
    names = [f"patient_{at // 4:03d}_node_1/patient_{at // 4:03d}_x_{at}.png" for at in range(24)]
    root = draw(tmp_path / "d", names, "patient,x,slide,tumor", rows)
    dataset = open_dataset(root)
    assert (dataset.layout, dataset.class_names) == ("manifest", ("0", "1"))


@pytest.mark.parametrize(
    ("folder", "file", "header"),
    [
        ("clip_{}", "frame_{:03d}", "video,frame,action"),
        ("{}", "{}", "subject,number,action"),
        ("set/case{}", "{}.png", "folder,file,label"),
        ("c{}", "{}.PNG", "where,what,class"),
    ],
)
def test_rows_are_joined_by_a_folder_and_a_file_in_two_columns(
    tmp_path: Path, folder: str, file: str, header: str
) -> None:
    pairs = [(clip, at) for clip in range(1, 5) for at in range(3)]
    of_file = {
        pair: f"data/{folder.format(pair[0])}/{file.removesuffix('.PNG').removesuffix('.png')}" for pair in pairs
    }
    names = [f"{stem.format(at)}.png" for (_, at), stem in of_file.items()]
    rows = [f"{folder.format(clip)},{file.format(at)},{'abc'[(clip + at) % 3]}" for clip, at in pairs]
    found = open_dataset(draw(tmp_path / "d", names, header, rows))
    part = found.parts["all"]
    assert part.labels is not None
    labels = dict(zip(part.ids, (found.class_names[label] for label in part.labels), strict=True))
    assert labels == {name: "abc"[(clip + at) % 3] for name, (clip, at) in zip(names, pairs, strict=True)}
    first, second, _ = header.split(",")
    assert f"Rows of list.csv name a picture by its folder ('{first}') and its file ('{second}')." in found.notes


def test_a_file_that_several_people_judged_is_found_by_its_name(tmp_path: Path) -> None:
    names = [f"im/{at}.png" for at in range(9)]
    rows = [f"{at}.png,p{rater},{'ab'[at % 2]}" for at in range(9) for rater in range(3)]
    found = open_dataset(draw(tmp_path / "d", names, "file,rater,label", rows))
    assert (len(found.parts["all"]), found.class_names) == (9, ("a", "b"))


def test_marks_of_distorted_pictures_are_numbers_beside_the_few_originals(tmp_path: Path) -> None:
    names = [f"distorted/i{at}.png" for at in range(24)] + [f"originals/o{at}.png" for at in range(2)]
    rows = [f"i{at}.png,{at}.25" for at in range(24)]
    with pytest.raises(DataError, match="a regression"):
        open_dataset(draw(tmp_path / "d", names, "name,mos", rows))
    more = [*names, *(f"originals/p{at}.png" for at in range(9))]  # these may be a class
    assert open_dataset(draw(tmp_path / "e", more, "name,mos", rows)).class_names == ("distorted", "originals")
