"""The facts about a data set that a run's report and the inspect page share, so that both can show a section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from onelook.evaluation.pictures.index import AugmentationPreview, ClassSamples, FindingPictures
from onelook.report.facts import AugmentationFacts, FindingFacts, RecordedData
from onelook.report.pictures import Thumbnails


class ShownData(Protocol):
    """A data set as far as a page shows it. `Results` and `InspectedData` have all of this."""

    @property
    def data(self) -> RecordedData:
        """Layout, classes, counts and sizes."""
        ...

    @property
    def findings(self) -> tuple[FindingFacts, ...]:
        """The findings of the checks."""
        ...

    @property
    def found(self) -> tuple[FindingPictures, ...]:
        """The pictures that the findings name."""
        ...

    @property
    def found_pictures(self) -> Thumbnails:
        """The thumbnails of `found`."""
        ...

    @property
    def contents(self) -> Mapping[str, str]:
        """The contents of the pictures, by id; an unknown one is missing. A mark with it fits a picture that moves."""
        ...

    @property
    def samples(self) -> tuple[ClassSamples, ...]:
        """A few pictures of each class, or of each of the first classes."""
        ...

    @property
    def pictures(self) -> Thumbnails:
        """The thumbnails of `samples`."""
        ...

    @property
    def augmentation(self) -> AugmentationPreview | None:
        """One picture, and augmented versions of it; None if nothing is augmented."""
        ...

    @property
    def augmentation_facts(self) -> AugmentationFacts:
        """The settings of the augmentation, and who chose them."""
        ...

    @property
    def augmentation_pictures(self) -> Thumbnails:
        """The thumbnails of `augmentation`."""
        ...
