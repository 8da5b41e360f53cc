"""Labels beside pictures in other forms than a text's rows: JSON, COCO, CUB's texts, Parquet, Matlab's files."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect
from benchmarks.fuzz.families.listings import drawn
from benchmarks.fuzz.odd_values import CELLS, VALUES

_ROWS = 8
_LABELS = ("cat", "dog")
_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
_OLDER_EXCEL = Path(__file__).parents[3] / "tests" / "fixtures" / "older_excel.xls"


def _records(bench: Bench) -> list[dict[str, Any]]:
    names = drawn(bench, count=_ROWS)
    return [{"file_name": f"images/{name}", "label": _LABELS[at % 2], "n": at} for at, name in enumerate(names)]


def _form(bench: Bench, records: list[dict[str, Any]]) -> Any:
    """The same in one of the forms of JSON."""
    names, labels = ([each[key] for each in records] for key in ("file_name", "label"))
    forms: tuple[Any, ...] = (
        records,
        dict(zip(names, labels, strict=True)),
        {"file_name": names, "label": labels},
        {name: {"label": label} for name, label in zip(names, labels, strict=True)},
        {"labels": [[name, label] for name, label in zip(names, labels, strict=True)]},
        {"columns": ["file_name", "label"], "data": [list(pair) for pair in zip(names, labels, strict=True)]},
        {key: {str(at): each[key] for at, each in enumerate(records)} for key in records[0]},
        {label: [name for name, own in zip(names, labels, strict=True) if own == label] for label in _LABELS},
        {"images": records},
        {"version": 1, "classes": list(_LABELS), "images": [{**each, "label": each["n"] % 2} for each in records]},
        _datumaro(names),
    )
    return bench.pick(forms)


def _datumaro(names: list[str]) -> dict[str, Any]:
    """The same as Datumaro writes it."""
    items = [
        {"id": name, "annotations": [{"type": "label", "label_id": at % 2}], "image": {"path": name}}
        for at, name in enumerate(names)
    ]
    labels = {"label": {"labels": [{"name": each} for each in _LABELS]}}
    return {"info": {}, "categories": labels, "items": items}


def _with_odd_values(bench: Bench, value: Any, depth: int = 0) -> Any:
    """The value with one inner value, or key, that is another."""
    if not isinstance(value, list | dict) or not value or (depth and bench.chance(0.3)):
        return bench.pick(VALUES)
    if isinstance(value, list):
        at = bench.between(0, len(value) - 1)
        return [*value[:at], _with_odd_values(bench, value[at], depth + 1), *value[at + 1 :]]
    key = bench.pick(tuple(value))
    if bench.chance(0.15):
        return {**value, bench.pick(("", "x", "id", "label", "\ud800", "image_id", "images", "9" * 5_000)): value[key]}
    return {**value, key: _with_odd_values(bench, value[key], depth + 1)}


def _write(bench: Bench, value: Any, *, is_damaged: bool) -> str:
    name = bench.pick(("labels.json", "train.json", "annotations.json", "metadata.jsonl", "l.ndjson", "labels.json"))
    if name.endswith(".json"):
        content = json.dumps(value)
    else:
        lines = value if isinstance(value, list) else [value]
        content = "".join(json.dumps(each) + "\n" for each in lines)
    raw = content.encode("utf-8", "surrogatepass")
    bench.write(f"data/{name}", bench.damaged(raw) if is_damaged else raw)
    return f"data/{name}"


def _asked(bench: Bench, path: str, pictures: int = _ROWS) -> Case:
    words = bench.pick((INSPECT, INSPECT, inspect(path)))
    return Case(words, pictures=pictures if words == INSPECT else None)


def json_damaged(bench: Bench) -> Case:
    return _asked(bench, _write(bench, _form(bench, _records(bench)), is_damaged=True))


def json_odd_values(bench: Bench) -> Case:
    value = _form(bench, _records(bench))
    for _ in range(bench.pick((1, 1, 3))):
        value = _with_odd_values(bench, value)
    return Case(_asked(bench, _write(bench, value, is_damaged=False)).words)


def json_deep(bench: Bench) -> Case:
    drawn(bench, count=_ROWS)
    start = bench.pick(
        ('[{"file_name": "images/000.png", "label": ', '{"images/000.png": ', '{"images": [], "annotations": ')
    )
    bench.write(
        "data/labels.json", start + bench.pick(("[" * 200_000, '{"a":' * 80_000, "9" * 90_000, "[" * 900 + "]" * 900))
    )
    return Case(INSPECT, pictures=_ROWS)


def coco(bench: Bench) -> Case:
    """COCO's three lists, with numbers that lead nowhere, twice, or are none, and other damage."""
    names = drawn(bench, count=_ROWS)
    value: Any = {
        "info": {"year": 2020},
        "images": [{"id": at, "file_name": name, "width": 8, "height": 8} for at, name in enumerate(names)],
        "annotations": [
            {
                "id": at,
                "image_id": at,
                "category_id": 1 + at % 2,
                **({"bbox": [0, 0, 4, 4]} if bench.chance(0.2) else {}),
            }
            for at in range(len(names))
        ],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
    }
    for _ in range(bench.pick((0, 1, 1, 2, 4))):
        value = _with_odd_values(bench, value, depth=1)
    return Case(_asked(bench, _write(bench, value, is_damaged=bench.chance(0.4))).words)


def metadata(bench: Bench) -> Case:
    """metadata.jsonl in the folder of each part, one of them damaged."""
    wrong = bench.pick(("train", "test"))
    for part in ("train", "test"):
        names = drawn(bench, f"data/{part}", 5, f"{part}{{}}")
        records: list[Any] = [{"file_name": name, "label": _LABELS[at % 2]} for at, name in enumerate(names)]
        if part == wrong and bench.chance(0.5):
            records = _with_odd_values(bench, records, depth=1)
        lines = "".join(json.dumps(each) + "\n" for each in records) if isinstance(records, list) else "{}"
        raw = lines.encode("utf-8", "surrogatepass")
        bench.write(f"data/{part}/metadata.jsonl", bench.damaged(raw) if part == wrong and bench.chance(0.6) else raw)
    return Case(INSPECT)


def keyed_texts(bench: Bench) -> Case:
    """CUB-200's texts, which are joined by a number: one of them damaged, with odd cells, or missing."""
    names = drawn(bench, count=_ROWS)
    texts = {
        "images.txt": [f"{at} {name}" for at, name in enumerate(names, start=1)],
        "image_class_labels.txt": [f"{at} {1 + at % 2}" for at in range(1, _ROWS + 1)],
        "train_test_split.txt": [f"{at} {int(at < 6)}" for at in range(1, _ROWS + 1)],
        "classes.txt": ["1 001.Black_cat", "2 002.Dog"],
    }
    wrong = bench.pick(tuple(texts))
    for name, lines in texts.items():
        if name == wrong and bench.chance(0.4):
            lines[bench.between(0, len(lines) - 1)] = f"{bench.pick(CELLS)[:5_000]} {bench.pick(CELLS)[:5_000]}"
        if name == wrong and bench.chance(0.1):
            continue
        raw = ("\n".join(lines) + "\n").encode("utf-8", "surrogatepass")
        bench.write(f"data/{name}", bench.damaged(raw) if name == wrong and bench.chance(0.7) else raw)
    return Case(INSPECT, pictures=_ROWS)


def parquet(bench: Bench) -> Case:
    """Parquet that lists pictures, damaged or with columns of other types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [f"images/{name}" for name in drawn(bench, count=_ROWS)]
    columns: dict[str, Any] = {
        "path": bench.pick(
            (names, names, [*names[:-1], None], pa.array(names).dictionary_encode(), [[each] for each in names])
        ),
        "label": bench.pick(
            (
                [at % 2 for at in range(_ROWS)],
                [_LABELS[at % 2] for at in range(_ROWS)],
                [None] * _ROWS,
                [float("nan")] * _ROWS,
                [0.5 * at for at in range(_ROWS)],
                [["cat", "dog"]] * _ROWS,
                [{"a": 1}] * _ROWS,
                [b"cat\xff"] * _ROWS,
                [bool(at % 2) for at in range(_ROWS)],
            )
        ),
        **bench.pick(({}, {"split": ["train"] * 6 + [bench.pick(("test", None, "x"))] * 2}, {"group": [None] * _ROWS})),
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    bench.write("data/labels.parquet", bench.damaged(file.getvalue()) if bench.chance(0.6) else file.getvalue())
    return _asked(bench, "data/labels.parquet")


def workbook(bench: Bench) -> Case:
    """A workbook of Excel: damaged, with odd cells, titles above, other sheets, or a cell far below or to the right."""
    import openpyxl

    names = drawn(bench, count=_ROWS)
    book = openpyxl.Workbook()
    sheet = book.active
    for title in bench.pick(((), (), ("Pictures", "of 2024"))):
        sheet.append([title])
    sheet.append(bench.pick((["path", "label"], ["path", "path"], ["", ""], [1, 2.5])))
    for at, name in enumerate(names):
        odd = str(bench.pick(CELLS))[:5_000].encode("ascii", "ignore").decode().replace("\0", "").strip("=\r\n\x1b")
        sheet.append([f"images/{name}", odd if bench.chance(0.2) and odd.isprintable() else _LABELS[at % 2]])
    if bench.chance(0.3):
        sheet.cell(*bench.pick(((1_000_000, 1), (30, 16_000), (2_000, 3), (3, 3))), "x")
    if bench.chance(0.3):
        other = book.create_sheet(bench.pick(("Test", "train", "legend")))
        other.append(bench.pick((["path", "label"], ["x"], [])))
        other.append([names[0], "cat"])
    file = io.BytesIO()
    book.save(file)
    bench.write("data/labels.xlsx", bench.damaged(file.getvalue()) if bench.chance(0.5) else file.getvalue())
    return _asked(bench, "data/labels.xlsx")


def other_workbook(bench: Bench) -> Case:
    """A spreadsheet of OpenDocument or of older Excel: damaged, with odd cells, or with cells that stand often."""
    names = drawn(bench, count=_ROWS)
    if bench.chance(0.3):
        bench.write("data/labels.xls", bench.damaged(_OLDER_EXCEL.read_bytes()))
        return _asked(bench, "data/labels.xls")
    rooms = " ".join(f'xmlns:{room}="{_OPEN_DOCUMENT}:{room}:1.0"' for room in ("office", "table", "text"))
    rows = []
    for at, row in enumerate(
        (("path", "label"), *((f"images/{name}", _LABELS[at % 2]) for at, name in enumerate(names)))
    ):
        odd = bench.pick((*CELLS, "<text:p>", "&lol;"))[:5_000] if bench.chance(0.1) else row[-1]
        times = bench.pick(("2", "16000", "99999999", "-1", "x")) if bench.chance(0.05) else "1"
        cells = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in (row[0], odd))
        blank = f'<table:table-cell table:number-columns-repeated="{16_000 + at}"/>'
        rows.append(f'<table:table-row table:number-rows-repeated="{times}">{cells}{blank}</table:table-row>')
    head = bench.pick(("", "", "", '<!DOCTYPE a [<!ENTITY lol "lollol">]>', "<a>" * bench.pick((2, 100_000))))
    content = (
        f'{head}<office:document {rooms}><table:table table:name="a">{"".join(rows)}</table:table></office:document>'
    )
    whole = content.encode("utf-8", "surrogatepass")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("content.xml", bench.damaged(whole) if bench.chance(0.3) else whole)
    bench.write("data/labels.ods", bench.damaged(file.getvalue()) if bench.chance(0.3) else file.getvalue())
    return _asked(bench, "data/labels.ods")


def tags(bench: Bench) -> Case:
    """A JSON file for each picture with flags or tags of labelling tools, of which some are odd or damaged."""
    which = bench.between(0, 5)
    for at, name in enumerate(drawn(bench, count=_ROWS)):
        odd = bench.pick(VALUES) if bench.chance(0.1) else _LABELS[at % 2]
        facts: tuple[Any, ...] = (
            {"tags": [{"name": odd, "value": None}]},
            {"tags": [{"name": "kind", "value": odd}, {"name": "train", "value": None}]},
            {"tags": [{"name": "kind", "value": odd}, {"name": "light", "value": _LABELS[at % 2]}]},
            {"tags": odd},
            {"flags": {"cat": at % 2 == 0, "dog": odd}},
            {"annotations": [{"tag": {}, "name": odd}]},
        )
        content = json.dumps(bench.pick(facts) if bench.chance(0.1) else facts[which]).encode()
        bench.write(f"data/ann/{name}.json", bench.damaged(content) if bench.chance(0.1) else content)
    column = bench.pick(((), (), ("--label-column", "kind"), ("--label-column", "x")))
    return Case((*INSPECT, *column), pictures=_ROWS)


def lists_in_cells(bench: Bench) -> Case:
    """A text with two signs between cells, as MVSA's, a table of folders, or of key frames, with odd rows."""
    if bench.chance(0.4):
        names = drawn(bench, count=_ROWS)
        people = bench.between(1, 3)
        lines = ["ID\t" + "\t".join(["kind,place"] * people)]
        for at, name in enumerate(names):
            odd = bench.pick(CELLS)[:3_000] if bench.chance(0.1) else f"{_LABELS[at % 2]},{_LABELS[0]}"
            lines.append(f"images/{name}\t" + "\t".join([odd] * (people if bench.chance(0.95) else people + 1)))
    else:
        folders = [f"c{at}" for at in range(4)]
        for folder in folders:
            drawn(bench, f"data/images/{folder}", 2, "{}")
        head, key = bench.pick((("folder,label", ""), ("clip,frame,label", ",1.png"), ("clip,frame,label", ",7.png")))
        odd = bench.pick(CELLS)[:3_000] if bench.chance(0.3) else "cat"
        lines = [head, *(f"{folder}{key},{_LABELS[at % 2]}" for at, folder in enumerate(folders)), f"{odd}{key},dog"]
        lines = lines[: bench.pick((3, 5, 6))]
    content = "\n".join(lines).encode("utf-8", "surrogatepass")
    bench.write("data/list.txt", bench.damaged(content) if bench.chance(0.3) else content)
    return Case(INSPECT, pictures=_ROWS)


def xml(bench: Bench) -> Case:
    """XML of all pictures, or of each, damaged, with odd values, with a document type, or very deep."""
    names = drawn(bench, count=_ROWS)
    cells = [bench.pick((*_LABELS, str(bench.pick(CELLS))[:5_000])) if bench.chance(0.2) else _LABELS[0] for _ in names]
    head = bench.pick(
        (
            "",
            '<?xml version="1.0" encoding="gb2312"?>',
            '<?xml version="1.0" encoding="base64"?>',
            '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
            '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
            "<a>" * bench.pick((2, 20, 100_000)),
        )
    )
    if bench.chance(0.5):
        rows = "".join(
            f'<image id="{at}" name="{name}"><tag label="{cells[at]}"/></image>' for at, name in enumerate(names)
        )
        raw = f"{head}<annotations>{rows}</annotations>".encode("utf-8", "surrogatepass")
        bench.write("data/annotations.xml", bench.damaged(raw) if bench.chance(0.5) else raw)
    else:
        for name, cell in zip(names, cells, strict=True):
            raw = f"{head}<Image><Id>{name}</Id><Species>{cell}</Species></Image>".encode("utf-8", "surrogatepass")
            entry = f"data/images/{name.rpartition('/')[2].rpartition('.')[0]}.xml"
            bench.write(entry, bench.damaged(raw) if bench.chance(0.2) else raw)
    return Case(INSPECT, pictures=_ROWS)


def _cells(texts: list[str]) -> Any:
    cells = np.empty((1, len(texts)), object)
    cells[0] = texts
    return cells


def _mat(content: dict[str, Any], bench: Bench) -> bytes:
    from scipy.io import savemat

    file = io.BytesIO()
    savemat(file, content, do_compression=bench.chance(0.5))
    return file.getvalue()


def mat_numbers(bench: Bench) -> Case:
    """Flowers-102's labels and parts by the number in a name: damaged, too few, or other numbers."""
    names = drawn(bench, "data/jpg", 12, "image_{:05d}")
    count = len(names)
    (bench.folder / "data/jpg" / names[0]).rename(bench.folder / f"data/jpg/image_{count:05d}.png")
    labels: Any = bench.pick(
        (
            np.arange(count)[None] % 3 + 1,
            np.arange(count)[None] % 3 + 1.0,
            np.arange(count - bench.between(1, 9))[None] % 3 + 1,
            np.arange(count) * 0.5,
            np.full(count, np.nan),
            np.zeros((count, 3)),
            np.eye(3)[np.arange(count) % 3],
            np.arange(count)[None] % 3 * (1 + 1j),
            "words",
            np.zeros((0, 0)),
            np.full(count, -1),
            np.arange(count).reshape(3, 4),
        )
    )
    ids: Any = bench.pick(
        (np.arange(1, 7), np.arange(1, 7) * 1.5, np.array([0, -1, 10**9]), np.ones(9), "x", np.eye(3))
    )
    setid = {"trnid": ids, "valid": np.arange(7, 9), "tstid": bench.pick((np.arange(9, 13), np.arange(1, 13)))}
    whole = _mat({"labels": labels}, bench)
    bench.write("data/imagelabels.mat", bench.damaged(whole) if bench.chance(0.4) else whole)
    whole = _mat(setid, bench)
    bench.write("data/setid.mat", bench.damaged(whole) if bench.chance(0.4) else whole)
    return Case(INSPECT, pictures=count)


def mat_structs(bench: Bench) -> Case:
    """Stanford Cars' arrays of structs, for both parts, and names of classes: damaged, missing fields, odd values."""
    values: tuple[Any, ...] = (1, 2.5, "x", np.nan, [], np.zeros((2, 2)), _cells(["a", "b"]), -1, 10**9, {"a": 1}, 1j)
    for part, count in (("train", 8), ("test", 4)):
        names = drawn(bench, f"data/cars_{part}", count, f"{part}{{:05d}}")
        fields = ("bbox_x1", "fname") if part == "test" and bench.chance(0.4) else ("bbox_x1", "fname", "class")
        records = np.zeros((1, count), [(field, object) for field in fields])
        for at, name in enumerate(names):
            records[0, at] = (at, name, 1 + at % 2)[: len(fields)]
        if bench.chance(0.5):
            records[0, bench.between(0, count - 1)][bench.pick(fields[1:])] = bench.pick(values)
        whole = _mat({"annotations": records}, bench)
        bench.write(f"data/devkit/cars_{part}_annos.mat", bench.damaged(whole) if bench.chance(0.3) else whole)
    names_of = bench.pick(
        (["AM General", "BMW"], ["only one"], ["a", "b", "c"], ["same", "same"], ["", "b"], ["x" * 50_000, "y"])
    )
    whole = _mat({"class_names": bench.pick((_cells(names_of), np.array(names_of), 7))}, bench)
    bench.write("data/devkit/cars_meta.mat", bench.damaged(whole) if bench.chance(0.3) else whole)
    return Case(INSPECT, pictures=12)


def mat_cells(bench: Bench) -> Case:
    """Stanford Dogs' cells of paths with labels: all, and lists for the parts."""
    files = []
    for name in ("n01-Chihuahua", "n02-Pug"):
        files += [f"{name}/{each}" for each in drawn(bench, f"data/Images/{name}", 6, f"{name[:3]}_{{}}")]
    labels = np.array([[1 + at // 6] for at in range(12)])
    lists = {"file_list": slice(0, 12), "train_list": slice(0, 12, 2), "test_list": slice(1, 12, 2)}
    wrong = bench.pick(tuple(lists))
    for name, rows in lists.items():
        paths, own = files[rows], labels[rows]
        if name == wrong and bench.chance(0.5):
            paths = [*paths[:-1], bench.pick(CELLS)[:3_000].encode("utf-8", "replace").decode()]
            own = own[: bench.pick((len(own), 2, 0))]
        whole = _mat({"file_list": _cells(paths), "annotation_list": _cells(paths), "labels": own}, bench)
        bench.write(f"data/lists/{name}.mat", bench.damaged(whole) if name == wrong and bench.chance(0.6) else whole)
    return Case(INSPECT, pictures=12)


KINDS = (
    Kind("annotations", "JSON damaged", json_damaged, weight=5),
    Kind("annotations", "JSON of odd values", json_odd_values, weight=6),
    Kind("annotations", "JSON without end", json_deep),
    Kind("annotations", "COCO", coco, weight=6),
    Kind("annotations", "metadata a part", metadata, weight=3),
    Kind("annotations", "workbook", workbook, weight=4),
    Kind("annotations", "other workbooks", other_workbook, weight=4),
    Kind("annotations", "tags", tags, weight=4),
    Kind("annotations", "lists in cells", lists_in_cells, weight=4),
    Kind("annotations", "XML", xml, weight=4),
    Kind("annotations", "texts with keys", keyed_texts, weight=4),
    Kind("annotations", "Parquet of paths", parquet, weight=4),
    Kind("annotations", "MAT with numbers", mat_numbers, weight=4),
    Kind("annotations", "MAT with structs", mat_structs, weight=4),
    Kind("annotations", "MAT with cells", mat_cells, weight=3),
)
