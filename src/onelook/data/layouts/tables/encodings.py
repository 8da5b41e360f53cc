"""Find the encoding of a table by trying: UTF-8, UTF-16, or one of a country."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The encodings of older programs in several countries; ties prefer the earlier one.
_OF_COUNTRIES = ("cp949", "cp932", "gb18030", "big5", "cp1252", "cp1251")
_WORDS = re.compile(r"(?:[^\W\d_]|[^\x00-\x7f])+")  # without backtracking, because damaged text may be one long word
_JUDGED_WORDS = 500


@dataclass(frozen=True)
class DecodedText:
    """A text, and the encoding that it was read in."""

    text: str
    encoding: str


def decode_table(content: bytes, *, is_beginning: bool = False) -> list[DecodedText]:
    """Return the text in each possible encoding, the likeliest first; empty if it is not text.

    A byte order mark, or UTF-8 without errors, leaves one. If several remain, the caller can decide by the content,
    such as names of existing files.

    Args:
        is_beginning: whether the bytes may end within a character.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = _text(content[len(mark) :], encoding, is_beginning=is_beginning)
            return [] if text is None else [DecodedText(text, encoding)]
    if b"\0" in content:
        zeros = content[1:2_000:2].count(0), content[0:2_000:2].count(0)
        encoding = "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
        # Without a byte order mark, only mostly Latin text can be distinguished from other bytes.
        is_wide = max(zeros) > len(content[:2_000]) // 4 and not min(zeros)
        text = _text(content, encoding, is_beginning=is_beginning) if is_wide else None
        return [] if text is None else [DecodedText(text, encoding)]
    text = _text(content, "utf-8", is_beginning=is_beginning)
    if text is not None:
        return [DecodedText(text, "utf-8")]
    found = [
        (_share_of_words(text), DecodedText(text, encoding))
        for encoding in _OF_COUNTRIES
        if (text := _text(content, encoding, is_beginning=is_beginning)) is not None
    ]
    found.sort(key=lambda each: -each[0])
    return [decoded for _, decoded in found]


def decode_as(content: bytes, encoding: str) -> str:
    """Return the text in the encoding of its beginning, without a byte order mark.

    Raises:
        UnicodeDecodeError: some bytes are invalid in this encoding.
    """
    for mark, of_mark in _MARKS:
        if encoding == of_mark:
            content = content.removeprefix(mark)
    return _with_line_ends(content.decode(encoding))


def _text(content: bytes, encoding: str, *, is_beginning: bool) -> str | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(content, final=not is_beginning)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else _with_line_ends(text)


def _with_line_ends(text: str) -> str:
    """Return the text with usual ends of lines: Excel for Mac ends them with a carriage return alone."""
    return text if "\n" in text else text.replace("\r", "\n")


def _share_of_words(text: str) -> float:
    """Return the share of non-ASCII words that have letters of only one script, from 0 to 1."""
    words: Sequence[str] = [word for word in dict.fromkeys(_WORDS.findall(text[:200_000])) if not word.isascii()]
    judged = words[:_JUDGED_WORDS]
    return sum(map(_is_word, judged)) / len(judged) if judged else 0.0


def _is_word(word: str) -> bool:
    scripts = {_script(letter) for letter in word}
    others = sum(letter > "\x7f" for letter in word)
    if "" in scripts:
        return False
    if scripts == {"LATIN"}:  # in Latin words, most letters are ASCII
        return 2 * others <= len(word)
    return len(scripts - {"KANA"}) <= 1 or scripts <= {"KANA", "CJK"}


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """Return the script of a letter; empty for other characters and for very rare letters."""
    if letter == "ー":
        return "KANA"
    if not unicodedata.category(letter).startswith(("L", "M")):
        return ""
    name = unicodedata.name(letter, "").partition(" ")[0]
    if name == "HALFWIDTH":  # single bytes of CP932, which are frequent in any text
        return ""
    return "KANA" if name in ("HIRAGANA", "KATAKANA") else name
