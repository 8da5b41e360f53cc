"""The look of all plots: paper, ink, type, and a title on the left that says the finding."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from onelook.report.theme import LIGHT

_PIXELS_AN_INCH = 144  # twice as many as a screen of old: sharp on new ones
_SHOWN_AN_INCH = 72
_MARGIN = 0.22  # inches around everything
TITLE_INCHES = 0.72  # of the title and the line below it
# For class names that the font of matplotlib has no letters for; those that are installed are used.
_OTHER_FONTS = (
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "WenQuanYi Micro Hei",
    "PingFang SC",
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "Arial Unicode MS",
)


class Plot(Figure):
    """A matplotlib figure. A notebook shows it where it is the last line of a cell; elsewhere use `savefig`.

    It does not belong to pyplot: it is shown once, opens no window, and need not be closed.

    Args:
        title: the finding.
        subtitle: how to read the plot; may be empty.
        width, height: inches.
    """

    def __init__(self, title: str, subtitle: str, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), facecolor=LIGHT.paper)
        write(self, _MARGIN, height - _MARGIN, title, size=13, weight="bold")
        write(self, _MARGIN, height - _MARGIN - 0.28, subtitle, size=9.5, color=LIGHT.soft_ink)

    def axes_at(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return axes without lines; places are in inches from the top left corner."""
        wide, high = self.get_size_inches()
        axes = self.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high))
        axes.set_facecolor(LIGHT.paper)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0, labelsize=9, labelcolor=LIGHT.faint_ink)
        return axes

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return what a notebook shows, at the size for a screen."""
        encoded = io.BytesIO()
        self.savefig(encoded, format="png", dpi=_PIXELS_AN_INCH)
        width, height = (round(inches * _SHOWN_AN_INCH) for inches in self.get_size_inches())
        return encoded.getvalue(), {"width": width, "height": height}


def write(where: Plot | Axes, x: float, y: float, text: str, **look: Any) -> Text:
    """Write a text, in which a dollar sign means itself. Places are in inches on a plot, in data units on axes."""
    look = {"color": LIGHT.ink, "fontfamily": list(fonts()), "parse_math": False, **look}
    if isinstance(where, Plot):
        width, height = where.get_size_inches()
        return where.text(x / width, y / height, text, **{"va": "top", **look})
    return where.text(x, y, text, **look)


def plain(labels: list[Text], **look: Any) -> None:
    """Set the look of tick labels, in which a dollar sign means itself."""
    for label in labels:
        label.set(parse_math=False, fontfamily=list(fonts()), **look)


@cache
def fonts() -> tuple[str, ...]:
    """Return the fonts to look for letters in, in order."""
    installed = {font.name for font in fontManager.ttflist}
    return ("DejaVu Sans", *(font for font in _OTHER_FONTS if font in installed))
