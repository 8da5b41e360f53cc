"""Makes cases, hands them to a child process, and ends it where it hangs or swells."""

from __future__ import annotations

import json
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import Bench, Case
from benchmarks.fuzz.child import MOST_ADDRESSES, Performance
from benchmarks.fuzz.families import kind_of
from benchmarks.fuzz.families.runs import GOOD_RUN, NETWORK, TRAINING
from benchmarks.fuzz.snapshot import snapshot
from benchmarks.fuzz.verdict import LIMITS, Outcome, judge

from onelook.classifier import build_classifier
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import Dense, GlobalPool

_ROOT = Path(__file__).parents[2]
# A child is ended here; how long it took until `LIMITS` is judged afterwards, from the processor's time, as other
# people's work on the same machine must not fail a case.
_PATIENCE_SECONDS = 150.0
_PATIENCE_CPU_SECONDS = 20.0
_LOOK_SECONDS = 0.05
_WARM_UP = (
    ["inspect", "data", "--json"],
    ["inspect", "data.parquet", "--json"],
    ["predict", "../model", "data", "--out", "out.csv", "--json"],
    ["verify", "../model", "--json"],
    ["summary", "cnn", "--json"],
)


class Sandbox:
    """A folder that holds all that cases read and write: a model, a cache, temporary files, a folder a case."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        for name in ("cache", "tmp", "home", "streams", "warm-up"):
            (self.root / name).mkdir(parents=True)
        save_model(self.root / "model")
        bench = Bench(self.root / "warm-up", 0, 0)
        bench.photos()
        bench.write("data.parquet", good.parquet())

    @property
    def environment(self) -> dict[str, str]:
        """The variables that keep a process inside."""
        return {
            **os.environ,
            "ONELOOK_CACHE": str(self.root / "cache"),
            "TMPDIR": str(self.root / "tmp"),
            "HOME": str(self.root / "home"),
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join((str(_ROOT), str(_ROOT / "src"))),
        }

    def make(self, seed: int, number: int) -> tuple[Path, Case]:
        """The folder of a case, and what is asked of it."""
        folder = self.root / f"case-{number}"
        folder.mkdir()
        if kind_of(number).family in ("runs", "model_folders") and not (self.root / GOOD_RUN).exists():
            (self.root / "warm-up" / "net.toml").write_text(NETWORK)
            command = [sys.executable, "-m", "onelook", *TRAINING]
            subprocess.run(command, cwd=self.root, env=self.environment, check=True, capture_output=True)
        return folder, kind_of(number).make(Bench(folder, seed, number))

    def clear(self, folder: Path) -> None:
        """Removes a case and what it left in cache and temporary files."""
        # The command, as a tree may be deeper than Python's own can follow.
        left = [folder, *(self.root / "tmp").iterdir(), *(self.root / "cache").iterdir()]
        subprocess.run(["rm", "-rf", "--", *map(str, left)], check=True)


class Child:
    """A process that runs one command after another, made anew where it was ended."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._process: subprocess.Popen[str] | None = None

    def perform(self, folder: Path, words: tuple[str, ...]) -> Performance:
        """Runs a command in a folder; ends the process where it hangs or swells."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"folder": str(folder), "words": words}) + "\n")
        process.stdin.flush()
        begun, cpu = time.perf_counter(), _cpu_seconds(process.pid)
        death, peak = "", 0
        while not select.select([process.stdout], [], [], _LOOK_SECONDS)[0]:
            peak = max(peak, _memory_bytes(process.pid))
            wall, used = time.perf_counter() - begun, _cpu_seconds(process.pid) - cpu
            if peak > LIMITS.memory_bytes:
                death = f"ended at {peak >> 20:,} MiB of memory"
            elif wall > _PATIENCE_SECONDS or used > _PATIENCE_CPU_SECONDS:
                death = f"ended after {wall:.0f} s ({used:.0f} s of the processor's)"
            if death:
                process.kill()
                break
        line = "" if death else process.stdout.readline()
        if line:
            return Performance(**json.loads(line))
        code = self._end()
        wall = time.perf_counter() - begun
        return Performance(death=death or f"died with {code}", wall_seconds=wall, peak_bytes=peak)

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._end()

    def _end(self) -> int:
        """Closes its pipes, at which it ends where it has not yet; gives its exit code."""
        assert self._process is not None
        with self._process as process:
            self._process = None
        return process.returncode

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.fuzz.child", str(self._sandbox.root), json.dumps(_WARM_UP)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=self._sandbox.root,
                env=self._sandbox.environment,
            )
        return self._process


def run_case(
    sandbox: Sandbox, child: Child, seed: int, number: int, *, as_command: bool, keep: bool = False
) -> Outcome:
    """One case, made, put to the product and judged."""
    folder, case = sandbox.make(seed, number)
    before = snapshot(sandbox.root)
    done = _as_command(sandbox, folder, case.words) if as_command else child.perform(folder, case.words)
    outcome = judge(Outcome(number, kind_of(number), case, done), folder, before, snapshot(sandbox.root))
    if not keep:
        sandbox.clear(folder)
    return outcome


@contextmanager
def opened(root: Path) -> Iterator[tuple[Sandbox, Child]]:
    """A sandbox and a child in it, both gone afterwards unless `root` was there before."""
    sandbox = Sandbox(root)
    child = Child(sandbox)
    try:
        yield sandbox, child
    finally:
        child.close()


def save_model(folder: Path) -> None:
    """A model that tells dark 8×8 pictures from light ones."""
    network = NetworkSettings(layers=(GlobalPool(type="global_average_pool"), Dense(units="classes")))
    weights = {"1.weight": np.array([[-10.0], [10.0]], np.float32), "1.bias": np.array([5.0, -5.0], np.float32)}
    build_classifier(
        network,
        FittedPreprocess(),
        weights,
        decode=DecodeSettings(height=8, width=8, channels=1),
        class_names=("dark", "light"),
        dtype=np.uint8,
        value_range=(0.0, 255.0),
        provenance={},
        metrics={},
    ).save(folder)


def _as_command(sandbox: Sandbox, folder: Path, words: tuple[str, ...]) -> Performance:
    """The same through the installed command, in a process of its own."""
    begun = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found: Any = subprocess.run(
        ["sh", "-c", 'ulimit -v "$0" && exec "$@"', f"{MOST_ADDRESSES >> 10}", sys.executable, "-m", "onelook", *words],
        cwd=folder,
        env=sandbox.environment,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        stdin=subprocess.DEVNULL,
        timeout=None,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = Performance(found.returncode, found.stdout, found.stderr, wall_seconds=time.perf_counter() - begun)
    done.cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if found.returncode < 0:
        done.code, done.death = None, f"died with {found.returncode}"
    return done


def _memory_bytes(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
