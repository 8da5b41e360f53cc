"""A notebook as a new user writes it: run in a kernel, and looked at in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from .notebooks import Cell, measure, run_cells

HOSTILE = "<img src=x onerror=alert(1)><script>document.title=1</script>"
CELLS = [
    'import onelook as ol\ndata = ol.open_dataset("digits")\ndata',
    'run = ol.train(data, model="mlp", epochs=6, rotation_range=10)',
    "run",
    "run.plot_history()",
    "run.plot_confusion()",
    "run.plot_worst(6)",
    "run.classifier",
    'run.classifier.predict([sample.picture for sample in data["test"][:30]])',
    'run.classifier.predict([data["test"][0].picture])[0]',
    'data["test"]',
    'data["test"][0]',
    'data.show("test", each=5, class_names=["3", "8"])',
    'ol.train(data, epochs=1, out="runs/digits-001")',
    f"import numpy as np\nol.open_dataset((np.zeros((4, 8, 8)), [{HOSTILE!r}, 'b', 'b', 'b']))",
    "[data.parts, run.classifier.card, run.classifier.golden, run.evaluation]",
    'folds = ol.cross_validate(data, folds=2, model="mlp", epochs=2)',
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notebook")


@pytest.fixture(scope="module")
def cells(folder: Path, cache: Path) -> dict[str, Cell]:
    """The cells by their last line."""
    return {cell.source.splitlines()[-1]: cell for cell in run_cells(CELLS, folder, cache)}


def named(cells: dict[str, Cell], start: str) -> Cell:
    (found,) = [cell for line, cell in cells.items() if line.startswith(start)]
    return found


def test_each_object_is_shown_and_nothing_is_left_on_the_error_stream(cells: dict[str, Cell]) -> None:
    assert [cell.kinds for cell in cells.values()] == [
        ["text/html"],
        # What is trained on what; one bar; the summary.
        ["stdout", "text/html", "stdout"],
        ["text/html"],
        ["image/png"],
        ["image/png"],
        ["image/png"],
        ["text/html"],
        ["text/html"],
        ["text/html"],
        ["text/html"],
        ["text/html"],
        ["text/html"],
        ["error"],
        ["text/html"],
        ["text/plain"],
        ["stdout", "text/html", "stdout", "text/html", "stdout"],
    ]
    assert not [cell.source for cell in cells.values() if "\x1b" in cell.text or "Traceback" in cell.text]


def test_training_leaves_one_line_of_progress_and_a_summary(cells: dict[str, Cell]) -> None:
    _, bar, after = named(cells, "run = ol.train").outputs
    assert bar.data["text/plain"].startswith("trained 6 epochs in ")
    assert "\n" not in bar.data["text/plain"]
    score, *rest = after.text.strip().splitlines()
    assert "of 360 test pictures right (95 % interval" in score
    assert "report  runs/digits-001/report.html" in rest
    assert rest[-2:] == ["next", "  ol.load('runs/digits-001').predict('NEW_PICTURES')"]


def test_a_mistake_is_answered_with_the_line_and_a_message(cells: dict[str, Cell]) -> None:
    (error,) = named(cells, "ol.train(data, epochs=1").outputs
    assert error.traceback[0].startswith("this cell, line 1: ol.train(")
    assert error.traceback[1].startswith("ConfigError: out='runs/digits-001': exists already. Add resume=True")
    assert len(error.traceback) == 3


def test_long_objects_are_short(cells: dict[str, Cell]) -> None:
    assert len(named(cells, "[data.parts").text) < 500


@pytest.mark.parametrize(("width", "theme"), [(1200, "light"), (560, "dark")])
def test_a_browser_shows_pictures_curves_and_matrix(
    cells: dict[str, Cell], folder: Path, cache: Path, width: int, theme: str
) -> None:
    assert cells
    page = measure(folder, width, theme, cache)
    data, run, classifier, predictions, prediction, part, sample, grid, hostile = page["outputs"]
    assert page["plots"] == 3
    assert page["page_width"] <= width
    assert [output["broken"] for output in page["outputs"]] == [0] * 9
    assert [output["too_wide"] for output in page["outputs"]] == [[]] * 9
    assert [output["cut"] for output in page["outputs"]] == [0] * 9  # nothing has to be scrolled to the side
    assert data["pictures"] == 60
    assert (run["charts"], run["curves"], run["cells"]) == (2, 2, 100)
    assert 1 <= run["pictures"] <= 12
    assert len(run["shades"]) >= 4  # right, wrong by their share, and empty
    assert classifier["pictures"] == 7
    assert (part["pictures"], sample["pictures"]) == (40, 1)
    assert (grid["pictures"], "3 37" in grid["text"]) == (10, True)
    assert "30 predictions" in predictions["text"]
    assert "%" in prediction["text"]
    assert HOSTILE in hostile["text"]
    light, dark = ("rgb(252, 251, 249)", "rgb(25, 27, 32)"), ("rgb(18, 20, 23)", "rgb(236, 234, 230)")
    assert {(output["paper"], output["ink"]) for output in page["outputs"]} == {dark if theme == "dark" else light}
