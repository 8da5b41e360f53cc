"""The size and the channels in which all pictures of a data set are decoded."""

from __future__ import annotations

from onelook.data.dataset import Dataset
from onelook.settings.pictures import DecodeSettings, ResizeMode

DEFAULT_SIZE = 128  # pixels a side, where the pictures have no size in common
# Pictures that share a larger size than this are photographs: at full size 3,000 of them fill a disk.
LARGEST_NATIVE_SIZE = 256


def choose_decode_settings(
    dataset: Dataset, image_size: tuple[int, int] | None = None, resize: ResizeMode = "stretch"
) -> DecodeSettings:
    """Return the size and channels in which to decode all pictures of a data set.

    The size is `image_size` (height, width) where it is given; else the one that all pictures share, up to 256
    pixels a side; else 128 × 128. Channels are 1 where every picture is grey, else 3. A test part decides nothing
    of this where there are other pictures: it is brought to what these are.
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
    return DecodeSettings(height=height, width=width, channels=1 if all_grey else 3, resize=resize)
