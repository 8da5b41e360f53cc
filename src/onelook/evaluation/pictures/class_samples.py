"""A few pictures of each class, drawn at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet
from onelook.evaluation.pictures.index import ClassSamples, SamplePicture
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter


def draw_samples(
    image_set: ImageSet,
    class_names: Sequence[str],
    each: int,
    *,
    generator: np.random.Generator,
    writer: ThumbnailWriter,
    sizes: NDArray[np.int64] | None = None,
) -> tuple[ClassSamples, ...]:
    """Draw a few pictures of each class at random and return them in the order of the data.

    Without labels there are no samples.

    Args:
        image_set: the pictures to draw from.
        class_names: the classes to show, which are the first ones of the data.
        each: the largest number of pictures of a class.
        generator: draws the pictures.
        writer: makes the thumbnails.
        sizes: (rows of `image_set.images`, 2), height and width of each original; None shows them in their own shape.
    """
    if image_set.labels is None:
        return ()
    samples = []
    for label, class_name in enumerate(class_names):
        positions = np.flatnonzero(image_set.labels == label)
        drawn = np.sort(generator.choice(positions, size=min(each, len(positions)), replace=False))
        pictures = tuple(
            SamplePicture(
                file=writer.write(f"sample-{label:02d}-{number:02d}", image, size_at(sizes, image_set.rows[position])),
                id=image_set.ids[position],
            )
            for number, (position, image) in enumerate(zip(drawn, image_set.take(drawn), strict=True), start=1)
        )
        samples.append(ClassSamples(class_name=class_name, pictures=pictures))
    return tuple(samples)


def size_at(sizes: NDArray[np.int64] | None, row: int) -> tuple[int, int] | None:
    """Return height and width in one row of the sizes; None if no sizes are known."""
    return None if sizes is None else (int(sizes[row, 0]), int(sizes[row, 1]))
