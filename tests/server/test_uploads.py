"""The pictures in the body of a request: their names and bytes, and what is no picture."""

from __future__ import annotations

import base64
import json

import pytest
from starlette.exceptions import HTTPException

from onelook.commands.serve import Upload
from onelook.server.uploads import read_uploads

FORM = "multipart/form-data; boundary=x"


def form(*parts: tuple[str, bytes]) -> bytes:
    return b"".join(b"--x\r\n%s\r\n\r\n%s\r\n" % (head.encode(), body) for head, body in parts) + b"--x--\r\n"


def test_a_form_gives_the_files_of_its_field_in_order() -> None:
    body = form(
        ('Content-Disposition: form-data; name="files"; filename="a.png"\r\nContent-Type: image/png', b"1"),
        ('Content-Disposition: form-data; name="files"', b"a text"),
        ('Content-Disposition: form-data; name="other"; filename="b.png"', b"2"),
        ('CONTENT-DISPOSITION: form-data; name="files"; filename=""', b"3\r\n4"),
        ("Content-Type: image/png", b"5"),
    )
    assert read_uploads(FORM, body, 2) == [Upload("a.png", b"1"), Upload("file 2", b"3\r\n4")]
    with pytest.raises(HTTPException) as refused:
        read_uploads(FORM, body, 1)
    assert (refused.value.status_code, refused.value.detail) == (
        413,
        "2 pictures in one request, expected at most 1. Send fewer.",
    )


def test_json_gives_numbered_pictures_with_and_without_their_kind() -> None:
    text = base64.b64encode(b"\xff\xfe?").decode()
    body = json.dumps({"pictures": [text, f"data:image/png;base64,{text}"]}).encode()
    assert read_uploads("application/json", body, 2) == [
        Upload("picture 1", b"\xff\xfe?"),
        Upload("picture 2", b"\xff\xfe?"),
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, form(('Content-Disposition: form-data; name="files"', b"a text"))),
        (FORM, b""),
        ("image/png", b""),
        ("text/plain", b"words"),
        ("", b"words"),
    ],
)
def test_what_holds_no_picture_is_refused_with_what_was_expected(kind: str, body: bytes) -> None:
    with pytest.raises(HTTPException) as refused:
        read_uploads(kind, body, 9)
    assert refused.value.status_code == 422
    assert refused.value.detail.startswith("there is no picture in the request. Expected multipart/form-data with")


@pytest.mark.parametrize("kind", ["image/png", "image/x-own; q=1", "application/octet-stream", "application/dicom"])
def test_the_bytes_of_one_picture_are_taken_as_they_are(kind: str) -> None:
    assert read_uploads(kind, b"--x", 1) == [Upload("the picture", b"--x")]
