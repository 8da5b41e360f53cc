"""Join a table whose rows name a picture by its folder and its file, in two columns: `video_7` and `frame_0003.jpg`."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.layouts.manifests.columns.box_columns import box_columns
from onelook.data.layouts.manifests.names.composed_names import ComposedNames, NameFields, last_parts, plain
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.part_names import part_and_rest
from onelook.data.pictures.by_content import PICTURE_SUFFIXES, picture_names
from onelook.data.storage.location import Location, suffix_of

_SHARE = 0.9  # of the values and rows looked at
_SHARE_OF_PICTURES = 0.5  # that the rows looked at name, if these are all rows
_SAMPLE_ROWS = 200
_FEWEST_ROWS = 8  # fewer numbers may be in names of folders and files by chance
_FEWEST_NAMES = 3  # rows, where the file ends as a picture's name does
_FEW_ROWS = 20
_FEWEST_FOLDERS = 3
_MOST_COLUMNS = 60


def folders_and_files(location: Location) -> NameFields:
    """Return the last folder and the file, without its suffix, of each picture."""
    pictures = location.once(picture_names)
    folders = last_parts([name.rpartition("/")[0] for name in pictures])
    fields = zip(map(plain, folders), map(plain, last_parts(pictures)), strict=True)
    return NameFields(pictures, list(fields))


def may_name_in_folders(table: ManifestTable, path: str, files: ListedFiles) -> bool:
    """Return whether names in a table occur twice or more, and not because of boxes in the pictures.

    Those of a few rows may be in several folders all the same.
    """
    cells = [cell for cell in table.columns[path][:_SAMPLE_ROWS] if cell is not None]
    if box_columns(table.columns):
        return False
    if len({*cells}) < len(cells) or len(cells) > _FEW_ROWS:
        return len({*cells}) < len(cells)
    times = [count for _, count in files.places(cells).most_common(2)]
    return len(times) > 1 and times[0] == times[1]


def of_part(names: NameFields, part: str | None) -> NameFields:
    """Return the pictures in folders of a part if others have the same folder and file, as in `test/7/frame_3.jpg`."""
    if part is None or len({*names.fields}) == len(names.fields):
        return names
    folders = {folder for name in names.pictures for folder in name.split("/")[:-1]}
    meant = {folder for folder in folders if part_and_rest(folder)[0] == part}
    kept = [
        (name, fields)
        for name, fields in zip(names.pictures, names.fields, strict=True)
        if not meant.isdisjoint(name.split("/")[:-1])
    ]
    return NameFields([name for name, _ in kept], [fields for _, fields in kept]) if kept else names


def find_folder_and_file(table: ManifestTable, names: NameFields) -> ComposedNames | None:
    """Return the column of folders and that of files which name each picture together; None without them.

    Args:
        table: the first rows of the table.
        names: the last folder and the file of each picture.
    """
    folders, files = ({each[at] for each in names.fields} for at in (0, 1))
    if table.rows < _FEWEST_NAMES or len(folders) < _FEWEST_FOLDERS or len(table.columns) > _MOST_COLUMNS:
        return None
    cells = {
        column: [plain(cell) for cell in last_parts(each[:_SAMPLE_ROWS])] for column, each in table.columns.items()
    }
    of_folders = [column for column, each in cells.items() if _are_among(each, folders)]
    of_files = [column for column, each in cells.items() if _are_among(each, files)]
    known = {*names.fields}
    for folder in of_folders:
        for file in of_files:
            if tuple(map(plain, last_parts([folder, file]))) in known:  # the first line is a row, and no header
                continue
            keys = list(zip(cells[folder], cells[file], strict=True))
            found = {*keys} & known
            named = {each for each, _ in found}
            # A row may name one picture of each folder, as the key frame of a video.
            is_whole = table.rows > _SAMPLE_ROWS or len(found) >= _SHARE_OF_PICTURES * len(known)
            is_whole = is_whole or len(keys) == len(named) >= _SHARE_OF_PICTURES * len(folders)
            fewest = _FEWEST_NAMES if _are_files(table.columns[file]) else _FEWEST_ROWS
            if folder != file and len(found) >= _SHARE * len(keys) and is_whole and len(keys) >= fewest:
                return ComposedNames((folder, file), (0, 1), are_in_folders=True)
    return None


def _are_files(cells: Sequence[str | None]) -> bool:
    return all(cell is not None and suffix_of(cell) in PICTURE_SUFFIXES for cell in cells[:_SAMPLE_ROWS])


def _are_among(cells: Sequence[str], names: set[str]) -> bool:
    distinct = {*cells}
    return len(distinct) > 1 and len(distinct & names) >= _SHARE * len(distinct)
