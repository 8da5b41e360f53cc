"""`onelook serve`: predict uploaded pictures. This file has no HTTP in it; `onelook.server` calls it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from onelook.errors import DataError

if TYPE_CHECKING:
    from onelook.classifier import Classifier, Prediction
    from onelook.data.pictures.protocol import Images


@dataclass(frozen=True)
class ServeLimits:
    """The limits of one request."""

    files: int = 64  # pictures
    body_bytes: int = 64 * 1024 * 1024  # all pictures together; a phone's photograph has 3 to 10 MB


@dataclass(frozen=True)
class Upload:
    """One uploaded picture: the name used in messages, and the encoded bytes."""

    name: str
    content: bytes


class PictureService:
    """Predicts uploaded pictures with one loaded model. It may be called from many threads."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        # A predictor uses all cores by itself, so two at once would only slow each other down.
        self._one_at_a_time = threading.Lock()

    def predict(self, uploads: Sequence[Upload]) -> list[Prediction]:
        """Return a prediction for each upload, in order. Its `unlike` also says which flags would help.

        Raises:
            DataError: an upload cannot be read as a picture; the message names it.
        """
        pictures = [self._decoded(upload) for upload in uploads]
        with self._one_at_a_time:
            found = self.classifier.predict_decoded(pictures)
            return [
                one if one.unlike is None else self._with_advice(one, each)
                for one, each in zip(found, uploads, strict=True)
            ]

    def _with_advice(self, prediction: Prediction, upload: Upload) -> Prediction:
        """Return the prediction of an unlike picture, with what would make it like those that the model learnt from."""
        from onelook.classifier.inputs import as_input
        from onelook.data.pictures.decode import decode_with_facts
        from onelook.evaluation.unlike_pictures import advice, find_flags
        from onelook.signature.sizes import size_in_words

        flags = find_flags(self.classifier, lambda card: as_input(upload.content, card)[np.newaxis])
        original = decode_with_facts(upload.content, self.classifier.decode)
        signature = self.classifier.signature
        usual = None if signature is None else signature.sizes
        by_size = size_in_words({(original.height, original.width): 1}, usual)
        how = prediction.unlike if by_size is None else f"{prediction.unlike}, and {by_size}"
        return replace(prediction, unlike=f"{how}. {advice(flags)}")

    def about(self) -> dict[str, object]:
        """Return the model's card as JSON values."""
        card: dict[str, object] = self.classifier.card.model_dump(mode="json")
        return card

    def _decoded(self, upload: Upload) -> Images:
        try:
            return self.classifier.as_input(upload.content)
        except DataError as problem:
            raise DataError(f"'{upload.name}': {problem}") from problem
