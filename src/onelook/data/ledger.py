"""The ledger: one line for every picture that was found, with its status and the reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelook.files import atomic_path
from onelook.wording import counted

Status = Literal["used", "quarantined", "duplicate", "dropped"]

_ROWS_AT_ONCE = 4_096  # of a table, as text


class LedgerEntry(NamedTuple):
    """One picture that was found."""

    id: str
    status: Status
    reason: str = ""  # why it is not used, or what its label was before a fix


@dataclass(frozen=True, eq=False, repr=False)
class LedgerPart:
    """The pictures of one part, in order."""

    ids: Sequence[str]
    copy_of: NDArray[np.int64]  # (pictures,): the position of the picture that each is an exact copy of; -1 for none
    quarantined: Mapping[int, str]  # position -> why the picture cannot be read

    def entries(self, relabelled: Mapping[str, str]) -> Iterator[LedgerEntry]:
        """Yield the line of each picture.

        Args:
            relabelled: id -> what a fix changed, the reason of a picture that is used.
        """
        for position, each in enumerate(self.ids):
            if (reason := self.quarantined.get(position)) is not None:
                yield LedgerEntry(each, "quarantined", reason)
            elif (original := self.copy_of[position]) >= 0:
                yield LedgerEntry(each, "duplicate", f"an exact copy of '{self.ids[original]}'")
            else:
                yield LedgerEntry(each, "used", relabelled.get(each, ""))


@dataclass(frozen=True, eq=False, repr=False)
class Ledger:
    """The ledger of all pictures that were found, in order. Its lines are made when they are asked for.

    Example:
        >>> found = LedgerPart(("a", "b", "c"), np.array([-1, -1, 0]), {1: "cut short"})
        >>> [each.status for each in Ledger([found])]
        ['used', 'quarantined', 'duplicate']
    """

    parts: Sequence[LedgerPart]
    # Pictures of no part, after the others: id -> reason.
    set_aside: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)  # by a fixes file
    relabelled: Mapping[str, str] = field(default_factory=dict)  # by a fixes file: id -> what the ledger says

    def __iter__(self) -> Iterator[LedgerEntry]:
        for part in self.parts:
            yield from part.entries(self.relabelled)
        yield from (LedgerEntry(each, "quarantined", reason) for each, reason in self.set_aside.items())
        yield from (LedgerEntry(each, "dropped", reason) for each, reason in self.dropped.items())

    def counts(self) -> dict[str, int]:
        """Return how many pictures were found, used, quarantined and duplicate; the last three add up to the first.

        Pictures that a fixes file dropped are counted too, if there are any.

        Example:
            >>> Ledger([LedgerPart(("a", "b"), np.array([-1, -1]), {1: "cut short"})]).counts()
            {'found': 2, 'used': 1, 'quarantined': 1, 'duplicate': 0}
        """
        in_parts = sum(len(part.ids) for part in self.parts)
        unreadable = sum(len(part.quarantined) for part in self.parts)
        copies = sum(int(np.count_nonzero(part.copy_of >= 0)) for part in self.parts)
        counts = {
            "found": in_parts + len(self.set_aside) + len(self.dropped),
            "used": in_parts - unreadable - copies,
            "quarantined": unreadable + len(self.set_aside),
            "duplicate": copies,
        }
        return counts | ({"dropped": len(self.dropped)} if self.dropped else {})

    def in_words(self) -> str:
        """Return the counts as a sentence without its full stop.

        Example:
            >>> Ledger([LedgerPart(("a", "b"), np.array([-1, -1]), {1: "cut short"})]).in_words()
            '1 of 2 pictures can be used: 1 quarantined, 0 exact copies within their part'
        """
        counts = self.counts()
        found, copies = counts["found"], counts["duplicate"]
        dropped = f", {counts['dropped']:,} dropped by --fixes" if "dropped" in counts else ""
        return (
            f"{counts['used']:,} of {counted(found, 'picture')} can be used: {counts['quarantined']:,} "
            f"quarantined, {counted(copies, 'exact copy within its', 'exact copies within their')} part"
            f"{dropped}"
        )

    def write(self, path: Path) -> None:
        """Write `ledger.csv`: `id,status,reason`, one line per picture."""
        write_csv(path, ("id", "status", "reason"), self)


def csv_blocks(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the text of `csv_text`, a few thousand rows at a time."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    left = iter(rows)
    while block := text.getvalue():
        yield block
        text.seek(0)
        text.truncate()
        writer.writerows(islice(left, _ROWS_AT_ONCE))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a table as CSV, with quotes where they are needed, and with `\n` after each line on every system.

    Example:
        >>> csv_text(("id", "class"), [("a,b.jpg", "cat")])
        'id,class\n"a,b.jpg",cat\n'
    """
    return "".join(csv_blocks(header, rows))


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table as `csv_text` makes it, whole or not at all, with a few thousand rows in memory."""
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        file.writelines(block.encode() for block in csv_blocks(header, rows))
