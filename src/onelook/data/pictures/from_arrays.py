"""Pictures in an array, from Python, a table or a binary file. They are resized if needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import BYTE_RANGE, Decoded, Images, OnProgress, PictureFacts, PixelSurvey
from onelook.errors import DataError
from onelook.settings import DecodeSettings

if TYPE_CHECKING:
    from PIL import Image

_BLOCK_ROWS = 1024  # pictures hashed or resized between two reports of progress


@dataclass(frozen=True)
class ArrayPictures:
    """The pictures of one part in an array.

    Args:
        images: (rows, height, width, channels) of any numeric dtype, which is kept; may be memory-mapped.
        value_range: the lowest and highest value that a pixel can have.
    """

    images: Images
    value_range: tuple[float, float] = BYTE_RANGE

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: NDArray[np.int64]) -> ArrayPictures:
        """Return some of the pictures, copied."""
        return ArrayPictures(self.images[rows], self.value_range)

    def facts(self) -> PictureFacts:
        """Return sizes, channels and values."""
        rows, height, width, channels = self.images.shape
        return PictureFacts({(height, width): rows}, channels, str(self.images.dtype), self.value_range)

    def survey(self) -> PixelSurvey:
        """Return an empty survey: an array has a known value range and nothing transparent."""
        return PixelSurvey()

    def original(self, row: int) -> Images:
        """Return one picture of the array, copied, so that a change of it does not change the data."""
        return np.array(self.images[row])

    def decode(
        self,
        settings: DecodeSettings,
        on_progress: OnProgress | None = None,
        *,
        strict: bool = False,
        measured: DecodeSettings | None = None,
    ) -> Decoded:
        """Return the array itself if it is as the settings say; else every picture resized, cropped or inverted.

        `strict` changes nothing, because every row can be read. Nothing is measured: the array itself can be, later.

        Raises:
            DataError: pictures that are not uint8 would have to be changed.
        """
        kept = np.arange(len(self), dtype=np.int64)
        if self._are_as(settings):
            return Decoded(self.images, kept, {})
        images = self._resized(settings, on_progress)
        return Decoded(images, kept, {}, unresized=self.images)

    def decode_alone(self, settings: DecodeSettings) -> Decoded:
        """Return what `decode` does, of a few pictures, without the cache."""
        kept = np.arange(len(self), dtype=np.int64)
        if self._are_as(settings):
            return Decoded(self.images, kept, {})
        return Decoded(_resized_block(self.images, settings), kept, {}, unresized=self.images)

    def _are_as(self, settings: DecodeSettings) -> bool:
        """Return whether the pictures are as the settings say.

        Raises:
            DataError: they are not, and are not uint8 either.
        """
        is_of_size = self.images.shape[1:] == (settings.height, settings.width, settings.channels)
        if is_of_size and not settings.changes_pixels:
            return True
        if self.images.dtype != np.uint8:
            _, height, width, channels = self.images.shape
            raise DataError(
                f"the pictures are {height}×{width}×{channels} of dtype {self.images.dtype}, and "
                f"{settings.height}×{settings.width}×{settings.channels} was asked for. Only uint8 pictures are "
                "resized; bring them to that size first, or to uint8 in 0 to 255."
            )
        return False

    def _resized(self, settings: DecodeSettings, on_progress: OnProgress | None) -> Images:
        """Return every picture at the size of the settings, from the cache if it has them."""
        # Imported here, because most arrays need no resize, and so neither Pillow nor the decoder.
        from onelook.data.cache.entries import cache_key, new_entry, read_entry
        from onelook.data.pictures.decode import DECODE_VERSION

        digest = hashlib.sha256()
        hash_images(digest, self.images)
        key = cache_key("resized", DECODE_VERSION, settings.model_dump_json(), digest.hexdigest())
        found = read_entry(key)
        if found is None:
            with new_entry(key, (settings.height, settings.width, settings.channels)) as writer:
                if on_progress is not None:
                    on_progress(0, len(self))
                for block in _blocks(self.images):
                    writer.append(_resized_block(block, settings))
                    if on_progress is not None:
                        on_progress(writer.rows, len(self))
            found = read_entry(key)
        if found is None:
            raise DataError("the resized pictures vanished from the cache before they were used. Start again.")
        return found.pictures


def hash_images(digest: hashlib._Hash, images: Images) -> None:
    """Add the pictures to a digest, which does not depend on their memory layout."""
    digest.update(repr((images.shape, images.dtype.str)).encode())
    for block in _blocks(images):
        digest.update(np.ascontiguousarray(block).data)


def _blocks(images: Images) -> Iterator[Images]:
    for start in range(0, len(images), _BLOCK_ROWS):
        yield images[start : start + _BLOCK_ROWS]


def _resized_block(block: Images, settings: DecodeSettings) -> Images:
    from onelook.data.pictures.decode import decode_picture

    return np.stack([decode_picture(_as_pillow(picture), settings) for picture in block])


def _as_pillow(picture: NDArray[np.uint8]) -> Image.Image:
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(picture[:, :, 0] if picture.shape[2] == 1 else picture))
