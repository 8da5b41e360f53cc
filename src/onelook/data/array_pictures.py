"""Pictures that are an array already, from Python, a table or a binary file: nothing to decode, at most to resize."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.data.cache import cache_key, new_entry, read_entry
from onelook.data.dataset import Dataset, Decoded, Images, Labels, OnProgress, Part, PictureFacts
from onelook.data.decode import DECODE_VERSION, decode_picture
from onelook.errors import DataError
from onelook.settings import DecodeSettings

BYTE_RANGE = (0.0, 255.0)  # of uint8, whatever the values that occur
_BLOCK_ROWS = 1024  # pictures hashed or resized between two looks at the progress


@dataclass(frozen=True)
class ArrayPictures:
    """The pictures of one part in an array.

    Args:
        images: (rows, height, width, channels) of any numeric dtype, which is kept; may be memory-mapped.
        value_range: lowest and highest value that a pixel can have.
    """

    images: Images
    value_range: tuple[float, float] = BYTE_RANGE

    def __len__(self) -> int:
        return len(self.images)

    def facts(self) -> PictureFacts:
        """Sizes, channels and values."""
        rows, height, width, channels = self.images.shape
        return PictureFacts({(height, width): rows}, channels, str(self.images.dtype), self.value_range)

    def decode(
        self, settings: DecodeSettings, on_progress: OnProgress | None = None, *, strict: bool = False
    ) -> Decoded:
        """The array itself where it has the size and the channels asked for; else every picture resized.

        `strict` changes nothing: there is no row that cannot be read.

        Raises:
            DataError: pictures that are not uint8 would have to be resized.
        """
        kept = np.arange(len(self), dtype=np.int64)
        if self.images.shape[1:] == (settings.height, settings.width, settings.channels):
            return Decoded(self.images, kept, {})
        if self.images.dtype != np.uint8:
            _, height, width, channels = self.images.shape
            raise DataError(
                f"the pictures are {height}×{width}×{channels} of dtype {self.images.dtype}, and "
                f"{settings.height}×{settings.width}×{settings.channels} was asked for. Only uint8 pictures are "
                "resized; bring them to that size first, or to uint8 in 0 to 255."
            )
        images = self._resized(settings, on_progress)
        return Decoded(images, kept, {})

    def _resized(self, settings: DecodeSettings, on_progress: OnProgress | None) -> Images:
        """Every picture at the size of the settings, from the cache where it was resized before."""
        digest = hashlib.sha256()
        _hash_images(digest, self.images)
        key = cache_key("resized", DECODE_VERSION, settings.model_dump_json(), digest.hexdigest())
        found = read_entry(key)
        if found is None:
            with new_entry(key, (settings.height, settings.width, settings.channels)) as writer:
                if on_progress is not None:
                    on_progress(0, len(self))
                for block in _blocks(self.images):
                    writer.append(np.stack([decode_picture(_as_pillow(picture), settings) for picture in block]))
                    if on_progress is not None:
                        on_progress(writer.rows, len(self))
            found = read_entry(key)
        if found is None:
            raise DataError("the resized pictures vanished from the cache before they were used. Start again.")
        return found.pictures


def array_dataset(
    parts: Mapping[str, tuple[Images, Labels | None]],
    *,
    name: str,
    layout: str,
    why: str,
    class_names: tuple[str, ...],
    value_range: tuple[float, float] = BYTE_RANGE,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """A data set of arrays. Its ids are the rows from 1, after the part's name where there are several parts.

    A single part is `all`, whatever it is called: nothing is parted.

    Args:
        parts: pictures (rows, height, width, channels) and labels by part.
        name, layout, why, class_names, notes: as in `Dataset`.
        value_range: of the pixels of all parts.
    """
    alone = len(parts) == 1
    if alone:
        parts = {"all": next(iter(parts.values()))}
    made = {
        part: Part(part, _row_ids(len(images), "" if alone else f"{part}/"), labels, ArrayPictures(images, value_range))
        for part, (images, labels) in parts.items()
    }
    return Dataset(name, layout, why, class_names, made, _fingerprint(parts, class_names), notes)


def _row_ids(count: int, prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{row}" for row in range(1, count + 1))


def _fingerprint(parts: Mapping[str, tuple[Images, Labels | None]], class_names: tuple[str, ...]) -> str:
    """A SHA-256 of pictures, labels and class names: the same for the same content in whatever layout it came."""
    digest = hashlib.sha256(repr(class_names).encode())
    for part, (images, labels) in parts.items():
        digest.update(repr((part, labels is None)).encode())
        if labels is not None:
            digest.update(np.ascontiguousarray(labels).data)
        _hash_images(digest, images)
    return digest.hexdigest()


def _hash_images(digest: hashlib._Hash, images: Images) -> None:
    """Adds the pictures to a digest, whatever lies how in memory."""
    digest.update(repr((images.shape, images.dtype.str)).encode())
    for block in _blocks(images):
        digest.update(np.ascontiguousarray(block).data)


def _blocks(images: Images) -> Iterator[Images]:
    for start in range(0, len(images), _BLOCK_ROWS):
        yield images[start : start + _BLOCK_ROWS]


def _as_pillow(picture: NDArray[np.uint8]) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(picture[:, :, 0] if picture.shape[2] == 1 else picture))
