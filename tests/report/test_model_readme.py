"""The README in a model's folder: whole, with names that Markdown must not take for its own signs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.report.conftest import MakeRun

from onelook.classifier.folder import README_MARK
from onelook.evaluation.gains.gain import GAINS, Gain, Gains
from onelook.evaluation.pictures.index import write_index
from onelook.report.highlights import highlights
from onelook.report.model_readme import markdown, model_readme, write_model_readme
from onelook.report.results import read_results

WHOLE = Path(__file__).with_name("model_readme.md")


def readme_of(make_run: MakeRun, **options: object) -> str:
    return model_readme(read_results(make_run(**options)))


def test_the_whole_readme_of_a_run(make_run: MakeRun) -> None:
    found = readme_of(make_run).replace("\u202f", " ")
    assert found == WHOLE.read_text(encoding="utf-8")
    assert found.startswith(README_MARK)


def test_it_is_written_into_the_model_s_folder(make_run: MakeRun) -> None:
    run = make_run()
    run.model.mkdir()
    write_model_readme(run)
    assert (run.model / "README.md").read_text(encoding="utf-8") == model_readme(read_results(run))


def test_without_a_score_nothing_is_claimed(make_run: MakeRun) -> None:
    run = make_run(status="interrupted")
    run.evaluation.unlink()
    found = model_readme(read_results(run))
    assert "The model was not scored." in found
    assert "metrics" not in found
    assert "accuracy" not in found.casefold()


def test_a_score_on_validation_pictures_is_said_to_be_one(make_run: MakeRun) -> None:
    found = readme_of(make_run, set_name="val")
    assert "of 20 validation pictures named correctly" in found
    assert "They also decided which epoch was kept, so the score is slightly optimistic." in found


def test_of_many_classes_the_weakest_have_a_row(make_run: MakeRun) -> None:
    names = tuple(f"kind{number:03d}" for number in range(120))
    confusion = [[2 * (row == column) for column in range(120)] for row in range(120)]
    confusion[110][110], confusion[110][3] = 1, 1  # kind110 is found once of twice, kind003 is named once too often
    found = readme_of(make_run, names=names, confusion=confusion, data={"name": "kinds", "class_names": names})
    assert "which of 120 classes" in found
    assert "The 100 weakest of 120 classes:" in found
    score = found.partition("## How good it is")[2]
    assert score.index("| kind110 |") < score.index("| kind003 |") < score.index("| kind000 |")
    assert "| kind119 |" not in score


@pytest.mark.parametrize(
    ("count", "weakest", "more"),
    [(100, False, []), (101, True, ["| and 1 more class | | |"]), (103, True, ["| and 3 more classes | | |"])],
)
def test_a_hundred_classes_have_a_row_each(count: int, weakest: bool, more: list[str], make_run: MakeRun) -> None:
    names = tuple(f"kind{number:03d}" for number in range(count))
    confusion = np.eye(count, dtype=int).tolist()
    counts = {"train": dict.fromkeys(names, 2), "val": dict.fromkeys(names, 1)}
    data = {"name": "kinds", "class_names": names, "class_counts": counts}
    learnt, _, score = readme_of(make_run, names=names, confusion=confusion, data=data).partition("## How good it is")
    assert [line for line in learnt.splitlines() if line.startswith("| and")] == more
    for rows in (learnt, score):
        assert sum(line.startswith("| kind") for line in rows.splitlines()) == 100
    assert ("weakest" in score) is weakest


def test_a_part_without_labels_has_no_column(make_run: MakeRun) -> None:
    names = ("cat", "dog")
    counts = {"train": {"cat": 3, "dog": 4}, "val": {"cat": 1, "dog": 0}, "test": {"cat": 0, "dog": 0}}
    found = readme_of(
        make_run,
        names=names,
        confusion=[[1, 0], [0, 0]],
        set_name="val",
        data={"name": "kinds", "class_names": names, "class_counts": counts},
    )
    rows = [line for line in found.splitlines() if line.startswith(("| class", "| cat", "| dog", "|---"))]
    assert rows[:4] == ["| class | training | validation |", "|---|---:|---:|", "| cat | 3 | 1 |", "| dog | 4 | 0 |"]


def test_a_score_of_nothing_is_shown(make_run: MakeRun) -> None:
    found = readme_of(make_run, names=("a", "b"), confusion=[[5, 5], [5, 5]])
    assert "| Matthews correlation | 0.0000 |" in found


@pytest.mark.parametrize(
    ("licence", "said"), [("Apache-2.0", "Their licence: Apache-2.0."), ("", "Their licence: not stated.")]
)
def test_the_licence_of_published_weights_is_named(make_run: MakeRun, licence: str, said: str) -> None:
    model = {"name": "lite", "pretrained": {"trained_on": "ImageNet-1k", "source": "timm", "licence": licence}}
    found = readme_of(make_run, model=model)
    assert f"Training started from published weights: ImageNet-1k, timm. {said}" in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a|b", "a\\|b"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:1) `y` *z* _q_ #1 ~$", "\\[x\\](javascript:1) \\`y\\` \\*z\\* \\_q\\_ \\#1 \\~\\$"),
        ("# no\ntitle\r\n---", "\\# no title ---"),
        ("left\u202eright\x00", "left right"),
        ("café 猫", "café 猫"),
    ],
)
def test_text_stays_text(text: str, expected: str) -> None:
    assert markdown(text) == expected


def test_the_metadata_cannot_be_ended_by_a_name(make_run: MakeRun) -> None:
    hostile = 'x"\n---\nlicense: mit'
    found = readme_of(make_run, data={"name": hostile, "layout": "class-folders", "class_names": ["a", "b", "c"]})
    head = found.split("\n---\n")[0]
    (line,) = (line for line in head.splitlines() if line.strip().startswith("dataset:"))
    name = line.partition("name: ")[2].partition(", type: ")[0]
    assert json.loads(name) == 'x" --- license: mit'
    assert head.count("license:") == 2  # the one to fill in, and the text in quotes


def test_what_would_help_is_no_limit_that_was_found(make_run: MakeRun) -> None:
    run = make_run()
    gain = Gain(kind="pictures", gain=0.02, low=0.01, high=0.03, count=12)
    run.evidence.mkdir()
    write_index(run.evidence / GAINS, Gains(rows=100, errors=3, gains=(gain,)))
    found = read_results(run)
    assert any("would help most" in each.sentence for each in highlights(found))
    assert "would help" not in model_readme(found)
