"""Bad input, command by command: the exit code, the words that help, and never a traceback or half a file."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from onelook.cli import main


@pytest.fixture
def place(tmp_path, brightness_model, monkeypatch):
    """A folder with everything that can be wrong in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model").symlink_to(brightness_model)
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.jpg").write_text("hello")
    for class_name in ("cat", "dog"):
        (tmp_path / "photos" / class_name).mkdir(parents=True)
        (tmp_path / "spoiled" / class_name).mkdir(parents=True)
        Image.new("L", (8, 8)).save(tmp_path / "photos" / class_name / "1.png")
        Image.new("L", (8, 8)).save(tmp_path / "spoiled" / class_name / "1.png")
    (tmp_path / "spoiled" / "dog" / "2.png").write_text("hello")
    (tmp_path / "unlabelled").mkdir()
    for number in range(4):
        Image.new("L", (8, 8), number).save(tmp_path / "unlabelled" / f"{number}.png")
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../outside.png", b"x")
    (tmp_path / "no_zip.zip").write_bytes(b"PK and nothing else")
    header = "label," + ",".join(f"pixel{n}" for n in range(784))
    row = "3" + ",0" * 784
    (tmp_path / "one_class.csv").write_text(f"{header}\n{row}\n{row}\n")
    (tmp_path / "ragged.csv").write_text(f"{header}\n{row}\n{row},7\n")
    (tmp_path / "letters.csv").write_text(f"{header}\n{row[:-1]}x\n")
    (tmp_path / "large.csv").write_text(f"{header}\n{row[:-1]}999\n")
    (tmp_path / "short.csv").write_text(f"{header.rpartition(',')[0]}\n{row[:-2]}\n")
    (tmp_path / "idx").mkdir()
    (tmp_path / "idx" / "train-images-idx3-ubyte").write_bytes(bytes([0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 4]))
    (tmp_path / "idx" / "train-labels-idx1-ubyte").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 9]) + bytes(9))
    (tmp_path / "wrong.toml").write_text("epohcs = 3\n")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "run.json").write_text("{}")
    np.save(tmp_path / "x.npy", np.zeros(3))
    return tmp_path


BAD = [
    ("inspect ./missing", 3, ["no file or folder", "missing"]),
    ("inspect digts", 2, ["digts", "digits"]),
    ("inspect empty", 3, ["empty"]),
    ("inspect texts", 3, ["texts"]),
    ("inspect evil.zip", 3, ["../outside.png"]),
    ("inspect no_zip.zip", 3, ["no_zip.zip"]),
    ("inspect ragged.csv", 3, ["ragged.csv", "row 2"]),
    ("inspect letters.csv", 3, ["letters.csv", "row 1", "'x'"]),
    ("inspect large.csv", 3, ["large.csv", "999", "255"]),
    ("inspect short.csv", 3, ["783"]),
    ("inspect idx", 3, ["train-images-idx3-ubyte"]),
    ("inspect photos --class-names a,b", 2, ["--class-names", "cat"]),
    ("inspect spoiled --strict", 3, ["--strict", "dog/2.png", "the file holds text", "Replace or remove it"]),
    ("inspect photos --class-names a,a", 2, ["more than once"]),
    ("evaluate nowhere photos", 4, ["nowhere"]),
    ("evaluate photos photos", 4, ["model.json"]),
    ("evaluate model photos", 3, ["cat", "dark"]),
    ("evaluate model unlabelled", 3, ["no labels", "onelook predict"]),
    ("predict model ./missing --out out.csv", 3, ["no file or folder"]),
    ("predict model texts --out out.csv", 3, ["the only picture cannot be read", "a.jpg"]),
    ("predict model unlabelled --out out.csv --like nosample.csv", 3, ["nosample.csv"]),
    ("predict model unlabelled --probabilities", 2, ["--out"]),
    ("report photos", 2, ["not a run", "run.json"]),
    ("compare photos", 2, ["not a run"]),
    ("summary cmn", 2, ["cmn", "cnn"]),
    ("summary nofile.toml", 2, ["nofile.toml"]),
    ("summary cnn --input big", 2, ["--input big", "28x28x1"]),
    ("summary dogs-vs-cats --input 4x4x1", 2, ["4x4", "dogs-vs-cats"]),
    ("export model --to pickle", 2, ["pickle", "onnx"]),
    ("verify photos", 4, ["model.json"]),
    ("serve nowhere --port 0", 4, ["nowhere"]),
    ("train ./missing", 3, ["no file or folder"]),
    ("train one_class.csv", 3, ["one class", "'3'"]),
    ("train unlabelled", 3, ["no labels", "onelook predict"]),
    ("train photos --epochs many", 2, ["epochs", "many"]),
    ("train photos --epochs 0", 2, ["epochs"]),
    ("train photos --model cmn", 2, ["cmn", "cnn"]),
    ("train photos --recipe mnist-tutorail", 2, ["mnist-tutorail", "mnist-tutorial"]),
    ("train photos --model cnn --recipe mnist-tutorial", 2, ["--model", "--recipe"]),
    ("train photos --set dropuot=0", 2, ["dropuot", "dropout"]),
    ("train photos --set dropout", 2, ["key=value"]),
    ("train photos --config wrong.toml", 2, ["wrong.toml", "epohcs", "epochs"]),
    ("train photos --config nofile.toml", 2, ["nofile.toml"]),
    ("train photos --time-limit soon", 2, ["soon", "3m"]),
    ("train photos --image-size big", 2, ["big", "128"]),
    ("train photos --device tpu", 2, ["device", "tpu"]),
    ("train photos --out taken", 2, ["taken", "--resume"]),
    ("train photos", 3, ["cat", "no picture can be kept aside to validate"]),
]


@pytest.mark.parametrize(("words", "code", "expected"), BAD, ids=[row[0] for row in BAD])
def test_bad_input_is_refused_with_its_reason(place, words, code, expected, capsys):
    before = sorted(place.rglob("*"))
    assert main(words.split()) == code
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert "bug" not in printed.err
    assert sum(line.startswith("error: ") for line in printed.err.splitlines()) == 1
    last = " ".join(printed.err[printed.err.index("error: ") :].split())  # it may take several lines
    for part in expected:
        assert part in last
    assert sorted(place.rglob("*")) == before


@pytest.mark.parametrize("words", [row[0] for row in BAD if row[0].split()[0] != "serve"])
def test_with_json_the_reason_is_the_one_document(place, words, capsys):
    code = main([*words.split(), "--json"])
    printed = capsys.readouterr()
    error = json.loads(printed.out)["error"]
    assert error["exit_code"] == code
    assert error["kind"] in {2: ("request", "usage"), 3: ("data",), 4: ("model",)}[code]
    assert " ".join(printed.err.split()).endswith(" ".join(f"error: {error['message']}".split()))
