from __future__ import annotations

from onelook.checks.find_problems import summary_lines
from onelook.checks.finding import Finding


def note(check: str, split: str, count: int) -> Finding:
    return Finding(check, split, count, ("1",) * count, "Odd.", severity="note")


def test_what_is_wrong_is_told_in_full_and_notes_are_counted() -> None:
    wrong = Finding("leak-exact", "test", 1, ("1",), "1 picture leaks.", severity="error")
    assert summary_lines(
        [wrong, note("dark", "train", 1200), note("blurred", "train", 2), note("dark", "test", 3)]
    ) == [
        "1 picture leaks.",
        "Worth a look: 1,200 dark, 2 blurred in the training set; 3 dark in the test set. `onelook inspect` with "
        "--html shows them.",
    ]


def test_nothing_found_is_nothing_to_say() -> None:
    assert summary_lines([]) == []


def test_a_warning_is_told_in_full_too() -> None:
    warning = Finding("blank", "all", 1, ("1",), "1 picture is blank.", severity="warning")
    assert summary_lines([warning]) == ["1 picture is blank."]
