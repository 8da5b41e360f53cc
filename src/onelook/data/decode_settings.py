"""Choose the size, channels, value range and ground for decoding a data set, and write the notes about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from onelook.data.dataset import Dataset
from onelook.data.part_names import pool_name
from onelook.data.pictures.protocol import PixelSurvey
from onelook.settings.pictures import DecodeSettings, Ground, ResizeMode
from onelook.wording import agree, counted, listed

DEFAULT_SIZE = 128  # pixels a side, if the pictures have different sizes
# Pictures with one larger size are photographs; 3,000 of them would fill a disk at full size.
LARGEST_NATIVE_SIZE = 256

# Whole numbers from 0: the depths of cameras and scanners, which may be smaller than the depth of the file.
_BITS = (8, 10, 12, 14, 16)
_SIXTEEN_BITS = 65_535.0
# If all but 0.2 % of the values use less than this share of a range, eight bits would give them only a few steps. Then
# the other values are clipped (hot pixels of a camera), or the range is measured (a thermal camera).
_LEAST_SHARE = 1 / 16
# Another ground is considered if white hides at least this share of the pictures with transparent parts.
_MANY = 0.05
_CUT = 0.05  # as a share of a model's range: values so far beyond it get a note


def choose_decode_settings(
    dataset: Dataset, image_size: tuple[int, int] | None = None, resize: ResizeMode = "stretch"
) -> DecodeSettings:
    """Return the size, channels, values and ground with which to decode all pictures of a data set.

    The size is `image_size` (height, width) if it is given; else the size that all pictures share, up to 256 pixels
    a side; else 128 × 128. There is 1 channel if every picture is grey, else 3. A test part influences none of this
    if there are other pictures. Value range and ground come from the training pictures only.
    """
    parts = [part for name, part in dataset.parts.items() if name != "test"] or list(dataset.parts.values())
    facts = [facts for facts in (part.pictures.facts() for part in parts) if facts.sizes]
    shared = {size for fact in facts for size in fact.sizes}
    if image_size is not None:
        height, width = image_size
    elif len(shared) == 1 and all(max(size) <= LARGEST_NATIVE_SIZE for size in shared):
        ((height, width),) = shared
    else:
        height, width = DEFAULT_SIZE, DEFAULT_SIZE
    all_grey = bool(facts) and all(fact.channels == 1 for fact in facts)
    survey = _survey(dataset)
    return DecodeSettings(
        height=height,
        width=width,
        channels=1 if all_grey else 3,
        resize=resize,
        ground=choose_ground(survey),
        deep_range=choose_deep_range(survey),
    )


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


def note_choices(dataset: Dataset) -> Dataset:
    """Return the data set with notes on its chosen value range and ground, and on special kinds of pictures."""
    survey = _survey(dataset)
    notes = (*_notes_on_kinds(dataset), *_notes_on_depth(survey), *_notes_on_ground(survey))
    return replace(dataset, notes=(*dataset.notes, *notes))


def note_given(dataset: Dataset, decode: DecodeSettings) -> Dataset:
    """Return the data set with notes on special kinds of pictures, and on values outside the range of the model."""
    notes = (*_notes_on_kinds(dataset), *_notes_on_cut_values(_survey(dataset), decode))
    return replace(dataset, notes=(*dataset.notes, *notes))


def _notes_on_kinds(dataset: Dataset) -> Iterator[str]:
    """Yield notes on pictures that contain more than is read, or that are read in a special way."""
    counts: Counter[str] = Counter()
    looked_at, is_sample = 0, False
    for part in dataset.parts.values():
        facts = part.pictures.facts()
        counts.update(facts.kinds)
        looked_at += sum(facts.sizes.values())
        is_sample |= facts.is_sample
    among = f"of {'a sample of ' if is_sample else ''}{counted(looked_at, 'picture')}"
    if count := counts["animated"]:
        yield f"{count:,} {among} {agree(count, 'is', 'are')} animated: the first frame is read."
    if count := counts["paged"]:
        yield f"{count:,} {among} {agree(count, 'has', 'have')} several pages: the first page is read."
    if count := counts["dicom"]:
        inverted = counts["inverted"]
        turned = f", {inverted:,} of them inverted, as MONOCHROME1 means" if inverted else ""
        yield f"{count:,} {among} {agree(count, 'is', 'are')} DICOM{turned}."


def _survey(dataset: Dataset) -> PixelSurvey:
    """Return the survey of the training part, or of the first part if there is none."""
    names = list(dataset.parts)
    return dataset.parts[pool_name(names) or names[0]].pictures.survey()


def _notes_on_depth(survey: PixelSurvey) -> Iterator[str]:
    if not survey.deep:
        return
    found = f"from {_number(survey.low)} to {_number(survey.high)} in {counted(survey.deep, 'picture')} looked at"
    chosen = choose_deep_range(survey)
    if chosen is None:
        yield f"The pictures hold values of 16 bits ({found}): 0 to 65,535 become 0 to 255."
        return
    low, high = chosen
    bits = int(high + 1).bit_length() - 1
    is_bits = low == 0 and not survey.is_float and high + 1 == 1 << bits
    kind = f"values of {bits} bits" if is_bits else "values of more than 8 bits"
    why = ", and the files say which of them to show" if 2 * survey.windows >= survey.deep else ""
    cut = "; what lies beyond is cut off" if low > survey.low or high < survey.high else ""
    if survey.no_data:
        verb = agree(len(survey.no_data), "is", "are")
        cut += f"; {listed(map(_number, survey.no_data))} {verb} taken to mean that there is no data"
    yield (
        f"The pictures hold {kind} ({found}{why}): {_number(low)} to {_number(high)} become 0 to 255 in all of them, "
        f"here and wherever the model is used{cut}."
    )


def _notes_on_cut_values(survey: PixelSurvey, decode: DecodeSettings) -> Iterator[str]:
    if not survey.deep:
        return
    low, high = decode.deep_range or (0.0, _SIXTEEN_BITS)
    margin = _CUT * (high - low)
    if survey.usual_low < low - margin or survey.usual_high > high + margin:
        yield (
            f"The pictures hold values from {_number(survey.low)} to {_number(survey.high)}, and the model was trained "
            f"on {_number(low)} to {_number(high)}: what lies beyond is cut off. Is this the data that it is for?"
        )


def _notes_on_ground(survey: PixelSurvey) -> Iterator[str]:
    ground = choose_ground(survey)
    if ground != "white":
        yield (
            f"White under the transparent parts leaves nothing of {survey.empty['white']:,} of "
            f"{counted(survey.clear, 'picture')} that have such parts: they are laid on {ground}, here and wherever "
            "the model is used."
        )


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e10 else f"{value:,.4g}"
