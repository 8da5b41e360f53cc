"""Read a table that lists pictures from CSV, TSV, Parquet, JSON, a workbook or a DataFrame."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from math import isnan
from typing import Any, BinaryIO

from onelook.data.column_names import GROUP_NAMES, LABEL_NAMES, SPLIT_NAMES, column_called, is_called_like_label
from onelook.data.layouts.manifests.columns.box_columns import box_columns
from onelook.data.layouts.manifests.columns.one_hot import (
    read_crosses,
    read_one_hot,
    with_one_hot_cells,
)
from onelook.data.layouts.manifests.columns.parts_column import with_named_parts
from onelook.data.layouts.manifests.columns.raters.raters_in_columns import read_opinions
from onelook.data.layouts.manifests.columns.raters.votes import read_votes
from onelook.data.layouts.manifests.columns.raters.votes_in_cells import with_majorities
from onelook.data.layouts.manifests.columns.repeated_labels import with_labels_once
from onelook.data.layouts.manifests.columns.several_categories import (
    SeveralCategories,
    count_several,
    note_few,
    without_several,
)
from onelook.data.layouts.manifests.readers.json_records import JsonTable, with_opened_cells
from onelook.data.layouts.manifests.readers.json_table import JSON_SUFFIXES, read_json
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN, SampledText, TextForm
from onelook.data.layouts.manifests.readers.text_rows import read_text, refuse_twice, with_numbered_blanks
from onelook.data.layouts.tables.files import open_table, table_suffix
from onelook.data.layouts.tables.parquet_rows import is_text, values_of
from onelook.data.layouts.tables.workbook import WORKBOOK_SUFFIXES, read_workbook
from onelook.data.storage.location import Location
from onelook.errors import DataError, missing_extra
from onelook.wording import counted

TABLE_SUFFIXES = (".csv", ".tsv", ".parquet")
_BATCH_ROWS = 65_536  # rows of a Parquet file converted to text at once


@dataclass(frozen=True)
class ManifestTable:
    """The cells of a table as text; None for an empty one."""

    name: str  # its name in errors and notes
    columns: Mapping[str, Sequence[str | None]]
    first_row: int = 1  # the line number of the first row in an editor
    one_hot: tuple[str, ...] = ()  # columns of 0 and 1 that the column `one_hot_name` was made of
    one_hot_name: str = ""
    one_hot_mark: str = "1"  # the cell that names the class
    naming: tuple[str, ...] = ()  # columns that name the pictures together, and are the label only if no other may be
    several_labels: tuple[str, ...] = ()  # columns of 0 and 1; some row has several 1, or none
    votes: tuple[str, ...] = ()  # columns with the number of votes for each class; `label` was made of them
    ratings: tuple[str, ...] = ()  # columns with the number of people who gave each mark, of which another has the mean
    parts_from: str = ""  # the origin of the column `split`, if the table itself has none
    key: str = ""  # the column with the common key of rows that were made of one row
    boxes: int = 0  # rows for a box or an outline in a picture
    boxes_from: str = ""  # the joined table that has them, if the table itself has none
    nameless: Mapping[str, str] = field(default_factory=dict)  # words for columns whose names the file does not have
    repeated: Mapping[str, str] = field(default_factory=dict)  # notes on columns whose cells repeated a label
    said: tuple[str, ...] = ()  # notes on rows that were mended or left out
    several: SeveralCategories | None = None  # if the pictures of a labelling tool have several categories each
    sample: SampledText | None = None  # the sample that it was made of, if only the first rows were read

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def read_manifest_table(
    location: Location,
    entry: str,
    most_rows: int | None = None,
    form: TextForm | None = None,
    *,
    may_leave_out: bool = False,
) -> ManifestTable:
    """Read a table, or its first rows. Columns of Parquet without plain values are left out.

    Args:
        form: the form of a text; by default a table with a header.
        may_leave_out: whether rows of a text that have more or fewer cells than the header may be left out.

    Raises:
        DataError: it is damaged or not text, or has a ragged row or a column twice.
        ConfigError: Parquet or a workbook, and the package that reads it is not installed.
    """
    name = entry.rpartition("/")[2]
    if table_suffix(entry) in JSON_SUFFIXES:
        whole = read_json(location, entry, most_rows)
        return json_manifest(whole or JsonTable({}), name)
    if table_suffix(entry) == ".parquet":
        with open_table(location, entry) as file:
            return with_one_label(_read_parquet(file, name, most_rows))
    if table_suffix(entry) in WORKBOOK_SUFFIXES:
        book = read_workbook(location, entry, most_rows)
        header = with_numbered_blanks(book.header)
        refuse_twice(header, name)
        columns = dict(zip(header, book.cells, strict=True))
        table = ManifestTable(name, columns, book.first_row, parts_from=book.parts_from, said=book.said)
        return with_one_label(table)
    rows = read_text(location, entry, form, most_rows, may_leave_out=may_leave_out)
    columns = dict(zip(rows.header, rows.cells, strict=True))
    return with_one_label(ManifestTable(name, columns, first_row=rows.first_row, said=rows.notes))


def frame_table(frame: Any) -> ManifestTable:
    """Return the table of a pandas or polars DataFrame."""
    columns: dict[str, Sequence[str | None]] = {}
    for name in frame.columns:
        cells = frame[name]
        if hasattr(cells, "notna"):  # pandas has several kinds of missing values
            cells = cells.astype(object).where(cells.notna(), None).tolist()
        columns[str(name)] = [_text(cell) for cell in cells]
    return with_one_label(ManifestTable("the DataFrame", columns))


def joined_tables(tables: Mapping[str, ManifestTable]) -> ManifestTable:
    """Return several tables, one for each part, as one table with a column `split`; a single table unchanged.

    Args:
        tables: the tables by part.
    """
    if len(tables) == 1:
        return next(iter(tables.values()))
    names = list(dict.fromkeys(name for table in tables.values() for name in table.columns))
    columns: dict[str, Sequence[str | None]] = {
        name: [cell for table in tables.values() for cell in table.columns.get(name, [None] * table.rows)]
        for name in names
    }
    columns["split"] = [part for part, table in tables.items() for _ in range(table.rows)]
    first = next(iter(tables.values()))
    name = " and ".join(dict.fromkeys(table.name for table in tables.values()))
    repeated = {column: note for table in tables.values() for column, note in table.repeated.items()}
    counts = [table.several for table in tables.values() if table.several is not None]
    return replace(
        first,
        name=name,
        columns=columns,
        parts_from="the names of the tables",
        repeated=repeated,
        boxes=sum(table.boxes for table in tables.values()),
        several=count_several(columns, counts[0].column) if counts else None,
    )


def json_manifest(whole: JsonTable, name: str) -> ManifestTable:
    """Return the table of a JSON file."""
    table = ManifestTable(
        name,
        whole.columns,
        boxes=whole.boxes,
        parts_from=whole.parts_from,
        said=whole.said,
        several=whole.several,
    )
    return with_one_label(table)


def with_one_label(table: ManifestTable, but: str = "") -> ManifestTable:
    """Return the table with a column `label` made of columns of 0 and 1, or of votes, if it has no column of labels.

    Args:
        but: the column of the paths.
    """
    once = with_labels_once(with_one_hot_cells(table.columns))
    voted = with_majorities({name: cells for name, cells in once.columns.items() if name != but})
    columns, parts_from = with_named_parts(with_opened_cells({**once.columns, **voted.columns}))
    table = replace(
        table,
        columns=columns,
        parts_from=table.parts_from or parts_from,
        repeated={**table.repeated, **once.notes, **voted.notes},
    )
    table = _with_label_of_raters(table)
    if column_called(list(table.columns), LABEL_NAMES) is not None:
        return table
    meant = [
        but,
        *box_columns(table.columns),
        *(column_called(list(table.columns), names) for names in (SPLIT_NAMES, GROUP_NAMES)),
    ]
    found = read_crosses(table.columns, meant) or read_one_hot(table.columns, meant)
    if found is not None and len(set(found.labels or ())) == 1:
        votes = read_votes(table.columns, meant)
        if FIRST_COLUMN in table.columns or (votes is not None and len(set(votes.labels or ())) > 1):
            found = None  # a single vote in every row is no class
    if found is not None and found.labels is None and len({tuple(table.columns[name]) for name in found.columns}) == 1:
        found = None  # one label, written twice
    if found is not None and _are_few_votes(found.columns, table.columns, meant):
        found = None
    if found is None:
        # A table of one class alone has the same numbers in every row, which look like votes, and so have boxes without
        # names of columns.
        is_none = FIRST_COLUMN in table.columns or any(map(is_called_like_label, table.columns))
        votes = None if is_none else read_votes(table.columns, meant)
        if votes is None:
            return table
        if votes.labels is None:
            return replace(table, ratings=votes.columns)
        columns = {name: cells for name, cells in table.columns.items() if name not in votes.columns}
        return replace(table, columns={**columns, "label": votes.labels}, votes=votes.columns)
    if found.labels is None:
        return replace(table, several_labels=found.columns)
    columns = {name: cells for name, cells in table.columns.items() if name not in found.columns}
    columns["label"] = found.labels
    return replace(table, columns=columns, one_hot=found.columns, one_hot_name="label", one_hot_mark=found.mark)


def _with_label_of_raters(table: ManifestTable) -> ManifestTable:
    """Return the table with a column `label` instead of one for each rater, if it has no column of labels."""
    called = column_called(list(table.columns), LABEL_NAMES)
    opinions = read_opinions(table.columns) if called is None else None
    if opinions is None:
        return table
    rest = {name: cells for name, cells in table.columns.items() if name not in opinions.columns}
    repeated = {**table.repeated, "label": opinions.note}
    return replace(table, columns={**rest, "label": opinions.labels}, repeated=repeated)


def _are_few_votes(
    marks: Sequence[str], columns: Mapping[str, Sequence[str | None]], meant: Sequence[str | None]
) -> bool:
    """Return whether columns of 0 and 1 are those of votes for rare classes, beside columns of more votes."""
    others = [cells for name, cells in columns.items() if name not in marks and name not in meant]
    if not any(cell is not None and cell.isdecimal() and cell not in "01" for cells in others for cell in cells[:1]):
        return False  # the votes need not be counted
    votes = read_votes(columns, meant)
    return votes is not None and votes.labels is not None and {*marks} < {*votes.columns}


def with_asked_mark(table: ManifestTable, asked: str | None) -> ManifestTable:
    """Return the table with its columns of 0 and 1 if the user named one of them, and they became one column."""
    if asked is None or asked in table.columns or asked not in table.one_hot:
        return table
    columns = {name: cells for name, cells in table.columns.items() if name != table.one_hot_name}
    labels = table.columns[table.one_hot_name]
    marks = {name: ["1" if label == name else "0" for label in labels] for name in table.one_hot}
    return replace(table, columns={**columns, **marks}, one_hot=(), one_hot_name="")


def without_few_several(table: ManifestTable) -> tuple[ManifestTable, list[str]]:
    """Return the table with no label for the pictures that have several categories, if they are few, and a note."""
    found = table.several
    if found is None or not found.are_few:
        return table, []
    columns = without_several(table.columns, found.column)
    return replace(table, columns=columns, several=None), [note_few(table.name, found)]


def _read_parquet(file: BinaryIO, name: str, most_rows: int | None) -> ManifestTable:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise missing_extra("pyarrow", "train", "opening Parquet files") from error
    try:
        file_bytes = file.seek(0, io.SEEK_END)
        file.seek(0)
        opened = parquet.ParquetFile(file)
        schema = opened.schema_arrow
        refuse_twice(schema.names, name)
        if not 0 <= opened.metadata.num_rows <= file_bytes:  # rows take memory, whatever the file size
            rows = counted(opened.metadata.num_rows, "row")
            raise DataError(f"{name}: says that it has {rows}, in {counted(file_bytes, 'byte')}.")
        plain = [field.name for field in schema if _is_plain(field.type, pyarrow.types)]
        texts = [field.name for field in schema if pyarrow.types.is_string(field.type)]
        opened = parquet.ParquetFile(file, read_dictionary=texts)  # repeated texts are created once
        cells: dict[str, list[str | None]] = {column: [] for column in plain}
        batches: Iterator[Any] = opened.iter_batches(min(most_rows or _BATCH_ROWS, _BATCH_ROWS), columns=plain)
        for batch in islice(batches, 1 if most_rows else None):
            for column in plain:
                cells[column].extend(_text(cell) for cell in values_of(batch.column(column)))
    except (pyarrow.ArrowException, OSError, ValueError, LookupError, OverflowError) as problem:
        raise DataError(f"{name}: not a Parquet file that can be read. It is damaged: fetch it again.") from problem
    return ManifestTable(name, cells)


def _is_plain(kind: Any, types: Any) -> bool:
    """Return whether a Parquet column has one text, number or boolean in each row."""
    if types.is_dictionary(kind):
        kind = kind.value_type
    tests = (is_text, types.is_integer, types.is_floating, types.is_boolean)
    return any(test(kind) for test in tests)


def _text(cell: object) -> str | None:
    is_missing = cell is None or (isinstance(cell, float) and isnan(cell))
    return None if is_missing else str(cell).strip() or None
