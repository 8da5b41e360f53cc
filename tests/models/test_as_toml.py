"""A network that is printed as TOML is read back as the same network."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from onelook.cli import main
from onelook.commands.summary import network_file
from onelook.models import MODELS, ModelInput
from onelook.models.as_toml import network_toml
from onelook.models.find_network import network_named, read_network
from onelook.settings import NetworkSettings
from onelook.settings.network import BatchNorm, Branch, Conv, Dense, Flatten, Gate, GlobalPool, Merge, Residual


@pytest.mark.parametrize("name", MODELS)
def test_every_network_reads_back_as_itself(name: str, tmp_path: Path) -> None:
    shape = (96, 80, 3)
    text = network_file(name, input_shape=shape, num_classes=7)
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    again = read_network(tmp_path / "mine.toml")
    assert f"# The network {name} for pictures of 96×80×3." in text
    (tmp_path / "again.toml").write_text(network_toml(again), encoding="utf-8")
    assert read_network(tmp_path / "again.toml") == again
    rows = 25_000 if name == "dogs-vs-cats" else 50_000 if name == "cifar10-cnn" else 60_000
    assert again == network_named(name, ModelInput(*shape, num_classes=7, rows=rows))


def test_layers_inside_layers_keep_their_places() -> None:
    gate = Gate(layers=(GlobalPool(type="global_average_pool", keepdims=True), Conv(filters=8, kernel=1)))
    branch = Residual(
        layers=(Conv(filters=8, padding="same"), gate), shortcut=(Conv(filters=8, kernel=(1, 2)), BatchNorm())
    )
    network = NetworkSettings(layers=(branch, Flatten(), Dense(units="classes")))
    text = network_toml(network, ["mine"])
    assert text.startswith('# mine\n\n[[layers]]\ntype = "residual"\n')
    assert "    [[layers.layers.layers]]" in text
    assert NetworkSettings.model_validate(tomllib.loads(text)) == network


def test_the_printed_file_is_a_file_that_summary_and_train_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "--toml", "cnn", "--input", "8x8"]) == 0
    (tmp_path / "mine.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["summary", str(tmp_path / "mine.toml"), "--input", "8x8", "--json"]) == 0
    mine = capsys.readouterr().out
    assert main(["summary", "cnn", "--input", "8x8", "--json"]) == 0
    assert mine == capsys.readouterr().out


def test_a_mistake_in_a_file_is_told_before_the_data_is_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text('[[layers]]\ntype = "conv"\nfilter = 3\n', encoding="utf-8")
    assert main(["train", "no-data-here", "--model", str(tmp_path / "mine.toml")]) == 2
    error = " ".join(capsys.readouterr().err.split())
    assert "filter" in error
    assert "no-data-here" not in error


def test_branches_of_a_merge_keep_their_places(tmp_path: Path) -> None:
    inner = Merge(how="add", branches=(Branch(), Branch(layers=(Conv(filters=8, padding="same"),))))
    merge = Merge(how="concatenate", branches=(Branch(layers=(Conv(filters=8, padding="same"), inner)), Branch()))
    network = NetworkSettings(layers=(merge, Flatten(), Dense(units="classes")))
    (tmp_path / "mine.toml").write_text(network_toml(network), encoding="utf-8")
    assert read_network(tmp_path / "mine.toml") == network
