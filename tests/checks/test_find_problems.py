from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.find_problems import find_problems, find_problems_after_split, finding_lines
from onelook.checks.finding import Finding


def note(check: str, split: str, count: int) -> Finding:
    return Finding(check, split, count, tuple(map(str, range(1, count + 1))), "Odd.", severity="note")


def test_what_is_wrong_is_told_in_full_and_notes_are_counted() -> None:
    wrong = Finding("leak-exact", "test", 1, ("1",), "1 picture leaks.", severity="error")
    blank = Finding("blank", "all", 1, ("1",), "1 picture is blank.", severity="warning")
    found = [wrong, blank, note("dark", "train", 1200), note("blurred", "train", 1), note("dark", "test", 3)]
    assert finding_lines(found, ["my photos", "--test", "t"]) == [
        "  wrong    leak-exact: 1 picture leaks.",
        "  to mend  blank: 1 picture is blank.",
        "  look at  dark: 1,200 in the training set (1 …), 3 in the test set (1 …)",
        "           blurred: 1 in the training set (1)",
        "  shown by onelook inspect 'my photos' --test t --html look.html",
    ]


def test_a_leaked_picture_with_two_labels_is_told_by_its_training_copy_and_by_the_leak_alone() -> None:
    torn = [
        Finding("conflicting-labels", split, 1, (each,), f"{each} has two labels.", severity="error")
        for split, each in (("train", "train/1"), ("test", "test/1"))
    ]
    leak = Finding("leak-exact", "test", 2, ("test/1", "test/2"), "2 leak.", severity="error")
    assert finding_lines([*torn, leak]) == [
        "  wrong    conflicting-labels: train/1 has two labels.",
        "           leak-exact: 2 leak.",
    ]
    # Where no leak and no line on training tells of it, it stands.
    assert len(finding_lines(torn)) == 2
    assert len(finding_lines([torn[1], leak])) == 2


@pytest.mark.parametrize(
    ("torn", "leaked", "check", "split", "is_shown"),
    [
        (["1", "2"], ["1"], "leak-exact", "test", True),  # the other contradicts within the test pictures
        (["1", "2"], ["1", "2", "3"], "leak-exact", "test", False),
        (["1", "2"], ["1", "2"], "leak-near", "test", True),  # its pixels are others, so training does not tell of it
        (["1"], ["1"], "leak-validation", "val", False),
        (["1"], ["1"], "leak-exact", "val", True),  # a finding on other pictures
        (["1"], ["1"], "leak-exact", "train", True),
    ],
)
def test_a_contradiction_is_left_out_only_where_each_of_its_pictures_is_reported_as_a_leak(
    torn: list[str], leaked: list[str], check: str, split: str, is_shown: bool
) -> None:
    in_training = Finding("conflicting-labels", "train", 1, ("9",), "9 has two labels.", severity="error")
    of_split = Finding("conflicting-labels", split, len(torn), tuple(torn), "Torn.", severity="error")
    found_in = "val" if check == "leak-validation" else "test"
    leak = Finding(check, found_in, len(leaked), tuple(leaked), "Leaks.", severity="error")
    lines = finding_lines([in_training, of_split, leak])
    assert ("           conflicting-labels: Torn." in lines) is is_shown
    assert len(lines) == 2 + is_shown


def test_nothing_found_is_said() -> None:
    assert finding_lines([]) == [f"  checks   {len(CHECKS)} checks found nothing"]


def test_a_page_that_is_written_is_not_offered() -> None:
    assert finding_lines([note("dark", "all", 1)], ["photos"], has_page=True) == [
        "  look at  dark: 1 in the data (1)",
    ]


def test_advice_comes_with_its_command() -> None:
    uneven = Finding("imbalance", "all", 1, (), "Uneven.", options=("--set", "class_weights=balanced"))
    assert finding_lines([uneven], ["a b"], has_page=True) == [
        "  to mend  imbalance: Uneven. To try it:",
        "           onelook train 'a b' --set class_weights=balanced",
    ]
    # Arrays have no name on a command line.
    assert finding_lines([uneven]) == ["  to mend  imbalance: Uneven. To try it: --set class_weights=balanced"]


def test_no_line_passes_eighty_columns() -> None:
    long = "photos/of/some/deep/folder/with/a/name/that/goes/on/until/full.jpg"
    notes = [
        Finding(check, split, 12345, (long,), "Odd.", severity="note")
        for check in ("low-information", "odd-aspect")
        for split in ("train", "val", "test")
    ]
    lines = finding_lines(notes)
    assert max(map(len, lines)) <= 80
    assert sum("12,345" in line for line in lines) == 6


def part(ids: str, labels: list[int], copies: list[int]) -> SplitEvidence:
    rows = np.arange(len(ids))
    return SplitEvidence(tuple(ids), np.array(labels), rows, rows, np.array(copies), {})


def test_a_drawn_split_changes_no_count_and_adds_only_classes_that_it_takes_away() -> None:
    found = Evidence(("x", "y"), {"all": part("abcd", [0, 0, 1, 0], [-1, 0, -1, 0])})
    split = replace(found, splits={"train": part("abc", [0, 0, 1], [-1, 0, -1]), "val": part("d", [0], [-1])})
    findings = find_problems_after_split(found, split)
    assert [(each.check, each.split, each.count) for each in findings] == [
        ("missing-class", "val", 1),
        ("duplicates", "all", 2),
    ]
    assert [each for each in findings if each.split == "all"] == find_problems(found)


def test_a_class_that_a_given_part_lacks_is_said_once() -> None:
    train, test = part("abc", [0, 0, 1], [-1, -1, -1]), part("d", [0], [-1])
    found = Evidence(("x", "y"), {"train": train, "test": test})
    split = replace(found, splits={"train": part("bc", [0, 1], [-1, -1]), "val": part("a", [0], [-1]), "test": test})
    missing = [each.split for each in find_problems_after_split(found, split) if each.check == "missing-class"]
    assert sorted(missing) == ["test", "val"]
