"""The page of `onelook inspect --html`: classes with counts, what was found, and a grid of samples."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from onelook.data.reading import ReadPart
from onelook.evaluation.thumbnails import guess_value_range, thumbnail
from onelook.files import write_text
from onelook.report.theme import DARK, LIGHT, css_variables
from onelook.workflow.inspect import Inspection

_SAMPLES_A_CLASS = 8
_CLASSES_SHOWN = 30
_LISTED = 50  # unreadable pictures and copies
_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg"}

_STYLE = """
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem; font: 16px/1.5 system-ui, sans-serif;
  background: var(--paper); color: var(--ink); }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
pre { overflow-x: auto; } td, th { padding: .15rem 1rem .15rem 0; text-align: left; } td.n { text-align: right; }
.samples { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: 1rem; }
.samples img { height: 5rem; image-rendering: pixelated; }
"""


def write_page(found: Inspection, path: Path) -> None:
    """Writes one self-contained HTML file, whole or not at all."""
    name = escape(found.dataset.name)
    sections = [
        f"<h1>{name}</h1><pre>{escape(str(found.dataset))}</pre>",
        _findings(found),
        _ledger(found),
        *_samples(found),
    ]
    write_text(
        path,
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name} – onelook inspect</title>\n'
        f"<style>:root {{ {css_variables(LIGHT)} }} @media (prefers-color-scheme: dark) {{ :root {{ "
        f"{css_variables(DARK)} }} }}{_STYLE}</style></head>\n<body>{''.join(sections)}</body></html>\n",
    )


def _findings(found: Inspection) -> str:
    lines = [f"<li><b>{escape(one.check)}</b>: {escape(one.message)}</li>" for one in found.findings]
    return f"<h2>Checks</h2><ul>{''.join(lines)}</ul>" if lines else "<h2>Checks</h2><p>Nothing found.</p>"


def _ledger(found: Inspection) -> str:
    counts = found.reading.ledger.counts()
    told = ", ".join(f"{count:,} {status}" for status, count in counts.items())
    entries = [entry for entry in found.reading.ledger.entries if entry.status != "used"]
    rows = "".join(
        f"<tr><td>{escape(entry.id)}</td><td>{entry.status}</td><td>{escape(entry.reason)}</td></tr>"
        for entry in entries[:_LISTED]
    )
    more = f"<p>… and {len(entries) - _LISTED:,} more.</p>" if len(entries) > _LISTED else ""
    return f"<h2>Pictures</h2><p>{told}.</p><table>{rows}</table>{more}"


def _samples(found: Inspection) -> Iterable[str]:
    """Of each class the first pictures that a model would learn from; of unlabelled data the first."""
    part = next(iter(found.reading.parts.values()))
    yield "<h2>Samples</h2>"
    if part.labels is None:
        yield _grid(part, part.used[: 4 * _SAMPLES_A_CLASS])
        return
    for label, name in enumerate(found.dataset.class_names[:_CLASSES_SHOWN]):
        rows = part.used[part.labels[part.used] == label]
        yield f"<h3>{escape(name)} ({len(rows):,})</h3>{_grid(part, rows[:_SAMPLES_A_CLASS])}"


def _grid(part: ReadPart, rows: NDArray[np.int64]) -> str:
    pictures = []
    for row in rows.tolist():
        content, suffix = thumbnail(part.images[row], guess_value_range(part.images[:64]))
        encoded = base64.b64encode(content).decode()
        title = escape(part.ids[row])
        pictures.append(f'<img src="data:{_MEDIA_TYPES[suffix]};base64,{encoded}" alt="{title}" title="{title}">')
    return f'<div class="samples">{"".join(pictures)}</div>'
