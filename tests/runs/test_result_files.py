"""The result files of one run, value by value.

Training continues from a network that only sees brightness, at a rate at which no weight moves. So the probability of
`light` is a logistic function of a picture's grey level, and every loss, score and answer follows by hand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.commands.train import train
from onelook.metrics import METRICS
from onelook.runs.run import Run

pytestmark = pytest.mark.usefixtures("score_alone")

# Label, grey level and side of each row. Row 3 is a copy of row 2, and row 10 is one too, on the test side.
ROWS = (
    ("dark", 0, "train"),
    ("dark", 51, "train"),
    ("dark", 51, "train"),
    ("light", 204, "train"),
    ("light", 255, "train"),
    ("light", 238, "train"),
    ("dark", 102, "val"),
    ("light", 153, "val"),
    ("light", 119, "val"),  # taken for dark
    ("dark", 51, "test"),
    ("dark", 68, "test"),
    ("light", 136, "test"),
    ("light", 85, "test"),  # taken for dark
    ("dark", 187, "test"),  # taken for light
)
STILL = (
    *("optimizer.name=sgd", "optimizer.learning_rate=1e-30", "schedule.name=constant"),
    *("loss.label_smoothing=0", "keep_best=val_loss", "augment=none"),
)


def p_light(level: int) -> float:
    """The network's: its two outputs are 10 and -10 times the brightness, plus -5 and 5."""
    return 1 / (1 + exp(10 - 20 * level / 255))


def losses_of(side: str) -> list[float]:
    rows = [(label, level) for label, level, of in dict.fromkeys(ROWS) if of == side]  # without the copy
    return [-log(p_light(level) if label == "light" else 1 - p_light(level)) for label, level in rows]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


@pytest.fixture
def run(brightness_model: Path, in_tmp: Path) -> Run:
    images = np.stack([np.full((8, 8), level, np.uint8) for _, level, _ in ROWS])
    labels = np.array([label for label, _, _ in ROWS])
    sides = "".join(f"{row},{side}\n" for row, (_, _, side) in enumerate(ROWS, 1))
    (in_tmp / "mine.csv").write_text("id,split\n" + sides)
    return train(
        (images, labels),
        from_model=brightness_model,
        out="run",
        split="mine.csv",
        epochs=2,
        batch_size=4,
        seed=7,
        sets=STILL,
        quiet=True,
    )


def test_every_value_in_the_files_of_a_run_follows_from_its_pictures(run: Run, brightness_model: Path) -> None:
    folder = run.folder
    assert folder.split_csv.read_text() == (
        "id,split,class\n"
        "1,train,dark\n2,train,dark\n4,train,light\n5,train,light\n6,train,light\n"
        "7,val,dark\n8,val,light\n9,val,light\n"
        "10,test,dark\n11,test,dark\n12,test,light\n13,test,light\n14,test,dark\n"
    )
    ledger = folder.ledger_csv.read_text().splitlines()
    assert ledger[0] == "id,status,reason"
    assert ledger[3] == "3,duplicate,an exact copy of '2'"
    assert ledger[1:3] + ledger[4:] == [f"{row},used," for row in range(1, 15) if row != 3]
    _check_history(folder.read_history())
    _check_predictions(folder.predictions.read_text())
    _check_evaluation(json.loads(folder.evaluation.read_text()), brightness_model)
    _check_run_json(folder.read_run())
    metrics = json.loads((folder.model / "model.json").read_text())["metrics"]
    assert metrics == {
        "val_loss": pytest.approx(mean(losses_of("val")), rel=1e-5),
        "val_accuracy": pytest.approx(2 / 3),
    }


def _check_history(history: list[dict[str, Any]]) -> None:
    assert [epoch.pop("epoch") for epoch in history] == [1, 2]
    assert all(epoch.pop("seconds") > 0 for epoch in history)
    assert (
        history
        == [
            {
                "learning_rate": 1e-30,
                "train_loss": pytest.approx(mean(losses_of("train")), rel=1e-4),
                "train_accuracy": 1.0,
                "val_loss": pytest.approx(mean(losses_of("val")), rel=1e-5),
                "val_accuracy": pytest.approx(2 / 3),
            }
        ]
        * 2
    )


def _check_predictions(text: str) -> None:
    head, *rows = text.splitlines()
    assert head == "id,label,confidence"
    cells = [row.split(",") for row in rows]
    assert [(each[0], each[1]) for each in cells] == [
        ("10", "dark"),
        ("11", "dark"),
        ("12", "light"),
        ("13", "dark"),
        ("14", "light"),
    ]
    sure = [1 - p_light(51), 1 - p_light(68), p_light(136), 1 - p_light(85), p_light(187)]
    assert [float(each[2]) for each in cells] == pytest.approx(sure, rel=1e-5)


def _check_evaluation(found: dict[str, Any], model: Path) -> None:
    # Pictures of which the model is 99.8, 99.1, 96.6 and 99.1 % sure are in the last bin, two of them right.
    last, other = (1 - p_light(51)) + (1 - p_light(68)) + (1 - p_light(85)) + p_light(187), p_light(136)
    calibration = found.pop("calibration")
    filled = {at: each for at, each in enumerate(calibration["bins"]) if each["count"]}
    assert filled == {
        9: {"count": 1, "confidence": pytest.approx(other), "right": 1},
        14: {"count": 4, "confidence": pytest.approx(last / 4), "right": 2},
    }
    assert len(calibration["bins"]) == 15
    answered = {each["threshold"]: (each["count"], each["right"]) for each in calibration["answered"]}
    assert {at: answered[at] for at in (0.0, 0.66, 0.68, 0.96, 0.98, 0.99, 0.995, 0.999)} == {
        0.0: (5, 3), 0.66: (5, 3), 0.68: (4, 2), 0.96: (4, 2), 0.98: (3, 2), 0.99: (3, 2), 0.995: (1, 1), 0.999: (0, 0),
    }  # fmt: skip
    warnings = found.pop("warnings")
    assert found == {
        "set": "test",
        "rows": 5,
        "accuracy": 0.6,
        "accuracy_interval": pytest.approx([0.230724, 0.882381], abs=1e-5),
        "balanced_accuracy": pytest.approx((2 / 3 + 1 / 2) / 2),
        "macro_f1": pytest.approx((2 / 3 + 1 / 2) / 2),
        "loss": pytest.approx(mean(losses_of("test")), rel=1e-5),
        "calibration_error": pytest.approx((1 - other + last - 2) / 5, rel=1e-5),
        "matthews_correlation": pytest.approx((3 * 5 - 3 * 3 - 2 * 2) / (25 - 3 * 3 - 2 * 2)),
        "top5_accuracy": None,
        "class_names": ["dark", "light"],
        "confusion_matrix": [[2, 1], [1, 1]],
        "per_class": [
            {"class_name": "dark", "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3},
            {"class_name": "light", "precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2},
        ],
        "temperature": 1.0,
        "calibration_error_before": pytest.approx((1 - other + last - 2) / 5, rel=1e-5),
        "leaked": {"exact": 1, "near": 0},
        "without_leaks": {
            "rows": 4,
            "accuracy": 0.5,
            "accuracy_interval": pytest.approx([0.150036, 0.849964], abs=1e-5),
            "balanced_accuracy": 0.5,
            "macro_f1": 0.5,
            "loss": pytest.approx(mean(losses_of("test")[1:]), rel=1e-5),
            "calibration_error": pytest.approx((1 - other + abs(last - (1 - p_light(51)) - 1)) / 4, rel=1e-5),
            "matthews_correlation": 0.0,
            "top5_accuracy": None,
        },
    }
    assert warnings == [
        f"Training continued from {model}; it was trained on other data. If any of that data is among the "
        "validation or test pictures here, the score is too high; onelook cannot check it.",
        "1 of the 5 test pictures is among those that the model was trained or tuned on (pixel for pixel), so "
        "the model can remember it. Without it the accuracy is 50.0 % on 4 pictures (95 % interval 15.0 % to "
        "85.0 %), with it 60.0 %.",
        "The interval is wide because only 5 pictures were scored: a difference of a few points from another model can "
        "be chance.",
        "The accuracy of 60.0 % is not clearly above 60.0 %, which always answering 'dark' would reach.",
    ]


def _check_run_json(record: dict[str, Any]) -> None:
    data = record["data"]
    assert {name: record[name] for name in _OF_THE_RUN} == _OF_THE_RUN
    assert {name: data[name] for name in _OF_THE_DATA} == _OF_THE_DATA
    assert record["split"]["fingerprint"] == hashlib.sha256(Path("run/split.csv").read_bytes()).hexdigest()
    found = [(each["check"], each["split"], each["ids"], each.get("pairs")) for each in record["findings"]]
    assert found == [
        ("leak-exact", "test", ["10"], [["10", "2"]]),
        ("blank", "train", ["1", "2", "3", "4", "5", "6"], None),
        ("blank", "val", ["7", "8", "9"], None),
        ("blank", "test", ["10", "11", "12", "13", "14"], None),
        ("duplicates", "train", ["3"], [["2", "3"]]),
    ]
    timings = record["timings"]
    assert timings.keys() == {"open", "train", "evaluate", "total"}
    assert timings["open"] + timings["train"] + timings["evaluate"] <= timings["total"] + 0.002  # each is rounded
    assert record["metrics"].keys() == {"set", *(name for name in METRICS if name != "top5_accuracy")}
    assert (record["metrics"]["set"], record["metrics"]["accuracy"]) == ("test", 0.6)
    size = sum(each.stat().st_size for each in Path("run/model").iterdir() if each.name != "README.md")
    assert record["model"].pop("size_bytes") == size
    assert record["model"] == {"name": "cnn", "parameters": 4, "multiply_adds": 2, "views": 1, "pretrained": None}


_OF_THE_RUN: dict[str, Any] = {
    "format_version": 1,
    "status": "complete",
    "name": "arrays",
    "command": None,
    "seed": 7,
    "device": "cpu",
    "precision": "float32",
    "processes": 1,
    "best_epoch": 1,
    "stopped_early": False,
    "resumed_from_epoch": None,
    "notes": [],
    "left_out": [],
}
_OF_THE_DATA: dict[str, Any] = {
    "name": "arrays",
    "layout": "arrays",
    "class_names": ["dark", "light"],
    "class_counts": {
        "train": {"dark": 2, "light": 3},
        "val": {"dark": 1, "light": 2},
        "test": {"dark": 3, "light": 2},
    },
    "image_size": [8, 8],
    "channels": 1,
    "ground": "white",
    "deep_range": None,
    "dtype": "uint8",
    "value_range": [0.0, 255.0],
    "notes": [],
    "ledger": {"found": 14, "used": 13, "quarantined": 0, "duplicate": 1},
}
