"""Find copies that programs made of a picture by their names: `rotated_by_45_X.png` and `X_flip.png` beside `X.png`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_SAMPLE = 2_000  # names that are looked at first
_LONG_NAME = 6  # letters; so long a name is repeated by no chance
_WORD = (
    r"(?:aug(?:mented|mentation)?|rot(?:at(?:ed?|ion))?|[hv]?flip(?:ped)?|mirror(?:ed)?|vertical|horizontal|"
    r"salt(?:and|_?n_?)?pepper|nois[ey]|blur(?:red)?|gauss(?:ian)?|bright(?:ness|er|en(?:ed)?)?|dark(?:er|en(?:ed)?)?|"
    r"contrast|zoom(?:ed)?|shift(?:ed)?|translat(?:ed?|ion)|shear(?:ed)?|sharp(?:en(?:ed)?)?|hue|saturation|jitter|"
    r"equali[sz]ed?|distort(?:ed|ion)?|skew(?:ed)?|elastic|unsharp)"
)
_MORE = rf"(?:[_\- ]?(?:{_WORD}|by|of|left|right|lr|ud|[hvxy]|-?\d{{1,3}}))*"
_BEFORE = re.compile(rf"{_WORD}{_MORE}[_\- ]+(?=\S)", re.I)
_BEHIND = re.compile(rf"[_\- ]+{_WORD}{_MORE}$", re.I)
_ORIGINAL = re.compile(r"^orig(?:inal)?[_\- ]+|[_\- ]+orig(?:inal)?$", re.I)
_ANY = re.compile(rf"(?<![^\W\d_]){_WORD}(?![^\W\d_])", re.I)


def augmented_rule(names: Iterable[str]) -> Callable[[str], str | None] | None:
    """Return the rule for the source of a picture; None without copies that are called after one.

    The source is a picture in a folder of the same name, or the name of several copies that is too long for chance.

    Args:
        names: the paths of all pictures.

    Example:
        >>> rule = augmented_rule(["cat/1.png", "cat/rotated_by_45_1.png", "cat/1_flip.png", "cat/2.png", "dog/1.png"])
        >>> [rule(name) for name in ("cat/1_flip.png", "cat/1.png", "cat/2.png", "dog/1.png")]
        ['cat/1', 'cat/1', None, None]
    """
    names = list(names)
    if not any(map(_ANY.search, names[:: max(1, len(names) // _SAMPLE)])):
        return None
    marks: dict[str, set[str]] = {}  # source -> what programs added, and nothing for the source itself
    for name in names:
        source, mark = _source(name)
        marks.setdefault(source, set()).add(mark)
    known = {
        source
        for source, found in marks.items()
        if len(found) > 1 and ("" in found or _is_long(source.rpartition("/")[2]))
    }

    def source_of(name: str) -> str | None:
        source = _source(name)[0]
        return source if source in known else None

    return source_of if known else None


def _is_long(stem: str) -> bool:
    """Return whether a name is repeated by no chance, as a mere number may be."""
    return len(stem) >= _LONG_NAME and any(map(str.isalpha, stem))


def _source(name: str) -> tuple[str, str]:
    """Return the folder and name of the source of a picture, and what a program added to the name."""
    path, _, file = name.rpartition("/")
    stem = file.rpartition(".")[0] or file
    if not _ANY.search(stem):
        return f"{path.rpartition('/')[2]}/{_ORIGINAL.sub('', stem) or stem}", ""
    before = match[0] if (match := _BEFORE.match(stem)) else ""
    rest = stem[len(before) :]
    behind = match[0] if (match := _BEHIND.search(rest)) and match.start() else ""
    return f"{path.rpartition('/')[2]}/{rest[: len(rest) - len(behind)]}", before + behind
