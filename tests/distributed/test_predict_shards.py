"""A prediction in shards has the rows of one in a single process, whichever workers die and whenever it is cut off.

A stand-in takes the place of Ray: it gives the shards to one worker, in another order, and lets workers die. The real
one is in the end-to-end tests.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from onelook.classifier import Classifier
from onelook.commands.predict import Predicted, predict
from onelook.data.pictures.decoding.in_batches import decoded_alone
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.from_lists import ListedPictures
from onelook.data.storage.location import Location
from onelook.distributed import predict_shards, shards
from onelook.distributed.shards import RECORD
from onelook.distributed.worker import NeededData, ShardJob, ShardReport, ShardWorker, packed, report_in
from onelook.errors import ConfigError, DataError
from onelook.evaluation.prediction.batch import PredictionTally
from onelook.ray_cluster import Places
from onelook.settings import DecodeSettings

_NAMES = [f"part-{number:05d}-of-00004.parquet" for number in range(4)]


class StandIn:  # of Ray
    """In place of Ray: one worker, which gets the last shard first.

    Attributes:
        dies_at: the shards at which the worker dies once, before it predicts them or after it wrote their file.
        stop_after: the number of shards after which the user presses Ctrl-C.
        began: the numbers of the shards that a worker began, in order.
    """

    def __init__(self) -> None:
        self.dies_at: dict[int, str] = {}
        self.stop_after: int | None = None
        self.began: list[int] = []
        self.memory: int | None = None

    @contextmanager
    def connected(self, ray: Any, address: Any, *, workers: int, memory_bytes: int) -> Iterator[Places]:
        self.memory = memory_bytes
        yield Places(workers, 1)

    def reports(self, ray: Any, rows: Sequence[dict[str, Any]], job: ShardJob, places: Places, _: str) -> Iterator[Any]:
        waiting = list(rows)
        worker = ShardWorker(lambda: job)
        while waiting:
            row = waiting.pop()
            if self.stop_after is not None and len(rows) - len(waiting) > self.stop_after:
                raise KeyboardInterrupt
            self.began.append(row["number"])
            dies = self.dies_at.pop(row["number"], "")
            reports = [] if dies == "before" else worker({key: [value] for key, value in row.items()})["report"]
            if dies:
                worker = ShardWorker(lambda: job)
                waiting.append(row)
            else:
                yield report_in(reports[0])


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    stand_in = StandIn()
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.delenv("ONELOOK_CORES", raising=False)
    monkeypatch.setattr("onelook.distributed.request.import_ray_data", lambda purpose: None)
    monkeypatch.setattr(predict_shards, "import_ray_data", lambda purpose: None)
    monkeypatch.setattr(predict_shards, "connected", stand_in.connected)
    monkeypatch.setattr(predict_shards, "_reports", stand_in.reports)
    monkeypatch.setattr(predict_shards.FromRay, "of", lambda job: job)
    monkeypatch.setattr("onelook.distributed.worker.hold_cores", lambda count: None)
    monkeypatch.setattr(shards, "_FEWEST_ROWS", 3)
    monkeypatch.setattr("onelook.distributed.worker.network_batch_size", lambda views, height, width: 2)
    return stand_in


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Ten pictures, of which two are damaged: in the second shard of four and in the third."""
    folder = tmp_path / "new"
    folder.mkdir()
    for number in range(10):
        Image.new("L", (8, 8), 25 * number).save(folder / f"{number}.png")
    for name in ("4.png", "6.png"):
        (folder / name).write_bytes(b"\x89PNG\r\n\x1a\nno more")
    return folder


@pytest.fixture
def on_ray(brightness_model: Path, ray: StandIn, tmp_path: Path) -> Callable[..., Predicted]:
    def run(data: Any, out: str = "answers", **more: Any) -> Predicted:
        place = out if "://" in out else tmp_path / out
        return predict(brightness_model, data, place, on="ray", **{"say": lambda _: None, **more})

    return run


@pytest.fixture
def alone(brightness_model: Path, tmp_path: Path) -> Callable[..., Any]:
    """`alone(data)`: the table that one process writes."""

    def run(data: Any, **more: Any) -> Any:
        predict(brightness_model, data, tmp_path / "alone.parquet", **more)
        return pq.read_table(tmp_path / "alone.parquet")

    return run


def rows_of(folder: Path) -> Any:
    """What a reader of the folder gets: of its files in the order of their names, without what Ray's shards add."""
    return pq.read_table(folder).replace_schema_metadata(None)


@pytest.mark.parametrize(
    "options", [{}, {"probabilities": True, "top": 2, "reject_below": 0.9}], ids=["plain", "all columns"]
)
def test_the_rows_are_those_of_one_process(
    *, options: dict[str, Any], pictures: Path, on_ray: Any, alone: Any, tmp_path: Path, ray: StandIn
) -> None:
    seen: list[tuple[int, int]] = []
    found = on_ray(pictures, on_progress=lambda done, total: seen.append((done, total)), **options)
    assert rows_of(tmp_path / "answers").equals(alone(pictures, **options))
    assert sorted(path.name for path in (tmp_path / "answers").iterdir()) == [RECORD, *_NAMES]
    assert ray.began == [3, 2, 1, 0]
    assert seen == [(0, 10), (1, 10), (4, 10), (7, 10), (10, 10)]
    assert (found.rows, found.tally.unread, found.out) == (10, 2, str(tmp_path / "answers"))
    assert list(found.unreadable) == ["4.png", "6.png"]  # in the order of the pictures
    assert ray.memory == 200 << 20
    record = json.loads((tmp_path / "answers" / RECORD).read_text())
    assert (record["status"], record["rows"], record["shards"]) == ("complete", 10, 4)
    assert record["class_counts"] == found.class_counts
    assert [each["id"] for each in record["unreadable"]] == ["4.png", "6.png"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_that_dies_costs_no_row_and_adds_none(
    *, moment: str, pictures: Path, on_ray: Any, alone: Any, tmp_path: Path, ray: StandIn
) -> None:
    ray.dies_at = {2: moment, 0: moment}
    on_ray(pictures)
    assert ray.began == [3, 2, 2, 1, 0, 0]
    assert rows_of(tmp_path / "answers").equals(alone(pictures))


def test_what_was_cut_off_is_continued_with_the_shards_that_are_missing(
    pictures: Path, on_ray: Any, alone: Any, tmp_path: Path, ray: StandIn
) -> None:
    ray.stop_after = 2
    with pytest.raises(KeyboardInterrupt, match=r"2 of 4 shards in .*answers are done\. The same command continues w"):
        on_ray(pictures)
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "answers").glob("part-*")}
    assert len(kept) == 2
    ray.stop_after, ray.began = None, []
    said: list[str] = []
    seen: list[tuple[int, int]] = []
    found = on_ray(pictures, resume=True, say=said.append, on_progress=lambda done, total: seen.append((done, total)))
    assert ray.began == [1, 0]
    assert seen == [(0, 10), (7, 10), (10, 10)]  # the last shard has one picture, the others three
    assert said[0] == "2 of 4 shards are done already"
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert rows_of(tmp_path / "answers").equals(alone(pictures))
    assert (found.rows, found.tally.unread) == (10, 2)


def test_the_counts_of_all_shards_add_up() -> None:
    written: list[tuple[str, str, dict[str, Any]]] = []
    asked: Any = SimpleNamespace(
        _classifier=SimpleNamespace(class_names=("cat", "dog")),
        _options=SimpleNamespace(reject_below=0.7),
        _store=SimpleNamespace(where="there", write=lambda name, record: written.append((name, *record))),
        plan=SimpleNamespace(count=9, record=lambda status, **facts: (status, facts)),
    )
    tallies = [
        PredictionTally(("cat", "dog"), 0.7, 5, [2, 1], not_sure=1, unread=1, unreadable={"a": "cut"}),
        PredictionTally(("cat", "dog"), 0.7, 4, [0, 1], not_sure=2, unread=1, unreadable={"b": "empty"}),
    ]
    reports = [
        ShardReport(0, tallies[0], judged=4, unlike=3),
        ShardReport(1, tallies[1], judged=3, unlike=1),
    ]
    found = predict_shards.ShardedPrediction._finish(asked, reports)
    assert (found.out, found.files, found.judged, found.unlike) == ("there", 9, 7, 4)
    assert (found.tally.rows, found.tally.counts, found.tally.not_sure, found.tally.unread) == (9, [2, 2], 3, 2)
    unreadable = [{"id": "a", "reason": "cut"}, {"id": "b", "reason": "empty"}]
    facts = {"class_counts": {"cat": 2, "dog": 2}, "not_sure": 3, "unreadable": unreadable}
    assert written == [(RECORD, "complete", facts)]


def test_a_whole_prediction_is_only_counted_again(pictures: Path, on_ray: Any, ray: StandIn) -> None:
    first = on_ray(pictures)
    ray.began = []
    assert on_ray(pictures, resume=True).tally == first.tally
    assert ray.began == []


def test_other_options_do_not_continue_a_prediction(pictures: Path, on_ray: Any) -> None:
    on_ray(pictures)
    with pytest.raises(ConfigError, match="predicted with other options"):
        on_ray(pictures, resume=True, top=2)


def test_a_damaged_shard_is_named(pictures: Path, on_ray: Any, tmp_path: Path) -> None:
    on_ray(pictures)
    (tmp_path / "answers" / _NAMES[1]).write_bytes(b"PAR1 no more")
    with pytest.raises(DataError, match=f"{_NAMES[1]}: no shard of a prediction that can be read"):
        on_ray(pictures, resume=True)


def test_arrays_and_parquet_are_predicted_too(pictures: Path, on_ray: Any, alone: Any, tmp_path: Path) -> None:
    arrays = np.arange(10 * 64, dtype=np.uint8).reshape(10, 8, 8, 1)
    on_ray(arrays, "of arrays")
    assert rows_of(tmp_path / "of arrays").equals(alone(arrays))
    rows = [{"image": {"bytes": path.read_bytes(), "path": path.name}} for path in sorted(pictures.iterdir())]
    folder = tmp_path / "parquet"
    folder.mkdir()
    names = ("train-00000-of-00002", "train-00001-of-00002", "test-00000-of-00001")
    for name, some in zip(names, (rows[:4], rows[4:8], rows[8:]), strict=True):  # a shard begins in each, and in two
        pq.write_table(pa.Table.from_pylist(some), folder / f"{name}.parquet", row_group_size=2)
    on_ray(folder, "of parquet")
    assert rows_of(tmp_path / "of parquet").equals(alone(folder))


def test_a_worker_finds_everything_from_another_folder(
    *, pictures: Path, brightness_model: Path, ray: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begin = ShardWorker.__init__

    def elsewhere(self: ShardWorker, take_job: Any) -> None:
        os.chdir("/")
        begin(self, take_job)

    monkeypatch.setattr(ShardWorker, "__init__", elsewhere)
    found = predict(brightness_model, "new", "answers", on="ray", say=lambda _: None)
    assert (found.tally.unread, found.out) == (2, "answers")
    assert len([*(tmp_path / "answers").glob("part-*")]) == 4


def test_shards_stay_as_they_were_cut_at_first(
    pictures: Path, on_ray: Any, tmp_path: Path, ray: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray.stop_after = 1
    with pytest.raises(KeyboardInterrupt):
        on_ray(pictures)
    ray.stop_after, ray.began = None, []
    monkeypatch.setattr(shards, "_FEWEST_ROWS", 5)  # as a later version may cut
    assert on_ray(pictures, resume=True).rows == 10
    assert ray.began == [2, 1, 0]


def test_a_shard_of_another_prediction_is_not_read_with_these(pictures: Path, on_ray: Any, tmp_path: Path) -> None:
    on_ray(pictures)
    (tmp_path / "answers" / "part-00000-of-00009.parquet").write_bytes(b"")
    with pytest.raises(ConfigError, match=r"it holds part-00000-of-00009\.parquet of another prediction"):
        on_ray(pictures, resume=True)


def test_a_worker_that_lacks_something_reports_it_and_lives(pictures: Path, on_ray: Any, tmp_path: Path) -> None:
    job: Any = SimpleNamespace(out=tmp_path / "answers", cores=1, refuse_machine=_refuse)
    (report,) = ShardWorker(lambda: job)({"number": [0], "content": [b""]})["report"]
    with pytest.raises(ConfigError, match="not here"):
        report_in(report)


def _refuse(store: object) -> None:
    raise ConfigError("not here")


@pytest.mark.parametrize(("wanted", "shards", "count"), [(None, 10, 4), (None, 3, 3), (2, 10, 2), (4, 3, 3)])
def test_there_are_as_many_workers_as_are_wanted_and_have_work(wanted: int | None, shards: int, count: int) -> None:
    assert predict_shards._fewer(Places(4, 2), wanted, shards) == Places(count, 2)


def test_more_workers_than_a_cluster_has_room_for_are_refused() -> None:
    with pytest.raises(ConfigError, match="--workers 5: the Ray cluster has room for 4 workers of 2 cores. Give fewer"):
        predict_shards._fewer(Places(4, 2), 5, 10)


def test_an_archive_is_refused_before_ray_starts(pictures: Path, on_ray: Any, tmp_path: Path, ray: StandIn) -> None:
    shutil.make_archive(str(tmp_path / "packed"), "zip", pictures)
    with pytest.raises(DataError, match=r"packed\.zip: an archive, which one process reads"):
        on_ray(tmp_path / "packed.zip")
    assert ray.memory is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"version": "0.0.1"}, "and the machine that asks 0.0.1. Install the same on all."),
        (
            {"data": NeededData((Path("/no/such/data"),))},
            "does not see /no/such/data. Expected all of them to see the pictures",
        ),
        ({"out": Path("/no/such/out")}, "does not see the folder .*/no/such/out that the predictions go to"),
    ],
)
def test_a_machine_that_lacks_something_ends_the_prediction(
    change: dict[str, Any], words: str, pictures: Path, on_ray: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Elsewhere(ShardJob):
        def __init__(self, *facts: Any) -> None:
            super().__init__(*facts)
            for name, value in change.items():
                object.__setattr__(self, name, value)

    monkeypatch.setattr(predict_shards, "ShardJob", Elsewhere)
    with pytest.raises(ConfigError, match=words):
        on_ray(pictures)


def test_pictures_that_this_process_alone_has_open_cannot_be_sent() -> None:
    store: Any = SimpleNamespace(root="the data set")
    with pytest.raises(DataError, match="the data set: it is open in this process alone"):
        packed([(("1",), FilePictures(store, ["1"]))])


def test_a_table_s_missing_files_are_sent_with_the_others(pictures: Path) -> None:
    listed = ListedPictures(Location(pictures), ["1.png", None, "2.png"], {1: "missing"})
    ((ids, again),) = pickle.loads(packed([(("a", "b", "c"), listed)]))
    (batch,) = decoded_alone(again, DecodeSettings(height=8, width=8, channels=1), 10)
    assert (ids, batch.kept.tolist(), batch.quarantined) == (("a", "b", "c"), [0, 2], {1: "missing"})
    assert batch.images[:, 0, 0, 0].tolist() == [25, 50]


@pytest.fixture
def memory() -> Iterator[Any]:
    """A file system in memory, in the place of a bucket."""
    system = pytest.importorskip("fsspec").filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def test_pictures_of_a_bucket_go_into_a_bucket(pictures: Path, on_ray: Any, alone: Any, memory: Any) -> None:
    for path in pictures.iterdir():
        memory.pipe_file(f"/bucket/new/{path.name}", path.read_bytes())
    found = on_ray("memory://bucket/new", "memory://bucket/answers")
    assert found.out == "memory://bucket/answers"
    files = sorted(name for name in memory.ls("/bucket/answers", detail=False) if name.endswith(".parquet"))
    rows = pa.concat_tables([pq.read_table(memory.open(name)) for name in files])
    assert rows.replace_schema_metadata(None).equals(alone(pictures))


def test_a_machine_fetches_parquet_of_a_bucket_by_itself(
    *, pictures: Path, on_ray: Any, alone: Any, memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    rows = [{"image": {"bytes": path.read_bytes(), "path": path.name}} for path in sorted(pictures.iterdir())]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "new.parquet")
    memory.pipe_file("/bucket/sets/new.parquet", (tmp_path / "new.parquet").read_bytes())
    begin = ShardWorker.__init__

    def elsewhere(self: ShardWorker, take_job: Any) -> None:
        shutil.rmtree(tmp_path / "cache" / "remote")
        begin(self, take_job)

    monkeypatch.setattr(ShardWorker, "__init__", elsewhere)
    on_ray("memory://bucket/sets/new.parquet")
    assert rows_of(tmp_path / "answers").equals(alone(tmp_path / "new.parquet"))


def test_a_folder_inside_a_lone_folder_is_found(on_ray: Any, pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "around").mkdir()
    pictures.rename(tmp_path / "around" / "new")
    assert on_ray(tmp_path / "around").tally.unread == 2


def test_a_model_can_be_sent_to_another_process(brightness_classifier: Classifier) -> None:
    pictures = np.full((2, 8, 8, 1), 200, np.uint8)
    again = pickle.loads(pickle.dumps(brightness_classifier))
    assert np.array_equal(again.probabilities(pictures), brightness_classifier.probabilities(pictures))
    assert again.card == brightness_classifier.card
    in_torch = Classifier(brightness_classifier._parts, "torch")
    assert pickle.loads(pickle.dumps(in_torch)).engine == "torch"


@pytest.mark.parametrize("data", ["new", "new/3.png"])
def test_the_place_of_pictures_does_not_depend_on_the_folder_of_the_process(
    data: str, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sent = Location(Path(data)).only(["3.png"])
    monkeypatch.chdir("/")
    assert sent.entries() == ["3.png"]
    assert sent.read("3.png") == (pictures / "3.png").read_bytes()
