"""What a run tells MLflow: to a stand-in that keeps MLflow's documented rules, and to MLflow itself where it is."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from onelook.cli import main
from onelook.run_folder import RunFolder
from onelook.training.listeners import TrainingStart
from onelook.training.logs.mlflow import MlflowLog
from onelook.training.result import EpochRecord, FitResult


class Metric(NamedTuple):
    key: str
    value: float
    timestamp: int
    step: int


class Param(NamedTuple):
    key: str
    value: str


class Server:
    """MLflow 3's client as far as it is used, with its rules: parameters are final, and 100 go at once."""

    def __init__(self) -> None:
        self.experiments: dict[str, str] = {}
        self.runs: list[SimpleNamespace] = []
        self.is_down = False

    def run(self, run_id: str) -> SimpleNamespace:
        if self.is_down:
            raise ConnectionError("the server is away")
        return self.runs[int(run_id)]

    def get_experiment_by_name(self, name: str) -> SimpleNamespace | None:
        return SimpleNamespace(experiment_id=self.experiments[name]) if name in self.experiments else None

    def create_experiment(self, name: str) -> str:
        return self.experiments.setdefault(name, f"e{len(self.experiments)}")

    def create_run(self, experiment_id: str, *, run_name: str, tags: dict[str, str]) -> SimpleNamespace:
        info = SimpleNamespace(run_id=str(len(self.runs)), status="RUNNING", run_name=run_name)
        data = SimpleNamespace(params={}, tags=dict(tags))
        self.runs.append(SimpleNamespace(info=info, data=data, metrics=[], artifacts=[], experiment=experiment_id))
        return self.runs[-1]

    def get_run(self, run_id: str) -> SimpleNamespace:
        return self.run(run_id)

    def update_run(self, run_id: str, status: str) -> None:
        self.run(run_id).info.status = status

    set_terminated = update_run

    def set_tag(self, run_id: str, key: str, value: str) -> None:
        self.run(run_id).data.tags[key] = value

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        return [metric for metric in self.run(run_id).metrics if metric.key == key]

    def log_batch(self, run_id: str, metrics: Any = (), params: Any = ()) -> None:
        run = self.run(run_id)
        assert len(params) <= 100
        assert not {param.key for param in params} & run.data.params.keys()
        assert all(isinstance(param.value, str) and len(param.value) <= 6000 for param in params)
        run.data.params |= {param.key: param.value for param in params}
        run.metrics += metrics

    def log_artifact(self, run_id: str, path: str) -> None:
        self.run(run_id).artifacts.append(Path(path).name)

    def log_artifacts(self, run_id: str, folder: str, artifact_path: str) -> None:
        self.run(run_id).artifacts += [f"{artifact_path}/{path.name}" for path in Path(folder).iterdir()]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    module = SimpleNamespace(
        MlflowClient=lambda: made,
        entities=SimpleNamespace(Metric=Metric, Param=Param),
        environment_variables=SimpleNamespace(MLFLOW_EXPERIMENT_NAME=SimpleNamespace(get=lambda: None)),
        __spec__=SimpleNamespace(),
    )
    monkeypatch.setitem(sys.modules, "mlflow", module)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    run = RunFolder.create(tmp_path / "photos-001")
    many = {f"setting_{number}": number for number in range(130)}
    run.update_run(status="running", name="photos", settings=many, versions={"onelook": "0.1.0"})
    run.model.mkdir()
    (run.model / "model.json").write_text("{}")
    run.report.write_text("<html>")
    return run


def record(epoch: int) -> EpochRecord:
    return EpochRecord(epoch, 60.0, 0.01, 1 / epoch, 0.5, 2 / epoch, 0.4)


def result(status: Any = "complete") -> FitResult:
    return FitResult({}, 1, [], status, stopped_early=False, resumed_from_epoch=None, notes=())


def start(folder: RunFolder, *history: EpochRecord) -> MlflowLog:
    log = MlflowLog(folder)
    log.on_start(TrainingStart(3, 10, 100, 20, history))
    return log


def steps(run: SimpleNamespace, key: str) -> list[tuple[int, float]]:
    return [(metric.step, metric.value) for metric in run.metrics if metric.key == key]


def test_a_run_from_its_beginning_to_its_artifacts(server: Server, folder: RunFolder) -> None:
    log = start(folder)
    (run,) = server.runs
    assert (server.experiments, run.info.run_name, run.info.status) == ({"photos": "e0"}, "photos-001", "RUNNING")
    assert len(run.data.params) == 130
    log.on_epoch(record(1), True)
    log.on_note("the rate is high.")
    log.on_note("the rate is lower.")
    log.on_end(result())
    log.close()
    assert run.info.status == "RUNNING"  # it is scored next
    folder.append_history(record(1).to_dict())
    folder.update_run(status="complete")
    log.on_finish("test", {"accuracy": 0.9})
    assert steps(run, "train_loss") == [(1, 1.0)]
    assert steps(run, "test_accuracy") == [(1, 0.9)]
    assert {metric.key for metric in run.metrics} >= {"val_loss", "val_accuracy", "learning_rate", "seconds"}
    assert run.data.tags["onelook.notes"] == "the rate is high.\nthe rate is lower."
    assert sorted(run.artifacts) == ["model/model.json", "report.html", "run.json"]
    assert run.info.status == "FINISHED"


def test_a_resumed_run_goes_on_in_the_same_one(server: Server, folder: RunFolder) -> None:
    first = start(folder)
    first.on_epoch(record(1), True)
    first.on_note("the rate is high.")
    first.on_end(result("interrupted"))
    first.close()
    assert server.runs[0].info.status == "KILLED"
    folder.update_run(settings=folder.read_run()["settings"] | {"setting_0": 99, "new": 1})
    resumed = start(folder, record(1), record(2))  # killed before epoch 2 was logged
    resumed.on_epoch(record(3), True)
    resumed.on_note("the rate is lower.")
    (run,) = server.runs
    assert run.info.status == "RUNNING"
    assert run.data.tags["onelook.notes"] == "the rate is high.\nthe rate is lower."
    assert steps(run, "train_loss") == [(1, 1.0), (2, 0.5), (3, pytest.approx(1 / 3))]
    assert (run.data.params["setting_0"], run.data.params["new"]) == ("0", "1")


def test_an_interrupted_run_is_scored_but_gets_no_artifacts(server: Server, folder: RunFolder) -> None:
    log = start(folder)
    log.on_end(result("interrupted"))
    folder.update_run(status="interrupted")
    log.on_finish("val", {"accuracy": 0.5})
    assert steps(server.runs[0], "val_accuracy") == [(0, 0.5)]
    assert (server.runs[0].artifacts, server.runs[0].info.status) == ([], "KILLED")


def test_a_run_that_broke_off_has_failed(server: Server, folder: RunFolder) -> None:
    start(folder).close()
    assert server.runs[0].info.status == "FAILED"


QUICK = ["train", "digits", "--model", "mlp", "--device", "cpu", "--epochs", "2", "--quiet", "--out", "run"]


def test_a_server_that_goes_away_does_not_end_the_run(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Server, "log_batch", _go_away_after_the_settings)
    assert main([word for word in [*QUICK, "--log", "mlflow"] if word != "--quiet"]) == 0
    assert capsys.readouterr().out.count("--log mlflow: the server is away. The run continues without this log.") == 1
    assert (tmp_path / "run" / "report.html").is_file()


def _go_away_after_the_settings(server: Server, run_id: str, metrics: Any = (), params: Any = ()) -> None:
    server.is_down = bool(metrics)
    server.run(run_id)


def test_a_server_that_is_not_there_is_said_before_the_first_step(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    server.is_down = True
    assert main([*QUICK, "--log", "mlflow"]) == 2
    assert "--log mlflow: the log could not be begun (the server is away)" in " ".join(capsys.readouterr().err.split())


@pytest.mark.skipif(find_spec("mlflow") is None, reason="MLflow is not installed")
@pytest.mark.filterwarnings("default")  # MLflow's own dependencies are not ours to keep quiet
def test_mlflow_itself_has_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow

    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert main([*QUICK, "--log", "mlflow"]) == 0
    run_id = RunFolder(tmp_path / "run").read_run()["mlflow"]["run_id"]
    client = mlflow.MlflowClient()
    assert client.get_run(run_id).info.status == "FINISHED"
    assert [metric.step for metric in client.get_metric_history(run_id, "val_loss")] == [1, 2]
    assert {artifact.path for artifact in client.list_artifacts(run_id)} >= {"model", "report.html"}
