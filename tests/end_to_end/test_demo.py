"""The built-in digits, from training to every command that uses a model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from tests.end_to_end.conftest import Finished, Onelook


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("digits")


@pytest.fixture(scope="module")
def training(place: Path, run_in: Onelook) -> Finished:
    return run_in(place, "train", "digits", "--out", "run")


def test_reaches_98_percent_on_the_360_test_pictures(training: Finished, place: Path) -> None:
    assert training.code == 0, training.err
    evaluation = json.loads((place / "run" / "evaluation.json").read_text())
    assert (evaluation["set"], evaluation["rows"]) == ("test", 360)
    assert evaluation["accuracy"] >= 0.98


def test_says_what_it_found_picked_and_reached_within_80_columns(training: Finished) -> None:
    assert "1,797" in training.out
    assert "360 test pictures right" in training.out
    assert "report.html" in training.out
    assert max(map(len, training.out.splitlines())) <= 80


def test_leaves_every_file_of_the_design(training: Finished, place: Path) -> None:
    names = {path.name for path in (place / "run").iterdir()}
    assert names >= {
        "run.json", "history.jsonl", "split.csv", "picture_hashes.csv", "ledger.csv", "model", "checkpoint",
        "evaluation.json", "predictions.csv", "evidence", "report.html",
    }  # fmt: skip
    assert {path.name for path in (place / "run" / "model").iterdir()} == {
        "model.json", "weights.safetensors", "model.onnx", "golden.safetensors", "picture_list.safetensors",
        "signature.safetensors", "README.md",
    }  # fmt: skip


def test_evaluate_repeats_the_score(training: Finished, place: Path, run_in: Onelook) -> None:
    again = run_in(place, "evaluate", "run", "digits", "--json")
    assert again.code == 0, again.err
    stored = json.loads((place / "run" / "evaluation.json").read_text())
    assert json.loads(again.out)["accuracy"] == stored["accuracy"]
    assert json.loads(again.out)["confusion_matrix"] == stored["confusion_matrix"]


def test_predict_labels_loose_pictures_in_order(training: Finished, place: Path, run_in: Onelook) -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    (place / "new").mkdir()
    for number in range(1, 12):
        Image.fromarray((digits.images[number] / 16 * 255).astype("uint8")).save(place / "new" / f"{number}.png")
    done = run_in(place, "predict", "run", "new", "--out", "labels.csv")
    assert done.code == 0, done.err
    lines = (place / "labels.csv").read_text().splitlines()
    assert lines[0] == "id,label,confidence,unlike"
    assert [line.split(",")[0] for line in lines[1:]] == [f"{number}.png" for number in range(1, 12)]
    right = sum(line.split(",")[1] == str(digits.target[row]) for row, line in enumerate(lines[1:], start=1))
    assert right >= 10


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "run"),
        ("report", "run", "--out", "again.html"),
        ("summary", "run"),
        ("export", "run", "--to", "onnx", "--out", "digits.onnx"),
        ("compare", "run", "run"),
        ("inspect", "digits"),
        ("models",),
        ("recipes",),
        ("datasets",),
    ],
)
def test_every_other_command_ends_well(
    words: tuple[str, ...], training: Finished, place: Path, run_in: Onelook
) -> None:
    done = run_in(place, *words)
    assert done.code == 0, done.err
    assert done.out.strip()


def test_an_existing_folder_is_refused_and_left_alone(training: Finished, place: Path, run_in: Onelook) -> None:
    before = (place / "run" / "run.json").read_bytes()
    done = run_in(place, "train", "digits", "--out", "run")
    assert done.code == 2
    assert "--resume" in done.err
    assert (place / "run" / "run.json").read_bytes() == before


def test_an_altered_model_is_refused(training: Finished, place: Path, run_in: Onelook) -> None:
    import shutil

    shutil.copytree(place / "run" / "model", place / "altered")
    weights = place / "altered" / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    done = run_in(place, "verify", "altered")
    assert done.code == 4
    assert "weights.safetensors" in done.err
