"""What the report says where test pictures were seen before: in the verdict, and in a section of its own."""

from __future__ import annotations

import re

from tests.report.conftest import MakeRun

from onelook.report.page import render_section
from onelook.report.results import read_results
from onelook.report.sections.leaks import build_section as leaks
from onelook.report.sections.repeat import build_section as repeat
from onelook.report.sections.verdict import build_section as verdict
from onelook.run_folder import RunFolder


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u202f", " ").split())


def section(build: object, run: RunFolder) -> tuple[str, str]:
    made = build(read_results(run))  # type: ignore[operator]
    return made.title.replace("\u202f", " "), text(render_section(made)) or made.missing


def test_the_verdict_gives_the_score_with_and_without(make_run: MakeRun) -> None:
    # 17 of 20 right; the three that were seen are right, so that 14 of 17 are left.
    title, words = section(verdict, make_run(seen=3))
    assert title == "85.0 % of 20 test pictures named correctly; 82.4 % without those that the model has seen"
    assert "17 right, 3 wrong. 3 of them are in training too." in words
    assert "Measured on the 17 pictures that it has not seen, the accuracy on new pictures of the same kind is" in words
    assert "They were kept out of training" not in words
    # Once is enough: the sentence of the warning gives the same two scores.
    assert "are among those that the model was trained or tuned on" not in words


def test_the_verdict_of_a_clean_run_stays_as_it_was(make_run: MakeRun) -> None:
    title, words = section(verdict, make_run())
    assert title == "85.0 % of 20 test pictures named correctly"
    assert "They were kept out of training." in words
    assert "can remember" not in words


def test_the_section_sets_both_scores_side_by_side(make_run: MakeRun) -> None:
    title, words = section(leaks, make_run(seen=3))
    assert title == "3 of 20 test pictures were seen before"
    assert "It has seen: 3 pixel for pixel." in words
    assert "Believe the second line. The findings show some of them beside their copies" in words
    assert "all test pictures 20 85.0 %" in words
    assert "without the 3 that were seen 17 82.4 %" in words


def test_where_nothing_is_left_validation_is_pointed_to_unless_it_is_not_clean(make_run: MakeRun) -> None:
    run = make_run(seen=20)
    _, words = section(leaks, run)
    assert "keep pictures aside that are in no other part. Until then take 80.0 % of the validation pictures" in words
    _, words = section(verdict, run)
    assert "this figure says nothing about other pictures" in words
    run.update_run(**{"from": {"model": "m.zip", "checksum": "abc", "clean": False}})
    assert "Until then" not in section(leaks, run)[1]
    assert "Started from the model m.zip" in section(repeat, run)[1]


def test_nothing_seen_and_not_looked_for_are_two_things(make_run: MakeRun) -> None:
    run = make_run()
    assert section(leaks, run) == ("Scored pictures that were trained on", "This run did not check for them.")
    values = run.evaluation.read_text().removesuffix("}")
    run.evaluation.write_text(values + ', "leaked": {"exact": 0, "near": 0}, "without_leaks": null}')
    assert section(leaks, run) == ("No test picture was seen before", "No test picture has a copy in training.")
