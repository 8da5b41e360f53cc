"""Where words go, and how they are wrapped."""

from __future__ import annotations

import io
import json
import sys

import pytest

from onelook.cli.output.printer import Printer, print_error


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_words_go_to_standard_output(capsys):
    Printer()("found 3 pictures")
    assert capsys.readouterr() == ("found 3 pictures\n", "")


def test_with_json_words_go_to_standard_error_and_the_document_alone_to_standard_output(capsys):
    say = Printer(json=True)
    say("found 3 pictures")
    say.table(("a", "b"), [("1", "2")])
    say.document({"name": "Käse", "rows": 3})
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"name": "Käse", "rows": 3}
    assert "found 3 pictures" in printed.err


def test_quiet_keeps_warnings_and_the_document(capsys):
    say = Printer(json=True, quiet=True)
    say("found 3 pictures")
    say.table(("a", "b"), [("1", "2")])
    say.warn("one is damaged")
    say.document([])
    assert capsys.readouterr() == ("[]\n", "warning: one is damaged\n")


def test_a_document_never_holds_what_json_does_not_know():
    with pytest.raises(ValueError, match="JSON"):
        Printer().document(float("nan"))


def test_an_error_is_wrapped_between_words_in_a_terminal_and_in_a_pipe(monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("NO_COLOR", "1")
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        print_error("the folder http://a/very/long/path/without/end is empty")
        assert stream.getvalue() == "error: the folder\n  http://a/very/long/path/without/end\n  is empty\n"


def test_lines_in_a_pipe_are_wrapped_at_eighty_columns_but_commands_stay_whole(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    words = "many words " * 10
    command = f"  onelook train photos --out {'a/' * 40}"
    Printer()(f"  {words}\n{command}\n  shown by {command.strip()}\nat http://{'a' * 80}")
    Printer().warn(f"{words}Resume with:", command.strip())
    printed = capsys.readouterr()
    first, second, *rest = printed.out.splitlines()
    assert (len(first) <= 80, second[:9]) == (True, "    many ")
    assert rest == [command, f"  shown by {command.strip()}", f"at http://{'a' * 80}"]
    warning = printed.err.splitlines()
    assert max(map(len, warning[:-1])) <= 80
    assert warning[-1] == command


def test_the_first_word_of_an_error_is_red_in_a_terminal(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stderr", Terminal())
    print_error("no")
    assert sys.stderr.getvalue() == "\033[1;31merror:\033[0m no\n"


def test_no_line_of_a_table_ends_in_spaces(capsys):
    Printer().table(("name", "what"), [("a", "b"), ("long name", "much longer")], left=2)
    assert all(line == line.rstrip() for line in capsys.readouterr().out.splitlines())


def test_the_answers_to_a_question_stay_whole_below_its_wrapped_sentence(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "30")
    answer = f"  --label-from '{'x ' * 20}'"
    print_error(f"the names give labels in two ways. Name one:\n{answer}\n    2 classes")
    assert capsys.readouterr().err.splitlines() == [
        "error: the names give labels",
        "  in two ways. Name one:",
        answer,
        "    2 classes",
    ]


def test_an_error_that_begins_with_a_long_path_stays_on_its_first_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    path = "data/" * 12
    print_error(f"{path}: File name too long.")
    assert capsys.readouterr().err == f"error: {path}:\n  File name too long.\n"
