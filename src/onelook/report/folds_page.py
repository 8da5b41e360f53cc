"""The page of a cross-validation: the mean, a line for each fold, and the pooled errors and doubtful labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from onelook.files import write_text
from onelook.metrics import METRICS
from onelook.metrics.scores import Score, all_scores, further_scores
from onelook.report.charts.lines import IntervalStrip, interval_strip
from onelook.report.marking import marking_of_run
from onelook.report.page import Masthead, Section, render_page
from onelook.report.page_wording import duration, percent, score_in_words
from onelook.report.pooled_folds import pool_folds
from onelook.report.results import Results
from onelook.report.sections.classes import build_section as classes
from onelook.report.sections.confusion import build_section as confusion
from onelook.report.sections.findings import build_section as findings
from onelook.report.sections.predicted_pictures import build_errors
from onelook.runtime import versions
from onelook.wording import agree, counted, definite, for_page, marked, translate

_EXPLANATION = marked(
    "<p>Each picture is scored in one fold and trained on in the others; copies and groups stay "
    "together. The interval is Student's t interval over the accuracies of the folds. It is somewhat "
    "too narrow, as the folds share training pictures. Each fold's model is its best epoch on the "
    "pictures that score it, so the score is slightly optimistic. predictions.csv has the prediction "
    "for each picture from its own fold, which helps to find wrong labels.</p>"
)


@dataclass(frozen=True)
class Folds:
    """The content of the first section: HTML whose texts are escaped, and the mean with its interval."""

    headline: str
    strip: Strip | None
    body: str


@dataclass(frozen=True)
class Strip:
    """The mean with its interval on an axis."""

    strip: IntervalStrip
    accuracy: str
    low: str
    high: str


@for_page
def write_folds_page(folder: Path, found: Mapping[str, Any], out: Path | None = None) -> Path:
    """Write the page of a cross-validation and return its path: `out`, else `report.html` in its folder.

    The pictures of all folds are pooled: each was scored once, by the model that was not trained on it.

    Args:
        folder: holds `fold-1`, `fold-2` and so on; the page links to their reports.
        found: the content of `folds.json`.
        out: the file to write.
    """
    path = folder / "report.html" if out is None else Path(out)
    sections, marking = {"folds": _first(found)}, None
    if any(fold["status"] == "complete" for fold in found["runs"]):
        pooled = pool_folds(folder, found)
        sections |= {
            "confusion": confusion(pooled),
            "errors": build_errors(pooled),
            "classes": classes(pooled),
            "labels": _labels(pooled, found),
        }
        names = pooled.evaluation.class_names if pooled.evaluation else ()
        marking = marking_of_run(pooled.run, names, pooled.fixes) if names else None
    masthead = Masthead(
        folder.resolve().name,
        translate("Cross-validation in {count} folds", count=found["folds"]),
        "",
        versions().get("onelook", ""),
    )
    write_text(path, render_page(sections, masthead, marking))
    return path


def _first(found: Mapping[str, Any]) -> Section:
    title = (
        translate("No mean yet")
        if found["accuracy"] is None
        else translate("{accuracy} mean accuracy", accuracy=percent(found["accuracy"], 2))
    )
    body = "".join((_test(found), _table(found), translate(_EXPLANATION), _means(found)))
    return Section(translate("Folds"), title, "folds.html", Folds(_headline(found), _strip(found), body))


def _labels(pooled: Results, found: Mapping[str, Any]) -> Section:
    """Return the section on labels that the folds' models doubt, or on why there are none."""
    topic, title = translate("Doubtful labels"), translate("Labels that look wrong")
    if pooled.findings:
        return replace(findings(pooled), topic=topic, title=title)
    judged = found.get("labels") or translate("The labels are judged when all folds are done.")
    return Section(topic, title, missing=judged)


def _headline(found: Mapping[str, Any]) -> str:
    complete = sum(fold["status"] == "complete" for fold in found["runs"])
    if found["accuracy"] is None:
        return translate("<p>{done}. A mean needs two or more.</p>", done=_done(complete, found["folds"]))
    unfinished = translate(" Only {done}.", done=_done(complete, found["folds"])) if complete < found["folds"] else ""
    return translate(
        "<p>On {pictures}, each by the model that was not trained on it; 95 % t interval of the mean "
        "{interval}.{unfinished}</p>",
        pictures=counted(found["rows"], "picture"),
        interval=_range(found),
        unfinished=unfinished,
    )


def _done(complete: int, folds: int) -> str:
    return translate(
        "{complete} of {folds} {are} done",
        complete=complete,
        folds=counted(folds, "fold"),
        are=agree(complete, "is", "are"),
    )


def _test(found: Mapping[str, Any]) -> str:
    test = found["test"]
    if test is None or test["accuracy"] is None:
        return ""
    return translate(
        "<p>On {the_pictures}, which no fold trained or tuned on, the models of the folds reach {accuracy} on "
        "average ({interval}).</p>",
        the_pictures=definite(test["rows"], "test picture"),
        accuracy=percent(test["accuracy"], 2),
        interval=_range(test),
    )


def _table(found: Mapping[str, Any]) -> str:
    has_test = found["test"] is not None
    scores = further_scores(found["runs"], "folds")
    heads = [
        translate("Fold"),
        translate("Pictures"),
        translate("Accuracy"),
        *(translate(score.title) for score in scores.values()),
    ]
    heads += [translate("Test accuracy")] if has_test else []
    heads += (
        [translate("Time")] if any("seconds" in fold for fold in found["runs"]) else []
    )  # earlier versions did not record it
    rows = [_row(fold, scores, has_test=has_test) for fold in found["runs"]]
    return _as_table(translate("Folds"), heads, rows)


def _row(fold: Mapping[str, Any], scores: Mapping[str, Score], *, has_test: bool) -> tuple[str, ...]:
    name = f"fold-{fold['fold']}"
    state = (
        "" if fold["status"] == "complete" else f" ({escape(translate(_STATES.get(fold['status'], fold['status'])))})"
    )
    cells = [
        f'<a href="{name}/report.html">{name}</a>{state}',
        f"{fold['rows']:,}",
        percent(fold["accuracy"], 2),
        *(score_in_words(score, fold.get(name)) for name, score in scores.items()),
    ]
    if has_test:
        cells.append("" if fold["test_accuracy"] is None else percent(fold["test_accuracy"], 2))
    if "seconds" in fold:
        cells.append("" if fold["seconds"] is None else duration(fold["seconds"]))
    return tuple(cells)


def _means(found: Mapping[str, Any]) -> str:
    """Return a folded table of every score with its mean and interval; empty if there is no mean yet."""
    test = found["test"] or {}
    if found["accuracy"] is None:
        return ""
    scores = {name: score for name, score in all_scores().items() if found.get(name) is not None}
    has_test = test.get("accuracy") is not None
    rows = [
        (
            f"{escape(translate(score.title))}<small>{escape(translate(METRICS.describe(name)))}</small>",
            *_mean_cells(found, name, score),
            *(_mean_cells(test, name, score) if has_test else ()),
        )
        for name, score in scores.items()
    ]
    heads = (
        translate("Score"),
        translate("Mean"),
        translate("95 % interval"),
        *((translate("Mean on test"), translate("95 % interval")) if has_test else ()),
    )
    summary = translate("All {count} scores: mean over the folds and its interval", count=len(scores))
    return f"<details><summary>{summary}</summary>{_as_table(translate('Scores'), heads, rows)}</details>"


def _mean_cells(values: Mapping[str, Any], name: str, score: Score) -> tuple[str, str]:
    low, high = values.get(f"{name}_interval") or (None, None)
    return score_in_words(score, values.get(name)), (
        "–"
        if low is None
        else translate("{low} to {high}", low=score_in_words(score, low), high=score_in_words(score, high))
    )


_STATES = {"running": marked("running"), "interrupted": marked("interrupted"), "failed": marked("failed")}
_FIGURE = ' class="number"'


def _as_table(name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells, which are HTML: a name, and figures. In a narrow window it scrolls."""
    first, *others = heads
    head = f'<th scope="col">{escape(first)}</th>' + "".join(f"<th{_FIGURE}>{escape(each)}</th>" for each in others)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td{_FIGURE}>{cell}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table class="ruled"><caption>{name}'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _range(found: Mapping[str, Any]) -> str:
    low, high = found["accuracy_interval"]
    return translate("{low} to {high}", low=percent(low, 2), high=percent(high, 2))


def _strip(found: Mapping[str, Any]) -> Strip | None:
    if found["accuracy"] is None:
        return None
    low, high = found["accuracy_interval"]
    strip = interval_strip(found["accuracy"], low, high, lambda share: percent(share, 1))
    return Strip(strip, percent(found["accuracy"], 2), percent(low, 2), percent(high, 2))
