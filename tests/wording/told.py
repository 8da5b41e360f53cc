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
from onelook.comparison.result import Comparison
from onelook.data.dataset import Dataset
from onelook.data.ledger import Ledger
from onelook.evaluation.gains.gain import Gain
from onelook.evaluation.learned.index import TreePath
from onelook.evaluation.pictures.index import FoundPicture
from onelook.evaluation.result import Evaluation
from onelook.planning.plan import Plan
from onelook.report.facts import AugmentationFacts, RunFacts
from onelook.report.rate_page import RateView
from onelook.report.sections.choices import choices_in
from onelook.runs.ending.plan import EndingPlan
from onelook.training.result import FitResult
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
            if text in self._seen:
                continue
            kind = _VALUE.sub("", text)
            if kind not in self._seen:
                self._new.append(text)
            self._seen.update((text, kind))

    def untold(self) -> list[str]:
        """Return those without an entry in a catalogue, and forget all."""
        texts, self._new = self._new, []
        missing = []
        for name in LANGUAGES:
            with in_language(name):
                missing += [f"{name}: {text}" for text in texts if name != ENGLISH and retell(text) is None]
        return [text for text in missing if len(_WORD.findall(text)) > _FEWEST_WORDS]


def watch(gathered: Gathered, patch: pytest.MonkeyPatch) -> None:
    """Gather what is kept of data, checks, plans, trainings and scores from now on, as a page shows it."""

    def choices(sentences: Iterable[str]) -> list[str]:
        return [text for one in choices_in(sentences) for text in (one.what, "" if one.are_settings else one.why)]

    sources: dict[type, Callable[..., Iterable[str]]] = {
        Dataset: lambda data: (sentence(data.why), *data.notes),
        Ledger: lambda ledger: {entry.reason for entry in ledger},
        Finding: lambda finding: (finding.message,),
        Plan: lambda plan: choices(plan.choices),
        FitResult: lambda result: map(as_shown, result.notes),
        EndingPlan: lambda plan: plan.left_out,
        Evaluation: lambda evaluation: evaluation.warnings,
        AugmentationFacts: lambda facts: (facts.why,),
        Gain: lambda gain: (gain.why,),
        TreePath: lambda path: (*path.questions, path.answer),
        FoundPicture: lambda found: (found.note,),
        Comparison: lambda found: (found.advice, *found.notes),
        RateView: lambda view: (view.why,),
        RunFacts: lambda run: (*choices(run.choices), *map(as_shown, run.notes), *run.left_out),
    }
    for kind, texts in sources.items():
        patch.setattr(kind, "__init__", _and_gather(kind.__init__, texts, gathered))  # type: ignore[misc]


def as_shown(note: str) -> str:
    """Return a note of a training as a page has it, with a capital."""
    return note[:1].upper() + note[1:]


def _and_gather(
    make: Callable[..., None], texts: Callable[..., Iterable[str]], gathered: Gathered
) -> Callable[..., None]:
    def made(self: object, *args: object, **kwargs: object) -> None:
        make(self, *args, **kwargs)
        gathered.add(text for text in texts(self) if text)

    return made
