"""Find the column of groups, such as patients or places, which a split must not divide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onelook.data.column_names import GROUP_NAMES
from onelook.data.layouts.manifests.columns.group_words import GROUP_WORDS, OTHERWISE, group_words_of

Cells = Sequence[str | None]

_FEWEST_GROUPS = 4  # a split can still put some of them on each side
_SHARE_ALONE = 0.9  # the largest share of pictures that are alone in their group


def group_column(columns: Mapping[str, Cells], label: str | None) -> str | None:
    """Return the column whose equal values keep pictures on one side of a split; None if there is none.

    Args:
        columns: the columns without those of the path and the parts.
        label: the column of the labels.
    """
    folded = {name.casefold().replace(" ", "_"): name for name in columns if name != label}
    exact = next((folded[name] for name in GROUP_NAMES if name in folded), None)
    if exact is not None:
        return exact
    for wanted in GROUP_WORDS:
        for name, cells in columns.items():
            words = group_words_of(name)
            if name != label and wanted in words and not OTHERWISE & words:
                labels = columns.get(label) if label is not None else None
                if _are_groups(cells, labels):
                    return name
    return None


def _are_groups(cells: Cells, labels: Cells | None) -> bool:
    present = [cell for cell in cells if cell is not None]
    values = set(present)
    if len(values) < _FEWEST_GROUPS or len(values) > _SHARE_ALONE * len(present):
        return False
    # It is the label under another name, or a wider class of the label.
    return labels is None or len(set(zip(cells, labels, strict=True))) > len({*labels} - {None})
