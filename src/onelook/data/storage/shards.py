"""Read WebDataset's shards, tar files that lie together in a folder, as one data set."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from onelook.data.storage.folder import FolderStorage
from onelook.data.storage.tar import DAMAGED, TarStorage

_TAR = ".tar"
# `train-000000.tar`, `00000.tar`, `birds_val.tar`
_NAME = re.compile(
    r"(?:.*[^0-9])?\d{1,8}\.tar|(?:.*/)?(?:[^/]*[-_.])?(?:train|training|val|valid|validation|test)\.tar", re.I | re.S
)
_FEWEST_SHARDS = 2
MOST_SHARDS = 256  # each is an open file, of which a process may have 1,024 on Linux, and 256 on macOS by default
_LOOKED_AT_SHARDS = 3
_LOOKED_AT_MEMBERS = 20
# The ends of the files of one sample. A `1.cls` beside `1.jpg` holds its label; JSON and text may.
_PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "ppm", "bmp", "tif", "tiff", "gif"})
_LABELS = frozenset({"cls", "json", "txt"})


def tars_like_shards(files: Sequence[str]) -> list[str]:
    """Return the tar files whose names end with a number or a part, if there are several.

    Example:
        >>> tars_like_shards(["train-000000.tar", "train-000001.tar", "classes.txt", "photos.tar"])
        ['train-000000.tar', 'train-000001.tar']
    """
    found = [name for name in files if name.endswith(_TAR) and _NAME.fullmatch(name)]
    return found if len(found) >= _FEWEST_SHARDS else []


def shards_among(root: Path, files: Sequence[str]) -> list[str]:
    """Return the shards of WebDataset among the files of a folder; empty if there are none, or pictures beside them.

    Args:
        root: the folder.
        files: the names of all files in it that are not hidden.
    """
    found = sorted(tars_like_shards(files))
    if not found or len(found) > MOST_SHARDS:
        return []
    others = set(files).difference(found)
    if any(name.endswith(_TAR) or name.rpartition(".")[2].lower() in _PICTURES for name in others):
        return []
    return found if any(_holds_samples(root / name) for name in found[:_LOOKED_AT_SHARDS]) else []


def _holds_samples(path: Path) -> bool:
    """Return whether a tar begins with pictures that have a file with a label beside them."""
    kinds: dict[str, set[str]] = {}
    try:
        with tarfile.open(path, mode="r:") as archive:
            for member in islice(archive, _LOOKED_AT_MEMBERS):
                folder, slash, name = member.name.rpartition("/")
                stem, _, kind = name.partition(".")  # as WebDataset does: `1.seg.png` is of the sample `1`
                kinds.setdefault(f"{folder}{slash}{stem}", set()).add(kind.rpartition(".")[2].lower())
    except DAMAGED:
        return False  # opening reports it if another shard has samples
    return any(each & _PICTURES and each & _LABELS for each in kinds.values())


class ShardStorage(FolderStorage):
    """A folder whose tar files are read in place: `a/train-000000.tar` is the folder `a/train-000000`.

    Args:
        root: the folder.
        files: the names of its files.
        shards: those that are read as folders.

    Raises:
        DataError: a shard is damaged, or refused as `TarStorage` does.
    """

    def __init__(self, root: Path, files: Sequence[str], shards: Sequence[str]) -> None:
        plain = set(files).difference(shards)
        super().__init__(root, [name for name in files if name in plain])
        self._tars: Mapping[str, TarStorage] = {name.removesuffix(_TAR): TarStorage(root / name) for name in shards}
        self._shard_of = {f"{folder}/{name}": folder for folder, tar in self._tars.items() for name in tar.files}
        self.files = [*self.files, *self._shard_of]
        self.folders = [f"{folder}/{name}" for folder, tar in self._tars.items() for name in tar.folders]
        self.repeated = [f"{folder}/{name}" for folder, tar in self._tars.items() for name in tar.repeated]

    def open(self, name: str) -> BinaryIO:
        tar, member = self._member(name)
        return super().open(name) if tar is None else tar.open(member)

    def read(self, name: str) -> bytes:
        tar, member = self._member(name)
        return super().read(name) if tar is None else tar.read(member)

    def path(self, name: str) -> Path | None:
        return None if name in self._shard_of else super().path(name)

    def identity(self, name: str) -> str:
        shard = self._shard_of.get(name)
        return super().identity(name if shard is None else f"{shard}{_TAR}")

    def _member(self, name: str) -> tuple[TarStorage | None, str]:
        """Return the shard that holds a file, and its name there; None for a file beside the shards."""
        shard = self._shard_of.get(name)
        return (None, name) if shard is None else (self._tars[shard], name[len(shard) + 1 :])
