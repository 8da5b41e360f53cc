"""What the page of a comparison says, whole: of ties, of runs without a speed, of what is not known."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from tests.comparison.test_advice import run
from tests.report.sections.test_views import plain

from onelook.comparison.result import ComparedRun, Comparison, DifferentSetting, EpochPoint
from onelook.comparison.speed import Speed
from onelook.report.comparison_page import _scores, _settings, _speed, _training, render_comparison
from onelook.runtime import versions

HISTORY = (EpochPoint(1, 1.0, 0.5, 1.0, 0.5), EpochPoint(2, 0.5, 0.75, 0.5, 0.75))


def of(*runs: ComparedRun, best: int = 0, **changes: Any) -> Comparison:
    fields = {"data": "photos", "created": "2026-01-02T03:04:05+00:00", "machine": "a machine", "advice": "Take it."}
    return Comparison(**{**fields, "runs": runs, "best": best, "settings": (), **changes})


BEST = replace(run("best", 0.98, 36.0), run="x/1")
TIED = replace(run("tied", 0.98, 4.0), run="x/2")
WORSE = replace(run("worse", 0.9, 40.0, 0.001), run="x/3", warnings=("Few pictures.", "Uneven."))
CLOSE = replace(run("close", 0.97, 50.0, 0.25), run="x/4", warnings=("Uneven.",))
UNTIMED = replace(run("untimed", 0.95, None), run="x/5")


@pytest.mark.parametrize(
    ("runs", "best", "title", "verdicts"),
    [
        (
            (WORSE, CLOSE, BEST, UNTIMED),
            2,
            "best has the most pictures right: 98.00 %",
            [
                "worse, p = .001",
                "these 4,443 pictures show no difference (p = .25)",
                "best",
                "not tested: there are no predictions to compare",
            ],
        ),
        (
            (TIED, WORSE, BEST),
            2,
            "tied and best have equally many pictures right: 98.00 %",
            ["as many right as the best", "worse, p = .001", "best"],
        ),
        (
            tuple(replace(each, rows=1) for each in (BEST, CLOSE)),
            0,
            "best has the most pictures right: 98.0 %",
            ["best", "this picture shows no difference (p = .25)"],
        ),
        ((replace(TIED, rows=4_442), BEST), 1, "best has the most pictures right: 98.00 %", None),  # other pictures
    ],
)
def test_who_has_the_most_right_and_what_the_tests_say(
    runs: tuple[ComparedRun, ...], best: int, title: str, verdicts: list[str] | None
) -> None:
    section = _scores(of(*runs, best=best))
    view: Any = section.view
    assert plain(section.title) == title
    assert verdicts is None or [row.verdict for row in view.rows] == verdicts


def test_warnings_stand_with_the_label_of_their_run_and_notes_with_the_pictures() -> None:
    view: Any = _scores(of(BEST, WORSE, CLOSE, notes=("two are left out", "labels differ"))).view
    assert view.warnings == (("worse", "Few pictures."), ("worse", "Uneven."), ("close", "Uneven."))
    assert view.explanation == (
        "All were scored on the same 4,443 test pictures. The bar is the 95 % interval (Wilson 1927)."
    )
    assert view.notes == ("Two are left out.", "Labels differ.")
    assert view.tested.startswith(" Each run is tested against the best one with McNemar's exact test (1947)")
    untested = replace(BEST, set_name="val", rows=1)
    view = _scores(of(untested, replace(untested, label="other"))).view
    assert view.explanation == (
        "All were scored on the same validation picture. The bar is the 95 % interval (Wilson 1927)."
    )
    assert (view.notes, view.tested) == ((), "")


def test_a_score_that_no_run_has_is_left_out_and_one_that_a_run_lacks_is_a_dash() -> None:
    lacking = replace(WORSE, scores={**WORSE.scores, "calibration_error": None})
    view: Any = _scores(of(BEST, lacking)).view
    assert view.heads == (
        *("Balanced accuracy", "Macro F1", "Log loss", "Calibration error", "Only the best right", "Only this right"),
    )
    assert [tuple(map(plain, row.figures)) for row in view.rows] == [
        ("98.00 %", "0.9800", "0.0200", "0.0100", "", ""),
        ("90.00 %", "0.9000", "0.1000", "–", "9", "1"),
    ]
    assert view.lower_is_better == "Log loss and calibration error are better when lower."
    neither = replace(BEST, scores={**BEST.scores, "calibration_error": None})
    view = _scores(of(neither, lacking)).view
    assert view.heads[:-2] == ("Balanced accuracy", "Macro F1", "Log loss")
    assert view.lower_is_better == "Log loss is better when lower."
    assert [name for name, _ in view.meanings] == [*view.heads[:-2]]


def test_a_run_without_a_speed_is_neither_in_front_nor_beaten() -> None:
    front, slow = replace(TIED, on_front=True), replace(WORSE, all_threads=Speed(1, 40.0, 44.0, 25.0))
    section = _speed(of(UNTIMED, replace(UNTIMED, label="other"), slow, front, machine=""))
    view: Any = section.view
    assert section.title == "No run is both faster and better than tied"
    assert view.heads == ("Run", "1 thread", "1 thread", "1 thread", "1 thread")
    assert [row[0] for row in view.rows] == ["worse", "tied"]
    assert view.text == (
        "Measured on this machine, by turns and after warm-up, from a decoded picture in memory to its probabilities: "
        "the median call, and the time that 95 % of the calls need at most. worse: another run is at least as fast, "
        "and at least as good."
    )
    assert [point.label for point in view.pareto.points] == ["worse", "tied"]
    alone: Any = _speed(of(front, UNTIMED)).view
    assert alone.text.endswith(" need at most.")
    assert _speed(of(UNTIMED)).missing == "None of the runs has a model that could be measured."


def test_what_is_not_known_of_a_training_is_a_dash() -> None:
    known = replace(
        BEST, model="cnn", epochs=0, train_seconds=61.0, parameters=12_942_786, size_bytes=3_550_000, history=HISTORY
    )
    unknown = replace(WORSE, model=None, epochs=None, train_seconds=None, parameters=None, size_bytes=None)
    section = _training(of(known, unknown))
    view: Any = section.view
    assert section.title == "How they were trained, epoch by epoch"
    assert view.heads == ("Run", "Network", "Epochs", "Trained in", "Parameters", "On disk", "Folder")
    assert [tuple(map(plain, row)) for row in view.rows] == [
        ("best", "cnn", "0", "1 min 1 s", "12.9 million", "3.5 MB", "x/1"),
        ("worse", "–", "–", "–", "–", "–", "x/3"),
    ]
    assert len(view.charts) == 4
    assert view.text.startswith("Where a training curve still gets better and its validation curve does not")
    section = _training(of(unknown))
    view = section.view
    assert (section.title, view.text, view.charts) == ("How they were trained", "", ())


def test_settings_that_differ_are_counted() -> None:
    settings = (DifferentSetting("epochs", ("3", "8")), DifferentSetting("optimizer.name", ("sgd", "adam")))
    section = _settings(of(BEST, WORSE, settings=settings))
    view: Any = section.view
    assert (section.title, view.heads) == ("2 settings differ", ("Setting", "best", "worse"))
    assert view.rows == (("epochs", "3", "8"), ("optimizer.name", "sgd", "adam"))
    assert _settings(of(BEST, WORSE, settings=settings[:1])).title == "1 setting differs"
    assert _settings(of(BEST, WORSE)).missing == "All settings are the same."
    assert _settings(of(BEST)).missing == "There is one run."


@pytest.mark.parametrize(("runs", "name"), [((BEST,), "photos: best"), ((BEST, WORSE), "photos: 2 runs")])
def test_a_page_is_named_after_the_data_and_its_runs(runs: tuple[ComparedRun, ...], name: str) -> None:
    html = render_comparison(of(*runs))
    assert f"<title>{name} · onelook</title>" in html
    header = re.sub(r"<[^>]+>", "", html.partition('<header class="masthead">')[2].partition("</header>")[0])
    assert " ".join(header.split()) == f"{name} Comparison · 2026-01-02 · onelook {versions()['onelook']}"
