"""The time until our default settings reach the accuracy that a tutorial's own Keras training ends with.

    python benchmarks/time_to_accuracy.py                      # all three recipes
    python benchmarks/time_to_accuracy.py mnist-tutorial       # others in the result file stay
    python benchmarks/time_to_accuracy.py mnist-tutorial --quick   # a minute, to see it work; writes nothing

The accuracy is that of Keras' whole run (`results/keras_<recipe>.json`, by `keras_whole_run.py`), on the same test
pictures: for `digit-recognizer` the competition's 28,000 hidden labels.

Ours is measured whole: `onelook train` with default settings and a `--time-limit`, with an empty cache, seconds of the
command from start to end, on the first limit of an increasing list at which the median of three seeds reaches that
accuracy. (A limit at which the first seed falls short is left at once.) Every try is written down.

Keras' time is a product: the seconds of an epoch, from some batches and some validation pictures that are measured
alternately with our tries, times the epochs that its whole run took. Its start and the reading of data are not in it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from keras_whole_run import RECIPES, load_task, tutorial_settings
from make_digit_recognizer import score, write_files
from record import RESULTS, spread, write_entry
from whole_command import run, train

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Plan:
    """How a recipe's time is looked for."""

    data: str  # what `onelook train` is given
    limits: tuple[str, ...]  # tried in this order
    bar: float  # times as fast as Keras
    batches: int  # of Keras that are timed, for some ten seconds on two cores


PLANS = {
    "mnist-tutorial": Plan("mnist", ("20s", "25s", "30s", "40s", "50s", "60s", "90s"), bar=10, batches=600),
    "fashion-cnn-bn": Plan("fashion_mnist", ("1m", "90s", "2m", "3m", "4m", "6m"), bar=5, batches=100),
    "digit-recognizer": Plan("train.csv", ("40s", "1m", "90s", "2m", "3m", "4m", "6m"), bar=15, batches=60),
}


@dataclass(frozen=True)
class Try:
    """One training of ours."""

    time_limit: str
    seed: int
    accuracy: float
    seconds: float  # of the whole command


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", metavar="RECIPE", help=", ".join(RECIPES))
    parser.add_argument("--quick", action="store_true", help="one short try of each side; writes nothing")
    parser.add_argument("--worker", choices=RECIPES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        print(json.dumps(keras_epoch_seconds(given.worker, 3 if given.quick else PLANS[given.worker].batches)))
        return
    for recipe in given.recipes or RECIPES:
        if recipe not in PLANS:
            parser.error(f"{recipe}: expected one of {', '.join(PLANS)}")
    for recipe in given.recipes or RECIPES:
        found = compare(recipe, quick=given.quick)
        print(line(recipe, found), flush=True)
        if not given.quick:
            write_entry("time_to_accuracy", "recipes", recipe, found)


def compare(recipe: str, *, quick: bool) -> dict[str, Any]:
    """Searches our time, with a measurement of Keras before each try and after the last."""
    plan = PLANS[recipe]
    whole = {"test_accuracy": 0.0, "epochs": 1} if quick else _result(f"keras_{recipe}")
    epochs: list[dict[str, float]] = []

    with tempfile.TemporaryDirectory() as name:
        files = Path(name)
        if recipe == "digit-recognizer":
            write_files(files)

        def attempt(limit: str, seed: int) -> Try:
            epochs.append(_keras_in_own_process(recipe, quick=quick))
            found = one_try(recipe, limit, seed, files)
            print(f"  {recipe}: {found}", flush=True)
            return found

        limits, seeds = (("20s",), (0,)) if quick else (plan.limits, SEEDS)
        tries = search(limits, seeds, attempt, target=whole["test_accuracy"])
    epochs.append(_keras_in_own_process(recipe, quick=quick))
    return figures(plan, whole, epochs, tries)


def search(
    limits: Sequence[str], seeds: Sequence[int], attempt: Callable[[str, int], Try], *, target: float
) -> list[Try]:
    """Tries limits in turn until the median of all seeds reaches the target, and gives all tries.

    A limit is left as soon as its first seed falls short.
    """
    tries: list[Try] = []
    for limit in limits:
        at_limit: list[Try] = []
        for seed in seeds:
            at_limit.append(attempt(limit, seed))
            if at_limit[0].accuracy < target:
                break
        tries += at_limit
        if len(at_limit) == len(seeds) and _median_accuracy(at_limit) >= target:
            break
    return tries


def figures(
    plan: Plan, whole: dict[str, Any], epochs: Sequence[dict[str, float]], tries: Sequence[Try]
) -> dict[str, Any]:
    """What is written of a recipe: the two times, where each comes from, and their ratio."""
    at_limit = [each for each in tries if each.time_limit == tries[-1].time_limit]
    is_reached = _median_accuracy(at_limit) >= whole["test_accuracy"]
    epoch_seconds = spread([each["seconds_an_epoch"] for each in epochs])
    keras_seconds = epoch_seconds["median"] * whole["epochs"]
    seconds = spread([each.seconds for each in at_limit])
    return {
        "accuracy": whole["test_accuracy"],
        "keras_tensorflow": {
            "how": "seconds an epoch, measured on some batches beside our tries, times the epochs of its whole run",
            "epochs": whole["epochs"],
            "seconds_an_epoch": epoch_seconds,
            "measured": list(epochs),
            "seconds": round(keras_seconds, 1),
        },
        "onelook": {
            "how": "the whole command, default settings, empty cache; median of the seeds at the first limit that does",
            "is_reached": is_reached,
            "time_limit": tries[-1].time_limit,
            "accuracy": spread([each.accuracy for each in at_limit]),
            "seconds": seconds,
            "tries": [asdict(each) for each in tries],
        },
        "ratio": round(keras_seconds / seconds["median"], 2) if is_reached else None,
        "bar": plan.bar,
    }


def one_try(recipe: str, limit: str, seed: int, files: Path) -> Try:
    """Trains with default settings, and scores on the pictures that Keras' run was scored on.

    Args:
        recipe: whose data is trained on.
        limit, seed: as the command takes them.
        files: where the competition's files are.
    """
    is_competition, options = recipe == "digit-recognizer", ("--time-limit", limit, "--seed", str(seed))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = str(files / PLANS[recipe].data) if is_competition else PLANS[recipe].data
        trained = train(folder, data, *options)
        if not is_competition:
            return Try(limit, seed, trained.test_accuracy, round(trained.seconds, 1))
        like = ("--like", str(files / "sample_submission.csv"))
        run(folder, "predict", "run", str(files / "test.csv"), "--out", "my.csv", *like)
        return Try(limit, seed, score(files, folder / "my.csv"), round(trained.seconds, 1))


def keras_epoch_seconds(recipe: str, batches: int) -> dict[str, float]:
    """Seconds of a whole epoch of the tutorial in Keras, from `batches` of it, in this process."""
    from keras_peer import build_stopwatch, fit_data, import_keras
    from keras_whole_run import build_model

    import_keras().utils.set_random_seed(0)
    settings = tutorial_settings(recipe)
    task = load_task(recipe, settings)
    few = task.train.part(slice(batches * settings.batch_size))
    model, watch = build_model(settings), build_stopwatch()
    data = fit_data(settings, few.scaled, few.labels)
    model.fit(**data, epochs=2, verbose=0, callbacks=[watch])
    picture_seconds = watch.seconds[1] / len(few.labels)
    val_picture_seconds = 0.0
    if task.val is not None:
        looked_at = task.val.part(slice(len(few.labels)))
        for _ in range(2):  # the first is warm-up
            start = time.perf_counter()
            model.evaluate(looked_at.scaled, looked_at.labels, batch_size=settings.batch_size, verbose=0)
            val_picture_seconds = (time.perf_counter() - start) / len(looked_at.labels)
    val_rows = 0 if task.val is None else len(task.val.labels)
    return {
        "batches": batches,
        "train_picture_seconds": picture_seconds,
        "val_picture_seconds": val_picture_seconds,
        "seconds_an_epoch": picture_seconds * len(task.train.labels) + val_picture_seconds * val_rows,
    }


def line(recipe: str, found: dict[str, Any]) -> str:
    """The figures for a person."""
    ours, keras = found["onelook"], found["keras_tensorflow"]
    times = f"{found['ratio']:.1f} times as fast" if ours["is_reached"] else "NOT REACHED"
    return (
        f"{recipe}: {found['accuracy']:.4f} after {ours['seconds']['median']:.0f} s "
        f"(--time-limit {ours['time_limit']}), Keras {keras['seconds']:.0f} s "
        f"({keras['epochs']} epochs of {keras['seconds_an_epoch']['median']:.1f} s): {times}, bar {found['bar']}"
    )


def _keras_in_own_process(recipe: str, *, quick: bool) -> dict[str, float]:
    command = [sys.executable, __file__, "--worker", recipe, *(["--quick"] if quick else [])]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    return found


def _median_accuracy(tries: Sequence[Try]) -> float:
    return statistics.median(each.accuracy for each in tries)


def _result(name: str) -> dict[str, Any]:
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        raise SystemExit(f"{path.name} is missing: python benchmarks/keras_whole_run.py makes it, in an hour or so")
    content: dict[str, Any] = json.loads(path.read_text())
    return content


if __name__ == "__main__":
    main()
