"""Write doubtful labels as a file that becomes a fixes file once its column `action` is filled in."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.dataset import Dataset
from onelook.data.fixes.find_pictures import contents_of
from onelook.data.ledger import csv_text

_SUSPECT = ("id", "split", "label", "suggested", "probability", "score")
FILL_IN = "Write relabel, drop or keep into its column 'action'."  # what turns the table into a fixes file
_TO_FILL_IN = ("action", "class_name", "content")


def suspects_csv(rows: Sequence[tuple[str, str, str, str, str, str]], dataset: Dataset | None) -> str:
    """Return the table of doubtful labels: an empty action, the suggested class, and the content of the picture.

    Args:
        rows: `id, split, label, suggested, probability, score` of each.
        dataset: has the pictures; None if they are gone: then the contents are empty.
    """
    contents = [""] * len(rows) if dataset is None else _contents(dataset, [row[0] for row in rows])
    filled = [(*row, "", row[3], content) for row, content in zip(rows, contents, strict=True)]
    return csv_text((*_SUSPECT, *_TO_FILL_IN), filled)


def _contents(dataset: Dataset, ids: Sequence[str]) -> list[str]:
    wanted = set(ids)
    place_of = {
        each: (part.pictures, row)
        for part in dataset.parts.values()
        for row, each in enumerate(part.ids)
        if each in wanted
    }
    return contents_of(place_of[each] for each in ids)
