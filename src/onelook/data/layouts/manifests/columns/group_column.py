"""Find the column of groups, such as patients or places, which a split must not divide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onelook.data.column_names import GROUP_NAMES
from onelook.data.layouts.manifests.columns.column_words import words_of

Cells = Sequence[str | None]

# Words in the names of group columns, the wider group first: a sequence is inside a place.
GROUP_WORDS = (
    *("patient", "subject", "person", "identity", "participant", "driver", "speaker", "signer", "volunteer", "donor"),
    *("writer", "user", "animal"),
    *("lesion", "case", "study", "slide", "session", "location", "site", "plot", "sequence", "seq", "track", "burst"),
    *("video", "clip", "recording", "scene", "event", "visit"),
)
# Words that mean a property of the group, and not the group itself.
_OTHERWISE = frozenset(
    (
        "age",
        "sex",
        "gender",
        "num",
        "count",
        "frames",
        "frame",
        "time",
        "date",
        "name",
        "type",
        "view",
        "position",
        "year",
    )
)
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
            words = words_of(name)
            if name != label and wanted in words and not _OTHERWISE & set(words):
                labels = columns.get(label) if label is not None else None
                if _are_groups(cells, labels):
                    return name
    return None


def names_groups(column: str) -> bool:
    """Return whether a column is called like one of groups, such as `user_id`.

    Example:
        >>> names_groups("user_id"), names_groups("patient_age"), names_groups("breed")
        (True, False, False)
    """
    words = set(words_of(column))
    return column.casefold() in GROUP_NAMES or (bool(words & set(GROUP_WORDS)) and not words & _OTHERWISE)


def _are_groups(cells: Cells, labels: Cells | None) -> bool:
    present = [cell for cell in cells if cell is not None]
    values = set(present)
    if len(values) < _FEWEST_GROUPS or len(values) > _SHARE_ALONE * len(present):
        return False
    # It is the label under another name, or a wider class of the label.
    return (
        labels is None
        or len(set(zip(cells, labels, strict=True))) > len({*labels} - {None})
        or len(values) > 4 * len({*labels})
    )
