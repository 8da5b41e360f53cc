"""Pixels read from plain CSV text at memory speed: the path of every well-formed table.

Pixel values are whole numbers of one to three digits, so nothing needs a general number parser: all bytes of
a block are turned into numbers at once by whole-array arithmetic, and the value of a cell is then the one that
stands at its last digit. On a 42,000 × 785 table this takes a fifth of the processor time of
`pandas.read_csv`. What is not plain (a quote, a blank, a fraction, a ragged row, a value past 255) is left to
`onelook.data.sources.careful_grid`, which reads slowly and explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.sources.grid import Grid, GridColumns, Text
from onelook.runtime import available_cores

# 256 KiB and what is computed from it stay in a core's own cache; 64 KiB took a third longer, as did 1 MiB.
_BLOCK_BYTES = 1 << 18
_NEWLINE = ord("\n")
_INVALID = 1 << 15  # set in a cell that is not one to three digits


def read_plain_grid(text: Text, start: int, columns: GridColumns) -> Grid | None:
    """The pixels and labels of a table of plain numbers; None where the text is not that plain.

    Args:
        text: the whole file.
        start: offset of the first row, after the header.
        columns: where the pixels and the label stand.
    """
    end = _end_of_rows(text)
    found = np.empty((_count_rows(text, start, end), len(columns.pixels)), np.uint8)
    labels: list[NDArray[np.int64] | list[str]] = []
    done = 0
    # numpy lets go of the interpreter in nearly all that is done to a block, so threads do use all cores.
    with ThreadPoolExecutor(available_cores()) as pool:
        for block in pool.map(lambda span: _read_block(text[slice(*span)], columns), _spans(text, start, end)):
            if block is None:
                pool.shutdown(cancel_futures=True)
                return None
            found[done : done + len(block.pixels)] = block.pixels
            done += len(block.pixels)
            if block.labels is not None:
                labels.append(block.labels)
    return Grid(found, None if columns.label is None else _joined(labels))


@dataclass(frozen=True)
class _Block:
    """The rows of one block."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64] | list[str] | None


def _read_block(block: bytes, columns: GridColumns) -> _Block | None:
    """The rows of some whole lines; None where one is not plain."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").rstrip(b"\r")
    if not block.endswith(b"\n"):
        block += b"\n"
    cells = _cells(block, len(columns.names), ord(columns.delimiter))
    if cells is None:
        return None
    first, last = columns.pixels[0], columns.pixels[-1]
    # Neighbouring columns, the usual case, are taken as a slice, which copies nothing.
    is_run = list(columns.pixels) == list(range(first, last + 1))
    pixels = cells[:, first : last + 1] if is_run else cells[:, np.asarray(columns.pixels)]
    if pixels.max() > 255:  # an invalid cell is larger too
        return None
    if columns.label is None:
        return _Block(pixels.astype(np.uint8), None)
    numbers = cells[:, columns.label]
    if numbers.max() < _INVALID:
        return _Block(pixels.astype(np.uint8), numbers.astype(np.int64))
    texts = _label_texts(block, len(columns.names), columns.label, columns.delimiter.encode())
    return None if texts is None else _Block(pixels.astype(np.uint8), texts)


def _joined(labels: Sequence[NDArray[np.int64] | list[str]]) -> NDArray[np.int64] | list[str]:
    """The labels of all blocks: numbers where all are, else text."""
    if labels and all(isinstance(part, np.ndarray) for part in labels):
        return np.concatenate(labels)
    return [str(label) for part in labels for label in part]


def _cells(block: bytes, columns: int, delimiter: int) -> NDArray[np.uint16] | None:
    """The value of every cell, (rows, columns); at least `_INVALID` where it is none. None where rows are ragged."""
    # Three newlines in front, so that the first cell too has three bytes before its last one.
    text = np.full(len(block) + 3, _NEWLINE, np.uint8)
    text[3:] = np.frombuffer(block, np.uint8)
    digit = text - np.uint8(ord("0"))  # wraps round for what stands before '0'
    is_digit = digit <= 9
    is_newline = text == _NEWLINE
    is_separator = text == delimiter
    is_separator |= is_newline

    # For every byte: is it the last of one to three digits after a separator?
    is_number = is_digit[1:-2] & is_separator[:-3]
    is_number |= is_separator[1:-2]
    is_number &= is_digit[2:-1]
    is_number |= is_separator[2:-1]
    is_number &= is_digit[3:]

    # ... and the number that it ends. What is not a digit counts as 0, also in front of it.
    digit *= is_digit
    value = digit[3:].astype(np.uint16)
    value += digit[2:-1] * np.uint8(10)
    value += (digit[1:-2] * is_digit[2:-1]) * np.uint16(100)
    value |= (~is_number).view(np.uint8).astype(np.uint16) << 15

    ends = np.flatnonzero(is_separator[4:])  # the byte before each separator
    if len(ends) % columns:
        return None
    # Every row ends at its last cell, and as there are as many newlines as rows, nowhere else.
    rows = len(ends) // columns
    if not is_newline[4:].take(ends[columns - 1 :: columns]).all() or np.count_nonzero(is_newline[4:]) != rows:
        return None
    return value.take(ends).reshape(rows, columns)


def _label_texts(block: bytes, columns: int, label: int, delimiter: bytes) -> list[str] | None:
    """The label cells of a block as text; None where one is quoted, empty or not UTF-8."""
    lines = block[:-1].split(b"\n")
    if label < columns // 2:
        cells = [line.split(delimiter, label + 1)[label] for line in lines]
    else:
        cells = [line.rsplit(delimiter, columns - label)[label - columns] for line in lines]
    if any(b'"' in cell or not cell.strip() for cell in cells):
        return None
    try:
        return [cell.decode().strip() for cell in cells]
    except UnicodeDecodeError:
        return None


def _spans(text: Text, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where blocks of whole lines begin and end."""
    while start < end:
        stop = text.find(b"\n", min(start + _BLOCK_BYTES, end), end) + 1 or end
        yield start, stop
        start = stop


def _end_of_rows(text: Text) -> int:
    """Where the last row ends: empty lines at the end of the file are not rows."""
    end = len(text)
    while end and text[end - 1 : end] in (b"\n", b"\r"):
        end -= 1
    return end


def _count_rows(text: Text, start: int, end: int) -> int:
    if start >= end:
        return 0
    content = np.frombuffer(text, np.uint8)
    return 1 + sum(
        int(np.count_nonzero(content[at : min(at + _BLOCK_BYTES, end)] == _NEWLINE))
        for at in range(start, end, _BLOCK_BYTES)
    )
