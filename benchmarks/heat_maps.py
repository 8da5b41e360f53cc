"""How often a heat map has its maximum in the place that decides the class, network by network.

    python benchmarks/heat_maps.py [--covers] [NAME ...]

1. Drawn pictures: noise, and at a random place a square of a quarter of the side. Its texture is the class: full, rows
   or columns. Each network is trained on them for some seconds.
2. For 120 further pictures of these the heat map of the predicted class is made, as for a report. Counted: maps whose
   largest cell has its middle in the square, of all pictures that the network names rightly.
3. The same with a decoy: every picture also has a cross of the same brightness and size elsewhere, which says nothing
   of the class. A map that only finds what is bright fails here. Networks do react to the cross, though, as their
   features are made of its edges too; a map that shows that is no worse for it.
4. The same pictures with the network's weights drawn at random: how alike both maps are (Adebayo et al. 2018).

With `--covers`, the maps are those of `onelook serve`, which covers parts of a picture because it has no torch; only 2
and 3 are counted, in a result of their own.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook import train
from onelook.classifier import Classifier
from onelook.evaluation.heat_maps.choose_method import choose_light_method, choose_method
from onelook.evaluation.heat_maps.grid import on_grid
from record import write_entry

SEED = 0
JUDGED = 120
CLASSES = np.array(["full", "rows", "columns"])
BRIGHT, NOISE = 230, 90

Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class Planned:
    """What one network is trained on, and for how long."""

    model: str
    side: int
    channels: int
    rows: int
    epochs: int
    options: tuple[tuple[str, Any], ...] = ()


PLANNED = {
    "cnn": Planned("cnn", 28, 1, 1500, 6),
    "cnn-small": Planned("cnn-small", 28, 1, 1500, 6),
    "airbench-small": Planned("airbench-small", 28, 1, 1500, 6),
    "airbench-medium": Planned("airbench-medium", 28, 1, 1500, 5),
    "resnet": Planned("resnet", 28, 1, 1500, 6),
    "mlp": Planned("mlp", 28, 1, 6000, 10),
    "digit-recognizer": Planned("digit-recognizer", 28, 1, 1500, 6),
    "mnist-tutorial": Planned("mnist-tutorial", 28, 1, 2000, 8),
    "fashion-cnn-bn": Planned("fashion-cnn-bn", 28, 1, 2000, 10, (("batch_size", 32),)),
    "fashion-cnn-small": Planned("fashion-cnn-small", 28, 1, 2000, 10),
    "cifar10-cnn": Planned("cifar10-cnn", 32, 3, 2000, 10),
    "dogs-vs-cats": Planned("dogs-vs-cats", 48, 3, 1500, 15, (("batch_size", 32),)),
    "efficientnet-lite0 (head)": Planned("efficientnet-lite0", 96, 3, 300, 10, (("tune", "head"), ("image_size", 96))),
    "efficientnet-lite0 (full)": Planned("efficientnet-lite0", 96, 3, 240, 6, (("tune", "full"), ("image_size", 96))),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[*PLANNED, []], metavar="NAME")
    parser.add_argument("--covers", action="store_true", help="measure the maps of `onelook serve`")
    arguments = parser.parse_args()
    for name in arguments.names or PLANNED:
        figures = {
            "square alone": _measure(PLANNED[name], decoy=False, covers=arguments.covers),
            "with a decoy": _measure(PLANNED[name], decoy=True, covers=arguments.covers),
        }
        print(json.dumps({name: figures}), flush=True)
        result = "heat_maps_of_covers" if arguments.covers else "heat_maps"
        write_entry(result, "networks", name, figures, seed=SEED, maps=JUDGED)


def _measure(planned: Planned, *, decoy: bool, covers: bool) -> dict[str, Any]:
    chance = np.random.default_rng(SEED)
    pictures, labels, _ = draw(chance, planned, planned.rows, decoy=decoy)
    judged, own, squares = draw(chance, planned, JUDGED, decoy=decoy)
    with tempfile.TemporaryDirectory() as folder:
        run = train(
            (pictures, CLASSES[labels]),
            model=planned.model,
            epochs=planned.epochs,
            out=Path(folder) / "run",
            quiet=True,
            seed=SEED,
            **dict(planned.options),
        )
        model: Classifier = run.classifier
        named = np.array([list(CLASSES).index(name) for name in model.class_names])
        said = model.probabilities(judged).argmax(axis=1)
        right = named[said] == own
        if covers:
            light = choose_light_method(model)
            assert light is not None, "the network is too large for maps without gradients"
            hits = inside(on_grid(light[1](judged, said)), squares, planned.side)[right]
            return {
                "method": light[0],
                "named rightly": round(float(right.mean()), 3),
                "maximum in the square": round(float(hits.mean()), 3),
            }
        started = time.perf_counter()
        method, maps_of = choose_method(model)
        maps = on_grid(maps_of(judged, said))
        seconds = time.perf_counter() - started
        random = on_grid(choose_method(_with_random_weights(model))[1](judged, said))
    hits = inside(maps, squares, planned.side)
    return {
        "method": method,
        "named rightly": round(float(right.mean()), 3),
        "maximum in the square": round(float(hits[right].mean()), 3),
        "likeness to random weights": round(_likeness(maps, random), 3),
        "seconds a map": round(seconds / JUDGED, 4),
    }


def draw(
    chance: np.random.Generator, planned: Planned, rows: int, *, decoy: bool
) -> tuple[Pictures, NDArray[np.int64], NDArray[np.int64]]:
    """Return pictures, their classes, and the top left pixel of each square."""
    side, size = planned.side, planned.side // 4
    grain = max(1, side // 28)  # pixels of a spot of noise, and of a stripe
    spots = -(-side // grain)
    noise = chance.integers(0, NOISE, (rows, spots, spots, planned.channels)).astype(np.uint8)
    pictures = noise.repeat(grain, axis=1).repeat(grain, axis=2)[:, :side, :side]
    labels, squares = np.arange(rows) % len(CLASSES), np.zeros((rows, 2), np.int64)
    striped = (np.arange(size) // grain % 2 == 0)[:, None] & np.ones(size, bool)
    textures = (np.ones((size, size), bool), striped, striped.T)
    middle, arm = np.abs(np.arange(size) - size / 2 + 0.5), max(1, size // 7)
    cross = (middle < arm)[:, None] | (middle < arm)[None, :]
    for row, label in enumerate(labels.tolist()):
        top, left = squares[row] = chance.integers(0, side - size, 2)
        pictures[row, top : top + size, left : left + size][textures[label]] = BRIGHT
        while decoy:
            down, across = chance.integers(0, side - size, 2)
            if max(abs(down - top), abs(across - left)) > size:
                pictures[row, down : down + size, across : across + size][cross] = BRIGHT
                break
    return pictures, labels, squares


def inside(maps: NDArray[np.float64], squares: NDArray[np.int64], side: int) -> NDArray[np.bool_]:
    """Return for each map whether the middle of its largest cell is in the square."""
    rows, columns = maps.shape[1:]
    down, across = np.divmod(maps.reshape(len(maps), -1).argmax(axis=1), columns)
    places = np.stack([(down + 0.5) * side / rows, (across + 0.5) * side / columns], axis=1)
    hits: NDArray[np.bool_] = ((places >= squares) & (places <= squares + side // 4)).all(axis=1)
    return hits


def _with_random_weights(model: Classifier) -> Classifier:
    """Return the model with each layer's weights in another order, so that they keep their size and say nothing."""
    chance = np.random.default_rng(SEED)
    weights = {name: chance.permutation(array.ravel()).reshape(array.shape) for name, array in model.weights.items()}
    return Classifier(replace(model._parts, weights=weights))


def _likeness(maps: NDArray[np.float64], others: NDArray[np.float64]) -> float:
    """Return the mean rank correlation of maps of the same pictures: 1 for equal ones."""
    ranks = [each.reshape(len(each), -1).argsort(axis=1).argsort(axis=1) for each in (maps, others)]
    return float(np.mean([np.corrcoef(one, other)[0, 1] for one, other in zip(*ranks, strict=True)]))


if __name__ == "__main__":
    main()
