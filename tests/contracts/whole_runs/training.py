"""Sessions in which something is trained, and then used with every command."""

from __future__ import annotations

import shutil
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tests.contracts.whole_runs.drawing import draw_all
from tests.contracts.whole_runs.transcript import Transcript

import onelook
from onelook.run_folder import RunFolder
from onelook.runs.stages import Clock
from onelook.training.measurements.pace import Pace
from onelook.training.trainer import Trainer


def classical_run(at: Transcript) -> None:
    """Train a model whose votes are counted, and use it with every command."""
    draw_all(at.root)
    at.type("train", "shapes", "--model", "knn", "--out", "run", "--seed", "3", "--val", "0.3")
    _keep_run(at, "run")
    at.type("evaluate", "run", "shapes")
    at.type("evaluate", "run", "shapes", "--json")
    at.type("evaluate", "run", "shapes/train")
    (at.root / "shapes/test").rename(at.root / "shapes/val")
    at.type("evaluate", "run", "shapes")
    (at.root / "shapes/val").rename(at.root / "shapes/test")
    _predict(at, "run", "new")
    at.type("predict", "run", "shapes/test", "--out", "shapes.csv")
    at.type("verify", "run")
    at.type("verify", "run", "--json")
    at.type("summary", "run")
    at.type("export", "run", "--to", "onnx")
    at.type("export", "run", "--to", "onnx", "--out", "other.onnx", "--json")
    at.type("report", "run", "--out", "again.html")
    same = (at.root / "again.html").read_bytes() == (at.root / "run/report.html").read_bytes()
    at.say("the report made again", "the same" if same else "another one")
    at.type("runs", ".")
    at.type("train", "shapes", "--model", "knn", "--out", "run")
    at.type("train", "shapes", "--out", "run", "--resume")
    at.type("train", "shapes", "--split", "run", "--model", "decision-tree", "--out", "runs/tree")
    at.type("runs", "runs", "--json")


def network_run(at: Transcript) -> None:
    """Train a network, stop it with Ctrl-C after an epoch, resume it, compare it, and continue from it."""
    draw_all(at.root)
    asked = ("--model", "mlp", "--epochs", "3", "--batch-size", "4", "--lr", "0.01", "--device", "cpu")
    more = ("--set", "loss.label_smoothing=0.05", "--set", "width_shift_range=0.1", "--patience", "2")
    with _ctrl_c_after_an_epoch():
        at.type("train", "table/train.csv", *asked, *more, "--out", "runs/first")
    at.files("runs/first")
    at.json("runs/first/run.json")
    at.type("runs")
    at.type("train", "table/train.csv", "--out", "runs/first", "--resume")
    _keep_run(at, "runs/first")
    at.type("evaluate", "runs/first", "table/train.csv")
    at.type("predict", "runs/first", "table", "--out", "mine.csv", "--like", "table/sample_submission.csv")
    at.text("mine.csv")
    at.type("summary", "runs/first")
    at.type("verify", "runs/first")
    at.type("export", "runs/first/model", "--to", "onnx")
    at.type("train", "table/train.csv", "--split", "runs/first", "--model", "decision-tree", "--out", "runs/second")
    at.type("compare", "runs/first", "runs/second", "--html", "both.html")
    at.page("both.html")
    at.type("compare", "runs/first", "runs/second", "--json")
    at.type("train", "table/train.csv", "--from", "runs/first", "--epochs", "1", "--device", "cpu", "--json")
    at.type("runs", "--json")


def options(at: Transcript) -> None:
    """Train a little model with one option after another."""
    draw_all(at.root)
    with zipfile.ZipFile(at.root / "shapes.zip", "w") as archive:
        for path in sorted((at.root / "shapes").rglob("*.png")):
            archive.write(path, path.relative_to(at.root))
    (at.root / "settings.toml").write_text('model = "knn"\nval = 0.25\n\n[classical]\nn_neighbors = 3\n')
    knn = ("--model", "knn", "--set", "classical.n_neighbors=1")
    at.type("train", "shapes.zip", *knn, "--limit", "15", "--name", "few")
    at.type("train", "shapes/train", "--test", "shapes/test", "--config", "settings.toml", "--seed", "4", "--json")
    at.type("train", "shapes", "--config", "settings.toml", "--strict", "--json")
    table = "table/train.csv"
    at.type("train", table, *knn, "--class-names", "left,right", "--image-size", "6x5", "--quiet", "--json")
    at.type("train", table, *knn, "--label-column", "label", "--no-picture-list", "--val", table)
    at.type("train", "new", *knn)
    at.type("runs", "runs", "--json")


def timed_run(at: Transcript) -> None:
    """Train within a time limit, by a clock and a pace that are made up."""
    draw_all(at.root)
    asked = ("--time-limit", "1000s", "--device", "cpu", "--batch-size", "16", "--quiet")
    paces = {"cnn": 9_000.0, "cnn-small": 5_000.0, "mlp": 300.0}
    with _made_up_pace(paces):
        at.type("train", "table/train.csv", *asked, "--out", "slow")
        at.type("train", "table/train.csv", *asked, "--model", "mlp", "--out", "asked")
        at.type("train", "table/train.csv", *asked, "--models", "knn,mlp", "--out", "both")
    for name in ("slow", "asked", "both/knn", "both/mlp"):
        at.json(f"{name}/run.json", timed=True)


def in_python(at: Transcript) -> None:
    """Do the same from a Python program, which prints keywords instead of options."""
    draw_all(at.root)

    def program() -> None:
        data = onelook.open_dataset("shapes")
        print(repr(data), data, data["train"], data["train"][0], sep="\n")
        run = onelook.train(data, model="knn", out="run", val=0.3, seed=3)
        print(repr(run), run, run.history[0].keys(), run.classifier, run.evaluation.per_class[0], sep="\n")
        print(*onelook.load("run").predict(["new/1.png", "new/2.png"]), sep="\n")
        print(onelook.load("run").evaluate("shapes").warnings, onelook.verify("run"), sep="\n")
        found = onelook.cross_validate("shapes/train", folds=2, model="knn", out="folds")
        print(repr(found), found, sep="\n")
        several = onelook.train_models("shapes", models=["knn", "lda"], out="both")
        print(repr(several), several, repr(onelook.compare_runs(["both/knn", "both/lda"])), sep="\n")

    at.call("a program", program)
    for call in (
        lambda: onelook.train("shapes", modle="knn"),
        lambda: onelook.train("shapes", model="knn", out="run"),
        lambda: onelook.open_dataset("shpes"),
        lambda: onelook.load("shapes"),
        lambda: onelook.load("run").predict("new/4.png"),
        lambda: onelook.train("shapes", model="knn", epochs=3),
    ):
        at.refusal(call)


def folds(at: Transcript) -> None:
    """Cross-validate, with a test part."""
    draw_all(at.root)
    at.type("train", "shapes", "--folds", "3", "--model", "knn", "--out", "folds")
    at.files("folds")
    at.json("folds/folds.json")
    at.text("folds/predictions.csv")
    at.page("folds/report.html")
    at.type("runs", "folds")
    at.type("report", "folds", "--out", "page.html", "--json")
    at.type("train", "shapes", "--out", "folds/fold-1", "--resume")


def stopped_folds(at: Transcript) -> None:
    """Stop a cross-validation of a network with Ctrl-C, and resume it."""
    draw_all(at.root)
    asked = ("--model", "mlp", "--epochs", "2", "--batch-size", "4", "--lr", "0.01", "--device", "cpu")
    with _ctrl_c_after_an_epoch():
        at.type("train", "table/train.csv", *asked, "--folds", "2", "--out", "stopped")
    at.type("train", "table/train.csv", "--out", "stopped", "--resume", "--json")


def several_models(at: Transcript) -> None:
    """Train two models on the same split, and compare them."""
    draw_all(at.root)
    at.type("train", "shapes", "--models", "knn,decision-tree", "--out", "both", "--seed", "1")
    at.files("both")
    at.json("both/comparison.json")
    at.page("both/comparison.html")
    at.type("compare", "both")
    at.type("train", "shapes", "--models", "knn,lda", "--out", "quiet", "--json", "--quiet")


def search(at: Transcript) -> None:
    """Search the learning rate in two trials of an epoch."""
    draw_all(at.root)
    space = at.root / "space.toml"
    space.write_text('model = "mlp"\nepochs = 1\n\n[space]\nlearning_rate = [0.01, 0.00001]\n', encoding="utf-8")
    asked = ("--device", "cpu", "--batch-size", "2")
    at.type("tune", "table/train.csv", *asked, "--config", "space.toml", "--trials", "2", "--out", "search")
    at.files("search")
    at.text("search/trials.csv")
    at.json("search/tune.json")
    at.type("tune", "table/train.csv", "--trials", "2", "--out", "search", "--resume", "--json")


def _keep_run(at: Transcript, folder: str) -> None:
    at.files(folder)
    for name in ("run.json", "history.jsonl", "evaluation.json", "evidence/evidence.json", "model/model.json"):
        at.json(f"{folder}/{name}")
    for name in ("ledger.csv", "split.csv", "predictions.csv"):
        at.text(f"{folder}/{name}")
    at.page(f"{folder}/report.html")


def _predict(at: Transcript, model: str, data: str) -> None:
    at.type("predict", model, data)
    at.type("predict", model, data, "--top", "2", "--reject-below", "0.9")
    at.type("predict", model, data, "--top", "4")
    at.type("predict", model, data, "--out", "labels.csv", "--reject-below", "0.9")
    at.text("labels.csv")
    at.type("predict", model, data, "--out", "all.csv", "--probabilities", "--json")
    at.text("all.csv")
    at.type("predict", model, f"{data}/1.png", "--json")
    at.type("predict", model, data, "--reject-below", "0.9", "--top", "2", "--json")
    for number in range(5, 11):
        shutil.copy(at.root / data / "4.png", at.root / data / f"{number}.png")
    at.type("predict", model, data)
    at.type("predict", model, data, "--json")


@contextmanager
def _ctrl_c_after_an_epoch() -> Iterator[None]:
    append = RunFolder.append_history

    def interrupt(folder: RunFolder, record: Any) -> None:
        append(folder, record)
        signal.raise_signal(signal.SIGINT)

    with patch.object(RunFolder, "append_history", interrupt):
        yield


@contextmanager
def _made_up_pace(seconds: dict[str, float]) -> Iterator[None]:
    """Let an epoch of each network take so long, on a clock that stands at 20 s."""

    def measure(trainer: Trainer, **_: float) -> Pace:
        widest = max((len(weight) for weight in trainer.network.parameters() if weight.ndim == 4), default=0)
        return Pace(seconds["mlp" if not widest else "cnn" if widest == 64 else "cnn-small"], 0.5)

    measured = "onelook.training.measurements.speed"
    with (
        patch(f"{measured}.measure_pace", measure),
        patch(f"{measured}.choose_threads", lambda: 1),
        patch(f"{measured}.measure_matmul_speed", lambda _: 1e9),
        patch("onelook.planning.time_course.TimeCourse.seen", lambda course, *_: course),
        patch.object(Clock, "load", 1.0),
        patch.object(Clock, "so_far", lambda clock: {**clock.seconds, "total": 20.0}),
    ):
        yield
