"""Compare runs on one self-contained page: advice, scores, pictures on which they differ, speed, curves, settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.comparison.advice import p_in_words
from onelook.comparison.differences import Differences
from onelook.comparison.result import ComparedRun, Comparison
from onelook.comparison.speed import Speed
from onelook.metrics import METRICS
from onelook.metrics.scores import Score, further_scores
from onelook.report.charts.comparison import ParetoChart, interval_axis, pareto_chart, run_curves
from onelook.report.charts.lines import LineChart, Tick
from onelook.report.gallery.differences import build_differences
from onelook.report.page import Masthead, Section, render_page
from onelook.report.page_wording import decimals_for, duration, percent, score_in_words, set_in_words, size
from onelook.runtime import versions
from onelook.wording import (
    agree,
    counted,
    definite,
    for_page,
    large_number,
    listed,
    milliseconds,
    sentence,
    translate,
)


@dataclass(frozen=True)
class ScoredRow:
    """A run in the table of scores. Places are in percent of the axis."""

    label: str
    accuracy: str
    at: float
    low: float
    high: float
    interval: str
    verdict: str
    is_best: bool
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """The content of the first section."""

    advice: str
    rows: tuple[ScoredRow, ...]
    heads: tuple[str, ...]  # the headings of a row's figures
    ticks: tuple[Tick, ...]
    explanation: str
    notes: tuple[str, ...]  # on runs whose data differs
    tested: str
    meanings: tuple[tuple[str, str], ...]  # a score and its meaning
    lower_is_better: str  # a sentence; empty if all scores are better when higher
    warnings: tuple[tuple[str, str], ...]  # a run and a warning of its evaluation


@dataclass(frozen=True)
class Rows:
    """A table, with charts or without. Each row is a name and its cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    text: str = ""
    pareto: ParetoChart | None = None
    charts: tuple[LineChart, ...] = ()


@for_page
def render_comparison(found: Comparison, differing: Differences | None = None) -> str:
    """Return the page as one HTML document.

    Args:
        found: the runs.
        differing: the pictures on which they differ; None if that is not known.
    """
    best = found.runs[found.best]
    labels, verdicts = [run.label for run in found.runs], [_verdict(run, best) for run in found.runs]
    sections = {
        "scores": _scores(found),
        **({"differences": build_differences(differing, labels, verdicts)} if len(found.runs) > 1 else {}),
        "speed": _speed(found),
        "training": _training(found),
        "settings": _settings(found),
    }
    names = agree(len(found.runs), found.runs[0].label, translate("{count} runs", count=len(found.runs)))
    return render_page(
        sections,
        Masthead(f"{found.data}: {names}", translate("Comparison"), found.created, versions().get("onelook", "")),
    )


def _scores(found: Comparison) -> Section:
    best, axis = found.runs[found.best], interval_axis(found.runs)
    further = further_scores([run.scores for run in found.runs])
    rows = tuple(
        ScoredRow(
            label=run.label,
            accuracy=percent(run.accuracy, decimals_for(run.rows)),
            at=axis.place(run.accuracy),
            low=axis.place(run.accuracy_interval[0]),
            high=axis.place(run.accuracy_interval[1]),
            interval=translate(
                "{low} to {high}",
                low=percent(run.accuracy_interval[0]),
                high=percent(run.accuracy_interval[1]),
            ),
            verdict=_verdict(run, best),
            is_best=run is best,
            figures=(
                *(score_in_words(score, run.scores[name]) for name, score in further.items()),
                "" if run.against_best is None else f"{run.against_best.only_best_right:,}",
                "" if run.against_best is None else f"{run.against_best.only_this_right:,}",
            ),
        )
        for run in found.runs
    )
    return Section(
        topic=translate("Scores"),
        title=_title(found.runs, best),
        template="compared_scores.html",
        view=Scores(
            advice=found.advice,
            rows=rows,
            heads=(
                *(translate(score.title) for score in further.values()),
                translate("Only the best right"),
                translate("Only this right"),
            ),
            ticks=axis.ticks,
            explanation=_explanation(found),
            notes=tuple(map(sentence, found.notes)),
            tested=_how_tested(found),
            meanings=tuple(
                (translate(score.title), translate(METRICS.describe(name))) for name, score in further.items()
            ),
            lower_is_better=_lower_is_better([*further.values()]),
            warnings=tuple((run.label, warning) for run in found.runs for warning in run.warnings),
        ),
    )


def _lower_is_better(scores: Sequence[Score]) -> str:
    names = [translate(score.label) for score in scores if not score.higher_is_better]
    return (
        sentence(translate("{names} {are} better when lower", names=listed(names), are=agree(len(names), "is", "are")))
        if names
        else ""
    )


def _explanation(found: Comparison) -> str:
    first = found.runs[0]
    pictures = definite(first.rows, "{kind} picture", before="the same", kind=set_in_words(first.set_name))
    return translate("All were scored on {pictures}. The bar is the 95 % interval (Wilson 1927).", pictures=pictures)


def _how_tested(found: Comparison) -> str:
    """Return how runs are tested, after a blank; empty if none is."""
    if not any(run.against_best for run in found.runs):
        return ""
    return translate(
        " Each run is tested against the best one with McNemar's exact test (1947): if both are equally "
        "good, each picture that only one of them has right is like a coin toss. The p-values are "
        "corrected for the number of runs (Holm 1979). The best run was chosen on these pictures, so try a "
        "narrow lead on new pictures."
    )


def _title(runs: Sequence[ComparedRun], best: ComparedRun) -> str:
    """Return which run has the most pictures right, or which have equally many."""
    first = [run.label for run in runs if run.ties_with(best)]
    have = agree(len(first), translate("has the most"), translate("have equally many"))
    return translate(
        "{first} {have} pictures right: {accuracy}",
        first=listed(first),
        have=have,
        accuracy=percent(best.accuracy, decimals_for(best.rows)),
    )


def _verdict(run: ComparedRun, best: ComparedRun) -> str:
    if run is best:
        return translate("best")
    if run.ties_with(best):
        return translate("as many right as the best")
    test = run.against_best
    if test is None:
        return translate("not tested: there are no predictions to compare")
    p_value = p_in_words(test.p_adjusted)
    if test.shows_a_difference:
        return translate("worse, {p_value}", p_value=p_value)
    show = agree(
        run.rows, translate("this picture shows"), translate("these {rows} pictures show", rows=f"{run.rows:,}")
    )
    return translate("{show} no difference ({p_value})", show=show, p_value=p_value)


def _speed(found: Comparison) -> Section:
    timed = [run for run in found.runs if run.all_threads is not None]
    if not timed:
        return Section(
            translate("Speed"),
            translate("How fast they are"),
            missing=translate("None of the runs has a model that could be measured."),
        )
    front = [run.label for run in sorted(timed, key=lambda run: run.accuracy) if run.on_front]
    threads = counted(timed[0].all_threads.threads if timed[0].all_threads else 0, "thread")
    beaten = [run.label for run in timed if not run.on_front]
    title = translate("No run is both faster and better than {front}", front=listed(front, last="or"))
    return Section(
        topic=translate("Speed"),
        title=title,
        template="compared_speed.html",
        view=Rows(
            heads=(translate("Run"), translate("1 thread"), threads, translate("1 thread"), threads),
            rows=tuple((run.label, *_latency(run.one_thread), *_rate(run)) for run in timed),
            text=(
                translate(
                    "Measured on {machine}, by turns and after warm-up, from a decoded picture in memory to its "
                    "probabilities: the median call, and the time that 95 % of the calls need at most.",
                    machine=found.machine or translate("this machine"),
                )
                + (
                    translate(
                        " {beaten}: another run is at least as fast, and at least as good.", beaten=listed(beaten)
                    )
                    if beaten
                    else ""
                )
            ),
            pareto=pareto_chart(found.runs),
        ),
    )


def _latency(speed: Speed | None) -> tuple[str, ...]:
    return () if speed is None else (_milliseconds(speed),)


def _rate(run: ComparedRun) -> tuple[str, ...]:
    one, every = run.one_thread, run.all_threads
    if one is None or every is None:
        return ()
    return (_milliseconds(every), f"{one.pictures_per_second:,.0f}", f"{every.pictures_per_second:,.0f}")


def _milliseconds(speed: Speed) -> str:
    return f"{milliseconds(speed.latency_ms)} ({milliseconds(speed.latency_p95_ms)})"


def _training(found: Comparison) -> Section:
    charts = run_curves(found.runs)
    return Section(
        topic=translate("Training"),
        title=translate("How they were trained, epoch by epoch") if charts else translate("How they were trained"),
        template="compared_training.html",
        view=Rows(
            heads=(
                translate("Run"),
                translate("Network"),
                translate("Epochs"),
                translate("Trained in"),
                translate("Parameters"),
                translate("On disk"),
                translate("Folder"),
            ),
            rows=tuple(
                (
                    run.label,
                    run.model or "–",
                    "–" if run.epochs is None else f"{run.epochs}",
                    "–" if run.train_seconds is None else duration(run.train_seconds),
                    "–" if run.parameters is None else large_number(run.parameters),
                    "–" if run.size_bytes is None else size(run.size_bytes),
                    run.run,
                )
                for run in found.runs
            ),
            text=(
                translate(
                    "Where a training curve still gets better and its validation curve does not, the network learns "
                    "its training pictures by heart. Dropout and augmentation reduce this difference; validation uses "
                    "neither."
                )
                if charts
                else ""
            ),
            charts=charts,
        ),
    )


def _settings(found: Comparison) -> Section:
    if not found.settings:
        missing = agree(len(found.runs), translate("There is one run."), translate("All settings are the same."))
        return Section(translate("Settings"), translate("What differs between them"), missing=missing)
    return Section(
        topic=translate("Settings"),
        title=counted(len(found.settings), "setting differs", "settings differ"),
        template="compared_settings.html",
        view=Rows(
            heads=(translate("Setting"), *(run.label for run in found.runs)),
            rows=tuple((one.name, *one.values) for one in found.settings),
        ),
    )
