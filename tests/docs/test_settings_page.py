"""The pages on settings and on layers say what the classes say."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_is_what_the_fields_say() -> None:
    page = runpy.run_path(str(DOCS / "make_settings.py"))["settings_page"]()
    written = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert written == page, "run: python docs/make_settings.py"


def test_the_layers_are_what_their_fields_say() -> None:
    page = runpy.run_path(str(DOCS / "make_settings.py"))["own_network_page"]()
    assert (DOCS / "own-network.md").read_text(encoding="utf-8") == page, "run: python docs/make_settings.py"
    assert "| `conv` | `filters`, `kernel` (3)" in page
