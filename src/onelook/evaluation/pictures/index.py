"""The index of a folder of pictures for the report: a JSON file beside them, as records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

INDEX = "evidence.json"  # the name of the JSON file in each of these folders
FURTHER_ERRORS = "errors.json"  # in `evidence/`: the errors that its index lacks
AUGMENTATION = "augmentation"  # the folder in `evidence/` with augmented versions of one picture
HEAT_MAPS = "heat-maps"  # the folder in `evidence/` with maps of where the model looked
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


class FurtherError(Record):
    """A scored picture that the model was wrong about, beyond the worst errors."""

    id: str
    label: int  # a position in `FurtherErrors.class_names`
    predicted: int
    p_label: float  # the probability of the label, in [0, 1]
    p_predicted: float  # the probability of the predicted class
    picture: Annotated[str, Field(pattern="^[A-Za-z0-9+/=]*$")] = ""  # a PNG or JPEG in base64; empty if none was kept


class FurtherErrors(Record):
    """All errors that `ReportPictures.worst_errors` lacks: first those with a picture, each part the worst first."""

    format_version: int = 1
    class_names: tuple[str, ...]
    errors: tuple[FurtherError, ...]

    @model_validator(mode="after")
    def _classes_exist(self) -> FurtherErrors:
        for error in self.errors:
            if not (0 <= error.label < len(self.class_names) and 0 <= error.predicted < len(self.class_names)):
                raise ValueError(f"the error {error.id} names a class that is not one of {len(self.class_names)}")
        return self


class HeatMap(Record):
    """The places of one picture that speak for the prediction."""

    id: str
    # A hexadecimal digit for each cell, row after row: `f` where most speaks for the prediction, `0` for nothing.
    cells: Annotated[str, Field(pattern="^[0-9a-f]*$")]


class HeatMaps(Record):
    """The index of the heat maps' folder: maps of the errors, the worst first, as many as the time was enough for."""

    format_version: int = 1
    method: str  # a name in `onelook.evaluation.heat_maps.methods`
    size: tuple[int, int]  # height and width of the model's pictures
    grid: tuple[int, int]  # rows and columns of cells in each map
    wanted: int  # errors: each would have a map with more time
    empty: int = 0  # errors of which nothing speaks for the prediction, so that there is nothing to draw
    maps: tuple[HeatMap, ...]

    @model_validator(mode="after")
    def _maps_are_complete(self) -> HeatMaps:
        rows, columns = self.grid
        for one in self.maps:
            if len(one.cells) != rows * columns:
                raise ValueError(f"the map of {one.id} has {len(one.cells)} cells, not {rows} by {columns}")
        return self


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


def write_index(path: Path, index: BaseModel, *, indent: int | None = 1) -> None:
    """Write a record as JSON."""
    path.write_text(json.dumps(index.model_dump(), ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")
