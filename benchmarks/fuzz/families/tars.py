"""Tars, gzipped or not: links, devices, sparse files, sizes below zero, streams cut short, bombs."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable

from benchmarks.fuzz.case import Bench, Case, Kind, inspect
from benchmarks.fuzz.families.zips import _TRAVERSAL, photos

_SUFFIXES = (".tar", ".tar.gz", ".tgz")
_BLOCK = tarfile.BLOCKSIZE


def packed(
    members: list[tuple[str, bytes]],
    special: Callable[[tarfile.TarInfo], bytes | None] | None = None,
    kind: int = tarfile.PAX_FORMAT,
) -> bytes:
    """A tar of these members, and one more that `special` makes of an empty header."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=kind) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        if special is not None:
            info = tarfile.TarInfo("dog/special.png")
            content = special(info) or b""
            info.size = info.size or len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def _case(bench: Bench, content: bytes, found: int | None = None, suffix: str | None = None) -> Case:
    suffix = suffix or bench.pick(_SUFFIXES)
    bench.write(f"data{suffix}", content if suffix == ".tar" else gzip.compress(content, 1))
    return Case(inspect(f"data{suffix}"), found)


def damaged(bench: Bench) -> Case:
    return _case(bench, bench.damaged(packed(photos(bench), kind=bench.pick((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)))))


def damaged_gzip(bench: Bench) -> Case:
    bench.write("data.tar.gz", bench.damaged(gzip.compress(packed(photos(bench)), 1)))
    return Case(inspect("data.tar.gz"))


def damaged_header(bench: Bench) -> Case:
    """One header changed and its checksum made right again."""
    content = bytearray(packed(photos(bench), kind=tarfile.GNU_FORMAT))
    header = bytearray(content[:_BLOCK])
    at, value = bench.pick(
        (
            (124, bench.rng.bytes(12)),
            (156, bench.rng.bytes(1)),
            (257, bench.rng.bytes(8)),
            (124, b"-0000000010\0"),
            (124, b"\xff" * 12),
            (124, b"\x80" + b"\xff" * 11),
            (124, b"77777777777\0"),
            (100, bench.rng.bytes(24)),
            (0, b"\0" * 100),
        )
    )
    header[at : at + len(value)] = value
    header[148:156] = b" " * 8
    header[148:156] = f"{sum(header):06o}\0 ".encode()
    content[:_BLOCK] = header
    return _case(bench, bytes(content))


def special_member(bench: Bench) -> Case:
    def special(info: tarfile.TarInfo) -> None:
        info.type = bench.pick(
            (
                tarfile.SYMTYPE,
                tarfile.LNKTYPE,
                tarfile.CHRTYPE,
                tarfile.BLKTYPE,
                tarfile.FIFOTYPE,
                tarfile.CONTTYPE,
                b"Z",
            )
        )
        info.linkname = bench.pick(("/etc/passwd", "../../escaped", "cat/0.png", "dog/special.png"))

    return _case(bench, packed(photos(bench), special))


def traversal(bench: Bench) -> Case:
    return _case(bench, packed([*photos(bench), (bench.pick(_TRAVERSAL), b"x")]))


def sparse(bench: Bench) -> Case:
    """A file of terabytes that is all hole."""

    def special(info: tarfile.TarInfo) -> None:
        giant = str(bench.pick((1 << 40, -5, 1 << 70)))
        info.pax_headers = bench.pick(
            (
                {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": giant},
                {"GNU.sparse.map": f"0,{giant}", "GNU.sparse.size": giant},
                {"GNU.sparse.map": "x,y"},
            )
        )

    return _case(bench, packed(photos(bench), special))


def odd_pax_headers(bench: Bench) -> Case:
    def special(info: tarfile.TarInfo) -> bytes:
        key, value = bench.pick(
            (
                ("size", "-10"),
                ("size", "-1536"),
                ("size", "-2048"),
                ("size", "9" * 5000),
                ("size", "nan"),
                ("path", ""),
                ("path", "../escaped.png"),
                ("path", "/escaped.png"),
                ("path", "p" * 100_000),
                ("path", "d/" * 20_000),
                ("mtime", "inf"),
                ("uid", "1e9"),
                ("hdrcharset", "BINARY"),
                ("linkpath", "/etc/passwd"),
                ("path", "cat"),
                ("path", "\ud7ff.png"),
            )
        )
        info.pax_headers = {key: value}
        return b"not a picture"

    return _case(bench, packed(photos(bench), special))


def bomb(bench: Bench) -> Case:
    """A gigabyte of zeros in a gzip stream, as a picture or behind the last member."""
    content = packed(photos(bench))
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6) as sink:
        if bench.chance(0.5):
            info = tarfile.TarInfo("cat/bomb.png")
            info.size = 800 << 20
            sink.write(info.tobuf())
        else:
            sink.write(content)
        for _ in range(800):
            sink.write(b"\0" * (1 << 20))
    bench.write("data.tar.gz", file.getvalue())
    return Case(inspect("data.tar.gz"))


def renamed(bench: Bench) -> Case:
    """Gzipped and not called so, or the other way round; other packers' files."""
    content = packed(photos(bench))
    kind = bench.between(0, 3)
    if kind == 0:
        bench.write("data.tar", gzip.compress(content))
    elif kind == 1:
        bench.write("data.tgz", content)
    else:
        bench.write(
            "data.tar", bench.pick((b"", b"\x1f\x8b", b"BZh91AY&SY", b"\xfd7zXZ\0", b"PK\x03\x04", b"\0" * 10240))
        )
        return Case(inspect("data.tar"))
    return Case(inspect("data.tgz" if kind == 1 else "data.tar"), 4, is_sound=True)


def twice(bench: Bench) -> Case:
    members = photos(bench)
    return _case(bench, packed([*members, members[0]]), 4)


def shards(bench: Bench) -> Case:
    """Shards of WebDataset in a folder, of which one is damaged."""
    samples = [each for name, content in photos(bench) for each in ((name, content), (f"{name[:-4]}.cls", b"1"))]
    whole = packed(samples, kind=tarfile.GNU_FORMAT)
    for number, content in enumerate(bench.pick(((whole, bench.damaged(whole)), (bench.damaged(whole), whole)))):
        bench.write(f"data/train-{number}.tar", content)
    return Case(inspect("data"))


KINDS = (
    Kind("tars", "damaged", damaged, weight=12),
    Kind("tars", "damaged gzip", damaged_gzip, weight=5),
    Kind("tars", "damaged header", damaged_header, weight=6),
    Kind("tars", "links and devices", special_member, weight=3),
    Kind("tars", "leading outside", traversal, weight=2),
    Kind("tars", "sparse", sparse, weight=2),
    Kind("tars", "odd extended headers", odd_pax_headers, weight=5),
    Kind("tars", "bomb", bomb, is_heavy=True),
    Kind("tars", "renamed", renamed, weight=2),
    Kind("tars", "a name twice", twice),
    Kind("tars", "shards", shards, weight=3),
)
