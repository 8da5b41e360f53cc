"""A table of which the first rows are read, in each possible encoding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.names.composed_names import ComposedNames, fields_of_pictures, with_composed
from onelook.data.layouts.manifests.names.folder_and_file import folders_and_files, of_part
from onelook.data.layouts.manifests.names.several_pictures import SeveralPictures, expanded
from onelook.data.layouts.manifests.readers.json_records import JsonTable, with_opened_cells
from onelook.data.layouts.manifests.readers.json_table import JSON_SUFFIXES, read_json
from onelook.data.layouts.manifests.readers.table import ManifestTable, json_manifest, read_manifest_table
from onelook.data.layouts.manifests.readers.text_form import SampledText, TextForm
from onelook.data.layouts.manifests.readers.text_rows import is_blank_column, unquoted, with_numbered_blanks
from onelook.data.layouts.manifests.readers.text_table import sample_text
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.layouts.registry import layout_entry
from onelook.data.layouts.tables.files import table_suffix
from onelook.data.layouts.tables.workbook import WORKBOOK_SUFFIXES
from onelook.data.part_names import PART_FOLDERS, parts_of_words
from onelook.data.part_words import part_in_other_words
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location
from onelook.errors import DataError

SAMPLE_ROWS = 200
_LONG_NUMBER = 8  # digits: of two such columns with one name, the rows hardly differ by chance
_SHORTEST_ID = 5  # letters of a name such as `objid`
_MOST_IN_COMMON = 3  # columns of a list of pictures and a table about what several of them share
_MOST_TWICE = 0.25  # rows that repeat a key of another table, as of two species in one burst of pictures
LIST_SUFFIXES = tuple(each for each in layout_entry("manifest").endings if each != ".xml")  # of tables by themselves
_PARTS: Mapping[str, str] = {**PART_FOLDERS, "trainval": "train", "dev": "val"}


@dataclass(frozen=True)
class FoundTable:
    """A table that lists pictures, of which the first rows are read."""

    entry: str
    table: ManifestTable
    path: str  # the column of the paths of the paths
    form: TextForm | None = None  # for a text file
    whole: JsonTable | None = None  # for JSON, of which all rows are read
    is_loose: bool = False  # whether its names are spelled differently from the files
    said: tuple[str, ...] = ()  # notes on the origin of rows and columns that the file itself does not have
    composed: ComposedNames | None = None  # the columns that name a picture together
    several: SeveralPictures | None = None  # how a row leads to pictures, if it leads to several
    part_beside: str | None = None  # the part that its name means beside the names of other tables

    @property
    def folder(self) -> str:
        """The folder of the table, with its slash; empty for the root."""
        folder, slash, _ = self.entry.rpartition("/")
        return folder + slash

    @property
    def names_column(self) -> str:
        """The column of the file that leads to pictures."""
        if self.composed is not None:
            return "', '".join(self.composed.of_table)
        return self.path if self.several is None else self.several.column

    @property
    def has_other_names(self) -> bool:
        """Whether another column has a text of its own for each row, as `TEST_000` beside the path of a picture."""
        others = [cells for column, cells in self.table.columns.items() if column != self.path]
        return any(None not in cells and len({*cells}) == len(cells) > 1 for cells in others)

    @cached_property
    def part(self) -> str | None:
        """The part that the name of the table or of its folder means; None if it means none."""
        return part_in_name(self.entry) or self.part_beside

    def read(self, location: Location) -> ManifestTable:
        """Return the whole table."""
        if self.whole is not None:
            table = json_manifest(self.whole, self.table.name)
        else:
            table = read_manifest_table(location, self.entry, form=self.form, may_leave_out=True)
        if self.composed is not None:
            if self.composed.are_in_folders:
                return with_composed(table, self.composed, of_part(location.once(folders_and_files), self.part))
            return with_composed(table, self.composed, location.once(fields_of_pictures))
        return table if self.several is None else expanded(table, self.several, location.once(picture_names))


def part_in_name(entry: str) -> str | None:
    """Return the part that the name of a table or of its folder means; None if it means none.

    Example:
        >>> part_in_name("학습/labels.csv"), part_in_name("entrenamiento.csv")
        ('train', 'train')
        >>> part_in_name("labels/seg_train.csv"), part_in_name("valid/_classes.csv"), part_in_name("trainLabels.csv")
        ('train', 'val', 'train')
        >>> part_in_name("test/train/labels.csv"), part_in_name("train/test_list.csv"), part_in_name("set/list.csv")
        ('train', 'test', None)
    """
    folder, _, name = entry.rpartition("/")
    stem = name[: len(name) - len(table_suffix(name))] if not name.lower().endswith(".gz") else name.partition(".")[0]
    plain = stem.casefold()
    words = [plain, *plain.replace("-", "_").split("_"), *(word.rstrip("0123456789") for word in words_of(stem))]
    folders = list(reversed(folder.split("/")))
    words += [each.casefold() for each in folders] + [word for each in folders for word in words_of(each)]
    return next((part for word in words if (part := _PARTS.get(word) or part_in_other_words(word))), None)


def with_parts_of_siblings(tables: Sequence[FoundTable]) -> list[FoundTable]:
    """Return the tables; `TR.txt`, `VAL.txt` and `TE.txt` in one folder are lists of parts, as each means another one.

    Alone, such short words mean much else: `labels_tr.csv` may be in Turkish.
    """
    alike: defaultdict[tuple[str, tuple[str, ...]], dict[str, FoundTable]] = defaultdict(dict)
    for each in tables:
        words = words_of(each.entry.rpartition("/")[2].partition(".")[0])
        for at, word in enumerate(words):
            alike[each.folder, tuple("" if place == at else other for place, other in enumerate(words))][word] = each
    found: dict[str, str] = {}
    for siblings in alike.values():
        parts = parts_of_words(siblings)
        if len(siblings) == len(parts) == len({*parts.values()}) > 1 and "train" in parts.values():
            found |= {siblings[word].entry: part for word, part in parts.items()}
    return [replace(each, part_beside=found[each.entry]) if each.entry in found else each for each in tables]


def names_part(word: str) -> bool:
    """Return whether a word in the name of a table means a part."""
    return word in _PARTS


def first_rows(location: Location, entry: str) -> list[FoundTable]:
    """Return the first rows of a table in each possible encoding. The column of the paths is not known yet."""
    suffix = table_suffix(entry)
    if suffix in (".parquet", *WORKBOOK_SUFFIXES):
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
    """Return the table of a sample without a known header: all records are rows, and columns have numbers.

    Where cells hold records, or addresses behind names of files, the header is certain.
    """
    columns = dict(enumerate_columns(sample))
    has_header = not (sample.form.comment or sample.form.columns or sample.header_in_comment)
    opened = with_opened_cells(columns) if has_header else columns
    if all(opened.get(column) is cells for column, cells in columns.items()):
        return ManifestTable(name, columns, first_row=1, sample=sample)
    return ManifestTable(name, opened, first_row=1)


def enumerate_columns(sample: SampledText) -> list[tuple[str, list[str | None]]]:
    """Return the columns of a sample, named by its header."""
    form, width = sample.form, sample.width
    if form.columns:
        names = list(form.columns)
    else:
        header = [cell.strip() for cell in sample.records[form.header_at or 0]]
        names = [unquoted([name])[0] or "" for name in with_numbered_blanks(header)]
        times = Counter(names)
        names = [name if times[name] == 1 else f"{name} ({at})" for at, name in enumerate(names, start=1)]
    width = max(width, len(names))
    names += [f"column {at}" for at in range(len(names) + 1, width + 1)]
    rows = sample.records[0 if form.header_at is None else form.header_at + 1 :]
    cells = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    columns = [(name, unquoted([row[at].strip() or None for row in cells])) for at, name in enumerate(names)]
    return [(name, column) for name, column in columns if not is_blank_column(name, column)]


def shared_key(table: ManifestTable, path: str, other: ManifestTable) -> tuple[str, str] | None:
    """Return the column that several rows of a table share with one row of another, as `patient_id`; else None.

    The second name is the column of the other table, which may be longer: `objid` is `dr7objid` of another catalogue.

    Args:
        table: a list of pictures.
        path: its column of pictures.
        other: a table with a row for each value of that column, and a label or more about it.
    """
    both = table.columns.keys() & other.columns.keys()
    if len(both) > _MOST_IN_COMMON and 2 * len(both) > len(other.columns):
        return None  # the same table about other pictures, as one of those to predict
    for column, cells in table.columns.items():
        own = next((each for each in other.columns if _are_called_alike(column, each)), None)
        if own is None or column == path or len(other.columns) < 2:
            continue
        values, keys = {cell for cell in cells if cell is not None}, set(other.columns[own])
        if other.rows - len(keys) > _MOST_TWICE * len(keys) or None in keys:
            continue
        if 2 * len(values & keys) > len(values) or _may_meet_below(table, column, other, own):
            try:
                roles = find_roles(other, own)
            except DataError:
                continue
            if roles.label is not None or roles.target.choices:
                return column, own
    return None


def _are_called_alike(column: str, other: str) -> bool:
    """Return whether two columns have the same name, or the name of an id with something in front."""
    one, two = sorted((column.casefold(), other.casefold()), key=len)
    is_id = len(one) >= _SHORTEST_ID and one.endswith("id") and not one.startswith("_")
    return one == two or (is_id and two.endswith(one))


def _may_meet_below(table: ManifestTable, column: str, other: ManifestTable, own: str) -> bool:
    """Return whether only the first rows of both tables were read, and both columns hold long numbers."""
    are_cut = min(table.rows, other.rows) >= SAMPLE_ROWS - 1
    return are_cut and all(
        cell is not None and cell.isdecimal() and len(cell) >= _LONG_NUMBER
        for cell in (*table.columns[column], *other.columns[own])
    )


def sampled_cells(table: ManifestTable, column: str) -> list[str]:
    return [cell for cell in table.columns[column][:SAMPLE_ROWS] if cell is not None]
