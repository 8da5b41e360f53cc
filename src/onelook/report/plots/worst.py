"""Draw the worst errors with their pictures."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from PIL import Image

from onelook.errors import ConfigError
from onelook.evaluation.pictures.index import PredictedPicture
from onelook.evaluation.pictures.thumbnails import PIXEL_ART_SIDE
from onelook.report.page_wording import set_in_words, short_probability
from onelook.report.plots.figure import Plot, write
from onelook.report.results import Results
from onelook.report.theme import LIGHT
from onelook.wording import agree, counted

_COLUMNS = 6
_SIDE, _GAP, _CAPTION, _MARGIN = 1.25, 0.2, 0.68, 0.22  # inches
_LONGEST_NAME = 15  # characters beside a probability
_LONGEST_ID = 24


def draw_worst(results: Results, count: int) -> Plot:
    """Return the worst errors: the model's answer, the label, and how sure it was of each.

    Args:
        results: the run's files.
        count: the largest number of errors to draw, at least 1. A run keeps pictures of 24.

    Raises:
        ConfigError: `count` is less than 1, or no pictures were kept.
    """
    if count < 1:
        raise ConfigError(f"plot_worst({count}): expected 1 or more errors.")
    kept = results.report_pictures
    if kept is None:
        raise ConfigError(f"{results.name}: no pictures were kept with this run, so there are none to plot.")
    shown = kept.worst_errors[:count]
    kind = f"{set_in_words(results.evaluation.set_name)} " if results.evaluation else ""
    columns = min(_COLUMNS, max(4, len(shown)))
    rows = -(-len(shown) // columns)
    plot = Plot(
        _title(len(shown), kept.errors, kind),
        "Ordered by how much more probability the answer got than the label." if shown else "",
        2 * _MARGIN + columns * (_SIDE + _GAP) - _GAP,
        0.12 + rows * (_SIDE + _CAPTION) + 0.1,
    )
    for number, picture in enumerate(shown):
        row, column = divmod(number, columns)
        left, top = _MARGIN + column * (_SIDE + _GAP), 0.12 + row * (_SIDE + _CAPTION)
        _draw(plot.axes_at(left, top, _SIDE, _SIDE), results, picture)
    return plot


def _title(shown: int, errors: int, kind: str) -> str:
    if not errors:
        return f"Every {kind}picture was named correctly"
    if errors > shown:
        return f"The {shown} worst of {counted(errors, 'error')}"
    return agree(errors, "The only error", f"All {errors:,} errors")


def _draw(axes: Axes, results: Results, picture: PredictedPicture) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(LIGHT.mat)
    path = results.pictures.path / picture.file
    if path.is_file():
        with Image.open(path) as opened:
            pixels = np.asarray(opened.convert("RGB"))
        is_pixel_art = path.suffix == ".png" or max(pixels.shape[:2]) <= PIXEL_ART_SIDE
        axes.imshow(pixels, interpolation="nearest" if is_pixel_art else "antialiased")
        axes.set_anchor("N")
    for line, (name, share, colour, weight) in enumerate(
        (
            (f"said {picture.predicted}", picture.p_predicted, LIGHT.wrong, "bold"),
            (f"label {picture.label}", picture.p_label, LIGHT.soft_ink, "normal"),
        )
    ):
        look = {"transform": axes.transAxes, "color": colour, "weight": weight, "size": 8.5, "va": "top"}
        at = -0.05 - 0.14 * line
        write(axes, 0, at, _short(name, _LONGEST_NAME), **look)
        write(axes, 1, at, short_probability(share), ha="right", **{**look, "weight": "normal"})
    name = picture.id if len(picture.id) <= _LONGEST_ID else f"…{picture.id[1 - _LONGEST_ID :]}"
    write(axes, 0, -0.33, name, transform=axes.transAxes, color=LIGHT.faint_ink, size=7, va="top")


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
