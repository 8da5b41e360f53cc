"""What is on the disk, and in `run.json`, before the first step."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from onelook.data.splits.split import SplitEntry
from onelook.run_folder import RunFolder
from onelook.runs.begin import _new_folder, starting_record
from onelook.runs.learnt_before import LearntBefore


def test_run_json_is_written_last_because_it_makes_the_folder_a_run_that_can_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(path: Path) -> None:
        path.write_text("id")

    there: list[list[str]] = []
    monkeypatch.setattr(
        RunFolder, "update_run", lambda self, **_: there.append(sorted(each.name for each in self.path.iterdir()))
    )
    part = SimpleNamespace(ids=("a", "b", "c"))
    reading = SimpleNamespace(parts={"all": part}, hashes={"all": ("00", "11", "22")})
    entries = (SplitEntry("c", "train", "cat"), SplitEntry("a", "val", "dog"))
    data: Any = SimpleNamespace(
        split=SimpleNamespace(write=written, entries=entries),
        prepared=SimpleNamespace(ledger=SimpleNamespace(write=written), reading=reading),
    )
    folder = _new_folder(data, tmp_path / "run", {"status": "running"})
    assert there == [["ledger.csv", "picture_hashes.csv", "split.csv"]]
    assert folder.picture_hashes.read_text() == "id,hash\nc,22\na,00\n"


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
