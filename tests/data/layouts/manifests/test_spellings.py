"""Spellings of names: each finds its own differences, and the plainest form finds all."""

from __future__ import annotations

from itertools import combinations

import pytest

from onelook.data.layouts.manifests.names.spellings import FOLDS, Spelling, plainest, plainest_cells, spellings_of

NAMES = (
    *(
        "im/Cat 01.JPG",
        "im/cat 01.jpg",
        "im/cat 01.png",
        "im/cat_1.jpg",
        "im/cat-1",
        "im/cat (1).jpg.png",
        "im/cat 1.0",
    ),
    *("im/é.png", "im/e\u0301.png", "im/É.jpg", "im/0001.jpg", "im/1", "im/1.0", "im/img_007.png", "im/IMG-7.png"),
    *("im/my%20cat.jpg", "im/my cat.jpg?x=1", "im/my_cat.png", "im/my  cat"),
)


@pytest.mark.parametrize(
    "spelling", [each for each in FOLDS if each not in (Spelling.NUMBER_ALONE, Spelling.FOLDER_IN_NAME)]
)
def test_what_is_alike_in_a_spelling_is_alike_in_the_plainest_form(spelling: Spelling) -> None:
    fold = FOLDS[spelling]
    pairs = [(one, other) for one, other in combinations(NAMES, 2) if fold(one) == fold(other)]
    assert pairs
    for one, other in pairs:
        assert plainest_cells([one]) == plainest_cells([other])


def test_the_plainest_form_keeps_names_apart_and_in_order() -> None:
    assert plainest(["a/Oak 01.JPG", "b/oak_10.png", "elm.tiff", "x"]) == ["oak1", "oak10", "elm", "x"]
    assert plainest([]) == []


def test_spellings_are_looked_for_only_where_names_are_alike() -> None:
    names = frozenset(plainest(["im/oak 1.jpg", "im/oak 2.jpg"]))
    assert spellings_of(["elm_1.jpg", "elm_2.jpg"], names) == []
    assert Spelling.OTHER_SIGNS in spellings_of(["oak_1.jpg", "oak_2.jpg"], names)
    assert Spelling.FOR_THE_WEB not in spellings_of(["oak_1.jpg"], names)
    assert Spelling.FOR_THE_WEB in spellings_of(["oak%201.jpg"], names)
    assert spellings_of(["1", "2"], names) == [Spelling.NUMBER_ALONE]
    assert spellings_of(["scan_oak 1.jpg", "scan_oak 2.jpg"], names) == [Spelling.FOLDER_IN_NAME]
    assert spellings_of(["scan_elm.jpg", "scan_oak 2.jpg", "scan_ash.jpg"], names) == []


CASE, SUFFIX, BOTH, ZEROS = (
    Spelling.OTHER_CASE,
    Spelling.OTHER_SUFFIX,
    Spelling.OTHER_CASE_AND_SUFFIX,
    Spelling.LOST_ZEROS,
)
WEB, SIGNS, NUMBER = Spelling.FOR_THE_WEB, Spelling.OTHER_SIGNS, Spelling.NUMBER_ALONE


@pytest.mark.parametrize(
    ("spelling", "name", "folded"),
    [
        (CASE, "Im/Cat 01.JPG", "im/cat 01.jpg"),
        (CASE, "im/e\u0301.png", "im/é.png"),
        (SUFFIX, "Im/Cat 01.JPG", "Im/Cat 01"),
        (SUFFIX, "im/cat.jpg.png", "im/cat"),
        (SUFFIX, "im/a.wav", "im/a"),  # the source of a picture
        (SUFFIX, "im/a.txt", "im/a.txt"),
        (SUFFIX, ".png", ".png"),
        (BOTH, "Im/Cat 01.JPG", "im/cat 01"),
        (ZEROS, "00/im_007_010.0", "00/im_7_10"),  # in the last part alone
        (ZEROS, "x/000.png", "x/0"),
        (WEB, "im/my%20cat.jpg?x=1.png", "im/my cat"),
        (SIGNS, "a-b/my cat (1).png", "a-b/my_cat_1"),
        (SIGNS, "im/-a,&b+c-.png", "im/a_b_c"),
        (NUMBER, "im/IMG-0007.png", "im/7"),
        (NUMBER, "im/7.0", "im/7"),
        (NUMBER, "x/000.png", "x/0"),
        (NUMBER, "im/IMG-0007b.png", ""),
        (NUMBER, "im/1_2.png", ""),
    ],
)
def test_each_spelling_folds_its_own_differences(spelling: Spelling, name: str, folded: str) -> None:
    assert FOLDS[spelling](name) == folded
