"""Read archives that lie together in a folder as folders of one data set: WebDataset's tar files, and zips."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from onelook.data.part_words import PART_WORDS, words_in
from onelook.data.storage.folder import FolderStorage
from onelook.data.storage.tar import DAMAGED, TarStorage
from onelook.data.storage.zip import ZipStorage

_TAR, _ZIP = ".tar", ".zip"
_MAC = "__MACOSX/"  # macOS puts this folder beside what is packed
_TEACHABLE = "-samples"  # what Teachable Machine adds to the name of a class
# `train-000000.tar`, `00000.tar`, `birds_val.tar`
_NAME = re.compile(
    r"(?:.*[^0-9])?\d{1,8}\.tar|(?:.*/)?(?:[^/]*[-_.])?(?:train|training|val|valid|validation|test)\.tar", re.I | re.S
)
_NUMBER = re.compile(r"\d+")
_FEWEST_SHARDS = 2
MOST_SHARDS = 256  # each is an open file, of which a process may have 1,024 on Linux, and 256 on macOS by default
_MOST_ZIPS = 64  # each is opened twice
_LOOKED_AT_SHARDS = 3
_LOOKED_AT_MEMBERS = 20
# The ends of the files of one sample. A `1.cls` beside `1.jpg` holds its label; JSON and text may.
_PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "ppm", "bmp", "tif", "tiff", "gif"})
_LABELS = frozenset({"cls", "json", "txt"})
_MOST_PREVIEWS = 3  # pictures of the card of a data set, in the folder above its zips
# Zips beside such files are not put together: their content may be there already, or pieces of it are missing.
_BESIDE = _PICTURES | {"tar", "gz", "tgz", "7z", "rar", "z01", "001", "bz2", "xz"}


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


def zips_among(root: Path, files: Sequence[str]) -> list[str]:
    """Return the zips in a folder that are the parts, shares or classes of one data set; empty if it is not sure.

    Hugging Face's repositories have `train.zip` and `test.zip`, other data sets `images_001.zip`, and Teachable Machine
    writes a zip of each class. Other zips that happen to lie together are not put together.

    Args:
        root: the folder.
        files: the names of all files in it that are not hidden.
    """
    zips = [name for name in files if name.lower().endswith(_ZIP)]
    if not _FEWEST_SHARDS <= len(zips) <= _MOST_ZIPS:
        return []
    folders_of_zips = {name.rpartition("/")[0] for name in zips}
    beside = [name for name in files if name.rpartition(".")[2].lower() in _BESIDE]
    above = [name for name in beside if all(_lies_above(name, folder) for folder in folders_of_zips)]
    if len(beside) > len(above) or len(above) > _MOST_PREVIEWS:
        return []
    folders: dict[str, set[str]] = {}  # of the pictures in each zip
    tables = []
    for name in zips:
        try:
            with zipfile.ZipFile(root / name) as archive:
                members = archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return []
        pictures = [each for each in members if each.rpartition(".")[2].lower() in _PICTURES]
        if [each for each in members if not each.startswith(_MAC)] == [name.rpartition("/")[2][: -len(_ZIP)]]:
            tables.append(name)  # `labels.csv.zip` holds `labels.csv` alone, as Kaggle packs it
        elif pictures:
            folders[name] = {each.rpartition("/")[0] for each in pictures if not each.startswith(_MAC)}
    if len(folders) < _FEWEST_SHARDS or len({name.rpartition("/")[0] for name in folders}) > 1:
        return []
    if len({*map(_folder_of, folders)}) < len(folders):
        return []
    stems = {name: name.rpartition("/")[2][: -len(_ZIP)] for name in folders}
    parts = [{PART_WORDS[word.text] for word in words_in(stem) if word.text in PART_WORDS} for stem in stems.values()]
    are_parts = all(len(each) == 1 for each in parts) and {"train"} in parts
    are_shares = len({_NUMBER.sub("#", stem) for stem in stems.values()}) == 1
    are_classes = all(inside <= {"", stems[name]} for name, inside in folders.items())
    return sorted([*folders, *tables]) if are_parts or are_shares or are_classes else []


def _lies_above(name: str, folder: str) -> bool:
    """Return whether a file is a picture in a folder above another one, as `thumbnail.jpg` above `data/train.zip`."""
    above = name.rpartition("/")[0]
    is_above = folder.startswith(f"{above}/") if above else folder != ""
    return is_above and name.rpartition(".")[2].lower() in _PICTURES


def _folder_of(shard: str) -> str:
    """Return the folder that an archive is read as.

    Example:
        >>> _folder_of("a/train-000000.tar"), _folder_of("Rock-samples.zip"), _folder_of("train.ZIP")
        ('a/train-000000', 'Rock', 'train')
    """
    return shard[: -len(_TAR)].removesuffix(_TEACHABLE) if shard.lower().endswith(_ZIP) else shard.removesuffix(_TAR)


def _own_folder(shard: str, members: Sequence[str]) -> str:
    """Return the folder, with its slash, that is called like the zip and holds all its files; empty if none does."""
    if not shard.lower().endswith(_ZIP):
        return ""
    own = f"{shard.rpartition('/')[2][: -len(_ZIP)]}/"
    return own if all(name.startswith((own, _MAC)) for name in members) else ""


class ShardStorage(FolderStorage):
    """A folder whose tar files, or zips, are read in place: `a/train-000000.tar` is the folder `a/train-000000`.

    Args:
        root: the folder.
        files: the names of its files.
        shards: those that are read as folders.

    Raises:
        DataError: a shard is damaged, or refused as `TarStorage` or `ZipStorage` does.
    """

    def __init__(self, root: Path, files: Sequence[str], shards: Sequence[str]) -> None:
        plain = set(files).difference(shards)
        super().__init__(root, [name for name in files if name in plain])
        self._file_of = {_folder_of(name): name for name in shards}
        self._tars: Mapping[str, TarStorage | ZipStorage] = {
            folder: ZipStorage(root / name) if name.lower().endswith(_ZIP) else TarStorage(root / name)
            for folder, name in self._file_of.items()
        }
        # `train.zip` often holds a folder `train/` around all: it is not repeated.
        self._around = {folder: _own_folder(self._file_of[folder], tar.files) for folder, tar in self._tars.items()}
        self._shard_of = {
            self._outside(folder, name): folder for folder, tar in self._tars.items() for name in tar.files
        }
        self.files = [*self.files, *self._shard_of]
        self.folders = [
            self._outside(folder, each)
            for folder, tar in self._tars.items()
            for each in tar.folders
            if f"{each}/" != self._around[folder]
        ]
        self.repeated = [self._outside(folder, each) for folder, tar in self._tars.items() for each in tar.repeated]

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
        return super().identity(name if shard is None else self._file_of[shard])

    def _outside(self, folder: str, member: str) -> str:
        """Return the name of a member of a shard in the whole."""
        return f"{folder}/{member.removeprefix(self._around[folder])}"

    def _member(self, name: str) -> tuple[TarStorage | ZipStorage | None, str]:
        """Return the shard that holds a file, and its name there; None for a file beside the shards."""
        shard = self._shard_of.get(name)
        if shard is None:
            return None, name
        inside = name[len(shard) + 1 :]
        return self._tars[shard], inside if inside.startswith(_MAC) else f"{self._around[shard]}{inside}"
