"""Print the runs of `onelook runs`, a line a run. Names of models and paths stay whole, because they are copied."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from onelook.cli.output.printer import escaped
from onelook.wording import percent

if TYPE_CHECKING:
    from onelook.cli.output.printer import Printer
    from onelook.commands.runs import ListedRun

_GAP = "  "
_HEADS = ("data", "model", "score", "on", "begun", "status", "run")
_DATA, _MODEL, _STATUS = (_HEADS.index(head) for head in ("data", "model", "status"))
_NARROWEST = 8  # of a column whose texts are cut


def print_runs(say: Printer, runs: Sequence[ListedRun]) -> None:
    """Print a table within the terminal's width.

    A path that does not fit in the last column stands on a line of its own below its row. If the other columns do not
    fit, names of data are cut; then names of models are, which then stand whole below their row, too.
    """
    from rich.text import Text

    rows = [_cells(run) for run in runs]
    kept = [at for at in range(len(_HEADS)) if at != _STATUS or any(row[at] for row in rows)]
    heads, rows = [_HEADS[at] for at in kept], [[row[at] for at in kept] for row in rows]
    room = get_terminal_size().columns
    widths = _widths(heads[:-1], [row[:-1] for row in rows], room)
    say.show(Text(_lines(heads, widths, room)[0], style="bold"))
    say.as_is([line for row in rows for line in _lines(row, widths, room)])


def _cells(run: ListedRun) -> list[str]:
    cells = (
        run.data,
        run.model,
        "" if run.accuracy is None else percent(run.accuracy, 2),
        run.scored_on,
        _begun(run.created),
        "" if run.status == "complete" else run.status,
        str(run.path),
    )
    return [escaped(cell) for cell in cells]


def _begun(created: str) -> str:
    """Return an ISO time as month, day and time; in an earlier year as its day."""
    day, _, time = created.partition("T")
    year, _, rest = day.partition("-")
    return f"{rest} {time[:5]}" if year == str(datetime.now(UTC).year) else day


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the widths of all columns but the last, within the room."""
    widths = [max(map(_columns, (head, *(row[at] for row in rows)))) for at, head in enumerate(heads)]
    for at in (_DATA, _MODEL):
        too_much = len(_GAP.join(" " * width for width in widths)) - room
        widths[at] -= min(max(0, too_much), max(0, widths[at] - _NARROWEST))
    return widths


def _lines(row: Sequence[str], widths: Sequence[int], room: int) -> list[str]:
    """Return the line of a run, and below it what did not fit."""
    line = _line(row, widths)
    fits = _columns(line) <= room
    below = [row[_MODEL]] if _columns(row[_MODEL]) > widths[_MODEL] else []
    below += [] if fits else [row[-1]]
    return [line if fits else _line(row[:-1], widths), *(f"{_GAP}{text}" for text in below)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return the cells side by side, each cut to its column's width; a last one without a width stays whole."""
    padded = [_to_width(cell, width) for cell, width in zip(cells, widths, strict=False)]
    return _GAP.join([*padded, *cells[len(widths) :]]).rstrip()


def _to_width(text: str, width: int) -> str:
    """Return a text in so many columns, with an ellipsis where it is cut."""
    from rich.cells import set_cell_size

    return set_cell_size(text, width) if _columns(text) <= width else f"{set_cell_size(text, width - 1)}…"


def _columns(text: str) -> int:
    """Return the columns that a terminal needs for a text: two for a Chinese character."""
    from rich.cells import cell_len

    return cell_len(text)
