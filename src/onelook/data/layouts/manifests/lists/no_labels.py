"""Tables that list pictures, or seem to, and hold no labels: answers of a model, boxes, keys, and numbers of rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_words import CLASS_LIST_WORDS
from onelook.data.layouts.manifests.columns.number_columns import counts_rows, number_of
from onelook.data.layouts.manifests.lists.found_table import FoundTable, part_in_name, sampled_cells
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN, LOOSE_DELIMITERS
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of
from onelook.wording import counted

_TRUTH_WORDS = frozenset({"solution", "solutions", "truth", "gt", "groundtruth", "label", "labels", "answer", "true"})
_GUESS_WORDS = frozenset(
    {"pseudo", "pred", "preds", "predicted", "prediction", "predictions", "result", "results", "output", "outputs"}
)
_SIDES_OF_BOX = 4
_BOX_WORDS = frozenset({"box", "boxes", "bbox", "bboxes", "bounding"})
_LONG_ID = 8  # digits
_SHARE_ALIKE = 0.9  # of a table's names, that are in each of several folders


def are_answers(found: FoundTable, listing: Sequence[FoundTable], samples: Iterable[ManifestTable]) -> bool:
    """Return whether a table has the answers of a model on pictures to predict, and not their labels.

    It lists the pictures of a sample submission, or is called `preds.csv` and lists none of another table. A solution
    that was handed out later is called so, or after the part.
    """
    words = {*words_of(found.entry.rpartition("/")[2].partition(".")[0])}
    are_guesses = bool(words & _GUESS_WORDS)
    if not are_guesses and (words & _TRUTH_WORDS or found.part is not None):
        return False
    if len(found.table.columns) < 2:
        return False
    ids = {*sampled_cells(found.table, found.path)}
    for sample in samples:
        column = found.path if found.path in sample.columns else next(iter(sample.columns))
        asked = {*sampled_cells(sample, column)}
        answers = [each for each in sample.columns if each != column]
        is_alike = [*found.table.columns] == [*sample.columns] and 2 * len(ids & asked) > len(ids)
        are_those = len(ids & asked) >= _SHARE_ALIKE * max(len(ids), len(asked))
        if is_alike or (are_those and _has_answers(found, answers)):
            return True
    others = [each for each in listing if each is not found and len(each.table.columns) > 1]
    known = {cell for each in others for cell in sampled_cells(each.table, each.path)}
    return are_guesses and bool(others) and ids.isdisjoint(known)


def _has_answers(found: FoundTable, answers: Collection[str]) -> bool:
    """Return whether a column beside the path is one that a sample asks for, or holds the classes that these name."""
    return any(
        column in answers or (len(answers) > 1 and {*sampled_cells(found.table, column)} <= {*answers})
        for column in found.table.columns
        if column != found.path
    )


def is_of_boxes(found: FoundTable) -> bool:
    """Return whether a table without a header has four numbers a picture, and a word for boxes in its name."""
    columns = [sampled_cells(found.table, column) for column in found.table.columns if column != found.path]
    stem = found.entry.rpartition("/")[2].partition(".")[0]
    are_sides = len(columns) == _SIDES_OF_BOX and all(
        number_of(cell) is not None for cells in columns for cell in cells
    )
    return FIRST_COLUMN in found.table.columns and are_sides and bool(_BOX_WORDS & set(words_of(stem)))


def note_left_out(found: FoundTable) -> str:
    """Return the note on a table of boxes, or of predictions, that lists pictures."""
    what = "boxes in the pictures" if is_of_boxes(found) else "predictions"
    return f"{found.entry} holds {what}, which are no labels. It was left out."


def unevenness(found: FoundTable) -> str:
    """Return why a text is no table, if the line that would be its header has fewer cells than the rows."""
    sample = found.table.sample
    if sample is None or sample.form.columns or sample.form.header_at is None:
        return ""
    cells = len(sample.records[sample.form.header_at])
    is_table = cells >= sample.width or sample.form.delimiter in LOOSE_DELIMITERS
    return "" if is_table else f"its first line has {counted(cells, 'cell')} and others have {sample.width}"


def has_keys_of_another(found: FoundTable, listing: Sequence[FoundTable]) -> bool:
    """Return whether the numbers in a table are keys of rows in another one, which has the names of the pictures."""
    cells = set(sampled_cells(found.table, found.path))
    if not are_numbers(cells):
        return False
    return any(
        column != other.path and set(sampled_cells(other.table, column)) == cells
        for other in listing
        if other is not found and not are_numbers(sampled_cells(other.table, other.path))
        for column in other.table.columns
    )


def is_joined_by_key(table: ManifestTable, listing: Sequence[FoundTable]) -> bool:
    """Return whether a table begins with the keys that another one has beside the names of the pictures."""
    first = next(iter(table.columns), None)
    keys = set() if first is None else set(sampled_cells(table, first))
    return any(
        column != other.path and len(keys & set(sampled_cells(other.table, column))) > len(keys) // 2
        for other in listing
        for column in other.table.columns
    )


def numbers_of_rows(listing: Sequence[FoundTable], others: Mapping[str, ManifestTable]) -> list[FoundTable]:
    """Return the lists of numbers of a part beside one for another part whose numbers name no pictures.

    In `test_indexes.csv` the rows of a table are numbered from 0, and `2` is not the picture `2.png`.
    """
    folders = {
        entry.rpartition("/")[0]
        for entry, table in others.items()
        if part_in_name(entry) and len(table.columns) == 1 and are_numbers(sampled_cells(table, *table.columns))
    }
    return [
        each
        for each in listing
        if each.part
        and len(each.table.columns) == 1
        and each.entry.rpartition("/")[0] in folders
        and are_numbers(sampled_cells(each.table, each.path))
    ]


def numbers_classes(found: FoundTable) -> bool:
    """Return whether a table is called like one that numbers classes, and has numbers alone for names of pictures."""
    words = set(words_of(found.entry.rpartition("/")[2].partition(".")[0]))
    cells = sampled_cells(found.table, found.path)
    if not words & CLASS_LIST_WORDS or sum(map(str.isdecimal, cells)) < _SHARE_ALIKE * len(cells):
        return False
    return not any(_are_long_ids(sampled_cells(found.table, column)) for column in found.table.columns)


def only_counts(found: FoundTable, listing: Sequence[FoundTable]) -> bool:
    """Return whether a table without a name for its first column counts its rows there, beside lists of file names.

    pandas writes such a column, and its 1 happens to be the picture `001.jpg`.
    """
    cells = sampled_cells(found.table, found.path)
    if len(found.table.columns) < 2 or not counts_rows(found.path, cells):
        return False
    return any(
        2 * sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in sampled_cells(other.table, other.path))
        > other.table.rows
        for other in listing
        if other is not found
    )


def _are_long_ids(cells: Sequence[str]) -> bool:
    """Return whether cells are long numbers, each another: ids of things, and not of classes."""
    return len(set(cells)) == len(cells) > 1 and are_numbers(cells) and min(map(len, cells)) >= _LONG_ID


def are_numbers(cells: Collection[str]) -> bool:
    """Return whether all cells are whole numbers without a sign."""
    return all(cell.isdecimal() for cell in cells)
