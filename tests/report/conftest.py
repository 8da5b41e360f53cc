"""A run folder made by hand, with figures that can be checked in one's head."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.data.dataset import ImageSet
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.feature_map import MAP, FeatureMap, packed
from onelook.evaluation.gains.gain import CURVE, GAINS, Gain, Gains
from onelook.evaluation.learned.index import (
    LEARNED,
    Block,
    ClassMaps,
    Filters,
    Importances,
    Learned,
    Neighbour,
    Neighbours,
    TreePath,
)
from onelook.evaluation.learning_curve import CurvePoint, LearningCurve
from onelook.evaluation.pictures.augmentation_preview import write_augmentation_preview
from onelook.evaluation.pictures.index import INDEX, SamplePicture, write_index
from onelook.evaluation.pictures.report_pictures import write_report_pictures
from onelook.evaluation.pictures.sheet import make_sheet
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.evaluation.pictures.tiles import draw_tiles
from onelook.evaluation.result import SetName
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.report.results import Results, read_results
from onelook.run_folder import RunFolder
from onelook.settings import TrainSettings

NAMES = ("T-shirt/top", "<script>alert(1)</script>", 'a "quoted" & long class name')
# Rows are labels. 17 of 20 right; class 1 is taken for class 0 twice.
CONFUSION = [[8, 0, 0], [2, 5, 0], [0, 1, 4]]

MakeRun = Callable[..., RunFolder]


def probabilities_and_labels(confusion: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Rows that give this confusion matrix; a prediction has 0.9, the others share the rest."""
    classes = len(confusion)
    cells = [(row, column) for row, counts in enumerate(confusion) for column, n in enumerate(counts) for _ in range(n)]
    probabilities = np.full((len(cells), classes), 0.1 / max(1, classes - 1), dtype=np.float32)
    probabilities[np.arange(len(cells)), [column for _, column in cells]] = 0.9
    return probabilities, np.array([row for row, _ in cells], dtype=np.int64)


def run_facts(names: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    """A complete `run.json`."""
    facts = {
        "format_version": 1,
        "status": "complete",
        "name": "shirts",
        "created": "2025-03-04T05:06:07+00:00",
        "command": ["onelook", "train", "my shirts", "--epochs", "3"],
        "settings": TrainSettings(epochs=3, batch_size=64).model_dump(mode="json"),
        "versions": {"python": "3.11.2", "onelook": "0.1.0", "torch": "2.13.0"},
        "seed": 7,
        "device": "cpu",
        "data": {
            "name": "shirts",
            "layout": "class-folders",
            "why": "three folders of pictures",
            "fingerprint": "d4t4",
            "class_names": list(names),
            "class_counts": {part: dict.fromkeys(names, n) for part, n in (("train", 40), ("val", 5), ("test", 7))},
            "image_size": [12, 10],
            "channels": 3,
            "dtype": "uint8",
            "value_range": [0, 255],
            "notes": ["2 hidden entries were passed over."],
            "ledger": {"found": 158, "used": 156, "quarantined": 2, "duplicate": 0},
        },
        "split": {"fingerprint": "5p11t", "train": 120, "val": 15, "test": 20},
        "choices": ["network cnn: our fast convolutional network"],
        "findings": [
            {
                "check": "leak-exact",
                "split": "test",
                "count": 3,
                "ids": ["test/1"],
                "message": "3 test pictures leak.",
                "severity": "error",
            }
        ],
        "model": {"name": "cnn", "parameters": 88753, "multiply_adds": 3912345, "size_bytes": 771234},
        "best_epoch": 2,
        "stopped_early": False,
        "resumed_from_epoch": None,
        "timings": {"open": 1.5, "train": 194.0, "evaluate": 2.0, "report": None, "total": 198.0},
        "metrics": {"accuracy": 0.85},
    }
    return {**facts, **changes}


_COLUMNS = ("epoch", "seconds", "learning_rate", "train_loss", "train_accuracy", "val_loss", "val_accuracy")
HISTORY = [
    dict(zip(_COLUMNS, values, strict=True))
    for values in (
        (1, 60.0, 0.001, 1.1, 0.4, 0.9, 0.6),
        (2, 61.0, 0.001, 0.5, 0.9, 0.6, 0.8),
        (3, 60.5, 0.0005, 0.2, 1.0, 0.7, 0.75),
    )
]


def build_run(
    path: Path,
    *,
    names: tuple[str, ...] = NAMES,
    confusion: list[list[int]] = CONFUSION,
    set_name: SetName = "test",
    history: list[dict[str, Any]] = HISTORY,
    pictures: bool = False,
    seen: int = 0,
    temperature: float | None = 0.8,
    **changes: Any,
) -> RunFolder:
    """A run folder at `path`; `changes` are fields of `run.json`. Pictures take time, so they are asked for.

    The first `seen` of the pictures that judge stand in training.
    """
    folder = RunFolder.create(path)
    probabilities, labels = probabilities_and_labels(confusion)
    evaluation = evaluate(probabilities, labels, names, set_name, temperature=temperature)
    ids = tuple(f"test/{row + 1}" for row in range(len(labels)))
    if seen:
        evaluation = with_leaks(evaluation, probabilities, labels, ids, {"exact": ids[:seen], "near": ()})
    folder.run_json.write_text(json.dumps(run_facts(names, **changes)), encoding="utf-8")
    folder.write_history(history)
    folder.evaluation.write_text(json.dumps(evaluation.to_dict()), encoding="utf-8")
    if pictures:
        images = np.random.default_rng(0).integers(0, 256, (len(labels), 12, 10, 3), dtype=np.uint8)
        judged = ImageSet(images, np.arange(len(labels)), ids, labels)
        write_report_pictures(folder.evidence, probabilities, judged, names, train_samples=judged, seed=0)
        write_augmentation_preview(folder.evidence, images[0], images[1:16])
        write_made_up_evidence(folder, names, labels, probabilities, judged)
        write_what_it_learned(folder.evidence / LEARNED, images, names)
    return folder


_WHY_NOT_KNOWN = "the learning rate fell to its end, so the last epochs do not show what more would give"


def write_made_up_evidence(
    folder: RunFolder, names: tuple[str, ...], labels: np.ndarray, probabilities: np.ndarray, judged: ImageSet
) -> None:
    """Write gains, a learning curve, and a map in which classes stand side by side, each from top to bottom."""
    predicted = probabilities.argmax(axis=1)
    errors = int((labels != predicted).sum())
    gains = (
        Gain(kind="confusion", gain=0.1, low=0.025, high=0.3, is_most=True, count=2, rows=20, class_names=names[1::-1]),
        Gain(kind="pictures", gain=0.0375, low=0.01, high=0.0625, count=120, rows=20),
        Gain(kind="epochs", count=3, why=_WHY_NOT_KNOWN),
    )
    write_index(folder.evidence / GAINS, Gains(rows=100, errors=errors, gains=gains))
    points = tuple(CurvePoint(rows=15 * 2**at, error=0.5 - at / 10, draws=8 // 2**at) for at in range(4))
    curve = LearningCurve(seen="pixels", points=points, judged=60, exponent=0.4, deviation=0.2)
    write_index(folder.evidence / CURVE, curve)
    step = 48_000 // max(len(labels), 1)  # as wide as a map on a large screen
    places = np.stack([labels * (65_000 // max(1, len(names) - 1)), np.arange(len(labels)) * step], axis=1)
    index = FeatureMap(
        method="t-sne",
        seen="features",
        rows=len(labels),
        laid_out=len(labels),
        errors=errors,
        among_others=errors // 2,
        class_names=names,
        ids=judged.ids,
        positions=packed(places.ravel()),
        labels=packed(labels),
        predicted=packed(predicted),
        sure=packed(10_000 * probabilities.max(axis=1)),
        sheet=make_sheet(judged, np.arange(len(labels)), (0.0, 255.0)),
    )
    write_index(folder.evidence / MAP, index, indent=None)


def write_what_it_learned(folder: Path, images: np.ndarray, names: tuple[str, ...]) -> Learned:
    """Everything that a model can have learned, made up."""
    folder.mkdir()
    writer = ThumbnailWriter.to_folder(folder, (0.0, 255.0))
    tiles = draw_tiles(images[:8, :4, :4], columns=4)
    for name in ("filters", "map-0", "map-1", "importances"):
        writer.keep(f"{name}.png", tiles)
    shown = [SamplePicture(file=writer.write(f"{at}", image), id=f"train/{at}") for at, image in enumerate(images[:4])]
    nearest = tuple(Neighbour(picture=each, label=names[at % 2]) for at, each in enumerate(shown[1:]))
    learned = Learned(
        filters=Filters(file="filters.png", kind="kernels", tile=(4, 4), is_colour=True, count=70, shown=8, columns=4),
        blocks=(Block(maps=16, height=6, width=5), Block(maps=4, height=3, width=2)),
        maps=(ClassMaps(class_name=names[0], picture=shown[0], files=("map-0.png", "map-1.png")),),
        importances=Importances(file="importances.png", strongest=(3, 2)),
        path=TreePath(
            picture=shown[0],
            label=names[0],
            trees=100,
            questions=("row 2, column 3, green is 0.2: at most 0.5? yes",),
            answer=f"{names[1]}: 9 of 10 training pictures that come to this end",
        ),
        neighbours=(Neighbours(picture=shown[0], label=names[1], predicted=names[0], nearest=nearest),),
        searched=90,
    )
    write_index(folder / INDEX, learned)
    return learned


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """Makes a run folder; takes what `build_run` takes."""

    def make(**options: Any) -> RunFolder:
        return build_run(tmp_path / "shirts-001", **options)

    return make


@pytest.fixture(scope="session")
def full_results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What a complete run left, pictures and all."""
    return read_results(build_run(tmp_path_factory.mktemp("runs") / "shirts-001", pictures=True, seen=3))
