"""What encoded pictures are read from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol


class PictureStore(Protocol):
    """Encoded pictures by name: a `Location`, or a table that holds them."""

    @property
    def root(self) -> Path:
        """The path as the user gave it, for messages."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A picture's bytes; the caller closes it."""
        ...

    def read(self, name: str) -> bytes:
        """All of a picture's bytes; many threads may read at once.

        Raises:
            DataError: it cannot be read now, with the reason.
        """
        ...

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        """64 hexadecimal digits that change when the pictures' content does."""
        ...

    def path(self, name: str) -> Path | None:
        """The file on disk that holds the picture; None inside an archive."""
        ...
