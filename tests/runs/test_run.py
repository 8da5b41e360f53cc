"""What a finished run gives in Python: its folder, its epochs, its model, one short line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onelook.classifier import Classifier
from onelook.errors import ConfigError, ModelError
from onelook.evaluation.result import Evaluation
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import CrossValidation, Fold
from onelook.runs.model_list import TrainedModel, TrainedModels
from onelook.runs.run import Run, open_run

EVALUATION = Evaluation.from_dict(
    {
        "set": "test",
        "rows": 8,
        **{"accuracy": 0.875, "balanced_accuracy": 0.875, "macro_f1": 0.87, "loss": 0.3},
        "accuracy_interval": [0.529, 0.978],
        "class_names": ["dark", "light"],
        "confusion_matrix": [[4, 0], [1, 3]],
        "per_class": [],
        "warnings": [],
    }
)
CLASSES = ("dark", "light")
EPOCHS = [{"epoch": 1, "train_loss": 0.7}, {"epoch": 2, "train_loss": 0.4}]


@pytest.fixture
def run(brightness_classifier: Classifier, tmp_path: Path) -> Run:
    folder = RunFolder.create(tmp_path / "runs" / "photos-001")
    folder.history.write_text("".join(json.dumps(epoch) + "\n" for epoch in EPOCHS))
    brightness_classifier.save(folder.model)
    return Run(folder, EVALUATION, "complete")


def test_it_gives_its_path_and_a_row_for_each_epoch(run: Run, tmp_path: Path) -> None:
    assert run.path == tmp_path / "runs" / "photos-001"
    assert run.history == EPOCHS


def test_its_model_is_loaded_once_at_the_first_use(run: Run) -> None:
    classifier = run.classifier
    assert classifier.class_names == ("dark", "light")
    run.folder.model.rename(run.path / "away")
    assert run.classifier is classifier


def test_the_model_may_still_be_called_for(run: Run) -> None:
    assert run.classifier() is run.classifier
    assert isinstance(run.classifier(), Classifier)


def test_a_missing_model_is_reported_when_it_is_used(run: Run) -> None:
    run.folder.model.rename(run.path / "away")
    with pytest.raises(ModelError, match="photos-001"):
        run.classifier  # noqa: B018


def test_a_run_of_another_session_is_opened_by_its_path(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a run"):
        open_run(run.path)
    run.folder.run_json.write_text(json.dumps({"format_version": 1, "status": "interrupted"}))
    with pytest.raises(ConfigError, match=r"the run is interrupted\). Resume it with ol.train\(data, out="):
        open_run(run.path)
    matching = {
        "per_class": [{"class_name": name, "precision": 1, "recall": 1, "f1": 1, "support": 4} for name in CLASSES]
    }
    run.folder.evaluation.write_text(json.dumps({**EVALUATION.to_dict(), **matching}))
    assert open_run(str(run.path)).status == "interrupted"
    run.folder.run_json.write_text(json.dumps({"format_version": 1, "status": "complete"}))
    opened = open_run(run.path)
    assert (opened.status, opened.evaluation.accuracy, opened.history) == ("complete", 0.875, EPOCHS)
    assert opened.classifier.class_names == CLASSES


def test_it_is_one_short_line(run: Run) -> None:
    assert repr(run) == f"<Run '{run.path}': complete, 87.50 %>"
    assert str(run) == str(EVALUATION) == "87.50 % of 8 test pictures right (95 % interval 52.90 % to 97.80 %)"
    assert repr(EVALUATION) == f"<Evaluation: {EVALUATION}>"


def test_several_runs_are_one_short_line() -> None:
    folder = RunFolder(Path("all/1"))
    folds = tuple(Fold(number, folder, EVALUATION, "complete") for number in (1, 2))
    assert repr(CrossValidation(Path("all"), 3, folds, "interrupted")) == (
        "<CrossValidation 'all': interrupted, 2 of 3 folds, 87.50 % on average>"
    )
    models = (TrainedModel("cnn", folder, "complete", EVALUATION), TrainedModel("mlp", folder, "failed"))
    assert repr(TrainedModels(Path("all"), models, {})) == "<TrainedModels 'all': failed, cnn and mlp>"
