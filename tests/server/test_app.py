"""The HTTP face, asked over ASGI: answers, errors as problem details, limits, counters, the page."""

from __future__ import annotations

import asyncio
import io
import time
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier
from onelook.commands.serve import ServeLimits
from onelook.server.app import build_app
from onelook.server.counters import Counters
from onelook.server.limits import LimitBody
from onelook.signature.signature import fit_signature


def picture(level: int, size: int = 8) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (size, size), level).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def build(brightness_classifier):
    """Builds the application, with or without limits of its own."""
    return lambda limits=None: build_app(brightness_classifier, limits)


def ask(app: Any, method: str, path: str, **request: Any) -> httpx.Response:
    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://onelook") as client:
            return await client.request(method, path, **request)

    return asyncio.run(answer())


def upload(*contents: bytes) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"picture-{n}.png", content)) for n, content in enumerate(contents, 1)]


def assert_problem(answer: httpx.Response, status: int, *words: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    for word in words:
        assert word in problem["detail"]
    assert "Traceback" not in answer.text


def test_predicts_one_picture(build):
    answer = ask(build(), "POST", "/v1/predict", files=upload(picture(255)))
    assert answer.status_code == 200
    (prediction,) = answer.json()["predictions"]
    assert prediction["class_name"] == "light"
    assert prediction["probability"] == prediction["probabilities"]["light"] == pytest.approx(1.0, abs=1e-4)
    assert prediction["probabilities"]["dark"] == pytest.approx(0.0, abs=1e-4)


def test_an_answer_below_the_threshold_is_marked_as_not_sure(brightness_classifier):
    files = upload(picture(255), picture(124))
    sure = brightness_classifier.predict([np.full((8, 8, 1), level, np.uint8) for level in (255, 124)])
    between = (sure[0].probability + sure[1].probability) / 2
    for app, path in (
        (build_app(brightness_classifier, reject_below=between), "/v1/predict"),
        (build_app(brightness_classifier), f"/v1/predict?reject_below={between}"),
    ):
        assert [one["sure"] for one in ask(app, "POST", path, files=files).json()["predictions"]] == [True, False]
    app = build_app(brightness_classifier, reject_below=1.0)
    answer = ask(app, "POST", "/v1/predict?reject_below=0", files=files).json()
    assert [one["sure"] for one in answer["predictions"]] == [True, True]
    assert_problem(ask(app, "POST", "/v1/predict?reject_below=2", files=files), 422, "reject_below")


def test_says_how_a_picture_is_unlike_those_that_the_model_learnt_from(brightness_classifier):
    chance = np.random.default_rng(0)
    described = [brightness_classifier.describe([chance.integers(90, 110, (80, 8, 8, 1), np.uint8)]) for _ in range(2)]
    signature = fit_signature(described[0][0], described[1][0])
    files = upload(picture(100), picture(255))
    for model, unlike in ((brightness_classifier, None), (brightness_classifier.with_signature(signature), "lighter")):
        first, second = ask(build_app(model), "POST", "/v1/predict", files=files).json()["predictions"]
        assert (second["unlike"] is None) == (unlike is None)
        assert unlike is None or unlike in second["unlike"]
        assert "Do not rely on the answer." in str(second["unlike"]) or unlike is None
        assert first["class_name"] == "dark"


def test_predicts_many_pictures_in_their_order(build):
    answer = ask(build(), "POST", "/v1/predict", files=upload(picture(0), picture(255), picture(10, size=30)))
    assert [one["class_name"] for one in answer.json()["predictions"]] == ["dark", "light", "dark"]


def test_names_the_picture_that_cannot_be_read(build):
    answer = ask(build(), "POST", "/v1/predict", files=upload(picture(0), b"these are words"))
    assert_problem(answer, 422, "picture-2.png")


def test_a_file_without_a_name_has_its_number(build):
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n'
    content = b"".join([part, picture(0), b"\r\n", part, b"these are words\r\n--x--\r\n"])
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert_problem(ask(build(), "POST", "/v1/predict", content=content, headers=headers), 422, "file 2")


@pytest.mark.parametrize("request_body", [{}, {"data": {"files": "text"}}, {"json": {"a": 1}}])
def test_says_what_was_expected_where_no_picture_came(build, request_body):
    assert_problem(ask(build(), "POST", "/v1/predict", **request_body), 422, "multipart/form-data", "files")


def test_refuses_more_pictures_than_one_request_may_hold(build):
    answer = ask(build(ServeLimits(files=1)), "POST", "/v1/predict", files=upload(picture(0), picture(0)))
    assert_problem(answer, 413, "2 pictures", "at most 1")
    answer = ask(build(ServeLimits(files=2)), "POST", "/v1/predict", files=upload(picture(0), picture(0)))
    assert len(answer.json()["predictions"]) == 2


def test_refuses_a_body_that_announces_too_many_bytes(build):
    answer = ask(build(ServeLimits(body_bytes=1000)), "POST", "/v1/predict", files=upload(bytes(2000)))
    assert_problem(answer, 413, "1,000 bytes")


@pytest.mark.parametrize("announced", [b"many", b"-1", b"1.5", b""])
def test_refuses_a_body_that_announces_no_number_of_bytes(announced):
    sent = []

    async def send(message):
        sent.append(message)

    async def never(*_):
        raise AssertionError("nothing is read of it")

    scope = {"type": "http", "headers": [(b"content-length", announced)]}
    asyncio.run(LimitBody(never, 1000)(scope, never, send))
    assert sent[0]["status"] == 413


def test_refuses_a_body_that_streams_too_many_bytes_without_announcing_them(build):
    async def chunks():
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        for _ in range(4):
            yield bytes(500)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = ask(build(ServeLimits(body_bytes=1000)), "POST", "/v1/predict", content=chunks(), headers=headers)
    assert "content-length" not in answer.request.headers
    assert_problem(answer, 413, "1,000 bytes")


@pytest.mark.parametrize("announced", [True, False])
def test_takes_a_body_of_exactly_as_many_bytes_as_may_come(build, announced):
    request = httpx.Request("POST", "http://onelook", files=upload(picture(255)))
    body = request.read()

    async def chunks():
        yield body[:50]
        yield body[50:]

    def answered(limit: int) -> httpx.Response:
        headers = {"content-type": request.headers["content-type"]}
        content = body if announced else chunks()
        return ask(build(ServeLimits(body_bytes=limit)), "POST", "/v1/predict", content=content, headers=headers)

    assert answered(len(body)).status_code == 200
    assert_problem(answered(len(body) - 1), 413, f"{len(body) - 1:,} bytes")


def test_refuses_a_body_that_is_no_multipart(build):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = ask(build(), "POST", "/v1/predict", content=b"words", headers=headers)
    assert_problem(answer, 400)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/v1/predict", 405)])
def test_answers_wrong_addresses_as_problems(build, method, path, status):
    assert_problem(ask(build(), method, path), status)


def test_keeps_an_unexpected_error_to_its_log(build, monkeypatch):
    def broken(self: Any, pictures: Any) -> Any:
        raise RuntimeError("secret")

    monkeypatch.setattr(Classifier, "predict_decoded", broken)
    answer = ask(build(), "POST", "/v1/predict", files=upload(picture(0)))
    assert_problem(answer, 500, "a bug in onelook")
    assert "secret" not in answer.text


def test_tells_about_the_model_and_its_own_state(build):
    assert ask(build(), "GET", "/v1/model").json()["class_names"] == ["dark", "light"]
    assert ask(build(), "GET", "/healthz").json() == {"status": "ok"}
    assert ask(build(), "GET", "/readyz").json() == {"status": "ready"}


def test_counts_requests_and_pictures(build):
    app = build()
    began = time.perf_counter()
    ask(app, "POST", "/v1/predict", files=upload(picture(0), picture(1)))
    ask(app, "POST", "/v1/predict", files=upload(b"words"))
    ask(app, "GET", "/any/address/somebody/makes/up")
    lines = ask(app, "GET", "/metrics").text.splitlines()
    assert 'onelook_requests_total{route="/v1/predict",status="200"} 1' in lines
    assert 'onelook_requests_total{route="/v1/predict",status="422"} 1' in lines
    assert 'onelook_requests_total{route="none",status="404"} 1' in lines
    assert "onelook_pictures_total 2" in lines
    assert "onelook_prediction_seconds_count 1" in lines
    (seconds,) = [line.split()[1] for line in lines if line.startswith("onelook_prediction_seconds_sum ")]
    assert 0 < float(seconds) < time.perf_counter() - began


def test_adds_up_what_it_counts():
    metrics = Counters()
    for pictures, seconds in ((3, 0.25), (2, 0.5)):
        metrics.count_prediction(pictures, seconds)
    for route, status in (("/v1/predict", 413), ("/metrics", 200), ("/v1/predict", 200), ("/v1/predict", 413)):
        metrics.count_request(route, status)
    assert [line for line in metrics.text().splitlines() if not line.startswith("#")] == [
        'onelook_requests_total{route="/metrics",status="200"} 1',
        'onelook_requests_total{route="/v1/predict",status="200"} 1',
        'onelook_requests_total{route="/v1/predict",status="413"} 2',
        "onelook_pictures_total 5",
        "onelook_prediction_seconds_sum 0.750000",
        "onelook_prediction_seconds_count 2",
    ]


def test_counts_what_went_wrong_as_an_error_of_its_own(build, monkeypatch):
    monkeypatch.setattr(Classifier, "predict_decoded", lambda self, pictures: 1 / 0)
    app = build()
    ask(app, "POST", "/v1/predict", files=upload(picture(0)))
    lines = ask(app, "GET", "/metrics").text.splitlines()
    assert 'onelook_requests_total{route="/v1/predict",status="500"} 1' in lines
    assert "onelook_pictures_total 0" in lines


def test_describes_itself(build):
    document = ask(build(), "GET", "/openapi.json").json()
    assert set(document["paths"]) == {"/v1/predict", "/v1/model", "/healthz", "/readyz", "/metrics"}
    assert "multipart/form-data" in document["paths"]["/v1/predict"]["post"]["requestBody"]["content"]
    assert {"413", "422"} <= set(document["paths"]["/v1/predict"]["post"]["responses"])


def test_serves_a_page_that_fetches_nothing_from_elsewhere(build):
    answer = ask(build(), "GET", "/")
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "http://" not in answer.text
    assert "https://" not in answer.text
    assert "v1/predict" in answer.text


def test_a_wrong_method_is_answered_with_the_right_one(build):
    answer = ask(build(), "GET", "/v1/predict")
    assert_problem(answer, 405)
    assert answer.headers["allow"] == "POST"
    assert "nothing at" not in answer.json()["detail"]
    missing = ask(build(), "GET", "/v2/predict").json()
    assert missing["detail"] == "there is nothing at /v2/predict. /openapi.json lists all paths."


@pytest.mark.parametrize("answers_first", [True, False])
def test_one_request_has_one_answer(answers_first):
    """Where the answer has begun before too many bytes came, it is not followed by another."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": bytes(600), "more_body": True}

    async def app(scope, receive, send):
        if answers_first:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        await receive()

    asyncio.run(LimitBody(app, 1000)({"type": "http", "headers": []}, receive, send))
    assert [each["status"] for each in sent if each["type"] == "http.response.start"] == [200 if answers_first else 413]
