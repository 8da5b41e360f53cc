"""McNemar's exact test against a case by hand and against SciPy's binomial test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from onelook.metrics.paired import exact_mcnemar


def case(first_alone: int, second_alone: int, both: int = 3, neither: int = 2) -> tuple[np.ndarray, np.ndarray]:
    first = np.array([True] * first_alone + [False] * second_alone + [True] * both + [False] * neither)
    second = np.array([False] * first_alone + [True] * second_alone + [True] * both + [False] * neither)
    return first, second


def test_one_against_five_by_hand() -> None:
    # Six throws, one head or fewer, twice: 2 * (C(6,0) + C(6,1)) / 2^6 = 14/64
    result = exact_mcnemar(*case(1, 5))
    assert (result.only_first_right, result.only_second_right) == (1, 5)
    assert result.p_value == pytest.approx(14 / 64)


def test_models_that_never_differ_are_equal() -> None:
    assert exact_mcnemar(*case(0, 0)).p_value == 1.0


@pytest.mark.parametrize(("first", "second"), [(0, 1), (4, 4), (3, 9), (40, 21), (500, 610), (30_000, 30_500)])
def test_scipy_agrees(first: int, second: int) -> None:
    expected = binomtest(first, first + second, 0.5).pvalue
    assert exact_mcnemar(*case(first, second)).p_value == pytest.approx(expected, rel=1e-9)
    assert exact_mcnemar(*case(second, first)).p_value == pytest.approx(expected, rel=1e-9)
