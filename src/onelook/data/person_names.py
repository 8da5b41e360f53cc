"""Recognise folders that are called after persons: a word for a person, and a number."""

from __future__ import annotations

import re
from collections.abc import Collection

# `patient00001`, `subject-3`, `s0012`, and `p10000032` of MIMIC-CXR.
PERSON = re.compile(
    r"(?:patient|subject|subj|person|participant|case|user|usr|driver|volunteer|writer|scribe|speaker|signer|author"
    r"|actor|donor|respondent|sub|pat|pt|s(?=\d{3})|p(?=\d{8}(?!\d)))[\W_]*\d+"
    r"(?:[\W_]+[a-z]+[\W_]*\d+)*",  # `patient_004_node_4`
    re.I,
)


def are_called_after_persons(folders: Collection[str]) -> bool:
    """Return whether all folders have a word for a person and a number, and there are several.

    Example:
        >>> are_called_after_persons(["patient_004_node_4", "patient_020_node_2"]), are_called_after_persons(["1", "2"])
        (True, False)
    """
    distinct = set(folders)
    return len(distinct) > 1 and all(map(PERSON.fullmatch, distinct))
