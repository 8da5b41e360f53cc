"""The shards of a prediction: which pictures each has, its file, and what is recorded beside the files.

The pictures are cut into shards in their order, and the cut depends on their number alone. Each shard is one file,
named by its number, and written whole or not at all. So a shard that is predicted twice, because a worker died, is
there once, and the names in a folder show which ones are missing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from onelook.errors import ConfigError
from onelook.wording import agree, counted, listed

# Its name begins with an underscore: readers of a folder of Parquet files leave such a file out.
RECORD = "_onelook.json"
RECORD_VERSION = 1
_FILE = re.compile(r"part-(?P<number>\d{5,})-of-(?P<count>\d{5,})\.parquet")

_FEWEST_ROWS = 64  # of a shard, the pictures of a batch: a shard takes a fraction of a second at least
_MOST_ROWS = 4096  # of a shard: what a worker that dies has done for nothing, ten seconds' work at 400 a second
_SHARDS = 32  # of a small data set, so that some workers end at nearly the same time


@dataclass(frozen=True)
class Shard:
    """Some pictures that follow one another: rows `start` to `stop`, without the last."""

    number: int
    start: int
    stop: int


@dataclass(frozen=True)
class ShardPlan:
    """The shards of a data set.

    Attributes:
        rows: pictures of the data set.
        rows_each: pictures of a shard; the last one may have fewer.
        about: what decides the predictions, by its name in messages: the model, the data, the options.
    """

    rows: int
    rows_each: int
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of shards."""
        return -(-self.rows // self.rows_each)

    @property
    def shards(self) -> list[Shard]:
        """All shards, in the order of the pictures."""
        return [
            Shard(number, start, min(start + self.rows_each, self.rows))
            for number, start in enumerate(range(0, self.rows, self.rows_each))
        ]

    def file_name(self, number: int) -> str:
        """Return the name of a shard's file.

        Example:
            >>> ShardPlan(rows=300, rows_each=100).file_name(1)
            'part-00001-of-00003.parquet'
        """
        return f"part-{number:05d}-of-{self.count:05d}.parquet"

    def done(self, names: Iterable[str]) -> list[int]:
        """Return the numbers of the shards whose files are among the names.

        Example:
            >>> ShardPlan(rows=300, rows_each=100).done(["part-00002-of-00003.parquet", "_onelook.json"])
            [2]
        """
        there = set(names)
        return [shard.number for shard in self.shards if self.file_name(shard.number) in there]

    def record(self, **more: object) -> bytes:
        """Return what is recorded beside the files, as JSON."""
        facts = {"version": RECORD_VERSION, "rows": self.rows, "rows_each": self.rows_each, "shards": self.count}
        return (json.dumps({**facts, "about": dict(self.about), **more}, ensure_ascii=False, indent=2) + "\n").encode()


def plan_shards(rows: int, about: Mapping[str, str]) -> ShardPlan:
    """Return the shards of so many pictures: some thirty, or more of 4,096 pictures each.

    Example:
        >>> [plan_shards(rows, {}).count for rows in (10, 2_000, 100_000, 1_000_000)]
        [1, 32, 32, 245]
    """
    wanted = -(-rows // _SHARDS)
    in_batches = -(-wanted // _FEWEST_ROWS) * _FEWEST_ROWS
    return ShardPlan(rows, max(_FEWEST_ROWS, min(_MOST_ROWS, in_batches)), about)


@dataclass(frozen=True)
class Earlier:
    """The record that an earlier command left in the place of a prediction.

    Attributes:
        plan: its shards.
        is_complete: whether all of them were done.
    """

    plan: ShardPlan
    is_complete: bool


def read_record(content: bytes, where: str) -> Earlier:
    """Return what a record says.

    Raises:
        ConfigError: it is damaged, or of a later version of onelook.
    """
    try:
        facts = json.loads(content)
        version = facts["version"]
        plan = ShardPlan(int(facts["rows"]), max(1, int(facts["rows_each"])), dict(facts["about"]))
        is_complete = facts.get("status") == "complete"
    except (ValueError, KeyError, TypeError) as problem:
        raise ConfigError(
            f"{where}: damaged. Expected what `onelook predict --on ray` writes. Name another folder, or remove this "
            "one to begin anew."
        ) from problem
    if version != RECORD_VERSION:
        raise ConfigError(
            f"{where}: of version {version}, and this onelook writes {RECORD_VERSION}. Name another folder, or "
            "continue with the version of onelook that began it."
        )
    return Earlier(plan, is_complete)


def settle_plan(plan: ShardPlan, names: Sequence[str], earlier: Earlier | None, where: str, *, resume: bool) -> None:
    """Check that a prediction may be written to a place, given what is there.

    Args:
        plan: of the prediction.
        names: the files that are there.
        earlier: what an earlier command recorded there; None if it recorded nothing.
        where: the place, for messages.
        resume: whether the shards of an earlier command are kept.

    Raises:
        ConfigError: something else is there; or a prediction is there, and it is another one or `resume` is not set.
    """
    if earlier is None:
        if files := [name for name in names if name.endswith(".parquet")]:
            raise ConfigError(
                f"{where}: it holds {listed(files, most=3)} already. Expected an empty folder, or one that is made: "
                "name another."
            )
        return
    done = len(earlier.plan.done(names))
    shards = f"{done:,} of {counted(earlier.plan.count, 'shard')}"
    if not resume:
        whole = "all of a prediction" if earlier.is_complete else f"{shards} of a prediction that was cut off"
        advice = "" if earlier.is_complete else "Add --resume to predict the others, "
        either = "Name another folder, or remove this one." if earlier.is_complete else "or name another folder."
        raise ConfigError(f"{where}: it holds {whole}. {advice}{either}")
    differing = [name for name, value in plan.about.items() if earlier.plan.about.get(name) != value]
    if differing or earlier.plan.rows != plan.rows:
        differing = differing or ["data"]
        raise ConfigError(
            f"--resume: {where} holds {shards} that {agree(done, 'was', 'were')} predicted with "
            f"{listed(f'other {name}' for name in differing)}. Type the same command again, or name another folder."
        )


def foreign_shards(plan: ShardPlan, names: Iterable[str]) -> list[str]:
    """Return files that are named like shards and are none of this plan: a reader of the folder would read them too.

    Example:
        >>> foreign_shards(ShardPlan(rows=300, rows_each=100), ["part-00000-of-00007.parquet", "notes.txt"])
        ['part-00000-of-00007.parquet']
    """
    own = {plan.file_name(shard.number) for shard in plan.shards}
    return [name for name in names if _FILE.fullmatch(name) and name not in own]
