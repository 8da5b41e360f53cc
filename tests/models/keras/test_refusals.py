"""What cannot be imported is refused by its name, with what was found, what was expected and what to do."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.models.keras.conftest import Forge, KerasFiles, layer_named

from onelook.errors import ConfigError, ModelError, OnelookError
from onelook.models.keras import network
from onelook.models.keras.network import read_keras_network
from onelook.settings.shape_layers import Rescale


def refusal(path: Path, error: type[OnelookError] = ModelError, **options: Any) -> str:
    with pytest.raises(error) as refused:
        read_keras_network(path, **options)
    assert str(path) in str(refused.value)
    return str(refused.value)


def becomes(name: str, **settings: Any) -> Callable[[dict[str, Any]], None]:
    """A change of one layer: `class_name` and other fields of its entry, or else its settings."""

    def change(config: dict[str, Any]) -> None:
        layer = layer_named(config, name)
        for field, value in settings.items():
            place = layer if field in ("class_name", "module", "registered_name") else layer["config"]
            place[field] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            becomes("flatten", class_name="Lambda"),
            "layer 'flatten' (Lambda) holds Python code, which onelook never runs. Put layers of Keras in its place",
        ),
        (
            becomes("flatten", class_name="MyLayer", module="mine", registered_name="mine>MyLayer"),
            "layer 'flatten' (MyLayer) is custom code, which the file does not hold",
        ),
        # A class of the user's that has the name of one of Keras' is not taken for it.
        (becomes("conv2d", registered_name="mine>Conv2D"), "layer 'conv2d' (Conv2D) is custom code"),
        (becomes("conv2d", module="mine.layers"), "layer 'conv2d' (Conv2D) is custom code"),
        (becomes("flatten", class_name="Strange"), "layer 'flatten' (Strange) is custom code"),
        (becomes("conv2d", class_name="Conv3D"), "layer 'conv2d' (Conv3D) is not imported"),
        (becomes("flatten", class_name="LSTM"), "onelook's networks are made of layers for pictures"),
        (becomes("conv2d", activation="my_relu"), "has the activation 'my_relu', which is none of onelook's"),
        (
            becomes("conv2d", activation={"module": "builtins", "class_name": "function", "config": "mine"}),
            "has the activation 'mine'",
        ),
        (becomes("conv2d", data_format="channels_first"), "has data_format = 'channels_first', which is not imported"),
        (becomes("conv2d", padding="causal"), "has padding = 'causal', expected same or valid"),
        (becomes("conv2d", filters=2.5), "has filters = 2.5, expected a whole number from 1"),
        (becomes("conv2d", kernel_size=[3, 0]), "has kernel_size = [3, 0], expected two whole numbers from 1"),
        (
            becomes("conv2d", filters=5),
            "has the weight 'kernel' as float32 (3, 3, 3, 4); its description says (3, 3, 3, 5)",
        ),
        (becomes("conv2d", use_bias="yes"), "has use_bias = 'yes', expected true or false"),
        (becomes("conv2d", activation="softmax"), "layer 'flatten' (Flatten) follows a softmax"),
        (becomes("dense", activation="relu"), "ends with relu, expected softmax, sigmoid, or plain logits"),
        (becomes("dense", activation="sigmoid"), "ends with 3 sigmoids: each says yes or no by itself"),
        (becomes("dense", units=10**7), "has units = 10000000, expected a whole number from 1"),
    ],
)
def test_layers_that_cannot_be_imported(change: Callable[[dict[str, Any]], None], said: str, forge: Forge) -> None:
    assert said in refusal(forge("logits", change))


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ([None, 12, 10, 4], "takes pictures of 4 channels, expected 1 (grey) or 3 (colour)."),
        ([None, 3, 12, 10], "10 channels, expected 1 (grey) or 3 (colour), as the last axis (channels_first"),
        ([None, 4, 12, 10, 3], "takes inputs of the shape [4, 12, 10, 3], expected pictures"),
        ([None, 12, 9000, 3], "takes pictures of 12×9000, expected 1 to 8,192 pixels a side"),
    ],
)
def test_inputs_that_are_no_pictures(shape: list[int | None], said: str, forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        config["config"]["layers"][0]["config"]["batch_shape"] = shape

    assert said in refusal(forge("logits", change))


def test_a_network_for_any_size_asks_for_it(forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "InputLayer":
                layer["config"]["batch_shape"] = [None, None, None, 3]

    path = forge("binary-in-two-steps", change)
    assert "takes pictures of any size. Add --image-size" in refusal(path, ConfigError)
    assert read_keras_network(path, (9, 14)).picture == (9, 14, 3)


def test_another_size_than_the_network_has_is_refused(keras_files: KerasFiles) -> None:
    path = keras_files.path("3.15", "logits", "keras")
    assert "takes pictures of 12×10, not 9×14. Leave --image-size out" in refusal(path, ConfigError, image_size=(9, 14))


def test_what_was_taken_for_granted_of_the_pictures_is_said_first(
    keras_files: KerasFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keras_files.path("3.15", "logits", "keras")
    own = read_keras_network(path)
    monkeypatch.setattr(network, "_picture", lambda *_: (own.picture, True, "They are grey."))
    assert read_keras_network(path).notes == ("They are grey.", *own.notes)


def test_flat_values_are_a_square_picture_or_the_size_is_asked_for(forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        config["config"]["layers"][0]["config"]["batch_shape"] = [None, 145]

    path = forge("reshaped", change)
    assert "takes 145 flat values, which are no square picture. Add --image-size" in refusal(path, ConfigError)
    assert "145 flat values, which are no picture of 5×30" in refusal(path, ConfigError, image_size=(5, 30))


def test_a_model_of_a_class_of_ones_own_is_refused(forge: Forge) -> None:
    path = forge("logits", lambda config: config.update(class_name="MyModel"))
    assert "(MyModel) is custom code" in refusal(path)


@pytest.mark.parametrize("which", ["input_layers", "output_layers"])
def test_models_with_several_ends_are_refused(which: str, forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        layers = config["config"]["layers"]
        config["config"][which] = [[layers[0]["config"]["name"], 0, 0], [layers[1]["config"]["name"], 0, 0]]

    assert f"has 2 {which.partition('_')[0]}s, expected one" in refusal(forge("residual", change))


def test_layers_that_wait_for_each_other_are_refused(forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        first = config["config"]["layers"][1]
        history = first["inbound_nodes"][0]["args"][0]["config"]["keras_history"]
        history[0] = first["config"]["name"]

    assert "has layers that wait for each other, 'conv2d' among them" in refusal(forge("residual", change))


def test_other_operations_between_layers_are_refused(forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        operation = layer_named(config, "true_divide")
        operation["class_name"] = "GetItem"
        operation["inbound_nodes"][0]["args"][1] = [{"class_name": "__ellipsis__", "config": {}}, 2]

    assert "layer 'true_divide' (GetItem) takes [" in refusal(forge("arithmetic", change))


def test_constant_arrays_between_layers_are_numbers(forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        constant = {"class_name": "__tensor__", "config": {"value": [[[[1.0, 2.0, 3.0]]]], "dtype": "float32"}}
        layer_named(config, "subtract")["inbound_nodes"][0]["args"][1] = constant

    rescaled = read_keras_network(forge("arithmetic", change)).network.layers[1]
    assert isinstance(rescaled, Rescale)
    assert rescaled.offset == (-1.0, -2.0, -3.0)


def test_forks_in_forks_without_end_are_refused(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sum takes all sums before it: written as lists of layers, that would grow without bound."""

    def change(config: dict[str, Any]) -> None:
        layers = config["config"]["layers"]
        start = layers[0]["config"]["name"]

        def use(*names: str) -> list[dict[str, Any]]:
            tensors = [{"class_name": "__keras_tensor__", "config": {"keras_history": [name, 0, 0]}} for name in names]
            return [{"args": [tensors], "kwargs": {}}]

        names = [start]
        for number in range(24):
            names.append(f"sum_{number}")
            entry = {"class_name": "Add", "config": {"name": names[-1]}, "inbound_nodes": use(*names[-3:-1], names[-2])}
            layers.append(entry)
        config["config"]["output_layers"] = [names[-1], 0, 0]

    monkeypatch.setattr("onelook.models.keras.values._MOST_LAYERS", 300)
    assert "makes a network of more than 300 layers" in refusal(forge("residual", change))
    monkeypatch.setattr("onelook.models.keras.values._DEEPEST_MERGE", 4)
    assert "is a fork in a fork, more than 4 times" in refusal(forge("residual", change))


def test_weights_that_are_used_again_and_again_are_refused(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.models.keras.file.largest_unpacked", lambda _: 100)
    assert "far larger than its file" in refusal(forge("logits", lambda _: None))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a model", "no Keras file: neither a zip nor HDF5"),
        (b"PK\x03\x04 cut short", "not a readable zip"),
        (b"\x89HDF\r\n\x1a\n", "lies outside the file, which is damaged or cut short"),
        (b"", "no Keras file"),
    ],
)
def test_files_of_another_kind(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.keras"
    path.write_bytes(content)
    assert said in refusal(path)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    assert "there is no such file. Expected a .keras or .h5 file" in refusal(tmp_path / "none.h5")
    (tmp_path / "saved_model.pb").write_bytes(b"")
    assert "a TensorFlow SavedModel. Expected a .keras or .h5 file" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"cat.jpg": b""}, "a zip without config.json, so no .keras file"),
        ({"config.json": b"{}"}, "has no model.weights.h5"),
        ({"config.json": b"[" * 1_000, "model.weights.h5": b"x"}, "config.json is not readable as JSON"),
        ({"config.json": b"3", "model.weights.h5": b"x"}, "config.json is 3, expected a JSON object"),
        ({"config.json": b"{}", "model.weights.h5": b"x" * 90}, "it does not begin as HDF5 does"),
        ({"config.json": bytes(5_000), "model.weights.h5": b"x"}, "bytes that unpack to 5,001"),
    ],
)
def test_zips_of_another_kind(
    members: dict[str, bytes], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "unpack" in said:
        monkeypatch.setattr("onelook.archives.largest_unpacked", lambda size: 5_000)
    path = tmp_path / "mine.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert said in refusal(path)


def test_a_description_that_is_no_model_is_refused(forge: Forge) -> None:
    def change(config: dict[str, Any]) -> None:
        config.clear()
        config.update(json.loads('{"class_name": "Sequential", "config": {"layers": [3]}}'))

    assert "does not say what pictures it takes" in refusal(forge("logits", change))
