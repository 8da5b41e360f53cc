"""Ask the user if data can be read in several ways: show each way with its meaning and its flag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from onelook.errors import ConfigError
from onelook.wording import counted, listed

_MOST_CLASSES = 4  # at most this number of classes is named with counts


@dataclass(frozen=True)
class Choice:
    """One way to read the data."""

    flag: str  # the flag that chooses it
    meaning: str  # what it means, in a few words
    example: str = ""  # the path of one picture, and its label; or the classes, with their counts


def ask_which(question: str, choices: Sequence[Choice]) -> ConfigError:
    """Return the error that lists all ways, each with its flag.

    Args:
        question: a sentence on what was found.
        choices: two or more.
    """
    lines = [f"{question} Choose one:", *(line for choice in choices for line in _lines(choice))]
    return ConfigError("\n".join(lines), options=[choice.flag for choice in choices])


def with_one_more(question: ConfigError, choice: Choice) -> ConfigError:
    """Return a question with one more way at its end."""
    return ConfigError("\n".join([str(question), *_lines(choice)]), options=[*question.options, choice.flag])


def _lines(choice: Choice) -> list[str]:
    """Return the lines of one way, of which the first is its flag."""
    lines = [f"  {choice.flag}", f"      {choice.meaning}"]
    return [*lines, f"      {choice.example}"] if choice.example else lines


def classes_in_words(labels: Sequence[str]) -> str:
    """Return the number of classes in the labels, and the largest classes with their counts.

    Example:
        >>> classes_in_words(["cat", "dog", "cat"])
        '2 classes: cat 2, dog 1'
    """
    counts = Counter(labels)
    shown = listed((f"{name} {count:,}" for name, count in counts.most_common()), most=_MOST_CLASSES, last="")
    return f"{counted(len(counts), 'class')}: {shown}"
