"""The data of the gallery's script: every error that fits, as JSON inside the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from onelook.evaluation.pictures.further_errors import picture_order
from onelook.evaluation.result import Evaluation
from onelook.report.marking import inside_element
from onelook.report.page_wording import class_in_words, in_sight, short_probability
from onelook.report.results import Results

if TYPE_CHECKING:
    from markupsafe import Markup

# All pictures of a page, in base64, with the ids of the errors. A page of ten classes stays below 3 MB with these, and
# one of 1,000 classes below 15 MB, whose tables take 2 MB.
_BYTES, _BYTES_A_CLASS, _MOST_BYTES = 2_500_000, 10_000, 12_000_000
_IDS_AT_MOST = 0.25  # the share of the bytes that ids may take: the rest of the errors is only counted
_ENTRY_BYTES = 40  # an entry without its id and picture

Entry = list[str | int]  # id, label, predicted, p(label), p(predicted), and a picture in base64 if there is one


def script_data(results: Results) -> Markup | str:
    """Return the data of the script as JSON that can be put into a page; empty if there is nothing to filter.

    The first errors are those that the page shows without a script, in their order.
    """
    evaluation, kept = results.evaluation, results.report_pictures
    if evaluation is None or kept is None or not kept.worst_errors:
        return ""
    places = {name: place for place, name in enumerate(evaluation.class_names)}
    if not {name for one in kept.worst_errors for name in (one.label, one.predicted)} <= places.keys():
        return ""
    worst: list[Entry] = [
        _entry(one.id, places[one.label], places[one.predicted], one.p_label, one.p_predicted)
        for one in kept.worst_errors
    ]
    entries = [*worst, *_further(results, evaluation)]
    matrix = evaluation.confusion_matrix
    data = {
        "names": [class_in_words(name) for name in evaluation.class_names],
        "support": [sum(row) for row in matrix],
        "right": [row[place] for place, row in enumerate(matrix)],
        "cells": [number for cell in _cells(matrix) for number in cell],
        "worst": len(worst),
        "errors": entries,
    }
    return inside_element(data | _heat(entries, results) | _for_marks(entries, results, evaluation))


def room_for_pictures(classes: int) -> int:
    """Return the most bytes that all pictures of a page may take, in base64, with their ids."""
    return min(_BYTES + _BYTES_A_CLASS * max(0, classes - 10), _MOST_BYTES)


def _heat(entries: Sequence[Entry], results: Results) -> dict[str, object]:
    """Return the heat maps in the order of the errors, an empty text for an error without one."""
    maps = results.heat_maps
    if maps is None or not maps.maps:
        return {}
    cells = {in_sight(one.id): one.cells for one in maps.maps}
    of_errors = [cells.get(str(entry[0]), "") for entry in entries]
    return {"heat": {"size": maps.size, "grid": maps.grid, "maps": of_errors}}


def _for_marks(entries: Sequence[Entry], results: Results, evaluation: Evaluation) -> dict[str, object]:
    """Return what a mark needs of the errors: contents; and names and ids as the data has them, where these differ."""
    kept, further = results.report_pictures, results.further_errors
    raw = [one.id for one in kept.worst_errors] if kept else []
    raw += [one.id for one in further.errors] if further else []
    unseen = {in_sight(each): each for each in raw if in_sight(each) != each}
    ids = {at: unseen[str(entry[0])] for at, entry in enumerate(entries) if entry[0] in unseen}
    contents = [
        results.contents.get(ids.get(at, str(entry[0])), "")  # only what is seen can be marked
        for at, entry in enumerate(entries)
        if len(entry) > 5 or (kept and at < len(kept.worst_errors))
    ]
    differ = [class_in_words(name) for name in evaluation.class_names] != list(evaluation.class_names)
    return {
        **({"contents": contents} if any(contents) else {}),
        **({"ids": ids} if ids else {}),
        **({"classes": evaluation.class_names} if differ else {}),
    }


def _cells(matrix: Sequence[Sequence[int]]) -> Iterator[tuple[int, int, int]]:
    """Yield label, predicted and count of each cell with errors."""
    for label, row in enumerate(matrix):
        for predicted, count in enumerate(row):
            if count and label != predicted:
                yield label, predicted, count


def _entry(identifier: str, label: int, predicted: int, p_label: float, p_predicted: float) -> Entry:
    return [in_sight(identifier), label, predicted, short_probability(p_label), short_probability(p_predicted)]


def _further(results: Results, evaluation: Evaluation) -> list[Entry]:
    """Return the errors after the worst ones, as many as fit; first those with a picture."""
    further = results.further_errors
    if further is None or further.class_names != evaluation.class_names:
        return []
    room = room_for_pictures(len(evaluation.class_names)) - _other_pictures(results)
    entries: list[Entry] = []
    room_for_ids = _IDS_AT_MOST * room
    for one in further.errors:
        room_for_ids -= len(one.id.encode()) + _ENTRY_BYTES
        if room_for_ids < 0:
            break
        entries.append(_entry(one.id, one.label, one.predicted, one.p_label, one.p_predicted))
    room -= int(_IDS_AT_MOST * room)
    pictured = [place for place, one in enumerate(further.errors[: len(entries)]) if one.picture]
    for turn in picture_order([(further.errors[place].label, further.errors[place].predicted) for place in pictured]):
        one = further.errors[pictured[turn]]
        room -= len(one.picture) + len(results.contents.get(one.id, ""))
        if room < 0:
            break
        entries[pictured[turn]].append(one.picture)
    return sorted(entries, key=lambda entry: len(entry) < 6)


def _other_pictures(results: Results) -> int:
    """Return the size of all pictures that the page has elsewhere, and of the heat maps."""
    kept = results.report_pictures
    found = [one for each in results.found for one in (*each.pictures, *(one for pair in each.pairs for one in pair))]
    samples = [one for each in results.samples for one in each.pictures]
    named = [
        *(
            (results.pictures, one.file)
            for one in (*(kept.worst_errors if kept else ()), *(kept.random if kept else ()))
        ),
        *((results.pictures, one.file) for one in samples),
        *((results.found_pictures, one.file) for one in found if one.file),
    ]
    on_map = 0 if results.feature_map is None else results.feature_map.size_bytes
    heat = sum(len(one.cells) for one in results.heat_maps.maps) if results.heat_maps else 0
    return on_map + heat + sum(len(pictures.data_uri(file) or "") for pictures, file in named)
