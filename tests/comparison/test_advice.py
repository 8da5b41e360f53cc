"""What is advised, for runs whose figures are made up."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from onelook.comparison.advice import _limit_between, _points, advise, advised_run, p_in_words
from onelook.comparison.compare import best_of, known_scores, with_front, with_tests
from onelook.comparison.result import ComparedRun, Comparison, PairedTest, read_comparison
from onelook.comparison.scored_predictions import ScoredPredictions
from onelook.comparison.speed import Speed
from onelook.evaluation.evaluate import evaluate


def run(label: str, accuracy: float, latency_ms: float | None, p_value: float | None = None) -> ComparedRun:
    """A run on 4,443 pictures; `p_value` of its test against the best one."""
    speed = None if latency_ms is None else Speed(2, latency_ms, 1.1 * latency_ms, 1000 / latency_ms)
    return ComparedRun(
        run=f"runs/{label}",
        label=label,
        model=label,
        set_name="test",
        rows=4443,
        accuracy_interval=(accuracy - 0.01, accuracy + 0.01),
        scores={
            "accuracy": accuracy,
            "balanced_accuracy": accuracy,
            "macro_f1": accuracy,
            "loss": 1 - accuracy,
            "calibration_error": 0.01,
        },
        parameters=1000,
        size_bytes=4000,
        train_seconds=1.0,
        epochs=1,
        one_thread=speed,
        all_threads=speed,
        against_best=None if p_value is None else PairedTest(9, 1, p_value, p_value),
    )


def test_names_the_time_that_only_the_faster_one_keeps_and_what_it_costs() -> None:
    runs = [run("small", 0.980, 4.0, 0.001), run("large", 0.984, 36.0)]
    assert advise(runs, best=1) == (
        "For under 5 ms a picture take small; large is 0.40 points better and 9 times slower."
    )


def test_takes_the_faster_of_two_that_the_pictures_do_not_tell_apart() -> None:
    advice = advise([run("small", 0.980, 4.0, 0.21), run("large", 0.982, 36.0)], best=1)
    assert advice == (
        "Take small: it is the fastest. large has 0.20 points more and is 9 times slower, but these 4,443 pictures do "
        "not show that it is better (p = .21)."
    )


def test_the_advised_run_is_the_one_that_the_sentence_takes() -> None:
    slow_best = run("large", 0.984, 36.0)
    assert advised_run([run("small", 0.980, 4.0, 0.001), slow_best], best=1).label == "large"  # it is better
    assert advised_run([run("small", 0.980, 4.0, 0.21), slow_best], best=1).label == "small"
    assert advised_run([run("small", 0.980, 35.0, 0.21), slow_best], best=1).label == "large"  # as fast
    assert advised_run([run("small", 0.980, None, 0.21), slow_best], best=1).label == "large"  # nobody knows


def test_a_tie_is_called_a_tie() -> None:
    assert advise([run("a", 0.98, 10.0), run("b", 0.98, 10.5, 1.0)], best=0) == (
        "Take a or b: they have equally many pictures right, and none is noticeably faster."
    )
    assert advise([run("a", 0.98, 0.1), run("b", 0.98, 0.2, 1.0), run("c", 0.979, 0.2, 0.6)], best=0) == (
        "Take a or b: they have equally many pictures right, and each answers within a millisecond. "
        "These 4,443 pictures do not show that they beat c."
    )
    assert advise([run("a", 0.98, 36.0), run("b", 0.98, 4.0, 1.0)], best=0) == (
        "Take b: it is the fastest. a has as many pictures right and is 9 times slower."
    )
    assert advise([run("a", 0.98, 0.1), run("b", 0.98, 30.0, 1.0)], best=0) == (
        "Take a: it has as many pictures right as b, and is faster."
    )
    for p_value in (1.0, None):  # also where there are no predictions to test
        assert advise([run("a", 0.98, None), run("b", 0.98, None, p_value)], best=0) == (
            "a and b have equally many pictures right, 98.00 %."
        )


def test_what_takes_less_than_a_millisecond_need_not_be_faster() -> None:
    advice = advise([run("mlp", 0.90, 0.02, 0.001), run("cnn", 0.99, 0.2)], best=1)
    assert advice == "Take cnn: it has the most pictures right, and it answers within a millisecond."


def test_a_fifth_more_time_is_noticed_and_less_is_not_nor_is_a_millisecond() -> None:
    def is_taken(small_ms: float, large_ms: float) -> bool:
        return advise([run("small", 0.98, small_ms, 0.5), run("large", 0.982, large_ms)], 1).startswith("Take small")

    assert [is_taken(10.0, ms) for ms in (11.9, 12.0, 13.0)] == [False, True, True]
    assert [is_taken(0.5, ms) for ms in (0.99, 1.0)] == [False, True]


def test_a_difference_counts_as_shown_below_five_in_a_hundred() -> None:
    assert [PairedTest(9, 1, 0.001, p).shows_a_difference for p in (0.049, 0.05, 0.051)] == [True, False, False]
    # What counts is the value that is adjusted for the number of tests.
    assert not PairedTest(9, 1, 0.02, 0.06).shows_a_difference


def test_the_time_that_is_named_is_kept_by_most_calls_of_the_one_and_not_by_the_other() -> None:
    # 1.1 times the median is what 95 % of the calls take: 1.9 ms means 2.09 ms.
    for small_ms, large_ms, limit in ((1.7, 36.0, 2), (1.9, 36.0, 5), (4.6, 10.0, 10), (60.0, 900.0, 100)):
        advice = advise([run("small", 0.9, small_ms, 0.001), run("large", 0.984, large_ms)], best=1)
        assert advice.startswith(f"For under {limit} ms a picture take small; large is 8.4 points better")
    assert advise([run("small", 0.9, 11.0, 0.001), run("large", 0.984, 19.0)], best=1).startswith(
        "small is the fastest; large is 8.4 points better and 1.7 times slower"
    )
    assert advise([run("small", 0.9, 4.0, 0.001), run("large", 0.984, 11.9)], best=1).endswith("3.0 times slower.")
    assert advise([run("small", 0.9, 4.0, 0.001), run("large", 0.984, 12.0)], best=1).endswith("and 3 times slower.")


def test_of_the_fastest_the_more_accurate_one_is_named() -> None:
    runs = [run("a", 0.90, 4.0, 0.001), run("b", 0.93, 4.0, 0.001), run("c", 0.99, 36.0)]
    assert advise(runs, best=2).startswith("For under 5 ms a picture take b;")


def test_the_best_is_the_most_accurate_and_of_equals_the_surer() -> None:
    assert best_of([run("a", 0.9, 1.0), run("b", 0.95, 1.0), run("c", 0.92, 1.0)]) == 1
    equal = [
        replace(one := run(name, 0.9, 1.0), scores={**one.scores, "loss": loss})
        for name, loss in (("a", 0.3), ("b", 0.1), ("c", 0.2))
    ]
    assert best_of(equal) == 1


def answers(ids: str, right: str) -> ScoredPredictions:
    """The answers to these pictures, of which those of `right` are right."""
    return ScoredPredictions(tuple(ids), np.array([each in right for each in ids]), np.full(len(ids), 0.9))


def test_each_run_is_tested_against_the_best_one_picture_by_picture() -> None:
    runs = [run("a", 0.4, 1.0), run("best", 0.9, 1.0), run("b", 0.5, 1.0), run("none", 0.5, 1.0), run("else", 0.5, 1.0)]
    best = answers("pqrstu", "pqrst")
    # The same pictures in other orders, one of them a cycle: what counts is the id.
    others = [answers("rspqut", "rsu"), best, answers("uqrstp", "pqrsu"), None, answers("pqrsta", "pqr")]
    tested = with_tests(runs, others, best=1)
    assert [one.against_best is None for one in tested] == [False, True, False, True, True]
    first, third = tested[0].against_best, tested[2].against_best
    assert first is not None
    assert third is not None
    assert (first.only_best_right, first.only_this_right) == (3, 1)  # p, q and t; u
    assert (third.only_best_right, third.only_this_right) == (1, 1)  # t; u
    assert (first.p_value, first.p_adjusted) == (0.625, 1.0)  # 10 of 16 ways, and twice that
    assert with_tests(runs, [None if each is best else each for each in others], best=1) == runs


def test_the_calibration_error_of_an_older_evaluation_needs_answers() -> None:
    scored = evaluate(np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([0, 1]), ["a", "b"], "test")
    older = replace(scored, scores={**scored.scores, "calibration_error": None})
    assert known_scores(older, None)["calibration_error"] is None
    assert known_scores(older, answers("", ""))["calibration_error"] is None
    # 90 % sure, right in 80 %.
    assert known_scores(older, answers("pqrst", "pqrs"))["calibration_error"] == pytest.approx(0.1)
    # What the evaluation says itself stands.
    assert known_scores(scored, answers("pqrst", "pqrs"))["calibration_error"] == pytest.approx(0.35)


def test_says_whom_the_pictures_do_not_tell_from_the_best_one() -> None:
    advice = advise([run("a", 0.98, 10.0, 0.3), run("b", 0.984, 10.5), run("c", 0.979, 11.0, 0.2)], best=1)
    assert advice == (
        "Take b: it has the most pictures right, and none is noticeably faster. These 4,443 pictures do not show "
        "that it beats a or c."
    )


def test_goes_by_accuracy_where_a_speed_is_not_known() -> None:
    assert advise([run("a", 0.9, None, 0.001), run("b", 0.95, 3.0)], 1).startswith("Take b: it is right on 95.00 %")
    assert advise([run("a", 0.9, None, 0.5), run("b", 0.95, 3.0)], 1).endswith("do not show that it beats a.")


def with_times(one: ComparedRun, latency_ms: float, p95_ms: float) -> ComparedRun:
    return replace(one, all_threads=Speed(2, latency_ms, p95_ms, 1.0))


@pytest.mark.parametrize(
    ("p95_ms", "slow_ms", "limit"),
    [(1.9, 9.0, 2), (2.0, 9.0, 5), (2.0, 5.0, 5), (2.0, 4.9, None), (0.5, 1.0, 1), (1.0, 1.9, None)],
)
def test_a_limit_is_above_what_most_calls_take_and_at_most_what_a_slower_run_takes(
    p95_ms: float, slow_ms: float, limit: int | None
) -> None:
    fast, slow = with_times(run("fast", 0.9, 1.0), 0.4, p95_ms), with_times(run("slow", 0.9, 1.0), slow_ms, 99.0)
    assert _limit_between(fast, slow) == limit


def test_points_have_two_places_until_they_round_to_one() -> None:
    assert [_points(share) for share in (0.0, 0.0023, 0.0094, 0.0096, 0.031)] == [
        *("0 points", "0.23 points", "0.94 points", "1.0 points", "3.1 points")
    ]


def test_equally_right_runs_are_instant_only_if_each_takes_less_than_a_millisecond() -> None:
    runs = [run("a", 0.98, 0.9), run("b", 0.98, 1.0, 1.0)]
    assert advise(runs, 0).endswith("equally many pictures right, and none is noticeably faster.")
    assert advise([runs[0], run("b", 0.98, 0.99, 1.0)], 0).endswith("and each answers within a millisecond.")
    assert advise([run("a", 0.99, 1.0), run("b", 0.98, 1.0, 0.001)], 0).endswith("and none is noticeably faster.")


def test_as_many_right_of_another_number_is_no_tie() -> None:
    one = run("a", 0.5, 1.0)
    assert one.ties_with(run("b", 0.5, 9.0))
    assert not one.ties_with(replace(one, rows=9))
    assert not one.ties_with(run("c", 0.51, 1.0))


def test_one_run_alone_is_not_called_the_best() -> None:
    assert "Compare it with a second run" in advise([run("a", 0.9, 1.0)], 0)


def test_the_front_is_of_accuracy_and_time() -> None:
    runs = with_front([run("slow", 0.9, 9.0), run("fast", 0.9, 1.0), run("best", 0.99, 9.0), run("unknown", 1.0, None)])
    assert [one.label for one in runs if one.on_front] == ["fast", "best"]
    # Whatever their order: a run whose speed is not known is not counted, and moves no other's mark.
    runs = with_front([run("unknown", 1.0, None), run("slow", 0.9, 9.0), run("fast", 0.9, 1.0)])
    assert [one.label for one in runs if one.on_front] == ["fast"]


def test_p_values_are_written_without_their_nought() -> None:
    values = (0.0004, 0.00099, 0.001, 0.003, 0.0449, 0.0949, 0.096, 0.5, 0.994, 0.996, 1.0)
    assert [p_in_words(p).removeprefix("p ") for p in values] == [
        *("< .001", "< .001", "= .001", "= .003", "= .045", "= .095", "= .10", "= .50", "= .99", "= 1", "= 1")
    ]


def test_a_comparison_is_read_with_the_best_run_that_it_was_written_with(tmp_path: Path) -> None:
    timed = run("b", 0.95, 3.0)
    runs = (run("c", 0.9, 1.0, 0.2), timed, run("a", 0.93, None, 0.5))
    found = Comparison("digits", "2025-01-01", "a machine", runs, 1, "Take b.", ())
    assert repr(found) == f"<Comparison: {len(runs)} runs on digits, the most accurate is {runs[1].label}>"
    (tmp_path / "comparison.json").write_text(json.dumps(found.to_dict()))
    again = read_comparison(tmp_path / "comparison.json")
    assert (again.best, again.runs[again.best].label) == (1, "b")
    assert [(one.label, one.accuracy, one.against_best) for one in again.runs] == [
        (one.label, one.accuracy, one.against_best) for one in runs
    ]
    assert (again.runs[1].all_threads, again.runs[2].all_threads) == (timed.all_threads, None)


@pytest.mark.parametrize(
    ("runs", "best"),
    [
        ([(0.9, 0.5), (0.95, 0.75), (0.9, 0.25)], 1),
        ([(0.95, 0.5), (0.95, 0.25), (0.95, 0.75)], 1),
        ([(0.95, None), (0.95, 0.75)], 1),  # a loss that is not known decides nothing
        ([(0.95, 0.0), (0.95, 0.75)], 0),
        ([(0.9, 0.1), (0.95, None)], 1),
        ([(0.95, None), (0.95, None)], 0),
        ([(0.95, 0.5), (0.95, 0.5)], 0),
    ],
)
def test_among_equally_accurate_runs_the_lowest_known_loss_decides(
    runs: list[tuple[float, float | None]], best: int
) -> None:
    made = [
        replace(run("r", accuracy, None), scores={"accuracy": accuracy, **({} if loss is None else {"loss": loss})})
        for accuracy, loss in runs
    ]
    assert best_of(made) == best
    known = [replace(one, scores={**one.scores, "loss": one.scores.get("loss")}) for one in made]
    assert best_of(known) == best
