"""Decide by the names of the classes whether a mirrored picture is still of its class."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onelook.wording import listed

_NUMBER_WORDS = frozenset(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"])
_NUMBERS = "classes called by numbers may be digits; name them with --class-names if they are not"
# Words that a mirror swaps, if there are classes for both: `turn_left` and `turn_right`.
_SIDES = (
    frozenset({"left", "right"}),
    frozenset({"l", "r"}),
    frozenset({"clockwise", "counterclockwise"}),
    frozenset({"clockwise", "anticlockwise"}),
    frozenset({"links", "rechts"}),
    frozenset({"gauche", "droite"}),
    frozenset({"izquierda", "derecha"}),
    frozenset({"sinistra", "destra"}),
)
_BETWEEN_WORDS = re.compile(r"[\W\d_]+|(?<=[a-z])(?=[A-Z])")  # TurnLeft, too, has two words


def why_not_mirrored(class_names: Sequence[str]) -> str | None:
    """Return the kind of classes that a mirror changes, in words; None if mirroring is safe by the names.

    Example:
        >>> why_not_mirrored(["3", "5", "8"])
        'classes called by numbers may be digits; name them with --class-names if they are not'
        >>> why_not_mirrored(["turn_left", "turn_right", "stop"])
        'left and right are different classes'
        >>> why_not_mirrored(["right whale", "humpback"])
    """
    if all(map(str.isdigit, class_names)):  # clothes, too, may be called 0 to 9
        return _NUMBERS
    if are_symbols(class_names):
        return "digits or letters"
    words = {word.casefold() for name in class_names for word in _BETWEEN_WORDS.split(name)}
    for sides in _SIDES:
        if sides <= words:
            return f"{listed(sorted(sides))} are different classes"
    return None


def are_symbols(class_names: Sequence[str]) -> bool:
    """Return whether the classes are digits or single letters, alone or after a word that all names begin with.

    Example:
        >>> are_symbols(["digit_0", "digit_1", "digit_7"]), are_symbols(["cat", "dog"])
        (True, False)
    """
    return all(map(_is_symbol, class_names)) or all(map(_is_symbol, _without_common_word(class_names)))


def _is_symbol(name: str) -> bool:
    return name.isdigit() or len(name) == 1 or name.casefold() in _NUMBER_WORDS


def _without_common_word(class_names: Sequence[str]) -> Sequence[str]:
    """Return `letter_a`, `letter_b` as a, b. Names that do not start with a common word are not changed."""
    parts = [re.fullmatch(r"([^\W\d_]+)[\W_]+(.+)", name) for name in class_names]
    words = {part[1].casefold() for part in parts if part}
    if len(words) != 1 or not all(parts):
        return class_names
    return [part[2] for part in parts if part]
