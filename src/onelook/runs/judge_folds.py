"""Judge the labels of a cross-validation: each picture by the fold's model that was not trained on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from onelook.data.fixes.suspects_file import suspects_csv
from onelook.evaluation.pictures.finding_pictures import write_finding_pictures
from onelook.files import write_text
from onelook.wording import agree, counted, percent

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.prepare import PreparedData

_CHECK = "label-errors"


def with_judged_labels(found: CrossValidation, pictures: Sequence[ImageSet], data: PreparedData) -> CrossValidation:
    """Return the cross-validation with the labels that look wrong; write `suspects.csv` and their pictures.

    Args:
        found: all folds are complete.
        pictures: the validation pictures of each fold.
        data: the data of all folds.
    """
    from onelook.checks.evidence import Evidence, SplitEvidence
    from onelook.checks.labels.confident_learning import agreement, rank_labels
    from onelook.checks.labels.label_errors import check
    from onelook.checks.labels.suspect import FEWEST_PICTURES, LOWEST_KAPPA, list_suspects, without_confirmed

    probabilities = np.concatenate(
        [fold.classifier().probabilities(of.images[of.rows]) for fold, of in zip(found.folds, pictures, strict=True)]
    )
    labels = np.concatenate([of.labels for of in pictures if of.labels is not None])
    ids = tuple(each for of in pictures for each in of.ids)
    accuracy, kappa = agreement(probabilities, labels)
    judged = f"The folds' models agree with {percent(accuracy)} of the labels"
    if kappa < LOWEST_KAPPA:
        said = f"{judged}, too little to judge labels (Cohen's kappa {kappa:.2f}; {LOWEST_KAPPA} is needed)."
        return replace(found, labels=said)
    ranking = rank_labels(probabilities, labels, fewest_rows=FEWEST_PICTURES)
    suspects = without_confirmed(list_suspects(ranking, probabilities, labels.tolist()), ids, data.dataset.confirmed)
    if not suspects:
        return replace(found, labels=f"{judged}, and find no label that looks wrong.")
    pool, names = data.prepared.reading.pool.name, data.dataset.class_names
    nothing = np.full(len(ids), -1)
    evidence = SplitEvidence(ids, labels, nothing, nothing, nothing, {})
    findings = tuple(check(Evidence(names, {pool: evidence}, suspects={pool: suspects})))
    remarks = {ids[each.row]: f"looks like {names[each.suggested]} ({percent(each.probability)})" for each in suspects}
    write_finding_pictures(
        found.path / "evidence", findings, data.prepared.reading, data.value_range, {_CHECK: remarks}
    )
    rows = [
        (ids[each.row], pool, names[each.label], names[each.suggested], f"{each.probability:.4f}", f"{each.score:.4f}")
        for each in suspects
    ]
    write_text(found.suspects, suspects_csv(rows, data.dataset))
    said = f"{judged}; {counted(len(suspects), 'label')} {agree(len(suspects), 'looks', 'look')} wrong."
    return replace(found, findings=findings, labels=said)
