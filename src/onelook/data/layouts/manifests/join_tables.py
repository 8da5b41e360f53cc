"""Join several tables on the same pictures, but keep the tables of several parts apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from onelook.data.column_names import LABEL_NAMES, words_of
from onelook.data.layouts.manifests.columns.column_in_words import place_in_words
from onelook.data.layouts.manifests.columns.several_categories import SEVERAL
from onelook.data.layouts.manifests.lists.found_table import FoundTable
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, Whereabouts
from onelook.data.layouts.manifests.parts.part_lists import parts_by_lists
from onelook.data.layouts.manifests.readers.table import ManifestTable, with_one_label
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN
from onelook.data.part_names import PART_FOLDERS
from onelook.wording import listed

# Two tables are about the same pictures if this share of the smaller one's pictures is in the other.
_SHARE_SHARED = 0.5
_IDLE_WORDS = frozenset(
    ("image", "images", "img", "imgs", "list", "data", "file", "files", "trainval", "annotations", "all")
)
_MARKS = frozenset(("-1", "0", "1"))  # of a list for each class, as in Pascal VOC
SPLIT = "split"


@dataclass(frozen=True)
class Located:
    """A table with the file of each row."""

    found: FoundTable
    table: ManifestTable
    files: ListedFiles
    where: Whereabouts
    names: Sequence[str | None]
    ids: Sequence[str]
    shared: tuple[str, ...] = ()  # other tables that have a row for what several of its rows share, and by which column
    joined: tuple[str, ...] = ()  # the files of other tables whose columns were added
    not_used: tuple[str, ...] = ()  # lists of parts beside a column of parts
    stacked: tuple[str, ...] = ()  # the files of other tables whose rows were added

    def pictures(self) -> frozenset[str]:
        """Return the existing pictures that it lists."""
        return frozenset(name for name in self.names if name is not None)


@dataclass
class _Growing:
    """A table to which other tables are joined."""

    main: Located
    pictures: frozenset[str]
    others: list[Located] = field(default_factory=list)
    lists: list[Located] = field(default_factory=list)  # tables with its pictures of one part, the largest first


def join_same_pictures(located: Sequence[Located]) -> list[Located]:
    """Return the tables with those on the same pictures joined to the largest of them.

    A table of some of the pictures whose name means a part lists the pictures of this part.
    """
    grown: list[_Growing] = []
    for one in sorted(located, key=lambda one: (-len(one.pictures()), one.found.part is not None)):
        pictures = one.pictures()
        home = next(
            (each for each in grown if len(pictures & each.pictures) >= _SHARE_SHARED * len(pictures) > 0), None
        )
        if home is not None and _contradict(home.main, one):
            home = None
        if home is None:
            grown.append(_Growing(one, pictures))
        elif one.found.part and not home.main.found.part and len(pictures) < len(home.pictures):
            home.lists.append(one)
        else:
            home.others.append(one)
    return [_joined(each) for each in grown]


def _contradict(one: Located, other: Located) -> bool:
    """Return whether a column with the same name has different labels for the same pictures in two tables.

    Two lists of a picture and its label without a header have no names: there, the columns hold the same values.
    """
    shared = [column for column in one.table.columns if column.casefold() in LABEL_NAMES]
    for column in (*shared, *_lone_labels(one, other)):
        cells = other.table.columns.get(column)
        if cells is None or column == other.found.path:
            continue
        own = dict(zip(one.names, one.table.columns[column], strict=True))
        if any(
            name in own and own[name] != cell and not _is_among(cell, own[name])
            for name, cell in zip(other.names, cells, strict=True)
            if name and cell
        ):
            return True
    return False


def _lone_labels(one: Located, other: Located) -> list[str]:
    """Return the one column beside the pictures in two lists without a header, if it holds the same values in both."""
    columns = one.table.columns
    if len(columns) != 2 or columns.keys() != other.table.columns.keys() or FIRST_COLUMN not in columns:
        return []
    ((column, cells),) = ((name, cells) for name, cells in columns.items() if name != one.found.path)
    values = {*cells}
    if values != {*other.table.columns[column]} or values <= _MARKS or 2 * len(values) > len(other.ids):
        return []
    return [column]


def _joined(growing: _Growing) -> Located:
    main = growing.main
    columns = dict(_named_columns(main))
    for other in growing.others:
        row_of: dict[str, int] = {}
        for row, name in enumerate(other.names):
            if name is not None:
                row_of.setdefault(name, row)
        for column, cells in _named_columns(other).items():
            if column == _path_name(other) or (column == other.table.one_hot_name and _has_marks_of(main, other)):
                continue
            taken = [None if name is None or name not in row_of else cells[row_of[name]] for name in main.names]
            if column in columns and _says_no_more(taken, columns[column]):
                continue
            if column not in columns and (same := _same_place(main, other, column)) and _says_no_more(taken, same):
                continue
            name = column if column not in columns else f"{column} ({other.table.name})"
            columns[name] = taken
    parts_from = next((one.table.parts_from for one in (main, *growing.others) if one.table.parts_from), "")
    given = None if SPLIT in columns else parts_by_lists(growing.lists, growing.pictures)
    if given is not None and given.used:
        columns[SPLIT] = [given.part_of.get(name, given.rest) if name else given.rest or "train" for name in main.names]
        parts_from = listed(given.used)
    nameless = dict(main.table.nameless)
    for one in (main, *growing.others):
        of_file = f" of {one.found.entry}" if growing.others else ""
        for at, (own, called) in enumerate(zip(one.table.columns, _named_columns(one), strict=True), start=1):
            if own != called:
                nameless.setdefault(called, f"{place_in_words(at)}{of_file}")
    table = replace(
        main.table,
        nameless=nameless,
        columns=columns,
        parts_from=parts_from,
        several_labels=main.table.several_labels or next((o.table.several_labels for o in growing.others), ()),
        repeated={name: note for one in (*growing.others, main) for name, note in one.table.repeated.items()},
        boxes=max([main.table.boxes, *(other.table.boxes for other in growing.others)]),
        boxes_from=next((o.found.entry for o in growing.others if o.table.boxes and not main.table.boxes), ""),
    )
    told = [main, *(other for other in growing.others if not _has_marks_of(main, other))]
    table = with_one_label(_with_one_hot_of(table, told), but=_path_name(main))
    joined = tuple(one.found.entry for one in growing.others)
    said = (note for one in (*growing.others, *growing.lists) for note in one.found.said)
    main = replace(main, found=replace(main.found, said=(*main.found.said, *said)))
    if given is None:
        return replace(main, table=table, joined=joined, not_used=tuple(one.found.entry for one in growing.lists))
    found = replace(main.found, said=(*main.found.said, *given.notes))
    return _with_parts(replace(main, found=found, table=table, joined=(*joined, *given.used)))


def _has_marks_of(main: Located, other: Located) -> bool:
    """Return whether a table has the columns of 0 and 1 from which the label of another one is made: it has all rows,
    of which some may have several 1.
    """
    marks = {name.casefold() for name in other.table.one_hot}
    return bool(marks) and marks <= {name.casefold() for name in main.table.columns}


def _same_place(main: Located, other: Located, column: str) -> Sequence[str | None]:
    """Return the cells of a table where another one has a column, if none of both has a header: `train_list.txt`
    lists some of the rows of `train_extra_list.txt`.
    """
    tables = (main.table.columns, other.table.columns)
    if len(tables[0]) != len(tables[1]) or any(FIRST_COLUMN not in columns for columns in tables):
        return ()
    return [*main.table.columns.values()][[*_named_columns(other)].index(column)]


def _says_no_more(cells: Sequence[str | None], known: Sequence[str | None]) -> bool:
    """Return whether each cell is empty, or the known one, or one of several categories in it."""
    pairs = zip(cells, known, strict=True)
    return all(cell is None or cell == other or _is_among(cell, other) for cell, other in pairs)


def _is_among(cell: str, others: str | None) -> bool:
    return others is not None and {*cell.split(SEVERAL)} <= {*others.split(SEVERAL)}


def _with_one_hot_of(table: ManifestTable, parts: Sequence[Located]) -> ManifestTable:
    made = next((one.table for one in parts if one.table.one_hot), None)
    if made is None:
        return table
    return replace(table, one_hot=made.one_hot, one_hot_name=made.one_hot_name, one_hot_mark=made.one_hot_mark)


def _with_parts(one: Located) -> Located:
    """Return the table without the rows that are in no part; their pictures are in no list."""
    cells = one.table.columns.get(SPLIT)
    if cells is None or None not in cells:
        return one
    rows = [row for row, cell in enumerate(cells) if cell is not None]
    columns = {name: [column[row] for row in rows] for name, column in one.table.columns.items()}
    return replace(
        one,
        table=replace(one.table, columns=columns),
        names=[one.names[row] for row in rows],
        ids=[one.ids[row] for row in rows],
    )


def _path_name(one: Located) -> str:
    return one.found.path


def _named_columns(one: Located) -> Mapping[str, Sequence[str | None]]:
    """Return the columns. Without a header, the only column besides the paths is named after the file."""
    columns = one.table.columns
    if len(columns) != 2 or FIRST_COLUMN not in columns:
        return columns
    (other,) = [column for column in columns if column != one.found.path]
    return {name_by_file(one.found.entry) if column == other else column: cells for column, cells in columns.items()}


def name_by_file(entry: str) -> str:
    """Return the name that a column without a name gets from its file.

    Example:
        >>> name_by_file("data/images_variant_train.txt"), name_by_file("train.txt"), name_by_file("labels.csv")
        ('variant', 'label', 'label')
        >>> name_by_file("my_kinds_2.txt")
        'my kinds'
    """
    words = [word for word in words_of(entry.rpartition("/")[2].partition(".")[0]) if not word.isdecimal()]
    kept = [word for word in words if word not in _IDLE_WORDS and word not in PART_FOLDERS]
    name = " ".join(kept)
    return "label" if name in ("", "labels") else name
