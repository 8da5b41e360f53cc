"""Recognise labels that are texts to read, such as names in handwriting: nearly each picture has one of its own."""

from __future__ import annotations

from dataclasses import replace

from onelook.data.layouts.manifests.columns.number_columns import are_codes, number_in_words
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.roles import Roles
from onelook.wording import counted, named

_FEWEST_ROWS = 20  # in a smaller table (a toy example), classes may all differ
_SHARE_DISTINCT = 2 / 3  # of the pictures with a label


def without_texts(table: ManifestTable, roles: Roles) -> Roles:
    """Return the roles; with the reason why the labels are no classes if there are nearly as many as pictures.

    Example:
        >>> texts = [f"text {number % 22}" for number in range(24)]
        >>> table = ManifestTable("t.csv", {"path": [f"{n}.png" for n in range(24)], "text": texts})
        >>> without_texts(table, Roles("path", "text", None, None, ())).target.no_classes[:62]
        "The column 'text' holds 22 labels for 24 pictures, such as 'te"
    """
    if roles.label is None or roles.target.no_classes or table.key:
        return roles
    cells = [cell for cell in table.columns[roles.label] if cell is not None]
    distinct = dict.fromkeys(cells)
    if len(cells) < _FEWEST_ROWS or len(distinct) <= _SHARE_DISTINCT * len(cells):
        return roles
    if are_codes(cells):
        reason = number_in_words(roles.label, cells)
        return replace(roles, target=replace(roles.target, no_classes=reason))
    reason = (
        f"The column '{roles.label}' holds {counted(len(distinct), 'label')} for {counted(len(cells), 'picture')}, "
        f"such as {named(list(distinct)[:3])}: nearly each picture has one of its own, as texts and names have, so "
        "they are no classes. onelook trains classifiers: name another column with --label-column, or take a tool that "
        f"reads text. If these are the classes all the same, say so with --label-column {roles.label}."
    )
    return replace(roles, target=replace(roles.target, no_classes=reason))
