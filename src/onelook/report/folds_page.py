"""The page of a cross-validation: the mean over the folds, a line for each fold, and links to their reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from onelook.files import write_text
from onelook.metrics import METRICS
from onelook.metrics.scores import Score, all_scores, further_scores
from onelook.report.charts.lines import interval_strip
from onelook.report.page_wording import percent, score_in_words
from onelook.report.theme import DARK, LIGHT, css_variables
from onelook.wording import agree, counted

_STYLE = """
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.25rem; font: 16px/1.5 system-ui, sans-serif;
  background: var(--paper); color: var(--ink); }
h1 { line-height: 1.2; } a { color: var(--right); }
table { border-collapse: collapse; width: 100%; } th { color: var(--faint-ink); font-weight: normal; }
td, th { padding: .3rem .5rem; text-align: right; border-bottom: 1px solid var(--line); }
td:first-child, th:first-child { text-align: left; }
.strip { position: relative; height: 1.2rem; margin: .2rem 0 1.6rem; border-bottom: 1px solid var(--line); }
.strip i { position: absolute; bottom: -1px; height: 3px; background: var(--right); }
.strip b { position: absolute; bottom: -5px; width: 11px; height: 11px; margin-left: -5px; border-radius: 6px;
  background: var(--right); }
.strip span { position: absolute; top: 1.3rem; transform: translateX(-50%); font-size: .8rem; color: var(--faint-ink); }
p { color: var(--soft-ink); }
td { white-space: nowrap; } .scroll { overflow-x: auto; }
summary { cursor: pointer; color: var(--right); margin: 1rem 0; }
small { display: block; min-width: 12rem; white-space: normal; color: var(--faint-ink); }
"""

_EXPLANATION = (
    "<p>Each picture is scored in one fold and trained on in the others; copies and groups stay together. The "
    "interval is Student's t interval over the accuracies of the folds. It is somewhat too narrow, as the folds share "
    "training pictures. Each fold's model is its best epoch on the pictures that score it, so the score is "
    "slightly optimistic. predictions.csv has the prediction for each picture from its own fold, which helps to find "
    "wrong labels.</p>"
)


def write_folds_page(folder: Path, found: Mapping[str, Any], out: Path | None = None) -> Path:
    """Write the page of a cross-validation and return its path: `out`, else `report.html` in its folder.

    Args:
        folder: holds `fold-1`, `fold-2` and so on; the page links to their reports.
        found: the content of `folds.json`.
        out: the file to write.
    """
    path = folder / "report.html" if out is None else Path(out)
    title = escape(f"{folder.name}: {found['folds']} folds")
    body = "".join((_headline(found), _test(found), _table(found), _EXPLANATION, _means(found)))
    write_text(
        path,
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>:root {{ {css_variables(LIGHT)} }} @media (prefers-color-scheme: dark) {{ :root {{ "
        f"{css_variables(DARK)} }} }}{_STYLE}</style></head>\n<body><h1>{title}</h1>{body}</body></html>\n",
    )
    return path


def _headline(found: Mapping[str, Any]) -> str:
    complete = sum(fold["status"] == "complete" for fold in found["runs"])
    if found["accuracy"] is None:
        return f"<p>{_done(complete, found['folds'])}. A mean needs two or more.</p>"
    unfinished = f" Only {_done(complete, found['folds'])}." if complete < found["folds"] else ""
    return (
        f"<h2>{percent(found['accuracy'], 2)} mean accuracy</h2>"
        f"<p>On {counted(found['rows'], 'picture')}, each by the model that was not trained on it; 95 % t interval of "
        f"the mean {_range(found)}.{unfinished}</p>{_strip(found)}"
    )


def _done(complete: int, folds: int) -> str:
    return f"{complete} of {counted(folds, 'fold')} {agree(complete, 'is', 'are')} done"


def _test(found: Mapping[str, Any]) -> str:
    test = found["test"]
    if test is None or test["accuracy"] is None:
        return ""
    return (
        f"<p>On the {counted(test['rows'], 'test picture')}, which no fold trained or tuned on, the models of the "
        f"folds reach {percent(test['accuracy'], 2)} on average ({_range(test)}).</p>"
    )


def _table(found: Mapping[str, Any]) -> str:
    has_test = found["test"] is not None
    scores = further_scores(found["runs"], "folds")
    heads = ("fold", "pictures", "accuracy", *(score.label for score in scores.values()))
    rows = [_row(fold, scores, has_test=has_test) for fold in found["runs"]]
    return _as_table("Folds", (*heads, "test accuracy") if has_test else heads, rows)


def _row(fold: Mapping[str, Any], scores: Mapping[str, Score], *, has_test: bool) -> tuple[str, ...]:
    name = f"fold-{fold['fold']}"
    state = "" if fold["status"] == "complete" else f" ({escape(fold['status'])})"
    cells = [
        f'<a href="{name}/report.html">{name}</a>{state}',
        f"{fold['rows']:,}",
        percent(fold["accuracy"], 2),
        *(score_in_words(score, fold.get(name)) for name, score in scores.items()),
    ]
    if has_test:
        cells.append("" if fold["test_accuracy"] is None else percent(fold["test_accuracy"], 2))
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
            f"{escape(score.title)}<small>{escape(METRICS.describe(name))}</small>",
            *_mean_cells(found, name, score),
            *(_mean_cells(test, name, score) if has_test else ()),
        )
        for name, score in scores.items()
    ]
    heads = ("score", "mean", "95 % interval", *(("mean on test", "95 % interval") if has_test else ()))
    summary = f"All {len(scores)} scores: mean over the folds and its interval"
    return f"<details><summary>{summary}</summary>{_as_table('Scores', heads, rows)}</details>"


def _mean_cells(values: Mapping[str, Any], name: str, score: Score) -> tuple[str, str]:
    low, high = values.get(f"{name}_interval") or (None, None)
    return score_in_words(score, values.get(name)), (
        "–" if low is None else f"{score_in_words(score, low)} to {score_in_words(score, high)}"
    )


def _as_table(name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells, which are HTML. In a narrow window it scrolls."""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f"<th>{escape(head)}</th>" for head in heads)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table><tr>{head}</tr>{body}</table></div>'
    )


def _range(found: Mapping[str, Any]) -> str:
    low, high = found["accuracy_interval"]
    return f"{percent(low, 2)} to {percent(high, 2)}"


def _strip(found: Mapping[str, Any]) -> str:
    low, high = found["accuracy_interval"]
    strip = interval_strip(found["accuracy"], low, high, lambda share: percent(share, 1))
    ticks = "".join(f'<span style="left:{tick.at}%">{escape(tick.label)}</span>' for tick in strip.ticks)
    return (
        f'<div class="strip"><i style="left:{strip.low}%;width:{strip.high - strip.low:.2f}%"></i>'
        f'<b style="left:{strip.at}%"></b>{ticks}</div>'
    )
