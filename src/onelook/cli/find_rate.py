"""`onelook train DATA --find-lr`: print the learning rate found, with a plot, a table and the command to use it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from onelook.cli.output.printer import Printer
from onelook.runtime import command_line

_SWITCHES = frozenset({"--find-lr", "--json", "--quiet", "--debug"})
_DROPPED = frozenset({"--out", "--name", "--lr", "--learning-rate"})  # with their values: the folder now exists


def find_rate(data: str, *, out: Path | None, say: Printer, words: Sequence[str], **asked: Any) -> None:
    """Find a learning rate and print it.

    Args:
        data: the word on the command line.
        out: the folder for `find_lr.json` and `find_lr.html`; None: no files.
        say: prints.
        words: the command line, without its first word.
        **asked: forwarded to `commands.find_rate.find_learning_rate`.
    """
    from onelook.commands.find_rate import JSON_FILE, PAGE_FILE, find_learning_rate

    with say.progress("reading and comparing pictures") as on_progress:
        found = find_learning_rate(data, out=out, say=say, on_progress=on_progress, **asked)
    command = training_command(words, found.suggestion)
    if say.wants_json:
        say.document({**found.to_dict(), "command": command})
        return
    say(f"\n{found}")
    if out is not None:
        say(f"\npage    {out / PAGE_FILE}\nfigures {out / JSON_FILE}")
    say(f"\nnext\n  {command}")


def training_command(words: Sequence[str], rate: float) -> str:
    """Return the command line that trains with the rate: the same words without those that only served the search.

    Example:
        >>> training_command(["train", "digits", "--find-lr", "--out", "rates", "--epochs", "8"], 0.003)
        'onelook train digits --epochs 8 --lr 0.003'
    """
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        flag, equals, _ = word.partition("=")
        if flag in _DROPPED:
            if not equals:
                next(rest, None)
        elif word == "--set":
            pair = next(rest, "")
            kept += [] if _is_rate(pair) else [word, pair]
        elif word not in _SWITCHES and not _is_rate(word.removeprefix("--set=")):
            kept.append(word)
    return command_line(*kept, "--lr", f"{rate:g}")


def _is_rate(pair: str) -> bool:
    return pair.partition("=")[0].strip() in ("learning_rate", "optimizer.learning_rate") and "=" in pair
