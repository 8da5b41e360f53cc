"""`onelook verify`, `onelook export`, `onelook summary`: what they say of a model, and what they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.classifier import Classifier, load
from onelook.classifier.tensors import to_safetensors
from onelook.cli import main
from onelook.cli.summary import parse_shape
from onelook.commands.export import export_model
from onelook.commands.summary import _of_classical, _origin, _untrained, network_file, summarize_network
from onelook.commands.verify import verify_model
from onelook.errors import ConfigError, ModelError
from onelook.predictors.onnx import OnnxPredictor
from onelook.settings import NetworkSettings
from onelook.settings.classical import FeatureSettings, FittedClassical
from onelook.settings.network import Conv, Dense, Gate, GlobalPool
from onelook.transforms.hog import hog_length


def undecided(self, images, on_features=None):
    """Every class is as likely as the other."""
    return np.full((len(images), 2), 0.5, np.float32)


@pytest.fixture
def own_model(brightness_model, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(brightness_model, tmp_path / "run" / "model")


@pytest.fixture
def other_graph(brightness_model, tmp_path_factory):
    """The graph of the same network with other weights."""
    other = load(brightness_model)
    weights = tmp_path_factory.mktemp("other") / "weights.safetensors"
    weights.write_bytes(to_safetensors({name: 0.5 * array for name, array in other.weights.items()}))
    other.load_weights(weights)
    return other.graph


def test_verifies_a_sound_model(brightness_model, capsys):
    assert main(["verify", str(brightness_model)]) == 0
    assert "4 files" in capsys.readouterr().out
    assert main(["verify", str(brightness_model), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["passed"] is True


@pytest.mark.parametrize("name", ["model.json", "weights.safetensors", "model.onnx", "golden.safetensors"])
def test_a_missing_or_altered_file_ends_with_4_and_is_named(own_model, name, capsys):
    content = (own_model / name).read_bytes()
    (own_model / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert main(["verify", str(own_model)]) == 4
    assert name in " ".join(capsys.readouterr().err.split())
    (own_model / name).unlink()
    assert main(["verify", str(own_model)]) == 4
    printed = capsys.readouterr()
    assert name in printed.err
    assert "Traceback" not in printed.err


def test_a_model_that_says_something_else_now_fails(brightness_model, monkeypatch):
    monkeypatch.setattr(OnnxPredictor, "probabilities", undecided)
    with pytest.raises(ModelError, match="onnx.*differ"):
        verify_model(brightness_model)


def test_exports_a_file_that_runs_on_its_own(own_model, tmp_path):
    written = export_model(own_model, "onnx", tmp_path / "out.onnx")
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 1), np.uint8)
    exported = OnnxPredictor(written.path).probabilities(images)
    assert np.array_equal(exported, load(own_model).probabilities(images))
    assert written.difference < 1e-5
    assert written.class_names == ("dark", "light")


def test_names_the_file_after_the_run(own_model, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(export_model(own_model, "onnx").path) == "run.onnx"
    assert str(export_model("run", "onnx").path) == "run.onnx"


def test_refuses_to_keep_a_file_that_says_something_else(own_model, tmp_path, monkeypatch):
    monkeypatch.setattr(OnnxPredictor, "probabilities", undecided)
    with pytest.raises(ModelError, match="not kept"):
        export_model(own_model, "onnx", tmp_path / "out.onnx")
    assert not (tmp_path / "out.onnx").exists()


def test_refuses_a_graph_that_says_something_else(own_model, other_graph, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Classifier, "graph", other_graph)
    (tmp_path / "out").mkdir()
    assert main(["export", str(own_model), "--to", "onnx", "--out", str(tmp_path / "out" / "out.onnx")]) == 4
    assert "It was not kept" in " ".join(capsys.readouterr().err.split())
    assert list((tmp_path / "out").iterdir()) == []


def test_compares_what_the_disk_holds_not_what_was_sent_there(own_model, other_graph, tmp_path, monkeypatch):
    old = tmp_path / "out.onnx"
    old.write_bytes(b"old")
    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", lambda path, _: write(path, other_graph))
    with pytest.raises(ModelError, match="differ by .* expected at most 0.0001. It was not kept"):
        export_model(own_model, "onnx", old)
    assert old.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.onnx"]


def test_refuses_an_unknown_format_and_the_model_s_own_folder(own_model):
    with pytest.raises(ConfigError, match="Did you mean 'onnx'"):
        export_model(own_model, "onxn")
    with pytest.raises(ConfigError, match="is inside the model's folder"):
        export_model(own_model, "onnx", own_model / "model.onnx")


def test_summarizes_a_model_at_its_own_input(brightness_model):
    summary = summarize_network(str(brightness_model))
    assert summary.total == 4  # two weights and two biases
    assert summary.layers[-1].output_shape == (2,)


@pytest.mark.parametrize(
    ("name", "total"), [("dogs-vs-cats", 12_942_786), ("cifar10-cnn", 11_082), ("fashion-mlp", 181_226)]
)
def test_shows_a_tutorial_s_network_at_its_tutorial_s_input(name, total, capsys):
    assert main(["summary", name, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["parameters"]["total"] == total
    assert document["layers"][-1]["output_shape"] == [2 if name == "dogs-vs-cats" else 10]


def test_takes_another_input(capsys):
    assert main(["summary", "mlp", "--input", "4x5x3", "--classes", "7", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["layers"][-1]["output_shape"] == [7]
    assert document["layers"][0]["output_shape"] == [60]


def test_prints_a_table_within_80_columns(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["summary", "dogs-vs-cats"]) == 0
    printed = capsys.readouterr().out
    assert "12,942,786" in printed
    assert max(map(len, printed.splitlines())) <= 80


@pytest.mark.parametrize(
    ("source", "name"), [("run.2", "run.2.onnx"), ("run.2/model", "run.2.onnx"), ("run.2.zip", "run.2.onnx")]
)
def test_a_file_without_a_name_is_called_after_its_run_dots_and_all(
    source: str, name: str, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(brightness_model, "run.2/model")
    shutil.make_archive("run.2", "zip", "run.2")
    assert export_model(source, "onnx").path == Path(name)
    for inside in ("run.2/a.onnx", "run.2/model/a.onnx"):
        with pytest.raises(ConfigError, match="is inside the model's folder"):
            export_model("run.2", "onnx", inside)


def test_the_height_is_named_before_the_width() -> None:
    assert parse_shape("24x32x3") == (24, 32, 3)
    assert parse_shape(" 5×7 ") == (5, 7, 1)


def test_pictures_of_two_sides_alone_are_grey(capsys: pytest.CaptureFixture[str]) -> None:
    def summed_up(shape: str) -> object:
        assert main(["summary", "mlp", "--input", shape, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    assert summed_up("8x9") == summed_up("8×9x1") != summed_up("8x9x3")


def test_a_classical_model_on_features_is_summed_up_to_the_last_global_pool() -> None:
    squeeze = (GlobalPool(type="global_average_pool", keepdims=True), Conv(filters=4, kernel=1))
    network = NetworkSettings(
        layers=(
            Conv(filters=4, kernel=3, padding="same"),
            Gate(layers=squeeze),
            GlobalPool(type="global_average_pool"),
            Dense(units="classes"),
        )
    )
    fitted = FittedClassical(
        name="lda", features=FeatureSettings(name="efficientnet-lite0", pca=2), rows=9, size=77, learnt="weights"
    )
    card = SimpleNamespace(classical=fitted, input_shape=(6, 5, 1), network=network, class_names=("a", "b", "c"))
    found = _of_classical(card)  # type: ignore[arg-type]
    assert [(line.name, line.output_shape, line.parameters) for line in found.layers] == [
        ("conv_1", (6, 5, 4), 4 * 9 + 4),
        ("global_average_pool_2.1", (1, 1, 4), 0),
        ("conv_2.2", (1, 1, 4), 4 * 4 + 4),
        ("gate_2", (6, 5, 4), 0),
        ("global_average_pool_3", (4,), 0),
        ("pca_6", (2,), 0),
        ("lda_7", (3,), 77),
    ]
    assert (found.total, found.trainable) == (40 + 20 + 77, 77)
    assert found.multiply_adds == 36 * 30 + 16


@pytest.mark.parametrize(
    ("name", "options", "input_size"),
    [
        ("mlp", {}, 28 * 28),
        ("mlp", {"input_shape": (4, 5, 3)}, 60),
        ("mnist-tutorial", {}, 28 * 28),
        ("dogs-vs-cats", {}, 128 * 128 * 3),
        ("cifar10-cnn", {}, 32 * 32 * 3),
        ("efficientnet-lite0", {}, 224 * 224 * 3),
    ],
)
def test_a_network_is_shown_for_the_pictures_that_it_is_known_for(
    name: str, options: dict[str, Any], input_size: int
) -> None:
    _, facts = _untrained(name, options.get("input_shape"), None)
    assert facts.height * facts.width * facts.channels == input_size
    assert facts.num_classes == (2 if name == "dogs-vs-cats" else 10)
    assert _untrained(name, None, 7)[1].num_classes == 7


def test_a_network_s_file_says_what_it_is_for_and_how_to_go_on() -> None:
    assert network_file("mlp", input_shape=(4, 5, 3)).splitlines()[:4] == [
        "# The network mlp for pictures of 4×5×3. Change what you like, then:",
        "#   onelook summary mine.toml",
        "#   onelook train DATA --model mine.toml",
        "# The last layer returns a number for each class; softmax follows by itself.",
    ]


def test_a_classical_model_has_no_layers_before_it_is_fitted() -> None:
    for ask in (summarize_network, network_file):
        with pytest.raises(ConfigError) as refused:
            ask("svc")
        assert str(refused.value) == (
            "svc has no layers, and its size depends on the data. Expected a network (see `onelook models`), or "
            "the folder of a trained model."
        )


def test_published_weights_are_named_with_their_licence() -> None:
    assert _origin({"trained_on": "ImageNet", "licence": "MIT"}) == (
        "training started from the weights of ImageNet, licence MIT"
    )
    assert _origin(None) == ""
    assert summarize_network("efficientnet-lite0").pretrained.startswith("weights of ImageNet-1k")
    assert summarize_network("mlp").pretrained == ""


def test_a_classical_model_on_pixels_is_summed_up_with_its_components() -> None:
    def summed_up(**features: Any) -> list[tuple[str, tuple[int, ...], int]]:
        fitted = FittedClassical(name="svc", features=FeatureSettings(**features), rows=9, size=77, learnt="vectors")
        card = SimpleNamespace(classical=fitted, input_shape=(12, 16, 3), network=None, class_names=("a", "b", "c"))
        found = _of_classical(card)  # type: ignore[arg-type]
        assert (found.total, found.trainable, found.multiply_adds) == (77, 77, 0)
        return [(line.name, line.output_shape, line.parameters) for line in found.layers]

    assert summed_up() == [("pixels_1", (576,), 0), ("svc_2", (3,), 77)]
    assert summed_up(pca=4) == [("pixels_1", (576,), 0), ("pca_2", (4,), 0), ("svc_3", (3,), 77)]
    assert summed_up(name="hog", hog_cell=3)[0][1] == (hog_length(12, 16, 3),)
