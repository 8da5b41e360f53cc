"""The exception tree. Each class carries the exit code that the command line ends with, and its kind in JSON.

OnelookError (1, failed)
├── ConfigError (2, request)    the request is wrong: an option, a setting, an unknown name
├── DataError (3, data)         the data is wrong or missing
└── ModelError (4, model)       the model folder is wrong
"""

from __future__ import annotations

import difflib
import struct
import zlib
from collections.abc import Iterable
from typing import ClassVar

from onelook.wording import listed

_MOST_NAMES = 20  # of the known ones, where none is near
_LONGEST_REASON = 150  # characters
_NO_WORDS = "its content does not follow its format"
# What code raises over bytes that nobody foresaw, the first that fits: its own words are about the code.
_IN_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (UnicodeError, "it holds bytes that are no UTF-8 text"),
    (zlib.error, "its packed bytes are damaged"),
    (EOFError, "it ends too early"),
    (MemoryError, "it is too large for this machine's memory"),
    (RecursionError, "it is nested too deeply"),
    ((LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, struct.error), _NO_WORDS),
)


class OnelookError(Exception):
    """Anything that onelook refuses, in one sentence or three: found, expected, what to do.

    Args:
        message: for a person.
        options: what can be typed instead, or added, where the message is a question or names something unknown:
            options with their values, such as `--layout idx`, or names in place of the unknown one, the nearest first.

    Example:
        >>> OnelookError("two layouts fit.", options=["--layout idx", "--layout npz"]).options
        ('--layout idx', '--layout npz')
    """

    exit_code: ClassVar[int] = 1
    kind: ClassVar[str] = "failed"

    def __init__(self, message: str = "", *, options: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.options = tuple(options)


class ConfigError(OnelookError):
    """The request is wrong: an option, a setting, an unknown name, an `--out` that exists."""

    exit_code = 2
    kind = "request"


class DataError(OnelookError):
    """The data is wrong or missing."""

    exit_code = 3
    kind = "data"


class ModelError(OnelookError):
    """The model folder is wrong: a file is missing, altered, or not what its format says."""

    exit_code = 4
    kind = "model"


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ConfigError:
    """The error for a name that nothing answers to: it offers the nearest match, else the list.

    Example:
        >>> print(unknown_name("model", "cmn", ["cnn", "mlp"]))
        unknown model 'cmn'. Did you mean 'cnn'?
    """
    names = sorted(known)
    close = nearest(name, names)
    hint = f"Did you mean '{close[0]}'?" if close else f"Known: {listed(names, most=_MOST_NAMES, last='')}."
    return ConfigError(f"unknown {kind} '{name}'. {hint}", options=nearest_first(name, names))


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known names that `name` may be a slip of, the nearest first; at most three.

    Example:
        >>> nearest("cmn", ["airbench", "mlp", "cnn"])
        ['cnn']
    """
    names = {known_name.casefold(): known_name for known_name in known}
    return [names[close] for close in difflib.get_close_matches(name.casefold(), names)]


def nearest_first(name: str, known: Iterable[str]) -> list[str]:
    """All the known names: those that `name` may be a slip of, then the others in their order.

    Example:
        >>> nearest_first("cmn", ["mlp", "airbench", "cnn"])
        ['cnn', 'mlp', 'airbench']
    """
    known = list(known)
    close = nearest(name, known)
    return [*close, *(each for each in known if each not in close)]


def shown(value: object, most: int = 60) -> str:
    """A value in a message, cut where it is long.

    Example:
        >>> shown([1, 2]), shown("x" * 100, most=10), shown(10**5000)
        ('[1, 2]', "'xxxxxx...", 'a number of thousands of digits')
    """
    try:
        text = repr(value)
    except ValueError:  # Python writes out no number of more than 4,300 digits
        kind = "a number" if isinstance(value, int) else f"a {type(value).__name__} with a number"
        return f"{kind} of thousands of digits"
    return text if len(text) <= most else f"{text[: most - 3]}..."


def in_words(problem: BaseException) -> str:
    """Why a library could not read something, for a person; its own words where these are meant for people.

    Example:
        >>> in_words(IndexError("list index out of range")), in_words(zlib.error("Error -3 while decompressing data"))
        ('its content does not follow its format', 'its packed bytes are damaged')
    """
    for kinds, words in _IN_WORDS:
        if isinstance(problem, kinds):
            return words
    # A header in Python's own words that are none: where they break off helps nobody.
    if (isinstance(problem, SyntaxError) and problem.lineno is not None) or type(problem).__name__ == "TokenError":
        return _NO_WORDS
    if type(problem) is ValueError:  # libraries' own errors, which speak of the file, are often subclasses of it
        return _NO_WORDS
    text = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    first_line = text.strip().partition("\n")[0].rstrip(" .:")
    if len(first_line) > _LONGEST_REASON:
        return f"{first_line[:_LONGEST_REASON]}…"
    return first_line or _NO_WORDS


def missing_extra(package: str, extra: str, purpose: str) -> ConfigError:
    """The error for an optional package that is not installed, naming the extra that holds it."""
    return ConfigError(
        f"{purpose} needs the package '{package}', which is not installed. "
        f"Install it with: pip install 'onelook[{extra}]'"
    )
