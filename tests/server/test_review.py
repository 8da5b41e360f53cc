"""The HTTP face of `review`: only this machine's own page is answered, and marks are on the disk when it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from onelook.data.fixes.fixes_file import read_fixes
from onelook.data.fixes.marks_file import MarksOnDisk
from onelook.inspection.review import Review
from onelook.inspection.review_queue import Pile, QueuedPicture
from onelook.server.review import build_review_app

PORT, TOKEN = 8123, "t0k-en"
OURS = {"X-Onelook-Token": TOKEN}
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="


@pytest.fixture
def review(tmp_path: Path) -> Review:
    pictures = (
        QueuedPicture("a.jpg", "cat", "dog", 0.9, 0.1, encoded=PIXEL),
        QueuedPicture("b.jpg", "dog", "cat", 0.8),
    )
    return Review(
        "run", (Pile("Errors", "2 errors", "Look.", pictures),), ("cat", "dog"), MarksOnDisk(tmp_path / "f.csv"), ""
    )


def ask(review: Review, method: str, path: str, host: str = f"127.0.0.1:{PORT}", **request: object) -> httpx.Response:
    app = build_review_app(review, TOKEN, PORT)

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, **request)  # type: ignore[arg-type]

    return asyncio.run(answer())


MARK = {"id": "a.jpg", "action": "relabel", "class_name": "dog"}


def test_the_page_its_pictures_and_the_marks(review: Review) -> None:
    page = ask(review, "GET", f"/?token={TOKEN}")
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert ask(review, "GET", f"/?token={TOKEN}&page=1").text == page.text
    assert ask(review, "GET", f"/?token={TOKEN}&page=2").status_code == 404
    picture = ask(review, "GET", f"/picture/0?token={TOKEN}", host=f"localhost:{PORT}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.headers.get_list("cache-control") == ["private, max-age=3600"]  # its own, instead of the page's
    assert ask(review, "GET", f"/picture/1?token={TOKEN}").status_code == 404
    answer = ask(review, "POST", "/marks", headers=OURS, json=MARK)
    assert [mark[:3] for mark in answer.json()["marks"]] == [["a.jpg", "relabel", "dog"]]
    assert [fix.id for fix in read_fixes(review.marks.path).fixes] == ["a.jpg"]
    assert ask(review, "GET", "/marks", headers=OURS).json() == answer.json()


def test_nothing_is_answered_without_the_token_or_under_another_name(review: Review) -> None:
    refused = [
        ask(review, "GET", "/"),
        ask(review, "GET", "/?token=other"),
        ask(review, "GET", "/picture/0"),
        ask(review, "GET", "/marks"),
        ask(review, "GET", f"/?token={TOKEN}", host=f"evil.example:{PORT}"),  # a name that leads to this machine
        ask(review, "GET", f"/?token={TOKEN}", host="127.0.0.1:80"),
        ask(review, "POST", "/marks", json=MARK),
        ask(review, "POST", f"/marks?token={TOKEN}", json=MARK),  # a form of another page can send an address
        ask(review, "POST", "/marks", json=MARK, headers={**OURS, "Origin": "http://evil.example"}),
        ask(review, "POST", "/marks", json=MARK, headers={**OURS, "Origin": "null"}),
        ask(review, "POST", "/marks", json=MARK, headers=OURS, host=f"evil.example:{PORT}"),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert all(answer.headers["content-type"] == "application/problem+json" for answer in refused)
    assert not any(name in answer.text for answer in refused for name in ("a.jpg", TOKEN))
    assert not review.marks.path.exists()
    own = {**OURS, "Origin": f"http://localhost:{PORT}"}
    assert ask(review, "POST", "/marks", json=MARK, headers=own).status_code == 200


def test_a_wrong_mark_and_a_file_of_others_are_problems(review: Review) -> None:
    assert ask(review, "POST", "/marks", headers=OURS, json={**MARK, "id": "c.jpg"}).status_code == 422
    assert ask(review, "POST", "/marks", headers=OURS, json={"id": 3}).status_code == 422
    assert not review.marks.path.exists()
    review.marks.path.write_text("mine\n", encoding="utf-8")
    answer = ask(review, "POST", "/marks", headers=OURS, json=MARK)
    assert answer.status_code == 409
    assert "does not hold marks" in answer.json()["detail"]
    assert review.marks.path.read_text(encoding="utf-8") == "mine\n"
