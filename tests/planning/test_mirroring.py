"""What a mirror turns into another class, as far as names tell."""

from __future__ import annotations

import pytest

from onelook.planning.mirroring import why_not_mirrored

SYMBOLS = "digits or letters"
NUMBERS = "classes called by numbers may be digits; name them with --class-names if they are not"


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("0", "1", "10"), NUMBERS),
        (("A", "B"), SYMBOLS),
        (("Zero", "one", "seven"), SYMBOLS),
        (("digit_0", "digit_1"), SYMBOLS),
        (("Letter b", "letter d"), SYMBOLS),
        (("left-hand", "Right-hand"), "left and right are different classes"),
        (("eye_L", "eye_R", "mouth"), "l and r are different classes"),
        (("rechts abbiegen", "links abbiegen"), "links and rechts are different classes"),
        (("TurnLeft", "TurnRight", "Stop"), "left and right are different classes"),
    ],
)
def test_these_are_left_as_they_are(names: tuple[str, ...], reason: str) -> None:
    assert why_not_mirrored(names) == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("left", "right"),
        ("l", "r"),
        ("clockwise", "counterclockwise"),
        ("clockwise", "anticlockwise"),
        ("links", "rechts"),
        ("gauche", "droite"),
        ("izquierda", "derecha"),
        ("sinistra", "destra"),
    ],
)
def test_every_pair_of_sides_that_is_told_apart(one: str, other: str) -> None:
    assert why_not_mirrored((f"turn_{one.upper()}", f"turn {other} 2", "stop")) == (
        f"{' and '.join(sorted((one, other)))} are different classes"
    )
    assert why_not_mirrored((f"turn_{one}", "stop")) is None  # one side alone
    assert why_not_mirrored((f"turn_{one}x", f"turn_{other}x")) is None  # whole words


@pytest.mark.parametrize(
    "name", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "7", "12", "x"]
)
def test_every_number_and_letter_is_a_symbol(name: str) -> None:
    assert why_not_mirrored((name.title(), "0")) == (NUMBERS if name.isdigit() else SYMBOLS)
    assert why_not_mirrored((f"digit-{name}", "digit-0")) == SYMBOLS
    assert why_not_mirrored((name, "cat")) is None


@pytest.mark.parametrize(
    "names", [("cat", "dog"), ("right whale", "blue whale"), ("model 3 car", "model y truck"), ("1", "many")]
)
def test_these_may_be_mirrored(names: tuple[str, ...]) -> None:
    assert why_not_mirrored(names) is None
