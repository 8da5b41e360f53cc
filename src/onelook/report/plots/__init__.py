"""Plots of a run with matplotlib, for notebooks and slides, in the colours of the report.

Only this room needs matplotlib, and only when a plot is drawn: the report draws its charts itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from onelook.errors import missing_extra

if TYPE_CHECKING:
    from collections.abc import Callable

    from onelook.report.plots.figure import Plot
    from onelook.run_folder import RunFolder

MOST_WORST = 12  # errors in a figure


def plot_history(folder: RunFolder) -> Plot:
    """Return the curves of accuracy and loss.

    Raises:
        ConfigError: matplotlib is not installed, or the model has no epochs.
        ModelError: a file of the run is damaged.
    """
    require_matplotlib()
    from onelook.report.plots.history import draw_history
    from onelook.report.results import read_results

    return draw_history(read_results(folder))


def plot_confusion(folder: RunFolder) -> Plot:
    """Return the confusion matrix.

    Raises:
        ConfigError: matplotlib is not installed, or the run has no score.
        ModelError: a file of the run is damaged.
    """
    require_matplotlib()
    from onelook.report.plots.confusion import draw_confusion
    from onelook.report.results import read_results

    return draw_confusion(read_results(folder))


def plot_worst(folder: RunFolder, count: int = MOST_WORST) -> Plot:
    """Return the worst errors with their pictures.

    Raises:
        ConfigError: matplotlib is not installed, `count` is less than 1, or no pictures were kept.
        ModelError: a file of the run is damaged.
    """
    require_matplotlib()
    from onelook.report.plots.worst import draw_worst
    from onelook.report.results import read_results

    return draw_worst(read_results(folder), count)


def require_matplotlib() -> None:
    """Refuse to plot where matplotlib is not installed.

    Raises:
        ConfigError: the message names the extra.
    """
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise missing_extra("matplotlib", "plots", "a plot") from error


PLOTS: dict[str, Callable[[RunFolder], Plot]] = {
    "history": plot_history,
    "confusion": plot_confusion,
    "worst": plot_worst,
}
