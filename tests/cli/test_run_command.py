"""How a command line ends: exit code, an error of at most 80 columns a line, never a traceback unless asked for."""

from __future__ import annotations

import errno
import gc
import subprocess
import sys
from pathlib import Path

import pytest

from onelook.cli import main
from onelook.cli.output.failure import describe, exit_code
from onelook.errors import ConfigError, DataError, ModelError, OnelookError


@pytest.fixture
def fails_with(monkeypatch):
    """Makes `onelook models` end with an exception."""

    def arrange(error: BaseException) -> None:
        def broken(*arguments: object) -> None:
            raise error

        monkeypatch.setattr("onelook.cli.names._show", broken)

    return arrange


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["verfy"], ["no such command 'verfy'", "Did you mean 'verify'?", "onelook --help"]),
        (["quux"], ["no such command 'quux'"]),
        (["train", "x", "--epoch", "3"], ["no such option '--epoch'", "Did you mean '--epochs'?", "onelook train"]),
        (["--frobnicate"], ["no such option '--frobnicate'"]),
        (["train"], ["missing argument 'DATA'", "onelook train --help"]),
        (["train", "a", "b"], ["unexpected extra argument", "b"]),
        (["train", "a", "--epochs"], ["--epochs", "requires an argument"]),
        (["serve", "m", "--port", "http"], ["--port http", "from 0 to 65535"]),
    ],
)
def test_wrong_words_end_with_2_and_one_error_within_80_columns(words, expected, capsys):
    assert main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    first, *others = printed.err.splitlines()
    assert all(line.startswith("  ") for line in others)
    assert max(map(len, (first, *others))) <= 80
    for part in expected:
        assert part in " ".join(printed.err.split())


@pytest.mark.parametrize(
    ("error", "code"),
    [(OnelookError("x"), 1), (ConfigError("x"), 2), (DataError("x"), 3), (ModelError("x"), 4)],
)
def test_a_refusal_carries_its_exit_code(error, code, fails_with, capsys):
    fails_with(error)
    assert main(["models"]) == code
    assert capsys.readouterr().err == "error: x\n"


def test_an_unexpected_error_asks_to_be_reported(fails_with, capsys):
    fails_with(KeyError("lost"))
    assert main(["models"]) == 1
    printed = capsys.readouterr()
    assert printed.err == (
        "error: a bug in onelook: KeyError: 'lost'. Please report it, together with what\n"
        "  the same command prints with --debug.\n"
    )


@pytest.mark.parametrize("words", [["--debug", "models"], ["models", "--debug"]])
def test_debug_adds_the_traceback_wherever_it_stands(words, fails_with, capsys):
    fails_with(DataError("found nothing"))
    assert main(words) == 3
    printed = capsys.readouterr().err
    assert printed.startswith("Traceback")
    assert printed.endswith("error: found nothing\n")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/out"), 2, "/out: Permission denied."),
        (
            OSError(errno.ENOSPC, "No space left on device", "/out"),
            1,
            "/out: No space left on device. Files written",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "--resume resumes a training"),
        (MemoryError(), 1, "not enough memory"),
    ],
)
def test_what_the_machine_refuses_is_no_bug_of_ours(error, code, words, fails_with, capsys):
    fails_with(error)
    assert main(["models"]) == code
    printed = capsys.readouterr().err
    assert words in " ".join(printed.split())
    assert "bug" not in printed


def test_ctrl_c_ends_with_130(fails_with, capsys):
    fails_with(KeyboardInterrupt())
    assert main(["models"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_reader_that_leaves_early_is_no_error():
    program = (
        "import sys, onelook.cli.names as names; from onelook.cli import main\n"
        "names._show = lambda *rest: [print('x' * 100) for _ in range(10_000)]\n"
        "sys.exit(main(['models']))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), errors) == (0, b"")


def test_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "onelook", "verfy"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no such command 'verfy'")


def test_only_the_program_itself_leaves_its_objects_to_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    left = []
    monkeypatch.setattr(gc, "freeze", lambda: left.append("all"))
    assert main(["--version"]) == 0
    assert left == []
    monkeypatch.setattr(sys, "argv", ["onelook", "--version"])
    assert main() == 0
    assert left == ["all"]


def test_a_deleted_current_folder_is_no_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(FileNotFoundError) as raised:
        Path.cwd()
    assert exit_code(raised.value) == 2
    assert describe(raised.value).startswith("the folder in which the command was typed is not there any more.")
