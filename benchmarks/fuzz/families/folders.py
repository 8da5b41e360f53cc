"""Folders as file systems allow them: names of all kinds, links in circles, pipes, depths."""

from __future__ import annotations

import os

from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect

_NAMES = (
    "new\nline",
    "tab\tin it",
    "\x1b[31mred",
    "\u202egnp.exe",
    "ünïcödé",
    "e\u0301",
    "\u00e9",
    "日本語",
    "٣",
    "²",
    "😀",
    "a" * 240,
    "1" * 200,
    "'quoted'",
    '"double"',
    "a,b",
    "a;b",
    "[bold]x[/]",
    "{{7*7}}",
    "<b>x</b>",
    "$(touch canary)",
    "-rf",
    "--help",
    " ",
    "con",
    "a\\b",
    "%s%n",
    "x\u0000".rstrip("\u0000"),
    "\u200b",
    "NaN",
    "null",
    "1e400",
    "007",
)
_BAD_BYTES = b"\xff\xfe\x80"  # no UTF-8


def odd_class_names(bench: Bench) -> Case:
    found = bench.photos()
    _, content = bench.picture(".png")
    bench.write(f"data/{bench.pick(_NAMES)}/1.png", content)
    return Case(INSPECT, found + 1, is_sound=True)


def odd_file_names(bench: Bench) -> Case:
    found = bench.photos()
    bench.write(f"data/cat/{bench.pick(_NAMES)}.png", bench.damaged(bench.picture(".png")[1]))
    return Case(INSPECT, found + 1, is_sound=True)


def names_that_are_no_text(bench: Bench) -> Case:
    found = bench.photos()
    where = os.fsencode(bench.folder / "data")
    folder = os.path.join(where, _BAD_BYTES if bench.chance(0.5) else b"cat")  # noqa: PTH118 - bytes
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    with open(os.path.join(folder, _BAD_BYTES + b".png"), "wb") as file:  # noqa: PTH118, PTH123
        file.write(bench.picture(".png")[1])
    words = ("predict", "../model", "data", "--out", "out.csv", "--json") if bench.chance(0.3) else INSPECT
    return Case(words, found + 1, is_sound=True)


def links_in_circles(bench: Bench) -> Case:
    bench.photos()
    (bench.folder / "data" / "cat" / "up").symlink_to("..")
    (bench.folder / "data" / "loop").symlink_to("loop")
    (bench.folder / "data" / "dog" / "self.png").symlink_to("self.png")
    return Case(INSPECT)


def links_to_each_other(bench: Bench) -> Case:
    """Every folder holds links to all others: the paths through them are a factorial."""
    count = 12
    for number in range(count):
        bench.write(f"data/{number}/{number}.png", bench.picture(".png")[1])
    for number in range(count):
        for other in range(count):
            if other != number:
                (bench.folder / "data" / str(number) / f"to{other}").symlink_to(f"../{other}")
    return Case(INSPECT)


def links_outside(bench: Bench) -> Case:
    """A picture that is a link to something that is none."""
    found = bench.photos()
    for number, target in enumerate(("/etc/passwd", "/dev/zero", "/dev/null", "/proc/self/mem", "/nowhere", "/")):
        if target != "/":
            (bench.folder / "data" / "dog" / f"link{number}.png").symlink_to(target)
    return Case(INSPECT, found + 5)


def pipes(bench: Bench) -> Case:
    """A pipe, and a link to one: whoever opens it waits for ever."""
    found = bench.photos()
    os.mkfifo(bench.folder / "pipe")
    os.mkfifo(bench.folder / "data" / "cat" / "pipe.png")
    (bench.folder / "data" / "cat" / "linked.png").symlink_to("../../pipe")
    if bench.chance(0.3):
        return Case(inspect("pipe"))
    return Case(INSPECT, found + 1)


def tables_that_are_devices(bench: Bench) -> Case:
    name = bench.pick(
        ("train.csv", "train_images.csv", "train-images-idx3-ubyte", "data_batch_1", "x.npz", "t.parquet")
    )
    (bench.folder / "data").mkdir()
    (bench.folder / "data" / name).symlink_to(bench.pick(("/dev/zero", "/dev/random")))
    for beside in ("train_labels.csv", "train-labels-idx1-ubyte", "batches.meta"):
        bench.write(f"data/{beside}", "1\n")
    return Case(INSPECT)


def deep(bench: Bench) -> Case:
    depth = bench.pick((50, 900, 1_900))
    folder = bench.folder / "data"
    folder.mkdir()
    bench.photos("data")
    fd = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=fd)
        below = os.open("d", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    with os.fdopen(os.open("1.png", os.O_WRONLY | os.O_CREAT, dir_fd=fd), "wb") as file:
        file.write(bench.picture(".png")[1])
    os.close(fd)
    return Case(INSPECT)


def nothing_there(bench: Bench) -> Case:
    (bench.folder / "data").mkdir()
    for name in bench.pick(
        ((), (".DS_Store",), ("notes.txt",), ("a/b/c/notes.md",), ("cat/.png",), (".hidden/1.png",))
    ):
        bench.write(f"data/{name}", b"x")
    return Case(INSPECT)


def odd_paths(bench: Bench) -> Case:
    bench.photos()
    path = bench.pick(
        ("~nobody-of-this-name/x", "data/" * 900, "data\n", "x" * 300, "./" + "y" * 5000, "data/cat/0.png/x")
    )
    return Case(("inspect", path, "--json"))


def parts_half_there(bench: Bench) -> Case:
    found = bench.photos("data/train")
    kind = bench.between(0, 3)
    if kind == 0:
        bench.write("data/test/cat/1.png", b"broken")
        return Case(INSPECT)  # none of a part can be read
    bench.write(
        f"data/{bench.pick(('test', 'val', 'Test', 'valid'))}/{'?' if kind == 1 else 'cat'}/1.png",
        bench.picture(".png")[1],
    )
    return Case(INSPECT, found + 1)


def labelled_names(bench: Bench) -> Case:
    for number in range(4):
        _, content = bench.picture(".png")
        name = f"{('cat', 'dog')[number % 2]}.{number}.png"
        bench.write(f"data/{name}", bench.damaged(content) if number == 3 else content)
    bench.write(f"data/{bench.pick(('cat..png', 'cat.9.9.png', 'cat.x.PNG'))}", bench.picture(".png")[1])
    return Case(INSPECT, 5)


KINDS = (
    Kind("folders", "odd class names", odd_class_names, weight=4),
    Kind("folders", "odd file names", odd_file_names, weight=4),
    Kind("folders", "names that are no text", names_that_are_no_text),
    Kind("folders", "links in circles", links_in_circles),
    Kind("folders", "links to each other", links_to_each_other),
    Kind("folders", "links outside", links_outside),
    Kind("folders", "pipes", pipes),
    Kind("folders", "tables that are devices", tables_that_are_devices, weight=2),
    Kind("folders", "deep", deep),
    Kind("folders", "nothing there", nothing_there),
    Kind("folders", "odd paths", odd_paths, weight=2),
    Kind("folders", "parts half there", parts_half_there, weight=2),
    Kind("folders", "labels in names", labelled_names, weight=2),
)
