"""A folder to draw a data set in: small pictures, arrays, tables and texts, the same at each run."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Place:
    """The folder of one drawn data set. All names are paths below it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.rng = np.random.default_rng(7)

    def path(self, name: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def save(self, name: str, pixels: NDArray[Any], **options: Any) -> None:
        """Write pixels as a picture, in the format that the suffix names if `format` does not."""
        Image.fromarray(pixels).save(self.path(name), **options)

    def photo(self, name: str, **options: Any) -> None:
        """Draw a picture of noise, 12 pixels wide and 10 high: no two are alike."""
        self.save(name, self.rng.integers(0, 256, (10, 12, 3)).astype(np.uint8), **options)

    def png(self) -> bytes:
        """Return such a picture as a PNG."""
        file = io.BytesIO()
        Image.fromarray(self.rng.integers(0, 256, (10, 12, 3)).astype(np.uint8)).save(file, "PNG")
        return file.getvalue()

    def photos(self, *names: str) -> None:
        for name in names:
            self.photo(name)

    def class_folders(self, folder: str, names: Iterable[str], count: int, stem: str = "{i}.png") -> None:
        """Draw `count` pictures in a folder for each class; `stem` may hold `{i}` and `{name}`."""
        for name in names:
            self.photos(*(f"{folder}/{name}/{stem.format(i=i, name=name)}" for i in range(count)))

    def mask(self, name: str) -> None:
        pixels = np.zeros((10, 12), np.uint8)
        left, top = self.rng.integers(0, 4, 2)
        pixels[top : top + 5, left : left + 6] = 255
        self.save(name, pixels)

    def pixels(self, side: int, *shape: int) -> NDArray[np.uint8]:
        """Draw a picture that is dark but for its upper quarter, (side, side, *shape)."""
        pixels = self.rng.integers(0, 40, (side, side, *shape))
        pixels[: side // 4] += 200
        return pixels.astype(np.uint8)

    def rows(self, count: int, side: int, *shape: int) -> NDArray[np.uint8]:
        """Draw `count` such pictures, (count, side, side, *shape)."""
        return np.stack([self.pixels(side, *shape) for _ in range(count)])

    def bytes(self, name: str, content: bytes) -> None:
        self.path(name).write_bytes(content)

    def zip(self, name: str, members: Mapping[str, bytes]) -> None:
        with zipfile.ZipFile(self.path(name), "w") as archive:
            for member, content in members.items():
                archive.writestr(member, content)

    def text(self, name: str, *lines: str, encoding: str = "utf-8") -> None:
        self.bytes(name, "".join(f"{line}\n" for line in lines).encode(encoding))

    def json(self, name: str, value: Any) -> None:
        self.text(name, json.dumps(value))

    def json_lines(self, name: str, values: Iterable[Any]) -> None:
        self.text(name, *map(json.dumps, values))

    def table(
        self,
        name: str,
        head: str,
        rows: Iterable[Sequence[Any]],
        delimiter: str = ",",
        encoding: str = "utf-8",
    ) -> None:
        """Write a table; `head` holds the columns' names with commas between, or nothing."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        writer.writerows([head.split(",")] if head else [])
        writer.writerows(rows)
        self.bytes(name, text.getvalue().encode(encoding))
