"""Write a large file of predictions part by part, so that work that was cut off can be continued.

Beside the file `labels.csv` lies, until it is whole, the folder `labels.csv.partial`: `prediction.json` says what is
predicted, and `000000.csv`, `000001.csv` … have its rows, each with the counts of its pictures in a JSON file. A part
is written whole or not at all, so that whatever ends the process, the rows that are there are right.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import IO

from onelook.errors import ConfigError
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions, PredictionTally, join_batches
from onelook.evaluation.prediction.files import format_of
from onelook.files import atomic_path, write_bytes, write_text
from onelook.wording import counted, listed

# Rows of a part, and its bytes in memory: at 400 pictures a second it is written every twenty seconds.
_MOST_ROWS = 8192
_MOST_BYTES = 32 << 20
_ABOUT = "prediction.json"


class PredictionFile:
    """A file of predictions that grows batch by batch, and appears when it is whole.

    Args:
        path: the file; one that is there is replaced at the end.
        options: what is written of each picture.
        empty: a batch of no rows, with the classes and features of the others.
        about: what decides the rows, by its name in messages: the model, the data, the options.
        resume: whether rows of an earlier process are kept, if it wrote the same.

    Attributes:
        path: as given.
        rows: the rows of earlier processes: the number of pictures that need no prediction.
        tally: the counts of all rows so far.

    Raises:
        ConfigError: an earlier process left rows, and `resume` is not set or something differs.
    """

    def __init__(
        self,
        path: Path,
        options: PredictionOptions,
        empty: PredictedBatch,
        about: Mapping[str, str],
        *,
        resume: bool = False,
    ) -> None:
        self.path = path
        self._folder = path.with_name(f"{path.name}.partial")
        self._options = options
        self._empty = empty
        self._about = about
        self._format = format_of(path)
        self._format.check(path, empty, options)
        self._waiting: list[PredictedBatch] = []
        row_bytes = empty.probabilities.itemsize * len(empty.class_names)
        row_bytes += 0 if empty.features is None else empty.features.itemsize * empty.features.shape[1]
        self._rows_of_part = max(1, min(_MOST_ROWS, _MOST_BYTES // row_bytes))
        self.tally = PredictionTally(empty.class_names, options.reject_below)
        self._parts = 0
        for of_part in self._earlier(resume):
            self.tally.add_all(of_part)
            self._parts += 1
        self.rows = self.tally.rows

    def append(self, batch: PredictedBatch) -> None:
        """Add the next pictures."""
        self._waiting.append(batch)
        if sum(map(len, self._waiting)) >= self._rows_of_part:
            self._write_part()

    def finish(self) -> None:
        """Write the file, whole or not at all, and remove the parts."""
        rest = self._take_waiting()
        with atomic_path(self.path) as temporary, temporary.open("wb") as file:
            self._format.join(self._read_parts(rest), file, self._empty, self._options)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _take_waiting(self) -> bytes:
        """Return the rows that are in no part yet, as a part; nothing if there are none."""
        if not self._waiting:
            return b""
        batch = join_batches(self._waiting)
        self._waiting = []
        self.tally.add(batch)
        return self._format.part(batch, self._options)

    def _write_part(self) -> None:
        before, self.tally = self.tally, PredictionTally(self._empty.class_names, self._options.reject_below)
        content = self._take_waiting()
        of_part, self.tally = self.tally, before
        if not self._parts:
            write_text(self._folder / _ABOUT, json.dumps({"version": 1, **self._about}, ensure_ascii=False))
        write_bytes(self._part(self._parts), content)
        # Written last: a part counts once its counts are there.
        write_text(self._counts(self._parts), json.dumps({"bytes": len(content), "tally": asdict(of_part)}))
        self.tally.add_all(of_part)
        self._parts += 1

    def _read_parts(self, rest: bytes) -> Iterator[IO[bytes]]:
        for number in range(self._parts):
            with self._part(number).open("rb") as file:
                yield file
        if rest:
            yield BytesIO(rest)

    def _part(self, number: int) -> Path:
        return self._folder / f"{number:06d}{self.path.suffix}"

    def _counts(self, number: int) -> Path:
        return self._folder / f"{number:06d}.json"

    def _earlier(self, resume: bool) -> Iterator[PredictionTally]:
        """Yield the counts of each part that is there and continues the ones before."""
        found = list(self._whole_parts())
        if not found:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        rows = counted(sum(each.rows for each in found), "row")
        if not resume:
            raise ConfigError(
                f"{self._folder} has {rows} of a prediction that was cut off. Add --resume to continue it, or remove "
                "the folder to begin anew."
            )
        differing = self._differing()
        if differing:
            raise ConfigError(
                f"--resume: {self._folder} has {rows} that were predicted with {listed(differing)}. Type the same "
                "command again, or remove the folder to begin anew."
            )
        yield from found

    def _whole_parts(self) -> Iterator[PredictionTally]:
        for number in count():
            try:
                counts = json.loads(self._counts(number).read_text(encoding="utf-8"))
                is_whole = self._part(number).stat().st_size == counts["bytes"]
                tally = PredictionTally(**counts["tally"])
            except (OSError, ValueError, KeyError, TypeError):
                return
            if not is_whole:
                return
            yield tally

    def _differing(self) -> list[str]:
        """Return what differs from the earlier process."""
        try:
            earlier = json.loads((self._folder / _ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            earlier = {}
        if not isinstance(earlier, dict):
            earlier = {}
        return [f"other {name}" for name, value in self._about.items() if earlier.get(name) != value]
