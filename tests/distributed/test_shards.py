"""Which pictures each shard has, which shards are done, and what an earlier command in the same place allows."""

from __future__ import annotations

import json

import pytest

from onelook.distributed.shards import (
    RECORD,
    Earlier,
    Shard,
    ShardPlan,
    foreign_shards,
    plan_shards,
    read_record,
    settle_plan,
)
from onelook.errors import ConfigError

PLAN = ShardPlan(rows=250, rows_each=100, about={"model": "a", "data": "b"})
NAMES = ["part-00000-of-00003.parquet", "part-00002-of-00003.parquet", RECORD]


def test_shards_have_every_row_once_and_in_order() -> None:
    assert PLAN.shards == [Shard(0, 0, 100), Shard(1, 100, 200), Shard(2, 200, 250)]
    assert [PLAN.file_name(each.number) for each in PLAN.shards] == [
        "part-00000-of-00003.parquet",
        "part-00001-of-00003.parquet",
        "part-00002-of-00003.parquet",
    ]


@pytest.mark.parametrize(
    ("rows", "rows_each"), [(1, 64), (64, 64), (65, 64), (2_048, 64), (2_049, 128), (100_000, 3136), (10_000_000, 4096)]
)
def test_the_cut_depends_on_the_number_of_rows_alone(rows: int, rows_each: int) -> None:
    plan = plan_shards(rows, {})
    assert plan.rows_each == rows_each
    assert sum(shard.stop - shard.start for shard in plan.shards) == rows


def test_shards_are_done_whose_own_file_is_there() -> None:
    assert PLAN.done([*NAMES, "part-00001-of-00004.parquet", ".part-00001-of-00003.parquet.1a2b"]) == [0, 2]
    assert foreign_shards(PLAN, [*NAMES, "part-00001-of-00004.parquet", "mine.parquet"]) == [
        "part-00001-of-00004.parquet"
    ]


def test_a_record_is_read_as_it_was_written() -> None:
    assert read_record(PLAN.record(status="running"), "there") == Earlier(PLAN, False)
    assert read_record(PLAN.record(status="complete", class_counts={"cat": 3}), "there") == Earlier(PLAN, True)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"version": 1, "rows": "x", "rows_each": 1, "about": {}}'])
def test_a_damaged_record_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigError, match=r"s3://b/_onelook\.json: damaged\. .* remove this one to begin anew"):
        read_record(content, "s3://b/_onelook.json")


def test_a_record_of_a_later_version_is_refused() -> None:
    later = json.dumps({**json.loads(PLAN.record()), "version": 2}).encode()
    with pytest.raises(ConfigError, match="of version 2, and this onelook writes 1"):
        read_record(later, "there")


def test_an_empty_place_is_taken_and_one_with_other_files_is_not() -> None:
    settle_plan(PLAN, ["notes.txt"], None, "out", resume=False)
    settle_plan(PLAN, [], None, "out", resume=True)
    with pytest.raises(ConfigError, match=r"out: it holds mine\.parquet already\. Expected an empty folder"):
        settle_plan(PLAN, ["mine.parquet"], None, "out", resume=True)


def test_an_earlier_prediction_is_continued_only_if_that_is_asked_for() -> None:
    earlier = Earlier(PLAN, False)
    settle_plan(PLAN, NAMES, earlier, "out", resume=True)
    with pytest.raises(ConfigError, match=r"out: it holds 2 of 3 shards of a prediction that was cut off\. Add --resu"):
        settle_plan(PLAN, NAMES, earlier, "out", resume=False)
    with pytest.raises(ConfigError, match=r"out: it holds all of a prediction\. Name another folder, or remove this"):
        settle_plan(PLAN, NAMES, Earlier(PLAN, True), "out", resume=False)


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (ShardPlan(250, 100, {"model": "z", "data": "b"}), "other model"),
        (ShardPlan(250, 100, {"model": "z", "data": "z"}), "other model and other data"),
        (ShardPlan(251, 100, {"model": "a", "data": "b"}), "other data"),
    ],
)
def test_another_prediction_is_not_continued(plan: ShardPlan, words: str) -> None:
    with pytest.raises(ConfigError, match=f"--resume: out holds 2 of 3 shards that were predicted with {words}\\. "):
        settle_plan(plan, NAMES, Earlier(PLAN, False), "out", resume=True)
