"""Name the archives beside other files, which are not looked into, and files of arrays that are packed with gzip."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import ARCHIVE_SUFFIXES, Location, suffix_of
from onelook.wording import agree, counted, listed

_MOST_NAMED = 3
_OTHER_SUFFIXES = (".7z", ".rar", ".bz2", ".xz", ".zst")
# Readers of these go to and fro in a file, or map it, which gzip does not allow.
_NEVER_GZIPPED = (
    *(".h5.gz", ".hdf5.gz", ".hdf.gz", ".npy.gz", ".npz.gz", ".mat.gz", ".parquet.gz", ".arrow.gz"),
    *(".tfrecord.gz", ".tfrecords.gz", ".tfrec.gz"),
)
_PIECE = re.compile(r"\.(?:z\d\d|(?:zip|7z|rar|tar|tar\.gz)\.\d{2,3})$", re.I)  # one piece of a large archive
# What lies beside the one archive that holds all data, and is never data itself.
_DOCUMENT = re.compile(
    r"(?:readme|licen[cs]e|copying|citation|notice)(?![a-z])[^/]*|[^/]*\.(?:md|rst|html?|pdf|docx?)", re.I
)


def archives_among(names: Sequence[str]) -> list[str]:
    """Return the names that are those of archives, and of pieces of archives.

    Example:
        >>> archives_among(["a.zip", "b.csv", "c.TAR.gz", "d.z01", "e.zip.001", "f.rar"])
        ['a.zip', 'c.TAR.gz', 'd.z01', 'e.zip.001', 'f.rar']
    """
    return [
        name for name in names if name.lower().endswith((*ARCHIVE_SUFFIXES, *_OTHER_SUFFIXES)) or _PIECE.search(name)
    ]


def note_on_archives(names: Sequence[str]) -> str:
    """Return a sentence on the archives among names, which begins with a blank; empty if there are none."""
    found = archives_among(names)
    if not found:
        return ""
    are, was = agree(len(found), "is an archive", "are archives"), agree(len(found), "was", "were")
    them, they = agree(len(found), "it", "them"), agree(len(found), "it holds", "they hold")
    return (
        f" {listed(found, most=_MOST_NAMED)} {are} beside other files, and {was} not looked into: unpack {them} here "
        f"if {they} pictures of this data."
    )


def why_packed(location: Location) -> str:
    """Return why data of archives and packed files does not open, and what to do; empty without any."""
    gzipped = [name for name in location.entries() if name.lower().endswith(_NEVER_GZIPPED)]
    if gzipped:
        are, them = agree(len(gzipped), "is", "are"), agree(len(gzipped), "it", "them")
        return (
            f"{listed(gzipped, most=_MOST_NAMED)} {are} packed with gzip, in which onelook reads texts and IDX files "
            f"alone. Unpack {them} (gunzip), and give the data again."
        )
    found = archives_among(location.entries())
    if not found:
        return ""
    if others := sorted({suffix for name in found if (suffix := suffix_of(name)) in _OTHER_SUFFIXES}):
        verb, them = agree(len(others), "is", "are"), agree(len(others), "it", "them")
        return f"{listed(others)} {verb} not unpacked. Unpack {them}, and give the folder."
    shown = listed(found, most=_MOST_NAMED)
    inside = [f"{name} holds {counted(count, 'picture')}" for name in found if (count := _pictures_in(location, name))]
    holds = f" ({listed(inside, most=_MOST_NAMED)})" if inside else ""
    apart = ", each in a folder of its own name" if len(found) > 1 else ""
    what = f"archives in it are not looked into{holds}"
    if any(map(_PIECE.search, found)):
        return f"{what}. {shown} are pieces of one archive: join and unpack them with the program that made them."
    if location.suffix:  # itself an archive
        return f"{what}. Unpack it, then {shown} in the folder that this makes{apart}, and give that folder."
    alone = " A single one of them opens by its own path." if all(name.endswith(".tar") for name in found[:2]) else ""
    return f"{what}. Unpack {shown} here{apart}, and give this folder again.{alone if len(found) > 1 else ''}"


def lone_archive(names: Sequence[str]) -> str | None:
    """Return the one archive if all other names are those of documents, such as a README; else None.

    Example:
        >>> lone_archive(["photos.zip", "README.md", "LICENSE"]), lone_archive(["photos.zip", "labels.csv"])
        ('photos.zip', None)
    """
    found = [name for name in names if name.lower().endswith(ARCHIVE_SUFFIXES)]
    others = [name for name in names if name not in found]
    return found[0] if len(found) == 1 and all(map(_DOCUMENT.fullmatch, others)) else None


def _pictures_in(location: Location, name: str) -> int:
    """Return how many pictures a zip in a folder holds, by its directory; 0 for other archives and damaged ones."""
    path = location.path(name)
    if path is None or suffix_of(name) != ".zip":
        return 0
    try:
        with zipfile.ZipFile(Path(path)) as archive:
            return sum(suffix_of(each) in PICTURE_SUFFIXES for each in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return 0
