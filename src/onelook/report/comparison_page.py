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
from onelook.wording import agree, counted, definite, for_page, large_number, listed, milliseconds, sentence


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
    names = agree(len(found.runs), found.runs[0].label, f"{len(found.runs)} runs")
    return render_page(
        sections, Masthead(f"{found.data}: {names}", "Comparison", found.created, versions().get("onelook", ""))
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
            interval=f"{percent(run.accuracy_interval[0])} to {percent(run.accuracy_interval[1])}",
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
        topic="Scores",
        title=_title(found.runs, best),
        template="compared_scores.html",
        view=Scores(
            advice=found.advice,
            rows=rows,
            heads=(*(score.title for score in further.values()), "Only the best right", "Only this right"),
            ticks=axis.ticks,
            explanation=_explanation(found),
            meanings=tuple((score.title, METRICS.describe(name)) for name, score in further.items()),
            lower_is_better=_lower_is_better([*further.values()]),
            warnings=tuple((run.label, warning) for run in found.runs for warning in run.warnings),
        ),
    )


def _lower_is_better(scores: Sequence[Score]) -> str:
    names = [score.label for score in scores if not score.higher_is_better]
    return sentence(f"{listed(names)} {agree(len(names), 'is', 'are')} better when lower") if names else ""


def _explanation(found: Comparison) -> str:
    first = found.runs[0]
    pictures = definite(first.rows, f"{set_in_words(first.set_name)} picture", before="the same")
    text = f"All were scored on {pictures}. The bar is the 95 % interval (Wilson 1927)."
    text += "".join(f" {sentence(note)}" for note in found.notes)
    if any(run.against_best for run in found.runs):
        text += (
            " Each run is tested against the best one with McNemar's exact test (1947): if both are equally good, each "
            "picture that only one of them has right is like a coin toss. The p-values are corrected for the number "
            "of runs (Holm 1979). The best run was chosen on these pictures, so try a narrow lead on new pictures."
        )
    return text


def _title(runs: Sequence[ComparedRun], best: ComparedRun) -> str:
    """Return which run has the most pictures right, or which have equally many."""
    first = [run.label for run in runs if run.ties_with(best)]
    have = agree(len(first), "has the most", "have equally many")
    return f"{listed(first)} {have} pictures right: {percent(best.accuracy, decimals_for(best.rows))}"


def _verdict(run: ComparedRun, best: ComparedRun) -> str:
    if run is best:
        return "best"
    if run.ties_with(best):
        return "as many right as the best"
    test = run.against_best
    if test is None:
        return "not tested: there are no predictions to compare"
    p_value = p_in_words(test.p_adjusted)
    if test.shows_a_difference:
        return f"worse, {p_value}"
    show = agree(run.rows, "this picture shows", f"these {run.rows:,} pictures show")
    return f"{show} no difference ({p_value})"


def _speed(found: Comparison) -> Section:
    timed = [run for run in found.runs if run.all_threads is not None]
    if not timed:
        return Section("Speed", "How fast they are", missing="None of the runs has a model that could be measured.")
    front = [run.label for run in sorted(timed, key=lambda run: run.accuracy) if run.on_front]
    threads = counted(timed[0].all_threads.threads if timed[0].all_threads else 0, "thread")
    beaten = [run.label for run in timed if not run.on_front]
    title = f"No run is both faster and better than {listed(front, last='or')}"
    return Section(
        topic="Speed",
        title=title,
        template="compared_speed.html",
        view=Rows(
            heads=("Run", "1 thread", threads, "1 thread", threads),
            rows=tuple((run.label, *_latency(run.one_thread), *_rate(run)) for run in timed),
            text=(
                f"Measured on {found.machine or 'this machine'}, by turns and after warm-up, from a decoded picture in "
                "memory to its probabilities: the median call, and the time that 95 % of the calls need at most."
                + (f" {listed(beaten)}: another run is at least as fast, and at least as good." if beaten else "")
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
        topic="Training",
        title="How they were trained, epoch by epoch" if charts else "How they were trained",
        template="compared_training.html",
        view=Rows(
            heads=("Run", "Network", "Epochs", "Trained in", "Parameters", "On disk", "Folder"),
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
                "Where a training curve still gets better and its validation curve does not, the network learns its "
                "training pictures by heart. Dropout and augmentation reduce this difference; validation uses neither."
                if charts
                else ""
            ),
            charts=charts,
        ),
    )


def _settings(found: Comparison) -> Section:
    if not found.settings:
        missing = agree(len(found.runs), "There is one run.", "All settings are the same.")
        return Section("Settings", "What differs between them", missing=missing)
    return Section(
        topic="Settings",
        title=counted(len(found.settings), "setting differs", "settings differ"),
        template="compared_settings.html",
        view=Rows(
            heads=("Setting", *(run.label for run in found.runs)),
            rows=tuple((one.name, *one.values) for one in found.settings),
        ),
    )
