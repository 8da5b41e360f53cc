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
from onelook.wording import wrapped

PIXELS_AN_INCH = 144  # twice as many as a screen of old: sharp on new ones
_SHOWN_AN_INCH = 72
_MARGIN = 0.22  # inches around everything
_TITLE_INCHES, _TITLE_LINE = 0.72, 0.26  # of a title of one line and the line below it; of each further line
_TITLE_LOOK: dict[str, Any] = {"size": 13, "weight": "bold"}
_TITLE_LETTER = 0.106  # inches: the usual width of its letters
_FEWEST_LETTERS = 8  # of a line
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


_LOOK = {"color": LIGHT.ink, "parse_math": False}


class Plot(Figure):
    """A matplotlib figure. A notebook shows it where it is the last line of a cell; elsewhere use `savefig`.

    It does not belong to pyplot: it is shown once, opens no window, and need not be closed.

    Args:
        title: the finding; it is wrapped where it is wider than the plot.
        subtitle: how to read the plot; may be empty.
        width: inches.
        height: inches below the title.
    """

    def __init__(self, title: str, subtitle: str, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), facecolor=LIGHT.paper)
        lines = self._lines_of_title(title, width - 2 * _MARGIN)
        self.title_inches = _TITLE_INCHES + _TITLE_LINE * max(0, len(lines) - 1)
        self.set_size_inches(width, self.title_inches + height)
        for number, line in enumerate(lines):
            self.write(_MARGIN, _MARGIN + number * _TITLE_LINE, line, **_TITLE_LOOK)
        self.write(_MARGIN, self.title_inches - 0.22, subtitle, size=9.5, color=LIGHT.soft_ink)

    def _lines_of_title(self, title: str, room: float) -> list[str]:
        """Return the title in lines that are no wider than `room`, in inches: capitals and Chinese letters are wide."""
        letters = max(_FEWEST_LETTERS, int(room / _TITLE_LETTER))
        while True:
            lines = wrapped(title, letters, break_long_words=True)
            tried = [self.write(0, 0, line, **_TITLE_LOOK) for line in lines]
            widest = max((text.get_window_extent().width / self.dpi for text in tried), default=0.0)
            for text in tried:
                text.remove()
            if widest <= room or letters == _FEWEST_LETTERS:
                return lines
            letters = max(_FEWEST_LETTERS, min(letters - 1, int(letters * room / widest)))

    def axes_at(self, left: float, top: float, width: float, height: float) -> Axes:
        """Return axes without lines; places are in inches, from the left and from the end of the title."""
        wide, high = self.get_size_inches()
        top += self.title_inches
        axes = self.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high))
        axes.set_facecolor(LIGHT.paper)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.tick_params(length=0, labelsize=9, labelcolor=LIGHT.faint_ink)
        return axes

    def write(self, left: float, top: float, text: str, **look: Any) -> Text:
        """Write a text; places are in inches from the top left corner."""
        width, height = self.get_size_inches()
        return self.text(left / width, 1 - top / height, text, **{"va": "top", **_LOOK, "fontfamily": fonts(), **look})

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return what a notebook shows, at the size for a screen."""
        encoded = io.BytesIO()
        self.savefig(encoded, format="png", dpi=PIXELS_AN_INCH)
        width, height = (round(inches * _SHOWN_AN_INCH) for inches in self.get_size_inches())
        return encoded.getvalue(), {"width": width, "height": height}


def write(axes: Axes, x: float, y: float, text: str, **look: Any) -> Text:
    """Write a text at a place on axes, in which a dollar sign means itself."""
    return axes.text(x, y, text, **{**_LOOK, "fontfamily": fonts(), **look})


def plain(labels: list[Text], **look: Any) -> None:
    """Set the look of tick labels, in which a dollar sign means itself."""
    for label in labels:
        label.set(parse_math=False, fontfamily=fonts(), **look)


@cache
def fonts() -> list[str]:
    """Return the fonts to look for letters in, in order."""
    installed = {font.name for font in fontManager.ttflist}
    return ["DejaVu Sans", *(font for font in _OTHER_FONTS if font in installed)]
