"""Random rotation, shifts and zoom, pictures a second: ours against Keras' `ImageDataGenerator`.

Both sides start from the same uint8 pictures in memory and give float32 batches in a shuffled order, at the batch
size of the recipe whose pictures have that shape. After a warm-up the sides take turns, so that a machine that
changes its speed changes it for both.

    python benchmarks/augmentation.py
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import torch

from onelook.settings import AugmentSettings
from onelook.transforms.augment.augment import Augment
from record import spread, versions, write_result

# The digit-recognizer's, and but for a flip the dogs-vs-cats recipe's kind of change.
ARGUMENTS = {
    "rotation_range": 10,
    "width_shift_range": 0.1,
    "height_shift_range": 0.1,
    "zoom_range": 0.1,
    "fill_mode": "nearest",
}


@dataclass(frozen=True)
class Case:
    """Pictures of one shape, as many as take Keras about a second, and the ratio that is wanted."""

    shape: tuple[int, int, int]  # height, width, channels
    batch_size: int
    rows: int
    bar: float

    @property
    def name(self) -> str:
        return "x".join(map(str, self.shape))


CASES = [
    Case((28, 28, 1), batch_size=86, rows=5_160, bar=10),
    Case((128, 128, 3), batch_size=15, rows=450, bar=6),
]

Pass = Callable[[], int]  # augments every picture once and gives how many it made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print(f"{'pictures a second':18} {'onelook':>10} {'Keras':>8} {'ratio':>7}  lowest to highest   bar")
    results = {}
    for case in CASES:
        results[case.name] = compare(case, given.repetitions)
        print(_line(case, results[case.name]), flush=True)
    figures = {
        "unit": "pictures a second",
        "versions": {**versions(), "scipy": version("scipy")},
        "threads": given.threads,
        "arguments": ARGUMENTS,
        "results": results,
    }
    write_result("augmentation", figures)


def compare(case: Case, repetitions: int) -> dict[str, Any]:
    """Pictures a second of both sides, and the ratio of each pair of neighbouring measurements."""
    images = np.random.default_rng(0).integers(0, 256, (case.rows, *case.shape), np.uint8)
    ours, keras = onelook_pass(images, case.batch_size), keras_pass(images, case.batch_size)
    for warm_up in (ours, keras):
        pictures_a_second(warm_up)
    pairs = [(pictures_a_second(ours), pictures_a_second(keras)) for _ in range(repetitions)]
    return {
        "batch_size": case.batch_size,
        "onelook": spread([one for one, _ in pairs]),
        "keras_image_data_generator": spread([other for _, other in pairs]),
        "ratio": spread([one / other for one, other in pairs]),
        "bar": case.bar,
    }


def pictures_a_second(one_pass: Pass, at_least_seconds: float = 1.0) -> float:
    """Passes over the pictures until the time is up; whole passes count."""
    start, made, seconds = time.perf_counter(), 0, 0.0
    while seconds < at_least_seconds:
        made += one_pass()
        seconds = time.perf_counter() - start
    return made / seconds


def onelook_pass(images: np.ndarray, batch_size: int) -> Pass:
    augment = Augment(AugmentSettings(**ARGUMENTS), (0.0, 255.0))
    generator = torch.Generator().manual_seed(0)

    def run() -> int:
        made = 0
        for rows in torch.randperm(len(images), generator=generator).split(batch_size):
            batch = torch.from_numpy(images[rows.numpy()]).permute(0, 3, 1, 2)
            made += len(augment(batch, generator))
        return made

    return run


def keras_pass(images: np.ndarray, batch_size: int) -> Pass:
    os.environ.setdefault("KERAS_BACKEND", "torch")  # it computes with NumPy and SciPy whatever the backend is
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    flow = ImageDataGenerator(**ARGUMENTS).flow(images, batch_size=batch_size, shuffle=True, seed=0)

    def run() -> int:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Please import `affine_transform`", DeprecationWarning)
            made = sum(len(flow[batch]) for batch in range(len(flow)))
        flow.on_epoch_end()
        return made

    return run


def _line(case: Case, result: dict[str, Any]) -> str:
    ratio = result["ratio"]
    return (
        f"{case.name:18} {result['onelook']['median']:10,.0f} {result['keras_image_data_generator']['median']:8,.0f} "
        f"{ratio['median']:7.1f}  {ratio['lowest']:6.1f} to {ratio['highest']:<7.1f} {case.bar:5.0f}"
    )


if __name__ == "__main__":
    main()
