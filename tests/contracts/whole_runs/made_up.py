"""Runs that were never trained: folders whose every number is made up, so that pages can be kept to the last digit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ImageSet
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.pictures.augmentation_preview import write_augmentation_preview
from onelook.evaluation.pictures.index import FINDINGS, INDEX, FindingPictures, FindingsIndex, FoundPicture, write_index
from onelook.evaluation.pictures.report_pictures import write_report_pictures
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.evaluation.result import Evaluation
from onelook.evaluation.score_without_leaks import memory_sentence, with_leaks
from onelook.run_folder import RunFolder
from onelook.settings import TrainSettings
from onelook.training.measurements.find_learning_rate import RateSweep

_COLUMNS = ("epoch", "seconds", "learning_rate", "train_loss", "train_accuracy", "val_loss", "val_accuracy")
PETS = ("cat", "dog & co", "eel", "fox", "<b>gnu</b>")


def draw_probabilities(counts: Sequence[int], *, sure: int, seed: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return whole thousandths for so many pictures of each class, and their labels; `sure` sharpens them."""
    draw = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    weights = draw.integers(1, 60, (len(labels), len(counts)))
    weights[np.arange(len(labels)), labels] += sure
    thousandths = weights * 1000 // weights.sum(axis=1, keepdims=True)
    thousandths[:, 0] += 1000 - thousandths.sum(axis=1)
    return thousandths / 1000, labels


def photographs(root: Path) -> None:
    """A network scored on a test part with pictures that it has seen, and something in every section."""
    probabilities, labels = draw_probabilities((34, 19, 9, 0, 2), sure=25, seed=5)
    ids = tuple(f"test/{PETS[label]}/{row + 1:03d}.jpg" for row, label in enumerate(labels.tolist()))
    whole = evaluate(probabilities, labels, PETS, "test", temperature=1.25)
    found = with_leaks(whole, probabilities, labels, ids, {"exact": ids[:3], "near": ids[3:4], "before": ids[40:42]})
    counts = {"train": (300, 150, 70, 20, 9), "val": (30, 15, 7, 2, 1), "test": (34, 19, 9, 0, 2)}
    folder = _write(
        root / "photographs",
        found,
        history=[
            (1, 61.5, 0.001, 1.61, 0.3105, 1.5, 0.41),
            (2, 60.0, 0.004, 1.2, 0.5, 1.1, 0.55),
            (3, 60.25, 0.002, 0.8, 0.702, 0.9, 0.6),
            (4, 59.0, 0.0005, 0.41, 0.881, 0.95, 0.58),
            (5, 3.5, 0.00012345, 0.3, 0.95, None, None),
        ],
        command="onelook train 'my pets' --model efficientnet-lite0 --epochs 8 --set rotation_range=12.5",
        settings=TrainSettings(model="efficientnet-lite0", epochs=8, batch_size=48, val=0.15, seed=11).model_dump(
            mode="json"
        )
        | {"optimizer": {"name": "adamw", "learning_rate": 0.00123456}}
        | {"augment": {"rotation_range": 12.5, "horizontal_flip": True, "zoom_range": [0.9, 1.25]}},
        seed=11,
        device="cuda:0",
        best_epoch=3,
        stopped_early=True,
        resumed_from_epoch=2,
        notes=["epoch 4: the loss on training pictures falls, on the others it rises: see --patience."],
        data=_data(PETS, counts, image_size=[96, 128], channels=3, why="folders of pictures -> classes"),
        split={"fingerprint": "5p11t", "train": 549, "val": 55, "test": 64},
        choices=["network efficientnet-lite0: the pictures look like photographs", "batches of 48"],
        findings=_findings(ids),
        model={
            "name": "efficientnet-lite0",
            "parameters": 3_377_429,
            "multiply_adds": 125_000_000,
            "views": 4,
            "size_bytes": 13_600_000,
            "pretrained": {
                "trained_on": "ImageNet-1k",
                "licence": "Apache-2.0",
                "source": "published weights",
                "image_size": 224,
                "mean": [0.5, 0.25, 0.125],
                "std": [0.5],
                "crop": 0.875,
            },
        },
        timings={"open": 12.25, "train": 245.5, "evaluate": 9.0, "total": 270.0},
        **{"from": {"model": "runs/older", "checksum": "c0ffee", "clean": False}},
    )
    _write_pictures(folder, probabilities, labels, ids, PETS)


def few_digits(root: Path) -> None:
    """A classical model scored on validation pictures, all of which were seen."""
    names = ("0", "1")
    probabilities, labels = draw_probabilities((21, 19), sure=30, seed=6)
    ids = tuple(f"{row + 1}" for row in range(40))
    whole = evaluate(probabilities, labels, names, "val", temperature=1.0)
    found = with_leaks(whole, probabilities, labels, ids, {"copies": ids})
    _write(
        root / "few-digits",
        found,
        memory=memory_sentence(found, "knn", 0.5),
        history=[(1, 0.25, None, None, 1.0, 0.75, 0.925)],
        command=["onelook", "train", "train.csv", "--model", "knn"],
        settings=TrainSettings(model="knn").model_dump(mode="json"),
        seed=0,
        device="cpu",
        best_epoch=1,
        notes=["fitted on 120 of 121 pictures."],
        data=_data(names, {"train": (61, 60), "val": (21, 19)}, image_size=[8, 8], channels=1, why="a table of pixels"),
        split={"fingerprint": "f", "train": 121, "val": 40, "test": 0},
        choices=[],
        findings=[],
        model={"name": "knn", "size_bytes": 56_000, "learnt": "121 pictures, kept as they are", "fitted_rows": 120},
        timings={"open": 0.5, "train": 0.25, "total": 1.0},
    )


def many_kinds(root: Path) -> None:
    """An interrupted run of sixty classes, whose losses are partly no numbers."""
    names = tuple(f"kind {number}" for number in range(60))
    probabilities, labels = draw_probabilities([1 + number % 4 for number in range(60)], sure=60, seed=7)
    ids = tuple(f"val/{row + 1}" for row in range(len(labels)))
    folder = _write(
        root / "many-kinds",
        evaluate(probabilities, labels, names, "val", temperature=0.5),
        history=[(1, 3600.0, 0.1, None, 0.1, 4.1, 0.05), (2, 3725.0, 0.05, 4.0, 0.12, None, 0.07)],
        status="interrupted",
        command="onelook train kinds",
        settings=TrainSettings(epochs=20).model_dump(mode="json"),
        seed=3,
        device="cpu",
        best_epoch=1,
        data=_data(names, {"train": [5 + number for number in range(60)]}, image_size=[32, 32], channels=3, why="x"),
        split={"fingerprint": "k", "train": 2070, "val": len(labels), "test": 0},
        findings=[
            {"check": f"check-{n}", "split": "train", "count": n, "message": f"{n} found.", "severity": "note"}
            for n in range(1, 9)
        ],
        model={"name": "cnn", "parameters": 88_753, "multiply_adds": 3_912_345, "views": 1},
        timings={"open": 1.0},
    )
    _write_pictures(folder, probabilities, labels, ids, names)


def hardly_begun(root: Path) -> None:
    """A run that ended before its data was opened."""
    folder = RunFolder.create(root / "hardly-begun")
    folder.update_run(status="running", created="2025-01-02T03:04:05+00:00", command="onelook train x")


def folds(root: Path) -> None:
    """Three folds of a cross-validation, of which one was interrupted."""
    names, runs = ("a", "b", "c"), []
    for number in (1, 2, 3):
        probabilities, labels = draw_probabilities((9, 8, 7), sure=15 * number, seed=10 + number)
        found = evaluate(probabilities, labels, names, "val")
        ids = tuple(f"train/{row + 1}" for row in range(24))
        folder = _write(root / f"folds/fold-{number}", found, history=[])
        _write_pictures(folder, probabilities, labels, ids, names)
        test = {f"test_{name}": value for name, value in found.scores.items()}
        runs.append(
            {
                "fold": number,
                "run": f"folds/fold-{number}",
                "status": "complete" if number < 3 else "interrupted",
                "rows": 24,
                "seconds": None if number == 3 else 60.5 * number,
                **found.scores,
                **(test if number < 3 else dict.fromkeys(test)),
            }
        )
    scores = ("accuracy", "balanced_accuracy", "macro_f1", "loss", "calibration_error")
    means = {
        field: value
        for at, name in enumerate(scores)
        for field, value in ((name, 0.5 + at / 16), (f"{name}_interval", [0.25 + at / 16, 0.75 + at / 16]))
    }
    content = {
        **{"status": "interrupted", "run": "folds", "folds": 3, "rows": 48, "interval": "95 %"},
        **means,
        "test": {"rows": 30, **{name: value for name, value in means.items() if not name.startswith("loss")}},
        **{"runs": runs, "findings": [], "labels": "2 labels were doubted, too few to list."},
    }
    (root / "folds/folds.json").write_text(json.dumps(content), encoding="utf-8")


def comparison(root: Path) -> None:
    """Three runs that were compared: the best one, one that is faster, and one whose speed is not known."""
    runs = [
        _compared("small", 0.9375, 2.0, on_front=True, against_best=(9, 3, 0.146)),
        _compared("large", 0.953125, 36.0, on_front=True),
        _compared("worse", 0.8125, None, against_best=(20, 2, 0.0001)),
    ]
    settings = [{"name": "optimizer.learning_rate", "values": ["0.001", "0.004", "none"]}]
    content = {
        **{"data": "pets", "created": "2025-02-03T04:05:06+00:00", "machine": "a processor of 2 cores"},
        **{"runs": runs, "best": "runs/large", "advice": "Take small: it is 18 times faster.", "settings": settings},
        **{"notes": ["worse was scored on 3 more pictures: they do not count."], "warnings": ["large has seen 2."]},
    }
    folder = root / "compared"
    folder.mkdir()
    (folder / "comparison.json").write_text(json.dumps(content), encoding="utf-8")


def _compared(
    label: str,
    accuracy: float,
    milliseconds: float | None,
    *,
    on_front: bool = False,
    against_best: tuple[int, int, float] | None = None,
) -> dict[str, Any]:
    speeds: dict[str, Any] = {"one_thread": None, "all_threads": None}
    if milliseconds is not None:
        for threads, field in ((1, "one_thread"), (2, "all_threads")):
            speeds[field] = {
                **{"threads": threads, "latency_ms": milliseconds / threads},
                **{"latency_p95_ms": 1.25 * milliseconds, "pictures_per_second": threads * 1500 / milliseconds},
            }
    epochs = [(1, 1.5, 0.5, 1.25, 0.625), (2, 0.75, 0.75, None, 0.75), (3, 0.5, 0.875, 0.5, accuracy)]
    fields = ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy")
    tests = ("only_best_right", "only_this_right", "p_value", "p_adjusted")
    return {
        **{"run": f"runs/{label}", "label": label, "model": f"cnn-{label}", "set": "test", "rows": 64},
        **{"accuracy": accuracy, "balanced_accuracy": accuracy - 0.125, "macro_f1": accuracy / 2},
        **{"loss": 1 - accuracy, "calibration_error": None if label == "worse" else 0.03125},
        **{"accuracy_interval": [accuracy - 0.0625, min(1.0, accuracy + 0.03125)], "parameters": 12_345},
        **{"size_bytes": 49_380 if milliseconds else None, "train_seconds": 61.5, "epochs": 3, **speeds},
        "history": [dict(zip(fields, each, strict=True)) for each in epochs[: 2 if label == "worse" else 3]],
        **{"warnings": [f"{label} was scored on few pictures."], "on_front": on_front},
        "against_best": against_best and dict(zip(tests, (*against_best, 2 * against_best[2]), strict=True)),
    }


def _write(
    path: Path, found: Evaluation, *, history: Sequence[Sequence[Any]], memory: str | None = None, **facts: Any
) -> RunFolder:
    path.parent.mkdir(exist_ok=True)
    folder = RunFolder.create(path)
    fields = {
        **{"status": "complete", "name": path.name, "created": "2025-03-04T05:06:07+00:00"},
        "versions": {"python": "3.11.2", "onelook": "0.1.0", "torch": "2.13.0"},
    }
    folder.update_run(**{**fields, **facts})
    folder.write_history([dict(zip(_COLUMNS, each, strict=True)) for each in history])
    document = found.to_dict()
    if memory is not None:
        document["warnings"] = [*found.warnings, memory]
    folder.evaluation.write_text(json.dumps(document), encoding="utf-8")
    return folder


def _data(names: Sequence[str], counts: Mapping[str, Sequence[int]], **facts: Any) -> dict[str, Any]:
    found = sum(map(sum, counts.values())) + 11
    return {
        **{"name": "pets", "layout": "class-folders", "fingerprint": "d4t4", "class_names": list(names)},
        "class_counts": {part: dict(zip(names, each, strict=True)) for part, each in counts.items()},
        **{"dtype": "uint8", "value_range": [0, 255], "notes": ["2 hidden entries were passed over: see ledger.csv."]},
        "ledger": {"found": found, "used": found - 11, "quarantined": 7, "duplicate": 4},
        **facts,
    }


def _findings(ids: Sequence[str]) -> list[dict[str, Any]]:
    twins = [[each, f"train/cat/{at}.jpg"] for at, each in enumerate(ids[:3])]
    return [
        {
            **{"check": "leak-exact", "split": "test", "count": 3, "ids": list(ids[:3]), "pairs": twins},
            **{"message": "3 test pictures are in training too. Leave them out of --test.", "severity": "error"},
        },
        {
            **{"check": "dark", "split": "train", "count": 14, "ids": [f"train/{n}" for n in range(14)]},
            **{"message": "14 pictures are dark.", "severity": "warning", "options": ["--strict"]},
        },
        {
            **{"check": "imbalance", "split": "all", "count": 5, "ids": [], "severity": "note"},
            "message": "The largest class has 33 times the pictures of the smallest.",
        },
    ]


def _write_pictures(
    folder: RunFolder,
    probabilities: NDArray[Any],
    labels: NDArray[Any],
    ids: tuple[str, ...],
    names: tuple[str, ...],
) -> None:
    images = np.random.default_rng(1).integers(0, 256, (len(labels), 6, 8, 3), dtype=np.uint8)
    judged = ImageSet(images, np.arange(len(labels)), ids, labels)
    write_report_pictures(folder.evidence, probabilities, judged, names, train_samples=judged, seed=0)
    if folder.path.name != "photographs":
        return
    write_augmentation_preview(folder.evidence, images[0], images[1:7])
    path = folder.evidence / FINDINGS
    path.mkdir()
    writer = ThumbnailWriter.to_folder(path, (0.0, 255.0))
    shown = [
        FoundPicture(file=writer.write(f"found-{n}", images[n]), id=ids[n], label=PETS[labels[n]], size=(600, 800 + n))
        for n in range(11)
    ]
    lost = FoundPicture(file=None, id="train/9", note="the file is cut short")
    index = FindingsIndex(
        findings=(
            FindingPictures(check="leak-exact", split="test", pairs=((shown[0], shown[1]), (shown[2], shown[3]))),
            FindingPictures(check="dark", split="train", pictures=(*shown[1:], lost)),
        )
    )
    write_index(path / INDEX, index)


ALL = (photographs, few_digits, many_kinds, hardly_begun, folds, comparison)

# The loss falls evenly, and rises again at the end.
SWEEP = RateSweep(
    rates=tuple(1e-5 * 2**step for step in range(20)),
    losses=(*(2.5 - 0.125 * step + (step % 3) / 8 for step in range(15)), 1.0, 2.0, 4.0, 8.0, 99.0),
    smooth_losses=(*(2.5 - 0.125 * step for step in range(15)), 0.875, 1.0, 1.5, 2.0, 3.0),
    suggestion=0.01,
    steepest=0.00032,
    lowest=0.16384,
    why="A tenth of the rate of the lowest loss is suggested, but no less than the rate at which the loss falls "
    "fastest: the lowest loss itself is at the edge of what the network bears.",
)
