"""`onelook train --folds N`: N ordinary runs in which each training picture validates once; their mean and interval."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.data.ledger import write_csv
from onelook.data.splits.folds import split_of_fold
from onelook.errors import ConfigError
from onelook.files import json_text, write_text
from onelook.planning.plan import Plan
from onelook.planning.request import Request, Say, silent
from onelook.planning.time_budget import TimeBudget
from onelook.recipes import load_recipe
from onelook.run_folder import RunFolder, next_run_folder
from onelook.runs.begin import BegunRun
from onelook.runs.ending.score import seen_pictures
from onelook.runs.fold_scores import FILE, CrossValidation, Fold
from onelook.runs.judge_folds import with_judged_labels
from onelook.runs.prepare import PreparedData, prepare_training, with_split
from onelook.runs.resumed import RUNS
from onelook.runs.run import InterruptedRun, ScoredFolder, run_plan
from onelook.runs.stages import Clock, TrainingData
from onelook.settings.merge import Overrides, build_settings
from onelook.settings.queries import excluded_by, flag_of
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet
    from onelook.data.splits.split import Split


# Before the first fold is scored: loading a model and scoring it on a small test set, and the page of all folds.
_SCORING_SECONDS, _PAGE_SECONDS = 1.0, 2.0


def cross_validate(request: Request, clock: Clock) -> CrossValidation:
    """Train the folds one after the other, each into a run folder of its own, then score all models on the test set.

    When a cross-validation is resumed, a fold that is complete is kept, and one that was interrupted is resumed.

    Args:
        request: has `folds`, or resumes such a request.
        clock: a time limit counts from its start.

    Raises:
        ConfigError: folds that the data does not allow, or options that they exclude.
        DataError: the data is wrong or missing.
    """
    if request.resumed is None:
        refuse_with_folds(request.asked)
    first = None if request.resumed is None else _first_fold(request.resumed.path, request.asked)
    plan, data = prepare_training(replace(request, resumed=first))
    folder = _new_folder(request.out, data) if request.resumed is None else request.resumed.path
    if first is None:
        _write(CrossValidation(folder, plan.settings.folds or 0, (), "running"), request)
    try:
        return _run_folds(plan, data, folder, request, clock)
    except KeyboardInterrupt as stopped:  # names the folder of all folds, not that of one
        raise InterruptedRun(folder) from stopped


def _run_folds(plan: Plan, data: PreparedData, folder: Path, request: Request, clock: Clock) -> CrossValidation:
    count, budget = plan.settings.folds or 0, TimeBudget(request.asked.get("time_limit_seconds"))
    folds: list[Fold] = []
    for number in range(1, count + 1):
        ending = _seconds_to_end(folds, count, data)
        limit = budget.share(clock.so_far()["total"], left=count - number + 1, ending_seconds=ending)
        of_fold = plan if limit is None else plan.with_settings(time_limit_seconds=limit)
        fold = _run_fold(number, of_fold, _data_of_fold(plan, data, number), folder, request)
        folds.append(fold)
        # The first fold may have taken a smaller network, because the machine is busy. All folds have the same.
        plan = plan.with_network(str(fold.run.read_run()["settings"]["model"]))
        if fold.status != "complete":
            break
    is_complete = len(folds) == count and folds[-1].status == "complete"
    if is_complete and (test := data.split.test) is not None:
        request.say(f"scoring the {count} models on {counted(len(test), 'test picture')}")
        folds = [_with_test(fold, test, data) for fold in folds]
    found = CrossValidation(folder, count, tuple(folds), "complete" if is_complete else "interrupted")
    _write_predictions(found, data)
    if is_complete:
        found = with_judged_labels(
            found, [_split_of_fold(plan, data, number).val for number in range(1, count + 1)], data
        )
    _write(found, request)
    return found


def _seconds_to_end(folds: Sequence[Fold], count: int, data: PreparedData) -> float:
    """Estimate the seconds after the last fold: all models judge labels and are scored on the test set; the page."""
    judging, tested = _SCORING_SECONDS, 0 if data.split.test is None else len(data.split.test)
    if folds:
        judging = max(judging, folds[0].run.read_run()["timings"]["evaluate"])  # of its validation pictures
    return _PAGE_SECONDS + judging * count * (1 + tested / max(len(data.split.val), 1))


def refuse_with_folds(asked: Overrides) -> None:
    """Refuse options that also choose the validation pictures.

    Raises:
        ConfigError: one of them was given.
    """
    folds, recipe = asked.get("folds"), asked.get("recipe")
    of_recipe = load_recipe(recipe).settings if recipe else {}
    for name in excluded_by("folds"):
        if name in asked and asked[name] != of_recipe.get(name):
            why = (
                "a model has learnt pictures that would validate it"
                if name == "from_model"
                else "in cross-validation each picture validates once"
            )
            raise ConfigError(f"--folds {folds} and {flag_of(name)} {asked[name]}: {why}. Leave one of them out.")


def _first_fold(folder: Path, asked: Overrides) -> RunFolder:
    """Return the run of the first fold, which has the settings of all."""
    first = RunFolder(folder / "fold-1")
    if not first.run_json.is_file():
        raise ConfigError(
            f"{folder}: its first fold was not started, so there is nothing to resume. Start again with another --out."
        )
    recorded = first.read_run()["settings"]
    epochs = recorded["epochs"]
    if "epochs" in asked:  # on a command line the number is still text
        epochs = build_settings({"epochs": asked["epochs"]}, "the options").epochs
    if epochs > recorded["epochs"] or (epochs < recorded["epochs"] and not _are_complete(folder, recorded["folds"])):
        raise ConfigError(
            f"{folder}: its folds are trained for {counted(recorded['epochs'], 'epoch')}, asked {epochs}: "
            "they would not be comparable. Leave --epochs out, or start again with another --out."
        )
    return first


def _are_complete(folder: Path, count: int) -> bool:
    runs = [RunFolder(folder / f"fold-{number}") for number in range(1, count + 1)]
    return all(run.run_json.is_file() and run.read_run()["status"] == "complete" for run in runs)


def _new_folder(out: Path | None, data: PreparedData) -> Path:
    folder = next_run_folder(RUNS, data.dataset.name) if out is None else RunFolder.create(out)
    return folder.path


def _data_of_fold(plan: Plan, data: PreparedData, number: int) -> PreparedData:
    """Return the data with the pictures of one fold to validate on."""
    return with_split(data, _split_of_fold(plan, data, number))


def _split_of_fold(plan: Plan, data: PreparedData, number: int) -> Split:
    settings, reading = plan.settings, data.prepared.reading
    folds, seed = settings.folds or 0, settings.seed
    return split_of_fold(reading.parts, reading.class_names, fold=number, folds=folds, seed=seed)


def _run_fold(number: int, plan: Plan, data: PreparedData, folder: Path, request: Request) -> Fold:
    """Train one fold. A complete fold is only read, and an interrupted one is resumed."""
    run = RunFolder(folder / f"fold-{number}")
    resumed = run if run.run_json.is_file() else None
    if resumed is not None:
        recorded = build_settings(run.read_run()["settings"], str(run.run_json))
        plan = replace(plan, settings=recorded.model_copy(update={"device": plan.settings.device}))
    else:
        run.clear_unbegun()
    # The picked settings are the same for all folds, so they are printed once.
    say = request.say if number == 1 or resumed else silent
    sink = _FoldFolder(data, run.path, resumed, request.command, say, number=number, say_fold=request.say)
    done = run_plan(plan, data.training_data, sink, Clock(), quiet=request.quiet, say=request.say)
    return Fold(number, done.folder, done.evaluation, done.status)


@dataclass
class _FoldFolder(ScoredFolder):
    """A run folder for one fold; its `run.json` has the number of the fold."""

    number: int = 0
    say_fold: Say = silent

    def say_complete(self, run: RunFolder) -> None:
        """Print nothing: in a resumed cross-validation a complete fold is nothing special."""

    def begin(self, plan: Plan, data: TrainingData) -> BegunRun:
        """Make the folder, or open that of the resumed fold."""
        sides = f"{len(data.train):,} to train on, {len(data.val):,} to validate"
        self.say_fold(f"\nfold {self.number} of {plan.settings.folds}: {sides}")
        begun = super().begin(plan, data)
        begun.record(fold={"number": self.number, "of": plan.settings.folds})
        return begun


def _with_test(fold: Fold, test: ImageSet, data: PreparedData) -> Fold:
    """Return the fold with its model's score on the test pictures, which influenced no fold."""
    import numpy as np

    from onelook.classifier import load
    from onelook.evaluation.evaluate import evaluate
    from onelook.evaluation.score_without_leaks import with_leaks

    labels = np.empty(0, np.int64) if test.labels is None else test.labels
    probabilities = load(fold.run.model).probabilities(test.images[test.rows])
    evaluation = evaluate(probabilities, labels, data.dataset.class_names, "test")
    seen = seen_pictures(data, "test")
    return replace(fold, test=with_leaks(evaluation, probabilities, labels, test.ids, seen))


def _write_predictions(found: CrossValidation, data: PreparedData) -> None:
    """Write `predictions.csv`: each picture as predicted by the fold that validated on it, in the data's order."""
    pool = data.prepared.reading.pool
    labels = () if pool.labels is None else pool.labels.tolist()
    given = {each: data.dataset.class_names[label] for each, label in zip(pool.ids, labels, strict=True)}
    said: dict[str, Sequence[str]] = {}
    for fold in found.folds:
        if fold.status != "complete":
            continue
        with fold.run.predictions.open(encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        said |= {row[0]: (*row[:3], given[row[0]], str(fold.number)) for row in rows}
    rows_in_order = [said[each] for each in pool.ids if each in said]
    write_csv(found.predictions, ("id", "label", "confidence", "class", "fold"), rows_in_order)


def _write(found: CrossValidation, request: Request) -> None:
    """Write `folds.json`, and the page once there is a score."""
    write_text(found.path / FILE, json_text({**found.to_dict(), "command": request.command}) + "\n")
    if found.folds:
        found.report()
