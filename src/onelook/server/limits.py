"""Limit the size of a request while it arrives, so that nothing beyond the limit is ever kept."""

from __future__ import annotations

from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onelook.server.problems import problem_response


class _TooLargeError(Exception):
    """The body is larger than the limit."""


class LimitBody:
    """ASGI middleware that answers 413 to a body of more than `limit` bytes, whatever its headers say."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = problem_response(413, f"the body is larger than {self.limit:,} bytes. Send fewer pictures at once.")
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self.limit:
            await refusal(scope, receive, send)
            return
        received = 0
        started = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise _TooLargeError
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            # The framework turns the exception above into an answer of its own, which would hide the reason.
            if received <= self.limit:
                started = True
                await send(message)

        with suppress(_TooLargeError):
            await self.app(scope, counted, watched)
        if received > self.limit and not started:
            await refusal(scope, receive, send)
