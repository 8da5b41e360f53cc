"""Messages with the keywords of a call from Python, where those of the command name its options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from onelook.settings.queries import all_facts, every_setting

_FLAG = r"--[a-z][a-z-]*"
_WITH_NEXT_WORD = re.compile(rf"(?<![\w-])({_FLAG})(?: ([^\s,;:]*[^\s,;:.)…]))?")
# A command is typed in a terminal, so it stays unchanged: to its end, or that of the message.
_COMMAND = re.compile(
    r"`onelook [^`]*`"
    r"|\bonelook (?:train|tune|predict|evaluate|inspect|compare|summary|export|serve|verify|report) .*",
    re.DOTALL,
)
_SET = re.compile(r"--set (?=[a-z_.]+=)")


@dataclass(frozen=True)
class _Keyword:
    """The keyword of `onelook.train` that stands for an option of the command."""

    name: str
    is_switch: bool = False
    words: frozenset[str] = frozenset()  # the values that are words, such as cpu


def python_words(message: str) -> str:
    """Return a message with keywords of Python instead of the options of `onelook train`.

    Example:
        >>> python_words("--out runs/a: exists already. Add --resume, or give another --out.")
        "out='runs/a': exists already. Add resume=True, or give another out=."
        >>> python_words("only --epochs may grow: --epochs 9. Or use --device cpu.")
        "only epochs= may grow: epochs=9. Or use device='cpu'."
    """
    words: list[str] = []
    start = 0
    for command in _COMMAND.finditer(message):
        words += [_translated(message[start : command.start()], is_start=start == 0), command[0]]
        start = command.end()
    return "".join([*words, _translated(message[start:], is_start=start == 0)])


def _translated(text: str, *, is_start: bool) -> str:
    head, colon, rest = text.partition(": ") if is_start else ("", "", text)
    parts = [_given(part) or _mentioned(part) for part in head.split(" and ")]
    return " and ".join(parts) + colon + _mentioned(rest)


def _given(part: str) -> str | None:
    """Return `out='runs/a'` for `--out runs/a`, with which many messages begin; None for anything else."""
    found = re.fullmatch(rf"({_FLAG}) (\S+)", part)
    keyword = _keywords().get(found[1]) if found else None
    return None if found is None or keyword is None or keyword.is_switch else _assigned(keyword, found[2])


def _mentioned(text: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        keyword, word = _keywords().get(found[1]), found[2]
        if keyword is None:
            return found[0]
        if word is not None and not keyword.is_switch and _is_value(keyword, word):
            return _assigned(keyword, word)
        alone = f"{keyword.name}=True" if keyword.is_switch else f"{keyword.name}="
        return alone if word is None else f"{alone} {word}"

    return _WITH_NEXT_WORD.sub(replaced, _SET.sub("", text))


def _is_value(keyword: _Keyword, word: str) -> bool:
    """Return whether the word after an option is its value, and not the next word of the sentence."""
    is_quoted = word.startswith("'")
    return word in keyword.words or word.isupper() or is_quoted or any(mark.isdigit() or mark == "/" for mark in word)


def _assigned(keyword: _Keyword, value: str) -> str:
    is_plain = value.isupper() or value.startswith("'") or re.fullmatch(r"-?\d+(\.\d+)?", value)
    return f"{keyword.name}={value if is_plain else repr(value)}"


@cache
def _keywords() -> Mapping[str, _Keyword]:
    """Return the keyword for each option of the command."""
    found = {flag: _Keyword(flag.removeprefix("--")) for flag in ("--out", "--name", "--config")}
    found["--resume"] = _Keyword("resume", is_switch=True)
    found |= {flag: _Keyword(flag[2:].replace("-", "_"), is_switch=True) for flag in ("--invert", "--crop-to-content")}
    for path, each in every_setting().items():
        is_switch = each.field.annotation is bool
        of_python = all_facts()[path].keyword if path in all_facts() else None
        words = frozenset((each.facts.metavar or "").split("|"))
        for flag in filter(None, (each.facts.flag, each.facts.other_flag)):
            name = of_python or flag.removeprefix("--").replace("-", "_")
            if is_switch or flag == "--from":  # `from` is a word of Python's own
                name = path
            found[flag] = _Keyword(name, is_switch, words)
    return found
