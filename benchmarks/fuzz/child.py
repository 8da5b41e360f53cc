"""Runs the command lines that it is given, one after another in one process, and says what became of each.

One line of JSON a command on standard input, one line of JSON an answer on standard output.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO
from unittest.mock import patch

from benchmarks.fuzz.watch import Watch

import onelook.cli.run_command as command_line
from onelook.cli.output.failure import describe, exit_code

_LONGEST_OUTPUT = 4 << 20
# Address space, of which libraries claim gigabytes without touching them; and the largest file.
MOST_ADDRESSES, _LARGEST_FILE = 16 << 30, 2 << 30


@dataclass
class Performance:
    """What became of one command."""

    code: int | None = None  # None where the process died, or was ended
    out: str = ""
    err: str = ""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_bytes: int = 0  # of memory, the whole process'
    seen: list[str] = field(default_factory=list)  # what `Watch` noted
    trace: str = ""  # of an exception that ends in exit code 1
    death: str = ""  # how the process ended, where it did


def perform(folder: Path, words: list[str], watch: Watch, streams: Path) -> Performance:
    """Runs `onelook WORDS` in a folder, as the installed command would.

    Args:
        folder: the case's own.
        words: of the command line.
        watch: that notes what else it does.
        streams: where standard output and error go meanwhile: what C libraries print is seen too.
    """
    done = Performance()
    os.chdir(folder)
    kept = os.dup(1), os.dup(2)
    with (streams / "out").open("w+b") as out, (streams / "err").open("w+b") as err:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        python_streams = sys.stdout, sys.stderr
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins anew
        watch.begin(folder / "out.csv", folder / ".out.csv", folder / "run", folder / ".run")
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            with patch.object(command_line, "describe", lambda error: _described(error, done)):
                done.code = command_line.run(words)
        except BaseException:
            done.trace = traceback.format_exc()
        finally:
            done.cpu_seconds, done.wall_seconds = time.process_time() - cpu, time.perf_counter() - wall
            done.seen = watch.end()
            for stream in (sys.stdout, sys.stderr):
                stream.close()
            sys.stdout, sys.stderr = python_streams
            for number, each in zip((1, 2), kept, strict=True):
                os.dup2(each, number)
                os.close(each)
        done.peak_bytes = _peak_bytes()
        done.out, done.err = (_content(stream) for stream in (out, err))
    return done


def _described(error: Exception, done: Performance) -> str:
    """What is printed of an error; where it is none of ours, the whole trace is kept."""
    if exit_code(error) == 1:
        done.trace = "".join(traceback.format_exception(error))
    return describe(error)


def _content(stream: BinaryIO) -> str:
    stream.seek(0)
    content = stream.read(_LONGEST_OUTPUT)
    return content.decode("utf-8", "backslashreplace")


def _peak_bytes() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) << 10


def serve(requests: TextIO, answers: TextIO, root: Path) -> None:
    """Answers until there are no more requests."""
    watch = Watch(root / "cache", root / "tmp")
    for line in requests:
        request = json.loads(line)
        done = perform(Path(request["folder"]), request["words"], watch, root / "streams")
        answers.write(json.dumps(asdict(done)) + "\n")
        answers.flush()


def _main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    requests, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    # What a first command imports and starts is not what a damaged input makes it do.
    root = Path(sys.argv[1])
    folder = root / "warm-up"
    for words in json.loads(sys.argv[2]):
        done = perform(folder, words, Watch(), root / "streams")
        if done.code != 0:
            sys.exit(f"the warm-up failed: onelook {' '.join(words)}: {done.err}{done.trace}")
    serve(requests, answers, root)


if __name__ == "__main__":
    _main()
