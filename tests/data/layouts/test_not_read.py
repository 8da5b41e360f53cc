"""Files beside arrays and tables are counted, whatever the layout, and pictures beside them are no rival reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.errors import ConfigError

PIXELS = np.arange(6 * 64, dtype=np.uint8).reshape(6, 8, 8)
LABELS = np.arange(6, dtype=np.uint8) % 2


def idx(root: Path) -> None:
    for kind, values in (("images-idx3", PIXELS), ("labels-idx1", LABELS)):
        head = np.array([0x0800 + values.ndim, *values.shape], ">u4").tobytes()
        (root / f"train-{kind}-ubyte").write_bytes(head + values.tobytes())


def npz(root: Path) -> None:
    np.savez(root / "set.npz", x_train=PIXELS, y_train=LABELS)


def cifar_binary(root: Path) -> None:
    rows = np.concatenate([np.arange(6, dtype=np.uint8)[:, None], np.zeros((6, 3072), np.uint8)], axis=1)
    for number in range(1, 6):
        (root / f"data_batch_{number}.bin").write_bytes(rows.tobytes())
    (root / "batches.meta.txt").write_text(
        "\n".join(["cat", "dog", "fox", "hen", "owl", "pig", "rat", "yak", "ape", "bee"])
    )


def pixel_csv(root: Path) -> None:
    head = ",".join(["label", *(f"p{at}" for at in range(64))])
    rows = (",".join(map(str, (label, *row.ravel()))) for label, row in zip(LABELS, PIXELS, strict=True))
    (root / "train.csv").write_text("\n".join([head, *rows]) + "\n")


def manifest(root: Path) -> None:
    for number, row in enumerate(PIXELS):
        Image.fromarray(row).save(root / f"{number}.png")
    (root / "list.csv").write_text("file,label\n" + "".join(f"{at}.png,{'ab'[at % 2]}\n" for at in range(6)))


ARRAYS = pytest.mark.parametrize("write", [idx, npz, cifar_binary, pixel_csv])
ALL = pytest.mark.parametrize("write", [idx, npz, cifar_binary, pixel_csv, manifest])


@ALL
def test_without_other_files_nothing_is_said(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    assert not any("not read" in note or note.startswith("Files that") for note in open_dataset(tmp_path).notes)


@ALL
def test_other_files_are_counted_by_kind_or_named(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    (tmp_path / "deep").mkdir()
    for name in ("training.pt", "deep/test.pt", "LICENSE"):
        (tmp_path / name).write_bytes(b"PK\3\4")
    said = "\n".join(open_dataset(tmp_path).notes)
    if write is pixel_csv:  # it names them itself
        assert "left out: deep/test.pt, LICENSE and training.pt." in said
        assert "not read" not in said
    else:
        assert "3 other files were not read (2 .pt, 1 without suffix)." in said


@ARRAYS
def test_a_few_pictures_beside_arrays_are_left_out_with_a_note(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    rows = open_dataset(tmp_path).rows
    for name in ("a.png", "b.png", "c.png"):
        Image.new("L", (9, 9)).save(tmp_path / name)
    dataset = open_dataset(tmp_path)
    assert dataset.rows == rows
    told = "left out: a.png, b.png" if write is pixel_csv else "3 other files were not read (3 .png)"
    assert any(told in note for note in dataset.notes)


@ARRAYS
def test_more_pictures_beside_arrays_are_a_question(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    for number in range(4):
        Image.new("L", (9, 9), number).save(tmp_path / f"{number}.png")
    with pytest.raises(ConfigError, match="can be read in 2 ways"):
        open_dataset(tmp_path)
