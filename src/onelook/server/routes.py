"""The routes of the server: each asks a model, or describes one."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from onelook.commands.serve import ServedHeatMap, ServeLimits
from onelook.errors import ConfigError, DataError
from onelook.server.answers import ModelNames, Predictions, Status, as_predictions, errors
from onelook.server.batches import TooBusyError
from onelook.server.bodies import Bodies
from onelook.server.counters import CONTENT_TYPE, Counters
from onelook.server.page import page_facts, page_in, page_language
from onelook.server.served_models import ServedModel, ServedModels
from onelook.server.uploads import BODY, read_uploads
from onelook.wording import ENGLISH, LANGUAGES, in_language

# The page is one file with its own script and style. It shows pictures from the browser itself, not from the server.
_PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src blob: data:; connect-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ERRORS = (400, 408, 413, 422, 503, 504)  # of a request for predictions
_TOKEN = HTTPBearer(auto_error=False, description="The server's token, where it has one.")


@dataclass(frozen=True)
class Serving:
    """State that the routes of one server share, as `app.state.serving`."""

    models: ServedModels
    limits: ServeLimits
    bodies: Bodies
    counters: Counters
    reject_below: float  # where a request names no other threshold
    token: str  # empty where everybody may ask


# The framework runs what is no `async def` in a thread, which takes longer than all that these do.
async def _serving(request: Request) -> Serving:
    found: Serving = request.app.state.serving
    return found


ThisServer = Annotated[Serving, Depends(_serving)]


async def check_token(
    serving: ThisServer, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_TOKEN)]
) -> None:
    """Refuse a request without the token. How long the comparison takes says nothing of the token."""
    sent = "" if given is None else given.credentials
    if serving.token and not secrets.compare_digest(sent.encode(), serving.token.encode()):
        raise HTTPException(
            401,
            "the token is missing or wrong. Send the header 'Authorization: Bearer TOKEN'.",
            {"WWW-Authenticate": "Bearer"},
        )


async def _first(serving: ThisServer) -> ServedModel:
    return serving.models.first


async def _named(name: str, serving: ThisServer) -> ServedModel:
    try:
        return serving.models.named(name)
    except ConfigError as problem:
        raise HTTPException(404, str(problem)) from None


FirstModel = Annotated[ServedModel, Depends(_first)]
NamedModel = Annotated[ServedModel, Depends(_named)]


class Wanted(BaseModel):
    """Options of a request for predictions."""

    reject_below: float | None = Field(
        None, ge=0, le=1, description="Less probable answers are marked as not sure. By default as the server does."
    )
    top: int | None = Field(None, ge=1, description="Only the probabilities of so many classes, the likeliest first.")
    partial: bool = Field(
        False, description="A picture that cannot be read gets an error in its place; the others are answered."
    )
    heat_map: bool = Field(
        False, description="Also where the model looked in each picture, of which a request may then have few."
    )
    lang: str = Field(
        ENGLISH,
        pattern=f"^({'|'.join(LANGUAGES)})$",
        description="The language of what is unlike, and of errors: one of " + ", ".join(LANGUAGES) + ".",
    )


AsWanted = Annotated[Wanted, Query()]

for_everybody = APIRouter()
for_clients = APIRouter()  # who may have to send a token


async def _predict(model: ServedModel, request: Request, wanted: Wanted, serving: Serving) -> Response:
    limits = serving.limits
    maps: Sequence[ServedHeatMap | DataError] = ()
    try:
        # Before the body is read, which takes longer than the refusal.
        model.batches.refuse_more_than_fit(1)
        if wanted.heat_map:
            model.heat_maps.refuse_more_than_fit(1)
        async with serving.bodies.read(request) as body, asyncio.timeout(limits.seconds):
            most = limits.heat_maps if wanted.heat_map else limits.files
            uploads = read_uploads(request.headers.get("content-type", ""), body, most)
            found = await model.predict(uploads)
            if wanted.heat_map:
                maps = await model.heat_maps.predict(uploads)
    except TimeoutError:
        raise HTTPException(504, f"the answer took longer than {limits.seconds:g} s. Send fewer pictures.") from None
    except TooBusyError as problem:
        raise HTTPException(503, str(problem), {"Retry-After": f"{math.ceil(problem.seconds)}"}) from None
    except ConfigError as problem:  # the model has no heat maps
        raise HTTPException(422, str(problem)) from None
    threshold = serving.reject_below if wanted.reject_below is None else wanted.reject_below
    with in_language(wanted.lang):
        answer = as_predictions(found, maps, threshold=threshold, top=wanted.top, partial=wanted.partial)
    # Written here, because the framework would check each value again.
    return Response(answer.model_dump_json(), media_type="application/json")


_DESCRIBED: dict[str, Any] = {"response_model": Predictions, "openapi_extra": {"requestBody": BODY}}


@for_clients.post("/v1/predict", responses=errors(*_ERRORS), **_DESCRIBED)
async def predict(model: FirstModel, request: Request, wanted: AsWanted, serving: ThisServer) -> Response:
    """Predict the class of every picture with the first model."""
    return await _predict(model, request, wanted, serving)


@for_clients.post("/v1/models/{name}/predict", responses=errors(404, *_ERRORS), **_DESCRIBED)
async def predict_with(model: NamedModel, request: Request, wanted: AsWanted, serving: ThisServer) -> Response:
    """Predict the class of every picture with one model."""
    return await _predict(model, request, wanted, serving)


@for_clients.get("/v1/model")
async def first_model(model: FirstModel) -> dict[str, object]:
    """Describe the first model: classes, input, training, metrics."""
    return model.service.about()


@for_clients.get("/v1/models")
async def names(serving: ThisServer) -> ModelNames:
    """Name the models of this server."""
    return ModelNames(models=list(serving.models))


@for_clients.get("/v1/models/{name}", responses=errors(404))
async def named_model(model: NamedModel) -> dict[str, object]:
    """Describe one model."""
    return model.service.about()


@for_clients.get("/page.json", include_in_schema=False)
async def facts_for_the_page(model: FirstModel) -> dict[str, object]:
    """Return what the page shows of the first model."""
    return page_facts(model.service)


@for_clients.get("/metrics", response_class=PlainTextResponse)
async def read_metrics(serving: ThisServer) -> Response:
    """Return counters for Prometheus."""
    return Response(serving.counters.text(), media_type=CONTENT_TYPE)


@for_everybody.get("/healthz")
async def healthz() -> Status:
    """Answer while the process is alive."""
    return Status(status="ok")


@for_everybody.get("/readyz")
async def readyz() -> Status:
    """Answer once the server can predict. The models are loaded before the port opens."""
    return Status(status="ready")


@for_everybody.get("/", response_class=HTMLResponse, include_in_schema=False)
async def index(request: Request, lang: str | None = None) -> HTMLResponse:
    """Return the page, which asks for the token where it needs one, in the language of `?lang=` or of the browser."""
    language = page_language(lang, request.headers.get("accept-language", ""))
    kept = {"Content-Security-Policy": _PAGE_POLICY, "Vary": "Accept-Language", "Content-Language": language}
    return HTMLResponse(page_in(language), headers=kept)
