"""The facts of the data that decide on the network, the picture size and the training."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from onelook.planning.mirroring import why_not_mirrored
from onelook.settings import DecodeSettings
from onelook.settings.pictures import Ground

if TYPE_CHECKING:
    from onelook.data.dataset import Dataset

_SYMBOLS = {"digits": "handwritten digits", "MNIST": "handwritten digits", "Kuzushiji-MNIST": "Japanese characters"}


@dataclass(frozen=True)
class DataFacts:
    """The facts of a data set.

    Attributes:
        train_rows: pictures of the training side; before the split is drawn, all outside the test part.
        height, width: the size of a decoded picture in pixels, unless the user sets another size.
        channels: the channels of a decoded picture.
        class_names: in the order of the labels; empty if nothing is labelled.
        rows: pictures outside the test part, for every split.
        shorter_side: of the median original outside the test part, in pixels; 0 keeps pretrained networks away.
        has_colour: whether originals are in colour, with 8 bits.
        has_val: whether there are validation pictures besides the training pictures.
        sizes: distinct (height, width) of the originals that were read.
        sizes_are_sampled: whether only a sample of the originals was read for `sizes`.
        ground: the colour behind transparent parts.
        deep_range: the values that become 0 and 255 in pictures with more than 8 bits.
        published: the published data set that the pictures were recognised as; empty for others.
    """

    train_rows: int
    height: int
    width: int
    channels: int
    class_names: tuple[str, ...]
    rows: int = 0
    shorter_side: int = 0
    has_colour: bool = False
    has_val: bool = True
    sizes: frozenset[tuple[int, int]] = frozenset()
    sizes_are_sampled: bool = False
    ground: Ground = "white"
    deep_range: tuple[float, float] | None = None
    published: str = ""

    @property
    def why_not_mirrored(self) -> str | None:
        """The kind of classes that a mirror changes, in words; None if mirroring is safe."""
        return _SYMBOLS.get(self.published) or why_not_mirrored(self.class_names)


def facts_of(dataset: Dataset) -> DataFacts:
    """Return the facts of an opened data set that are known before its pictures are decoded."""
    from onelook.data.decode_settings import choose_decode_settings

    parts = [part for name, part in dataset.parts.items() if name != "test"] or list(dataset.parts.values())
    found = [part.pictures.facts() for part in parts]
    sides = [min(size) for facts in found for size, count in facts.sizes.items() for _ in range(count)]
    everywhere = [part.pictures.facts() for part in dataset.parts.values()]
    native = choose_decode_settings(dataset)
    rows = sum(len(part) for part in parts)
    return DataFacts(
        train_rows=rows,
        height=native.height,
        width=native.width,
        channels=native.channels,
        class_names=dataset.class_names,
        rows=rows,
        shorter_side=median_low(sides) if sides else 0,
        has_colour=any(facts.channels > 1 and facts.dtype == "uint8" for facts in found),
        sizes=frozenset(size for facts in everywhere for size in facts.sizes),
        sizes_are_sampled=any(facts.is_sample for facts in everywhere),
        ground=native.ground,
        deep_range=native.deep_range,
        published=dataset.published,
    )


def facts_of_decoded(
    train_rows: int, decode: DecodeSettings, class_names: tuple[str, ...], *, has_val: bool
) -> DataFacts:
    """Return the facts of decoded pictures of one size. No pretrained network is picked for them."""
    return DataFacts(
        train_rows=train_rows,
        height=decode.height,
        width=decode.width,
        channels=decode.channels,
        class_names=class_names,
        rows=train_rows,
        has_val=has_val,
        sizes=frozenset({(decode.height, decode.width)}),
        ground=decode.ground,
        deep_range=decode.deep_range,
    )
