"""Lines end between words, and never inside what is read as one: a number and its unit, a quoted command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import onelook
from onelook.cli.output.printer import Printer, print_error
from onelook.wording import entry, wrapped

TOGETHER = [
    "80 %",
    "1.5 s",
    "12 min",
    "3 h",
    "256 MiB",
    "4.1 GB",
    "128 px",
    "12.9 million",
    "224 × 224",
    "H × W",
    "p = .83",
    "p < 0.001",
    "--time-limit 56s",
    "--html FILE.html",
    "--out runs/digits-001",
    "--fixes folds/suspects.csv",
    "`onelook train digits`",
]


@pytest.mark.parametrize("words", TOGETHER)
def test_what_is_read_as_one_stays_on_one_line(words: str) -> None:
    for width in range(len(words) + 4, len(words) + 16):
        for text in (f"there is {words}, no more", f"it took ({words}) again", f"with {words} at last"):
            lines = wrapped(text, width, indent="  ")
            assert sum(words in line for line in lines) == 1, lines
            assert max(map(len, lines)) <= width
            assert " ".join(" ".join(lines).split()) == text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("counts 3 samples of it", ["counts 3", "samples of", "it"]),  # s is no unit here
        ("the --quiet or no", ["the", "--quiet", "or no"]),  # no value
        ("see 5 S now, 2 xs", ["see 5 S", "now, 2 xs"]),
    ],
)
def test_other_words_part_where_the_line_ends(text: str, lines: list[str]) -> None:
    assert wrapped(text, max(map(len, lines))) == lines


def test_a_quoted_command_longer_than_a_line_is_wrapped_like_other_words() -> None:
    text = "type `onelook train photos --epochs 3` now"
    assert wrapped(text, 20) == ["type `onelook train", "photos --epochs 3`", "now"]


def test_long_words_are_whole_or_cut_as_asked() -> None:
    assert wrapped("in /a/long/path", 8) == ["in", "/a/long/path"]
    assert wrapped("in /a/long/path", 8, break_long_words=True) == ["in /a/lo", "ng/path"]


def test_all_that_is_printed_is_wrapped_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = f"{'x' * 77} 80 % of it"  # a line of 80 columns would end before the sign
    Printer()(text)
    print_error(text.removeprefix("x" * 7))
    Printer().warn(text.removeprefix("x" * 9))
    printed = capsys.readouterr()
    lines = [*printed.out.splitlines(), *printed.err.splitlines(), *entry("note", text.removeprefix("x" * 11))]
    assert [line.strip() for line in lines if "%" in line] == ["80 % of it"] * 4


def test_no_other_module_wraps() -> None:
    root = Path(onelook.__file__).parent
    wrap = [path.relative_to(root).as_posix() for path in root.rglob("*.py") if re.search("textwrap", path.read_text())]
    assert wrap == ["wording/wrap.py"]


def test_a_quoted_command_is_kept_whole_if_it_fits_behind_the_deeper_indent() -> None:
    command = "`onelook runs a`"  # of 16 signs
    for first, other in ((4, 0), (0, 4)):
        indents = {"first_indent": " " * first, "indent": " " * other}
        assert any(command in line for line in wrapped(f"first {command} now", 21, **indents))
        assert not any(command in line for line in wrapped(f"first {command} now", 20, **indents))
