"""A few counters in the text format of Prometheus, without a client library."""

from __future__ import annotations

import threading
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Counters:
    """The counters of one server. Many threads may call it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._pictures = 0
        self._seconds = 0.0
        self._predictions = 0

    def count_request(self, route: str, status: int) -> None:
        """Count one answered request. `route` is a registered path, never the raw path: there must be few labels."""
        with self._lock:
            self._requests[route, status] += 1

    def count_prediction(self, pictures: int, seconds: float) -> None:
        """Count one call of the model, with its pictures and the seconds that it took with decoding."""
        with self._lock:
            self._pictures += pictures
            self._predictions += 1
            self._seconds += seconds

    def text(self) -> str:
        """Return all counters in the format of Prometheus."""
        with self._lock:
            lines = ["# HELP onelook_requests_total Requests answered.", "# TYPE onelook_requests_total counter"]
            for (route, status), count in sorted(self._requests.items()):
                lines.append(f'onelook_requests_total{{route="{route}",status="{status}"}} {count}')
            lines += [
                "# HELP onelook_pictures_total Pictures predicted.",
                "# TYPE onelook_pictures_total counter",
                f"onelook_pictures_total {self._pictures}",
                "# HELP onelook_prediction_seconds Time to decode and predict one request's pictures.",
                "# TYPE onelook_prediction_seconds summary",
                f"onelook_prediction_seconds_sum {self._seconds:.6f}",
                f"onelook_prediction_seconds_count {self._predictions}",
            ]
        return "\n".join(lines) + "\n"


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
