"""Choose the value range of deep pictures and the ground of clear ones, from a survey of their pixels."""

from __future__ import annotations

from onelook.data.pictures.protocol import PixelSurvey
from onelook.settings.pictures import Ground

# Whole numbers from 0: the depths of cameras and scanners, which may be smaller than the depth of the file.
_BITS = (8, 10, 12, 14, 16)
_SIXTEEN_BITS = 65_535.0
# If all but 0.2 % of the values use less than this share of a range, eight bits would give them only a few steps. Then
# the other values are clipped (hot pixels of a camera), or the range is measured (a thermal camera).
_LEAST_SHARE = 1 / 16
# Another ground is considered if white hides at least this share of the pictures with transparent parts.
_MANY = 0.05


def choose_ground(survey: PixelSurvey) -> Ground:
    """Return the colour behind transparent parts: white, unless many pictures show more on another ground.

    Example:
        >>> choose_ground(PixelSurvey(clear=10, empty={"white": 9, "black": 0, "grey": 0}))
        'black'
        >>> choose_ground(PixelSurvey(clear=10, empty={"white": 5, "black": 5, "grey": 0}))
        'grey'
    """
    on_white = survey.empty.get("white", 0)
    if not survey.clear or on_white <= _MANY * survey.clear:
        return "white"
    others: tuple[Ground, ...] = ("black", "grey")
    best = min(others, key=lambda ground: survey.empty.get(ground, 0))
    return best if survey.empty.get(best, 0) < on_white else "white"


def choose_deep_range(survey: PixelSurvey) -> tuple[float, float] | None:
    """Return the values of deep pictures that become 0 and 255; None if they use all 16 bits of the file.

    Whole numbers from 0 have the range of 8, 10, 12, 14 or 16 bits, and floats in [0, 1] the range 0 to 1. Other values
    have the measured range, or the display window that DICOM files state.

    Example:
        >>> choose_deep_range(PixelSurvey(deep=9, low=3, high=4_000, usual_low=9, usual_high=3_000))
        (0.0, 4095.0)
        >>> choose_deep_range(PixelSurvey(deep=9, low=-1_024.0, high=3_071.0, usual_low=-999.0, usual_high=1_500.0))
        (-1024.0, 3071.0)
    """
    if not survey.deep:
        return None
    if 2 * survey.windows >= survey.deep:
        return survey.window_low, survey.window_high
    low, high = survey.low, survey.high
    usual = survey.usual_high - survey.usual_low
    if usual < _LEAST_SHARE * (high - low):
        low, high = survey.usual_low, survey.usual_high
    common = _common_range(low, high, is_float=survey.is_float)
    if common is None or usual < _LEAST_SHARE * common:
        return low, high if high > low else low + 1
    return None if common == _SIXTEEN_BITS else (0.0, common)


def _common_range(low: float, high: float, *, is_float: bool) -> float | None:
    """Return the highest value of the usual range from 0 that contains these values; None if there is none."""
    if low < 0:
        return None
    if is_float:
        return 1.0 if high <= 1 else None
    return next((float((1 << bits) - 1) for bits in _BITS if high < 1 << bits), None)
