"""The seam to notebooks: whether one runs this process, an output that changes in place, and the HTML of an object."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from onelook.errors import OnelookError, short_traceback

if TYPE_CHECKING:
    from PIL.Image import Image

# A blue that can be read on white and on black, between those of the report.
_BLUE = "#2f7fd6"


def in_notebook() -> bool:
    """Return whether this process is the kernel of a notebook (Jupyter, VS Code, Colab); not so in IPython's shell."""
    ipython = sys.modules.get("IPython")  # a kernel has imported it
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None


class ShownPictures(Protocol):
    """Pictures that a notebook shows where they are the last line of a cell."""

    def save(self, path: str | Path) -> Path:
        """Write them as a picture (.png, .jpg) or as a page (.html), and return the path.

        Raises:
            ConfigError: the file has another suffix, or cannot be written.
        """
        ...

    def as_picture(self) -> Image:
        """Return them as one Pillow picture, in RGB."""
        ...


class LiveOutput:
    """One output of a cell. Each call of `show` replaces its content."""

    def __init__(self) -> None:
        self._handle: Any = None

    @property
    def is_shown(self) -> bool:
        """Whether it has been shown yet."""
        return self._handle is not None

    def clear(self) -> None:
        """Show nothing, where something was shown."""
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)

    def show(self, line: str, share: float | None = None, more: tuple[str, ...] = ()) -> None:
        """Show a line of text.

        Args:
            line: the text.
            share: the work that is done, in [0, 1], as a bar before the line; None draws no bar.
            more: further lines, below.
        """
        bar = "" if share is None else f'<progress value="{share:.4f}" max="1" style="{_BAR}"></progress> '
        html = "".join(f"<div>{text}</div>" for text in (bar + escape(line), *map(escape, more)))
        bundle = {"text/plain": "\n".join((line, *more)), "text/html": f'<div style="{_TEXT}">{html}</div>'}
        if self._handle is None:
            self._handle = import_module("IPython.display").display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)


_BAR = f"width: 14em; height: 0.8em; margin-right: 0.6em; vertical-align: -0.05em; accent-color: {_BLUE}"
_TEXT = "font: 13px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap"


class Interrupted(KeyboardInterrupt):
    """The stop button of a notebook was pressed; the message says what is kept."""

    def _render_traceback_(self) -> list[str]:
        """Return the lines that a notebook prints."""
        return short_traceback(self)


@contextmanager
def short_interrupts(kept: str) -> Iterator[None]:
    """Within the block, the stop button of a notebook prints a sentence instead of the frames of the package.

    Args:
        kept: the sentence: what is kept, and what resumes it.
    """
    try:
        yield
    except KeyboardInterrupt as problem:
        if type(problem) is not KeyboardInterrupt or not in_notebook():
            raise
        raise Interrupted(kept) from problem


def html_of(maker: str, shown: object) -> str | None:
    """Return the HTML that a notebook shows for an object; None if it cannot be made.

    A notebook then shows the object's text. Nothing is raised: the run may have been deleted since, or Jinja2 may not
    be installed.

    Args:
        maker: `module:function`. It is loaded by name, because pages lie above most of what they show.
        shown: the object, given to the function.
    """
    module, _, function = maker.partition(":")
    try:
        html: str = getattr(import_module(module), function)(shown)
    except (OnelookError, OSError):
        return None
    return html
