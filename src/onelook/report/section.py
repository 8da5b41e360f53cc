"""What a section of the report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from onelook.report.results import Results


@dataclass(frozen=True)
class Section:
    """One section: a heading and a template with what it shows, or the reason why there is nothing to show."""

    topic: str  # a word or two, for the list of contents
    title: str  # the heading: where it can be, what there is to see, as a sentence
    template: str = ""  # a file in templates/sections/
    view: object = None  # what the template shows, as `view`
    missing: str = ""  # why there is nothing to show, where there is not


BuildSection = Callable[[Results], Section]  # what a module in sections/ gives, as `build_section`
