"""Zips: damaged, lying, leading outside, swelling, one inside another."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Iterable

from benchmarks.fuzz.case import Bench, Case, Kind, inspect

_TRAVERSAL = (
    "../escaped.png",
    "../../../../escaped.png",
    "/tmp/escaped-absolute.png",
    "C:\\escaped.png",
    "..\\escaped.png",
    "cat/../../escaped.png",
    "//server/share/escaped.png",
    "cat/..",
    "~/escaped.png",
    "./../escaped.png",
    "file:///x.png",
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_CENTRAL, _LOCAL, _END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"


def packed(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members, in order; a name may stand there twice."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that stand there twice
        for name, content in members:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it is: the constructor cuts at a NUL
            info.compress_type = method
            archive.writestr(info, content)
    return file.getvalue()


def photos(bench: Bench) -> list[tuple[str, bytes]]:
    """Four good pictures in two class folders."""
    kinds = [bench.picture() for _ in range(4)]
    return [(f"{('cat', 'dog')[at % 2]}/{at}{suffix}", content) for at, (suffix, content) in enumerate(kinds)]


def _case(bench: Bench, content: bytes, found: int | None = None, *, is_sound: bool = False) -> Case:
    bench.write("data.zip", content)
    return Case(inspect("data.zip"), found, is_sound)


def damaged(bench: Bench) -> Case:
    return _case(bench, bench.damaged(packed(photos(bench), bench.pick(_METHODS))))


def bad_directory(bench: Bench) -> Case:
    """Damage in the central directory alone, where names, sizes and offsets stand."""
    content = packed(photos(bench), bench.pick(_METHODS))
    start = content.index(_CENTRAL)
    return _case(bench, content[:start] + bench.damaged(content[start:]))


def wrong_checksum(bench: Bench) -> Case:
    content = bytearray(packed(photos(bench), bench.pick(_METHODS)))
    at = content.index(_CENTRAL)
    content[at + 16 : at + 20] = bench.rng.bytes(4)
    return _case(bench, bytes(content), 4)


def lying_sizes(bench: Bench) -> Case:
    """The directory says that a member unpacks to something else, or is packed in something else."""
    content = bytearray(packed(photos(bench), bench.pick(_METHODS)))
    at = content.index(_CENTRAL)
    field = bench.pick((20, 24))
    content[at + field : at + field + 4] = struct.pack("<I", bench.pick((0, 1, 100, 1 << 29, 0x7FFFFFFF, 0xFFFFFFFE)))
    return _case(bench, bytes(content), 4)


def wrong_method(bench: Bench) -> Case:
    content = bytearray(packed(photos(bench), bench.pick(_METHODS)))
    local, central = content.index(_LOCAL), content.index(_CENTRAL)
    method = struct.pack("<H", bench.pick((0, 8, 9, 12, 14, 93, 97, 98, 99, 65_535)))
    content[local + 8 : local + 10] = content[central + 10 : central + 12] = method
    return _case(bench, bytes(content), 4)


def damaged_member(bench: Bench) -> Case:
    """Damage in the packed bytes of the first member: the archive is sound, one picture is not."""
    content = bytearray(packed(photos(bench), bench.pick(_METHODS)))
    start = content.index(_LOCAL) + 30 + len("cat/0.png")
    for _ in range(bench.between(1, 6)):
        content[start + bench.between(0, 40)] ^= 1 << bench.between(0, 7)
    return _case(bench, bytes(content), 4)


def traversal(bench: Bench) -> Case:
    members = [*photos(bench), (bench.pick(_TRAVERSAL), bench.picture(".png")[1])]
    return _case(bench, packed(members))


def encrypted(bench: Bench) -> Case:
    content = bytearray(packed(photos(bench)))
    at = content.index(_CENTRAL)
    content[at + 8] |= 1
    return _case(bench, bytes(content))


def twice(bench: Bench) -> Case:
    members = photos(bench)
    return _case(bench, packed([*members, (members[0][0], bench.picture(".png")[1])]), 4, is_sound=True)


def long_names(bench: Bench) -> Case:
    name = bench.pick(
        ("n" * 10_000, "d/" * 5_000, "9" * 10_000, "." * 10_000, "ü" * 5_000, "a b" * 3_000, "cat/" * 1_000)
    )
    return _case(bench, packed([*photos(bench), (f"{name}x.png", bench.picture(".png")[1])]))


def many_deep_names(bench: Bench) -> Case:
    """A small archive whose folders, written out, fill a memory."""
    members = [(f"{number}/" + "d/" * 15_000 + "x.png", b"") for number in range(60)]
    return _case(bench, packed([*photos(bench), *members]))


def many_members(bench: Bench) -> Case:
    """Tens of thousands of empty folders and files."""
    count = 20_000
    members = [(f"empty{number}/", b"") for number in range(count)]
    members += [(f"full{number}/x.txt", b"") for number in range(count)]
    return _case(bench, packed([*photos(bench), *members], zipfile.ZIP_STORED))


def odd_names(bench: Bench) -> Case:
    name = bench.pick(
        (
            "cat\0/x.png",
            "\0",
            "",
            "cat/",
            "cat//x.png",
            "./cat/x.png",
            "\u202egnp.x.png",
            "\x1b[31m.png",
            "ｃａｔ/x.png",
            "cat/x.png\n",
            "cat\\x.png",
            "CAT/0.PNG",
            "cat",
            "cat/ .png",
            "..png",
            "cat/\ud7ff.png",
            "con.png",
            "٣/٣.png",
        )
    )
    return _case(bench, packed([*photos(bench), (name, bench.picture(".png")[1])]))


def no_text_names(bench: Bench) -> Case:
    """A name that says it is UTF-8 and is not, or one in an old code page."""
    content = packed([*photos(bench), ("cat/xxxx.png", bench.picture(".png")[1])])
    changed = bytearray(content.replace(b"xxxx", b"\xff\xfe\x80\xc0"))
    if bench.chance(0.5):
        at = changed.rindex(_CENTRAL)
        changed[at + 9] |= 0x08
    return _case(bench, bytes(changed))


def symlinks(bench: Bench) -> Case:
    file = io.BytesIO(packed(photos(bench)))
    with zipfile.ZipFile(file, "a") as archive:
        info = zipfile.ZipInfo("dog/link.png")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, bench.pick(("/etc/passwd", "../../x", "0.png")))
    return _case(bench, file.getvalue(), 5)


def bomb(bench: Bench) -> Case:
    """Zeros by the hundred megabytes, under the name of a picture or of a table."""
    name = bench.pick(("cat/bomb.png", "train.csv", "train-images-idx3-ubyte", "x_train.npy", "train.parquet"))
    file = io.BytesIO(packed([] if "/" not in name else photos(bench)))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as sink:
        for _ in range(bench.pick((100, 1_000, 2_500))):
            sink.write(b"0," * (1 << 19) if name.endswith("csv") else b"\0" * (1 << 20))
    if name.startswith("train-"):
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("train-labels-idx1-ubyte", bytes([0, 0, 8, 1, 0, 0, 0, 1, 1]))
    return _case(bench, file.getvalue())


def overlapping_bomb(bench: Bench) -> Case:
    """Many directory entries for the same packed bytes."""
    content = packed([("cat/0.png", b"\0" * (30 << 20)), *photos(bench)[1:]])
    start, end = content.index(_CENTRAL), content.index(_END)
    size = 46 + len("cat/0.png")
    entry, rest = content[start : start + size], content[start + size : end]
    entries = [entry.replace(b"cat/0", f"cat/{number:c}".encode()) for number in range(ord("A"), ord("Z"))] * 40
    directory = b"".join(entries) + rest
    count = len(entries) + 3
    end_record = _END + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), start, 0)
    return _case(bench, content[:start] + directory + end_record)


def nested(bench: Bench) -> Case:
    content = packed(photos(bench))
    for _ in range(bench.between(1, 30)):
        content = packed([("inner.zip", content)])
    if bench.chance(0.3):
        content = packed([*photos(bench), ("inner.zip", content)])
    return _case(bench, content)


def in_a_folder(bench: Bench) -> Case:
    bench.write("data/only.zip", bench.damaged(packed(photos(bench))) if bench.chance(0.5) else packed(photos(bench)))
    return Case(("inspect", "data", "--json"))


def not_a_zip(bench: Bench) -> Case:
    return _case(
        bench, bench.pick((b"", b"PK", _END + b"\0" * 18, b"Rar!\x1a\x07\0", b"7z\xbc\xaf\x27\x1c", b"<html>"))
    )


def comment(bench: Bench) -> Case:
    """A comment that looks like another end of the archive."""
    file = io.BytesIO(packed(photos(bench)))
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = bench.pick((_END + bytes(18), b"x" * 65_535, _END * 100))
    return _case(bench, file.getvalue())


def of_damaged_pictures(bench: Bench) -> Case:
    members = [(name, bench.damaged(content) if at else content) for at, (name, content) in enumerate(photos(bench))]
    return _case(bench, packed(members, bench.pick(_METHODS)), 4)


KINDS = (
    Kind("zips", "damaged", damaged, weight=10),
    Kind("zips", "damaged directory", bad_directory, weight=10),
    Kind("zips", "wrong checksum", wrong_checksum, weight=2),
    Kind("zips", "lying sizes", lying_sizes, weight=4),
    Kind("zips", "wrong method", wrong_method, weight=3),
    Kind("zips", "damaged member", damaged_member, weight=4),
    Kind("zips", "leading outside", traversal, weight=3),
    Kind("zips", "encrypted", encrypted),
    Kind("zips", "a name twice", twice),
    Kind("zips", "long names", long_names, weight=2),
    Kind("zips", "many deep names", many_deep_names, is_heavy=True),
    Kind("zips", "many members", many_members, is_heavy=True),
    Kind("zips", "odd names", odd_names, weight=4),
    Kind("zips", "names that are no text", no_text_names),
    Kind("zips", "links", symlinks),
    Kind("zips", "bomb", bomb, weight=2, is_heavy=True),
    Kind("zips", "overlapping bomb", overlapping_bomb, is_heavy=True),
    Kind("zips", "one in another", nested),
    Kind("zips", "in a folder", in_a_folder),
    Kind("zips", "not a zip", not_a_zip),
    Kind("zips", "comments", comment),
    Kind("zips", "of damaged pictures", of_damaged_pictures, weight=3),
)
