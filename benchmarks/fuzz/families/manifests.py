"""Tables that list pictures: paths that lead outside, nothing there, wrong cells."""

from __future__ import annotations

from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect

_PATHS = (
    "../outside.png",
    "/etc/passwd",
    "~/x.png",
    "~nobody-here/x.png",
    "C:\\x.png",
    "\\\\server\\x.png",
    "file:///etc/passwd",
    "http://example.com/x.png",
    "images/../images/0.png",
    "images//0.png",
    "./images/0.png",
    "images/0.png/",
    "images",
    ".",
    "..",
    "",
    " ",
    "\0",
    "images/0.png\0",
    "n" * 10_000 + ".png",
    "images/missing.png",
    "x/" * 3_000 + "0.png",
    "$(touch canary).png",
    "\x1b[31m.png",
    "\u202e0.png",
    "IMAGES/0.PNG",
    "images\\0.png",
    "images/loop.png",
    '"',
    "9" * 5_000,
    "=cmd|' /C calc'!A0",
)
_LABELS = (
    "",
    "cat",
    "dog",
    "nan",
    "1e400",
    "9" * 5_000,
    "1e30",
    "\x1b[31m",
    "\0",
    "x" * 100_000,
    "x" * 200_000,
    "-1",
    "٣",
    "²",
)


def _rows(bench: Bench) -> list[list[str]]:
    for number in range(6):
        bench.write(f"data/images/{number}.png", bench.picture(".png")[1])
    (bench.folder / "data" / "images" / "loop.png").symlink_to("loop.png")
    return [[f"images/{number}.png", ("cat", "dog")[number % 2]] for number in range(6)]


def _table(bench: Bench, rows: list[list[str]], header: str = "path,label", name: str | None = None) -> Case:
    text = "\n".join([header, *(",".join(row) for row in rows)]) + "\n"
    bench.write("data/table.csv", text)
    return Case(bench.pick((INSPECT, inspect("data/table.csv"))))


def odd_paths(bench: Bench) -> Case:
    rows = _rows(bench)
    for _ in range(bench.pick((1, 1, 2, 6))):
        rows[bench.between(0, 5)][0] = bench.pick(_PATHS)
    return _table(bench, rows)


def odd_labels(bench: Bench) -> Case:
    rows = _rows(bench)
    for _ in range(bench.pick((1, 2, 6))):
        rows[bench.between(0, 5)][1] = bench.pick(_LABELS)
    return _table(bench, rows)


def damaged(bench: Bench) -> Case:
    text = "\n".join(["path,label,split,group", *(f"{path},{label},train,g{label}" for path, label in _rows(bench))])
    bench.write("data/table.csv", bench.damaged(text.encode()))
    return Case(bench.pick((INSPECT, inspect("data/table.csv"))))


def odd_header(bench: Bench) -> Case:
    return _table(
        bench,
        _rows(bench),
        bench.pick(
            (
                "",
                "path",
                "path,path",
                ",",
                "path,label,extra",
                '"path,label',
                "label,path",
                "x" * 200_000 + ",label",
                "\0,\0",
                "path\tlabel",
                "p\rq,label",
                "a,b",
            )
        ),
    )


def odd_parts(bench: Bench) -> Case:
    rows = [
        [*row, bench.pick(("train", "train", "test", "", "nonsense", "TEST", "\x1b[31m", "val"))]
        for row in _rows(bench)
    ]
    return _table(bench, rows, f"path,label,{bench.pick(('split', 'set', 'group', 'subset'))}")


def said_twice(bench: Bench) -> Case:
    rows = _rows(bench)
    return _table(bench, [*rows, [rows[0][0], bench.pick(("cat", "dog", ""))], *([rows[1]] * bench.between(0, 3))])


def damaged_pictures(bench: Bench) -> Case:
    rows = _rows(bench)
    suffix, content = bench.picture()
    bench.write(f"data/images/bad{suffix}", bench.damaged(content))
    text = "\n".join(
        ["path,label", *(",".join(row) for row in [*rows, [f"images/bad{suffix}", "cat"], ["gone.png", "dog"]])]
    )
    bench.write("data/table.csv", text)
    return Case(INSPECT, 8)


def others_pretend(bench: Bench) -> Case:
    """A table of something else beside pictures: predictions, submissions, results."""
    _rows(bench)
    bench.write(
        "data/" + bench.pick(("predictions.csv", "sample_submission.csv", "results.csv", "notes.tsv", "t.parquet")),
        bench.pick(
            (
                b"id,label,confidence\nimages/0.png,cat,0.9\n",
                b"id,label\n1,0\n",
                b"\0\0",
                b"\xff\xfe",
                b'"' + b"a" * 200_000,
                good.parquet()[:100],
                b"a\rb,c\n",
            )
        ),
    )
    return Case(INSPECT, 7 if bench.chance(0) else None)


KINDS = (
    Kind("manifests", "odd paths", odd_paths, weight=8),
    Kind("manifests", "odd labels", odd_labels, weight=5),
    Kind("manifests", "damaged", damaged, weight=8),
    Kind("manifests", "odd header", odd_header, weight=3),
    Kind("manifests", "odd parts", odd_parts, weight=3),
    Kind("manifests", "said twice", said_twice, weight=2),
    Kind("manifests", "of damaged pictures", damaged_pictures, weight=3),
    Kind("manifests", "other tables beside pictures", others_pretend, weight=3),
)
