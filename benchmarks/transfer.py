"""What standing on a pretrained network gives: accuracy on pictures that training never saw, and time, on real data.

Each part runs the installed command as a user would, in a process and with a cache of its own, on a copy of the data
of which a part was kept aside as a test set (drawn class by class with a fixed seed):

    python benchmarks/transfer.py no-options        # dogs-vs-cats, 2,400 photographs and 600 to test, nothing said
    python benchmarks/transfer.py 224               # the same with --image-size 224
    python benchmarks/transfer.py again             # the same pictures again, with another head
    python benchmarks/transfer.py few               # 20 photographs a class, 2,960 to test
    python benchmarks/transfer.py embedding         # pictures a second at 128 px, in 8 bits, float32 and plain PyTorch
    python benchmarks/transfer.py heads             # heads trained on features in 8 bits and in float32, ten folds
    python benchmarks/transfer.py full              # CIFAR-10, a subset: the whole network against its head
    python benchmarks/transfer.py steps             # pictures a second with all of it trained, against plain PyTorch
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from record import spread, write_entry

SEED = 0
DATA = Path(os.environ.get("ONELOOK_DATA", "shared/data"))
PHOTOGRAPHS, CIFAR = DATA / "dogs_vs_cats" / "train.zip", DATA / "cifar10" / "cifar10_images.zip"
_REPETITIONS = 3
_EMBEDDED, _BATCH_SIZE, _SIDE = 512, 64, 128
_TRAINED_SIDES, _STEPS = (64, 96, 128), 8
_CIFAR_TRAIN, _CIFAR_TEST = 300, 200  # of each class


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=list(PARTS))
    part = parser.parse_args().part
    with tempfile.TemporaryDirectory() as folder:
        figures = PARTS[part](Path(folder))
    print(json.dumps(figures, indent=2))
    write_entry("transfer", "parts", part, figures)


def no_options(folder: Path) -> dict[str, Any]:
    train, test = split_photographs(folder, 1_200)
    return run(folder, train, "--test", test)


def at_224(folder: Path) -> dict[str, Any]:
    train, test = split_photographs(folder, 1_200)
    return run(folder, train, "--test", test, "--image-size", "224")


def again(folder: Path) -> dict[str, Any]:
    first = run(folder, PHOTOGRAPHS)
    second = run(folder, PHOTOGRAPHS, "--seed", "1", "--set", "weight_decay=0.2", name="second")
    return {"first": first, "second": second}


def few(folder: Path) -> dict[str, Any]:
    train, test = split_photographs(folder, 20)
    return run(folder, train, "--test", test)


def full(folder: Path) -> dict[str, Any]:
    train, test = folder / "cifar.zip", folder / "cifar_test.zip"
    names = [name for name in zipfile.ZipFile(CIFAR).namelist() if name.endswith(".jpg")]
    of_class = lambda name: name.split("/")[-2]  # noqa: E731
    copy(CIFAR, train, drawn([name for name in names if "train/" in name], of_class, _CIFAR_TRAIN))
    copy(CIFAR, test, drawn([name for name in names if "test/" in name], of_class, _CIFAR_TEST))
    options = ("--test", test, "--model", "efficientnet-lite0", "--image-size", "64")
    found = {tune: run(folder, train, *options, "--tune", tune, name=tune) for tune in ("head", "full")}
    return {**found, "paired": paired(folder / "head", folder / "full")}


def embedding(folder: Path) -> dict[str, Any]:
    """Both engines take the same pictures from memory, in batches, on all cores that the process may use."""
    import torch

    from onelook.models.layers.build import build_network
    from onelook.predictors.embedding import load_backbone
    from onelook.transforms.preprocess.in_torch import Preprocess

    shape = (_SIDE, _SIDE, 3)
    backbone = load_backbone("efficientnet-lite0", shape)
    pictures = np.random.default_rng(SEED).integers(0, 256, (_EMBEDDED, *shape), dtype=np.uint8)
    features_of, in_8_bits = backbone.computed(), backbone.computed_in_8_bits
    module = build_network(backbone.network, (3, _SIDE, _SIDE), 2).eval()
    module.load_state_dict({n: torch.tensor(a) for n, a in backbone.weights.items()}, strict=False)
    plain = torch.nn.Sequential(Preprocess(backbone.preprocess), module[: backbone.layers])

    def with_torch(batch: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return plain(torch.from_numpy(batch).permute(0, 3, 1, 2)).numpy()

    difference = np.abs(features_of(pictures[:8]) - with_torch(pictures[:8])).max()
    sides = {"onelook": features_of, "pytorch": with_torch, "onelook_8_bits": in_8_bits}
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(_REPETITIONS):  # in turns, so that what else runs meets all
        for name, embed in sides.items():
            speeds[name].append(pictures_a_second(embed, pictures))
    ratios = [ours / theirs for ours, theirs in zip(speeds["onelook"], speeds["pytorch"], strict=True)]
    gains = [rough / exact for rough, exact in zip(speeds["onelook_8_bits"], speeds["onelook"], strict=True)]
    return {
        "side_pixels": _SIDE,
        "pictures_a_second": {name: spread(found) for name, found in speeds.items()},
        "ratio": spread(ratios),
        "ratio_of_8_bits_to_float32": spread(gains),
        "largest_difference": float(difference),
    }


def heads(folder: Path) -> dict[str, Any]:
    """Each head is scored on features in float32, as a model's are, of the fold that it was not trained on."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import RepeatedStratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from onelook.data.pictures.decode import decode_picture
    from onelook.predictors.embedding import load_backbone
    from onelook.settings import DecodeSettings

    decode = DecodeSettings(height=_SIDE, width=_SIDE, channels=3)
    with zipfile.ZipFile(PHOTOGRAPHS) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        pictures = np.stack([decode_picture(archive.read(name), decode) for name in names])
    labels = np.array([Path(name).name.startswith("dog") for name in names])
    backbone = load_backbone("efficientnet-lite0", (_SIDE, _SIDE, 3))
    features = {
        name: np.concatenate([embed(batch) for batch in np.array_split(pictures, len(pictures) // _BATCH_SIZE)])
        for name, embed in (("float32", backbone.computed()), ("8 bits", backbone.computed_in_8_bits))
    }
    right = dict.fromkeys(features, 0)
    folds = [*RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=SEED).split(pictures, labels)]
    for name, values in features.items():
        for train, test in folds:
            head = make_pipeline(StandardScaler(), LogisticRegression(C=0.003, max_iter=300))
            head.fit(values[train], labels[train])
            right[name] += int((head.predict(features["float32"][test]) == labels[test]).sum())
    scored = sum(len(test) for _, test in folds)
    exact, rough = features["float32"], features["8 bits"]
    return {
        "side_pixels": _SIDE,
        "pictures": len(pictures),
        "scored": scored,
        "accuracy": {name: round(count / scored, 5) for name, count in right.items()},
        "lost_points": round(100 * (right["float32"] - right["8 bits"]) / scored, 3),
        "deviation": round(float(np.linalg.norm(rough - exact) / np.linalg.norm(exact)), 4),
    }


def steps(folder: Path) -> dict[str, Any]:
    """The same network forward and backward, its depthwise kernels with torch's own gradient and with ours."""
    from unittest import mock

    import torch

    from onelook.models import ModelInput
    from onelook.models.find_network import network_named
    from onelook.models.layers.build import build_network
    from onelook.training.torch_settings import tuned_for_training

    found: dict[str, Any] = {}
    for side in _TRAINED_SIDES:
        shape = (3, side, side)
        settings = network_named("efficientnet-lite0", ModelInput(side, side, 3, num_classes=10, rows=1))
        module = build_network(settings, shape, 10).to(memory_format=torch.channels_last)
        batch = torch.randn(_BATCH_SIZE, *shape).contiguous(memory_format=torch.channels_last)
        labels = torch.arange(_BATCH_SIZE) % 10
        speeds: dict[str, list[float]] = {"onelook": [], "pytorch": []}
        with tuned_for_training(torch.device("cpu")):
            for _ in range(_REPETITIONS):
                speeds["onelook"].append(steps_a_second(module, batch, labels) * _BATCH_SIZE)
                with mock.patch("onelook.models.layers.build.learns_slowly", return_value=False):
                    speeds["pytorch"].append(steps_a_second(module, batch, labels) * _BATCH_SIZE)
        ratios = [ours / theirs for ours, theirs in zip(*speeds.values(), strict=True)]
        found[f"{side} px"] = {
            "pictures_a_second": {name: spread(each) for name, each in speeds.items()},
            "ratio": spread(ratios),
        }
    return found


def steps_a_second(module: Any, batch: Any, labels: Any) -> float:
    import torch.nn.functional as F

    def step() -> None:
        module.zero_grad()
        F.cross_entropy(module(batch), labels).backward()

    step()
    start = time.perf_counter()
    for _ in range(_STEPS):
        step()
    return _STEPS / (time.perf_counter() - start)


def pictures_a_second(embed: Callable[[np.ndarray], np.ndarray], pictures: np.ndarray) -> float:
    embed(pictures[:_BATCH_SIZE])
    start = time.perf_counter()
    for begin in range(0, len(pictures), _BATCH_SIZE):
        embed(pictures[begin : begin + _BATCH_SIZE])
    return len(pictures) / (time.perf_counter() - start)


def run(folder: Path, data: Path, *options: object, name: str = "run") -> dict[str, Any]:
    """Trains, and gives the score with the seconds of wall clock and of processor that the whole command took."""
    command = ["train", data, "--out", folder / name, "--json", "--quiet", *options]
    environment = {**os.environ, "ONELOOK_CACHE": str(folder / "cache")}
    start, before = time.perf_counter(), os.times()
    done = subprocess.run(
        [sys.executable, "-m", "onelook", *map(str, command)],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    after = os.times()
    record = json.loads((folder / name / "run.json").read_text())
    score = json.loads(done.stdout)
    return {
        "accuracy": round(score["accuracy"], 4),
        "interval": [round(bound, 4) for bound in score["accuracy_interval"]],
        "set": score["set"],
        "pictures": score["rows"],
        "train_pictures": record["split"]["train"],
        "image_size": record["data"]["image_size"],
        "tune": record["settings"]["tune"],
        "epochs": record["settings"]["epochs"],
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(
            after.children_user + after.children_system - before.children_user - before.children_system, 1
        ),
        "timings": record["timings"],
    }


def split_photographs(folder: Path, train_of_each: int) -> tuple[Path, Path]:
    """The photographs in two zips: so many of each class to train on, the others to test."""
    names = [name for name in zipfile.ZipFile(PHOTOGRAPHS).namelist() if name.endswith(".jpg")]
    chosen = drawn(names, lambda name: Path(name).name.split(".")[0], train_of_each)
    kept = set(chosen)
    train, test = folder / "photographs.zip", folder / "photographs_test.zip"
    copy(PHOTOGRAPHS, train, chosen)
    copy(PHOTOGRAPHS, test, [name for name in names if name not in kept])
    return train, test


def drawn(names: Iterable[str], of_class: Callable[[str], str], of_each: int) -> list[str]:
    draw, by_class = np.random.default_rng(SEED), {}
    for name in names:
        by_class.setdefault(of_class(name), []).append(name)
    return sorted(name for found in by_class.values() for name in draw.permutation(found)[:of_each].tolist())


def copy(source: Path, target: Path, names: Iterable[str]) -> None:
    with zipfile.ZipFile(source) as found, zipfile.ZipFile(target, "w") as made:
        for name in names:
            # Without the folder `train/` or `test/`: each zip is one part.
            made.writestr(name.split("/", 1)[1], found.read(name))


def paired(one: Path, other: Path) -> dict[str, Any]:
    """The exact McNemar test of two runs on the same pictures."""
    from scipy.stats import binomtest

    right = [np.array(_right(folder)) for folder in (one, other)]
    only_one, only_other = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
    return {
        "only_head_right": only_one,
        "only_full_right": only_other,
        "p": float(binomtest(only_one, only_one + only_other).pvalue) if only_one + only_other else 1.0,
    }


def _right(folder: Path) -> list[bool]:
    import csv

    with (folder / "predictions.csv").open(newline="") as file:
        return [row["id"].split("/")[-2] == row["label"] for row in csv.DictReader(file)]


PARTS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "no-options": no_options,
    "224": at_224,
    "again": again,
    "few": few,
    "embedding": embedding,
    "heads": heads,
    "full": full,
    "steps": steps,
}

if __name__ == "__main__":
    main()
