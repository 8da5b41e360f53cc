"""The plots of a run: what they say, and that no class name breaks them."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from onelook.errors import ConfigError
from onelook.report import plots
from onelook.report.results import read_evaluation
from onelook.report.theme import LIGHT, ramp
from onelook.run_folder import RunFolder
from onelook.runs.run import Run

MakeRun = Callable[..., RunFolder]


def texts(figure: Figure) -> list[str]:
    """Every text of a figure, from the top."""
    written = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    labels = [text for axes in figure.axes for text in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return [text.get_text() for text in (*written, *labels)]


def title_of(figure: Figure) -> str:
    return " ".join(text.get_text() for text in figure.texts if text.get_weight() == "bold")


def run_of(folder: RunFolder) -> Run:
    evaluation = read_evaluation(folder)
    assert evaluation is not None
    return Run(folder, evaluation, "complete")


def cell_colours(figure: Figure) -> list[list[str]]:
    (axes,) = figure.axes
    pixels = (np.asarray(axes.images[0].get_array()) * 255).round().astype(int)
    return [["#" + "".join(f"{value:02x}" for value in cell) for cell in row] for row in pixels]


def test_the_history_says_which_epoch_was_kept_and_marks_it(make_run: MakeRun) -> None:
    figure = run_of(make_run()).plot_history()
    assert title_of(figure) == "Epoch 2 of 3 was kept, with 80.0\u202f% of the validation pictures right"
    accuracy, loss = figure.axes
    curves = {line.get_label(): list(line.get_ydata()) for line in accuracy.lines}
    assert curves["validation"] == [0.6, 0.8, 0.75]
    assert curves["training"] == [0.4, 0.9, 1.0]
    assert {line.get_label(): line.get_color() for line in loss.lines}["validation"] == LIGHT.right
    assert [2.0, 2.0] in [list(line.get_xdata()) for line in loss.lines]
    assert texts(figure).count("kept") == 2


def test_a_value_that_is_missing_leaves_a_gap(make_run: MakeRun) -> None:
    history = [{"epoch": epoch, "val_loss": loss} for epoch, loss in ((1, 1.0), (2, None), (3, 0.5))]
    (_, loss) = run_of(make_run(history=history, best_epoch=2)).plot_history().axes
    assert np.isnan({line.get_label(): line.get_ydata() for line in loss.lines}["validation"][1])


@pytest.mark.parametrize("best", [7, None])
def test_a_kept_epoch_that_the_history_lacks_is_not_marked(best: int | None, make_run: MakeRun) -> None:
    figure = run_of(make_run(best_epoch=best)).plot_history()
    assert "kept" not in texts(figure)
    assert [len(axes.lines) for axes in figure.axes] == [2, 2]
    assert title_of(figure) == "How training went"


def test_a_single_epoch_is_a_dot_and_several_are_lines(make_run: MakeRun) -> None:
    history = [{"epoch": 1, "val_loss": 1.0, "train_loss": 2.0, "val_accuracy": 0.5}]
    folder = make_run(history=history, best_epoch=None)
    accuracy, loss = run_of(folder).plot_history().axes
    assert {line.get_marker() for line in (*accuracy.lines, *loss.lines)} == {"o"}
    assert [text.get_text() for text in loss.get_legend().get_texts()] == ["validation", "training"]
    folder.write_history([*history, {**history[0], "epoch": 2}])
    accuracy, loss = run_of(folder).plot_history().axes
    assert {line.get_marker() for line in (*accuracy.lines, *loss.lines)} == {""}
    assert accuracy.yaxis.get_major_formatter()(0.5, 0) == "50\u202f%"
    assert loss.yaxis.get_major_formatter()(0.5, 0) == "0.5"


def test_the_matrix_counts_and_has_the_reports_shades(make_run: MakeRun) -> None:
    figure = run_of(make_run()).plot_confusion()
    assert figure.texts[-2].get_text() == "Rows are labels. Blue is right, orange is wrong."
    assert title_of(figure) == "<script>alert(1)</script> is taken for T-shirt/top most often: twice"
    blue, orange = ramp(LIGHT.right_wash, LIGHT.right), ramp(LIGHT.wrong_wash, LIGHT.wrong)
    assert cell_colours(figure) == [
        [blue[5], LIGHT.mat, LIGHT.mat],  # 8 of 8
        [orange[5], blue[4], LIGHT.mat],  # 2 of 7, the largest share; 5 of 7
        [LIGHT.mat, orange[4], blue[4]],  # 1 of 5; 4 of 5
    ]
    numbers = {(text.get_position(), text.get_text()) for text in figure.axes[0].texts}
    assert numbers == {((0, 0), "8"), ((0, 1), "2"), ((1, 1), "5"), ((1, 2), "1"), ((2, 2), "4")}


def test_a_dollar_sign_in_a_class_name_is_no_formula(make_run: MakeRun) -> None:
    names = ("$\\frac{a$", "$5 and $6", "c_d^e")
    run = run_of(make_run(names=names, pictures=True))
    for figure in (run.plot_confusion(), run.plot_worst()):
        figure.savefig(io.BytesIO(), dpi=40)  # a formula would raise here
        assert any(names[1] in text for text in texts(figure))


def test_a_hundred_classes_are_all_named_and_a_thousand_are_not(make_run: MakeRun) -> None:
    def confusion(classes: int) -> list[list[int]]:
        return (3 * np.eye(classes, dtype=int) + np.diag([2] * 3 + [0] * (classes - 4), k=1)).tolist()

    hundred = run_of(make_run(names=tuple(f"kind {at}" for at in range(100)), confusion=confusion(100)))
    drawn = hundred.plot_confusion()
    assert {f"kind {at}" for at in range(100)} <= set(texts(drawn))
    assert not drawn.axes[0].texts  # numbers would be too small to read
    Path(hundred.folder.path).rename(hundred.folder.path.parent / "moved")
    many = run_of(make_run(names=tuple(f"kind {at}" for at in range(300)), confusion=confusion(300))).plot_confusion()
    assert many.texts[-2].get_text().startswith("The 50 of 300 classes with the most errors.")
    assert {"kind 0", "kind 1", "kind 2", "kind 3"} <= set(texts(many))


def test_a_long_title_is_wrapped_above_the_matrix(make_run: MakeRun) -> None:
    names = ("a class with a rather long name", "another class with a longer name still")
    figure = run_of(make_run(names=names, confusion=[[9, 3], [0, 9]])).plot_confusion()
    assert len(figure.texts) > 3
    assert title_of(figure) == f"{names[0]} is taken for {names[1]} most often: 3 times"
    right = figure.bbox.x1
    assert all(text.get_window_extent().x1 <= right for text in figure.texts)
    assert min(text.get_window_extent().y0 for text in figure.texts) > figure.axes[0].get_window_extent().y1


@pytest.mark.parametrize(
    "names",
    [
        ("pneumonoultramicroscopic" * 4, "floccinaucinihilipilification" * 4),  # a word is longer than a line
        ("WOMBATS AND OTHER MAMMALS", "WOMBATS OR MARTENS OR MINKS"),  # capitals are wide
    ],
)
def test_no_letter_of_a_title_is_beyond_the_margin(names: tuple[str, str], make_run: MakeRun) -> None:
    figure = run_of(make_run(names=names, confusion=[[9, 3], [0, 9]])).plot_confusion()
    assert title_of(figure).startswith(names[0][:24])
    assert title_of(figure).endswith("most often: 3 times")
    margin = 0.22 * figure.dpi
    assert all(text.get_window_extent().x1 <= figure.bbox.x1 - margin + 1 for text in figure.texts)
    assert min(text.get_window_extent().y0 for text in figure.texts) > figure.axes[0].get_window_extent().y1


def test_the_worst_errors_are_named_with_their_probabilities(make_run: MakeRun) -> None:
    figure = run_of(make_run(pictures=True)).plot_worst(2)
    assert texts(figure)[0] == "The 2 worst of 3 errors"
    assert len(figure.axes) == 2
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "said T-shirt/t…",
        "90.0\u202f%",
        "label <script>…",
        "5.0\u202f%",
        "test/9",
    ]
    assert all(axes.images for axes in figure.axes)


def test_the_title_counts_the_errors_that_are_drawn(make_run: MakeRun) -> None:
    folder = make_run(pictures=True)
    path = folder.evidence / "evidence.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"errors": 100}), encoding="utf-8")
    figure = run_of(folder).plot_worst(50)
    assert texts(figure)[0] == "The 3 worst of 100 errors"
    assert len(figure.axes) == 3


def test_long_names_keep_their_beginning_and_long_ids_their_end(make_run: MakeRun) -> None:
    folder = make_run(names=("a" * 15, "b" * 16), confusion=[[9, 1], [2, 9]], pictures=True)
    path = folder.evidence / "evidence.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    for picture, identifier in zip(
        index["worst_errors"], ("x/" + "y" * 22, "a/b/" + "z" * 20 + ".png", "1"), strict=True
    ):
        picture["id"] = identifier
    path.write_text(json.dumps(index), encoding="utf-8")
    figure = run_of(folder).plot_worst(9)
    assert texts(figure)[0] == "All 3 errors"
    assert [axes.texts[-1].get_text() for axes in figure.axes] == [
        *("x/" + "y" * 22, "…" + "z" * 19 + ".png", "1"),
    ]
    names = {text.get_text() for axes in figure.axes for text in axes.texts[::2][:2]}
    assert names == {
        "said " + "a" * 9 + "…",
        "said " + "b" * 9 + "…",
        "label " + "a" * 8 + "…",
        "label " + "b" * 8 + "…",
    }
    wide = {len(text.get_text()) for axes in figure.axes for text in axes.texts}
    assert max(wide) == 24
    ticks = {text.get_text() for text in run_of(folder).plot_confusion().axes[0].get_xticklabels()}
    assert ticks == {"a" * 15, "b" * 16}


def test_errors_stand_six_in_a_row_and_a_thumbnail_that_is_lost_leaves_a_gap(make_run: MakeRun) -> None:
    folder = make_run(names=("a", "b"), confusion=[[9, 7], [0, 9]], pictures=True)
    (folder.evidence / "error-02.png").unlink()
    figure = run_of(folder).plot_worst(24)
    places = [axes.get_position() for axes in figure.axes]
    assert len({round(place.x0, 4) for place in places}) == 6
    assert [round(place.y0, 4) for place in places[:6]] == [round(places[0].y0, 4)] * 6
    assert places[6].y1 < places[0].y0
    assert places[6].x0 == pytest.approx(places[0].x0)
    assert [len(axes.images) for axes in figure.axes] == [1, 0, 1, 1, 1, 1, 1]
    assert texts(figure)[:2] == [
        *("All 7 errors", "Ordered by how much more probability the answer got than the label."),
    ]


def test_of_many_classes_those_are_drawn_that_are_in_most_errors_on_either_side(make_run: MakeRun) -> None:
    classes = 120
    confusion = 3 * np.eye(classes, dtype=int)
    confusion[3:43, 100] = 1  # forty classes are taken for the hundredth, which is itself always right
    confusion[50, 51:60] = 1
    run = run_of(make_run(names=tuple(f"kind {at}" for at in range(classes)), confusion=confusion.tolist()))
    figure = run.plot_confusion()
    shown = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    wanted = [*range(3, 43), 50, *range(51, 59), 100]
    assert shown == [f"kind {at}" for at in wanted]
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == shown
    assert figure.texts[-2].get_text() == (
        "The 50 of 120 classes with the most errors. Rows are labels. Blue is right, orange is wrong."
    )


def test_a_model_without_errors_is_said_to_have_none(make_run: MakeRun) -> None:
    run = run_of(make_run(pictures=True, confusion=[[3, 0, 0], [0, 3, 0], [0, 0, 3]]))
    assert texts(run.plot_worst()) == ["Every test picture was named correctly", ""]
    assert title_of(run.plot_confusion()) == "No test picture was taken for another class"


def test_a_plot_is_shown_by_a_notebook_and_saved_elsewhere(make_run: MakeRun, tmp_path: Path) -> None:
    figure = run_of(make_run()).plot_history()
    content, size = figure._repr_png_()  # type: ignore[attr-defined]
    assert content.startswith(b"\x89PNG")
    (tmp_path / "shown.png").write_bytes(content)
    with Image.open(tmp_path / "shown.png") as shown:
        assert shown.size == (2 * size["width"], 2 * size["height"])
        assert shown.getpixel((0, 0))[:3] == (0xFC, 0xFB, 0xF9)  # light paper, also in a dark notebook
    figure.savefig(tmp_path / "history.svg")


@pytest.mark.parametrize(
    ("changes", "plot", "text"),
    [
        ({"history": []}, Run.plot_history, "there are no epochs to plot, because none was finished."),
        ({"model": {"name": "svc", "learnt": "vectors"}}, Run.plot_history, "because svc is fitted at once."),
        ({}, Run.plot_worst, "no pictures were kept with this run"),
        ({"pictures": True}, lambda run: run.plot_worst(0), "plot_worst(0): expected 1 or more errors."),
    ],
)
def test_a_plot_that_cannot_be_drawn_is_refused(
    make_run: MakeRun, changes: dict[str, object], plot: Callable[[Run], Figure], text: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(text)):
        plot(run_of(make_run(**changes)))


def test_without_matplotlib_the_extra_is_named(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    folder = make_run()
    for plot in (plots.plot_history, plots.plot_confusion, lambda folder: plots.plot_worst(folder, 1)):
        with pytest.raises(ConfigError, match=re.escape("pip install 'onelook[plots]'")):
            plot(folder)
