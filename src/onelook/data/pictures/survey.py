"""Survey the pixels of a sample of pictures: the values of deep ones, and how clear ones look on each ground.

Size and channels come from headers. But only pixels show which values should become black and white, and which ground
suits transparent parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from onelook.data.pictures.deep import WINDOW, deep_values, is_deep
from onelook.data.pictures.eight_bits import GROUND_VALUES, go_to_first_frame, on_ground
from onelook.data.pictures.formats import open_picture
from onelook.data.pictures.pillow_as_needed import PILLOW_AS_NEEDED
from onelook.data.pictures.protocol import PictureStore, PixelSurvey
from onelook.runtime import in_threads
from onelook.settings.pictures import Ground

SAMPLE = 100  # pictures of each kind in the sample, evenly spread

_VALUES_EACH = 2_000  # values of a picture, evenly spread; the shares below refer to these
_USUAL = (0.1, 99.9)  # the percentiles of the lowest and highest usual value
_LOOKED_AT = 64  # pixels a side of a picture that is tried on the grounds
# The standard deviation of values in 0 to 255 below which a picture looks empty; and the factor by which it must be
# larger on another ground, so that the ground is the reason.
_EMPTY, _TIMES_AS_MUCH = 8.0, 4.0


# A value farther away than this many ranges of all other values means no data: -9,999, or the lowest 32-bit float.
_FAR = 15.0


class _Deep(NamedTuple):
    ends: tuple[float, ...]  # the lowest, the second lowest, the second highest and the highest value
    some: Any  # some values, spread over the picture
    is_float: bool
    window: tuple[float, float] | None


def survey_pictures(store: PictureStore, deep: Sequence[str], clear: Sequence[str]) -> PixelSurvey:
    """Survey the pixels of a sample of these pictures; unreadable ones are left out.

    Args:
        store: the store of the pictures.
        deep: names of pictures whose headers show more than 8 bits.
        clear: names of pictures whose headers show that parts may be transparent.
    """
    with PILLOW_AS_NEEDED:
        depths = [each for each in in_threads(lambda name: _look_at_values(store, name), _spread(deep)) if each]
        shown = [each for each in in_threads(lambda name: _look_at_grounds(store, name), _spread(clear)) if each]
    return replace(_survey_values(depths), clear=len(shown), empty=_count_empty(shown))


def _spread(names: Sequence[str]) -> list[str]:
    return [names[at] for at in np.linspace(0, len(names) - 1, min(SAMPLE, len(names)), dtype=np.int64)]


def _look_at_values(store: PictureStore, name: str) -> _Deep | None:
    try:
        content = store.read(name)
        with open_picture(content) as image:
            values = deep_values(image, content) if is_deep(image) else None
            window = image.info.get(WINDOW)
    # A broken file raises anything; decoding raises it again and reports it.
    except Exception:
        return None
    if values is None:
        return None
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values.reshape(-1)
    if not finite.size:
        return None
    some = finite[np.linspace(0, len(finite) - 1, min(_VALUES_EACH, len(finite)), dtype=np.int64)]
    return _Deep(_ends(finite), some, values.dtype.kind == "f", window)


def _ends(values: Any) -> tuple[float, ...]:
    low, high = values.min(), values.max()
    inner = values[(values > low) & (values < high)]
    inner_low, inner_high = (inner.min(), inner.max()) if inner.size else (high, low)
    return float(low), float(inner_low), float(inner_high), float(high)


def _survey_values(found: Sequence[_Deep]) -> PixelSurvey:
    """Return the survey of the values alone."""
    if not found:
        return PixelSurvey()
    low, high, no_data = _without_no_data([each.ends for each in found])
    some = np.concatenate([each.some for each in found]).astype(np.float64)
    within = some[(some >= low) & (some <= high)]
    usual_low, usual_high = np.percentile(within, _USUAL) if within.size else (low, high)
    windows = [each.window for each in found if each.window is not None]
    return PixelSurvey(
        deep=len(found),
        low=low,
        high=high,
        no_data=no_data,
        usual_low=float(usual_low),
        usual_high=float(usual_high),
        is_float=any(each.is_float for each in found),
        windows=len(windows),
        window_low=float(min((low for low, _ in windows), default=0.0)),
        window_high=float(max((high for _, high in windows), default=0.0)),
    )


def _without_no_data(ends: Sequence[tuple[float, ...]]) -> tuple[float, float, list[float]]:
    """Return the lowest and highest value without those that mean no data, and these: at most one at each end."""
    values = np.unique(np.array(ends))
    no_data: list[float] = []
    for at in (0, -1):
        outer, others = values[at], np.delete(values, at)
        if len(others) > 1 and abs(outer - others[at]) > _FAR * (others[-1] - others[0]):
            no_data.append(float(outer))
            values = others
    return float(values[0]), float(values[-1]), no_data


def _look_at_grounds(store: PictureStore, name: str) -> dict[Ground, float] | None:
    """Return how much of a picture is visible on each ground; None if nothing of it is transparent."""
    try:
        with open_picture(store.read(name)) as image:
            go_to_first_frame(image)
            layer = image.convert("RGBA")
    except Exception:  # as above
        return None
    layer.thumbnail((_LOOKED_AT, _LOOKED_AT), Image.Resampling.BOX)
    if layer.getchannel("A").getextrema() == (255, 255):
        return None
    return {ground: _shown(layer, ground) for ground in GROUND_VALUES}


def _shown(layer: Image.Image, ground: Ground) -> float:
    return float(np.asarray(on_ground(layer, ground).convert("RGB"), np.float64).std(axis=(0, 1)).max())


def _count_empty(shown: Iterable[Mapping[Ground, float]]) -> dict[str, int]:
    empty = dict.fromkeys(map(str, GROUND_VALUES), 0)
    for by_ground in shown:
        most = max(by_ground.values())
        for ground, value in by_ground.items():
            empty[ground] += value < _EMPTY and most > _TIMES_AS_MUCH * value
    return empty
