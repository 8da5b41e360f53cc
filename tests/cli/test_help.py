"""What a person sees before anything runs: help, version, completion, and how fast."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from contextlib import redirect_stdout

import pytest

from onelook.cli import main
from onelook.cli.app import COMMANDS, build_command
from onelook.settings import TrainSettings
from onelook.settings.opening import OpeningOptions
from onelook.settings.queries import all_facts

FLAGS = [facts.flag for facts in all_facts().values() if facts.flag]


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_helps_within_80_columns(name, capsys):
    assert main([name, "--help"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert f"onelook {name}" in printed.out
    assert max(map(len, printed.out.splitlines())) <= 80


@pytest.mark.parametrize("name", list(COMMANDS))
def test_help_shows_no_empty_default_and_keeps_its_brackets(name, capsys):
    main([name, "--help"])
    printed = capsys.readouterr().out
    assert "default: ()" not in printed
    assert "default: None" not in printed
    # What rich takes for markup is lost: a table of a TOML file has to be escaped.
    written = set(re.findall(r"\\\\?\[([a-z]+)\]", build_command(name).help)) - {"dim"}
    assert all(f"[{table}]" in printed for table in written)
    assert name != "tune" or written == {"space"}


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_line_in_the_list_of_commands_is_the_command_s_own(name):
    assert build_command(name).help.split("\n")[0] == COMMANDS.describe(name)


def test_the_root_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    for name in COMMANDS:
        assert f"  {name} " in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_no_words_at_all_show_the_help(capsys):
    assert main([]) == 0
    assert "onelook train digits" in capsys.readouterr().out


@pytest.fixture(scope="module")
def help_of_train():
    """What `onelook train --help` prints."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()) as printed:
        patch.setenv("COLUMNS", "80")
        main(["train", "--help"])
    return printed.getvalue()


@pytest.mark.parametrize("flag", [*FLAGS, "--out", "--set", "--config", "--resume", "--quiet", "--json", "--debug"])
def test_train_offers_every_setting_that_has_a_flag(flag, help_of_train):
    assert f"│ {flag} " in help_of_train


def test_train_groups_its_options_and_ends_with_examples(capsys):
    main(["train", "--help"])
    printed = capsys.readouterr().out
    places = [printed.index(f"─ {panel} ─") for panel in ("Arguments", "Data", "Model", "Training", "Output")]
    assert places == sorted(places)
    assert "$ onelook train photos/" in printed[places[-1] :]
    assert "[dim]" not in printed


def test_the_network_is_said_to_be_picked_and_none_to_be_the_default(capsys):
    """Which one is picked depends on the pictures, their number and the time."""
    main(["train", "--help"])
    printed = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "A network or a classical model: its name, or a TOML file. (default: picked from the data)" in printed
    main(["models"])
    assert "default" not in capsys.readouterr().out


def test_help_shows_square_brackets_that_are_no_markup(capsys):
    main(["tune", "--help"])
    printed = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "Its table [space] says what to search." in printed
    assert "Without a [space] table" in printed


@pytest.mark.parametrize("name", ["evaluate", "predict", "inspect", "train"])
def test_each_option_of_opening_has_the_text_that_is_true_of_the_command(name, capsys):
    main([name, "--help"])
    printed = " ".join(capsys.readouterr().out.replace("│", " ").split())
    opening = [each for each, facts in all_facts().items() if name in facts.also_of or (name == "train" and facts.flag)]
    assert opening
    for each in opening:
        facts, description = all_facts()[each], TrainSettings.model_fields[each].description
        there = facts.help_there if name != "train" and facts.help_there else description
        other = {facts.help_there, description} - {there, None}
        assert there in printed
        assert not any(text in printed for text in other if text not in there)


def test_options_on_labels_come_before_those_that_predictions_have_too(capsys):
    name = "evaluate"
    main([name, "--help"])
    printed = capsys.readouterr().out
    opening = [all_facts()[each] for each in OpeningOptions.model_fields if name in all_facts()[each].also_of]
    places = {facts.flag: printed.index(f"│ {facts.flag} ") for facts in opening}
    also_predict = {facts.flag for facts in opening if "predict" in facts.also_of}
    assert places.keys() > also_predict > set()
    assert max(places[flag] for flag in places.keys() - also_predict) < min(places[flag] for flag in also_predict)


def test_help_shows_no_default_that_is_an_empty_list(capsys):
    main(["train", "--help"])
    assert "()" not in capsys.readouterr().out


def test_prints_the_version(capsys):
    import onelook

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"onelook {onelook.__version__}\n"


def test_prints_a_completion_script(monkeypatch):
    environment = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "onelook", "--show-completion", "bash"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "_ONELOOK_COMPLETE=complete_bash" in done.stdout


def test_completes_commands_and_options():
    def complete(words: str) -> list[str]:
        environment = {
            "_ONELOOK_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        }
        command = [sys.executable, "-c", "import sys; from onelook.cli import main; sys.exit(main())"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert complete("onelook ver") == ["verify"]
    assert complete("onelook train --time") == ["--time-limit"]
