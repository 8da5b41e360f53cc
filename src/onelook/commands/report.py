"""`onelook report`: rebuild the HTML page of a run from its result files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.commands.compare import JSON, PAGE, comparison_page
from onelook.comparison.result import read_comparison
from onelook.errors import ConfigError
from onelook.files import atomic_path, refuse_unwritable_folder, write_text
from onelook.report.build import build_report
from onelook.report.folds_page import write_folds_page
from onelook.report.page import refuse_page
from onelook.report.plots import PLOTS, require_matplotlib
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE, read_folds
from onelook.tuning.search_request import FILE as SEARCH

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
    opened = refuse_figures(run, folder)
    from onelook.report.plots.figure import PIXELS_AN_INCH

    drawn: dict[str, Plot] = {}
    for name, draw in PLOTS.items():
        with suppress(ConfigError):  # there is nothing to plot
            drawn[name] = draw(opened)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, plot in drawn.items():
        for suffix in ("png", "svg"):
            with atomic_path(folder / f"{name}.{suffix}") as temporary:
                plot.savefig(temporary, format=suffix, dpi=PIXELS_AN_INCH)
            written.append(folder / f"{name}.{suffix}")
    return written


def refuse_figures(run: str | Path, folder: Path) -> RunFolder:
    """Check, before anything is written, that `write_figures` can write, and return the run.

    Raises:
        ConfigError: as for `write_figures`.
    """
    opened = RunFolder.open(Path(run))
    refuse_unwritable_folder(folder, "--figures")
    require_matplotlib()
    return opened


def rebuild_report(run: str | Path, out: Path | None = None) -> Path:
    """Write the report of a run, or the page of a cross-validation, comparison or search, again; return its path.

    Args:
        run: the folder.
        out: the file; by default report.html in the folder, comparison.html for a comparison, search.html for a search.

    Raises:
        ConfigError: `run` is no run folder, `out` cannot be written, or Jinja2 is not installed.
        OnelookError: one of the run's files is damaged.
    """
    folds, comparison = Path(run) / FILE, Path(run) / JSON
    page = PAGE if comparison.is_file() and not folds.is_file() else "report.html"
    target = Path(run) / page if out is None else out
    if Path(run).is_dir():
        refuse_page(target, "--out")
    if (Path(run) / SEARCH).is_file():
        from onelook.commands.tune import rebuild_search_page

        return rebuild_search_page(Path(run), out)
    if folds.is_file():
        return write_folds_page(Path(run), read_folds(folds), out)
    if comparison.is_file():
        write_text(target, comparison_page(read_comparison(comparison), Path(run)))
        return target
    return build_report(RunFolder.open(Path(run)), out)
