"""Read the pictures of a request: a form of files, the bytes of one picture, or JSON with Base64."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

from onelook.commands.serve import Upload
from onelook.wording import counted

FIELD = "files"
_RAW = ("image/", "application/octet-stream", "application/dicom")
_FORM = "multipart/form-data"
_EXPECTED = (
    f"Expected {_FORM} with one or more fields '{FIELD}'; or the bytes of one picture as image/png, image/jpeg or "
    'application/octet-stream; or application/json such as {"pictures": ["…Base64…"]}.'
)

BODY: dict[str, Any] = {
    "required": True,
    "content": {
        _FORM: {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {
                    FIELD: {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "format": "binary"},
                        "description": "One picture or many.",
                    }
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["pictures"],
                "properties": {
                    "pictures": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "string", "format": "byte"},
                        "description": "The files of the pictures in Base64, each with or without 'data:…;base64,'.",
                    }
                },
            }
        },
        "image/*": {"schema": {"type": "string", "format": "binary", "description": "The file of one picture."}},
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}
"""The body of a request, as OpenAPI describes it."""


def read_uploads(content_type: str, body: bytes, most: int) -> list[Upload]:
    """Return the pictures in a request's body.

    Args:
        content_type: the value of its header.
        body: all of its bytes.
        most: pictures of one request.

    Raises:
        HTTPException: 400 where the body is not what its header says, 413 for too many pictures, 422 for none.
    """
    kind, options = parse_options_header(content_type)
    name = kind.decode("latin-1")
    if name == _FORM:
        uploads = _of_form(options.get(b"boundary", b""), body, most)
    elif name == "application/json":
        uploads = _of_json(body, most)
    elif name.startswith(_RAW) and body:
        uploads = [Upload("the picture", body)]
    else:
        uploads = []
    if not uploads:
        raise HTTPException(422, f"there is no picture in the request. {_EXPECTED}")
    return uploads


def _refuse_more_than(most: int, count: int) -> None:
    if count > most:
        raise HTTPException(413, f"{counted(count, 'picture')} in one request, expected at most {most}. Send fewer.")


def _of_form(boundary: bytes, body: bytes, most: int) -> list[Upload]:
    if not boundary:
        raise HTTPException(400, f"the form has no boundary. {_EXPECTED}")
    form = _Form()
    try:
        parser = MultipartParser(boundary, form.callbacks())
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError) as problem:
        raise HTTPException(400, f"the form is damaged: {problem}. {_EXPECTED}") from problem
    if body and not form.is_whole:
        raise HTTPException(400, f"the form is cut off. {_EXPECTED}")
    _refuse_more_than(most, len(form.files))
    return [Upload(name or f"file {number}", content) for number, (name, content) in enumerate(form.files, 1)]


class _Form:
    """Collects the files of a form's field from the parser's calls."""

    def __init__(self) -> None:
        self.files: list[tuple[str, bytes]] = []
        self.is_whole = False
        self._header, self._value = bytearray(), bytearray()
        self._disposition = b""
        self._content: list[bytes] = []

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_to(lambda: self._header),
            "on_header_value": self._add_to(lambda: self._value),
            "on_header_end": self._end_header,
            "on_part_data": lambda data, start, end: self._content.append(data[start:end]),
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    @staticmethod
    def _add_to(where: Callable[[], bytearray]) -> Callable[[bytes, int, int], None]:
        return lambda data, start, end: where().extend(data[start:end])

    def _begin(self) -> None:
        self._disposition = b""
        self._content = []

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _end(self) -> None:
        _, options = parse_options_header(self._disposition)
        # A field without a file name is a text.
        if options.get(b"name", b"").decode("utf-8", "replace") == FIELD and b"filename" in options:
            self.files.append((options[b"filename"].decode("utf-8", "replace"), b"".join(self._content)))

    def _finish(self) -> None:
        self.is_whole = True


def _of_json(body: bytes, most: int) -> list[Upload]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise HTTPException(400, f"the body is no JSON. {_EXPECTED}") from problem
    texts = document.get("pictures") if isinstance(document, dict) else None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise HTTPException(422, f"the JSON has no list of texts named 'pictures'. {_EXPECTED}")
    _refuse_more_than(most, len(texts))
    return [Upload(f"picture {number}", _of_base64(text, number)) for number, text in enumerate(texts, 1)]


def _of_base64(text: str, number: int) -> bytes:
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise HTTPException(422, f"picture {number} is no Base64 ({problem}). {_EXPECTED}") from problem
