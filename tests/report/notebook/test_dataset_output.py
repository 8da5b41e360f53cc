"""What a notebook shows for a data set, and the grid of its pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.errors import ConfigError
from onelook.report.notebook.draw_samples import draw_samples

from .test_outputs import HOSTILE, Tags, assert_harmless, html_of


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return open_dataset("digits")


def shades(classes: int, each: int = 2) -> Dataset:
    """Pictures of one grey a class: class 3 has the value 3."""
    labels = np.repeat(np.arange(classes), each)
    pictures = labels[:, None, None] * np.ones((1, 8, 8), np.int64)
    return open_dataset((pictures.astype(np.uint8), [f"kind {label}" for label in labels]))


def test_a_data_set_shows_pictures_and_counts_of_each_class_and_its_parts(digits: Dataset) -> None:
    html = html_of(digits)
    assert_harmless(html)
    tags = Tags(html)
    assert "digits: 1,797 pictures of 10 classes" in tags.text
    assert "train 1,437, test 360" in tags.text
    assert "8×8 grey, uint8, values 0 to 255" in tags.text
    assert len(tags.named("img")) == 60
    assert re.search(r"0\s*142\s*36\s*1\s*146\s*36", tags.text)
    assert repr(digits) == "<Dataset 'digits': built-in, 1,797 pictures, 10 classes>"


def test_of_many_classes_the_first_are_shown_and_the_others_are_counted() -> None:
    tags = Tags(html_of(shades(100)))
    assert len(tags.named("img")) == 20
    assert "And 90 more classes, of 2 pictures each." in tags.text


def test_notes_and_names_are_escaped(tmp_path: Path) -> None:
    for name in ("a<script>alert(1)<script>", "b"):
        (tmp_path / name).mkdir()
        Image.new("L", (8, 8)).save(tmp_path / name / "1.png")
    html = html_of(open_dataset(tmp_path))
    assert_harmless(html)
    assert "a<script>alert(1)<script>" in Tags(html).text
    labels = [HOSTILE, "b"]
    assert_harmless(html_of(open_dataset((np.zeros((2, 8, 8), np.uint8), labels)).show()))


def test_pictures_without_labels_are_shown_in_one_row() -> None:
    tags = Tags(html_of(open_dataset(np.zeros((30, 8, 8), np.uint8))))
    assert len(tags.named("img")) == 16
    assert "not labelled" in tags.text


def test_a_picture_that_cannot_be_read_leaves_a_gap(photos: Path) -> None:
    (photos / "dark" / "2.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    tags = Tags(html_of(open_dataset(photos)))
    assert len(tags.named("img")) == 5
    assert tags.text.count("no thumbnail") == 1


def test_when_time_is_up_each_class_has_its_first_picture(digits: Dataset) -> None:
    seconds = iter(range(100))
    drawn = draw_samples(
        digits.parts["train"],
        digits.class_names,
        digits.class_names,
        5,
        seed=0,
        longest=96,
        seconds=11,
        clock=lambda: float(next(seconds)),
    )
    assert [[bool(one.content) for one in each.pictures] for each in drawn] == [[True] + [False] * 4] * 10


def test_the_drawn_pictures_are_those_of_the_class() -> None:
    drawn = draw_samples(shades(9).parts["all"], shades(9).class_names, ["kind 7"], 2, seed=0, longest=96, seconds=60)
    assert [one.id for one in drawn[0].pictures] == ["15", "16"]
    assert (drawn[0].class_name, drawn[0].count) == ("kind 7", 2)


def test_show_draws_what_is_asked_for(digits: Dataset) -> None:
    grid = digits.show("test", each=3, class_names=["8", "1"])
    assert [(one.class_name, one.count, len(one.pictures)) for one in grid.classes] == [("8", 35, 3), ("1", 36, 3)]
    assert repr(grid) == "<PictureGrid: digits, test, 6 pictures; .save('pictures.png') writes them>"
    assert digits.show(seed=1).classes != digits.show(seed=0).classes
    assert digits.show(seed=1).classes == digits.show(seed=1).classes
    html = html_of(grid)
    assert_harmless(html)
    assert len(Tags(html).named("img")) == 6


def test_a_part_and_a_sample_show_their_pictures(digits: Dataset) -> None:
    part, sample = html_of(digits["test"]), html_of(digits["test"][0])
    for html in (part, sample):
        assert_harmless(html)
    assert "test: 360 pictures" in Tags(part).text
    assert len(Tags(part).named("img")) == 40
    assert "20 more classes are not shown" in Tags(html_of(shades(30)["all"])).text
    assert Tags(sample).text.split() == ["label1", "idtest/1", "picture8×8×1,", "uint8"]
    assert len(Tags(sample).named("img")) == 1
    without_labels = open_dataset(np.zeros((3, 8, 8), np.uint8))["all"]
    assert "not labelled" in Tags(html_of(without_labels)).text
    assert "label" not in Tags(html_of(without_labels[0])).text


def test_show_says_that_there_are_more_classes() -> None:
    assert "10 more classes are not shown" in Tags(html_of(shades(30).show())).text


@pytest.mark.parametrize(
    ("show", "text"),
    [
        (lambda data: data.show("tset"), "there is no part 'tset'"),
        (lambda data: data.show(class_names=["11"]), "unknown class '11'"),
        (lambda data: data.show(each=0), "show(each=0): expected 1 to 100 pictures of each of 10 classes"),
        (lambda data: data.show(each=1).save("grid.gif"), "grid.gif: a grid of pictures is saved as .png, .jpg or"),
    ],
)
def test_what_cannot_be_shown_is_refused(digits: Dataset, show: Callable[[Dataset], object], text: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(text)):
        show(digits)


def test_a_grid_is_saved_as_a_picture_and_as_a_page(digits: Dataset, tmp_path: Path) -> None:
    grid = digits.show(each=2, class_names=["0", "1"])
    with Image.open(grid.save(tmp_path / "grid.png")) as saved:
        pixels = np.asarray(saved.convert("L"))
    # Two rows of a title and a picture; pixel art is enlarged by a whole factor, 8 to 112 pixels.
    assert pixels.shape == (2 * 24 - 8 + 2 * (34 + 112 + 8), 360)
    first = digits["train"][int(grid.classes[0].pictures[0].id.partition("/")[2]) - 1].picture
    assert np.array_equal(pixels[24 + 34 : 24 + 34 + 112 : 14, 24 : 24 + 112 : 14], first[..., 0])
    with Image.open(grid.save(tmp_path / "grid.jpg")) as saved:
        assert saved.size == (360, 348)
    page = grid.save(tmp_path / "grid.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count('src="data:image/png') == 4
