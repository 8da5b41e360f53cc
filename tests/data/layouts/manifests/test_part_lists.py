"""Lists of pictures that give the parts: one split of several, or all of them, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.lists.found_table import FoundTable
from onelook.data.layouts.manifests.parts.part_lists import GivenParts, parts_by_lists
from onelook.data.layouts.manifests.parts.whole_training_lists import _are_parts_of
from onelook.data.layouts.manifests.readers.table import ManifestTable


@dataclass(frozen=True)
class Listed:
    """A list of some pictures, of one letter each."""

    found: FoundTable
    letters: str

    def pictures(self) -> frozenset[str]:
        return frozenset(self.letters)


def lists(**letters: str) -> list[Listed]:
    return [Listed(FoundTable(f"{name}.txt", ManifestTable("t", {}), "path"), each) for name, each in letters.items()]


def parts(**letters: str) -> dict[str, str]:
    return {letter: part for part, each in letters.items() for letter in each}


TEN = frozenset("abcdefghij")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (lists(), None),
        (
            lists(train="abcdefg", test="hij"),
            GivenParts(parts(train="abcdefg", test="hij"), None, ("train.txt", "test.txt")),
        ),
        (lists(test="hij"), GivenParts(parts(test="hij"), "train", ("test.txt",))),  # the others are to train on
        (lists(val="hi", test="j"), GivenParts(parts(val="hi", test="j"), "train", ("val.txt", "test.txt"))),
        # The first, and so the largest, of two lists of one part.
        (
            lists(train="abcdefg", my_train="abc", test="hij"),
            GivenParts(parts(train="abcdefg", test="hij"), None, ("train.txt", "test.txt")),
        ),
        (
            lists(train="abcdefg", test="hi"),
            GivenParts(
                parts(train="abcdefg", test="hi"),
                None,
                ("train.txt", "test.txt"),
                ("1 picture in no list of a part is left out.",),
            ),
        ),
        (
            lists(train="abcdefg", test="h"),
            GivenParts(
                {}, None, (), ("'train.txt' and 'test.txt' lack 2 of 10 pictures: no parts were taken from them.",)
            ),
        ),
        # Of splits of the same pictures, the first is taken whole, unless a later one has more of them.
        (
            lists(train_10="abcdef", test_10="ghij", train_2="abc", test_2="defghij"),
            GivenParts(
                parts(train="abc", test="defghij"),
                None,
                ("train_2.txt", "test_2.txt"),
                ("There are 2 splits in lists: that of 'train_2.txt' and 'test_2.txt' is taken whole.",),
            ),
        ),
        (
            lists(train_10="abcdef", test_10="ghij", train_2="abc", test_2="defghi"),
            GivenParts(
                parts(train="abcdef", test="ghij"),
                None,
                ("train_10.txt", "test_10.txt"),
                ("There are 2 splits in lists: that of 'train_10.txt' and 'test_10.txt' is taken whole.",),
            ),
        ),
        # Splits of other pictures each, as of each class, are taken together.
        (
            lists(cat_train="abc", cat_test="de", dog_train="fgh", dog_test="ij"),
            GivenParts(
                parts(train="abcfgh", test="deij"),
                None,
                ("cat_train.txt", "cat_test.txt", "dog_train.txt", "dog_test.txt"),
                ("Lists of 2 sets of pictures, none of them in two, are taken together.",),
            ),
        ),
        (
            lists(cat_train="abc", cat_test="de", dog_train="fgh", dog_test="i"),
            GivenParts(
                parts(train="abcfgh", test="dei"),
                None,
                ("cat_train.txt", "cat_test.txt", "dog_train.txt", "dog_test.txt"),
                (
                    "Lists of 2 sets of pictures, none of them in two, are taken together.",
                    "1 picture in no list of a part is left out.",
                ),
            ),
        ),
    ],
)
def test_the_parts_are_those_of_one_split_that_lists_nearly_all(
    given: list[Listed], expected: GivenParts | None
) -> None:
    found = parts_by_lists(given, TEN)
    if expected is None or found is None:
        assert found is expected
        return
    assert dict(found.part_of) == dict(expected.part_of)
    said = tuple(note.replace("'", "") for note in found.notes)
    assert (found.rest, found.used, said) == (
        expected.rest,
        expected.used,
        tuple(note.replace("'", "") for note in expected.notes),
    )


@pytest.mark.parametrize(
    ("whole", "train", "val", "are"),
    [
        ("abcd", "abc", "d", True),
        ("abcd", "abcd", "d", False),  # one picture is in both
        ("abcd", "abcd", "", False),
        ("abcd", "", "abcd", False),
        ("abcd", "ab", "d", False),
        ("abc", "abc", "d", False),
    ],
)
def test_two_lists_share_out_the_pictures_of_a_third(whole: str, train: str, val: str, are: bool) -> None:
    three = lists(trainval=whole, train=train, val=val)
    assert _are_parts_of(*cast(list[Located], three)) is are
