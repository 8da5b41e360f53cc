"""Makes the tutorials' four headerless CSV files from Fashion-MNIST.

python benchmarks/make_four_csv.py FOLDER [--leak]

With --leak the rows of the test files stand in the training files too, after the others, as in the tutorials whose
decision tree reports a test accuracy of 1.000.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from onelook import open_dataset
from onelook.settings import DecodeSettings


def main() -> None:
    folders = [word for word in sys.argv[1:] if word != "--leak"]
    if len(folders) != 1:
        raise SystemExit(__doc__)
    (folder,) = map(Path, folders)
    folder.mkdir(parents=True, exist_ok=True)
    decode = DecodeSettings(height=28, width=28, channels=1)
    parts = open_dataset("fashion_mnist").parts
    for name in parts:
        used = [parts[name], parts["test"]] if name == "train" and "--leak" in sys.argv else [parts[name]]
        images = np.concatenate([part.pictures.decode(decode).images for part in used])
        _write(folder / f"{name}_images.csv", images.reshape(len(images), -1))
        _write(folder / f"{name}_labels.csv", np.concatenate([np.asarray(part.labels) for part in used])[:, None])
        print(f"{folder}: {name}_images.csv and {name}_labels.csv, {len(images):,} rows")


def _write(path: Path, rows: np.ndarray) -> None:
    table = pa.table({str(column): rows[:, column] for column in range(rows.shape[1])})
    csv.write_csv(table, path, csv.WriteOptions(include_header=False, quoting_style="none"))


if __name__ == "__main__":
    main()
