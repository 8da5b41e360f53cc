"""How counts and lists are put into words."""

from __future__ import annotations

import pytest

from onelook.wording import MOST_LISTED, counted, entry, listed, named, sentence


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [
        (0, "picture", "0 pictures"),
        (1, "picture", "1 picture"),
        (2, "picture", "2 pictures"),
        (1_234, "class", "1,234 classes"),
        (2, "copy", "2 copies"),
        (2, "key", "2 keys"),
        (2, "batch", "2 batches"),
        (3, "epoch", "3 epochs"),
    ],
)
def test_a_count_agrees_with_its_noun(count: int, noun: str, text: str) -> None:
    assert counted(count, noun) == text


def test_a_list_names_everything_until_there_is_too_much() -> None:
    assert [listed("abcd"[:many], most=3) for many in range(5)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 1 more",
    ]


def test_no_list_fills_the_screen() -> None:
    assert listed(range(784)).endswith(f" {MOST_LISTED - 1} and {784 - MOST_LISTED} more")
    assert named(range(784)).endswith(" '4' and 779 more")


def test_a_list_that_is_shorter_than_what_it_is_about_says_how_many_there_are() -> None:
    assert named("ab", most=5, total=3_000) == "'a', 'b' and 2,998 more"
    assert listed("ab", most=5, total=2) == "a and b"


def test_an_entry_keeps_its_text_in_its_column() -> None:
    lines = entry("notes", "word " * 40)
    assert len(lines) == 3
    assert lines[0].startswith("  notes    word")
    assert {line[:11] for line in lines[1:]} == {" " * 11}
    assert max(map(len, lines)) <= 80
    assert " ".join(lines).split() == ["notes", *["word"] * 40]


@pytest.mark.parametrize(
    ("text", "said"), [("a b", "A b."), ("a b?", "A b?"), ("train/ holds it", "train/ holds it."), (" ", "")]
)
def test_a_sentence_begins_with_a_capital_and_ends_with_a_stop(text: str, said: str) -> None:
    assert sentence(text) == said


def test_lists_without_a_last_word_and_cut_to_nothing() -> None:
    assert [listed("abc"[:many], last="") for many in range(4)] == ["", "a", "a, b", "a, b, c"]
    assert listed("abcd", most=3, last="or") == "a, b, c and 1 more"
    assert (listed("abc", most=0), listed([], total=3)) == ("", "")


def test_a_path_or_a_file_keeps_its_first_letter() -> None:
    assert sentence("train.csv lists cats. They") == "train.csv lists cats. They."
    assert sentence("cats and train/dogs") == "Cats and train/dogs."
    assert [sentence(f"so{end}") for end in (".", "!", "?", "…", ",")] == ["So.", "So!", "So?", "So…", "So,."]


def test_a_total_below_what_is_listed_leaves_nothing_out() -> None:
    assert listed("abc", most=5, total=2) == "a, b and c"
    assert listed("abcd", most=2, total=3) == "a, b and 2 more"
    assert listed("abcd", most=2, total=9) == "a, b and 7 more"
