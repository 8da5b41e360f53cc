"""A page: its sections and its head, rendered as one HTML document that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.errors import ConfigError, missing_extra
from onelook.files import refuse_unwritable
from onelook.report.marking import Marking, inside_element
from onelook.report.page_wording import date, in_sight
from onelook.report.pictures import shape
from onelook.report.theme import DARK, LIGHT, css_variables
from onelook.wording import catalogue, counted, language, number, retell, translate

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_CODE = re.compile(
    r"(?<![\w-])(--set [\w.]+=[\w.,-]*\w|--[a-z][a-z-]*|(?:ledger|split|predictions)\.csv|(?:evaluation|run)\.json)"
    "(?![A-Za-z0-9_])"  # a Korean particle may follow
)


_REMARK = re.compile(r"^ *//.*\n", re.MULTILINE)
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')  # of a script; its texts are such strings
_KOREAN = re.compile("[\uac00-\ud7a3]")
_ENGLISH_WORD = re.compile("[a-z]{3}")
_PLACE = re.compile(r"%\((\w+)\)s")


def refuse_page(path: Path, option: str) -> None:
    """Refuse, before pictures are read, a page that could not be written later.

    An existing HTML page may be replaced. Any other file, such as the data itself, may not.

    Args:
        path: the page's path.
        option: the option that names it.

    Raises:
        ConfigError: `path` is a folder, is not an HTML file, or cannot be written; or Jinja2 is not installed.
    """
    refuse_unwritable(path)
    if path.is_file() and path.stat().st_size:
        with path.open("rb") as file:
            start = file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if not start.startswith((b"<!doctype html", b"<html")):
            raise ConfigError(
                f"{option} {path}: this file exists and is not an HTML page; it would be lost. Name another file, such "
                "as look.html."
            )
    require_templates()


@dataclass(frozen=True)
class Section:
    """A heading, and a template with what it shows; or the reason why there is nothing to show."""

    topic: str  # a word or two, for the list of contents
    title: str  # the heading: a sentence on what the section shows, if possible
    template: str = ""  # a file in templates/sections/
    view: object = None  # what the template shows, as `view`
    missing: str = ""  # why there is nothing to show; empty if there is something
    # Files in templates/ that make the section answer to clicks, in their order; the section is complete without them.
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Masthead:
    """The first line of a page."""

    name: str
    kind: str
    created: str  # an ISO date; empty if the page does not say
    version: str  # of onelook


def render_page(sections: Mapping[str, Section], masthead: Masthead, marking: Marking | None = None) -> str:
    """Return a page as one HTML document.

    Args:
        sections: name -> section. A link to the section ends in `#` and this name.
        masthead: the first line.
        marking: lets the reader mark pictures; None for a page without.
    """
    names = dict.fromkeys(
        ["translate.js", "enhance.js", *(name for section in sections.values() for name in section.scripts)]
    )
    if marking is not None:
        names["marks.js"] = None
    script = "".join((files("onelook.report") / "templates" / name).read_text(encoding="utf-8") for name in names)
    script = _REMARK.sub("", script)  # for who reads the code; a page does without
    # Only our own script may run, whatever a class name or a file name says.
    script_hash = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("page.html")
        .render(
            language=language(),
            texts=inside_element(_texts_of(script)),
            masthead=masthead,
            marking=marking,
            sections={name: (section, render_section(section)) for name, section in sections.items()},
            light=css_variables(LIGHT),
            dark=css_variables(DARK),
            script=script,
            script_hash=script_hash,
        )
    )


def _texts_of(script: str) -> dict[str, str]:
    """Return the translations of the texts of a script, by the English text; none in English."""
    known = catalogue(language())
    texts = (json.loads(text) for text in dict.fromkeys(_STRING.findall(script)))
    return {text: known[text] for text in texts if text in known}


def render_section(section: Section) -> str:
    """Return the HTML below a section's heading."""
    if section.view is None:
        return ""
    return render_template(f"sections/{section.template}", view=section.view)


def render_template(name: str, **values: object) -> str:
    """Return a template in `templates/` filled with values, which are escaped.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    return _environment().get_template(name).render(**values)


def require_templates() -> None:
    """Check before the work that a page can be made after it.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    _environment()


@cache  # compiling the templates takes longer than filling them
def _environment() -> Environment:
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
    except ImportError as error:
        raise missing_extra("jinja2", "train", "a page") from error
    environment = Environment(
        loader=PackageLoader("onelook.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
        extensions=["jinja2.ext.i18n"],
    )
    environment.newstyle_gettext = True  # type: ignore[attr-defined]  # the extension adds it
    environment.globals["gettext"] = pass_context(_translated)
    environment.filters["date"] = date
    environment.filters["retold"] = _retold
    environment.filters["shape"] = shape
    environment.filters["prose"] = _prose
    environment.filters["counted"] = counted
    environment.filters["number"] = number
    return environment


def _finalized(value: object) -> object:
    """Return a value of a template with the control characters of a text in sight; HTML has been through this."""
    return in_sight(value) if type(value) is str else value


def _translated(_: object, message: str, **values: object) -> Markup:
    """Return a text of a template, which may have elements, in the language of the moment; values are escaped.

    Args:
        message: with places as `%(name)s`, as the extension for gettext writes them.
        values: the values for the places.
    """
    from markupsafe import Markup

    text = Markup(translate(in_braces(message)))
    return text.format(**{name: _finalized(value) for name, value in values.items()}) if values else text


def in_braces(message: str) -> str:
    """Return a message of a template as the catalogue has it.

    Example:
        >>> in_braces("%(count)s of 95 %%")
        '{count} of 95 %'
    """
    return _PLACE.sub(r"{\1}", message).replace("%%", "%")


def _prose(text: str) -> Markup:
    """Return a sentence as HTML in which options such as --test and names of our files are set as code.

    A sentence that a file has in English is translated, as by `_retold`.
    """
    from markupsafe import Markup

    return Markup(_CODE.sub(r"<code>\1</code>", str(_retold(text).replace(" -&gt; ", "\u00a0→ "))))


def _retold(text: str) -> Markup:
    """Return a text as HTML in the language of the page. An English one without a translation is marked as English."""
    from markupsafe import Markup, escape

    told = retell(text)
    html = escape(in_sight(text if told is None else told))
    # What the page itself has written is in its language already.
    is_english = told is None and not _KOREAN.search(text) and _ENGLISH_WORD.search(text)
    return Markup('<span lang="en">{}</span>').format(html) if is_english else html
