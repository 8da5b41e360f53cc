"""The server's page in each language."""

from __future__ import annotations

import base64
import io
import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from PIL import Image

from onelook.export.web import drawing_ground, examples_of
from onelook.wording import ENGLISH, LANGUAGES, catalogue, choose_language, in_language, translate

if TYPE_CHECKING:
    from onelook.classifier import Classifier

# An element whose text is ours, without elements inside; and the texts of the script, which are such strings.
_TEXT = re.compile(r"(<(?:[a-z]\w*)[^>]*) data-text([^>]*>)([^<]+)(?=<)")
_STRING = re.compile(r'\btranslate\((?:[^"()]*\? )?("(?:[^"\\\n]|\\.)*")(?: : ("(?:[^"\\\n]|\\.)*"))?')


def page_language(asked: str | None, accepted: str) -> str:
    """Return the language of the page for a reader.

    Args:
        asked: by the address; one that there is not is passed over.
        accepted: by the browser, in its header Accept-Language.

    Example:
        >>> page_language(None, "ko,en;q=0.9"), page_language("en", "ko"), page_language("fr", "")
        ('ko', 'en', 'en')
    """
    return asked if asked in LANGUAGES else choose_language(accepted)


@cache
def page_in(name: str) -> str:
    """Return the page in a language, one of `LANGUAGES`."""
    page = (files("onelook.server") / "page.html").read_text(encoding="utf-8")
    with in_language(name):
        shown = _TEXT.sub(lambda found: f"{found[1]}{found[2]}{escape(translate(found[3]), quote=False)}", page)
    if name == ENGLISH:
        return shown
    texts = {text: catalogue(name)[text] for text in script_texts(page) if text in catalogue(name)}
    given = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
    return shown.replace('<html lang="en">', f'<html lang="{name}">').replace(
        "const TEXTS = {}", f"const TEXTS = {given}"
    )


def page_facts(classifier: Classifier) -> dict[str, object]:
    """Return what the page shows of a model, as JSON values: its classes, where to draw, and pictures to try."""
    height, width, _ = classifier.card.input_shape
    ground = drawing_ground(classifier)
    return {
        "class_names": list(classifier.class_names),
        "draw": None if ground is None else {"ground": ground, "width": width, "height": height},
        "examples": [_as_address(Image.fromarray(pixels.squeeze())) for pixels in examples_of(classifier)],
    }


def _as_address(image: Image.Image) -> str:
    """Return a picture as an address that holds its bytes."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def script_texts(page: str) -> list[str]:
    """Return the English texts of the page's script."""
    return [json.loads(text) for found in _STRING.findall(page) for text in found if text]
