"""The page over all folds of a cross-validation: their mean, the folds one by one, and the way to their reports."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from onelook.files import write_text
from onelook.report.charts import interval_strip
from onelook.report.theme import DARK, LIGHT, css_variables
from onelook.report.words import percent

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
"""

_EXPLANATION = (
    "<p>Each picture validates in one fold and is trained on in the others; copies and groups stay together. The "
    "interval is Student's, over the folds' accuracies. It is somewhat too narrow, as the folds share pictures to "
    "train on; and each fold's model is its best epoch on the pictures that score it, which flatters a little. "
    "What each picture's own fold said of it is in predictions.csv, for whoever looks for wrong labels.</p>"
)


def write_folds_page(folder: Path, found: Mapping[str, Any], out: Path | None = None) -> Path:
    """Writes the page of a cross-validation and returns its path: `out`, else `report.html` in its folder.

    Args:
        folder: holds `fold-1`, `fold-2` and so on, to whose reports the page leads.
        found: the content of `folds.json`.
        out: the file to write.
    """
    path = folder / "report.html" if out is None else Path(out)
    title = escape(f"{folder.name}: {found['folds']} folds")
    body = "".join((_headline(found), _test(found), _table(found), _EXPLANATION))
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
        return f"<p>{complete} of {found['folds']} folds are done. A mean needs two or more.</p>"
    unfinished = f" Only {complete} of {found['folds']} folds are done." if complete < found["folds"] else ""
    return (
        f"<h2>{percent(found['accuracy'], 2)} mean accuracy</h2>"
        f"<p>On {found['rows']:,} pictures, each by the model that was not trained on it; 95 % t interval of the mean "
        f"{_range(found)}.{unfinished}</p>{_strip(found)}"
    )


def _test(found: Mapping[str, Any]) -> str:
    test = found["test"]
    if test is None or test["accuracy"] is None:
        return ""
    return (
        f"<p>On the {test['rows']:,} test pictures, which decided nothing, the folds' models reach "
        f"{percent(test['accuracy'], 2)} on average ({_range(test)}).</p>"
    )


def _table(found: Mapping[str, Any]) -> str:
    has_test = found["test"] is not None
    head = "<tr><th>fold</th><th>pictures</th><th>accuracy</th><th>macro F1</th><th>loss</th>"
    rows = "".join(_row(fold, has_test=has_test) for fold in found["runs"])
    return f"<table>{head}{'<th>test accuracy</th>' if has_test else ''}</tr>{rows}</table>"


def _row(fold: Mapping[str, Any], *, has_test: bool) -> str:
    name = f"fold-{fold['fold']}"
    state = "" if fold["status"] == "complete" else f" ({escape(fold['status'])})"
    cells = [
        f'<a href="{name}/report.html">{name}</a>{state}',
        f"{fold['rows']:,}",
        percent(fold["accuracy"], 2),
        f"{fold['macro_f1']:.4f}",
        f"{fold['loss']:.4f}",
    ]
    if has_test:
        cells.append("" if fold["test_accuracy"] is None else percent(fold["test_accuracy"], 2))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


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
