"""Find the columns of pictures and of labels in tables whose names do not tell them, and say what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from onelook.data.column_names import GROUP_NAMES, LABEL_NAMES, is_called_like_label
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.layouts.tables.parquet_rows import is_text
from onelook.data.pictures.by_content import is_picture
from onelook.data.storage.location import Location
from onelook.wording import named

_LOOKED_AT_ROWS = 8  # of a column of bytes
_START_BYTES = 256
_MOST_CLASSES = 1_000
_MOST_ROWS_READ = 1_000_000  # of a column that may be the label
_BOXES = frozenset({"bbox", "bboxes", "boxes"})


class EncodedTable(Protocol):
    """One file of a table with encoded pictures."""

    @property
    def entry(self) -> str:
        """The file."""
        ...

    @property
    def schema(self) -> Any:
        """The names and types of its columns, as a pyarrow.Schema."""
        ...

    @property
    def rows(self) -> int:
        """How many there are."""
        ...

    def values(self, column: str) -> list[Any]:
        """Return all values of a column.

        Raises:
            DataError: it cannot be read.
        """
        ...

    def first_values(self, column: str, rows: int) -> list[Any]:
        """Return the first values of a column of bytes.

        Raises:
            DataError: they cannot be read.
        """
        ...


def holds_bytes(schema: Any, name: str) -> bool:
    """Return whether a column holds bytes, or a struct with a field `bytes`."""
    import pyarrow as pa

    binary = (pa.binary(), pa.large_binary(), pa.binary_view())
    kind = schema.field(name).type
    if pa.types.is_struct(kind):
        at = kind.get_field_index("bytes")
        return at >= 0 and kind.field(at).type in binary
    return kind in binary


def picture_by_content(table: EncodedTable) -> str | None:
    """Return the first column of bytes whose first values are pictures; None if there is none.

    Raises:
        DataError: the file is damaged.
    """
    names: list[str] = table.schema.names
    for name in names:
        if names.count(name) > 1 or not holds_bytes(table.schema, name):
            continue
        contents = [
            value.get("bytes") if isinstance(value, dict) else value
            for value in table.first_values(name, _LOOKED_AT_ROWS)
        ]
        present = [content for content in contents if content]
        if present and all(is_picture(content[:_START_BYTES]) for content in present):
            return name
    return None


def label_by_content(location: Location, file: EncodedTable, picture: str, *, needs_labels: bool) -> str | None:
    """Return the column that may hold classes, by a usual name or as the only one; None if there is none.

    A column of groups, such as `lesion_id`, is none if there is another.

    Raises:
        ConfigError: several columns may be the label, and the user has to choose.
    """
    names: list[str] = [name for name in file.schema.names if name != picture and _is_plain(file.schema, name)]
    folded = {name.casefold(): name for name in names}
    if (known := next((folded[name] for name in LABEL_NAMES if name in folded), None)) is not None:
        return known
    if file.rows > _MOST_ROWS_READ or not needs_labels:
        return None
    columns = {name: file.values(name) for name in folded.values()}
    fitting = {name: values for name, values in columns.items() if _may_be_classes(values)}
    fitting = {name: values for name, values in fitting.items() if name.casefold() not in GROUP_NAMES} or fitting
    texts = {name: values for name, values in fitting.items() if all(isinstance(value, str) for value in values)}
    # Names are preferred to their codes.
    codes = [
        name for name in fitting if name not in texts and any(_agree(fitting[name], text) for text in texts.values())
    ]
    fitting = {name: values for name, values in fitting.items() if name not in codes}
    if len(fitting) < 2:
        return next(iter(fitting), None)
    called = [name for name in fitting if is_called_like_label(name)]  # `dx` beside `sex` and `localization`
    if len(called) == 1:
        return called[0]
    raise ask_which(
        f"{location.root}: {len(fitting)} columns of {file.entry} may be the label.",
        [
            Choice(f"--label-column {name}", classes_in_words(list(map(str, values))))
            for name, values in fitting.items()
        ],
    )


def group_column(schema: Any, label: str | None) -> str | None:
    """Return the column of groups, called so as `patient_id` is; None if there is none."""
    names = [name for name in schema.names if name.casefold() in GROUP_NAMES and _is_plain(schema, name)]
    return next((name for name in names if name != label and schema.names.count(name) == 1), None)


def notes_on_columns(schema: Any, picture: str, label: str | None, *, needs_labels: bool) -> list[str]:
    """Return notes on the column of groups, the columns that were left out, and on boxes among them."""
    group = group_column(schema, label)
    rest = [name for name in schema.names if name not in (picture, label, group)]
    if not needs_labels:
        return []
    notes = []
    if group is not None:
        notes.append(f"Pictures with the same '{group}' stay together when a split is made; --no-groups ignores it.")
    if rest:
        hint = "" if label is not None else " If the label is among them, name it with --label-column."
        notes.append(f"Columns that were left out: {named(rest)}.{hint}")
    if label is None and (boxes := next((name for name in rest if _holds_boxes(schema.field(name))), None)):
        notes.append(
            f"'{boxes}' holds boxes (object detection), not one class a picture, which is what onelook learns: cut the "
            "boxes out into a folder for each class, or take a tool for detection."
        )
    return notes


def _holds_boxes(field: Any) -> bool:
    import pyarrow as pa

    if field.name.casefold() in _BOXES:
        return True
    kind = field.type
    while pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    if not pa.types.is_struct(kind):
        return False
    inside = {kind.field(at).name.casefold() for at in range(kind.num_fields)}
    return not inside.isdisjoint(_BOXES)


def _is_plain(schema: Any, name: str) -> bool:
    """Return whether a column holds texts or whole numbers, which may be classes."""
    import pyarrow as pa

    kind = schema.field(name).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(is_text(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind))


def _agree(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Return whether the values of two columns are the same classes in other words."""
    return len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))


def _may_be_classes(values: Sequence[Any]) -> bool:
    present = [value for value in values if value is not None]
    return 1 < len(set(present)) <= min(_MOST_CLASSES, len(present) // 2)
