"""A run's result files, or what `inspect` found, made into one HTML file that needs nothing else.

No network, no other file, no model.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.errors import missing_extra
from onelook.files import write_text
from onelook.report.inspected_data import Inspected
from onelook.report.results import Results, read_results
from onelook.report.section import Section
from onelook.report.sections import INSPECT_SECTIONS, SECTIONS
from onelook.report.theme import DARK, LIGHT, css_variables
from onelook.run_folder import RunFolder
from onelook.wording import counted, number

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_CODE = re.compile(
    r"(?<![\w-])(--set [\w.]+=[\w.,-]*\w|--[a-z][a-z-]*|(?:ledger|split|predictions)\.csv|(?:evaluation|run)\.json)\b"
)


def build_report(run_folder: RunFolder, out: Path | None = None) -> Path:
    """Writes the report of a run and returns where it is: `out`, else `report.html` in the run folder.

    The same result files give the same report, byte for byte.

    Raises:
        OnelookError: there is no run, or one of its files is damaged.
        ConfigError: Jinja2 is not installed.
    """
    target = run_folder.report if out is None else Path(out)
    write_text(target, render_report(read_results(run_folder)))
    return target


def render_report(results: Results) -> str:
    """The report as one HTML document."""
    sections = {name: SECTIONS.load(name)(results) for name in SECTIONS}
    version = results.run.versions.get("onelook", "")
    return _render(sections, Masthead(results.name, "Training report", results.run.created, version))


def render_inspection(seen: Inspected) -> str:
    """The inspect page as one HTML document."""
    sections = {name: INSPECT_SECTIONS.load(name)(seen) for name in INSPECT_SECTIONS}
    return _render(sections, Masthead(seen.name, "A look at the data", "", seen.version))


def render_one_section(section: Section, masthead: Masthead) -> str:
    """A page of a single section as one HTML document."""
    return _render({"found": section}, masthead)


def render_sections(sections: Mapping[str, Section], masthead: Masthead) -> str:
    """A page of such sections, by the name that a link leads to, as one HTML document."""
    return _render(sections, masthead)


@dataclass(frozen=True)
class Masthead:
    """The first line of a page."""

    name: str
    kind: str
    created: str  # an ISO date; empty where the page does not say
    version: str


def _render(sections: Mapping[str, Section], masthead: Masthead) -> str:
    script = (files("onelook.report") / "templates" / "enhance.js").read_text(encoding="utf-8")
    # Only our own script may run, whatever a class name or a file name says.
    script_hash = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("page.html")
        .render(
            masthead=masthead,
            sections={name: (section, render_section(section)) for name, section in sections.items()},
            light=css_variables(LIGHT),
            dark=css_variables(DARK),
            script=script,
            script_hash=script_hash,
        )
    )


def require_templates() -> None:
    """Says before the work that no page can be made after it.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    _environment()


def render_section(section: Section) -> str:
    """The HTML below a section's heading."""
    if section.view is None:
        return ""
    return _environment().get_template(f"sections/{section.template}").render(view=section.view)


@cache  # compiling the templates takes longer than filling them
def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise missing_extra("jinja2", "train", "a page") from error
    environment = Environment(
        loader=PackageLoader("onelook.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["prose"] = _prose
    environment.filters["counted"] = counted
    environment.filters["number"] = number
    return environment


def _prose(text: str) -> Markup:
    """A sentence as HTML, with options such as --test and the names of our files set as code."""
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text.replace(" -> ", "\u00a0→ ")))))
