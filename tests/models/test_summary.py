"""The summary as JSON and as text."""

import json

import pytest
from rich.table import Table

from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.summary import summarize

FACTS = ModelInput(height=28, width=28, channels=1, num_classes=10, rows=1)


def summary_of(name, facts=FACTS):
    return summarize(network_named(name, facts), facts.shape, facts.num_classes)


def test_json_has_the_fields_of_the_design():
    document = json.loads(json.dumps(summary_of("digits-minimal").to_dict()))
    assert document["parameters"] == {"total": 216_650, "trainable": 216_650}
    assert document["multiply_adds"] == 26 * 26 * 32 * 9 + 21_632 * 10
    assert document["layers"][0] == {
        "name": "conv_1",
        "description": "conv 3x3, valid, relu",
        "output_shape": [26, 26, 32],
        "parameters": 320,
        "multiply_adds": 26 * 26 * 32 * 9,
    }
    assert [layer["output_shape"] for layer in document["layers"][1:]] == [[21_632], [10]]


def test_the_total_counts_moving_statistics_and_trainable_does_not():
    parameters = summary_of("fashion-cnn-bn").to_dict()["parameters"]
    assert parameters["total"] - parameters["trainable"] == 2 * (32 + 64 + 128 + 64)


def test_layers_of_a_residual_are_listed_and_counted_once():
    summary = summary_of("resnet")
    assert sum(layer.parameters for layer in summary.layers) == summary.total
    assert sum(layer.multiply_adds for layer in summary.layers) == summary.multiply_adds
    names = [layer.name for layer in summary.layers]
    assert {"conv_4.1", "residual_4", "conv_6.shortcut.1"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ["cnn", "resnet", "dogs-vs-cats"])
def test_text_fits_eighty_columns_and_separates_thousands(name):
    side = 128 if name == "dogs-vs-cats" else 28
    summary = summary_of(name, ModelInput(side, side, 3, num_classes=10, rows=1))
    lines = str(summary).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(f"{summary.total:,}" in line and f"{summary.multiply_adds:,}" in line for line in lines)
    assert "moving statistics" in lines[-1]
    assert isinstance(summary.__rich__(), Table)


def test_text_shows_a_layer_a_line():
    (line,) = [line for line in str(summary_of("mnist-tutorial")).splitlines() if "dense 128" in line]
    assert line.split() == ["6", "dense", "128,", "relu", "128", "589,952", "589,824"]
