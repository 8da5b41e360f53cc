"""Choose the column to predict by evidence; recognise labels that are not classes: numbers, and several per picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.column_names import CODE_WORDS, LABEL_NAMES, is_called_like_label, words_of
from onelook.data.layouts.manifests.columns.column_in_words import NAMELESS
from onelook.data.layouts.manifests.columns.column_words import FACT_WORDS, MARK_WORDS, PEOPLE_WORDS, wider_ranks
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength, Target
from onelook.data.layouts.manifests.columns.group_words import names_groups
from onelook.data.layouts.manifests.columns.judge import judged, number_to_predict, without_numbers_and_texts
from onelook.data.layouts.manifests.columns.label_columns import (
    agree_with_folders,
    are_files,
    are_one_to_one,
    are_parts_or_shares,
    is_id,
    is_index,
    is_part_of,
    is_plausible,
    most_readable,
    say_the_same,
    usually_labels,
    without_codes,
)
from onelook.data.layouts.manifests.columns.number_columns import (
    Cells,
    are_codes,
    is_of_decimals,
)
from onelook.data.layouts.manifests.columns.one_of_several import one_of_several
from onelook.data.layouts.manifests.columns.rivals import finer_without_names, levels_in, note_levels
from onelook.wording import agree, counted, listed, named

# Words for what an examination finds, beside the name of the disease.
_OUTCOME_WORDS = frozenset(("malignant", "malignancy", "benign", "cancer", "abnormal", "abnormality", "infected"))
_FEWEST_RATINGS = 2  # columns; a single one may be a fact about the picture


def choose_target(columns: Mapping[str, Cells], asked: str | None, evidence: LabelEvidence) -> Target:
    """Return the column to predict.

    Args:
        columns: the columns without those of the path, the parts and the groups.
        asked: the column that the user named.
        evidence: facts from other tables and from folders.
    """
    if asked is not None:
        if NAMELESS.fullmatch(asked) and levels_in({asked: columns[asked]}):
            return Target(asked, Strength.NAMED)
        return judged(columns, asked, Strength.NAMED, evidence)
    return without_numbers_and_texts(columns, _choose_unasked(columns, evidence))


def _choose_unasked(columns: Mapping[str, Cells], evidence: LabelEvidence) -> Target:
    """Return the column to predict where the user names none."""
    if evidence.test_columns is not None and columns and set(columns) <= set(evidence.test_columns):
        return Target()  # this is the table of pictures to predict
    pointed = _pointed(columns, evidence)
    if len(pointed) == 1:
        return judged(columns, pointed[0], Strength.NAMED, evidence)
    plausible = [name for name, cells in columns.items() if is_plausible(name, cells)]
    levels = [level for level in evidence.folders if not are_parts_or_shares(set(level))]
    agreeing = [
        name
        for name in plausible
        if not FACT_WORDS & set(words_of(name)) - PEOPLE_WORDS
        and any(agree_with_folders(columns[name], level) for level in levels)
    ]
    if any(name not in agreeing and not names_groups(name) for name in plausible):  # `study_id` is where pictures lie
        agreeing = [name for name in agreeing if not names_groups(name)]
    ranks = [] if pointed else wider_ranks(columns)
    if agreeing and not pointed and (told := _told_by_folders(columns, agreeing, plausible, ranks)) is not None:
        return told
    pool = pointed or list(columns)
    filled = [name for name in usually_labels(columns) if name in pool and any(columns[name])]
    usual = [name for name in filled if not (is_id(columns[name]) and len(columns) > 1)]
    usual = [name for name in usual if name not in ranks] or usual
    if usual and not pointed and len(of_one_word := _levels_of_one_word(columns, usual, plausible)) > 1:
        return Target(choices=tuple(of_one_word))
    if usual:
        found = _usual_target(columns, usual, [name for name in plausible if name not in ranks], evidence)
        label = columns[found.column or usual[0]]
        same = [each for each in ranks if "species" in words_of(each) and are_one_to_one(columns[each], label)]
        wider = [each for each in ranks if each in plausible and each not in same]
        return replace(
            found, notes=(*found.notes, *_note_ranks(found, wider), *_note_folders(columns, found, agreeing))
        )
    return _left_over(columns, [name for name in plausible if name in pool], evidence)


def _told_by_folders(
    columns: Mapping[str, Cells], agreeing: Sequence[str], plausible: Sequence[str], ranks: Sequence[str]
) -> Target | None:
    """Return the column that says the same as the folders; None if another one is called as a label is."""
    called = _called_label_unlike(columns, agreeing, [name for name in plausible if name not in ranks])
    if called is not None:
        is_wider = is_part_of(columns[agreeing[0]], columns[called])
        return Target(choices=(called, agreeing[0])) if is_wider else None
    finer = finer_without_names(columns, agreeing[0], plausible)
    return Target(choices=(agreeing[0], *finer)) if finer else _agreeing_target(columns, agreeing)


def _levels_of_one_word(columns: Mapping[str, Cells], usual: Sequence[str], plausible: Sequence[str]) -> list[str]:
    """Return the columns to choose from if several differ in the word before the usual one; none if they do not.

    Beside `masterCategory` and `subCategory`, `articleType` may be meant as well.
    """
    among = [name for name in usual if name in plausible]
    if any(name.casefold() in LABEL_NAMES for name in among):
        return []
    cores = {name: [word for word in words_of(name) if word not in CODE_WORDS] for name in among}
    alike = [name for name in among if len(cores[name]) > 1 and cores[name][-1] == cores[among[0]][-1]]
    # In few pictures two levels may happen to say the same, and a finer column may still be meant.
    if len(alike) < len(among) or len({tuple(cores[name]) for name in alike}) < 2:
        return []
    return [name for name in without_codes(columns, plausible) if not FACT_WORDS & set(words_of(name))]


def with_codes_of_sample(columns: Mapping[str, Cells], target: Target, evidence: LabelEvidence) -> Target:
    """Return the target; the column of its codes instead if a sample submission asks for whole numbers."""
    answers = [cell for cells in list(evidence.sample_columns.values())[1:2] for cell in cells if cell is not None]
    if len(evidence.sample_columns) != 2 or not answers or not all(map(str.isdecimal, answers)):
        return target
    if target.column is None or target.no_classes or are_codes(columns[target.column]):
        return target
    names = columns[target.column]
    for code, cells in columns.items():
        whole = [cell for cell in cells if cell is not None]
        is_code = bool(CODE_WORDS & set(words_of(code))) and all(map(str.isdecimal, whole))
        if is_code and are_one_to_one(names, cells):
            pairs = dict(zip(cells, names, strict=True))
            shown = listed((f"{number} is '{name}'" for number, name in pairs.items() if number), most=3)
            note = f"The sample asks for numbers: the classes are those in '{code}' ({shown})."
            return replace(target, column=code, notes=(*target.notes, note))
    return target


def _usual_target(
    columns: Mapping[str, Cells], usual: Sequence[str], plausible: Sequence[str], evidence: LabelEvidence
) -> Target:
    """Return the column with a usual name of a label; a choice if several have the most usual names."""
    among = [name for name in usual if name in plausible]
    exact = without_codes(columns, [name for name in among if name.casefold() in LABEL_NAMES])
    if len(exact) > 1:
        return Target(choices=tuple(exact))
    chosen = among[0] if among else usual[0]
    blanks = columns[chosen].count(None)
    fuller = [name for name in among if columns[name].count(None) < blanks]
    chosen = next((name for name in fuller if say_the_same(columns[chosen], columns[name])), chosen)
    found = _with_names(columns, plausible, judged(columns, chosen, Strength.NAMED, evidence))
    begin_so = [name for name in plausible if name not in among and words_of(name)[:1] == ["label"]]
    begin_so = [name for name in begin_so if not FACT_WORDS & set(words_of(name))]
    others = [] if chosen.casefold() in LABEL_NAMES else [name for name in plausible if name not in among]
    alike = _ratings(columns, others)
    outcomes = [name for name in plausible if _OUTCOME_WORDS & set(words_of(name))]
    rivals = dict.fromkeys([*among, *begin_so, *alike, *outcomes])
    return replace(found, notes=(*found.notes, *_note_rivals(columns, found, [*rivals])))


def _ratings(columns: Mapping[str, Cells], plausible: Sequence[str]) -> list[str]:
    """Return the columns of words that rate each picture too, as `humour` and `sarcasm` beside `overall_sentiment`."""
    found = [
        name
        for name in without_codes(columns, plausible)
        if not FACT_WORDS & set(words_of(name))
        and not names_groups(name)
        and not are_codes(columns[name])
        and _repeats(columns[name])
    ]
    return found if len(found) >= _FEWEST_RATINGS else []


def _repeats(cells: Cells) -> bool:
    """Return whether several rows have a value, as a class does and a text hardly."""
    return len({*cells} - {None}) < len([cell for cell in cells if cell is not None])


def _agreeing_target(columns: Mapping[str, Cells], agreeing: Sequence[str]) -> Target:
    """Return the column that says the same as a level of folders; with several levels, the one with a usual name."""
    distinct = without_codes(columns, agreeing)
    usual = [name for name in usually_labels({name: columns[name] for name in agreeing}) if name in distinct]
    if len(distinct) > 1 and len(usual) != 1:
        return Target(choices=tuple(distinct))
    chosen = usual[0] if len(distinct) > 1 else most_readable(columns, agreeing)
    target = Target(chosen, Strength.NAMED)
    called = [name for name in usually_labels(columns) if name not in agreeing and _repeats(columns[name])]
    return replace(target, notes=tuple(_note_rivals(columns, target, [*distinct, *called])))


def _called_label_unlike(columns: Mapping[str, Cells], agreeing: Sequence[str], plausible: Sequence[str]) -> str | None:
    """Return the column with the very name of a label where the columns that repeat a folder have no such name.

    Beside `label`, a folder of each event with the column `event_name` is where the pictures lie.
    """
    if any(is_called_like_label(name) for name in agreeing):
        return None
    called = [name for name in usually_labels(columns) if name in plausible and name.casefold() in LABEL_NAMES]
    return next(iter(called), None)


def _note_folders(columns: Mapping[str, Cells], target: Target, agreeing: Sequence[str]) -> list[str]:
    """Return a note on the columns that repeat a folder, say something else than the label, and were not taken."""
    if target.column is None or target.no_classes:
        return []
    left = [each for each in agreeing if not are_one_to_one(columns[each], columns[target.column])]
    if not left:
        return []
    verb = agree(len(left), "says the same as a folder of each picture", "say the same as folders of each picture")
    return [f"{named(left)} {verb}, but '{target.column}' is called like a label: --label-column chooses."]


def _note_rivals(columns: Mapping[str, Cells], target: Target, usual: Sequence[str]) -> list[str]:
    """Return a note on other columns with usual names of a label that differ from the chosen column."""
    chosen = columns[target.column or ""]
    if target.no_classes:
        return []
    rivals = [name for name in usual if name != target.column and not are_one_to_one(chosen, columns[name])]
    sparser = [name for name in rivals if say_the_same(columns[name], chosen)]
    rivals = [name for name in rivals if name not in sparser]
    if sparser:
        says, labels = agree(len(sparser), "says", "say"), agree(len(sparser), "it labels", "they label")
        return [f"{named(sparser)} {says} the same of the pictures that {labels}.", *_ways(columns, rivals)]
    return _ways(columns, rivals)


def _ways(columns: Mapping[str, Cells], rivals: Sequence[str]) -> list[str]:
    if not rivals:
        return []
    ways = listed(
        (f"'{name}' ({counted(len({*columns[name]} - {None}), 'class', 'classes')})" for name in rivals), most=3
    )
    return [f"{ways} may be the label too: --label-column chooses."]


def _note_ranks(target: Target, ranks: Sequence[str]) -> list[str]:
    """Return a note on the ranks of living things above that of the label."""
    if not ranks or target.column is None:
        return []
    verb = agree(len(ranks), "is a wider rank", "are wider ranks")
    return [f"{named(ranks)} {verb} than '{target.column}': --label-column chooses."]


def _left_over(columns: Mapping[str, Cells], plausible: Sequence[str], evidence: LabelEvidence) -> Target:
    """Return the only column left, if none has a usual name and nothing points to one."""
    name = next(iter(columns), "")
    if len(columns) == 1 and name and not is_index(columns[name]) and not are_files(columns[name]):
        return judged(columns, name, Strength.LEFT, evidence)
    # If two columns say the same, the compound is kept and not its well.
    facts = [name for name in plausible if FACT_WORDS & set(words_of(name)) - PEOPLE_WORDS]
    ordered = [*(name for name in plausible if name not in facts), *facts]
    likely = [name for name in without_codes(columns, ordered) if not FACT_WORDS & set(words_of(name))]
    likely = [name for name in likely if not names_groups(name)] or likely
    likely = [name for name in likely if not name.startswith("_")] or likely  # `_golden` is a tool's own
    if any(PEOPLE_WORDS & set(words_of(name)) for name in likely):  # each fact about people may be what is wanted
        distinct = without_codes(columns, plausible)
        likely = [name for name in distinct if name in likely or PEOPLE_WORDS & set(words_of(name))]
    if len(likely) == 1:
        levels = levels_in(columns)
        if levels and NAMELESS.fullmatch(likely[0]):
            return Target(choices=(*likely, *levels))
        found = judged(columns, likely[0], Strength.LEFT, evidence)
        return replace(found, notes=(*found.notes, *_note_marks(columns), *note_levels(levels)))
    if told := one_of_several(columns, likely, evidence):
        return told
    return Target(choices=tuple(likely)) if likely else number_to_predict(columns)


def _note_marks(columns: Mapping[str, Cells]) -> list[str]:
    """Return a note on a column of people's marks, such as `MOS`, which may be what is to be predicted."""
    marks = [name for name, cells in columns.items() if MARK_WORDS & set(words_of(name)) and is_of_decimals(cells)]
    if not marks:
        return []
    return [f"{named(marks)} {agree(len(marks), 'holds', 'hold')} numbers to predict, which onelook does not learn."]


def _pointed(columns: Mapping[str, Cells], evidence: LabelEvidence) -> list[str]:
    """Return the columns that the sample submission asks for, or else those that the table to predict lacks."""
    folded = {name.casefold(): name for name in columns}
    answers = list(evidence.sample_columns)[1:]  # ids are first
    wanted = set(answers)
    if len(wanted) > 1:  # an id and a column for each class; the table may have probabilities of a model beside them
        of_classes = [
            name
            for name, cells in columns.items()
            if len(values := {cell for cell in cells if cell}) > 1 and values <= wanted
        ]
        if len(of_classes) == 1:
            return of_classes
    asked = [folded[name.casefold()] for name in answers if name.casefold() in folded]
    if asked or (asked := _with_answers(columns, evidence)):
        return asked
    if evidence.test_columns is None:
        return []
    return [name for name in columns if name not in evidence.test_columns]


def _with_answers(columns: Mapping[str, Cells], evidence: LabelEvidence) -> list[str]:
    """Return the one column that holds all words of a sample's answers, as the individuals of `w_1 new_whale w_2`."""
    if len(evidence.sample_columns) != 2:
        return []
    ids, answers = evidence.sample_columns
    whole = {cell for cell in evidence.sample_columns[answers] if cell is not None}
    if not any(sign.isalpha() for answer in whole for sign in answer):  # 0 and 1 may be in any column
        return []
    words = {word for answer in whole for word in answer.split()}
    found = [name for name, cells in columns.items() if name != ids and (whole <= {*cells} or words <= {*cells})]
    return found if len(found) == 1 else []


def _with_names(columns: Mapping[str, Cells], plausible: Sequence[str], target: Target) -> Target:
    """Return the target, with a readable column instead of its codes if there is one."""
    if target.column is None or target.no_classes:
        return target
    codes = columns[target.column]
    if not are_codes(codes):
        called = _called_as_of_code(target.column)  # `tagName` of `tagId`, whose ids are no numbers
        plausible = [name for name in columns if called is not None and words_of(name) == called]
    for name in plausible:
        if name != target.column and not are_codes(columns[name]) and are_one_to_one(codes, columns[name]):
            note = f"The columns '{target.column}' and '{name}' say the same: the classes are called as in '{name}'."
            return Target(name, target.strength, notes=(note,))
    return target


def _called_as_of_code(code: str) -> list[str] | None:
    """Return the words of the column that has the names of these codes, `tag name` of `tagId`; None for no codes."""
    words = words_of(code)
    return [*words[:-1], "name"] if len(words) > 1 and words[-1] in CODE_WORDS else None
