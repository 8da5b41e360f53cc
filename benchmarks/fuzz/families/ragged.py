"""Lists with uneven rows, a text with the label of each picture, dataset cards, labels that are none, two copies."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect
from benchmarks.fuzz.families.listings import drawn
from benchmarks.fuzz.odd_values import CELLS
from pyarrow import parquet

_ROWS = 12
_TEXTS = ("red shoe, new", "blue shirt", 'a "fine" hat', "shoes, pack of 2, black", "plain thing no 7", "")


def uneven_rows(bench: Bench) -> Case:
    """A comma too many in a text, cells that are lacking or too many, quotes that stay open, rows without a name."""
    names = drawn(bench)
    rows = [
        [name, ("cat", "dog")[at % 2], f"{2010 + at % 3}", bench.pick(_TEXTS[1:5:3])] for at, name in enumerate(names)
    ]
    sign = bench.pick((",", ",", ";", "\t"))
    lines = [sign.join(row) for row in rows]
    for _ in range(bench.pick((1, 1, 2, 4, 7))):
        at = bench.between(0, len(lines) - 1)
        row = rows[at]
        odd = (
            sign.join([*row[:3], bench.pick(_TEXTS).replace(",", sign)]),
            sign.join(row[: bench.between(0, 3)]),
            sign.join([*row, *["7"] * bench.pick((1, 2, 5_000))]),
            sign.join([row[0], '"' + row[1], *row[2:]]),
            sign.join(["", *row[1:]]),
            sign.join([*row[:2], bench.pick(CELLS)[:2_000].replace("\n", " "), *row[2:]]),
            bench.pick(("  ", sign, sign * 3, "# 1", "Total: 12")),
        )
        lines[at] = bench.pick(odd)
    header = bench.pick(("file,kind,year,name", "file,kind,year,name", "")).replace(",", sign)
    text = "\n".join([header, *lines] if header else lines)
    bench.write("data/labels.csv", text.encode("utf-8", "surrogatepass"))
    return Case(bench.pick((INSPECT, INSPECT, inspect("data", "--label-column", "kind"))), pictures=_ROWS)


def names_with_commas(bench: Bench) -> Case:
    """Names that hold the sign between the cells, and lists of two forms beside each other."""
    names = drawn(bench, stem=bench.pick(("1{:02d},7", "{:02d};x", "a {:02d}")))
    sign = bench.pick((" ", ",", "\t", ""))
    lines = [f"images/{name}{sign}{at % 2 if sign else ''}" for at, name in enumerate(names)]
    bench.write("data/labels.txt", bench.damaged("\n".join(lines).encode()) if bench.chance(0.5) else "\n".join(lines))
    bench.write("data/train.txt", "\n".join(f"images/{name}" for name in names[:8]))
    return Case(INSPECT, pictures=_ROWS)


def label_texts(bench: Bench) -> Case:
    """A text with the label of each picture, some of which are damaged, lacking, of other pictures, or lists."""
    names = drawn(bench, "data", stem="img_{}")
    form = bench.pick(("{label}", "{name}, {label}", "{name}\t{label}", "{label} 0.5 0.5 0.1 0.1"))
    for at, name in enumerate(names):
        text = form.format(name=name, label=("cat", "dog", "0", "7")[at % 2 + 2 * bench.chance(0.1)])
        if bench.chance(0.2):
            text = bench.pick((*CELLS[:40], "cat\ndog", f"{name}, cat\nother.png, dog", "\n\n"))
        content = text.encode("utf-8", "surrogatepass")
        suffix = bench.pick((".txt", ".txt", ".txt", ".cls"))
        if bench.chance(0.9):
            bench.write(
                f"data/{name[:-4]}{suffix}", bench.damaged(content) if bench.chance(0.2) and content else content
            )
    return Case(INSPECT, pictures=_ROWS)


_CARD = (
    "---\ndataset_info:\n  features:\n  - name: image\n    dtype: image\n  - name: label\n    dtype:\n"
    "      class_label:\n        names:\n          '0': cat\n          '1': dog\n---\n# Pets\n"
)


def cards(bench: Bench) -> Case:
    """The names of classes in a README.md that is damaged or fits badly."""
    pictures = [bench.small_picture() for _ in range(6)]
    labels = [bench.pick((0, 1, 1, -1, 5)) if bench.chance(0.2) else at % 2 for at in range(6)]
    parquet.write_table(pa.table({"image": pictures, "label": labels}), content := io.BytesIO())
    bench.write("data/train.parquet", content.getvalue())
    odd = bench.pick((*CELLS, "---", "names:", "'0': cat", "- name: label", "  " * 5_000 + "names:", "'9' : x"))
    card = _CARD.replace(bench.pick(("cat", "'1'", "names:", "label", "---")), odd[:5_000])
    raw = card.encode("utf-8", "surrogatepass")
    bench.write("data/README.md", bench.damaged(raw) if bench.chance(0.5) else raw)
    return Case(INSPECT)


def no_classes(bench: Bench) -> Case:
    """Arrays whose labels are lists, decimals, several ones a row, or nothing of the kind."""
    pictures = bench.rng.integers(0, 256, (6, 8, 8), dtype=np.uint8)
    several = bench.rng.integers(0, bench.pick((2, 2, 3)), (6, bench.pick((1, 2, 14))))
    decimals = bench.rng.random(bench.pick((6, 6, 5)))
    labels = bench.pick(
        (several, decimals, several.astype(np.float32), decimals * np.inf, several[:, :, None], several.T)
    )
    np.savez(content := io.BytesIO(), x_train=pictures, y_train=labels)
    bench.write("data/d.npz", content.getvalue())
    return Case(INSPECT)


def two_sets(bench: Bench) -> Case:
    """Two folders with tables of the same parts; a table of one is damaged or lacking."""
    pictures = 0
    for folder in ("one", "two"):
        for part in ("train", "test"):
            names = drawn(bench, f"data/{folder}/{part}", 3, f"{part}{{}}")
            pictures += len(names)
            text = "file,label\n" + "".join(
                f"{part}/{name},{('cat', 'dog')[at % 2]}\n" for at, name in enumerate(names)
            )
            if bench.chance(0.8):
                raw = text.encode()
                bench.write(f"data/{folder}/{part}.csv", bench.damaged(raw) if bench.chance(0.3) else raw)
    return Case(INSPECT, pictures=pictures)


KINDS = (
    Kind("ragged", "uneven rows", uneven_rows, weight=6),
    Kind("ragged", "names with commas", names_with_commas, weight=3),
    Kind("ragged", "a text for each picture", label_texts, weight=4),
    Kind("ragged", "dataset cards", cards, weight=2),
    Kind("ragged", "labels that are no classes", no_classes, weight=2),
    Kind("ragged", "two sets beside each other", two_sets, weight=2),
)
