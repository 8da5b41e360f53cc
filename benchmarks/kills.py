"""`kill -9` of `onelook train` at 20 random moments, then `--resume`: are the weights those of the run left alone?

    python benchmarks/kills.py
    python benchmarks/kills.py --precision bfloat16      # a result file of its own

Two trainings on the built-in digits take turns, one with default settings, one with all on that keeps a state of its
own. Each is first run undisturbed. Then whole commands, with all that they started, are killed at moments drawn over
that run's processor time, one in each of 20 equal stretches of it; the same command with `--resume` follows, and
`weights.safetensors` is compared byte for byte. Moments are seeded; where in the training they fall depends on the
machine, and is written down. (Processor time, so that a busy machine does not move them: Linux alone.)

The run is short, so checkpoints within an epoch come every 0.2 seconds (`SECONDS_BETWEEN_SAVES`) instead of every 30;
nothing else is changed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

from record import write_result

KILLS = 20
SEED = 0
SECONDS_BETWEEN_SAVES = 0.2
TRAIN = ("train", "digits", "--epochs", "8", "--batch-size", "8", "--seed", "1", "--quiet")
TRAININGS: dict[str, tuple[str, ...]] = {
    "default settings": (),
    "everything on": (
        *("--set", "weight_average=0.99", "--set", "mix.mixup=0.2", "--set", "mix.cutmix=1.0"),
        *("--set", "reduce_on_plateau.patience=1", "--set", "early_stopping.patience=7"),
        *("--set", "sampling=balanced", "--set", "augment.cutout=0.25", "--set", "optimizer.clip_norm=1.0"),
    ),
}
LAUNCHER = f"""
import sys
from onelook.training.checkpoints import writer
writer.SECONDS_BETWEEN_SAVES = {SECONDS_BETWEEN_SAVES}
from onelook.cli import main
sys.exit(main())
"""


@dataclass(frozen=True)
class Undisturbed:
    """A training that was left alone."""

    seconds: float  # of the processor, for the whole command
    weights: bytes  # its weights.safetensors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=KILLS, help="fewer write no result")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), help="of all trainings")
    given = parser.parse_args()
    if given.precision:
        for training, options in TRAININGS.items():
            TRAININGS[training] = (*options, "--set", f"precision={given.precision}")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        whole = {training: left_alone(place, training) for training in TRAININGS}
        kills = []
        for number, share in enumerate(moments(given.kills, SEED)):
            training = list(TRAININGS)[number % len(TRAININGS)]
            kills.append(one_kill(place / f"kill-{number}", training, share, whole[training]))
            print(f"{number + 1:2} {kills[-1]}", flush=True)
    equal = sum(kill["bit_equal"] for kill in kills)
    found_in = Counter(kill["killed"] for kill in kills)
    print(f"{equal} of {len(kills)} bit-equal; killed {dict(found_in)}")
    if given.kills == KILLS:
        figures = {
            "kills": len(kills),
            "bit_equal": equal,
            "bar": KILLS,
            "killed": dict(found_in),
            "seed": SEED,
            "seconds_between_saves": SECONDS_BETWEEN_SAVES,
            "threads": 1,
            "trainings": {training: ["onelook", *TRAIN, *options] for training, options in TRAININGS.items()},
            "processor_seconds_undisturbed": {training: round(run.seconds, 1) for training, run in whole.items()},
            "each": kills,
        }
        write_result("_".join(filter(None, ["kills", given.precision])), figures)


def moments(kills: int, seed: int) -> Iterator[float]:
    """Shares of a run's length, one drawn from each of so many equal stretches."""
    generator = random.Random(seed)
    return ((number + generator.random()) / kills for number in range(kills))


def left_alone(place: Path, training: str) -> Undisturbed:
    """Runs it undisturbed."""
    folder, before = place / training, _processor_seconds_of_ended()
    wait(begin(folder, training))
    return Undisturbed(_processor_seconds_of_ended() - before, weights(folder))


def one_kill(folder: Path, training: str, share: float, whole: Undisturbed) -> dict[str, Any]:
    """Kills the training after that share of its time, resumes it, and compares."""
    process = begin(folder, training)
    while process.poll() is None and processor_seconds(process.pid) < share * whole.seconds:
        time.sleep(0.01)
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    killed = where(folder / "run")
    wait(begin(folder, training, "--resume"))
    run = json.loads((folder / "run" / "run.json").read_text())
    return {
        "training": training,
        "after_share_of_time": round(share, 3),
        "killed": killed,
        "resumed_from_epoch": run.get("resumed_from_epoch"),
        "bit_equal": weights(folder) == whole.weights,
    }


def begin(folder: Path, training: str, *words: str) -> subprocess.Popen[str]:
    """Starts the command, leader of a process group of its own, with its cache and its run in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, *TRAIN, *TRAININGS[training], "--out", "run", *words],
        cwd=folder,
        env={**os.environ, "ONELOOK_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait(process: subprocess.Popen[str]) -> None:
    """Until it has ended well."""
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, process.args[3:]))} ended with {process.returncode}:\n{output}")  # type: ignore[index]


def processor_seconds(process: int) -> float:
    """What a process has used of the processors so far, all its threads together: fields 14 and 15 of proc(5)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _processor_seconds_of_ended() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def weights(folder: Path) -> bytes:
    return (folder / "run" / "model" / "weights.safetensors").read_bytes()


def where(run: Path) -> str:
    """The moment that a killed run has left on the disk."""
    if not (run / "run.json").is_file():
        return "before the run had a folder"
    if json.loads((run / "run.json").read_text())["status"] == "complete":
        return "after it was complete"
    path = run / "checkpoint" / "state.safetensors"
    if not path.is_file():
        return "before anything was saved"
    with safe_open(path, framework="np") as file:
        standing = json.loads(file.metadata()["onelook"])
    return stage(standing["steps_into_epoch"], len(standing["history"]), epochs_of(TRAIN))


def stage(steps_into_epoch: int, epochs_done: int, epochs: int) -> str:
    """What the last checkpoint is of."""
    if steps_into_epoch:
        return "within an epoch, after a checkpoint of its own"
    return "after the last epoch" if epochs_done == epochs else "within an epoch, after one between epochs"


def epochs_of(words: Sequence[str]) -> int:
    return int(words[words.index("--epochs") + 1])


if __name__ == "__main__":
    main()
