"""`onelook serve`: what the HTTP server asks of a model, without any HTTP in it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onelook.errors import DataError

if TYPE_CHECKING:
    from onelook.classifier import Classifier, Prediction
    from onelook.data.pictures.protocol import Images


@dataclass(frozen=True)
class ServeLimits:
    """What one request may ask for."""

    files: int = 64  # pictures
    body_bytes: int = 64 * 1024 * 1024  # all pictures together; a phone's photograph has 3 to 10 MB


@dataclass(frozen=True)
class Upload:
    """One picture as it came: the name that messages use, and the encoded bytes."""

    name: str
    content: bytes


class PictureService:
    """Predicts uploaded pictures with one loaded model. May be called from many threads."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        # A predictor uses all cores by itself: two at once would only be in each other's way.
        self._one_at_a_time = threading.Lock()

    def predict(self, uploads: Sequence[Upload]) -> list[Prediction]:
        """A prediction for every upload, in order.

        Raises:
            DataError: one of them is no picture that can be read; it is named.
        """
        pictures = [self._decoded(upload) for upload in uploads]
        with self._one_at_a_time:
            return self.classifier.predict(pictures)

    def about(self) -> dict[str, Any]:
        """The model's card, as JSON values."""
        card: dict[str, Any] = self.classifier.card.model_dump(mode="json")
        return card

    def _decoded(self, upload: Upload) -> Images:
        try:
            return self.classifier.as_input(upload.content)
        except DataError as problem:
            raise DataError(f"'{upload.name}': {problem}") from problem
