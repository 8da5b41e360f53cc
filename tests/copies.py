"""Run programs in copies of one process, which has done the imports that they share: these take most of the time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

_COPIES = """
import contextlib, io, json, os, sys, traceback
for line in sys.stdin:
    sys.stdout.flush()
    copy = os.fork()
    if not copy:
        out, error = io.StringIO(), ""
        with contextlib.redirect_stdout(out):
            try:
                exec(json.loads(line), {})
            except BaseException:
                error = traceback.format_exc()
        print(json.dumps([out.getvalue(), error]), flush=True)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    if code:
        print(json.dumps(["", f"it ended with {code}"]), flush=True)
"""
Run = Callable[[str], str]

needs_copies = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be copied")


@contextmanager
def copies_of(beginning: str) -> Iterator[Run]:
    """Give a function that runs a program, after this beginning, and returns what it prints."""
    command = [sys.executable, "-c", beginning + _COPIES]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def run_copy(program: str) -> str:
            assert process.stdin is not None
            assert process.stdout is not None
            print(json.dumps(program), file=process.stdin, flush=True)
            out, error = json.loads(process.stdout.readline())
            assert not error, error
            return str(out)

        yield run_copy
