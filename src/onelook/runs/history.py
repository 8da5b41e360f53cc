"""The epochs of a run, as a list that prints as a table."""

from __future__ import annotations

from typing import Any

from onelook.notebook import html_of
from onelook.wording import counted

_MOST_ROWS = 20  # of the text: it should be read at a glance


class History(list[dict[str, Any]]):
    """The epochs of a run in order, a dictionary for each. It prints as a table of rounded numbers."""

    def __repr__(self) -> str:
        if not self:
            return "[]"
        names = [*self[0]]
        rows = [names, *([_short(epoch.get(name)) for name in names] for epoch in self[-_MOST_ROWS:])]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        left = len(self) - _MOST_ROWS
        return "\n".join([*lines[:1], *([f"… {counted(left, 'earlier epoch')}"] if left > 0 else []), *lines[1:]])

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the same numbers as a table."""
        return html_of("onelook.report.notebook.tables:history_html", self)


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
