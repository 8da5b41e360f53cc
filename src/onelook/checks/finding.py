"""The finding of a check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict

from onelook.wording import agree, counted, listed, percent

_SHOWN = 3
_CALLED = {"train": "the training set", "val": "the validation set", "test": "the test set", "all": "the data"}


# error: something is wrong, and a score on this data is misleading. warning: something is wrong or missing, and makes
# the result worse. note: something is unusual, but it may be right.
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")  # the most severe first


class FindingFields(TypedDict):
    """A finding in `run.json` and `inspect --json`."""

    check: str
    split: str
    count: int
    ids: list[str]
    message: str
    severity: Severity
    pairs: NotRequired[list[list[str]]]  # absent if there are none
    options: NotRequired[list[str]]  # absent if there are none


@dataclass(frozen=True)
class Finding:
    """One thing to know about the data."""

    check: str  # the check's registered name
    split: str  # train, val, test, or all
    count: int  # the number of pictures (for `missing-class` and `imbalance`: of classes)
    ids: tuple[str, ...]  # the ids of these pictures; empty if it is about classes
    message: str  # sentences: what was found, and what to do
    pairs: tuple[tuple[str, str], ...] = ()  # ids that belong together, such as a test picture and its training twin
    severity: Severity = "warning"
    options: tuple[str, ...] = ()  # options of `onelook train` that may help, as typed

    def to_dict(self) -> FindingFields:
        """Return the finding as plain JSON values."""
        fields: FindingFields = {
            "check": self.check,
            "split": self.split,
            "count": self.count,
            "ids": list(self.ids),
            "message": self.message,
            "severity": self.severity,
        }
        if self.pairs:
            fields["pairs"] = [list(pair) for pair in self.pairs]
        if self.options:
            fields["options"] = list(self.options)
        return fields


def for_example(ids: Sequence[str]) -> str:
    """Return a few ids, for a message.

    Example:
        >>> for_example(["a", "b"]), for_example(list("abcde"))
        ('a, b', 'a, b, c and 2 more')
    """
    return listed(ids, most=_SHOWN, last="")


def share_of(count: int, split: str, total: int) -> str:
    """Return a number of pictures and their share of a split, as the beginning of a sentence.

    Example:
        >>> share_of(1, "test", 40), share_of(2_000, "val", 2_001)
        ('1 picture of 40 in the test set (2.5 %) is', '2,000 pictures of 2,001 in the validation set (99.95 %) are')
    """
    share = percent(count / total)
    return f"{counted(count, 'picture')} of {total:,} in {called(split)} ({share}) {agree(count, 'is', 'are')}"


def called(split: str) -> str:
    """Return the name of a split in a sentence.

    Example:
        >>> called("val")
        'the validation set'
    """
    return _CALLED.get(split, split)
