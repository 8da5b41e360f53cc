"""The language of texts for readers. English stands where it is used; other languages come from a gettext catalogue.

A text is written once, in English, with named places: `translate("{count} of {rows} are right", count=…, rows=…)`. Its
translation is an entry of `ko.po` in this folder, which any editor for gettext opens. A place that another language
does not need, such as a verb that agrees with a count, is left out there.

Files of a run hold English sentences. A page in another language reads them with the same catalogue: `retell` finds the
entry that a sentence was made from, and translates its values too.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("en", "ko")
ENGLISH = LANGUAGES[0]

# The language holds within `in_language`, for this thread or task: as a parameter it would pass through every function
# that writes a number.
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)
_FIELD = re.compile(r"{(\w+)}")
_WORD = re.compile("[A-Za-z]{2}")
# Places whose values come from the data or the user, by the last word of their names: these are not translated.
_VERBATIM = frozenset({"name", "names", "id", "ids", "file", "path", "command", "option"})
_FULL_STOP = re.compile(r"(?<=[.!?]) (?=\S)")


@contextmanager
def in_language(name: str) -> Iterator[None]:
    """Write texts in a language, one of `LANGUAGES`, within a `with` block."""
    before = _current.set(name)
    try:
        yield
    finally:
        _current.reset(before)


def language() -> str:
    """Return the language of texts: `en`, unless `in_language` says otherwise."""
    return _current.get()


def translate(message: str, /, **values: object) -> str:
    """Return a text in the language of the moment. A text without a translation stays English.

    Args:
        message: the English text, with places as `{name}`.
        values: the values for these places.

    Example:
        >>> translate("{count} of {rows}", count=3, rows=5)
        '3 of 5'
        >>> with in_language("ko"):
        ...     translate("{count} of {rows}", count=3, rows=5)
        '5 중 3'
    """
    text = catalogue(language()).get(message, message)
    return text.format_map(values) if values else text


def marked(message: str) -> str:
    """Return an English text that `translate` translates later, such as that of a constant."""
    return message


def retell(text: str) -> str | None:
    """Return an English text of a file in the language of the moment; None if the catalogue has no entry for it.

    Several sentences are translated one by one if no entry has them all.

    Example:
        >>> with in_language("ko"):
        ...     retell("3 of 5"), retell("3 eels")
        ('5 중 3', None)
    """
    if language() == ENGLISH or not text:
        return text
    whole = _retold(text, language())
    if whole is not None:
        return whole
    sentences = _FULL_STOP.split(text)
    told = [_retold(sentence, language()) for sentence in sentences]
    return None if None in told else " ".join(filter(None, told))


def choose_language(wanted: str) -> str:
    """Return the language that a browser prefers among those that there are.

    Args:
        wanted: the value of the header Accept-Language.

    Example:
        >>> choose_language("ko-KR,ko;q=0.9,en;q=0.8"), choose_language("fr, en;q=0.5, ko;q=0.4"), choose_language("")
        ('ko', 'en', 'en')
    """
    ranked = []
    for place, entry in enumerate(wanted.split(",")):
        tag, _, quality = entry.partition(";")
        weight = quality.strip().removeprefix("q=") if quality else "1"
        name = tag.strip().lower().partition("-")[0]
        if name in LANGUAGES and re.fullmatch(r"[01](\.\d*)?", weight) and float(weight):
            ranked.append((-float(weight), place, name))
    return min(ranked)[2] if ranked else ENGLISH


@cache
def catalogue(name: str) -> Mapping[str, str]:
    """Return the translations of a language: English text -> translation. That of English is empty."""
    if name == ENGLISH:
        return MappingProxyType({})
    text = (files("onelook.wording") / f"{name}.po").read_text(encoding="utf-8")
    return MappingProxyType(dict(read_entries(text.splitlines())))


def read_entries(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each entry of a gettext file (PO) as (English, translation). Empty and fuzzy translations are left out.

    An entry with a plural is yielded twice, with its singular and its plural: the one translation that it has is for
    all numbers, which is all that Korean needs.
    """
    entry: dict[str, str] = {}
    key, is_fuzzy, next_is_fuzzy = "", False, False
    for line in (*lines, 'msgid ""'):
        if line.startswith("#"):
            next_is_fuzzy = next_is_fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        word, _, rest = line.partition(" ")
        if word == "msgid":
            if entry.get("msgid") and entry.get("msgstr") and not is_fuzzy:
                yield entry["msgid"], entry["msgstr"]
                if "msgid_plural" in entry:
                    yield entry["msgid_plural"], entry["msgstr"]
            entry, is_fuzzy, next_is_fuzzy = {}, next_is_fuzzy, False
        if word.startswith("msg"):
            key = word.partition("[")[0]
        quoted = rest if word.startswith("msg") else line
        if quoted:
            entry[key] = entry.get(key, "") + str(ast.literal_eval(quoted))


def places(message: str) -> set[str]:
    """Return the names of the places in a text.

    Example:
        >>> sorted(places("{count} of {rows:,}"))
        ['count', 'rows']
    """
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@cache
def _patterns(name: str) -> tuple[tuple[str, str], ...]:
    """Return the entries with places as (longest fixed part, English), those with most fixed letters first."""
    found = []
    for message in catalogue(name):
        parts = _FIELD.split(message)[::2]
        if len(parts) > 1:
            found.append((len("".join(parts)), max(parts, key=len), message))
    return tuple((part, message) for _, part, message in sorted(found, reverse=True))


@cache
def _pattern(message: str) -> re.Pattern[str]:
    parts = _FIELD.split(message)
    seen: set[str] = set()
    pattern = []
    for fixed, place in zip(parts[::2], [*parts[1::2], ""], strict=True):
        pattern.append(re.escape(fixed))
        if place:
            value = r"-?\d[\d.,]*" if place == "n" else ".+?"
            pattern.append(f"(?P={place})" if place in seen else f"(?P<{place}>{value})")
            seen.add(place)
    return re.compile("".join(pattern), re.DOTALL)


def _retold(text: str, name: str) -> str | None:
    """Return a text by the entry that has all of it and translates all its values; None if there is none."""
    known = catalogue(name)
    if text in known:
        return known[text]
    for part, message in _patterns(name):
        found = _pattern(message).fullmatch(text) if part in text else None
        if found is None:
            continue
        values = {place: _retold_value(place, value, name) for place, value in found.groupdict().items()}
        if None not in values.values():
            return known[message].format_map(values)
    return None


def _retold_value(place: str, value: str, name: str) -> str | None:
    if place.rpartition("_")[2] in _VERBATIM:
        return value
    return _retold(value, name) or (None if _WORD.search(value) else value)
