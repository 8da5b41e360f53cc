"""What the data set was found to be: its layout, classes, counts, findings and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onelook.report.results import DataFacts, FindingFacts, Results
from onelook.report.section import Section
from onelook.report.words import counted, listed, number, sentence

_SPLITS = {"train": "training", "val": "validation", "test": "test"}
_ROWS_SHOWN = 30  # of more classes, the largest and the smallest are shown
_IDS_SHOWN = 5
_STATUS = {
    "found": ("Found", "pictures in all"),
    "used": ("Used", "for training, validation or test"),
    "duplicate": ("Exact copies", "within one split, not trained on twice"),
    "quarantined": ("Not readable", "left out; ledger.csv says why"),
}


@dataclass(frozen=True)
class Bar:
    """A class' pictures in one split, and the length of its bar in percent."""

    split: str
    count: int
    length: float


@dataclass(frozen=True)
class ClassCounts:
    """A class' pictures in every split."""

    class_name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Shown:
    """A finding with the first of the pictures that it is about."""

    finding: FindingFacts
    ids: str


@dataclass(frozen=True)
class Data:
    """What the section shows."""

    why: str
    facts: tuple[tuple[str, str, str], ...]  # name, value, unit
    splits: tuple[tuple[str, str], ...]  # name, in words
    counts: tuple[ClassCounts, ...]
    hidden_classes: int
    findings: tuple[Shown, ...]
    notes: tuple[str, ...]


def build_section(results: Results) -> Section:
    """What was opened, how it was counted, and what the checks say."""
    data = results.run.data
    splits = tuple((name, words) for name, words in _SPLITS.items() if sum(data.class_counts.get(name, {}).values()))
    if not splits:
        return Section("Data", "The data", missing="The run ended before the data was opened and split.")
    counts = _class_counts(data.class_counts, tuple(name for name, _ in splits))
    shown = counts if len(counts) <= _ROWS_SHOWN else counts[: _ROWS_SHOWN // 2] + counts[-_ROWS_SHOWN // 2 :]
    return Section(
        topic="Data",
        title=_title(data, splits),
        template="data.html",
        view=Data(
            why=sentence(data.why),
            facts=(*_facts(data), *_ledger(data)),
            splits=splits,
            counts=shown,
            hidden_classes=len(counts) - len(shown),
            findings=tuple(_shown(finding) for finding in results.run.findings),
            notes=data.notes,
        ),
    )


def _title(data: DataFacts, splits: tuple[tuple[str, str], ...]) -> str:
    totals = [(sum(data.class_counts[name].values()), words) for name, words in splits]
    first = f"{counted(totals[0][0], 'picture')} for {totals[0][1]}"
    rest = [f"{total:,} for {words}" for total, words in totals[1:]]
    return f"{counted(len(data.class_names), 'class', 'classes')}: {listed([first, *rest])}"


def _class_counts(counts: Mapping[str, Mapping[str, int]], splits: tuple[str, ...]) -> tuple[ClassCounts, ...]:
    """The largest classes first; of equal ones the order of the data."""
    names = dict.fromkeys(name for split in splits for name in counts[split])
    totals = {name: sum(counts[split].get(name, 0) for split in splits) for name in names}
    longest = max(totals.values())
    rows = [
        ClassCounts(
            name,
            tuple(
                Bar(split, counts[split].get(name, 0), round(100 * counts[split].get(name, 0) / longest, 2))
                for split in splits
            ),
        )
        for name in names
    ]
    return tuple(sorted(rows, key=lambda row: -totals[row.class_name]) if len(rows) > _ROWS_SHOWN else rows)


def _facts(data: DataFacts) -> list[tuple[str, str, str]]:
    facts = [("Layout", data.layout, "")]
    if data.image_size:
        height, width = data.image_size
        facts.append(("Pictures", f"{height} × {width}", f"pixels, {'grey' if data.channels == 1 else 'colour'}"))
    if data.value_range:
        low, high = data.value_range
        facts.append(("Values", f"{number(low)} to {number(high)}", data.dtype))
    return [fact for fact in facts if fact[1]]


def _ledger(data: DataFacts) -> list[tuple[str, str, str]]:
    """What became of all that was found; what never happened is not told."""
    counts = {status: data.ledger.get(status, 0) for status in _STATUS}
    return [(_STATUS[status][0], f"{count:,}", _STATUS[status][1]) for status, count in counts.items() if count]


def _shown(finding: FindingFacts) -> Shown:
    ids = listed(finding.ids[:_IDS_SHOWN])
    more = len(finding.ids) - _IDS_SHOWN
    return Shown(finding, f"{ids} and {more:,} more" if more > 0 else ids)
