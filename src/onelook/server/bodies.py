"""Read the bodies of requests, so that nothing beyond the limits is ever kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from onelook.commands.serve import ServeLimits


class Bodies:
    """Reads bodies within limits that hold for each request, and for all that are not yet answered together."""

    def __init__(self, limits: ServeLimits) -> None:
        self._limits = limits
        self._held = 0  # bytes

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """Give the body of a request, which counts as held until the block ends.

        Raises:
            HTTPException: 413 for too many bytes, whatever the headers say; 408 for a body that did not arrive in
                time; 503 where the bodies of all requests together are more than the server keeps.
        """
        most = self._limits.body_bytes
        announced = request.headers.get("content-length", "0")
        if not announced.isascii() or not announced.isdigit() or int(announced) > most:
            raise self._too_large()
        chunks: list[bytes] = []
        received = 0
        try:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    async for chunk in request.stream():
                        received += len(chunk)
                        self._held += len(chunk)
                        if received > most:
                            raise self._too_large()
                        if self._held > self._limits.waiting_bytes:
                            raise HTTPException(
                                503,
                                "the server holds as many pictures as it can. Come again in about 1 s.",
                                {"Retry-After": "1"},
                            )
                        chunks.append(chunk)
            except TimeoutError:
                reason = f"the body did not arrive within {self._limits.seconds:g} s. Send fewer pictures at once."
                raise HTTPException(408, reason) from None
            except ClientDisconnect:
                raise HTTPException(400, "the client has left.") from None
            yield b"".join(chunks)
        finally:
            self._held -= received

    def _too_large(self) -> HTTPException:
        most = self._limits.body_bytes
        return HTTPException(413, f"the body is larger than {most:,} bytes. Send fewer pictures at once.")
