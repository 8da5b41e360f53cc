"""A tutorial's whole training in Keras on TensorFlow, as published: the accuracy that it ends with.

    python benchmarks/keras_whole_run.py mnist-tutorial --folder runs/keras
    python benchmarks/keras_whole_run.py digit-recognizer --folder runs/keras     # again: goes on where it stopped

The recipe's network, optimizer, batch size, epochs and callbacks are handed to Keras' own; its augmentation is
`ImageDataGenerator`. Each epoch is kept under `--folder`, with optimizer and callbacks, and the same command goes on
after the last whole one (with other random numbers than a run without a pause would have drawn).

Scored once, at the end, on pictures that no part of the training saw: `digit-recognizer` on the competition's 28,000
hidden labels, the others on their data's own test pictures. A tenth of the training pictures drives the callbacks
where a recipe has some; `mnist-tutorial` has none and learns from all 60,000.

Writes `results/keras_<recipe>.json`. What counts there is the accuracy and the number of epochs, not a time: such a
run may share the machine. `time_to_accuracy.py` measures seconds an epoch.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_peer import build_callbacks, build_compiled, fit_data, import_keras
from make_digit_recognizer import competition
from onelook import open_dataset
from onelook.files import write_text
from onelook.models import MODELS, ModelInput
from onelook.recipes import load_recipe
from onelook.settings import DecodeSettings, TrainSettings
from onelook.settings.merge import build_settings
from record import write_result

RECIPES = ("mnist-tutorial", "fashion-cnn-bn", "digit-recognizer")
CLASSES = 10
SEED = 0
# What Keras' callbacks remember, and set to nothing when `fit` begins.
REMEMBERED = ("best", "best_epoch", "wait", "stopped_epoch", "cooldown_counter")


@dataclass(frozen=True)
class Side:
    """Pictures and their labels."""

    images: np.ndarray  # (rows, 28, 28, 1), uint8
    labels: np.ndarray  # (rows,), int64

    def part(self, rows: np.ndarray | slice) -> Side:
        return Side(self.images[rows], self.labels[rows])

    @property
    def scaled(self) -> np.ndarray:
        """float32 in [0, 1]."""
        return self.images.astype(np.float32) / 255


@dataclass(frozen=True)
class Task:
    """What a tutorial trains on, is tuned by, and is scored on."""

    train: Side
    val: Side | None
    test: Side


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument("--folder", type=Path, default=Path("runs/keras"), help="where epochs are kept")
    parser.add_argument("--quick", action="store_true", help="2,000 pictures and two epochs; writes no result")
    given = parser.parse_args()
    settings = tutorial_settings(given.recipe)
    task = load_task(given.recipe, settings)
    if given.quick:
        settings = settings.model_copy(update={"epochs": 2})
        few = slice(2_000)
        task = Task(task.train.part(few), task.val and task.val.part(few), task.test.part(few))
    figures = whole_run(settings, task, given.folder / (given.recipe + ("-quick" if given.quick else "")))
    print(json.dumps(figures, indent=2))
    if not given.quick:
        write_result(f"keras_{given.recipe}", {"recipe": given.recipe, **figures})


def tutorial_settings(recipe: str) -> TrainSettings:
    """The recipe's settings."""
    return build_settings(load_recipe(recipe).settings, recipe)


def load_task(recipe: str, settings: TrainSettings) -> Task:
    """The recipe's pictures; a share of those for training drives the callbacks, where there are any."""
    if recipe == "digit-recognizer":
        given = competition()
        pool, test = Side(given.images, given.labels), Side(given.hidden_images, given.hidden_labels)
    else:
        pool, test = _parts("mnist" if recipe == "mnist-tutorial" else "fashion_mnist")
    if settings.early_stopping is None and settings.reduce_on_plateau is None:
        return Task(pool, None, test)
    val, train = split_rows(pool.labels, float(settings.val))
    return Task(pool.part(train), pool.part(val), test)


def split_rows(labels: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """The rows for validation, `share` of each class, and the others, as scikit-learn splits them."""
    from sklearn.model_selection import train_test_split

    train, val = train_test_split(np.arange(len(labels)), test_size=share, random_state=SEED, stratify=labels)
    return val, train


def whole_run(settings: TrainSettings, task: Task, folder: Path) -> dict[str, Any]:
    """Trains to the end, from the last epoch in `folder` where there is one, and scores."""
    keras = import_keras()
    standing = read_standing(folder)
    keras.utils.set_random_seed(SEED + standing["epochs"])
    model = build_model(settings) if not standing["epochs"] else keras.models.load_model(folder / standing["model"])
    if not standing["is_over"]:
        callbacks = build_callbacks(settings)
        model.fit(
            **fit_data(settings, task.train.scaled, task.train.labels),
            validation_data=task.val and (task.val.scaled, task.val.labels),
            epochs=settings.epochs,
            initial_epoch=standing["epochs"],
            verbose=2,
            callbacks=[*callbacks, build_keeper(folder, standing, callbacks, settings.epochs)],
        )
    loss, accuracy = model.evaluate(task.test.scaled, task.test.labels, batch_size=256, verbose=0)
    return {
        "test_accuracy": accuracy,
        "test_loss": loss,
        "test_rows": len(task.test.labels),
        "train_rows": len(task.train.labels),
        "val_rows": 0 if task.val is None else len(task.val.labels),
        "batch_size": settings.batch_size,
        "epochs": standing["epochs"],
        "epochs_at_most": settings.epochs,
        "resumed_after_epochs": standing["resumed_after"],
        "history": standing["history"],
    }


def build_model(settings: TrainSettings) -> Any:
    """The recipe's network, compiled."""
    facts = ModelInput(height=28, width=28, channels=1, num_classes=CLASSES, rows=60_000)
    return build_compiled(MODELS.load(str(settings.model))(facts), settings, (28, 28, 1), CLASSES)


def build_keeper(folder: Path, standing: dict[str, Any], others: list[Any], epochs: int) -> Any:
    """A callback, to be the last: gives the others their memory back, and keeps every epoch in `standing` and `folder`.

    The model is written first, and the file that names it afterwards: whenever the run is killed, it names a whole one.
    """
    import keras

    class Keeper(keras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            for callback, memory in zip(others, standing["callbacks"], strict=False):
                vars(callback).update(memory)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            folder.mkdir(parents=True, exist_ok=True)
            before = standing["model"]
            standing["epochs"] = epoch + 1
            standing["model"] = f"epoch-{epoch + 1:02}.keras"
            standing["callbacks"] = [remembered(callback) for callback in others]
            standing["history"].append({"epoch": epoch + 1, **{name: float(value) for name, value in logs.items()}})
            standing["is_over"] = bool(self.model.stop_training) or epoch + 1 == epochs
            self.model.save(folder / standing["model"])
            write_text(folder / "standing.json", json.dumps(standing, indent=2))
            if before:
                (folder / before).unlink()

    return Keeper()


def remembered(callback: Any) -> dict[str, Any]:
    """What a callback of Keras would need after a pause, as JSON values."""
    found = {name: vars(callback)[name] for name in REMEMBERED if name in vars(callback)}
    return {name: value if value is None or isinstance(value, int) else float(value) for name, value in found.items()}


def read_standing(folder: Path) -> dict[str, Any]:
    """Where the run stands: at its beginning, where nothing is kept."""
    path = folder / "standing.json"
    if not path.is_file():
        begin: dict[str, Any] = {"epochs": 0, "model": None, "callbacks": [], "history": []}
        return {**begin, "is_over": False, "resumed_after": []}
    standing: dict[str, Any] = json.loads(path.read_text())
    if not standing["is_over"]:
        standing["resumed_after"].append(standing["epochs"])
    return standing


def _parts(name: str) -> tuple[Side, Side]:
    parts = open_dataset(name).parts
    decode = DecodeSettings(height=28, width=28, channels=1)
    sides = [
        Side(np.asarray(parts[part].pictures.decode(decode).images), np.asarray(parts[part].labels))
        for part in ("train", "test")
    ]
    return sides[0], sides[1]


if __name__ == "__main__":
    main()
