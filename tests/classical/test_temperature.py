"""The temperature by hand: where all are right, the doubt of Platt decides how sure the model may be."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from onelook.classical.temperature import fit_temperature


@pytest.mark.parametrize(("rows", "classes"), [(4, 2), (4, 3), (1, 5), (50, 3)])
def test_of_pictures_that_are_all_right_one_in_so_many_is_doubted(rows: int, classes: int) -> None:
    decisions = np.zeros((rows, classes))
    decisions[:, 1] = 1.0
    doubt = 1 / (rows + 2)
    # The loss is lowest where the label's probability is 1 - doubt: e^t / (e^t + classes - 1).
    expected = log((1 - doubt) * (classes - 1) / doubt)
    assert fit_temperature(decisions, np.ones(rows, np.int64)) == pytest.approx(expected, rel=1e-3)


def test_without_pictures_nothing_is_changed() -> None:
    assert fit_temperature(np.empty((0, 3)), np.empty(0, np.int64)) == 1.0
