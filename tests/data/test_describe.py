"""The summary of a data set: whole texts, so that no count, width or word is another's."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.describe import DescribedPart, _classes, describe
from onelook.data.pictures.protocol import PictureFacts


def facts(sizes: dict[tuple[int, int], int], channels: int = 1, *, is_sample: bool = False) -> PictureFacts:
    return PictureFacts(sizes, channels, "uint8", (0.0, 255.0), is_sample=is_sample)


def test_parts_sizes_classes_and_notes_of_uneven_data() -> None:
    train = DescribedPart(
        12_003, np.repeat([0, 1, 2], [2, 12_000, 1]), facts({(20, 30): 7, (40, 25): 3}, 3, is_sample=True)
    )
    test = DescribedPart(5, np.array([0, 0, 0, 0, 2]), facts({(20, 30): 5}))
    names = ["a bird of a very long name", "crow", "owl"]
    text = describe(
        "birds",
        "class-folders: three folders",
        {"train": train, "test": test},
        class_names=names,
        notes=["One note.", "Another."],
        missing_values=2,
    )
    assert text.splitlines() == [
        "birds: 12,008 pictures of 3 classes",
        "  layout   class-folders: three folders",
        "  parts    train 12,003, test 5",
        "  pictures many sizes in a sample of 15, 20 to 40 pixels high and 25 to 30 wide,",
        "           colour, uint8, values 0 to 255",
        "  missing  2 values",
        "  classes                             train  test",
        "           a bird of a very long n…       2     4  █",
        "           crow                      12,000     0  ████████████████",
        "           owl                            1     1  █",
        "  notes    One note.",
        "           Another.",
    ]


def test_of_many_classes_ten_are_shown_and_the_sizes_of_the_others_are_said() -> None:
    names = [str(number) for number in range(13)]

    def described(counts: list[int], **more: DescribedPart) -> list[str]:
        pictures = DescribedPart(sum(counts), np.repeat(np.arange(13), counts), facts({(8, 9): sum(counts)}))
        parts = {"all": pictures, **more}
        return describe("many", "any", parts, class_names=names, notes=[], missing_values=0).splitlines()

    lines = described([4, *[1] * 9, 2, 2, 2])
    assert lines[3:6] == ["  pictures 8×9 grey, uint8, values 0 to 255", "  missing  none", "  classes     all"]
    assert lines[6:8] == ["           0    4  ████████████████", "           1    1  ████"]
    assert len(lines) == 17
    assert lines[-1] == "           … and 3 more classes, of 2 pictures each"
    unlabelled = DescribedPart(7, None, facts({(8, 9): 7}))
    lines = described([9, *[8] * 9, 3, 1, 5], test=unlabelled)
    assert lines[0] == "many: 97 pictures of 13 classes"
    assert lines[5] == "  classes     all"  # the unlabelled part has no column
    assert lines[-1] == "           … and 3 more classes, of 1 to 5 pictures"


def test_an_empty_class_has_no_bar_and_the_widest_of_all_parts_is_said() -> None:
    train = DescribedPart(9, np.repeat([0, 2], [8, 1]), PictureFacts({(8, 9): 9}, 1, "uint8", (0.0, 255.0)))
    test = DescribedPart(1_234, np.repeat([2], [1_234]), PictureFacts({(8, 9): 1_234}, 1, "float32", (-1.0, 300.5)))
    parts = {"train": train, "test": test}
    text = describe("mixed", "any", parts, class_names=["a", "bb", "c"], notes=[], missing_values=1)
    assert text.splitlines() == [
        "mixed: 1,243 pictures of 3 classes",
        "  layout   any",
        "  parts    train 9, test 1,234",
        "  pictures 8×9 grey, uint8, float32, values -1 to 300.5",
        "  missing  1 value",
        "  classes      train   test",
        "           a       8      0  █",
        "           bb      0      0",
        "           c       1  1,234  ████████████████",
    ]


def test_pictures_without_labels_have_no_classes() -> None:
    parts = {"all": DescribedPart(3, None, facts({(8, 9): 2, (4, 9): 1}))}
    text = describe("new", "any", parts, class_names=[], notes=["A note."], missing_values=0).splitlines()
    assert text[0] == "new: 3 pictures, not labelled"
    assert text[3] == "  pictures 2 sizes, 4 to 8 pixels high and 9 wide, grey, uint8, values 0 to 255"
    assert text[4:] == ["  missing  none", "  notes    A note."]


@pytest.mark.parametrize(
    ("classes", "last"),
    [(12, "k11"), (13, "… and 3 more classes, of 1 picture each"), (14, "… and 4 more classes, of 1 picture each")],
)
def test_twelve_classes_are_listed_and_of_more_only_ten(classes: int, last: str) -> None:
    facts = PictureFacts({(8, 8): classes}, 1, "uint8", (0.0, 255.0))
    part = DescribedPart(classes, np.arange(classes), facts)
    names = [f"k{at:02d}" for at in range(classes)]
    lines = [*_classes(names, {"all": part})]
    assert len(lines) == 1 + (12 if classes == 12 else 11)
    assert lines[-1].strip().startswith(last)
    assert all(name in line for name, line in zip(names[:10], lines[1:11], strict=True))


def test_bars_are_as_long_as_the_classes_and_empty_for_none() -> None:
    facts = PictureFacts({(8, 8): 33}, 1, "uint8", (0.0, 255.0))
    labels = np.repeat([0, 1, 3], [32, 1, 16])
    lines = [*_classes(["a", "b", "c", "d"], {"all": DescribedPart(49, labels, facts)})]
    assert [line.count("█") for line in lines[1:]] == [16, 1, 0, 8]
