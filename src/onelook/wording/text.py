"""Counts, lists and titled texts."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

TITLE_COLUMNS = 11  # of an `entry`: before its text
_LINE_COLUMNS = 80  # of an `entry`, at most
MOST_LISTED = 12  # items that a sentence lists, where nothing else is said
_SIBILANTS = ("s", "x", "ch", "sh")  # nouns that end so take "es", where they are spoken so
_HARD = ("epoch",)


def plural(noun: str) -> str:
    """Return the plural of a regular noun.

    Example:
        >>> plural("picture"), plural("class"), plural("epoch"), plural("copy"), plural("day")
        ('pictures', 'classes', 'epochs', 'copies', 'days')
    """
    if noun.endswith(_SIBILANTS) and not noun.endswith(_HARD):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def counted(count: int, noun: str, many: str | None = None) -> str:
    """Return a count with its noun, in the singular for one.

    Args:
        count: how many.
        noun: the singular.
        many: the plural, where `plural` does not give it.

    Example:
        >>> counted(1, "picture"), counted(2000, "class"), counted(2, "group that is", "groups that are")
        ('1 picture', '2,000 classes', '2 groups that are')
    """
    return f"{count:,} {agree(count, noun, many or plural(noun))}"


def agree(count: int, one: str, many: str) -> str:
    """Return the form of a word that agrees with a count: a verb, a pronoun, a noun without its number.

    Example:
        >>> agree(1, "is", "are"), agree(0, "is", "are"), agree(2, "is", "are")
        ('is', 'are', 'are')
    """
    return one if count == 1 else many


def times(count: int) -> str:
    """Return how often: once, twice, then a number.

    Example:
        >>> times(1), times(2), times(1100)
        ('once', 'twice', '1,100 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def listed(items: Iterable[object], *, most: int = MOST_LISTED, total: int = 0, last: str = "and") -> str:
    """Return items as a sentence lists them; of a long list the first ones and how many more there are.

    Args:
        items: what to list, each written as `str` writes it.
        most: how many are named.
        total: how many there are, where `items` does not hold all of them.
        last: the word before the last item of a whole list; empty for a comma.

    Example:
        >>> listed("abc"), listed("abc", last="or"), listed("abc", last="")
        ('a, b and c', 'a, b or c', 'a, b, c')
        >>> listed("abcde", most=3), listed("abc", most=3, total=1200), listed([])
        ('a, b, c and 2 more', 'a, b, c and 1,197 more', '')
    """
    texts = [str(item) for item in items]
    shown = texts[:most]
    left = max(len(texts), total) - len(shown)
    if left and shown:
        return f"{', '.join(shown)} and {left:,} more"
    if last and len(shown) > 1:
        return f"{', '.join(shown[:-1])} {last} {shown[-1]}"
    return ", ".join(shown)


def named(names: Iterable[object], *, most: int = 5, total: int = 0, last: str = "and") -> str:
    """Return names from the data or the user as `listed` returns them, each in quotes.

    Example:
        >>> named(["cat", "big dog"]), named("abcdefgh", most=2)
        ("'cat' and 'big dog'", "'a', 'b' and 6 more")
    """
    return listed((f"'{name}'" for name in names), most=most, total=total, last=last)


def sentence(text: str) -> str:
    """Return a text with a capital at its start and a full stop at its end.

    Example:
        >>> sentence("four IDX files, gzipped")
        'Four IDX files, gzipped.'
    """
    text = text.strip()
    # A path keeps its letters: train/ is another folder than Train/.
    start = text[:1] if "/" in text.split(" ", 1)[0] else text[:1].upper()
    return text and start + text[1:] + ("" if text[-1] in ".!?…" else ".")


def entry(title: str, text: str) -> list[str]:
    """Return a titled text as lines of 80 columns at most, the title in a column of its own.

    Example:
        >>> entry("parts", "train 60,000, test 10,000")
        ['  parts    train 60,000, test 10,000']
    """
    return textwrap.wrap(
        text,
        _LINE_COLUMNS,
        initial_indent=f"  {title}".ljust(TITLE_COLUMNS),
        subsequent_indent=" " * TITLE_COLUMNS,
        break_on_hyphens=False,
    )


def printable(name: str) -> str:
    r"""Return a name as text that can be written anywhere: bytes that are no UTF-8 are spelled out.

    Linux allows such bytes in the name of a file.

    Example:
        >>> printable("caf\udce9.png")
        'caf\\udce9.png'
    """
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()
