"""What is advised, for runs whose figures are made up."""

from __future__ import annotations

from onelook.evaluation.advice import advise, p_in_words
from onelook.evaluation.comparison import ComparedRun, PairedTest, with_front
from onelook.evaluation.speed import Speed


def run(label: str, accuracy: float, latency_ms: float | None, p_value: float | None = None) -> ComparedRun:
    """A run on 4,443 pictures; `p_value` of its test against the best one."""
    speed = None if latency_ms is None else Speed(2, latency_ms, 1.1 * latency_ms, 1000 / latency_ms)
    return ComparedRun(
        run=f"runs/{label}",
        label=label,
        model=label,
        set_name="test",
        rows=4443,
        accuracy=accuracy,
        accuracy_interval=(accuracy - 0.01, accuracy + 0.01),
        balanced_accuracy=accuracy,
        macro_f1=accuracy,
        loss=1 - accuracy,
        calibration_error=0.01,
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


def test_what_takes_less_than_a_millisecond_need_not_be_faster() -> None:
    advice = advise([run("mlp", 0.90, 0.02, 0.001), run("cnn", 0.99, 0.2)], best=1)
    assert advice == "Take cnn: it has the most pictures right, and it answers within a millisecond."


def test_says_whom_the_pictures_do_not_tell_from_the_best_one() -> None:
    advice = advise([run("a", 0.98, 10.0, 0.3), run("b", 0.984, 10.5), run("c", 0.979, 11.0, 0.2)], best=1)
    assert advice == (
        "Take b: it has the most pictures right, and none is noticeably faster. These 4,443 pictures do not tell it "
        "from a or c."
    )


def test_goes_by_accuracy_where_a_speed_is_not_known() -> None:
    assert advise([run("a", 0.9, None, 0.001), run("b", 0.95, 3.0)], 1).startswith("Take b: it is right on 95.00 %")
    assert advise([run("a", 0.9, None, 0.5), run("b", 0.95, 3.0)], 1).endswith("do not tell it from a.")


def test_one_run_alone_is_not_called_the_best() -> None:
    assert "A second run gives it a rival" in advise([run("a", 0.9, 1.0)], 0)


def test_the_front_is_of_accuracy_and_time() -> None:
    runs = with_front([run("slow", 0.9, 9.0), run("fast", 0.9, 1.0), run("best", 0.99, 9.0), run("unknown", 1.0, None)])
    assert [one.label for one in runs if one.on_front] == ["fast", "best"]


def test_p_values_are_written_without_their_nought() -> None:
    assert [p_in_words(p) for p in (0.0004, 0.003, 0.0449, 0.5, 1.0)] == [
        "p < .001",
        "p = .003",
        "p = .045",
        "p = .50",
        "p = 1",
    ]
