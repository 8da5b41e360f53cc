"""Texts are translated by the catalogue of the language that holds, and only then."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from onelook.wording import choose_language, counted, in_language, language, listed, places, retell, translate
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
        ("ko;q=0, fr", "en"),
        ("de, *;q=0.5", "en"),
        ("", "en"),
        ("ko;q=strange", "en"),
        ("KO", "ko"),
    ],
)
def test_the_language_of_a_browser(wanted: str, chosen: str) -> None:
    assert choose_language(wanted) == chosen


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        (
            "3 pictures in the training set are nearly black (a/1, a/2 and 1 more): even the brightest parts stay "
            "below 30 % of white. Where a person cannot say what a picture shows, brighten it or remove it.",
            "학습 세트의 이미지 3장: 거의 검은 이미지(a/1, a/2 외 1개). 가장 밝은 부분도 흰색의 30%보다 어둡습니다. "
            "사람이 무엇인지 알아볼 수 없는 이미지는 밝게 하거나 빼세요.",
        ),
        (
            "1 picture in the data is an exact copy of another there with the same label (a and b/1.png).",
            "(a and b/1.png)",
        ),
        (
            "network mlp instead of cnn, of which an epoch takes about 1 min 9 s on this machine now",
            "약 1분 9초 걸리는 cnn",
        ),
        (
            "Without it the accuracy is 82.7 % on 1,499 pictures (95 % interval 80 % to 84.5 %), with it 9 %.",
            "80%~84.5%",
        ),
        ("Nothing is known of classes without a picture in this set: the data and 12.", "the data, 12"),
        (
            "a.csv lists 2 pictures in the column 'id' ('1' is 'im/1.png'); b.csv lists 1 picture in the first column.",
            "a.csv: 열 ‘id’에 이미지 2장(‘1’: ‘im/1.png’); b.csv: 첫 번째 열에 이미지 1장.",
        ),
        (
            "It holds the arrays x and y; X of shape (2, 8), uint8, read as 1 picture, grey.",
            "배열이 있습니다: x, y; X,",
        ),
        ("Columns that were left out: 'a, b', the first column and 'c'.", "제외한 열: 'a, b', 첫 번째 열, 'c'."),
        ("Columns that were left out: 'Unnamed: 0' and 'x: y'.", "제외한 열: 'Unnamed: 0', 'x: y'."),
        (
            "a.csv lists 2 pictures in the column 'Unnamed: 0' ('1' is 'im/1.png').",
            "a.csv: 열 ‘Unnamed: 0’에 이미지 2장(‘1’: ‘im/1.png’).",
        ),
        (
            "The set has these classes, but the model never predicts them: a b (3 pictures) and c.",
            "a b (이미지 3장), c",
        ),
        (
            "The set has these classes, but the model never predicts them: a (3 pictures), c (1 picture) and 147 more.",
            "a (이미지 3장), c (이미지 1장) 외 147개",
        ),
        ("The parts come from a.txt and b.txt.", "학습·검증·테스트의 출처: a.txt, b.txt."),
        ("The parts come from the column 'set' (dev is val).", "학습·검증·테스트의 출처: 열 ‘set’(dev: 검증)."),
        (
            "labels.mat was not read: the file is empty. Expected Matlab's variables.",
            "labels.mat을(를) 읽지 못했습니다: the file is empty. Expected Matlab's variables.",
        ),
    ],
)
def test_a_sentence_of_a_file_is_told_again(stored: str, told: str) -> None:
    with in_language("ko"):
        assert told in (retell(stored) or "")
    assert retell(stored) == stored


@pytest.mark.parametrize(
    "stored",
    [
        "3 pictures are eels",
        "epochs of the moon",
        "3 pictures and some eels",
        "of eels to train on",
        "The columns of eels; b.csv lists 1 picture in the first column.",
        "x.csv: all eels are here.",
        "It holds 3 eels in 2 pictures of 'a', each taken for 'b' and the rest.",
    ],
)
def test_a_sentence_that_is_known_only_in_part_is_not_told(stored: str) -> None:
    with in_language("ko"):
        assert retell(stored) is None


@pytest.mark.timeout(5)
def test_a_name_that_repeats_the_parts_of_an_entry_does_not_hold_a_page_up() -> None:
    name = " in the data are of in ( are ) has" * 200
    with in_language("ko"):
        assert retell(f"1 picture in the data is of the {name} ({name}). A {name} is a near copy of {name}") is None
