"""The last stage of a run, part by part: which pictures it had seen, and what is said of a model that remembers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import SetName
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.runs.finish import _memory, seen_pictures
from onelook.runs.learnt_before import LearntBefore

FINDINGS = tuple(
    SimpleNamespace(check=check, ids=ids)
    for check, ids in (
        ("leak-exact", ("t1",)),
        ("leak-near", ("t2", "t3")),
        ("leak-validation", ("v1",)),
        ("blur", ("t9",)),
    )
)
BEFORE = LearntBefore(False, "so", ("v7",), ("t7", "t8"))


@pytest.mark.parametrize(
    ("findings", "learnt", "set_name", "seen"),
    [
        (FINDINGS, BEFORE, "test", {"exact": ("t1",), "near": ("t2", "t3"), "before": ("t7", "t8")}),
        (FINDINGS, BEFORE, "val", {"copies": ("v1",), "before": ("v7",)}),
        (FINDINGS, None, "test", {"exact": ("t1",), "near": ("t2", "t3")}),
        (FINDINGS, None, "val", {"copies": ("v1",)}),
        ((), LearntBefore(None, "other data"), "test", {"exact": (), "near": ()}),
        ((), LearntBefore(False, "which is not known", None, ("t7",)), "val", {"copies": ()}),
        ((), LearntBefore(False, "so", ("v7",), ()), "test", {"exact": (), "near": ()}),
    ],
)
def test_pictures_that_were_seen_are_those_of_the_set_that_is_scored(
    findings: Any, learnt: LearntBefore | None, set_name: SetName, seen: dict[str, tuple[str, ...]]
) -> None:
    data: Any = SimpleNamespace(findings=findings, learnt=learnt)
    assert seen_pictures(data, set_name) == seen


@pytest.mark.parametrize(
    ("is_classical", "checks", "said"),
    [
        (
            True,
            ("leak-exact",),
            "svc is right on 100 % of the 20 pictures that it has seen, and on 50.0 % of the valid",
        ),
        (True, ("leak-exact", "leak-validation"), None),  # its validation accuracy is memory, too
        (False, ("leak-exact",), None),
    ],
)
def test_memory_is_measured_only_where_validation_is_clean(
    is_classical: bool, checks: tuple[str, ...], said: str | None
) -> None:
    labels, ids = np.array([0, 1] * 10), [str(row) for row in range(20)]
    probabilities = np.eye(2)[labels]
    scored = with_leaks(evaluate(probabilities, labels, ["a", "b"], "test"), probabilities, labels, ids, {"exact": ids})
    begun: Any = SimpleNamespace(settings=SimpleNamespace(model="svc"), folder=Path())
    data: Any = SimpleNamespace(findings=[SimpleNamespace(check=check) for check in checks])
    model = SimpleNamespace(val=SimpleNamespace(accuracy=0.5)) if is_classical else None
    fitted: Any = SimpleNamespace(classical=model)
    found = _memory(begun, data, fitted, scored)
    assert (len(found), "".join(found).startswith(said or "")) == (int(said is not None), True)
