"""A few counters in Prometheus' text format, without a client library."""

from __future__ import annotations

import threading
from collections import Counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts of one server. May be called from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._pictures = 0
        self._seconds = 0.0
        self._predictions = 0

    def count_request(self, route: str, status: int) -> None:
        """One answered request. `route` is a registered path, never the raw one: labels must stay few."""
        with self._lock:
            self._requests[route, status] += 1

    def count_prediction(self, pictures: int, seconds: float) -> None:
        """One call of the model: how many pictures, and how long it took with decoding."""
        with self._lock:
            self._pictures += pictures
            self._predictions += 1
            self._seconds += seconds

    def text(self) -> str:
        """All counters as Prometheus reads them."""
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

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 500  # what an exception ends with, further out

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            # The raw path is the client's: as a label it would let anybody grow the counters without end.
            self.metrics.count_request(getattr(scope.get("route"), "path", "none"), status)
