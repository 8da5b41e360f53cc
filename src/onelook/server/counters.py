"""Counters of a server, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CONTENT_TYPE", "CountRequests", "Counters"]

_BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Counters:
    """The counters of one server. Many threads may call it."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("onelook_requests", "Requests answered.", ("route", "status"), registry=self._registry)
        self._pictures = Counter("onelook_pictures", "Pictures predicted.", registry=self._registry)
        self._seconds = Summary(
            "onelook_prediction_seconds", "Time to decode and predict one batch.", registry=self._registry
        )
        self._batches = Histogram(
            "onelook_batch_pictures",
            "Pictures predicted together, of one request or many.",
            ("model",),
            buckets=_BATCH_SIZES,
            registry=self._registry,
        )

    def count_request(self, route: str, status: int) -> None:
        """Count one answered request. `route` is a registered path, never the raw path: there must be few labels."""
        self._requests.labels(route, str(status)).inc()

    def count_batch(self, model: str, pictures: int, seconds: float) -> None:
        """Count one call of a model, with its pictures and the seconds that it took with decoding."""
        self._pictures.inc(pictures)
        self._seconds.observe(seconds)
        self._batches.labels(model).observe(pictures)

    def text(self) -> str:
        """Return all counters in the text format of Prometheus."""
        return generate_latest(self._registry).decode("utf-8")


class CountRequests:
    """ASGI middleware that counts every answer by route and status."""

    def __init__(self, app: ASGIApp, counters: Counters) -> None:
        self.app = app
        self.counters = counters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500  # the status of an answer to an exception

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            # The client chooses the raw path: as a label it would let anybody add counters without end.
            self.counters.count_request(getattr(scope.get("route"), "path", "none"), status)
