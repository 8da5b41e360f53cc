"""The index of a folder of pictures for the report: a JSON file beside them, as records."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict

INDEX = "evidence.json"  # the name of the JSON file in each of these folders
AUGMENTATION = "augmentation"  # the folder in `evidence/` with augmented versions of one picture
FINDINGS = "findings"  # the folder in `evidence/` with the pictures that the data checks name


class Record(BaseModel):
    """A part of an index. Fields that a later version adds are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PredictedPicture(Record):
    """A scored picture with its label and the predicted class."""

    file: str  # a name in the folder of the index
    id: str
    label: str
    predicted: str
    p_label: float  # the probability of the label, in [0, 1]
    p_predicted: float  # the probability of the predicted class


class SamplePicture(Record):
    """A picture that is shown as an example of its class."""

    file: str
    id: str


class ClassSamples(Record):
    """A few pictures of one class."""

    class_name: str
    pictures: tuple[SamplePicture, ...]


class ReportPictures(Record):
    """The index of `evidence/`: pictures that the model was scored on, and samples of the training pictures."""

    format_version: int = 1
    errors: int  # the number of all errors; `worst_errors` has the first of them
    worst_errors: tuple[PredictedPicture, ...]  # by p(predicted) - p(label), largest first
    random: tuple[PredictedPicture, ...]
    samples: tuple[ClassSamples, ...] = ()
    classes: int = 0  # the number of all classes; `samples` has the first of them


class AugmentationPreview(Record):
    """The index of the augmentation folder: one picture, and augmented versions of it."""

    format_version: int = 1
    original: str
    versions: tuple[str, ...]


class FoundPicture(Record):
    """A picture that a finding names."""

    file: str | None  # a name in the folder; None if the picture cannot be read
    id: str
    label: str = ""  # its class; empty if it has none
    note: str = ""  # why it cannot be read, or what a check says of it
    size: tuple[int, int] | None = None  # height and width of the original


class FindingPictures(Record):
    """The first pictures of one finding; pairs if the finding is about pairs."""

    check: str
    split: str
    pictures: tuple[FoundPicture, ...] = ()
    pairs: tuple[tuple[FoundPicture, FoundPicture], ...] = ()


class FindingsIndex(Record):
    """The index of the findings folder."""

    format_version: int = 1
    findings: tuple[FindingPictures, ...]


def write_index(path: Path, index: BaseModel) -> None:
    """Write a record as JSON."""
    path.write_text(json.dumps(index.model_dump(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
