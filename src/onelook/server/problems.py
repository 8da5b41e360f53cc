"""Answer every error as problem details (RFC 9457): one JSON shape for all of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from onelook.errors import DataError
from onelook.wording import ENGLISH, LANGUAGES, in_language, retell

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """The body of an error."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def problem_response(status: int, detail: str, headers: Any = None) -> JSONResponse:
    """Return the answer to an error."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, media_type=MEDIA_TYPE, headers=headers)


def answer_with_problems(app: FastAPI) -> None:
    """Make `app` answer every error, its own and the framework's, as a problem, in the language of `?lang=`."""

    @app.exception_handler(DataError)
    async def _bad_picture(request: Request, error: DataError) -> JSONResponse:
        return problem_response(422, _told(request, str(error)))

    @app.exception_handler(RequestValidationError)
    async def _bad_request(request: Request, error: RequestValidationError) -> JSONResponse:
        reasons = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return problem_response(422, f"{reasons}. Expected multipart/form-data with one or more fields 'files'.")

    @app.exception_handler(HTTPException)
    async def _refused(request: Request, error: HTTPException) -> JSONResponse:
        detail = error.detail
        if detail == HTTPStatus.NOT_FOUND.phrase:  # the framework's own
            detail = f"there is nothing at {request.url.path}. /openapi.json lists all paths."
        return problem_response(error.status_code, _told(request, str(detail)), error.headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        # The traceback is in the server's log and not in the answer.
        return problem_response(500, _told(request, "a bug in onelook: please report it, with the server's log."))


def _told(request: Request, detail: str) -> str:
    """Return the detail in the language that the address of the request names, where there is a translation."""
    name = request.query_params.get("lang", ENGLISH)
    with in_language(name if name in LANGUAGES else ENGLISH):
        return retell(detail) or detail
