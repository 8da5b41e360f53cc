"""Predict the pictures of many clients together: whoever waits while the model works is answered in the next batch."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from opentelemetry import trace

from onelook.commands.serve import Upload
from onelook.errors import DataError, OnelookError
from onelook.wording import agree, counted

Answer = TypeVar("Answer")


class TooBusyError(OnelookError):
    """So many pictures wait that a further request would wait too long."""

    def __init__(self, waiting: int, seconds: float) -> None:
        super().__init__(
            f"{counted(waiting, 'picture')} {agree(waiting, 'waits', 'wait')} to be predicted. "
            f"Come again in about {seconds:.0f} s."
        )
        self.seconds = seconds


@dataclass(frozen=True)
class _Waiting(Generic[Answer]):
    uploads: Sequence[Upload]
    answers: asyncio.Future[Sequence[Answer | DataError]]
    request: trace.SpanContext  # which is not valid where nobody collects traces


class Batches(Generic[Answer]):
    """A queue of requests before one model. It belongs to one event loop.

    There is no fixed wait for company: a request that finds the model idle is answered at once, and those that come
    meanwhile are the next batch. So a lone client waits for nobody, and a batch grows with the load.

    Args:
        predict: answers some uploads in order; it is called in a thread, by one batch at a time.
        most_waiting: pictures that may wait or be predicted at once.
        most_seconds: that a picture may have to wait, as far as the last batch tells.
        on_batch: called after each batch that has readable pictures, with their number and the seconds that it took.
        most_together: pictures of a batch, but for a request that alone has more.
        name: of a batch's span in a trace.
    """

    def __init__(
        self,
        predict: Callable[[Sequence[Upload]], Sequence[Answer | DataError]],
        most_waiting: int,
        most_seconds: float,
        on_batch: Callable[[int, float], None] = lambda pictures, seconds: None,
        *,
        most_together: int = 256,
        name: str = "predict",
    ) -> None:
        self._predict = predict
        self._most_waiting = most_waiting
        self._most_seconds = most_seconds
        self._on_batch = on_batch
        self._most_together = most_together
        self._name = name
        self._queue: deque[_Waiting[Answer]] = deque()
        self._thread = ThreadPoolExecutor(1, "predict")
        self._is_working = False
        self._seconds_a_picture = 0.0
        self.waiting = 0  # pictures that wait or are predicted

    async def predict(self, uploads: Sequence[Upload]) -> Sequence[Answer | DataError]:
        """Return an answer for each upload, in order.

        Raises:
            TooBusyError: too many pictures wait already. A request is never refused by an idle server.
        """
        self.refuse_more_than_fit(len(uploads))
        request = trace.get_current_span().get_span_context()
        job = _Waiting(uploads, asyncio.get_running_loop().create_future(), request)
        self.waiting += len(uploads)
        job.answers.add_done_callback(lambda _: self._leave(len(uploads)))
        self._queue.append(job)
        self._work()
        return await job.answers

    def refuse_more_than_fit(self, pictures: int) -> None:
        """Refuse pictures for which there is no place, or which would wait for longer than they may.

        Raises:
            TooBusyError: as for `predict`.
        """
        seconds = self.waiting * self._seconds_a_picture
        if self.waiting and (self.waiting + pictures > self._most_waiting or seconds > self._most_seconds):
            raise TooBusyError(self.waiting, max(1.0, seconds))

    def _leave(self, pictures: int) -> None:
        self.waiting -= pictures

    def _work(self) -> None:
        """Begin the next batch, unless one is being predicted."""
        if self._is_working:
            return
        jobs: list[_Waiting[Answer]] = []
        pictures = 0
        while self._queue and (not jobs or pictures + len(self._queue[0].uploads) <= self._most_together):
            job = self._queue.popleft()
            if not job.answers.done():  # else its client has waited too long
                jobs.append(job)
                pictures += len(job.uploads)
        if jobs:
            self._is_working = True
            loop = asyncio.get_running_loop()
            uploads = [upload for job in jobs for upload in job.uploads]
            running = loop.run_in_executor(self._thread, self._timed, uploads)
            running.add_done_callback(lambda done: self._hand_out(jobs, done))

    def _timed(self, uploads: Sequence[Upload]) -> tuple[Sequence[Answer | DataError], float]:
        began = time.perf_counter()
        return self._predict(uploads), time.perf_counter() - began

    def _hand_out(
        self, jobs: Sequence[_Waiting[Answer]], done: asyncio.Future[tuple[Sequence[Answer | DataError], float]]
    ) -> None:
        self._is_working = False
        self._work()  # first, so that the model works while the answers are written
        problem = done.exception()
        if problem is not None:
            for job in jobs:
                if not job.answers.done():
                    job.answers.set_exception(problem)
            return
        answers, seconds = done.result()
        self._seconds_a_picture = seconds / len(answers)
        predicted = sum(not isinstance(one, DataError) for one in answers)
        if predicted:
            self._on_batch(predicted, seconds)
        _trace(self._name, len(answers), seconds, [job.request for job in jobs if job.request.is_valid])
        start = 0
        for job in jobs:
            end = start + len(job.uploads)
            if not job.answers.done():
                job.answers.set_result(answers[start:end])
            start = end

    def close(self) -> None:
        """Let go of the thread, after the batch that it works on."""
        self._thread.shutdown(wait=False)


def _trace(name: str, pictures: int, seconds: float, requests: Sequence[trace.SpanContext]) -> None:
    """Record a batch as a span within the first of its requests that is traced, with links to the others."""
    if not requests:
        return
    first, *others = requests
    ended = time.time_ns()
    span = trace.get_tracer("onelook").start_span(
        name,
        context=trace.set_span_in_context(trace.NonRecordingSpan(first)),
        attributes={"onelook.pictures": pictures},
        links=[trace.Link(other) for other in others],
        start_time=ended - int(seconds * 1e9),
    )
    span.end(ended)
