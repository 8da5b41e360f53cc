"""What to look at first: each sentence appears when the numbers hold it, and not otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from onelook.evaluation.baseline import Baseline
from onelook.report import highlights as highlights_module
from onelook.report.highlights import highlights
from onelook.report.results import read_results
from onelook.run_folder import RunFolder


def sentences(folder: RunFolder) -> str:
    return "\n".join(one.sentence for one in highlights(read_results(folder))).replace("\u202f", " ")


def epoch(number: int, train: float, val: float) -> dict[str, Any]:
    return {"epoch": number, "train_accuracy": train, "val_accuracy": val}


def test_a_leak_comes_first(make_run: Any) -> None:
    assert sentences(make_run()).startswith("3 test pictures leak.")


def test_nothing_is_said_where_nothing_stands_out(make_run: Any) -> None:
    ledger = {"ledger": {"found": 20, "used": 20, "quarantined": 0, "duplicate": 0}}
    quiet = make_run(
        names=("a", "b"), confusion=[[10, 0], [0, 10]], findings=[], data=ledger, best_epoch=1,
        history=[epoch(1, 0.9, 0.9), epoch(2, 0.9, 0.89)],
    )  # fmt: skip
    assert sentences(quiet) == ""


def of_simple_model(folder: RunFolder, accuracy: float) -> str:
    results = read_results(folder)
    assert results.evaluation is not None
    evaluation = replace(results.evaluation, baseline=Baseline(accuracy, rows=400, height=14, width=10))
    found = [one.sentence for one in highlights(replace(results, evaluation=evaluation))]
    return "\n".join(each for each in found if "logistic" in each).replace("\u202f", " ")


def test_a_network_that_is_hardly_better_than_a_simple_model_is_told(make_run: Any) -> None:
    folder = make_run(names=("a", "b"), confusion=[[9, 1], [0, 10]])  # 95 %, the interval begins at 76.4 %
    assert of_simple_model(folder, 0.765) == (
        "It is not clearly better than a logistic regression on 14 × 10 pixels, which names 76.5 % correctly: "
        "it may have learnt little more than colours and outlines."
    )
    assert of_simple_model(folder, 0.763) == ""


def test_a_classical_model_is_not_told_so(make_run: Any) -> None:
    model = {"name": "logistic", "learnt": "a logistic regression"}
    assert of_simple_model(make_run(names=("a", "b"), confusion=[[9, 1], [0, 10]], model=model), 0.9) == ""


def test_a_single_confusion_is_not_a_pattern(make_run: Any) -> None:
    assert "most frequent confusion" not in sentences(make_run(names=("a", "b"), confusion=[[9, 1], [0, 10]]))


def test_the_weakest_class_is_named_with_a_word_on_its_size(make_run: Any) -> None:
    text = sentences(make_run(names=("a", "b"), confusion=[[100, 0], [4, 6]]))
    assert "The weakest class is b: 60.0 % of its pictures are found, where the average class has 80.0 %." in text
    assert "There are only 10 of them" in text


def test_a_weakest_class_of_one_picture_is_spoken_of_as_one(make_run: Any) -> None:
    assert "There is only 1 of them" in sentences(make_run(names=("a", "b"), confusion=[[100, 0], [1, 0]]))


def test_the_most_confident_error_blames_nobody(make_run: Any) -> None:
    text = sentences(make_run(names=("a", "b"), confusion=[[9, 1], [0, 10]], pictures=True))
    assert "the model takes a picture labelled a for b, with a probability of 90.0 %. Either" in text


def test_a_wide_gap_between_training_and_validation_is_told(make_run: Any) -> None:
    text = sentences(make_run(history=[epoch(1, 0.8, 0.7), epoch(2, 0.97, 0.9)], best_epoch=2))
    assert "right on 97.0 % of the training pictures and on 90.0 % of the validation pictures" in text


def test_a_narrow_gap_is_not(make_run: Any) -> None:
    assert "validation pictures" not in sentences(make_run(history=[epoch(1, 0.93, 0.9)], best_epoch=1))


def test_a_best_last_epoch_means_more_only_under_a_constant_rate(make_run: Any) -> None:
    assert "more epochs may help" in sentences(make_run(best_epoch=3))


def test_under_a_rate_that_falls_to_the_end_it_means_nothing(make_run: Any) -> None:
    text = sentences(make_run(best_epoch=3, settings={"schedule": {"name": "one_cycle"}}))
    assert "more epochs" not in text


def test_unreadable_pictures_are_counted(make_run: Any) -> None:
    assert "2 pictures could not be read and were left out" in sentences(make_run())


@pytest.mark.parametrize(("train", "is_wide"), [(0.05, True), (0.049, False)])
def test_a_gap_of_five_points_is_wide(train: float, is_wide: bool, make_run: Any) -> None:
    text = sentences(make_run(history=[epoch(1, train, 0.0)], best_epoch=1))
    assert ("of the training pictures" in text) == is_wide


@pytest.mark.parametrize(
    ("epochs", "best", "schedule", "more"),
    [(1, 1, "constant", False), (2, 2, "constant", True), (2, 1, "constant", False), (2, 2, "cosine", False)],
)
def test_the_best_of_two_epochs_is_the_last_under_a_constant_rate(
    epochs: int, best: int, schedule: str, more: bool, make_run: Any
) -> None:
    history = [epoch(number, 0.5, 0.5) for number in range(1, epochs + 1)]
    text = sentences(make_run(history=history, best_epoch=best, settings={"schedule": {"name": schedule}}))
    assert ("more epochs" in text) == more


@pytest.mark.parametrize(
    ("right", "of", "said"),
    [
        (37, 40, ""),  # 92.5 % of it, 96.25 % on average
        (35, 40, "The weakest class is b: 87.5 % of its pictures are found, where the average class has 93.8 %."),
        (20, 30, "where the average class has 83.3 %.\n"),
        (20, 29, "There are only 29 of them, so this is a rough figure."),
    ],
)
def test_a_weak_class_is_five_points_below_the_mean_and_few_pictures_are_under_thirty(
    right: int, of: int, said: str, make_run: Any
) -> None:
    text = sentences(make_run(names=("a", "b"), confusion=[[100, 0], [of - right, right]])) + "\n"
    assert said in text
    assert ("weakest" in text) == bool(said)


def test_of_two_confusions_that_are_as_frequent_the_one_of_the_rarer_class_is_told(make_run: Any) -> None:
    text = sentences(make_run(names=("a", "b", "c"), confusion=[[18, 2, 0], [0, 9, 0], [2, 0, 4]]))
    assert "The most frequent confusion: c is taken for a, twice in 6 pictures of c." in text


def test_an_error_of_which_the_model_is_all_but_sure_is_told_without_a_figure() -> None:
    found = [highlights_module._of(value).replace("\u202f", " ") for value in (0.9, 0.9995, 0.9996)]
    assert found == ["of 90.0 %", "of 99.95 %", "above 99.9 %"]
