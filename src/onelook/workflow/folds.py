"""`onelook train --folds N`: N ordinary runs in which each training picture validates once; their mean and interval."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.data.folds import split_of_fold
from onelook.data.ledger import csv_text
from onelook.errors import ConfigError
from onelook.evaluation.result import Evaluation
from onelook.files import json_text, write_text
from onelook.recipes import load_recipe
from onelook.run_folder import RunFolder, next_run_folder
from onelook.settings.merge import Overrides, build_settings
from onelook.settings.queries import excluded_by, flag_of
from onelook.workflow.call import Call, silent
from onelook.workflow.clock import Clock
from onelook.workflow.cross_validation import FILE, CrossValidation, Fold
from onelook.workflow.finish import finish_run, seen_pictures
from onelook.workflow.fitting import fit_model
from onelook.workflow.opening import OpenedData, open_for_training
from onelook.workflow.start import RUNS, begin_run

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet


def train_folds(call: Call) -> CrossValidation:
    """Trains the folds one after the other, each into a run folder of its own, then scores all models on the test set.

    A fold that is complete is kept when the cross-validation goes on, and one that was interrupted goes on itself.

    Args:
        call: `folds` is among what it asks for, or in what it goes on with.

    Raises:
        ConfigError: folds that the data does not allow, or options that they exclude.
        DataError: the data is wrong or missing.
    """
    clock = Clock()
    if call.resumed is None:
        refuse_with_folds(call.asked)
    first = None if call.resumed is None else _first_fold(call.resumed.path, call.asked)
    opened = open_for_training(call.data, call.asked, first, call.say, call.on_progress)
    folder = _new_folder(call.out, opened) if call.resumed is None else call.resumed.path
    count = opened.settings.folds or 0
    if first is None:
        _write(CrossValidation(folder, count, (), "running"), call)
    folds: list[Fold] = []
    for number in range(1, count + 1):
        limit = _share_of_time(call.asked, clock, left=count - number + 1)
        fold = _run_fold(number, _for_fold(opened, number, limit), folder, call)
        folds.append(fold)
        if fold.status != "complete":
            break
    is_complete = len(folds) == count and folds[-1].status == "complete"
    if is_complete and (test := opened.prepared.split.test) is not None:
        call.say(f"scoring the {count} models on {len(test):,} test pictures")
        folds = [_with_test(fold, test, opened) for fold in folds]
    found = CrossValidation(folder, count, tuple(folds), "complete" if is_complete else "interrupted")
    _write_predictions(found, opened)
    _write(found, call)
    return found


def refuse_with_folds(asked: Overrides) -> None:
    """Refuses options that say otherwise which pictures validate.

    Raises:
        ConfigError: one of them is asked for.
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
    """The run of the first fold, which has the settings of all."""
    first = RunFolder(folder / "fold-1")
    if not first.run_json.is_file():
        raise ConfigError(
            f"{folder}: its first fold was not begun, so there is nothing to go on with. Begin anew with another --out."
        )
    stored = first.read_run()["settings"]
    if asked.get("epochs", stored["epochs"]) != stored["epochs"]:
        raise ConfigError(
            f"{folder}: its folds are trained for {stored['epochs']} epochs, asked {asked['epochs']}: they would not "
            "be alike. Leave --epochs out, or begin anew with another --out."
        )
    return first


def _new_folder(out: Path | None, opened: OpenedData) -> Path:
    folder = next_run_folder(RUNS, opened.dataset.name) if out is None else RunFolder.create(out)
    return folder.path


def _share_of_time(asked: Overrides, clock: Clock, *, left: int) -> float | None:
    """Seconds for the next fold, of what the limit leaves for all that are to come."""
    limit = asked.get("time_limit_seconds")
    return None if limit is None else max(1.0, (float(limit) - clock.so_far()["total"]) / left)


def _for_fold(opened: OpenedData, number: int, limit: float | None) -> OpenedData:
    """The opened data with the pictures of one fold to validate on."""
    from onelook.checks.evidence import Evidence
    from onelook.checks.run import find_problems

    settings, reading = opened.settings, opened.prepared.reading
    if limit is not None:
        settings = settings.model_copy(update={"time_limit_seconds": limit})
    split = split_of_fold(
        reading.parts, reading.class_names, fold=number, folds=settings.folds or 0, seed=settings.seed
    )
    prepared = replace(opened.prepared, split=split)
    findings = tuple(find_problems(Evidence.of_prepared(prepared)))
    return replace(opened, prepared=prepared, findings=findings, settings=settings)


def _run_fold(number: int, opened: OpenedData, folder: Path, call: Call) -> Fold:
    """One fold's run: read where it is complete, gone on with where it was interrupted, else begun."""
    run = RunFolder(folder / f"fold-{number}")
    resumed = None
    if run.run_json.is_file():
        facts = run.read_run()
        if facts["status"] == "complete":
            return Fold(number, run, _evaluation(run), "complete")
        resumed, stored = run, build_settings(facts["settings"], str(run.run_json))
        opened = replace(opened, settings=stored.model_copy(update={"device": opened.settings.device}))
    else:
        run.clear_unbegun()
    split = opened.prepared.split
    sides = f"{len(split.train):,} to train on, {len(split.val):,} to validate"
    call.say(f"\nfold {number} of {opened.settings.folds}: {sides}")
    clock = Clock()
    # What was picked holds for all folds, and is said once.
    tell = call.say if number == 1 or resumed else silent
    begun = begin_run(opened, out=run.path, resumed=resumed, command=call.command, say=tell)
    run.update_run(fold={"number": number, "of": opened.settings.folds})
    with clock.stage("train"):
        fitted = fit_model(begun, clock, quiet=call.quiet, say=call.say)
    evaluation = finish_run(begun, fitted, clock)
    return Fold(number, run, evaluation, fitted.result.status)


def _evaluation(run: RunFolder) -> Evaluation:
    return Evaluation.from_dict(json.loads(run.evaluation.read_text(encoding="utf-8")))


def _with_test(fold: Fold, test: ImageSet, opened: OpenedData) -> Fold:
    """The fold with its model's score on the test pictures, which have decided nothing."""
    import numpy as np

    from onelook.classifier import load
    from onelook.evaluation.evaluate import evaluate
    from onelook.evaluation.leaks import with_leaks

    labels = np.empty(0, np.int64) if test.labels is None else test.labels
    probabilities = load(fold.run.model).probabilities(test.images[test.rows])
    evaluation = evaluate(probabilities, labels, opened.dataset.class_names, "test")
    seen = seen_pictures(opened, "test")
    return replace(fold, test=with_leaks(evaluation, probabilities, labels, test.ids, seen))


def _write_predictions(found: CrossValidation, opened: OpenedData) -> None:
    """`predictions.csv`: what each picture's own fold said of it, in the order of the data, with the given class."""
    pool = opened.prepared.reading.pool
    labels = () if pool.labels is None else pool.labels.tolist()
    given = {each: opened.dataset.class_names[label] for each, label in zip(pool.ids, labels, strict=True)}
    said: dict[str, Sequence[str]] = {}
    for fold in found.folds:
        if fold.status != "complete":
            continue
        with fold.run.predictions.open(encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        said |= {row[0]: (*row[:3], given[row[0]], str(fold.number)) for row in rows}
    rows_in_order = [said[each] for each in pool.ids if each in said]
    write_text(found.predictions, csv_text(("id", "label", "confidence", "class", "fold"), rows_in_order))


def _write(found: CrossValidation, call: Call) -> None:
    """`folds.json`, and the page once there is a score."""
    write_text(found.path / FILE, json_text({**found.to_dict(), "command": call.command}) + "\n")
    if found.folds:
        found.report()
