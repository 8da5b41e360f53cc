"""What is said of the tables and pictures around a list: joined, moved, not listed, left out."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.layouts.manifests.class_names_of import names_classes
from onelook.data.layouts.manifests.find_tables import Survey, survey
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.listed_files import ListedFiles, Spelling
from onelook.data.layouts.manifests.table import ManifestTable
from onelook.data.storage.location import Location
from onelook.wording import agree, counted, named

_MOST_NOTES = 3


def note_joined(chosen: Sequence[Located]) -> list[str]:
    """Return a note on each table whose columns came from several files."""
    return [
        f"{named(one.joined)} {agree(len(one.joined), 'lists', 'list')} the same pictures as {one.found.entry}: "
        "the columns were joined."
        for one in chosen
        if one.joined
    ]


_SPELT = {
    Spelling.OTHER_CASE: "are spelt with other capitals, or other forms of the same letters, than the files",
    Spelling.OTHER_SUFFIX: "end in another suffix than the files",
    Spelling.LOST_ZEROS: "lack the zeros in front that the files have",
}


def note_moves(located: Sequence[Located]) -> list[str]:
    """Return notes on paths that were found elsewhere, or under another spelling, than the table says."""
    notes = []
    for one in located:
        dropped, folder = one.where.dropped, one.where.folder
        if dropped.strip("./"):
            place = f"in '{folder}'" if folder else "in this folder"
            notes.append(
                f"The paths in {one.table.name} begin with '{dropped}', which is not here: what follows was found "
                f"{place}."
            )
        if one.where.spelling is not Spelling.SAME:
            at = next((at for at, name in enumerate(one.names) if name is not None), 0)
            cell = one.table.columns[one.found.path][at]
            notes.append(
                f"The names in {one.table.name} {_SPELT[one.where.spelling]}: '{cell}' was taken for '{one.names[at]}'."
            )
    return notes


def note_extras(table: ManifestTable, files: ListedFiles, names: Sequence[str | None]) -> list[str]:
    """Return a note on pictures that are there and that the table does not list."""
    listed = set(names)
    extras = [name for name in files.pictures if name not in listed]
    if not extras:
        return []
    verb = agree(len(extras), "is", "are")
    tops = {name.partition("/")[0] if "/" in name else "" for name in extras}
    # One folder says more than five names in it.
    of_folder = len(extras) > 1 and len(tops) == 1 and "" not in tops
    where, which = (f" in '{tops.pop()}/'", "") if of_folder else ("", f": {named(extras)}")
    return [f"{counted(len(extras), 'picture')}{where} that {table.name} does not list {verb} left out{which}."]


def note_unused(looked: Survey, used: set[str], notes: Sequence[str]) -> list[str]:
    """Return a note on tables that nothing was taken from."""
    said = " ".join([*notes, *looked.notes])
    rest = [each.entry for each in looked.listing if each.entry not in used and each.entry not in said]
    rest += [entry for entry, table in looked.others.items() if entry not in used and entry not in said]
    rest = [entry for entry in rest if not names_classes(entry, looked.others.get(entry))]
    rest += [entry for entry in looked.of_pixels if entry not in rest]
    return [f"Tables that were left out: {named(rest)}."] if rest else []


def notes_on_tables(location: Location) -> list[str]:
    """Return notes on tables that name the pictures of data that is read in another way."""
    looked = survey(location)
    notes = [
        f"{each.entry} lists these pictures too, in the column '{each.path}', and was not read: --layout manifest does."
        for each in looked.listing[:_MOST_NOTES]
    ]
    if more := len(looked.listing[_MOST_NOTES:]):
        notes.append(f"{counted(more, 'other table')} {agree(more, 'does', 'do')} so, too.")
    return [*notes, *looked.notes[:_MOST_NOTES]]
