"""Predict the pictures of a shard in a worker of a cluster, and write its file."""

from __future__ import annotations

import json
import pickle
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from onelook import errors
from onelook.classifier.inputs import in_model_values
from onelook.data.pictures.decoding.in_batches import decoded_alone
from onelook.data.pictures.protocol import Pictures
from onelook.data.remote.folder import fetch
from onelook.distributed.shard_store import ShardStore, open_store
from onelook.distributed.shards import RECORD, ShardPlan, read_record
from onelook.errors import ConfigError, DataError, OnelookError
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions, PredictionTally
from onelook.evaluation.prediction.files import arrow_table
from onelook.evaluation.prediction.stream import predict_batch
from onelook.predictors.predictor import network_batch_size
from onelook.runtime import hold_cores, versions

if TYPE_CHECKING:
    from onelook.classifier import Classifier

_METADATA = b"onelook"  # of a Parquet file's schema
_Piece = tuple[Sequence[str], Pictures]  # ids and pictures of one part of the data


@dataclass
class ShardReport:
    """The counts of a shard whose file is written. The file keeps them too, beside its columns.

    Attributes:
        number: of the shard.
        tally: the counts of its pictures.
        judged: how many pictures were compared with those that the model learnt from.
        unlike: how many of these are unlike them.
    """

    number: int
    tally: PredictionTally
    judged: int = 0
    unlike: int = 0

    def to_json(self) -> str:
        """Return the report as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> ShardReport:
        """Return the report that `to_json` wrote."""
        facts = json.loads(text)
        return cls(**{**facts, "tally": PredictionTally(**facts["tally"])})


@dataclass(frozen=True)
class NeededData:
    """The data as far as it lies on disk.

    Attributes:
        folders: of its files.
        address: from where they were fetched into the cache; None if they were not.
    """

    folders: tuple[Path, ...]
    address: str | None = None

    def missing(self) -> list[Path]:
        """Return the folders that this machine does not see, after it has fetched what it can."""
        missing = [folder for folder in self.folders if not folder.is_dir()]
        if missing and self.address is not None:
            fetch(self.address)
            missing = [folder for folder in missing if not folder.is_dir()]
        return missing


@dataclass(frozen=True)
class ShardJob:
    """All that a worker needs besides the pictures of a shard. It is sent once, so that no machine needs the model.

    Attributes:
        classifier: the model.
        options: what is written of each picture.
        out: the folder or the URL of the files.
        plan: the shards.
        data: what every machine has to see.
        version: of onelook on the machine that asks.
        cores: of a worker.
    """

    classifier: Classifier
    options: PredictionOptions
    out: str | Path
    plan: ShardPlan
    data: NeededData
    version: str
    cores: int

    def refuse_machine(self, store: ShardStore) -> None:
        """Check that this machine sees what it needs.

        Raises:
            ConfigError: it has another onelook, or does not see a path or the record of this prediction.
        """
        machine = f"machine {platform.node()} of the Ray cluster"
        if (own := versions()["onelook"]) != self.version:
            raise ConfigError(
                f"{machine} has onelook {own}, and the machine that asks {self.version}. Install the same on all."
            )
        if missing := self.data.missing():
            raise ConfigError(
                f"{machine} does not see {missing[0]}. Expected all of them to see the pictures under the same path: "
                "put them on a shared file system or in a bucket."
            )
        try:
            with store.open(RECORD) as file:
                there = read_record(file.read(), f"{store.where}/{RECORD}").plan
        except OSError:
            there = None
        if there != self.plan:
            raise ConfigError(
                f"{machine} does not see the folder {store.where} that the predictions go to. Expected all of them to "
                "see it under the same path: put it on a shared file system, or name a bucket."
            )


@dataclass(frozen=True)
class FromRay:
    """Returns the job that `of` has put into Ray's object store.

    Attributes:
        reference: to the job, pickled. As an object of Ray's, Ray would print a warning on each worker: that it cannot
            be started again once the object is gone. Pickled, it keeps the object while the asking process lives.
    """

    reference: bytes

    @classmethod
    def of(cls, job: ShardJob) -> FromRay:
        """Put the job into Ray's object store."""
        import ray

        reference: bytes = ray.cloudpickle.dumps(ray.put(job))  # type: ignore[no-untyped-call]
        return cls(reference)

    def __call__(self) -> ShardJob:
        import ray

        job: ShardJob = ray.get(ray.cloudpickle.loads(self.reference))
        return job


class ShardWorker:
    """Predicts shards, one after the other. Ray Data makes one in each worker, which then has the model."""

    def __init__(self, take_job: Callable[[], ShardJob]) -> None:
        """Take the job.

        Args:
            take_job: returns it; a `FromRay` in a cluster.
        """
        self._job = job = take_job()
        hold_cores(job.cores)
        self._refused: OnelookError | None = None
        try:
            self._store = open_store(job.out)
            job.refuse_machine(self._store)
        except OnelookError as problem:  # an error in here would make Ray start the worker again, without end
            self._refused = problem

    def __call__(self, shards: Mapping[str, Sequence[Any]]) -> dict[str, list[str]]:
        """Predict some shards and write their files.

        Args:
            shards: their numbers, and what `packed` made of their pictures.

        Returns:
            a report of each; or an error, as its class and its text.
        """
        reports = [self._report(*shard) for shard in zip(shards["number"], shards["content"], strict=True)]
        return {"report": reports}

    def _report(self, number: int, content: bytes) -> str:
        try:
            if self._refused is not None:
                raise self._refused
            pieces: list[_Piece] = pickle.loads(content)
            return self._predict(int(number), pieces).to_json()
        except OnelookError as problem:
            return json.dumps({"refused": str(problem), "kind": type(problem).__name__})

    def _predict(self, number: int, pieces: Iterable[_Piece]) -> ShardReport:
        job = self._job
        report = ShardReport(number, PredictionTally(job.classifier.class_names, job.options.reject_below))
        batches: list[PredictedBatch] = []
        for ids, pictures in pieces:
            for batch in predict_alone(job.classifier, ids, pictures, job.options):
                batches.append(batch)
                report.tally.add(batch)
                if batch.unlike is not None:
                    report.judged += int(batch.is_read.sum())
                    report.unlike += int(batch.unlike.sum())
        self._store.write(job.plan.file_name(number), shard_file(batches, job.options, report))
        return report


def packed(pieces: Iterable[_Piece]) -> bytes:
    """Return the pictures of a shard, or where they are, as bytes that a worker can read.

    Raises:
        DataError: another machine cannot read them by itself.
    """
    return pickle.dumps(list(pieces), protocol=5)


def report_in(text: str) -> ShardReport:
    """Return the report of a worker.

    Raises:
        OnelookError: the one that it met.
    """
    facts = json.loads(text)
    if "refused" in facts:
        raise getattr(errors, facts["kind"], DataError)(facts["refused"])
    return ShardReport.from_json(text)


def predict_alone(
    classifier: Classifier, ids: Sequence[str], pictures: Pictures, options: PredictionOptions
) -> Iterable[PredictedBatch]:
    """Yield the predictions of some pictures of a part, as a prediction of the whole data set makes them."""
    decode = classifier.decode
    rows = network_batch_size(1, decode.height, decode.width)
    prepare = partial(in_model_values, card=classifier.card)
    start = 0
    for decoded in decoded_alone(pictures, decode, rows, prepare):
        batch, _ = predict_batch(classifier, ids[start : start + rows], decoded, options)
        yield batch
        start += rows


def shard_file(batches: Sequence[PredictedBatch], options: PredictionOptions, report: ShardReport) -> bytes:
    """Return the Parquet file of a shard: its rows, and its report as a fact about the file."""
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.concat_tables([arrow_table(batch, options) for batch in batches])
    table = table.replace_schema_metadata({_METADATA: report.to_json().encode()})
    file = BytesIO()
    parquet.write_table(table, file, compression="zstd", row_group_size=max(1, len(table)))
    return file.getvalue()


def report_of_file(file: BinaryIO, where: str) -> ShardReport:
    """Return the report that a shard's file keeps; its rows are not read.

    Raises:
        DataError: the file is damaged, or is no shard.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        metadata = parquet.read_schema(file).metadata or {}
        return ShardReport.from_json(metadata[_METADATA])
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as problem:
        raise DataError(
            f"{where}: no shard of a prediction that can be read. Remove the file and add --resume to predict its "
            "pictures again."
        ) from problem
