"""Choose between folders that all hold pictures of the same rows of a table: originals, augmented ones, a fold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from shlex import quote

from onelook.data.layouts.left_out import is_of_changed_pictures
from onelook.data.layouts.manifests.names.several_pictures import SeveralPictures
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.natural_order import natural_sorted
from onelook.errors import ConfigError
from onelook.wording import counted, named

_ALL = "."  # what `--pictures-in` takes for all folders
_MOST_FOLDERS = 6
_SHARE_ALIKE = 0.9  # of the rows that have pictures in a folder, or of the names in two folders


def in_one_folder(table: ManifestTable, several: SeveralPictures, pictures_in: str | None) -> ManifestTable:
    """Return the table with a row for each picture without the pictures outside of the folder that the user chose.

    Raises:
        ConfigError: several folders hold versions of the same pictures, and the user chose none of them, or another.
    """
    path = next(iter(table.columns))
    names = [cell or "" for cell in table.columns[path]]
    if pictures_in == _ALL:
        return table
    if pictures_in is not None:
        rows = [row for row, name in enumerate(names) if name.startswith(f"{pictures_in.strip('/')}/")]
        if not rows:
            folders = natural_sorted({name.rpartition("/")[0] for name in names})
            raise ConfigError(
                f"--pictures-in {quote(pictures_in)}: {table.name} leads to no picture there. Expected a folder "
                f"such as {named(folders)}, or one above."
            )
        columns = {column: [cells[row] for row in rows] for column, cells in table.columns.items()}
        key = table.key if len({*columns[several.column]}) < len(rows) else ""
        return replace(table, columns=columns, key=key)
    if several.is_folder:
        return table
    keys = [cell or "" for cell in table.columns[several.column]]
    inside = _versions(names, keys)
    if not inside:
        return table
    example = keys[names.index(inside[0][1][0])]
    raise ask_which(
        f"{table.name}: the cells of '{several.column}', such as '{example}', are beginnings of names in "
        f"{named([f'{folder}/' for folder, _ in inside], most=_MOST_FOLDERS)} alike, which seem to hold versions of "
        "the same pictures.",
        [
            *(
                Choice(f"--pictures-in {quote(folder)}", f"{counted(len(found), 'picture')} there")
                for folder, found in inside
            ),
            Choice(f"--pictures-in {_ALL}", f"all {len(names):,} pictures; those of a row stay together"),
        ],
    )


def _versions(names: Sequence[str], keys: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return the folders that hold versions of the pictures of all rows, and their pictures; empty if none do.

    Two of them hold files of the same names, or one is called after what was done to the pictures. The sides or the
    channels of one thing, as `left/7_left.png` and `right/7_right.png`, are no versions.
    """
    base = 0
    folders = [name.split("/")[:-1] for name in names]
    while len({tuple(each[: base + 1]) for each in folders}) == 1 and len(folders[0]) > base:
        base += 1
    inside: defaultdict[str, list[int]] = defaultdict(list)
    for row, each in enumerate(folders):
        inside["/".join(each[: base + 1]) if len(each) > base else ""].append(row)
    if not 2 <= len(inside) <= _MOST_FOLDERS or "" in inside:
        return []
    most = len(set(keys))
    alike = [top for top, rows in inside.items() if len({keys[row] for row in rows}) >= _SHARE_ALIKE * most]
    files = {top: {names[row].rpartition("/")[2] for row in inside[top]} for top in alike}
    have_same_names = any(
        len(files[one] & files[other]) >= _SHARE_ALIKE * min(len(files[one]), len(files[other]))
        for at, one in enumerate(alike)
        for other in alike[:at]
    )
    if len(alike) < 2 or not (have_same_names or _one_is_changed(alike)):
        return []
    return [(top, [names[row] for row in inside[top]]) for top in natural_sorted(inside)]


def _one_is_changed(folders: Collection[str]) -> bool:
    return any(is_of_changed_pictures(folder.rpartition("/")[2]) for folder in folders)
