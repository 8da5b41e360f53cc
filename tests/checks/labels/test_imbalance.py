from __future__ import annotations

from collections.abc import Callable

import pytest

from onelook.checks.evidence import Evidence
from onelook.checks.labels.imbalance import check


@pytest.mark.parametrize(("large", "is_found"), [(19, False), (20, True)])
def test_from_ten_to_one_on_it_is_found(evidence: Callable[..., Evidence], large: int, is_found: bool) -> None:
    letters = "c" * large + "dd" + "eeeeee"
    assert bool(check(evidence(train=(letters, list(range(len(letters))))))) is is_found


def test_it_names_the_classes_and_points_to_the_weights(evidence: Callable[..., Evidence]) -> None:
    letters = "c" * 40 + "dd" + "eee"
    (found,) = check(evidence(train=(letters, list(range(45))), test=("d" * 50 + "c", list(range(100, 151)))))
    assert (found.split, found.count, found.ids) == ("train", 2, ())
    assert found.message == (
        "The class 'cat' has 40 pictures to train on, 'dog' only 2: 20 times fewer. Accuracy hides how small classes "
        "do: look at the balanced accuracy, and try --set class_weights=balanced."
    )


def test_copies_and_missing_classes_do_not_count(evidence: Callable[..., Evidence]) -> None:
    assert check(evidence(train=("c" * 30 + "dd", [*[1] * 29, 2, 3, 4]))) == []
    assert check(evidence(train=("c" * 30, list(range(30))))) == []


def test_before_the_split_all_pictures_count(evidence: Callable[..., Evidence]) -> None:
    letters = "c" * 40 + "dd"
    assert check(evidence(all=(letters, list(range(42)))))[0].split == "all"


def test_every_class_of_a_tenth_or_less_is_counted(evidence: Callable[..., Evidence]) -> None:
    letters = "c" * 40 + "dddd" + "e" * 4
    assert check(evidence(train=(letters, list(range(48)))))[0].count == 2
    letters = "c" * 40 + "dddd" + "e" * 5
    assert check(evidence(train=(letters, list(range(49)))))[0].count == 1
