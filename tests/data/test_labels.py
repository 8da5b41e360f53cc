"""Labels of every kind as positions among class names, and what is no label."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.labels import NoClassesError, encode_labels, note_on_spellings, refuse_measurements
from onelook.errors import DataError


@pytest.mark.parametrize("label", ["1e30", "9" * 25, "9" * 5_000, "1e999", "-1e30"])
def test_a_number_that_no_class_has_is_a_name(label: str) -> None:
    names, labels = encode_labels([label, "1", label], "y")
    assert set(names) == {label, "1"}
    assert labels[0] == labels[2] != labels[1]


@pytest.mark.parametrize("value", [1e300, -1e17, np.inf, np.nan, 0.5])
def test_a_float_that_is_no_class_is_refused(value: float) -> None:
    with pytest.raises(DataError, match="y: the label in row 2 is .* Expected whole numbers"):
        encode_labels(np.array([1.0, value]), "y")


def test_bytes_that_are_no_text_are_spelled_out() -> None:
    assert encode_labels([b"cat", b"\xff"], "y")[0] == (r"\xff", "cat")


def test_an_array_of_texts_that_are_none_is_refused() -> None:
    codes = np.array([0x41, 0x7FFFFFFF], np.uint32).view("<U1")
    with pytest.raises(DataError, match="y: a label is no text"):
        encode_labels(codes, "y")


@pytest.mark.parametrize(
    ("values", "names", "labels"),
    [
        (["c", "a", "b", "a"], ("a", "b", "c"), [2, 0, 1, 0]),
        (["img10", "img9", "Img1"], ("Img1", "img9", "img10"), [2, 1, 0]),
        (["10", "9", "-1", "9.0"], ("-1", "9", "10"), [2, 1, 0, 1]),
        (["07", "7", "x"], None, None),
        (["010", "001", "002", "001"], ("001", "002", "010"), [2, 0, 1, 0]),
        (["10", "02", "-01"], ("-01", "02", "10"), [2, 1, 0]),  # numbers of other widths, each spelled one way
        (["010", "1", "01", "1.0", "10"], ("1", "10"), [1, 0, 0, 0, 1]),
        (["2.0", "10.0"], ("2", "10"), [0, 1]),
        ([30, 2, 5, 2], ("2", "5", "30"), [2, 0, 1, 0]),
        ([3.0, 1.0, 20.0], ("1", "3", "20"), [1, 0, 2]),
        ([True, False, True], ("0", "1"), [1, 0, 1]),
        ([b"b", b"a", b" c "], ("a", "b", "c"), [1, 0, 2]),
    ],
)
def test_labels_of_every_kind_are_numbered_in_natural_order(
    values: list[object], names: tuple[str, ...] | None, labels: list[int] | None
) -> None:
    found, positions = encode_labels(values, "y")
    assert positions.dtype == np.int64
    if names is None:  # one name among numbers makes all of them names
        assert sorted(found) == ["07", "7", "x"]
        assert [found[position] for position in positions] == values
    else:
        assert (found, positions.tolist()) == (names, labels)


def test_what_spellings_are_one_class_is_said_where_a_number_has_several() -> None:
    assert note_on_spellings(["010", "1", "01", "1.0", "10"]) == (
        "Labels that are the same number are one class: '01', '1' and '1.0' are the class 1 and '010' and '10' are the "
        "class 10."
    )
    for values in (["001", "010"], ["1", "01", "cat"], ["1", "2", None], [1, 1.0]):
        assert note_on_spellings(values) is None
    for missing in ("", " ", None):  # cells without a label say nothing
        assert note_on_spellings(["7", "07", missing]) == (
            "Labels that are the same number are one class: '07' and '7' are the class 7."
        )


@pytest.mark.parametrize("values", [["a", None, "b", " "], [b"a", b"", b"b", b" "], ["a", float("nan"), "b", None]])
def test_missing_labels_are_counted_and_the_first_is_named(values: list[object]) -> None:
    with pytest.raises(DataError, match="y: 2 of 4 labels are missing, the first in row 2"):
        encode_labels(values, "y")


@pytest.mark.parametrize(("count", "is_refused"), [(10, False), (11, True)])
def test_ten_numbers_with_decimals_may_be_levels_and_eleven_are_measurements(count: int, is_refused: bool) -> None:
    texts = [f"{number}.5" for number in range(count)] * 2
    if not is_refused:
        refuse_measurements(texts, "y")
        return
    with pytest.raises(NoClassesError, match="the labels are 11 different numbers with decimals, such as '0.5', '1.5'"):
        refuse_measurements(texts, "y")
    refuse_measurements([text.removesuffix(".5") for text in texts], "y")
    refuse_measurements([*texts, "unknown"], "y")


@pytest.mark.parametrize(
    ("values", "row", "is_measured"),
    [([1.0, np.inf], 2, False), ([-np.inf, 1.0], 1, False), ([1.0, 2.0, np.nan], 3, False), ([1.0, 2.5], 2, True)],
)
def test_a_number_that_is_no_class_is_named_with_its_row(values: list[float], row: int, is_measured: bool) -> None:
    with pytest.raises(
        DataError, match=rf"y: the label in row {row} is .*\. Expected whole numbers or names"
    ) as caught:
        encode_labels(np.array(values), "y")
    assert isinstance(caught.value, NoClassesError) is is_measured
