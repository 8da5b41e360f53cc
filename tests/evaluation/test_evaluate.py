"""Evaluation: a case by hand, the JSON that the design fixes, the warnings, the refusals."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from onelook.errors import DataError
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import ClassResult, Evaluation, SetName
from onelook.metrics import METRICS

FIELDS = [
    "set",
    "rows",
    "accuracy",
    "accuracy_interval",
    "balanced_accuracy",
    "macro_f1",
    "loss",
    "calibration_error",
    "matthews_correlation",
    "top5_accuracy",
    "class_names",
    "confusion_matrix",
    "per_class",
    "warnings",
]


def evaluation_of(confusion: list[list[int]], names: str = "abcdefgh") -> Evaluation:
    """The evaluation of a sure classifier with this confusion matrix."""
    counts = np.array(confusion)
    labels, predicted = (part.repeat(counts.ravel()) for part in np.divmod(np.arange(counts.size), len(counts)))
    return evaluate(np.eye(len(counts))[predicted], labels, list(names[: len(counts)]), "test")


def test_a_case_by_hand() -> None:
    probabilities = np.array([[0.8, 0.2], [0.6, 0.4], [0.4, 0.6], [0.3, 0.7]], dtype=np.float32)
    result = evaluate(probabilities, np.array([0, 1, 1, 1]), ("cat", "dog"), "val")
    assert result.set_name == "val"
    assert result.rows == 4
    assert result.accuracy == 0.75
    assert result.accuracy_interval == pytest.approx((0.300642, 0.954413), abs=1e-6)
    assert result.balanced_accuracy == pytest.approx((1 + 2 / 3) / 2)
    assert result.macro_f1 == pytest.approx((2 / 3 + 4 / 5) / 2)
    assert result.loss == pytest.approx(-np.log([0.8, 0.4, 0.6, 0.7]).mean(), rel=1e-6)
    assert result.confusion_matrix == ((1, 0), (1, 2))
    assert result.per_class[0] == ClassResult("cat", precision=0.5, recall=1.0, f1=pytest.approx(2 / 3), support=1)
    assert result.per_class[1] == ClassResult("dog", precision=1.0, recall=pytest.approx(2 / 3), f1=0.8, support=3)


@pytest.mark.parametrize(
    ("confusion", "set_name", "words"),
    [
        ([[40, 2], [3, 38]], "test", "93.98 % of 83 test pictures right (95 % interval 86.66 % to 97.40 %)"),
        ([[40, 2], [3, 38]], "val", "93.98 % of 83 validation pictures right (95 % interval 86.66 % to 97.40 %)"),
        ([[1, 0], [0, 0]], "val", "100 % of 1 validation picture right (95 % interval 20.65 % to 100 %)"),
        ([[0, 1], [0, 0]], "test", "0 % of 1 test picture right (95 % interval 0 % to 79.35 %)"),
    ],
)
def test_it_prints_as_its_score_with_the_interval(confusion: list[list[int]], set_name: SetName, words: str) -> None:
    result = replace(evaluation_of(confusion), set_name=set_name)
    assert (str(result), repr(result)) == (words, f"<Evaluation: {words}>")


def test_the_json_has_the_fields_that_the_design_fixes() -> None:
    values = evaluation_of([[40, 2], [3, 38]]).to_dict()
    assert list(values) == FIELDS
    assert list(values["per_class"][0]) == ["class_name", "precision", "recall", "f1", "support"]
    assert values["set"] == "test"
    assert values["confusion_matrix"] == [[40, 2], [3, 38]]


def test_the_json_round_trip_loses_nothing() -> None:
    result = evaluation_of([[3, 1, 0], [0, 0, 2], [0, 0, 0]])
    assert result.warnings
    written = json.dumps(result.to_dict(), allow_nan=False)
    assert Evaluation.from_dict(json.loads(written)) == result
    assert json.loads(written) == result.to_dict()


def test_an_evaluation_from_before_a_score_was_added_is_read_and_written_with_null() -> None:
    first_version = {
        "set": "val", "rows": 3, "accuracy": 0.75, "accuracy_interval": [0.3, 0.95], "balanced_accuracy": 0.5,
        "macro_f1": 0.25, "loss": 0.125, "class_names": ["a", "b"], "confusion_matrix": [[1, 1], [0, 1]],
        "per_class": [
            {"class_name": name, "precision": 1.0, "recall": 0.5, "f1": 0.6, "support": 1} for name in ("a", "b")
        ],
        "warnings": [],
        "leaked": {"exact": 1},
        "without_leaks": {
            "rows": 2, "accuracy": 0.5, "accuracy_interval": [0.1, 0.9], "balanced_accuracy": 0.4, "macro_f1": 0.3,
            "loss": 0.2,
        },
    }  # fmt: skip
    result = Evaluation.from_dict(first_version)
    assert (result.accuracy, result.balanced_accuracy, result.macro_f1, result.loss) == (0.75, 0.5, 0.25, 0.125)
    assert result.without_leaks is not None
    assert (result.without_leaks.macro_f1, result.without_leaks.loss) == (0.3, 0.2)
    assert result.scores["matthews_correlation"] is None
    written = result.to_dict()
    added = {name: None for name in METRICS if name not in first_version}
    assert written == {**first_version, **added, "without_leaks": {**first_version["without_leaks"], **added}}  # type: ignore[dict-item]
    assert Evaluation.from_dict(written) == result


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "macro_f1", "loss"])
def test_an_evaluation_without_a_score_that_was_always_there_is_damaged(name: str) -> None:
    values = evaluation_of([[40, 2], [3, 38]]).to_dict()
    del values[name]
    with pytest.raises(KeyError, match=name):
        Evaluation.from_dict(values)


def test_top5_accuracy_stands_in_the_json_from_six_classes_on() -> None:
    assert evaluation_of([[40, 2], [3, 38]]).to_dict()["top5_accuracy"] is None
    assert evaluation_of(np.eye(6, dtype=int).tolist()).to_dict()["top5_accuracy"] == 1.0


def test_reading_passes_over_what_a_later_version_added() -> None:
    result = evaluation_of([[40, 2], [3, 38]])
    assert Evaluation.from_dict({**result.to_dict(), "novelty": 1}) == result


@pytest.mark.parametrize("damage", [{"set": "train"}, {"rows": "many"}, {"accuracy_interval": [0.5]}])
def test_reading_refuses_damaged_values(damage: dict[str, object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Evaluation.from_dict({**evaluation_of([[40, 2], [3, 38]]).to_dict(), **damage})


class TestWarnings:
    def test_a_sound_result_has_none(self) -> None:
        assert evaluation_of([[480, 20], [30, 470]]).warnings == ()

    def test_few_rows(self) -> None:
        (warning,) = evaluation_of([[18, 2], [2, 18]]).warnings
        assert warning == (
            "The interval is wide because only 40 pictures were scored: a difference of a few points from another "
            "model can be chance."
        )

    def test_no_better_than_the_largest_class(self) -> None:
        warnings = evaluation_of([[900, 0], [100, 0]]).warnings
        assert warnings[0] == (
            "The accuracy of 90.0 % is not clearly above 90.0 %, which always answering 'a' would reach."
        )

    def test_uneven_classes(self) -> None:
        (warning,) = evaluation_of([[900, 5], [40, 55]]).warnings
        assert "90.5 % of the pictures are 'a'" in warning
        assert "look at balanced accuracy (78.7 %), not at accuracy (95.5 %)" in warning

    @pytest.mark.parametrize(
        ("confusion", "words", "is_told"),
        [
            ([[54, 6], [6, 54]], "only 120 pictures were scored", True),  # an interval of 10.8 points
            ([[72, 8], [8, 72]], "interval is wide", False),  # of 9.4 points
            ([[900, 0], [90, 10]], "not clearly above 90.0 %", True),  # 91.0 %, but perhaps no more than 89.1 %
            ([[900, 0], [80, 20]], "not clearly above", False),  # 92.0 %, and surely 90.2 %
            ([[1470, 30], [80, 420]], "uneven", True),  # three to one; 94.5 % and balanced 91.0 %
            ([[1460, 30], [80, 420]], "uneven", False),  # 2.98 to one
            ([[1470, 30], [60, 440]], "uneven", False),  # 95.5 % and balanced 93.0 %: 2.5 points less
            ([[470, 30], [30, 470]], "never predicts them", False),
            ([[480, 20, 0], [30, 470, 0], [0, 0, 0]], "never predicts them", False),  # no row, nothing to predict
            ([[800, 0, 0], [200, 200, 0], [0, 0, 0]], "uneven", False),  # two to one, the third class aside
        ],
    )
    def test_a_warning_begins_where_it_should(self, confusion: list[list[int]], words: str, is_told: bool) -> None:
        assert any(words in warning for warning in evaluation_of(confusion).warnings) == is_told

    def test_uneven_classes_that_are_recognised_alike_mislead_nobody(self) -> None:
        assert evaluation_of([[900, 5], [1, 94]]).warnings == ()

    def test_an_absent_class_is_named(self) -> None:
        (warning,) = evaluation_of([[480, 20, 0], [30, 470, 0], [0, 0, 0]]).warnings
        assert warning == "Nothing is known of classes without a picture in this set: c."

    def test_a_class_never_predicted_is_named_with_its_rows(self) -> None:
        warnings = evaluation_of([[480, 20, 0], [30, 470, 0], [1, 0, 0]]).warnings
        assert warnings[-1] == "The set has these classes, but the model never predicts them: c (1 picture)."

    def test_a_long_list_is_cut(self) -> None:
        confusion = np.diag([500, 500] + [0] * 6).tolist()
        assert evaluation_of(confusion).warnings[0].endswith("c, d, e, f, g and 1 more.")


class TestRefusals:
    def test_no_rows(self) -> None:
        with pytest.raises(DataError, match="no rows"):
            evaluate(np.zeros((0, 2)), np.zeros(0, dtype=int), ["a", "b"], "test")

    @pytest.mark.parametrize(("rows", "classes"), [(3, 2), (2, 3)])
    def test_shapes_that_do_not_fit(self, rows: int, classes: int) -> None:
        with pytest.raises(DataError, match=re.escape(f"({rows}, {classes}) do not fit 2 labels and 2 classes")):
            evaluate(np.full((rows, classes), 0.5), np.array([0, 1]), ["a", "b"], "test")

    @pytest.mark.parametrize("label", [-1, 2])
    def test_labels_outside_the_classes(self, label: int) -> None:
        with pytest.raises(DataError, match="expected 0 to 1"):
            evaluate(np.full((2, 2), 0.5), np.array([0, label]), ["a", "b"], "test")

    def test_a_probability_that_is_no_number_is_named(self) -> None:
        with pytest.raises(DataError, match="row 2 has a probability that is not a number"):
            evaluate(np.array([[0.5, 0.5], [np.nan, 0.5]]), np.array([0, 1]), ["a", "b"], "test")
