"""The exception tree. Each class carries the exit code that the command line ends with.

OnelookError (1)
├── ConfigError (2)      the request is wrong: an option, a setting, an unknown name
├── DataError (3)        the data is wrong or missing
└── ModelError (4)       the model folder is wrong
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class OnelookError(Exception):
    """Anything that onelook refuses, in one sentence or three: found, expected, what to do."""

    exit_code = 1


class ConfigError(OnelookError):
    """The request is wrong: an option, a setting, an unknown name, an `--out` that exists."""

    exit_code = 2


class DataError(OnelookError):
    """The data is wrong or missing."""

    exit_code = 3


class ModelError(OnelookError):
    """The model folder is wrong: a file is missing, altered, or not what its format says."""

    exit_code = 4


def unknown_name(kind: str, name: str, known: Iterable[str]) -> ConfigError:
    """The error for a name that nothing answers to: it offers the nearest match, else the list.

    Example:
        >>> print(unknown_name("model", "cmn", ["cnn", "mlp"]))
        unknown model 'cmn'. Did you mean 'cnn'?
    """
    names = {known_name.casefold(): known_name for known_name in sorted(known)}
    close = difflib.get_close_matches(name.casefold(), names, n=1)
    hint = f"Did you mean '{names[close[0]]}'?" if close else f"Known: {', '.join(names.values())}."
    return ConfigError(f"unknown {kind} '{name}'. {hint}")


def missing_extra(package: str, extra: str, purpose: str) -> ConfigError:
    """The error for an optional package that is not installed, naming the extra that holds it."""
    return ConfigError(
        f"{purpose} needs the package '{package}', which is not installed. "
        f"Install it with: pip install 'onelook[{extra}]'"
    )
