"""`--invert`, `--crop-to-content` and `--keep-as`: pictures that are brought to the look of the training pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.errors import ConfigError

if TYPE_CHECKING:
    from onelook.classifier import Classifier


@dataclass(frozen=True)
class DecodingFlags:
    """Changes of the decoding of pictures, for one command; None changes nothing.

    Attributes:
        invert: whether dark and light are exchanged.
        crop_to_content: whether the content is cut out and centred.
        keep_as: a folder for a copy of the model that does the same from then on.
    """

    invert: bool | None = None
    crop_to_content: bool | None = None
    keep_as: Path | None = None

    def applied_to(self, classifier: Classifier) -> Classifier:
        """Return the model with these settings, which is saved if that is wanted.

        Raises:
            ConfigError: nothing is changed that could be kept, or the folder holds something else than a model.
        """
        if self.invert is None and self.crop_to_content is None:
            if self.keep_as is not None:
                raise ConfigError(
                    f"--keep-as {self.keep_as}: nothing to keep. It saves a model that inverts or crops its pictures: "
                    "add --invert or --crop-to-content."
                )
            return classifier
        changed = classifier.with_decode(invert=self.invert, crop_to_content=self.crop_to_content)
        if self.keep_as is not None:
            changed.save(self.keep_as)
        return changed


AS_THE_MODEL_DOES = DecodingFlags()
