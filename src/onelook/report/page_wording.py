"""The texts of `onelook.wording` for a page: a narrow space that does not break stands before each unit.

Every page takes shares, times and sizes from here, and counts and lists from `onelook.wording`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from onelook import wording
from onelook.metrics.scores import Score
from onelook.wording import marked, translate

_THIN = "\u202f"  # a narrow space that does not break: between a number and its unit
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[a-zA-Z%])")

# Characters without a shape of their own: they turn the direction of all text after them, or end a line unseen.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CODES_SHOWN = 4  # of a blank name
IN_A_SENTENCE = 60  # characters of a class' name
_LOOKS_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and signs, by their category, that are drawn as a space

_ABOVE, _BELOW = marked("above {share}"), marked("below {share}")
_SETS = {"test": marked("test"), "val": marked("validation")}
_PARTS = {"train": marked("training"), **_SETS, "all": marked("pictures")}


def set_in_words(name: str) -> str:
    """Return the set that scored a model, as a word before "pictures"."""
    return translate(_SETS[name])


def part_in_words(name: str) -> str:
    """Return a part or a split of the data as a word; an unknown one has its own name."""
    return translate(_PARTS[name]) if name in _PARTS else name


def percent(share: float, decimals: int = 1) -> str:
    """Return a share as a percentage. It says 100 % only of all and 0 % only of none.

    Example:
        >>> percent(0.98234).replace(_THIN, " "), percent(0.99996).replace(_THIN, " ")
        ('98.2 %', '99.996 %')
    """
    return _narrow(wording.percent(share, decimals))


def tick_percent(share: float) -> str:
    """Return a share as the percentage at a tick of an axis, which is a round number.

    Example:
        >>> tick_percent(0.95).replace(_THIN, " "), tick_percent(0.9925).replace(_THIN, " ")
        ('95 %', '99.25 %')
    """
    return _narrow(wording.round_percent(share))


def decimals_for(rows: int) -> int:
    """Return as many decimals of a percentage as one picture in `rows` can move: 1 up to a thousand, then 2."""
    return 1 if rows <= 1000 else 2


def probability(value: float, *, above: str = _ABOVE, below: str = _BELOW) -> str:
    """Return a probability as a percentage that never claims certainty.

    Example:
        >>> probability(0.99999).replace(_THIN, " "), probability(0.0002, below="<{share}").replace(_THIN, " ")
        ('above 99.9 %', '<0.1 %')
    """
    if value > 0.9995:
        return translate(above, share=percent(0.999))
    if value < 0.0005:
        return translate(below, share=percent(0.001))
    return percent(value)


def short_probability(value: float) -> str:
    """Return a probability that fits under a thumbnail.

    Example:
        >>> short_probability(0.0002).replace(_THIN, " ")
        '< 0.1 %'
    """
    return probability(value, above="> {share}", below="< {share}")


def in_sight(text: str) -> str:
    r"""Return a text from the data with its control characters as visible codes, such as those that turn it around.

    Example:
        >>> in_sight("cat\u202egpj")
        'cat[U+202E]gpj'
    """
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def escaped_in_json(text: str) -> str:
    r"""Return JSON with the control characters of its texts as escapes, such as those that turn a text around.

    Example:
        >>> escaped_in_json('"cat\u202egpj"')
        '"cat\\u202egpj"'
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def class_in_words(name: str, most: int = 0) -> str:
    r"""Return the name of a class so that it can be seen, also if it only has blanks.

    Args:
        name: as the data has it.
        most: the most characters, for a sentence; 0 for the whole name.

    Example:
        >>> class_in_words("cat"), class_in_words("\u200b "), class_in_words(""), class_in_words("maple tree", 6)
        ('cat', '(blank: U+200B U+0020)', '(blank)', 'maple…')
    """
    if any(unicodedata.category(each)[0] not in "ZC" and each not in _LOOKS_BLANK for each in name):
        name = in_sight(name)
        return f"{name[: most - 1]}…" if 0 < most < len(name) else name
    codes = " ".join(f"U+{ord(each):04X}" for each in name[:_CODES_SHOWN])
    return translate("(blank: {codes})", codes=codes) if codes else translate("(blank)")


def score_in_words(score: Score, value: float | None, decimals: int = 2) -> str:
    """Return a value of a score as a report shows it; `decimals` are those of a percentage."""
    return score.in_words(value, percent_decimals=decimals).replace(" ", _THIN)


def date(created: str) -> str:
    """Return the day of an ISO date and time.

    Example:
        >>> date("2026-11-30T12:00:00+00:00")
        '2026-11-30'
    """
    day = datetime.fromisoformat(created)
    return translate("{day:%Y-%m-%d}", day=day, year=day.year, month=day.month, number=day.day)


def duration(seconds: float) -> str:
    """Return a length of time, as `onelook.wording.duration` rounds it."""
    return _narrow(wording.duration(seconds))


def size(count: float) -> str:
    """Return a number of bytes, as `onelook.wording.size` rounds it."""
    return _narrow(wording.size(count))


def place(device: str) -> str:
    """Return a device by the name that people know: the CPU, the GPU.

    Example:
        >>> place("cpu"), place("cuda:0")
        ('the CPU', 'the GPU (cuda:0)')
    """
    if device == "cpu":
        return translate("the CPU")
    return translate("the GPU ({name})", name=device) if device.startswith("cuda") else device


def _narrow(text: str) -> str:
    return _BEFORE_UNIT.sub(_THIN, text)
