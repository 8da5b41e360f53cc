"""Print the result of `onelook compare`: the runs in tables, the settings that differ, and the advice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.cli.output.printer import Printer
from onelook.wording import abbreviated, agree, counted, definite, duration, milliseconds, percentage, size, wrapped

if TYPE_CHECKING:
    from onelook.comparison.result import ComparedRun, Comparison, DifferentSetting
    from onelook.metrics.scores import Score

_COSTS = ("", "trained in", "epochs", "parameters", "on disk", "run")
_WIDTH = 80
_MOST_SETTINGS = 12  # lines of settings that differ; the page has all


def print_comparison(say: Printer, found: Comparison) -> None:
    """Print the runs in tables of at most 80 columns, the settings that differ, and the advice."""
    from onelook.metrics.scores import further_scores

    first = found.runs[0]
    kind = "test" if first.set_name == "test" else "validation"
    pictures = definite(first.rows, f"{kind} picture", before="the same")
    scores = further_scores([run.scores for run in found.runs], "comparison")
    say.table(
        ("", "accuracy, %", *(score.column for score in scores.values()), "against the best"),
        [_score_cells(run, scores, found.runs[found.best]) for run in found.runs],
    )
    say(f"  all scored on {pictures} of {found.data}; in brackets the 95 % interval")
    for note in found.notes:
        _footnote(say, note)
    if shortened := [f"{score.short}: {score.label}" for score in scores.values() if score.short]:
        _footnote(say, "; ".join(shortened))
    if any(run.against_best for run in found.runs):
        _footnote(say, "p: McNemar's exact test on the same pictures, with Holm's correction for several runs")
    tested = [run for run in found.runs if run.against_best and not run.ties_with(found.runs[found.best])]
    if any(run.against_best and not run.against_best.shows_a_difference for run in tested):
        these = agree(first.rows, "this picture", f"these {first.rows:,} pictures")
        _footnote(say, f"unclear: no difference that {these} could show")
    _print_speed(say, found)
    say()
    costs = [_cost_cells(run) for run in found.runs]
    folders = {Path(run.run).parent for run in found.runs}
    if len(folders) == 1 and all(Path(run.run).name == run.label for run in found.runs):
        # The runs are named after their folders, so one line with the folder above them is enough.
        say.table(_COSTS[:-1], [cells[:-1] for cells in costs])
        say(f"  the runs' folders are in {folders.pop()}")
    else:
        say.table(_COSTS, costs)
    if found.settings:
        say()
        shown = found.settings[:_MOST_SETTINGS]
        say.table(("setting that differs", "value: runs"), [(one.name, _values(one, found)) for one in shown], left=2)
        if len(found.settings) > _MOST_SETTINGS:
            say(f"  and {counted(len(found.settings) - _MOST_SETTINGS, 'more setting')}, on the page (--html)")
    say()
    say("\n".join(wrapped(found.advice, _WIDTH)))


def _footnote(say: Printer, text: str) -> None:
    """Print a text under a table, within 80 columns."""
    say("\n".join(wrapped(text, _WIDTH, first_indent="  ", indent="  ")))


def _print_speed(say: Printer, found: Comparison) -> None:
    threads = next((run.all_threads.threads for run in found.runs if run.all_threads), None)
    if threads is None:
        return
    every = counted(threads, "thread")
    say()
    say.table(
        ("", "ms, 1 thread", f"ms, {every}", "/s, 1 thread", f"/s, {every}"), [_speed_cells(run) for run in found.runs]
    )
    _footnote(say, "ms: time for one picture, median (95th percentile); /s: pictures a second in large batches")
    _footnote(say, f"measured now, in turn and after warm-up, on {found.machine}")
    _footnote(say, "* no other run is both faster and more accurate")


def _score_cells(run: ComparedRun, scores: dict[str, Score], best: ComparedRun) -> tuple[str, ...]:
    low, high = run.accuracy_interval
    accuracy = f"{percentage(run.accuracy, 2)} ({percentage(low)}–{percentage(high)})"
    figures = (score.in_words(run.scores[name], number_decimals=3) for name, score in scores.items())
    return (run.label, accuracy, *figures, _verdict(run, best))


def _verdict(run: ComparedRun, best: ComparedRun) -> str:
    from onelook.comparison.advice import p_in_words

    if run is best:
        return "best"
    if run.ties_with(best):
        return "as many right"
    test = run.against_best
    if test is None:
        return "not tested"
    return f"{'worse' if test.shows_a_difference else 'unclear'}, {p_in_words(test.p_adjusted)}"


def _speed_cells(run: ComparedRun) -> tuple[str, ...]:
    one, every = run.one_thread, run.all_threads
    if one is None or every is None:
        return (run.label, "–", "–", "–", "–")
    return (
        f"{run.label} *" if run.on_front else run.label,
        f"{milliseconds(one.latency_ms)} ({milliseconds(one.latency_p95_ms)})",
        f"{milliseconds(every.latency_ms)} ({milliseconds(every.latency_p95_ms)})",
        f"{one.pictures_per_second:,.0f}",
        f"{every.pictures_per_second:,.0f}",
    )


def _cost_cells(run: ComparedRun) -> tuple[str, ...]:
    epochs = "–" if run.epochs is None else str(run.epochs)
    time, parameters = _known(duration, run.train_seconds), _known(abbreviated, run.parameters)
    return (run.label, time, epochs, parameters, _known(size, run.size_bytes), run.run)


def _known(in_words: Callable[[float], str], value: float | None) -> str:
    return "?" if value is None else in_words(value)


def _values(setting: DifferentSetting, found: Comparison) -> str:
    """Return each value with the runs that have it."""
    labels = [run.label for run in found.runs]
    owners: dict[str, list[str]] = {}
    for value, label in zip(setting.values, labels, strict=True):
        owners.setdefault(value, []).append(label)
    return "; ".join(f"{value}: {', '.join(names)}" for value, names in owners.items())
