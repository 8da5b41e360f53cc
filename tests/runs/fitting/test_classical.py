"""A classical model as an ordinary run: same split, same files, same commands."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import draw_sides

import onelook
from onelook.cli import main
from onelook.commands.train import Run
from onelook.errors import ConfigError
from onelook.runs.fitting.fit_classical import until_interrupted

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares


def fit(out: Path, *sets: str, rows: int = 64, **settings: Any) -> Run:
    run = onelook.train(
        draw_sides(rows), out=out, quiet=True, **{"model": "decision-tree", "val": 0.25, **settings}, sets=sets
    )
    assert isinstance(run, Run)
    return run


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return fit(tmp_path_factory.mktemp("runs") / "tree")


def test_leaves_the_files_of_a_run(tree: Run) -> None:
    names = {path.name for path in tree.folder.path.iterdir()}
    expected = {"run.json", "history.jsonl", "split.csv", "ledger.csv", "model", "evaluation.json", "predictions.csv"}
    assert expected | {"report.html", "evidence"} <= names
    facts = tree.folder.read_run()
    assert facts["status"] == "complete"
    assert facts["model"]["name"] == "decision-tree"
    assert facts["model"]["learnt"].startswith("a tree with 3 nodes")  # one question tells left from right
    assert facts["model"]["parameters"] == 2 + 2 * 2
    (line,) = tree.folder.read_history()
    assert (line["epoch"], line["learning_rate"], line["train_accuracy"]) == (1, None, 1.0)
    assert tree.evaluation.rows == 16


def test_the_split_is_the_one_that_a_network_gets(tree: Run, tmp_path: Path) -> None:
    network = onelook.train(
        draw_sides(64), out=tmp_path / "net", model="mlp", epochs=1, val=0.25, quiet=True, device="cpu"
    )
    assert isinstance(network, Run)
    assert network.folder.split_csv.read_bytes() == tree.folder.split_csv.read_bytes()


def test_every_command_takes_it(tree: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = str(tree.folder.path)
    images, labels = draw_sides(64)
    pixels = np.column_stack([np.unique(labels, return_inverse=True)[1], images.reshape(64, -1)])
    table = tmp_path / "pixels.csv"
    heads = ",".join(["label", *(f"pixel{number}" for number in range(144))])
    np.savetxt(table, pixels, fmt="%d", delimiter=",", header=heads, comments="")
    assert main(["verify", run]) == 0
    assert main(["evaluate", run, str(table), "--class-names", "left,right", "--json"]) == 0
    assert main(["predict", run, str(table), "--out", str(tmp_path / "p.csv")]) == 0
    assert main(["report", run]) == 0
    assert main(["summary", run]) == 0
    said = capsys.readouterr().out
    assert "a tree with 3 nodes" in said
    with (tmp_path / "p.csv").open() as file:
        assert [row["label"] for row in csv.DictReader(file)] == labels.tolist()


def test_export_and_going_on_are_refused_in_words(
    tree: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tree.folder.path), "--to", "torch", "--out", str(tmp_path / "m.pt2")]) == 2
    assert "a decision-tree of scikit-learn, which has no layers" in " ".join(capsys.readouterr().err.split())
    with pytest.raises(ConfigError, match="^from_model= needs a network"):
        onelook.train(draw_sides(64), out=tmp_path / "again", from_model=str(tree.folder.path), epochs=1, quiet=True)
    with pytest.raises(ConfigError, match="save_weights needs a network"):
        tree.classifier().save_weights(tmp_path / "w.safetensors")
    assert main(["summary", "svc"]) == 2
    assert "has no layers" in " ".join(capsys.readouterr().err.split())


def test_works_without_torch_and_says_what_is_missing_without_scikit_learn(tree: Run) -> None:
    program = f"""
import sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(name, name=name)
BLOCKED = {{"torch"}}
sys.meta_path.insert(0, Without())
import numpy as np, onelook
model = onelook.load({str(tree.folder.path)!r})
assert [one.class_name for one in model.predict(np.zeros((2, 12, 12, 1), np.uint8))]
from onelook.server.app import build_app
assert build_app(model).title == "onelook"
assert not {{"torch", "pytest", "sklearn.neural_network"}} & sys.modules.keys()
from onelook.optional_packages import import_skops
import_skops.cache_clear()
for name in [name for name in sys.modules if name.partition(".")[0] in ("sklearn", "skops")]:
    del sys.modules[name]
BLOCKED |= {{"sklearn", "skops"}}
try:
    onelook.load({str(tree.folder.path)!r})
except onelook.errors.ConfigError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "pip install 'onelook[train]'" in done.stdout


@pytest.mark.parametrize(
    ("setting", "others"),
    [
        ("features.name=hog", ()),
        ("features.pca=3", ()),
        ("features.hog_cell=3", ("features.name=hog",)),
        ("classical.rows=12", ()),
        ("classical.max_depth=1", ("classical.criterion=entropy",)),
    ],
)
def test_a_setting_makes_another_model(setting: str, others: tuple[str, ...], tmp_path: Path) -> None:
    noisy = draw_sides(64)
    noisy[1][:8] = noisy[1][:8][::-1]  # labels that one question does not tell apart
    models = [
        onelook.train(noisy, out=tmp_path / f"{number}", model="decision-tree", val=0.25, quiet=True, sets=sets)
        for number, sets in enumerate((others, (*others, setting)))
    ]
    first, second = ((run.folder.model / "model.skops").read_bytes() for run in models if isinstance(run, Run))
    assert first != second
    settings = models[1].folder.read_run()["settings"] if isinstance(models[1], Run) else {}
    section, name = setting.partition("=")[0].split(".")
    assert str(settings[section][name]) == setting.partition("=")[2]


def test_a_subset_is_said_in_the_run_and_the_report(tmp_path: Path) -> None:
    run = fit(tmp_path / "few", "classical.rows=12")
    facts = run.folder.read_run()
    assert facts["choices"][-1] == "12 of 48 training pictures, drawn class by class, as you asked"
    assert facts["model"]["fitted_rows"] == 12
    assert "12 of 48 training pictures" in run.folder.report.read_text()


def test_the_flag_takes_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--model", "lda", "--features", "hog", "--set", "features.pca=5", "--out", str(tmp_path / "run")]
    assert main(["train", "digits", *words, "--quiet"]) == 0
    capsys.readouterr()
    features = json.loads((tmp_path / "run" / "model" / "model.json").read_text())["classical"]["features"]
    assert features == {"name": "hog", "pca": 5, "hog_cell": 2}


@pytest.mark.parametrize(
    ("settings", "sets", "words"),
    [
        ({"model": "svm"}, (), "unknown model 'svm'. Did you mean 'svc'"),
        ({"model": "random-forest"}, ("classical.trees=3",), "unknown parameter of random-forest 'trees'"),
        ({"model": "svc"}, ("classical.C=0",), "classical.C = 0; expected a float"),
        ({"model": "svc"}, ("zca_whitening=true",), "features.pca"),
        ({"model": "svc"}, ("features.hog_cell=4",), "has an effect only with features='hog'"),
        ({"model": "svc", "features": "hogg"}, (), "unknown features 'hogg'. Did you mean 'hog'"),
        ({"model": "svc", "from_model": "x"}, (), "from_model='x'"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    settings: dict[str, Any], sets: tuple[str, ...], words: str, in_tmp: Path
) -> None:
    with pytest.raises(ConfigError, match=words):
        onelook.train(draw_sides(40), out="run", quiet=True, sets=sets, **settings)
    assert not Path("run").exists()


def test_what_a_model_does_not_read_is_said(tmp_path: Path) -> None:
    run = fit(tmp_path / "run", "dropout=0.2", epochs=3)
    assert "decision-tree does not read epochs and dropout" in run.folder.read_run()["choices"]


def test_resuming_a_finished_run_says_so(tmp_path: Path) -> None:
    first = fit(tmp_path / "run")
    before = first.folder.run_json.read_bytes()
    said: list[str] = []
    again = onelook.train(draw_sides(64), out=tmp_path / "run", resume=True, say=said.append)
    assert any("there is nothing to resume" in line for line in said)
    assert isinstance(again, Run)
    assert again.evaluation == first.evaluation
    assert first.folder.run_json.read_bytes() == before


def test_ctrl_c_ends_the_waiting_at_once() -> None:
    began = time.perf_counter()
    timer = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        until_interrupted(lambda: time.sleep(5))
    assert time.perf_counter() - began < 4
    assert until_interrupted(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        until_interrupted(lambda: 1 / 0)


def test_an_interrupted_run_can_be_fitted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("onelook.classical.fit.Fitter.fit", interrupt)
        with pytest.raises(KeyboardInterrupt):
            fit(tmp_path / "run")
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "interrupted"
    run = onelook.train(draw_sides(64), out=tmp_path / "run", resume=True, quiet=True)
    assert isinstance(run, Run)
    assert run.status == "complete"


def test_a_time_limit_takes_as_many_pictures_as_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.classical.forecast._FIRST_ROWS", 10)
    monkeypatch.setattr("onelook.classical.fit.Fitter.measure", lambda self, rows, judged: 10.0 * rows)
    run = fit(tmp_path / "run", time_limit=1000, rows=400)
    facts = run.folder.read_run()
    assert facts["model"]["fitted_rows"] == 100  # what 980 s leave room for is 98: at least a hundred are taken
    assert "what fits into 16 min 40 s; all would take about 50 min" in facts["choices"][-1]


def test_hours_are_told_and_a_subset_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.classical.forecast._FIRST_ROWS", 10)
    monkeypatch.setattr("onelook.classical.fit.Fitter.measure", lambda self, rows, judged: 1e-4 * rows**3)
    said: list[str] = []
    onelook.train(draw_sides(400), model="svc", val=0.25, out=tmp_path / "run", say=said.append)
    text = "\n".join(said)
    assert "all 300 pictures will take about 45 min, estimated from fits on up to 40" in text
    assert "with classical.rows=100 it would take about 2 min" in text


def test_cross_validation_and_lists_of_models_take_it(tmp_path: Path) -> None:
    found = onelook.train(draw_sides(64), model="lda", folds=2, out=tmp_path / "folds", quiet=True)
    assert found.status == "complete"
    listed = onelook.train(
        draw_sides(64), models="decision-tree,mlp", epochs=1, val=0.25, out=tmp_path / "list", quiet=True, device="cpu"
    )
    assert [model.status for model in listed.models] == ["complete", "complete"]


def test_a_tree_is_told_to_remember_where_test_pictures_leaked(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    images, labels = draw.integers(0, 256, (120, 8, 8), dtype=np.uint8), draw.integers(0, 2, 120)  # nothing to learn
    leaked = (np.concatenate([images[:80], images[80:100]]), np.concatenate([labels[:80], labels[80:100]]))
    run = onelook.train(
        {"train": leaked, "test": (images[80:], labels[80:])},
        model="decision-tree",
        val=0.1,
        out=tmp_path / "run",
        quiet=True,
    )
    assert isinstance(run, Run)
    words = " ".join(run.evaluation.warnings)
    assert "of the 20 pictures that it has seen" in words
    assert "remembers each" in words
    assert "the difference is memory" in run.folder.report.read_text()


def test_a_pretrained_networks_features_travel_in_the_model(
    tmp_path: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--model", "lda", "--features", "efficientnet-lite0", "--image-size", "32", "--val", "0.34"]
    assert main(["train", str(photos), *words, "--out", str(tmp_path / "run")]) == 0
    names = sorted(path.name for path in (tmp_path / "run" / "model").iterdir())
    assert names == [
        "README.md",
        "golden.safetensors",
        "model.json",
        "model.onnx",
        "model.skops",
        "picture_list.safetensors",
    ]
    assert main(["verify", str(tmp_path / "run")]) == 0
    assert main(["predict", str(tmp_path / "run"), str(photos), "--out", str(tmp_path / "p.csv")]) == 0
    capsys.readouterr()
    assert main(["summary", str(tmp_path / "run"), "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["layers"][-1]["name"].startswith("lda")
    assert summary["layers"][-2]["output_shape"] == [1280]
    assert main(["export", str(tmp_path / "run"), "--to", "torch", "--out", str(tmp_path / "m.pt2")]) == 2

    classifier = onelook.load(tmp_path / "run")
    from onelook.data.dataset import ImageSet
    from onelook.predictors.check_estimator import known_types
    from onelook.predictors.embedding import embed
    from onelook.predictors.skops_file import from_skops

    pictures = np.random.default_rng(0).integers(0, 256, (5, 32, 32, classifier.decode.channels), dtype=np.uint8)
    features = embed(ImageSet(pictures, np.arange(5), tuple("abcde"), None), "efficientnet-lite0")
    estimator = from_skops((tmp_path / "run" / "model" / "model.skops").read_bytes(), known_types("lda"))
    assert np.allclose(classifier.probabilities(pictures), estimator.predict_proba(features), atol=1e-5)
    assert onelook.verify(tmp_path / "run").passed
