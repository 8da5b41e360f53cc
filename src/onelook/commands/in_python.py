"""Call a command's function from Python: its errors then name keywords, as a Python program writes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from onelook.errors import OnelookError


@cache
def in_python(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with the words of Python in its errors. The same function always gives the same one."""

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        try:
            return function(*arguments, **keywords)
        except OnelookError as error:
            from onelook.settings.python_words import python_words  # here, as most calls have no error

            error.args = (python_words(str(error)),)
            raise

    call.__module__ = "onelook"  # where pickle finds it
    return call
