"""What a section of the report is: each module in sections/ builds one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """One section: a heading and a template with what it shows, or the reason why there is nothing to show."""

    topic: str  # a word or two, for the list of contents
    title: str  # the heading: where it can be, what there is to see, as a sentence
    template: str = ""  # a file in templates/sections/
    view: object = None  # what the template shows, as `view`
    missing: str = ""  # why there is nothing to show, where there is not
