"""`--models a,b,c`: a run each on one split, the comparison, what fails, and going on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.drawn_sides import draw_sides
from tests.runs.test_train import NETWORK, QUICK

import onelook
from onelook.cli import main
from onelook.commands.compare import compare_runs
from onelook.commands.report import rebuild_report
from onelook.errors import ConfigError, DataError, ModelError
from onelook.planning.time_budget import TimeBudget
from onelook.run_folder import RunFolder
from onelook.runs import train_models
from onelook.runs.model_list import TrainedModel, TrainedModels, read_models
from onelook.runs.stages import Clock
from onelook.training import loop

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

WIDER = NETWORK.replace("filters = 4", "filters = 6")
# Halves 12 pixels four times: there is nothing left to halve.
TOO_DEEP = (
    '[[layers]]\ntype = "max_pool"\nsize = 2\n\n' * 4 + '[[layers]]\ntype = "flatten"\n' + NETWORK.rpartition("\n\n")[2]
)


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("networks")
    for name, text in (("small", NETWORK), ("wider", WIDER), ("deep", TOO_DEEP)):
        (folder / f"{name}.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def found(networks: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedModels:
    models = [str(networks / f"{name}.toml") for name in ("small", "deep", "wider")]
    return onelook.train_models(draw_sides(64), models, out=tmp_path_factory.mktemp("runs") / "all", **QUICK)


def test_each_model_is_an_ordinary_run_in_a_folder_of_its_name(found: TrainedModels) -> None:
    assert [model.run.path.name for model in found.complete] == ["small", "wider"]
    for model in found.complete:
        record = model.run.read_run()
        assert (record["status"], record["settings"]["model"]) == ("complete", model.model)
        assert record["settings"]["models"] is None
        assert model.run.report.is_file()
        assert onelook.verify(model.run.path).passed


def test_all_are_split_alike_and_scored_on_the_same_pictures(found: TrainedModels) -> None:
    one, other = (model.run.split_csv.read_text() for model in found.complete)
    assert one == other
    rows = json.loads((found.path / "comparison.json").read_text())["runs"]
    assert [Path(row["run"]).name for row in rows] == ["small", "wider"]
    assert [row["accuracy"] for row in rows] == [model.evaluation.accuracy for model in found.complete]
    assert (found.path / "comparison.html").is_file()


def test_the_comparison_measures_what_the_models_are(found: TrainedModels) -> None:
    assert found.comparison is not None
    for run in found.comparison.runs:
        assert run.one_thread is not None
        assert run.all_threads is not None
        assert run.one_thread.threads == 1
        assert 0 < run.one_thread.latency_ms <= run.one_thread.latency_p95_ms
        assert run.one_thread.pictures_per_second > 0
        assert [point.epoch for point in run.history] == [1, 2]
    assert compare_runs([found.path]).advice


def test_the_page_is_rebuilt_from_the_files_byte_for_byte(found: TrainedModels, tmp_path: Path) -> None:
    again = rebuild_report(found.path, tmp_path / "again.html")
    assert again.read_bytes() == (found.path / "comparison.html").read_bytes()
    (tmp_path / "comparison.json").write_text('{"runs": [{}]}')
    with pytest.raises(ModelError, match=r"comparison\.json: not a comparison"):
        rebuild_report(tmp_path)


def test_a_folder_of_runs_is_no_run_and_says_which_there_are(found: TrainedModels) -> None:
    with pytest.raises(ModelError, match="a folder of several runs. Name one of them: small and wider"):
        onelook.load(found.path)
    with pytest.raises(ConfigError, match="it holds the runs small and wider: name one of them"):
        RunFolder.open(found.path)


def test_one_that_does_not_fit_is_told_and_loses_no_other(found: TrainedModels) -> None:
    (failed,) = found.failed
    assert Path(failed.model).stem == "deep"
    assert isinstance(failed.cause, ConfigError)
    assert not failed.run.path.exists()
    assert found.status == "failed"
    listed = json.loads((found.path / "models.json").read_text())["models"]
    assert [entry["status"] for entry in listed] == ["complete", "failed", "complete"]
    assert listed[1]["error"] == str(failed.cause)


def test_the_command_ends_with_the_code_of_what_failed_and_prints_one_document(
    networks: Path, in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write_pictures(in_tmp / "sides.npz")
    models = f"{networks / 'small.toml'},{networks / 'deep.toml'}"
    words = ["train", "sides.npz", "--models", models, "--epochs", "1", "--out", "both", "--json"]
    assert main(words) == 2
    printed = capsys.readouterr()
    document = json.loads(printed.out)
    assert [model["status"] for model in document["models"]] == ["complete", "failed"]
    assert len(document["comparison"]["runs"]) == 1
    assert "deep.toml could not be trained" in " ".join(printed.err.split())


def test_goes_on_where_it_was_interrupted_and_keeps_what_is_complete(
    networks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = [str(networks / f"{name}.toml") for name in ("small", "wider")]
    out, data, trained = tmp_path / "all", draw_sides(64), []
    original = loop.fit

    def stop_in_the_second(*args: object, **kwargs: object) -> object:
        trained.append(kwargs["checkpoint_folder"])
        if len(trained) == 2:
            raise KeyboardInterrupt
        return original(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(loop, "fit", stop_in_the_second)
        with pytest.raises(KeyboardInterrupt):
            onelook.train(data, models=models, out=out, **QUICK)
    assert [model.status for model in read_models(out).models] == ["complete", "waiting"]
    first = (out / "small" / "run.json").read_bytes()
    with pytest.raises(ConfigError, match="epochs was 2, asked 5"):
        onelook.train(data, models=models, out=out, resume=True, epochs=5, quiet=True)
    found = onelook.train(data, out=out, resume=True, quiet=True)
    assert isinstance(found, TrainedModels)
    assert found.status == "complete"
    assert (out / "small" / "run.json").read_bytes() == first
    assert found.comparison is not None
    assert len(found.comparison.runs) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--models", "cnn,mlp", "--model", "cnn"], "--models cnn,mlp and --model cnn: one model or several"),
        (["--models", "cnn,mlp", "--recipe", "mnist-tutorial"], "--models cnn,mlp and --recipe mnist-tutorial"),
        (["--models", "cnn,mlp", "--folds", "3"], "--models cnn,mlp and --folds 3"),
        (["--models", "cnn,cnn"], "one name or several, each once, such as cnn,mlp"),
        (["--models", "cnn,mlq"], "unknown model 'mlq'. Did you mean 'mlp'?"),
        (["--models", "cnn,mlp", "--find-lr"], "--find-lr and --models"),
        (["--models", "cnn,mlp", "--from", "runs/a"], "--from runs/a and --models"),
        (["--models", "cnn,other/small.toml,small.toml"], "other/small.toml: there is no such file"),
    ],
)
def test_refusals_say_what_to_do_before_anything_is_read(
    words: list[str], said: str, in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "nothing-here.csv", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert list(in_tmp.iterdir()) == []


def test_two_files_of_one_name_are_refused(networks: Path, in_tmp: Path) -> None:
    (in_tmp / "small.toml").write_text(WIDER)
    with pytest.raises(ConfigError, match="two of them would have the folder small"):
        onelook.train(draw_sides(64), models=["small.toml", str(networks / "small.toml")], **QUICK)


def test_wrong_data_leaves_nothing_behind(in_tmp: Path) -> None:
    with pytest.raises(DataError):
        onelook.train("nothing-here.csv", models="cnn,mlp", quiet=True)
    assert not (in_tmp / "runs").exists() or list((in_tmp / "runs").iterdir()) == []


def test_the_time_that_is_left_is_shared_by_the_models_to_come(
    networks: Path, in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[float | None, float]] = []

    class Noting(TimeBudget):
        def share(self, spent_seconds: float, *, left: float, ending_seconds: float = 0.0) -> float:
            asked.append((self.limit_seconds, left))
            return 0.1  # one batch

    monkeypatch.setattr("onelook.runs.train_models.TimeBudget", Noting)
    models = [str(networks / f"{name}.toml") for name in ("deep", "small", "wider")]
    said: list[str] = []
    options = {**QUICK, "epochs": 1, "quiet": False, "summary": False, "say": said.append}
    onelook.train_models(draw_sides(40), models, out="all", time_limit="90s", **options)
    assert asked == [(90.0, 3), (90.0, 2), (90.0, 1)]
    # So that the seconds in what follows are not taken for the limit.
    assert f"\nmodel 2 of 3: {models[1]}, within 0.1 s of the limit" in said


def test_a_network_gets_three_times_as_long_as_a_classical_model(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 20 s, 3.5 s a model are kept to compare them. Nothing is spent yet."""
    monkeypatch.setattr("onelook.runs.stages.Clock.so_far", lambda _: {"total": 0.0})
    models = tuple(TrainedModel(name, RunFolder(in_tmp / name)) for name in ("knn", "cnn", "logistic"))
    found = TrainedModels(in_tmp, models, {"time_limit_seconds": 20.0})
    shares = [train_models._share_of_time(found, Clock(), position) for position in range(3)]
    left = 20 - 3 * 3.5
    assert [share["time_limit_seconds"] for share in shares] == pytest.approx([left / 5, left * 3 / 4, left])
    assert train_models._share_of_time(replace(found, asked={}), Clock(), 0) == {}


def test_where_none_can_be_trained_each_is_said_and_nothing_is_left(networks: Path, in_tmp: Path) -> None:
    (in_tmp / "deeper.toml").write_text(TOO_DEEP)
    models = [str(networks / "deep.toml"), "deeper.toml"]
    with pytest.raises(ConfigError, match=r"none of the 2 models could be trained.*deep\.toml: .*deeper\.toml: "):
        onelook.train(draw_sides(64), models=models, out="all", **QUICK)
    assert not (in_tmp / "all").exists()


def _write_pictures(path: Path) -> None:
    import numpy as np

    images, labels = draw_sides(64)
    np.savez(path, x=images[..., 0], y=(labels == "right").astype(np.int64))
