"""Join a table whose rows name a picture by its folder and its file, in two columns: `video_7` and `frame_0003.jpg`."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.layouts.manifests.columns.box_columns import box_columns
from onelook.data.layouts.manifests.names.composed_names import ComposedNames, NameFields, last_parts, plain
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location

_SHARE = 0.9  # of the values and rows looked at
_SHARE_OF_PICTURES = 0.5  # that the rows looked at name, if these are all rows
_SAMPLE_ROWS = 200
_FEWEST_ROWS = 8
_FEWEST_FOLDERS = 3
_MOST_COLUMNS = 60


def folders_and_files(location: Location) -> NameFields:
    """Return the last folder and the file, without its suffix, of each picture."""
    pictures = location.once(picture_names)
    folders = last_parts([name.rpartition("/")[0] for name in pictures])
    fields = zip(map(plain, folders), map(plain, last_parts(pictures)), strict=True)
    return NameFields(pictures, list(fields))


def repeats_names(table: ManifestTable, path: str) -> bool:
    """Return whether the names in a table occur twice or more on average, and not because of boxes in the pictures."""
    cells = table.columns[path][:_SAMPLE_ROWS]
    return 2 * len({*cells}) <= len(cells) and not box_columns(table.columns)


def find_folder_and_file(table: ManifestTable, names: NameFields) -> ComposedNames | None:
    """Return the column of folders and that of files which name each picture together; None without them.

    Args:
        table: the first rows of the table.
        names: the last folder and the file of each picture.
    """
    folders, files = ({each[at] for each in names.fields} for at in (0, 1))
    if table.rows < _FEWEST_ROWS or len(folders) < _FEWEST_FOLDERS or len(table.columns) > _MOST_COLUMNS:
        return None
    cells = {
        column: [plain(cell) for cell in last_parts(each[:_SAMPLE_ROWS])] for column, each in table.columns.items()
    }
    of_folders = [column for column, each in cells.items() if _are_among(each, folders)]
    of_files = [column for column, each in cells.items() if _are_among(each, files)]
    known = {*names.fields}
    for folder in of_folders:
        for file in of_files:
            keys = list(zip(cells[folder], cells[file], strict=True))
            found = {*keys} & known
            is_whole = table.rows > _SAMPLE_ROWS or len(found) >= _SHARE_OF_PICTURES * len(known)
            if folder != file and len(found) >= _SHARE * len(keys) and is_whole:
                return ComposedNames((folder, file), (0, 1), are_in_folders=True)
    return None


def _are_among(cells: Sequence[str], names: set[str]) -> bool:
    distinct = {*cells}
    return len(distinct) > 1 and len(distinct & names) >= _SHARE * len(distinct)
