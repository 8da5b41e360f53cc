"""`onelook report`: the HTML file of a run, from its result files alone."""

from __future__ import annotations

from pathlib import Path

from onelook.report.build import build_report
from onelook.run_folder import RunFolder


def rebuild_report(run: str | Path, out: Path | None = None) -> Path:
    """Writes the report of a run anew and returns its path: `out`, else report.html in the run folder.

    Raises:
        ConfigError: `run` is no run folder, or Jinja2 is not installed.
        OnelookError: one of the run's files is damaged.
    """
    return build_report(RunFolder.open(Path(run)), out)
