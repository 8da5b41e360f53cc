"""The whole page: it stands alone, is well formed, repeats itself, and says what the files say."""

from __future__ import annotations

import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from onelook.errors import ConfigError, ModelError
from onelook.report import build_report
from onelook.run_folder import RunFolder

_VOID = {"meta", "link", "img", "input", "br", "hr"}


class Page(HTMLParser):
    """Follows the tags of a page and keeps what the tests ask about."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text += data

    def attributes(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


def read(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """Text with ordinary spaces, one at a time."""
    return " ".join(text.replace("\u202f", " ").split())


def test_the_page_is_well_formed_and_asks_nothing_of_the_network(make_run: Any) -> None:
    path = build_report(make_run(pictures=True))
    page, html = read(path), path.read_text(encoding="utf-8")
    for address in (*page.attributes("src"), *page.attributes("href")):
        assert address.startswith(("data:", "#")), address
    assert not re.search(r"https?:|//[a-z]|@import|url\(", html.split("<body>")[0])
    assert "http" not in page.text
    assert page.attributes("action") == []
    targets = {address[1:] for address in page.attributes("href") if address.startswith("#")}
    assert targets <= set(page.attributes("id"))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))


def test_only_the_packaged_script_may_run(make_run: Any) -> None:
    html = build_report(make_run(pictures=True)).read_text(encoding="utf-8")
    assert html.count("<script") == 1
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert re.search(r"default-src 'none'; img-src data:; .*script-src 'sha256-[A-Za-z0-9+/=]{44}'", html)
    assert not [name for _, attributes in read_tags(html) for name in attributes if name.startswith("on")]


def read_tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    return Page(html).tags


def test_the_same_files_give_the_same_bytes(make_run: Any, tmp_path: Path) -> None:
    folder = make_run(pictures=True)
    first = build_report(folder).read_bytes()
    second = build_report(folder, tmp_path / "elsewhere" / "again.html").read_bytes()
    assert first == second


def test_the_figures_are_those_of_the_evaluation(make_run: Any) -> None:
    folder = make_run()
    evaluation = json.loads(folder.evaluation.read_text(encoding="utf-8"))
    text = plain(read(build_report(folder)).text)
    low, high = evaluation["accuracy_interval"]
    assert "85.0 % of 20 test pictures named correctly" in text
    assert "17 right, 3 wrong" in text
    assert f"between {100 * low:.1f} % and {100 * high:.1f} %" in text
    assert f"{100 * evaluation['balanced_accuracy']:.1f} %" in text
    assert f"{evaluation['macro_f1']:.4f}".rstrip("0") in text
    for result in evaluation["per_class"]:
        assert f"{result['f1']:.3f}" in text


def test_a_page_is_named_after_the_folder_as_it_is_now_with_the_day_and_the_version_of_the_run(
    make_run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run()  # its run.json says "shirts"
    monkeypatch.chdir(folder.path)
    for path in (folder.path, Path()):
        html = build_report(RunFolder(path), Path("page.html")).read_text(encoding="utf-8")
        assert "<title>shirts-001 · onelook</title>" in html
        assert "<h1>shirts-001</h1>" in html
        header = html.partition("<header")[2].partition("</header>")[0]
        assert plain(Page(f"<p{header}</p>").text) == "shirts-001 Training report · 2025-03-04 · onelook 0.1.0"


def test_a_score_on_validation_pictures_says_so(make_run: Any) -> None:
    split = {"fingerprint": "f", "train": 120, "val": 20, "test": 0}
    text = plain(read(build_report(make_run(set_name="val", split=split))).text)
    assert "85.0 % of 20 validation pictures named correctly" in text
    assert "There was no labelled test set" in text
    assert "kept out of training" not in text


def test_an_interrupted_run_keeps_its_test_pictures_for_later(make_run: Any) -> None:
    text = plain(read(build_report(make_run(set_name="val", status="interrupted"))).text)
    assert "The run was interrupted after 3 epochs." in text
    assert "The test pictures are kept for the end of the run" in text
    assert "no labelled test set" not in text


def test_headings_pictures_and_tables_can_be_read_aloud(make_run: Any) -> None:
    page = read(build_report(make_run(pictures=True)))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
    assert all(attributes.get("aria-label") for tag, attributes in page.tags if tag == "svg")
    tables = sum(tag == "table" for tag, _ in page.tags)
    assert sum(tag == "caption" for tag, _ in page.tags) == tables > 0


def test_a_run_that_has_just_begun_has_a_report(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    folder.update_run(status="running", device=None, data=None, timings=None, best_epoch=None)
    text = plain(read(build_report(folder)).text)
    assert "The run has not ended yet, so there is no score." in text
    assert "No epoch was finished." in text
    assert "No pictures were kept with this run." in text


def test_a_missing_thumbnail_leaves_a_gap_and_no_failure(make_run: Any) -> None:
    folder = make_run(pictures=True)
    (folder.evidence / "error-01.png").unlink()
    assert "no thumbnail" in read(build_report(folder)).text


def test_a_thumbnail_outside_the_folder_is_refused(make_run: Any) -> None:
    folder = make_run(pictures=True)
    path = folder.evidence / "evidence.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    index["worst_errors"][0]["file"] = "../../secret.png"
    path.write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ModelError, match=r"names the picture '\.\./\.\./secret\.png'"):
        build_report(folder)
    assert not folder.report.exists()


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("run.json", '{"format_version": 1, "best_epoch": "soon"}', r"run\.json: best_epoch is 'soon'"),
        ("run.json", '{"format_version": 1, "data": {"class_names": 3}}', r"run\.json: data\.class_names is 3"),
        ("evaluation.json", "{", r"evaluation\.json: not readable as JSON"),
        ("evaluation.json", "[]", r"evaluation\.json: not an evaluation"),
        (
            "evaluation.json",
            '{"set": "test"}',
            r"evaluation\.json: not an evaluation \('accuracy_interval' is missing\)",
        ),
        ("evaluation.json", "[" * 100_000, r"evaluation\.json: not readable as JSON \(it is nested too deeply\)"),
        ("evaluation.json", "1" + "0" * 5_000, r"evaluation\.json: not readable as JSON \(its content does not follow"),
        ("evidence/evidence.json", '{"errors": 1}', r"evidence\.json: worst_errors is"),
        ("history.jsonl", '{"epoch": "first"}\n', r"history\.jsonl: epoch is 'first'"),
        (
            "run.json",
            '{"format_version": 1, "findings": [{"check": "a", "message": "b"}, {"check": "c", "message": 3}]}',
            r"run\.json: findings\.1\.message is 3: input should be a valid string\. The file is damaged",
        ),
        ("evidence/evidence.json", "[1]", r"evidence\.json: the whole file is \[1\]: input should be a valid dict"),
    ],
)
def test_a_damaged_file_is_named_and_no_report_is_written(make_run: Any, file: str, content: str, message: str) -> None:
    folder = make_run()
    (folder.path / file).parent.mkdir(exist_ok=True)
    (folder.path / file).write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        build_report(folder)
    assert not folder.report.exists()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("confusion_matrix", [[1, 2]], "the confusion matrix is not 3 by 3"),
        ("rows", 21, "the confusion matrix counts 20 pictures, rows says 21"),
        ("per_class", [], "per_class does not list the classes"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(make_run: Any, field: str, value: Any, message: str) -> None:
    folder = make_run()
    values = json.loads(folder.evaluation.read_text(encoding="utf-8"))
    folder.evaluation.write_text(json.dumps({**values, field: value}), encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        build_report(folder)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a run"):
        build_report(RunFolder(tmp_path))
