"""Write the summary of an opened data set for a person: what was found, and the reason for the layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelook.data.labels import class_counts
from onelook.wording import TITLE_COLUMNS, counted, entry, spread

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import PictureFacts

_MOST_CLASSES = 12  # if there are more, only ten are listed
_LONGEST_NAME = 24
_BAR = 16  # the longest bar, in columns of text


class DescribedPart(NamedTuple):
    """The facts of one part that its description needs."""

    rows: int
    labels: NDArray[np.int64] | None
    pictures: PictureFacts


def describe(
    name: str,
    layout: str,
    parts: Mapping[str, DescribedPart],
    *,
    class_names: Sequence[str],
    notes: Sequence[str],
    missing_values: int,
) -> str:
    """Return the summary in lines of at most 80 columns: layout, parts, pictures, classes with counts, notes.

    Args:
        name: the name of the data set.
        layout: the layout that opened it, and the reason.
        parts: the parts by name.
        class_names: in the order of the labels; empty if nothing is labelled.
        notes: the notes, each a sentence.
        missing_values: the number of empty cells in a table.
    """
    facts = [part.pictures for part in parts.values()]
    kinds = f" of {counted(len(class_names), 'class')}" if class_names else ", not labelled"
    lines = [
        f"{name}: {counted(sum(part.rows for part in parts.values()), 'picture')}{kinds}",
        *entry("layout", layout),
        *entry("parts", ", ".join(f"{part} {each.rows:,}" for part, each in parts.items())),
        *entry("pictures", pictures_in_words(facts)),
        *entry("missing", counted(missing_values, "value") if missing_values else "none"),
        *_classes(class_names, parts),
    ]
    for at, note in enumerate(notes):
        lines.extend(entry("notes" if at == 0 else "", note))
    return "\n".join(lines)


def pictures_in_words(facts: Sequence[PictureFacts]) -> str:
    """Return sizes, colour, dtype and values in all parts, such as "8×8 grey, uint8, values 0 to 255"."""
    return f"{_sizes(facts)}, {_values(facts)}"


def _sizes(facts: Sequence[PictureFacts]) -> str:
    """Return the height × width of the pictures, and grey or colour."""
    sizes: Counter[tuple[int, int]] = Counter()
    for fact in facts:
        sizes.update(fact.sizes)
    colour = "grey" if all(fact.channels == 1 for fact in facts) else "colour"
    if len(sizes) == 1:
        ((height, width),) = sizes
        return f"{height}×{width} {colour}"
    if not sizes:
        return colour
    heights, widths = [size[0] for size in sizes], [size[1] for size in sizes]
    is_sample = any(fact.is_sample for fact in facts)
    many = f"many sizes in a sample of {sum(sizes.values()):,}" if is_sample else f"{len(sizes):,} sizes"
    high, wide = spread(min(heights), max(heights)), spread(min(widths), max(widths))
    return f"{many}, {high} pixels high and {wide} wide, {colour}"


def _values(facts: Sequence[PictureFacts]) -> str:
    dtypes = ", ".join(dict.fromkeys(fact.dtype for fact in facts))
    low, high = min(fact.value_range[0] for fact in facts), max(fact.value_range[1] for fact in facts)
    return f"{dtypes}, values {spread(low, high)}"


def _classes(names: Sequence[str], parts: Mapping[str, DescribedPart]) -> Iterator[str]:
    """Yield one line for each class: its name, its pictures in each labelled part, and a bar for their sum."""
    labelled = {name: part.labels for name, part in parts.items() if part.labels is not None}
    if not names or not labelled:
        return
    counts = np.stack([class_counts(labels, len(names)) for labels in labelled.values()], axis=1)
    totals = counts.sum(axis=1)
    shown = len(names) if len(names) <= _MOST_CLASSES else 10
    short = [name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in names[:shown]]
    width = max(map(len, short))
    columns = [max(len(part), len(f"{counts[:, at].max():,}")) for at, part in enumerate(labelled)]
    header = "  ".join(part.rjust(column) for part, column in zip(labelled, columns, strict=True))
    yield f"{'  classes':{TITLE_COLUMNS}}{'':{width}}  {header}"
    for at, name in enumerate(short):
        cells = "  ".join(f"{count:>{column},}" for count, column in zip(counts[at], columns, strict=True))
        bar = "█" * max(round(_BAR * totals[at] / totals.max()), int(totals[at] > 0))
        yield f"{'':{TITLE_COLUMNS}}{name:{width}}  {cells}  {bar}".rstrip()
    if shown < len(names):
        yield f"{'':{TITLE_COLUMNS}}… and {counted(len(names) - shown, 'more class')}, {_of_each(totals[shown:])}"


def _of_each(totals: NDArray[np.int64]) -> str:
    """Return how many pictures each of several classes has."""
    low, high = int(totals.min()), int(totals.max())
    return f"of {counted(high, 'picture')} each" if low == high else f"of {spread(low, high)} pictures"
