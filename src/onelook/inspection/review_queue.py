"""The pictures that a person is asked to look at: labels that look wrong, then errors, or what the checks found."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onelook.checks.finding import Finding
from onelook.evaluation.pictures.index import PredictedPicture
from onelook.inspection.inspection import Inspection
from onelook.report.results import Results
from onelook.report.sections.findings import check_in_words
from onelook.wording import agree, counted

_LABELS = "label-errors"  # the check whose suspects come first
MOST_OF_A_CHECK = 200
MOST_PICTURES = 3_000  # on one page; the rest is shown when these are marked and the run is trained again


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
    left_out: int = 0  # pictures for which the page has no room


def piles_of_run(results: Results, suspects: Path) -> tuple[Pile, ...]:
    """Return the doubtful labels of a run, if it judged labels, and then its errors; those that are not empty.

    Args:
        results: of a run, or of all folds of a cross-validation.
        suspects: the file of doubtful labels, which only a cross-validation has.
    """
    doubted = tuple(_read_suspects(suspects))
    seen = {one.id for one in doubted}
    errors = [one for one in _errors(results) if one.id not in seen]
    return _not_empty(_labels(doubted, MOST_PICTURES), _sure_errors(errors, MOST_PICTURES - len(doubted)))


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
    return _not_empty(_labels(labels, MOST_PICTURES), *_of_checks(found.findings, label_of))


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


def _labels(pictures: Sequence[QueuedPicture], most: int) -> Pile:
    count = len(pictures)
    return Pile(
        "Doubtful labels",
        f"{counted(count, 'label')} {agree(count, 'looks', 'look')} wrong",
        "Models that were not trained on these pictures take them for another class. The most doubtful come first.",
        tuple(pictures[:most]),
        max(0, count - most),
    )


def _sure_errors(pictures: Sequence[QueuedPicture], most: int) -> Pile:
    count = len(pictures)
    most = max(0, most)
    return Pile(
        "Errors",
        agree(count, "One error", f"{count:,} errors") + ", those of which the model was most sure first",
        "The model is wrong about these, or their label is. If you cannot name a picture either, it may be dropped.",
        tuple(pictures[:most]),
        max(0, count - most),
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
