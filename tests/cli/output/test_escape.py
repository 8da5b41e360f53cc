"""What comes out of files is shown, and never obeyed."""

from __future__ import annotations

import json

import pytest

from onelook.cli.output.printer import Printer, escaped, escaped_line, print_error


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),  # would clear the screen
        ("a\rb", r"a\rb"),  # would write over the line
        ("\u202egpj.exe", r"\u202egpj.exe"),  # would turn the reading round
        ("\udcff.png", r"\udcff.png"),  # a byte that is no UTF-8
        ("Käse 日本\tx", "Käse 日本\tx"),
    ],
)
def test_what_a_terminal_would_obey_is_spelled_out(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_word_of_ten_thousand_characters_leaves_room_for_the_sentence() -> None:
    assert escaped(f"no '{'x' * 10_000}'. Expected y") == f"no '{'x' * 199}…{'x' * 58}'. Expected y"


def test_a_path_of_three_hundred_characters_is_shown_whole() -> None:
    assert escaped("/" + "x" * 300) == "/" + "x" * 300


def test_a_line_end_in_a_name_does_not_break_the_line() -> None:
    assert escaped_line("no file 'a\nb'\n") == r"no file 'a\nb'"


def test_errors_warnings_sentences_and_tables_show_it_so(capsys: pytest.CaptureFixture[str]) -> None:
    say = Printer()
    say("found \x07")
    say.table(("name",), [("\x1b[31mred",)])
    say.warn("a\nb")
    print_error("c\rd")
    assert capsys.readouterr() == ("found \\x07\nname\n\\x1b[31mred\n", "warning: a\\nb\nerror: c\\rd\n")


def test_half_a_character_becomes_an_escape_of_json(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    Printer(json=True).document({"id": "\udcff.png"})
    assert json.loads(capsysbinary.readouterr().out) == {"id": "\udcff.png"}
