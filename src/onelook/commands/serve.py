"""`onelook serve`: predict uploaded pictures. This file has no HTTP in it; `onelook.server` calls it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.commands.decoding_flags import AS_THE_MODEL_DOES, DecodingFlags
from onelook.commands.verify import refuse_changed
from onelook.data.pictures.pillow_as_needed import PILLOW_AS_NEEDED
from onelook.errors import ConfigError, DataError
from onelook.runtime import available_cores

if TYPE_CHECKING:
    from onelook.classifier import Classifier, Prediction
    from onelook.classifier.card import ModelCard
    from onelook.data.pictures.protocol import Images
    from onelook.evaluation.heat_maps.choose_method import MapsOf

# Smaller pictures are decoded faster by one thread than by several, which wait for Python's lock.
_LARGE_BYTES = 16_384  # of a file, on average

Made = TypeVar("Made")


@dataclass(frozen=True)
class ServeLimits:
    """Limits of one request, and of all that the server holds at once."""

    files: int = 64  # pictures of one request
    body_bytes: int = 64 * 1024 * 1024  # all pictures together; a phone's photograph has 3 to 10 MB
    seconds: float = 60.0  # until the body has arrived, and from then until the answer
    waiting_pictures: int = 2_048  # of all requests; whoever comes then is asked to come again
    waiting_bytes: int = 512 * 1024 * 1024  # bodies of all requests that are read or wait
    heat_maps: int = 4  # pictures of one request with heat maps, each of which takes about 80 predictions
    waiting_heat_maps: int = 16  # of all requests


@dataclass(frozen=True)
class Upload:
    """One uploaded picture: the name used in messages, and the encoded bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class ServedHeatMap:
    """A map of one picture: where the model looked.

    Attributes:
        method: how it was found: `occlusion` or `weights`.
        grid: rows and columns of its cells.
        cells: a hexadecimal digit a cell, row after row: `f` where the picture spoke most for the prediction.
        seen: the picture as the model gets it, as a PNG file. The cells lie over all of it.
    """

    method: str
    grid: tuple[int, int]
    cells: str
    seen: bytes


def load_for_serving(path: str | Path, flags: DecodingFlags = AS_THE_MODEL_DOES) -> Classifier:
    """Return a model that predicts here what it predicted when it was saved, ready to answer.

    Raises:
        ModelError: a file is missing or altered, or this installation computes something else.
    """
    from onelook.classifier import load
    from onelook.classifier.golden import largest_difference

    loaded = load(path)
    golden = loaded.golden
    difference = largest_difference(loaded.probabilities(golden.pictures), golden.probabilities)
    refuse_changed(path, {loaded.engine: difference})
    return flags.applied_to(loaded)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Return pixels, (height, width, channels), as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(file, "PNG")
    return file.getvalue()


class PictureService:
    """Predicts uploaded pictures with one loaded model.

    One thread at a time may call `predict`: the model uses all cores by itself.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        self._decoders = ThreadPoolExecutor(available_cores(), "decode")

    def predict(self, uploads: Sequence[Upload]) -> list[Prediction | DataError]:
        """Return an answer for each upload, in order: its prediction, or why it cannot be read.

        The `unlike` of a prediction also says which flags would help.
        """
        decoded = self._of_each(uploads, self._decoded)
        readable = [upload for upload, one in zip(uploads, decoded, strict=True) if not isinstance(one, DataError)]
        pictures = [one for one in decoded if not isinstance(one, DataError)]
        predictions = iter(self._with_advice(pictures, readable))
        return [one if isinstance(one, DataError) else next(predictions) for one in decoded]

    def _with_advice(self, pictures: Sequence[Images], uploads: Sequence[Upload]) -> list[Prediction]:
        """Return a prediction for each; of an unlike picture, with what would make it like those it knows."""
        predictions = self.classifier.predict_decoded(pictures)
        unlike = [at for at, one in enumerate(predictions) if one.unlike is not None]
        if not unlike:
            return predictions
        from onelook.classifier.inputs import as_input
        from onelook.evaluation.unlike_pictures import find_remedy_of_each, unlike_text

        def decode(card: ModelCard, chosen: Sequence[int]) -> Images:
            others = [uploads[unlike[one]] for one in chosen]
            return np.stack(self._of_each(others, lambda upload: as_input(upload.content, card)))

        for at, remedy in zip(unlike, find_remedy_of_each(self.classifier, len(unlike), decode), strict=True):
            how = self._with_size(predictions[at].unlike or "", uploads[at])
            predictions[at] = replace(predictions[at], unlike=unlike_text(how, remedy))
        return predictions

    def _with_size(self, how: str, upload: Upload) -> str:
        """Return how a picture is unlike, with its size if that is unusual too."""
        from onelook.data.pictures.decode import decode_with_facts
        from onelook.signature.sizes import size_in_words

        signature = self.classifier.signature
        if signature is None or signature.sizes is None:
            return how
        original = decode_with_facts(upload.content, self.classifier.decode)
        by_size = size_in_words({(original.height, original.width): 1}, signature.sizes)
        return how if by_size is None else f"{how}, and {by_size}"

    def _of_each(self, uploads: Sequence[Upload], work: Callable[[Upload], Made]) -> list[Made]:
        """Return what the work makes of each upload."""
        is_large = sum(len(upload.content) for upload in uploads) > _LARGE_BYTES * len(uploads)
        with PILLOW_AS_NEEDED:  # set once for all, not for each
            return list(self._decoders.map(work, uploads) if is_large else map(work, uploads))

    @cached_property
    def _heat_map_method(self) -> tuple[str, MapsOf] | None:
        from onelook.evaluation.heat_maps.choose_method import choose_light_method

        return choose_light_method(self.classifier)

    @property
    def has_heat_maps(self) -> bool:
        """Whether the model can show where it looked, soon enough for somebody who waits."""
        return self._heat_map_method is not None

    def heat_maps(self, uploads: Sequence[Upload]) -> list[ServedHeatMap | DataError]:
        """Return where the model looked in each upload, in order, or why it cannot be read.

        Raises:
            ConfigError: the model has no heat maps.
        """
        if self._heat_map_method is None:
            raise ConfigError("this model has no heat maps, as each would take too long. Ask without heat_map.")
        method, maps_of = self._heat_map_method
        found: list[ServedHeatMap | DataError] = []
        for upload in uploads:
            picture = self._decoded(upload)
            found.append(picture if isinstance(picture, DataError) else self._heat_map(picture, method, maps_of))
        return found

    def _heat_map(self, picture: Images, method: str, maps_of: MapsOf) -> ServedHeatMap:
        from onelook.classifier.inputs import in_bytes
        from onelook.evaluation.heat_maps.grid import grid_of, in_digits, on_grid

        images = picture[np.newaxis]
        said = self.classifier.probabilities(images).argmax(axis=1)
        (cells,) = in_digits(on_grid(maps_of(images, said)))
        height, width, _ = picture.shape
        seen = png(in_bytes(picture, self.classifier.card.value_range))
        return ServedHeatMap(method, grid_of(height, width), cells, seen)

    def about(self) -> dict[str, object]:
        """Return the model's card as JSON values."""
        card: dict[str, object] = self.classifier.card.model_dump(mode="json")
        return card

    def _decoded(self, upload: Upload) -> Images | DataError:
        try:
            return self.classifier.as_input(upload.content)
        except DataError as problem:
            return DataError(f"'{upload.name}': {problem}")
