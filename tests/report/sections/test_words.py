"""What sections say, whole: sentences and tables of small results that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.report.sections.test_views import plain, results, scored, shown

from onelook.evaluation.pictures.index import PredictedPicture, ReportPictures
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.report.facts import (
    Epoch,
    FindingFacts,
    ModelFacts,
    RecordedData,
    RunFacts,
    SplitFacts,
)
from onelook.report.gallery.matrix import Cell, Matrix, Row, density_of
from onelook.report.highlights import Highlight, highlights
from onelook.report.sections.confusion import Confusion, Pair, confusion_of
from onelook.report.sections.verdict import cautions_of, score_of, trained_in_words


def test_a_matrix_whole() -> None:
    found = confusion_of(scored([[8, 0, 2], [3, 20, 1], [0, 1, 5]]), pairs=2)

    def cell(count: int, share: str, shade: str, words: str) -> Cell:
        return Cell(count, share, shade, words.replace(" %", "\u202f%"))

    empty = Cell(0, "0", "", "")
    assert found == Confusion(
        title="b is taken for a most often: 3 times",
        classes=3,
        is_ordered=False,
        matrix=Matrix(
            classes=(0, 1, 2),
            class_names=("a", "b", "c"),
            rows=(  # of the errors 2 of 10 is the largest share: the strongest shade
                Row(
                    "a",
                    (
                        cell(8, "80.0", "right-5", "a taken for a: 8 of 10 (80.0 %)"),
                        empty,
                        cell(2, "20.0", "wrong-6", "a taken for c: 2 of 10 (20.0 %)"),
                    ),
                ),
                Row(
                    "b",
                    (
                        cell(3, "12.5", "wrong-4", "b taken for a: 3 of 24 (12.5 %)"),
                        cell(20, "83.3", "right-5", "b taken for b: 20 of 24 (83.3 %)"),
                        cell(1, "4.2", "wrong-2", "b taken for c: 1 of 24 (4.2 %)"),
                    ),
                ),
                Row(
                    "c",
                    (
                        empty,
                        cell(1, "16.7", "wrong-5", "c taken for b: 1 of 6 (16.7 %)"),
                        cell(5, "83.3", "right-5", "c taken for c: 5 of 6 (83.3 %)"),
                    ),
                ),
            ),
            density="ample",
        ),
        groups=(),
        overview=None,
        pairs=(
            Pair("b", "a", "3 times", "12.5\u202f% of b", 100.0, (1, 0)),
            Pair("a", "c", "twice", "20.0\u202f% of a", 66.7, (0, 2)),
        ),
        more_pairs=2,
        more_words="once each",
    )


@pytest.mark.parametrize(
    ("confusion", "title"),
    [
        ([[3, 0], [0, 4]], "No test picture was taken for another class"),
        ([[3, 1], [1, 4]], "No two classes were confused more than once"),
        ([[3, 2], [2, 4]], "2 pairs of classes were confused twice each, none more often"),
        ([[3, 2], [1, 4]], "a is taken for b most often: twice"),
    ],
)
def test_the_title_of_a_matrix(confusion: list[list[int]], title: str) -> None:
    assert confusion_of(scored(confusion, "ab")).title == title


@pytest.mark.parametrize(
    ("classes", "longest", "density"),
    [
        (6, 40, "ample"),
        (7, 5, "roomy"),
        (7, 6, "roomy tall"),
        (12, 5, "roomy"),
        (13, 3, "middling"),
        (13, 4, "middling tall"),
        (25, 3, "middling"),
        (26, 2, "dense"),
        (26, 3, "dense tall"),
    ],
)
def test_many_classes_have_smaller_cells_and_long_names_stand_upright(classes: int, longest: int, density: str) -> None:
    assert density_of([*["a"] * (classes - 1), "b" * longest]) == density


def test_what_stands_out_whole_and_the_most_pressing_first() -> None:
    worst = PredictedPicture(file="a.png", id="7", label="b", predicted="a", p_label=0.1, p_predicted=0.9)
    run = RunFacts(
        best_epoch=2,
        data=RecordedData(ledger={"quarantined": 1}),
        findings=(FindingFacts(check="leak-near", message="2 test pictures leak.", severity="error"),),
    )
    history = (
        Epoch(epoch=1, train_accuracy=0.9, val_accuracy=0.2),
        Epoch(epoch=2, train_accuracy=0.75, val_accuracy=0.7),
    )
    found = highlights(
        results(
            run=run,
            history=history,
            evaluation=scored([[27, 3], [8, 22]], "ab"),
            report_pictures=ReportPictures(errors=1, worst_errors=(worst,), random=()),
        )
    )
    assert [Highlight(plain(one.sentence), one.section) for one in found] == [
        Highlight("2 test pictures leak.", "leaks"),
        Highlight("The most frequent confusion: b is taken for a, 8 times in 30 pictures of b.", "confusion"),
        Highlight(
            "The weakest class is b: 73.3 % of its pictures are found, where the average class has 81.7 %.", "classes"
        ),
        Highlight(
            "The most confident error: the model takes a picture labelled b for a, with a probability of 90.0 %. "
            "Either the model or the label is wrong.",
            "errors",
        ),
        Highlight(
            "In the epoch that was kept, the model was right on 75.0 % of the training pictures and on 70.0 % of the "
            "validation pictures: it knows its training pictures better than others. More pictures, augmentation or "
            "dropout may help.",
            "training",
        ),
        Highlight(
            "The last epoch was the best: the model was still getting better when training ended, so more epochs may "
            "help.",
            "training",
        ),
        Highlight("1 picture could not be read and was left out; ledger.csv names each with its reason.", "data"),
    ]


@pytest.mark.parametrize(
    ("confusion", "words"),
    [
        ([[100, 0], [9, 91]], None),  # 4.5 points below the average
        ([[99, 1], [12, 88]], "88.0 % of its pictures are found, where the average class has 93.5 %."),
        ([[29, 0], [9, 20]], "There are only 29 of them, so this is a rough figure."),
        ([[29, 0], [9, 21]], "where the average class has 85.0 %."),  # thirty
        ([[9, 9], [0, 0]], None),  # one class alone is not the weakest
    ],
)
def test_a_class_is_weak_from_these_numbers_on(confusion: list[list[int]], words: str | None) -> None:
    found = [plain(one.sentence) for one in highlights(results(evaluation=scored(confusion, "ab")))]
    weak = [sentence for sentence in found if sentence.startswith("The weakest class")]
    assert len(weak) == (words is not None)
    assert not words or weak[0].endswith(words)


@pytest.mark.parametrize(
    ("train", "val", "is_said"), [(0.8, 0.7499, True), (0.8, 0.751, False), (None, 0.5, False), (0.9, None, False)]
)
def test_a_gap_is_wide_from_five_points_on(train: float | None, val: float | None, is_said: bool) -> None:
    history = (Epoch(epoch=1, train_accuracy=train, val_accuracy=val), Epoch(epoch=2))
    found = highlights(results(run=RunFacts(best_epoch=1), history=history, evaluation=None))
    assert [one.section for one in found] == (["training"] if is_said else [])


@pytest.mark.parametrize(
    ("settings", "epochs", "best", "is_said"),
    [
        ({}, 3, 3, True),
        ({}, 3, 2, False),
        ({}, 3, None, False),
        ({}, 1, 1, False),  # the last of one says nothing
        ({}, 0, None, False),
        ({"schedule": {"name": "constant"}}, 2, 2, True),
        ({"schedule": None}, 2, 2, True),
        ({"schedule": {"name": "step"}}, 2, 2, True),
        ({"schedule": {"name": "cosine"}}, 2, 2, False),
        ({"schedule": {"name": "one_cycle"}}, 2, 2, False),
    ],
)
def test_a_last_epoch_that_was_the_best_is_worth_a_word_where_the_rate_did_not_fall_to_the_end(
    settings: dict[str, Any], epochs: int, best: int | None, is_said: bool
) -> None:
    history = tuple(Epoch(epoch=number) for number in range(1, epochs + 1))
    found = highlights(results(run=RunFacts(settings=settings, best_epoch=best), history=history, evaluation=None))
    assert [one.sentence.startswith("The last epoch was the best") for one in found] == [True] * is_said


WHOLE_RUN: dict[str, Any] = {
    "device": "cpu",
    "model": ModelFacts(name="cnn"),
    "split": SplitFacts(train=1_200, val=15),
    "data": RecordedData(name="shirts", class_names=("a", "b", "c")),
    "timings": {"train": 194.0},
}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "The network cnn was trained to tell 3 classes apart on 1,200 pictures from shirts, in 3 min 14 s on "),
        ({"timings": {}}, "The network cnn was trained to tell 3 classes apart on 1,200 pictures from shirts on "),
        ({"device": ""}, "to tell 3 classes apart on 1,200 pictures from shirts, in 3 min 14 s."),
        (
            {"model": ModelFacts(name="svc", learnt="90 vectors", fitted_rows=700)},
            "The model svc was fitted to tell 3 classes apart on 700 pictures from shirts, in 3 min 14 s on ",
        ),
        ({"model": ModelFacts()}, "A network was trained to tell 3 classes apart on 1,200 pictures from shirts, in "),
        ({"data": RecordedData()}, "The network cnn was trained on 1,200 pictures, in 3 min 14 s on "),
        ({"split": SplitFacts()}, "The network cnn was trained to tell 3 classes apart from shirts, in 3 min 14 s on "),
        ({"split": SplitFacts(), "model": ModelFacts()}, ""),
    ],
)
def test_what_was_trained_in_words(changes: dict[str, Any], words: str) -> None:
    found = plain(trained_in_words(results(run=RunFacts(**(WHOLE_RUN | changes)))))
    assert words in found
    assert bool(words) == bool(found)


OF_VAL = (
    "There was no labelled test set, so this is the score on the validation pictures. They also decided which epoch "
    "was kept, so the score is slightly optimistic. For an honest score, keep labelled pictures aside and name them "
    "with --test."
)


@pytest.mark.parametrize(
    ("run", "history", "set_name", "cautions"),
    [
        (RunFacts(), (), "test", []),
        (RunFacts(), (), "val", [OF_VAL]),
        (
            RunFacts(model=ModelFacts(learnt="90 vectors")),
            (),
            "val",
            [
                OF_VAL.replace(
                    "They also decided which epoch was kept, so the score is slightly optimistic.",
                    "The model was not fitted on them.",
                )
            ],
        ),
        (
            RunFacts(split=SplitFacts(test=9)),
            (),
            "val",
            [
                "The test pictures are kept for the end of the run, so this is the score on the validation pictures. "
                "They also decided which epoch was kept, so the score is slightly optimistic."
            ],
        ),
        (
            RunFacts(status="interrupted"),
            (Epoch(epoch=1), Epoch(epoch=2)),
            "test",
            ["The run was interrupted after 2 epochs. To continue it, run the same command with --resume."],
        ),
        (
            RunFacts(status="interrupted"),
            (),
            None,
            [
                "The run was interrupted before its first epoch was done. To continue it, run the same command with "
                "--resume."
            ],
        ),
    ],
)
def test_what_to_know_before_a_score_is_believed(
    run: RunFacts, history: tuple[Epoch, ...], set_name: Any, cautions: list[str]
) -> None:
    sure = replace(scored([[500, 10], [9, 480]], "ab"), warnings=(), set_name=set_name)
    evaluation = None if set_name is None else sure
    assert [*cautions_of(results(run=run, history=history, evaluation=evaluation))] == cautions
    if evaluation is not None:
        warned = replace(evaluation, warnings=("Look twice.",))
        assert [*cautions_of(results(run=run, history=history, evaluation=warned))] == [*cautions, "Look twice."]


@pytest.mark.parametrize(
    ("low", "high", "decimals"),
    [
        (0.9, 0.9201, 0),
        (0.9, 0.9199, 1),
        (0.9, 0.9021, 1),
        (0.9, 0.9019, 2),
    ],
)
def test_the_ticks_of_an_interval_have_the_decimals_that_tell_them_apart(
    low: float, high: float, decimals: int
) -> None:
    evaluation = replace(scored([[40, 2], [3, 35]], "ab"), accuracy_interval=(low, high))
    ticks = [plain(tick.label) for tick in score_of(evaluation).strip.ticks]
    labelled = [tick for tick in ticks if tick not in ("", "100 %")]
    assert {len(tick.removesuffix(" %").partition(".")[2]) for tick in labelled} == {decimals}


def test_a_score_in_figures_and_words() -> None:
    found = score_of(scored([[40, 2], [3, 35]], "ab"))
    assert (found.number, plain(found.accuracy), plain(found.low), plain(found.high)) == (
        *("93.8", "93.8 %", "86.2 %", "97.3 %"),
    )
    assert found.claim == "of the 80 test pictures named correctly: 75 right, 5 wrong. They were kept out of training."
    assert plain(found.certainty) == (
        "With 80 test pictures, the accuracy on pictures of the same kind is likely between 86.2 % and 97.3 % (95 % "
        "interval)."
    )
    perfect = score_of(scored([[4, 0], [0, 3]], "ab"))
    assert perfect.claim == "of the 7 test pictures named correctly: all of them. They were kept out of training."


def test_a_score_of_pictures_that_were_all_seen_says_nothing_of_others() -> None:
    whole = scored([[2, 0], [1, 1]], "ab")
    probabilities, labels = np.eye(2)[[0, 0, 0, 1]], np.array([0, 0, 1, 1])
    ids = ("1", "2", "3", "4")
    every = score_of(with_leaks(whole, probabilities, labels, ids, {"exact": ids}))
    assert every.claim.endswith("3 right, 1 wrong. 4 of them are in training too.")
    assert every.certainty == (
        "A model can remember what it was trained on: this figure says nothing about other pictures."
    )
    one = score_of(with_leaks(whole, probabilities, labels, ids, {"exact": ids[2:3]}))
    assert plain(one.claim).endswith("3 right, 1 wrong. 1 of them is in training too.")


@pytest.mark.parametrize(
    ("settings", "best", "title"),
    [
        ({}, 2, "Epoch 2 of 3 was kept, with 75.0 % of the validation pictures right"),
        ({"keep_best": "val_accuracy"}, 2, "Epoch 2 of 3 was kept, with 75.0 % of the validation pictures right"),
        ({"keep_best": "val_loss"}, 2, "Epoch 2 of 3 was kept, with a validation loss of 0.5"),
        ({"keep_best": "train_loss"}, 2, "Epoch 2 of 3 was kept"),
        ({"keep_best": "val_loss"}, 1, "Epoch 1 of 3 was kept"),
        ({}, None, "How training went"),
    ],
)
def test_the_title_of_a_training(settings: dict[str, Any], best: int | None, title: str) -> None:
    history = (Epoch(epoch=1, val_loss=0.75), Epoch(epoch=2, val_loss=0.5, val_accuracy=0.75), Epoch(epoch=3))
    found = shown("training", run=RunFacts(settings=settings, best_epoch=best), history=history)
    assert plain(found.title) == title


def test_remarks_on_a_training_and_its_notes() -> None:
    below = "The training figures are measured while the weights still change"

    def remarks(val: float, **run: Any) -> list[str]:
        history = (Epoch(epoch=1, train_accuracy=0.5, val_accuracy=val),)
        view = shown("training", run=RunFacts(best_epoch=1, notes=("lower rate",), **run), history=history).view
        assert view.notes == ("Lower rate",)
        return [*view.remarks]

    assert remarks(0.5) == []
    assert remarks(0.51)[0].startswith(below)
    early, resumed, last = remarks(0.51, stopped_early=True, resumed_from_epoch=0)
    assert early == ("Training ended before the last epoch that was planned, because it had stopped getting better.")
    assert resumed == "The run was interrupted and resumed after epoch 0."
    assert last.startswith(below)


def test_a_model_that_is_fitted_at_once_has_two_rows_and_a_word_on_memory() -> None:
    fitted = RunFacts(model=ModelFacts(name="svc", learnt="90 vectors"))

    def section(**epoch: Any) -> Any:
        return shown("training", run=fitted, history=(Epoch(epoch=1, **epoch),))

    found = section(seconds=61, train_accuracy=1.0, train_loss=0.01, val_accuracy=0.75)
    assert plain(found.title) == "Fitted in 1 min 1 s"
    assert [(name, plain(accuracy), loss) for name, accuracy, loss in found.view.rows] == [
        ("training pictures (some of those that it was fitted on)", "100 %", "0.0100"),
        ("validation pictures (it was not fitted on these)", "75.00 %", "–"),
    ]
    assert plain(found.view.gap) == (
        "The model is right on 100 % of pictures that it was fitted on, and on 75.0 % of others. The difference is "
        "memory: only the second figure says how well the model does on new pictures."
    )
    assert section(train_accuracy=0.7, val_accuracy=0.7).view.gap == ""
    assert section(train_accuracy=0.7).view.gap == ""
    assert section(train_accuracy=0.7).title == "Fitted"


def test_the_charts_of_a_training_in_words() -> None:
    history = (
        Epoch(epoch=1, learning_rate=0.01, train_loss=1.25, train_accuracy=0.5, val_loss=1.5),
        Epoch(epoch=2, learning_rate=0.001, train_loss=0.25, train_accuracy=0.9, val_loss=1.0, val_accuracy=0.6),
    )
    charts = shown("training", run=RunFacts(best_epoch=2), history=history).view.charts
    assert [(chart.title, plain(chart.summary)) for chart in charts] == [
        ("Accuracy", "Accuracy by epoch. Validation goes from 60.0 % to 60.0 %."),
        ("Loss", "Loss by epoch. Validation goes from 1.5 to 1."),
        ("Learning rate", "Learning rate by epoch. It goes from 0.01 to 0.001."),
    ]
    assert [[(curve.name, curve.main) for curve in chart.curves] for chart in charts] == [
        [("training", False), ("validation", True)],
        [("training", False), ("validation", True)],
        [("learning rate", True)],
    ]
    assert {chart.best_x for chart in charts} == {charts[0].right}
