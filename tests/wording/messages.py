"""Every text that has to be translated, with the names that its translation may use: read from the code itself."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.parsed_sources import PACKAGE, nodes_of, source_files, text_of

from onelook.checks import CHECKS
from onelook.evaluation.score_without_leaks import KINDS
from onelook.metrics import METRICS
from onelook.metrics.scores import all_scores
from onelook.report.page import _environment, in_braces
from onelook.server.page import _TEXT, english_page, script_texts
from onelook.settings.queries import every_setting
from onelook.wording import places

_USES = re.compile(r"\b(?:translate|marked)\(")
_NOUNS = ("counted", "definite")
_CALL = re.compile(r'\b(?:translate|filled)\((?:[^"()]*\? )?("(?:[^"\\]|\\.)*")(?: : ("(?:[^"\\]|\\.)*"))?')
_FILTER = re.compile(r'(?:counted\(|folded\([^")]*)"([^"]*)"')
_PLACE = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Message:
    """An English text."""

    text: str
    place: str  # the file that has it
    names: frozenset[str]  # that its values have


def messages() -> Iterator[Message]:
    """Yield the texts of code, templates and scripts, and those that are registered, such as what a check looks for."""
    yield from _of_code()
    yield from _of_templates()
    for path in sorted(PACKAGE.glob("report/templates/*.js")):
        for found in _CALL.findall(path.read_text(encoding="utf-8")):
            yield from (_message(json.loads(text), path.name) for text in found if text)
    page = english_page()
    for text in (*(found[3] for found in _TEXT.finditer(page)), *script_texts(page)):
        yield _message(text, "server/page.html")
    for place, text in _registered():
        yield _message(text, place)


def _of_code() -> Iterator[Message]:
    for path in source_files():
        name = path.relative_to(PACKAGE).as_posix()
        if not (name.startswith("report/") or _USES.search(text_of(path))):
            continue
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield from _of_call(node, node.func.id, name)


def _of_templates() -> Iterator[Message]:
    environment = _environment()
    for path in sorted(PACKAGE.glob("report/templates/**/*.html")):
        source = path.read_text(encoding="utf-8")
        for _, function, found in environment.extract_translations(source):  # type: ignore[attr-defined]
            if function in ("gettext", "_"):
                text = found if isinstance(found, str) else next(each for each in found if each)
                yield _message(in_braces(text), path.name)
        for noun in _FILTER.findall(source):
            yield _message(f"{{n}} {noun}", path.name)


def _registered() -> Iterator[tuple[str, str]]:
    for name in CHECKS:
        yield "checks", CHECKS.describe(name)
    for name, score in all_scores().items():
        yield "metrics", score.title
        yield "metrics", score.label
        yield "metrics", METRICS.describe(name)
    for kind in KINDS.values():
        yield "score_without_leaks.py", kind
    for setting in every_setting().values():
        if setting.field.description:
            yield "settings", setting.field.description


def _of_call(call: ast.Call, function: str, name: str) -> Iterator[Message]:
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    names = frozenset(each.arg for each in call.keywords if each.arg)
    has_more = any(each.arg is None for each in call.keywords)
    if function in ("translate", "marked") and texts:
        yield Message(texts[0], name, names | (places(texts[0]) if has_more or function == "marked" else frozenset()))
    elif function in _NOUNS and texts and name.startswith("report/"):
        yield Message(f"{{n}} {texts[0]}", name, names | {"n"})


def _message(text: str, place: str) -> Message:
    return Message(text, place, frozenset(_PLACE.findall(text)))
