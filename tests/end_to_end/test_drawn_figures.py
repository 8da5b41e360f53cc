"""What charts draw is what the result files have: curves, dots and marks are read off their axes in a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import log10
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.whole_runs import made_up
from tests.end_to_end.browser import Browser
from tests.end_to_end.page_kinds import _everything
from tests.end_to_end.test_figures import facts_of, share

from onelook.commands.find_rate import FoundRate

pytestmark = pytest.mark.end_to_end

# The charts of a section: the labels of their axes with places, their curves, dots and marks.
CHARTS = """[...document.querySelectorAll(SECTION + " figure.chart svg")].map((svg) => {
  const placed = (name, at) => [...svg.querySelectorAll(`text.tick.${name}`)]
      .map((each) => [each.textContent.trim(), each[at].baseVal[0].value]);
  const points = (path) => path.getAttribute("d").split(/[ML]/).filter((each) => each.trim())
      .map((each) => each.trim().split(/ +/).map(Number));
  return {
    x: placed("x", "x"), y: placed("y", "y"),
    curves: Object.fromEntries([...svg.querySelectorAll("g")].map((each) => [each.getAttribute("class"),
        [...each.querySelectorAll("path:not(.whisker)")].flatMap(points)])),
    whiskers: [...svg.querySelectorAll("path.whisker")].map((each) =>
        each.getAttribute("d").match(/[.\\d]+/g).map(Number)),
    dots: [...svg.querySelectorAll("circle")].map((each) => [each.cx.baseVal.value, each.cy.baseVal.value]),
    best: svg.querySelector("line.best")?.x1.baseVal.value ?? null,
    words: svg.getAttribute("aria-label"),
  };
})"""
_A_PIXEL = 0.11  # places are rounded to a tenth


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _everything(tmp_path_factory.mktemp("runs") / "everything").parent


def charts(browser: Browser, section: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.ask(CHARTS.replace("SECTION", json.dumps(section)))
    return found


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


class Axis:
    """The values of places on an axis, by two of its labels."""

    def __init__(self, ticks: list[list[Any]], *, is_logarithmic: bool = False) -> None:
        self._is_logarithmic = is_logarithmic
        known = [(self._value(label), at) for label, at in ticks if label[:1].isdigit()]
        (self._first, self._start), (last, end) = known[0], known[-1]
        self.per_pixel = (last - self._first) / (end - self._start)

    def _value(self, label: str) -> float:
        number = float(label.split(maxsplit=1)[0].removesuffix("%").replace(",", "")) / (100 if "%" in label else 1)
        return log10(number) if self._is_logarithmic else number

    def shows(self, places: list[float], values: list[float]) -> bool:
        """Whether each place is where its value belongs."""
        wanted = [log10(value) if self._is_logarithmic else value for value in values]
        found = [self._first + (place - self._start) * self.per_pixel for place in places]
        return found == pytest.approx(wanted, abs=2 * _A_PIXEL * abs(self.per_pixel))


def test_the_curves_of_a_training(browser: Browser, run: Path) -> None:
    browser.open(run / "report.html")
    history = [json.loads(line) for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    found = charts(browser, "#training")
    assert len(found) == 3
    keys = (("val_accuracy", "train_accuracy"), ("val_loss", "train_loss"), ("learning_rate",))
    by_curves = {names: chart for chart in found for names in keys if set(names) <= set(_named(chart, names, history))}
    assert len(by_curves) == len(keys)
    for names, chart in by_curves.items():
        main = chart["curves"]["main"]
        assert Axis(chart["x"]).shows([x for x, _ in main], [each["epoch"] for each in history]), names
        assert Axis(chart["x"]).shows([chart["best"]], [read(run / "run.json")["best_epoch"]]), names


def _named(chart: dict[str, Any], names: tuple[str, ...], history: list[dict[str, Any]]) -> Iterator[str]:
    """Those of some columns of the history that a chart draws, the first of them strongly."""
    for name, curve in zip(names, ("main", "other"), strict=False):
        places = [y for _, y in chart["curves"].get(curve, [])]
        if len(places) == len(history) and Axis(chart["y"]).shows(places, [each[name] for each in history]):
            yield name


def test_the_reliability_diagram(browser: Browser, run: Path) -> None:
    browser.open(run / "report.html")
    bins = [each for each in read(run / "evaluation.json")["calibration"]["bins"] if each["count"]]
    chart = charts(browser, "#certainty")[0]
    x, y = Axis(chart["x"]), Axis(chart["y"])
    assert x.shows([at for at, _ in chart["dots"]], [each["confidence"] for each in bins])
    assert y.shows([at for _, at in chart["dots"]], [each["right"] / each["count"] for each in bins])
    for (_, low, high), (_, at) in zip(chart["whiskers"], chart["dots"], strict=True):
        assert high <= at <= low
    words = chart["words"].replace("\u202f", " ")
    for each in bins:
        answers = f"{each['count']:,} answer{'' if each['count'] == 1 else 's'}"
        right = share(each["right"] / each["count"])
        assert f"{answers}, {share(each['confidence'])} sure on average: {right} are right" in words


def test_a_search_for_a_learning_rate(browser: Browser, tmp_path: Path) -> None:
    page = FoundRate("digits", "mlp", "adam", 32, made_up.SWEEP).write(tmp_path)
    found = read(tmp_path / "find_lr.json")
    browser.open(page)
    assert f"A learning rate of {found['suggestion']:g} suits this data" in browser.text("main")
    assert {name.lower(): value for name, value in facts_of(browser, "main")} == {
        "suggested": f"{found['suggestion']:g}",
        "loss falls fastest": f"{found['steepest']:g}",
        "loss is lowest": f"{found['lowest']:g}",
        "network": found["model"],
        "optimizer": found["optimizer"],
        "batch size": str(found["batch_size"]),
    }
    assert f"trained for {len(found['rates'])} steps" in browser.text("main")
    (chart,) = charts(browser, "main")
    x, y = Axis(chart["x"], is_logarithmic=True), Axis(chart["y"])
    smooth, each = chart["curves"]["main"], chart["curves"]["other"]
    assert x.shows([at for at, _ in smooth], found["rates"])
    assert y.shows([at for _, at in smooth], found["smooth_losses"])
    drawn = [loss for loss in found["losses"] if loss <= 1.2 * max(found["smooth_losses"])]
    assert len(drawn) < len(found["losses"])
    assert y.shows([at for _, at in each], drawn)
    nearest = min(found["rates"], key=lambda rate: abs(log10(rate / found["suggestion"])))
    assert x.shows([chart["best"]], [nearest])
