"""Turn an exception into a message for a person, a JSON document, and an exit code."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from onelook.errors import OnelookError, nearest, nearest_first

# The operating system refuses what the command line names: the user has to name something else.
_REFUSED_BY_SYSTEM = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.EADDRINUSE})
_OUT_OF_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_MAKE_ROOM = "Files written before are whole. Free some space and run the command again; --resume resumes a training."


def interrupted(message: str = "interrupted") -> Mapping[str, object]:
    """Return the document of an interruption as plain JSON values."""
    return {"error": {"kind": "interrupted", "message": message, "exit_code": 130, "options": []}}


def exit_code(error: Exception) -> int:
    """Return the exit code of the process."""
    if isinstance(error, OnelookError):
        return error.exit_code
    if isinstance(error, typer.TyperException):
        return 2
    return 2 if _system_error(error) in _REFUSED_BY_SYSTEM or _is_folder_gone(error) else 1


def describe(error: Exception) -> str:
    """Return the message for a person: what was found, what was expected, what to do."""
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
    if _is_folder_gone(error):
        return "the folder in which the command was typed is not there any more. Change to another folder: cd."
    return (
        f"a bug in onelook: {type(error).__name__}: {error}. "
        "Please report it, together with what the same command prints with --debug."
    )


def _is_folder_gone(error: Exception) -> bool:
    """Return whether the current folder was deleted: the system then names no path."""
    try:
        return isinstance(error, FileNotFoundError) and error.filename is None and not Path.cwd().is_dir()
    except FileNotFoundError:
        return True


def as_document(error: Exception) -> Mapping[str, object]:
    """Return the error as plain JSON values, which `docs/json.md` describes."""
    options = error.options if isinstance(error, OnelookError) else _usage_options(error)
    return {
        "error": {
            "kind": _kind(error),
            "message": describe(error),
            "exit_code": exit_code(error),
            "options": list(options),
        }
    }


def _kind(error: Exception) -> str:
    if isinstance(error, OnelookError):
        return error.kind
    if isinstance(error, typer.TyperException):
        return "usage"
    is_system = isinstance(error, MemoryError) or _system_error(error) in _REFUSED_BY_SYSTEM | _OUT_OF_SPACE
    return "system" if is_system else "bug"


def _system_error(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None


def _usage_message(error: Any) -> str:
    """Return the parser's message in our style, with the nearest option and the help page to read."""
    context = getattr(error, "ctx", None)
    if unknown := _unknown_option(error):
        message = f"no such option '{unknown}'."
        if close := nearest(unknown, _options_of(context)):
            message += f" Did you mean '{close[0]}'?"
    else:
        text = error.format_message().strip().rstrip(".")
        message = f"{text[:1].lower()}{text[1:]}{'' if text.endswith('?') else '.'}"
    return f"{message} See: {context.command_path} --help" if context else message


def _usage_options(error: Any) -> list[str]:
    """Return what can be typed instead: options or commands, the nearest first, or the missing option."""
    context: Any = getattr(error, "ctx", None)
    missing = getattr(error, "param", None)
    if unknown := _unknown_option(error):
        return nearest_first(unknown, _options_of(context))
    if hasattr(error, "param_type") and missing is not None:
        return [name for name in missing.opts if name.startswith("--")]
    commands = getattr(getattr(context, "command", None), "commands", None)
    if commands:  # the only thing that the group itself can refuse is the name of a command
        typed = next((word for word in context.obj or () if not word.startswith("-")), "")
        return nearest_first(typed, commands)
    return []


def _unknown_option(error: Any) -> str | None:
    """Return the unknown option; None if something else is wrong."""
    is_unknown = getattr(error, "ctx", None) is not None and hasattr(error, "possibilities")
    return error.option_name if is_unknown else None


def _options_of(context: Any) -> list[str]:
    return [name for parameter in context.command.get_params(context) for name in parameter.opts if name[:1] == "-"]
