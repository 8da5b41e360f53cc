"""What is on the disk, and in `run.json`, before the first step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.data.dataset import ImageSet
from onelook.data.splits.split import SplitPart
from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.planning.plan import Plan
from onelook.run_folder import RunFolder
from onelook.runs.begin import BegunRun, _new_folder, begin_run, settle_network, starting_record
from onelook.runs.learnt_before import LearntBefore
from onelook.runs.stages import TrainingData
from onelook.settings import DecodeSettings, NetworkSettings, TrainSettings
from onelook.settings.network import Dense, Dropout, Flatten


def test_run_json_is_written_last_because_it_makes_the_folder_a_run_that_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(path: Path) -> None:
        path.write_text("id")

    there: list[list[str]] = []
    monkeypatch.setattr(
        RunFolder, "update_run", lambda self, **_: there.append(sorted(each.name for each in self.path.iterdir()))
    )
    part: Any = SimpleNamespace(name="all", ids=("a", "b", "c"), used=np.array([0, 2]))
    digests = np.arange(1, 4, dtype=np.uint8).repeat(16).reshape(3, 16)
    reading = SimpleNamespace(hashes={"all": digests})
    data: Any = SimpleNamespace(
        split=SimpleNamespace(write=written, parts=[SplitPart(part, np.full(3, "train"), ("cat", "dog"))]),
        prepared=SimpleNamespace(ledger=SimpleNamespace(write=written), reading=reading),
    )
    (tmp_path / "mine.csv").write_text("id,action\n")
    folder = _new_folder(data, tmp_path / "run", {"status": "running"}, str(tmp_path / "mine.csv"))
    assert there == [["fixes.csv", "ledger.csv", "picture_hashes.csv", "split.csv"]]
    assert folder.picture_hashes.read_text() == f"id,hash\na,{'01' * 16}\nc,{'03' * 16}\n"


@pytest.mark.parametrize(("is_clean", "forced"), [(True, False), (False, True), (None, False)])
def test_a_start_counts_as_forced_only_if_the_model_learnt_pictures_that_score(
    is_clean: bool | None, forced: bool
) -> None:
    plan: Any = SimpleNamespace(
        start=SimpleNamespace(path=Path("runs/a"), card=SimpleNamespace(checksum="1f", training={"data": "pets"}))
    )
    data: Any = SimpleNamespace(learnt=LearntBefore(is_clean, "so", None, None))
    record = starting_record(plan, data)
    assert record is not None
    assert (record["model"], record["data"], record["clean"]) == ("runs/a", "pets", is_clean)
    assert record["forced"] is forced


def test_a_resumed_run_is_running_again_with_its_new_settings_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.runs.begin.settle_network", lambda plan, data: ("a network", None))
    folder = RunFolder.create(tmp_path / "run")
    folder.update_run(status="interrupted", settings={"epochs": 3}, name="photos")
    plan = Plan(TrainSettings(epochs=5), DecodeSettings(height=8, width=8, channels=1), ("a network", "a size"))
    data: Any = SimpleNamespace(training_data="the pictures")
    said: list[str] = []
    begun = begin_run(plan, data, out=None, resumed=folder, command="ignored", say=said.append)
    assert (begun.plan, begun.data, begun.network, begun.folder, begun.resume) == (
        *(plan, "the pictures", "a network", folder, True),
    )
    record = folder.read_run()
    assert (record["status"], record["name"]) == ("running", "photos")
    assert record["settings"] == TrainSettings(epochs=5).model_dump(mode="json")
    assert said == ["  picked   a network", "           a size", f"resumes in {folder.path}"]


@pytest.mark.parametrize(
    ("plan", "named"),
    [
        ({"settings": TrainSettings(model="svc")}, None),
        ({"settings": TrainSettings(model="mlp")}, "mlp"),
        ({"settings": TrainSettings(model="mlp"), "network": "own"}, "own"),
        ({"settings": TrainSettings(model="mlp"), "network": "own", "start": "start"}, "start"),
        ({"settings": TrainSettings(model="mlp", dropout=0.25), "start": "start"}, "start with a new rate"),
        ({"settings": TrainSettings(model="mlp", dropout=0.0), "start": "start"}, "start without dropout"),
    ],
)
def test_the_network_is_that_of_the_start_or_of_the_plan_or_the_one_that_is_named(
    plan: dict[str, Any], named: str | None
) -> None:
    def network(units: int, rate: float = 0.5) -> NetworkSettings:
        return NetworkSettings(layers=(Flatten(), Dense(units=units), Dropout(rate=rate), Dense(units="classes")))

    start = SimpleNamespace(card=SimpleNamespace(need_network=lambda _: network(3)))
    made = {"network": network(4)} if "network" in plan else {}
    made |= {"start": start} if "start" in plan else {}
    whole = Plan(plan["settings"], DecodeSettings(height=2, width=3, channels=1), **made)
    images = ImageSet(np.zeros((5, 2, 3, 1), np.uint8), np.arange(5), ("",) * 5, np.array([0, 1, 2, 0, 1]))
    found, summary = settle_network(whole, TrainingData(images, images, (0.0, 255.0), ("a", "b", "c")))
    expected = {
        None: None,
        "mlp": network_named("mlp", ModelInput(2, 3, 1, 3, 5)),
        "own": network(4),
        "start": network(3),
        "start with a new rate": network(3, rate=0.25),
        "start without dropout": network(3, rate=0.0),
    }[named]
    assert found == expected
    assert (summary is None) == (named is None)
    if summary is not None and named != "mlp":
        units = 4 if named == "own" else 3
        assert summary.total == 6 * units + units + 3 * units + 3


def test_run_json_holds_all_that_is_known_before_the_first_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sides have different sizes, and so have height, width, and the numbers of pictures of each class."""

    def side(labels: list[int]) -> ImageSet:
        return ImageSet(
            np.zeros((9, 2, 3, 1), np.uint16), np.arange(len(labels)), ("",) * len(labels), np.array(labels)
        )

    monkeypatch.setattr("onelook.runs.begin.versions", lambda: {"onelook": "1.2.3"})
    train, val, test = side([0, 0, 0, 2]), side([2, 0]), side([2])
    written = SimpleNamespace(write=lambda path: None, counts=lambda: {"used": 7, "quarantined": 1})
    split = SimpleNamespace(
        train=train, val=val, test=test, fingerprint="split-1", write=lambda path: None, parts=(), path=None
    )
    hashed_as = DecodeSettings(height=8, width=9, channels=3)
    data: Any = SimpleNamespace(
        dataset=SimpleNamespace(
            name="pets",
            layout="folders",
            why="as found",
            fingerprint="data-1",
            class_names=("a", "b", "c"),
            notes=("n",),
        ),
        split=split,
        prepared=SimpleNamespace(ledger=written, reading=SimpleNamespace(parts={}, hashes={}, hashed_as=hashed_as)),
        training_data=TrainingData(train, val, (0.0, 4095.0), ("a", "b", "c"), test),
        value_range=(0.0, 4095.0),
        findings=(SimpleNamespace(to_dict=lambda: {"check": "blur"}),),
        learnt=None,
    )
    settings = TrainSettings(model="own.toml", seed=5)
    network = NetworkSettings(layers=(Flatten(), Dense(units="classes")))
    decode = DecodeSettings(height=2, width=3, channels=1, ground="black", deep_range=(0, 4095))
    plan = Plan(settings, decode, ("a network", "a size"), network=network)
    said: list[str] = []
    begun = begin_run(plan, data, out=tmp_path / "run", resumed=None, command="onelook train pets", say=said.append)
    assert said == ["  picked   a network", "           a size"]
    waiting = begin_run(
        replace(plan, smaller=plan), data, out=tmp_path / "second", resumed=None, command=None, say=said.append
    )
    assert len(said) == 2  # the time limit may still replace the network
    waiting.say_choices(said.append)
    assert said[2:] == said[:2]
    record = begun.own_folder.read_run()
    assert isinstance(record.pop("created"), str)
    assert record == {
        "format_version": 1,
        "status": "running",
        "name": "pets",
        "command": "onelook train pets",
        "settings": settings.model_dump(mode="json"),
        "versions": {"onelook": "1.2.3"},
        "seed": 5,
        "data": {
            "name": "pets",
            "layout": "folders",
            "why": "as found",
            "fingerprint": "data-1",
            "class_names": ["a", "b", "c"],
            "class_counts": {
                "train": {"a": 3, "b": 0, "c": 1},
                "val": {"a": 1, "b": 0, "c": 1},
                "test": {"a": 0, "b": 0, "c": 1},
            },
            "image_size": [2, 3],
            "channels": 1,
            "ground": "black",
            "deep_range": [0, 4095],
            "dtype": "uint16",
            "value_range": [0.0, 4095.0],
            "notes": ["n"],
            "ledger": {"used": 7, "quarantined": 1},
            "hashed_as": hashed_as.model_dump(mode="json"),
        },
        "split": {"fingerprint": "split-1", "train": 4, "val": 2, "test": 1},
        "choices": ["a network", "a size"],
        "findings": [{"check": "blur"}],
        "model": {"name": "own.toml", "parameters": 21, "multiply_adds": 18, "views": 1, "pretrained": None},
    }


def test_choices_are_printed_once_and_recorded_in_their_order(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    plan = Plan(TrainSettings(epochs=5), DecodeSettings(height=8, width=8, channels=1), ("a network", "a size"))
    data: Any = None
    said: list[str] = []
    waiting = BegunRun(plan, data, None, folder, has_said_choices=False)
    waiting = waiting.choose("9 epochs", said.append, epochs=9)
    assert said == []  # it is printed with the others
    spoken = waiting.say_choices(said.append).say_choices(said.append).choose("batches of 4", said.append, batch_size=4)
    assert said == ["  picked   a network", "           a size", "           9 epochs", "           batches of 4"]
    record = folder.read_run()
    assert record["choices"] == ["a network", "a size", "9 epochs", "batches of 4"] == list(spoken.plan.choices)
    assert (record["settings"]["epochs"], record["settings"]["batch_size"]) == (9, 4)
