"""Draw accuracy and loss by epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from onelook.errors import ConfigError
from onelook.report.page_wording import tick_percent
from onelook.report.plots.figure import Plot, plain, write
from onelook.report.results import Results
from onelook.report.sections.training import training_title
from onelook.report.theme import LIGHT

_WIDTH, _HEIGHT, _GAP, _LEFT, _BELOW = 4.1, 2.6, 0.95, 0.85, 0.65  # inches of each chart, and around it


def draw_history(results: Results) -> Plot:
    """Return the curves of accuracy and loss, with the kept epoch marked.

    Raises:
        ConfigError: there are no epochs.
    """
    history = results.history
    if not history or results.run.model.learnt:
        raise ConfigError(
            f"{results.name}: there are no epochs to plot"
            + (f", because {results.run.model.name} is fitted at once." if history else ", because none was finished.")
            + " plot_confusion() and plot_worst() show how it does."
        )
    top = 0.42
    plot = Plot(training_title(results), "", 2 * _WIDTH + _GAP + _LEFT + 0.35, top + _HEIGHT + _BELOW)
    epochs, best = [epoch.epoch for epoch in history], results.run.best_epoch
    charts = (
        _Curves("Accuracy", [e.val_accuracy for e in history], [e.train_accuracy for e in history], tick_percent),
        _Curves("Loss", [e.val_loss for e in history], [e.train_loss for e in history], lambda value: f"{value:g}"),
    )
    for number, curves in enumerate(charts):
        axes = plot.axes_at(_LEFT + number * (_WIDTH + _GAP), top, _WIDTH, _HEIGHT)
        _draw(axes, curves, epochs, best if best in epochs else None)
    return plot


@dataclass(frozen=True)
class _Curves:
    name: str
    validation: Sequence[float | None]
    training: Sequence[float | None]
    label: Callable[[float], str]  # makes the text of a value


def _draw(axes: Axes, curves: _Curves, epochs: Sequence[int], best: int | None) -> None:
    for values, colour, style, width, kind in (
        (curves.training, LIGHT.other, (0, (4, 3)), 1.6, "training"),
        (curves.validation, LIGHT.right, "solid", 2.4, "validation"),
    ):
        heights = [float("nan") if value is None else value for value in values]
        marker = "" if epochs[1:] else "o"  # a line of one point is not seen
        axes.plot(epochs, heights, color=colour, linestyle=style, linewidth=width, marker=marker, label=kind)
        if best is not None and (height := values[epochs.index(best)]) is not None:
            axes.plot([best], [height], "o", color=colour, markersize=7, markeredgecolor=LIGHT.paper)
    axes.grid(axis="y", color=LIGHT.line, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8, min_n_ticks=1))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: curves.label(value)))
    axes.set_xlabel("epoch", color=LIGHT.faint_ink, fontsize=9)
    if best is not None:
        axes.axvline(best, color=LIGHT.ink, linewidth=0.9, linestyle=(0, (1.5, 2.5)))
        where = axes.get_xaxis_transform()
        write(axes, best, 1.02, "kept", transform=where, ha="center", va="bottom", size=9, weight="bold")
    write(axes, 0, 1.1, curves.name, transform=axes.transAxes, va="bottom", size=10.5, weight="bold")
    axes.legend(
        *(list(reversed(each)) for each in axes.get_legend_handles_labels()),
        loc="lower right",
        bbox_to_anchor=(1.0, 1.07),
        ncols=2,
        frameon=False,
        fontsize=9,
        labelcolor=LIGHT.soft_ink,
        borderaxespad=0,
        handlelength=1.6,
        columnspacing=1.2,
    )
    plain([*axes.get_xticklabels(), *axes.get_yticklabels()])
