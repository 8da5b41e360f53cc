"""The sizes and shapes of the original pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onelook.report.charts.distributions import Histogram, Size, SizeMap, aspect_histogram, size_map
from onelook.report.inspected_data import InspectedData
from onelook.report.page import Section
from onelook.report.page_wording import percent
from onelook.wording import counted, spread, translate

_FEW_SIZES = 6  # up to this many sizes are listed; more are drawn
_SQUARE = 1.1  # a picture is square if its sides differ by less than this factor


@dataclass(frozen=True)
class SizeRow:
    """A size and how many pictures have it, with the length of its bar in percent."""

    words: str
    count: str
    bar: float


@dataclass(frozen=True)
class Sizes:
    """The content of the section."""

    remarks: tuple[str, ...]
    rows: tuple[SizeRow, ...]
    chart: SizeMap | None
    shapes: Histogram | None
    facts: tuple[tuple[str, str, str], ...]


def build_section(inspected: InspectedData) -> Section:
    """Build the section: a sentence for one size, a list for a few sizes, a chart for many."""
    sizes = inspected.sizes
    if not sizes:
        return Section(translate("Sizes"), translate("Sizes"), missing=translate("No picture's size could be read."))
    if len(sizes) == 1:
        ((height, width),) = sizes
        known = _known(inspected)
        each = translate("Every picture whose size is known") if known else translate("Every picture")
        text = " ".join(filter(None, (known, _kept(inspected))))
        return Section(
            translate("Sizes"),
            translate("{each} is {height} × {width} pixels", each=each, height=f"{height:,}", width=f"{width:,}"),
            missing=text,
        )
    few = len(sizes) <= _FEW_SIZES
    most = max(sizes.values())
    ranked = sorted(sizes.items(), key=lambda item: -item[1])
    return Section(
        topic=translate("Sizes"),
        title=translate(
            "{count} sizes, from {smallest} to {largest}",
            count=f"{len(sizes):,}",
            smallest=_pixels(_by_area(sizes)[0]),
            largest=_pixels(_by_area(sizes)[-1]),
        ),
        template="sizes.html",
        view=Sizes(
            remarks=tuple(_remarks(inspected)),
            rows=tuple(SizeRow(_pixels(size), f"{count:,}", 100 * count / most) for size, count in ranked)
            if few
            else (),
            chart=None if few else size_map(sizes, _in_words(sizes)),
            shapes=None if few else aspect_histogram(sizes, _shapes(sizes)),
            facts=tuple(_facts(sizes)),
        ),
    )


def size_in_words(sizes: Mapping[Size, int], rows: int) -> tuple[str, str]:
    """Return the size of all pictures, or the middle size, and which of the two it is.

    Args:
        sizes: as `InspectedData.sizes`.
        rows: the number of pictures; some may be unreadable, and then their size is not known.
    """
    if not sizes:
        return translate("unknown"), translate("no header could be read")
    if len(sizes) == 1:
        are_known = sum(sizes.values()) >= rows
        return _pixels(next(iter(sizes))), translate("pixels, every picture") if are_known else translate(
            "pixels, where it is known"
        )
    return _pixels(_middle(sizes)), translate("in the middle of {count} sizes", count=f"{len(sizes):,}")


def _pixels(size: Size) -> str:
    return f"{size[0]:,} × {size[1]:,}"


def _by_area(sizes: Mapping[Size, int]) -> list[Size]:
    return sorted(sizes, key=lambda size: (size[0] * size[1], size))


def _middle(sizes: Mapping[Size, int]) -> Size:
    """Return the size such that half of the pictures have fewer pixels."""
    ordered, seen, total = _by_area(sizes), 0, sum(sizes.values())
    for size in ordered:
        seen += sizes[size]
        if 2 * seen >= total:
            return size
    return ordered[-1]


def _shares(sizes: Mapping[Size, int]) -> tuple[int, int, int]:
    """Return the numbers of high, square and wide pictures."""
    high = sum(count for (height, width), count in sizes.items() if height >= _SQUARE * width)
    wide = sum(count for (height, width), count in sizes.items() if width >= _SQUARE * height)
    return high, sum(sizes.values()) - high - wide, wide


def _kept(inspected: InspectedData) -> str:
    ((height, width),) = inspected.sizes
    if inspected.data.image_size == (height, width):
        return translate("Training keeps this size; --image-size sets another one.")
    return _brought(inspected)


def _brought(inspected: InspectedData) -> str:
    if inspected.data.image_size is None:
        return ""
    height, width = inspected.data.image_size
    return translate(
        "Training resizes every picture to {height} × {width} pixels, and stretches those of another "
        "shape. --image-size sets the size; --set resize=fit and --set resize=crop keep the shape.",
        height=height,
        width=width,
    )


def _remarks(inspected: InspectedData) -> list[str]:
    upright = translate("Sizes are height × width of the original pictures, as a viewer shows them upright.")
    return [" ".join(filter(None, (upright, _known(inspected)))), _brought(inspected)]


def _known(inspected: InspectedData) -> str:
    """Return a sentence if some sizes are not known, such as those of pictures that cannot be read; else nothing."""
    total, rows = sum(inspected.sizes.values()), sum(inspected.rows.values())
    return (
        translate("The size of {total} of {pictures} is known.", total=f"{total:,}", pictures=counted(rows, "picture"))
        if total < rows
        else ""
    )


def _in_words(sizes: Mapping[Size, int]) -> str:
    heights, widths = [size[0] for size in sizes], [size[1] for size in sizes]
    return translate(
        "Pictures by width and height: {widths} pixels wide, {heights} high.",
        widths=spread(min(widths), max(widths)),
        heights=spread(min(heights), max(heights)),
    )


def _shapes(sizes: Mapping[Size, int]) -> str:
    high, square, wide = _shares(sizes)
    return translate(
        "Pictures by shape: {high} higher than wide, {square} about square, {wide} wider than high.",
        high=f"{high:,}",
        square=f"{square:,}",
        wide=f"{wide:,}",
    )


def _facts(sizes: Mapping[Size, int]) -> list[tuple[str, str, str]]:
    ordered, total = _by_area(sizes), sum(sizes.values())
    usual = max(sizes, key=lambda size: sizes[size])
    high, square, wide = (percent(count / total, 0) for count in _shares(sizes))
    return [
        (translate("Smallest"), _pixels(ordered[0]), translate("by its number of pixels")),
        (translate("In the middle"), _pixels(_middle(sizes)), translate("half of the pictures have fewer pixels")),
        (translate("Largest"), _pixels(ordered[-1]), translate("by its number of pixels")),
        (translate("Most frequent"), _pixels(usual), f"{counted(sizes[usual], 'picture')}"),
        (
            translate("Wider than high"),
            wide,
            translate("{square} about square, {high} higher than wide", square=square, high=high),
        ),
    ]
