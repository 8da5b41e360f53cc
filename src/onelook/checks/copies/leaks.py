"""Find test and validation pictures with an exact or altered copy in the pictures that the model sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, Severity, for_example, share_of
from onelook.wording import agree, number

# Shares of the test pictures. All of them right or all of them wrong, they move the score by no more than this.
_NOTED, _BELIEVED = 0.001, 0.01


def check_exact(evidence: Evidence) -> list[Finding]:
    """Return at most one finding: test pictures whose exact pixels are in another split, whatever their label."""
    test = evidence.splits.get("test")
    if test is None:
        return []
    seen = _seen_splits(evidence)
    rows = _rows_of(test, np.concatenate([np.zeros(0, np.int64), *(split.groups for split in seen)]))
    pairs = tuple((test.ids[row], _first_id(seen, int(test.groups[row]))) for row in rows)
    if not pairs:
        return []
    ids = tuple(one for one, _ in pairs)
    message = (
        f"{share_of(len(ids), 'test', len(test.ids))} also among those to train or tune on, pixel for pixel "
        f"({for_example(ids)}). A model can remember {agree(len(ids), 'it', 'them')}{_effect_on_score(test, len(ids))}"
    )
    return [Finding("leak-exact", "test", len(ids), ids, message, pairs, severity=_severity(test, len(ids)))]


def check_near(evidence: Evidence) -> list[Finding]:
    """Return at most one finding: test pictures with a near copy but no exact one in another split, surest first."""
    test = evidence.splits.get("test")
    if test is None:
        return []
    seen = _seen_splits(evidence)
    twins: dict[int, str] = {}  # group of test pictures -> the picture that is the surest near copy of it
    for one, other in evidence.near_groups():
        for group, twin in ((one, other), (other, one)):
            if (first := _first_id(seen, twin)) and not _first_id(seen, group):
                twins.setdefault(group, first)
    of_group: dict[int, list[str]] = {group: [] for group in twins}
    for row in _rows_of(test, list(twins)):
        of_group[int(test.groups[row])].append(test.ids[row])
    pairs = tuple((each, twins[group]) for group, ids in of_group.items() for each in ids)
    if not pairs:
        return []
    ids = tuple(one for one, _ in pairs)
    message = (
        f"{share_of(len(ids), 'test', len(test.ids))} also among those to train or tune on, the same but for "
        f"brightness, a shift, a crop, noise or compression ({for_example(ids)}). A model can remember "
        f"{agree(len(ids), 'it', 'them')} too{_effect_on_score(test, len(ids))}"
    )
    return [Finding("leak-near", "test", len(ids), ids, message, pairs, severity=_severity(test, len(ids)))]


def check_validation(evidence: Evidence) -> list[Finding]:
    """Return at most one finding: validation pictures of which training has an exact or near copy, whatever the label.

    This needs a validation set that the user gave: a split that onelook draws keeps copies on one side.
    """
    train, val = evidence.splits.get("train"), evidence.splits.get("val")
    if train is None or val is None:
        return []
    near = _near_groups(evidence)
    pairs = []
    for row in _rows_of(val, np.append(train.groups, np.array([*near], np.int64))):
        group = int(val.groups[row])
        twin = next(filter(None, (_first_id([train], each) for each in (group, *near.get(group, ())))), None)
        if twin is not None:
            pairs.append((val.ids[row], twin))
    if not pairs:
        return []
    ids = tuple(one for one, _ in pairs)
    favour, them = agree(len(ids), "this picture favours", "these pictures favour"), agree(len(ids), "it", "them")
    message = (
        f"{share_of(len(ids), 'val', len(val.ids))} also among those to train on, the same or nearly so "
        f"({for_example(ids)}). Validation decides which epoch is kept, and {favour} an epoch "
        f"that remembers {them}: remove {them} from one side."
    )
    return [Finding("leak-validation", "val", len(ids), ids, message, pairs=tuple(pairs), severity="error")]


def _effect_on_score(test: SplitEvidence, count: int) -> str:
    """Return the effect of known test pictures on the score, as the end of a sentence."""
    if test.labels is None:
        they, have = agree(count, "It", "They"), agree(count, "has no label and is", "have no labels and are")
        return (
            f". {they} {have} not scored here; where others score what is predicted, "
            f"{agree(count, 'it counts', 'they count')} too."
        )
    size = number(100 * count / len(test.ids), 2)
    points = "1 point" if size == "1" else f"{size} points"
    they, them = agree(count, "it changes", "they change"), agree(count, "it", "them")
    if _severity(test, count) == "error":
        return f", and {they} the test score by up to {points}: remove {them} from one side."
    return f": {they} the test score by {points} at most. The score without {them} is given too."


def _severity(test: SplitEvidence, count: int) -> Severity:
    """Return the severity of a leak into the test pictures, by its share; without labels they are not scored."""
    share = count / len(test.ids)
    if test.labels is None or share < _NOTED:
        return "note"
    return "error" if share >= _BELIEVED else "warning"


def _seen_splits(evidence: Evidence) -> list[SplitEvidence]:
    """Return the splits that a model sees, training first."""
    return [evidence.splits[name] for name in ("train", "val", "all") if name in evidence.splits]


def _first_id(splits: Sequence[SplitEvidence], group: int) -> str:
    """Return the first picture with these pixels, in the first of the splits that has one; empty if none has."""
    places = ((split, split.first_row(group)) for split in splits)
    return next((split.ids[row] for split, row in places if row >= 0), "")


def _rows_of(split: SplitEvidence, groups: Sequence[int] | NDArray[np.int64]) -> list[int]:
    """Return the rows of a split whose pixels are those of one of the groups, in order."""
    rows: list[int] = np.flatnonzero(np.isin(split.groups, groups)).tolist()
    return rows


def _near_groups(evidence: Evidence) -> dict[int, list[int]]:
    """Return group of equal pixels -> the groups that are confirmed near copies of it."""
    near: dict[int, list[int]] = {}
    for one, other in evidence.near_groups():
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    return near
