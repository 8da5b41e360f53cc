from __future__ import annotations

from collections.abc import Callable

from onelook.checks.evidence import Evidence
from onelook.checks.pictures.unreadable import check


def test_each_split_with_unreadable_pictures_is_named_with_the_first_reason(evidence: Callable[..., Evidence]) -> None:
    quarantined = {
        "train": {"a.jpg": "the file is empty (0 bytes)", "b.jpg": "cut short"},
        "test": {"c.jpg": "the file is empty (0 bytes)"},
    }
    first, second = check(evidence(train=("cd", [1, 2]), test=("cd", [3, 4]), quarantined=quarantined))
    assert (first.split, first.count, first.ids) == ("train", 2, ("a.jpg", "b.jpg"))
    assert first.message == (
        "2 pictures in the training set cannot be read and are left out, such as a.jpg: the file is empty (0 bytes). "
        "A run lists each with its reason in ledger.csv."
    )
    assert second.message.startswith(
        "1 picture in the test set cannot be read and is left out: c.jpg: the file is empty (0 bytes)."
    )
