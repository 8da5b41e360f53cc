"""Run cells as a notebook, and look at its page in a browser."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

# Measured in the page itself, by a browser that has laid it out.
_MEASURE = """
<script>
const shown = (element) => { const box = element.getBoundingClientRect(); return box.width > 1 && box.height > 1; };
const all = (where, what) => [...where.querySelectorAll(what)];
const colour = (element) => getComputedStyle(element).backgroundColor;
addEventListener("load", () => {
  const outputs = all(document, ".onelook").map((output) => {
    const edge = output.getBoundingClientRect().right + 1;
    return {
      text: output.innerText,
      paper: colour(output),
      ink: getComputedStyle(output).color,
      pictures: all(output, "img").filter((image) => image.naturalWidth > 0 && shown(image)).length,
      broken: all(output, "img").filter((image) => image.naturalWidth === 0).length,
      charts: all(output, ".chart svg").filter(shown).length,
      curves: all(output, ".chart .main path").filter((path) => shown(path) && path.getTotalLength() > 20).length,
      cells: all(output, ".matrix tbody td").filter(shown).length,
      cut: all(output, ".scroll").filter((one) => one.scrollWidth > one.clientWidth + 1).length,
      shades: [...new Set(all(output, ".matrix tbody td").map(colour))],
      too_wide: all(output, "*").filter((one) => !one.closest(".scroll, svg") && shown(one)
        && one.getBoundingClientRect().right > edge).map((one) => one.outerHTML.slice(0, 80)),
    };
  });
  const plots = all(document, ".jp-RenderedImage img").filter((image) => image.naturalWidth > 300).length;
  const found = { outputs, plots, page_width: document.documentElement.scrollWidth };
  const where = document.createElement("pre");
  where.id = "measured";
  where.textContent = JSON.stringify(found);
  document.body.append(where);
});
</script>
"""


@dataclass(frozen=True)
class Cell:
    """A cell that was run."""

    source: str
    outputs: list[Any]

    @property
    def kinds(self) -> list[str]:
        """The kinds of its outputs: `stdout`, `stderr`, `error`, or the richest type of what is shown."""
        rich = ("text/html", "image/png", "text/plain")
        return [
            output.get("name")
            or ("error" if output.output_type == "error" else next(kind for kind in rich if kind in output.data))
            for output in self.outputs
        ]

    @property
    def text(self) -> str:
        """All text of its outputs."""
        pieces = []
        for output in self.outputs:
            pieces.append(output.get("text", ""))
            pieces.append("\n".join(output.get("traceback", [])))
            pieces.append(output.get("data", {}).get("text/plain", ""))
        return "\n".join(pieces)


def run_cells(sources: list[str], folder: Path, cache: Path) -> list[Cell]:
    """Run the cells in a new kernel, in a folder; the notebook stays there as `done.ipynb`."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    nbformat.write(notebook, folder / "cells.ipynb")
    _nbconvert(folder, cache, "--to", "notebook", "--execute", "--allow-errors", "--output", "done", "cells.ipynb")
    done = nbformat.read(folder / "done.ipynb", as_version=4)
    return [Cell(cell.source, _merged(cell.outputs)) for cell in done.cells]


def _merged(outputs: list[Any]) -> list[Any]:
    """Return the outputs as a notebook shows them: text that arrived in several messages is one."""
    merged: list[Any] = []
    for output in outputs:
        if merged and "stream" == output.output_type == merged[-1].output_type and output.name == merged[-1].name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def measure(folder: Path, width: int, theme: str, cache: Path) -> dict[str, Any]:
    """Return what a browser shows of the notebook in a window of this width, and keep a picture of it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("there is no Chromium to look at the page with")
    name = f"page-{theme}-{width}"
    _nbconvert(folder, cache, "--to", "html", "--theme", theme, "--output", name, "done.ipynb")
    page = folder / f"{name}.html"
    # Its scripts come from the network, and only draw formulas and widgets.
    bare = re.sub(r"<script.*?</script>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    page.write_text(bare.replace("</body>", f"{_MEASURE}</body>"), encoding="utf-8")
    words = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"]
    words += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    words += [f"--user-data-dir={folder / 'browser'}", f"--window-size={width},7000"]
    looked = subprocess.run(
        [browser, *words, "--virtual-time-budget=8000", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    subprocess.run(
        [browser, *words, f"--screenshot={folder / name}.png", page.as_uri()],
        capture_output=True,
        check=True,
        timeout=120,
    )
    found = re.search(r'<pre id="measured">(.*?)</pre>', looked.stdout, flags=re.DOTALL)
    assert found, looked.stdout[-2000:]
    measured: dict[str, Any] = json.loads(html.unescape(found[1]))
    return measured


def _nbconvert(folder: Path, cache: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, "ONELOOK_CACHE": str(cache), "PYTHONWARNINGS": ""},
    )
    assert done.returncode == 0, done.stderr
