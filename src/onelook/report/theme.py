"""The report's colours, for light and dark screens, as CSS variables.

Two hues have a meaning: blue is right, vermilion is wrong. Readers with any of the usual kinds of colour blindness can
tell them apart (Okabe & Ito 2008), and no fact is shown by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

RAMP_STEPS = 6  # shades of a hue in the confusion matrix, from pale to full

_WHITE, _BLACK = "#ffffff", "#000000"


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb."""

    paper: str  # the page
    card: str  # raised areas on it
    ink: str  # text
    soft_ink: str  # less important text
    faint_ink: str  # labels, axes
    line: str  # hairlines
    right: str  # blue: correct predictions, the validation curve, links
    right_wash: str  # pale blue, for backgrounds
    wrong: str  # vermilion: errors, warnings
    wrong_wash: str  # pale vermilion, for backgrounds
    mat: str  # the space around a picture that does not fill its square
    other: str  # the training curve, bars of second rank


LIGHT = Palette(
    paper="#fcfbf9",
    card="#ffffff",
    ink="#191b20",
    soft_ink="#4d525c",
    faint_ink="#5f646f",
    line="#e6e3dd",
    right="#0b5cad",
    right_wash="#e4eef8",
    wrong="#b84300",
    wrong_wash="#fcece1",
    mat="#efede8",
    other="#878c96",
)
DARK = Palette(
    paper="#121417",
    card="#1a1d22",
    ink="#eceae6",
    soft_ink="#b9bcc3",
    faint_ink="#9297a1",
    line="#2c3037",
    right="#72b4f4",
    right_wash="#17293b",
    wrong="#ff9d66",
    wrong_wash="#38220f",
    mat="#0c0e10",
    other="#7b818c",
)


def page_style() -> str:
    """Return the CSS with which a page begins: the colours, for the screen that its reader has, and the type."""
    light, dark = css_variables(LIGHT), css_variables(DARK)
    palettes = f":root {{\n{light}\n}}\n@media (prefers-color-scheme: dark) {{\n:root {{\n{dark}\n}}\n}}\n"
    return palettes + (files("onelook.report") / "templates" / "base.css").read_text(encoding="utf-8")


def css_variables(palette: Palette) -> str:
    """Return the palette and its ramps as CSS declarations, one a line.

    `--right-3` is the third shade of blue, and `--on-right-3` the colour of text that can be read on it.
    """
    declarations = {name.replace("_", "-"): value for name, value in vars(palette).items()}
    for hue, wash, full in (
        ("right", palette.right_wash, palette.right),
        ("wrong", palette.wrong_wash, palette.wrong),
    ):
        for step, shade in enumerate(ramp(wash, full), start=1):
            declarations[f"{hue}-{step}"] = shade
            white_reads_better = contrast(_WHITE, shade) > contrast(_BLACK, shade)
            declarations[f"on-{hue}-{step}"] = _WHITE if white_reads_better else _BLACK
    return "\n".join(f"--{name}: {value};" for name, value in declarations.items())


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, by the definition of WCAG 2. Text needs 4.5.

    Example:
        >>> round(contrast("#000000", "#ffffff"), 1)
        21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ramp(start: str, end: str) -> list[str]:
    """Return evenly spaced colours from `start` to `end`."""
    a, b = _channels(start), _channels(end)
    shares = [step / (RAMP_STEPS - 1) for step in range(RAMP_STEPS)]
    return ["#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in zip(a, b, strict=True)) for share in shares]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
