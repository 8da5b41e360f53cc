"""Fields of file names: those that are known already are found again, however many names there are."""

from __future__ import annotations

import pytest

from onelook.data.layouts.folders.patterns.name_fields import NameField, code_fields, counts, leading_code, word_fields


@pytest.mark.parametrize("count", [40, 2_400])  # few names, and more than are looked at
def test_a_field_of_classes_that_are_known_is_left_out(count: int) -> None:
    kinds = ["cat" if at % 3 else "dog" for at in range(count)]
    sides = ["left" if at % 5 < 2 else "right" for at in range(count)]
    files = [f"{at:05}.{kind}.{side}.jpg" for at, (kind, side) in enumerate(zip(kinds, sides, strict=True))]
    assert [field.values for field in word_fields(files)] == [kinds, sides]
    assert [field.values for field in word_fields(files, [kinds])] == [sides]
    assert word_fields(files, [kinds, sides]) == []


@pytest.mark.parametrize("count", [40, 2_400])
def test_a_code_for_classes_that_are_known_is_left_out(count: int) -> None:
    codes = [str(int(at % 5 < 2)) for at in range(count)]
    files = [f"{at:05}_{code}_x.jpg" for at, code in enumerate(codes)]
    assert [field.values for field in code_fields(files)] == [codes]
    assert code_fields(files, [["no" if code == "0" else "yes" for code in codes]]) == []


def test_behind_each_code_pictures_are_counted_from_the_same_number() -> None:
    def files(*firsts: int) -> list[str]:
        return [
            f"{code:03d}{number:04d}.png" for code, first in enumerate(firsts, 1) for number in range(first, first + 4)
        ]

    for first in (0, 1):
        found = leading_code(files(first, first, first))
        assert found is not None
        assert found.values == [code for code in ("001", "002", "003") for _ in range(4)]
    assert leading_code(files(0, 1, 0)) is None
    assert leading_code(files(2, 2, 2)) is None


def test_a_field_counts_the_pictures_of_each_label_if_more_than_half_of_the_pairs_differ() -> None:
    labels = ["a", "a", "b", "b"]
    assert counts(NameField("", ["1", "2", "1", "2"], True), labels)
    assert not counts(NameField("", ["1", "1", "2", "2"], True), labels)  # the same classes
    assert not counts(NameField("", ["1", "1", "1", "1"], True), labels)  # two pairs of four
    assert counts(NameField("", ["1", "2", "1", "1"], True), labels)
