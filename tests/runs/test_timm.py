"""A run on a network of timm: its file of weights, its preparation, and a model that needs no timm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import load_file
from safetensors.torch import save_file

from onelook.classifier import load
from onelook.cli import main
from onelook.commands.summary import summarize_network
from onelook.commands.train import train
from onelook.errors import ConfigError, DataError
from onelook.models.timm import network as timm_network
from onelook.planning import pretrained_request
from onelook.planning.facts import DataFacts
from onelook.planning.options import check_names
from onelook.planning.pretrained_choice import choose_image_size
from onelook.planning.time_budget import TimeBudget

NAME = "timm:resnet10t"


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 pictures of 32 px, reddish or bluish."""
    root = tmp_path_factory.mktemp("colours")
    draw = np.random.default_rng(0)
    for number in range(24):
        name, channel = ("red", 0) if number % 2 else ("blue", 2)
        pixels = draw.integers(0, 90, (32, 32, 3))
        pixels[..., channel] += 120
        (root / name).mkdir(exist_ok=True)
        Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def weights(timm: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("weights") / "own.safetensors"
    save_file(timm.create_model("resnet10t").state_dict(), path)
    return path


@pytest.fixture
def run(colours: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("os.fsync", lambda _: None)

    def train_them(out: str = "run", **settings: Any) -> Any:
        said: list[str] = []
        options = {"model": NAME, "weights": str(weights), "image_size": 32, "val": 0.25, "epochs": 1, **settings}
        found = train(colours, out=tmp_path / out, say=said.append, **options)
        return found, " ".join("\n".join(said).split())

    return train_them


def test_a_head_is_trained_on_its_features_and_the_model_needs_no_timm(
    run: Any, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, said = run(epochs=10)
    assert "weights of the file own.safetensors (licence not stated)" in said
    assert found.evaluation.accuracy == 1.0
    monkeypatch.setattr(timm_network, "_import_timm", lambda name: pytest.fail("timm was imported"))
    monkeypatch.setattr(timm_network, "_find_stored", lambda name: pytest.fail("the translation was read"))
    classifier = load(found.folder.model)
    card = classifier.card
    assert (card.preprocess.mean, card.preprocess.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    origin = card.training["pretrained"]
    assert (origin["name"], origin["file"], origin["licence"]) == (NAME, "own.safetensors", "not stated")
    assert (origin["mean"], origin["tuned"]) == ([0.485, 0.456, 0.406], "head")
    stem = load_file(weights)["conv1.0.weight"]
    np.testing.assert_array_equal(classifier.weights["0.weight"], stem)
    assert "less 0.485/0.456/0.406" in found.folder.report.read_text()
    assert "licence not stated" in summarize_network(str(found.folder.path)).pretrained


@pytest.mark.usefixtures("score_alone")
def test_the_whole_network_is_tuned_and_gone_on_from_without_timm(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = run("first", tune="full")
    monkeypatch.setattr(timm_network, "timm_network", lambda name: pytest.fail("timm's network was asked for"))
    going_on = {"from_model": str(first.folder.path), "model": None, "weights": None, "image_size": None, "val": None}
    again, _ = run("again", tune="full", **going_on)
    before, after = (load(each.folder.model).weights["0.weight"] for each in (first, again))
    assert not np.array_equal(before, after)


@pytest.mark.usefixtures("score_alone")
def test_it_is_tuned_block_by_block(run: Any) -> None:
    found, _ = run(tune="gradual", epochs=2)
    assert len((found.folder.path / "history.jsonl").read_text().splitlines()) == 2
    assert load(found.folder.model).card.training["pretrained"]["tuned"] == "gradual"


@pytest.mark.usefixtures("score_alone")
def test_from_scratch_it_is_a_network_like_any_other(run: Any) -> None:
    found, _ = run(weights="none")
    card = load(found.folder.model).card
    assert card.preprocess.mean is None
    assert "pretrained" not in card.training


@pytest.mark.usefixtures("score_alone")
def test_its_features_are_given_to_a_classical_model(run: Any, weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.models.pretrained.weights.fetch_file", lambda backbone: weights)
    found, _ = run(model="lda", weights=None, epochs=None, sets=[f"features.name={NAME}"])
    assert found.evaluation.accuracy == 1.0
    assert load(found.folder.model).card.classical.features.name == NAME


def test_it_is_summed_up_at_its_own_size(timm: Any) -> None:
    summary = summarize_network(NAME)
    assert summary.layers[0].output_shape == (88, 88, 24)  # of pictures of 176 px
    assert "timm's resnet10t.c3_in1k (licence apache-2.0)" in summary.pretrained
    modules = timm.create_model("resnet10t", num_classes=10).state_dict()
    counted = {name: values for name, values in modules.items() if not name.endswith("num_batches_tracked")}
    assert summary.total == sum(values.numel() for values in counted.values())


def test_its_own_size_is_the_first_that_there_is_time_for(timm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.planning.pretrained_choice.available_cores", lambda: 2)
    few = DataFacts(450, 128, 128, 3, ("cat", "dog"), rows=500, shorter_side=300, has_colour=True)
    assert choose_image_size(few, TimeBudget(), NAME) == 176
    assert choose_image_size(replace(few, rows=50_000), TimeBudget(), NAME) == 128


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("train", "digits", "--model", "timm:resnet81"), "has no such network. Near it: resnet18"),
        (("train", "digits", "--models", "cnn,timm:resnet81"), "has no such network"),
        (("train", "digits", "--model", "svc", "--features", "timm:resnet81"), "has no such network"),
        (("summary", "timm:densenet121"), "it has the operation 'cat'"),
    ],
)
def test_a_network_that_cannot_be_had_is_refused_before_data_is_read(
    timm: Any, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_without_the_hub_the_run_ends_before_data_is_read(timm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(_: Any) -> Path:
        raise ConfigError("cannot be fetched")

    monkeypatch.setattr("onelook.models.pretrained.weights.fetch_file", offline)
    check_names({"model": NAME})
    with pytest.raises(ConfigError, match="cannot be fetched"):
        train("digits", model=NAME)


def test_a_wrong_path_is_told_before_weights_are_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pretrained_request, "find_weights", lambda *_: pytest.fail("the weights were asked for"))
    with pytest.raises(DataError, match="nowhere"):
        train(tmp_path / "nowhere", model="efficientnet-lite0", out=tmp_path / "run")
