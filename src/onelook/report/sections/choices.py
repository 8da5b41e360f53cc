"""The settings that onelook picked for this run, with their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from onelook.report.page import Section
from onelook.report.results import Results
from onelook.wording import translate

_AS_ASKED = "as asked"  # what `onelook.planning.asked_in_words` begins with


@dataclass(frozen=True)
class Choice:
    """One choice and its reason."""

    what: str
    why: str
    are_settings: bool = False  # whether the reason is what the command set: names of settings, and their values


@dataclass(frozen=True)
class Choices:
    """The content of the section."""

    choices: tuple[Choice, ...]


def build_section(results: Results) -> Section:
    """Build the section with one line for each choice."""
    topic, title = translate("Choices"), translate("What was chosen, and why")
    if not results.run.choices:
        return Section(
            topic, title, missing=translate("Nothing was chosen: the command or the recipe set all that matters.")
        )
    return Section(topic, title, "choices.html", Choices(choices_in(results.run.choices)))


def choices_in(sentences: Iterable[str]) -> tuple[Choice, ...]:
    """Split each sentence at its first colon into what was chosen and why."""
    return tuple(_choice(sentence) for sentence in sentences)


def _choice(sentence: str) -> Choice:
    what, colon, why = sentence.partition(": ")
    return Choice(what, why, what == _AS_ASKED) if colon else Choice(sentence, "")
