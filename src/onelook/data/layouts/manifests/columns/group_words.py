"""The words in the names of columns that mean a group, such as a patient or a place."""

from __future__ import annotations

from onelook.data.column_names import GROUP_NAMES, words_of

# Words in the names of group columns, the wider group first: a sequence is inside a place.
GROUP_WORDS = (
    *("patient", "subject", "person", "identity", "participant", "driver", "speaker", "signer", "volunteer", "donor"),
    *("writer", "user", "animal", "subj", "pid"),
    *("lesion", "encounter", "case", "study", "slide", "session", "location", "site", "plot", "sequence", "seq"),
    *("track", "burst"),
    *("video", "clip", "recording", "scene", "event", "visit", "well"),
    "observation",
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


# What is written behind such a word without a sign between, as in `userid`.
_ENDS = ("uid", "id", "ids", "no", "nr", "code", "key")
_SHORT = {"obs": "observation"}  # with `id` and the like: alone, it is also a column of remarks


def group_words_of(column: str) -> set[str]:
    """Return the words of a column's name, also those in front of `id` and the like.

    Example:
        >>> sorted(group_words_of("userid")), sorted(group_words_of("PersonNo")), sorted(group_words_of("covid"))
        (['user', 'userid'], ['no', 'person'], ['covid'])
        >>> sorted(group_words_of("obs_id")), sorted(group_words_of("obs"))
        (['id', 'obs', 'observation'], ['obs'])
    """
    words = set(words_of(column))
    glued = {word.removesuffix(end) for word in words for end in _ENDS if word.endswith(end)}
    in_full = {_SHORT[word] for word in glued | (words if words & {*_ENDS} else set()) if word in _SHORT}
    return words | (glued & set(GROUP_WORDS)) | in_full


def names_groups(column: str) -> bool:
    """Return whether a column is called like one of groups, such as `user_id`.

    Example:
        >>> names_groups("user_id"), names_groups("subjectid"), names_groups("patient_age"), names_groups("breed")
        (True, True, False, False)
    """
    words = group_words_of(column)
    return column.casefold() in GROUP_NAMES or (bool(words & set(GROUP_WORDS)) and not words & OTHERWISE)
