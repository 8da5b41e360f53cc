"""The location of the data: list and read a plain file, a folder or an archive in one way."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from onelook.data.ids import pack_texts
from onelook.data.natural_order import natural_sorted
from onelook.data.storage.folder import FileStorage, FolderStorage, Storage
from onelook.errors import DataError
from onelook.wording import listed

Found = TypeVar("Found")

_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz")
ARCHIVE_SUFFIXES = (".zip", *_TAR_SUFFIXES)

# Names of entries that operating systems, notebooks and network drives leave among the data.
_HIDDEN = re.compile(
    r"(?:.*?/)??"
    r"(?:\.[^/]*|__MACOSX|(?:eh)?thumbs\.db|desktop\.ini|icon\r|@eadir|\$recycle\.bin|lost\+found"
    r"|system volume information)(?=/|$)",
    re.IGNORECASE | re.DOTALL,
)


_MOST_HIDDEN = 3  # entries that are named one by one


def short_name(path: Path) -> str:
    """Return the name of data at this path: the name of the folder, or of the file without suffix.

    Example:
        >>> short_name(Path("somewhere/train.v2.csv.gz"))
        'train.v2'
    """
    if path.is_dir():
        return path.resolve().name
    return path.name.removesuffix(".gz").rpartition(".")[0] or path.name


class Location:
    """A file, a folder, a zip or a tar, in which `open_dataset` searches and from which pictures are read.

    A single wrapping folder of any name is skipped (and one inside it), so that names begin where the data begins.
    Hidden and system entries are left out and listed in `ignored`. Folders that training wrote are left out and listed
    in `runs`: their pictures are copies of the data's, including the test set. WebDataset's shards in a folder, and
    zips of parts or classes, are listed in `shards`, and each is a folder of its name.

    Args:
        root: the path as the user gave it.
        names: the files to use, if they are known; the folder `root` is then not listed, and no entry is left out or
            skipped.
        without: a file that is no part of the data, even if it lies in the folder, such as the user's fixes.

    Raises:
        DataError: the path does not exist or cannot be read; or an archive is damaged, encrypted, or names a file
            outside itself (all of it is then refused).
    """

    def __init__(self, root: Path, names: Sequence[str] | None = None, *, without: Path | None = None) -> None:
        self.root = root
        self._record: set[str] | None = None
        self._last_fingerprint: tuple[bytes, str] | None = None  # of the names, and of what they hold
        self.ignored: Sequence[str] = ()
        self.runs: Sequence[str] = ()
        self.shards: Sequence[str] = ()
        self._prefix, self._folders = "", list[str]()
        self._found: dict[Callable[[Location], Any], Any] = {}
        if names is not None:
            self._storage: Storage = FolderStorage(root, names)
            self._entries: Sequence[str] = list(names)
            return
        self._storage = _storage_at(root)
        files, hidden_files = _without_hidden(self._storage.files)
        if isinstance(self._storage, FolderStorage) and any(name.endswith((".tar", ".zip", ".ZIP")) for name in files):
            from onelook.data.storage.shards import ShardStorage, shards_among, zips_among

            if shards := shards_among(root, files) or zips_among(root, files):
                self._storage = ShardStorage(root, self._storage.files, shards)
                self.shards = natural_sorted(shards)
                files, _ = _without_hidden(self._storage.files)
        if without is not None and (name := _name_below(without, root)) is not None:
            files = [each for each in files if each != name]
        folders, hidden_folders = _without_hidden(self._storage.folders)
        self.ignored = natural_sorted(hidden_files | hidden_folders)
        self.runs = natural_sorted(_run_folders(files))
        if self.runs:
            files = [name for name in files if not _is_below(name, self.runs)]
            folders = [name for name in folders if not _is_below(f"{name}/", self.runs)]
        self._prefix = "" if self.is_file else _wrapping_folders(files, folders)
        self._entries = natural_sorted(name[len(self._prefix) :] for name in files)
        self._folders = [name[len(self._prefix) :] for name in folders if name.startswith(self._prefix)]
        if isinstance(self._storage, FolderStorage):
            self._storage.files = ()  # the entries are the same names

    @property
    def name(self) -> str:
        """A short name for the data, without suffix: the file's, the folder's or the archive's."""
        return short_name(self.root)

    @property
    def is_file(self) -> bool:
        """Whether this is one plain file."""
        return isinstance(self._storage, FileStorage)

    @property
    def suffix(self) -> str:
        """The last suffix of `root`, in lower case, with its dot; empty for a folder."""
        return "" if isinstance(self._storage, FolderStorage) else self.root.suffix.lower()

    @property
    def repeated(self) -> Sequence[str]:
        """Names that occur in an archive more than once; the last file of each name is read."""
        return self._storage.repeated

    @property
    def wrapping(self) -> str:
        """The wrapping folders that were skipped, as a POSIX path; empty if there were none."""
        return self._prefix.rstrip("/")

    @property
    def place(self) -> str:
        """The path of the folder where entries begin: that of the root, and the wrapping folders that were skipped."""
        return f"{self.root}/{self.wrapping}".rstrip("/")

    def entries(self) -> Sequence[str]:
        """Return every file, as a POSIX path below the root of the data, in natural order; the name of a plain file."""
        return self._entries

    def empty_folders(self) -> Sequence[str]:
        """Return every folder with no file in it or below, as a POSIX path below the root, in natural order."""
        full = folders_above(self._entries)
        return natural_sorted(folder for folder in self._folders if folder not in full)

    def once(self, look: Callable[[Location], Found]) -> Found:
        """Return the result of `look` on this location. It is computed once, even if several layouts ask."""
        if look not in self._found:
            self._found[look] = look(self)
        found: Found = self._found[look]
        return found

    def forget(self) -> None:
        """Forget the results of all looks: a data set that is open needs none of the lists of its pictures in them."""
        self._found.clear()
        self._entries = pack_texts(self._entries)

    def open(self, name: str) -> BinaryIO:
        """Open an entry's bytes; the caller closes them.

        Raises:
            DataError: it cannot be opened.
        """
        self._note_read(name)
        return self._storage.open(self._prefix + name)

    def read(self, name: str) -> bytes:
        """Return all of an entry's bytes; many threads may read at once.

        Raises:
            DataError: it cannot be read; the error has the reason.
        """
        self._note_read(name)
        return self._storage.read(self._prefix + name)

    def path(self, name: str) -> Path | None:
        """Return the entry's path on disk; None inside an archive."""
        self._note_read(name)
        return self._storage.path(self._prefix + name)

    def only(self, names: Sequence[str]) -> Location:
        """Return a location of these entries alone, under its absolute path, which another machine can open.

        Raises:
            DataError: they lie in an archive, which one process reads from its beginning.
        """
        if self.is_file:
            return Location(self.root.absolute().parent, list(names))
        if type(self._storage) is not FolderStorage:
            raise DataError(
                f"{self.root}: an archive, which one process reads. Expected a folder for several: unpack it there."
            )
        folder = self.root.absolute() / self._prefix if self._prefix else self.root.absolute()
        return Location(folder, list(names))

    def record(self, names: set[str] | None) -> None:
        """Add each entry that is read from now on to the given set; None ends it."""
        self._record = names

    def _note_read(self, name: str) -> None:
        if self._record is not None:
            self._record.add(name)

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """Return 64 hexadecimal digits that change when the content of the entries does (all entries, or those named).

        For a file or an archive, all bytes count. For a folder, the path, size and modification time of each file
        count: reading 25,000 photographs only to find them unchanged would cost as much as a run, and every ordinary
        change of a picture changes one of the three.
        """
        asked = self._entries if names is None else names
        of_names = _digest_of(asked)
        if self._last_fingerprint is None or self._last_fingerprint[0] != of_names:  # a layout and its pictures ask
            digest = hashlib.sha256()
            for name in asked:
                line = f"{name}\0{self._storage.identity(self._prefix + name)}\n"
                digest.update(line.encode(errors="surrogateescape"))
            self._last_fingerprint = (of_names, digest.hexdigest())
        return self._last_fingerprint[1]


def folders_above(names: Iterable[str]) -> set[str]:
    """Return every folder that contains one of the names, directly or in folders below.

    Example:
        >>> sorted(folders_above(["a/b/1.jpg", "a/2.jpg", "3.jpg"]))
        ['a', 'a/b']
    """
    above: set[str] = set()
    for lowest in {name.rpartition("/")[0] for name in names}:
        folder = lowest
        while folder and folder not in above:
            above.add(folder)
            folder = folder.rpartition("/")[0]
    return above


def hidden_in_words(ignored: Sequence[str]) -> str:
    """Return hidden and system entries as text: the names of a few, the number of each kind of many.

    Example:
        >>> hidden_in_words(["a/.DS_Store", "b/.DS_Store"])
        'a/.DS_Store and b/.DS_Store'
        >>> hidden_in_words(["a/._1.png", "a/._2.png", "a/._3.png", "a/__MACOSX"])
        '4 (3 ._* and __MACOSX), such as a/._1.png'
    """
    if len(ignored) <= _MOST_HIDDEN:
        return listed(ignored)
    last = [name.rpartition("/")[2] for name in ignored]
    are_shadows = sum(name.startswith("._") for name in last) > 1
    kinds = Counter("._*" if are_shadows and name.startswith("._") else name for name in last)
    shown = listed(f"{count:,} {kind}" if count > 1 else kind for kind, count in kinds.most_common())
    return f"{len(ignored):,} ({shown}), such as {ignored[0]}"


def is_hidden(name: str) -> bool:
    """Return whether an entry, or a folder above it, is one that a system or a program left among the data."""
    return _HIDDEN.match(name) is not None


def suffix_of(name: str) -> str:
    """Return the suffix in lower case with its dot; empty if there is none."""
    _, dot, suffix = name.rpartition("/")[2].rpartition(".")
    return f"{dot}{suffix}".lower() if dot else ""


def _digest_of(names: Iterable[str]) -> bytes:
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\0".encode(errors="surrogateescape"))
    return digest.digest()


def _storage_at(root: Path) -> Storage:
    try:
        if root.is_dir():
            return FolderStorage(root)
        if root.is_file():
            if root.name.lower().endswith(_TAR_SUFFIXES):
                from onelook.data.storage.tar import TarStorage

                return TarStorage(root)
            if root.suffix.lower() == ".zip":
                from onelook.data.storage.zip import ZipStorage

                return ZipStorage(root)
            return FileStorage(root)
    except OSError as problem:
        raise DataError(f"{problem.filename or root}: cannot be read ({problem.strerror or problem}).") from problem
    found = "neither a file nor a folder" if root.exists() else "no such file or folder"
    raise DataError(f"{root}: {found}. Give the path of a file, a folder or a zip that holds the data.")


def _without_hidden(names: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return the names that are data, and the hidden or system entries that were left out."""
    kept: list[str] = []
    hidden: set[str] = set()
    for name in names:
        if found := _HIDDEN.match(name):
            hidden.add(found[0])
        else:
            kept.append(name)
    return kept, hidden


def _name_below(path: Path, root: Path) -> str | None:
    """Return the name of a file in a folder, as a POSIX path; None if it lies elsewhere."""
    path, root = path.resolve(), root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path != root else None


def _run_folders(files: Iterable[str]) -> set[str]:
    """Return the folders that training wrote, and folders with only such folders; never the root itself."""
    names = set(files)
    runs = {name.removesuffix("/run.json") for name in names if name.endswith("/run.json")}
    runs = {run for run in runs if f"{run}/ledger.csv" in names}
    others = {name for name in names if not _is_below(name, runs)} if runs else names
    wrapping = {parent for run in runs if (parent := run.rpartition("/")[0])}
    wrapping = {parent for parent in wrapping if not any(name.startswith(f"{parent}/") for name in others)}
    return wrapping | {run for run in runs if not _is_below(run, wrapping)}


def _is_below(name: str, folders: Iterable[str]) -> bool:
    return any(name.startswith(f"{folder}/") for folder in folders)


def _wrapping_folders(files: Sequence[str], folders: Sequence[str]) -> str:
    """Return the path, with its slash, of the folders that wrap everything; empty if there are none."""
    prefix = ""
    while files:
        tops = {name[len(prefix) :].partition("/")[:2] for name in files}
        # An empty folder beside the full one is a class without pictures, which must not be lost.
        tops |= {(name[len(prefix) :].partition("/")[0], "/") for name in folders if name.startswith(prefix)}
        tops.discard(("", "/"))
        if len(tops) != 1:
            break
        ((top, slash),) = tops
        if not slash:
            break
        prefix += f"{top}/"
    return prefix
