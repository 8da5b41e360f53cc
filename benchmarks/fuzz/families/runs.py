"""Run folders for `report` and `compare`, and splits for `train`: files that people open in editors and sheets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from benchmarks.fuzz.case import Bench, Case, Kind
from benchmarks.fuzz.families.models import _ODD, spots, thousands_of_digits

GOOD_RUN = "good-run"  # in the sandbox; made once, by training
TRAINING = (
    *("train", "warm-up/data", "--model", "warm-up/net.toml", "--epochs", "1", "--val", "0.5", "--out", GOOD_RUN),
    "--json",
)
NETWORK = "[[layers]]\ntype = 'global_average_pool'\n\n[[layers]]\ntype = 'dense'\nunits = 'classes'\n"
_TEXTS = ("run.json", "history.jsonl", "evaluation.json", "predictions.csv", "ledger.csv", "split.csv")
_JSON = ("run.json", "evaluation.json")


def _asked(bench: Bench) -> Case:
    return Case((bench.pick(("report", "compare")), "./run", "--json"))


def _copied(bench: Bench) -> Path:
    folder = bench.folder / "run"
    shutil.copytree(bench.folder.parent / GOOD_RUN, folder)
    (folder / "report.html").unlink()
    return folder


def damaged(bench: Bench) -> Case:
    folder = _copied(bench)
    files = sorted(path for path in folder.rglob("*") if path.is_file() and "model" not in path.parts)
    file = folder / bench.pick(_TEXTS) if bench.chance(0.6) else bench.pick(files)
    if file.exists():
        file.write_bytes(bench.damaged(file.read_bytes()))
    return _asked(bench)


def odd_values(bench: Bench) -> Case:
    folder = _copied(bench)
    file = folder / bench.pick(_JSON)
    values = json.loads(file.read_text())
    holder, key = bench.pick(list(spots(values)))
    holder[key] = bench.pick(_ODD)
    file.write_bytes(thousands_of_digits(json.dumps(values)))
    return _asked(bench)


def nested(bench: Bench) -> Case:
    folder = _copied(bench)
    text = bench.pick(("[" * 100_000, '{"a":' * 100_000, "1" + "0" * 5_000, "NaN", "null", "[]", '"x"', "{}", ""))
    (folder / bench.pick((*_JSON, "history.jsonl"))).write_text(text)
    return _asked(bench)


def splits(bench: Bench) -> Case:
    """A split of another data set, or of this one with a damage. Where it can be meant, a training follows."""
    bench.photos(each=3)
    bench.write("net.toml", NETWORK)
    ids = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(3)]
    rows = [f"{each},{('train', 'train', 'val')[at % 3]},{each[:3]}" for at, each in enumerate(ids)]
    text = "\n".join(["id,split,class", *rows]) + "\n"
    content: Any = bench.pick(
        (
            bench.damaged(text.encode()),
            bench.damaged(text.encode()),
            text.replace("val", "train"),
            text.replace("train", "\x1b[31m"),
            text.replace("cat/0", "../../etc/passwd"),
            text.replace("cat/0.png", "9" * 5_000),
            text.replace("id,split", "split,split"),
            text.replace(",cat", ",emu"),
            text + rows[0] + "\n",
            text + '"' + "x" * 200_000,
            "",
            "id,split\n",
        )
    )
    bench.write("split.csv", content)
    words = ("train", "data", "--split", "split.csv", "--model", "net.toml", "--epochs", "1", "--out", "run", "--json")
    return Case(words)


KINDS = (
    Kind("runs", "damaged", damaged, weight=8, is_heavy=True),
    Kind("runs", "odd values", odd_values, weight=6, is_heavy=True),
    Kind("runs", "nested", nested, weight=2, is_heavy=True),
    Kind("runs", "splits", splits, weight=6, is_heavy=True),
)
