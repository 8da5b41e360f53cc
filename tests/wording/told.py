"""The sentences that a run or an inspection keeps, as the tests make them: each has an entry in every catalogue.

They are English in the files of a run, and a page in another language translates them again. They are written in a
hundred files, from parts that only come together while data is read or a model is trained. So they are gathered where
they are kept, while all other tests run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest

from onelook.checks.finding import Finding
from onelook.data.dataset import Dataset
from onelook.data.ledger import Ledger
from onelook.evaluation.result import Evaluation
from onelook.planning.plan import Plan
from onelook.report.facts import RunFacts
from onelook.report.sections.choices import choices_in
from onelook.wording import LANGUAGES, in_language, retell, sentence
from onelook.wording.language import ENGLISH

_FEWEST_WORDS = 5  # shorter ones are words that a test made up, such as "A note."
_WORD = re.compile(r"[^\W\d_]{2,}")
_VALUE = re.compile(r"\d+|'[^']*'")


class Gathered:
    """Sentences that were kept since they were last looked at."""

    def __init__(self) -> None:
        self._new: list[str] = []
        self._seen: set[str] = set()

    def add(self, texts: Iterable[str]) -> None:
        """Add sentences. Those that differ from earlier ones in their numbers and names only are left out."""
        for text in texts:
            kind = _VALUE.sub("", text)
            if kind not in self._seen:
                self._seen.add(kind)
                self._new.append(text)

    def untold(self) -> list[str]:
        """Return those without an entry in a catalogue, and forget all."""
        texts, self._new = self._new, []
        missing = []
        for name in LANGUAGES:
            with in_language(name):
                missing += [f"{name}: {text}" for text in texts if name != ENGLISH and retell(text) is None]
        return [text for text in missing if len(_WORD.findall(text)) > _FEWEST_WORDS]


def watch(gathered: Gathered, patch: pytest.MonkeyPatch) -> None:
    """Gather what is kept of data, checks, plans and scores from now on, as a page shows it."""

    def choices(sentences: Iterable[str]) -> list[str]:
        return [text for one in choices_in(sentences) for text in (one.what, "" if one.are_settings else one.why)]

    sources: dict[type, Callable[..., Iterable[str]]] = {
        Dataset: lambda data: (sentence(data.why), *data.notes),
        Ledger: lambda ledger: {entry.reason for entry in ledger},
        Finding: lambda finding: (finding.message,),
        Plan: lambda plan: choices(plan.choices),
        Evaluation: lambda evaluation: evaluation.warnings,
        RunFacts: lambda run: (*choices(run.choices), *(note[:1].upper() + note[1:] for note in run.notes)),
    }
    for kind, texts in sources.items():
        patch.setattr(kind, "__init__", _and_gather(kind.__init__, texts, gathered))  # type: ignore[misc]


def _and_gather(
    make: Callable[..., None], texts: Callable[..., Iterable[str]], gathered: Gathered
) -> Callable[..., None]:
    def made(self: object, *args: object, **kwargs: object) -> None:
        make(self, *args, **kwargs)
        gathered.add(text for text in texts(self) if text)

    return made
