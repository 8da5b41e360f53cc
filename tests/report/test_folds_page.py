"""The page of a cross-validation, by value: folds that differ, one without a test score, one that was not finished."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.report.conftest import build_run
from tests.report.sections.test_views import plain

from onelook.report.folds_page import write_folds_page
from onelook.report.pooled_folds import pool_folds
from onelook.report.results import read_evaluation
from onelook.run_folder import RunFolder


def fold(number: int, accuracy: float, **changes: Any) -> dict[str, Any]:
    scores = {"accuracy": accuracy, "balanced_accuracy": accuracy, "macro_f1": accuracy - 0.01, "loss": 1 - accuracy}
    fields = {"fold": number, "status": "complete", "rows": 1_000 + number, **scores, "calibration_error": None}
    return {**fields, "test_accuracy": None, "seconds": 61.0, **changes}


FOUND: dict[str, Any] = {
    "status": "interrupted",
    "folds": 5,
    "rows": 2_003,
    "accuracy": 0.9,
    "accuracy_interval": [0.8, 0.95],
    "balanced_accuracy": 0.85,
    "balanced_accuracy_interval": [0.75, 0.9],
    "macro_f1": 0.84,
    "macro_f1_interval": None,
    "loss": 0.5,
    "loss_interval": [0.25, 0.75],
    "test": {"rows": 7, "accuracy": 0.7, "accuracy_interval": [0.6, 0.8], "loss": 1.5, "loss_interval": [1.0, 2.0]},
    "runs": [
        fold(1, 0.85, test_accuracy=0.7),
        fold(2, 0.95, seconds=None),
        fold(3, 0.5, status="interrupted", test_accuracy=0.25),
    ],
    "findings": [],
    "labels": "",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three folds of two classes; the page takes the first two, of which the second makes more errors."""
    path = tmp_path_factory.mktemp("runs") / "photos-001"
    confusions = ([[9, 1], [0, 10]], [[8, 0], [5, 5]], [[1, 9], [9, 1]])
    for number, confusion in enumerate(confusions, start=1):
        build_run(path / f"fold-{number}", names=("a", "b"), confusion=confusion, set_name="val")
    return path


def page(folder: Path, out: Path, **changes: Any) -> str:
    return plain(write_folds_page(folder, {**FOUND, **changes}, out).read_text(encoding="utf-8"))


def tables(html: str) -> dict[str, list[list[str]]]:
    """The tables of the first section by their name: rows of texts."""
    found = re.findall(r'aria-label="(Folds|Scores)"><table[^>]*><caption>\1</caption>(.*?)</table>', html)
    return {name: [cells(row) for row in rows.split("</tr>")[:-1]] for name, rows in found}


def cells(row: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.split(r"</t[hd]>", row)[:-1]]


def test_every_figure_of_a_fold_stands_in_its_column(folder: Path, tmp_path: Path) -> None:
    html = page(folder, tmp_path / "p.html")
    assert tables(html)["Folds"] == [
        ["Fold", "Pictures", "Accuracy", "Macro F1", "Log loss", "Test accuracy", "Time"],
        ["fold-1", "1,001", "85.00 %", "0.8400", "0.1500", "70.00 %", "1 min 1 s"],
        ["fold-2", "1,002", "95.00 %", "0.9400", "0.0500", "", ""],
        ["fold-3 (interrupted)", "1,003", "50.00 %", "0.4900", "0.5000", "25.00 %", "1 min 1 s"],
    ]
    assert re.findall(r'<a href="(fold-\d/report.html)">', html) == [f"fold-{n}/report.html" for n in (1, 2, 3)]
    earlier = [{name: value for name, value in one.items() if name != "seconds"} for one in FOUND["runs"]]
    html = page(folder, tmp_path / "p.html", test=None, runs=earlier)
    assert tables(html)["Folds"] == [
        ["Fold", "Pictures", "Accuracy", "Macro F1", "Log loss"],
        ["fold-1", "1,001", "85.00 %", "0.8400", "0.1500"],
        ["fold-2", "1,002", "95.00 %", "0.9400", "0.0500"],
        ["fold-3 (interrupted)", "1,003", "50.00 %", "0.4900", "0.5000"],
    ]


def test_a_figure_of_nought_is_a_figure(folder: Path, tmp_path: Path) -> None:
    nought = {"accuracy": 0.0, "accuracy_interval": [0.0, 0.1], "loss": 0.0, "loss_interval": [0.0, 0.0]}
    runs = [fold(1, 0.0, test_accuracy=0.0, seconds=0.0), fold(2, 0.0, test_accuracy=None, seconds=None)]
    html = page(folder, tmp_path / "p.html", **nought, test={"rows": 7, **nought}, runs=runs)
    assert tables(html)["Folds"][1:] == [
        ["fold-1", "1,001", "0 %", "-0.0100", "1.0000", "0 %", "0 s"],
        ["fold-2", "1,002", "0 %", "-0.0100", "1.0000", "", ""],
    ]
    assert "0 % mean accuracy" in html
    assert "the models of the folds reach 0 % on average (0 % to 10.00 %)." in html
    assert [row[1:] for row in tables(html)["Scores"][1:] if row[0].startswith(("Accuracy", "Log loss"))] == [
        ["0 %", "0 % to 10.00 %", "0 %", "0 % to 10.00 %"],
        ["0.0000", "0.0000 to 0.0000", "0.0000", "0.0000 to 0.0000"],
    ]


def test_every_score_has_its_mean_and_interval(folder: Path, tmp_path: Path) -> None:
    html = page(folder, tmp_path / "p.html")
    rows = tables(html)["Scores"]
    assert rows[0] == ["Score", "Mean", "95 % interval", "Mean on test", "95 % interval"]
    assert [[row[0][:8], *row[1:]] for row in rows[1:]] == [
        ["Accuracy", "90.00 %", "80.00 % to 95.00 %", "70.00 %", "60.00 % to 80.00 %"],
        ["Balanced", "85.00 %", "75.00 % to 90.00 %", "–", "–"],
        ["Macro F1", "0.8400", "–", "–", "–"],
        ["Log loss", "0.5000", "0.2500 to 0.7500", "1.5000", "1.0000 to 2.0000"],
    ]
    assert "<summary>All 4 scores: mean over the folds and its interval</summary>" in html
    rows = tables(page(folder, tmp_path / "p.html", test=None))["Scores"]
    assert [len(row) for row in rows] == [3] * 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "of the mean 80.00 % to 95.00 %. Only 2 of 5 folds are done.</p>"),
        ({"folds": 2}, "of the mean 80.00 % to 95.00 %.</p>"),
        ({"folds": 3}, "of the mean 80.00 % to 95.00 %. Only 2 of 3 folds are done.</p>"),
        ({"accuracy": None, "runs": FOUND["runs"][::2]}, "<p>1 of 5 folds is done. A mean needs two or more.</p>"),
    ],
)
def test_folds_that_are_not_done_are_counted_of_all_that_were_asked_for(
    changes: dict[str, Any], words: str, folder: Path, tmp_path: Path
) -> None:
    html = page(folder, tmp_path / "p.html", **changes)
    assert words in html
    has_mean = changes.get("accuracy", True) is not None
    assert ("90.00 % mean accuracy" in html, "No mean yet" in html) == (has_mean, not has_mean)
    assert ("<p>On 2,003 pictures, each by the model that was not trained on it;" in html) is has_mean
    assert ('class="strip"' in html, "Scores" in tables(html)) == (has_mean, has_mean)
    assert (
        "<p>On the 7 test pictures, which no fold trained or tuned on, the models of the folds reach 70.00 % on "
        "average (60.00 % to 80.00 %).</p>"
    ) in html
    assert "test pictures" not in page(folder, tmp_path / "p.html", test={"rows": 7, "accuracy": None})


def test_a_page_is_named_after_its_folder_and_says_why_no_label_is_doubted(folder: Path, tmp_path: Path) -> None:
    html = page(folder, tmp_path / "p.html")
    assert "<title>photos-001 · onelook</title>" in html
    assert "Cross-validation in 5 folds" in html
    assert "The labels are judged when all folds are done." in html
    assert "Too few pictures." in page(folder, tmp_path / "p.html", labels="Too few pictures.")
    finding = {"check": "label-errors", "split": "all", "count": 2, "ids": ["1"], "message": "Two look wrong."}
    html = page(folder, tmp_path / "p.html", labels="Too few pictures.", findings=[finding])
    assert "Two look wrong." in html
    assert "Labels that look wrong" in html
    assert "Too few pictures." not in html
    html = page(folder, tmp_path / "p.html", runs=[fold(3, 0.5, status="interrupted")], accuracy=None)
    assert re.findall(r'<section id="(\w+)"', html) == ["folds"]
    assert write_folds_page(folder, FOUND) == folder / "report.html"


def test_complete_folds_are_added_up_and_their_worst_errors_come_first(folder: Path) -> None:
    for number, margins in ((1, (0.5, 0.25)), (2, (0.75, 0.125)), (3, (1.0,))):
        errors = [
            {"file": f"{at}.png", "id": f"{number}-{at}", "label": "a", "predicted": "b", "p_label": 0.0}
            | {"p_predicted": margin}
            for at, margin in enumerate(margins)
        ]
        evidence = RunFolder(folder / f"fold-{number}").evidence
        evidence.mkdir(exist_ok=True)
        index = {"errors": 10 * number, "worst_errors": errors, "random": []}
        (evidence / "evidence.json").write_text(json.dumps(index), encoding="utf-8")
        (evidence / "0.png").write_bytes(b"%d" % number)
    pooled = pool_folds(folder, FOUND)
    assert pooled.further_errors is None
    assert pooled.report_pictures is not None
    assert pooled.report_pictures.errors == 30  # of which four were kept
    found = [(one.id, one.file) for one in pooled.report_pictures.worst_errors]
    assert found == [
        *(("2-0", "fold-2/0.png"), ("1-0", "fold-1/0.png"), ("1-1", "fold-1/1.png"), ("2-1", "fold-2/1.png")),
    ]
    assert [pooled.pictures.data_uri(file) for _, file in found] == [
        *("data:image/png;base64,Mg==", "data:image/png;base64,MQ==", None, None),
    ]
    assert pooled.evaluation is not None
    first = read_evaluation(RunFolder(folder / "fold-1"))
    assert first is not None
    assert pooled.evaluation.confusion_matrix == ((17, 1), (5, 15))
    assert (pooled.evaluation.rows, pooled.evaluation.accuracy) == (38, 32 / 38)
    assert [(one.class_name, one.support, one.recall) for one in pooled.evaluation.per_class] == [
        *(("a", 18, 17 / 18), ("b", 20, 0.75)),
    ]
    low, high = pooled.evaluation.accuracy_interval
    assert first.accuracy_interval[0] < first.accuracy
    assert low < 32 / 38 < high


def test_errors_that_are_not_among_the_worst_of_all_folds_follow_with_those_of_one_fold(
    folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(folder, tmp_path / "photos-001")
    for number, margin in ((1, 0.5), (2, 0.875)):
        one = {"label": "a", "predicted": "b", "p_label": 0.0, "p_predicted": margin}
        errors = [{"file": "0.png", "id": f"{number}-{at}", **one} for at in range(24)]
        further = {"label": 1, "predicted": 0, "p_label": 0.0, "p_predicted": margin - 0.25}
        evidence = RunFolder(folder / f"fold-{number}").evidence
        evidence.mkdir(exist_ok=True)
        index = {"errors": 26, "worst_errors": errors, "random": []}
        (evidence / "evidence.json").write_text(json.dumps(index), encoding="utf-8")
        rest = [{"id": f"{number}-x", "picture": "AAAA", **further}, {"id": f"{number}-y", **further}]
        (evidence / "errors.json").write_text(json.dumps({"class_names": ["a", "b"], "errors": rest}), encoding="utf-8")
        (evidence / "0.png").write_bytes(b"%d" % number)
    pooled = pool_folds(folder, FOUND)
    assert pooled.report_pictures is not None
    assert [one.id for one in pooled.report_pictures.worst_errors] == [f"2-{at}" for at in range(24)]
    assert pooled.further_errors is not None
    assert [(one.id, one.label, one.picture) for one in pooled.further_errors.errors] == [
        ("2-x", 1, "AAAA"),
        *((f"1-{at}", 0, "MQ==") for at in range(24)),
        ("1-x", 1, "AAAA"),
        ("2-y", 1, ""),
        ("1-y", 1, ""),
    ]
