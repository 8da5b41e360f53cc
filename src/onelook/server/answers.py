"""The answers of the server, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from onelook.errors import DataError
from onelook.server.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from onelook.classifier import Prediction

_REASONS = {
    400: "The body is not what its header says",
    401: "The token is missing or wrong",
    404: "There is no model of this name",
    408: "The body did not arrive in time",
    413: "Too many pictures, or too many bytes",
    422: "No picture, or one that cannot be read",
    503: "Too many pictures wait: come again after the seconds in Retry-After",
    504: "The answer took too long",
}


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI describes these errors of a route."""
    return {code: {"model": Problem, "description": _REASONS[code], "content": {MEDIA_TYPE: {}}} for code in codes}


class PicturePrediction(BaseModel):
    """The model's prediction for one picture."""

    class_name: str
    probability: float
    probabilities: dict[str, float]
    sure: bool  # whether the probability reaches `reject_below`
    unlike: str | None  # how the picture is unlike those that the model learnt from, and what would help


class PictureError(BaseModel):
    """Why one picture could not be predicted."""

    error: str


class Predictions(BaseModel):
    """One prediction a picture, in the order of the pictures. Only with `partial` is one of them an error."""

    predictions: list[PicturePrediction | PictureError]


class Status(BaseModel):
    """The state of the server."""

    status: str


class ModelNames(BaseModel):
    """The models of this server. The first one answers where a request names none."""

    models: list[str]


def as_predictions(
    found: Sequence[Prediction | DataError], *, threshold: float, top: int | None, partial: bool
) -> Predictions:
    """Return what is answered for some pictures.

    Args:
        found: the prediction of each, or why there is none.
        threshold: less probable answers are marked as not sure.
        top: how many probabilities are answered, the likeliest first; None for all, in the model's order.
        partial: whether a picture that cannot be read leaves the others their answers.

    Raises:
        DataError: a picture cannot be read, and `partial` is not wanted.
    """
    answers: list[PicturePrediction | PictureError] = []
    for one in found:
        if not isinstance(one, DataError):
            shown = one.probabilities if top is None else dict(one.top(top))
            sure = one.probability >= threshold
            answers.append(
                # Made without checks: the values are our own, and a server makes many.
                PicturePrediction.model_construct(
                    class_name=one.class_name,
                    probability=one.probability,
                    probabilities=shown,
                    sure=sure,
                    unlike=one.unlike,
                )
            )
        elif partial:
            answers.append(PictureError(error=str(one)))
        else:
            raise one
    return Predictions.model_construct(predictions=answers)
