"""The exception tree. Each class has the exit code of the command line, and its kind in JSON.

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

_MOST_NAMES = 20  # listed, if no known name is near
_LONGEST_REASON = 150  # characters
_NO_WORDS = "its content does not follow its format"
# Messages for exceptions that code raises on unexpected bytes, because their own text is about the code. The first
# match counts.
_IN_WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (UnicodeError, "it holds bytes that are not UTF-8 text"),
    (zlib.error, "its compressed bytes are damaged"),
    (EOFError, "it ends too early"),
    (MemoryError, "it is too large for this machine's memory"),
    (RecursionError, "it is nested too deeply"),
    ((LookupError, TypeError, AttributeError, ArithmeticError, AssertionError, struct.error), _NO_WORDS),
)


class OnelookError(Exception):
    """An error that onelook reports: what was found, what was expected, what to do.

    Args:
        message: the text for a person.
        options: what the user can type to solve the problem, if the message is a question or is about an unknown
            name: options with their values, such as `--layout idx`, or known names, the nearest first.

    Example:
        >>> OnelookError("two layouts fit.", options=["--layout idx", "--layout npz"]).options
        ('--layout idx', '--layout npz')
    """

    exit_code: ClassVar[int] = 1
    kind: ClassVar[str] = "failed"

    def __init__(self, message: str = "", *, options: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.options = tuple(options)

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython and notebooks print."""
        return short_traceback(self)


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


def short_traceback(error: BaseException) -> list[str]:
    """Return the lines that a notebook prints for an error: the user's own lines, and the message.

    The frames in our code say nothing to whoever mistyped a name, and push the message off the screen.
    """
    import traceback  # here, as `onelook --help` must not wait for them
    from pathlib import Path

    from onelook.wording import wrapped

    not_the_users = (str(Path(__file__).parent), str(Path(traceback.__file__).parent))  # ours; Python's and packages
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        is_installed = {"site-packages", "dist-packages"} & set(Path(frame.filename).parts)
        if not is_installed and not frame.filename.startswith(not_the_users):
            is_cell = "ipykernel_" in frame.filename or frame.filename.startswith("<ipython")
            lines.append(f"{'this cell' if is_cell else frame.filename}, line {frame.lineno}: {frame.line}")
    message = f"{type(error).__name__}: {error}"
    return [*lines, *(part for line in message.splitlines() for part in wrapped(line, 100) or [""])]


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ConfigError:
    """Return the error for an unknown name. It suggests the nearest known name, or lists the known names.

    Example:
        >>> print(unknown_name("model", "cmn", ["cnn", "mlp"]))
        unknown model 'cmn'. Did you mean 'cnn'?
    """
    from onelook.wording import listed  # here, as `onelook --help` must not wait for it

    names = sorted(known)
    close = nearest(name, names)
    hint = f"Did you mean '{close[0]}'?" if close else f"Known: {listed(names, most=_MOST_NAMES, last='')}."
    return ConfigError(f"unknown {kind} '{name}'. {hint}", options=nearest_first(name, names))


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return the known names that `name` may be a misspelling of, the nearest first; at most three.

    Example:
        >>> nearest("cmn", ["airbench", "mlp", "cnn"])
        ['cnn']
        >>> nearest("--json", ["--token", "--host"]), nearest("--hist", ["--token", "--host"])
        ([], ['--host'])
    """
    # Without the signs before an option, which would make any two of them alike.
    names = {known_name.casefold().lstrip("-"): known_name for known_name in known}
    return [names[close] for close in difflib.get_close_matches(name.casefold().lstrip("-"), names)]


def nearest_first(name: str, known: Iterable[str]) -> list[str]:
    """Return all known names: first those that `name` may be a misspelling of, then the others in their order.

    Example:
        >>> nearest_first("cmn", ["mlp", "airbench", "cnn"])
        ['cnn', 'mlp', 'airbench']
    """
    known = list(known)
    close = nearest(name, known)
    return [*close, *(each for each in known if each not in close)]


def shown(value: object, most: int = 60) -> str:
    """Return a value as text for a message, cut if it is long.

    Example:
        >>> shown([1, 2]), shown("x" * 100, most=10), shown(10**5000)
        ('[1, 2]', "'xxxxxx...", 'a number of thousands of digits')
    """
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print a number of more than 4,300 digits
        kind = "a number" if isinstance(value, int) else f"a {type(value).__name__} with a number"
        return f"{kind} of thousands of digits"
    return text if len(text) <= most else f"{text[: most - 3]}..."


def in_words(problem: BaseException) -> str:
    """Return why a library could not read something, in words for a person: the library's own if they are clear.

    Example:
        >>> in_words(IndexError("list index out of range")), in_words(zlib.error("Error -3 while decompressing data"))
        ('its content does not follow its format', 'its compressed bytes are damaged')
    """
    for kinds, words in _IN_WORDS:
        if isinstance(problem, kinds):
            return words
    # A header that should be a Python literal and is not: the position of the syntax error does not help.
    if (isinstance(problem, SyntaxError) and problem.lineno is not None) or type(problem).__name__ == "TokenError":
        return _NO_WORDS
    if type(problem) is ValueError:  # libraries' own errors, which describe the file, are often subclasses of it
        return _NO_WORDS
    text = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    first_line = text.strip().partition("\n")[0].rstrip(" .:")
    if len(first_line) > _LONGEST_REASON:
        return f"{first_line[:_LONGEST_REASON]}…"
    return first_line or _NO_WORDS


def missing_extra(package: str, extra: str, purpose: str) -> ConfigError:
    """Return the error for an optional package that is not installed. It names the extra to install."""
    return ConfigError(
        f"{purpose} needs the package '{package}', which is not installed. "
        f"Install it with: pip install 'onelook[{extra}]'"
    )
