"""The answers of the server, as JSON."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from onelook.commands.serve import ServedHeatMap
from onelook.errors import DataError
from onelook.evaluation.unlike_pictures import retold
from onelook.server.problems import MEDIA_TYPE, Problem
from onelook.wording import retell

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


class HeatMap(BaseModel):
    """A map of one picture: where the model looked."""

    method: str  # `occlusion`, or `weights` for a linear model
    rows: int
    columns: int
    cells: str  # a hexadecimal digit a cell, row after row: `f` where the picture spoke most for the prediction
    seen: str  # the picture as the model gets it, over all of which the cells lie: a PNG as `data:image/png;base64,…`


class MappedPrediction(PicturePrediction):
    """The model's prediction for one picture, and where it looked."""

    heat_map: HeatMap


class PictureError(BaseModel):
    """Why one picture could not be predicted."""

    error: str


class Predictions(BaseModel):
    """One prediction a picture, in the order of the pictures. Only with `partial` is one of them an error."""

    predictions: list[PicturePrediction | MappedPrediction | PictureError]


class Status(BaseModel):
    """The state of the server."""

    status: str


class ModelNames(BaseModel):
    """The models of this server. The first one answers where a request names none."""

    models: list[str]


def as_predictions(
    found: Sequence[Prediction | DataError],
    maps: Sequence[ServedHeatMap | DataError] = (),
    *,
    threshold: float,
    top: int | None,
    partial: bool,
) -> Predictions:
    """Return what is answered for some pictures.

    Args:
        found: the prediction of each, or why there is none.
        maps: where the model looked in each; empty if nobody asked.
        threshold: less probable answers are marked as not sure.
        top: how many probabilities are answered, the likeliest first; None for all, in the model's order.
        partial: whether a picture that cannot be read leaves the others their answers.

    Raises:
        DataError: a picture cannot be read, and `partial` is not wanted.
    """
    answers: list[PicturePrediction | MappedPrediction | PictureError] = []
    for at, one in enumerate(found):
        if not isinstance(one, DataError):
            # Made without checks: the values are our own, and a server makes many.
            answer = PicturePrediction.model_construct(
                class_name=one.class_name,
                probability=one.probability,
                probabilities=one.probabilities if top is None else dict(one.top(top)),
                sure=one.probability >= threshold,
                unlike=None if one.unlike is None else retold(one.unlike),
            )
            drawn = maps[at] if maps else None
            if drawn is not None and not isinstance(drawn, DataError):
                answer = MappedPrediction.model_construct(**vars(answer), heat_map=_heat_map(drawn))
            answers.append(answer)
        elif partial:
            answers.append(PictureError(error=retell(str(one)) or str(one)))
        else:
            raise one
    return Predictions.model_construct(predictions=answers)


def _heat_map(drawn: ServedHeatMap) -> HeatMap:
    rows, columns = drawn.grid
    return HeatMap(
        method=drawn.method, rows=rows, columns=columns, cells=drawn.cells, seen=as_address(drawn.seen, "image/png")
    )


def as_address(content: bytes, media_type: str) -> str:
    """Return a file as an address that holds its bytes."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
