"""Docstrings, comments, messages and pages have none of the phrases that a reader has to read twice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.parsed_sources import nodes_of, source_files, text_of

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
# Each phrase, with words to write instead.
INSTEAD = {
    r"\b(is|are|was|were|be|been|being) told\b": "is reported, is shown by, is recognised by",
    r"\btold by\b": "recognised by, found by",
    r"\btells? of\b": "reports, is about",
    r"\b(hear|hears|heard)\b": "receives, is called with",
    r"\b(go|goes|going|gone|went) on\b": "continues, is resumed",
    r"\b(stand|stands|standing|stood) in\b": "is in, replaces",
    r"\b(come|comes|came) down\b": "is reduced",
    r"\bas (it is|they are)\b": "unchanged",
    r"\bwhose it is\b": "who owns it",
    r"\b(is|are) said\b": "is printed, is reported",
    r"\bwhat there is\b": "the content, the size",
    r"\bnone the less\b": "despite that",
    r"(^|[.:;!?] )Of (?!course\b)": "a sentence that begins with its subject",
}
ANY = re.compile("|".join(INSTEAD))
NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|>>>.*?(?=\n\s*\n|\Z)", re.DOTALL)


def found_in(text: str) -> list[str]:
    """Return each phrase of a paragraph, with what to write instead."""
    prose = " ".join(NOT_PROSE.sub("…", text).split()).lstrip("-*# ")
    if not ANY.search(prose):  # as in nearly all
        return []
    return [
        f"'{match[0].strip()}' in '…{prose[max(0, match.start() - 30) : match.end() + 30]}…': write {instead}"
        for phrase, instead in INSTEAD.items()
        for match in re.finditer(phrase, prose)
    ]


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs and list entries of a text, without its code."""
    yield from re.split(r"\n\s*\n|\n(?=\s*(?:- |\d+\. |\|))", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


# A string, within which `#` begins no comment; or a comment.
STRING_OR_COMMENT = re.compile(
    "|".join(
        (
            r'"""(?:\\.|[^\\])*?"""',
            r"'''(?:\\.|[^\\])*?'''",
            r'"(?:\\.|[^"\\\n])*"',
            r"'(?:\\.|[^'\\\n])*'",
            r"#([^\n]*)",
        )
    ),
    re.DOTALL,
)


def comments_of(source: str) -> Iterator[tuple[int, bool, str]]:
    """Yield each comment's line, whether it has that line to itself, and its words."""
    line, counted_to = 1, 0
    for found in STRING_OR_COMMENT.finditer(source):
        if found[1] is not None:
            line += source.count("\n", counted_to, found.start())
            counted_to = found.start()
            before = source[source.rfind("\n", 0, counted_to) + 1 : counted_to]
            yield line, not before.strip(), found[1].lstrip("# ")


def prose_of(source: str, nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the texts in a module: docstrings, messages, and blocks of comments."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield from paragraphs(node.value)
    block: list[str] = []
    next_line = 0  # the line on which the block continues
    for line, has_own_line, words in comments_of(source):
        if not (has_own_line and line == next_line):
            yield " ".join(block)
            block = []
        block.append(words)
        next_line = line + 1 if has_own_line else 0
    yield " ".join(block)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_is_in_plain_english(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [each for paragraph in paragraphs(text) for each in found_in(paragraph)] == []


def test_the_source_is_in_plain_english() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {each}"
        for path in source_files()
        for text in prose_of(text_of(path), nodes_of(path))
        for each in found_in(text)
    ]
    assert found == [], "\n".join(found)


def test_a_docstring_begins_with_an_imperative_or_a_noun() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text.splitlines()[0]}"
        for path in source_files()
        for node in nodes_of(path)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and (text := ast.get_docstring(node) or "").startswith(("Of ", "What ", "Where ", "Tells ", "Says "))
    ]
    assert found == [], "\n".join(found)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ties keep the first.", 0),
        ("Of equals, the first.", 1),
        ("# The best one. Of equals, the first.", 1),
        ("The layout is told by the first bytes.", 2),
        ("Values are kept as they are.", 1),
        ("`as it is` is code, and of course it may occur.", 0),
        ("Training goes\n    on after a break.", 1),
        ("The label stands in the path; of several the last one.", 1),
    ],
)
def test_the_phrases_are_found_in_prose_alone(text: str, count: int) -> None:
    assert len(found_in(text)) == count


def test_comments_and_messages_are_read() -> None:
    source = 'raise ValueError(f"{x}: it goes on")  # of the kind\n# Of these\n# two\nx = 1  # as it is\n'
    assert [len(found_in(text)) for text in prose_of(source, ast.walk(ast.parse(source))) if text] == [1, 0, 1, 1]


def test_neither_a_quote_in_a_comment_begins_a_string_nor_a_sign_in_a_string_a_comment() -> None:
    source = """
# it's one
x = "# a" + 'b"#' + r"\\\\"  # another
y = '''"
# text \\'''# last'''  # after
"""
    assert [*comments_of(source)] == [(2, True, "it's one"), (3, False, "another"), (5, False, "after")]
