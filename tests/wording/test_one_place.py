"""No module but `onelook.wording` makes plurals, percentages or cut lists by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

import pytest
from tests.parsed_sources import PACKAGE, nodes_of, source_files

SOURCES = [path for path in source_files() if "wording" not in path.relative_to(PACKAGE).parts]

# A choice between two texts by whether a number is one, which is no matter of singular and plural.
NO_PLURALS = {
    ("checks/labels/label_errors.py", "often > 1"),  # what is most common is only said where it came twice
    ("data/layouts/packed.py", "len(found) > 1"),  # one archive needs no folder of its own name
    ("data/layouts/pixels/pixel_dataset.py", "len(parts) == 1"),  # ids of a single part need no part before them
    ("data/pictures/bands.py", "samples == 1"),  # Pillow reads decimal numbers of one band alone
    ("data/splits/folds.py", "many > 1"),  # with one group there is no smaller number of folds to offer
    ("planning/plan.py", "len(facts.sizes) > 1"),  # one size needs no reason that speaks of several
    ("predictors/check_estimator.py", "each == 1"),  # two names of scikit-learn's
    ("report/sections/samples.py", "len(samples) == 1"),  # without classes there is one sample
}

_PERCENT_FORMAT = re.compile(r"^\.?\d*%$")
_AND_MORE = re.compile(r"\band \{\} more\b|\{\}, …")
_SIGN = re.compile(r"^ ?%")
_ARTICLE = re.compile(r"\b(?:the|same|these|those|all)[ ]$", re.IGNORECASE)  # "the 1 picture" is no English


def problems(nodes: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Line and kind of each text that is put together by hand."""
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield from _of_text(node)
        elif isinstance(node, ast.Call) and _is_translated(node) and isinstance(node.args[0], ast.Constant):
            yield from _of_message(node, str(node.args[0].value))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and _is_ending(node.left):
            yield node.lineno, "a plural by hand"
        elif isinstance(node, ast.IfExp) and _chooses_a_form(node):
            yield node.lineno, f"a plural by hand: {ast.unparse(node.test)}"


def _of_text(text: ast.JoinedStr) -> Iterator[tuple[int, str]]:
    flat = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in text.values)
    if _AND_MORE.search(flat):
        yield text.lineno, "a cut list by hand"
    for before, part, after in zip([None, *text.values[:-1]], text.values, [*text.values[1:], None], strict=True):
        if not isinstance(part, ast.FormattedValue):
            continue
        is_known = isinstance(before, ast.Constant) and _ARTICLE.search(str(before.value))
        if is_known and ast.unparse(part.value).startswith("counted("):
            yield text.lineno, "an article before a count by hand"
        is_signed = isinstance(after, ast.Constant) and _SIGN.match(str(after.value))
        spec = ast.unparse(part.format_spec).strip("f'\"") if part.format_spec else ""
        if _PERCENT_FORMAT.match(spec) or (is_signed and _is_hundredfold(part.value)):
            yield text.lineno, "a percentage by hand"


def _of_message(call: ast.Call, message: str) -> Iterator[tuple[int, str]]:
    if _AND_MORE.search(re.sub(r"{\w+}", "{}", message)):
        yield call.lineno, "a cut list by hand"
    for value in call.keywords:
        place = message.partition(f"{{{value.arg}}}")
        if _ARTICLE.search(place[0]) and ast.unparse(value.value).startswith("counted("):
            yield call.lineno, "an article before a count by hand"
        if place[1] and _SIGN.match(place[2]) and _is_hundredfold(value.value):
            yield call.lineno, "a percentage by hand"


def _is_translated(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "translate"


def _is_hundredfold(value: ast.expr) -> bool:
    return any(isinstance(node, ast.Constant) and node.value == 100 for node in ast.walk(value))


def _is_ending(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value in ("s", "es", "ies")


def _chooses_a_form(choice: ast.IfExp) -> bool:
    """`"is" if count == 1 else "are"`, and the like; pictures of one channel are grey, which is no matter of number."""
    test = choice.test
    compares_with_one = (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq | ast.Gt | ast.NotEq)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == 1
    )
    is_of_words = compares_with_one and all(_is_words(each) for each in (choice.body, choice.orelse))
    return is_of_words and "channels" not in ast.unparse(test)


def _is_words(value: ast.expr) -> bool:
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return is_text or isinstance(value, ast.JoinedStr) or _is_translated(value)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("f'{n:,} row{\"s\" * (n != 1)}'", "a plural by hand"),
        ("'is' if len(ids) == 1 else 'are'", "a plural by hand: len(ids) == 1"),
        ('f\'{n} core{"s" if n > 1 else ""}\'', "a plural by hand: n > 1"),
        ("f'{100 * share:.1f} %'", "a percentage by hand"),
        ("f'{share:.0%}'", "a percentage by hand"),
        ("f'{names} and {left} more'", "a cut list by hand"),
        ("f'on the same {counted(rows, kind)}'", "an article before a count by hand"),
        ("translate('is') if len(ids) == 1 else translate('are')", "a plural by hand: len(ids) == 1"),
        ("translate('{share} %', share=f'{100 * share:.1f}')", "a percentage by hand"),
        ("translate('{names} and {left} more', names=names, left=left)", "a cut list by hand"),
        ("translate('on the same {rows}', rows=counted(rows, kind))", "an article before a count by hand"),
    ],
)
def test_the_scan_finds_what_it_is_for(source: str, kind: str) -> None:
    assert [found for _, found in problems(ast.walk(ast.parse(source)))] == [kind]


def test_the_scan_leaves_alone_what_is_something_else() -> None:
    for source in ("f'width: {100 * share:.2f}px'", "f'{share:.2f}'", "'grey' if channels == 1 else 'colour'", "2 * n"):
        assert [*problems(ast.walk(ast.parse(source)))] == []


def test_words_are_made_in_one_place() -> None:
    found, used = [], set()
    for path in SOURCES:
        name = path.relative_to(PACKAGE).as_posix()
        for line, kind in problems(nodes_of(path)):
            exception = (name, kind.rpartition(": ")[2])
            used.add(exception)
            if exception not in NO_PLURALS:
                found.append(f"{name}:{line}: {kind}")
    assert not found, "take it from onelook.wording"
    assert used >= NO_PLURALS, "an exception that nothing needs"


def test_pages_make_no_plurals_by_hand() -> None:
    for path in PACKAGE.glob("report/templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"length \}\} |length == 1|== 1 else|\.format\(", text), path.name
