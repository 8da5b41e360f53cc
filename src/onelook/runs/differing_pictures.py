"""Gather the pictures on which compared runs differ, from what the runs kept of their errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onelook.comparison.differences import Differences, KeptError, find_differences
from onelook.comparison.result import LEVEL, Comparison
from onelook.comparison.scored_predictions import ScoredPredictions
from onelook.evaluation.pictures.index import FURTHER_ERRORS, INDEX, FurtherErrors, ReportPictures
from onelook.report.pictures import ThumbnailFolder
from onelook.report.results import read_index
from onelook.run_folder import RunFolder
from onelook.runs.same_pictures import on_same_pictures
from onelook.runs.scored_runs import ScoredRun, read_run


def differences_of(comparison: Comparison, beside: Path | None = None) -> Differences | None:
    """Return the pictures on which the runs of a comparison differ.

    Args:
        comparison: names the runs' folders.
        beside: where the runs are looked for if they are not where they were; None for nowhere else.

    Returns:
        None if there are not two runs whose folders are still there and have predictions.

    Raises:
        OnelookError: a run's file is damaged, or it was scored again on other pictures.
    """
    places = [_place_of(run.run, beside) for run in comparison.runs]
    if len(places) < 2 or not all(places):
        return None
    read, _ = on_same_pictures([read_run(str(place)) for place in places])
    return differences_of_runs(read, comparison.best)


def differences_of_runs(read: Sequence[ScoredRun], best: int) -> Differences | None:
    """Return the pictures on which runs differ; None if a run has no predictions.

    Args:
        read: the runs, scored on the same pictures.
        best: the position of the run that the others are compared with.
    """
    answers = [one.answers for one in read if _has_labels(one.answers)]
    known = [one for one in answers if one is not None]
    if len(known) < len(read) or len({frozenset(one.ids) for one in known}) > 1:
        return None
    names = read[best].facts.data.class_names
    return find_differences(names, known, best, [_kept_errors(one.folder) for one in read], LEVEL)


def _has_labels(answers: ScoredPredictions | None) -> bool:
    return answers is not None and len(answers.labels) == len(answers.ids)


def _place_of(run: str, beside: Path | None) -> Path | None:
    """Return the folder of a run, where it was or beside its comparison; None if it is gone."""
    candidates = [Path(run), *([] if beside is None else [beside / Path(run).name])]
    return next((each for each in candidates if RunFolder(each).run_json.is_file()), None)


def _kept_errors(folder: RunFolder) -> dict[str, KeptError]:
    """Return what a run kept of its errors, by id.

    Raises:
        ModelError: an index of its pictures is damaged.
    """
    found: dict[str, KeptError] = {}
    kept = read_index(ReportPictures, folder.evidence / INDEX)
    if kept is not None:
        thumbnails = ThumbnailFolder(folder.evidence)
        for one in kept.worst_errors:
            _, _, picture = (thumbnails.data_uri(one.file) or "").partition(",")
            found[one.id] = KeptError(one.label, one.p_label, picture)
    further = read_index(FurtherErrors, folder.evidence / FURTHER_ERRORS)
    if further is not None:
        for each in further.errors:
            found[each.id] = KeptError(further.class_names[each.label], each.p_label, each.picture)
    return found
