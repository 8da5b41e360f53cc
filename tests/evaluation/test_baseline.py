"""A logistic regression on small pixels: what it sees, what it scores, and where there is none."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from onelook.data.dataset import ImageSet
from onelook.evaluation import baseline
from onelook.evaluation.baseline import Baseline, measure_baseline
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation
from onelook.evaluation.small_pixels import small_pixels


def pictures(labels: list[int] | None, images: np.ndarray) -> ImageSet:
    """A set of all these pictures, whose rows are not their positions: the first picture belongs to nobody."""
    images = np.concatenate([np.full_like(images[:1], 7), images])
    count = len(images) - 1
    ids = tuple(map(str, range(count)))
    return ImageSet(images, np.arange(1, count + 1), ids, None if labels is None else np.array(labels, np.int64))


def bright_half(labels: list[int], height: int = 28, width: int = 20, channels: int = 1) -> np.ndarray:
    """Pictures with noise: the left half of class 0 is bright, the right half of class 1."""
    images = np.random.default_rng(len(labels)).integers(0, 60, (len(labels), height, width, channels), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        half = image[:, : width // 2] if label == 0 else image[:, width // 2 :]
        half += 100
    return images


def test_it_learns_what_a_line_can_part() -> None:
    train, scored = [0, 1] * 20, [0, 1, 1, 0, 1]
    found = measure_baseline(pictures(train, bright_half(train)), pictures(scored, bright_half(scored)), 2)
    assert found == Baseline(accuracy=1.0, rows=40, height=14, width=10)


def test_a_wrong_label_among_the_scored_counts() -> None:
    train, scored = [0, 1] * 20, [0, 1, 1, 0, 1]
    found = measure_baseline(pictures(train, bright_half(train)), pictures([0, 1, 1, 0, 0], bright_half(scored)), 2)
    assert found is not None
    assert found.accuracy == 0.8


@pytest.mark.parametrize(
    ("height", "width", "channels", "size"),
    [(28, 28, 1, (14, 14)), (32, 32, 3, (8, 8)), (8, 8, 1, (8, 8)), (30, 100, 3, (5, 17)), (17, 18, 1, (9, 9))],
)
def test_pictures_are_shrunk_to_at_most_300_values(
    height: int, width: int, channels: int, size: tuple[int, int]
) -> None:
    labels = [0, 1] * 5
    images = bright_half(labels, height, width, channels)
    found = measure_baseline(pictures(labels, images), pictures(labels, images), 2)
    assert found is not None
    assert (found.height, found.width) == size


def test_each_small_pixel_is_the_mean_of_a_block_also_at_the_border() -> None:
    image = np.arange(19 * 17, dtype=np.float32).reshape(1, 19, 17, 1)
    found = small_pixels(pictures(None, image), np.array([0]))
    assert found.shape == (1, 10, 9, 1)
    assert found[0, 0, 0, 0] == np.mean([0, 1, 17, 18])
    assert found[0, 0, 8, 0] == np.mean([16, 33])
    assert found[0, 9, 8, 0] == 19 * 17 - 1


def test_rows_are_spread_over_all_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "_MOST_ROWS", 4)
    labels = [0] * 50 + [1] * 50
    found = measure_baseline(pictures(labels, bright_half(labels)), pictures(labels, bright_half(labels)), 2)
    assert found is not None
    assert (found.rows, found.accuracy) == (4, 1.0)
    monkeypatch.setattr(baseline, "_MOST_SCORED", 5)  # rows 0, 24, 49, 74 and 99: three of class 0
    wrong = [*labels[:99], 0]
    found = measure_baseline(pictures(labels, bright_half(labels)), pictures(wrong, bright_half(labels)), 2)
    assert found is not None
    assert found.accuracy == 4 / 5


def test_there_is_none_where_it_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = [0, 1] * 4
    good, empty = pictures(labels, bright_half(labels)), pictures([], bright_half([0])[:0])
    unlabelled, one_class = pictures(None, bright_half(labels)), pictures([1] * 8, bright_half(labels))
    assert measure_baseline(good, good, 200) is not None
    assert measure_baseline(good, good, 201) is None
    assert measure_baseline(good, unlabelled, 2) is None
    assert measure_baseline(unlabelled, good, 2) is None
    assert measure_baseline(good, empty, 2) is None
    assert measure_baseline(one_class, good, 2) is None
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    assert measure_baseline(good, good, 2) is None


def test_an_evaluation_keeps_it_and_files_without_it_load() -> None:
    scored = evaluate(np.array([[0.9, 0.1], [0.3, 0.7]]), np.array([0, 1]), ["cat", "dog"], "test")
    values = scored.to_dict()
    assert "baseline" not in values
    assert Evaluation.from_dict(values).baseline is None
    measured = Baseline(0.75, 40, 14, 10)
    values["baseline"] = measured.to_dict()
    assert values["baseline"] == {"accuracy": 0.75, "rows": 40, "height": 14, "width": 10}
    again = Evaluation.from_dict(values)
    assert again.baseline == measured
    assert again.to_dict() == values


def test_it_is_fitted_in_one_thread_because_threads_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_info, threadpool_limits

    seen: list[int] = []
    fit = LogisticRegression.fit

    def fit_and_look(self: LogisticRegression, *given: object) -> LogisticRegression:
        seen.extend(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
        return fit(self, *given)

    monkeypatch.setattr(LogisticRegression, "fit", fit_and_look)
    labels = [0, 1] * 5
    with threadpool_limits(2, user_api="blas"):
        measure_baseline(pictures(labels, bright_half(labels)), pictures(labels, bright_half(labels)), 2)
    assert set(seen) == {1}
