"""Makes the tutorials' four headerless CSV files from Fashion-MNIST.

python benchmarks/make_four_csv.py FOLDER
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
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in open_dataset("fashion_mnist").parts.items():
        images = part.pictures.decode(DecodeSettings(height=28, width=28, channels=1)).images
        _write(folder / f"{name}_images.csv", images.reshape(len(images), -1))
        _write(folder / f"{name}_labels.csv", np.asarray(part.labels)[:, None])
        print(f"{folder}: {name}_images.csv and {name}_labels.csv, {len(images):,} rows")


def _write(path: Path, rows: np.ndarray) -> None:
    table = pa.table({str(column): rows[:, column] for column in range(rows.shape[1])})
    csv.write_csv(table, path, csv.WriteOptions(include_header=False, quoting_style="none"))


if __name__ == "__main__":
    main()
