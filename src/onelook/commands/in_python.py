"""Call a command's function from Python: it then prints and raises with keywords, as a Python program writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, wraps
from inspect import signature
from typing import Any

from onelook.errors import OnelookError
from onelook.wording import wrapped

_COLUMNS = 80
_COPIED = re.compile(r" *(?:shown by +)?(?:onelook|ol\.)")
_PRINT_AS_TRAIN = ("cross_validate", "train_models")  # they hand all options to `train`


@cache
def in_python(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with the words of Python in its errors, and in the lines that it gives to `say`.

    The same function always gives the same one.
    """
    prints = "say" in signature(function).parameters or function.__name__ in _PRINT_AS_TRAIN

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        from onelook.settings.python_words import python_words  # here, so that `import onelook` is fast

        if prints:
            keywords["say"] = _in_python_words(keywords.get("say", _print_wrapped))
        try:
            return function(*arguments, **keywords)
        except OnelookError as error:
            error.args = (python_words(str(error)),)
            raise

    call.__module__ = "onelook"  # where pickle finds it
    return call


def _print_wrapped(text: str) -> None:
    """Print lines within 80 columns. A command or a call on a line of its own stays whole, because it is copied."""
    print("\n".join(line if len(line) <= _COLUMNS or _COPIED.match(line) else _fill(line) for line in text.split("\n")))


def _fill(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return "\n".join(wrapped(line.lstrip(), _COLUMNS, first_indent=indent, indent=f"{indent}  "))


def _in_python_words(say: Callable[[str], None]) -> Callable[[str], None]:
    """Return a function that prints each line with keywords instead of options; a command to type stays unchanged."""
    from onelook.settings.python_words import python_words

    return lambda text: say("\n".join(map(python_words, text.split("\n"))))
