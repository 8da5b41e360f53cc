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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from importlib.resources import files
from math import prod
from types import MappingProxyType
from typing import ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Page = TypeVar("_Page")

LANGUAGES = ("en", "ko")
ENGLISH = LANGUAGES[0]

# The language holds within `in_language`, for this thread or task: as a parameter it would pass through every function
# that writes a number.
_current: ContextVar[str] = ContextVar("language", default=ENGLISH)
# The language of pages, which may be another than that of the screen: `train --lang ko` writes a Korean report.
_pages: ContextVar[str] = ContextVar("language of pages", default=ENGLISH)
_FIELD = re.compile(r"{(\w+)}")
_WORD = re.compile("[A-Za-z]{2}")
# Places whose values come from the data or the user, by the last word of their names: these are not translated. Those
# of a `list` stand there without quotes. A `table` or a `source` may be described instead, such as "the table of 4 .xml
# files", and a `problem` is an error of a file, which the command line says in English too.
_VERBATIM = frozenset(
    (
        *("name", "names", "id", "ids", "file", "path", "command", "option", "options"),
        *("flag", "list", "problem", "source", "suffix", "table", "words"),
    )
)
_MAY_BE_TOLD = ("source", "table")
_CUT = re.compile(r"(.+) and ([\d,]+) more", re.DOTALL)  # a list of such values
_LAST = re.compile(r" (?:and|or) (?=[^,]*$)")  # before the last of them
_FILES = re.compile(r"(\.\w{1,7}) and (?=\S)")  # between files
_NAME = r"(?:\[.*?\]|(?:(?!'[ ,;:)]|[:;] ).)+?)"  # one name, up to the mark or the quote behind it; or a list
_IN_QUOTES = r"(?:\[.*?\]|(?:(?!'[ ,;:)]).)+?)"  # which may hold a colon, as 'Unnamed: 0'
_COUNT = re.compile(r" \(([\d,]+ [a-z]+)\)")  # behind a name in a list, such as "cat (3 pictures)"
_BETWEEN = re.compile(r", (?=(?:[^']*'[^']*')*[^']*$)")  # in a list, and in no quotes
_ONE_NAME = ("name", "id", "file", "path", "table")
_QUOTED = rf"'{_IN_QUOTES}'(?:(?:, | and | or )'{_IN_QUOTES}')*"
# What places hold, by their names or the last word of them: a number, numbers with times signs, a part of the data by
# its name and in words, names in quotes, names without blanks, the ending of files, the file that a note is on.
_VALUES = {
    "n": r"-?\d[\d.,]*(?:e[+-]?\d+)?",
    "dims": r"\d[\d×]*",
    "part": r"train|val|test|all",
    "set": r"[Tt]he \w+(?: set)?",
    "names": rf"{_QUOTED}(?: and [\d,]+ more)?",
    "words": r"\S+(?:(?:, | and )\S+)*(?: and [\d,]+ more)?",
    "flag": "--[a-z].+?",
    "suffix": r"\.[\w.]+",
    "prefix_file": r"\S+\.\w+",
    **dict.fromkeys(_ONE_NAME, rf"(?:'{_IN_QUOTES}'|{_NAME})"),
}
_ONE_WORD = r"\S+(?: an?)?"
_MOST_WAYS = 20_000  # to cut a text at the fixed parts of an entry: names of the data may repeat such parts for ever
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


@contextmanager
def pages_in(name: str) -> Iterator[None]:
    """Write pages in a language, one of `LANGUAGES`, within a `with` block. Other texts keep theirs."""
    before = _pages.set(name)
    try:
        yield
    finally:
        _pages.reset(before)


def for_page(write: Callable[_Given, _Page]) -> Callable[_Given, _Page]:
    """Return a function that writes a page, so that its texts are in the language of pages."""

    @wraps(write)
    def written(*args: _Given.args, **kwargs: _Given.kwargs) -> _Page:
        with in_language(_pages.get()):
            return write(*args, **kwargs)

    return written


def translate(message: str, /, **values: object) -> str:
    """Return a text in the language of the moment. A text without a translation stays English.

    Args:
        message: the English text, with places as `{name}`.
        values: the values for these places.

    Example:
        >>> translate("{low} to {high}", low=3, high=5)
        '3 to 5'
        >>> with in_language("ko"):
        ...     translate("{low} to {high}", low=3, high=5)
        '3~5'
    """
    text = catalogue(language()).get(message, message)
    return text.format_map(values) if values else text


def marked(message: str) -> str:
    """Return an English text that `translate` translates later, such as that of a constant."""
    return message


def retell(text: str) -> str | None:
    """Return an English text of a file in the language of the moment; None if the catalogue has no entry for it.

    Several sentences are translated one by one, else together.

    Example:
        >>> with in_language("ko"):
        ...     retell("2,000 pictures and 3 min 5 s"), retell("3 eels")
        ('이미지 2,000장, 3분 5초', None)
    """
    if language() == ENGLISH or not text:
        return text
    told = [_retold(sentence, language()) for sentence in _FULL_STOP.split(text)]
    return " ".join(filter(None, told)) if None not in told else _retold(text, language())


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


@dataclass(frozen=True)
class Entry:
    """An entry of a catalogue."""

    english: str
    plural: str  # empty for most
    translation: str
    is_stored: bool  # whether files of a run hold such texts, so that `retell` looks for it


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """Return the entries of a language's catalogue; English has none."""
    if name == ENGLISH:
        return ()
    text = (files("onelook.wording") / f"{name}.po").read_text(encoding="utf-8")
    return tuple(read_entries(text.splitlines()))


@cache
def catalogue(name: str) -> Mapping[str, str]:
    """Return the translations of a language: English text -> translation. That of English is empty."""
    return MappingProxyType({text: each.translation for each in entries(name) for text in _forms(each)})


def _forms(entry: Entry) -> tuple[str, ...]:
    return (entry.english, entry.plural) if entry.plural else (entry.english,)


def read_entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of a gettext file (PO). Those without a translation, or with a fuzzy one, are left out.

    An entry with a plural has one translation, for all numbers, which is all that Korean needs.
    """
    texts: dict[str, str] = {}
    key, remarks, next_remarks = "", "", ""
    for line in (*lines, 'msgid ""'):
        if line.startswith("#"):
            next_remarks += line + "\n"
            continue
        word, _, rest = line.partition(" ")
        if word == "msgid":
            if texts.get("msgid") and texts.get("msgstr") and "#, fuzzy" not in remarks:
                is_stored = "#. stored" in remarks
                yield Entry(texts["msgid"], texts.get("msgid_plural", ""), texts["msgstr"], is_stored)
            texts, remarks, next_remarks = {}, next_remarks, ""
        if word.startswith("msg"):
            key = word.partition("[")[0]
        quoted = rest if word.startswith("msg") else line
        if quoted:
            texts[key] = texts.get(key, "") + str(ast.literal_eval(quoted))


def places(message: str) -> set[str]:
    """Return the names of the places in a text.

    Example:
        >>> sorted(places("{count} of {rows:,}"))
        ['count', 'rows']
    """
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@cache
def _stored(name: str) -> Mapping[str, str]:
    stored = (each for each in entries(name) if each.is_stored)
    return MappingProxyType({text: each.translation for each in stored for text in _forms(each)})


@cache
def _patterns(name: str) -> tuple[tuple[str, str], ...]:
    """Return the entries with places as (longest fixed part, English), those with most fixed letters first."""
    found = []
    for message in _stored(name):
        parts = _FIELD.split(message)[::2]
        if len(parts) > 1:
            found.append((len("".join(parts)), max(parts, key=len), message))
    return tuple((part, message) for _, part, message in sorted(found, reverse=True))


@cache
def _pattern(message: str, needed: frozenset[str]) -> re.Pattern[str]:
    """Return the pattern of an English text. A place that its translation leaves out is one word, as is a verb."""
    parts = _FIELD.split(message)
    seen: set[str] = set()
    pattern = []
    for fixed, place in zip(parts[::2], [*parts[1::2], ""], strict=True):
        pattern.append(re.escape(fixed))
        if place:
            kind = place.rpartition("_")[2]
            value = _VALUES.get(place) or _VALUES.get(kind)
            if kind in _ONE_NAME and fixed.endswith("'"):
                value = _IN_QUOTES
            if value is None:
                value = ".+?" if place in needed else _ONE_WORD
            pattern.append(f"(?P={place})" if place in seen else f"(?P<{place}>{value})")
            seen.add(place)
    return re.compile("".join(pattern), re.DOTALL)


def _ways(message: str, text: str) -> int:
    """Return a bound for the ways in which a text can be cut at the fixed parts of a message."""
    return prod(text.count(part) for part in _FIELD.split(message)[::2] if part)


def _retold(text: str, name: str) -> str | None:
    """Return a text by the entries that have all of it and translate all its values; None if there are none.

    A text may be several phrases with semicolons between them. A sentence may be a phrase of the catalogue with a
    capital letter and a full stop, as `sentence` writes it.
    """
    if "; " in text:
        each = [_retold_value("phrase", phrase, name) for phrase in text.split("; ")]
        if None not in each:
            return "; ".join(filter(None, each))
    phrase = text.removesuffix(".")
    end = text[len(phrase) :]
    forms = {phrase: end, phrase[:1].lower() + phrase[1:]: end, text: "", text[:1].lower() + text[1:]: ""}
    known = _stored(name)
    for form, end in forms.items():
        if form in known:
            return known[form] + end
    all_forms = "\0".join(forms)
    for part, message in _patterns(name):
        if part not in all_forms:  # nearly all entries end here
            continue
        for form, end in forms.items():
            if part in form and (told := _by_pattern(form, message, name)) is not None:
                return told + end
    return None


def _by_pattern(text: str, message: str, name: str) -> str | None:
    """Return a text by the entry of a message; None if it is another text, or has a value that is not translated."""
    if not 0 < _ways(message, text) <= _MOST_WAYS:
        return None
    translation = _stored(name)[message]
    needed = frozenset(places(translation))
    found = _pattern(message, needed).fullmatch(text)
    if found is None:
        return None
    values: dict[str, str] = {}
    for place, value in found.groupdict().items():
        if place in needed:
            told = _retold_value(place, value, name)
            if told is None:
                return None
            values[place] = told
    return translation.format_map(values)


def _retold_value(place: str, value: str, name: str) -> str | None:
    kind = place.rpartition("_")[2]
    if kind in _MAY_BE_TOLD and (told := _retold(value, name)) is not None:
        return told
    if kind in _VERBATIM:
        if cut := _CUT.fullmatch(value):
            items = _with_counts(cut[1], name) if kind in ("list", "words") else cut[1]
            return translate("{items} and {n} more", items=items, n=cut[2])
        if kind == "problem":
            return value
        if kind in ("list", "words"):
            value = _LAST.sub(", ", _FILES.sub(r"\1, ", value))
            return _with_counts(value, name)
        return _FILES.sub(r"\1, ", value).replace("' and '", "', '").replace("' or '", "', '")
    told = _retold(value, name)
    if told is None and (not _WORD.search(value) or re.fullmatch(_QUOTED, value)):
        told = value
    if told is None and len(listed := _BETWEEN.split(value)) > 1:
        each = [_retold_value(place, one, name) for one in listed]
        told = None if None in each else ", ".join(filter(None, each))
    return told


def _with_counts(items: str, name: str) -> str:
    """Return a list with the counts behind its names translated."""
    return _COUNT.sub(lambda found: f" ({_retold(found[1], name) or found[1]})", items)
