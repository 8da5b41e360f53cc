"""Numbers, shares, times and lists as a reader wants to see them."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.metrics.scores import Score

_THIN = "\u202f"  # a narrow space that does not break: between a number and its unit

SET_IN_WORDS = {"test": "test", "val": "validation"}
PART_IN_WORDS = {"train": "training", "val": "validation", "test": "test", "all": "pictures"}


def percent(share: float, decimals: int = 1) -> str:
    """A share as a percentage. It says 100 % only of all and 0 % only of none, however many decimals that takes.

    Example:
        >>> percent(0.98234).replace(_THIN, " "), percent(0.99996).replace(_THIN, " ")
        ('98.2 %', '99.996 %')
    """
    return f"{percent_number(share, decimals)}{_THIN}%"


def percent_number(share: float, decimals: int = 1) -> str:
    """`percent` without its sign, for where the sign is set apart."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}"
    text = f"{100 * share:.{decimals}f}"
    while float(text) in (0.0, 100.0) and decimals < 6:
        decimals += 1
        text = f"{100 * share:.{decimals}f}"
    return text


def decimals_for(rows: int) -> int:
    """As many decimals of a percentage as one picture in `rows` can move: 1 up to a thousand, then 2."""
    return 1 if rows <= 1000 else 2


def probability(value: float, *, above: str = "above ", below: str = "below ") -> str:
    """A probability as a percentage that never claims certainty.

    Example:
        >>> probability(0.99999).replace(_THIN, " "), probability(0.0002, below="<").replace(_THIN, " ")
        ('above 99.9 %', '<0.1 %')
    """
    if value > 0.9995:
        return f"{above}99.9{_THIN}%"
    if value < 0.0005:
        return f"{below}0.1{_THIN}%"
    return f"{100 * value:.1f}{_THIN}%"


def score_in_words(score: Score, value: float | None, decimals: int = 2) -> str:
    """A value of a score as a report shows it; `decimals` are those of a percentage."""
    return score.in_words(value, percent_decimals=decimals).replace(" ", _THIN)


def sentence(text: str) -> str:
    """Text with a capital at its start and a full stop at its end, as it was meant otherwise.

    Example:
        >>> sentence("four IDX files, gzipped")
        'Four IDX files, gzipped.'
    """
    text = text.strip()
    # A path keeps its letters: train/ is another folder than Train/.
    start = text[:1] if "/" in text.split(" ", 1)[0] else text[:1].upper()
    return text and start + text[1:] + ("" if text[-1] in ".!?…" else ".")


def place(device: str) -> str:
    """A device by the name that people know: the CPU, the GPU.

    Example:
        >>> place("cpu"), place("cuda:0")
        ('the CPU', 'the GPU (cuda:0)')
    """
    if device == "cpu":
        return "the CPU"
    return f"the GPU ({device})" if device.startswith("cuda") else device


def number(value: float, significant: int = 4) -> str:
    """A number with thousands set apart where whole, else with a few significant digits.

    Example:
        >>> number(60000), number(0.031834), number(0.00004)
        ('60,000', '0.03183', '4e-05')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.{significant}g}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun.

    Example:
        >>> counted(1, "picture"), counted(2000, "class", "classes")
        ('1 picture', '2,000 classes')
    """
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def times(count: int) -> str:
    """How often: once, twice, 11 times."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def duration(seconds: float) -> str:
    """A length of time, in the units that suit it.

    Example:
        >>> [duration(seconds).replace(_THIN, " ") for seconds in (0.042, 7.31, 194, 7500)]
        ['0.04 s', '7.3 s', '3 min 14 s', '2 h 5 min']
    """
    if seconds < 60:
        return f"{seconds:.{1 if seconds >= 1 else 2}f}{_THIN}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}{_THIN}min {rest}{_THIN}s" if rest else f"{minutes}{_THIN}min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}{_THIN}h {minutes}{_THIN}min" if minutes else f"{hours}{_THIN}h"


def size(count: float) -> str:
    """A number of bytes, in the unit that suits it.

    Example:
        >>> size(900).replace(_THIN, " "), size(3_550_000).replace(_THIN, " ")
        ('900 bytes', '3.5 MB')
    """
    if count < 1000:
        return f"{count:.0f}{_THIN}bytes"
    for unit in ("kB", "MB"):
        count /= 1000
        if count < 1000:
            return f"{count:.1f}{_THIN}{unit}"
    return f"{count / 1000:.1f}{_THIN}GB"


def short_count(count: float) -> str:
    """A large count in words that can be said.

    Example:
        >>> [short_count(count) for count in (812, 88_753, 12_942_786, 3.1e9)]
        ['812', '88,753', '12.9 million', '3.1 billion']
    """
    if count < 1_000_000:
        return f"{count:,.0f}"
    return f"{count / 1e6:,.1f} million" if count < 1e9 else f"{count / 1e9:,.1f} billion"


def listed(items: Sequence[str]) -> str:
    """Items as a sentence lists them.

    Example:
        >>> listed(["a", "b", "c"])
        'a, b and c'
    """
    return " and ".join(part for part in (", ".join(items[:-1]), items[-1] if items else "") if part)
