"""Predict a data set on the workers of Ray, through Ray Data: shards of pictures in, a Parquet file a shard out.

Ray Data places the shards, starts a worker again that dies, and gives its shard to a worker once more. It writes no
file itself: its own `write_parquet` names files by a random number for each run and task, so work that is cut off and
started again leaves rows twice. Here the name of a file follows from its pictures alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.from_lists import ListedPictures
from onelook.data.pictures.protocol import OnProgress, Pictures
from onelook.data.remote.addresses import is_url
from onelook.distributed.request import RayOptions, Say
from onelook.distributed.shard_store import ShardStore, open_store
from onelook.distributed.shards import RECORD, Shard, foreign_shards, plan_shards, read_record, settle_plan
from onelook.distributed.worker import (
    FromRay,
    NeededData,
    ShardJob,
    ShardReport,
    ShardWorker,
    packed,
    report_in,
    report_of_file,
)
from onelook.errors import ConfigError, in_words
from onelook.evaluation.prediction.batch import PredictionOptions, PredictionTally
from onelook.optional_packages import import_ray_data
from onelook.ray_cluster import LOCAL_WORKERS, Places, connected, places_of
from onelook.runtime import versions
from onelook.wording import counted, listed

if TYPE_CHECKING:
    from onelook.classifier import Classifier

# Ray keeps the model in it, and the names of the pictures; the pixels of arrays too, for which it uses the disk.
_STORE_BYTES = 200 << 20
_MOST_RESTARTS = 8  # of a worker: what kills it again and again, such as too little memory, ends the prediction
_WAITING = 2  # shards of a worker: the one that it predicts, and the next one


@dataclass(frozen=True)
class PredictedShards:
    """A prediction that is written.

    Attributes:
        out: the folder or the URL of its files.
        files: their number.
        tally: the counts of all pictures.
        judged: how many pictures were compared with those that the model learnt from.
        unlike: how many of these are unlike them.
    """

    out: str
    files: int
    tally: PredictionTally
    judged: int = 0
    unlike: int = 0


class ShardedPrediction:
    """A prediction of a data set in shards, into one place.

    Args:
        classifier: the model.
        dataset: the data.
        out: the folder or the URL for the files.
        options: what is written of each picture.
        about: what decides the predictions, by its name in messages.
        address: of the data, if it is one.
        resume: whether the shards of an earlier command are kept.

    Raises:
        ConfigError: nothing can be written there, or something else is there.
    """

    def __init__(
        self,
        classifier: Classifier,
        dataset: Dataset,
        out: str | Path,
        options: PredictionOptions,
        about: Mapping[str, str],
        *,
        address: str | None = None,
        resume: bool = False,
    ) -> None:
        self._classifier, self._dataset, self._options, self._address = classifier, dataset, options, address
        self._out: str | Path = out if is_url(out) else Path(out).absolute()
        self._store: ShardStore = open_store(out)
        plan = plan_shards(dataset.rows, about)
        names = self._store.names()
        earlier = None
        if RECORD in names:
            with self._store.open(RECORD) as file:
                earlier = read_record(file.read(), f"{self._store.where}/{RECORD}")
        settle_plan(plan, names, earlier, self._store.where, resume=resume)
        self.plan = plan if earlier is None else earlier.plan
        if strange := foreign_shards(self.plan, names):
            raise ConfigError(f"{self._store.where}: it holds {listed(strange, most=3)} of another prediction.")
        self.done = self.plan.done(names)
        if earlier is None:
            self._store.write(RECORD, self.plan.record(status="running"))

    def run(self, where: RayOptions, say: Say, on_progress: OnProgress | None = None) -> PredictedShards:
        """Predict the shards that are not done, and return what all of them say.

        Raises:
            ConfigError: no cluster answers, a machine of it does not see the data, or a worker died again and again.
            DataError: no picture can be read, or not by several processes.
        """
        found = self._earlier()
        missing = [shard for shard in self.plan.shards if shard.number not in found]
        if found:
            say(f"{len(found):,} of {counted(self.plan.count, 'shard')} are done already")
        rows = sum(report.tally.rows for report in found.values())
        if on_progress is not None:
            on_progress(0, self.plan.rows)
        try:
            for report in self._on_workers(missing, where, say) if missing else ():
                found[report.number] = report
                rows += report.tally.rows
                if on_progress is not None:
                    on_progress(rows, self.plan.rows)
        except KeyboardInterrupt as stopped:
            done = f"{len(found):,} of {counted(self.plan.count, 'shard')} in {self._store.where} are done"
            raise KeyboardInterrupt(f"{done}. The same command continues with --resume.") from stopped
        return self._finish([found[number] for number in sorted(found)])

    def _earlier(self) -> dict[int, ShardReport]:
        """Return the reports of the shards that are done."""
        found: dict[int, ShardReport] = {}
        for number in self.done:
            name = self.plan.file_name(number)
            with self._store.open(name) as file:
                found[number] = report_of_file(file, f"{self._store.where}/{name}")
        return found

    def _on_workers(self, shards: Sequence[Shard], where: RayOptions, say: Say) -> Iterator[ShardReport]:
        # Before Ray starts: pictures that no other process can read are refused at once.
        rows = [{"number": shard.number, "content": packed(self._pieces(shard))} for shard in shards]
        ray = import_ray_data("onelook predict --on ray")
        local = where.workers or LOCAL_WORKERS
        with connected(ray, where.address, workers=local, memory_bytes=_STORE_BYTES) as known:
            places = _fewer(known or places_of(ray, wants_gpu=False, purpose="predict on"), where.workers, len(shards))
            say(f"on Ray: {places.in_words('shard')}")
            yield from _reports(ray, rows, FromRay.of(self._job(places)), places, self._store.where)

    def _job(self, places: Places) -> ShardJob:
        data = NeededData(_folders(self._dataset), self._address)
        own = versions()["onelook"]
        return ShardJob(self._classifier, self._options, self._out, self.plan, data, own, places.cores)

    def _pieces(self, shard: Shard) -> Iterator[tuple[Sequence[str], Pictures]]:
        """Yield the pictures of a shard; those of each part of the data by themselves."""
        before = 0
        for part in self._dataset.parts.values():
            start, stop = max(0, shard.start - before), min(len(part), shard.stop - before)
            if start < stop:
                yield _slice(part, start, stop)
            before += len(part)

    def _finish(self, reports: Sequence[ShardReport]) -> PredictedShards:
        tally = PredictionTally(self._classifier.class_names, self._options.reject_below)
        for report in reports:
            tally.add_all(report.tally)
        unreadable = [{"id": name, "reason": reason} for name, reason in tally.unreadable.items()]
        facts = {"class_counts": tally.class_counts, "not_sure": tally.not_sure, "unreadable": unreadable}
        self._store.write(RECORD, self.plan.record(status="complete", **facts))
        judged, unlike = sum(report.judged for report in reports), sum(report.unlike for report in reports)
        return PredictedShards(self._store.where, self.plan.count, tally, judged, unlike)


def _folders(dataset: Dataset) -> tuple[Path, ...]:
    """Return a folder on disk of each part that has its pictures in files."""
    files = [
        part.pictures.first_file
        for part in dataset.parts.values()
        if isinstance(part.pictures, FilePictures | ListedPictures)
    ]
    return tuple(file.absolute().parent for file in files if file is not None)


def _slice(part: Part, start: int, stop: int) -> tuple[Sequence[str], Pictures]:
    rows = np.arange(start, stop)
    return list(part.ids[start:stop]), part.pictures.take(rows)


def _fewer(places: Places, wanted: int | None, shards: int) -> Places:
    """Return as many places as are wanted, and no more than there are shards.

    Raises:
        ConfigError: the cluster has no room for so many.
    """
    if wanted is not None and wanted > places.count:
        raise ConfigError(
            f"--workers {wanted}: the Ray cluster has room for {counted(places.count, 'worker')} of "
            f"{counted(places.cores, 'core')}. Give fewer."
        )
    return replace(places, count=min(wanted or places.count, shards))


def _reports(
    ray: Any, rows: Sequence[dict[str, object]], job: FromRay, places: Places, where: str
) -> Iterator[ShardReport]:
    """Yield the report of each shard when its file is written."""
    from ray.data import ActorPoolStrategy, from_items

    shards = from_items(list(rows), override_num_blocks=len(rows))
    reports = shards.map_batches(
        ShardWorker,
        batch_size=1,
        compute=ActorPoolStrategy(size=places.count, max_tasks_in_flight_per_actor=_WAITING),
        fn_constructor_args=(job,),
        num_cpus=places.cores,
        max_restarts=_MOST_RESTARTS,
    )
    try:
        for row in reports.iter_rows():
            yield report_in(row["report"])
    except ray.exceptions.RayError as problem:
        reason = in_words(getattr(problem, "cause", None) or problem)
        raise ConfigError(
            f"a worker of the Ray cluster failed ({type(problem).__name__}: {reason}): perhaps it was out of memory, "
            f"or its machine was lost. The shards in {where} that are done are kept: continue with --resume."
        ) from problem
