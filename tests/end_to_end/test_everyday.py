"""What a user types every day, on real pictures: one list of findings, a name for a run, folds, and lines that fit."""

from __future__ import annotations

import gzip
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.end_to_end.conftest import Onelook

PARTS = ("train", "t10k")


def read_idx(path: Path) -> np.ndarray:
    content = gzip.decompress(path.read_bytes())
    axes = content[3]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(struct.unpack_from(f">{axes}I", content, 4))


def write_idx(path: Path, values: np.ndarray) -> None:
    header = struct.pack(f">{1 + values.ndim}I", 0x0800 | values.ndim, *values.shape)
    path.write_bytes(header + values.tobytes())


def copy_some(source: Path, target: Path, train: int, test: int, *, leaked: int = 0) -> Path:
    """Write the first pictures of IDX files to another folder; the last of the training are `leaked` test pictures."""
    target.mkdir(exist_ok=True)
    for part, rows in zip(PARTS, (train, test), strict=True):
        for kind in ("images-idx3", "labels-idx1"):
            values = read_idx(source / f"{part}-{kind}-ubyte.gz")[:rows]
            if part == "train" and leaked:
                values = np.concatenate([values, read_idx(source / f"t10k-{kind}-ubyte.gz")[:leaked]])
            write_idx(target / f"{part}-{kind}-ubyte", values)
    return target


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Path:
    """A folder with a part of Fashion-MNIST, one of whose 1,500 test pictures leaks, and photographs, one twice."""
    folder = tmp_path_factory.mktemp("everyday")
    copy_some(real_data / "fashion_mnist", folder / "clothes", 2_000, 1_500, leaked=1)
    with zipfile.ZipFile(real_data / "dogs_vs_cats" / "train.zip") as archive:
        names = sorted(archive.namelist())
        for name in (*names[:60], *names[-60:]):
            (folder / "photos").mkdir(exist_ok=True)
            (folder / "photos" / Path(name).name).write_bytes(archive.read(name))
    copied = sorted((folder / "photos").iterdir())[0]
    (folder / "photos" / "cat.copy.jpg").write_bytes(copied.read_bytes())
    return folder


def findings_on_screen(printed: str) -> list[str]:
    """Return the lines from the ledger to the command that shows the findings."""
    lines = printed.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("  ledger "))
    end = next(at for at, line in enumerate(lines) if line.startswith(("  shown by ", "  checks ")))
    return lines[start : end + 1]


@pytest.mark.parametrize("data", ["clothes", "photos", "digits"])
def test_train_and_inspect_print_the_same_findings(place: Path, run_in: Onelook, data: str) -> None:
    looked = run_in(place, "inspect", data)
    trained = run_in(place, "train", data, "--epochs", "1", "--out", f"run-{data}")
    assert looked.code == trained.code == 0, looked.err + trained.err
    assert findings_on_screen(looked.out) == findings_on_screen(trained.out)
    recorded = json.loads((place / f"run-{data}" / "run.json").read_text())["findings"]
    assert recorded == json.loads(run_in(place, "inspect", data, "--json").out)["findings"]
    assert [found["check"] for found in recorded if found["severity"] == "error"] == []
    assert bool(recorded) == (data != "digits")


def test_one_leaked_picture_of_many_is_a_note(place: Path, run_in: Onelook) -> None:
    said = run_in(place, "inspect", "clothes").out
    assert "leak-exact: 1 in the test set (test/1)" in said  # below a thousandth
    assert "too good to be believed" not in said
    assert said.rstrip().endswith("onelook inspect clothes --html look.html")
