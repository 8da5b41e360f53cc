"""The figures in README and docs are those of the committed benchmark results."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

TABLES = Path(__file__).parents[2] / "benchmarks" / "tables.py"


PAGES = (
    "README.md",
    *(f"docs/{page}.md" for page in ("benchmarks", "recipes", "label-errors", "near-duplicates", "transfer", "unlike")),
)


@pytest.mark.parametrize("page", PAGES)
def test_are_what_the_results_say(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TABLES.parent))
    path = TABLES.parents[1] / page
    expected = runpy.run_path(str(TABLES))["pages"]()[path]
    assert "|---|" in expected.partition("<!-- figures")[2]  # there is a table where the mark is
    assert path.read_text(encoding="utf-8") == expected, "run: python benchmarks/tables.py"
