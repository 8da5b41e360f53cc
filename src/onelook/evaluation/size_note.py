"""Say that the pictures to predict seem to be of another kind than those of the model, by their size or colour."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from onelook.data.dataset import Dataset
from onelook.data.layouts.registry import layout_entry
from onelook.wording import agree

if TYPE_CHECKING:
    from onelook.classifier import Classifier

_SMALL = 40  # pixels a side, at most: the model is for digits or icons, and not for photographs
_FAR_LARGER = 4  # times in each direction


def with_size_note(dataset: Dataset, classifier: Classifier) -> Dataset:
    """Return the data set, with a note if its pictures seem to be of another kind than those of the model.

    Their colour would be left out, or they are of one size, which is not the model's: a table of 8×8 digits, for a
    model of 28×28, is probably another data set. Picture files are resized in training too, so only ones that are far
    larger than the pictures of a model for small ones are noted.
    """
    facts = [of_part for part in dataset.parts.values() if (of_part := part.pictures.facts()).sizes]
    sizes = {size for each in facts for size in each.sizes}
    height, width, channels = classifier.card.input_shape
    count = dataset.rows
    found: list[str] = []
    done: list[str] = []
    expected = ""
    if _is_other_size(sizes, (height, width), are_files=layout_entry(dataset.layout).has_picture_files):
        found.append(f"{agree(count, 'is', 'are')} {_in_words(sizes)}")
        expected = f"{height}×{width}"
        done.append(f"{agree(count, 'it is', 'they are')} resized")
    if channels == 1 and any(each.channels == 3 for each in facts):
        found.append(f"{agree(count, 'has', 'have')} colour")
        expected = f"grey ones of {expected}" if expected else "grey ones"
        done.append(f"{agree(count, 'its', 'their')} colour is left out")
    if not found:
        return dataset
    note = (
        f"The {agree(count, 'picture', 'pictures')} {' and '.join(found)}, and the model was trained on {expected}: "
        f"{', and '.join(done)}. Is this the right data for the model?"
    )
    return replace(dataset, notes=(*dataset.notes, note))


def _is_other_size(sizes: Collection[tuple[int, int]], own: tuple[int, int], *, are_files: bool) -> bool:
    """Return whether the sizes (height, width) of pictures show that they are not like those of the model."""
    if are_files:
        smallest = min((height * width for height, width in sizes), default=0)
        return max(own) <= _SMALL and smallest >= _FAR_LARGER**2 * own[0] * own[1]
    return len(sizes) == 1 and sizes != {own}


def _in_words(sizes: Collection[tuple[int, int]]) -> str:
    """Return one size, or the smallest and the largest by area."""
    smallest, largest = min(sizes, key=math.prod), max(sizes, key=math.prod)
    texts = [f"{height}×{width}" for height, width in (smallest, largest)]
    return texts[0] if len(sizes) == 1 else f"{texts[0]} to {texts[1]}"
