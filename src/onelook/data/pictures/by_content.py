"""Recognise pictures by the suffix of a file, or by its first bytes if the suffix is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, compress
from typing import BinaryIO, Protocol

import numpy as np

from onelook import runtime
from onelook.data.storage.location import suffix_of

_READABLE = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".gif", ".bmp", ".dib", ".webp", ".avif"),
    *(".tif", ".tiff", ".jp2", ".j2k", ".jpx", ".jpf", ".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".ico"),
    *(".ras", ".sun", ".pcx", ".sgi", ".xbm", ".xpm", ".qoi"),
)
# Pillow does not read HEIC and DICOM by itself. Such files always count as pictures: if the package that reads them is
# not installed, they are listed as unreadable, and do not silently disappear from the count.
PICTURE_SUFFIXES = frozenset((*_READABLE, ".heic", ".heif", ".dcm", ".dicom"))
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
DICOM_PREAMBLE, DICOM_MARK = 128, b"DICM"  # PS3.10, section 7.1: 128 bytes of any content, then the mark

_START_BYTES = DICOM_PREAMBLE + len(DICOM_MARK)
_SAMPLE = 4  # files opened for each unknown suffix; if none is a picture, the others are not opened
_RESERVED_OF_PCX = 64

# The first bytes of each format that has fixed ones. TGA and ICO have none that are reliable.
_SIGNATURES = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    *(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    *(b"\x59\xa6\x6a\x95", b"/* XPM */", b"qoif\0\0"),  # the first is Sun's raster; widths have two zeros in QOI
)
_BITMAP_HEADERS = tuple(bytes((size, 0, 0, 0)) for size in (12, 40, 52, 56, 64, 108, 124))  # bytes 14 to 17
_NETPBM = tuple(b"P%d" % kind for kind in range(1, 7))

# Suffixes of files that are not pictures, or must not be read as pictures, whatever their first bytes are: tables,
# texts, programs, arrays, weights, films; raw files of cameras, which begin with a small preview; and backups.
_NEVER = frozenset(
    (
        *(".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xml", ".yaml", ".yml", ".toml", ".ini", ".cfg"),
        *(".md", ".rst", ".html", ".htm", ".log", ".info", ".names", ".lst", ".list", ".parquet", ".feather", ".arrow"),
        *(".xls", ".xlsx", ".ods", ".doc", ".docx", ".pdf", ".ps", ".eps", ".svg", ".psd", ".ai"),
        *(".py", ".ipynb", ".sh", ".bat", ".js", ".css", ".c", ".cpp", ".h", ".m", ".r", ".java"),
        *(".mat", ".npy", ".npz", ".h5", ".hdf5", ".pkl", ".pickle", ".pt", ".pth", ".onnx", ".safetensors"),
        *(".tfrecord", ".record", ".lmdb", ".db", ".sqlite", ".bin", ".dat", ".idx"),
        *(".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst"),
        *(".mp4", ".avi", ".mov", ".mkv", ".webm", ".mp3", ".wav", ".nii", ".nrrd", ".mhd", ".raw"),
        *(".nef", ".cr2", ".cr3", ".arw", ".dng", ".orf", ".rw2", ".pef", ".sr2", ".raf"),
        *(".bak", ".bad", ".old", ".orig", ".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".swp"),
    )
)
_NO_PICTURE_NAMES = frozenset({"dicomdir"})  # the index of a DICOM medium, which begins like a DICOM picture


class _Opens(Protocol):
    def entries(self) -> Sequence[str]: ...

    def open(self, name: str) -> BinaryIO: ...


def picture_names(location: _Opens) -> list[str]:
    """Return the files that are pictures, in their order: by a known suffix, or else by their first bytes.

    Files with a known suffix of another kind are not opened. For an unknown suffix a few files are opened, and all of
    them if one of these is a picture.
    """
    names = location.entries()
    suffixes = list(map(suffix_of, names))
    kinds = set(suffixes)
    if kinds <= PICTURE_SUFFIXES:
        return list(names)
    open_questions = kinds - PICTURE_SUFFIXES - _NEVER
    unknown: dict[str, list[str]] = {}
    if open_questions:
        for name, suffix in zip(names, suffixes, strict=True):
            if suffix in open_questions:
                unknown.setdefault(suffix, []).append(name)
    found = _pictures_among(location, chain.from_iterable(map(_some, unknown.values())))
    showing = {suffix_of(name) for name in found}
    rest = (name for suffix in showing for name in unknown[suffix] if len(unknown[suffix]) > _SAMPLE)
    found |= _pictures_among(location, rest)
    return [
        name
        for name, suffix in zip(names, suffixes, strict=True)
        if suffix in PICTURE_SUFFIXES or (found and name in found)
    ]


def _some(names: Sequence[str]) -> Sequence[str]:
    return [names[at] for at in np.linspace(0, len(names) - 1, min(_SAMPLE, len(names)), dtype=np.int64)]


def is_picture(start: bytes) -> bool:
    """Return whether a file that begins with these bytes is a picture; 132 bytes are enough.

    Example:
        >>> is_picture(b"GIF89a..."), is_picture(b"P5 32 32 255\\n"), is_picture(b"BM25 is a ranking function")
        (True, True, False)
    """
    if start.startswith(_SIGNATURES) or start[DICOM_PREAMBLE:].startswith(DICOM_MARK) or _is_sgi_or_pcx(start):
        return True
    if start.startswith(_NETPBM):
        rest = start[2:].lstrip(b" \t\r\n")
        return len(rest) < len(start) - 2 and rest[:1] in (*(b"%d" % digit for digit in range(10)), b"#")
    if start[:4] == b"RIFF":
        return start[8:12] == b"WEBP"
    if start[4:8] == b"ftyp":
        return start[8:12] in (*AVIF_BRANDS, *HEIF_BRANDS)
    # Two letters are not enough: in a bitmap, the reserved bytes 6 to 9 are zero.
    return start[:2] == b"BM" and start[6:10] == bytes(4) and start[14:18] in _BITMAP_HEADERS


def _is_sgi_or_pcx(start: bytes) -> bool:
    """Return whether bytes begin one of two older formats, of which few bytes are the same in all files."""
    if len(start) <= _RESERVED_OF_PCX:
        return False
    if start.startswith(b"\x01\xda"):  # SGI: packed or not, bytes of a value, and one to three dimensions
        return start[2] < 2 and start[3] in (1, 2) and start[4] == 0 and start[5] in (1, 2, 3)
    # PCX: a version, packed, and bits of a value; the reserved byte is zero.
    return (
        start[0] == 0x0A and start[2] == 1 and start[1] < 6 and start[3] in (1, 2, 4, 8) and not start[_RESERVED_OF_PCX]
    )


def _pictures_among(location: _Opens, names: Iterable[str]) -> set[str]:
    asked = list(names)
    if not asked:
        return set()
    with ThreadPoolExecutor(runtime.available_cores()) as threads:
        told = threads.map(lambda name: _is_picture(location, name), asked)
        return set(compress(asked, told))


def _is_picture(location: _Opens, name: str) -> bool:
    if name.rpartition("/")[2].lower() in _NO_PICTURE_NAMES:
        return False
    try:
        with location.open(name) as file:
            return is_picture(file.read(_START_BYTES))
    # A file that cannot be opened or unpacked is not recognised.
    except Exception:
        return False
