"""The ledger: one line for every picture that was found, with its status and the reason."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from onelook.files import write_text
from onelook.wording import counted

Status = Literal["used", "quarantined", "duplicate", "dropped"]


class LedgerEntry(NamedTuple):
    """One picture that was found."""

    id: str
    status: Status
    reason: str = ""  # why it is not used, or what its label was before a fix


@dataclass(frozen=True)
class Ledger:
    """The ledger of all pictures that were found, in order."""

    entries: Sequence[LedgerEntry]

    def counts(self) -> dict[str, int]:
        """Return how many pictures were found, used, quarantined and duplicate; the last three add up to the first.

        Pictures that a fixes file dropped are counted too, if there are any.

        Example:
            >>> Ledger([LedgerEntry("a", "used"), LedgerEntry("b", "quarantined", "cut short")]).counts()
            {'found': 2, 'used': 1, 'quarantined': 1, 'duplicate': 0}
        """
        by_status = Counter(entry.status for entry in self.entries)
        statuses: list[Status] = ["used", "quarantined", "duplicate"]
        if by_status["dropped"]:  # only by --fixes
            statuses.append("dropped")
        return {"found": len(self.entries), **{status: by_status[status] for status in statuses}}

    def in_words(self) -> str:
        """Return the counts as a sentence without its full stop.

        Example:
            >>> Ledger([LedgerEntry("a", "used"), LedgerEntry("b", "quarantined", "cut short")]).in_words()
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
        write_text(path, csv_text(("id", "status", "reason"), self.entries))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a table as CSV, with quotes where they are needed, and with `\n` after each line on every system.

    Example:
        >>> csv_text(("id", "class"), [("a,b.jpg", "cat")])
        'id,class\n"a,b.jpg",cat\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
