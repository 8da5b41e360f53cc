"""Write numbers, shares, times and sizes as text. Each function has one way of rounding."""

from __future__ import annotations

from onelook.wording.language import marked, translate
from onelook.wording.text import counted

_MOST_DECIMALS = 6  # of a percentage that would otherwise say 0 % or 100 %


def number(value: float, significant: int = 4) -> str:
    """Return a number as text: a whole number with thousands separators, another with a few significant digits.

    Example:
        >>> number(60000), number(0.031834), number(0.00004)
        ('60,000', '0.03183', '4e-05')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.{significant}g}"


def spread(low: float, high: float) -> str:
    """Return a range of numbers, or the number where both ends are the same.

    Example:
        >>> spread(8, 1200), spread(8, 8), spread(0.0, 0.5)
        ('8 to 1,200', '8', '0 to 0.5')
    """
    return number(low) if low == high else translate("{low} to {high}", low=number(low), high=number(high))


def large_number(count: float) -> str:
    """Return a count as text; from a million on it is rounded to a decimal of a million or a billion.

    Example:
        >>> [large_number(count) for count in (812, 88_753, 12_942_786, 999_960_000, 3.1e9)]
        ['812', '88,753', '12.9 million', '1.0 billion', '3.1 billion']
    """
    if count < 10**6:
        return f"{count:,.0f}"
    # Korean counts in units of ten thousand and of a hundred million.
    if round(count / 10**6, 1) < 1000:
        return translate("{millions} million", millions=f"{count / 10**6:,.1f}", ten_thousands=f"{count / 10**4:,.0f}")
    return translate("{billions} billion", billions=f"{count / 10**9:,.1f}", hundred_millions=f"{count / 10**8:,.0f}")


def abbreviated(count: float) -> str:
    """Return a count in few characters, for a column of a table: three digits or fewer, and a unit.

    Example:
        >>> [abbreviated(count) for count in (987, 8_040, 887_530, 999_700, 12_942_786)]
        ['987', '8.0 k', '888 k', '1.0 M', '12.9 M']
    """
    if count < 999.5:
        return f"{count:.0f}"
    unit, divisor = ("k", 1e3) if count < 999_500 else ("M", 1e6) if count < 999.5e6 else ("G", 1e9)
    value = count / divisor
    return f"{value:.{0 if value >= 99.95 else 1}f} {unit}"


def percent(share: float, decimals: int = 1) -> str:
    """Return a share as a percentage. Only all is written as 100 %, and only none as 0 %.

    Args:
        share: in [0, 1].
        decimals: digits after the point; more are written if the share would round to 0 or 100.

    Example:
        >>> percent(0.98234), percent(1.0), percent(0.98765, decimals=2)
        ('98.2 %', '100 %', '98.77 %')
        >>> percent(0.99996), percent(0.0002)  # one of 25,000 is wrong, five are right
        ('99.996 %', '0.02 %')
    """
    return translate("{n} %", n=percentage(share, decimals))


def round_percent(share: float) -> str:
    """Return a share that is a round number of percent, such as a tick of an axis, as a percentage.

    Example:
        >>> round_percent(0.95), round_percent(0.9925)
        ('95 %', '99.25 %')
    """
    return translate("{n} %", n=number(100 * share))


def percentage(share: float, decimals: int = 1) -> str:
    """Return the text of `percent` without the sign, for a column whose heading has the sign."""
    if share in (0.0, 1.0):
        return f"{100 * share:.0f}"
    text = f"{100 * share:.{decimals}f}"
    while float(text) in (0.0, 100.0) and decimals < _MOST_DECIMALS:
        decimals += 1
        text = f"{100 * share:.{decimals}f}"
    return text


def duration(seconds: float) -> str:
    """Return a length of time in one unit or two, to about a hundredth of itself.

    One digit under a second, one decimal under ten seconds where they are not whole, whole seconds under an hour, whole
    minutes from then on.

    Example:
        >>> [duration(seconds) for seconds in (0, 0.0004, 0.042, 0.42, 7.31, 8, 12.4)]
        ['0 s', 'under 1 ms', '0.04 s', '0.4 s', '7.3 s', '8 s', '12 s']
        >>> [duration(seconds) for seconds in (9.96, 59.7, 185, 3599.7, 3840, 7210)]
        ['10 s', '1 min', '3 min 5 s', '1 h', '1 h 4 min', '2 h']
    """
    if seconds < 0.95:
        if 0 < seconds < 0.001:
            return translate("under 1 ms")
        decimals = (3 if seconds < 0.0095 else 2 if seconds < 0.095 else 1) if seconds else 0
        return translate("{n} s", n=f"{seconds:.{decimals}f}")
    if seconds < 9.95 and not float(seconds).is_integer():
        return translate("{n} s", n=f"{seconds:.1f}")
    whole = round(seconds)
    if whole < 3600:
        parts = ((whole // 60, marked("{n} min")), (whole % 60, marked("{n} s")))
    else:
        minutes = round(seconds / 60)
        parts = ((minutes // 60, marked("{n} h")), (minutes % 60, marked("{n} min")))
    return " ".join(translate(unit, n=f"{amount:,}") for amount, unit in parts if amount)


def milliseconds(value: float) -> str:
    """Return milliseconds with two significant digits, or as a whole number from 10 on; without the unit.

    Example:
        >>> [milliseconds(value) for value in (0.0357, 0.512, 4.218, 31.26, 1234.5)]
        ['0.036', '0.51', '4.2', '31', '1,234']
    """
    if value >= 9.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2g}"


def size(count: float) -> str:
    """Return a number of bytes with one decimal in kB, MB or GB (powers of 1,000).

    An error that compares two sizes should count bytes instead: `counted(length, "byte")`.

    Example:
        >>> size(1), size(900), size(3_550_000), size(999_960), size(4 * 10**12)
        ('1 byte', '900 bytes', '3.5 MB', '1.0 MB', '4,000.0 GB')
    """
    if count < 1000:
        return counted(round(count), "byte")
    return _in_units(count, (" kB", " MB", " GB"), (10**3, 10**6, 10**9))


def _in_units(count: float, units: tuple[str, ...], factors: tuple[int, ...]) -> str:
    """Return a count with one decimal, in the smallest unit in which it is below a thousand after rounding."""
    at = next((at for at, factor in enumerate(factors) if round(count / factor, 1) < 1000), len(factors) - 1)
    return f"{count / factors[at]:,.1f}{units[at]}"
