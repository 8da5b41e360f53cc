"""What an inspection says, whole: its JSON document, the verdict on labels, and the preview of a training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.checks.finding import Finding
from onelook.commands.inspect import inspect_data
from onelook.data.open import open_dataset
from onelook.inspection import out_of_fold
from onelook.inspection.inspection import Inspection
from onelook.inspection.label_check import LabelCheck, SuspectPicture
from onelook.inspection.out_of_fold import _FoldNetworks, _key
from onelook.inspection.training_preview import PageRequest, preview_training
from onelook.settings import DecodeSettings

REQUEST = PageRequest(Path("look.html"), ("my data", "--label-column", "a b"))
PICTURES = np.random.default_rng(0).integers(0, 255, (26, 8, 9, 3), dtype=np.uint8)
LABELS = ["cat", "dog", "eel", "dog"] * 6
SUSPECTS = (
    SuspectPicture("train/2", "train", "dog", "cat", 0.87654321, 0.99999),
    SuspectPicture("test/1", "test", "eel", "dog", 0.5, 0.75),
)


@pytest.fixture(scope="module")
def found() -> Inspection:
    data = {"train": (PICTURES[:18], LABELS[:18]), "val": (PICTURES[18:23], LABELS[18:23]), "test": PICTURES[23:]}
    dataset = open_dataset(data)
    return inspect_data(replace(dataset, notes=("A note.",), missing_values=3, name="pets"))


def checked(kappa: float, epochs: int = 8) -> LabelCheck:
    return LabelCheck(0.91234, kappa, 5, epochs, {}, {}, SUSPECTS)


def test_the_document_has_each_part_and_the_sum_of_the_labelled_ones(found: Inspection) -> None:
    finding = Finding("dark", "train", 1, ("train/1",), "Too dark.", severity="note")
    document = replace(found, findings=(finding,)).to_dict()
    assert document == {
        "layout": "arrays",
        "why": found.dataset.why,
        "rows": 26,
        "class_names": ["cat", "dog", "eel"],
        "class_counts": {"cat": 6, "dog": 11, "eel": 6},
        "image_size": [8, 9],
        "channels": 3,
        "ledger": {"found": 26, "used": 26, "quarantined": 0, "duplicate": 0},
        "findings": [finding.to_dict()],
        "name": "pets",
        "parts": {
            "train": {"rows": 18, "class_counts": {"cat": 5, "dog": 9, "eel": 4}},
            "val": {"rows": 5, "class_counts": {"cat": 1, "dog": 2, "eel": 2}},
            "test": {"rows": 3, "class_counts": None},
        },
        "missing_values": 3,
        "notes": ["A note."],
    }
    with_labels = replace(found, label_check=checked(0.7)).to_dict()
    assert with_labels["labels"] == checked(0.7).to_dict()


def test_the_verdict_on_labels_is_reliable_from_a_kappa_of_seven_tenths(tmp_path: Path) -> None:
    sure, unsure = checked(0.7, epochs=1), checked(0.6949)
    trained = "agree with 91.2 % of the labels of pictures that they were not trained on"
    assert str(sure) == f"5 quick networks, 1 epoch each, {trained}"
    assert str(unsure) == (
        f"5 quick networks, 8 epochs each, {trained} (Cohen's kappa 0.69; 0.7 is needed). That is too little to judge "
        "labels, so none is listed. Either the pictures are too hard or too few for a quick network, or very many "
        "labels are wrong."
    )
    assert sure.to_dict() == {
        "reliable": True,
        "accuracy": 0.9123,
        "kappa": 0.7,
        "folds": 5,
        "epochs": 1,
        "note": str(sure),
        "suspects": [
            {
                "id": "train/2",
                "split": "train",
                "label": "dog",
                "suggested": "cat",
                "probability": 0.8765,
                "score": 1.0,
            },
            {"id": "test/1", "split": "test", "label": "eel", "suggested": "dog", "probability": 0.5, "score": 0.75},
        ],
    }
    assert unsure.to_dict()["reliable"] is False
    sure.write(tmp_path / "wrong.csv")
    assert (tmp_path / "wrong.csv").read_text().splitlines() == [
        "id,split,label,suggested,probability,score,action,class_name,content",
        "train/2,train,dog,cat,0.8765,1.0000,,cat,",
        "test/1,test,eel,dog,0.5000,0.7500,,dog,",
    ]


PICKED = "mirroring and small shifts: a thing in a mirror is the same thing"
OFF = "The recipe digit-recognizer does not augment pictures"


@pytest.mark.parametrize(
    ("asked", "said", "shows"),
    [
        ({}, f"This is what training picks for this data: {PICKED}.", True),
        ({"augment": {"rotation_range": 10}}, "This is what the command asks for.", True),
        (
            {"recipe": "digit-recognizer", "augment": {"zoom_range": 0.1}},
            "This is what the recipe digit-recognizer asks for.",
            True,
        ),
        ({"recipe": "digit-recognizer"}, f"{OFF}. Training without a recipe would pick this: {PICKED}.", True),
        ({"augment": {}}, "Augmentation is off: training would not change the pictures.", False),
    ],
)
def test_the_page_says_where_the_augmentation_comes_from(
    found: Inspection, asked: dict[str, Any], said: str, shows: bool
) -> None:
    preview = preview_training(replace(found, asked=asked), REQUEST)
    assert (preview.augmentation, preview.shows_augmentation) == (said, shows)
    assert preview.settings.augment.is_active == shows
    assert preview.next_step.command == "onelook train 'my data' --label-column 'a b'"
    assert preview.next_step.refusal == ""


def test_the_plan_is_for_the_pictures_that_are_trained_on() -> None:
    found = inspect_data((PICTURES[:24], LABELS))

    def choices(**asked: object) -> tuple[str, ...]:
        return preview_training(replace(found, asked=asked), REQUEST).next_step.choices

    assert "batches of 16: 21 training pictures" in choices()  # one of each class validates
    assert "batches of 16: 12 training pictures" in choices(val=0.5)
    assert "batches of 16: 16 training pictures" in choices(folds=3)
    bare = preview_training(inspect_data(PICTURES), REQUEST)
    assert (bare.augmentation, bare.shows_augmentation, bare.next_step.command, bare.next_step.choices) == (
        *("Without labels no model can be trained, so there is no augmentation.", False),
        *("onelook predict MODEL 'my data' --out predictions.csv", ()),
    )
    single = inspect_data((PICTURES[:3], ["cat", "dog", "eel"]))
    preview = preview_training(single, REQUEST)
    assert preview.next_step.refusal.startswith("No picture can be kept aside to validate, by class: 'cat' (1), ")


# --- networks that judge labels


def test_the_key_has_all_that_decides_the_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_of_fold, "versions", lambda: {"torch": "1"})
    part: Any = SimpleNamespace(labels=np.array([0, 1]), near_groups=np.array([0, 1]), copy_of=np.array([-1, -1]))

    def dumped(text: str) -> Any:
        return SimpleNamespace(model_dump_json=lambda: text)

    def key(
        data: str = "d", name: str = "train", width: int = 8, network: str | None = "n", settings: str = "s"
    ) -> str:
        plan = SimpleNamespace(network=None if network is None else dumped(network), settings=dumped(settings))
        decode = DecodeSettings(height=8, width=width, channels=1)
        dataset: Any = SimpleNamespace(fingerprint=data)
        return _key(dataset, {name: part}, decode, SimpleNamespace(plan=plan), np.array([0, 1]))  # type: ignore[arg-type]

    others = [key(data="e"), key(name="all"), key(width=9), key(network="m"), key(network=None), key(settings="t")]
    assert len({key(), *others}) == 7
    assert key() == key()


def networks(report: Callable[[int, int], None] | None = None) -> _FoldNetworks:
    """Six pictures to train on, in three folds, the last one a copy; and four to test, one of them a copy."""
    pool = SimpleNamespace(
        used=np.arange(5), groups=np.array([0, 1, 2, 3, 4, 4]), copy_of=np.array([-1] * 5 + [4]), ids=("",) * 6
    )
    test = SimpleNamespace(used=np.array([0, 1, 3]), groups=np.array([1, 7, 7, 8]))
    quick = SimpleNamespace(folds=3, plan=SimpleNamespace(settings=SimpleNamespace(epochs=2)))
    near = [(8, 3), (0, 9)]
    fold_of = np.array([0, 0, 1, 2, 1, 1])
    parts: Any = {"train": pool, "test": test}
    return _FoldNetworks(SimpleNamespace(), parts, "train", fold_of, near, quick, report)  # type: ignore[arg-type]


def test_a_network_predicts_the_fold_that_it_was_not_trained_on_and_no_copy_of_what_it_was() -> None:
    made = networks()
    assert [made._rows_for("train", fold).tolist() for fold in range(3)] == [[0, 1], [2, 4], [3]]
    # Of the test pictures the first is a copy of one in fold 0, the last a near copy of one in fold 2.
    assert [made._rows_for("test", fold).tolist() for fold in range(3)] == [[0, 1], [1], [1, 3]]


def test_progress_goes_on_from_fold_to_fold() -> None:
    told: list[tuple[int, int]] = []
    made = networks(lambda done, of: told.append((done, of)))
    for fold, rows in ((0, 3), (2, 4)):
        counter = made._counter(fold, rows)
        for epoch, seen in ((1, 2), (2, rows)):
            counter.on_batch(SimpleNamespace(epoch=epoch, metrics=SimpleNamespace(rows=seen)))  # type: ignore[arg-type]
    # Two epochs of 3, 3 and 4 pictures: 20 in all.
    assert told == [(2, 20), (6, 20), (14, 20), (20, 20)]
