"""`onelook report`: the HTML file of a run, from its result files alone."""

from __future__ import annotations

from pathlib import Path

from onelook.report.build import build_report
from onelook.report.folds_page import write_folds_page
from onelook.run_folder import RunFolder
from onelook.workflow.cross_validation import FILE, read_folds


def rebuild_report(run: str | Path, out: Path | None = None) -> Path:
    """Writes the report of a run, or the page of a cross-validation, anew; returns its path.

    Args:
        run: the folder.
        out: the file; by default report.html in the folder.

    Raises:
        ConfigError: `run` is no run folder, or Jinja2 is not installed.
        OnelookError: one of the run's files is damaged.
    """
    folds = Path(run) / FILE
    if folds.is_file():
        return write_folds_page(Path(run), read_folds(folds), out)
    return build_report(RunFolder.open(Path(run)), out)
