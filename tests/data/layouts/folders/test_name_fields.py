"""Fields of file names: those that are known already are found again, however many names there are."""

from __future__ import annotations

import pytest

from onelook.data.layouts.folders.patterns.name_fields import code_fields, word_fields


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
