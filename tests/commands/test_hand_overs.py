"""What commands pass to each other: lists of models, pages to rebuild, searches, models to sum up, seen pictures."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.report.conftest import build_run
from tests.report.test_folds_page import FOUND

import onelook
from onelook.commands import compare, inspect, summary, train, tune
from onelook.commands.report import rebuild_report
from onelook.commands.seen_when_predicting import labels_for, warnings_on_seen
from onelook.commands.summary import summarize_network
from onelook.commands.verify import verify_model
from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset, open_with
from onelook.errors import ModelError
from onelook.evaluation.prediction.batch import PredictedBatch
from onelook.files import json_text
from onelook.run_folder import RunFolder
from onelook.runs.model_list import Status, TrainedModel, TrainedModels
from onelook.settings.opening import BY_THE_DATA
from onelook.settings.pictures import ViewSettings
from onelook.tuning.search_request import SearchRequest
from onelook.tuning.search_result import TrialRow


def models(*states: Status) -> TrainedModels:
    tried = [TrainedModel(f"m{at}", RunFolder(Path(f"all/{at}")), status) for at, status in enumerate(states)]
    return TrainedModels(Path("all"), tuple(tried), {})


@pytest.mark.parametrize(
    ("found", "compared"),
    [
        (models("complete", "complete"), ["all/0", "all/1"]),
        (models("complete", "failed", "complete"), ["all/0", "all/2"]),
        (models("complete", "interrupted"), None),
        (models("complete", "complete", "waiting"), None),
    ],
)
def test_models_are_compared_once_all_were_tried(
    found: TrainedModels, compared: list[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(compare, "compare_runs", lambda paths, say: calls.append([str(path) for path in paths]) or "c")
    monkeypatch.setattr(compare, "write_comparison", lambda comparison, path: calls.append((comparison, path)))
    ended = compare.compare_trained(found, print)
    assert calls == ([] if compared is None else [compared, ("c", Path("all"))])
    assert ended == replace(found, comparison=None if compared is None else "c")  # type: ignore[arg-type]


@pytest.mark.parametrize("is_quiet", [True, False])
def test_the_comparison_of_models_is_as_quiet_as_their_training(
    is_quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare_trained(found: TrainedModels, say: Any) -> TrainedModels:
        say("measuring the speed")
        return found

    monkeypatch.setattr(train, "train_request", lambda *_, **__: models("complete"))
    monkeypatch.setattr(compare, "compare_trained", compare_trained)
    said: list[str] = []
    onelook.train_models("photos", "m0", say=said.append, quiet=is_quiet, summary=False)
    assert said == ([] if is_quiet else ["measuring the speed"])


def test_a_page_is_rebuilt_by_what_the_folder_is_where_it_is_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "folds"
    for fold in FOUND["runs"][:2]:
        build_run(folder / f"fold-{fold['fold']}", set_name="val")
    (folder / "folds.json").write_text(json_text(FOUND), encoding="utf-8")
    other = tmp_path / "sub" / "page.html"
    assert rebuild_report(str(folder), other) == other
    assert not (folder / "report.html").exists()
    assert "Cross-validation in 5 folds" in other.read_text(encoding="utf-8")
    assert rebuild_report(folder) == folder / "report.html"
    assert rebuild_report(folder / "fold-1", other) == other
    assert "Training report" in other.read_text(encoding="utf-8")


def test_an_inspection_hands_on_why_there_are_no_classes_and_the_progress_of_judging(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    evidence: list[Any] = []
    data = replace(open_dataset(np.arange(192, dtype=np.uint8).reshape(3, 8, 8)), no_classes="Numbers.")
    monkeypatch.setattr(inspect, "open_with", lambda *_, **__: data)
    monkeypatch.setattr(inspect, "find_problems", lambda found: evidence.append(found) or [f"{len(evidence)}"])
    found = inspect.inspect_data("photos")
    assert (evidence[0].no_classes, found.findings, found.asked) == ("Numbers.", ("1",), {})
    suspects: dict[str, Any] = {"all": ()}
    asked: list[Any] = []
    check = SimpleNamespace(suspects=suspects)
    monkeypatch.setattr("onelook.inspection.label_check.check_labels", lambda *given: asked.append(given) or check)
    judged = inspect.judge_labels(found, print)
    assert asked == [(found.dataset, found.reading, found.decode, print)]
    assert (evidence[1].suspects, judged.findings, judged.label_check) == (suspects, ("2",), check)


@pytest.mark.parametrize("worst", ["torch", "onnx", "sklearn"])
def test_the_engine_that_differs_most_is_named(worst: str, monkeypatch: pytest.MonkeyPatch) -> None:
    differences = {"torch": 1e-6, "onnx": 2e-6, "sklearn": 3e-6, worst: 0.25}
    result = SimpleNamespace(passed=False, differences=differences, tolerance=1e-4)
    monkeypatch.setattr("onelook.commands.verify.verify", lambda model: result)
    with pytest.raises(ModelError) as refused:
        verify_model("runs/a")
    assert str(refused.value).startswith(
        f"runs/a: with {worst} the golden pictures' probabilities differ by 0.25 from the saved ones; allowed is"
    )


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch, in_tmp: Path) -> Any:
    """`search(status, best, run, …)`: the result of `tune` for a search that ends so, and what its parts were given."""

    def ended(status: str, best: int | None, run: str | None, **options: Any) -> tuple[Any, dict[str, Any]]:
        given: dict[str, Any] = {"finished": []}

        class Search:
            def __init__(self, data: Any, place: Path, study: Any, dimensions: Any, *rest: Any) -> None:
                given.update(data=data, place=place, trials=rest[2], asked=rest[1])
                self.best = best

            def run(self, deadline: Any) -> str:
                given["deadline"] = deadline
                return status

            def rows(self) -> list[TrialRow]:
                return [TrialRow(1, "complete", 0.5, 3, 1.0, {"dropout": 0.5})]

            def finish(self, best: int) -> Any:
                given["finished"].append(best)
                return None if run is None else SimpleNamespace(status=run)

        def prepare(request: Any) -> tuple[Any, Any]:
            given["quiet"] = request.quiet
            return SimpleNamespace(settings=SimpleNamespace(seed=4, fixes=None)), None

        study = SimpleNamespace(trials=[], enqueue_trial=lambda point: given.update(first=point))
        asked = SearchRequest({"epochs": 2, "time_limit_seconds": 60}, {})
        for name, value in {
            "require_torch": lambda _: None,
            "require_optuna": lambda: None,
            "gather_search": lambda *_: asked,
            "prepare_training": prepare,
            "open_study": lambda place, seed: given.update(seed=seed) or nullcontext(study),
            "default_space": lambda planned, asked: [SimpleNamespace(in_words=lambda: "dropout from 0 to 1")],
            "planned_point": lambda dimensions, planned: {"dropout": 0.25},
            "Search": Search,
            "write_search_page": lambda found: given.update(page_of=found),
        }.items():
            monkeypatch.setattr(tune, name, value)
        monkeypatch.setattr("onelook.training.measurements.speed.measure_slowness", lambda: 1.0)
        return tune.tune("my photos", command="onelook tune", **options), given

    return ended


@pytest.mark.parametrize(
    ("status", "best", "run", "finished"),
    [
        ("complete", 1, "complete", [1]),
        ("complete", 1, "interrupted", [1]),  # Ctrl-C while the best trial was scored
        ("complete", None, None, []),
        ("interrupted", 1, "complete", []),
    ],
)
def test_a_search_is_complete_once_its_best_trial_is_a_complete_run(
    status: str, best: int | None, run: str | None, finished: list[int], search: Any
) -> None:
    said: list[str] = []
    found, given = search(status, best, run, trials=7, say=said.append)
    assert (found.status, given["finished"]) == (run if finished else "interrupted", finished)
    assert (found.best, found.run is None) == (best, not finished)
    assert (given["data"], given["trials"], given["seed"]) == ("my photos", 7, 4)
    assert given["asked"] == {"epochs": 2}  # the time limit is of the whole search
    assert given["deadline"] is not None
    assert given["first"] == {"dropout": 0.25}
    assert said == ["searching  dropout from 0 to 1"]
    assert found.path == given["place"] == Path("runs/my-photos-001")
    assert (found.path / "trials.csv").read_text(encoding="utf-8") == found.csv()
    assert given["page_of"] is found
    assert '"command": "onelook tune"' in (found.path / "tune.json").read_text(encoding="utf-8")


def test_a_quiet_search_says_nothing_and_writes_where_it_is_asked_to(search: Any) -> None:
    said: list[str] = []
    found, given = search("complete", 1, "complete", say=said.append, quiet=True, out="found/here")
    assert (said, given["quiet"], found.path) == ([], True, Path("found/here"))


@pytest.mark.parametrize(
    ("asked", "shape", "classes"),
    [
        ({}, (3, 8, 12), 2),
        ({"input_shape": (4, 6, 1)}, (1, 4, 6), 2),
        ({"num_classes": 7}, (3, 8, 12), 7),
    ],
)
def test_a_model_is_summed_up_at_its_own_pictures_with_its_views_and_origin(
    asked: dict[str, Any], shape: tuple[int, ...], classes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network: Any = object()
    card = SimpleNamespace(
        classical=None,
        decode=SimpleNamespace(height=8, width=12, channels=3),
        class_names=("a", "b"),
        need_network=lambda purpose: network,
        views=ViewSettings(horizontal_flip=True, shift=1),
        training={"pretrained": {"trained_on": "ImageNet", "licence": "MIT"}},
    )
    monkeypatch.setattr(summary, "read_model", lambda path: SimpleNamespace(card=card))
    summed: list[Any] = []
    of_mlp = summarize_network("mlp")
    monkeypatch.setattr(summary, "summarize", lambda *given: summed.append(given) or of_mlp)
    found = summarize_network(str(tmp_path), **asked)
    assert summed == [(network, shape, classes)]
    assert (found.views, found.pretrained) == (6, "training started from the weights of ImageNet, licence MIT")


PREDICTED = PredictedBatch(
    tuple("abcdef"),
    np.array([[0.9, 0.1], [np.nan] * 2, [0.8, 0.2], [0.3, 0.7], [0.2, 0.8], [0.6, 0.4]], np.float32),
    ("cat", "dog"),
    unreadable={1: "cut short"},
)
SEEN = {"exact": ["a"], "near": ["d"]}


@pytest.mark.parametrize(
    ("labels", "seen", "words"),
    [
        # b cannot be read, e has no label: of four, a and d were seen; of c and f one is right.
        ([0, 1, 0, 0, -1, 1], SEEN, ["2 of the 4 labelled", "is 50.0 % on 2 pictures", "with them 50.0 %."]),
        ([0, 1, 0, 0, -1, 1], {"exact": [], "near": []}, None),
        ([-1, 1, -1, -1, -1, -1], SEEN, None),  # the only label is of what cannot be read
    ],
)
def test_labelled_pictures_that_were_seen_are_counted_among_those_that_are_read(
    labels: list[int], seen: dict[str, list[str]], words: list[str] | None
) -> None:
    found = warnings_on_seen(PREDICTED, seen, np.array(labels))
    assert len(found) == (words is not None)
    assert all(text in found[0] for text in words or ())


def test_labels_are_those_of_the_model_by_name_wherever_the_data_has_them(photos: Path) -> None:
    pictures = np.zeros((4, 8, 8), np.uint8)
    data = (pictures, ["eel", "dog", "cat", "dog"])
    opened: Dataset = open_dataset(data)
    assert labels_for(("cat", "dog"), opened, data, BY_THE_DATA).tolist() == [-1, 1, 0, 1]
    assert labels_for(("dog", "cat", "eel"), opened, data, BY_THE_DATA).tolist() == [2, 0, 1, 0]
    unlabelled = open_dataset(pictures)
    assert labels_for(("cat", "dog"), unlabelled, pictures, BY_THE_DATA).tolist() == [-1] * 4
    # A folder is opened without labels for a prediction: they are read once more.
    folders = open_with(photos, BY_THE_DATA, for_training=False, needs_labels=False)
    names = sorted(path.name for path in photos.iterdir())
    found = labels_for(tuple(reversed(names)), folders, photos, BY_THE_DATA)
    ids = [each for part in folders.parts.values() for each in part.ids]
    assert found.tolist() == [1 - names.index(each.split("/")[-2]) for each in ids]
