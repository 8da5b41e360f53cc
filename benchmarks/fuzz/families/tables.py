"""Tables of pixels: one CSV file with a header, and four without."""

from __future__ import annotations

import gzip

from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect

_CELLS = (
    "",
    " ",
    "x",
    "-1",
    "256",
    "1e2",
    "1e999",
    "-inf",
    "nan",
    "inf",
    "0x10",
    "1_0",
    "1.5",
    "1,5",
    "９",
    "١",
    "\0",
    '"',
    '"1',
    "'1'",
    "9" * 5000,
    "1" * 200_000,
    "True",
    "null",
    "\u200b1",
    "12.0",
    "+1",
    "1e-9",
    "=1+1",
    "\x1b[31m",
    "\r",
    "1\r2",
    "1e30",
    "99999999999999999999",
    "-99999999999999999999",
    "1e308",
    "2.5",
    "\ufeff1",
    "\ud7ff",
    "<b>1</b>",
)
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-8-sig", "utf-7", "cp037", "shift_jis")


def _grid() -> list[list[str]]:
    return [line.split(",") for line in good.pixel_csv().splitlines()]


def _joined(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> str:
    return end.join(delimiter.join(row) for row in rows) + end


def _case(bench: Bench, content: bytes | str, *more: str) -> Case:
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    bench.write("data.csv", content)
    return Case(inspect("data.csv", *more))


def damaged(bench: Bench) -> Case:
    return _case(bench, bench.damaged(good.pixel_csv().encode()))


def one_odd_cell(bench: Bench) -> Case:
    rows = _grid()
    rows[bench.between(1, len(rows) - 1)][bench.between(0, 16)] = bench.pick(_CELLS)
    return _case(bench, _joined(rows))


def odd_labels(bench: Bench) -> Case:
    rows, value = _grid(), bench.pick(_CELLS)
    for row in rows[1:] if bench.chance(0.5) else rows[1:3]:
        row[0] = value if bench.chance(0.5) else row[0]
    return _case(bench, _joined(rows))


def odd_header(bench: Bench) -> Case:
    rows = _grid()
    rows[0][bench.between(0, 16)] = bench.pick((*_CELLS, "label", "pixel0", "pixel" + "9" * 5000, "pixel٣", "y"))
    return _case(bench, _joined(rows))


def ragged(bench: Bench) -> Case:
    rows = _grid()
    row = rows[bench.between(0, len(rows) - 1)]
    if bench.chance(0.5):
        row.extend(["7"] * bench.pick((1, 2, 100_000)))
    else:
        del row[bench.between(0, 16) :]
    return _case(bench, _joined(rows))


def odd_lines(bench: Bench) -> Case:
    """Mixed line ends, other delimiters, blank lines, quotes that stay open."""
    rows = _grid()
    lines = [bench.pick((",", ",", ",", ";")).join(row) for row in rows]
    ends = bench.pick((("\r\n",), ("\r",), ("\n", "\r\n", "\r"), ("\n\n\n",), ("\n\r",), ("\x0b",), ("\u2028",)))
    text = "".join(line + bench.pick(ends) for line in lines)
    if bench.chance(0.3):
        at = bench.between(0, len(text))
        text = text[:at] + '"' + text[at:]
    return _case(bench, text)


def other_encodings(bench: Bench) -> Case:
    return _case(
        bench,
        good.pixel_csv()
        .replace("label", "étiquette" if bench.chance(0.3) else "label")
        .encode(bench.pick(_ENCODINGS), "replace"),
    )


def null_bytes(bench: Bench) -> Case:
    content = bytearray(good.pixel_csv().encode())
    for _ in range(bench.between(1, 5)):
        content.insert(bench.between(0, len(content)), 0)
    return _case(bench, bytes(content))


def million_columns(bench: Bench) -> Case:
    columns = bench.pick((1_000_000, 999_999))
    header = ",".join(["label", *(f"pixel{number}" for number in range(columns))])
    rows = bench.pick(("", "\n", "\n" + ",".join(["1"] * (columns + 1)) + "\n"))
    return _case(bench, header + rows)


def one_long_line(bench: Bench) -> Case:
    return _case(bench, bench.pick((b"1," * (9 << 20), b"a" * (17 << 20), b'"' + b"a" * (1 << 20), b"," * (1 << 20))))


def hardly_any(bench: Bench) -> Case:
    header = good.pixel_csv().partition("\n")[0]
    return _case(
        bench,
        bench.pick(
            (
                "",
                "\n",
                "\n\n\n",
                "label",
                header,
                header + "\n",
                header + "\n\n",
                ",",
                ",,,,,\n",
                "\ufeff",
                "label,pixel0\n1,2\n",
                "a,b,c,d\n1,2,3,4\n",
                "0,1,2,3\n",
                "\0\0\0",
            )
        ),
    )


def no_such_column(bench: Bench) -> Case:
    return _case(bench, good.pixel_csv(), "--label-column", bench.pick(("", "Label", "pixel3", "x" * 5000, "\x1b[31m")))


def odd_class_names(bench: Bench) -> Case:
    names = bench.pick(("", ",", "a,a,a", "a,b", "a,b,c,d", "x" * 10_000, "\x1b,\n,\t", "0,1,2"))
    return _case(bench, good.pixel_csv(), "--class-names", names)


def train_and_test(bench: Bench) -> Case:
    bench.write("data/train.csv", good.pixel_csv())
    bench.write("data/test.csv", bench.damaged(good.pixel_csv().encode()))
    return Case(INSPECT)


def four_csv(bench: Bench) -> Case:
    images, labels = good.digits()
    flat = images.reshape(len(images), -1)
    files = {
        "train_images": "\n".join(",".join(map(str, row)) for row in flat),
        "train_labels": "\n".join(map(str, labels)),
        "test_images": "\n".join(",".join(map(str, 255 - row)) for row in flat),
        "test_labels": "\n".join(map(str, labels)),
    }
    chosen = bench.pick(list(files))
    for name, text in files.items():
        content = text.encode()
        if name == chosen:
            content = bench.pick(
                (
                    bench.damaged(content),
                    b"",
                    content + b"\n1e30",
                    content + b"\n" + b"9" * 30,
                    content + b"\ninf",
                    content + b"\nnan\n",
                    content.replace(b"\n", b"\r"),
                )
            )
        if name != chosen or bench.chance(0.9):
            bench.write(f"data/{name}.csv", content)
    return Case(INSPECT)


def gzipped(bench: Bench) -> Case:
    bench.write("data.csv", gzip.compress(good.pixel_csv().encode()))
    return Case(inspect("data.csv"))


KINDS = (
    Kind("tables", "damaged", damaged, weight=10),
    Kind("tables", "one odd cell", one_odd_cell, weight=8),
    Kind("tables", "odd labels", odd_labels, weight=6),
    Kind("tables", "odd header", odd_header, weight=5),
    Kind("tables", "ragged", ragged, weight=2),
    Kind("tables", "odd lines", odd_lines, weight=4),
    Kind("tables", "other encodings", other_encodings, weight=2),
    Kind("tables", "NUL bytes", null_bytes),
    Kind("tables", "a million columns", million_columns, is_heavy=True),
    Kind("tables", "one long line", one_long_line, is_heavy=True),
    Kind("tables", "hardly anything", hardly_any, weight=2),
    Kind("tables", "no such column", no_such_column),
    Kind("tables", "odd class names", odd_class_names),
    Kind("tables", "train and test", train_and_test, weight=2),
    Kind("tables", "four files", four_csv, weight=6),
    Kind("tables", "gzipped, not called so", gzipped),
)
