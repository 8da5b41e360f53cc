"""The server's page in each language."""

from __future__ import annotations

import json
import re
from functools import cache
from html import escape
from importlib.resources import files

from onelook.commands.serve import PictureService, png
from onelook.export.web import drawing_ground, examples_of
from onelook.report.theme import page_style
from onelook.server.answers import as_address
from onelook.wording import ENGLISH, LANGUAGES, catalogue, choose_language, in_language, translate

# Files of the page, which are written into it: what the web export and the report also need comes from there.
_PLACES = {"picture.js": ("onelook.export", "web_page"), "heat_map.js": ("onelook.report", "templates")}
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
_SCRIPT = re.compile(r'<script src="([^"]+)"></script>')
_EXPORT = re.compile(r"^export ", re.MULTILINE)  # the scripts of one page need none
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
def english_page() -> str:
    """Return the page with its style and its scripts in it, in English, before the texts are marked in any language."""
    page = _STYLE.sub(lambda found: f"<style>\n{page_style()}{_text_of(found[1])}</style>", _text_of("page.html"))
    return _SCRIPT.sub(lambda found: f"<script>\n{_EXPORT.sub('', _text_of(found[1]))}</script>", page)


def _text_of(name: str) -> str:
    package, folder = _PLACES.get(name, ("onelook.server", ""))
    return (files(package) / folder / name).read_text(encoding="utf-8")


@cache
def page_in(name: str) -> str:
    """Return the page in a language, one of `LANGUAGES`."""
    page = english_page()
    with in_language(name):
        shown = _TEXT.sub(lambda found: f"{found[1]}{found[2]}{escape(translate(found[3]), quote=False)}", page)
    if name == ENGLISH:
        return shown
    texts = {text: catalogue(name)[text] for text in script_texts(page) if text in catalogue(name)}
    given = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")
    return shown.replace('<html lang="en">', f'<html lang="{name}">').replace(
        "const TEXTS = {}", f"const TEXTS = {given}"
    )


def page_facts(service: PictureService) -> dict[str, object]:
    """Return what the page shows of a model, as JSON values: its classes, where to draw, and pictures to try."""
    classifier = service.classifier
    height, width, _ = classifier.card.input_shape
    ground = drawing_ground(classifier)
    return {
        "class_names": list(classifier.class_names),
        "draw": None if ground is None else {"ground": ground, "width": width, "height": height},
        "examples": [as_address(png(pixels), "image/png") for pixels in examples_of(classifier)],
        "heat_map": service.has_heat_maps,
    }


def script_texts(page: str) -> list[str]:
    """Return the English texts of the page's script."""
    return [json.loads(text) for found in _STRING.findall(page) for text in found if text]
