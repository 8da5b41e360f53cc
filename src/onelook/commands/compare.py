"""`onelook compare`: compare runs that were scored on the same pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from onelook.classifier import load
from onelook.comparison.advice import advise
from onelook.comparison.compare import best_of, with_front, with_tests
from onelook.comparison.result import Comparison
from onelook.comparison.speed import Speed, measure_speeds
from onelook.files import json_text, write_text
from onelook.report.comparison_page import render_comparison
from onelook.run_folder import RunFolder
from onelook.runs.differing_pictures import differences_of
from onelook.runs.model_list import TrainedModels
from onelook.runs.same_pictures import on_same_pictures
from onelook.runs.scored_runs import different_settings, expand_runs, read_run, with_labels
from onelook.runtime import processor_name
from onelook.wording import counted

JSON, PAGE = "comparison.json", "comparison.html"  # in a folder of several runs


def compare_runs(paths: Sequence[str | Path], say: Callable[[str], None] | None = None) -> Comparison:
    """Compare runs, in the order given; the speed of their models is measured now, on this machine.

    Args:
        paths: run folders; one that `--models` made stands for its runs.
        say: told before the models are measured, which takes some seconds.

    Raises:
        ConfigError: a path is no run folder, or the runs were scored on different pictures.
        DataError: a run has no evaluation yet.
        ModelError: a run's files are damaged.
    """
    read = [read_run(path) for path in expand_runs(paths)]
    warnings = tuple(one.on_seen for one in read if one.on_seen is not None)
    read, notes = on_same_pictures(read)
    runs = with_labels([one.row for one in read])
    best = best_of(runs)
    runs = with_tests(runs, [one.answers for one in read], best)
    measured = [position for position, one in enumerate(read) if one.folder.model.is_dir()]
    if measured and say is not None:
        say(f"measuring the speed of {counted(len(measured), 'model')}")
    speeds = dict(zip(measured, _speeds([read[position].folder for position in measured]), strict=True))
    for position, (one_thread, all_threads) in speeds.items():
        runs[position] = replace(runs[position], one_thread=one_thread, all_threads=all_threads)
    runs = with_front(runs)
    return Comparison(
        data=read[0].facts.data.name or read[0].facts.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=processor_name(),
        runs=tuple(runs),
        best=best,
        advice=advise(runs, best),
        settings=tuple(different_settings([one.facts.settings for one in read])),
        notes=notes,
        warnings=warnings,
    )


def write_comparison(comparison: Comparison, folder: Path) -> Path:
    """Write the comparison into a folder, as JSON and as a page, and return the page's path."""
    write_text(folder / JSON, json_text(comparison.to_dict()) + "\n")
    write_text(folder / PAGE, comparison_page(comparison, folder))
    return folder / PAGE


def comparison_page(comparison: Comparison, beside: Path | None = None) -> str:
    """Return the page of a comparison as one HTML document, with the pictures on which the runs differ.

    Args:
        comparison: names the runs' folders, whose files have the pictures.
        beside: where the runs are looked for if they are not where they were.
    """
    return render_comparison(comparison, differences_of(comparison, beside))


def compare_trained(found: TrainedModels, say: Callable[[str], None]) -> TrainedModels:
    """Return a list of models with the comparison of those that are complete, once all were tried."""
    if found.status == "interrupted":
        return found
    comparison = compare_runs([model.run.path for model in found.complete], say)
    write_comparison(comparison, found.path)
    return replace(found, comparison=comparison)


def _speeds(folders: Sequence[RunFolder]) -> list[tuple[Speed, Speed]]:
    return measure_speeds([load(folder.model) for folder in folders])
