"""The input of a report: a run's result files, read and checked once. No model runs here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from onelook.data.fixes.fixes_file import Fix
from onelook.errors import ModelError, in_words, shown
from onelook.evaluation.feature_map import MAP, FeatureMap
from onelook.evaluation.gains.gain import CURVE, GAINS, Gains
from onelook.evaluation.learned.index import LEARNED, Learned
from onelook.evaluation.learning_curve import LearningCurve
from onelook.evaluation.pictures.contents import CONTENTS, PictureContents
from onelook.evaluation.pictures.index import (
    AUGMENTATION,
    FINDINGS,
    FURTHER_ERRORS,
    HEAT_MAPS,
    INDEX,
    AugmentationPreview,
    ClassSamples,
    FindingPictures,
    FindingsIndex,
    FurtherErrors,
    HeatMaps,
    ReportPictures,
)
from onelook.evaluation.result import Evaluation
from onelook.report.facts import AugmentationFacts, Epoch, FindingFacts, RecordedData, RunFacts
from onelook.report.marking import kept_fixes
from onelook.report.pictures import ThumbnailFolder
from onelook.run_folder import RunFolder


@dataclass(frozen=True)
class Results:
    """All that the sections of a report may look at. What is missing is None or empty."""

    name: str  # of the run folder
    run: RunFacts
    history: tuple[Epoch, ...]
    evaluation: Evaluation | None
    report_pictures: ReportPictures | None
    augmentation: AugmentationPreview | None
    found: tuple[FindingPictures, ...]
    pictures: ThumbnailFolder
    augmentation_pictures: ThumbnailFolder
    found_pictures: ThumbnailFolder
    further_errors: FurtherErrors | None = None
    contents: Mapping[str, str] = field(default_factory=dict)  # of the pictures, by id; an unknown one is missing
    fixes: tuple[Fix, ...] = ()  # those that the run was trained with
    gains: Gains | None = None
    curve: LearningCurve | None = None
    feature_map: FeatureMap | None = None
    heat_maps: HeatMaps | None = None
    learned: Learned | None = None
    learned_pictures: ThumbnailFolder | None = None

    @property
    def data(self) -> RecordedData:
        """The data set that the run was trained on."""
        return self.run.data

    @property
    def findings(self) -> tuple[FindingFacts, ...]:
        """The findings of the checks."""
        return self.run.findings

    @property
    def augmentation_facts(self) -> AugmentationFacts:
        """The settings with which the run changed its training pictures."""
        settings = self.run.settings.get("augment")
        return AugmentationFacts(settings=settings if isinstance(settings, Mapping) else {})

    @property
    def samples(self) -> tuple[ClassSamples, ...]:
        """A few training pictures of each of the first classes."""
        return self.report_pictures.samples if self.report_pictures else ()

    @property
    def best_epoch(self) -> Epoch | None:
        """The epoch whose weights the model has; None if the history does not have it."""
        return next((epoch for epoch in self.history if epoch.epoch == self.run.best_epoch), None)


def read_results(folder: RunFolder) -> Results:
    """Read a run's result files.

    Raises:
        OnelookError: there is no run, or one of its files is damaged.
    """
    augmentation, findings = folder.evidence / AUGMENTATION, folder.evidence / FINDINGS
    found, run = read_index(FindingsIndex, findings / INDEX), read_facts(folder)
    return Results(
        name=folder.path.resolve().name,
        run=run,
        history=_read_history(folder),
        evaluation=read_evaluation(folder),
        report_pictures=read_index(ReportPictures, folder.evidence / INDEX),
        augmentation=read_index(AugmentationPreview, augmentation / INDEX),
        found=found.findings if found else (),
        pictures=ThumbnailFolder(folder.evidence),
        augmentation_pictures=ThumbnailFolder(augmentation),
        found_pictures=ThumbnailFolder(findings),
        further_errors=read_index(FurtherErrors, folder.evidence / FURTHER_ERRORS),
        contents=read_contents(folder),
        fixes=fixes_of(folder, run),
        gains=read_index(Gains, folder.evidence / GAINS),
        curve=read_index(LearningCurve, folder.evidence / CURVE),
        feature_map=read_index(FeatureMap, folder.evidence / MAP),
        heat_maps=read_index(HeatMaps, folder.evidence / HEAT_MAPS / INDEX),
        learned=read_index(Learned, folder.evidence / LEARNED / INDEX),
        learned_pictures=ThumbnailFolder(folder.evidence / LEARNED),
    )


_Record = TypeVar("_Record", bound=BaseModel)


def _checked(kind: type[_Record], values: object, path: Path) -> _Record:
    """Return the validated record. An error names the file and the field."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the whole file"
        raise ModelError(
            f"{path}: {where} is {shown(first['input'])}: {first['msg'][0].lower()}{first['msg'][1:]}. "
            "The file is damaged or was changed by hand."
        ) from error


def _read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError) as problem:
        raise ModelError(f"{path}: not readable as JSON ({in_words(problem)}). The file is damaged.") from problem


def read_index(kind: type[_Record], path: Path) -> _Record | None:
    """Return the index of a folder of pictures; None if there is none.

    Raises:
        ModelError: it is damaged.
    """
    return _checked(kind, _read_json(path), path) if path.is_file() else None


def _read_history(folder: RunFolder) -> tuple[Epoch, ...]:
    return tuple(_checked(Epoch, _finite(line), folder.history) for line in folder.read_history())


def _finite(line: Mapping[str, object]) -> dict[str, object]:
    """Return the line with None in place of NaN and infinity, which a run that diverged has and no chart can show."""
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in line.items()
    }


def read_contents(folder: RunFolder) -> Mapping[str, str]:
    """Return the contents of the run's shown pictures, by id; none if it did not keep them.

    Raises:
        ModelError: the file is damaged.
    """
    found = read_index(PictureContents, folder.evidence / CONTENTS)
    return found.contents if found else {}


def fixes_of(folder: RunFolder, run: RunFacts) -> tuple[Fix, ...]:
    """Return the fixes that a run was trained with."""
    return kept_fixes(folder.fixes) if run.settings.get("fixes") else ()


def read_facts(folder: RunFolder) -> RunFacts:
    """Read the facts in `run.json`.

    Raises:
        OnelookError: there is no run, or the file is damaged.
    """
    return _checked(RunFacts, folder.read_run(), folder.run_json)


def read_evaluation(folder: RunFolder) -> Evaluation | None:
    """Read the run's score; None if it has none yet.

    Raises:
        ModelError: the file is damaged, or its figures contradict each other.
    """
    path = folder.evaluation
    if not path.is_file():
        return None
    values = _read_json(path)
    try:
        evaluation = Evaluation.from_dict(values)  # type: ignore[arg-type]  # a value that is no mapping is refused below
        contradiction = _contradiction(evaluation)
    except KeyError as problem:
        raise _no_evaluation(path, f"{problem} is missing") from problem
    except (TypeError, ValueError, AttributeError) as problem:
        raise _no_evaluation(path, in_words(problem)) from problem
    if contradiction is not None:
        raise _no_evaluation(path, contradiction)
    return evaluation


def _no_evaluation(path: Path, reason: str) -> ModelError:
    return ModelError(
        f"{path}: not an evaluation ({reason}). The file is damaged: train or evaluate again to write it anew."
    )


def _contradiction(evaluation: Evaluation) -> str | None:
    """Return how figures contradict each other; None if they agree, so that the sections can rely on them."""
    classes = len(evaluation.class_names)
    if [len(row) for row in evaluation.confusion_matrix] != [classes] * classes or classes == 0:
        return f"the confusion matrix is not {classes} by {classes}, one row and column a class"
    if tuple(one.class_name for one in evaluation.per_class) != evaluation.class_names:
        return "per_class does not list the classes in their order"
    counted = sum(map(sum, evaluation.confusion_matrix))
    if counted != evaluation.rows or counted == 0:
        return f"the confusion matrix counts {counted} pictures, rows says {evaluation.rows}"
    return None
