"""The search for tables that list pictures, and for the column that lists them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from onelook.data.column_names import GROUP_NAMES, LABEL_NAMES, PATH_NAMES, SPLIT_NAMES, numbered_columns, split_header
from onelook.data.layouts.manifests.json_table import JSON_SUFFIXES, JsonTable, read_json
from onelook.data.layouts.manifests.listed_files import ListedFiles, Whereabouts
from onelook.data.layouts.manifests.several_labels import several_in_words
from onelook.data.layouts.manifests.table import ManifestTable, json_manifest, read_manifest_table, with_one_label
from onelook.data.layouts.manifests.target import words_of
from onelook.data.layouts.manifests.text_table import SampledText, TextForm, sample_text, with_columns
from onelook.data.layouts.tables.files import table_suffix
from onelook.data.layouts.tables.text import read_first_line
from onelook.data.part_names import PART_FOLDERS
from onelook.data.pictures.formats import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, named

SAMPLE_ROWS = 200
TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".lst", ".list", ".dat")
_SUFFIXES = (*TEXT_SUFFIXES, *JSON_SUFFIXES, ".parquet")
# What `onelook predict` writes: a guess is no label, unless someone gives that very file.
_PREDICTIONS = {"id", "label", "confidence"}
_NO_PATHS = frozenset((*LABEL_NAMES, *SPLIT_NAMES, *GROUP_NAMES))
# The share of sampled names that must be files. A name without a suffix may be any number, and pictures are often
# called by numbers too: then more must be.
_SHARE_FOUND = 0.5
_SHARE_FOUND_WITHOUT_SUFFIX = 0.75
# Numbers are names of pictures where they number so large a share of a folder: ten classes beside 1.png to 200.png
# have the names of ten of them.
_SHARE_OF_FOLDER = 0.25
_NUMBER_WORDS = frozenset(
    ("id", "number", "no", "nr", "num", "index", "image", "img", "picture", "photo", "file", "name", "key")
)
_CLASS_WORDS = frozenset(
    ("map", "mapping", "classmap", "classes", "names", "legend", "dict", "wnids", "words", "categories")
)
# More tables than this lie beside pictures as a file for each: with its boxes, or its caption.
_MOST_TABLES = 40
_LARGEST_LOOKED_AT = 200
_MOST_NOTES = 3


@dataclass(frozen=True)
class FoundTable:
    """A table that lists pictures, with its first rows read."""

    entry: str
    table: ManifestTable
    path: str  # the column
    form: TextForm | None = None  # of a text
    whole: JsonTable | None = None  # of JSON, which is read at once
    is_loose: bool = False  # whether its names are spelt in another way than the files

    @property
    def folder(self) -> str:
        """Where the table lies, with its slash; empty for the root."""
        folder, slash, _ = self.entry.rpartition("/")
        return folder + slash

    @cached_property
    def part(self) -> str | None:
        """The part of a data set that the table, or the folder that it lies in, is called like."""
        return part_in_name(self.entry)

    def read(self, location: Location) -> ManifestTable:
        """Return the whole table."""
        if self.whole is not None:
            return json_manifest(self.whole, self.entry.rpartition("/")[2])
        return read_manifest_table(location, self.entry, form=self.form)


@dataclass(frozen=True)
class Survey:
    """All tables of a location, by what they have to do with its pictures."""

    listing: tuple[FoundTable, ...] = ()
    samples: Mapping[str, ManifestTable] = field(default_factory=dict)  # of submissions, by entry
    others: Mapping[str, ManifestTable] = field(default_factory=dict)  # that name no picture
    forms: Mapping[str, TextForm] = field(default_factory=dict)  # of the others that are texts
    notes: tuple[str, ...] = ()  # tables that nearly list the pictures, and why they do not
    of_pixels: tuple[str, ...] = ()  # tables with a column a pixel

    def has_keyed_labels(self, found: FoundTable) -> bool:
        """Return whether other tables seem to have labels or parts for the rows of one, by a key of its own."""
        numbers = [
            set(_cells(found.table, column))
            for column in found.table.columns
            if column != found.path and _are_numbers(_cells(found.table, column))
        ]
        return any(
            len(table.columns) > 1
            and {"label", "labels", "split"} & set(words_of(entry.rpartition("/")[2].partition(".")[0]))
            and any(len(set(_cells(table, next(iter(table.columns)))) & keys) > len(keys) // 2 for keys in numbers)
            for entry, table in self.others.items()
        )


def part_in_name(entry: str) -> str | None:
    """Return the part that a table, or the folder that it lies in, is called like.

    Example:
        >>> part_in_name("labels/seg_train.csv"), part_in_name("valid/_classes.csv"), part_in_name("trainLabels.csv")
        ('train', 'val', 'train')
    """
    folder, _, name = entry.rpartition("/")
    stem = name.partition(".")[0]
    plain = stem.casefold()
    words = [plain, *plain.replace("-", "_").split("_"), *(word.rstrip("0123456789") for word in words_of(stem))]
    words += reversed(folder.casefold().split("/"))
    return next((_PARTS[word] for word in words if word in _PARTS), None)


_PARTS: Mapping[str, str] = {**PART_FOLDERS, "trainval": "train"}


def lone_table(location: Location, files: ListedFiles | None = None) -> list[FoundTable]:
    """Return the table that the location is, as a list of one; empty where it lists no pictures.

    Names that end like pictures' are enough; only for others is the table's folder looked at, which may be large.
    """
    (entry,) = location.entries()
    if table_suffix(entry) not in _SUFFIXES or _is_of_pixels(location, entry):
        return []
    candidates = _samples(location, entry)
    for candidate in candidates:
        for column in _candidates(candidate.table):
            cells = _cells(candidate.table, column)
            if cells and sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) > len(cells) * _SHARE_FOUND:
                return (
                    _best(candidates, ListedFiles(Location(location.root.parent)), [column])
                    if len(candidates) > 1
                    else [_with_path(candidate, column)]
                )
    names = {column for candidate in candidates for column in _candidates(candidate.table) if _may_be_name(column)}
    if not any(
        _cells(candidate.table, column) for candidate in candidates for column in names & candidate.table.columns.keys()
    ):
        return []
    return _best(candidates, files or ListedFiles(Location(location.root.parent)), sorted(names))


def survey(location: Location) -> Survey:
    """Return all tables of a folder or archive, looked at once."""
    return location.once(_survey)


def is_sample(entry: str) -> bool:
    """Return whether a table is called like the sample submission of a competition."""
    stem = entry.rpartition("/")[2].casefold().partition(".")[0]
    return (
        "submission" in stem
        or "submit" in stem
        or stem in ("sample", "sample_solution", "samplesolution", "sample_sub")
    )


def _survey(location: Location) -> Survey:
    entries = [entry for entry in location.entries() if table_suffix(entry) in _SUFFIXES]
    if not entries or not (pictures := ListedFiles(location).pictures):
        return Survey()
    listing: list[FoundTable] = []
    samples: dict[str, ManifestTable] = {}
    others: dict[str, ManifestTable] = {}
    forms: dict[str, TextForm] = {}
    notes: list[str] = []
    of_pixels: list[str] = []
    for entry in _without_sidecars(entries, pictures):
        if _is_of_pixels(location, entry):
            of_pixels.append(entry)
            continue
        try:
            candidates = _samples(location, entry)
        except (DataError, ConfigError):  # notes and results lie about in folders too
            continue
        if not candidates:
            continue
        if is_sample(entry):
            samples[entry] = candidates[0].table
            continue
        folder = f"{entry.rpartition('/')[0]}/" if "/" in entry else ""
        found = _best(candidates, ListedFiles(location, folder))
        if found and not found[0].table.columns.keys() >= _PREDICTIONS:
            listing.extend(found)
            continue
        others[entry] = candidates[0].table
        if (form := candidates[0].form) is not None:
            forms[entry] = form
        notes.extend(_note_nearly(candidates[0], ListedFiles(location, folder)))
    for each in [each for each in listing if _has_keys_of_another(each, listing) or _numbers_classes(each)]:
        listing.remove(each)
        others[each.entry] = each.table
        if each.form is not None:
            forms[each.entry] = each.form
    return Survey(tuple(listing), samples, others, forms, tuple(notes), tuple(of_pixels))


def _has_keys_of_another(found: FoundTable, listing: Sequence[FoundTable]) -> bool:
    """Return whether the numbers in a table are keys of rows in another one, which has the names of the pictures."""
    cells = set(_cells(found.table, found.path))
    if not _are_numbers(cells):
        return False
    return any(
        column != other.path and set(_cells(other.table, column)) == cells
        for other in listing
        if other is not found and not _are_numbers(_cells(other.table, other.path))
        for column in other.table.columns
    )


def _numbers_classes(found: FoundTable) -> bool:
    """Return whether a table is called like one that numbers classes, and has numbers alone for names of pictures."""
    words = set(words_of(found.entry.rpartition("/")[2].partition(".")[0]))
    return bool(words & _CLASS_WORDS) and _are_numbers(_cells(found.table, found.path))


def _are_numbers(cells: Collection[str]) -> bool:
    return all(cell.isdecimal() for cell in cells)


def _without_sidecars(entries: Sequence[str], pictures: Sequence[str]) -> Sequence[str]:
    """Return the tables without those that lie beside each picture, and the outermost of very many."""
    if len(entries) > _MOST_TABLES:
        stems = {name.rpartition("/")[2].rpartition(".")[0] for name in pictures}
        entries = [entry for entry in entries if entry.rpartition("/")[2].rpartition(".")[0] not in stems]
    return sorted(entries, key=lambda entry: entry.count("/"))[:_LARGEST_LOOKED_AT]


def _is_of_pixels(location: Location, entry: str) -> bool:
    """Return whether the columns are pixels: hundreds, which take long to read."""
    if table_suffix(entry) not in TEXT_SUFFIXES:
        return False
    columns, _ = split_header(read_first_line(location, entry) or "")
    return len(columns) > 20 and (
        2 * len(numbered_columns(columns)) > len(columns)
        or sum(cell.isdecimal() for cell in columns) * 2 > len(columns)
    )


def _samples(location: Location, entry: str) -> list[FoundTable]:
    """Return the first rows of a table in each encoding that it may be in; the column of the paths is not known yet."""
    suffix = table_suffix(entry)
    if suffix == ".parquet":
        return [FoundTable(entry, read_manifest_table(location, entry, SAMPLE_ROWS), "")]
    name = entry.rpartition("/")[2]
    if suffix in JSON_SUFFIXES:
        whole = read_json(location, entry, SAMPLE_ROWS if suffix != ".json" else None)
        if whole is None or not whole.columns:
            return []
        table = json_manifest(whole, name)
        return [FoundTable(entry, table, "", whole=whole if suffix == ".json" else None)]
    return [
        FoundTable(entry, _sampled_table(sample, name), "", sample.form)
        for sample in sample_text(location, entry, SAMPLE_ROWS)
        if sample.width
    ]


def _sampled_table(sample: SampledText, name: str) -> ManifestTable:
    """Return the table of a sample: all its records as rows, and columns by number, where no header is known yet."""
    return ManifestTable(name, dict(enumerate_columns(sample)), first_row=1, sample=sample)


def enumerate_columns(sample: SampledText) -> list[tuple[str, list[str | None]]]:
    """Return the columns of a sample, called by its header."""
    form, width = sample.form, sample.width
    if form.columns:
        names = list(form.columns)
    else:
        names = [cell.strip() for cell in sample.records[form.header_at or 0]]
        names = [name if names.count(name) == 1 else f"{name} ({at})" for at, name in enumerate(names, start=1)]
    width = max(width, len(names))
    names += [f"column {at}" for at in range(len(names) + 1, width + 1)]
    rows = sample.records[0 if form.header_at is None else form.header_at + 1 :]
    cells = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    return [(name, [row[at].strip() or None for row in cells]) for at, name in enumerate(names)]


def _best(
    candidates: Sequence[FoundTable], files: ListedFiles, columns: Sequence[str] | None = None
) -> list[FoundTable]:
    """Return the table in the encoding in which most of its names are files; empty where too few are."""
    for loosely in (False, True):
        best: tuple[int, FoundTable] | None = None
        for candidate in candidates:
            among = [each for each in _candidates(candidate.table) if columns is None or each in columns]
            found = _best_column(candidate.table, among, files, loosely=loosely)
            if found is None:
                continue
            column, most = found
            if best is None or most > best[0]:
                best = (most, _with_path(_with_header(candidate, column, files, loosely=loosely), column, loosely))
        if best is not None:
            return [best[1]]
    return []


def _with_header(candidate: FoundTable, column: str, files: ListedFiles, *, loosely: bool) -> FoundTable:
    """Return the table with its header found, now that it is known which column holds paths."""
    sample = candidate.table.sample
    if sample is None:
        return candidate
    at = list(candidate.table.columns).index(column)
    cells = [record[at].strip() if at < len(record) else "" for record in sample.records]
    rules = files.places([cell for cell in cells[1:] if cell], loosely=loosely)
    if not rules:
        return candidate
    ((rule, _),) = rules.most_common(1)
    is_listed = [bool(cell) and _is_there(files, cell, rule) for cell in cells]
    first = next((number for number, listed in enumerate(is_listed) if listed), None)
    is_listed_first = is_listed[0] or suffix_of(cells[0]) in PICTURE_SUFFIXES
    found = with_columns(sample, first, is_listed_first)
    if found is None or found.form == sample.form:
        return candidate
    table = with_one_label(ManifestTable(candidate.table.name, dict(enumerate_columns(found)), sample=found))
    return FoundTable(candidate.entry, table, list(table.columns)[at], found.form)


def _is_there(files: ListedFiles, cell: str, rule: Whereabouts) -> bool:
    try:
        return files.find(cell, rule) is not None
    except DataError:
        return True


def _with_path(candidate: FoundTable, column: str, loosely: bool = False) -> FoundTable:
    path = candidate.path or column
    if candidate.path == "" and column not in candidate.table.columns:
        path = next(iter(candidate.table.columns))
    table = with_one_label(candidate.table, but=path)
    return FoundTable(candidate.entry, table, path, candidate.form, candidate.whole, loosely)


def _candidates(table: ManifestTable) -> list[str]:
    """Return the columns that may hold paths, likely names first."""
    rank = {name: at for at, name in enumerate(PATH_NAMES)}
    columns = [column for column in table.columns if column.casefold() not in _NO_PATHS]
    return sorted(columns, key=lambda column: rank.get(column.casefold(), len(rank)))


def _may_be_name(column: str) -> bool:
    return column.casefold() in PATH_NAMES or bool({"file", "image", "img", "path", "filename"} & set(words_of(column)))


def _best_column(
    table: ManifestTable, columns: Sequence[str], files: ListedFiles, *, loosely: bool
) -> tuple[str, int] | None:
    """Return the column with the most files among its cells, and how many; ties keep the first."""
    found: dict[str, int] = {}
    for column in columns:
        cells = _cells(table, column)
        if not cells or (loosely and not _looks_like_names(table, column, cells)):
            continue
        places = files.places(cells, loosely=loosely)
        most = max(places.values(), default=0)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        share = _SHARE_FOUND if 2 * with_suffix >= len(cells) else _SHARE_FOUND_WITHOUT_SUFFIX
        if not most or most < share * len(cells):
            continue
        if 2 * with_suffix >= len(cells) or _are_names(table, column, cells, places, files):
            found[column] = most
    if not found:
        return None
    column = max(found, key=lambda column: found[column])
    return column, found[column]


def _are_names(
    table: ManifestTable, column: str, cells: Sequence[str], places: Counter[Whereabouts], files: ListedFiles
) -> bool:
    """Return whether cells without suffix, that are files none the less, are meant to be.

    A label from 0 to 9 beside 0.png to 9.png names files too, but the same again and again; and so may any number.
    """
    distinct = len(set(cells))
    if not all(cell.removesuffix(".0").isdecimal() for cell in cells):
        return 2 * distinct > len(cells) or 5 * distinct > len(cells) > 20
    if 2 * distinct <= len(cells):
        return False
    is_named = bool(_NUMBER_WORDS & set(words_of(column))) or column.casefold() in PATH_NAMES
    is_first = next(iter(table.columns)) == column
    ((place, most),) = places.most_common(1)
    of_folder = sum(name.startswith(place.folder) for name in files.pictures)
    covers = len(cells) >= SAMPLE_ROWS - 1 or most >= _SHARE_OF_FOLDER * of_folder
    return (is_named or is_first) and covers and distinct > 0.9 * len(cells)


def _looks_like_names(table: ManifestTable, column: str, cells: Sequence[str]) -> bool:
    """Return whether cells may name files in another spelling: they end like pictures', or are the numbers in front."""
    if 2 * sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) >= len(cells):
        return True
    if len(set(cells)) < 0.9 * len(cells):
        return False
    return _may_be_name(column) or next(iter(table.columns)) == column


def _note_nearly(found: FoundTable, files: ListedFiles) -> list[str]:
    """Return why a table that names pictures is not taken for the list of these; empty where it names none."""
    name = found.entry
    for column in _candidates(found.table):
        cells = _cells(found.table, column)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        if cells and 2 * with_suffix >= len(cells):
            there = max(files.places(cells, loosely=True).values(), default=0)
            few = f"only {there:,} of {len(cells):,} looked at are" if there else "none of them is"
            return [
                f"{name} names pictures in the column '{column}', such as {named(cells[:1])}, and {few} here: it was "
                "left out."
            ]
        if 2 * len(set(cells)) > len(cells) > 4 and (several := _beginnings(cells, files)):
            others = (each for each in found.table.columns if each != column)
            lists = (several_in_words(each, _cells(found.table, each)) for each in others)
            return [
                f"{name} has beginnings of names in the column '{column}', such as '{cells[0]}', each of several "
                f"pictures ({counted(several, 'picture')} of {counted(len(cells), 'row')}): it lists no single "
                f"pictures, and was left out. {next(filter(None, lists), '')}".rstrip()
            ]
    return []


_SIGNS = re.compile(r"[_\-. ]")


def _beginnings(cells: Sequence[str], files: ListedFiles) -> int:
    """Return how many pictures' names begin with one of these cells, where nearly all cells begin some."""
    wanted = set(cells)
    hits: Counter[str] = Counter()
    for name in files.pictures[:20_000]:
        stem = name.rpartition("/")[2].rpartition(".")[0]
        for match in _SIGNS.finditer(stem):
            if (start := stem[: match.start()]) in wanted:
                hits[start] += 1
                break
    return hits.total() if len(hits) >= _SHARE_FOUND_WITHOUT_SUFFIX * len(wanted) else 0


def _cells(table: ManifestTable, column: str) -> list[str]:
    return [cell for cell in table.columns[column][:SAMPLE_ROWS] if cell is not None]


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
