"""What outputs of a notebook say, whole: of models, predictions, runs, data sets, grids and epochs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.report.notebook.test_outputs import Tags, assert_harmless, html_of
from tests.report.sections.test_views import plain

from onelook.classifier import Prediction
from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.errors import ConfigError
from onelook.report.notebook.classifier import classifier_html, prediction_html, predictions_html
from onelook.report.notebook.draw_samples import DrawnClass, DrawnPicture
from onelook.report.notebook.picture_grid import PictureGrid
from onelook.report.notebook.run import run_html
from onelook.report.notebook.tables import history_html
from onelook.run_folder import RunFolder
from onelook.settings import DecodeSettings


def facts(html: str) -> list[tuple[str, str]]:
    """The facts of an output, as (name, text)."""
    assert_harmless(html)
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", plain(html))
    return [(name, re.sub(r"<[^>]+>", "", text).replace("&#39;", "'")) for name, text in found]


def rows(html: str) -> list[list[str]]:
    """The rows of the tables of an output, as the text of each cell; a bar has its length."""
    assert_harmless(html)
    html = re.sub(r'style="--length: (.*?)"></span>', r">\1</span>", plain(html))
    found = [row.partition("</tr>")[0] for row in re.split(r"<tr[^>]*>", html)[1:]]
    cells = [[cell.partition(">")[2] for cell in re.split(r"<t[hd]\b", row)[1:]] for row in found]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def model(**changes: Any) -> Any:
    card = {
        "class_names": ("cat", "dog", "eel"),
        "input_shape": (8, 12, 3),
        "decode": DecodeSettings(height=8, width=12, channels=3),
        "dtype": "uint8",
        "value_range": (0.0, 255.0),
        "training": {},
        "metrics": {},
    }
    return SimpleNamespace(card=SimpleNamespace(**{**card, **changes}), engine="onnx", golden=None)


def decode(**changes: Any) -> DecodeSettings:
    return DecodeSettings(height=8, width=12, channels=3, **changes)


MANY = tuple(f"kind {number}" for number in range(42))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, {}),
        ({"decode": decode(resize="fit")}, {"takes": "pictures of 8×12, colour; other shapes are padded"}),
        (
            {"decode": decode(resize="crop"), "input_shape": (8, 12, 1)},
            {"takes": "pictures of 8×12, grey; of other shapes the centre is taken"},
        ),
        (
            {"dtype": "float32", "value_range": (-1.0, 1.0)},
            {"arrays": "float32 with values -1 to 1, or uint8 with values 0 to 255"},
        ),
        (
            {"decode": decode(deep_range=(0, 4095))},
            {"arrays": "uint8 with values 0 to 255, or values 0 to 4,095"},
        ),
        ({"class_names": MANY}, {"classes": f"{', '.join(MANY[:40])} and 2 more"}),
        ({"metrics": {"val_accuracy": 0.98765}}, {"score": "98.77 % of its validation pictures right"}),
        ({"metrics": {"val_accuracy": None, "accuracy": 0.5}}, {}),
    ],
)
def test_what_a_classifier_is_and_takes(changes: dict[str, Any], said: dict[str, str]) -> None:
    whole = {
        "classes": "cat, dog and eel",
        "takes": "pictures of 8×12, colour; other sizes are stretched to it",
        "arrays": "uint8 with values 0 to 255, or floats from 0 to 1",
        "engine": "onnx",
    }
    assert facts(classifier_html(model(**changes))) == [*{**whole, **said}.items()]


def test_a_trained_classifier_says_of_what_and_shows_its_answers() -> None:
    known = model(training={"date": "2026-01-02", "data": "photos", "model": "cnn", "seed": 0})
    probabilities = np.full((9, 3), 0.125, np.float32)
    probabilities[range(9), [0, 1, 2, 2, 1, 0, 2, 1, 1]] = [0.75, 0.9999, 0.75, 0.5, 0.75, 0.625, 0.75, 1, 1]
    known.golden = SimpleNamespace(
        pictures=np.arange(9, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 12, 3), np.uint8),
        probabilities=probabilities,
    )
    html = classifier_html(known)
    assert facts(html)[0] == ("trained", "cnn, photos, 2026-01-02")
    assert "Its answers to pictures that are saved with it" in html
    assert re.findall(r'alt="(\w+)"', html) == ["cat", "dog", "eel", "eel", "dog", "cat", "eel"]  # seven of nine
    shares = re.findall(r"<b>(.*?)</b>", plain(html))
    assert shares == ["75.0 %", "&gt; 99.9 %", "75.0 %", "50.0 %", "75.0 %", "62.5 %", "75.0 %"]
    assert len({image["src"] for image in Tags(html).named("img")}) == 7
    only = model(training={"data": "photos", "date": ""})
    only.golden = known.golden
    assert facts(classifier_html(only))[0] == ("trained", "photos")


def prediction(shares: dict[str, float], identifier: str | None = None) -> Prediction:
    name = max(shares, key=lambda each: shares[each])
    return Prediction(name, shares[name], shares, identifier)


SIX = {"a": 0.03125, "b": 0.5, "c": 0.25, "d": 0.125, "e": 0.0625, "f": 0.03125}


@pytest.mark.parametrize(
    ("shares", "more"),
    [
        ({"a": 0.75, "b": 0.25}, None),
        ({name: share for name, share in SIX.items() if name != "f"}, None),
        (SIX, "And 1 less likely class."),
        ({**SIX, "g": 0.0}, "And 2 less likely classes."),
    ],
)
def test_a_prediction_lists_its_five_likeliest_classes(shares: dict[str, float], more: str | None) -> None:
    html = prediction_html(prediction(shares, "cat.png"))
    assert '<p class="lead">cat.png</p>' in html
    ranked = sorted(shares, key=lambda name: -shares[name])[:5]
    assert rows(html) == [[name, f"{100 * shares[name]:.1f}%", f"{100 * shares[name]:.1f} %"] for name in ranked]
    assert [row.get("class") for row in Tags(html).named("tr")] == [None, *["second"] * (len(ranked) - 1)]
    notes = re.findall(r'<p class="note">(.*?)</p>', html)
    assert notes == ([] if more is None else [more])
    assert '<p class="lead">' not in prediction_html(prediction(shares))


@pytest.mark.parametrize(
    ("count", "more"), [(1, None), (20, None), (21, "And 1 more picture."), (22, "And 2 more pictures.")]
)
def test_predictions_have_their_picture_and_the_next_best(count: int, more: str | None) -> None:
    shares = {"a": 0.25, "b": 0.625, "c": 0.125}
    several = [prediction(shares), prediction({"a": 1.0}, "x/2.png"), *[prediction(shares, "y")] * 20][:count]
    html = predictions_html(several)
    assert rows(html) == [
        ["picture", "class", "probability", "next best"],
        *[["0", "b", "62.5%", "62.5 %", "a, 25.0 %"], ["x/2.png", "a", "100.0%", "&gt; 99.9 %", ""]][:count],
        *[["y", "b", "62.5%", "62.5 %", "a, 25.0 %"]] * max(0, min(count, 20) - 2),
    ]
    assert f'<p class="lead">{count} prediction{"s" * (count > 1)}</p>' in html
    assert re.findall(r'<p class="note">(.*?)</p>', html) == ([] if more is None else [more])


def test_a_run_that_was_not_scored_says_so_and_its_links_open(
    make_run: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = make_run(status="interrupted")
    folder.evaluation.unlink()
    folder.report.write_text("the report")
    html = run_html(folder)
    assert '<p class="lead">' + str(folder.path) + ": interrupted</p>" in html
    assert "The model was not scored." in html
    assert "The run was interrupted after 3 epochs. To continue it, run the same command with resume=True." in html
    monkeypatch.chdir(tmp_path)
    odd = Path("100% #1 a?b")
    folder.path.rename(odd)
    (odd / "model").mkdir()
    html = run_html(RunFolder(odd))
    assert [link["href"] for link in Tags(html).named("a")] == ["100%25%20%231%20a%3Fb/report.html"]
    assert facts(html)[1:] == [("report", "100% #1 a?b/report.html"), ("model", "100% #1 a?b/model")]
    (odd / "report.html").unlink()
    assert [name for name, _ in facts(run_html(RunFolder(odd)))] == ["trained", "model"]


def test_a_run_shows_twelve_errors_and_counts_the_others(make_run: Callable[..., RunFolder]) -> None:
    folder = make_run(names=("a", "b"), confusion=[[9, 14], [0, 9]], pictures=True)
    html = run_html(folder)
    assert len(Tags(html).named("img")) == 12
    assert '<p class="note">And 2 more errors.</p>' in html


def test_a_data_set_counts_every_part_and_its_longest_bar_is_that_of_the_largest_class() -> None:
    values = np.arange(12, dtype=np.uint8)[:, None, None] * np.ones((1, 8, 8), np.uint8)
    labels = ["a"] * 6 + ["b"] * 3 + ["c"] * 3
    data = open_dataset({"train": (values, labels), "test": (values[5:], labels[5:])})
    html = html_of(data)
    assert [[row[0], *row[2:]] for row in rows(html)] == [
        ["class", "train", "test", ""],
        ["a", "6", "1", "100.0%"],
        ["b", "3", "3", "85.7%"],
        ["c", "3", "3", "85.7%"],
    ]
    assert 'style="--side: 72px"' in html
    assert facts(html)[1:] == [("parts", "train 12, test 7"), ("pictures", "8×8 grey, uint8, values 0 to 255")]


def test_a_data_set_names_missing_values_what_is_set_aside_and_why_it_has_no_classes() -> None:
    data: Dataset = open_dataset(np.zeros((3, 8, 8), np.uint8))
    changed = replace(data, missing_values=1, set_aside={"x.png": "odd"}, no_classes="Numbers.", notes=("First.",))
    html = html_of(changed)
    assert facts(html)[-2:] == [("missing", "1 value"), ("set aside", "1 picture that belongs to no part")]
    assert re.findall(r"<li>(.*?)</li>", html) == ["Numbers.", "First."]
    two = html_of(replace(changed, missing_values=2_000, set_aside={"x.png": "odd", "y.png": "odd"}, no_classes=""))
    assert facts(two)[-2:] == [("missing", "2,000 values"), ("set aside", "2 pictures that belong to no part")]
    assert re.findall(r"<li>(.*?)</li>", two) == ["First."]


def test_pictures_come_from_the_labelled_training_part_in_its_order() -> None:
    values = np.arange(40, dtype=np.uint8)[:, None, None] * np.ones((1, 8, 8), np.uint8)
    both = open_dataset({"train": (values, ["a", "b"] * 20), "test": (values, ["a", "b"] * 20)})
    parts = {name: replace(part, labels=None) if name == "train" else part for name, part in both.parts.items()}
    for data, part in ((both, "train"), (replace(both, parts=parts), "test")):
        html = html_of(data)
        ids = re.findall(r'alt="(\w+)/(\d+)"', html)
        assert {name for name, _ in ids} == {part}
        numbers = [int(number) for _, number in ids]
        assert numbers[:8] == sorted(numbers[:8])  # of a
        assert numbers[8:] == sorted(numbers[8:])
        assert [number % 2 for number in numbers] == [1] * 8 + [0] * 8


@pytest.mark.parametrize(
    ("names", "more"),
    [(None, "5 more classes are not shown"), (["kind 3"], None), ([f"kind {number}" for number in range(25)], None)],
)
def test_only_classes_that_nobody_chose_away_are_said_to_be_missing(names: list[str] | None, more: str | None) -> None:
    labels = [f"kind {number}" for number in range(25)]
    data = open_dataset((np.zeros((25, 8, 8), np.uint8), labels))
    grid = data.show(class_names=names)
    assert [one.class_name for one in grid.classes] == (names or labels[:20])
    html = html_of(grid)
    assert ("not shown" in html) == (more is not None)
    assert more is None or more in html


@pytest.mark.parametrize(("names", "most"), [(None, 50), (["kind 3"], 1_000), (["kind 3", "kind 4", "kind 5"], 333)])
def test_a_grid_has_a_thousand_pictures_at_most(names: list[str] | None, most: int) -> None:
    data = open_dataset((np.zeros((25, 8, 8), np.uint8), [f"kind {number}" for number in range(25)]))
    data.show(each=most, class_names=names)
    classes = 20 if names is None else len(names)
    with pytest.raises(ConfigError) as refused:
        data.show(each=most + 1, class_names=names)
    assert str(refused.value) == (
        f"show(each={most + 1}): expected 1 to {most} pictures of each of {classes} class{'es' * (classes > 1)}."
    )


@pytest.mark.parametrize(("classes", "shown", "side"), [(4, 4, 72), (5, 5, 44), (12, 12, 44), (13, 10, 44)])
def test_up_to_twelve_classes_have_a_row(classes: int, shown: int, side: int) -> None:
    labels = [f"kind {label}" for label in range(classes) for _ in range(1 + (label == classes - 1))]
    html = html_of(open_dataset((np.zeros((len(labels), 8, 8), np.uint8), labels)))
    assert [row[0] for row in rows(html)[1:]] == [f"kind {number}" for number in range(shown)]
    assert f'style="--side: {side}px"' in html
    more = "And 3 more classes, of 1 to 2 pictures. dataset.show(class_names=[…]) shows those you name."
    assert re.findall(r'<p class="note">(.*?)</p>', html) == ([more] if classes > 12 else [])


def png(width: int, height: int, shade: int) -> DrawnPicture:
    encoded = BytesIO()
    Image.new("L", (width, height), shade).save(encoded, "PNG")
    return DrawnPicture(f"{shade}", encoded.getvalue(), ".png")


GRID = PictureGrid(
    "drawn",
    (
        DrawnClass("a", 1_200, (png(16, 8, 10), png(8, 16, 20), DrawnPicture("lost", b"", ".png"))),
        DrawnClass("", 3, (png(300, 150, 30),)),
    ),
    1,
)


def test_pictures_of_a_grid_keep_their_shape_in_the_middle_of_their_place() -> None:
    pixels = np.asarray(GRID.as_picture().convert("L"))
    assert pixels.shape == (2 * 24 - 8 + 2 * (34 + 112 + 8), 24 + 3 * (112 + 8) - 8 + 24)
    turned = PictureGrid("drawn", GRID.classes[::-1], 1)  # the widest is not the first
    assert turned.as_picture().size == pixels.shape[::-1]
    for shade, place, box in (
        (10, (24 + 34, 24), (28, 0, 56, 112)),  # wide: enlarged seven times
        (20, (24 + 34, 24 + 120), (0, 28, 112, 56)),  # high
        (30, (24 + 34 + 120 + 34, 24), (28, 0, 56, 112)),  # shrunk
    ):
        at = np.argwhere(pixels[place[0] :, place[1] :][:112, :112] == shade)
        first, last = at.min(axis=0), at.max(axis=0)
        assert (*first.tolist(), *(last - first + 1).tolist()) == box
    html = html_of(GRID)
    assert re.findall(r"<h4>(.*?) <small>(.*?)</small></h4>", html) == [("a", "1,200"), ("not labelled", "3")]
    assert Tags(html).text.count("no thumbnail") == 1
    assert "1 more class is not shown" in html
    assert repr(GRID) == "<PictureGrid: drawn, 4 pictures; .save('pictures.png') writes them>"


@pytest.mark.parametrize(
    ("name", "start"),
    [("A.PNG", b"\x89P"), ("a.Jpg", b"\xff\xd8"), ("a.JPEG", b"\xff\xd8"), ("a.HTML", b"<!"), ("a.htm", b"<!")],
)
def test_a_grid_is_saved_by_its_suffix_in_either_case(name: str, start: bytes, tmp_path: Path) -> None:
    assert GRID.save(str(tmp_path / name)) == tmp_path / name
    assert (tmp_path / name).read_bytes().startswith(start)


def test_the_latest_epochs_are_shown_with_rounded_numbers() -> None:
    epochs = [{"epoch": number, "val_loss": 1 / 3 + number, "seconds": None, "steps": 5} for number in range(1, 18)]
    html = history_html(epochs)
    assert rows(html) == [
        ["epoch", "val loss", "seconds", "steps"],
        *[[str(number), f"{1 / 3 + number:.4g}", "None", "5"] for number in range(3, 18)],
    ]
    assert '<p class="lead">17 epochs</p>' in html
    assert '<p class="after">And 2 earlier epochs.</p>' in html
    assert "earlier epoch" not in history_html(epochs[:15])
    assert "And 1 earlier epoch." in history_html(epochs[:16])
    assert '<p class="lead">0 epochs</p>' in history_html([])
