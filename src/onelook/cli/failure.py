"""Which words and which exit code an exception ends with."""

from __future__ import annotations

import difflib
import errno
from typing import Any

import typer

from onelook.errors import OnelookError

# The machine says no, and the words that asked for it are to be changed.
_REFUSED_BY_SYSTEM = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.EADDRINUSE})
_OUT_OF_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_MAKE_ROOM = "What was written before is whole. Make room and give the command again; a training goes on with --resume."


def exit_code(error: Exception) -> int:
    """The code that the process ends with."""
    if isinstance(error, OnelookError):
        return error.exit_code
    if isinstance(error, typer.TyperException):
        return 2
    return 2 if _system_error(error) in _REFUSED_BY_SYSTEM else 1


def describe(error: Exception) -> str:
    """The message for a person: what was found, what was expected, what to do."""
    if isinstance(error, OnelookError):
        return str(error)
    if isinstance(error, typer.TyperException):
        return _usage_message(error)
    if isinstance(error, MemoryError):
        return "not enough memory. A smaller --image-size or --batch-size needs less."
    number = _system_error(error)
    if number in _REFUSED_BY_SYSTEM | _OUT_OF_SPACE:
        place = getattr(error, "filename", None)
        found = f"{place}: {error.strerror}." if place else f"{error.strerror}."  # type: ignore[attr-defined]
        return f"{found} {_MAKE_ROOM}" if number in _OUT_OF_SPACE else found
    return (
        f"a bug in onelook: {type(error).__name__}: {error}. "
        "Please report it, with what the same command prints when --debug is added."
    )


def _system_error(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _usage_message(error: Any) -> str:
    """The parser's complaint in our style, with the nearest option and where to read on."""
    context = getattr(error, "ctx", None)
    option = getattr(error, "option_name", None)
    if option and context and hasattr(error, "possibilities"):
        message = f"no such option '{option}'."
        known = [name for parameter in context.command.get_params(context) for name in parameter.opts]
        if close := difflib.get_close_matches(option, known, n=1):
            message += f" Did you mean '{close[0]}'?"
    else:
        text = error.format_message().strip().rstrip(".")
        message = f"{text[:1].lower()}{text[1:]}{'' if text.endswith('?') else '.'}"
    return f"{message} See: {context.command_path} --help" if context else message
