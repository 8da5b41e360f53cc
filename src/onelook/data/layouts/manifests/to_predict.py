"""Open all pictures of a folder with tables for prediction: those that the tables list, and all others."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from onelook.data.dataset import Dataset
from onelook.data.ids import shared_columns
from onelook.data.layouts.manifests.choose_tables import locate
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength
from onelook.data.layouts.manifests.columns.parts_column import part_of
from onelook.data.layouts.manifests.join_tables import Located, join_same_pictures
from onelook.data.layouts.manifests.keyed_tables import with_keyed_tables
from onelook.data.layouts.manifests.listing_notes import why_located
from onelook.data.layouts.manifests.lists.find_tables import Survey
from onelook.data.layouts.manifests.roles import Roles, find_roles
from onelook.data.part import Part
from onelook.data.part_names import LABELLED, UNLISTED
from onelook.data.pictures.by_content import picture_names
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.from_lists import ListedPictures
from onelook.data.pictures.protocol import Pictures
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, named, printable


def open_to_predict(location: Location, looked: Survey, evidence: LabelEvidence) -> Dataset:
    """Return the pictures of a folder or archive without labels, each once.

    The tables determine the parts: `labelled` pictures already have a label, those of `test` have none, and `unlisted`
    ones are in no table. So a sample submission finds the right picture if two have one name, such as train/1.jpg and
    test/1.jpg.

    Raises:
        DataError: no table can be read.
    """
    read: list[Located] = []
    notes: list[str] = []
    for found in looked.listing:
        try:
            read.append(locate(location, location, found))
        except (DataError, ConfigError) as problem:  # its pictures are still predicted
            notes.append(f"{found.entry} was not read: {problem}")
    read = join_same_pictures(read)
    try:
        read = with_keyed_tables(location, read, looked)
    except DataError as problem:  # only training needs all that they say
        notes.append(f"Tables with further names of the pictures were not read: {problem}")
    parts: dict[str, Part] = {}
    taken: set[str] = set()
    for one in read:
        roles = _roles(one, evidence)
        for name, rows in _by_part(one, roles, taken).items():
            called = name if name not in parts else f"{name} ({one.found.entry})"
            label = roles.label if roles.target.strength > Strength.LEFT else None  # what is left over may be an id
            parts[called] = _part(location, one, called, rows, label)
        taken.update(one.ids)
    rest = [name for name in location.once(picture_names) if name not in taken]
    if rest:
        verb = agree(len(rest), "is", "are")
        if read:
            tables = agree(len(read), read[0].found.entry, "the tables")
            lists = agree(len(read), "does not list", "do not list")
            notes.insert(
                0, f"{counted(len(rest), 'picture')} that {tables} {lists} {verb} predicted too: {named(rest)}."
            )
        parts[UNLISTED] = Part(UNLISTED, tuple(map(printable, rest)), None, FilePictures(location, rest))
    if len(parts) == 1:
        parts = {"all": next(iter(parts.values()))}
    why = "; ".join(map(why_located, read)) or f"it holds {counted(len(rest), 'picture')}"
    return Dataset(location.name, "manifest", why, (), parts, _fingerprint(location, parts), tuple(notes))


def _roles(one: Located, evidence: LabelEvidence) -> Roles:
    try:
        return find_roles(one.table, one.found.path, None, evidence)
    except DataError:  # a column of parts with other words, which only training needs
        return Roles(one.found.path, None, None, None, ())


def _by_part(one: Located, roles: Roles, taken: set[str]) -> Mapping[str, list[int]]:
    """Return the rows of a table by part, without pictures of earlier tables.

    The column of parts decides. Without one, the label decides, unless the table is that of the test pictures.
    """
    table = one.table
    is_labelled = roles.label is not None or bool(roles.target.choices or roles.target.no_classes)
    by_part: dict[str, list[int]] = {}
    seen = set(taken)
    for row, each in enumerate(one.ids):
        if each in seen:
            continue
        seen.add(each)
        said = None if roles.split is None else part_of(table.columns[roles.split][row])
        if said is not None:
            name = said
        elif not is_labelled or (roles.label is not None and table.columns[roles.label][row] is None):
            name = "test"
        else:
            name = "test" if one.found.part == "test" else LABELLED
        by_part.setdefault(name, []).append(row)
    return by_part


def _part(location: Location, one: Located, name: str, rows: Sequence[int], label: str | None) -> Part:
    names = [one.names[row] for row in rows]
    return Part(
        name,
        tuple(printable(one.ids[row]) for row in rows),
        None,
        _pictures(location, names, one.found.entry),
        other_ids=_other_ids(one, rows, label),
        shared_ids=shared_columns(one.table.columns, rows, (label,)),
    )


def _pictures(location: Location, names: Sequence[str | None], entry: str) -> Pictures:
    there = [name for name in names if name is not None]
    if len(there) == len(names):
        return FilePictures(location, there)
    reason = f"{entry} lists it, but there is no such file"
    return ListedPictures(location, names, {at: reason for at, name in enumerate(names) if name is None})


def _other_ids(one: Located, rows: Sequence[int], label: str | None) -> Mapping[str, Sequence[str]]:
    """Return the columns, besides the label, that have a different text in each of these rows."""
    found: dict[str, Sequence[str]] = {}
    for column, cells in one.table.columns.items():
        texts = [cell for row in rows if (cell := cells[row]) is not None]
        if column != label and len(texts) == len(rows) == len(set(texts)):
            found[column] = texts
    return found


def _fingerprint(location: Location, parts: Mapping[str, Part]) -> str:
    digest = hashlib.sha256(repr([(name, list(part.ids)) for name, part in parts.items()]).encode())
    digest.update(location.fingerprint(location.once(picture_names)).encode())
    return digest.hexdigest()
