"""Everyday corrections, typed: renamed pictures, corrected labels, and scores on what the model has learnt."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from tests.end_to_end.conftest import Finished, Onelook

TAKEN, NEW = 60, 16  # photographs to train on, and others
TRAINING = ("--model", "cnn-small", "--epochs", "2", "--image-size", "64")


@pytest.fixture(scope="module")
def work(real_data: Path, run_in: Onelook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of Dogs vs. Cats: `photos.zip`, the same in `photos/`, others in `new/`; `first`, trained on the zip."""
    folder = tmp_path_factory.mktemp("corrections")
    with zipfile.ZipFile(real_data / "dogs_vs_cats" / "train.zip") as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))
        for number, name in enumerate([*names[: (TAKEN + NEW) // 2], *names[-((TAKEN + NEW) // 2) :]]):
            target = folder / ("new" if number % ((TAKEN + NEW) // 2) < NEW // 2 else "photos") / Path(name).name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(packed.read(name))
    with zipfile.ZipFile(folder / "photos.zip", "w") as packed:
        for path in sorted((folder / "photos").iterdir()):
            packed.write(path, f"train/{path.name}")
    done = run_in(folder, "train", "photos.zip", *TRAINING, "--out", "first")
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def copied(work: Path, tmp_path: Path) -> Path:
    return shutil.copytree(work / "photos", tmp_path / "photos")


def scored(work: Path, run_in: Onelook, data: Path) -> tuple[dict[str, int], str]:
    """The numbers of pictures that were seen, and the first warning."""
    done = run_in(work, "evaluate", "first", data, "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    return found["leaked"], found["warnings"][0]


def test_evaluate_knows_the_pictures_again(work: Path, copied: Path, run_in: Onelook, tmp_path: Path) -> None:
    everything = {"exact": TAKEN, "near": 0}
    for data in (work / "photos.zip", copied):
        leaked, warning = scored(work, run_in, data)
        assert leaked == everything
        assert warning.startswith(f"All {TAKEN} pictures are among those that the model was trained or tuned on")
    for name in [*sorted(path.name for path in copied.iterdir())][:2]:
        (copied / name).rename(copied / f"{name.split('.')[0]}.7{name.split('.')[1]}.jpg")
    assert scored(work, run_in, copied)[0] == everything
    mixed = shutil.copytree(work / "new", tmp_path / "mixed")
    for number, path in enumerate(sorted((work / "photos").iterdir())[:8]):
        if number < 4:
            shutil.copy(path, mixed)
        else:
            again = f"{path.name.split('.')[0]}.9000{number}.jpg"
            Image.open(path).convert("RGB").save(mixed / again, quality=75)
    leaked, warning = scored(work, run_in, mixed)
    assert leaked == {"exact": 4, "near": 4}
    assert "(4 pixel for pixel and 4 nearly the same)" in warning
    assert "Without them the accuracy is " in warning
    assert f" on {NEW} pictures (95 % interval " in warning
    done = run_in(work, "predict", "first", mixed)
    assert f"warning: 8 of the {NEW + 8} pictures are among those" in " ".join(done.err.split())
    assert scored(work, run_in, work / "new")[0] == {"exact": 0, "near": 0}


def test_training_does_not_continue_on_learnt_pictures_under_other_names(
    work: Path, copied: Path, run_in: Onelook, tmp_path: Path
) -> None:
    for path in sorted(copied.iterdir()):
        path.rename(copied / f"{path.name.split('.')[0]}.7{path.name.split('.')[1]}.jpg")
    refused = run_in(tmp_path, "train", copied, "--from", work / "first", "--seed", "3", "--epochs", "1")
    assert refused.code == 2
    assert "of the 6 pictures that would validate" in " ".join(refused.err.split())


@pytest.fixture(scope="module")
def corrected(work: Path, run_in: Onelook) -> Finished:
    """Two pictures are renamed, two labels corrected, and one picture is new: trained with the split of `first`."""
    folder = shutil.copytree(work / "photos", work / "corrected")
    cats, dogs = (sorted(folder.glob(f"{name}.*")) for name in ("cat", "dog"))
    for path, name in ((cats[0], "cat.80001"), (dogs[0], "dog.80002"), (cats[1], "dog.80003"), (dogs[1], "cat.80004")):
        path.rename(folder / f"{name}.jpg")
    shutil.copy(next((work / "new").glob("cat.*")), folder / "cat.80005.jpg")
    return run_in(work, "train", "corrected", *TRAINING, "--split", "first", "--out", "second")


def test_the_split_is_followed_and_what_changed_is_said(work: Path, corrected: Finished) -> None:
    assert corrected.code == 0, corrected.err
    said = " ".join(corrected.out.split())
    assert "4 pictures have another id now, 2 pictures have another label now, 1 new picture is trained on" in said
    assert "onelook compare first second" in said


def test_both_are_compared_on_the_same_pictures(work: Path, corrected: Finished, run_in: Onelook) -> None:
    done = run_in(work, "compare", "first", "second")
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    assert "the data has changed between the runs, but all were scored on the same 6 validation pictures" in said
    assert max(map(len, done.out.splitlines())) <= 80


def test_features_of_renamed_pictures_are_not_computed_again(work: Path, corrected: Finished, run_in: Onelook) -> None:
    head = ("--model", "efficientnet-lite0", "--image-size", "64", "--epochs", "1")
    first = run_in(work, "train", "photos.zip", *head, "--out", "head-first")
    again = run_in(work, "train", "corrected", *head, "--split", "head-first", "--out", "head-again")
    assert f"features of {TAKEN} pictures in " in first.out
    said = " ".join(again.out.split())
    assert "features of 1 picture in " in said
    assert f"those of {TAKEN} others are from earlier runs' cache" in said
