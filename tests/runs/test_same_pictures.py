"""Runs of data that was corrected in between are compared on the pictures that they share, with the newest labels."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.cli import main
from onelook.commands.compare import compare_runs, write_comparison
from onelook.comparison.differences import KeptError
from onelook.comparison.result import Comparison, read_comparison
from onelook.errors import ConfigError, ModelError
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import SetName
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.metrics.interval import wilson_interval
from onelook.run_folder import RunFolder
from onelook.runs.differing_pictures import _kept_errors, differences_of
from onelook.runs.scored_runs import read_run

HASHED_AS = {"height": 2, "width": 2, "channels": 1}
# Each picture by its hash: its class then.
FIRST = {"p": "cat", "q": "cat", "r": "cat", "s": "dog", "t": "dog", "u": "dog"}


def make_run(
    path: Path,
    labels: Mapping[str, str],
    wrong: str,
    *,
    prefix: str = "",
    created: str = "2026-01-01",
    class_names: tuple[str, ...] = ("cat", "dog"),
    set_name: SetName = "val",
    **data: Any,
) -> Path:
    """A run that was scored on the pictures with these hashes; those in `wrong` it takes for the next class."""
    run = RunFolder.create(path)
    run.update_run(
        status="complete",
        created=created,
        settings={"model": "cnn"},
        model={"name": "cnn"},
        data={"fingerprint": path.name, "class_names": class_names, "hashed_as": HASHED_AS, **data},
        split={"fingerprint": path.name},
    )
    names = list(class_names)
    given = np.array([names.index(label) for label in labels.values()])
    predicted = (given + np.array([each in wrong for each in labels])) % len(names)
    probabilities = np.full((len(given), len(names)), 0.2 / (len(names) - 1))
    probabilities[np.arange(len(given)), predicted] = 0.8
    rows = zip(labels, labels.values(), predicted, strict=True)
    lines = [(f"{prefix}{each}", label, names[answer], each) for each, label, answer in rows]
    run.split_csv.write_text("id,split,class\n" + "".join(f"{one},{set_name},{label}\n" for one, label, _, _ in lines))
    run.predictions.write_text(
        "id,label,confidence\n" + "".join(f"{one},{answer},0.8\n" for one, _, answer, _ in lines)
    )
    run.picture_hashes.write_text("id,hash\n" + "".join(f"{one},{each}\n" for one, _, _, each in lines))
    run.evaluation.write_text(json.dumps(evaluate(probabilities, given, class_names, set_name).to_dict()))
    return path


def compared(tmp_path: Path, second: Mapping[str, str], wrong: str = "u", **more: Any) -> Comparison:
    """The comparison of a run that has r wrong with a later one."""
    first = make_run(tmp_path / "a", FIRST, "r", class_names=more.get("class_names", ("cat", "dog")))
    later = make_run(tmp_path / "b", second, wrong, prefix="new/", created="2026-01-02", **more)
    return compare_runs([first, later])


def test_pictures_on_which_runs_differ_are_found_under_their_new_names_and_labels(tmp_path: Path) -> None:
    # r was said to be a dog before its label was one; the later run has all right, and names pictures in its own way.
    found = compared(tmp_path, {**FIRST, "r": "dog", "s": "cat"}, wrong="")
    differing = differences_of(found)
    assert differing is not None
    assert found.best == 1
    assert [(one.id, one.label, [each.predicted for each in one.answers]) for one in differing.pictures] == [
        ("new/s", "cat", ["dog", "cat"])
    ]


@pytest.mark.parametrize(("wrong", "best", "name"), [("rs", 0, "s"), ("", 1, "new/r")])
def test_a_picture_on_which_runs_differ_is_named_as_in_the_best_of_them(
    wrong: str, best: int, name: str, tmp_path: Path
) -> None:
    found = compared(tmp_path, FIRST, wrong)
    differing = differences_of(found)
    assert differing is not None
    assert (found.best, [one.id for one in differing.pictures]) == (best, [name])


def test_renamed_pictures_are_the_same(tmp_path: Path) -> None:
    found = compared(tmp_path, dict(reversed(FIRST.items())))
    assert [(row.rows, row.accuracy) for row in found.runs] == [(6, 5 / 6), (6, 5 / 6)]
    assert found.runs[1].against_best is not None
    assert (found.runs[1].against_best.only_best_right, found.runs[1].against_best.only_this_right) == (1, 1)
    assert found.notes == (
        "the data has changed between the runs, but all were scored on the same 6 validation pictures",
    )


def test_the_labels_of_the_newest_run_count_for_all(tmp_path: Path) -> None:
    found = compared(tmp_path, {**FIRST, "r": "dog"}, wrong="")  # r was labelled wrong, and the first run knew it
    first, later = found.runs
    assert (first.accuracy, later.accuracy) == (1.0, 1.0)
    assert first.accuracy_interval == wilson_interval(6, 6)
    assert first.loss == pytest.approx(-math.log(0.8))
    assert first.scores["balanced_accuracy"] == 1.0
    assert found.notes[1] == (
        f"1 of these has another label in {tmp_path / 'b'}, the newest run: its labels count for all, so the scores of "
        "the others may differ from those in their reports"
    )


def test_only_shared_pictures_count(tmp_path: Path) -> None:
    second = {**{each: FIRST[each] for each in "pqrst"}, "v": "dog"}  # u is gone, v is new
    found = compared(tmp_path, second, wrong="v")
    assert [(row.rows, row.accuracy) for row in found.runs] == [(5, 0.8), (5, 1.0)]
    assert found.best == 1
    assert found.notes == (
        "the data has changed between the runs: they are compared on the 5 validation pictures that all were scored on "
        f"({tmp_path / 'a'}: 6 and {tmp_path / 'b'}: 6)",
    )


def test_with_three_classes_the_loss_is_unknown_and_the_comparison_is_read_again(tmp_path: Path) -> None:
    names = ("cat", "dog", "eel")
    found = compared(tmp_path, {**FIRST, "p": "dog"}, class_names=names)
    assert [row.accuracy for row in found.runs] == [4 / 6, 5 / 6]
    assert [row.scores["loss"] for row in found.runs] == [None, None]
    assert found.runs[0].calibration_error is not None
    write_comparison(found, tmp_path)
    assert read_comparison(tmp_path / "comparison.json") == found
    assert "1 of these has another label in" in (tmp_path / "comparison.html").read_text()


@pytest.mark.parametrize(
    "change",
    [
        {"hashed_as": {**HASHED_AS, "height": 3}},
        {"hashed_as": None},
        {"class_names": ("cat", "dog", "eel")},
        {"set_name": "test"},
    ],
)
def test_what_cannot_be_recognised_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    make_run(tmp_path / "a", FIRST, "r")
    make_run(tmp_path / "b", FIRST, "", prefix="new/", **change)
    with pytest.raises(ConfigError, match=rf"different pictures.*--split {tmp_path / 'a'}"):
        compare_runs([tmp_path / "a", tmp_path / "b"])


def test_fewer_than_half_in_common_are_refused(tmp_path: Path) -> None:
    make_run(tmp_path / "a", FIRST, "r")
    make_run(tmp_path / "b", {"p": "cat", "q": "cat", "v": "dog", "w": "dog", "x": "cat"}, "")
    make_run(tmp_path / "c", {"p": "cat", "q": "cat", "r": "cat", "v": "dog"}, "")
    assert compare_runs([tmp_path / "a", tmp_path / "c"]).runs[0].rows == 3
    make_run(tmp_path / "d", {**FIRST, **dict.fromkeys("vwxyzäö", "dog")}, "")  # all of a, which are few of its own
    for names in ("ab", "ba", "ad", "da", "cad"):
        with pytest.raises(ConfigError, match="different pictures"):
            compare_runs([tmp_path / name for name in names])


@pytest.mark.parametrize("names", ["abc", "cba", "bac", "cab"])
def test_the_newest_run_and_each_class_are_known_in_any_order(names: str, tmp_path: Path) -> None:
    """The newest run knows that r is a dog. Its classes are in another order than those of the others."""
    make_run(tmp_path / "a", FIRST, "s", created="2026-01-02")
    make_run(tmp_path / "b", {**FIRST, "r": "dog"}, "p", created="2026-01-03", class_names=("dog", "cat"))
    make_run(tmp_path / "c", FIRST, "r", created="2026-01-01")
    found = compare_runs([tmp_path / name for name in names])
    right = {"a": 4, "b": 5, "c": 6}  # of six: c took r for a dog
    assert [(row.run, row.accuracy) for row in found.runs] == [
        (str(tmp_path / name), right[name] / 6) for name in names
    ]
    assert found.notes[1].startswith(f"1 of these has another label in {tmp_path / 'b'}, the newest run")


def test_a_picture_without_a_hash_is_known_by_its_id(tmp_path: Path) -> None:
    make_run(tmp_path / "a", FIRST, "r")
    make_run(tmp_path / "b", FIRST, "", created="2026-01-02")
    for name in "ab":
        hashes = tmp_path / name / "picture_hashes.csv"
        hashes.write_text(hashes.read_text().replace("p,p\n", "").replace("q,q\n", ""))
    assert [row.rows for row in compare_runs([tmp_path / "a", tmp_path / "b"]).runs] == [6, 6]


def test_a_damaged_list_of_hashes_is_named(tmp_path: Path) -> None:
    make_run(tmp_path / "a", FIRST, "r")
    make_run(tmp_path / "b", FIRST, "")
    (tmp_path / "b" / "picture_hashes.csv").write_text("id,digest\np,0\n")
    with pytest.raises(ModelError, match=r"picture_hashes\.csv: not readable"):
        compare_runs([tmp_path / "a", tmp_path / "b"])


def test_what_a_model_has_seen_is_said_with_the_score_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = make_run(tmp_path / "a", FIRST, "r")
    probabilities = np.array([[0.8, 0.2]] * 2 + [[0.2, 0.8]] * 4)
    labels = np.array([0, 0, 0, 1, 1, 1])
    leaky = with_leaks(
        evaluate(probabilities, labels, ("cat", "dog"), "val"), probabilities, labels, "pqrstu", {"copies": ["p", "q"]}
    )
    (path / "evaluation.json").write_text(json.dumps(leaky.to_dict()))
    make_run(tmp_path / "b", FIRST, "", created="2026-01-02")
    assert main(["compare", str(path), str(tmp_path / "b"), "--json"]) == 0
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert warning.startswith(f"{path}: 2 of the 6 validation pictures are among those that the model was trained on")
    assert "Without them the accuracy is 75.0 % on 4 pictures" in warning
    assert main(["compare", str(path), str(tmp_path / "b")]) == 0
    printed = capsys.readouterr()
    assert f"warning: {path}: 2 of the 6 validation pictures" in " ".join(printed.err.split())
    assert (
        "  the data has changed between the runs, but all were scored on the same 6\n  validation pictures\n"
        in printed.out
    )


@pytest.mark.parametrize(
    ("leaked", "is_said"), [(None, False), ({"copies": 0, "near": 0}, False), ({"copies": 0, "near": 1}, True)]
)
def test_nothing_is_said_where_a_model_has_seen_none(
    leaked: dict[str, int] | None, is_said: bool, tmp_path: Path
) -> None:
    path = make_run(tmp_path / "a", FIRST, "r")
    scored = json.loads((path / "evaluation.json").read_text())
    (path / "evaluation.json").write_text(json.dumps(scored | {"leaked": leaked}))
    assert (read_run(str(path)).on_seen is not None) == is_said


def test_what_a_run_kept_of_its_errors_is_read_from_both_of_its_lists(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run")
    assert _kept_errors(run) == {}
    run.evidence.mkdir()
    entry = {"file": "no.png", "predicted": "dog", "p_predicted": 0.9}
    worst = [{"id": "1", "label": "cat", "p_label": 0.125, **entry}]
    index = {"errors": 3, "worst_errors": worst, "random": []}
    (run.evidence / "evidence.json").write_text(json.dumps(index))
    further = [
        {"id": "2", "label": 2, "predicted": 0, "p_label": 0.25, "p_predicted": 0.5, "picture": "eA=="},
        {"id": "3", "label": 0, "predicted": 1, "p_label": 0.0, "p_predicted": 1.0},
    ]
    names = ["cat", "dog", "eel"]
    (run.evidence / "errors.json").write_text(json.dumps({"class_names": names, "errors": further}))
    assert _kept_errors(run) == {
        "1": KeptError("cat", 0.125),
        "2": KeptError("eel", 0.25, "eA=="),
        "3": KeptError("cat", 0.0),
    }
