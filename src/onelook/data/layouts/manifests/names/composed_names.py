"""Join a table whose rows name pictures by several columns: `patch_4_x_32_y_96.png` is that of node 4, x 32, y 96."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from onelook.data.layouts.manifests.names.several_pictures import PICTURE
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.pictures.by_content import PICTURE_SUFFIXES, picture_names
from onelook.data.storage.location import Location, suffix_of
from onelook.wording import named

_SIGNS = re.compile(r"[\W_]+")
_SHARE_OF_VALUES = 0.9  # of a column, that must be among the values of a field
_SHARE_OF_ROWS = 0.9  # of the looked at, that must name a picture each
_SHARE_OF_PICTURES = 0.95  # that must differ in the fields
_SAMPLE_ROWS = 200
_FEWEST_ROWS = 5
_MOST_COLUMNS = 60
_MOST_FIELDS = 12
_MOST_TRIED = 200  # ways to give columns to fields
_FIELD_OF = "\0"  # between a column of names of files and the number of a field in them


@dataclass(frozen=True)
class ComposedNames:
    """The columns whose values are fields of the pictures' names, or their folder and file, and these positions."""

    columns: tuple[str, ...]
    fields: tuple[int, ...]
    are_in_folders: bool = False  # the fields are the last folder and the file of each picture

    @property
    def of_table(self) -> list[str]:
        """The columns of the table, each once."""
        return list(dict.fromkeys(column.partition(_FIELD_OF)[0] for column in self.columns))


@dataclass(frozen=True)
class NameFields:
    """The fields of the names of the pictures that have the most usual number of fields."""

    pictures: Sequence[str]
    fields: Sequence[tuple[str, ...]]


def fields_of_pictures(location: Location) -> NameFields:
    """Return the fields between the signs in the pictures' names, numbers without zeros in front."""
    pictures = location.once(picture_names)
    split = [_SIGNS.split(name.rpartition("/")[2].rpartition(".")[0]) for name in pictures]
    ((count, _),) = Counter(map(len, split)).most_common(1) or [(0, 0)]
    kept = [(name, tuple(map(plain, each))) for name, each in zip(pictures, split, strict=True) if len(each) == count]
    return NameFields([name for name, _ in kept], [each for _, each in kept])


def find_composed(table: ManifestTable, names: NameFields) -> ComposedNames | None:
    """Return the columns that name each picture together; None if no two columns or more do.

    Args:
        table: the first rows of the table.
        names: the fields of the names of all pictures.
    """
    width = len(names.fields[0]) if names.fields else 0
    if not 2 <= width <= _MOST_FIELDS or table.rows < _FEWEST_ROWS or len(table.columns) > _MOST_COLUMNS:
        return None
    cells = {column: [plain(cell or "") for cell in each] for column, each in _with_fields(table).items()}
    values = [set(each) for each in zip(*names.fields, strict=True)]
    fitting = [_columns_for(each, cells) for each in values]
    fields = tuple(at for at, columns in enumerate(fitting) if columns)
    if len(fields) < 2:
        return None
    for columns in itertools.islice(itertools.product(*(fitting[at] for at in fields)), _MOST_TRIED):
        if len(set(columns)) == len(columns) and _names_each(columns, fields, cells, names):
            return ComposedNames(columns, fields)
    return None


def with_composed(table: ManifestTable, composed: ComposedNames, names: NameFields) -> ManifestTable:
    """Return the table with the picture of each row in a column in front."""
    picture_of = _pictures_by_key(composed.fields, names)
    if composed.are_in_folders:
        rows = zip(*(last_parts(table.columns[column]) for column in composed.columns), strict=True)
    else:
        rows = zip(*(_cells_of(table, column) for column in composed.columns), strict=True)
    keys = [tuple(plain(cell or "") for cell in row) for row in rows]
    pictures = [picture_of.get(key) or f"no picture of {', '.join(key)}" for key in keys]
    path = PICTURE if PICTURE not in table.columns else f"{PICTURE} file"
    return replace(table, columns={path: pictures, **table.columns}, naming=tuple(composed.of_table))


def note_composed(entry: str, composed: ComposedNames, names: NameFields) -> str:
    """Return the sentence on how rows lead to pictures, with an example."""
    if composed.are_in_folders:
        folder, file = composed.columns
        return f"Rows of {entry} name a picture by its folder ('{folder}') and its file ('{file}')."
    return f"The names of the pictures hold {named(composed.of_table)} of {entry}, as {named(names.pictures[:1])}."


def _with_fields(table: ManifestTable) -> dict[str, Sequence[str | None]]:
    """Return the first cells of each column; a column of names of files is its fields, a column each."""
    found: dict[str, Sequence[str | None]] = {}
    for column, cells in table.columns.items():
        first = cells[:_SAMPLE_ROWS]
        split = [_SIGNS.split(cell.rpartition("/")[2].rpartition(".")[0]) for cell in first if cell]
        is_of_files = all(cell and suffix_of(cell) in PICTURE_SUFFIXES for cell in first)
        if is_of_files and len(set(map(len, split))) == 1:
            for at in range(len(split[0])):
                found[f"{column}{_FIELD_OF}{at}"] = [fields[at] for fields in split]
        else:
            found[column] = first
    return found


def _cells_of(table: ManifestTable, column: str) -> Sequence[str | None]:
    """Return the cells of a column, or one field of each of its names of files."""
    name, is_field, at = column.partition(_FIELD_OF)
    if not is_field:
        return table.columns[column]
    split = [_SIGNS.split((cell or "").rpartition("/")[2].rpartition(".")[0]) for cell in table.columns[name]]
    return [fields[int(at)] if int(at) < len(fields) else None for fields in split]


def _columns_for(values: set[str], cells: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the columns nearly all of whose values are among those of a field, which differs between names."""
    if len(values) < 2:
        return []
    found = []
    for column, each in cells.items():
        distinct = set(each)
        if len(distinct) > 1 and len(distinct & values) >= _SHARE_OF_VALUES * len(distinct):
            found.append(column)
    return found


def _names_each(
    columns: Sequence[str], fields: Sequence[int], cells: Mapping[str, Sequence[str]], names: NameFields
) -> bool:
    keys = list(zip(*(cells[column] for column in columns), strict=True))
    if len(set(keys)) < _SHARE_OF_ROWS * len(keys):
        return False
    picture_of = _pictures_by_key(fields, names)
    if len(picture_of) < _SHARE_OF_PICTURES * len(names.pictures):
        return False
    return sum(key in picture_of for key in keys) >= _SHARE_OF_ROWS * len(keys)


def _pictures_by_key(fields: Sequence[int], names: NameFields) -> dict[tuple[str, ...], str]:
    keys = [tuple(each[at] for at in fields) for each in names.fields]
    times = Counter(keys)
    return {key: name for key, name in zip(keys, names.pictures, strict=True) if times[key] == 1}


def last_parts(cells: Sequence[str | None]) -> list[str]:
    """Return the last part of each path, without the suffix of a picture.

    Example:
        >>> last_parts(["videos/7", "frame_3.JPG", "v1.5"])
        ['7', 'frame_3', 'v1.5']
    """
    last = [(cell or "").replace("\\", "/").rstrip("/").rpartition("/")[2] for cell in cells]
    return [cell[: -len(suffix)] if (suffix := suffix_of(cell)) in PICTURE_SUFFIXES else cell for cell in last]


def plain(cell: str) -> str:
    number = cell.removesuffix(".0")
    return number.lstrip("0") or "0" if number.isdecimal() else cell.casefold()
