"""Choose the size, channels, value range and ground for decoding a data set, and write the notes about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from onelook.data.dataset import Dataset
from onelook.data.part_names import pool_name
from onelook.data.pictures.protocol import PixelSurvey
from onelook.data.pictures.survey_choices import choose_deep_range, choose_ground
from onelook.settings.pictures import DecodeSettings, ResizeMode
from onelook.wording import agree, counted, listed

DEFAULT_SIZE = 128  # pixels a side, if the pictures have different sizes
# Pictures with one larger size are photographs; 3,000 of them would fill a disk at full size.
LARGEST_NATIVE_SIZE = 256

_SIXTEEN_BITS = 65_535.0
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
