"""The confusion matrix, and the most confused pairs in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.evaluation.result import Evaluation
from onelook.report.confusions import ConfusedPair, confused_pairs
from onelook.report.gallery.class_order import confused_together
from onelook.report.gallery.groups import Group, groups_of
from onelook.report.gallery.matrix import Matrix, largest_share, matrix_of
from onelook.report.gallery.overview import Overview, overview_of
from onelook.report.page import Section
from onelook.report.page_wording import IN_A_SENTENCE, class_in_words, percent, set_in_words
from onelook.report.results import Results
from onelook.wording import counted, times, translate

_LARGEST_MATRIX = 50  # classes; with more, cells are too small to read, and small matrices of groups are better
# With at most this number of classes all are near each other in any order. Where no class was taken for another more
# than once, a new order would show chance alone.
_KEPT_IN_ORDER = 6
_PAIRS_SHOWN = 12


@dataclass(frozen=True)
class Pair:
    """A confused pair with the length of its bar in percent."""

    label: str
    predicted: str
    count: str
    share: str
    bar: float
    classes: tuple[int, int]  # positions of label and predicted


@dataclass(frozen=True)
class Confusion:
    """The content of the section."""

    title: str
    classes: int
    is_ordered: bool  # whether confused classes are beside each other in the matrix
    matrix: Matrix | None  # None with too many classes
    groups: tuple[Group, ...]  # empty where there is a matrix
    overview: Overview | None  # None where there is a matrix, or no error
    pairs: tuple[Pair, ...]
    more_pairs: int
    more_words: str = ""  # how often those were confused


def build_section(results: Results) -> Section:
    """Build the section with the matrix, or groups of confused classes, and the most confused pairs."""
    evaluation = results.evaluation
    if evaluation is None:
        return Section(
            translate("Confusions"),
            translate("Which class is taken for which"),
            missing=translate("The model was not scored."),
        )
    view = confusion_of(evaluation)
    return Section(translate("Confusions"), view.title, "confusion.html", view)


def confusion_of(evaluation: Evaluation, pairs: int = _PAIRS_SHOWN) -> Confusion:
    """Return the matrix, for up to 50 classes, else groups of confused classes; and the most confused pairs."""
    found = confused_pairs(evaluation)
    classes = len(evaluation.class_names)
    is_small = classes <= _LARGEST_MATRIX
    is_ordered = is_small and classes > _KEPT_IN_ORDER and bool(found) and found[0].count > 1
    order = confused_together(evaluation.confusion_matrix) if is_ordered else range(classes)
    return Confusion(
        title=confusion_title(evaluation, found),
        classes=classes,
        is_ordered=is_ordered,
        matrix=matrix_of(evaluation, order, largest_share(found)) if is_small else None,
        groups=() if is_small else groups_of(evaluation, largest_share(found)),
        overview=None if is_small or not found else overview_of(evaluation, found, largest_share(found)),
        pairs=tuple(_pair(evaluation, pair, found[0].count) for pair in found[:pairs]),
        more_pairs=max(0, len(found) - pairs),
        more_words=_less_often(found, pairs),
    )


def confusion_title(evaluation: Evaluation, pairs: list[ConfusedPair]) -> str:
    """Return the most frequent confusion as a sentence."""
    if not pairs:
        return translate("No {kind} picture was taken for another class", kind=set_in_words(evaluation.set_name))
    first = pairs[0]
    if first.count == 1:
        return translate("No two classes were confused more than once")
    ties = sum(pair.count == first.count for pair in pairs)
    if ties > 1:
        return translate(
            "{pairs} of classes were confused {times} each, none more often",
            pairs=counted(ties, "pair"),
            times=times(first.count),
        )
    label, predicted = (class_in_words(name, IN_A_SENTENCE) for name in (first.label, first.predicted))
    return translate(
        "{label} is taken for {predicted} most often: {times}",
        label=label,
        predicted=predicted,
        times=times(first.count),
    )


def _less_often(found: Sequence[ConfusedPair], shown: int) -> str:
    """Return how often the pairs that are not shown were confused; empty if all are shown."""
    if len(found) <= shown:
        return ""
    most, fewest, last = found[shown].count, found[-1].count, found[shown - 1].count
    if most == fewest:
        return translate("{times} each", times=times(most)) if len(found) > shown + 1 else times(most)
    return translate("fewer times") if most < last else translate("{times} or less", times=times(last))


def _pair(evaluation: Evaluation, pair: ConfusedPair, most: int) -> Pair:
    label, predicted = class_in_words(pair.label), class_in_words(pair.predicted)
    places = evaluation.class_names.index(pair.label), evaluation.class_names.index(pair.predicted)
    return Pair(
        label=label,
        predicted=predicted,
        count=times(pair.count),
        share=translate("{share} of {label}", share=percent(pair.share), label=label),
        bar=round(100 * pair.count / most, 1),
        classes=places,
    )
