"""The sizes of the originals: by hand, with as many pictures of each as make a difference."""

from __future__ import annotations

from onelook.report.sections.of_inspection.sizes import _facts, size_in_words


def test_the_middle_size_is_that_of_the_middle_picture() -> None:
    # By their number of pixels, the fifth of nine pictures is one of 20 × 30.
    sizes = {(40, 40): 2, (10, 10): 3, (20, 30): 3, (90, 10): 1}
    assert size_in_words(sizes, 9) == ("20 × 30", "in the middle of 4 sizes")
    facts = {name: value for name, value, _ in _facts(sizes)}
    assert (facts["Smallest"], facts["In the middle"], facts["Largest"]) == ("10 × 10", "20 × 30", "40 × 40")
    assert facts["Most frequent"] in ("10 × 10", "20 × 30")


def test_of_two_halves_the_smaller_size_is_the_middle_one() -> None:
    assert size_in_words({(20, 20): 2, (10, 10): 2}, 4)[0] == "10 × 10"
    assert size_in_words({(10, 10): 7}, 7) == ("10 × 10", "pixels, every picture")
    assert size_in_words({(10, 10): 7}, 8) == ("10 × 10", "pixels, where it is known")  # one cannot be read
    assert size_in_words({}, 1)[0] == "unknown"
