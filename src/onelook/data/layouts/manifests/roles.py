"""Find what each column of a table that lists pictures is: the path, the label, the part or the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from onelook.data.column_names import CODE_WORDS, is_called_like_label, words_of
from onelook.data.layouts.manifests.columns.box_columns import box_columns
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength, Target
from onelook.data.layouts.manifests.columns.group_column import are_ids_of_groups, group_column, named_group
from onelook.data.layouts.manifests.columns.label_columns import are_one_to_one, people_among
from onelook.data.layouts.manifests.columns.one_hot import (
    chief_column,
    mark_among,
    value_for_no,
)
from onelook.data.layouts.manifests.columns.parts_column import is_called_after_parts, parts_column
from onelook.data.layouts.manifests.columns.several_categories import (
    reason_of_many,
)
from onelook.data.layouts.manifests.columns.several_labels import (
    classes_of_boxes_in_words,
    several_crosses_in_words,
    several_ones_in_words,
)
from onelook.data.layouts.manifests.columns.target import choose_target, with_codes_of_sample
from onelook.data.layouts.manifests.readers.table import ManifestTable, without_few_several
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN
from onelook.errors import unknown_name
from onelook.wording import named

_NO_EVIDENCE = LabelEvidence()


@dataclass(frozen=True)
class Roles:
    """The roles of the columns."""

    path: str
    label: str | None
    split: str | None
    group: str | None
    others: tuple[str, ...]
    target: Target = field(default=Target(), compare=False)  # how the label was chosen


def find_roles(
    table: ManifestTable, path: str, label_column: str | None = None, evidence: LabelEvidence = _NO_EVIDENCE
) -> Roles:
    """Return the roles of the columns, by their names and values; the label also by other tables.

    Raises:
        ConfigError: there is no column with the name that the user gave for the label.
        DataError: the column `split` has the one part train, and other words.
    """
    table, _ = without_few_several(table)
    if label_column is not None and label_column not in table.columns:
        raise unknown_name("column", label_column, [column for column in table.columns if column != path])
    rest = {column: cells for column, cells in table.columns.items() if column not in (path, label_column)}
    split = split_column(table, list(rest))
    rest.pop(split or "", None)
    named = named_group(rest)
    no_label = {path, split, named, table.key, *box_columns(table.columns), *filter(is_called_after_parts, rest)}
    no_label.update(table.ratings)
    candidates = {column: cells for column, cells in table.columns.items() if column not in no_label}
    if label_column is not None:
        candidates[label_column] = table.columns[label_column]
    if table.key:  # values that are equal for all pictures of one row are judged by the rows
        keys = table.columns[table.key]
        first_rows = list({key: row for row, key in reversed(list(enumerate(keys)))}.values())
        candidates = {column: [cells[row] for row in first_rows] for column, cells in candidates.items()}
        evidence = replace(evidence, folders=(), paths=())
    others_than_names = {column: cells for column, cells in candidates.items() if column not in table.naming}
    target = choose_target(others_than_names if label_column is None else candidates, label_column, evidence)
    if table.naming and target == Target():
        facts = people_among(others_than_names)
        target = Target(choices=facts) if len(facts) > 1 else choose_target(candidates, label_column, evidence)
    if label_column is None:
        target = with_codes_of_sample(candidates, target, evidence)
    if table.several is not None and label_column in (None, table.several.column):
        reason = reason_of_many(table.name, table.several, table.boxes)
        target = Target(table.several.column, Strength.NAMED, no_classes=reason)
    if table.boxes and target.no_classes and label_column is None:
        reason = classes_of_boxes_in_words(table.boxes_from or table.name, target.no_classes)
        target = replace(target, no_classes=reason)
    if table.several_labels and label_column is None:
        target = _beside_marks(table, others_than_names, target, evidence)
    is_sure = (
        label_column is not None
        or (target.column is not None and target.column not in table.several_labels and target.strength > Strength.LEFT)
        or _is_asked_alone(target, evidence)
        or _say_what_folders_say(target, table, evidence)
    )
    if table.several_labels and not is_sure and not _is_to_predict(candidates, evidence):
        target = Target(None, Strength.NAMED, no_classes=_several_in_words(table))
    label = target.column
    if table.key and named is None and not (label is not None and _is_key_of_classes(table, label)):
        group: str | None = table.key
    else:
        group = group_column({**rest, **({label: table.columns[label]} if label else {})}, label)
        group = group or _leading_ids(table, path, label)
    if label in target.choices:
        label = None
    used = (label, split, group)
    others = tuple(column for column in rest if column not in used)
    return Roles(path, label, split, group, others, target)


def _leading_ids(table: ManifestTable, path: str, label: str | None) -> str | None:
    """Return the first column of a table without a header if it has the ids of patients; None if it does not."""
    names = [*table.columns]
    if label in (None, FIRST_COLUMN) or names[0] != FIRST_COLUMN or path == FIRST_COLUMN:
        return None
    return FIRST_COLUMN if are_ids_of_groups(table.columns[FIRST_COLUMN], table.columns[str(label)]) else None


def _beside_marks(
    table: ManifestTable, columns: Mapping[str, Sequence[str | None]], target: Target, evidence: LabelEvidence
) -> Target:
    """Return the target; instead of one among columns of marks, or of none, a sure one beside them.

    It has a usual name, or its values each imply one of the marks.
    """
    is_sure = target.column not in (None, *table.several_labels) and target.strength is Strength.NAMED
    is_pointed_at = bool(evidence.sample_columns) or evidence.test_columns is not None
    marks = [name for name in table.several_labels if name in columns]
    if is_sure or is_pointed_at or not marks:
        return target
    if _say_what_folders_say(target, table, evidence):
        return target
    others = {name: cells for name, cells in columns.items() if name not in marks and _holds_classes(cells)}
    found = choose_target(others, None, evidence) if others else Target()
    if found.column is not None and found.strength is Strength.NAMED and not found.no_classes:
        return found
    chief = chief_column(columns, marks)
    if chief is None:
        return target
    note = (
        f"Each value of '{chief}' goes with a 1 in one of the columns {named(marks)}, of which a picture may have "
        f"several: '{chief}' is the label, and these are further facts. --label-column chooses."
    )
    return Target(chief, Strength.NAMED, notes=(note,))


def _holds_classes(cells: Sequence[str | None]) -> bool:
    """Return whether a column has several values, and most rows have one: a category of boxes is for few pictures."""
    return len({*cells} - {None}) > 1 and 2 * cells.count(None) <= len(cells)


def _several_in_words(table: ManifestTable) -> str:
    """Return the sentence on columns of marks that give a picture several labels, or none."""
    marks = {cell for name in table.several_labels for cell in table.columns.get(name, ())}
    if (mark := mark_among(marks)) != "1":
        return several_crosses_in_words(table.several_labels, mark)
    return several_ones_in_words(table.several_labels, value_for_no(marks))


def _is_key_of_classes(table: ManifestTable, label: str) -> bool:
    """Return whether the common key of rows is the label under another name, as `landmark_id` of `landmark_name`.

    A person may happen to have one label, and the label one person: the key's name tells, or that it holds numbers.
    """
    cells = table.columns[table.key]
    if not are_one_to_one(cells, table.columns[label]):
        return False
    words, of_label = ({*words_of(name)} - CODE_WORDS for name in (table.key, label))
    are_numbers = all(cell is not None and cell.isdecimal() for cell in cells)
    return bool(words & of_label) or is_called_like_label(table.key) or are_numbers


def _is_to_predict(columns: Mapping[str, Sequence[str | None]], evidence: LabelEvidence) -> bool:
    """Return whether a table has no column that the one of pictures to predict lacks: it is that table."""
    return evidence.test_columns is not None and columns.keys() <= {*evidence.test_columns}


def _is_asked_alone(target: Target, evidence: LabelEvidence) -> bool:
    """Return whether a sample submission has one column beside its ids, and the target is called so.

    If `cancer`, `biopsy` and `implant` are all of 0 and 1, only the one that is to be predicted is a label.
    """
    answers = [*evidence.sample_columns][1:]
    return target.column is not None and [each.casefold() for each in answers] == [target.column.casefold()]


def _say_what_folders_say(target: Target, table: ManifestTable, evidence: LabelEvidence) -> bool:
    """Return whether the column chosen, or one of those to choose from, says the same as the pictures' folders.

    Other columns of 0 and 1 are then further facts: `hand` and `hardware` beside `fractured`, in `Fractured/`.
    """
    return any(
        are_one_to_one(table.columns[column], level)
        for column in (target.column, *target.choices)
        if column is not None
        for level in evidence.folders
        if len(level) == table.rows
    )


def split_column(table: ManifestTable, columns: Sequence[str]) -> str | None:
    """Return the column with the part of each row; None if there is none.

    Raises:
        DataError: the column `split` has the one part train, and other words.
    """
    return parts_column(table.name, {column: table.columns[column] for column in columns})
