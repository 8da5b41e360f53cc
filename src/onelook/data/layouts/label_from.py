"""The option `--label-from`: a pattern that finds the label in a path, or the number of the class folder."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from onelook.errors import ConfigError

FLAG = "--label-from"
_GROUPS = ("label", "split", "group")
_FOLDER = re.compile(r"folder:(\d+|last|path)")


@dataclass(frozen=True)
class FolderLevel:
    """The folder that is the class, counted from the data's root, or from inside `train/` if there is one.

    Attributes:
        which: a number from 1 (the outermost folder); `last`, the folder of the picture; or `path`, all folders joined.
    """

    which: int | Literal["last", "path"]

    @property
    def flag(self) -> str:
        """The option with this value, as the user types it."""
        return f"{FLAG} folder:{self.which}"

    def class_of(self, folders: Sequence[str]) -> str | None:
        """Return the class of a picture in these folders, outermost first; None if there are too few.

        Example:
            >>> [FolderLevel(which).class_of(["Greek", "alpha"]) for which in (1, 2, 3, "last", "path")]
            ['Greek', 'alpha', None, 'alpha', 'Greek/alpha']
        """
        if isinstance(self.which, int):
            return folders[self.which - 1] if len(folders) >= self.which else None
        if not folders:
            return None
        return folders[-1] if self.which == "last" else "/".join(folders)


@dataclass(frozen=True)
class NameFacts:
    """The label, split and group in a name."""

    label: str
    split: str | None
    group: str | None


@dataclass(frozen=True)
class NamePattern:
    """A regular expression with a group `label`, and optionally with the groups `split` and `group`.

    It is searched in the file name with its suffix; if it contains a slash, in the whole path below the data's root.

    Example:
        >>> NamePattern(r"(?P<label>[a-z]+)_[0-9]+").read("2020_1/cat_001.jpg")
        NameFacts(label='cat', split=None, group=None)
    """

    text: str

    @property
    def flag(self) -> str:
        """The option with this value, as the user types it."""
        return f"{FLAG} {shlex.quote(self.text)}"

    @property
    def has_split(self) -> bool:
        """Whether names contain the part of their picture."""
        return "split" in self._groups()

    @property
    def has_group(self) -> bool:
        """Whether names contain the group of their picture."""
        return "group" in self._groups()

    def shown(self, path: str) -> str:
        """Return the part of a path in which the pattern is searched."""
        return path if "/" in self.text else path.rpartition("/")[2]

    def read(self, path: str) -> NameFacts | None:
        """Return the facts in the path; None if the pattern, or the label in it, is not found."""
        return next(self.read_all([path]))

    def read_all(self, paths: Sequence[str]) -> Iterator[NameFacts | None]:
        """Yield the facts in each of the paths."""
        search, groups = re.compile(self.text).search, self._groups()
        for path in paths:
            match = search(self.shown(path))
            found = {name: match[group] or None for name, group in groups.items()} if match else {}
            label = found.get("label")
            yield NameFacts(label, found.get("split"), found.get("group")) if label else None

    def _groups(self) -> Mapping[str, int]:
        named = re.compile(self.text).groupindex
        return named or {"label": 1}  # a single group needs no name


def parse_label_from(text: str | None) -> FolderLevel | NamePattern | None:
    """Parse the text of the option.

    Raises:
        ConfigError: it is neither `folder:N`, `folder:last` or `folder:path` nor a regular expression with a group
            `label`.

    Example:
        >>> parse_label_from("folder:2")
        FolderLevel(which=2)
    """
    if text is None:
        return None
    if match := _FOLDER.fullmatch(text.strip()):
        if match[1] in ("last", "path"):
            return FolderLevel("last" if match[1] == "last" else "path")
        if not int(match[1]):
            raise ConfigError(f"{FLAG} {text}: folders are counted from 1, the outermost. Expected folder:1 or more.")
        return FolderLevel(int(match[1]))
    expected = (
        f"Expected a regular expression, such as {FLAG} '(?P<label>[a-z]+)_', or folder:1, folder:2 …, folder:last, "
        "folder:path."
    )
    try:
        regex = re.compile(text)
    except (re.error, OverflowError, RecursionError) as problem:
        raise ConfigError(f"{FLAG} {shlex.quote(text)}: no regular expression ({problem}). {expected}") from problem
    unknown = [name for name in regex.groupindex if name not in _GROUPS]
    if unknown:
        raise ConfigError(
            f"{FLAG} {shlex.quote(text)}: a group called '{unknown[0]}'. Known are label, split and group."
        )
    if "label" not in regex.groupindex and (regex.groupindex or regex.groups != 1):
        raise ConfigError(f"{FLAG} {shlex.quote(text)}: no group called label in it. {expected}")
    return NamePattern(text)
