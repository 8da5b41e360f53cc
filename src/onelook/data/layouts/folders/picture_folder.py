"""The layout `picture-folder`: pictures without labels, in a folder at any depth, or a single picture file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.companions import notes_on_companions
from onelook.data.layouts.folders.files_beside.boxes import notes_on_boxes
from onelook.data.layouts.folders.files_beside.json_files import notes_on_json
from onelook.data.layouts.folders.one_thing import notes_on_bands
from onelook.data.layouts.folders.patterns.name_fields import (
    NameField,
    code_fields,
    fields_between,
    leading_code,
    most_alike,
    word_fields,
)
from onelook.data.layouts.folders.shares import notes_on_shares
from onelook.data.layouts.folders.tree import (
    Arrangement,
    FoundPart,
    PictureTree,
    does_not_fit,
    picture_dataset,
    read_tree,
    read_whole_tree,
)
from onelook.data.layouts.label_from import NamePattern
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.left_out import notes_on_masks
from onelook.data.layouts.question import classes_in_words
from onelook.data.storage.location import Location
from onelook.wording import counted, listed, named

_MOST_FIELDS = 4  # of names, in a note


class PictureFolder:
    """The layout `picture-folder`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Offer the pictures without labels; any layout that finds labels takes precedence. None without pictures."""
        tree = read_tree(location)
        return Candidate(_why_unlabelled(location, tree), LabelSource.NOTHING) if tree.names else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set: one part, `all`, without labels, in natural order.

        Raises:
            DataError: there are no pictures.
        """
        tree = read_tree(location) if options.needs_labels else read_whole_tree(location)
        if not tree.names:
            raise does_not_fit(location, tree, "picture files")
        # For prediction, class folders do not matter: every picture is read.
        why = _why_unlabelled(location, tree) if options.needs_labels else _why(location, tree)
        notes = (
            [
                *notes_on_boxes(location, tree.names),
                *(notes_on_masks(tree.left_out, len(tree.names)) if (code := _code(tree)) is None else []),
                *notes_on_json(location, tree.names),
                *notes_on_bands(tree),
                *notes_on_shares(tree),
                *_note_fields(tree, code),
            ]
            if options.needs_labels
            else []
        )
        if options.needs_labels:
            notes += notes_on_companions(location, tree.names, notes)
        found = Arrangement({"all": FoundPart(tree.names, None)}, why, notes)
        return picture_dataset(location, "picture-folder", tree, found)


def _labelled(tree: PictureTree) -> tuple[Sequence[str], Sequence[str]]:
    """Return the pictures whose names may tell the label, and those in test folders that are called otherwise."""
    if "train" not in tree.parts.values():
        return tree.names, ()
    files = [name.rpartition("/")[2] for name in tree.names]
    if word_fields(files) or code_fields(files) or leading_code(files) is not None:
        return tree.names, ()
    test = [name for top, names in tree.tops.items() if tree.parts.get(top) == "test" for name in names]
    left = set(test)
    return [name for name in tree.names if name not in left], test


def _code(tree: PictureTree) -> NameField | None:
    """Return the first digits of the numbers in all names if they may be the class; None if they tell the folder."""
    names, _ = _labelled(tree)
    code = leading_code([name.rpartition("/")[2] for name in names])
    if code is None:
        return None
    folders = [name.rpartition("/")[0] for name in names]
    tells_folder = len({*zip(folders, code.values, strict=True)}) == len({*folders}) > 1
    return None if tells_folder else code


def _note_fields(tree: PictureTree, code: NameField | None) -> list[str]:
    """Return a note on letters and numbers in the names that may be the label: only the user can tell."""
    names, test = _labelled(tree)
    files = [name.rpartition("/")[2] for name in names]
    if tree.versions is not None:  # a counter is no field because each number is in each version
        files = list(dict.fromkeys(files))
    whole = files
    files = most_alike(whole)
    odd = {*whole} - {*files}
    fields = [*word_fields(files), *code_fields(files), *([] if code is None else [code])]
    fields = fields or ([] if notes_on_bands(tree) else fields_between(files))
    if not fields:
        return []
    fields = [_unlike([*test, *odd], field, files) for field in fields]
    shown = [
        f"{NamePattern(field.pattern).flag} gives {classes_in_words(field.values)} ({files[0]} is {field.values[0]})"
        for field in fields[:_MOST_FIELDS]
    ]
    more = f"; {counted(len(fields) - _MOST_FIELDS, 'more field')}" if len(fields) > _MOST_FIELDS else ""
    parts = (
        ""
        if tree.parts.keys() != tree.tops.keys()
        else f" {listed(f'{top}/' for top in tree.tops)} are then the parts."
    )
    fits = re.compile(fields[0].pattern).search
    if test and not any(fits(name.rpartition("/")[2]) for name in test):
        parts += f" It fits no picture of the test folder, such as {named(test[:1])}: these are then unlabelled."
    return [f"No label was found, but a field of the names may be it: {'; '.join(shown)}{more}.{parts}"]


def _unlike(test: Sequence[str], field: NameField, files: Sequence[str]) -> NameField:
    """Return the field with a pattern that does not fit the test pictures, if these have other values, as `0000.jpg`.

    The sign behind the field belongs to the pattern then, as in `^(?P<label>\\d+)_`.
    """
    search = re.compile(field.pattern).search
    found = {match["label"] for name in test if (match := search(name.rpartition("/")[2]))}
    if found <= {*field.values}:
        return field
    behind = {file[match.end() : match.end() + 1] for file in files if (match := search(file))}
    if len(behind) != 1 or (sign := behind.pop()).isalnum():
        return field
    return replace(field, pattern=f"{field.pattern}{re.escape(sign)}")


def _why_unlabelled(location: Location, tree: PictureTree) -> str:
    return f"{_why(location, tree)}, with labels neither in folders nor in names"


def _why(location: Location, tree: PictureTree) -> str:
    # A user with pictures of only one class should read why the folder is not a class.
    inside = "/".join(filter(None, (location.wrapping, tree.base.rstrip("/"))))
    place = f", all in one folder '{inside}'" if inside else ""
    return f"it holds {counted(len(tree.names), 'picture')}{place}"
