"""Cross-validation: each picture validates once, the mean and its interval, going on, and what is refused."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import Arrays, draw_sides
from tests.runs.test_train import NETWORK, QUICK

import onelook
from onelook.cli import main
from onelook.commands.report import rebuild_report
from onelook.commands.train import train
from onelook.errors import ConfigError
from onelook.evaluation.evaluate import evaluate
from onelook.metrics.interval import mean_interval
from onelook.planning.plan import Plan
from onelook.recipes import load_recipe
from onelook.report.folds_page import write_folds_page
from onelook.report.pooled_folds import pool_folds
from onelook.run_folder import RunFolder
from onelook.runs.cross_validate import _run_fold, _seconds_to_end, refuse_with_folds
from onelook.runs.fold_scores import CrossValidation, MeanScore, mean_score
from onelook.settings import DecodeSettings, TrainSettings
from onelook.training import loop

# The same call under its own name.
BOTH_NAMES: Any = (train, onelook.cross_validate)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("network") / "small.toml"
    path.write_text(NETWORK)
    return str(path)


@pytest.fixture(scope="module")
def found(network: str, tmp_path_factory: pytest.TempPathFactory) -> CrossValidation:
    parts = {"train": draw_sides(40), "test": draw_sides(20, seed=1)}
    return onelook.train(parts, folds=3, model=network, out=tmp_path_factory.mktemp("folds") / "all", **QUICK)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_training_picture_validates_exactly_once(found: CrossValidation) -> None:
    validated = [row["id"] for fold in found.folds for row in read_csv(fold.run.split_csv) if row["split"] == "val"]
    assert sorted(validated) == sorted(f"train/{row}" for row in range(1, 41))


def test_each_fold_is_an_ordinary_run(found: CrossValidation) -> None:
    assert [fold.run.path.name for fold in found.folds] == ["fold-1", "fold-2", "fold-3"]
    for fold in found.folds:
        record = fold.run.read_run()
        assert (record["status"], record["fold"]) == ("complete", {"number": fold.number, "of": 3})
        assert fold.run.report.is_file()
        assert onelook.verify(fold.run.path).passed


def test_folds_are_scored_on_their_own_pictures_and_the_test_set_comes_last(found: CrossValidation) -> None:
    for fold in found.folds:
        assert json.loads(fold.run.evaluation.read_text())["set"] == "val"
        assert fold.test is not None
        images, labels = draw_sides(20, seed=1)
        predicted = fold.classifier().probabilities(images).argmax(axis=1)
        assert fold.test.accuracy == np.mean(np.array(["left", "right"])[predicted] == labels)
    assert found.test_accuracy is not None
    assert found.test_accuracy.mean == pytest.approx(np.mean([fold.test.accuracy for fold in found.folds if fold.test]))


def test_a_copy_among_the_test_pictures_is_left_out_and_shifts_no_other(network: str, in_tmp: Path) -> None:
    images, labels = draw_sides(9, seed=1)
    rows = [0, 0, *range(1, 9)]
    parts = {"train": draw_sides(40), "test": (images[rows], labels[rows])}
    found = onelook.train(parts, folds=2, model=network, out="run", **QUICK)
    for fold in found.folds:
        probabilities = fold.classifier().probabilities(images)
        alone = evaluate(probabilities, (labels == "right").astype(np.int64), ["left", "right"], "test")
        assert fold.test is not None
        assert (fold.test.rows, fold.test.loss) == (9, pytest.approx(alone.loss))


def test_the_mean_and_its_interval_are_those_of_the_folds(found: CrossValidation) -> None:
    accuracies = [fold.evaluation.accuracy for fold in found.folds]
    assert found.mean == pytest.approx(np.mean(accuracies))
    assert found.interval == mean_interval(accuracies)
    document = json.loads((found.path / "folds.json").read_text())
    assert document["accuracy"] == found.mean
    assert document["accuracy_interval"] == list(found.interval or ())
    assert [run["accuracy"] for run in document["runs"]] == accuracies
    assert document["test"]["rows"] == 20
    assert "95 % t interval" in document["interval"]
    assert "over 3 folds" in str(found)


def test_every_score_has_its_mean_and_interval_over_the_folds(found: CrossValidation) -> None:
    document = json.loads((found.path / "folds.json").read_text())
    for scored, of_folds, prefix in (
        (document, [fold.evaluation for fold in found.folds], ""),
        (document["test"], [fold.test for fold in found.folds if fold.test], "test_"),
    ):
        assert len(of_folds) == 3
        for name in ("balanced_accuracy", "macro_f1", "loss", "calibration_error", "matthews_correlation"):
            values = [one.scores[name] for one in of_folds]
            assert [run[prefix + name] for run in document["runs"]] == values
            assert scored[name] == pytest.approx(np.mean(values))
        low, high = scored["matthews_correlation_interval"]
        matthews = [one.scores["matthews_correlation"] or 0.0 for one in of_folds]
        assert (low, high) == mean_interval(matthews, limits=(-1.0, 1.0))
        assert scored["loss_interval"] == list(mean_interval([one.loss for one in of_folds], limits=(0.0, np.inf)))
        assert (scored["top5_accuracy"], scored["top5_accuracy_interval"]) == (None, None)  # there are two classes


def test_the_interval_of_a_mean_ends_where_the_score_does() -> None:
    scored = evaluate(np.array([[0.7, 0.3], [0.4, 0.6]]), np.array([0, 1]), ["a", "b"], "val")

    def mean_of(name: str, *values: float | None) -> MeanScore | None:
        return mean_score(name, [replace(scored, scores={**scored.scores, name: value}) for value in values])

    # Student's quantile is 12.706 for two scores: the interval reaches 6.353 times their distance to either side.
    assert mean_of("loss", 1.5, 2.5) == MeanScore(2.0, (0.0, pytest.approx(2 + 6.353102, abs=1e-5)))
    assert mean_of("matthews_correlation", -0.5, 0.5) == MeanScore(0.0, (-1.0, 1.0))
    assert mean_of("accuracy", 0.25, 0.75) == MeanScore(0.5, (0.0, 1.0))
    # A fold that was scored before the score was added leaves no mean of the others.
    assert mean_of("matthews_correlation", 0.5, None, 0.5) is None
    assert mean_of("accuracy", 0.5) is None


def test_the_page_has_the_mean_of_every_score_that_is_defined(found: CrossValidation) -> None:
    page = (found.path / "report.html").read_text(encoding="utf-8")
    document = json.loads((found.path / "folds.json").read_text())
    assert f'<td class="number">{document["matthews_correlation"]:.4f}</td>' in page
    assert "Top-5" not in page
    assert "All 6 scores" in page


def test_folds_from_before_a_score_was_added_make_a_page(found: CrossValidation, tmp_path: Path) -> None:
    document = json.loads((found.path / "folds.json").read_text())
    for values in (document, document["test"], *document["runs"]):
        for name in [name for name in values if "matthews" in name or "top5" in name or "calibration" in name]:
            del values[name]
        for name in [name for name in values if name.endswith("_interval") and name != "accuracy_interval"]:
            del values[name]
    page = write_folds_page(found.path, document, tmp_path / "page.html").read_text(encoding="utf-8")
    assert "mean accuracy" in page
    assert '<th class="number">Macro F1</th><th class="number">Log loss</th>' in page
    assert "All 4 scores" in page  # with means, as they had, but of accuracy alone an interval
    assert f'<td class="number">{document["macro_f1"]:.4f}</td><td class="number">–</td>' in page
    assert "Matthews" not in page


def test_predictions_are_each_pictures_own_folds_in_the_order_of_the_data(found: CrossValidation) -> None:
    rows = read_csv(found.predictions)
    assert [row["id"] for row in rows] == [f"train/{row}" for row in range(1, 41)]
    assert list(rows[0]) == ["id", "label", "confidence", "class", "fold"]
    for fold in found.folds:
        own = {row["id"]: row["label"] for row in read_csv(fold.run.predictions)}
        assert own == {row["id"]: row["label"] for row in rows if row["fold"] == str(fold.number)}
    right = np.mean([row["label"] == row["class"] for row in rows])
    assert right == pytest.approx(sum(fold.evaluation.accuracy * fold.evaluation.rows for fold in found.folds) / 40)


def test_the_page_leads_to_the_folds_reports_and_is_rebuilt_byte_for_byte(found: CrossValidation) -> None:
    page = (found.path / "report.html").read_text(encoding="utf-8")
    assert all(f'href="fold-{number}/report.html"' in page for number in (1, 2, 3))
    assert "http:" not in page
    assert "https:" not in page
    assert rebuild_report(found.path).read_text(encoding="utf-8") == page


def test_the_page_pools_the_folds_confusions_errors_and_doubtful_labels(found: CrossValidation) -> None:
    pooled = pool_folds(found.path, found.to_dict())
    assert pooled.evaluation is not None
    assert pooled.evaluation.rows == 40
    matrices = [np.array(fold.evaluation.confusion_matrix) for fold in found.folds]
    assert np.array_equal(pooled.evaluation.confusion_matrix, sum(matrices))
    wrong = [row for row in read_csv(found.predictions) if row["label"] != row["class"]]
    assert pooled.report_pictures is not None
    assert {picture.id for picture in pooled.report_pictures.worst_errors} == {row["id"] for row in wrong}
    assert all(pooled.pictures.data_uri(picture.file) for picture in pooled.report_pictures.worst_errors)
    page = (found.path / "report.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in page for name in ("folds", "confusion", "errors", "classes", "labels"))


def test_a_wrong_label_is_doubted_with_its_picture_and_listed(in_tmp: Path) -> None:
    images, labels = draw_sides(60)
    right = str(labels[7])
    labels[7] = next(each for each in labels if each != right)
    found = train((images, labels), folds=3, model="decision-tree", out="all", quiet=True)
    assert [finding.check for finding in found.findings] == ["label-errors"]
    assert "8" in [each.split("/")[-1] for each in found.findings[0].ids]
    assert [row["id"] for row in read_csv(found.suspects)] == list(found.findings[0].ids)
    page = (found.path / "report.html").read_text(encoding="utf-8")
    assert "Doubtful labels" in page
    assert f"looks like {right} (" in page
    assert json.loads((found.path / "folds.json").read_text())["findings"][0]["check"] == "label-errors"


def test_a_complete_cross_validation_resumes_to_fewer_epochs_and_says_what_comes_next(
    found: CrossValidation, network: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = {"train": draw_sides(40), "test": draw_sides(20, seed=1)}
    again = train(parts, folds=3, model=network, out=found.path, resume=True, **QUICK | {"epochs": 1, "quiet": False})
    assert (again.status, again.mean) == ("complete", found.mean)
    assert f"  ol.load('{found.path / 'fold-'}" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_folds_and_scores(network: str, in_tmp: Path) -> None:
    again = [call(draw_sides(24), folds=2, model=network, out=call.__name__, seed=4, **QUICK) for call in BOTH_NAMES]
    first, second = ([fold.run.read_run()["split"]["fingerprint"] for fold in one.folds] for one in again)
    assert first == second
    assert again[0].mean == again[1].mean


def test_goes_on_with_the_fold_that_was_interrupted(
    network: str, in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_fit, begun = loop.fit, []

    def fit(*parts: Any, **named: Any) -> Any:
        begun.append(named["checkpoint_folder"].parent.name)
        result = whole_fit(*parts, **named)
        return replace(result, status="interrupted") if len(begun) == 2 else result

    monkeypatch.setattr(loop, "fit", fit)
    parts = {"train": draw_sides(24), "test": draw_sides(10, seed=1)}
    stopped = train(parts, folds=3, model=network, out="run", **QUICK)
    assert (stopped.status, len(stopped.complete), stopped.mean) == ("interrupted", 1, None)
    assert stopped.test_accuracy is None
    assert (len(stopped.folds), stopped.to_dict()["rows"]) == (2, 8)  # of the one fold that counts
    assert [row["fold"] for row in read_csv(stopped.predictions)] == ["1"] * 8
    said: list[str] = []
    gone_on = train(parts, out="run", resume=True, device="cpu", say=said.append)
    assert isinstance(gone_on, CrossValidation)
    assert [line for line in said if line.startswith(("\nfold", "resumes", "scoring"))] == [
        "\nfold 2 of 3: 16 to train on, 8 to validate",
        f"resumes in {Path('run/fold-2')}",
        "\nfold 3 of 3: 16 to train on, 8 to validate",
        "scoring the 3 models on 10 test pictures",
    ]
    devices = [fold.run.read_run()["settings"]["device"] for fold in gone_on.folds]
    assert devices == ["auto", "cpu", "cpu"]  # the first was complete
    assert begun == ["fold-1", "fold-2", "fold-2", "fold-3"]
    assert (gone_on.status, len(gone_on.complete)) == ("complete", 3)
    assert len(read_csv(gone_on.predictions)) == 24
    assert gone_on.folds[0].evaluation == stopped.folds[0].evaluation


def test_one_fold_alone_does_not_go_on_and_epochs_stay_alike(found: CrossValidation) -> None:
    parts = {"train": draw_sides(40), "test": draw_sides(20, seed=1)}
    with pytest.raises(ConfigError, match=r"one fold of a cross-validation.*--resume"):
        train(parts, out=found.path / "fold-2", resume=True, quiet=True)
    for epochs in (5, "5"):  # a command line gives text
        with pytest.raises(ConfigError, match=r"trained for 2 epochs, asked 5: they would not be comparable"):
            train(parts, out=found.path, resume=True, epochs=epochs, quiet=True)
    assert train(parts, out=found.path, resume=True, epochs="2", quiet=True).status == "complete"


def test_a_time_limit_is_shared_among_the_folds_that_are_left(network: str, in_tmp: Path) -> None:
    limited = train(draw_sides(24), folds=2, model=network, out="run", time_limit="4s", batch_size=8, quiet=True)
    limits = [fold.run.read_run()["settings"]["time_limit_seconds"] for fold in limited.folds]
    assert 1 <= limits[0] < 2
    assert 1 <= limits[1] < 4


def test_a_folder_that_is_no_cross_validation_is_refused_as_ever(in_tmp: Path, sides: Arrays) -> None:
    (in_tmp / "other").mkdir()
    (in_tmp / "other" / "mine.txt").touch()
    with pytest.raises(ConfigError, match="other: not a run: the folder holds mine.txt"):
        train(sides, out="other", resume=True, quiet=True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"folds": 1}, r"folds = 1; expected at least 2"),
        ({"folds": 33}, r"--folds 33: the class 'left' has 32 pictures.*Expected --folds 32 or fewer"),
        ({"folds": 3, "val": 0.2}, r"--folds 3 and --val 0.2: in cross-validation each picture validates once"),
        ({"folds": 3, "split": "run"}, r"--split run and --folds 3: "),
        ({"folds": 3, "from_model": "run"}, r"--folds 3 and --from run: a model has learnt"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_folder(
    settings: dict[str, Any], message: str, sides: Arrays, in_tmp: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        train(sides, out="run", quiet=True, **settings)
    assert not (in_tmp / "run").exists()


def test_data_with_validation_pictures_of_its_own_is_refused(in_tmp: Path) -> None:
    parts = {"train": draw_sides(24), "val": draw_sides(8, seed=1)}
    with pytest.raises(ConfigError, match="comes with validation pictures of its own"):
        train(parts, folds=3, out="run", quiet=True)


def test_groups_stay_in_one_fold(network: str, in_tmp: Path) -> None:
    images, labels = draw_sides(24)
    rows = ["path,label,group"]
    (in_tmp / "photos").mkdir()
    from PIL import Image

    for position, (picture, label) in enumerate(zip(images, labels, strict=True)):
        Image.fromarray(picture[..., 0]).save(in_tmp / "photos" / f"{position}.png")
        rows.append(f"{position}.png,{label},patient-{position // 4}")
    (in_tmp / "photos" / "labels.csv").write_text("\n".join(rows) + "\n")
    grouped = train("photos/labels.csv", folds=3, model=network, out="run", **QUICK)
    fold_of = {row["id"]: row["fold"] for row in read_csv(grouped.predictions)}
    assert len(fold_of) == 24
    for patient in range(6):
        members = {fold for each, fold in fold_of.items() if int(Path(each).stem) // 4 == patient}
        assert len(members) == 1


def test_the_command_prints_the_folds_and_their_mean(
    network: str, in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "digits", "--folds", "2", "--model", network, "--epochs", "1", "--limit", "60"]
    assert main([*words, "--out", "run", "--json"]) == 0
    printed = capsys.readouterr()
    assert "fold 2 of 2: 30 to train on, 30 to validate" in printed.err
    assert "test accuracy" in printed.err
    assert "95 % t interval of the mean" in printed.err
    document = json.loads(printed.out)
    assert (document["folds"], document["status"], len(document["runs"])) == (2, "complete", 2)
    assert RunFolder(in_tmp / "run" / "fold-2").report.is_file()
    assert main(["report", "run", "--out", "page.html"]) == 0
    assert "fold-2" in (in_tmp / "page.html").read_text(encoding="utf-8")


def test_a_recipe_may_have_a_share_to_validate_and_the_user_may_not() -> None:
    of_recipe = load_recipe("digits-minimal").settings
    refuse_with_folds({**of_recipe, "recipe": "digits-minimal", "folds": 3})
    refuse_with_folds({"folds": 3, "seed": 1})
    with pytest.raises(ConfigError, match=r"^--folds 3 and --val 0.35: in cross-validation each picture validates"):
        refuse_with_folds({**of_recipe, "recipe": "digits-minimal", "folds": 3, "val": 0.35})


@pytest.mark.parametrize(
    ("tested", "evaluated", "seconds"),
    [(None, None, 2 + 1.0 * 3), (20, None, 2 + 1.0 * 3 * 3), (20, 0.5, 2 + 1.0 * 3 * 3), (20, 4.0, 2 + 4.0 * 3 * 3)],
)
def test_the_end_takes_the_time_to_judge_and_to_score_with_all_models(
    tested: int | None, evaluated: float | None, seconds: float
) -> None:
    """Validation has 10 pictures; with 20 test pictures each model predicts three times as many."""
    run = SimpleNamespace(read_run=lambda: {"timings": {"evaluate": evaluated}})
    folds: Any = [] if evaluated is None else [SimpleNamespace(run=run)]
    split = SimpleNamespace(val=range(10), test=None if tested is None else range(tested))
    data: Any = SimpleNamespace(split=split)
    assert _seconds_to_end(folds, 3, data) == seconds


@pytest.mark.parametrize(("number", "resumed", "tells"), [(1, False, True), (2, False, False), (2, True, True)])
def test_only_the_first_fold_and_a_resumed_one_tell_the_settings_that_all_share(
    number: int, resumed: bool, tells: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(TrainSettings(epochs=3), DecodeSettings(height=2, width=2, channels=1))
    if resumed:
        run = RunFolder.create(tmp_path / f"fold-{number}")
        run.update_run(settings=TrainSettings(epochs=9).model_dump(mode="json"))

    def run_plan(plan: Plan, data: Any, sink: Any, *_: Any, **__: Any) -> Any:
        sink.say("picked settings")
        sink.say_fold(f"{plan.settings.epochs} epochs")
        return SimpleNamespace(folder=sink.out, evaluation=None, status="complete")

    monkeypatch.setattr("onelook.runs.cross_validate.run_plan", run_plan)
    said: list[str] = []
    request: Any = SimpleNamespace(say=said.append, command="", quiet=True)
    data: Any = SimpleNamespace(training_data=None)
    found = _run_fold(number, plan, data, tmp_path, request)
    assert said == [*(["picked settings"] if tells else []), f"{9 if resumed else 3} epochs"]
    assert (found.number, found.status) == (number, "complete")
