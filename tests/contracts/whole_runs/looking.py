"""Sessions in which data, pages and names are looked at, or a command is wrong."""

from __future__ import annotations

import shutil

from tests.contracts.whole_runs import made_up
from tests.contracts.whole_runs.drawing import draw_all
from tests.contracts.whole_runs.transcript import Transcript

from onelook.cli.evaluate import show_evaluation
from onelook.cli.output.comparison import print_comparison
from onelook.cli.output.printer import Printer
from onelook.commands.summary import summarize_network
from onelook.comparison.result import read_comparison
from onelook.models import MODELS
from onelook.report.rate_page import render_rate_page, text_plot
from onelook.report.results import read_evaluation
from onelook.run_folder import RunFolder


def look_at_data(at: Transcript) -> None:
    """Inspect class folders and a table, on the screen, as JSON and as a page."""
    draw_all(at.root, sizes=3)
    at.type("inspect", "shapes")
    at.type("inspect", "shapes", "--html", "look.html", "--set", "rotation_range=20", "--json")
    at.page("look.html")
    at.type("inspect", "table")
    at.type("inspect", "table/train.csv", "--test", "shapes/test", "--json")
    at.type("inspect", "shapes/train", "--test", "shapes/test")
    table = "table/train.csv"
    at.type("inspect", table, "--test", table, "--recipe", "digits-minimal", "--html", "two.html")
    at.page("two.html")
    at.type("inspect", "new")


def made_up_pages(at: Transcript) -> None:
    """Write the pages of runs whose every number is made up: these are kept with their charts, to the last digit."""
    for draw in made_up.ALL:
        draw(at.root)
    for name in ("photographs", "few-digits", "many-kinds", "hardly-begun", "folds"):
        at.type("report", name)
        at.page(f"{name}/report.html", drawn=True)
    at.type("report", "compared", "--json")
    at.page("compared/comparison.html", drawn=True)
    at.type("runs", ".", "--json")
    for name in ("photographs", "few-digits", "many-kinds"):
        found = read_evaluation(RunFolder(at.root / name))
        assert found is not None
        at.call(f"the scores of {name} on the screen", lambda found=found: show_evaluation(Printer(), found))
    at.json("photographs/evaluation.json")
    compared = read_comparison(at.root / "compared/comparison.json")
    at.call("the comparison on the screen", lambda: print_comparison(Printer(), compared), made_up=True)
    at.say("the losses by learning rate", text_plot(made_up.SWEEP))
    page = render_rate_page(made_up.SWEEP, (("network", "mlp"), ("batch size", "32")), name="digits", version="1.0")
    (at.root / "rates.html").write_text(page, encoding="utf-8")
    at.page("rates.html", drawn=True)


def networks(at: Transcript) -> None:
    """List the layers of each network that has a name, for the pictures that it is usually shown."""
    for name in MODELS:
        found = summarize_network(name)
        layers = (f"{each.name}  {each.description}  {each.output_shape}  {each.parameters:,}" for each in found.layers)
        total = f"{found.total:,} parameters, {found.trainable:,} trained, {found.multiply_adds:,} multiply-adds"
        at.say(name, "\n".join([*layers, total, found.pretrained]))
    at.type("models", "--toml", "cnn-small", "--input", "32x24x3", "--classes", "5")


def names(at: Transcript) -> None:
    """List what can be named."""
    for words in (("models",), ("recipes",), ("datasets",), ("datasets", "--json"), ("runs",), ("--version",), ()):
        at.type(*words)
    at.type("summary", "digit-recognizer")
    at.type("summary", "cnn-small", "--input", "32x24x3", "--classes", "5", "--json")


def wrong_commands(at: Transcript) -> None:
    """Ask for what cannot be: the message, the exit code and the JSON document of the error."""
    draw_all(at.root)
    (at.root / "empty").mkdir()
    (at.root / "words.csv").write_text("label,pixel0,pixel1\ncat,1\ndog,2,3\n", encoding="utf-8")
    at.type("train", "shapes", "--model", "knn", "--out", "run", "--quiet")
    shutil.copytree(at.root / "run", at.root / "spoiled")
    (at.root / "spoiled/model/model.json").write_text("{}", encoding="utf-8")
    for line in _WRONG:
        at.type(*line, "--json")


_WRONG = (
    ("trian", "shapes"),
    ("train", "shpes"),
    ("train", "empty"),
    ("train", "words.csv"),
    ("train", "shapes", "--epoch", "3"),
    ("train", "shapes", "--epochs", "0"),
    ("train", "shapes", "--epochs", "many"),
    ("train", "shapes", "--model", "resnett"),
    ("train", "shapes", "--model", "knn", "--epochs", "3"),
    ("train", "shapes", "--set", "rotation=15"),
    ("train", "shapes", "--set", "rotation_range"),
    ("train", "shapes", "--test", "nowhere"),
    ("train", "shapes", "--test", ""),
    ("train", "shapes", "--val", "1.5"),
    ("train", "shapes", "--time-limit", "soon"),
    ("train", "shapes", "--image-size", "12by10"),
    ("train", "shapes", "--folds", "40"),
    ("train", "shapes", "--config", "missing.toml"),
    ("train", "shapes", "--out", "nowhere", "--name", "shapes"),
    ("train", "table", "--out", "run", "--resume"),
    ("evaluate", "run", "table"),
    ("evaluate", "run", "new"),
    ("evaluate", "shapes", "shapes"),
    ("predict", "nowhere", "new"),
    ("predict", "spoiled", "new"),
    ("predict", "run", "new", "--top", "0"),
    ("predict", "run", "new", "--reject-below", "80"),
    ("predict", "run", "new", "--out", "labels.csv", "--like", "table/sample_submission.csv"),
    ("verify", "spoiled"),
    ("report", "shapes"),
    ("compare", "run"),
    ("compare", "run", "nowhere"),
    ("export", "run"),
    ("export", "run", "--to", "tflite"),
    ("summary", "nett"),
    ("summary", "cnn", "--input", "28by28"),
    ("models", "--toml", "knn"),
    ("inspect", "shapes", "--html", "nowhere/page.html"),
    ("runs", "nowhere"),
    ("tune", "shapes", "--trials", "0"),
    ("serve", "nowhere"),
)
