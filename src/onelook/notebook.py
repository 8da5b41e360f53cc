"""The seam to notebooks: whether one runs this process, and the HTML that it shows for an object."""

from __future__ import annotations

from importlib import import_module

from onelook.errors import OnelookError


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
