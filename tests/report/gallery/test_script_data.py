"""What the gallery's script reads: every error that fits, in numbers and words of the result files."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.report.sections.test_views import CONFUSED, plain, results

from onelook.evaluation.pictures.index import (
    FindingPictures,
    FoundPicture,
    FurtherError,
    FurtherErrors,
    HeatMap,
    HeatMaps,
    PredictedPicture,
    ReportPictures,
)
from onelook.report.gallery import script_data as module
from onelook.report.gallery.script_data import script_data
from onelook.report.page import render_section
from onelook.report.pictures import ThumbnailMemory
from onelook.report.sections import SECTIONS

WORST = PredictedPicture(file="1.png", id="w", label="b", predicted="a", p_label=0.1, p_predicted=0.9)
KEPT = ReportPictures(errors=4, worst_errors=(WORST,), random=())


def error(identifier: str, label: int, predicted: int, picture: str = "") -> FurtherError:
    return FurtherError(id=identifier, label=label, predicted=predicted, p_label=0.25, p_predicted=0.5, picture=picture)


def data(*errors: FurtherError, **changes: Any) -> dict[str, Any]:
    further = FurtherErrors(class_names=CONFUSED.class_names, errors=errors)
    text = str(script_data(results(**{"report_pictures": KEPT, "further_errors": further, **changes})))
    read: dict[str, Any] = json.loads(html.unescape(text))
    return read


def test_all_errors_come_with_their_words_and_the_matrix_with_its_counts() -> None:
    found = data(error("x", 2, 1, "AAAA"), error("y", 0, 2))
    assert found == {
        "names": ["a", "b", "c"],
        "support": [10, 24, 6],
        "right": [8, 20, 5],
        "cells": [0, 2, 2, 1, 0, 3, 1, 2, 1, 2, 1, 1],
        "worst": 1,
        "errors": [
            ["w", 1, 0, "10.0\u202f%", "90.0\u202f%"],
            ["x", 2, 1, "25.0\u202f%", "50.0\u202f%", "AAAA"],
            ["y", 0, 2, "25.0\u202f%", "50.0\u202f%"],
        ],
    }


def test_heat_maps_stand_in_the_order_of_the_errors() -> None:
    maps = (HeatMap(id="y", cells="01ef"), HeatMap(id="gone", cells="ffff"), HeatMap(id="w", cells="0f00"))
    heat = HeatMaps(method="gradients", size=(28, 20), grid=(2, 2), wanted=3, maps=maps)
    found = data(error("x", 2, 1, "AAAA"), error("y", 0, 2), heat_maps=heat)
    assert found["heat"] == {"size": [28, 20], "grid": [2, 2], "maps": ["0f00", "", "01ef"]}
    assert "heat" not in data(heat_maps=heat.model_copy(update={"maps": ()}))


def test_heat_maps_take_room_from_the_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_IDS_AT_MOST", 0.5)
    monkeypatch.setattr(module, "_ENTRY_BYTES", -1)
    monkeypatch.setattr(module, "_BYTES", 2 * 10)
    errors = (error("a", 1, 0, "AAAA"), error("b", 1, 0, "BBBB"))
    heat = HeatMaps(method="gradients", size=(8, 8), grid=(2, 3), wanted=3, maps=(HeatMap(id="a", cells="00000f"),))
    assert [entry[0] for entry in data(*errors)["errors"] if len(entry) > 5] == ["a", "b"]
    assert [entry[0] for entry in data(*errors, heat_maps=heat)["errors"] if len(entry) > 5] == ["a"]


@pytest.mark.parametrize(("pictures", "shown"), [(8, ["a", "b"]), (7, ["a"]), (3, [])])
def test_pictures_that_do_not_fit_leave_their_errors_as_words_at_the_end(
    monkeypatch: pytest.MonkeyPatch, pictures: int, shown: list[str]
) -> None:
    monkeypatch.setattr(module, "_IDS_AT_MOST", 0.5)
    monkeypatch.setattr(module, "_ENTRY_BYTES", -1)
    monkeypatch.setattr(module, "_BYTES", 2 * pictures)
    entries = data(error("c", 2, 1, "CCCC"), error("a", 1, 0, "AAAA"), error("b", 1, 0, "BBBB"))["errors"][1:]
    assert [entry[0] for entry in entries if len(entry) > 5] == shown  # 2 errors of one pair before 1 of the other
    assert {entry[0] for entry in entries} == {"a", "b", "c"}


def test_ids_that_do_not_fit_are_only_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BYTES", 4 * (2 * 40 + 6))
    found = data(error("xxx", 2, 1), error("yyy", 0, 2), error("zzz", 1, 0))
    assert [entry[0] for entry in found["errors"]] == ["w", "xxx", "yyy"]
    assert sum(found["cells"][2::3]) == 7


@pytest.mark.parametrize(
    "changes",
    [
        {"evaluation": None},
        {"report_pictures": None},
        {"report_pictures": KEPT.model_copy(update={"worst_errors": (WORST.model_copy(update={"label": "z"}),)})},
    ],
)
def test_there_is_nothing_to_filter_without_pictures_or_a_matrix_of_their_classes(changes: dict[str, Any]) -> None:
    assert script_data(results(**{"report_pictures": KEPT, **changes})) == ""


def test_an_older_run_has_its_worst_errors_and_its_counts() -> None:
    found = data(further_errors=None)
    assert [entry[0] for entry in found["errors"]] == ["w"]
    assert sum(found["cells"][2::3]) == 7


def test_hostile_names_end_neither_the_data_nor_the_direction_of_a_line() -> None:
    names = ("</template><script>alert(1)</script>", "a\u202egpj", "\u200b")
    hostile = replace(CONFUSED, class_names=names)
    kept = KEPT.model_copy(
        update={"worst_errors": (WORST.model_copy(update={"id": "w\u202e", "label": names[0], "predicted": names[1]}),)}
    )
    further = FurtherErrors(class_names=names, errors=(error("<b>&amp;\u202e", 0, 1),))
    section = SECTIONS.load("errors")(results(evaluation=hostile, report_pictures=kept, further_errors=further))
    page = render_section(section)
    inside = re.search(r'<template id="gallery">(.*?)</template>', page, re.DOTALL)
    assert inside is not None
    assert "<" not in inside[1]
    found = json.loads(html.unescape(inside[1]))
    assert found["names"] == [names[0], "a[U+202E]gpj", "(blank: U+200B)"]
    assert [entry[0] for entry in found["errors"]] == ["w[U+202E]", "<b>&amp;[U+202E]"]
    assert '<span class="id">w[U+202E]</span>' in page
    assert "\u202e" not in page
    assert "label (blank" not in plain(page)
    assert page.count("<template") == 1


def test_a_page_names_the_script_only_where_there_is_a_gallery(make_run: Any, tmp_path: Path) -> None:
    from onelook.report.build import build_report

    with_errors = build_report(make_run(pictures=True)).read_text(encoding="utf-8")
    assert with_errors.count("<script") == 1
    assert 'getElementById("gallery")' in with_errors


@pytest.mark.parametrize(("classes", "most"), [(10, 2_500_000), (60, 3_000_000)])
def test_all_pictures_of_a_page_and_the_ids_of_its_errors_stay_below_a_number_of_bytes(classes: int, most: int) -> None:
    names = tuple(f"kind {at}" for at in range(classes))
    counts = np.full((classes, classes), 4000 // classes**2 + 1)
    evaluation = replace(CONFUSED, class_names=names, confusion_matrix=tuple(map(tuple, counts.tolist())))
    picture = "A" * 4_000
    thumbnails = ThumbnailMemory({f"{at}.png": b"B" * 3_000 for at in range(200)})
    found = tuple(FoundPicture(file=f"{at}.png", id=f"{at}") for at in range(200))
    worst = WORST.model_copy(update={"label": names[0], "predicted": names[1]})
    further = FurtherErrors(
        class_names=names,
        errors=tuple(error(f"{at:060d}", at % classes, -at % classes, picture) for at in range(4_000)),
    )
    text = script_data(
        results(
            evaluation=evaluation,
            report_pictures=KEPT.model_copy(update={"worst_errors": (worst,)}),
            further_errors=further,
            found=(FindingPictures(check="dark", split="train", pictures=found),),
            found_pictures=thumbnails,
        )
    )
    cells = 4 * 3 * classes**2
    assert 0.9 * most < len(text) + 200 * 4_000 < most + cells
    entries = json.loads(text)["errors"][1:]
    assert len(entries) == 4_000  # all by their ids
    assert all(len(entry) == 6 for entry in entries[:300])
    assert len(entries[-1]) == 5
