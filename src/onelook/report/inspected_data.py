"""The input of the inspect page: facts and thumbnails of a data set that was read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from onelook.evaluation.pictures.index import AugmentationPreview, ClassSamples, FindingPictures
from onelook.report.charts.distributions import Size
from onelook.report.facts import AugmentationFacts, FindingFacts, RecordedData
from onelook.report.marking import Marking
from onelook.report.pictures import ThumbnailMemory


@dataclass(frozen=True)
class NextStep:
    """The next step for the reader of the page."""

    command: str  # to copy into a shell
    choices: tuple[str, ...] = ()  # what the command would choose, as "what: why"
    refusal: str = ""  # why training would refuse the data; empty if it would not


@dataclass(frozen=True)
class InspectedData:
    """All that the sections of the inspect page may look at. Counts are of all pictures, in the parts of the data."""

    name: str
    version: str  # of onelook
    data: RecordedData
    rows: Mapping[str, int]  # part -> pictures in it, labelled or not
    sizes: Mapping[Size, int]  # (height, width) of the originals -> number of pictures
    grey: int | None  # originals without colour, among those of `sizes`; None if that is not known
    findings: tuple[FindingFacts, ...]
    found: tuple[FindingPictures, ...]
    samples: tuple[ClassSamples, ...]
    augmentation: AugmentationPreview | None
    augmentation_facts: AugmentationFacts
    pictures: ThumbnailMemory
    next_step: NextStep
    contents: Mapping[str, str] = field(default_factory=dict)  # of the shown pictures, by id
    marking: Marking | None = None  # None if there are no classes to mark with

    @property
    def found_pictures(self) -> ThumbnailMemory:
        """The thumbnails of `found`."""
        return self.pictures

    @property
    def augmentation_pictures(self) -> ThumbnailMemory:
        """The thumbnails of `augmentation`."""
        return self.pictures
