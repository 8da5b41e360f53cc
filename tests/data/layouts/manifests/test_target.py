"""Which column is to be predicted: by its name, its cells, other tables and the folders; and labels that are none."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength, Target
from onelook.data.layouts.manifests.columns.number_columns import HOW_TO_GO_ON_WITH_NUMBERS, Cells
from onelook.data.layouts.manifests.columns.target import choose_target, with_codes_of_sample

MOOD, COAT, THREE = (list(cells) for cells in ("ssggssggssgg", "rbrbrbrbrbrb", "aaabbbaaabbb"))
CODES = [str("rb".index(cell) + 1) for cell in COAT]
TWO = {"mood": MOOD, "coat": COAT}
BY_COAT, BY_MOOD = (["x" if cell == cells[0] else "y" for cell in cells] for cells in (COAT, MOOD))
BOTH = Target(choices=("mood", "coat"))
DECIMALS = ["0.5", "1.5", "2.5", "3.25"]
TENS = [str(number) for number in range(10)] * 2


def cells_of(text: str) -> list[str | None]:
    """The cells of a column: words between blanks, or else single letters; a dot is an empty cell."""
    return [None if cell == "." else cell for cell in (text.split() if " " in text else text)]


def named(column: str, *notes: str) -> Target:
    return Target(column, Strength.NAMED, notes=notes)


def left(column: str) -> Target:
    return Target(column, Strength.LEFT)


def number(column: str, values: int, rows: int, first: str, strength: Strength = Strength.LEFT) -> Target:
    said = f"holds {values} different numbers in {rows} rows, such as {first}: a number to predict (a regression), and"
    return Target(column, strength, no_classes=f"The column '{column}' {said} no class. {HOW_TO_GO_ON_WITH_NUMBERS}")


def rivals(shown: str) -> str:
    return f"{shown} may be the label too: --label-column chooses."


@pytest.mark.parametrize(
    ("name", "cells", "may_be"),
    [
        ("x", "aabbccddee", True),  # five classes in ten rows
        ("x", "abcdefabcd", False),  # six: hardly classes
        ("x", "abcdefghi", True),  # but in nine rows all may differ
        ("", "aabbaabb", False),
        ("x", "aaaaaaaa", False),
        ("x", "ababa.....", True),
        ("x", "abab......", False),  # most of ten rows are empty
        ("x", "abab.....", True),
        ("x", "10 11 12 13 14", False),  # an index
        ("x", "10 11 12 13 a", True),
        ("x", "10 11 12 13 .", True),
        ("x", "1 2 3 4", True),
        ("x", "accept reject accept reject", False),
        ("x", "accept reject accept maybe", True),
        ("x", "0.5 1.5 0.5 1.5", False),
        ("x", "2020-01-02 2021/3/4 2020-01-02 2021/3/4", False),
        ("x", "12:30 9:15 12:30 9:15", False),
        ("x", "1.2.2020 3.4.20 1.2.2020 3.4.20", False),
        ("x", "1.2.2020 no 1.2.2020 no", True),
        ("x", "a.avi b.JPEG a.avi b.JPEG", False),
        ("x", "a.avi b a.avi b", True),
    ],
)
def test_a_column_that_may_be_classes_is_a_choice_beside_another(name: str, cells: str, may_be: bool) -> None:
    tried = cells_of(cells)
    columns = {name: tried, "mood": MOOD[: len(tried)]}
    expected = Target(choices=(name, "mood")) if may_be else left("mood")
    assert choose_target(columns, None, LabelEvidence()) == expected


@pytest.mark.parametrize(
    ("columns", "evidence", "target"),
    [
        # A table of the pictures to predict, or a sample submission.
        (TWO, LabelEvidence(test_columns=["coat", "mood", "id"]), Target()),
        (TWO, LabelEvidence(test_columns=["coat", "mood"]), Target()),
        (TWO, LabelEvidence({"id": ["x"], "COAT": ["r"]}), named("coat")),
        ({"Mood": MOOD, "Coat": COAT}, LabelEvidence({"id": ["x"], "coat": ["r"]}), named("Coat")),
        (TWO, LabelEvidence({"id": ["x"], "s": ["0"], "g": ["1"]}), named("mood")),
        ({**TWO, "same": ["s"] * 12}, LabelEvidence({"id": ["x"], "s": ["0"], "g": ["1"], "z": ["0"]}), named("mood")),
        (TWO, LabelEvidence({"mood": ["x"], "coat": ["r"]}), named("coat")),  # the first are ids
        (TWO, LabelEvidence({"coat": ["x"], "other": ["r"]}), BOTH),
        (TWO, LabelEvidence({"id": ["x"], "other": ["r", "b"]}), named("coat")),  # its answers are in one column
        (TWO, LabelEvidence({"id": ["x"], "other": ["b r", "r b"]}), named("coat")),
        (TWO, LabelEvidence({"id": ["x"], "other": ["r", "y"]}), BOTH),
        ({"mood": MOOD, "code": CODES}, LabelEvidence({"id": ["x"], "other": ["1"]}), Target(choices=("mood", "code"))),
        (TWO, LabelEvidence({"id": ["x"], "s": ["0"], "g": ["1"], "z": ["0"]}), named("mood")),  # a column a class
        (TWO, LabelEvidence({"id": ["x"], "s": ["0"], "g": ["1"], "r": ["0"], "b": ["0"]}), BOTH),
        (TWO, LabelEvidence(test_columns=["coat"]), named("mood")),
        ({**TWO, "site": THREE}, LabelEvidence(test_columns=["coat"]), left("mood")),  # a site is hardly ever the label
        ({**TWO, "label": THREE}, LabelEvidence(test_columns=["label"]), BOTH),
        # Folders that say the same.
        (TWO, LabelEvidence(folders=[BY_COAT]), named("coat")),
        (TWO, LabelEvidence(folders=[BY_COAT, BY_MOOD]), BOTH),
        (
            {"coat": COAT, "label": MOOD},
            LabelEvidence(folders=[BY_COAT, BY_MOOD]),
            named("label", rivals("'coat' (2 classes)")),
        ),
        ({"code": CODES, **TWO}, LabelEvidence(folders=[BY_COAT]), named("coat")),
        ({"site": COAT, "mood": MOOD}, LabelEvidence(folders=[BY_COAT]), left("mood")),
        ({"sex": COAT, "mood": MOOD}, LabelEvidence(folders=[BY_COAT]), named("sex")),
        ({"study_id": COAT, "mood": MOOD}, LabelEvidence(folders=[BY_COAT]), left("mood")),  # where pictures lie
        ({"person": COAT}, LabelEvidence(folders=[BY_COAT]), named("person")),  # nothing else may be learnt
        (TWO, LabelEvidence(folders=[["train" if cell == "r" else "test" for cell in COAT]]), BOTH),
        (TWO, LabelEvidence(folders=[["part_1" if cell == "r" else "2019" for cell in COAT]]), BOTH),
        (TWO, LabelEvidence(folders=[BY_COAT[:-1]]), BOTH),
        (
            {**TWO, "site": THREE},
            LabelEvidence({"id": ["x"], "mood": ["s"], "site": ["a"]}, folders=[BY_COAT]),
            left("mood"),
        ),
        (TWO, LabelEvidence(folders=[["train" if cell == "r" else "x" for cell in COAT]]), named("coat")),
        ({"mood": MOOD, "coat": [*COAT[:-1], None]}, LabelEvidence(folders=[[*BY_COAT[:-1], "z"]]), BOTH),
        # Usual names.
        ({"species": COAT, "label": MOOD}, LabelEvidence(), named("label", rivals("'species' (2 classes)"))),
        ({"class": COAT, "label": MOOD}, LabelEvidence(), Target(choices=("label", "class"))),
        ({"class": list("abcdefghijkl"), "mood": MOOD}, LabelEvidence(), left("mood")),  # each row has its own
        ({"class": list("abcdefghi"), "mood": MOOD[:9]}, LabelEvidence(), named("class")),
        ({"label": list("abcdefghijkl")}, LabelEvidence(), named("label")),
        (
            {"class": CODES, "other": [str(int(code) + 7) for code in CODES], "mood": MOOD, "colour": COAT},
            LabelEvidence(),
            named("colour", "The columns 'class' and 'colour' say the same: the classes are called as in 'colour'."),
        ),
        (
            {"class": CODES, "label": COAT, "genus": MOOD},
            LabelEvidence(),
            named("label", rivals("'genus' (2 classes)")),
        ),
        (
            {"genus": MOOD, "species": COAT, "dx": cells_of("aabbcc.ddeee")},
            LabelEvidence(),
            named("genus", rivals("'species' (2 classes) and 'dx' (5 classes)")),
        ),
        ({"diagnosis": ["a"] * 12, "coat": COAT, "species": MOOD}, LabelEvidence(), named("species")),
        ({"Class": COAT, "LABEL": MOOD}, LabelEvidence(), Target(choices=("LABEL", "Class"))),
        ({"mood": MOOD, "Label": COAT}, LabelEvidence(), named("Label")),
        ({"class": [*"abcdefghijk", None], "mood": MOOD}, LabelEvidence(), named("class")),
        (
            {
                **{"genus": MOOD, "species": COAT, "dx": THREE, "breed": list("abcabcabcabc")},
                "variety": list("abcdabcdabcd"),
            },
            LabelEvidence(),
            named("genus", rivals("'species' (2 classes), 'dx' (2 classes), 'breed' (3 classes) and 1 more")),
        ),
        (
            {"label": [*DECIMALS, None], "colour": [*"abcde"]},
            LabelEvidence(),
            number("label", 4, 4, "'0.5', '1.5' and '2.5'", Strength.NAMED),
        ),
        # What is left.
        ({"x": CODES, "coat": COAT}, LabelEvidence(), left("coat")),
        ({"anything": MOOD}, LabelEvidence(), left("anything")),
        ({"_golden": MOOD, "seen": COAT}, LabelEvidence(), left("seen")),  # a tool's own column
        ({"_kind": MOOD, "_coat": COAT}, LabelEvidence(), Target(choices=("_kind", "_coat"))),
        ({"seen": COAT, "seen:confidence": cells_of("1.0 0.5 " * 6)}, LabelEvidence(), left("seen")),
        (
            {"family": ["f"] * 12, "genus": THREE, "species": MOOD, "scientificName": BY_MOOD},
            LabelEvidence(),
            named("scientificName", "'genus' is a wider rank than 'scientificName': --label-column chooses."),
        ),
        ({"anything": list("12345")}, LabelEvidence(), Target()),
        ({"anything": list("1234")}, LabelEvidence(), left("anything")),
        ({"": list("1212")}, LabelEvidence(), Target()),
        (
            {"race": COAT, "age": cells_of("1 1 2 2 3 3 4 4 5 5 6 6"), "url": ["a"] * 12},
            LabelEvidence(),
            Target(choices=("race", "age")),
        ),
        ({"race": COAT, "url": MOOD}, LabelEvidence(), left("race")),
        # Numbers to predict.
        (
            {"share": [*DECIMALS, None], "url": list("abcde")},
            LabelEvidence(),
            number("share", 4, 4, "'0.5', '1.5' and '2.5'"),
        ),
        ({"age": DECIMALS, "url": list("aaaa")}, LabelEvidence(), number("age", 4, 4, "'0.5', '1.5' and '2.5'")),
        ({"weight": DECIMALS, "url": list("aaaa")}, LabelEvidence(), Target()),
        ({"a": DECIMALS, "b": DECIMALS, "url": list("aaaa"), "source": list("aaaa")}, LabelEvidence(), Target()),
        ({"boneage": TENS}, LabelEvidence(), number("boneage", 10, 20, "'0', '1' and '2'")),
        ({"boneage": [cell for cell in TENS if cell != "9"]}, LabelEvidence(), left("boneage")),
        ({"stage": TENS}, LabelEvidence(), left("stage")),
    ],
)
def test_the_column_to_predict_is_chosen_by_all_that_is_known(
    columns: Mapping[str, Cells], evidence: LabelEvidence, target: Target
) -> None:
    assert choose_target(columns, None, evidence) == target


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ({"a": DECIMALS, "b": DECIMALS, "url": list("aaaa")}, "'a' and 'b' hold numbers with decimals"),
        ({"boneage": TENS[:10], "b": [f"{cell}.5" for cell in TENS[:10]]}, "'boneage' and 'b' hold measurements"),
    ],
)
def test_several_columns_of_numbers_are_named_together(columns: Mapping[str, Cells], what: str) -> None:
    said = f"The columns {what}: numbers to predict, and no classes. {HOW_TO_GO_ON_WITH_NUMBERS}"
    assert choose_target(columns, None, LabelEvidence()) == Target(next(iter(columns)), Strength.LEFT, no_classes=said)


@pytest.mark.parametrize(
    ("cells", "sample", "is_number"),
    [
        (["1.5", "2.5"], [], False),  # two values are classes, whatever they look like
        (["1.5", "2.5", "3"], [], True),
        ([str(at) for at in range(21)], ["20.5", "3.5"], True),  # the sample has decimals above 1
        ([str(at) for at in range(21)], ["1.5", None, "3.5"], True),
        ([str(at) for at in range(20)], ["20.5", "3.5"], False),
        (list("abcdefghijklmnopqrstuvwxyz"), ["20.5", "3.5"], False),
        ([str(at) for at in range(21)], ["0.5", "3.5"], False),  # or probabilities
        ([str(at) for at in range(21)], ["2", "3"], False),
        (TENS, [], False),  # a measurement by its name, but the user says that it is the label
    ],
)
def test_a_column_that_is_asked_for_is_refused_only_where_its_cells_are_numbers(
    cells: list[str], sample: list[str | None], is_number: bool
) -> None:
    evidence = LabelEvidence({"id": ["x"], "boneage": sample})
    found = choose_target({"boneage": cells, "mood": MOOD}, "boneage", evidence)
    assert (found.column, found.strength, bool(found.no_classes)) == ("boneage", Strength.NAMED, is_number)
    assert choose_target({"boneage": cells}, "boneage", LabelEvidence()).no_classes == (
        found.no_classes if not sample else ""
    )


def test_codes_are_the_classes_where_the_sample_asks_for_whole_numbers() -> None:
    columns: dict[str, Cells] = {
        "breed": ["pug", "collie", "pug", "dingo", "boxer", None],
        "size": ["1", "2", "1", "3", "4", "5"],
        "other_id": ["1", "2", "2", "3", "4", "5"],
        "breed_id": ["7", "3", "7", "5", "9", None],
    }
    target = named("breed", "one")
    shown = "7 is 'pug', 3 is 'collie', 5 is 'dingo' and 1 more"
    said = f"The sample asks for numbers: the classes are those in 'breed_id' ({shown})."

    def found(sample: Mapping[str, Cells], target: Target = target) -> Target:
        return with_codes_of_sample(columns, target, LabelEvidence(sample))

    assert found({"id": ["x"], "breed": ["0", None, "3"]}) == named("breed_id", "one", said)
    for sample in (
        {"id": ["x"], "breed": ["pug"]},
        {"id": ["x"], "breed": ["0", "0.5"]},
        {"id": ["x"], "breed": [None]},
        {"id": ["x"], "breed": ["0"], "collie": ["1"]},
        {"breed": ["0"]},
    ):
        assert found(sample) == target
    numbers = {"id": ["x"], "breed": ["0"]}
    assert found(numbers, Target(choices=("breed", "size"))) == Target(choices=("breed", "size"))
    assert found(numbers, named("breed_id")) == named("breed_id")  # they are numbers already
    assert found(numbers, Target("breed", no_classes="several")) == Target("breed", no_classes="several")


def test_lists_of_labels_are_no_classes_and_have_no_rivals() -> None:
    found = choose_target({"tags": ["a|b", "b|c", "a", "c"], "species": list("xyxy")}, None, LabelEvidence())
    assert (found.column, found.strength, found.choices, found.notes) == ("tags", Strength.NAMED, (), ())
    assert found.no_classes.startswith("The column 'tags' holds several labels a picture (a list in a cell), such as")


@pytest.mark.parametrize(
    ("fine", "name", "choices"),
    [
        ("012301230123", "column 2", ("column 3", "column 2")),
        ("012301230123", "kind", ()),  # a name tells what it is
        ("001122330011", "column 2", ()),  # parts the pictures otherwise
        ("010101010101", "column 2", ()),  # says the same
    ],
)
def test_a_finer_column_without_a_name_is_a_choice(fine: str, name: str, choices: tuple[str, ...]) -> None:
    """The folders agree with the coarse column, whose classes the other one parts further."""
    columns = {name: list(fine), "column 3": list("010101010101")}
    folders = [["apple" if cell == "0" else "milk" for cell in columns["column 3"]]]
    assert choose_target(columns, None, LabelEvidence(folders=folders)).choices == choices


LEVELS = cells_of("0.0 0.3 0.7 1.0 " * 4)
MEASURES = cells_of(" ".join(f"0.{number}5" for number in range(16)))


def test_a_few_numbers_with_decimals_are_a_choice_beside_a_column_without_a_name() -> None:
    kinds = cells_of("mmppmmppmmppmmpp")
    both = choose_target({"column 2": LEVELS, "column 3": kinds}, None, LabelEvidence())
    assert both.choices == ("column 3", "column 2")
    assert choose_target({"column 2": LEVELS, "column 3": kinds}, "column 2", LabelEvidence()) == named("column 2")
    assert choose_target({"column 2": MEASURES, "column 3": kinds}, None, LabelEvidence()) == left("column 3")
    told = choose_target({"doubt": LEVELS, "kind": kinds}, None, LabelEvidence())
    assert (told.column, told.notes) == ("kind", (rivals("'doubt' (4 numbers)"),))


@pytest.mark.parametrize(
    ("columns", "choices"),
    [
        ({"masterCategory": "aabbaabb", "subCategory": "abcdabcd", "type": "aabbccdd", "year": "12121212"}, 3),
        ({"coarse_label": "aabbaabb", "fine_label": "abcdabcd"}, 2),
        ({"main_class": "aabbaabb", "sub_class": "ccddccdd"}, 0),  # other names for the same
        ({"class": "aabbaabb", "sub_class": "abcdabcd"}, 0),
        ({"diagnosis": "aabbaabb", "sub_category": "abcdabcd"}, 0),
    ],
)
def test_columns_that_differ_in_the_word_before_the_usual_one_are_a_question(
    columns: Mapping[str, str], choices: int
) -> None:
    found = choose_target({name: [*cells] for name, cells in columns.items()}, None, LabelEvidence())
    assert found.choices == tuple([*columns][:choices])
    assert bool(found.column) is not bool(choices)


def test_two_columns_called_like_labels_that_each_repeat_a_folder_are_a_choice() -> None:
    evidence = LabelEvidence(folders=(BY_MOOD, BY_COAT))
    assert choose_target({"label": MOOD, "class": COAT}, None, evidence) == Target(choices=("label", "class"))
    assert choose_target({"label": MOOD, "coat": COAT}, None, evidence).column == "label"
    assert choose_target({"mood": MOOD, "coat": COAT}, None, evidence) == BOTH
