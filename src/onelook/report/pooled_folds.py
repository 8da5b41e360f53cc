"""Pool the complete folds of a cross-validation: one confusion matrix, the worst errors, the doubtful labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onelook.evaluation.pictures.index import (
    FINDINGS,
    FURTHER_ERRORS,
    INDEX,
    FindingsIndex,
    FurtherError,
    FurtherErrors,
    PredictedPicture,
    ReportPictures,
)
from onelook.evaluation.pictures.report_pictures import WORST_ERRORS
from onelook.evaluation.result import ClassResult, Evaluation
from onelook.metrics.confusion import class_scores
from onelook.metrics.interval import wilson_interval
from onelook.report.facts import FindingFacts, RunFacts
from onelook.report.marking import contents_of_suspects
from onelook.report.pictures import ThumbnailFolder
from onelook.report.results import Results, fixes_of, read_contents, read_evaluation, read_facts, read_index
from onelook.run_folder import RunFolder


def pool_folds(folder: Path, found: Mapping[str, Any]) -> Results:
    """Return the complete folds as one result, in which each picture is scored once.

    Args:
        folder: holds `fold-1`, `fold-2` and so on.
        found: the content of `folds.json`.

    Raises:
        ModelError: a file of a fold is damaged.
    """
    runs = [RunFolder(folder / f"fold-{fold['fold']}") for fold in found["runs"] if fold["status"] == "complete"]
    evaluations = [evaluation for run in runs if (evaluation := read_evaluation(run)) is not None]
    indexes = {run.path.name: read_index(ReportPictures, run.evidence / INDEX) for run in runs}
    errors = _worst_first({name: index for name, index in indexes.items() if index is not None})
    further = [each for run in runs if (each := read_index(FurtherErrors, run.evidence / FURTHER_ERRORS))]
    pictures = FoldThumbnails(folder)
    facts = read_facts(runs[0])
    contents = {each: content for run in runs for each, content in read_contents(run).items()}
    doubted = read_index(FindingsIndex, folder / "evidence" / FINDINGS / INDEX)
    return Results(
        name=folder.resolve().name,
        run=RunFacts(
            name=folder.resolve().name,
            created=facts.created,
            command=facts.command,
            settings=facts.settings,
            findings=tuple(FindingFacts.model_validate(each) for each in found.get("findings", ())),
        ),
        history=(),
        evaluation=pool_evaluations(evaluations) if evaluations else None,
        report_pictures=_pool_errors(errors, [index for index in indexes.values() if index is not None]),
        augmentation=None,
        found=doubted.findings if doubted else (),
        pictures=pictures,
        augmentation_pictures=pictures,
        found_pictures=ThumbnailFolder(folder / "evidence" / FINDINGS),
        further_errors=_pool_further(errors[WORST_ERRORS:], further, pictures) if further else None,
        contents={**contents, **contents_of_suspects(folder / "suspects.csv")},
        fixes=fixes_of(runs[0], facts),
    )


def pool_evaluations(evaluations: Sequence[Evaluation]) -> Evaluation:
    """Return the evaluation of all pictures together: counts and what follows from them, accuracy among it."""
    names = evaluations[0].class_names
    confusion = np.array([one.confusion_matrix for one in evaluations], np.int64).sum(axis=0).reshape(len(names), -1)
    by_class = class_scores(confusion)
    rows, right = int(confusion.sum()), int(confusion.trace())
    return Evaluation(
        set_name=evaluations[0].set_name,
        rows=rows,
        scores={"accuracy": right / rows},
        accuracy_interval=wilson_interval(right, rows),
        class_names=names,
        confusion_matrix=tuple(tuple(row) for row in confusion.tolist()),
        per_class=tuple(
            ClassResult(name, float(precision), float(recall), float(f1), int(support))
            for name, precision, recall, f1, support in zip(
                names, by_class.precision, by_class.recall, by_class.f1, by_class.support, strict=True
            )
        ),
    )


def _worst_first(kept: Mapping[str, ReportPictures]) -> list[PredictedPicture]:
    """Return the worst errors of all folds."""
    errors = [
        picture.model_copy(update={"file": f"{name}/{picture.file}"})
        for name, pictures in kept.items()
        for picture in pictures.worst_errors
    ]
    return sorted(errors, key=_harm)


def _pool_errors(errors: Sequence[PredictedPicture], kept: Sequence[ReportPictures]) -> ReportPictures | None:
    """Return the worst errors of all folds; None if no fold kept pictures."""
    if not kept:
        return None
    return ReportPictures(
        errors=sum(pictures.errors for pictures in kept), worst_errors=tuple(errors[:WORST_ERRORS]), random=()
    )


def _pool_further(
    errors: Sequence[PredictedPicture], further: Sequence[FurtherErrors], pictures: FoldThumbnails
) -> FurtherErrors:
    """Return the errors of all folds after the worst: those with a picture first, each part the worst first."""
    names = further[0].class_names
    pooled = [
        FurtherError(
            id=one.id,
            label=names.index(one.label),
            predicted=names.index(one.predicted),
            p_label=one.p_label,
            p_predicted=one.p_predicted,
            picture=(pictures.data_uri(one.file) or "").partition(",")[2],
        )
        for one in errors
    ]
    pooled += [one for found in further if found.class_names == names for one in found.errors]
    return FurtherErrors(class_names=names, errors=tuple(sorted(pooled, key=lambda one: (not one.picture, _harm(one)))))


def _harm(picture: PredictedPicture | FurtherError) -> float:
    return picture.p_label - picture.p_predicted


class FoldThumbnails(ThumbnailFolder):
    """The thumbnails of all folds, named by fold and file: `fold-1/error-03.png`."""

    def data_uri(self, name: str) -> str | None:
        """Return the picture as a `data:` address, or None if it does not exist.

        Raises:
            ModelError: the name leads out of the fold's folder, or does not end in .png or .jpg.
        """
        fold, _, file = name.partition("/")
        return ThumbnailFolder(RunFolder(self.path / fold).evidence).data_uri(file)
