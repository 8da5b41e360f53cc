"""How many pictures each class has. This section is on the report and on the inspect page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from onelook.report.charts.distributions import Skyline, skyline
from onelook.report.page import Section
from onelook.report.page_wording import part_in_words
from onelook.report.shown_data import ShownData
from onelook.wording import counted, listed, number, spread, translate

_ROWS_SHOWN = 30  # with more classes, a chart shows all, and tables show the largest and the smallest
_ENDS = 8  # classes in each of these two tables
_ROWS_FOLDED = 2_000  # rows of the folded table of all classes: a longer one is slow to open


@dataclass(frozen=True)
class Bar:
    """A class' pictures in one part, and the length of its bar in percent."""

    part: str
    count: int
    length: float


@dataclass(frozen=True)
class ClassCounts:
    """A class' pictures in every part."""

    class_name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Counts:
    """The content of the section."""

    remarks: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]  # name, in words
    chart: Skyline | None
    rows: tuple[ClassCounts, ...]  # every class; the largest ones if there is a chart
    smallest: tuple[ClassCounts, ...]
    all_rows: tuple[ClassCounts, ...]  # all classes, folded, where there is a chart
    hidden_classes: int  # classes that even the folded table leaves out


def build_section(source: ShownData) -> Section:
    """Build the section with a bar for each class, or, for many classes, with a chart and a table to search."""
    counts = source.data.class_counts
    parts = tuple(name for name in counts if sum(counts[name].values()))
    if not parts:
        return Section(translate("Classes"), translate("Pictures by class"), missing=_no_counts(source))
    rows, totals = _class_counts(counts, parts)
    ranked = sorted(rows, key=lambda row: -totals[row.class_name])  # ties keep the order of the data
    many = len(rows) > _ROWS_SHOWN
    return Section(
        topic=translate("Classes"),
        title=_title(totals),
        template="counts.html",
        view=Counts(
            remarks=tuple(_remarks(source, totals, parts)),
            parts=tuple((name, part_in_words(name)) for name in parts),
            chart=skyline([totals[row.class_name] for row in ranked], _chart_in_words(totals)) if many else None,
            rows=tuple(ranked[:_ENDS] if many else rows),
            smallest=tuple(ranked[-_ENDS:] if many else ()),
            all_rows=tuple(ranked[:_ROWS_FOLDED] if many else ()),
            hidden_classes=max(0, len(rows) - _ROWS_FOLDED),
        ),
    )


def _no_counts(source: ShownData) -> str:
    if source.data.ledger.get("found"):
        return translate("The pictures have no labels, so there are no classes to count.")
    return translate("The run ended before the data was opened and split.")


def _title(totals: Mapping[str, int]) -> str:
    low, high = min(totals.values()), max(totals.values())
    classes = counted(len(totals), "class")
    if low == high:
        return translate("{classes} of {pictures} each", classes=classes, pictures=counted(low, "picture"))
    return translate("{classes}, of {spread} pictures", classes=classes, spread=spread(low, high))


def _remarks(source: ShownData, totals: Mapping[str, int], parts: tuple[str, ...]) -> list[str]:
    counts = source.data.class_counts
    remarks = []
    if parts != ("all",):
        sums = [(sum(counts[name].values()), part_in_words(name)) for name in parts]
        first = translate("{pictures} for {words}", pictures=counted(sums[0][0], "picture"), words=sums[0][1])
        others = [translate("{total} for {words}", total=f"{total:,}", words=words) for total, words in sums[1:]]
        remarks.append(translate("{list}.", list=listed([first, *others])))
    if len(totals) > _ROWS_SHOWN:
        remarks.append(
            translate("Half of the classes have {count} pictures or more.", count=number(median(totals.values())))
        )
    return remarks


def _chart_in_words(totals: Mapping[str, int]) -> str:
    low, high = min(totals.values()), max(totals.values())
    return translate(
        "Pictures of each of {count} classes, the largest first: from {high} down to {low}.",
        count=f"{len(totals):,}",
        high=f"{high:,}",
        low=f"{low:,}",
    )


def _class_counts(
    counts: Mapping[str, Mapping[str, int]], parts: tuple[str, ...]
) -> tuple[list[ClassCounts], dict[str, int]]:
    """Return a row for each class in the order of the data, and the total of each class."""
    names = dict.fromkeys(name for part in parts for name in counts[part])
    totals = {name: sum(counts[part].get(name, 0) for part in parts) for name in names}
    longest = max(totals.values())
    rows = [
        ClassCounts(
            name,
            tuple(
                Bar(part, counts[part].get(name, 0), round(100 * counts[part].get(name, 0) / longest, 2))
                for part in parts
            ),
        )
        for name in names
    ]
    return rows, totals
