"""Where two layouts could be meant: which one wins, and where it is a question. And what is never data."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from onelook.data.layouts.recognise import candidates, standing
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError

ARRAYS = {"x_train": np.zeros((4, 4, 4), np.uint8), "y_train": np.array([0, 1, 0, 1])}
PIXELS = pd.DataFrame({"label": [0, 1], "p0": [1, 2], "p1": [3, 4], "p2": [5, 6], "p3": [7, 8]})


def pictures(root: Path, *names: str) -> Path:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4), number).save(root / name)
    return root


CLASSES = ("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")
NAMED = ("cat.1.png", "cat.2.png", "dog.1.png", "dog.2.png")
FOUND = ("cat_1.png", "cat_2.png", "dog_1.png", "dog_2.png")
BARE = ("1.png", "2.png", "3.png", "4.png")
LISTS = "id,mood\n{},sad\n{},glad\n{},glad\n{},sad\n"


@pytest.mark.parametrize(
    ("names", "beside", "both"),
    [
        (CLASSES, "npz", ("npz", "class-folders")),
        (NAMED, "npz", ("npz", "labelled-names")),
        (BARE, "npz", ("npz", "picture-folder")),
        (CLASSES, "pixels", ("pixel-csv", "class-folders")),
        (BARE, "pixels", ("pixel-csv", "picture-folder")),
        (CLASSES, "list", ("manifest", "class-folders")),
        (NAMED, "list", ("manifest", "labelled-names")),
        (CLASSES, "parquet", ("pixel-parquet", "class-folders")),
    ],
)
def test_two_that_fit_are_a_question_and_each_can_be_chosen(
    tmp_path: Path, names: tuple[str, ...], beside: str, both: tuple[str, str]
) -> None:
    root = pictures(tmp_path / "d", *names)
    if beside == "npz":
        np.savez(root / "data.npz", **ARRAYS)  # type: ignore[arg-type]
    elif beside == "pixels":
        PIXELS.to_csv(root / "train.csv", index=False)
    elif beside == "parquet":
        PIXELS.to_parquet(root / "train.parquet")
    else:
        (root / "train.csv").write_text(LISTS.format(*names))
    with pytest.raises(ConfigError) as caught:
        open_dataset(root)
    message = str(caught.value)
    assert caught.value.exit_code == 2
    assert {line.removeprefix("  --layout ") for line in message.splitlines() if "--layout" in line} == set(both)
    for layout in both:
        assert open_dataset(root, layout=layout).layout == layout


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (FOUND, "manifest"),  # a pattern that we find is worth less than a table
        (BARE, "manifest"),
        (("train/1.png", "train/2.png", "test/1.png", "test/2.png"), "manifest"),  # parts are no classes
    ],
)
def test_a_table_that_lists_what_nothing_else_labels_is_taken(
    tmp_path: Path, names: tuple[str, ...], layout: str
) -> None:
    root = pictures(tmp_path / "d", *names)
    (root / "list.csv").write_text(LISTS.format(*names))
    assert open_dataset(root).layout == layout


PARTED = ("train/1.png", "train/2.png", "test/1.png", "test/2.png")
NAMED_CLASSES = ("train/cat/cat.1.png", "train/dog/dog.1.png", "test/cat/cat.2.png", "test/dog/dog.2.png")
YEARS = ("2020/cat_1.png", "2020/dog_1.png", "2021/cat_2.png", "2021/dog_2.png")
MOSTLY_LOOSE = ("cat/1.png", "dog/2.png", "3.png", "4.png", "5.png")
KINDS = {
    "classes": CLASSES,
    "named": NAMED,
    "found": FOUND,
    "bare": BARE,
    "parted": PARTED,
    "named classes": NAMED_CLASSES,
    "years": YEARS,
    "mostly loose": MOSTLY_LOOSE,
}

# What stands for each kind of pictures, by what lies beside them; two or more are a question.
STANDING = {
    "classes": {"nothing": "F", "npz": "F N", "pixels": "F P", "list": "F M", "same labels": "F", "split": "M"},
    "named": {"nothing": "L", "npz": "L N", "pixels": "L P", "list": "L M", "same labels": "L", "split": "M"},
    "found": {"nothing": "L", "npz": "L N", "pixels": "L P", "list": "M", "same labels": "M", "split": "M"},
    "bare": {"nothing": "U", "npz": "U N", "pixels": "U P", "list": "M", "same labels": "M", "split": "M"},
    "parted": {"nothing": "U", "npz": "U N", "pixels": "U P", "list": "M", "same labels": "M", "split": "M"},
    "named classes": {
        **{"nothing": "F", "npz": "F N", "pixels": "F P", "list": "F M", "same labels": "F"},
        "split": "M",
    },
    "years": {
        **{"nothing": "F L", "npz": "F L N", "pixels": "F L P", "list": "F L M", "same labels": "M"},
        "split": "M",
    },
    "mostly loose": {"nothing": "U", "npz": "U N", "pixels": "U P", "list": "M", "same labels": "M", "split": "M"},
}
LETTERS = {
    **{"F": "class-folders", "L": "labelled-names", "M": "manifest", "U": "picture-folder"},
    **{"N": "npz", "P": "pixel-csv"},
}


def put_beside(root: Path, beside: str, names: tuple[str, ...]) -> None:
    """Puts another thing that could be data beside pictures."""
    labels = ["cat" if "cat" in name else "dog" if "dog" in name else "other" for name in names]
    moods = ("sad", "glad", "glad", "sad", "sad")
    parts = ("train", "train", "train", "val", "val")
    if beside == "npz":
        np.savez(root / "data.npz", **ARRAYS)  # type: ignore[arg-type]
    elif beside == "pixels":
        PIXELS.to_csv(root / "pixels.csv", index=False)
    elif beside == "list":
        pd.DataFrame({"id": names, "mood": moods[: len(names)]}).to_csv(root / "list.csv", index=False)
    elif beside == "same labels":
        pd.DataFrame({"id": names, "label": labels}).to_csv(root / "list.csv", index=False)
    elif beside == "split":
        pd.DataFrame({"id": names, "label": labels, "split": parts[: len(names)]}).to_csv(
            root / "list.csv", index=False
        )


@pytest.mark.parametrize("beside", ["nothing", "npz", "pixels", "list", "same labels", "split"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_what_stands_for_pictures_with_something_beside_them(tmp_path: Path, kind: str, beside: str) -> None:
    root = pictures(tmp_path / "d", *KINDS[kind])
    put_beside(root, beside, KINDS[kind])
    expected = {LETTERS[letter] for letter in STANDING[kind][beside].split()}
    assert set(standing(candidates(Location(root)))) == expected


def test_a_table_of_other_things_changes_nothing(tmp_path: Path) -> None:
    root = pictures(tmp_path / "d", *CLASSES)
    (root / "weather.csv").write_text("day,rain\nMonday,3\nTuesday,4\n")
    dataset = open_dataset(root)
    assert dataset.layout == "class-folders"
    assert dataset.notes[0].startswith("1 file that is no picture by suffix was ignored (1 .csv).")


HIDDEN = (
    *(".DS_Store", "cat/.DS_Store", "cat/._1.png", ".ipynb_checkpoints/1-checkpoint.png", "__MACOSX/cat/._1.png"),
    *("Thumbs.db", "dog/desktop.ini", "dog/@eaDir/1.png", ".git/x.png", "$RECYCLE.BIN/2.png"),
)


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "gztar"])
def test_hidden_and_system_entries_are_left_out_aloud_wherever_they_lie(tmp_path: Path, kind: str) -> None:
    root = pictures(tmp_path / "pets", *CLASSES)
    for name in HIDDEN:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / "cat/1.png", root / name)
    place = root if kind == "folder" else Path(shutil.make_archive(str(tmp_path / "packed"), kind, tmp_path, "pets"))
    dataset = open_dataset(place)
    assert dataset.layout == "class-folders"
    assert dataset.parts["all"].ids == CLASSES
    (note,) = dataset.notes
    assert note.startswith("Hidden and system entries ignored: ")
    for name in (
        ".DS_Store",
        "._1.png",
        ".ipynb_checkpoints",
        "__MACOSX",
        "Thumbs.db",
        "desktop.ini",
        "@eaDir",
        ".git",
    ):
        assert name in note


def test_an_archive_of_a_mac_has_one_folder(tmp_path: Path) -> None:
    root = pictures(tmp_path / "pets", *CLASSES)
    with zipfile.ZipFile(tmp_path / "pets.zip", "w") as archive, tarfile.open(tmp_path / "pets.tar", "w") as tar:
        for name in CLASSES:
            archive.write(root / name, f"pets/{name}")
            archive.writestr(f"__MACOSX/pets/{name.replace('/', '/._')}", b"resource fork")
            tar.add(root / name, f"pets/{name}")
            tar.add(root / name, f"pets/{name.replace('/', '/._')}")
    for name in ("pets.zip", "pets.tar"):
        assert open_dataset(tmp_path / name).parts["all"].ids == CLASSES
