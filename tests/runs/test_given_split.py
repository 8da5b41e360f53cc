"""`train --split`: another run's split, or one's own, kept by a whole training."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import Arrays, draw_sides

from onelook.commands.train import train
from onelook.errors import ConfigError, DataError
from onelook.planning.options import gather_overrides
from onelook.runs.run import Run

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

QUICK: dict[str, Any] = {"model": "mlp", "epochs": 1, "batch_size": 16, "quiet": True}


def test_a_run_s_split_is_used_again(sides: Arrays, in_tmp: Path) -> None:
    first = train(sides, out="first", seed=5, **QUICK)
    drawn = train(sides, out="drawn", seed=6, **QUICK)
    again = train(sides, out="again", seed=6, split="first", **QUICK)
    assert again.folder.split_csv.read_bytes() == first.folder.split_csv.read_bytes()
    assert again.folder.split_csv.read_bytes() != drawn.folder.split_csv.read_bytes()
    records = [run.folder.read_run() for run in (first, again)]
    assert records[0]["split"] == records[1]["split"]
    assert records[1]["settings"]["split"] == "first"
    assert "the split of first: 58 to train on, 6 to validate" in records[1]["choices"]


def test_a_split_of_one_s_own_may_hold_a_test_set(sides: Arrays, in_tmp: Path) -> None:
    lines = [f"{row},{('train', 'train', 'val', 'test')[row // 2 % 4]}" for row in range(1, 65)]
    (in_tmp / "mine.csv").write_text("id,split\n" + "\n".join(lines))
    run = train(sides, out="run", split=in_tmp / "mine.csv", **QUICK)
    assert (run.evaluation.set_name, run.evaluation.rows) == ("test", 16)
    assert run.folder.read_run()["split"] | {"fingerprint": ""} == {
        "fingerprint": "",
        "train": 32,
        "val": 16,
        "test": 16,
    }


def test_a_resumed_run_keeps_its_split_when_the_file_is_gone(sides: Arrays, in_tmp: Path) -> None:
    train(sides, out="first", seed=5, **QUICK)
    (in_tmp / "first" / "split.csv").rename(in_tmp / "mine.csv")
    begun = train(sides, out="run", split="mine.csv", **QUICK)
    before = begun.folder.split_csv.read_bytes()
    (in_tmp / "mine.csv").unlink()
    train(sides, out="run", resume=True, epochs=2, quiet=True)
    assert begun.folder.split_csv.read_bytes() == before


def test_copies_across_its_sides_are_reported_and_not_moved(sides: Arrays, in_tmp: Path) -> None:
    images, labels = sides
    images[61], labels[61] = images[0], labels[0]  # a test picture that is also trained on
    lines = [f"{row},{'train' if row < 40 else 'val' if row < 56 else 'test'}" for row in range(1, 65)]
    (in_tmp / "mine.csv").write_text("id,split\n" + "\n".join(lines))
    run = train((images, labels), out="run", split="mine.csv", **QUICK)
    findings = {finding["check"]: finding for finding in run.folder.read_run()["findings"]}
    assert findings["leak-exact"]["ids"] == ["62"]
    assert run.evaluation.rows == 9


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"split": "s.csv", "val": "0.2"}, r"--split s\.csv and --val 0\.2: a split says already which pictures"),
        ({"split": "s.csv", "folds": 5}, r"--split s\.csv and --folds 5: a split says already"),
        ({"split": "s.csv", "val": "others/"}, r"--split s\.csv and --val others/: a split says already"),
    ],
)
def test_a_split_and_another_way_to_validate_exclude_each_other(flags: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        gather_overrides(flags)


def test_a_recipe_s_share_gives_way(sides: Arrays, in_tmp: Path) -> None:
    asked = gather_overrides({"split": "s.csv", "recipe": "fashion-cnn-bn"})
    assert asked["split"] == "s.csv"


def test_a_split_of_other_data_is_refused_and_leaves_nothing(sides: Arrays, in_tmp: Path) -> None:
    train(sides, out="first", **QUICK)
    with pytest.raises(DataError, match=r"--split first: it lists 24 pictures that arrays has not: '41', '42', '43'"):
        train(draw_sides(40), out="run", split="first", **QUICK)
    assert not (in_tmp / "run").exists()
    assert json.loads((in_tmp / "first" / "run.json").read_text())["status"] == "complete"


def hashes_of(run: Run) -> dict[str, str]:
    with run.folder.picture_hashes.open(newline="") as file:
        return {row["id"]: row["hash"] for row in csv.DictReader(file)}


def sides_by_hash(run: Run) -> dict[str, str]:
    hashes = hashes_of(run)
    with run.folder.split_csv.open(newline="") as file:
        return {hashes[row["id"]]: row["split"] for row in csv.DictReader(file)}


def test_the_split_of_a_run_is_followed_in_changed_data(sides: Arrays, in_tmp: Path) -> None:
    """The first row is gone, and three new ones come first; two labels are corrected."""
    images, labels = sides
    first = train(sides, out="first", seed=5, **QUICK)
    new_images, new_labels = draw_sides(3, seed=9)
    corrected = labels.copy()
    corrected[[10, 20]] = np.where(corrected[[10, 20]] == "left", "right", "left")
    changed = (np.concatenate([new_images, images[1:]]), np.concatenate([new_labels, corrected[1:]]))
    again = train(changed, out="again", split="first", **QUICK)
    before, now = sides_by_hash(first), sides_by_hash(again)
    assert {each: now[each] for each in before.keys() & now.keys()} == {
        each: side for each, side in before.items() if each in now
    }
    assert len(before.keys() - now.keys()) == 1
    assert [now[each] for each in now.keys() - before.keys()] == ["train"] * 3
    (choice,) = (line for line in again.folder.read_run()["choices"] if line.startswith("the split of first"))
    assert choice.endswith(
        "; 63 pictures have another id now, 2 pictures have another label now, 3 new pictures are trained on, "
        "1 picture is no longer there"
    )


def test_hashes_are_comparable_along_a_chain_of_runs_of_any_size(sides: Arrays, in_tmp: Path) -> None:
    images, labels = sides
    first = train(sides, out="first", **QUICK)
    larger = train((images[::-1], labels[::-1]), out="larger", split="first", image_size=16, **QUICK)
    assert hashes_of(larger) == {str(65 - int(each)): of_picture for each, of_picture in hashes_of(first).items()}
    assert larger.folder.read_run()["data"]["hashed_as"]["height"] == 12
    same = train(sides, out="same", split="larger", image_size=20, **QUICK)
    assert hashes_of(same) == hashes_of(first)
    assert sides_by_hash(same) == sides_by_hash(first)
