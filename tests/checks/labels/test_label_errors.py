"""Labels that look wrong: named worst first, with what they look like and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from onelook.checks.evidence import Evidence
from onelook.checks.labels.confident_learning import rank_labels
from onelook.checks.labels.label_errors import check
from onelook.checks.labels.suspect import Suspect, list_suspects, without_confirmed


def suspect(row: int, label: str, suggested: str) -> Suspect:
    return Suspect(row, "cde".index(label), "cde".index(suggested), probability=0.9, score=0.7)


def test_without_out_of_fold_probabilities_nothing_is_said(evidence: Callable[..., Evidence]) -> None:
    assert check(evidence(train=("cde", [1, 2, 3]))) == []


def test_names_the_most_doubtful_and_the_most_common(evidence: Callable[..., Evidence]) -> None:
    found = evidence(train=("ccdde", [1, 2, 3, 4, 5]), test=("cde", [6, 7, 8]))
    listed = (suspect(4, "e", "c"), suspect(1, "c", "d"), suspect(0, "c", "d"))
    (finding,) = check(replace(found, suspects={"train": listed, "test": ()}))
    assert (finding.split, finding.count, finding.ids) == ("train", 3, ("train/5", "train/2", "train/1"))
    assert "3 labels in the training set look wrong" in finding.message
    assert "most often 'cat' that looks like 'dog' (twice)" in finding.message
    assert "The most doubtful is train/5: 'eel' that looks like 'cat'" in finding.message


def test_one_suspect_is_one_label(evidence: Callable[..., Evidence]) -> None:
    found = evidence(all=("cde", [1, 2, 3]))
    (finding,) = check(replace(found, suspects={"all": (suspect(1, "d", "e"),)}))
    assert finding.message.startswith(
        "1 label in the data looks wrong to a model that was not trained on the pictures. "
    )


def test_suspects_are_the_candidates_of_the_ranking_with_their_probabilities() -> None:
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.05, 0.95], [0.3, 0.7], [0.9, 0.1]])
    labels = np.array([0, 0, 0, 1, 1])
    suspects = list_suspects(rank_labels(probabilities, labels), probabilities, labels)
    # Thresholds .583 and .4, which rows 2 and 4 reach in the class that they are not labelled.
    assert [(each.row, each.label, each.suggested) for each in suspects] == [(2, 0, 1), (4, 1, 0)]
    assert [each.probability for each in suspects] == pytest.approx([0.95, 0.9])
    assert [each.score for each in suspects] == pytest.approx([0.95, 0.9])


def test_labels_that_a_person_confirmed_are_no_suspects() -> None:
    suspects = tuple(Suspect(row, 0, 1, 0.9, 0.8) for row in (2, 0, 3))
    assert without_confirmed(suspects, ("a", "b", "c", "d"), {"c", "b"}) == (suspects[1], suspects[2])
    assert without_confirmed(suspects, ("a", "b", "c", "d"), ()) == suspects
