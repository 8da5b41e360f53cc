"""Model files of other libraries are told by their content, and every command says what to do with them."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import pytest

from onelook.classifier.foreign import foreign_model
from onelook.cli import main


def _zip(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


FILES: dict[str, tuple[bytes, str]] = {
    "mine.keras": (_zip("metadata.json", "config.json", "model.weights.h5"), "a Keras model"),
    "renamed.bin": (_zip("config.json", "model.weights.h5"), "a Keras model"),
    "mine.h5": (b"\x89HDF\r\n\x1a\n" + bytes(40), "a Keras model or its weights (HDF5)"),
    "mine.pt": (_zip("mine/data.pkl", "mine/data/0", "mine/version"), "a PyTorch file"),
    "old.pth": (pickle.dumps({"a": 1}), "a pickle, which would run its own code"),
    "forest.joblib": (pickle.dumps([1]), "a pickle, which would run its own code"),
    "mine.onnx": (b"\x08\x08\x12\x07pytorch", "an ONNX graph"),
    "mine.tflite": (b"\x1c\x00\x00\x00TFL3" + bytes(20), "a TensorFlow Lite (LiteRT) model"),
    "MINE.ONNX": (b"\x08\x08\x12\x07pytorch", "an ONNX graph"),
    "frozen.pb": (b"\x0a\x08", "a TensorFlow graph"),
    "phone.mlmodel": (b"\x08\x01", "a Core ML model"),
    "yolo.weights": (bytes(20), "a file of weights without their network"),
    "short.pkl": (b"(dp0", "a pickle, which would run its own code"),
    "short.pickle": (b"(dp0", "a pickle, which would run its own code"),
    "short.joblib": (b"x\x9c", "a pickle, which would run its own code"),
    "mine.safetensors": (b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ", "a file of weights without their network"),
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, (content, _) in FILES.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"\x08\x01")
    return tmp_path


@pytest.mark.parametrize("name", FILES)
def test_files_are_told_by_their_content(place: Path, name: str) -> None:
    assert str(foreign_model(place / name)).startswith(FILES[name][1])


def test_a_saved_model_is_a_folder_and_other_things_are_nothing_foreign(place: Path, tmp_path: Path) -> None:
    assert foreign_model(place / "saved") == "a TensorFlow SavedModel"
    (tmp_path / "photos.zip").write_bytes(_zip("cat/1.jpg"))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 cut short")
    (tmp_path / "net.toml").write_text("[[layers]]")
    (tmp_path / "configured.zip").write_bytes(_zip("config.json", "cat/1.jpg"))
    (tmp_path / "half.zip").write_bytes(_zip("model.weights.h5"))
    (tmp_path / "near.bin").write_bytes(b"\x89HDF\r\n" + bytes(20))
    for name in ("photos.zip", "broken.zip", "configured.zip", "half.zip", "near.bin", "net.toml", "", "not-there"):
        assert foreign_model(tmp_path / name) is None, name


def _commands(path: str) -> dict[str, tuple[list[str], int, str]]:
    """Words, exit code and advice of each command that takes a model."""
    train, use = "onelook models --toml cnn > mine.toml", "train one with `onelook train`"
    if path.endswith((".keras", ".h5", "renamed.bin")):
        use = "Turn it into a model folder with `onelook import"
    return {
        "train": (["train", "no-data", "--model", path], 2, train),
        "predict": (["predict", path, "no-data"], 4, use),
        "evaluate": (["evaluate", path, "no-data"], 4, use),
        "summary": (["summary", path], 4, use) if path.endswith("saved") else (["summary", path], 2, train),
    }


@pytest.mark.parametrize("name", [*FILES, "saved"])
@pytest.mark.parametrize("command", _commands(""))
def test_each_command_says_what_the_file_is_and_what_to_do(
    place: Path, name: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words, code, advice = _commands(str(place / name))[command]
    assert main(words) == code
    error = " ".join(capsys.readouterr().err.split())
    assert (FILES[name][1] if name in FILES else "a TensorFlow SavedModel") in error
    assert advice in error
