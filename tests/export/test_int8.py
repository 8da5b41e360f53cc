"""A graph in 8 bits: what is quantized, what it costs by whose count, and when it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tests.export.conftest import made_up

from onelook.classifier import Classifier
from onelook.cli import main
from onelook.commands import export as command
from onelook.commands.export import Int8Request, export_model
from onelook.errors import ConfigError, DataError
from onelook.export import int8
from onelook.export.calibration import labelled_pictures
from onelook.export.compare import random_pictures
from onelook.export.int8 import measure
from onelook.export.target import Int8Result, Measured
from onelook.predictors.graph.quantize import quantize
from onelook.predictors.onnx import OnnxPredictor
from onelook.settings import NetworkSettings
from onelook.settings.network import BatchNorm, Conv, Dense, GlobalPool


@pytest.fixture(autouse=True)
def _speed_is_measured_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "_SPEED_SECONDS", 0.0)


@pytest.fixture(scope="module")
def model() -> Classifier:
    layers = (
        Conv(filters=16, kernel=3, bias=False),
        BatchNorm(),
        Conv(filters=64, kernel=3, activation="relu"),
        GlobalPool(type="global_average_pool"),
        Dense(units="classes"),
    )
    return made_up(NetworkSettings(layers=layers), (8, 8, 1))


@pytest.fixture(scope="module")
def quantized(model: Classifier) -> bytes:
    return quantize(model.graph, random_pictures(model.card, 64))


@pytest.fixture(scope="module")
def saved(model: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model.save(tmp_path_factory.mktemp("int8") / "model")


def test_weights_have_8_bits_and_a_scale_a_channel_and_the_bytes_of_pictures_are_taken(quantized: bytes) -> None:
    graph = onnx.load_from_string(quantized).graph
    arrays = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    kernels = [array for array in arrays.values() if array.dtype == np.int8 and array.ndim == 4]
    assert sorted(array.shape for array in kernels) == [(16, 1, 3, 3), (64, 16, 3, 3)]
    scales = [array.shape for name, array in arrays.items() if name.endswith("_scale") and array.ndim == 1]
    assert {(16,), (64,)} <= set(scales)
    first = next(node for node in graph.node if "images" in node.input)
    assert first.op_type == "Transpose"
    (as_numbers,) = [node for node in graph.node if first.output[0] in node.input]
    assert as_numbers.op_type == "DequantizeLinear"
    assert arrays[as_numbers.input[1]] == pytest.approx(1 / 255)
    assert not {"Mul", "BatchNormalization"} & {node.op_type for node in graph.node}


def test_the_tool_leaves_no_metadata_beside_that_of_the_export(quantized: bytes) -> None:
    assert not onnx.load_from_string(quantized).metadata_props  # a reader takes each value for JSON


def test_what_it_costs_is_counted_by_hand(model: Classifier, quantized: bytes) -> None:
    images = random_pictures(model.card)
    exact = model.probabilities(images).argmax(axis=1)
    rough = OnnxPredictor(quantized).probabilities(images).argmax(axis=1)
    labels = exact.copy()
    labels[:56] = (labels[:56] + 1) % 3  # 200 of 256 answers are right
    result = measure(model, quantized, images, labels, 64)
    assert (result.rows, result.before.right, result.calibration_pictures) == (256, 200, 64)
    assert result.after.right == (rough == labels).sum()
    assert result.changed == (rough != exact).sum() < 40
    assert (result.before.size_bytes, result.after.size_bytes) == (len(model.graph), len(quantized))


def test_points_and_intervals() -> None:
    result = Int8Result(200, 64, Measured(190, 4000, 100.0), Measured(187, 1000, 250.0), changed=5)
    assert result.lost_points == pytest.approx(1.5)
    accuracy, (low, high) = result.before.accuracy(200)
    assert (accuracy, round(low, 3), round(high, 3)) == (0.95, 0.910, 0.973)
    assert result.to_dict()["after"]["accuracy"] == 187 / 200  # type: ignore[index, call-overload]


@pytest.fixture
def table(tmp_path: Path, model: Classifier, monkeypatch: pytest.MonkeyPatch) -> str:
    """A table of 60 labelled pictures, which the model answers rightly."""
    monkeypatch.chdir(tmp_path)
    pictures = random_pictures(model.card, 60)
    labels = [model.class_names[at] for at in model.probabilities(pictures).argmax(axis=1)]
    assert set(labels) == set(model.class_names)
    header = ",".join(["label", *(f"pixel{number}" for number in range(64))])
    rows = (",".join([label, *map(str, picture.ravel())]) for label, picture in zip(labels, pictures, strict=True))
    (tmp_path / "table.csv").write_text("\n".join([header, *rows]) + "\n")
    return "table.csv"


def test_one_part_is_divided_between_ranges_and_accuracy(model: Classifier, table: str) -> None:
    pictures = labelled_pictures(model, table, most=10)
    assert (len(pictures.calibration), len(pictures.scored)) == (10, 50)
    assert not {each.tobytes() for each in pictures.calibration} & {each.tobytes() for each in pictures.scored}
    assert np.array_equal(model.probabilities(pictures.scored).argmax(axis=1), pictures.labels)
    Path("few.csv").write_text("\n".join(Path(table).read_text().splitlines()[:12]) + "\n")
    with pytest.raises(DataError, match="expected at least 20"):
        labelled_pictures(model, "few.csv", most=10)


def test_the_test_part_is_scored_and_the_training_part_gives_ranges_evenly(model: Classifier) -> None:
    def pictures(rows: int, first: int) -> np.ndarray:
        found = np.full((rows, 8, 8), 7, np.uint8)
        found[:, 0, 0] = np.arange(first, first + rows)  # its number
        return found

    def numbers(images: np.ndarray) -> list[int]:
        return images[:, 0, 0, 0].tolist()

    names = np.array(["class 2", "class 0", "class 1"])
    parts = {
        "val": (pictures(3, 100), names),
        "train": (pictures(11, 0), np.resize(names, 11)),
        "test": (pictures(6, 200), names[[0, 1, 1, 2, 0, 0]]),
    }
    found = labelled_pictures(model, parts, most=3)
    assert numbers(found.calibration) == [0, 5, 10]
    assert numbers(found.scored) == list(range(200, 206))
    assert found.labels.tolist() == [2, 0, 0, 1, 2, 2]  # as the model counts its classes
    assert len(labelled_pictures(model, parts, most=99).calibration) == 11
    without = labelled_pictures(model, {name: parts[name] for name in ("val", "train")}, most=2)
    assert (numbers(without.calibration), numbers(without.scored)) == ([0, 10], [100, 101, 102])


def test_the_speed_is_that_of_the_fastest_call(model: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    paces = iter([0.5, 0.25, 2.0, 1.0, 0.125, 4.0])  # three rounds of two
    monkeypatch.setattr(int8.time, "perf_counter", lambda: now[0])

    def run(_: object, images: np.ndarray, card: object) -> None:
        assert len(images) == 256
        now[0] += next(paces)

    monkeypatch.setattr(int8, "in_batches", run)
    images = random_pictures(model.card, 3)
    nothing = [lambda images: images] * 2
    assert int8._speeds(model, nothing, images) == [256 / 0.125, 256 / 0.25]


def test_the_command_prints_one_table_and_writes_what_was_measured(
    saved: Path, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("export", str(saved), "--to", "onnx", "--int8", "--calibrate", table, "--out", "small.onnx")
    assert main([*words, "--allow-loss", "100", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["int8"]["before"]["accuracy"] == 1
    assert found["int8"]["rows"] == 30
    assert found["difference"] <= 1e-4  # from the graph that was measured
    assert found["size_bytes"] < found["int8"]["before"]["size_bytes"]
    assert main([*words, "--allow-loss", "100"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "30 pictures float32 8 bits accuracy 100 %" in printed
    assert "The ranges come from 30 other pictures." in printed


def test_8_bits_that_cost_too_much_are_refused(saved: Path, table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    costly = Int8Result(200, 64, Measured(190, 4000, 100.0), Measured(187, 1000, 250.0), changed=5)
    monkeypatch.setattr(command, "measure", lambda *_: costly)
    with pytest.raises(
        ConfigError, match="answers 187 of 200 pictures rightly, in float32 190: 1.5 points less, allowed 1"
    ) as told:
        export_model(saved, "onnx", "small.onnx", int8=Int8Request(table))
    assert told.value.options == ("--allow-loss 2",)
    assert not Path("small.onnx").exists()
    assert export_model(saved, "onnx", "small.onnx", int8=Int8Request(table, 1.5)).int8 is costly


def test_flags_that_belong_together(saved: Path, capsys: pytest.CaptureFixture[str], in_tmp: Path) -> None:
    assert main(["export", str(saved), "--to", "onnx", "--int8"]) == 2
    assert "--int8 needs --calibrate DATA" in " ".join(capsys.readouterr().err.split())
    assert main(["export", str(saved), "--to", "onnx", "--calibrate", "digits"]) == 2
    assert "--calibrate needs --int8" in " ".join(capsys.readouterr().err.split())
    assert main(["export", str(saved), "--to", "keras", "--int8", "--calibrate", "digits"]) == 2
    assert "expected --to onnx or web" in " ".join(capsys.readouterr().err.split())
