"""Parse TOML, with limits against files that would exhaust the memory."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, in_words

# The parser stores every prefix of a dotted key: fifty thousand parts in 100 kB take six gigabytes.
_MOST_DOTS = 1_000  # in a line


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text.

    Raises:
        tomllib.TOMLDecodeError: the text is not TOML, or its nesting, dots or digits exceed a limit.

    Example:
        >>> parse_toml("epochs = 3")
        {'epochs': 3}
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _MOST_DOTS:
            raise tomllib.TOMLDecodeError(f"line {number} has more than {_MOST_DOTS:,} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    # The parser recurses into brackets, and Python refuses numbers of thousands of digits.
    except (ValueError, RecursionError) as problem:
        raise tomllib.TOMLDecodeError(in_words(problem)) from problem


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        ConfigError: the file is missing or not TOML; the message names the line.
    """
    try:
        return parse_toml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file. Expected a TOML file with settings.") from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path}: not readable as TOML: {problem}.") from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: not readable as TOML: {in_words(problem)}.") from problem
