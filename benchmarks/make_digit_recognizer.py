"""Makes Kaggle's Digit Recognizer files from MNIST: `train.csv`, `test.csv`, `sample_submission.csv`.

The competition shuffles MNIST's 70,000 pictures into 42,000 with and 28,000 without labels. We do the same with a
seed of our own and keep the hidden labels in `answers.csv`, which no training reads.

    python benchmarks/make_digit_recognizer.py FOLDER
    python benchmarks/make_digit_recognizer.py FOLDER --score submission.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv

from onelook import open_dataset
from onelook.settings import DecodeSettings

TRAIN_ROWS = 42_000
PIXELS = 784


class Competition(NamedTuple):
    """What the competition hands out, and the labels that it keeps."""

    images: np.ndarray  # (42000, 28, 28, 1), uint8
    labels: np.ndarray  # (42000,), int64
    hidden_images: np.ndarray  # (28000, 28, 28, 1), uint8
    hidden_labels: np.ndarray  # (28000,), int64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--score", type=Path, help="a submission (ImageId,Label) to score against the hidden labels")
    arguments = parser.parse_args()
    if arguments.score:
        print(f"{score(arguments.folder, arguments.score):.4%} of the hidden labels right")
    else:
        write_files(arguments.folder)


def write_files(folder: Path) -> None:
    """Writes the four files."""
    folder.mkdir(parents=True, exist_ok=True)
    images, labels, hidden_images, hidden_labels = competition()
    ids = np.arange(1, len(hidden_images) + 1)
    _write(folder / "train.csv", {"label": labels, **_pixels(images)})
    _write(folder / "test.csv", _pixels(hidden_images))
    _write(folder / "sample_submission.csv", {"ImageId": ids, "Label": np.zeros_like(ids)})
    _write(folder / "answers.csv", {"ImageId": ids, "Label": hidden_labels})
    print(
        f"{folder}: train.csv ({TRAIN_ROWS:,} rows), test.csv ({len(ids):,} rows), sample_submission.csv, answers.csv"
    )


def competition() -> Competition:
    """MNIST's 70,000 pictures, shuffled and dealt as the competition does."""
    images, labels = _mnist()
    order = np.random.default_rng(2012).permutation(len(images))  # the year of the competition's first sibling
    first, last = order[:TRAIN_ROWS], order[TRAIN_ROWS:]
    return Competition(images[first], labels[first], images[last], labels[last])


def score(folder: Path, submission: Path) -> float:
    """The share of hidden labels that the submission has right; rows are matched by ImageId."""
    answers, given = csv.read_csv(folder / "answers.csv"), csv.read_csv(submission)
    if not answers["ImageId"].equals(given["ImageId"]):
        raise SystemExit(f"{submission}: its ImageId column is not 1 to {len(answers)} in order")
    return float(np.mean(answers["Label"].to_numpy() == given["Label"].to_numpy()))


def _mnist() -> tuple[np.ndarray, np.ndarray]:
    parts = open_dataset("mnist").parts
    decode = DecodeSettings(height=28, width=28, channels=1)
    images = np.concatenate([part.pictures.decode(decode).images for part in parts.values()])
    labels = np.concatenate([part.labels for part in parts.values() if part.labels is not None])
    return images, labels


def _pixels(images: np.ndarray) -> dict[str, np.ndarray]:
    columns = images.reshape(-1, PIXELS)
    return {f"pixel{number}": columns[:, number] for number in range(PIXELS)}


def _write(path: Path, columns: dict[str, np.ndarray]) -> None:
    csv.write_csv(pa.table(columns), path, csv.WriteOptions(quoting_style="none"))


if __name__ == "__main__":
    main()
