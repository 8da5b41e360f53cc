"""What a notebook shows for runs, evaluations, classifiers and predictions."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from tests.report.conftest import build_run

from onelook.classifier import Classifier, Prediction
from onelook.report.notebook.run import run_html
from onelook.report.results import read_evaluation
from onelook.report.theme import DARK, LIGHT
from onelook.run_folder import RunFolder
from onelook.runs.run import Run

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script>"


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text without the style."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


def html_of(thing: Any) -> str:
    html = thing._repr_html_()
    assert isinstance(html, str)
    return html


def assert_harmless(html: str) -> None:
    """Nothing runs, nothing is fetched, and every tag that is opened is closed."""
    tags = Tags(html)
    assert not tags.named("script")
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    assert all((image["src"] or "").startswith("data:image/") for image in tags.named("img"))
    assert not re.search(r"https?://|@import|url\(", html)
    assert html.count("<div") == html.count("</div>")
    assert html.startswith('<div class="onelook">')


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with pictures. Tests must leave it as it is."""
    folder = build_run(tmp_path_factory.mktemp("runs") / "shirts-001", pictures=True)
    folder.report.write_text("the report")
    evaluation = read_evaluation(folder)
    assert evaluation is not None
    return Run(folder, evaluation, "complete")


def test_a_run_shows_score_curves_matrix_errors_and_where_its_report_is(run: Run) -> None:
    html = html_of(run)
    assert_harmless(html)  # a class of the fixture is called <script>
    tags = Tags(html)
    assert "85.0" in tags.text
    assert "of the 20 test pictures named correctly: 17 right, 3 wrong." in tags.text
    charts = [svg["aria-label"] or "" for svg in tags.named("svg")]
    assert [label.partition(" ")[0] for label in charts[1:]] == ["Accuracy", "Loss"]
    assert "with an interval from" in charts[0]
    assert tags.text.count("taken for") >= 2  # the head of the matrix, and the most confused pair
    assert len([cell for cell in tags.named("td") if cell.get("class") == "wrong-6"]) == 1
    assert len(tags.named("img")) == 3  # a picture for each error
    assert str(run.folder.report) in tags.text


def test_a_report_below_the_notebook_is_linked_and_another_is_only_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Tags(html_of(run)).named("a") == []
    monkeypatch.chdir(run.path.parent)
    here = RunFolder(run.path.relative_to(run.path.parent))
    assert [link["href"] for link in Tags(run_html(here)).named("a")] == ["shirts-001/report.html"]


def test_a_run_of_a_hundred_classes_lists_its_most_confused_classes(make_run: Callable[..., RunFolder]) -> None:
    names = tuple(f"kind {number}" for number in range(100))
    confusion = (3 * np.eye(100, dtype=int) + 2 * np.eye(100, k=1, dtype=int)).tolist()
    tags = Tags(run_html(make_run(names=names, confusion=confusion)))
    assert "kind 0 taken for kind 1" in tags.text
    assert "And 93 more pairs, twice each." in tags.text
    assert tags.named("table") == []


def test_a_run_that_is_gone_shows_its_text(make_run: Callable[..., RunFolder], run: Run) -> None:
    run = Run(make_run(), run.evaluation, "complete")
    shutil.rmtree(run.path)
    assert run._repr_html_() is None
    assert repr(run) == f"<Run {str(run.path)!r}: complete, 85.00 %>"


def test_an_evaluation_shows_its_score_and_matrix(run: Run) -> None:
    html = html_of(run.evaluation)
    assert_harmless(html)
    assert "17 right, 3 wrong" in Tags(html).text
    assert len(Tags(html).named("table")) == 1


def test_a_classifier_says_what_it_is_and_what_it_takes(brightness_classifier: Classifier) -> None:
    html = html_of(brightness_classifier)
    assert_harmless(html)
    text = Tags(html).text
    assert "Classifier of 2 classes" in text
    assert "dark and light" in text
    assert "pictures of 8×8, grey; other sizes are stretched to it" in text


def test_a_prediction_has_a_bar_for_each_of_its_likeliest_classes() -> None:
    shares = {HOSTILE: 0.75, **{f"class {number}": 0.25 / 9 for number in range(9)}}
    html = html_of(Prediction(HOSTILE, 0.75, shares))
    assert_harmless(html)
    tags = Tags(html)
    bars = [span["style"] for span in tags.named("span") if span.get("class") == "bar"]
    assert bars == ["--length: 75.0%", *["--length: 2.8%"] * 4]
    assert HOSTILE in tags.text
    assert "And 5 less likely classes." in tags.text


def test_a_list_of_predictions_is_a_table_with_its_first_rows(brightness_classifier: Classifier) -> None:
    pictures = np.linspace(0, 255, 25).astype(np.uint8)[:, None, None, None] * np.ones((25, 8, 8, 1), np.uint8)
    found = brightness_classifier.predict(pictures)
    assert found == list(found)
    assert isinstance(found, list)
    html = html_of(found)
    assert_harmless(html)
    tags = Tags(html)
    assert len(tags.named("tr")) == 1 + 20
    assert "25 predictions" in tags.text
    assert "And 5 more pictures." in tags.text


def test_sizes_of_the_shared_style_are_those_of_a_notebook(run: Run) -> None:
    shared = (files("onelook.report") / "templates" / "parts.css").read_text(encoding="utf-8")
    sizes = re.findall(r"(\d*\.?\d+)rem\b", shared)
    assert any(14 * float(size) % 1 for size in sizes)
    style = html_of(run).partition("<style>")[2].partition("</style>")[0]
    assert "rem" not in style
    assert all(f"{14 * float(size):g}px" in style for size in sizes)
    assert not re.search(r"/\* (light|dark|shared) \*/", style)
    assert f"--paper: {LIGHT.paper};" in style
    assert f"--paper: {DARK.paper};" in style


def test_without_jinja_a_notebook_shows_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    from onelook.report import page

    page._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert Prediction("cat", 1.0, {"cat": 1.0})._repr_html_() is None
    page._environment.cache_clear()
