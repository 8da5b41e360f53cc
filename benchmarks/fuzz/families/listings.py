"""Tables beside pictures: every form, encoding and header that a text may have, and several tables that say more."""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Sequence

from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect
from benchmarks.fuzz.odd_values import CELLS, FOLDERS

_ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949", "shift_jis", "cp1252", "gb18030", "cp1251")
_FORMS = ((",", ".csv"), (";", ".csv"), ("\t", ".tsv"), ("\t", ".txt"), (" ", ".txt"), ("|", ".txt"), (" ", ".lst"))
_HEADERS = ("path,label", "file_name,class", "image,species", "id,target", "filename,dx", "", "label,path", "a,b")
_CLASSES = (("cat", "dog"), ("고양이", "개"), ("猫", "犬"), ("žába", "myš"), ("0", "1"), ("7", "8"), ("a b", "c d"))
_ROWS = 12


def drawn(bench: Bench, folder: str = "data/images", count: int = _ROWS, stem: str = "{:03d}") -> list[str]:
    """Different pictures in a folder; gives their names without it."""
    names = [f"{stem.format(number)}.png" for number in range(count)]
    for name in names:
        bench.write(f"{folder}/{name}", bench.small_picture())
    return names


def rows_of(bench: Bench, names: Sequence[str]) -> list[list[str]]:
    """A name and a label a row; the names as tables have them."""
    one, other = bench.pick(_CLASSES)
    how = bench.between(0, 6)
    spelt = {0: "images/{}.png", 1: "{}.png", 2: "{}", 3: ".\\images\\{}.png", 4: "/home/ann/pets/images/{}.png"}
    stems = [name.removesuffix(".png") for name in names]
    return [
        [spelt.get(how, "{}.PNG" if how == 5 else "{}.jpg").format(stem), (one, other)[at % 2]]
        for at, stem in enumerate(stems)
    ]


def text_of(bench: Bench, rows: Sequence[Sequence[str]], header: str | None = None) -> tuple[str, bytes]:
    """A suffix and the bytes of a text with these rows, in a form and an encoding that people have."""
    delimiter, suffix = bench.pick(_FORMS)
    header = bench.pick(_HEADERS) if header is None else header
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=bench.pick(("\n", "\n", "\r\n", "\r")))
    writer.writerows([header.split(",")] if header else [])
    writer.writerows(rows)
    return suffix, text.getvalue().encode(bench.pick(_ENCODINGS), "replace")


def _asked(bench: Bench, table: str, pictures: int = _ROWS) -> Case:
    words = (
        INSPECT,
        INSPECT,
        INSPECT,
        inspect(table),
        inspect("data", "--label-column", bench.pick(("label", "x", ""))),
    )
    chosen = bench.pick(words)
    return Case(chosen, pictures=pictures if chosen == INSPECT else None)


def damaged(bench: Bench) -> Case:
    suffix, content = text_of(bench, rows_of(bench, drawn(bench)))
    name = bench.pick(("train", "labels", "list", "data", "test", "val"))
    bench.write(f"data/{name}{suffix}", bench.damaged(content))
    return _asked(bench, f"data/{name}{suffix}")


def odd_cells(bench: Bench) -> Case:
    rows = rows_of(bench, drawn(bench))
    (bench.folder / "data/images/loop.png").symlink_to("loop.png")
    column = bench.pick((0, 1, None))
    for _ in range(bench.pick((1, 1, 2, 6, 40))):
        row = bench.pick(rows)
        row[bench.between(0, len(row) - 1) if column is None else column] = bench.pick(CELLS)
    suffix, content = text_of(bench, rows)
    bench.write(f"data/labels{suffix}", content)
    return Case(_asked(bench, f"data/labels{suffix}").words)


def odd_columns(bench: Bench) -> Case:
    """More columns, with odd names and values: what may be the label, a part, a group, a number to predict."""
    rows = rows_of(bench, drawn(bench))
    names = ["path", "label"]
    more = ("split", "set", "group", "patient_id", "fold", "label", "width", "", "Unnamed: 0", "tags", "age", "target")
    for _ in range(bench.between(1, 5)):
        names.append(bench.pick((*more, bench.pick(CELLS)[:2_000].replace(",", ""))))
        kind = bench.between(0, 5)
        for at, row in enumerate(rows):
            plain = (f"{at}", f"{at % 3}", f"{at * 0.37:.3f}", bench.pick(("train", "test", "")), "same", f"p{at // 3}")
            row.append(bench.pick(CELLS) if bench.chance(0.05) else plain[kind])
    suffix, content = text_of(bench, rows, ",".join(names))
    bench.write(f"data/labels{suffix}", content)
    return Case(_asked(bench, f"data/labels{suffix}").words)


def odd_rows(bench: Bench) -> Case:
    """Rows twice, longer, shorter, blank, a header alone, nothing, a quote that stays open."""
    rows = rows_of(bench, drawn(bench))
    match bench.between(0, 9):
        case 0:
            rows = []
        case 1:
            rows += rows
        case 2:
            rows += [[rows[0][0], bench.pick(("cat", "dog", "", "x"))]] * bench.between(1, 30)
        case 3:
            bench.pick(rows).extend(["7"] * bench.pick((1, 2, 50_000)))
        case 4:
            bench.pick(rows).pop()
        case 5:
            rows = [[""] * bench.between(0, 3) for _ in range(4)] + rows
        case 6:
            rows = [row[:1] for row in rows]
        case 7:
            rows = rows[: bench.between(1, 2)]
        case 8:
            rows = rows * 3_000
        case _:
            rows = [[row[0], "same"] for row in rows]
    suffix, content = text_of(bench, rows)
    if bench.chance(0.3):
        at = bench.between(0, len(content))
        content = content[:at] + bench.pick((b'"', b"\n\n\n", b"\0", b"# ", b"\r", b"\x1a", b"\xff\xfe")) + content[at:]
    bench.write(f"data/labels{suffix}", bench.pick((content, content, b"", b"\n", b"\xef\xbb\xbf")))
    return _asked(bench, f"data/labels{suffix}")


def several(bench: Bench) -> Case:
    """Tables to train on, to test on, a sample, more about the same pictures: one of them damaged."""
    train = [["id", "label"], *([name, ("cat", "dog")[at % 2]] for at, name in enumerate(drawn(bench, "data/train")))]
    names = drawn(bench, "data/test", 6, "t{}")
    test = [["id", *bench.pick(((), ("label",)))], *([name] for name in names)]
    for row in test[1:]:
        row.extend(["cat"] * (len(test[0]) - 1))
    meta = [["id", "patient", "age"], *([row[0], f"p{at // 3}", f"{at}"] for at, row in enumerate(train[1:]))]
    sample = [["id", "label"], *([name, "cat"] for name in names)]
    tables = {"train": train, "test": test, "metadata": meta, "sample_submission": sample}
    wrong = bench.pick(tuple(tables))
    for name, rows in tables.items():
        if name == wrong and bench.chance(0.3):
            bench.pick(rows)[0] = bench.pick(CELLS)
        text = "".join(",".join(row) + "\n" for row in rows).encode("utf-8", "surrogatepass")
        bench.write(f"data/{name}.csv", bench.damaged(text) if name == wrong else text)
    return Case(INSPECT, pictures=_ROWS + 6)


def in_parts(bench: Bench) -> Case:
    """A table in each part's folder, as Hugging Face's metadata.csv and Roboflow's _classes.csv."""
    name = bench.pick(("metadata.csv", "_classes.csv", "_annotations.txt", "labels.tsv"))
    parts = bench.pick((("train", "test"), ("train", "valid", "test"), ("train", "train2"), ("a", "b")))
    wrong = bench.pick(parts)
    for part in parts:
        names = drawn(bench, f"data/{part}", 6, f"{part}{{}}")
        text = "file_name,label\n" + "".join(f"{each},{('cat', 'dog')[at % 2]}\n" for at, each in enumerate(names))
        bench.write(f"data/{part}/{name}", bench.damaged(text.encode()) if part == wrong else text)
    return Case(INSPECT, pictures=6 * len(parts))


def by_raters(bench: Bench) -> Case:
    """Several rows a picture; columns of ones, of votes, of shares."""
    names = drawn(bench)
    if bench.chance(0.5):
        rows = [[bench.pick(names), bench.pick(("cat", "dog", "", bench.pick(CELLS)))] for _ in range(60)]
        header = "image,label"
    else:
        values = bench.pick((("0", "1"), ("0", "3", "5"), ("0.1", "0.9"), ("0", "1", "nan"), ("1",), ("-1", "1e999")))
        rows = [[name, *(bench.pick(values) for _ in range(4))] for name in names]
        header = "image,a,b,c,d"
    suffix, content = text_of(bench, rows, header)
    bench.write(f"data/votes{suffix}", content)
    return _asked(bench, f"data/votes{suffix}")


def class_names(bench: Bench) -> Case:
    """Numbers in the table, and names for them in a file that is damaged or fits badly."""
    rows = [[name, f"{at % 4}"] for at, name in enumerate(drawn(bench))]
    bench.write("data/labels.csv", "image,label\n" + "".join(",".join(row) + "\n" for row in rows))
    texts = {
        "classes.txt": "ant\nbee\ncat\ndog\n",
        "mapping.txt": "0 65\n1 66\n2 67\n3 68\n",
        "label_map.json": '{"0": "ant", "1": "bee", "2": "cat", "3": "dog"}',
        "classmap.csv": "index,name\n0,ant\n1,bee\n2,cat\n3,dog\n",
        "words.txt": "0\tant\n1\tbee\n2\tcat\n3\tdog\n",
        "names.txt": "\n".join(bench.pick(CELLS)[:3_000] for _ in range(4)),
    }
    name = bench.pick(tuple(texts))
    bench.write(f"data/{name}", bench.damaged(texts[name].encode("utf-8", "surrogatepass")))
    return Case(INSPECT, found=_ROWS)


def annotated_part(bench: Bench) -> Case:
    """Tiny ImageNet's form: class folders in train, one table for the loose pictures of val."""
    for name in ("n01", "n02", "n03"):
        drawn(bench, f"data/train/{name}/images", 3, f"{name}_{{}}")
    names = drawn(bench, "data/val/images", 6, "val_{}")
    text = "".join(f"{each}\tn0{1 + at % 3}\t0\t0\t9\t9\n" for at, each in enumerate(names)).encode()
    bench.write("data/val/val_annotations.txt", bench.damaged(text))
    bench.write("data/wnids.txt", "n01\nn02\nn03\n")
    bench.write("data/words.txt", bench.damaged(b"n01\tant\nn02\tbee\nn03\tcat\n"))
    return Case(INSPECT, pictures=15)


def odd_places(bench: Bench) -> Case:
    """A table that is a folder, a link in a circle, a link outside, a device, unreadable, or one of very many."""
    drawn(bench)
    place = bench.folder / "data" / bench.pick(("labels.csv", "train.json", "list.txt", "metadata.jsonl", "l.parquet"))
    match bench.between(0, 6):
        case 0:
            place.mkdir()
            bench.write(f"data/{place.name}/inside.csv", "path,label\n000.png,cat\n")
        case 1:
            place.symlink_to(place.name)
        case 2:
            place.symlink_to(bench.pick(("/etc/passwd", "/dev/zero", "/proc/self/mem", "/nowhere", ".")))
        case 3:
            os.mkfifo(place)
        case 4:
            place.write_text("path,label\n")
            place.chmod(0)
        case 5:
            for number in range(60):
                bench.write(f"data/labels/{number:03d}.txt", bench.pick(CELLS)[:1_000].encode("utf-8", "surrogatepass"))
        case _:
            for folder in FOLDERS[:12]:
                bench.write(f"data/{folder}/labels.csv", "path,label\n000.png,cat\n001.png,dog\n")
    return Case(INSPECT, pictures=_ROWS)


def gzipped(bench: Bench) -> Case:
    suffix, content = text_of(bench, rows_of(bench, drawn(bench)))
    bench.write(f"data/labels{suffix}.gz", bench.damaged(gzip.compress(content)))
    return Case(INSPECT, pictures=_ROWS)


KINDS = (
    Kind("listings", "damaged", damaged, weight=6),
    Kind("listings", "odd cells", odd_cells, weight=6),
    Kind("listings", "odd columns", odd_columns, weight=4),
    Kind("listings", "odd rows", odd_rows, weight=4),
    Kind("listings", "several tables", several, weight=4),
    Kind("listings", "a table a part", in_parts, weight=3),
    Kind("listings", "by raters", by_raters, weight=3),
    Kind("listings", "names of classes", class_names, weight=3),
    Kind("listings", "classes of one part", annotated_part, weight=2),
    Kind("listings", "odd places", odd_places, weight=3),
    Kind("listings", "gzipped", gzipped, weight=2),
)
