"""Judged pictures as the report shows them."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.pictures.index import PredictedPicture
from onelook.report.page_wording import probability
from onelook.report.pictures import Pictures


@dataclass(frozen=True)
class ShownPicture:
    """A thumbnail with what the model made of it."""

    address: str | None  # a `data:` address; None where the thumbnail is missing
    id: str
    label: str
    predicted: str
    sure: str  # the probability of the class that was chosen
    label_sure: str  # and of the label
    right: bool
    words: str  # for who cannot see it


def shown_pictures(pictures: tuple[PredictedPicture, ...], folder: Pictures) -> tuple[ShownPicture, ...]:
    """The pictures with their thumbnails read."""
    return tuple(
        ShownPicture(
            address=folder.data_uri(picture.file),
            id=picture.id,
            label=picture.label,
            predicted=picture.predicted,
            sure=_short(picture.p_predicted),
            label_sure=_short(picture.p_label),
            right=picture.label == picture.predicted,
            words=f"Picture {picture.id}: labelled {picture.label}, taken for {picture.predicted}",
        )
        for picture in pictures
    )


def _short(value: float) -> str:
    """A probability that fits under a thumbnail."""
    return probability(value, above="> ", below="< ")
