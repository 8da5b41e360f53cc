"""The thumbnails of a page, from a run's folder or from memory."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from onelook.errors import ModelError
from onelook.evaluation.pictures.index import INDEX

MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}


class Thumbnails(Protocol):
    """Thumbnails by file name."""

    def data_uri(self, name: str) -> str | None:
        """Return the picture as a `data:` address, or None if it does not exist."""
        ...


@dataclass(frozen=True)
class ThumbnailFolder:
    """The thumbnails of a run."""

    path: Path

    def data_uri(self, name: str) -> str | None:
        """Return the picture `name` as a `data:` address, or None if it does not exist.

        Raises:
            ModelError: the name leads out of the folder, or does not end in .png or .jpg.
        """
        media_type = MEDIA_TYPES.get(Path(name).suffix)
        if media_type is None or Path(name).name != name:
            raise ModelError(
                f"{self.path / INDEX}: names the picture '{name}'. Expected the name of a .png or .jpg in the same "
                "folder: the file is damaged."
            )
        path = self.path / name
        if not path.is_file():
            return None
        return data_uri(media_type, path.read_bytes())


@dataclass(frozen=True)
class ThumbnailMemory:
    """Thumbnails that were made for one page."""

    contents: Mapping[str, bytes]  # by file name

    def data_uri(self, name: str) -> str | None:
        """Return the picture `name` as a `data:` address, or None if it does not exist."""
        return data_uri(MEDIA_TYPES[Path(name).suffix], self.contents[name]) if name in self.contents else None


def data_uri(media_type: str, content: bytes) -> str:
    """Return a file as a `data:` address."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def shape(address: str) -> str:
    """Return the width and height of a picture at a `data:` address, as CSS writes a ratio; `auto` if it is damaged.

    Example:
        >>> shape("data:image/gif;base64,R0lGODdhAwACAIAAAP///////ywAAAAAAwACAAACAoRdADs=")
        '3 / 2'
        >>> shape("data:image/png;base64,AAAA")
        'auto'
    """
    try:
        with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as picture:
            return f"{picture.width} / {picture.height}"
    except OSError:
        return "auto"
