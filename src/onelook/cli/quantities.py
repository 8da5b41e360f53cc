"""Numbers as a person reads them."""

from __future__ import annotations


def percent(share: float) -> str:
    """A share in [0, 1] as a percentage with two digits.

    Example:
        >>> percent(0.98765)
        '98.77 %'
    """
    return f"{100 * share:.2f} %"


def things(number: int, word: str) -> str:
    """A number of things in words.

    Example:
        >>> things(1, "row"), things(28_000, "row")
        ('1 row', '28,000 rows')
    """
    return f"{number:,} {word}{'s' * (number != 1)}"


def count(number: int | None) -> str:
    """A number of things in few characters, or a question mark.

    Example:
        >>> count(987), count(887_530), count(12_942_786), count(None)
        ('987', '888 k', '12.9 M', '?')
    """
    if number is None:
        return "?"
    if number < 10**3:
        return str(number)
    return f"{number / 10**3:.0f} k" if number < 10**6 else f"{number / 10**6:.1f} M"


def size(number: int | None) -> str:
    """Bytes in the unit that keeps the number short.

    Example:
        >>> size(900), size(3_550_000), size(None)
        ('900 B', '3.5 MB', '?')
    """
    if number is None:
        return "?"
    for unit, bytes_each in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if number >= bytes_each:
            return f"{number / bytes_each:.1f} {unit}"
    return f"{number} B"


def seconds(number: float | None) -> str:
    """A length of time.

    Example:
        >>> seconds(8.26), seconds(95), seconds(3720), seconds(None)
        ('8.3 s', '1 min 35 s', '1 h 2 min', '?')
    """
    if number is None:
        return "?"
    if number < 60:
        return f"{number:.1f} s"
    minutes, rest = divmod(round(number), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def milliseconds(number: float) -> str:
    """Milliseconds with two or three digits that count, without their unit.

    Example:
        >>> [milliseconds(number) for number in (0.0357, 0.512, 4.218, 31.26, 1234.5)]
        ['0.036', '0.51', '4.2', '31', '1,234']
    """
    if number >= 10:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 1 else f"{number:.2g}"
