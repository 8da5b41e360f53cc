"""What is usual, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.checks.conftest import MakeEvidence

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.pictures.usual_values import UsualValue, usual_value


def of_values(made: Evidence, **values: list[float]) -> Evidence:
    splits = {name: replace(split, measures={"length": np.array(values[name])}) for name, split in made.splits.items()}
    return replace(made, splits=splits)


def length(split: SplitEvidence) -> NDArray[np.float64] | None:
    return split.measures.get("length")


def test_the_median_and_the_median_distance_from_it_as_long_as_a_standard_deviation(evidence: MakeEvidence) -> None:
    # 0, 1, 4, 9 … 400: 100 in the middle; of the distances 0, 19, 21, 36, 44 … the eleventh is 91.
    squares = [float(number**2) for number in range(21)]
    assert sorted(abs(value - 100) for value in squares)[10] == 91
    found = usual_value(of_values(evidence(all=("c" * 21, list(range(21)))), all=squares), length)
    assert found == UsualValue(100.0, pytest.approx(1.4826 * 91))


def test_what_could_not_be_measured_does_not_count(evidence: MakeEvidence) -> None:
    made = evidence(all=("c" * 21, list(range(21))))
    assert usual_value(of_values(made, all=[1.0] * 20 + [float("nan")]), length) == UsualValue(1.0, 0.0)
    assert usual_value(of_values(made, all=[1.0] * 19 + [float("nan"), float("inf")]), length) is None


def test_training_says_what_is_usual_and_without_it_all_that_there_is(evidence: MakeEvidence) -> None:
    few, many = list(range(20)), list(range(100, 141))
    made = evidence(train=("c" * 20, few), val=("c" * 41, many), test=("c" * 41, many))
    values = {"train": [1.0] * 20, "val": [2.0] * 41, "test": [5.0] * 41}
    assert usual_value(of_values(made, **values), length) == UsualValue(1.0, 0.0)
    judging = replace(made, splits={name: made.splits[name] for name in ("val", "test")})
    assert usual_value(of_values(judging, val=[2.0] * 41, test=[5.0] * 40 + [2.0]), length) == UsualValue(2.0, 0.0)
