"""Write docs/terminal.svg: what a first training prints, from a real run.

    python docs/make_terminal.py

It trains on the built-in digits in a temporary folder with the `onelook` of this environment.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

PATH = Path(__file__).parent / "terminal.svg"
COMMAND = ("onelook", "train", "digits", "--epochs", "6", "--name", "first-try")
COLUMNS = 80
# The colours of the report: dark ink on paper.
THEME = TerminalTheme((251, 250, 247), (37, 36, 33), [(37, 36, 33)] * 8)
# Fonts would be loaded from another server; the comment names rich's home page.
_FROM_ELSEWHERE = re.compile(r"@font-face \{\{.*?\}\}\s*|<!--.*?-->\s*", re.DOTALL)


def record() -> str:
    """Return what the command prints into a pipe, in the order of its lines."""
    program = Path(sys.executable).parent / COMMAND[0]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [program, *COMMAND[1:]],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        )
    return done.stdout.replace(str(program), COMMAND[0])  # as it is printed where onelook is on the path


def draw(printed: str) -> str:
    """Return the terminal with the command and its output as SVG, without anything from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), highlight=False)
    console.print(Text(f"$ {' '.join(COMMAND)}", style="bold"))
    console.print(Text(printed.rstrip()))
    form = _FROM_ELSEWHERE.sub("", CONSOLE_SVG_FORMAT).replace("Fira Code", "Menlo, Consolas, DejaVu Sans Mono")
    return console.export_svg(title=" ".join(COMMAND[:3]), theme=THEME, code_format=form, unique_id="onelook")


if __name__ == "__main__":
    PATH.write_text(draw(record()), encoding="utf-8")
    print(f"{PATH}: {PATH.stat().st_size:,} bytes")
