"""A whole training on pictures that anyone can tell apart: its files, its promises, its refusals."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.drawn_sides import Arrays, draw_sides

import onelook
from onelook.checks.finding import Finding
from onelook.commands.evaluate import evaluate_model
from onelook.commands.train import train
from onelook.errors import ConfigError, DataError, ModelError
from onelook.run_folder import RunFolder
from onelook.runs.prepare import _say_findings
from onelook.runs.run import Run
from onelook.training import loop
from onelook.training.measurements.speed import Pace

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

# A network small enough for a test, as a user's own TOML file.
NETWORK = """
[[layers]]
type = "conv"
filters = 4
padding = "same"
activation = "relu"

[[layers]]
type = "global_average_pool"

[[layers]]
type = "dense"
units = "classes"
"""
QUICK: dict[str, Any] = {"epochs": 2, "batch_size": 16, "quiet": True}


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("network") / "small.toml"
    path.write_text(NETWORK)
    return str(path)


@pytest.fixture(scope="module")
def run(network: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return train(draw_sides(64), model=network, out=tmp_path_factory.mktemp("runs") / "run", **QUICK)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_leaves_a_complete_run(run: Run) -> None:
    record = run.folder.read_run()
    assert record["status"] == run.status == "complete"
    assert record["best_epoch"] in (1, 2)
    assert record["data"]["class_counts"]["train"].keys() == {"left", "right"}
    assert record["timings"].keys() >= {"open", "train", "evaluate", "total"}
    assert [line["epoch"] for line in run.folder.read_history()] == [1, 2]
    files = [file for file in run.folder.model.iterdir() if file.name != "README.md"]  # it is not needed to predict
    assert record["model"]["size_bytes"] == sum(file.stat().st_size for file in files)


def test_the_report_can_be_rebuilt_byte_for_byte(run: Run) -> None:
    written = run.folder.report.read_bytes()
    assert len(written) > 10_000
    assert run.report().read_bytes() == written


def test_every_picture_stands_once_in_the_ledger_and_once_in_the_split(run: Run) -> None:
    ledger, split = read_csv(run.folder.ledger_csv), read_csv(run.folder.split_csv)
    assert [row["status"] for row in ledger] == ["used"] * 64
    assert sorted(row["id"] for row in split) == sorted(row["id"] for row in ledger)
    assert {row["split"] for row in split} == {"train", "val"}


def test_without_a_test_set_the_score_is_on_validation_and_says_so(run: Run) -> None:
    evaluation = json.loads(run.folder.evaluation.read_text())
    validated = [row["id"] for row in read_csv(run.folder.split_csv) if row["split"] == "val"]
    assert evaluation["set"] == "val"
    assert evaluation["rows"] == len(validated)
    assert [row["id"] for row in read_csv(run.folder.predictions)] == validated


def test_with_a_test_set_the_score_is_on_all_of_it(network: str, in_tmp: Path) -> None:
    run = train({"train": draw_sides(64), "test": draw_sides(30, seed=1)}, model=network, out="run", **QUICK)
    assert (run.evaluation.set_name, run.evaluation.rows) == ("test", 30)
    assert "30 test pictures right" in str(run)


def test_a_limited_run_learns_from_so_many_scores_on_all_and_resumes(network: str, in_tmp: Path) -> None:
    data = {"train": draw_sides(64), "test": draw_sides(30, seed=1)}
    run = train(data, model=network, out="run", limit=20, **QUICK)
    sides = Counter(row["split"] for row in read_csv(run.folder.split_csv))
    assert sides["train"] + sides["val"] == 20
    assert sides["test"] == run.evaluation.rows == 30
    assert train(data, out="run", resume=True, epochs=3, quiet=True).status == "complete"
    with pytest.raises(ConfigError, match="limit"):
        train(data, out="run", resume=True, limit=30, quiet=True)


def test_the_saved_model_gives_what_the_evaluation_says(run: Run, sides: Arrays) -> None:
    images, labels = sides
    rows = np.array([int(row["id"]) - 1 for row in read_csv(run.folder.predictions)])
    classifier = onelook.load(run.folder.path)
    predicted = [prediction.class_name for prediction in classifier.predict(list(images[rows]))]
    assert predicted == [row["label"] for row in read_csv(run.folder.predictions)]
    assert np.mean(np.array(predicted) == labels[rows]) == run.evaluation.accuracy
    assert onelook.verify(run.folder.path).passed


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize(
    "sets",
    [
        ["preprocess.scale=symmetric", "samplewise_std_normalization=true"],
        ["preprocess.scale=symmetric", "featurewise_std_normalization=true"],
        ["zca_whitening=true", "zca_epsilon=0.001"],
    ],
)
def test_every_preparation_travels_with_the_model_to_both_engines(
    sets: list[str], dtype: type, sides: Arrays, network: str, in_tmp: Path
) -> None:
    labels = sides[1]
    images = sides[0] if dtype == np.uint8 else (sides[0] / 255).astype(dtype)
    run = train((images, labels), model=network, out="run", sets=sets, **QUICK)
    onnx, torch = (onelook.load("run", engine=engine).probabilities(images) for engine in ("onnx", "torch"))
    assert np.abs(onnx - torch).max() < 1e-5
    right = np.array(run.classifier().class_names)[torch.argmax(axis=1)] == labels
    validated = [int(row["id"]) - 1 for row in read_csv(run.folder.split_csv) if row["split"] == "val"]
    best = run.folder.read_history()[run.folder.read_run()["best_epoch"] - 1]
    assert best["val_accuracy"] == pytest.approx(right[validated].mean())


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    sides: Arrays, network: str, in_tmp: Path
) -> None:
    runs = [train(sides, model=network, out=f"run-{n}", seed=seed, **QUICK) for n, seed in enumerate((1, 1, 2))]
    weights = [(run.folder.model / "weights.safetensors").read_bytes() for run in runs]
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


def test_says_what_it_found_and_picked(sides: Arrays, in_tmp: Path) -> None:
    said: list[str] = []
    train(sides, epochs=1, say=said.append)
    text = "\n".join(said)
    assert "64 pictures of 2 classes" in text
    assert "network cnn" in text
    assert "--image-size" not in text
    assert Path("runs/arrays-001/report.html").is_file()


def test_says_to_which_size_photographs_are_brought_and_what_cannot_be_read(network: str, in_tmp: Path) -> None:
    for class_name, height in (("cat", 9), ("dog", 12)):
        (in_tmp / "photos" / class_name).mkdir(parents=True)
        for number in range(4):
            picture = Image.new("RGB", (12, height), (40 * number, 9 * height, 0))
            picture.save(in_tmp / "photos" / class_name / f"{number}.png")
    (in_tmp / "photos" / "dog" / "notes.jpg").write_text("text")
    said: list[str] = []
    run = train("photos", model=network, epochs=1, batch_size=4, say=said.append)
    lines = "\n".join(said).splitlines()
    assert "  to mend  unreadable: 1 picture in the data cannot be read and is left out:" in lines
    assert "  ledger   8 of 9 pictures can be used: 1 quarantined, 0 exact copies within" in lines
    assert max(map(len, lines)) <= 80
    size = "pictures of 128×128: they come in 2 sizes (see --image-size)"
    assert run.folder.read_run()["choices"][0] == size
    again = train("photos", model=network, epochs=1, batch_size=4, image_size="8", quiet=True)
    assert not any("--image-size" in choice for choice in again.folder.read_run()["choices"])


def test_dropout_can_be_switched_off_in_any_network(sides: Arrays, in_tmp: Path) -> None:
    run = train(sides, sets=["dropout=0"], out="run", **QUICK)
    layers = json.loads((run.folder.model / "model.json").read_text())["network"]["layers"]
    assert [layer["rate"] for layer in layers if layer["type"] == "dropout"] == [0]


def test_an_existing_folder_is_refused_before_the_data_is_read(in_tmp: Path) -> None:
    (in_tmp / "run").mkdir()
    (in_tmp / "run" / "mine.txt").write_text("keep")
    with pytest.raises(ConfigError, match="--resume"):
        train("no-such-data.csv", out="run")
    assert [path.name for path in (in_tmp / "run").iterdir()] == ["mine.txt"]


def test_a_device_that_is_not_there_is_refused_before_the_data_is_read(
    in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ConfigError, match="--device cuda"):
        train("no-such-data.csv", device="cuda", out="run")
    assert not (in_tmp / "run").exists()


def test_a_table_without_a_label_column_says_which_column_might_be_it(in_tmp: Path) -> None:
    (in_tmp / "table.csv").write_text("what,p0,p1,p2,p3\na,1,2,3,4\nb,4,3,2,1\n")
    with pytest.raises(DataError, match=r"no labels .*'what'\. If the label is .* name it with --label-column"):
        train("table.csv", **QUICK)


def test_what_is_refused_leaves_no_folder(sides: Arrays, in_tmp: Path) -> None:
    with pytest.raises(ConfigError, match=r"layer"):
        train(sides, model="digit-recognizer", out="run", image_size="2", **QUICK)
    with pytest.raises(DataError, match="no labels"):
        train(sides[0], out="run", **QUICK)
    assert not (in_tmp / "run").exists()


def test_resume_goes_on_where_the_run_was_stopped(sides: Arrays, network: str, in_tmp: Path) -> None:
    settings = {**QUICK, "model": network, "batch_size": 8}
    whole = train(sides, out="whole", **{**settings, "epochs": 4})
    train(sides, out="stopped", **settings)
    gone_on = train(sides, out="stopped", resume=True, epochs=4, quiet=True)
    assert gone_on.folder.read_run()["resumed_from_epoch"] == 2
    assert [line["epoch"] for line in gone_on.folder.read_history()] == [1, 2, 3, 4]
    first, second = ((run.folder.model / "weights.safetensors").read_bytes() for run in (whole, gone_on))
    assert first == second


@pytest.mark.parametrize("left", [None, [], ["split.csv", ".run.json.0a1b2c3d.json"]], ids=["none", "empty", "half"])
def test_a_run_that_was_killed_before_it_was_written_down_begins(
    left: list[str] | None, sides: Arrays, network: str, in_tmp: Path
) -> None:
    for name in left or ():
        (in_tmp / "run").mkdir(exist_ok=True)
        (in_tmp / "run" / name).write_text("torn")
    if left == []:
        (in_tmp / "run").mkdir()
    said: list[str] = []
    settings = {**QUICK, "quiet": False, "model": network}
    run = train(sides, out="run", resume=True, say=said.append, **settings)
    assert "nothing is saved in run yet: the run begins" in said
    assert run.status == "complete"
    assert len(run.folder.split_csv.read_text().splitlines()) > 2
    assert not list((in_tmp / "run").glob(".run.json*"))


def test_a_finished_run_says_so_and_has_its_report(run: Run, sides: Arrays) -> None:
    record, weights = run.folder.read_run(), (run.folder.model / "weights.safetensors").read_bytes()
    run.folder.report.unlink()
    said: list[str] = []
    again = train(sides, out=run.folder.path, resume=True, say=said.append)
    assert any("is complete: there is nothing to resume" in line for line in said)
    assert (again.status, again.evaluation) == ("complete", run.evaluation)
    assert run.folder.report.is_file()
    assert run.folder.read_run() == record
    assert (run.folder.model / "weights.safetensors").read_bytes() == weights


def test_a_resume_that_is_refused_leaves_the_run_as_it_was(run: Run, sides: Arrays, in_tmp: Path) -> None:
    folder = RunFolder(Path(shutil.copytree(run.folder.path, in_tmp / "copy")))
    before = folder.read_run()
    (folder.checkpoint / "state.safetensors").write_bytes(b"damaged")
    with pytest.raises(ModelError, match="the checkpoint is damaged"):
        train(sides, out=folder.path, resume=True, epochs=9, quiet=True)
    after = folder.read_run()
    assert {name: after[name] for name in before} == before


def test_resume_finds_the_newest_run_of_the_same_data(sides: Arrays, in_tmp: Path) -> None:
    for position, (picture, label) in enumerate(zip(*sides, strict=True)):
        (in_tmp / "photos.v2" / label).mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0]).save(in_tmp / "photos.v2" / label / f"{position}.png")
    begun = train("photos.v2", model="mlp", **QUICK)
    assert train("photos.v2", resume=True, epochs=3, quiet=True).folder.path == begun.folder.path
    opened = onelook.open_dataset("photos.v2")
    assert train(opened, resume=True, epochs=4, quiet=True).folder.path == begun.folder.path


def test_an_opened_data_set_takes_a_test_set_and_class_names_too(network: str, in_tmp: Path) -> None:
    np.savetxt("train.csv", _table(64), fmt="%d", delimiter=",", header="label,p0,p1,p2,p3", comments="")
    np.savetxt("test.csv", _table(30), fmt="%d", delimiter=",", header="label,p0,p1,p2,p3", comments="")
    data = onelook.open_dataset("train.csv")
    run = train(data, test="test.csv", class_names="l,r", model=network, **QUICK)
    assert (run.evaluation.set_name, run.evaluation.rows) == ("test", 30)
    assert run.classifier().class_names == ("l", "r")


def _table(rows: int) -> np.ndarray:
    """Labels 0 and 1 in turn, and four pixels that no two rows share."""
    return np.column_stack([np.arange(rows) % 2, *(np.arange(rows) + 50 * pixel for pixel in range(4))])


def test_arrays_to_test_on_are_given_with_those_to_train_on(sides: Arrays) -> None:
    with pytest.raises(ConfigError, match=r"test is a tuple, expected a path.*\{'train': \(X, y\), 'test'"):
        train(sides, test=sides, **QUICK)


def test_resume_refuses_other_settings_naming_them(run: Run, sides: Arrays) -> None:
    with pytest.raises(ConfigError, match=r"batch_size was 16, asked 4"):
        train(sides, out=run.folder.path, resume=True, batch_size=4, quiet=True)


def test_resume_refuses_other_data(run: Run) -> None:
    with pytest.raises(DataError, match="the data has changed"):
        train(draw_sides(64, seed=5), out=run.folder.path, resume=True, epochs=3, quiet=True)


def test_a_time_limit_that_leaves_nothing_says_what_would_be_enough(sides: Arrays, network: str, in_tmp: Path) -> None:
    said: list[str] = []
    run = train(sides, model=network, out="run", time_limit="1s", batch_size=16, say=said.append)
    words = " ".join(" ".join(said).split())
    assert run.status == "complete"
    assert re.search(r"1 s leave 0 s for training, and an epoch takes about [\d.]+ s: it is cut short", words)
    assert re.search(r"--time-limit \d+s is enough for one", words)
    assert words.index("what fits into 1 s") < words.index("note 1 s leave")  # the picks are not interrupted


def test_a_time_limit_decides_the_epochs(sides: Arrays, network: str, in_tmp: Path) -> None:
    run = train(sides, model=network, out="run", time_limit="4s", batch_size=16, quiet=True)
    record = run.folder.read_run()
    assert 1 <= len(run.folder.read_history()) <= record["settings"]["epochs"]
    assert any("what fits into 4 s" in choice for choice in record["choices"])
    assert record["time_plan"]["limit_seconds"] == 4


def test_a_limited_run_goes_on_with_its_plan_and_can_be_given_more_time_only(
    sides: Arrays, network: str, in_tmp: Path
) -> None:
    run = train(sides, model=network, out="run", time_limit="4s", batch_size=16, quiet=True)
    plan = run.folder.read_run()["time_plan"]
    again = train(sides, out="run", resume=True, quiet=True)
    assert again.folder.read_run()["time_plan"] == plan
    train(sides, out="run", resume=True, time_limit="5s", quiet=True)
    longer = run.folder.read_run()["time_plan"]
    assert longer["budget_seconds"] == pytest.approx(plan["budget_seconds"] + 1)
    assert longer["epochs"] >= plan["epochs"]
    with pytest.raises(ConfigError, match=r"it was planned for 5 s, and can only be given more time"):
        train(sides, out="run", resume=True, time_limit="3s", quiet=True)


def test_what_of_a_limit_is_left_to_training_and_how_many_epochs_that_is(
    network: str, in_tmp: Path, monkeypatch: pytest.MonkeyPatch, first_steps: None
) -> None:
    """An epoch takes 8 s and its validation 2 s; opening has taken 5 s."""
    monkeypatch.setattr("onelook.training.measurements.speed.measure_pace", lambda *_, **__: Pace(8.0, 2.0))
    monkeypatch.setattr("onelook.runs.stages.Clock.so_far", lambda _: {"total": 5.0})
    monkeypatch.setattr("onelook.planning.time_course.TimeCourse.seen", lambda course, *_: course)  # it stays so
    parts = {"train": draw_sides(40), "val": draw_sides(10, seed=1), "test": draw_sides(30, seed=2)}

    def plan_of(data: Any, limit: str, *sets: str, out: str, **asked: Any) -> dict[str, Any]:
        run = train(data, model=network, out=out, time_limit=limit, batch_size=16, sets=sets, quiet=True, **asked)
        planned: dict[str, Any] = run.folder.read_run()["time_plan"]
        assert run.folder.read_run()["settings"]["epochs"] == planned["epochs"] >= len(run.folder.read_history())
        return planned

    judged_by_val = {name: parts[name] for name in ("train", "val")}
    # 100 - 5, less 6 to finish, 2 to score the validation pictures, half for a simple model, 2 to validate a cut epoch.
    one_look = plan_of(judged_by_val, "100s", out="a")
    assert one_look == {"epochs": 9, "budget_seconds": pytest.approx(84.5), "limit_seconds": 100.0}
    two_looks = plan_of(judged_by_val, "100s", "views.horizontal_flip=true", out="b")
    assert two_looks == {"epochs": 9, "budget_seconds": pytest.approx(82.5), "limit_seconds": 100.0}
    # Three times as many pictures to test on as validate: 2 looks at each are 12 s.
    tested = plan_of(parts, "100s", "views.horizontal_flip=true", out="c")
    assert tested == {"epochs": 8, "budget_seconds": pytest.approx(74.5), "limit_seconds": 100.0}
    # A fiftieth of a long limit is kept to finish: 20 of 1,000 s.
    assert plan_of(judged_by_val, "1000s", out="d")["budget_seconds"] == pytest.approx(1000 - 5 - 20 - 2 - 2 - 0.5)
    # Where nothing is left, there is one batch, so that there is a model.
    assert plan_of(judged_by_val, "10s", out="e") == {"epochs": 1, "budget_seconds": 0.1, "limit_seconds": 10.0}
    # More time on resume is time to train: 9 epochs in 84.5 s are 20 in 184.5.
    train(judged_by_val, out="a", resume=True, time_limit="200s", quiet=True)
    longer = RunFolder(Path("a")).read_run()["time_plan"]
    assert longer == {"epochs": 20, "budget_seconds": pytest.approx(184.5), "limit_seconds": 200.0}


def test_a_run_without_a_limit_is_given_none_on_resume(run: Run, sides: Arrays) -> None:
    with pytest.raises(ConfigError, match="it was planned without a time limit"):
        train(sides, out=run.folder.path, resume=True, time_limit="1h", quiet=True)


def test_a_score_on_the_pictures_of_the_training_says_so(run: Run) -> None:
    known = evaluate_model(run.folder.path, draw_sides(64)).evaluation
    others = evaluate_model(run.folder.path, draw_sides(64, seed=3)).evaluation
    assert known.warnings[0].startswith("All 64 pictures are among those that the model was trained or tuned on")
    assert not any("was trained on" in warning for warning in others.warnings)


def test_an_interrupted_run_leaves_the_test_set_untouched(
    network: str, in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_fit = loop.fit
    monkeypatch.setattr(loop, "fit", lambda *parts, **named: replace(whole_fit(*parts, **named), status="interrupted"))
    run = train({"train": draw_sides(64), "test": draw_sides(30, seed=1)}, model=network, out="run", **QUICK)
    assert run.status == run.folder.read_run()["status"] == "interrupted"
    assert run.evaluation.set_name == "val"


def test_the_golden_pictures_are_training_pictures(network: str, in_tmp: Path) -> None:
    parts = {"train": draw_sides(64), "test": draw_sides(30, seed=1)}
    run = train(parts, model=network, out="run", **QUICK)
    trained = {picture.tobytes() for picture in parts["train"][0]}
    golden = onelook.load(run.folder.model).golden.pictures
    assert len(golden) == 16
    assert all(picture.tobytes() in trained for picture in golden)


def test_findings_on_some_of_the_pictures_point_to_the_report_and_keep_the_limit() -> None:
    uneven = Finding("imbalance", "all", 1, (), "Uneven.", options=("--set", "class_weights=balanced"))
    dark = Finding("dark", "train", 1, ("a",), "Dark.", severity="note")
    ledger = SimpleNamespace(in_words=lambda: "10 pictures read")
    data: Any = SimpleNamespace(findings=(uneven, dark), prepared=SimpleNamespace(ledger=ledger))
    said: list[str] = []
    request: Any = SimpleNamespace(data="photos", asked={}, say=said.append)
    _say_findings(data, request, limit=600)
    _say_findings(data, request, limit=None)
    assert said[0].splitlines()[1:] == [
        "  to mend  imbalance: Uneven. To try it:",
        "           onelook train photos --limit 600 --set class_weights=balanced",
        "  look at  dark: 1 in the training set (a)",
        "  shown in the run's report",
    ]
    assert said[1].splitlines()[-1] == "  shown by onelook inspect photos --html look.html"
