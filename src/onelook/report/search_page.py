"""The page of a search for settings: the best trial, what each setting did, and every trial in a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from onelook.evaluation.result import SetName
from onelook.report.charts.lines import LineChart, Series, line_chart
from onelook.report.charts.trials import Kind, Outcome, SettingChart, Value, setting_chart
from onelook.report.page import Masthead, Section, render_page
from onelook.report.page_wording import decimals_for, duration, percent, set_in_words, tick_percent
from onelook.wording import agree, counted, for_page, listed, marked, translate

_STATES = {
    "complete": marked("complete"),
    "pruned": marked("stopped early"),
    "failed": marked("failed"),
    "waiting": marked("waiting"),
}


class Trial(Protocol):
    """A trial of the search."""

    @property
    def number(self) -> int:
        """From 1."""
        ...

    @property
    def state(self) -> str:
        """One of complete, pruned, failed, waiting."""
        ...

    @property
    def val_accuracy(self) -> float | None:
        """The accuracy of its best epoch, in [0, 1]."""
        ...

    @property
    def epochs(self) -> int:
        """The number of epochs that were trained."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...

    @property
    def settings(self) -> Mapping[str, Value]:
        """The values that the search drew, by the name of the setting."""
        ...

    @property
    def note(self) -> str:
        """Why it failed."""
        ...


@dataclass(frozen=True)
class KeptRun:
    """The run that the best trial became."""

    address: str  # of its report, as a link from the page
    accuracy: float
    rows: int  # the pictures that it was scored on
    set_name: SetName

    @property
    def score(self) -> str:
        """The score as a sentence, and how an honest one is had if there is none."""
        share = percent(self.accuracy, decimals_for(self.rows))
        pictures = counted(self.rows, "{kind} picture", kind=set_in_words(self.set_name))
        score = translate("Trained as a run, it names {share} of {pictures} correctly.", share=share, pictures=pictures)
        if self.set_name == "test":
            return score
        return f"{score} {translate('For an honest score, keep labelled pictures aside, and name them with --test.')}"


@dataclass(frozen=True)
class TrialRow:
    """A line of the table."""

    number: int
    is_best: bool
    state: str
    cells: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Found:
    """The content of the first section."""

    lead: str
    kept: KeptRun | None
    chart: LineChart | None


@dataclass(frozen=True)
class Trials:
    """The content of the table's section."""

    heads: tuple[str, ...]
    rows: tuple[TrialRow, ...]


@dataclass(frozen=True)
class Settings:
    """The content of the section on settings."""

    charts: tuple[SettingChart, ...]
    has_stopped: bool


@for_page
def render_search(trials: Sequence[Trial], best: int | None, kept: KeptRun | None, *, name: str, version: str) -> str:
    """Return the page as one HTML document.

    Args:
        trials: all trials, in the order tried.
        best: the number of the best one; None if no trial is complete.
        kept: its run; None while the search is not at its end.
        name: of the search's folder.
        version: of onelook.
    """
    sections = {
        "found": _found(trials, best, kept),
        "settings": _settings(trials, best),
        "trials": _trials(trials, best),
    }
    return render_page(sections, Masthead(name, translate("Search for settings"), "", version))


def _found(trials: Sequence[Trial], best: int | None, kept: KeptRun | None) -> Section:
    topic, count = translate("Best trial"), counted(len(trials), "trial")
    top = next((trial for trial in trials if trial.number == best), None)
    if top is None or top.val_accuracy is None:
        return Section(
            topic,
            translate("No trial is complete yet"),
            missing=translate("{count} so far. Resume the search with --resume.", count=count),
        )
    return Section(
        topic,
        translate(
            "Trial {best} of {count} is the best: {val_accuracy} of the validation pictures",
            best=best,
            count=f"{len(trials):,}",
            val_accuracy=percent(top.val_accuracy, 2),
        ),
        "search.html",
        Found(f"{_counts(trials)} {translate(_OPTIMISTIC)}", kept, _course(trials)),
    )


_OPTIMISTIC = marked(
    "The best of many trials was chosen on the validation pictures, so its figure there is optimistic; "
    "pictures that no trial has seen give the honest one."
)


def _counts(trials: Sequence[Trial]) -> str:
    states = [_STATES.get(trial.state, trial.state) for trial in trials]
    parts = listed(
        translate("{count} {state}", count=f"{states.count(each):,}", state=translate(each))
        for each in dict.fromkeys(states)
    )
    return translate("The search has {trials}: {parts}.", trials=counted(len(trials), "trial"), parts=parts)


def _course(trials: Sequence[Trial]) -> LineChart | None:
    """Return the accuracy trial by trial, and the best so far."""
    best_so_far: list[float | None] = []
    for trial in trials:
        reached = trial.val_accuracy if trial.state == "complete" else None
        before = best_so_far[-1] if best_so_far else None
        best_so_far.append(before if reached is None else max(reached, before or 0.0))
    if len(trials) < 2:
        return None
    series = (
        Series(translate("best so far"), best_so_far, main=True),
        Series(translate("each trial"), [trial.val_accuracy for trial in trials], main=False),
    )
    chart = line_chart(
        translate("Validation accuracy, trial by trial"),
        [trial.number for trial in trials],
        series,
        best_epoch=None,
        label=tick_percent,
        summary=translate(
            "The validation accuracy of {count} trials, in the order tried, and the best so far",
            count=f"{len(trials):,}",
        ),
        highest=1.0,
    )
    return None if chart is None else replace(chart, x_name=translate("trial"))


def _settings(trials: Sequence[Trial], best: int | None) -> Section:
    """Build the section on settings: a chart for each that had several values."""
    topic, judged = translate("Settings"), [trial for trial in trials if trial.val_accuracy is not None]
    names = dict.fromkeys(name for trial in judged for name in trial.settings)
    charts = [
        setting_chart(name, [_outcome(trial, name, best) for trial in judged if name in trial.settings])
        for name in names
    ]
    drawn = tuple(chart for chart in charts if chart is not None)
    if not drawn:
        return Section(topic, translate("What each setting did"), missing=translate("No setting had two values yet."))
    has_stopped = any(trial.state != "complete" for trial in judged)
    return Section(
        topic,
        translate("What {settings} did", settings=counted(len(drawn), "setting")),
        "search_settings.html",
        Settings(drawn, has_stopped),
    )


def _outcome(trial: Trial, name: str, best: int | None) -> Outcome:
    kind: Kind = "best" if trial.number == best else "complete" if trial.state == "complete" else "stopped"
    reached = trial.val_accuracy or 0.0
    words = translate(
        "Trial {number}: {reached}, {value}",
        number=trial.number,
        reached=percent(reached, 2),
        value=_value(trial.settings[name]),
    )
    return Outcome(trial.settings[name], reached, kind, words)


def _trials(trials: Sequence[Trial], best: int | None) -> Section:
    names = tuple(dict.fromkeys(name for trial in trials for name in trial.settings))
    ranked = sorted(trials, key=lambda trial: (trial.state != "complete", -(trial.val_accuracy or 0.0), trial.number))
    rows = tuple(
        TrialRow(
            trial.number,
            trial.number == best,
            translate(_STATES.get(trial.state, trial.state)),
            (
                "–" if trial.val_accuracy is None else percent(trial.val_accuracy, 2),
                f"{trial.epochs:,}",
                duration(trial.seconds),
                *(_value(trial.settings[name]) if name in trial.settings else "–" for name in names),
            ),
            trial.note,
        )
        for trial in ranked
    )
    if not rows:
        return Section(translate("Trials"), translate("The trials"), missing=translate("There is none yet."))
    return Section(
        translate("Trials"),
        agree(
            len(rows),
            translate("The one trial"),
            translate("All {count} trials, the best first", count=f"{len(rows):,}"),
        ),
        "search_trials.html",
        Trials(
            (
                translate("Validation"),
                translate("Epochs"),
                translate("Time"),
                *(name.rpartition(".")[2] for name in names),
            ),
            rows,
        ),
    )


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
