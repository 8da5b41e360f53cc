"""Marking: what a page gives its script is what the data has, and the command is the one that trains again."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.report.conftest import build_run

from onelook.evaluation.pictures.contents import CONTENTS
from onelook.report.build import build_report
from onelook.report.marking import Marking, command_with_fixes, mark_attribute

HOSTILE = (
    "<script>alert(1)</script>",
    "</template><img src=x onerror=alert(2)>",
    "a \"quoted\" & 'single' name",
    "cat\u202egpj.exe",
    "two\r\nlines\ttab",
    "\u200b",
    "&amp;&#39;",
)


class Attributes(HTMLParser):
    """The values of `data-mark` in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.marks: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks += [json.loads(value or "") for name, value in attrs if name == "data-mark"]


@pytest.mark.parametrize("name", HOSTILE)
def test_an_id_and_its_classes_are_read_back_exactly(name: str) -> None:
    page = f"<figure{mark_attribute(name, name, 'dog', 'c0ffee')}>"
    assert Attributes(page).marks == [[name, name, "dog", "c0ffee"]]
    assert "<" not in page[1:]
    text = str(Marking("k", (name, "dog"), "onelook", ((name, "relabel", name, ""),)).as_json())
    assert "<" not in text
    read = json.loads(html.unescape(text))
    assert read["class_names"] == [name, "dog"]
    assert read["earlier"] == [[name, "relabel", name, ""]]


def test_names_are_given_in_words_only_where_they_differ() -> None:
    assert json.loads(str(Marking("k", ("cat",), "").as_json()))["names"] is None
    assert json.loads(str(Marking("k", ("\u200b",), "").as_json()))["names"] == ["(blank: U+200B)"]


@pytest.mark.parametrize(
    ("command", "again"),
    [
        ("onelook train photos/", "onelook train photos/ --fixes fixes.csv"),
        ("onelook train --out runs/a photos/ --name=b --lr 0.1", "onelook train photos/ --lr 0.1 --fixes fixes.csv"),
        ("onelook train p --fixes old.csv --resume --quiet --json", "onelook train p --fixes fixes.csv"),
        ("onelook train p --fixes=old.csv --folds 5", "onelook train p --folds 5 --fixes fixes.csv"),
        ("onelook train 'my $(rm) photos'", "onelook train 'my $(rm) photos' --fixes fixes.csv"),
    ],
)
def test_the_command_trains_a_new_run_as_before(command: str, again: str) -> None:
    assert command_with_fixes(command) == again


def marking(page: str) -> dict[str, object]:
    found = re.search(r'<template id="marking">(.*?)</template>', page, re.DOTALL)
    assert found is not None
    read: dict[str, object] = json.loads(html.unescape(found[1]))
    return read


def test_a_report_lets_its_pictures_be_marked_and_says_the_command(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", pictures=True)
    (run.evidence / CONTENTS).write_text(json.dumps({"contents": {"test/9": "5ca1e"}}), encoding="utf-8")
    page = build_report(run).read_text(encoding="utf-8")
    found = marking(page)
    assert found["command"] == "onelook train 'my shirts' --epochs 3 --fixes fixes.csv"
    assert found["saved"] is None
    marks = Attributes(page).marks
    assert ["test/9", "<script>alert(1)</script>", "T-shirt/top", "5ca1e"] in marks
    assert len({mark[0] for mark in marks}) >= 12


def test_marks_of_one_run_are_not_those_of_another(tmp_path: Path) -> None:
    keys = {
        marking(
            build_report(build_run(tmp_path / str(at), pictures=True, created=f"2025-03-0{at}")).read_text("utf-8")
        )["key"]
        for at in (1, 2)
    }
    assert len(keys) == 2


def test_the_fixes_of_the_run_come_first(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", pictures=True, settings={"fixes": "mine.csv"})
    run.fixes.write_text("id,action,class_name\ntest/1,relabel,T-shirt/top\ntest/2,,\n", encoding="utf-8")
    assert marking(build_report(run).read_text(encoding="utf-8"))["earlier"] == [
        ["test/1", "relabel", "T-shirt/top", ""]
    ]
    other = build_run(tmp_path / "other", pictures=True)  # a file of marks, not of this run's settings
    other.fixes.write_text("id,action,class_name\ntest/1,drop,\n", encoding="utf-8")
    assert marking(build_report(other).read_text(encoding="utf-8"))["earlier"] == []


def test_a_report_without_pictures_has_nothing_to_mark(tmp_path: Path) -> None:
    page = build_report(build_run(tmp_path / "run")).read_text(encoding="utf-8")
    assert 'id="marking"' not in page
    assert "marks-bar" not in page
