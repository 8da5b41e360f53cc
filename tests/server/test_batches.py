"""Requests of many clients before one model: who is answered together, who waits, who is refused."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from onelook.commands.serve import Upload
from onelook.errors import DataError
from onelook.server.batches import Batches, TooBusyError


class SlowModel:
    """Answers each upload by its name; the first batch waits until it may go on."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.is_working, self.may_go_on = threading.Event(), threading.Event()

    def __call__(self, uploads: Any) -> Any:
        self.batches.append([upload.name for upload in uploads])
        self.is_working.set()
        assert self.may_go_on.wait(30)
        if any(upload.name == "bomb" for upload in uploads):
            raise RuntimeError("bomb")
        return [DataError(upload.name) if upload.name == "words" else f"a {upload.name}" for upload in uploads]


def uploads(*names: str) -> list[Upload]:
    return [Upload(name, b"") for name in names]


async def while_it_works(batches: Batches, model: SlowModel, *requests: list[Upload]) -> list[Any]:
    """The answers, or errors, of requests of which the first finds the model idle, and the others find it at work."""
    first = asyncio.create_task(batches.predict(requests[0]))
    await asyncio.to_thread(model.is_working.wait, 30)
    others = [asyncio.create_task(batches.predict(each)) for each in requests[1:]]
    await asyncio.sleep(0)
    model.may_go_on.set()
    return await asyncio.gather(first, *others, return_exceptions=True)


def test_those_who_come_while_the_model_works_are_the_next_batch():
    model = SlowModel()
    counted: list[int] = []
    batches = Batches(model, 100, 30, lambda pictures, seconds: counted.append(pictures))
    requests = [uploads("cat"), uploads("dog", "words"), uploads("eel"), uploads("words")]
    found = asyncio.run(while_it_works(batches, model, *requests))
    assert model.batches == [["cat"], ["dog", "words", "eel", "words"]]
    assert [[str(one) for one in each] for each in found] == [["a cat"], ["a dog", "words"], ["a eel"], ["words"]]
    assert isinstance(found[1][1], DataError)
    assert counted == [1, 2]
    assert batches.waiting == 0


def test_a_batch_has_no_more_pictures_than_it_may_but_for_one_large_request():
    model = SlowModel()
    requests = [uploads(*["a"] * 300), uploads(*["b"] * 200), uploads(*["c"] * 56), uploads("d")]
    found = asyncio.run(while_it_works(Batches(model, 1000, 30), model, *requests))
    assert [len(batch) for batch in model.batches] == [300, 256, 1]
    assert [len(each) for each in found] == [300, 200, 56, 1]


def test_the_wait_is_told_by_the_seconds_that_a_picture_of_the_last_batch_took(monkeypatch):
    batches = Batches(lambda _: [], 100, 6)
    monkeypatch.setattr(batches, "_timed", lambda uploads: ([upload.name for upload in uploads], 8.0))
    assert asyncio.run(batches.predict(uploads(*"abcd"))) == [*"abcd"]  # 2 s for each
    batches.waiting = 3
    batches.refuse_more_than_fit(1)
    batches.waiting = 4
    with pytest.raises(TooBusyError, match=r"^4 pictures wait to be predicted\. Come again in about 8 s\.$") as busy:
        batches.refuse_more_than_fit(1)
    assert busy.value.seconds == 8


def test_refuses_what_would_wait_beyond_the_limit_and_takes_what_fits():
    model = SlowModel()
    batches = Batches(model, 3, 30)
    found = asyncio.run(while_it_works(batches, model, uploads("a"), uploads("b", "c"), uploads("d")))
    assert found[:2] == [["a a"], ["a b", "a c"]]
    assert isinstance(found[2], TooBusyError)
    assert found[2].seconds >= 1
    assert "3 pictures wait" in str(found[2])
    assert batches.waiting == 0


def test_an_idle_model_takes_a_request_of_any_size():
    model = SlowModel()
    model.may_go_on.set()
    assert asyncio.run(Batches(model, 1, 30).predict(uploads("a", "b"))) == ["a a", "a b"]


def test_an_error_of_the_model_is_that_of_its_batch_alone():
    model = SlowModel()
    batches = Batches(model, 9, 30)
    found = asyncio.run(while_it_works(batches, model, uploads("bomb"), uploads("cat")))
    assert isinstance(found[0], RuntimeError)
    assert found[1] == ["a cat"]
    assert batches.waiting == 0


def test_who_has_given_up_is_not_predicted():
    model = SlowModel()
    batches = Batches(model, 9, 30)

    async def give_up() -> list[str]:
        first = asyncio.create_task(batches.predict(uploads("a")))
        await asyncio.to_thread(model.is_working.wait, 30)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await batches.predict(uploads("b"))
        assert batches.waiting == 1
        third = asyncio.create_task(batches.predict(uploads("c")))
        await asyncio.sleep(0)
        model.may_go_on.set()
        return [*await first, *await third]

    assert asyncio.run(give_up()) == ["a a", "a c"]
    assert model.batches == [["a"], ["c"]]


def test_refuses_what_would_wait_for_longer_than_it_may():
    model = SlowModel()
    batches = Batches(model, 100, most_seconds=0.001)

    async def ask() -> Any:
        first = asyncio.create_task(batches.predict(uploads("a")))
        await asyncio.to_thread(model.is_working.wait, 30)
        await asyncio.sleep(0.01)  # so long the first one takes: the next would wait for as long
        model.may_go_on.set()
        await first
        model.may_go_on.clear()
        second = asyncio.create_task(batches.predict(uploads("b")))
        await asyncio.sleep(0)
        third = asyncio.create_task(batches.predict(uploads("c")))
        await asyncio.sleep(0)
        model.may_go_on.set()
        return await asyncio.gather(second, third, return_exceptions=True)

    second, third = asyncio.run(ask())
    assert second == ["a b"]
    assert isinstance(third, TooBusyError)


def test_a_batch_is_one_span_with_links_to_all_its_requests(monkeypatch):
    spans, model = InMemorySpanExporter(), SlowModel()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(trace, "get_tracer", lambda name, *_, **__: provider.get_tracer(name))
    batches = Batches(model, 100, 30, name="predict with digits")

    async def request(name: str) -> None:
        with provider.get_tracer("client").start_as_current_span(name):
            await batches.predict(uploads(name))

    async def all_three() -> None:
        first = asyncio.create_task(request("cat"))
        await asyncio.to_thread(model.is_working.wait, 30)
        others = [asyncio.create_task(request(name)) for name in ("dog", "eel")]
        await asyncio.sleep(0)
        model.may_go_on.set()
        await asyncio.gather(first, *others)

    asyncio.run(all_three())
    asked = {span.name: span for span in spans.get_finished_spans()}
    first, second = (span for span in spans.get_finished_spans() if span.name == "predict with digits")
    assert [dict(span.attributes or {}) for span in (first, second)] == [
        {"onelook.pictures": 1},
        {"onelook.pictures": 2},
    ]
    assert [span.parent.span_id for span in (first, second)] == [asked[name].context.span_id for name in ("cat", "dog")]
    assert [link.context.span_id for link in second.links] == [asked["eel"].context.span_id]


def test_without_traces_no_span_is_made(monkeypatch):
    monkeypatch.setattr(trace, "get_tracer", lambda *_: pytest.fail("a tracer was asked for"))
    model = SlowModel()
    model.may_go_on.set()
    assert asyncio.run(Batches(model, 9, 30).predict(uploads("cat"))) == ["a cat"]
