"""What a run's report and the inspect page both know of a data set, so that a section can be written once."""

from __future__ import annotations

from typing import Protocol

from onelook.evaluation.pictures.index import AugmentationPreview, ClassSamples, FindingPictures
from onelook.report.pictures import Pictures
from onelook.report.results import AugmentationFacts, DataFacts, FindingFacts


class SeenData(Protocol):
    """A data set as far as a page shows it. `Results` and `Inspected` are such."""

    @property
    def data(self) -> DataFacts:
        """What was opened and counted."""
        ...

    @property
    def findings(self) -> tuple[FindingFacts, ...]:
        """What the checks found."""
        ...

    @property
    def found(self) -> tuple[FindingPictures, ...]:
        """The pictures that the findings name."""
        ...

    @property
    def found_pictures(self) -> Pictures:
        """Where the thumbnails of `found` are."""
        ...

    @property
    def samples(self) -> tuple[ClassSamples, ...]:
        """A few pictures of each class, or of each of the first classes."""
        ...

    @property
    def pictures(self) -> Pictures:
        """Where the thumbnails of `samples` are."""
        ...

    @property
    def augmentation(self) -> AugmentationPreview | None:
        """One picture and what augmentation makes of it."""
        ...

    @property
    def augmentation_facts(self) -> AugmentationFacts:
        """The settings that made the preview, and whence they come."""
        ...

    @property
    def augmentation_pictures(self) -> Pictures:
        """Where the thumbnails of `augmentation` are."""
        ...
