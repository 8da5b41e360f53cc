"""Deep pictures and pictures with alpha, from training to prediction: one range and one ground, everywhere the same."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.data.pictures.drawn import dicom, png, tiff

import onelook
from onelook.commands.evaluate import evaluate_model
from onelook.commands.inspect import inspect_data
from onelook.commands.predict import predict
from onelook.commands.train import Run
from onelook.settings import DecodeSettings

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

SIDE = 8
Draw = Callable[[np.random.Generator, int], bytes]


def patch(rng: np.random.Generator, kind: int, low: int, high: int) -> np.ndarray:
    """Noise around the middle of a range; of the second class a patch is brighter by a twentieth of it."""
    span = high - low
    values = rng.integers(low + span // 3, low + span // 3 + span // 40, (SIDE, SIDE))
    values[2:6, 2:6] += kind * span // 20
    values[0, 0], values[0, 1] = low, high
    return values


def twelve_of_sixteen(rng: np.random.Generator, kind: int) -> bytes:
    return png(patch(rng, kind, 0, 4_095).astype(np.uint16))


def twelve_in_colour(rng: np.random.Generator, kind: int) -> bytes:
    return png(np.stack([patch(rng, kind, 0, 4_095)] * 3, axis=2).astype(np.uint16))


def hounsfield(rng: np.random.Generator, kind: int) -> bytes:
    return tiff(patch(rng, kind, -1_024, 3_071).astype(np.int16))


def floats(rng: np.random.Generator, kind: int) -> bytes:
    return tiff((patch(rng, kind, 0, 10_000) / 10_000).astype(np.float32))


def scan(rng: np.random.Generator, kind: int) -> bytes:
    values = patch(rng, kind, 0, 4_095).astype(np.uint16)
    is_inverted = rng.random() < 0.5
    return dicom(4_095 - values if is_inverted else values, kind=f"MONOCHROME{1 if is_inverted else 2}", bits=16)


def white_shape(rng: np.random.Generator, kind: int) -> bytes:
    pixels = np.full((SIDE, SIDE, 4), 255, np.uint8)
    pixels[..., 3] = rng.integers(0, 9, (SIDE, SIDE))
    pixels[2:6, slice(2, 6) if kind else slice(3, 4), 3] = 255
    return png(pixels)


KINDS: dict[str, tuple[Draw, str, DecodeSettings]] = {
    "12 bits of 16": (twelve_of_sixteen, "", DecodeSettings(height=8, width=8, channels=1, deep_range=(0, 4_095))),
    "12 bits, colour": (
        twelve_in_colour,
        ".png",
        DecodeSettings(height=8, width=8, channels=3, deep_range=(0, 4_095)),
    ),
    "signed": (hounsfield, ".tif", DecodeSettings(height=8, width=8, channels=1, deep_range=(-1_024, 3_071))),
    "floats": (floats, ".tiff", DecodeSettings(height=8, width=8, channels=1, deep_range=(0, 1))),
    "DICOM": (scan, "", DecodeSettings(height=8, width=8, channels=1, deep_range=(0, 4_095))),
    "white on clear": (white_shape, ".png", DecodeSettings(height=8, width=8, channels=3, ground="black")),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def write(root: Path, kind: str) -> Path:
    draw, suffix, _ = KINDS[kind]
    rng = np.random.default_rng(3)
    for number, name in enumerate(("healthy", "lesion")):
        (root / name).mkdir(parents=True)
        for position in range(20):
            (root / name / f"{position}{suffix}").write_bytes(draw(rng, number))
    return root


def test_training_prediction_and_the_server_see_the_same_pixels(kind: str, tmp_path: Path) -> None:
    data = write(tmp_path / "data", kind)
    run = onelook.train(data, out=tmp_path / "run", model="logistic", val=0.5, quiet=True)
    assert isinstance(run, Run)
    # The classes differ by a step that eight bits of the wrong range, or a white ground, would wipe out.
    assert run.evaluation.accuracy == 1

    classifier = onelook.load(run.folder.model)
    assert classifier.decode == KINDS[kind][2]
    assert json.loads((run.folder.model / "model.json").read_text())["format_version"] == 4

    predict(run.folder.path, data, tmp_path / "out.csv")
    predicted = {row["id"]: row for row in csv.DictReader((tmp_path / "out.csv").read_text().splitlines())}
    judged = list(csv.DictReader((run.folder.path / "predictions.csv").read_text().splitlines()))
    assert len(judged) == 20
    for row in judged:
        assert predicted[row["id"]]["label"] == row["label"]
        assert float(predicted[row["id"]]["confidence"]) == pytest.approx(float(row["confidence"]), abs=1e-6)

    path = data / judged[0]["id"]
    by_path, by_bytes = classifier.predict([path, path.read_bytes()])
    assert by_path == by_bytes
    assert by_path.class_name == judged[0]["label"]
    assert evaluate_model(run.folder.path, data).evaluation.accuracy == 1


def test_inspect_train_and_the_record_say_the_same(kind: str, tmp_path: Path) -> None:
    data = write(tmp_path / "data", kind)
    found = inspect_data(data)
    said: list[str] = []
    run = onelook.train(data, out=tmp_path / "run", model="decision-tree", say=said.append)
    assert isinstance(run, Run)
    assert found.decode == KINDS[kind][2]
    note = next(note for note in found.dataset.notes if "become 0 to 255" in note or "they are laid on" in note)
    assert note in " ".join(" ".join(said).split())
    record = run.folder.read_run()["data"]
    assert note in record["notes"]
    assert record["ground"] == found.decode.ground
    assert record["deep_range"] == (found.decode.deep_range and list(found.decode.deep_range))


def test_a_resumed_run_keeps_its_range_and_one_of_old_has_none(tmp_path: Path) -> None:
    data = write(tmp_path / "data", "12 bits of 16")
    settings = {"model": "mlp", "val": 0.5, "quiet": True, "device": "cpu"}
    run = onelook.train(data, out=tmp_path / "run", epochs=1, **settings)
    assert isinstance(run, Run)
    gone_on = onelook.train(data, out=tmp_path / "run", resume=True, epochs=2, quiet=True)
    assert isinstance(gone_on, Run)
    assert onelook.load(gone_on.folder.model).decode.deep_range == (0, 4_095)

    record = json.loads(gone_on.folder.run_json.read_text())
    for name in ("ground", "deep_range"):
        del record["data"][name]
    gone_on.folder.run_json.write_text(json.dumps(record))
    old = onelook.train(data, out=tmp_path / "run", resume=True, epochs=3, quiet=True)
    assert isinstance(old, Run)
    assert onelook.load(old.folder.model).decode.deep_range is None


def test_going_on_from_a_model_keeps_the_model_s_range(tmp_path: Path) -> None:
    narrow = write(tmp_path / "narrow", "12 bits of 16")
    first = onelook.train(narrow, out=tmp_path / "first", model="mlp", epochs=1, val=0.5, quiet=True, device="cpu")
    assert isinstance(first, Run)
    rng = np.random.default_rng(5)
    for number, name in enumerate(("healthy", "lesion")):
        (tmp_path / "wide" / name).mkdir(parents=True)
        for position in range(8):
            values = patch(rng, number, 0, 9_000).astype(np.uint16)
            (tmp_path / "wide" / name / f"{position}.png").write_bytes(png(values))
    said: list[str] = []
    second = onelook.train(
        tmp_path / "wide", from_model=str(tmp_path / "first"), out=tmp_path / "second", say=said.append
    )
    assert isinstance(second, Run)
    assert onelook.load(second.folder.model).decode.deep_range == (0, 4_095)
    assert "the model was trained on 0 to 4,095: what lies beyond is cut off" in " ".join(" ".join(said).split())
