"""The inspect page: one file that stands alone, says what is true, and stays small whatever it is given."""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.cli import main
from onelook.commands.inspect import inspect_data
from onelook.inspection.page import gather, write_page
from onelook.inspection.training_preview import PageRequest

SCRIPT = "<script>alert(1)<"
QUOTED = 'a "quoted" & <b>bold</b>'.replace("/", "")
_VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """Follows the tags of a page; `inside` maps the id of each section to its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self._section = ""
        self.feed(html)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "section":
            self._section = dict(attrs)["id"] or ""
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if self._section and self.open[-1] != "script":
            text = f"{self.inside.get(self._section, '')} {data}"
            self.inside[self._section] = " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())

    def attributes(self, name: str) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


def look(data: Path, *words: str, out: Path) -> Page:
    assert main(["inspect", str(data), "--html", str(out), *words]) == 0
    return Page(out.read_text(encoding="utf-8"))


def draw(path: Path, seed: int, size: tuple[int, int] = (20, 14)) -> None:
    """A small colour picture that is sharp, neither dark nor bright, and unlike every other."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """Two classes with names that try to break out: 22 pictures of three sizes, a copy and a damaged one."""
    root = tmp_path / "messy"
    for class_at, class_name in enumerate((SCRIPT, QUOTED)):
        for number in range(10):
            size = (20, 14) if number < 8 else (30, 40 + number)
            draw(root / class_name / f'{number} "<i>".png', 100 * class_at + number, size)
    shutil.copy(root / SCRIPT / '1 "<i>".png', root / SCRIPT / "again.png")
    (root / QUOTED / "cut.png").write_bytes(b"\x89PNG and then nothing")
    return root


def test_it_needs_nothing_else_and_runs_no_script_but_its_own(messy: Path, tmp_path: Path) -> None:
    page = look(messy, out=tmp_path / "look.html")
    html = (tmp_path / "look.html").read_text(encoding="utf-8")
    for address in (*page.attributes("src"), *page.attributes("href")):
        assert address.startswith(("data:", "#")), address
    assert not re.search(r"https?:|@import|url\(", html)
    assert html.count("<script") == 1
    assert "<i>" not in html.replace("<i class", "")
    assert "<b>bold" not in html
    assert "default-src 'none'" in html
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_it_can_be_read_aloud_and_every_link_leads_somewhere(messy: Path, tmp_path: Path) -> None:
    page = look(messy, out=tmp_path / "look.html")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
    assert all(attributes.get("aria-label") for tag, attributes in page.tags if tag == "svg")
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {address[1:] for address in page.attributes("href") if address.startswith("#")} <= set(ids)


def test_every_section_says_what_is_true(messy: Path, tmp_path: Path) -> None:
    inside = look(messy, out=tmp_path / "look.html").inside
    assert list(inside) == ["overview", "findings", "samples", "counts", "sizes", "data", "augmentation", "next"]
    assert "22 pictures of 2 classes." in inside["overview"]
    assert "Sound enough to begin with" in inside["overview"]
    assert "Pictures that cannot be read" in inside["findings"]
    assert "Exact copies with the same label in one split" in inside["findings"]
    assert re.search(r"22 found = 20 used .* \+ 1 exact copies .* \+ 1 not readable", inside["data"])
    assert "3 sizes, from 14 × 20 to 49 × 30" in inside["sizes"]
    assert "14 × 20 17" in inside["sizes"]  # eight of each class, and the copy
    assert f"{SCRIPT} 11" in inside["counts"]
    assert "One picture, 15 versions" in inside["augmentation"]
    assert "mirroring and small shifts" in inside["augmentation"]
    assert f"onelook train {messy}" in inside["next"]


def test_of_each_class_pictures_are_drawn_that_would_be_used_the_same_each_time(messy: Path, tmp_path: Path) -> None:
    found = inspect_data(messy)
    request = PageRequest(tmp_path / "look.html", (str(messy),))
    seen, again = gather(found, request), gather(found, request)
    assert [one.class_name for one in seen.samples] == list(found.dataset.class_names)
    ids = {picture.id for one in seen.samples for picture in one.pictures}
    assert len(ids) == 20
    assert not any(each.endswith(("again.png", "cut.png")) for each in ids)
    assert seen == again
    shown = (*(p.file for one in seen.samples for p in one.pictures), *(seen.augmentation or seen).versions)  # type: ignore[union-attr]
    assert all(seen.pictures.data_uri(file) for file in shown)


def test_pictures_of_one_size_get_one_sentence_and_no_chart(tmp_path: Path) -> None:
    for number in range(12):
        draw(tmp_path / "even" / "ab"[number % 2] / f"{number}.png", number)
    page = look(tmp_path / "even", out=tmp_path / "look.html")
    assert "Every picture is 14 × 20 pixels" in page.inside["sizes"]
    assert "svg" not in [tag for tag, _ in page.tags]


def test_pictures_of_many_sizes_are_drawn_by_width_and_height(tmp_path: Path) -> None:
    for number in range(12):
        draw(tmp_path / "odd" / "ab"[number % 2] / f"{number}.png", number, (20 + number, 20 + 2 * number))
    page = look(tmp_path / "odd", out=tmp_path / "look.html")
    (size_map,) = [one["aria-label"] for tag, one in page.tags if tag == "svg" and "width and height" in str(one)]
    assert size_map == "Pictures by width and height: 20 to 31 pixels wide, 20 to 42 high."


def test_two_hundred_classes_stay_small_and_can_be_searched(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (600, 32, 32, 3), dtype=np.uint8)
    np.savez(tmp_path / "many.npz", x=images, y=np.array([f"class {row % 200:03d}" for row in range(600)]))
    page = look(tmp_path / "many.npz", out=tmp_path / "look.html")
    # Two thumbnails a class of pure noise, which no compression makes smaller: 3 kB each, and a third for base64.
    assert (tmp_path / "look.html").stat().st_size < 2_000_000
    assert len([1 for tag, one in page.tags if tag == "div" and one.get("class") == "sample"]) == 200
    assert "140 more classes" in page.inside["samples"]
    assert "All 200 classes" in page.inside["counts"]
    assert ".sample" in page.attributes("data-search")


def test_augmentation_is_as_the_recipe_or_the_settings_say(messy: Path, tmp_path: Path) -> None:
    asked = look(messy, "--set", "rotation_range=40", out=tmp_path / "asked.html").inside["augmentation"]
    assert "rotation_range 40" in asked
    assert "This is what the command asks for." in asked
    recipe = look(messy, "--recipe", "digits-minimal", out=tmp_path / "recipe.html").inside
    assert "The recipe digits-minimal does not augment pictures" in recipe["augmentation"]
    assert "mirroring and small shifts" in recipe["augmentation"]
    assert "--recipe digits-minimal" in recipe["next"]
    off = look(messy, "--set", "augment=none", out=tmp_path / "off.html").inside["augmentation"]
    assert "training would not change the pictures" in off


def test_earlier_decisions_of_a_fixes_file_are_on_the_page(messy: Path, tmp_path: Path) -> None:
    fixes, out = tmp_path / "my fixes.csv", tmp_path / "look.html"
    identifier = f'{SCRIPT}/3 "<i>".png'
    with fixes.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "action", "class_name"], [identifier, "relabel", QUOTED]])
    look(messy, "--fixes", str(fixes), out=out)
    assert [each[:3] for each in earlier_on(out)] == [[identifier, "relabel", QUOTED]]
    look(messy, out=out)
    assert earlier_on(out) == []


def earlier_on(page: Path) -> list[list[str]]:
    """Return the decisions that a page begins with."""
    found = re.search(r'<template id="marking">(.*?)</template>', page.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    earlier: list[list[str]] = json.loads(unescape(found[1]))["earlier"]
    return earlier


def test_data_that_cannot_be_trained_on_says_why(tmp_path: Path) -> None:
    for number, name in enumerate("ab"):
        draw(tmp_path / "few" / name / "1.png", number)
    inside = look(tmp_path / "few", out=tmp_path / "look.html").inside
    assert "It cannot be trained on yet." in inside["overview"]
    assert "'a' (1)" in inside["overview"]


def test_pictures_without_labels_are_for_prediction(messy: Path, tmp_path: Path) -> None:
    inside = look(messy / SCRIPT, out=tmp_path / "look.html").inside
    assert "11 pictures without labels." in inside["overview"]
    assert "no classes to count" in inside["counts"]
    assert "onelook predict MODEL" in inside["next"]


def test_a_page_is_replaced_and_nothing_else_is(messy: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    out = tmp_path / "look.html"
    look(messy, out=out)
    first = out.read_bytes()
    look(messy, out=out)
    assert out.read_bytes() == first
    capsys.readouterr()
    table = tmp_path / "labels.csv"
    table.write_text("id,label\n")
    for taken, words in ((tmp_path, "is a folder"), (table, "is not an HTML page"), (table / "look.html", "is a file")):
        assert main(["inspect", str(messy), "--html", str(taken)]) == 2
        printed = capsys.readouterr()
        assert words in " ".join(printed.err.split())
        assert printed.out == ""  # said before a picture is read
    assert table.read_text() == "id,label\n"


def test_the_document_and_the_page_come_together(messy: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    page = look(messy, "--json", out=tmp_path / "look.html")
    printed = capsys.readouterr()
    assert json.loads(printed.out)["rows"] == 22
    assert "look.html" in printed.err
    assert page.inside


def test_a_failure_leaves_the_old_page(messy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "look.html"
    out.write_text("<!doctype html>old")

    def fail(_: object) -> str:
        raise RuntimeError

    monkeypatch.setattr("onelook.inspection.page.render_inspection", fail)
    with pytest.raises(RuntimeError):
        write_page(inspect_data(messy), PageRequest(out, (str(messy),)))
    assert out.read_text() == "<!doctype html>old"
