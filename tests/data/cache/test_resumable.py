"""An entry that grows: what a process that was stopped has left is gone on with, as far as it can be relied on."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest

from onelook.data.cache import lock, resumable
from onelook.data.cache.entries import entry_folder, read_entry
from onelook.data.cache.lock import exclusive_lock
from onelook.data.cache.resumable import BatchWriter, resumable_entry
from onelook.errors import DataError

SHAPE = (2, 2)


def rows(*values: int) -> np.ndarray:
    """A picture of one value for each."""
    return np.broadcast_to(np.array(values, np.uint8)[:, None, None], (len(values), *SHAPE))


def begin(*batches: np.ndarray) -> None:
    """Writes the batches, noted as 0, 1, …, and is stopped."""

    def stopped() -> None:
        with resumable_entry("k", SHAPE) as writer:
            for note, batch in enumerate(batches):
                writer.append(batch, note)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()


def go_on(*batches: np.ndarray) -> list[int]:
    """Adds batches to the end; the notes that were there at the beginning."""
    with resumable_entry("k", SHAPE) as writer:
        notes = list(writer.notes)
        for batch in batches:
            writer.append(batch, "later")
    return notes


def values() -> list[int]:
    """The value of each picture of the finished entry."""
    found = read_entry("k")
    assert found is not None
    return found.pictures[:, 0, 0].tolist()


def beginning() -> Path:
    return entry_folder("k.unfinished")


def test_batches_that_were_left_are_there_and_others_follow() -> None:
    begin(rows(1, 2), rows(), rows(3))
    assert read_entry("k") is None
    assert go_on(rows(4)) == [0, 1, 2]
    assert values() == [1, 2, 3, 4]
    assert sorted(path.name for path in entry_folder("k").iterdir()) == ["entry.json", "pictures.npy"]


def test_it_may_be_stopped_again_and_again() -> None:
    begin(rows(1))
    begin(rows(2), rows(3))
    assert go_on() == [0, 0, 1]
    assert values() == [1, 2, 3]


def test_each_time_all_that_was_there_before_is_still_there() -> None:
    begin(rows(1), rows(2, 3))
    begin(rows(4))
    begin()
    begin(rows(5), rows(6))
    assert go_on(rows(7)) == [0, 1, 0, 0, 1]
    assert values() == [1, 2, 3, 4, 5, 6, 7]


def test_no_line_of_the_journal_is_there_before_its_rows() -> None:
    with resumable_entry("k", SHAPE) as writer:
        header = (beginning() / "pictures.npy").stat().st_size
        for count in (1, 2, 3):
            writer.append(rows(count), count)
            # As a process that is killed now leaves them, whatever it had in memory.
            lines = (beginning() / "journal.jsonl").read_text().splitlines()
            assert [json.loads(line)["note"] for line in lines] == list(range(1, count + 1))
            size = (beginning() / "pictures.npy").stat().st_size
            assert size >= header + 4 * count
            assert (beginning() / "pictures.npy").read_bytes().endswith(bytes([count] * 4))


def test_a_beginning_without_a_picture_leaves_nothing(cache_folder: Path) -> None:
    begin(rows(), rows())
    assert list((cache_folder / "pictures").iterdir()) == []


def test_neither_a_batch_without_a_note_nor_what_follows_is_gone_on_with() -> None:
    def stopped() -> None:
        with resumable_entry("k", SHAPE) as writer:
            for batch, note in ((rows(1), "a"), (rows(2), None), (rows(2), "c")):  # the third is as the second
                writer.append(batch, note)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert go_on(rows(4)) == ["a"]
    assert values() == [1, 4]


def pictures_cut() -> None:
    path = beginning() / "pictures.npy"
    path.write_bytes(path.read_bytes()[:-3])


def pictures_blank() -> None:
    path = beginning() / "pictures.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-4] + bytes(4))


def line_cut() -> None:
    path = beginning() / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-4])


def line_of_zeros() -> None:
    path = beginning() / "journal.jsonl"
    *lines, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines) + bytes(len(last)))


def line_of_something_else() -> None:
    path = beginning() / "journal.jsonl"
    *lines, _ = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines) + b"[1, 2]\n")


def line_of_a_forged_count() -> None:
    path = beginning() / "journal.jsonl"
    *lines, last = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines) + json.dumps(json.loads(last) | {"rows": 10**12}).encode() + b"\n")


@pytest.mark.parametrize(
    "damage", [pictures_cut, pictures_blank, line_cut, line_of_zeros, line_of_something_else, line_of_a_forged_count]
)
def test_what_cannot_be_relied_on_is_made_again(damage: Callable[[], None]) -> None:
    begin(rows(1, 2), rows(3))
    damage()
    assert go_on(rows(7)) == [0]
    assert values() == [1, 2, 7]


def test_rows_that_the_journal_does_not_know_are_dropped() -> None:
    begin(rows(1))
    with (beginning() / "pictures.npy").open("ab") as file:
        file.write(b"the process was killed here")
    assert go_on(rows(2)) == [0]
    assert values() == [1, 2]


def test_whoever_comes_second_works_on_its_own(cache_folder: Path) -> None:
    with resumable_entry("k", SHAPE) as first:
        first.append(rows(1), "first")
        with resumable_entry("k", SHAPE) as second:
            assert second.notes == []
            second.append(rows(1), "second")
            second.append(rows(2), "second")
        assert values() == [1, 2]
        first.append(rows(2), "first")
    assert values() == [1, 2]
    assert [path.name for path in (cache_folder / "pictures").iterdir()] == ["k"]


def test_a_full_disk_is_told_and_what_was_written_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = [OSError(errno.ENOSPC, "No space left on device")]
    real_fsync = os.fsync

    def full(file: int) -> None:  # once: what follows must not hide it
        if refusals:
            raise refusals.pop()
        real_fsync(file)

    def fill() -> None:
        with resumable_entry("k", SHAPE) as writer:
            writer.append(rows(1), 0)

    monkeypatch.setattr(resumable, "_FLUSHED_BYTES", 1)
    with monkeypatch.context() as broken:
        broken.setattr(resumable.os, "fsync", full)
        with pytest.raises(DataError, match=r"cannot be written \(No space left on device\). Make room there"):
            fill()
        assert read_entry("k") is None  # not named finished by rows that never reached the disk
    assert go_on() == [0]
    assert values() == [1]


def test_facts_and_columns_belong_to_the_entry() -> None:
    def write(writer: BatchWriter) -> None:
        writer.append(rows(1, 2), 0)
        writer.entry.facts = {"made": "here"}
        writer.entry.columns = {"heights": np.array([5, 6])}

    with resumable_entry("k", SHAPE) as writer:
        write(writer)
    found = read_entry("k")
    assert found is not None
    assert found.facts == {"made": "here"}
    assert found.columns["heights"].tolist() == [5, 6]


def test_a_claim_ends_with_its_block_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "work.lock"
    for _ in range(2):
        with exclusive_lock(path) as mine, exclusive_lock(path) as mine_too:
            assert (mine, mine_too) == (True, False)
            assert path.exists()
        assert not path.exists()


def test_a_file_that_a_killed_process_left_claims_nothing(tmp_path: Path) -> None:
    (tmp_path / "work.lock").touch()
    with exclusive_lock(tmp_path / "work.lock") as mine:
        assert mine


def test_a_lock_on_a_file_that_its_holder_has_removed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, locked = tmp_path / "work.lock", lock._locked

    def once_its_holder_has_gone(file: BinaryIO) -> bool:
        path.unlink()  # and another has made a new one, between our opening of the old one and our lock on it
        path.touch()
        return locked(file)

    monkeypatch.setattr(lock, "_locked", once_its_holder_has_gone)
    with exclusive_lock(path) as mine:
        assert not mine
    assert path.exists()  # it is the other's


def test_rows_are_flushed_whenever_so_many_bytes_have_come_since_the_last_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resumable, "_FLUSHED_BYTES", 100)
    flushed: list[int] = []
    monkeypatch.setattr(resumable.os, "fsync", flushed.append)
    counts = []
    with resumable_entry("b" * 40, (60,)) as writer:
        journal = writer._journal
        assert journal is not None
        for number in range(5):
            writer.append(np.full((1, 60), number, np.uint8), "note")
            if journal._flushing is not None:
                journal._flushing.result()
            counts.append(len(flushed))
    assert counts == [0, 1, 1, 2, 2]
