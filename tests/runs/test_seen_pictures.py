"""A trained model knows its pictures again: by their pixels, whatever their files are called and wherever they are."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.cli import main
from onelook.commands.evaluate import evaluate_model
from onelook.commands.train import train

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

SIDE = 24


def draw_photos(folder: Path, rows: int, seed: int) -> Path:
    """Smooth pictures of their own, half of them bright above and half below, as JPEG files in class folders."""
    draw = np.random.default_rng(seed)
    for row in range(rows):
        name = ("above", "below")[row % 2]
        (folder / name).mkdir(parents=True, exist_ok=True)
        small = draw.integers(0, 160, (6, 6, 3), dtype=np.uint8)
        small[slice(0, 3) if row % 2 == 0 else slice(3, 6)] += 90
        Image.fromarray(small).resize((2 * SIDE, 2 * SIDE)).save(folder / name / f"{seed}-{row}.jpg", quality=92)
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the photographs in `photos/` and `photos.zip`, 40 new ones in `new/`, and the run in `run/`."""
    folder = tmp_path_factory.mktemp("seen")
    draw_photos(folder / "photos", 40, seed=1)
    draw_photos(folder / "new", 40, seed=2)
    with zipfile.ZipFile(folder / "photos.zip", "w") as packed:
        for path in sorted((folder / "photos").rglob("*.jpg")):
            packed.write(path, path.relative_to(folder / "photos").as_posix())
    train(folder / "photos.zip", model="mlp", epochs=1, image_size=SIDE, out=folder / "run", quiet=True)
    return folder


@pytest.fixture
def unzipped(trained: Path, tmp_path: Path) -> Path:
    return shutil.copytree(trained / "photos", tmp_path / "copied")


def leaked(run: Path, data: Path) -> dict[str, int]:
    return dict(evaluate_model(run, data).evaluation.leaked or {})


def test_the_zip_that_was_trained_on_is_recognised(trained: Path) -> None:
    found = evaluate_model(trained / "run", trained / "photos.zip").evaluation
    assert found.leaked == {"exact": 40, "near": 0}
    assert found.without_leaks is None
    assert found.warnings[0] == (
        "All 40 pictures are among those that the model was trained or tuned on (pixel for pixel), so the model can "
        "remember them. Without them no picture is left to score: use pictures that are new to it."
    )


def test_so_are_the_same_pictures_unzipped_and_under_other_names(trained: Path, unzipped: Path) -> None:
    assert leaked(trained / "run", unzipped) == {"exact": 40, "near": 0}
    for name in ("0", "2"):
        (unzipped / "above" / f"1-{name}.jpg").rename(unzipped / "above" / f"another {name}.jpg")
    assert leaked(trained / "run", unzipped) == {"exact": 40, "near": 0}


def test_so_are_a_few_among_new_ones_with_the_score_without_them(trained: Path, tmp_path: Path) -> None:
    mixed = shutil.copytree(trained / "new", tmp_path / "mixed")
    for path in sorted((trained / "photos" / "above").iterdir())[:8]:
        shutil.copy(path, mixed / "above")
    found = evaluate_model(trained / "run", mixed).evaluation
    alone = evaluate_model(trained / "run", trained / "new").evaluation
    assert (found.rows, found.leaked) == (48, {"exact": 8, "near": 0})
    assert found.without_leaks is not None
    assert found.without_leaks.accuracy == alone.accuracy
    assert found.without_leaks.accuracy_interval == alone.accuracy_interval
    assert found.warnings[0].startswith("8 of the 48 pictures are among those that the model was trained or tuned on (")
    assert (alone.leaked, alone.without_leaks) == ({"exact": 0, "near": 0}, None)


@pytest.mark.parametrize("way", ["again", "half", "double"])
def test_altered_copies_are_nearly_the_same(way: str, trained: Path, unzipped: Path) -> None:
    side, quality = {"again": (2 * SIDE, 75), "half": (SIDE, 95), "double": (4 * SIDE, 95)}[way]
    for path in unzipped.rglob("*.jpg"):
        Image.open(path).resize((side, side)).save(path, quality=quality)
    found = leaked(trained / "run", unzipped)
    assert found["exact"] + found["near"] == 40
    assert found["near"] >= 38


def test_predict_says_it_of_labelled_pictures(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mixed = shutil.copytree(trained / "new", tmp_path / "mixed")
    shutil.copy(next((trained / "photos" / "above").iterdir()), mixed / "above")
    start = "1 of the 41 pictures is among those that the model was trained or tuned on (pixel for pixel)"
    assert main(["predict", str(trained / "run"), str(mixed), "--json"]) == 0
    printed = capsys.readouterr()
    (warning,) = json.loads(printed.out)["warnings"]
    assert warning.startswith(f"{start}, so the model can remember it. Without it the accuracy is ")
    assert f"warning: {start}" in " ".join(printed.err.split())
    (mixed / "strange").mkdir()
    shutil.copy(next((trained / "new" / "above").iterdir()), mixed / "strange" / "unlike.jpg")
    assert main(["predict", str(trained / "run"), str(mixed), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["warnings"][0].startswith("1 of the 41 labelled pictures is among")
    (mixed / "above").rename(mixed / "over")  # a class that the model does not know
    for data in (mixed, trained / "new", trained / "photos" / "above"):  # and new ones, and ones without labels
        assert main(["predict", str(trained / "run"), str(data), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["warnings"] == []


def test_the_list_takes_64_bytes_a_picture(trained: Path) -> None:
    size = (trained / "run" / "model" / "picture_list.safetensors").stat().st_size
    assert 40 * 64 <= size < 40 * 64 + 500


def test_a_model_without_the_list_says_nothing(trained: Path, in_tmp: Path) -> None:
    arguments: dict[str, Any] = {"model": "mlp", "epochs": 1, "image_size": SIDE, "quiet": True}
    run = train(trained / "photos", out="run", omit_picture_list=True, **arguments)
    assert not (run.folder.model / "picture_list.safetensors").exists()
    assert run.classifier().pictures is None
    found = evaluate_model("run", trained / "photos.zip").evaluation
    assert found.leaked is None
    assert not any("trained" in warning for warning in found.warnings)


def test_validation_pictures_of_the_training_may_validate_again(trained: Path, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    for part, name in (("train", "photos"), ("val", "new")):
        shutil.copytree(trained / name, parts / part)
    run = train(parts, model="mlp", epochs=1, image_size=SIDE, out=tmp_path / "run", quiet=True)
    assert leaked(run.folder.path, parts) == {"exact": 0, "near": 0}  # the part `val`
    assert leaked(run.folder.path, parts / "val") == {"exact": 40, "near": 0}  # as pictures without a part
    shutil.copy(next((parts / "train" / "above").iterdir()), parts / "val" / "above")
    assert leaked(run.folder.path, parts) == {"exact": 1, "near": 0}
