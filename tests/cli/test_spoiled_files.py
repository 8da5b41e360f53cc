"""Files that were spoiled on their way: refused with their exit code or set aside, and nothing left half-written."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.cli.run_command import run

NETWORK = '[[layers]]\ntype = "global_average_pool"\n\n[[layers]]\ntype = "dense"\nunits = "classes"\n'


@pytest.fixture(autouse=True)
def _in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Exit code and the message of a refusal, which leaves every file as it was."""
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    code = run([*words, "--json"])
    printed = capsys.readouterr()
    message = f"error: {json.loads(printed.out)['error']['message']}"
    assert " ".join(printed.err.split()).endswith(" ".join(message.split()))
    assert "Traceback" not in printed.err
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before
    return code, message


def write_idx(name: str, values: np.ndarray) -> Path:
    header = bytes([0, 0, 8, values.ndim]) + b"".join(side.to_bytes(4, "big") for side in values.shape)
    path = Path("idx") / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(header + values.astype(np.uint8).tobytes()))
    return path


def draw_photos(folder: Path, each: int = 6) -> None:
    """Two classes of noise that is darker in one, as JPEG."""
    generator = np.random.default_rng(0)
    for class_name, level in (("cat", 60), ("dog", 200)):
        (folder / class_name).mkdir(parents=True)
        for number in range(each):
            pixels = generator.integers(level - 50, level + 50, (32, 32, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(folder / class_name / f"{number}.jpg")


def test_idx_files_of_different_counts(capsys: pytest.CaptureFixture[str]) -> None:
    write_idx("train-images-idx3-ubyte.gz", np.zeros((5, 4, 4)))
    write_idx("train-labels-idx1-ubyte.gz", np.arange(4))
    code, line = refused(capsys, "train", "idx", "--out", "run")
    assert code == 3
    assert "has 5 pictures" in line
    assert "4 labels" in line


def test_a_gzipped_idx_file_that_was_not_downloaded_whole(capsys: pytest.CaptureFixture[str]) -> None:
    images = write_idx("train-images-idx3-ubyte.gz", np.arange(80).reshape(5, 4, 4))
    write_idx("train-labels-idx1-ubyte.gz", np.arange(5))
    images.write_bytes(images.read_bytes()[:-20])
    code, line = refused(capsys, "train", "idx", "--out", "run")
    assert code == 3
    assert "train-images-idx3-ubyte.gz: the gzip file is truncated or damaged" in line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("label,p0,p1,p2,p3\n", "a header and no rows"),
        ("label,p0,p1,p2,p3\na,1,2,3,4\n,1,2,3,5\n", "missing value"),
        ("label,p0,p1,p2,p3\na,1,2,3,4\nb,1,2,,5\n", "column 'p2'"),
        ("label,p0,p1,p2,p3\na,1,2,3,-4\n", "'-4'"),
        ("kind,p0,p1,p2,p3\na,1,2,3,4\nb,1,2,3,5\n", "--label-column"),
        ("label,p0,p1,p2,p3\na,1,2,3,4\nb,9,9,9,9\n", "'b' (1)"),
    ],
)
def test_tables(text: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("table.csv").write_text(text)
    code, line = refused(capsys, "train", "table.csv", "--out", "run")
    assert code == 3
    assert expected in line


def test_a_table_as_windows_and_spreadsheets_write_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ['"label";"p0";"p1";"p2";"p3"', '"b";"1";"2";"3";"4"', '"a";"1";"2";"3";"5"', "", ""]
    Path("table.csv").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    assert run(["inspect", "table.csv", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["class_counts"] == {"a": 1, "b": 1}


def test_half_a_jpeg_and_a_text_are_set_aside_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    draw_photos(Path("photos"))
    half = Path("photos/cat/0.jpg")
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    Path("photos/dog/text.jpg").write_text("hello")
    Path("net.toml").write_text(NETWORK)
    words = ("train", "photos", "--model", "net.toml", "--epochs", "1", "--val", "0.3", "--out", "run")
    code, line = refused(capsys, *words, "--strict")
    assert code == 3
    assert "cat/0.jpg" in line
    assert run([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "complete"
    with Path("run/ledger.csv").open(newline="") as file:
        aside = {row["id"]: row["reason"] for row in csv.DictReader(file) if row["status"] == "quarantined"}
    assert aside.keys() == {"cat/0.jpg", "dog/text.jpg"}
    assert "cut short" in aside["cat/0.jpg"]
    assert "text that starts 'hello'" in aside["dog/text.jpg"]


def test_every_picture_broken(capsys: pytest.CaptureFixture[str]) -> None:
    draw_photos(Path("photos"), each=2)
    for picture in Path("photos").rglob("*.jpg"):
        picture.write_text("hello")
    code, line = refused(capsys, "train", "photos", "--out", "run")
    assert code == 3
    assert "none of 4 pictures can be read" in line


@pytest.mark.parametrize("name", ["model.json", "weights.safetensors", "model.onnx", "golden.safetensors"])
@pytest.mark.parametrize("fate", ["missing", "altered"])
def test_models(name: str, fate: str, brightness_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(brightness_model, "model")
    Image.new("L", (8, 8)).save("picture.png")
    file = Path("model") / name
    content = file.read_bytes()
    if fate == "missing":
        file.unlink()
    else:
        file.write_bytes(content[:-9] + b" " + content[-8:])
    for words in (["verify", "model"], ["predict", "model", "picture.png", "--out", "out.csv"]):
        code, line = refused(capsys, *words)
        assert code == 4
        assert name in line


def test_a_model_of_a_later_format(brightness_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(brightness_model, "model")
    card = Path("model/model.json")
    card.write_text(card.read_text().replace('"format_version": 1', '"format_version": 99'))
    code, line = refused(capsys, "verify", "model")
    assert code == 4
    assert "format 99" in line


@pytest.mark.parametrize("out", ["folder", "file/out.csv"])
def test_a_place_that_can_hold_no_file(out: str, brightness_model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("folder").mkdir()
    Path("file").touch()
    Image.new("L", (8, 8)).save("picture.png")
    for words in (
        ["predict", str(brightness_model), "picture.png", "--out", out],
        ["export", str(brightness_model), "--to", "onnx", "--out", out],
    ):
        code, line = refused(capsys, *words)
        assert code == 2
        assert out.split("/", maxsplit=1)[0] in line


@pytest.mark.parametrize(
    "option",
    ["--val 0", "--val 1", "--val 1.5", "--image-size 0", "--image-size 99999", "--batch-size 0", "--set augment=7"],
)
def test_numbers_that_cannot_be_meant(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    draw_photos(Path("photos"), each=2)
    code, line = refused(capsys, "train", "photos", "--out", "run", *option.split())
    assert code == 2
    assert "expected" in line
