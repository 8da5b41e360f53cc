"""Render an output of a notebook, in the colours of the report."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from onelook.report.page import render_template
from onelook.report.theme import DARK, LIGHT, css_variables

# A notebook has other text sizes than a page: 1 rem of the shared style becomes the size of a notebook's text.
_PIXELS_A_REM = 14
_REM = re.compile(r"(\d*\.?\d+)rem\b")


def render_cell(template: str, view: object) -> str:
    """Return the HTML of an output.

    Args:
        template: a file in `templates/notebook/`.
        view: what it shows, as `view`.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    content = render_template(f"notebook/{template}", view=view)
    return f'<div class="onelook">\n<style>\n{_style()}</style>\n{content}</div>\n'


@cache
def _style() -> str:
    folder = files("onelook.report") / "templates"
    shared, own = ((folder / name).read_text(encoding="utf-8") for name in ("parts.css", "notebook/notebook.css"))
    style = own.replace("/* light */", css_variables(LIGHT)).replace("/* dark */", css_variables(DARK))
    return _REM.sub(lambda found: f"{float(found[1]) * _PIXELS_A_REM:g}px", style.replace("/* shared */", shared))
