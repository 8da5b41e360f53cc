"""The outputs for a run and for an evaluation: the score, curves, the confusion matrix, the worst errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from onelook.evaluation.result import Evaluation
from onelook.report.charts.lines import LineChart
from onelook.report.notebook.cell import render_cell
from onelook.report.results import Results, read_results
from onelook.report.sections.confusion import Confusion, confusion_of
from onelook.report.sections.predicted_pictures import ShownPicture, shown_pictures
from onelook.report.sections.training import charts_of
from onelook.report.sections.verdict import Score, cautions_of, score_of, trained_in_words
from onelook.run_folder import RunFolder
from onelook.settings.python_words import python_words
from onelook.wording import counted

_CHARTS = 2  # accuracy and loss; the report has the learning rate too
_ERRORS = 12  # the report shows twice as many
_PAIRS = 6


@dataclass(frozen=True)
class Link:
    """A file of the run."""

    name: str
    path: str
    address: str  # relative to the notebook; empty if the file is elsewhere


@dataclass(frozen=True)
class ShownRun:
    """The content of the output. What is missing is None or empty."""

    title: str
    trained: str
    score: Score | None
    cautions: tuple[str, ...]
    charts: tuple[LineChart, ...]
    confusion: Confusion | None
    errors: tuple[ShownPicture, ...]
    more_errors: str
    links: tuple[Link, ...]


def run_html(folder: RunFolder) -> str:
    """Return the HTML that a notebook shows for a run, from its files.

    Raises:
        OnelookError: there is no run, or one of its files is damaged.
        ConfigError: Jinja2 is not installed.
    """
    results = read_results(folder)
    kept, evaluation = results.report_pictures, results.evaluation
    return render_cell(
        "run.html",
        ShownRun(
            title=f"{folder.path}: {results.run.status}",
            trained=trained_in_words(results),
            score=score_of(evaluation) if evaluation else None,
            cautions=tuple(map(python_words, cautions_of(results))),
            charts=charts_of(results)[:_CHARTS],
            confusion=confusion_of(evaluation, pairs=_PAIRS) if evaluation else None,
            errors=shown_pictures(kept.worst_errors[:_ERRORS], results.pictures) if kept else (),
            more_errors=_more_errors(results),
            links=tuple(_links(folder)),
        ),
    )


def evaluation_html(evaluation: Evaluation) -> str:
    """Return the HTML that a notebook shows for the scores on a set of pictures.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    confusion, score = confusion_of(evaluation, pairs=_PAIRS), score_of(evaluation)
    cautions = tuple(map(python_words, evaluation.warnings))
    return render_cell("run.html", ShownRun("", "", score, cautions, (), confusion, (), "", ()))


def _more_errors(results: Results) -> str:
    kept = results.report_pictures
    more = kept.errors - len(kept.worst_errors[:_ERRORS]) if kept else 0
    return f"And {counted(more, 'more error')}." if more else ""


def _links(folder: RunFolder) -> Sequence[Link]:
    there = [("report", folder.report), ("model", folder.model)]
    return [Link(name, str(path), _address(path)) for name, path in there if path.exists()]


def _address(path: Path) -> str:
    """Return the address of a report below the working folder, which is where notebooks look; else nothing."""
    is_page_here = path.suffix == ".html" and not path.is_absolute() and ".." not in path.parts
    return quote(path.as_posix()) if is_page_here else ""
