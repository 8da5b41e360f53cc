"""McNemar's exact test, by hand and against SciPy's binomial test; Holm's correction, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from onelook.metrics.significance import exact_mcnemar, holm


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


def test_holm_multiplies_the_smallest_by_the_number_of_tests_and_the_others_by_less() -> None:
    # 4 x 0.005, 3 x 0.01, 2 x 0.03, 1 x 0.04: the last one does not fall below the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_holm_leaves_a_single_test_alone() -> None:
    assert holm([0.2]) == (0.2,)
    assert holm([]) == ()


def test_holm_raises_nothing_above_one() -> None:
    assert holm([0.6, 0.9]) == (1.0, 1.0)
