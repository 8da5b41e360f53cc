"""Find the column of groups, such as patients or places, which a split must not divide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from onelook.data.column_names import GROUP_NAMES
from onelook.data.layouts.manifests.columns.group_words import GROUP_WORDS, OTHERWISE, group_words_of

Cells = Sequence[str | None]

_FEWEST_GROUPS = 4  # a split can still put some of them on each side
_FEWEST_MARKED = 10  # in a smaller table, 0 and 1 may be two persons
_MARKS = frozenset({"0", "1", "0.0", "1.0", "True", "False", "true", "false"})
_SHARE_OF_IDS = 0.25  # of the rows: at least so many different ids
_SHARE_ALONE = 0.9  # the largest share of pictures that are alone in their group


def group_column(columns: Mapping[str, Cells], label: str | None) -> str | None:
    """Return the column whose equal values keep pictures on one side of a split; None if there is none.

    Args:
        columns: the columns without those of the path and the parts.
        label: the column of the labels.
    """
    columns = {
        name: cells for name, cells in columns.items() if name == label or not (_are_marks(cells) or is_constant(cells))
    }
    folded = {_folded(name): name for name in columns if name != label}
    exact = next((folded[name] for name in GROUP_NAMES if name in folded), None)
    if exact is not None and not _is_wider_class(columns[exact], columns.get(label or "", ())):
        return exact
    for wanted in GROUP_WORDS:
        for name, cells in columns.items():
            words = group_words_of(name)
            if name != label and wanted in words and not OTHERWISE & words:
                labels = columns.get(label) if label is not None else None
                if _are_groups(cells, labels):
                    return name
    return None


def are_ids_of_groups(cells: Cells, labels: Cells) -> bool:
    """Return whether a column without a name, before the files' names, has ids of patients, as in COVIDx.

    Many ids have one picture, some have several, and most of these have one label.
    """
    of_id: dict[str | None, set[str | None]] = {}
    for cell, label in zip(cells, labels, strict=True):
        of_id.setdefault(cell, set()).add(label)
    fewest = max(_FEWEST_GROUPS, _SHARE_OF_IDS * len(cells), 2 * len({*labels}))
    if None in of_id or not fewest <= len(of_id) < len(cells):
        return False
    several = {cell for cell, count in Counter(cells).items() if count > 1}
    return 2 * sum(len(of_id[cell]) == 1 for cell in several) >= len(several)


def named_group(columns: Mapping[str, Cells]) -> str | None:
    """Return the column with the very name of one of groups; None without one, or if it marks each row with 0 or 1."""
    folded = {_folded(name): name for name, cells in columns.items() if not (_are_marks(cells) or is_constant(cells))}
    return next((folded[name] for name in GROUP_NAMES if name in folded), None)


def notes_on_constants(columns: Mapping[str, Cells], others: Collection[str]) -> list[str]:
    """Return a note on each column that is called like one of groups and holds one value in all rows.

    Args:
        columns: the cells of a table.
        others: its columns that were left out.
    """
    found = {name: columns[name] for name in others if _folded(name) in GROUP_NAMES}
    return [
        f"'{name}' holds {cells[0]!r} in all rows, so it makes no groups."
        for name, cells in found.items()
        if is_constant(cells) and cells[0] is not None
    ]


def is_constant(cells: Cells) -> bool:
    """Return whether a column has one value in all of several rows, as `removed` for each patient: it tells nothing."""
    return len(cells) > 1 and len(set(cells)) == 1


def _folded(name: str) -> str:
    return name.casefold().replace(" ", "_")


def _are_marks(cells: Cells) -> bool:
    """Return whether a column has only 0 and 1 in many rows: it marks the pictures that show a group of people."""
    return len(cells) >= _FEWEST_MARKED and set(cells) <= _MARKS


def _is_wider_class(cells: Cells, labels: Cells) -> bool:
    """Return whether a column holds a kind of classes, as `group` of products: several classes in each, and whole ones.

    No split could keep such a group on one side and still learn each of its classes.
    """
    of_classes = {label: cell for cell, label in zip(cells, labels, strict=False)}
    is_whole = len(set(zip(cells, labels, strict=False))) == len(of_classes) > 1
    return is_whole and len(of_classes) >= 2 * len({*of_classes.values()})


def _are_groups(cells: Cells, labels: Cells | None) -> bool:
    present = [cell for cell in cells if cell is not None]
    values = set(present)
    if len(values) < _FEWEST_GROUPS or len(values) > _SHARE_ALONE * len(present):
        return False
    # It is the label under another name, or a wider class of the label.
    return labels is None or len(set(zip(cells, labels, strict=True))) > len({*labels} - {None})
