"""The pictures that a person is asked to look at: labels that look wrong, then errors, or what the checks found."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from onelook.checks.finding import Finding
from onelook.evaluation.pictures.index import PredictedPicture
from onelook.inspection.inspection import Inspection
from onelook.report.results import Results
from onelook.report.sections.findings import check_in_words
from onelook.wording import agree, counted

_LABELS = "label-errors"  # the check whose suspects come first
MOST_OF_A_CHECK = 200
A_PAGE = 3_000  # pictures on one page, which a browser still scrolls and marks without waiting


@dataclass(frozen=True)
class QueuedPicture:
    """A picture to look at."""

    id: str
    label: str
    guess: str = ""  # the class that a model takes it for; empty if none was asked
    p_guess: float = 0.0  # its probability, in [0, 1]
    p_label: float | None = None  # the probability of the label; None if it is not known
    file: str = ""  # the thumbnail that the run kept; empty if it kept none
    encoded: str = ""  # a small picture in base64, of those that the run keeps in one file


@dataclass(frozen=True)
class Pile:
    """Pictures that are looked at for one reason, the most doubtful first."""

    topic: str
    title: str
    lead: str
    pictures: tuple[QueuedPicture, ...]
    left_out: int = 0  # pictures that are not shown on any page


def piles_of_run(results: Results, suspects: Path) -> tuple[Pile, ...]:
    """Return the doubtful labels of a run, if it judged labels, and then its errors; those that are not empty.

    Args:
        results: of a run, or of all folds of a cross-validation.
        suspects: the file of doubtful labels, which only a cross-validation has.
    """
    doubted = tuple(_read_suspects(suspects))
    seen = {one.id for one in doubted}
    errors = [one for one in _errors(results) if one.id not in seen]
    return _not_empty(_labels(doubted), _sure_errors(errors))


def piles_of_data(found: Inspection) -> tuple[Pile, ...]:
    """Return the labels that quick networks doubt, and then what the other checks found."""
    check = found.label_check
    doubted = [] if check is None else check.listed
    labels = [QueuedPicture(one.id, one.label, one.suggested, one.probability, 1 - one.score) for one in doubted]
    names = found.reading.class_names
    label_of = {
        each: "" if part.labels is None else names[int(part.labels[row])]
        for part in found.reading.parts.values()
        for row, each in enumerate(part.ids)
    }
    return _not_empty(_labels(labels), *_of_checks(found.findings, label_of))


def cut_into_pages(piles: Sequence[Pile], most: int = A_PAGE) -> list[tuple[Pile, ...]]:
    """Return the piles of each page, each of at most `most` pictures; a pile may continue on the next page."""
    pages: list[list[Pile]] = [[]]
    room = most
    for pile in piles:
        for start in _starts(len(pile.pictures), room, most):
            if start or room == 0:
                pages.append([])
                room = most
            shown = pile.pictures[start : start + room]
            is_last = start + len(shown) == len(pile.pictures)
            pages[-1].append(replace(pile, pictures=shown, left_out=pile.left_out if is_last else 0))
            room -= len(shown)
    return [tuple(page) for page in pages]


def _starts(pictures: int, room: int, most: int) -> list[int]:
    """Return where a pile is cut: at 0, where the page is full, and after each further page."""
    return [0, *range(room or most, pictures, most)]


def _of_checks(findings: Sequence[Finding], label_of: Mapping[str, str]) -> Iterator[Pile]:
    """Yield the pictures of each finding that a person can judge by looking at them; pairs stay together."""
    shown = set[str]()
    for finding in findings:
        if finding.check == _LABELS:
            continue
        ids = dict.fromkeys([*(each for pair in finding.pairs for each in pair), *finding.ids])
        known = [each for each in ids if each in label_of and each not in shown]
        shown |= {*known[:MOST_OF_A_CHECK]}
        yield Pile(
            check_in_words(finding.check),
            check_in_words(finding.check),
            finding.message,
            tuple(QueuedPicture(each, label_of[each]) for each in known[:MOST_OF_A_CHECK]),
            max(0, len(known) - MOST_OF_A_CHECK),
        )


def _not_empty(*piles: Pile) -> tuple[Pile, ...]:
    return tuple(pile for pile in piles if pile.pictures)


def _labels(pictures: Sequence[QueuedPicture]) -> Pile:
    count = len(pictures)
    return Pile(
        "Doubtful labels",
        f"{counted(count, 'label')} {agree(count, 'looks', 'look')} wrong",
        "Models that were not trained on these pictures take them for another class. The most doubtful come first.",
        tuple(pictures),
    )


def _sure_errors(pictures: Sequence[QueuedPicture]) -> Pile:
    count = len(pictures)
    return Pile(
        "Errors",
        agree(count, "One error", f"{count:,} errors") + ", those of which the model was most sure first",
        "The model is wrong about these, or their label is. If you cannot name a picture either, it may be dropped.",
        tuple(pictures),
    )


def _errors(results: Results) -> Iterator[QueuedPicture]:
    """Yield the errors of a run, by how much surer the model was of its answer than of the label."""
    kept, further = results.report_pictures, results.further_errors
    worst: Sequence[PredictedPicture] = kept.worst_errors if kept else ()
    found = [QueuedPicture(one.id, one.label, one.predicted, one.p_predicted, one.p_label, one.file) for one in worst]
    if further is not None:
        names = further.class_names
        found += [
            QueuedPicture(one.id, names[one.label], names[one.predicted], one.p_predicted, one.p_label, "", one.picture)
            for one in further.errors
        ]
    yield from sorted(found, key=lambda one: (one.p_label or 0.0) - one.p_guess)


def _read_suspects(path: Path) -> Iterator[QueuedPicture]:
    """Yield the pictures of a file of suspects, in its order; none if there is no such file."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield QueuedPicture(
                row["id"], row["label"], row["suggested"], float(row["probability"]), 1 - float(row["score"])
            )
