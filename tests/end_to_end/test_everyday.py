"""What a user types every day, on real pictures: one list of findings, a name for a run, folds, and lines that fit."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import signal
import struct
import subprocess
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from tests.end_to_end.conftest import COMMAND, Onelook

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
    """A folder with a part of Fashion-MNIST, one of whose 1,500 test pictures leaks, and photographs.

    One photograph is there twice, and another is out of focus.
    """
    folder = tmp_path_factory.mktemp("everyday")
    copy_some(real_data / "fashion_mnist", folder / "clothes", 2_000, 1_500, leaked=1)
    with zipfile.ZipFile(real_data / "dogs_vs_cats" / "train.zip") as archive:
        names = sorted(archive.namelist())
        for name in (*names[:60], *names[-60:]):
            (folder / "photos").mkdir(exist_ok=True)
            (folder / "photos" / Path(name).name).write_bytes(archive.read(name))
    copied = sorted((folder / "photos").iterdir())[0]
    (folder / "photos" / "cat.copy.jpg").write_bytes(copied.read_bytes())
    with Image.open(sorted((folder / "photos").iterdir())[1]) as image:
        image.filter(ImageFilter.GaussianBlur(6)).save(folder / "photos" / "cat.blurred.jpg")
    return folder


def findings_on_screen(printed: str) -> list[str]:
    """Return the lines from the ledger to the command that shows the findings."""
    lines = printed.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("  ledger "))
    end = next(at for at, line in enumerate(lines) if line.startswith(("  shown by ", "  checks ")))
    return lines[start : end + 1]


@pytest.fixture(scope="module")
def looked_at_photos(place: Path, run_in: Onelook) -> list[str]:
    """The findings in the photographs, as `inspect` prints them."""
    return findings_on_screen(run_in(place, "inspect", "photos").out)


# Photographs and digits with the network that is picked for them.
@pytest.mark.parametrize("words", ["clothes --model mlp", "photos", "digits"], ids=["clothes", "photos", "digits"])
def test_train_and_inspect_print_the_same_findings(place: Path, run_in: Onelook, words: str) -> None:
    data = words.split(maxsplit=1)[0]
    looked = run_in(place, "inspect", data)
    trained = run_in(place, "train", *words.split(), "--epochs", "1", "--out", f"run-{data}")
    assert looked.code == trained.code == 0, looked.err + trained.err
    assert findings_on_screen(looked.out) == findings_on_screen(trained.out)
    recorded = json.loads((place / f"run-{data}" / "run.json").read_text())["findings"]
    assert recorded == json.loads(run_in(place, "inspect", data, "--json").out)["findings"]
    assert [found["check"] for found in recorded if found["severity"] == "error"] == []
    assert bool(recorded) == (data != "digits")


@pytest.mark.parametrize(
    "model",
    ["--model cnn-small --image-size 64", "--model random-forest", "--models decision-tree,efficientnet-lite0"],
)
def test_the_findings_do_not_depend_on_the_model(
    place: Path, looked_at_photos: list[str], run_in: Onelook, model: str
) -> None:
    epochs = [] if "forest" in model else ["--epochs", "1"]
    trained = run_in(place, "train", "photos", *model.split(), *epochs, "--out", f"run-{model.split()[1]}")
    assert trained.code == 0, trained.err
    assert findings_on_screen(trained.out) == looked_at_photos
    assert "blurred: 1 in the data (cat.blurred.jpg)" in "".join(looked_at_photos)


def test_one_leaked_picture_of_many_is_a_note(place: Path, run_in: Onelook) -> None:
    said = run_in(place, "inspect", "clothes").out
    assert "leak-exact: 1 in the test set (test/1)" in said  # below a thousandth
    assert "\n  wrong " not in said
    assert said.rstrip().endswith("onelook inspect clothes --html look.html")


def test_folds_end_with_pictures_seconds_and_what_comes_next(place: Path, run_in: Onelook) -> None:
    done = run_in(place, "train", "clothes", "--folds", "3", "--model", "cnn-small", "--epochs", "3", "--out", "folds")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    review, again, predict = (shlex.split(line)[1:] for line in lines[lines.index("next") + 1 :])
    assert review == ["review", "folds"]  # the folds doubt labels
    assert again == ["train", "clothes", "--model", "cnn-small", "--epochs", "3"]
    assert predict[0] == "predict"
    assert run_in(place, *predict[:2], "photos", "--out", "photos.csv").code == 0  # the printed folder is a model
    page = (place / "folds" / "report.html").read_text()
    assert all(f'id="{section}"' in page for section in ("confusion", "errors", "labels"))
    assert page.count("data:image/") >= 24  # the worst errors
    folds = json.loads((place / "folds" / "folds.json").read_text())
    for number, fold in enumerate(folds["runs"], start=1):
        epochs = (place / "folds" / f"fold-{number}" / "history.jsonl").read_text().splitlines()
        assert fold["seconds"] > sum(json.loads(line)["seconds"] for line in epochs)
    fewer = run_in(place, "train", "clothes", "--epochs", "2", "--out", "folds", "--resume")
    assert fewer.code == 0, fewer.err


@pytest.mark.parametrize("after", ["training on", "epoch 1/", "kept epoch"])
def test_ctrl_c_says_the_same_everywhere_and_its_command_resumes(place: Path, cache: Path, after: str) -> None:
    run = f"stopped-{after[:4].strip()}"
    words = ["train", "clothes", "--model", "cnn-small", "--epochs", "3", "--out", run]
    env = {**os.environ, "ONELOOK_CACHE": str(cache), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [COMMAND, *words], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if after in line and not any(after in each for each in lines[:-1]):
                time.sleep(0.3)
                process.send_signal(signal.SIGINT)
    assert process.returncode == 130, "".join(lines)
    said = " ".join("".join(lines).split())
    assert "Traceback" not in said
    assert "all that was done is safe. Resume with: " in said
    assert "best epoch so far" not in said  # there may be none
    again = said.split("Resume with: ")[1].split()[1:6]
    assert again == ["train", "clothes", "--out", run, "--resume"]
    resumed = subprocess.run([COMMAND, *again], cwd=place, capture_output=True, text=True, check=False, env=env)
    assert resumed.returncode == 0, resumed.stderr
    assert len((place / run / "history.jsonl").read_text().splitlines()) == 3


def test_fashion_mnist_is_recognised_whatever_its_folder_is_called(place: Path, run_in: Onelook) -> None:
    found = json.loads(run_in(place, "inspect", "clothes", "--json").out)
    assert found["class_names"][0] == "T-shirt/top"
    assert found["class_names"][9] == "Ankle boot"
    assert len([note for note in found["notes"] if "Fashion-MNIST" in note]) == 1
    own = json.loads(run_in(place, "inspect", "clothes", "--json", "--class-names", "a,b,c,d,e,f,g,h,i,j").out)
    assert own["class_names"] == list("abcdefghij")


def test_a_model_with_numbers_as_names_is_evaluated_on_recognised_data(place: Path, run_in: Onelook) -> None:
    words = ("--class-names", "0,1,2,3,4,5,6,7,8,9", "--model", "mlp", "--epochs", "2", "--out", "numbered")
    assert run_in(place, "train", "clothes", *words).code == 0
    known = json.loads((place / "numbered" / "evaluation.json").read_text())
    scored = json.loads(run_in(place, "evaluate", "numbered", "clothes", "--json").out)
    assert (scored["class_names"], scored["accuracy"]) == (known["class_names"], known["accuracy"])
    split = run_in(
        place, "train", "clothes", "--split", "numbered", "--model", "mlp", "--epochs", "1", "--out", "again"
    )
    assert split.code == 0, split.err
    assert json.loads((place / "again" / "evaluation.json").read_text())["class_names"][1] == "Trouser"


def test_a_run_has_a_name_and_is_listed(place: Path, run_in: Onelook) -> None:
    words = ("train", "clothes", "--model", "mlp", "--epochs", "1", "--name", "first-try")
    done = run_in(place, *words)
    assert done.code == 0, done.err
    assert "report  runs/first-try/report.html" in done.out
    assert "runs/first-try" in run_in(place, "runs").out
    taken = run_in(place, *words)
    assert (taken.code, taken.out) == (2, "")
    assert "--name first-try: runs/first-try exists already. Choose another name" in " ".join(taken.err.split())


def test_no_line_of_what_is_printed_into_a_pipe_passes_eighty_columns(place: Path, run_in: Onelook) -> None:
    runs = [
        ("--model", "cnn-small", "--epochs", "1", "--out", "wide-1"),
        ("--model", "decision-tree", "--out", "wide-2"),
    ]
    commands = [
        ("inspect", "clothes"),
        ("inspect", "photos", "--suspects", "suspects.csv"),
        *(("train", "clothes", *words) for words in runs),
        ("train", "photos", "--models", "cnn-small,decision-tree", "--epochs", "1", "--out", "wide-3"),
        ("train", "clothes", "--model", "decision-tree", "--folds", "2", "--out", "wide-4"),
        ("evaluate", "wide-1", "clothes"),
        ("predict", "wide-1", "photos"),
        ("compare", "wide-1", "wide-2"),
        *((name, "wide-1") for name in ("summary", "verify", "report")),
        ("export", "wide-1", "--to", "onnx"),
        *(
            ("runs", folder) for folder in ("wide-3", "wide-4")
        ),  # other tests leave runs with long paths, which stay whole
        *((name,) for name in ("models", "recipes", "datasets")),
    ]
    for words in commands:
        done = run_in(place, *words)
        assert done.code == 0, done.err
        lines = [line for line in done.out.splitlines() if "/onelook " not in line]  # a command stays one line
        assert max(map(len, lines)) <= 80, words
        assert max(map(len, done.err.splitlines()), default=0) <= 80, words
    refused = run_in(place, "train", "clothes", "--model", "wide-1", "--epochs", "1", "--image-size", "x")
    assert refused.code == 2
    assert max(map(len, refused.err.splitlines())) <= 80


def test_cifar10_is_opened_from_a_folder_with_one_zip(real_data: Path) -> None:
    from onelook import open_dataset
    from onelook.data.layouts.builtin import CIFAR10

    dataset = open_dataset("cifar10")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 50_000, "test": 10_000}
    assert dataset.class_names == CIFAR10.class_names
