"""`onelook report`: rebuild the HTML page of a run from its result files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.commands.compare import JSON, PAGE
from onelook.comparison.result import read_comparison
from onelook.errors import ConfigError
from onelook.files import atomic_path, write_text
from onelook.report.build import build_report
from onelook.report.comparison_page import render_comparison
from onelook.report.folds_page import write_folds_page
from onelook.report.plots import PLOTS, require_matplotlib
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE, read_folds

if TYPE_CHECKING:
    from onelook.report.plots.figure import Plot


def write_figures(run: str | Path, folder: Path) -> list[Path]:
    """Write the plots of a run as PNG and SVG, and return their paths.

    They are those of `Run.plot_history`, `plot_confusion` and `plot_worst`. A plot for which the run has nothing, such
    as the epochs of a random forest, is left out. Files of the same names are replaced.

    Args:
        run: the run's folder.
        folder: the folder for the files, which is made.

    Raises:
        ConfigError: `run` is no run folder, the folder is a file, or matplotlib is not installed.
        ModelError: one of the run's files is damaged.
    """
    opened = RunFolder.open(Path(run))
    require_matplotlib()
    from onelook.report.plots.figure import PIXELS_AN_INCH

    drawn: dict[str, Plot] = {}
    for name, draw in PLOTS.items():
        with suppress(ConfigError):  # there is nothing to plot
            drawn[name] = draw(opened)
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: is a file. Name a folder for the figures.")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, plot in drawn.items():
        for suffix in ("png", "svg"):
            with atomic_path(folder / f"{name}.{suffix}") as temporary:
                plot.savefig(temporary, format=suffix, dpi=PIXELS_AN_INCH)
            written.append(folder / f"{name}.{suffix}")
    return written


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
