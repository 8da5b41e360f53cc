"""The words in the names of columns that mean a group, such as a patient or a place."""

from __future__ import annotations

from onelook.data.column_names import GROUP_NAMES
from onelook.data.layouts.manifests.columns.column_words import words_of

# Words in the names of group columns, the wider group first: a sequence is inside a place.
GROUP_WORDS = (
    *("patient", "subject", "person", "identity", "participant", "driver", "speaker", "signer", "volunteer", "donor"),
    *("writer", "user", "animal"),
    *("lesion", "case", "study", "slide", "session", "location", "site", "plot", "sequence", "seq", "track", "burst"),
    *("video", "clip", "recording", "scene", "event", "visit", "well"),
)
# Words that mean a property of the group, and not the group itself.
OTHERWISE = frozenset(
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


def names_groups(column: str) -> bool:
    """Return whether a column is called like one of groups, such as `user_id`.

    Example:
        >>> names_groups("user_id"), names_groups("patient_age"), names_groups("breed")
        (True, False, False)
    """
    words = set(words_of(column))
    return column.casefold() in GROUP_NAMES or (bool(words & set(GROUP_WORDS)) and not words & OTHERWISE)
