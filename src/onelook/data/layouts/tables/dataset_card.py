"""Read the names of classes from a dataset card: the block between `---` in the README.md of a Hugging Face repository.

Only its lines on one column are read, by their indentation:

    - name: label
      dtype:
        class_label:
          names:
            '0': cat
            '1': dog
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from onelook.data.storage.location import Location

_CARD = "readme.md"
_MOST_BYTES = 1 << 20
_FENCE = "---"
_NAMED = re.compile(r"(?P<indent> *)- name: *(?P<name>.+)")
_NUMBERED = re.compile(r"""['"]?(?P<number>\d{1,9})['"]?: *(?P<name>.+)""")
_LISTED = re.compile(r"- +(?P<name>.+)")


def names_in_card(location: Location, column: str) -> tuple[str, ...]:
    """Return the names of the numbers 0, 1, 2 … of a column; empty if no card beside or above the data has them.

    Cards of several configurations must agree.
    """
    for text in _cards(location):
        found = {tuple(names) for names in _names(text.splitlines(), column)}
        if len(found) == 1:
            return found.pop()
    return ()


def _cards(location: Location) -> Iterator[str]:
    """Yield the texts of the README.md beside the files, and of those in the two folders above."""
    for entry in location.entries():
        if entry.casefold() == _CARD and not location.is_file:
            with location.open(entry) as file:
                yield file.read(_MOST_BYTES).decode("utf-8", "replace")
    for folder in location.root.resolve().parents[:2]:
        path = folder / "README.md"
        try:
            if path.is_file():
                with path.open("rb") as opened:
                    yield opened.read(_MOST_BYTES).decode("utf-8", "replace")
        except OSError:  # not readable: the numbers stay the names
            continue


def _names(lines: Sequence[str], column: str) -> Iterator[list[str]]:
    """Yield the names below each entry of the column in the block at the beginning."""
    if not lines or lines[0].strip() != _FENCE:
        return
    stop = next((at for at, line in enumerate(lines[1:], start=1) if line.strip() == _FENCE), 0)
    block = lines[1:stop]
    for at, line in enumerate(block):
        match = _NAMED.fullmatch(line.rstrip())
        if match is None or _bare(match["name"]) != column:
            continue
        below = []
        for following in block[at + 1 :]:
            if following.strip() and _indent(following) <= len(match["indent"]):
                break
            below.append(following)
        if names := _listed(below):
            yield names


def _listed(lines: Sequence[str]) -> list[str]:
    """Return the names below `names:`, in the order of their numbers; empty if they do not count from 0."""
    start = next((at for at, line in enumerate(lines) if line.strip() == "names:"), None)
    if start is None or not any(line.strip() == "class_label:" for line in lines[:start]):
        return []
    names: dict[int, str] = {}
    for line in lines[start + 1 :]:
        if not line.strip():
            continue
        text = line.strip()
        match = _NUMBERED.fullmatch(text) or _LISTED.fullmatch(text)
        if match is None or _indent(line) < _indent(lines[start]):
            break
        number = match.groupdict().get("number")
        names[len(names) if number is None else int(number)] = _bare(match["name"])
    found = [names[number] for number in sorted(names)]
    return found if [*range(len(names))] == sorted(names) and len(set(found)) == len(found) else []


def _bare(text: str) -> str:
    """Return a text without the quotes around it."""
    text = text.strip()
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if is_quoted else text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
