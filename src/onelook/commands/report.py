"""`onelook report`: rebuild the HTML page of a run from its result files."""

from __future__ import annotations

from pathlib import Path

from onelook.commands.compare import JSON, PAGE
from onelook.comparison.result import read_comparison
from onelook.files import write_text
from onelook.report.build import build_report
from onelook.report.comparison_page import render_comparison
from onelook.report.folds_page import write_folds_page
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE, read_folds


def rebuild_report(run: str | Path, out: Path | None = None) -> Path:
    """Write the report of a run, or the page of a cross-validation or comparison, again; return its path.

    Args:
        run: the folder.
        out: the file; by default report.html in the folder, or comparison.html for a comparison.

    Raises:
        ConfigError: `run` is no run folder, or Jinja2 is not installed.
        OnelookError: one of the run's files is damaged.
    """
    folds = Path(run) / FILE
    if folds.is_file():
        return write_folds_page(Path(run), read_folds(folds), out)
    comparison = Path(run) / JSON
    if comparison.is_file():
        target = Path(run) / PAGE if out is None else out
        write_text(target, render_comparison(read_comparison(comparison)))
        return target
    return build_report(RunFolder.open(Path(run)), out)
