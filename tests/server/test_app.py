"""The HTTP face, asked over ASGI: answers, errors as problem details, limits, counters, the page."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import threading
import time
from typing import Any

import httpx
import numpy as np
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from PIL import Image

from onelook.classifier import Classifier, build_classifier, load
from onelook.commands.serve import PictureService, ServeLimits, Upload, png
from onelook.errors import DataError
from onelook.evaluation.unlike_pictures import Remedy
from onelook.server.app import build_app
from onelook.server.batches import Batches, TooBusyError
from onelook.server.counters import Counters
from onelook.server.served_models import Source
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import Dense, Flatten
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
    # An answer of exactly the threshold is not below it.
    path = f"/v1/predict?reject_below={sure[1].probability}"
    answer = ask(build_app(brightness_classifier), "POST", path, files=files).json()
    assert [one["sure"] for one in answer["predictions"]] == [True, True]
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
        korean = ask(build_app(model), "POST", "/v1/predict?lang=ko", files=files).json()["predictions"][1]["unlike"]
        assert korean == (unlike and "더 밝음, 더 매끄러움. 이 답을 믿지 마세요.")


def test_advice_is_looked_for_with_the_unlike_pictures_themselves(brightness_classifier, monkeypatch):
    chance = np.random.default_rng(0)
    described = [brightness_classifier.describe([chance.integers(90, 110, (80, 8, 8, 1), np.uint8)]) for _ in range(2)]
    model = brightness_classifier.with_signature(fit_signature(described[0][0], described[1][0]))
    known = png(chance.integers(90, 110, (8, 8, 1), np.uint8))
    tried = []

    def find(classifier, rows, decode):
        tried.append([rows, decode(classifier.card, [1, 0])[:, 0, 0, 0].tolist()])
        return [Remedy(("--invert",)), Remedy(("--crop-to-content",))]

    monkeypatch.setattr("onelook.evaluation.unlike_pictures.find_remedy_of_each", find)
    uploads = [Upload(f"{at}.png", content) for at, content in enumerate([known, picture(3), b"?", picture(255)])]
    answers = PictureService(model).predict(uploads)
    assert tried == [[2, [255, 3]]]
    assert answers[0].unlike is None
    assert "--invert" in answers[1].unlike
    assert isinstance(answers[2], DataError)
    assert "--crop-to-content" in answers[3].unlike


@pytest.fixture(scope="module")
def left_half_reader() -> Classifier:
    """A model of pictures of 8 by 8, for which light in the left half means light."""
    weights = np.zeros((2, 64), np.float32)
    weights[1].reshape(8, 8)[:, :4] = 0.5
    return build_classifier(
        NetworkSettings(layers=(Flatten(), Dense(units="classes"))),
        FittedPreprocess(),
        {"1.weight": weights, "1.bias": np.array([0, -4], np.float32)},
        decode=DecodeSettings(height=8, width=8, channels=1),
        class_names=["dark", "light"],
        dtype="uint8",
        value_range=(0.0, 255.0),
        provenance={},
        metrics={},
    )


def test_shows_where_the_model_looked_where_that_is_wanted(left_half_reader):
    app = build_app(left_half_reader)
    asked = {"files": upload(picture(255, size=16), picture(10))}
    plain = ask(app, "POST", "/v1/predict", **asked).json()["predictions"]
    mapped = ask(app, "POST", "/v1/predict?heat_map=true", **asked).json()["predictions"]
    drawn = [one.pop("heat_map") for one in mapped]
    assert mapped == plain
    assert "heat_map" not in plain[0]
    for each, level in zip(drawn, (255, 10), strict=True):
        assert (each["method"], each["rows"], each["columns"], len(each["cells"])) == ("occlusion", 8, 8, 64)
        seen = Image.open(io.BytesIO(base64.b64decode(each["seen"].removeprefix("data:image/png;base64,"))))
        assert (seen.mode, seen.size, seen.getpixel((0, 0))) == ("L", (8, 8), level)
    # An even picture has nothing that a cover would hide. One with a light left half has.
    half = np.zeros((8, 8), np.uint8)
    half[:, 1:3] = 255
    content = io.BytesIO()
    Image.fromarray(half).save(content, "PNG")
    (found,) = ask(app, "POST", "/v1/predict?heat_map=1", files=upload(content.getvalue())).json()["predictions"]
    cells = np.array([int(digit, 16) for digit in found["heat_map"]["cells"]]).reshape(8, 8)
    assert found["class_name"] == "light"
    assert cells[:, 1:3].min() > 9 > cells[:, 4:].max()


def test_heat_maps_have_limits_of_their_own(left_half_reader):
    app = build_app(left_half_reader, ServeLimits(heat_maps=1))
    two = upload(picture(0), picture(255))
    assert_problem(ask(app, "POST", "/v1/predict?heat_map=true", files=two), 413, "2 pictures", "at most 1")
    assert len(ask(app, "POST", "/v1/predict", files=two).json()["predictions"]) == 2
    partial = ask(app, "POST", "/v1/predict?heat_map=true&partial=true", files=upload(b"words")).json()
    assert [one.keys() for one in partial["predictions"]] == [{"error"}]
    assert_problem(ask(app, "POST", "/v1/predict?heat_map=true", files=upload(b"words")), 422, "picture-1.png")


def test_a_map_that_is_being_made_holds_no_prediction_up_and_no_more_maps_wait_than_may(left_half_reader, monkeypatch):
    app = build_app(left_half_reader, ServeLimits(waiting_heat_maps=1))
    may_end, is_asked = threading.Event(), threading.Event()
    heat_maps = PictureService.heat_maps

    def held_back(self: PictureService, uploads: Any) -> Any:
        is_asked.set()
        assert may_end.wait(30)
        return heat_maps(self, uploads)

    monkeypatch.setattr(PictureService, "heat_maps", held_back)

    async def all_three() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://onelook") as client:
            first = asyncio.create_task(client.post("/v1/predict?heat_map=true", files=upload(picture(255))))
            await asyncio.to_thread(is_asked.wait, 30)
            second = await client.post("/v1/predict?heat_map=true", files=upload(picture(255)))
            third = await client.post("/v1/predict", files=upload(picture(255)))
            assert not first.done()
            may_end.set()
            return [await first, second, third]

    first, second, third = asyncio.run(all_three())
    assert_problem(second, 503, "1 picture", "Come again")
    assert [one["class_name"] for answer in (first, third) for one in answer.json()["predictions"]] == [
        "light",
        "light",
    ]
    assert "heat_map" in first.json()["predictions"][0]


def test_a_model_whose_heat_map_takes_too_long_has_none(left_half_reader, monkeypatch):
    monkeypatch.setattr("onelook.evaluation.heat_maps.choose_method._MOST_MULTIPLY_ADDS", 10)
    app = build_app(left_half_reader)
    assert_problem(ask(app, "POST", "/v1/predict?heat_map=true", files=upload(picture(0))), 422, "no heat maps")
    assert ask(app, "GET", "/page.json").json()["heat_map"] is False
    assert ask(app, "POST", "/v1/predict", files=upload(picture(0))).status_code == 200


def test_predicts_many_pictures_in_their_order(build):
    answer = ask(build(), "POST", "/v1/predict", files=upload(picture(0), picture(255), picture(10, size=30)))
    assert [one["class_name"] for one in answer.json()["predictions"]] == ["dark", "light", "dark"]


def test_names_the_picture_that_cannot_be_read(build):
    answer = ask(build(), "POST", "/v1/predict", files=upload(picture(0), b"these are words"))
    assert_problem(answer, 422, "picture-2.png")


@pytest.mark.parametrize(
    ("content", "korean"),
    [
        (b"these are words", "‘picture-1.png’: 이미지가 아님: 'these are words'(으)로 시작하는 텍스트가 들어 있음"),
        (picture(3)[:20], "‘picture-1.png’: 파일이 도중에 끊김"),
        (picture(3)[:12], "‘picture-1.png’: 손상되었거나 도중에 끊긴 PNG"),
        (b"", "‘picture-1.png’: 파일이 비어 있음"),
        (bytes(9), "‘picture-1.png’: 이미지가 아님: 0만 들어 있음"),
        (b"\x05\x81\x99\x02 binary", "‘picture-1.png’: 읽을 수 있는 이미지가 아님: 파일의 첫 바이트는 05 81 99 02"),
    ],
    ids=["words", "cut", "header", "empty", "zeros", "bytes"],
)
def test_says_in_the_reader_s_language_why_a_picture_cannot_be_read(build, content, korean):
    app = build()
    assert ask(app, "POST", "/v1/predict?lang=ko", files=upload(content)).json()["detail"].startswith(korean)
    (one,) = ask(app, "POST", "/v1/predict?lang=ko&partial=1", files=upload(content)).json()["predictions"]
    assert one["error"].startswith(korean)
    assert "picture-1.png'" in ask(app, "POST", "/v1/predict?lang=en", files=upload(content)).json()["detail"]
    assert_problem(ask(app, "POST", "/v1/predict?lang=xx", files=upload(content)), 422, "lang")


def test_programs_get_english_whatever_language_their_library_accepts(build):
    asked = {"headers": {"Accept-Language": "ko-KR,ko;q=0.9"}, "files": upload(b"these are words")}
    app = build()
    assert_problem(ask(app, "POST", "/v1/predict", **asked), 422, "'picture-1.png': not a picture: the file holds text")
    (one,) = ask(app, "POST", "/v1/predict?partial=true", **asked).json()["predictions"]
    assert one["error"].startswith("'picture-1.png': not a picture")
    assert_problem(ask(app, "GET", "/v1/models/none", headers=asked["headers"]), 404, "unknown model 'none'")


def test_says_in_the_reader_s_language_what_a_request_may_not(build):
    few = build(ServeLimits(files=1, body_bytes=1000))
    for asked, korean in (
        ({"files": upload(picture(0), picture(0))}, "요청 하나에 이미지 2장: 최대 1장까지 받습니다."),
        ({"files": upload(bytes(2000))}, "요청이 1,000바이트보다 큽니다. 한 번에 보내는 이미지를 줄이세요."),
    ):
        assert ask(few, "POST", "/v1/predict?lang=ko", **asked).json()["detail"].startswith(korean)


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


@pytest.mark.parametrize("announced", ["many", "-1", "1.5", "²"])
def test_refuses_a_body_that_announces_no_number_of_bytes(build, announced):
    headers = {"content-length": announced.encode("utf-8"), "content-type": "image/png"}
    assert_problem(ask(build(), "POST", "/v1/predict", content=picture(0), headers=headers), 413)


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
    assert 'onelook_requests_total{route="/v1/predict",status="200"} 1.0' in lines
    assert 'onelook_requests_total{route="/v1/predict",status="422"} 1.0' in lines
    assert 'onelook_requests_total{route="none",status="404"} 1.0' in lines
    assert "onelook_pictures_total 2.0" in lines
    assert "onelook_prediction_seconds_count 1.0" in lines
    (seconds,) = [line.split()[1] for line in lines if line.startswith("onelook_prediction_seconds_sum ")]
    assert 0 < float(seconds) < time.perf_counter() - began


def test_adds_up_what_it_counts():
    metrics = Counters()
    for pictures, seconds in ((3, 0.25), (2, 0.5)):
        metrics.count_batch("digits", pictures, seconds)
    for route, status in (("/v1/predict", 413), ("/metrics", 200), ("/v1/predict", 200), ("/v1/predict", 413)):
        metrics.count_request(route, status)
    lines = [line for line in metrics.text().splitlines() if not line.startswith("#") and "_created" not in line]
    assert [line for line in lines if "_bucket" not in line] == [
        'onelook_requests_total{route="/v1/predict",status="413"} 2.0',
        'onelook_requests_total{route="/metrics",status="200"} 1.0',
        'onelook_requests_total{route="/v1/predict",status="200"} 1.0',
        "onelook_pictures_total 5.0",
        "onelook_prediction_seconds_count 2.0",
        "onelook_prediction_seconds_sum 0.75",
        'onelook_batch_pictures_count{model="digits"} 2.0',
        'onelook_batch_pictures_sum{model="digits"} 5.0',
    ]
    assert 'onelook_batch_pictures_bucket{le="2.0",model="digits"} 1.0' in lines


def test_counts_what_went_wrong_as_an_error_of_its_own(build, monkeypatch):
    monkeypatch.setattr(Classifier, "predict_decoded", lambda self, pictures: 1 / 0)
    app = build()
    ask(app, "POST", "/v1/predict", files=upload(picture(0)))
    lines = ask(app, "GET", "/metrics").text.splitlines()
    assert 'onelook_requests_total{route="/v1/predict",status="500"} 1.0' in lines
    assert "onelook_pictures_total 0.0" in lines


def test_describes_itself(build):
    document = ask(build(), "GET", "/openapi.json").json()
    of_models = {"/v1/model", "/v1/models", "/v1/models/{name}", "/v1/models/{name}/predict"}
    assert set(document["paths"]) == {"/v1/predict", *of_models, "/healthz", "/readyz", "/metrics"}
    asked = document["paths"]["/v1/predict"]["post"]
    assert set(asked["requestBody"]["content"]) == {
        "multipart/form-data",
        "application/json",
        "image/*",
        "application/octet-stream",
    }
    assert set(asked["responses"]) == {"200", "400", "408", "413", "422", "503", "504"}
    assert {one["name"] for one in asked["parameters"]} == {"reject_below", "top", "partial", "heat_map", "lang"}
    assert "security" not in asked
    named = document["paths"]["/v1/models/{name}/predict"]["post"]["responses"]
    assert set(named) == {*asked["responses"], "404"}


def test_the_page_speaks_the_language_of_its_reader(build):
    app = build()
    english = ask(app, "GET", "/")
    korean = ask(app, "GET", "/", headers={"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.5"})
    assert '<html lang="en">' in english.text
    assert "Drop pictures here" in english.text
    assert "const TEXTS = {};" in english.text
    assert '<html lang="ko">' in korean.text
    assert "여기에 이미지를 놓으세요" in korean.text
    assert "Drop pictures here" not in korean.text
    assert '"predicting …": "예측 중 …"' in korean.text
    assert (korean.headers["content-language"], korean.headers["vary"]) == ("ko", "Accept-Language")
    assert ask(app, "GET", "/?lang=ko").text == korean.text
    assert ask(app, "GET", "/?lang=en", headers={"Accept-Language": "ko"}).text == english.text
    assert ask(app, "GET", "/?lang=xx").text == english.text


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


def answered(app: Any, content: bytes, content_type: str, query: str = "") -> httpx.Response:
    return ask(app, "POST", f"/v1/predict{query}", content=content, headers={"content-type": content_type})


def test_takes_the_bytes_of_one_picture_and_json_with_base64(build):
    light, dark = (base64.b64encode(picture(level)).decode() for level in (255, 0))
    as_json = json.dumps({"pictures": [light, f"data:image/png;base64,{dark}"]}).encode()
    for kind, content, expected in (
        ("image/png", picture(255), ["light"]),
        ("application/octet-stream", picture(0), ["dark"]),
        ("application/json", as_json, ["light", "dark"]),
        ("application/json; charset=utf-8", as_json, ["light", "dark"]),
    ):
        found = answered(build(), content, kind).json()["predictions"]
        assert [one["class_name"] for one in found] == expected, kind


@pytest.mark.parametrize(
    ("kind", "content", "status", "words"),
    [
        ("application/json", b"{", 400, "no JSON"),
        ("application/json", b"[" * 100_000, 400, "no JSON"),
        ("application/json", b'["a"]', 422, "'pictures'"),
        ("application/json", b'{"pictures": "a"}', 422, "'pictures'"),
        ("application/json", b'{"pictures": [1]}', 422, "'pictures'"),
        ("application/json", b'{"pictures": []}', 422, "no picture"),
        ("application/json", '{"pictures": ["", "é"]}'.encode(), 422, "picture 2 is no Base64"),
        ("application/json", b'{"pictures": ["AAAA"]}', 422, "picture 1"),
        ("image/png", b"", 422, "no picture"),
        ("image/png", b"words", 422, "the picture"),
        ("text/plain", b"words", 422, "no picture"),
        ("multipart/form-data", b"words", 400, "no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\n", 400, "cut off"),
        ("multipart/form-data; boundary=" + "x" * 5_000, b"--x\r\n", 400, "damaged"),
        ("multipart/form-data; boundary=x", b"", 422, "no picture"),
    ],
)
def test_says_what_is_wrong_with_a_body(build, kind, content, status, words):
    assert_problem(answered(build(), content, kind), status, words)


def test_a_cut_off_form_gives_no_answer_to_the_pictures_before_the_cut(build):
    request = httpx.Request("POST", "http://onelook", files=upload(picture(255), picture(0)))
    body, kind = request.read(), request.headers["content-type"]
    assert len(answered(build(), body, kind).json()["predictions"]) == 2
    assert_problem(answered(build(), body[:-40], kind), 400, "cut off")


def test_json_holds_no_more_pictures_than_a_form(build):
    content = json.dumps({"pictures": [base64.b64encode(picture(0)).decode()] * 2}).encode()
    app = build(ServeLimits(files=1))
    assert_problem(answered(app, content, "application/json"), 413, "2 pictures", "at most 1")


def test_a_picture_that_cannot_be_read_leaves_the_others_their_answers_where_that_is_wanted(build):
    files = upload(picture(255), b"words", picture(0))
    answer = ask(build(), "POST", "/v1/predict?partial=true", files=files)
    assert answer.status_code == 200
    first, second, third = answer.json()["predictions"]
    assert (first["class_name"], third["class_name"]) == ("light", "dark")
    assert second.keys() == {"error"}
    assert second["error"].startswith("'picture-2.png': ")
    assert_problem(ask(build(), "POST", "/v1/predict?partial=false", files=files), 422, "picture-2.png")
    nothing = ask(build(), "POST", "/v1/predict?partial=true", files=upload(b"words")).json()["predictions"]
    assert [one.keys() for one in nothing] == [{"error"}]


def test_answers_only_the_likeliest_classes_where_that_is_wanted(build):
    for query, expected in (
        ("", ["dark", "light"]),
        ("?top=1", ["light"]),
        ("?top=2", ["light", "dark"]),
        ("?top=9", ["light", "dark"]),
    ):
        (found,) = ask(build(), "POST", f"/v1/predict{query}", files=upload(picture(255))).json()["predictions"]
        assert list(found["probabilities"]) == expected, query
    assert_problem(ask(build(), "POST", "/v1/predict?top=0", files=upload(picture(255))), 422, "top")


def test_asks_for_the_token_before_it_tells_anything_of_a_model(brightness_classifier):
    app = build_app(brightness_classifier, token="sésame")
    asked = [("POST", "/v1/predict"), ("GET", "/v1/model"), ("GET", "/v1/models"), ("GET", "/metrics")]
    for method, path in asked:
        for sent in ({}, {"authorization": "Bearer sesame"}, {"authorization": "Basic sésame".encode()}):
            answer = ask(app, method, path, headers=sent)
            assert_problem(answer, 401, "Authorization: Bearer")
            assert answer.headers["www-authenticate"] == "Bearer"
    for path in ("/", "/healthz", "/readyz", "/openapi.json"):
        assert ask(app, "GET", path).status_code == 200
    described = ask(app, "GET", "/openapi.json").json()["paths"]
    assert "401" in described["/v1/predict"]["post"]["responses"]
    assert "security" in described["/metrics"]["get"]
    assert "security" not in described["/healthz"]["get"]
    headers = {"authorization": "Bearer sésame".encode("latin-1")}
    answer = ask(app, "POST", "/v1/predict", files=upload(picture(255)), headers=headers)
    assert answer.json()["predictions"][0]["class_name"] == "light"


def test_a_body_that_never_ends_is_given_up(build):
    async def slow():
        yield b"--x\r\n"
        await asyncio.sleep(60)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = ask(build(ServeLimits(seconds=0.05)), "POST", "/v1/predict", content=slow(), headers=headers)
    assert_problem(answer, 408, "within 0.05 s")


@pytest.mark.parametrize(("most", "is_held"), [(1_209, False), (1_210, True)])  # two bodies of 605 bytes
def test_holds_no_more_bytes_of_all_requests_than_it_may(build, most, is_held):
    app = build(ServeLimits(waiting_bytes=most))
    begun, go_on = asyncio.Event(), asyncio.Event()
    body = b"--x\r\n" + bytes(600)

    async def first_part():
        yield body
        begun.set()
        await go_on.wait()

    async def both() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        transport = httpx.ASGITransport(app)
        headers = {"content-type": "multipart/form-data; boundary=x"}
        async with httpx.AsyncClient(transport=transport, base_url="http://onelook") as client:
            first = asyncio.create_task(client.post("/v1/predict", content=first_part(), headers=headers))
            await begun.wait()
            second = await client.post("/v1/predict", content=body, headers=headers)
            go_on.set()
            return await first, second, await client.post("/v1/predict", content=body, headers=headers)

    first, second, third = asyncio.run(both())
    if not is_held:
        assert_problem(second, 503, "Come again")
        assert second.headers["retry-after"] == "1"
    # All others were read: they are no whole form.
    assert (first.status_code, second.status_code, third.status_code) == (400, 400 if is_held else 503, 400)


def test_says_in_whole_seconds_when_to_come_again_and_never_too_early(build, monkeypatch):
    def refuse(self: Batches, pictures: int) -> None:
        raise TooBusyError(7, 1.2)

    monkeypatch.setattr(Batches, "refuse_more_than_fit", refuse)
    answer = ask(build(), "POST", "/v1/predict", files=upload(picture(0)))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def test_refuses_who_would_wait_too_long_and_answers_as_before_afterwards(build, monkeypatch):
    app = build(ServeLimits(waiting_pictures=2))
    may_answer, is_asked = threading.Event(), threading.Event()
    predict = Classifier.predict_decoded

    def held_back(self: Classifier, pictures: Any) -> Any:
        is_asked.set()
        assert may_answer.wait(30)
        return predict(self, pictures)

    monkeypatch.setattr(Classifier, "predict_decoded", held_back)

    async def all_three() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://onelook") as client:
            first = asyncio.create_task(client.post("/v1/predict", files=upload(picture(0), picture(255))))
            await asyncio.to_thread(is_asked.wait, 30)
            second = await client.post("/v1/predict", files=upload(picture(0)))
            may_answer.set()
            return [await first, second, await client.post("/v1/predict", files=upload(picture(255)))]

    first, second, third = asyncio.run(all_three())
    assert_problem(second, 503, "2 pictures wait", "Come again")
    assert int(second.headers["retry-after"]) >= 1
    assert [one["class_name"] for one in first.json()["predictions"]] == ["dark", "light"]
    assert third.status_code == 200


def test_an_answer_that_takes_too_long_is_given_up(build, monkeypatch):
    may_end = threading.Event()
    monkeypatch.setattr(Classifier, "predict_decoded", lambda self, pictures: may_end.wait(30))

    async def one() -> httpx.Response:
        transport = httpx.ASGITransport(build(ServeLimits(seconds=0.05)))
        async with httpx.AsyncClient(transport=transport, base_url="http://onelook") as client:
            answer = await client.post("/v1/predict", files=upload(picture(0)))
            may_end.set()
            return answer

    assert_problem(asyncio.run(one()), 504, "0.05 s")


def test_serves_several_models_by_name(brightness_classifier, numbers_model):
    app = build_app([Source("light", brightness_classifier), Source("numbers", load(numbers_model))])
    assert ask(app, "GET", "/v1/models").json() == {"models": ["light", "numbers"]}
    for path, expected in (
        ("/v1/predict", "light"),
        ("/v1/models/light/predict", "light"),
        ("/v1/models/numbers/predict", "010"),
    ):
        (found,) = ask(app, "POST", path, files=upload(picture(255))).json()["predictions"]
        assert found["class_name"] == expected
    assert ask(app, "GET", "/v1/model").json()["class_names"] == ["dark", "light"]
    assert ask(app, "GET", "/v1/models/numbers").json()["class_names"] == ["001", "010"]
    for method, path in (("GET", "/v1/models/number"), ("POST", "/v1/models/number/predict")):
        assert_problem(ask(app, method, path), 404, "numbers")
    counted = ask(app, "GET", "/metrics").text
    assert 'onelook_batch_pictures_count{model="light"} 2.0' in counted
    assert 'onelook_batch_pictures_count{model="numbers"} 1.0' in counted


def test_traces_are_sent_where_the_usual_variables_say(build, monkeypatch):
    configured: list[Any] = []
    monkeypatch.setattr("fastapi.telemetry._runtime._configure_from_environment", configured.append)

    async def start_and_end() -> None:
        came, sent = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], []

        async def receive() -> Any:
            return came.pop(0)

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await build()({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    asyncio.run(start_and_end())
    assert [config["auto_configure"] for config in configured] == [True]


def test_a_request_is_a_span_where_somebody_collects_traces(build, monkeypatch):
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(trace, "get_tracer", lambda name, *_, **__: provider.get_tracer(name))
    app = build()
    ask(app, "POST", "/v1/predict", files=upload(picture(0)))
    ask(app, "GET", "/nowhere")
    every = {span.name: span for span in spans.get_finished_spans()}
    found = {name: dict(span.attributes or {}) for name, span in every.items()}
    assert found["POST /v1/predict"]["http.response.status_code"] == 200
    assert found["POST /v1/predict"]["http.route"] == "/v1/predict"
    assert found["GET"]["http.response.status_code"] == 404
    batch, request = every["predict with model"], every["POST /v1/predict"]
    assert found["predict with model"]["onelook.pictures"] == 1
    assert batch.context.trace_id == request.context.trace_id
    assert request.start_time < batch.start_time < batch.end_time < request.end_time
