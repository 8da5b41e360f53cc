"""Every figure of a page is that of the result files: the page is read in a browser, the files beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.whole_runs import made_up
from tests.end_to_end.browser import Browser
from tests.end_to_end.page_kinds import _comparison, _everything, _search
from tests.report.test_search_page import TRIALS

from onelook.commands.report import rebuild_report

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of ten classes with something in every section, and one on pictures of which some were seen in training."""
    root = tmp_path_factory.mktemp("runs")
    _everything(root / "everything")
    made_up.photographs(root)
    rebuild_report(root / "photographs")
    made_up.folds(root)
    return root


@pytest.fixture(params=["everything", "photographs"])
def folder(browser: Browser, root: Path, request: pytest.FixtureRequest) -> Path:
    browser.open(root / request.param / "report.html")
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    return root / str(request.param)


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def share(value: float | None, decimals: int = 1) -> str:
    """A percentage as the page has it: only all is 100 %, and only none 0 %."""
    if value is None:
        return "–"
    return f"{100 * value:.0f} %" if value in (0, 1) else f"{100 * value:.{decimals}f} %"


def rows(browser: Browser, selector: str) -> list[list[str]]:
    """The cells of a table's body, with plain blanks."""
    cells = browser.ask(
        f"""[...document.querySelectorAll({json.dumps(selector)} + " tbody tr")].map(
            (row) => [...row.cells].map((cell) => cell.innerText))"""
    )
    return [[" ".join(text.split()) for text in row] for row in cells]


def test_the_first_screen(browser: Browser, folder: Path) -> None:
    scores = read(folder / "evaluation.json")
    right = sum(row[at] for at, row in enumerate(scores["confusion_matrix"]))
    decimals = 1 if scores["rows"] < 1_000 else 2
    text = browser.text("#verdict")
    assert f"{100 * scores['accuracy']:.{decimals}f}%" in text.replace(" %", "%")
    assert f"{right:,} right, {scores['rows'] - right:,} wrong" in text
    known = scores.get("without_leaks") or scores
    low, high = known["accuracy_interval"]
    assert f"between {share(low)} and {share(high)}" in text
    facts = {name: value.replace("\u202f", " ") for name, value in facts_of(browser, "#verdict")}
    assert facts["Balanced accuracy"] == share(scores["balanced_accuracy"])
    assert facts["Macro F1"] == f"{scores['macro_f1']:.4f}"
    assert facts["Log loss"] == f"{scores['loss']:.4f}"
    assert facts["Calibration error"] == f"{scores['calibration_error']:.4f}"
    largest = max(each["support"] for each in scores["per_class"])
    assert facts["To beat"] == share(largest / scores["rows"])
    if baseline := scores.get("baseline"):
        assert facts["Simple model"] == share(baseline["accuracy"])


def facts_of(browser: Browser, section: str) -> list[list[str]]:
    found: list[list[str]] = browser.ask(
        f"""[...document.querySelectorAll({json.dumps(section)} + " dl > div")].map(
            (each) => [each.querySelector("dt").innerText, each.querySelector("b").innerText])"""
    )
    return found


def test_the_matrix_and_the_classes(browser: Browser, folder: Path) -> None:
    scores = read(folder / "evaluation.json")
    names = [shown(name) for name in scores["class_names"]]
    table = rows(browser, "#confusion .matrix")
    order = [row[0] for row in table]
    assert sorted(order) == sorted(names)
    at = [names.index(name) for name in order]
    counts = scores["confusion_matrix"]
    figures = [[int(text.split()[0].replace(",", "")) for text in row[1:]] for row in table]
    assert figures == [[counts[label][predicted] for predicted in at] for label in at]
    by_name = {row[0]: row[1:] for row in rows(browser, "#classes table")}
    for place, each in enumerate(scores["per_class"]):
        if not each["support"]:
            continue
        right, row = counts[place][place], by_name[names[place]]
        said = sum(line[place] for line in counts)
        assert row[:2] == [f"{each['support']:,}", share(each["recall"])]
        assert [int(row[2]), int(row[4])] == [each["support"] - right, said - right]
        assert row[5] == f"{each['f1']:.3f}"


def shown(name: str) -> str:
    return " ".join(name.split())


def test_how_sure_it_is(browser: Browser, folder: Path) -> None:
    scores = read(folder / "evaluation.json")
    text, calibration = browser.text("#certainty"), scores["calibration"]
    low, high = calibration["error_interval"]
    assert f"{scores['calibration_error']:.3f} (95 % interval {low:.3f} to {high:.3f})" in text.replace("\u202f", " ")
    low, high = calibration["error_before_interval"]
    assert f"{scores['calibration_error_before']:.3f} ({low:.3f} to {high:.3f})" in text
    assert f"temperature of {scores['temperature']:.4g}" in text
    answered = {each["threshold"]: each for each in calibration["answered"]}
    for wanted, threshold, left, right in rows(browser, "#certainty table"):
        of_file = answered[float(threshold)]
        assert left == share(of_file["count"] / scores["rows"])
        assert right == share(of_file["right"] / of_file["count"])
        assert of_file["right"] / of_file["count"] >= float(wanted.split()[0]) / 100


def test_training_data_and_times(browser: Browser, folder: Path) -> None:
    run = read(folder / "run.json")
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [[re.sub(r" kept$", "", row[0]), *row[1:6]] for row in rows(browser, "#training table")]
    assert found == [
        [
            str(each["epoch"]),
            *("–" if each[key] is None else f"{each[key]:.4f}" for key in ("train_loss", "val_loss")),
            *(share(each[key], 2) for key in ("train_accuracy", "val_accuracy")),
            f"{each['learning_rate']:.3g}",
        ]
        for each in history
    ]
    ledger = run["data"]["ledger"]
    terms = [
        int(text.replace(",", ""))
        for text in browser.ask("[...document.querySelectorAll('#data .term b')].map((each) => each.innerText)")
    ]
    assert terms[0] == ledger["found"] == sum(terms[1:])
    assert terms[1] == ledger["used"]
    counts = run["data"]["class_counts"]
    for name, *cells in rows(browser, "#counts table"):
        raw = next(each for each in run["data"]["class_names"] if shown(each) == name)
        assert [int(cell.replace(",", "")) for cell in cells if cell] == [counts[part].get(raw, 0) for part in counts]
    assert run["data"]["fingerprint"] in browser.text("#repeat")


def test_what_to_do_next(browser: Browser, root: Path) -> None:
    folder = root / "everything"
    browser.open(folder / "report.html")
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    found, curve = (read(folder / "evidence" / name) for name in ("gains.json", "learning-curve.json"))
    steps: list[list[str]] = browser.ask(
        """[...document.querySelectorAll("#gains .gains > li")].map((each) =>
            [".points b", ".points small", ".interval", "div > p"].map((one) =>
                each.querySelector(one)?.innerText.replaceAll("−", "-") ?? ""))"""
    )
    assert len(steps) == len(found["gains"]) == 3
    for (figure, kind, interval, why), gain in zip(steps, found["gains"], strict=True):
        if gain["gain"] is None:
            assert (figure, kind, interval) == ("?", "", f"not known: {gain['why']}")
            continue
        assert float(figure) == pytest.approx(100 * gain["gain"], abs=0.05)
        assert kind == ("at most" if gain["is_most"] else "about")
        low, high = (float(bound) for bound in interval.removesuffix(" points").split(" to "))
        assert (low, high) == (pytest.approx(100 * gain["low"], abs=0.05), pytest.approx(100 * gain["high"], abs=0.05))
        assert re.search(rf"\b{gain['count']:,}\b", why)
    confusion, pictures, _ = (why for *_, why in steps)
    assert f"{found['gains'][0]['count']} of {found['errors']} errors are between them" in confusion
    assert f"{2 * found['gains'][1]['count']} to train on" in pictures
    assert f"falls by {share(1 - 2 ** -curve['exponent'], 0)}" in " ".join(pictures.split())
    assert rows(browser, "#gains-curve table") == [
        [f"{point['rows']:,}", share(point["error"])] for point in curve["points"]
    ]
    assert f"scored on {curve['judged']} validation pictures" in browser.text("#gains-curve")


def test_errors_findings_and_what_the_model_saw_before(browser: Browser, folder: Path) -> None:
    scores, index = read(folder / "evaluation.json"), read(folder / "evidence" / "evidence.json")
    captions = browser.ask(
        """[...document.querySelectorAll("#errors .pictures figcaption")].map((each) =>
            [...each.querySelectorAll("b"), each.querySelector(".id")].map((one) => one.innerText))"""
    )
    for (sure, label_sure, name), error in zip(captions, index["worst_errors"], strict=False):
        said = [share(error["p_predicted"]), share(error["p_label"]), shown(error["id"])]
        assert [sure.replace("\u202f", " "), label_sure.replace("\u202f", " "), shown(name)] == said
    run = read(folder / "run.json")
    of_checks: dict[str, int] = {}
    for finding in run["findings"]:
        of_checks[finding["check"]] = of_checks.get(finding["check"], 0) + finding["count"]
    counts = browser.ask("[...document.querySelectorAll('#findings .tally b')].map((each) => each.innerText)")
    assert sorted(int(text.replace(",", "")) for text in counts) == sorted(of_checks.values())
    if not scores.get("without_leaks"):
        return
    both = rows(browser, "#leaks table")
    for row, of_file in zip(both, (scores, scores["without_leaks"]), strict=True):
        low, high = of_file["accuracy_interval"]
        assert row[1:4] == [f"{of_file['rows']:,}", share(of_file["accuracy"]), f"{share(low)} to {share(high)}"]


def test_the_map_shows_the_points_of_its_file(browser: Browser, root: Path) -> None:
    browser.open(root / "everything" / "report.html")
    index = read(root / "everything" / "evidence" / "map.json")
    assert f"All {index['rows']:,} test pictures are shown" in browser.text("#map")
    browser.ask("document.querySelector('#map canvas').focus()")
    browser.press(*["+"] * 60, "Enter")
    assert f"{index['rows']:,} pictures inside: {index['rows'] - index['errors']:,} right" in browser.text(
        "#map .filter"
    )


def test_a_comparison(browser: Browser, root: Path) -> None:
    browser.open(_comparison(root / "compared"))
    found = {row["label"]: row for row in read(root / "compared" / "comparison.json")["runs"]}
    table = rows(browser, "table.compared")
    assert len(table) == len(found)
    for row in table:
        of_file = found[row[0]]
        low, high = of_file["accuracy_interval"]
        assert row[2].startswith(f"{share(of_file['accuracy'])} {share(low)} to {share(high)}")


def test_a_search_and_folds(browser: Browser, root: Path) -> None:
    browser.open(_search(root / "search.html"))
    cells = {int(row[0]): row for row in rows(browser, "#trials table")}
    for trial in TRIALS:
        assert cells[trial.number][2:4] == [share(trial.val_accuracy, 2), str(trial.epochs)]
    browser.open(rebuild_report(root / "folds"))
    browser.ask("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    scores = read(root / "folds" / "folds.json")
    table = rows(browser, "#folds table")
    of_folds = scores["runs"]
    assert [row[1:5] for row in table[: len(of_folds)]] == [
        [f"{each['rows']:,}", share(each["accuracy"], 2), f"{each['macro_f1']:.4f}", f"{each['loss']:.4f}"]
        for each in of_folds
    ]
    low, high = scores["accuracy_interval"]
    accuracy = next(row for row in rows(browser, "table.ruled") if row[0].startswith("Accuracy"))
    assert accuracy[1:3] == [share(scores["accuracy"], 2), f"{share(low, 2)} to {share(high, 2)}"]
