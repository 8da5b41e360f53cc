"""The fast reader of pixel tables, for plain CSV text: it runs at the speed of memory.

Pixel values are whole numbers of one to three digits, so a general number parser is not needed: whole-array arithmetic
turns all bytes of a block into numbers at once, and the value of a cell is the number at its last digit. On a
42,000 × 785 table this takes a fifth of the processor time of `pandas.read_csv`. Tables that are not plain (a quote, a
blank, a fraction, a ragged row, a value above 255) are left to `onelook.data.layouts.tables.careful_grid`, which reads
slowly and explains errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.layouts.tables.grid import PASSED_BYTES, Grid, GridColumns, Text, give_back_pages
from onelook.runtime import available_cores

# 256 KiB and the arrays computed from it fit into the cache of a core: with 64 KiB the parse took half as long again,
# and with 512 KiB the same time.
_BLOCK_BYTES = 1 << 18
_BLOCKS_PASSED = PASSED_BYTES // _BLOCK_BYTES
_NEWLINE = ord("\n")


def read_plain_grid(text: Text, start: int, columns: GridColumns) -> Grid | None:
    """Return the pixels and labels of a table of plain numbers; None if the text is not plain.

    Args:
        text: the whole file.
        start: the offset of the first row, after the header.
        columns: the positions of the pixels and the label.
    """
    end = _end_of_rows(text)
    found = np.empty((_count_rows(text, start, end), len(columns.pixels)), np.uint8)
    spans = list(_spans(text, start, end))
    labels: list[NDArray[np.int64] | list[str]] = []
    done = 0
    # numpy releases the interpreter lock in nearly all operations on a block, so threads use all cores.
    with ThreadPoolExecutor(available_cores()) as pool:
        for number, block in enumerate(pool.map(lambda span: _read_block(_lines(text, span), columns), spans), start=1):
            if block is None:
                pool.shutdown(cancel_futures=True)
                return None
            found[done : done + len(block.pixels)] = block.pixels
            done += len(block.pixels)
            if number % _BLOCKS_PASSED == 0:
                give_back_pages(text)
            if block.labels is not None:
                labels.append(block.labels)
    if columns.label is None:
        return Grid(found, None)
    if labels and all(isinstance(part, np.ndarray) for part in labels):
        return Grid(found, np.concatenate(labels))
    # If the labels of one block are text, all labels are text: 007 is then a name, with its zeros.
    texts: list[str] = []
    for span, part in zip(spans, labels, strict=True):
        read = _label_texts(_lines(text, span), columns) if isinstance(part, np.ndarray) else part
        if read is None:
            return None
        texts.extend(read)
    return Grid(found, texts)


def read_plain_texts(text: Text, start: int, columns: GridColumns) -> list[str] | None:
    """Return the cells of the label column as text; None if one is quoted, missing or not UTF-8.

    Args:
        text: the whole file.
        start: the offset of the first row, after the header.
        columns: the position of the label.
    """
    texts: list[str] = []
    for span in _spans(text, start, _end_of_rows(text)):
        found = _label_texts(_lines(text, span), columns)
        if found is None:
            return None
        texts.extend(found)
    return texts


@dataclass(frozen=True)
class _Block:
    """The rows of one block."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64] | list[str] | None


def _read_block(block: bytes, columns: GridColumns) -> _Block | None:
    """Return the rows of some whole lines; None if one is not plain."""
    cells = _cells(block, len(columns.names), ord(columns.delimiter))
    if cells is None:
        return None
    values, is_value, ends = cells
    first, last = columns.pixels[0], columns.pixels[-1]
    # Neighbouring columns, the usual case, are selected by a slice, which copies nothing.
    is_run = list(columns.pixels) == list(range(first, last + 1))
    chosen = slice(first, last + 1) if is_run else np.asarray(columns.pixels)
    if is_value is not None and not is_value[:, chosen].all():
        return None
    if columns.label is None:
        return _Block(values[:, chosen], None)
    is_plain = is_value is None or is_value[:, columns.label].all()
    if is_plain and not _have_zeros_in_front(
        block, ends[columns.label :: len(columns.names)], values[:, columns.label]
    ):
        return _Block(values[:, chosen], values[:, columns.label].astype(np.int64))
    texts = _label_texts(block, columns)
    return None if texts is None else _Block(values[:, chosen], texts)


_Cells = tuple[NDArray[np.uint8], NDArray[np.bool_] | None, NDArray[np.intp]]


def _cells(block: bytes, columns: int, delimiter: int) -> _Cells | None:
    """Return the value of every cell and whether it is valid, (rows, columns) each; None if rows are ragged.

    Also return the offset of the last byte of every cell, (rows * columns,). Instead of the validity, None means that
    all are valid, the usual case. All arithmetic is on single bytes, which is several times as fast as on wider
    numbers; booleans are viewed as bytes because numpy would convert them slowly.
    """
    # Three newlines are put in front, so that also the first cell has three bytes before its last one.
    text = np.full(len(block) + 3, _NEWLINE, np.uint8)
    text[3:] = np.frombuffer(block, np.uint8)
    digit = text - np.uint8(ord("0"))  # characters below '0' wrap round
    is_digit = digit <= 9
    digit *= is_digit.view(np.uint8)
    is_newline = text == _NEWLINE
    is_separator = text == delimiter
    is_separator |= is_newline

    # For every byte, the number that ends with it: its own digit, and the two before it if these are digits.
    below_100 = digit[2:-1] * np.uint8(10)
    below_100 += digit[3:]
    hundreds = digit[1:-2] * is_digit[2:-1].view(np.uint8)
    value = hundreds * np.uint8(100)  # values above 255 wrap round, which is checked below
    value += below_100

    # For every byte: is it the last of one to three digits after a separator, and is the number at most 255?
    is_value = is_digit[1:-2] & is_separator[:-3]
    is_value |= is_separator[1:-2]
    is_value &= is_digit[2:-1]
    is_value |= is_separator[2:-1]
    is_value &= is_digit[3:]
    is_too_large = below_100 > 55
    is_too_large &= hundreds == 2
    is_too_large |= hundreds > 2
    is_value &= ~is_too_large

    ends_cell, ends_row = is_separator[4:], is_newline[4:]  # aligned with the byte before the separator
    ends = np.flatnonzero(ends_cell)
    rows = len(ends) // columns
    # Every row ends at its last cell, and nowhere else, because there are as many newlines as rows.
    if len(ends) % columns or np.count_nonzero(ends_row) != rows or not ends_row[ends[columns - 1 :: columns]].all():
        return None
    values = value.take(ends).reshape(rows, columns)
    if not (ends_cell > is_value[:-1]).any():
        return values, None, ends
    return values, is_value.take(ends).reshape(rows, columns), ends


def _have_zeros_in_front(block: bytes, last: NDArray[np.intp], values: NDArray[np.uint8]) -> bool:
    """Return whether a number has leading zeros, such as 007.

    Args:
        last: the offset of the last digit of each number of one to three digits.
        values: the numbers.
    """
    text = np.frombuffer(block, np.uint8)
    # Negative offsets wrap round to the newline at the end of the block.
    has_two, has_three = (text[last - 1] - np.uint8(ord("0")) <= 9), (text[last - 2] - np.uint8(ord("0")) <= 9)
    return bool(((has_two & (values < 10)) | (has_two & has_three & (values < 100))).any())


def _label_texts(block: bytes, columns: GridColumns) -> list[str] | None:
    """Return the label cells of a block as text; None if one is quoted, missing or not UTF-8."""
    label, delimiter = columns.label or 0, columns.delimiter.encode()
    lines = block[:-1].split(b"\n")
    if label < len(columns.names) // 2:
        cells = [line.split(delimiter, label + 1)[label] for line in lines]
    else:
        from_end = len(columns.names) - label
        cells = [line.rsplit(delimiter, from_end)[-from_end] for line in lines]
    if any(b'"' in cell or cell.strip().lower() in (b"", b"nan") for cell in cells):
        return None
    try:
        return [cell.decode().strip() for cell in cells]
    except UnicodeDecodeError:
        return None


def _lines(text: Text, span: tuple[int, int]) -> bytes:
    """Return the lines in this span, each with one newline character at its end."""
    lines = text[slice(*span)]
    if b"\r" in lines:
        lines = lines.replace(b"\r\n", b"\n").rstrip(b"\r")
    return lines if lines.endswith(b"\n") else lines + b"\n"


def _spans(text: Text, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the beginning and end of each block of whole lines."""
    while start < end:
        stop = text.find(b"\n", min(start + _BLOCK_BYTES, end), end) + 1 or end
        yield start, stop
        start = stop


def _end_of_rows(text: Text) -> int:
    """Return the end of the last row; empty lines at the end of the file are not rows."""
    end = len(text)
    while end and text[end - 1 : end] in (b"\n", b"\r"):
        end -= 1
    return end


def _count_rows(text: Text, start: int, end: int) -> int:
    if start >= end:
        return 0
    content, rows = np.frombuffer(text, np.uint8), 1
    for number, at in enumerate(range(start, end, _BLOCK_BYTES), start=1):
        rows += int(np.count_nonzero(content[at : min(at + _BLOCK_BYTES, end)] == _NEWLINE))
        if number % _BLOCKS_PASSED == 0:
            give_back_pages(text)
    return rows
