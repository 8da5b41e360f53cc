"""A table is read by what it holds: whatever its suffix, in capitals and gzipped, it is the same data."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook
from PIL import Image

from onelook.data.layouts.registry import layout_entry
from onelook.data.open import open_dataset

ROWS = [("im/1.png", "owl"), ("im/2.png", "ant"), ("im/3.png", "owl"), ("im/4.png", "ant")]
COMMA = "file,label\n" + "".join(f"{name},{label}\n" for name, label in ROWS)
TAB, SPACE = COMMA.replace(",", "\t"), "".join(f"{name} {label}\n" for name, label in ROWS)
RECORDS = [{"file": name, "label": label} for name, label in ROWS]
JSON, LINES = json.dumps(RECORDS), "".join(json.dumps(each) + "\n" for each in RECORDS)
PIXELS = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (6, 49))
BARE = "".join(f"{row % 2},{','.join(map(str, pixels))}\n" for row, pixels in enumerate(PIXELS))
TITLED = "label," + ",".join(f"pixel{number}" for number in range(49)) + "\n" + BARE
CELLS = "label,pixels\n" + "".join(f"{row % 2},{' '.join(map(str, each))}\n" for row, each in enumerate(PIXELS))
BOOK = Workbook()
for record in (("file", "label"), *ROWS):
    BOOK.active.append(record)
FILE = io.BytesIO()
BOOK.save(FILE)
SHEET = FILE.getvalue()
OTHERS = {".parquet", ".mat", ".xml", ".ods", ".xls"}  # have tests of their own
CONTENT = {
    "manifest": {
        **{".xlsx": SHEET, ".xlsm": SHEET},
        **{".csv": COMMA, ".tsv": TAB, ".tab": TAB, ".txt": SPACE, ".lst": TAB, ".list": SPACE, ".dat": COMMA},
        **{".json": JSON, ".geojson": JSON, ".jsonl": LINES, ".ndjson": LINES, ".manifest": LINES},
        ".labels": JSON,
    },
    "pixel-csv": dict.fromkeys((".csv", ".tsv", ".txt"), TITLED),
    "pixel-cells": dict.fromkeys((".csv", ".tsv", ".txt"), CELLS),
    "pixel-rows": dict.fromkeys(
        (".csv", ".tsv", ".txt", ".data", ".dat", ".tra", ".tes", ".train", ".test", ".amat"), BARE
    ),
}


@pytest.mark.parametrize(
    ("layout", "ending"),
    [(layout, ending) for layout, of_layout in CONTENT.items() for ending in of_layout],
)
def test_every_suffix_of_a_table_in_small_letters_in_capitals_and_gzipped(
    layout: str, ending: str, tmp_path: Path
) -> None:
    assert set(CONTENT[layout]) == set(layout_entry(layout).endings) - OTHERS
    given: str | bytes = CONTENT[layout][ending]
    content = given if isinstance(given, bytes) else given.encode()
    for number, name in enumerate((f"a{ending}", f"A{ending.upper()}", f"a{ending}.gz", f"A{ending.upper()}.GZ")):
        root = tmp_path / str(number)
        (root / "im").mkdir(parents=True)
        if layout == "manifest":
            for grey, (file, _) in enumerate(ROWS):
                Image.fromarray(np.full((2, 2), grey, np.uint8)).save(root / file)
        (root / name).write_bytes(gzip.compress(content) if number > 1 else content)
        dataset = open_dataset(root)
        (part,) = dataset.parts.values()
        assert part.labels is not None
        names = [dataset.class_names[label] for label in part.labels]
        assert (dataset.layout, names) == (layout, ["owl", "ant"] * 2 if layout == "manifest" else ["0", "1"] * 3), name
