"""Precision, recall and F1, class by class."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.result import ClassResult, Evaluation
from onelook.report.page import Section
from onelook.report.page_wording import IN_A_SENTENCE, class_in_words, percent
from onelook.report.results import Results
from onelook.wording import translate


@dataclass(frozen=True)
class ClassRow:
    """A line of the table. Bars are in percent of the longest bar of all."""

    class_name: str
    place: int  # of the class, in the data's order
    support: int
    recall: str
    recall_value: float
    missed: int
    missed_bar: float
    precision: str
    precision_value: float
    wrongly_named: int
    wrongly_named_bar: float
    f1: str
    f1_value: float


@dataclass(frozen=True)
class Classes:
    """The content of the section."""

    rows: tuple[ClassRow, ...]


def build_section(results: Results) -> Section:
    """Build the section with one line for each class, the lowest F1 first."""
    evaluation = results.evaluation
    if evaluation is None:
        return Section(
            translate("Class by class"),
            translate("How well each class is found"),
            missing=translate("The model was not scored."),
        )
    return Section(
        topic=translate("Class by class"),
        title=_title(evaluation),
        template="classes.html",
        view=Classes(_rows(evaluation)),
    )


def _title(evaluation: Evaluation) -> str:
    scores = sorted(one.f1 for one in evaluation.per_class)
    if len(scores) > 1 and scores[0] == scores[-1]:
        return translate("Every class has an F1 of {f1}", f1=f"{scores[0]:.3f}")
    worst = min(evaluation.per_class, key=lambda one: one.f1)
    best = max(evaluation.per_class, key=lambda one: one.f1)
    lowest, highest = (class_in_words(one.class_name, IN_A_SENTENCE) for one in (worst, best))
    return translate(
        "From {lowest}, with an F1 of {low}, to {highest}, with {high}",
        lowest=lowest,
        low=f"{worst.f1:.3f}",
        highest=highest,
        high=f"{best.f1:.3f}",
    )


def _rows(evaluation: Evaluation) -> tuple[ClassRow, ...]:
    matrix = evaluation.confusion_matrix
    missed = [sum(counts) - counts[index] for index, counts in enumerate(matrix)]
    wrong = [sum(counts[index] for counts in matrix) - matrix[index][index] for index in range(len(matrix))]
    longest = max(1, *missed, *wrong)
    rows = [_row(one, index, missed[index], wrong[index], longest) for index, one in enumerate(evaluation.per_class)]
    return tuple(sorted(rows, key=lambda row: row.f1_value))


def _row(one: ClassResult, place: int, missed: int, wrong: int, longest: int) -> ClassRow:
    return ClassRow(
        class_name=class_in_words(one.class_name),
        place=place,
        support=one.support,
        recall=percent(one.recall),
        recall_value=one.recall,
        missed=missed,
        missed_bar=round(100 * missed / longest, 1),
        precision=percent(one.precision),
        precision_value=one.precision,
        wrongly_named=wrong,
        wrongly_named_bar=round(100 * wrong / longest, 1),
        f1=f"{one.f1:.3f}",
        f1_value=one.f1,
    )
