"""The content of a picture, as a fixes file names it: by it a picture is found again under another id."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from onelook.data.duplicates.exact import digest_pictures
from onelook.data.pictures.protocol import Pictures
from onelook.errors import DataError
from onelook.runtime import available_cores


def picture_content(pictures: Pictures, row: int) -> str:
    """Return the digest of one picture's pixels at its own size, 32 hexadecimal digits; empty if it cannot be read.

    Exact copies have equal digests, in whatever file or folder they are.
    """
    try:
        original = pictures.original(row)
    except DataError:
        return ""
    return digest_pictures(original[None])[0].hex()


def contents_of(places: Iterable[tuple[Pictures, int]]) -> list[str]:
    """Return `picture_content` of each of these pictures, read on all cores."""
    with ThreadPoolExecutor(available_cores()) as threads:
        return list(threads.map(lambda place: picture_content(*place), places))
