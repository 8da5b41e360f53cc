"""The output for a data set: pictures and counts of each class, its parts, and the notes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.describe import pictures_in_words
from onelook.data.labels import class_counts
from onelook.report.notebook.cell import render_cell
from onelook.report.notebook.draw_samples import DrawnPicture, draw_samples, shown_part
from onelook.wording import agree, counted, spread

_MOST_CLASSES = 12  # with more, the first ten are shown, as in the text of a data set
_SECONDS = 3.0  # a cell may wait for its pictures so long; a photograph takes 5 to 50 ms
_IN_ALL = 60  # pictures
_EACH = 8
_LONGEST_SIDE = 96  # pixels; they are shown at half of that, for screens with small pixels
_FEW_CLASSES = 4  # with at most this number of classes, pictures are larger


@dataclass(frozen=True)
class ClassRow:
    """A class with its pictures and its counts."""

    class_name: str
    pictures: tuple[DrawnPicture, ...]
    counts: tuple[str, ...]  # in each labelled part
    bar: float  # the length of its bar in percent


@dataclass(frozen=True)
class ShownDataset:
    """The content of the output."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[str, ...]  # the labelled parts, a column each
    rows: tuple[ClassRow, ...]
    side: int  # of a picture, in pixels
    more: str  # the classes that have no row
    notes: tuple[str, ...]


def dataset_html(dataset: Dataset) -> str:
    """Return the HTML that a notebook shows for a data set.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    return render_cell("dataset.html", _shown(dataset))


def _shown(dataset: Dataset) -> ShownDataset:
    names = dataset.class_names
    kinds = f" of {counted(len(names), 'class')}" if names else ", not labelled"
    labelled = {name: part.labels for name, part in dataset.parts.items() if part.labels is not None and names}
    counts = np.stack([class_counts(labels, len(names)) for labels in labelled.values()], axis=1) if labelled else None
    few = names[: len(names) if len(names) <= _MOST_CLASSES else 10]
    each = min(_EACH, _IN_ALL // max(1, len(few))) if names else 2 * _EACH
    drawn = draw_samples(shown_part(dataset), names, few, each, seed=0, longest=_LONGEST_SIDE, seconds=_SECONDS)
    rows = []
    for at, one in enumerate(drawn):
        row = () if counts is None else tuple(f"{count:,}" for count in counts[at])
        bar = 0.0 if counts is None else round(100 * counts[at].sum() / max(1, counts.sum(axis=1).max()), 1)
        rows.append(ClassRow(one.class_name, one.pictures, row, bar))
    return ShownDataset(
        title=f"{dataset.name}: {counted(dataset.rows, 'picture')}{kinds}",
        facts=tuple(_facts(dataset)),
        parts=tuple(labelled),
        rows=tuple(rows),
        side=72 if len(few) <= _FEW_CLASSES else 44,
        more=_more(counts.sum(axis=1)[len(few) :].tolist()) if counts is not None else "",
        notes=tuple(dict.fromkeys((dataset.no_classes, *dataset.notes) if dataset.no_classes else dataset.notes)),
    )


def _facts(dataset: Dataset) -> list[tuple[str, str]]:
    facts = [
        ("layout", f"{dataset.layout}: {dataset.why}"),
        ("parts", ", ".join(f"{name} {len(part):,}" for name, part in dataset.parts.items())),
        ("pictures", pictures_in_words([part.pictures.facts() for part in dataset.parts.values()])),
    ]
    if dataset.missing_values:
        facts.append(("missing", counted(dataset.missing_values, "value")))
    if dataset.set_aside:
        count = len(dataset.set_aside)
        facts.append(("set aside", f"{counted(count, 'picture')} that {agree(count, 'belongs', 'belong')} to no part"))
    return facts


def _more(totals: list[int]) -> str:
    """Return what stands below the rows for the classes without one; empty if there are none."""
    if not totals:
        return ""
    low, high = min(totals), max(totals)
    each = agree(len(totals), "", " each")
    of_each = f"of {counted(high, 'picture')}{each}" if low == high else f"of {spread(low, high)} pictures"
    return f"And {counted(len(totals), 'more class')}, {of_each}. dataset.show(class_names=[…]) shows those you name."
