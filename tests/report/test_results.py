"""What is read of a run's files: the facts as they are, what is missing as missing, and nothing that contradicts."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from tests.report.conftest import HISTORY, MakeRun

from onelook.errors import ModelError
from onelook.report.results import read_evaluation, read_facts, read_results


def test_the_best_epoch_is_found_by_its_number_and_not_by_its_place(make_run: MakeRun) -> None:
    later = [{**line, "epoch": line["epoch"] + 4} for line in HISTORY]  # 5, 6 and 7: the first four were lost
    results = read_results(make_run(history=later, best_epoch=6))
    assert results.best_epoch is not None
    assert (results.best_epoch.epoch, results.best_epoch.val_loss) == (6, 0.6)


@pytest.mark.parametrize("best", [2, None])
def test_a_best_epoch_that_is_not_there_is_none(make_run: MakeRun, best: int | None) -> None:
    assert read_results(make_run(history=HISTORY[2:], best_epoch=best)).best_epoch is None


def test_what_is_no_finite_number_is_not_known(make_run: MakeRun) -> None:
    folder = make_run(history=[{**HISTORY[0], "val_loss": None, "learning_rate": None}])
    folder.history.write_text(folder.history.read_text().replace("1.1", "Infinity").replace("0.4", "NaN"))
    (epoch,) = read_results(folder).history
    assert (epoch.epoch, epoch.seconds, epoch.val_accuracy) == (1, 60.0, 0.6)
    assert (epoch.val_loss, epoch.learning_rate, epoch.train_loss, epoch.train_accuracy) == (None,) * 4
    assert not any(isinstance(value, float) and not math.isfinite(value) for _, value in epoch)


def test_null_is_as_good_as_missing(make_run: MakeRun) -> None:
    facts = read_facts(make_run(status=None, data={"name": None, "channels": None}, notes=None, choices=None))
    assert (facts.status, facts.data.name, facts.data.channels, facts.notes, facts.choices) == ("", "", None, (), ())
    assert facts.timings == {"open": 1.5, "train": 194.0, "evaluate": 2.0, "total": 198.0}


def test_the_model_that_training_went_on_from_is_read_under_its_name(make_run: MakeRun) -> None:
    facts = read_facts(make_run(**{"from": {"model": "runs/a", "checksum": "abc", "clean": False}}))
    assert facts.origin is not None
    assert (facts.origin.model, facts.origin.clean) == ("runs/a", False)


def test_the_augmentation_is_that_of_the_settings(make_run: MakeRun) -> None:
    results = read_results(make_run(settings={"augment": {"rotation_range": 10}, "epochs": 3}))
    assert results.augmentation_facts.settings == {"rotation_range": 10}


@pytest.mark.parametrize("settings", [{"augment": None}, {"augment": "none"}, {}])
def test_where_the_settings_say_nothing_of_augmentation_there_is_none(
    make_run: MakeRun, settings: dict[str, Any]
) -> None:
    assert read_results(make_run(settings=settings)).augmentation_facts.settings == {}


def test_a_run_without_a_score_has_none(make_run: MakeRun) -> None:
    folder = make_run()
    folder.evaluation.unlink()
    assert read_evaluation(folder) is None
    assert read_results(folder).evaluation is None


def test_pictures_are_read_from_their_own_folders(full_results: Any) -> None:
    assert full_results.report_pictures is not None
    assert full_results.augmentation is not None
    assert len(full_results.augmentation.versions) == 15
    assert full_results.samples == full_results.report_pictures.samples
    assert full_results.found == ()
    assert full_results.name == "shirts-001"


def swapped_classes(values: dict[str, Any]) -> None:
    values["per_class"] = values["per_class"][::-1]


def lost_column(values: dict[str, Any]) -> None:
    values["confusion_matrix"][1].pop()


def one_more_row(values: dict[str, Any]) -> None:
    values["rows"] += 1


def one_row_less(values: dict[str, Any]) -> None:
    values["rows"] -= 1


def nothing_counted(values: dict[str, Any]) -> None:
    values["confusion_matrix"], values["rows"] = [[0] * 3] * 3, 0


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (swapped_classes, "per_class does not list the classes in their order"),
        (lost_column, "the confusion matrix is not 3 by 3"),
        (one_more_row, "the confusion matrix counts 20 pictures, rows says 21"),
        (one_row_less, "the confusion matrix counts 20 pictures, rows says 19"),
        (nothing_counted, "the confusion matrix counts 0 pictures, rows says 0"),
    ],
)
def test_figures_that_contradict_each_other_are_told(make_run: MakeRun, damage: Any, message: str) -> None:
    folder = make_run()
    values = json.loads(folder.evaluation.read_text())
    damage(values)
    folder.evaluation.write_text(json.dumps(values))
    with pytest.raises(ModelError, match=message):
        read_evaluation(folder)
