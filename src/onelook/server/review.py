"""The HTTP application of `review`: a page, its pictures, and marks that are on the disk before they are answered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onelook.errors import ConfigError
from onelook.inspection.review import Review
from onelook.server.problems import answer_with_problems, problem_response

if TYPE_CHECKING:
    from onelook.data.fixes.marks_file import Mark

TOKEN_HEADER = b"x-onelook-token"
_KEPT = {"Cache-Control": "private, max-age=3600"}  # pictures; the page itself is never kept
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"frame-ancestors 'none'"),  # a page cannot say this of itself
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class NewMark(BaseModel):
    """A mark that the page sends."""

    id: str
    action: str  # empty to remove the mark
    class_name: str = ""


class Marks(BaseModel):
    """All marks, in their order: id, action, class name, content and time of each."""

    marks: list[tuple[str, str, str, str, str]]


def build_review_app(review: Review, token: str, port: int) -> FastAPI:
    """Return the HTTP application.

    Args:
        review: the pictures and the marks.
        token: without it, nothing is answered.
        port: on which the application is reached, at 127.0.0.1 and at localhost.
    """
    app = FastAPI(title="Pictures to look at", docs_url=None, redoc_url=None, openapi_url=None)
    answer_with_problems(app)
    app.add_middleware(OnlyOurPage, token=token, port=port)

    @app.exception_handler(ConfigError)
    async def _not_saved(_: object, error: ConfigError) -> Response:
        return problem_response(409, str(error))

    @app.get("/", response_class=HTMLResponse)
    def page(page: int | None = None) -> HTMLResponse:
        found = review.page(token, page)
        if found is None:
            raise HTTPException(404)
        return HTMLResponse(found)

    @app.get("/picture/{number}")
    def picture(number: int) -> Response:
        found = review.picture(number)
        if found is None:
            raise HTTPException(404)
        return Response(found.content, media_type=found.media_type, headers=_KEPT)

    @app.get("/marks")
    def read() -> Marks:
        return _as_marks(review.marks.all())

    @app.post("/marks")
    def mark(new: NewMark) -> Marks:
        return _as_marks(review.mark(new.id, new.action, new.class_name))

    return app


def _as_marks(marks: Mapping[str, Mark]) -> Marks:
    return Marks(marks=[(one.id, one.action, one.class_name, one.content, one.marked) for one in marks.values()])


class OnlyOurPage:
    """ASGI middleware that refuses whatever does not come from this machine's own page.

    Another web site that the reader has open can send requests to this port. It does not know the token. A name of its
    own that leads here (DNS rebinding) is not among the hosts, and it cannot send our header without being asked first.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app = app
        self.token = token.encode()
        self.hosts = {f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost")}
        self.origins = {b"http://" + host for host in self.hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                names = {name for name, _ in given}
                message = {**message, "headers": [*given, *(each for each in _HEADERS if each[0] not in names)]}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, with_headers)
        else:
            await problem_response(403, refusal)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> str | None:
        """Return why a request is refused; None if it is not."""
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        if headers.get(b"host", b"") not in self.hosts:
            return "this host is not served. Open the address that the command printed."
        is_read = scope["method"] in ("GET", "HEAD")
        if not is_read and headers.get(b"origin", next(iter(self.origins))) not in self.origins:
            return "another page may not mark pictures."
        # Only what a page cannot give a header, pictures and itself, has the token in its address.
        given = headers.get(TOKEN_HEADER, b"")
        if is_read and not given:
            given = parse_qs(scope["query_string"]).get(b"token", [b""])[0]
        if not secrets.compare_digest(given, self.token):
            return "the token is missing or wrong. Open the address that the command printed last."
        return None
