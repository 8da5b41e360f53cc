"""The pictures on which compared runs differ: a table by class that filters them, and each run's answer to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onelook.comparison.differences import Answer, Differences, DifferingPicture
from onelook.evaluation.pictures.further_errors import picture_order
from onelook.report.gallery.script_data import room_for_pictures
from onelook.report.marking import inside_element
from onelook.report.page import Section
from onelook.report.page_wording import IN_A_SENTENCE, class_in_words, in_sight, short_probability
from onelook.wording import counted, listed, marked, translate

TOPIC = marked("Differences")
_FIRST = 24  # pictures that are shown without a filter, and without a script
_IDS_AT_MOST = 0.25  # the share of the bytes that pictures without a thumbnail may take; the rest is only counted
_ENTRY_BYTES = 40  # an entry without its id, picture and answers
_ANSWER_BYTES = 24
_TESTS_NAMED = 3


@dataclass(frozen=True)
class ShownAnswer:
    """The answer of one run."""

    run: str
    predicted: str
    sure: str
    is_right: bool
    label_sure: str  # the probability of the label, where the run was wrong; empty if it is not known


@dataclass(frozen=True)
class ShownDifference:
    """A picture with the answers of all runs."""

    address: str | None
    id: str
    label: str
    answers: tuple[ShownAnswer, ...]
    words: str


@dataclass(frozen=True)
class ClassCounts:
    """A row of the table. Bars are in percent of the longest bar."""

    class_name: str
    place: int
    counts: tuple[int, ...]  # for each compared run: only the best right, only this right
    bars: tuple[float, ...]


@dataclass(frozen=True)
class DifferencesView:
    """The content of the section."""

    verdicts: tuple[str, ...]  # for each compared run, a sentence
    by_class: str  # in which classes the difference is more than chance
    best: str
    runs: tuple[str, ...]  # the compared runs
    rows: tuple[ClassCounts, ...]
    pictures: tuple[ShownDifference, ...]
    total: int
    data: str  # of the script


def build_differences(found: Differences | None, labels: Sequence[str], verdicts: Sequence[str]) -> Section:
    """Build the section.

    Args:
        found: the pictures; None if it is not known on which pictures the runs differ.
        labels: the names of all runs.
        verdicts: what the paired test says of each run.
    """
    where = translate("Where the runs differ")
    if found is None:
        return Section(
            translate(TOPIC),
            where,
            missing=translate("The predictions of all runs are needed to see this, and some are missing."),
        )
    if not found.pictures:
        return Section(
            translate(TOPIC),
            where,
            missing=translate("They do not: each picture is right in all runs, or wrong in all."),
        )
    total = len(found.pictures)
    listed_pictures = _in_order(found)
    return Section(
        topic=translate(TOPIC),
        title=_title(found, labels),
        template="differences.html",
        view=DifferencesView(
            verdicts=tuple(_pair_in_words(found, labels, verdicts)),
            by_class=_classes_in_words(found, labels),
            best=labels[found.best],
            runs=tuple(labels[run] for run in found.compared),
            rows=_rows(found),
            pictures=tuple(_shown(one, labels) for one in listed_pictures[:_FIRST]),
            total=total,
            data=_script_data(found, listed_pictures, labels),
        ),
        scripts=("filtered.js", "differences.js"),
    )


def _title(found: Differences, labels: Sequence[str]) -> str:
    count = counted(len(found.pictures), "picture")
    if len(labels) == 2:
        return translate("{first} and {second} differ on {pictures}", first=labels[0], second=labels[1], pictures=count)
    return translate("The {count} runs differ on {pictures}", count=len(labels), pictures=count)


def _sides(found: Differences, run: int) -> tuple[int, int]:
    """Return how many pictures only the best run has right, and how many only this run."""
    sides = Counter(_side(one, found.best, run) for one in found.pictures)
    return sides[0], sides[1]


def _side(one: DifferingPicture, best: int, run: int) -> int | None:
    """Return 0 if only the best of the two runs is right, 1 if only the other one, None if they do not differ."""
    right = one.answers[best].is_right, one.answers[run].is_right
    return None if right[0] == right[1] else 0 if right[0] else 1


def _pair_in_words(found: Differences, labels: Sequence[str], verdicts: Sequence[str]) -> Iterator[str]:
    for run in found.compared:
        only_best, only_this = _sides(found, run)
        yield (
            translate(
                "Only {best} has {only_best} right, and only {run} {only_this}. {run}: {verdict}.",
                best=labels[found.best],
                only_best=f"{only_best:,}",
                run=labels[run],
                only_this=f"{only_this:,}",
                verdict=verdicts[run],
            )
        )


def _classes_in_words(found: Differences, labels: Sequence[str]) -> str:
    if not found.classes:
        return translate(
            "No class by itself shows a difference: each has too few of these pictures to tell a better run "
            "from chance (McNemar's exact test of each class, corrected for their number)."
        )
    named = listed(
        (
            translate(
                "{class_name} ({run}, {more} to {fewer})",
                class_name=class_in_words(one.class_name, IN_A_SENTENCE),
                run=labels[found.best if one.only_best_right > one.only_this_right else one.run],
                more=f"{max(one.only_best_right, one.only_this_right):,}",
                fewer=f"{min(one.only_best_right, one.only_this_right):,}",
            )
            for one in found.classes
        ),
        most=_TESTS_NAMED,
    )
    if found.tests == len(found.classes):
        return translate(
            "One run is better by more than chance in {named} (McNemar's exact test of each class, corrected for their "
            "number).",
            named=named,
        )
    return translate(
        "One run is better by more than chance in {named}. In all other classes there are too few of these "
        "pictures to tell (McNemar's exact test of each class, corrected for their number).",
        named=named,
    )


def _rows(found: Differences) -> tuple[ClassCounts, ...]:
    """Return the classes with differences, those with most first."""
    places = {name: place for place, name in enumerate(found.class_names)}
    counts = Counter[tuple[str, int, int]]()
    for one in found.pictures:
        for run in found.compared:
            side = _side(one, found.best, run)
            if side is not None:
                counts[one.label, run, side] += 1
    pictures = Counter(one.label for one in found.pictures)
    longest = max(counts.values())
    rows = []
    for name in sorted(pictures, key=lambda each: (-pictures[each], places[each])):
        cells = tuple(counts[name, run, side] for run in found.compared for side in (0, 1))
        bars = tuple(round(100 * cell / longest, 1) for cell in cells)
        rows.append(ClassCounts(class_in_words(name), places[name], cells, bars))
    return tuple(rows)


def _in_order(found: Differences) -> list[DifferingPicture]:
    """Return the pictures with those that have a thumbnail first, and no confusion crowding out the others."""
    pictured = [one for one in found.pictures if one.picture]
    wrong = [(one.label, next(each.predicted for each in one.answers if not each.is_right)) for one in pictured]
    places = {name: place for place, name in enumerate(found.class_names)}
    turns = picture_order([(places[label], places[predicted]) for label, predicted in wrong])
    room = room_for_pictures(len(found.class_names))
    room_for_ids = _IDS_AT_MOST * room
    room -= int(room_for_ids)
    kept: set[int] = set()
    for turn in turns:
        room -= _entry_bytes(pictured[turn]) + len(pictured[turn].picture)
        if room < 0:
            break
        kept.add(id(pictured[turn]))
    first = [one for one in pictured if id(one) in kept]
    rest = [one for one in found.pictures if id(one) not in kept]
    without = []
    for one in rest:
        room_for_ids -= _entry_bytes(one)
        if room_for_ids < 0:
            break
        without.append(DifferingPicture(one.id, one.label, one.answers))
    return [*first, *without]


def _entry_bytes(one: DifferingPicture) -> int:
    return _ENTRY_BYTES + len(one.id.encode()) + _ANSWER_BYTES * len(one.answers)


def _address(picture: str) -> str | None:
    kind = "png" if picture.startswith("iVBOR") else "jpeg"
    return f"data:image/{kind};base64,{picture}" if picture else None


def _shown(one: DifferingPicture, labels: Sequence[str]) -> ShownDifference:
    answers = tuple(
        ShownAnswer(
            label, class_in_words(each.predicted), short_probability(each.p_predicted), each.is_right, _sure(each)
        )
        for label, each in zip(labels, one.answers, strict=True)
    )
    said = listed(translate("{run} says {predicted}", run=each.run, predicted=each.predicted) for each in answers)
    words = translate(
        "Picture {id}: labelled {label}; {said}", id=in_sight(one.id), label=class_in_words(one.label), said=said
    )
    return ShownDifference(_address(one.picture), in_sight(one.id), class_in_words(one.label), answers, words)


def _sure(answer: Answer) -> str:
    """Return how sure a wrong answer was of the label."""
    return "" if answer.is_right or answer.p_label is None else short_probability(answer.p_label)


def _script_data(found: Differences, pictures: Sequence[DifferingPicture], labels: Sequence[str]) -> str:
    places = {name: place for place, name in enumerate(found.class_names)}
    cells = Counter[tuple[int, int, int]]()
    for one in found.pictures:
        for run in found.compared:
            side = _side(one, found.best, run)
            if side is not None:
                cells[places[one.label], run, side] += 1
    entries = []
    for at, one in enumerate(pictures):
        answers = [[places[each.predicted], short_probability(each.p_predicted), _sure(each)] for each in one.answers]
        has_picture = one.picture and at >= _FIRST  # the first ones are in the page
        entries.append([in_sight(one.id), places[one.label], answers, *([one.picture] if has_picture else [])])
    return inside_element(
        {
            "names": [class_in_words(name) for name in found.class_names],
            "runs": list(labels),
            "best": found.best,
            "first": min(_FIRST, len(pictures)),
            "total": len(found.pictures),
            "of_class": {places[name]: count for name, count in Counter(one.label for one in found.pictures).items()},
            "cells": [number for cell, count in sorted(cells.items()) for number in (*cell, count)],
            "pictures": entries,
        }
    )
