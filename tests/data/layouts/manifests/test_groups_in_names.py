"""Groups in the names of pictures, at the limits of what is taken for a track, a person, two sides and variants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from onelook.data.layouts.manifests.names.groups_in_names import _by_pattern, _by_variants, _long_id
from onelook.data.layouts.manifests.names.persons_in_names import _hash_in_name, find_person_rule
from onelook.data.part import Part
from onelook.data.pictures.from_arrays import ArrayPictures


def pool(names: Sequence[str], labels: Sequence[int]) -> Part:
    pictures = ArrayPictures(np.zeros((len(names), 1, 1, 1), np.uint8))
    return Part("all", names, np.array(labels, np.int64), pictures)


def tracks(*of: int, frames: int = 3, first: int = 0, step: int = 1) -> list[str]:
    numbers = range(first, first + step * frames, step)
    return [f"{track:05d}_{frame:05d}.ppm" for track in of for frame in numbers]


@pytest.mark.parametrize(
    ("names", "labels", "are_tracks"),
    [
        (tracks(1, 2, 3, 4), [0] * 6 + [1] * 6, True),
        (tracks(1, 2, 3, 4), [0] * 9 + [1] * 3, False),  # one track is all of a class
        (tracks(1, 2, 3, 4, frames=1), [0, 0, 1, 1], False),
        (tracks(1, 2, 3, 4, frames=2), [0] * 4 + [1] * 4, True),
        (tracks(1, 2, 3, 4, first=1), [0] * 6 + [1] * 6, True),
        (tracks(1, 2, 3, 4, first=5), [0] * 6 + [1] * 6, False),  # no counter begins with 5
        ([*tracks(1, 2, 3), *tracks(4, first=1)], [0] * 6 + [1] * 6, True),  # with 0 or with 1
        (tracks(1, 2, 3, 4, step=10), [0] * 6 + [1] * 6, True),  # every tenth frame
        (tracks(1, 2, 3, 4, first=30, step=30), [0] * 6 + [1] * 6, True),
        (tracks(1, 2, 3, 4, first=5, step=10), [0] * 6 + [1] * 6, False),
    ],
)
def test_two_numbers_are_a_track_and_its_frames_if_frames_are_counted(
    names: list[str], labels: list[int], are_tracks: bool
) -> None:
    rule = _by_pattern(pool(names, labels))
    assert (rule is not None) is are_tracks
    if rule is not None:
        assert [rule(name) for name in names] == [name[:5] for name in names]


@pytest.mark.parametrize(("persons", "are_sides"), [(4, True), (5, False)])
def test_a_quarter_of_the_persons_have_both_sides(persons: int, are_sides: bool) -> None:
    names = ["9000001R.png", *(f"900000{person}L.png" for person in range(1, persons + 1))]
    rule = _by_pattern(pool(names, [0, 0, 0, *[1] * (persons - 2)]))
    assert (rule is not None) is are_sides
    if rule is not None:
        assert [rule(name) for name in names] == [name[:7] for name in names]


@pytest.mark.parametrize(("pairs", "are_sides"), [(3, True), (2, False)])
def test_of_sides_behind_a_sign_more_than_half_are_pairs(pairs: int, are_sides: bool) -> None:
    names = [f"{person}_left.png" for person in range(4)] + [f"{person}_right.png" for person in range(pairs)]
    rule = _by_pattern(pool(names, [0, 0, 1, 1, 0, 0, 1][: len(names)]))
    assert (rule is not None) is are_sides


@pytest.mark.parametrize(("alike", "are_variants"), [(9, True), (8, False)])
def test_nine_of_ten_pictures_are_there_in_the_same_variants(alike: int, are_variants: bool) -> None:
    names = [f"{letter}.png" for letter in "abcdefghij"] + [f"{letter}_small.png" for letter in "abcdefghij"[:alike]]
    rule = _by_variants(pool(names, [at % 2 for at in range(10)] + [at % 2 for at in range(alike)]))
    assert (rule is not None) is are_variants
    if rule is not None:
        assert [rule("a.png"), rule("a_small.png"), rule("z_small.png")] == ["a", "a", "z_small"]


@pytest.mark.parametrize(("others", "are_persons"), [(95, True), (96, False)])
def test_one_picture_of_twenty_names_a_person(others: int, are_persons: bool) -> None:
    named = [f"person{person}_{at}.jpg" for person, at in ((1, 1), (1, 2), (2, 1), (2, 2), (3, 1))]
    names = [*named, *(f"IM-{at:04d}.jpg" for at in range(others))]
    rule = find_person_rule(pool(names, [at % 2 for at in range(len(names))]))
    assert (rule is not None) is are_persons
    if rule is not None:
        assert [rule(name) for name in names[2:6]] == ["person2", "person2", "person3", None]


def test_persons_of_one_picture_each_or_of_a_class_each_are_none() -> None:
    names = [f"person{person}_{at}.jpg" for person in (1, 2) for at in range(3)]
    assert find_person_rule(pool(names, [0, 1] * 3)) is not None
    assert find_person_rule(pool(names, [0] * 3 + [1] * 3)) is None  # the person is the class
    assert find_person_rule(pool(names[::3], [0, 1])) is None


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("CNV-1016042-3.jpeg", "CNV-1016042"),
        ("a/b/CNV-1016042-1234.jpeg", "CNV-1016042"),
        ("CNV-1016042-12345.jpeg", None),  # a long number behind it is no counter
        ("CNV-1016-3.jpeg", None),
        ("CNV-1016042-1016043-3.jpeg", None),
        ("IMG-20190512-1.jpg", None),
    ],
)
def test_one_long_number_before_a_short_one_is_a_group(name: str, group: str | None) -> None:
    assert _long_id(name) == group


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("20586908_6c613a14b80a8591_MG_R.dcm", "6c613a14b80a8591"),
        ("a/6c613a14b80a8591.png", None),  # the picture's own
        ("6c613a14b80a8591_7c613a14b80a8591.png", None),
        ("x_6c613a14b80_1.png", None),  # eleven digits
        ("x_6c613a14b80a_1.png", "6c613a14b80a"),
        ("6c613a14b80a8591/x.png", None),
    ],
)
def test_one_long_hexadecimal_number_beside_other_words_may_be_a_patient(name: str, found: str | None) -> None:
    assert _hash_in_name(name) == found
