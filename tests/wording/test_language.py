"""Texts are translated by the catalogue of the language that holds, and only then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from onelook.wording import choose_language, counted, in_language, language, listed, places, translate
from onelook.wording.language import Entry, read_entries

FILE = r"""
msgid ""
msgstr ""
"Language: ko\n"

# a remark
#. stored
msgid "{count} of {rows} are right"
msgstr "{rows} 중 {count} 정답"

msgid "one"
"two \"three\"\n"
msgstr "하나"
"둘"

msgid "{n} eel"
msgid_plural "{n} eels"
msgstr[0] "뱀장어 {n}마리"

#, fuzzy
msgid "a guess"
msgstr "추측"

msgid "not yet"
msgstr ""

msgid "last"
msgstr "마지막"
"""


def test_a_catalogue_is_read_without_what_is_empty_or_a_guess() -> None:
    assert [*read_entries(FILE.splitlines())] == [
        Entry("{count} of {rows} are right", "", "{rows} 중 {count} 정답", is_stored=True),
        Entry('onetwo "three"\n', "", "하나둘", is_stored=False),
        Entry("{n} eel", "{n} eels", "뱀장어 {n}마리", is_stored=False),
        Entry("last", "", "마지막", is_stored=False),
    ]


def test_a_language_holds_within_its_block_and_in_no_other_thread() -> None:
    with in_language("ko"):
        assert translate("{low} to {high}", low=3, high=5) == "3~5"
        with in_language("en"):
            assert translate("{low} to {high}", low=3, high=5) == "3 to 5"
        assert language() == "ko"
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(language).result() == "en"
        with pytest.raises(RuntimeError), in_language("en"):
            raise RuntimeError
        assert language() == "ko"
    assert language() == "en"


def test_a_text_without_a_translation_stays_english() -> None:
    with in_language("ko"):
        assert translate("{count} eels in no catalogue", count=2) == "2 eels in no catalogue"


def test_only_a_text_with_values_has_places() -> None:
    assert translate("a {brace}") == "a {brace}"
    assert places("{a} {b:,} {a}") == {"a", "b"}


def test_a_noun_may_have_places() -> None:
    assert counted(1, "{kind} picture", kind="test") == "1 test picture"
    assert counted(2, "{kind} picture", kind="test") == "2 test pictures"
    assert counted(2, "a {brace} noun") == "2 a {brace} nouns"


def test_a_list_is_as_before_in_english() -> None:
    assert listed(["{a}", "b", "c"]) == "{a}, b and c"  # a brace of a name is no place


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        ("ko-KR,ko;q=0.9,en-US;q=0.8", "ko"),
        ("en-US,en;q=0.9,ko;q=0.8", "en"),
        ("fr;q=1.0, ko;q=0.5, en;q=0.4", "ko"),
        ("ko;q=0, en", "en"),
        ("de, *;q=0.5", "en"),
        ("", "en"),
        ("ko;q=strange", "en"),
        ("KO", "ko"),
    ],
)
def test_the_language_of_a_browser(wanted: str, chosen: str) -> None:
    assert choose_language(wanted) == chosen
