"""`--log mlflow`: a run on an MLflow tracking server, or in the folder or database that MLflow keeps itself."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from onelook.training.listeners import TrainingStart
from onelook.training.logs.log import RunLog, hyper_parameters
from onelook.training.result import EpochRecord, FitResult

_PARAMETERS_AT_ONCE = 100  # MLflow's limit
_NOTES_TAG = "onelook.notes"


class MlflowLog(RunLog):
    """A log of each epoch's figures, settings as parameters, the final score, and model and report as artifacts.

    MLflow itself decides where the run is stored (`MLFLOW_TRACKING_URI`, `MLFLOW_EXPERIMENT_NAME`). Without a name for
    the experiment, the name of the data is used. `run.json` keeps the run's id, so that a resumed run continues it.
    """

    def on_start(self, start: TrainingStart) -> None:
        self._client = self._connect()
        self._is_over = False
        self._notes: list[str] = []
        facts = self.folder.read_run()
        known = facts.get("mlflow")
        if known is None:
            self._run_id = self._begin(facts)
        else:
            self._run_id = known["run_id"]
            self._client.update_run(self._run_id, status="RUNNING")
        logged = self._client.get_run(self._run_id).data
        self._notes = list(filter(None, logged.tags.get(_NOTES_TAG, "").split("\n")))
        self._log_settings(facts["settings"], logged.params)
        # Log the epochs that a kill has kept from the log. An epoch that is trained again gets the same figures.
        reached = self._last_epoch()
        for record in start.history:
            if record.epoch > reached:
                self._log(record)

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        self._log(record)

    def on_note(self, note: str) -> None:
        self._notes.append(note)
        self._client.set_tag(self._run_id, _NOTES_TAG, "\n".join(self._notes))

    def on_end(self, result: FitResult) -> None:
        self._is_over = True
        if result.status != "complete":
            self._client.set_terminated(self._run_id, "KILLED")

    def close(self) -> None:
        if hasattr(self, "_run_id") and not self._is_over:
            self._client.set_terminated(self._run_id, "FAILED")

    def on_finish(self, set_name: str, metrics: Mapping[str, float]) -> None:
        facts = self.folder.read_run()
        run_id, client = facts["mlflow"]["run_id"], self._connect()
        step = len(self.folder.read_history())
        self._write(client, run_id, {f"{set_name}_{name}": value for name, value in metrics.items()}, step)
        if facts["status"] != "complete":  # it may be resumed, and will then have another model
            return
        for path in (self.folder.report, self.folder.evaluation, self.folder.run_json):
            if path.is_file():
                client.log_artifact(run_id, str(path))
        client.log_artifacts(run_id, str(self.folder.model), "model")
        client.set_terminated(run_id, "FINISHED")

    @staticmethod
    def _connect() -> Any:
        return _import_mlflow().MlflowClient()

    def _begin(self, facts: Mapping[str, Any]) -> str:
        """Create a run in the experiment and return its id, which is stored before anything else can fail."""
        name = _import_mlflow().environment_variables.MLFLOW_EXPERIMENT_NAME.get() or facts["name"]
        experiment = self._client.get_experiment_by_name(name)
        experiment_id = self._client.create_experiment(name) if experiment is None else experiment.experiment_id
        tags = {"onelook.folder": str(self.folder.path.resolve()), "onelook.version": facts["versions"]["onelook"]}
        run = self._client.create_run(experiment_id, run_name=self.folder.path.resolve().name, tags=tags)
        run_id: str = run.info.run_id
        self.folder.update_run(mlflow={"run_id": run_id, "experiment": name})
        return run_id

    def _log_settings(self, settings: Mapping[str, Any], logged: Mapping[str, str]) -> None:
        """Log the settings that the run lacks. MLflow refuses to change one, and `epochs` may have grown."""
        param = _import_mlflow().entities.Param
        new = [param(name, str(value)) for name, value in hyper_parameters(settings).items() if name not in logged]
        for start in range(0, len(new), _PARAMETERS_AT_ONCE):
            self._client.log_batch(self._run_id, params=new[start : start + _PARAMETERS_AT_ONCE])

    def _last_epoch(self) -> int:
        """Return the last epoch whose figures the run has; 0 if it has none."""
        return max((metric.step for metric in self._client.get_metric_history(self._run_id, "val_loss")), default=0)

    def _log(self, record: EpochRecord) -> None:
        values = {name: value for name, value in record.to_dict().items() if name != "epoch"}
        self._write(self._client, self._run_id, values, record.epoch)

    @staticmethod
    def _write(client: Any, run_id: str, values: Mapping[str, float], step: int) -> None:
        metric = _import_mlflow().entities.Metric
        now = int(time.time() * 1000)  # milliseconds
        client.log_batch(run_id, metrics=[metric(name, value, now, step) for name, value in values.items()])


def _import_mlflow() -> Any:
    """Return the module `mlflow`, which is optional and takes seconds to load."""
    return import_module("mlflow")
