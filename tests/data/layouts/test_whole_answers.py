"""Small data sets as people have them, each with all that is said of it: layout, parts, pictures, labels and notes.

`whole_answers/*.txt` hold a data set a section: `=== what it shows`, the pictures, `--- FILE` with its content, and
after each `>>>`, which may have options of `open_dataset`, the whole answer or the error.

- The pictures are of one grey each: 0, 1, 2 … in the order in which they are listed; `#1` in an answer says which was
  read. Of pictures in arrays it has three pixels: the first, the last of the first row, and the first of the last.
- `{a,b}/{01-03}.png` are six names, of pictures or of files with the same content; `␣` in a picture's is a space.
- `--- FILE in utf-16-be` is another encoding, and `in dos` a byte order mark and Windows' ends of lines.
- In a file `<49:7>` stands for 49 pixels, `7,14,21…`, and `<p0-48>` for names.
- Arrays are lines such as `x = uint8 2x8x9 from 7`, which counts in steps of 7 too, or `y = [0, 1]`. In Parquet
  `png [0, 1]` are pictures of one grey, and `struct png` those of Hugging Face; `label as large_string = ["a"]` has
  a type as other writers choose it, and `label as dictionary = ["a"]` is a column of pandas' categories.
"""

from __future__ import annotations

import io
import json
import re
from ast import literal_eval
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from PIL import Image
from pyarrow import parquet
from scipy.io import savemat

from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.data.part import Part
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.errors import OnelookError
from onelook.settings import DecodeSettings

ANSWERS = sorted((Path(__file__).parent / "whole_answers").glob("*.txt"))
SIZE = DecodeSettings(height=1, width=1, channels=1)
CASES = [
    pytest.param(section, id=section.partition("\n")[0].strip())
    for path in ANSWERS
    for section in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
]


def expand(name: str) -> list[str]:
    """Return the names that one with braces means: `{a,b}/{01-03}.png` is six."""
    ways = []
    for piece in re.split(r"(\{[^}]*\})", name):
        inner = piece.strip("{}")
        if re.fullmatch(r"\{\d+-\d+\}", piece):
            first, last = inner.split("-")
            ways.append([str(number).zfill(len(first)) for number in range(int(first), int(last) + 1)])
        else:
            ways.append(inner.split(",") if piece.startswith("{") else [piece])
    return ["".join(each) for each in product(*ways)]


def draw(root: Path, names: list[str]) -> None:
    root.mkdir()
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            (root / name).mkdir(exist_ok=True)
        else:
            Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)


def answer(root: Path, options: dict[str, Any]) -> tuple[str, Dataset | None]:
    """Return all that is said of the data, or the error; and the data set."""
    dataset = None
    try:
        dataset = open_dataset(root / options.pop("below", ""), **options)
        found = "\n".join(said(dataset))
    except OnelookError as problem:
        found = f"{type(problem).__name__}: {problem}"
    return found.replace(str(root), "<root>"), dataset


def said(dataset: Dataset) -> list[str]:
    return [
        f"{dataset.layout}: {dataset.why}",
        *([f"classes: {', '.join(dataset.class_names)}"] if dataset.class_names else []),
        *([f"no classes: {dataset.no_classes}"] if dataset.no_classes else []),
        *(f"{name}: {', '.join(of_part(part, dataset.class_names))}" for name, part in dataset.parts.items()),
        *(
            f"{name} by {column}: {' '.join(texts)}"
            for name, part in dataset.parts.items()
            for column, texts in part.other_ids.items()
        ),
        *(f"note: {note}" for note in dataset.notes),
        *(f"aside: {each}: {reason}" for each, reason in dataset.set_aside.items()),
    ]


def written(content: str) -> str:
    """Return the content of a file with its pixels and names of columns."""

    def pixels(match: re.Match[str]) -> str:
        count, start, sign = int(match[1]), int(match[2]), match[3] or ","
        return sign.join(str((start + 7 * at) % 251) for at in range(count))

    def names(match: re.Match[str]) -> str:
        return ",".join(f"{match[1]}{number}" for number in range(int(match[2]), int(match[3]) + 1))

    return re.sub(r"<([a-z]*)(\d+)-(\d+)>", names, re.sub(r"<(\d+):(\d+)(?::(.))?>", pixels, content))


def array_of(text: str) -> NDArray[Any]:
    """Return the array that a line describes."""
    match = re.fullmatch(r"(\w+) ([\dx]+) from (\d+)(?: by ([\d.]+))?", text)
    if match is None:
        return np.array(literal_eval(text))
    shape = [int(side) for side in match[2].split("x")]
    values = (int(match[3]) + 7 * np.arange(np.prod(shape))) % 251
    return (values * float(match[4] or 1)).reshape(shape).astype(match[1])


def png(grey: int | None) -> bytes | None:
    """Return a picture of one grey as a file; None stays None, and -1 is no picture."""
    file = io.BytesIO()
    if grey is not None and grey >= 0:
        Image.fromarray(np.full((2, 2), grey, np.uint8)).save(file, "PNG")
    return None if grey is None else file.getvalue() or b"no picture"


def put_parquet(path: Path, lines: list[str]) -> None:
    columns: dict[str, Any] = {}
    features = None
    for name, _, text in (line.partition(" = ") for line in lines):
        kind, _, values = text.rpartition("png ")
        if name == "features":
            features = {b"huggingface": json.dumps({"info": {"features": literal_eval(text)}}).encode()}
        elif values != text:
            files = [png(grey) for grey in literal_eval(values)]
            columns[name] = [{"bytes": each, "path": None} for each in files] if kind else files
        else:
            columns[name] = literal_eval(text)
    for name, _, kind in (each.partition(" as ") for each in list(columns) if " as " in each):
        cells = columns.pop(f"{name} as {kind}")
        columns[name] = pa.array(cells).dictionary_encode() if kind == "dictionary" else pa.array(cells, kind)
    parquet.write_table(pa.table(columns).replace_schema_metadata(features), path, row_group_size=2)


def put(path: Path, content: str, encoding: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        put_parquet(path, content.strip("\n").split("\n"))
        return
    if suffix not in (".npy", ".npz", ".mat"):
        newline = "\r\n" if encoding == "dos" else "\n"
        encoding = {"": "utf-8", "dos": "utf-8-sig"}.get(encoding, encoding)
        path.write_text(written(content), encoding=encoding, newline=newline)
        return
    arrays = {name: array_of(text) for name, _, text in (line.partition(" = ") for line in content.split("\n") if line)}
    with path.open("wb") as file:  # NumPy adds its suffix to other names
        if suffix == ".mat":
            savemat(file, arrays)
        elif suffix == ".npz":
            np.savez(file, **arrays)
        else:
            np.save(file, *arrays.values())


def of_part(part: Part, class_names: tuple[str, ...]) -> list[str]:
    found = []
    if isinstance(part.pictures, ArrayPictures):
        images = part.pictures.images
        corners = np.stack([images[:, 0, 0, 0], images[:, 0, -1, 0], images[:, -1, 0, 0]], axis=1)
        greys = dict(enumerate("/".join(f"{value:g}" for value in each) for each in corners.tolist()))
        found = [f"{'×'.join(map(str, images.shape[1:]))} {images.dtype} in {part.pictures.facts().value_range}"]
    else:
        decoded = part.pictures.decode(SIZE)
        greys = dict(zip(decoded.kept.tolist(), map(str, decoded.images[:, 0, 0, 0].tolist()), strict=True))
    for row, each in enumerate(part.ids):
        label = "" if part.labels is None else f" {class_names[part.labels[row]]}"
        group = -1 if part.groups is None else int(part.groups[row])
        found.append(f"{each}{label}{'' if group < 0 else f' @{part.group_names[group]}'} #{greys.get(row, 'none')}")
    return found


@pytest.mark.parametrize("case", CASES)
def test_all_that_is_said_of_a_data_set(case: str, tmp_path: Path) -> None:
    data, *asked = re.split(r"^>>>", case, flags=re.MULTILINE)
    pictures, *files = re.split(r"^--- ", data, flags=re.MULTILINE)
    root = tmp_path / "data"
    draw(root, [name for word in pictures.split("\n", 1)[1].split() for name in expand(word.replace("␣", " "))])
    for file in files:
        names, _, content = file.partition("\n")
        names, _, encoding = names.partition(" in ")
        for name in expand(names):
            put(root / name, content, encoding)
    content_of: dict[str, list[str]] = {}
    for each in asked:
        options, _, expected = each.partition("\n")
        found, dataset = answer(root, {key: literal_eval(value) for key, value in re.findall(r"(\w+)=(\S+)", options)})
        assert found == expected.strip("\n")
        # What is read otherwise has another fingerprint; that of folders regards the names of the pictures alone.
        if dataset is not None and dataset.layout not in ("class-folders", "labelled-names"):
            lines = [line for line in said(dataset) if not line.startswith(("note: ", "aside: "))][1:]
            content = [re.sub(r" @.*? #", " #", line) for line in lines]  # without groups
            assert content_of.setdefault(dataset.fingerprint, content) == content
