"""`onelook review`: gather the pictures that a person is asked to look at, of a run or of data."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.data.fixes.marks_file import Mark, MarksOnDisk
from onelook.errors import ConfigError, OnelookError
from onelook.inspection.review import Review
from onelook.inspection.review_queue import piles_of_data, piles_of_run
from onelook.report.marking import command_with_fixes
from onelook.report.page import require_templates
from onelook.report.pooled_folds import pool_folds
from onelook.report.results import read_results
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE as FOLDS
from onelook.runs.fold_scores import read_folds
from onelook.runtime import command_line, command_name
from onelook.settings.merge import build_settings
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.data.dataset import Dataset
    from onelook.data.fixes.fixes_file import Fix
    from onelook.inspection.inspection import Inspection
    from onelook.inspection.review_queue import Pile
    from onelook.report.results import Results

OF_A_RUN, OF_FIXES = "fixes.csv", "reviewed-fixes.csv"


def is_run(path: Path) -> bool:
    """Return whether a path is the folder of a run or of a cross-validation.

    Raises:
        ConfigError: it holds runs, or is the model of one; the message says which.
    """
    if (path / FOLDS).is_file():
        return True
    if (path / "model.json").is_file() or any(path.glob("*/run.json")):
        RunFolder.open(path)
    return (path / "run.json").is_file()


def review_run(
    path: Path,
    *,
    data: str | None,
    out: Path | None,
    find_data: Callable[[str], str | None],
    warn: Callable[[str], None],
) -> Review:
    """Gather the doubtful labels and the errors of a run, and open its data if it is still there.

    Args:
        path: the folder of a run or of a cross-validation.
        data: where its data is; None for the place where it was when the run was trained.
        out: the file of marks; None for one in the run's folder.
        find_data: returns the data that a training's command names.
        warn: called with a sentence if the data cannot be opened: then small pictures are shown.

    Raises:
        ConfigError: the run has nothing to look at, or the file is not one of marks.
        OnelookError: there is no run, or one of its files is damaged; or the data that is given cannot be opened.
    """
    require_templates()
    folder, results = _read(path)
    recorded = results.run.command
    command = recorded if isinstance(recorded, str) else shlex.join(recorded)
    piles = piles_of_run(results, path / "suspects.csv")
    if not piles:
        raise ConfigError(
            f"{path}: there is nothing to look at: every picture that it was scored on is named correctly, and it "
            f"doubts no label. To look for wrong labels in all of the data: {command_name()} train DATA --folds 5"
        )
    behind = {fix.id: Mark.of_fix(fix) for fix in results.fixes}
    # The copy of the fixes that a run began with is part of its record, and is not written to.
    marks = MarksOnDisk(
        out or path / (OF_FIXES if folder.fixes == path / OF_A_RUN and behind else OF_A_RUN), behind.values()
    )
    class_names = results.evaluation.class_names if results.evaluation else ()
    return Review(
        name=path.resolve().name,
        piles=piles,
        class_names=class_names,
        marks=marks,
        command=_as_found(command_with_fixes(command, str(marks.path))),
        dataset=_with_pictures(_open_data(folder, results.fixes, data, find_data(command), warn), piles, data, warn),
        thumbnails=results.pictures,
        contents=results.contents,
        behind=behind,
    )


def review_data(found: Inspection, words: Sequence[str], fixes: Sequence[Fix], out: Path | None) -> Review:
    """Gather the labels of data that quick networks doubt, and the pictures that the other checks found.

    Args:
        found: with its labels judged.
        words: the data and the options on how to read it; `train` takes the same.
        fixes: those with which the data was opened.
        out: the file of marks; None for `fixes.csv` here.

    Raises:
        ConfigError: nothing was found, or the file is not one of marks.
    """
    require_templates()
    piles = piles_of_data(found)
    if not piles:
        raise ConfigError(
            f"{found.dataset.name}: there is nothing to look at: no label looks wrong, and the checks found nothing. "
            f"A better judge of labels is {better_judge(words)}"
        )
    behind: Mapping[str, Mark] = {fix.id: Mark.of_fix(fix) for fix in fixes}
    marks = MarksOnDisk(out or Path(OF_A_RUN), behind.values())
    return Review(
        name=found.dataset.name,
        piles=piles,
        class_names=found.dataset.class_names,
        marks=marks,
        command=command_with_fixes(command_line("train", *words), str(marks.path)),
        dataset=found.dataset,
        behind=behind,
    )


def better_judge(words: Sequence[str]) -> str:
    """Return the command that judges labels by models as good as one would train."""
    return command_line("train", *words, "--folds", "5")


def _read(path: Path) -> tuple[RunFolder, Results]:
    """Return the folder with the settings of the run, or of the first fold, and the results."""
    if (path / FOLDS).is_file():
        found = read_folds(path / FOLDS)
        complete = [fold["fold"] for fold in found["runs"] if fold["status"] == "complete"]
        if not complete:
            raise ConfigError(f"{path}: no fold is complete, so there is nothing to look at yet. Resume it.")
        return RunFolder(path / f"fold-{complete[0]}"), pool_folds(path, found)
    folder = RunFolder.open(path)
    return folder, read_results(folder)


def _open_data(
    folder: RunFolder, fixes: Sequence[Fix], given: str | None, recorded: str | None, warn: Callable[[str], None]
) -> Dataset | None:
    """Return the data as the run opened it; None if it is not where it was.

    Raises:
        OnelookError: the data that the user gives cannot be opened.
    """
    from onelook.runs.prepare import open_labelled

    where = given or recorded
    if where is None:
        warn("it is not recorded where the run's data is, so small pictures are shown. Name it with --data")
        return None
    settings = build_settings(folder.read_run()["settings"], str(folder.run_json))
    own = str(folder.fixes) if fixes else None
    try:
        return open_labelled(where, settings.model_copy(update={"fixes": own}))
    except OnelookError as problem:
        if given is not None:
            raise
        warn(f"the run's data cannot be opened, so small pictures are shown. Name it with --data ({problem})")
        return None


def _with_pictures(
    dataset: Dataset | None, piles: Sequence[Pile], given: str | None, warn: Callable[[str], None]
) -> Dataset | None:
    """Return the data set after saying that it lacks some of the pictures, as those that were renamed.

    Raises:
        ConfigError: the data that the user gives has none of them.
    """
    if dataset is None:
        return None
    known = {each for part in dataset.parts.values() for each in part.ids}
    wanted = [one.id for pile in piles for one in pile.pictures]
    gone = sum(each not in known for each in wanted)
    if gone == len(wanted) and given is not None:
        raise ConfigError(f"--data {given}: it has none of the run's pictures, such as '{wanted[0]}'.")
    if gone:
        warn(f"{gone:,} of {counted(len(wanted), 'picture')} are not in {dataset.name} any more: small ones are shown")
    return dataset


def _as_found(command: str) -> str:
    """Return a recorded command with the name by which this program is found now."""
    _, *words = shlex.split(command)
    return command_line(*words)
