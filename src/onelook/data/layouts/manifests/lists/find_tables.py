"""The search for tables that list pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.box_columns import are_found_by_machine
from onelook.data.layouts.manifests.lists.found_table import (
    LIST_SUFFIXES,
    FoundTable,
    first_rows,
    sampled_cells,
    shared_key,
    with_parts_of_siblings,
)
from onelook.data.layouts.manifests.lists.listed_otherwise import listing_otherwise, of_folder_and_file, of_other_parts
from onelook.data.layouts.manifests.lists.mat_lists import MatLists, find_mat_lists
from onelook.data.layouts.manifests.lists.nearly_listed import note_labels_alone, note_nearly
from onelook.data.layouts.manifests.lists.no_labels import (
    are_answers,
    are_numbers,
    has_keys_of_another,
    is_joined_by_key,
    is_of_boxes,
    note_left_out,
    numbers_classes,
    numbers_of_rows,
    only_counts,
    unevenness,
)
from onelook.data.layouts.manifests.lists.path_column import (
    SHARE_FOUND,
    best_table,
    candidate_columns,
    may_be_name,
    with_path,
)
from onelook.data.layouts.manifests.lists.table_place import lone_first_rows, table_place
from onelook.data.layouts.manifests.lists.xml_lists import XmlLists, find_xml_lists
from onelook.data.layouts.manifests.names.folder_and_file import may_name_in_folders
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.readers.text_form import TextForm
from onelook.data.layouts.manifests.readers.xml_tables import XML
from onelook.data.layouts.tables.files import endings, table_suffix
from onelook.data.layouts.tables.matlab.mat_files import MAT_SUFFIX
from onelook.data.layouts.tables.text import has_pixel_columns
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import ConfigError, DataError

# What `onelook predict` writes: a guess is no label, unless someone gives that very file.
_PREDICTIONS = {"id", "label", "confidence"}
_SUBMISSION = ("submission", "submit", "提交", "提出", "제출", "soumission", "submissao", "submissão")
# More tables than this lie beside pictures as a file for each: with its boxes, or its caption.
_MOST_TABLES = 40
_LARGEST_LOOKED_AT = 200
_FEWEST_SIDECARS = 3
# Texts for people, whose words may happen to be in the names of pictures.
_PROSE = re.compile(
    r"[\W\d_]*(?:readme|licen[cs]e|copying|copyright|notice|changelog|terms|citation|md5sums?)(?![a-z]).*\.txt", re.I
)


@dataclass(frozen=True)
class Survey:
    """All tables of a location, by their relation to its pictures."""

    listing: tuple[FoundTable, ...] = ()
    samples: Mapping[str, ManifestTable] = field(default_factory=dict)  # of submissions, by entry
    others: Mapping[str, ManifestTable] = field(default_factory=dict)  # that name no picture
    forms: Mapping[str, TextForm] = field(default_factory=dict)  # of the others that are texts
    notes: tuple[str, ...] = ()  # tables that nearly list the pictures, and why they do not
    of_pixels: tuple[str, ...] = ()  # tables with a column a pixel
    class_names: Mapping[str, Sequence[str]] = field(default_factory=dict)  # in Matlab's files, by where they stand

    def has_keyed_labels(self, found: FoundTable) -> bool:
        """Return whether other tables seem to have labels or parts for the rows of one, by a key."""
        if any(shared_key(found.table, found.path, table) for table in self.others.values()):
            return True
        numbers = [
            set(sampled_cells(found.table, column))
            for column in found.table.columns
            if column != found.path and are_numbers(sampled_cells(found.table, column))
        ]
        return any(
            len(table.columns) > 1
            and {"label", "labels", "split"} & set(words_of(entry.rpartition("/")[2].partition(".")[0]))
            and any(
                len(set(sampled_cells(table, next(iter(table.columns)))) & keys) > len(keys) // 2 for keys in numbers
            )
            for entry, table in self.others.items()
        )


def lone_table(location: Location) -> list[FoundTable]:
    """Return the table that the location is, as a list of one; empty if it lists no pictures.

    Names that end like pictures' are enough; only for others is the table's folder looked at, which may be large.
    """
    (entry,) = location.entries()
    if table_suffix(entry) not in LIST_SUFFIXES or has_pixel_columns(location, entry):
        return []
    candidates = location.once(lone_first_rows)
    for candidate in candidates:
        for column in candidate_columns(candidate.table):
            cells = sampled_cells(candidate.table, column)
            if cells and sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) > len(cells) * SHARE_FOUND:
                # With several encodings, or a first line that may be a row and no header, the files decide.
                is_unclear = len(candidates) > 1 or suffix_of(column) in PICTURE_SUFFIXES
                files = ListedFiles(location.once(table_place)) if is_unclear else None
                return [with_path(candidate, column)] if files is None else best_table(candidates, files, [column])
    names = {column for candidate in candidates for column in candidate_columns(candidate.table) if may_be_name(column)}
    if not any(
        sampled_cells(candidate.table, column)
        for candidate in candidates
        for column in names & candidate.table.columns.keys()
    ):
        return []
    return best_table(candidates, ListedFiles(location.once(table_place)), sorted(names))


def survey(location: Location) -> Survey:
    """Return all tables of a folder or archive, looked at once."""
    return location.once(_survey)


def is_sample(entry: str) -> bool:
    """Return whether a table is called like the sample submission of a competition."""
    stem = normalize("NFC", entry.rpartition("/")[2]).casefold().partition(".")[0]
    return (
        any(word in stem for word in _SUBMISSION)
        or stem in ("sample", "sample_solution", "samplesolution")
        or stem.startswith(("sample_sub", "sample-sub", "samplesub"))
    )


def sample_names(location: Location) -> tuple[frozenset[str], ...]:
    """Return the columns of each sample submission, and the first values of each column: classes may be among them."""
    found: list[frozenset[str]] = []
    for table in survey(location).samples.values():
        found.append(frozenset(table.columns))
        found.extend(frozenset(cell for cell in cells if cell is not None) for cells in table.columns.values())
    return tuple(found)


def _survey(location: Location) -> Survey:
    entries = [
        entry
        for entry in location.entries()
        if table_suffix(entry) in LIST_SUFFIXES and not _PROSE.match(entry.rpartition("/")[2])
    ]
    has_mats, has_xml = MAT_SUFFIX in endings(location), XML in endings(location)
    if not (entries or has_mats or has_xml) or not (pictures := ListedFiles(location).pictures):
        return Survey()
    listing: list[FoundTable] = []
    samples: dict[str, ManifestTable] = {}
    others: dict[str, ManifestTable] = {}
    forms: dict[str, TextForm] = {}
    notes: list[str] = []
    of_pixels: list[str] = []
    looked_at = _without_sidecars(entries, pictures)
    for entry in looked_at:
        if has_pixel_columns(location, entry):
            of_pixels.append(entry)
            continue
        try:
            candidates = first_rows(location, entry)
        except (DataError, ConfigError):  # notes and results lie about in folders too
            continue
        if not candidates:
            continue
        if is_sample(entry):
            samples[entry] = candidates[0].table
            continue
        folder = f"{entry.rpartition('/')[0]}/" if "/" in entry else ""
        files = ListedFiles(location, folder)
        found = _listing(candidates, location, files, may_be_odd=len(looked_at) <= _MOST_TABLES)
        if found and (uneven := unevenness(found[0])):
            notes.append(f"{entry} lists pictures, but is no table: {uneven}. It was left out.")
            continue
        if found and are_found_by_machine(found[0].table.columns):
            notes.append(f"{entry} holds boxes that a detector found, which are no labels. It was left out.")
            continue
        if found and not found[0].table.columns.keys() >= _PREDICTIONS and not is_of_boxes(found[0]):
            listing.extend(found)
            continue
        others[entry] = candidates[0].table
        if (form := candidates[0].form) is not None:
            forms[entry] = form
        nearly = [note_left_out(found[0])] if found else note_nearly(candidates[0], files)
        notes.extend(nearly or note_labels_alone(location, candidates[0], len(pictures)))
    mats = find_mat_lists(location) if has_mats else MatLists()
    xml = find_xml_lists(location, pictures) if has_xml else XmlLists()
    listing.extend((*mats.listing, *xml.listing))
    _sort_out(listing, others, forms, pictures)
    notes.extend(_sort_out_answers(listing, samples))
    joined = [entry for entry, table in others.items() if is_joined_by_key(table, listing)]
    notes = [note for note in notes if not any(note.startswith(f"{entry} ") for entry in joined)]
    return Survey(
        tuple(listing), samples, others, forms, (*mats.notes, *xml.notes, *notes), tuple(of_pixels), mats.class_names
    )


def _listing(
    candidates: Sequence[FoundTable], location: Location, files: ListedFiles, *, may_be_odd: bool
) -> list[FoundTable]:
    """Return the table if it lists pictures, as a list of one; else empty.

    Args:
        candidates: the table in each encoding.
        location: the location of the data.
        files: its files.
        may_be_odd: whether to look for other ways to list pictures than by their names.
    """
    found = best_table(candidates, files)
    if not may_be_odd or (found and not may_name_in_folders(found[0].table, found[0].path, files)):
        return found
    if not found:
        return listing_otherwise(candidates[0], location, files)
    by_folder = of_folder_and_file(candidates[0], location)
    return found if by_folder is None else [by_folder]


def _sort_out_answers(listing: list[FoundTable], samples: dict[str, ManifestTable]) -> list[str]:
    """Move the tables of a model's answers to the samples, and return a note on each."""
    notes = []
    for each in [each for each in listing if are_answers(each, listing, samples.values())]:
        listing.remove(each)
        samples[each.entry] = each.table
        notes.append(
            f"{each.entry} lists the pictures to predict, and was taken for an answer of a model, not for labels. "
            "If it holds labels, give it with --test."
        )
    return notes


def _sort_out(
    listing: list[FoundTable], others: dict[str, ManifestTable], forms: dict[str, TextForm], pictures: Sequence[str]
) -> None:
    """Move tables between those that list pictures and the others, by what the rest of them tells."""
    of_rows = numbers_of_rows(listing, others)
    for each in [
        each
        for each in listing
        if each in of_rows or has_keys_of_another(each, listing) or numbers_classes(each) or only_counts(each, listing)
    ]:
        listing.remove(each)
        others[each.entry] = each.table
        if each.form is not None:
            forms[each.entry] = each.form
    for each in of_other_parts(listing, others, forms, pictures):
        listing.append(each)
        del others[each.entry]
        forms.pop(each.entry, None)
    listing[:] = with_parts_of_siblings(listing)


def _without_sidecars(entries: Sequence[str], pictures: Sequence[str]) -> Sequence[str]:
    """Return the tables without those that lie beside each picture, and the outermost of very many.

    Three JSON files that are called like pictures are no tables: labelling tools write one for each picture.
    """
    if sum(entry.lower().endswith(".json") for entry in entries) >= _FEWEST_SIDECARS:
        last = {name.rpartition("/")[2] for name in pictures}
        last |= {name.rpartition(".")[0] for name in last}
        beside = [each for each in entries if each.lower().endswith(".json") and each.rpartition("/")[2][:-5] in last]
        if len(beside) >= _FEWEST_SIDECARS:
            sidecars = frozenset(beside)
            entries = [each for each in entries if each not in sidecars]
    if len(entries) > _MOST_TABLES:
        stems = {name.rpartition("/")[2].rpartition(".")[0] for name in pictures}
        entries = [entry for entry in entries if entry.rpartition("/")[2].rpartition(".")[0] not in stems]
    return sorted(entries, key=lambda entry: entry.count("/"))[:_LARGEST_LOOKED_AT]
