"""Write counts, lists and titled texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from onelook.wording.language import ENGLISH, language, marked, translate
from onelook.wording.wrap import wrapped

TITLE_COLUMNS = 11  # width of an entry's title, before its text
_LINE_COLUMNS = 80  # width of an entry
MOST_LISTED = 12  # items that a sentence lists by default
_LAST = {"and": marked("{items} and {last}"), "or": marked("{items} or {last}")}
_SIBILANTS = ("s", "x", "ch", "sh")  # nouns with these endings take "es"
_PATH = re.compile(r"\S*(?:/|\.\w)")
_HARD = ("epoch",)  # nouns that end in "ch", spoken as k


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


def counted(count: int, noun: str, many: str | None = None, **values: object) -> str:
    """Return a count with its noun, in the singular for one. A catalogue has it as "{n} noun".

    Args:
        count: how many.
        noun: the singular.
        many: the plural, if `plural` would be wrong.
        values: the values for the places of the noun, as for `translate`.

    Example:
        >>> counted(1, "picture"), counted(2000, "class"), counted(2, "group that is", "groups that are")
        ('1 picture', '2,000 classes', '2 groups that are')
    """
    if language() == ENGLISH:
        return f"{count:,} {agree(count, _filled(noun, values), _filled(many or plural(noun), values))}"
    return translate(f"{{n}} {noun}", n=f"{count:,}", **values)


def agree(count: int, one: str, many: str) -> str:
    """Return the form of a word that agrees with a count: a verb, a pronoun, a noun without its number.

    Example:
        >>> agree(1, "is", "are"), agree(0, "is", "are"), agree(2, "is", "are")
        ('is', 'are', 'are')
    """
    return one if count == 1 else many


def definite(count: int, noun: str, many: str | None = None, *, before: str = "the", **values: object) -> str:
    """Return things that the reader knows of, with their number if there are several.

    Args:
        count: how many.
        noun, many, values: as for `counted`.
        before: the words before the number, in English.

    Example:
        >>> definite(1, "picture"), definite(2000, "picture"), definite(1, "picture", before="the same")
        ('the picture', 'the 2,000 pictures', 'the same picture')
    """
    if language() != ENGLISH:
        return counted(count, noun, many, **values)
    several = f"{count:,} {_filled(many or plural(noun), values)}"
    return f"{before} {agree(count, _filled(noun, values), several)}"


def _filled(noun: str, values: Mapping[str, object]) -> str:
    return noun.format_map(values) if values else noun


def times(count: int) -> str:
    """Return how often, as text: once, twice, then a number.

    Example:
        >>> times(1), times(2), times(1100)
        ('once', 'twice', '1,100 times')
    """
    return {1: translate("once"), 2: translate("twice")}.get(count) or translate("{n} times", n=f"{count:,}")


def listed(items: Iterable[object], *, most: int = MOST_LISTED, total: int = 0, last: str = "and") -> str:
    """Return items as a list in a sentence. A long list is cut, and ends with the number of further items.

    Args:
        items: what to list; `str` converts each to text.
        most: the most items to name.
        total: the number of items, if `items` does not hold all of them.
        last: the word before the last item of a list that is not cut; empty for a comma.

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
        return translate("{items} and {n} more", items=", ".join(shown), n=f"{left:,}")
    if last and len(shown) > 1:
        pattern = _LAST.get(last, f"{{items}} {last} {{last}}")
        return translate(pattern, items=", ".join(shown[:-1]), last=shown[-1])
    return ", ".join(shown)


def named(names: Iterable[object], *, most: int = 5, total: int = 0, last: str = "and") -> str:
    """Return names as `listed` does, each in quotes: for names that come from the data or the user.

    Example:
        >>> named(["cat", "big dog"]), named("abcdefgh", most=2)
        ("'cat' and 'big dog'", "'a', 'b' and 6 more")
    """
    return listed((f"'{name}'" for name in names), most=most, total=total, last=last)


def sentence(text: str) -> str:
    """Return a text with a capital letter at its start and a full stop at its end.

    Example:
        >>> sentence("four IDX files, gzipped")
        'Four IDX files, gzipped.'
    """
    text = text.strip()
    # A path or a file is not changed: train.csv and Train.csv are different files.
    start = text[:1] if _PATH.match(text) else text[:1].upper()
    return text and start + text[1:] + ("" if text[-1] in ".!?…" else ".")


def entry(title: str, text: str) -> list[str]:
    """Return a title and its text as lines of at most 80 columns, with the title in its own column.

    Example:
        >>> entry("parts", "train 60,000, test 10,000")
        ['  parts    train 60,000, test 10,000']
    """
    return wrapped(
        text,
        _LINE_COLUMNS,
        first_indent=f"  {title}".ljust(TITLE_COLUMNS),
        indent=" " * TITLE_COLUMNS,
        break_long_words=True,
    )


def printable(name: str) -> str:
    r"""Return a name as text that can be printed anywhere: bytes that are not UTF-8 are written as escapes.

    Linux allows such bytes in file names.

    Example:
        >>> printable("caf\udce9.png")
        'caf\\udce9.png'
    """
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()
