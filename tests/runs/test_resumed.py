"""What a resumed run keeps, takes and refuses, by its files alone: nothing is trained."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.checks.finding import Finding
from onelook.data.layouts.arrays.from_python import open_arrays
from onelook.errors import ConfigError, DataError
from onelook.run_folder import RunFolder
from onelook.runs.ending.portable import _best_epoch
from onelook.runs.ending.score import _scored_set, seen_pictures
from onelook.runs.finish import _with_earlier_epochs
from onelook.runs.resumed import find_run_to_resume, name_of_data, named_folder, refuse_other_data, settings_to_resume
from onelook.settings import TrainSettings
from onelook.training.result import EpochRecord


def begun(folder: Path, epochs_done: int = 0, **settings: Any) -> RunFolder:
    run = RunFolder.create(folder)
    recorded = TrainSettings.model_validate({"epochs": 8, "seed": 3, **settings}).model_dump(mode="json")
    run.update_run(settings=recorded, data={"fingerprint": "d4t4"}, split={"fingerprint": "5p11t"})
    run.write_history([{"epoch": number} for number in range(1, epochs_done + 1)])
    return run


def test_what_is_not_asked_for_is_kept_and_more_is_taken(tmp_path: Path) -> None:
    run = begun(tmp_path / "run", 3, time_limit_seconds=60.0)
    assert settings_to_resume(run, {}).epochs == 8
    again = settings_to_resume(run, {"epochs": 9, "device": "cpu", "time_limit_seconds": 61.0, "seed": 3})
    assert (again.epochs, again.device, again.time_limit_seconds, again.seed) == (9, "cpu", 61.0, 3)
    assert settings_to_resume(run, {"time_limit_seconds": 60.0}).time_limit_seconds == 60.0


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"seed": 4, "optimizer": {"name": "sgd"}},
            "a resumed run keeps the settings that it began with (optimizer.name was adam, asked sgd and seed was 3, "
            "asked 4). Leave these out, or start a new run with another --out.",
        ),
        (
            {"time_limit_seconds": 59.0},
            "it was planned for 1 min, and can only be given more time. Leave --time-limit out to resume as planned.",
        ),
    ],
)
def test_what_a_resumed_run_cannot_take(asked: dict[str, Any], message: str, tmp_path: Path) -> None:
    run = begun(tmp_path / "run", 3, time_limit_seconds=60.0)
    with pytest.raises(ConfigError) as refused:
        settings_to_resume(run, asked)
    assert str(refused.value) == f"{run.path}: {message}"


@pytest.mark.parametrize(
    ("done", "asked", "words"),
    [
        (0, 2, "a resumed run can have more. It cannot have 2."),
        (1, 2, "a resumed run can have more, or end with the one that is done: --epochs 1. It cannot have 2."),
        (2, 7, "a resumed run can have more, or end with the 2 that are done: --epochs 2. It cannot have 7."),
    ],
)
def test_fewer_epochs_are_refused_unless_they_are_done(done: int, asked: int, words: str, tmp_path: Path) -> None:
    run = begun(tmp_path / "run", done)
    with pytest.raises(ConfigError) as refused:
        settings_to_resume(run, {"epochs": asked})
    assert str(refused.value) == f"{run.path}: it was planned for 8 epochs; {words}"


@pytest.mark.parametrize("asked", [5, 4, 1])
def test_no_epoch_that_is_done_is_undone(asked: int, tmp_path: Path) -> None:
    assert settings_to_resume(begun(tmp_path / "run", 5), {"epochs": asked}).epochs == 5


def test_a_limit_is_not_added_to_a_run_without_one(tmp_path: Path) -> None:
    run = begun(tmp_path / "run")
    with pytest.raises(ConfigError) as refused:
        settings_to_resume(run, {"time_limit_seconds": 60.0})
    assert str(refused.value) == (
        f"{run.path}: it was planned without a time limit, and can only be given more time. Leave --time-limit out to "
        "resume as planned."
    )


@pytest.mark.parametrize(("data", "split"), [("other", "5p11t"), ("d4t4", "other")])
def test_other_pictures_or_another_split_are_refused(data: str, split: str, tmp_path: Path) -> None:
    run = begun(tmp_path / "run")
    refuse_other_data(run, "d4t4", "5p11t")
    with pytest.raises(DataError) as refused:
        refuse_other_data(run, data, split)
    assert str(refused.value) == (
        f"{run.path}: the data has changed since this run began: its pictures or their split are others. Bring the "
        "old data back, or begin a new run with another --out."
    )


def test_other_fixes_in_the_same_file_are_refused(tmp_path: Path) -> None:
    run = begun(tmp_path / "run", fixes="fixes.csv")
    with pytest.raises(DataError, match="its pictures, their split or the fixes in fixes.csv are others"):
        refuse_other_data(run, "other", "5p11t")
    with pytest.raises(ConfigError, match=r"fixes was fixes\.csv, asked other\.csv"):
        settings_to_resume(run, {"fixes": "other.csv"})


def test_the_newest_run_of_the_data_is_found_or_the_one_that_is_named(in_tmp: Path) -> None:
    for name in ("photos-001", "photos-002", "other-003"):
        begun(Path("runs") / name)
    Path("runs/photos-003").mkdir()  # killed before anything was written: it is removed
    assert find_run_to_resume("some/photos/", None) is None
    assert not Path("runs/photos-003").exists()
    assert find_run_to_resume("some/photos/", None) == RunFolder(Path("runs/photos-002"))
    assert find_run_to_resume("photos", "runs/other-003") == RunFolder(Path("runs/other-003"))
    assert find_run_to_resume("nothing", None) is None
    assert find_run_to_resume("photos", "runs/none") is None


def test_a_run_is_named_after_its_data() -> None:
    arrays = (np.zeros((2, 4, 4), np.uint8), np.array([0, 1]))
    assert [name_of_data(each) for each in ("a/photos/", Path("a/train.csv"), arrays)] == ["photos", "train", "arrays"]
    assert name_of_data(open_arrays(arrays)) == open_arrays(arrays).name


def test_the_user_s_own_folder_is_known_by_its_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "photos.v2").mkdir()
    assert [name_of_data(each) for each in ("~/photos.v2", Path("~/photos.v2"), "~")] == [
        *("photos.v2", "photos.v2", tmp_path.name),
    ]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/a", "a\\b", "..\\a"])
def test_a_name_is_that_of_one_folder(name: str, in_tmp: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        named_folder(name, None, resume=False)
    assert str(refused.value) == (
        f"--name {name}: expected a name of a folder in runs/. To write elsewhere: --out {name}"
    )
    assert named_folder("first try.2", None, resume=False) == Path("runs/first try.2")


def test_a_name_that_is_taken_is_resumed_if_that_is_asked_for(in_tmp: Path) -> None:
    Path("runs/mine").mkdir(parents=True)
    assert named_folder("mine", None, resume=True) == named_folder("other", None, resume=True).with_name("mine")
    with pytest.raises(ConfigError, match=r"^--name mine: runs/mine exists already\. Choose another name, or add"):
        named_folder("mine", None, resume=False)
    with pytest.raises(ConfigError, match=r"^--name mine and --out x: both say where the run is written"):
        named_folder("mine", Path("x"), resume=True)


@pytest.mark.parametrize(
    ("status", "folds", "has_test", "name"),
    [
        ("complete", None, True, "test"),
        ("interrupted", None, True, "val"),
        ("complete", 3, True, "val"),
        ("complete", None, False, "val"),
    ],
)
def test_test_pictures_score_a_complete_run_once(status: str, folds: int | None, has_test: bool, name: str) -> None:
    data = SimpleNamespace(val="val pictures", test="test pictures" if has_test else None)
    run: Any = SimpleNamespace(data=data, settings=SimpleNamespace(folds=folds))
    fitted: Any = SimpleNamespace(result=SimpleNamespace(status=status))
    assert _scored_set(run, fitted) == (name, f"{name} pictures")


def test_pictures_that_were_seen_by_kind() -> None:
    def finding(check: str, *ids: str) -> Finding:
        return Finding(check, "test", len(ids), ids, "Seen.")

    findings = (finding("leak-exact", "a"), finding("leak-near", "b", "c"), finding("leak-validation", "d"))
    learnt = SimpleNamespace(val=("v",), test=("t", "u"))
    data: Any = SimpleNamespace(findings=findings, learnt=learnt)
    assert seen_pictures(data, "test") == {"exact": ("a",), "near": ("b", "c"), "before": ("t", "u")}
    assert seen_pictures(data, "val") == {"copies": ("d",), "before": ("v",)}
    none: Any = SimpleNamespace(findings=(), learnt=SimpleNamespace(val=(), test=None))
    assert seen_pictures(none, "test") == {"exact": (), "near": ()}
    assert seen_pictures(none, "val") == {"copies": ()}
    unknown: Any = SimpleNamespace(findings=(), learnt=None)
    assert seen_pictures(unknown, "val") == {"copies": ()}


def epoch(number: int, seconds: float, **values: float) -> EpochRecord:
    return EpochRecord(
        number,
        seconds,
        0.1,
        **{
            "train_loss": 1.0,
            "train_accuracy": 0.5,
            "val_loss": 0.25 * number,
            "val_accuracy": 0.125 * number,
            **values,
        },
    )


@pytest.mark.parametrize(
    ("seconds", "resumed_from", "found"),
    [
        ({"train": 21.0, "total": 25.0}, 1, {"train": 51.0, "total": 55.0}),
        ({"train": 21.0, "total": 25.0}, None, {"train": 21.0, "total": 25.0}),
        ({"train": 21.0, "total": 25.0}, 0, {"train": 50.0, "total": 54.0}),  # interrupted within the first epoch
        ({"open": 1.0, "total": 2.0}, 1, {"open": 1.0, "total": 2.0}),
        ({"train": 5.0, "total": 6.0}, 1, {"train": 50.0, "total": 51.0}),  # the second epoch took 15 s before
    ],
)
def test_epochs_before_a_resume_count_in_the_time(
    seconds: dict[str, float], resumed_from: int | None, found: dict[str, float]
) -> None:
    result: Any = SimpleNamespace(history=[epoch(1, 30.0), epoch(2, 20.0)], resumed_from_epoch=resumed_from)
    assert _with_earlier_epochs(seconds, result) == found


def test_a_model_is_saved_with_the_figures_of_its_own_epoch() -> None:
    fitted: Any = SimpleNamespace(result=SimpleNamespace(best=epoch(2, 1.0)))
    assert _best_epoch(fitted) == {"val_loss": 0.5, "val_accuracy": 0.25}
    none: Any = SimpleNamespace(result=SimpleNamespace(best=None))
    assert _best_epoch(none) == {}
