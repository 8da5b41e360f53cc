"""A run whose model looks at several views: what is stored, what is scored by them, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import draw_sides

import onelook
from onelook.commands.summary import summarize_network
from onelook.commands.train import train
from onelook.errors import ConfigError
from onelook.planning.facts import DataFacts
from onelook.planning.plan import views_in_words
from onelook.planning.request import Request
from onelook.report.results import read_results
from onelook.report.sections.model import build_section
from onelook.runs.prepare import prepare_training
from onelook.runs.run import Run
from onelook.settings import TrainSettings, ViewSettings
from onelook.settings.parse import parse_set

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

NETWORK = """
[[layers]]
type = "conv"
filters = 3
activation = "relu"

[[layers]]
type = "flatten"

[[layers]]
type = "dense"
units = "classes"
"""
SIX = parse_set(["views.horizontal_flip=true", "views.shift=1"])
QUICK: dict[str, Any] = {"epochs": 2, "batch_size": 16, "quiet": True}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("network") / "small.toml"
    path.write_text(NETWORK)
    return str(path)


def one_run(network: str, out: Path, **options: Any) -> Run:
    return train(draw_sides(64), model=network, out=out, **QUICK, **options)


@pytest.fixture(scope="module")
def run(network: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return one_run(network, tmp_path_factory.mktemp("runs") / "six", **SIX)


@pytest.fixture(scope="module")
def plain(network: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return one_run(network, tmp_path_factory.mktemp("runs") / "one")


def test_training_is_the_same_and_looks_once(run: Run, plain: Run) -> None:
    for name, weights in run.classifier().weights.items():
        assert np.array_equal(weights, plain.classifier().weights[name])
    curves = [[{**epoch, "seconds": 0} for epoch in each.folder.read_history()] for each in (run, plain)]
    assert curves[0] == curves[1]


def test_the_score_is_taken_as_the_model_predicts(run: Run, plain: Run) -> None:
    assert run.classifier().card.views == ViewSettings(horizontal_flip=True, shift=1)
    losses = [json.loads(each.folder.evaluation.read_text())["loss"] for each in (run, plain)]
    assert losses[0] != losses[1]
    images, labels = draw_sides(64)
    written = {row.split(",")[0]: row.split(",")[2] for row in run.folder.predictions.read_text().splitlines()[1:]}
    for row, probability in written.items():
        (prediction,) = run.classifier().predict(images[int(row) - 1, None])
        assert float(probability) == pytest.approx(prediction.probability, abs=1e-5)
    assert len(written) < len(labels)


def test_the_run_and_its_report_say_so(run: Run, plain: Run) -> None:
    record = run.folder.read_run()
    assert record["model"]["views"] == 6
    (choice,) = [choice for choice in record["choices"] if "views of each picture" in choice]
    assert choice == (
        "6 views of each picture, also mirrored and moved by 1 pixel: predicting takes 6 times as long; mirrored as "
        "you asked, though these are classes that a mirror may swap: left and right are different classes"
    )
    facts = {name: (value, meaning) for name, value, meaning in build_section(read_results(run.folder)).view.facts}
    assert facts["Views"][0] == "6"
    assert "takes 6 times as long" in facts["Views"][1]
    assert facts["Multiply-adds"][1] == "work for one view"
    meanings = {name: meaning for name, _, meaning in build_section(read_results(plain.folder)).view.facts}
    assert "Views" not in meanings
    assert meanings["Multiply-adds"] == "work for one picture"


def test_the_summary_of_a_model_counts_its_views(run: Run, plain: Run) -> None:
    of_six, of_one = (summarize_network(str(each.folder.path)) for each in (run, plain))
    assert (of_six.to_dict()["views"], of_one.to_dict()["views"]) == (6, 1)
    assert of_six.multiply_adds == of_one.multiply_adds
    assert f"the mean of 6 views: {6 * of_one.multiply_adds:,} multiply-adds in all" in str(of_six)
    assert "views" not in str(of_one)


def test_going_on_from_a_model_keeps_its_views(run: Run, tmp_path: Path) -> None:
    again = train(draw_sides(64), from_model=str(run.folder.path), out=tmp_path / "again", **QUICK)
    assert again.classifier().card.views == run.classifier().card.views
    alone = train(
        draw_sides(64),
        from_model=str(run.folder.path),
        out=tmp_path / "alone",
        views={"horizontal_flip": False},
        **QUICK,
    )
    assert alone.classifier().card.views == ViewSettings(shift=1)


def test_a_shift_past_the_picture_is_refused_before_the_training(network: str, tmp_path: Path) -> None:
    expected = "views.shift = 12; expected less than the pictures' shorter side, which is 12 pixels"
    with pytest.raises(ConfigError, match=expected):
        one_run(network, tmp_path / "run", views={"shift": 12})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("views", "names", "expected"),
    [
        (ViewSettings(), ("cat", "dog"), None),
        (ViewSettings(shift=2), ("0", "1"), "3 views of each picture, also moved by 2 pixels: "),
        (ViewSettings(horizontal_flip=True), ("cat", "dog"), "predicting takes 2 times as long"),
        (ViewSettings(horizontal_flip=True), ("0", "1"), "a mirror may swap: classes called by numbers may be digits"),
        (ViewSettings(horizontal_flip=True), ("B", "D"), "mirrored as you asked"),
    ],
)
def test_the_user_is_told_what_views_cost_and_what_a_mirror_does_to_letters(
    views: ViewSettings, names: tuple[str, ...], expected: str | None
) -> None:
    said = views_in_words(views, DataFacts(100, 12, 12, 1, names))
    assert (said is None) if expected is None else (said is not None and expected in said)
    assert ("a mirror may swap" in (said or "")) == (views.horizontal_flip and names != ("cat", "dog"))


def test_views_are_named_in_full_and_off_by_default() -> None:
    """`horizontal_flip` alone stays the change of training pictures, as it is in all our examples."""
    assert parse_set(["horizontal_flip=true"]) == {"augment": {"horizontal_flip": True}}
    assert parse_set(["views.horizontal_flip=true"]) == {"views": {"horizontal_flip": True}}
    assert parse_set(["views=none"]) == {"views": {}}
    assert not TrainSettings().views.is_active
    with pytest.raises(ConfigError, match="unknown setting 'shift'"):
        parse_set(["shift=1"])


@pytest.mark.parametrize("section", ["views", "augment", "mix"])
def test_what_does_nothing_by_default_cannot_be_switched_on_by_true(section: str) -> None:
    with pytest.raises(ConfigError, match=f"{section} = True; expected a table of settings"):
        prepare_training(Request(draw_sides(8), parse_set([f"{section}=true"])))


def test_a_run_that_was_stored_without_views_goes_on(network: str, tmp_path: Path) -> None:
    folder = one_run(network, tmp_path / "run").folder
    stored = json.loads(folder.run_json.read_text())
    del stored["settings"]["views"]
    folder.run_json.write_text(json.dumps(stored))
    again = train(draw_sides(64), out=folder.path, resume=True, **{**QUICK, "epochs": 3}, model=network)
    assert again.status == "complete"
    assert again.folder.read_run()["settings"]["views"] == {"horizontal_flip": False, "shift": 0}
    assert onelook.load(folder.path).card.views == ViewSettings()
