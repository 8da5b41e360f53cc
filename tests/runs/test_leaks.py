"""A training whose test pictures stand in training too: counted, shown, and scored without them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.drawn_sides import draw_sides

import onelook
from onelook.cli import main
from onelook.commands.train import train
from onelook.runs.run import Run

QUICK: dict[str, Any] = {"model": "mlp", "epochs": 1, "batch_size": 16, "quiet": True}


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Of 20 test pictures the first 8 stand in training; of these, two under the other label there."""
    images, labels = draw_sides(64)
    test_images, test_labels = draw_sides(20, seed=1)
    copied = test_labels[:8].copy()
    copied[:2] = copied[:2][::-1]
    data = {
        "train": (np.concatenate([images, test_images[:8]]), np.concatenate([labels, copied])),
        "test": (test_images, test_labels),
    }
    return train(data, out=tmp_path_factory.mktemp("runs") / "run", **QUICK)


def test_the_count_and_both_scores_are_in_the_evaluation(leaky: Run) -> None:
    written = json.loads(leaky.folder.evaluation.read_text())
    images, labels = draw_sides(20, seed=1)
    named = np.array(["left", "right"])[onelook.load(leaky.folder.path).probabilities(images).argmax(axis=1)]
    assert (written["rows"], written["leaked"]) == (20, {"exact": 8, "near": 0})
    assert written["accuracy"] == np.mean(named == labels)
    assert written["without_leaks"]["rows"] == 12
    assert written["without_leaks"]["accuracy"] == pytest.approx(np.mean((named == labels)[8:]))
    assert written["warnings"][0].startswith("8 of the 20 test pictures are among those that the model was trained")


def test_the_report_shows_it(leaky: Run) -> None:
    html = leaky.folder.report.read_text().replace("\u202f", " ")
    without = 100 * leaky.evaluation.without_leaks.accuracy  # type: ignore[union-attr]
    assert "8 of them are in training too." in html
    assert f"; {without:.{0 if without == 100 else 1}f} % without those that the model has seen" in html
    assert "They were kept out of training" not in html
    assert "8 of 20 test pictures were seen before" in html


def test_no_score_is_doubted_where_the_test_pictures_have_no_labels(
    in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images, labels = draw_sides(64)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        save(in_tmp / "data/train" / label / f"{number}.png", image)
    for number, image in enumerate([*images[:3], *draw_sides(6, seed=1)[0]]):
        save(in_tmp / "data/test" / f"{number}.png", image)
    run = train("data", out="run", **QUICK | {"quiet": False})
    main(["inspect", "data", "--html", "page.html"])
    said = capsys.readouterr().out
    (finding,) = run.folder.read_run()["findings"]
    assert (finding["check"], finding["count"], finding["severity"]) == ("leak-exact", 3, "note")
    texts = [said, finding["message"], run.folder.report.read_text(), Path("page.html").read_text()]
    assert not [text for text in texts if "too good" in text or "before a score" in text]
    assert "leak-exact: 3 in the test set (test/0.png …)" in said


def save(path: Path, image: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image[..., 0]).save(path)


def test_a_given_validation_set_is_looked_at_likewise(in_tmp: Path) -> None:
    images, labels = draw_sides(64)
    run = train({"train": (images, labels), "val": (images[:6], labels[:6])}, out="run", **QUICK)
    assert run.evaluation.set_name == "val"
    assert run.evaluation.leaked == {"copies": 6}
    assert run.evaluation.without_leaks is None
    (finding,) = [each for each in run.folder.read_run()["findings"] if each["check"] == "leak-validation"]
    assert finding["pairs"][0] == ["val/1", "train/1"]


def test_validation_that_was_forced_is_scored_without_what_was_learnt(in_tmp: Path) -> None:
    data = draw_sides(64)
    train(data, out="first", **QUICK)
    settings = {**QUICK, "val": 0.5, "from_model": "first", "force": True}
    del settings["model"]
    run = train(data, out="run", **settings)
    before = run.folder.read_run()["from"]["learnt"]["val"]
    assert run.evaluation.leaked == {"copies": 0, "before": before}
    assert run.evaluation.without_leaks is not None
    assert run.evaluation.without_leaks.rows == 32 - before
    assert run.evaluation.warnings[0] == (
        f"Validation is not clean: training continued from first with --force, and it had been trained on {before} of "
        "the 32 pictures that validate here. The choice of the epoch, and the scores of the epochs, show what the "
        "model remembers, not what it can do."
    )
    assert "Validation is not clean" in run.folder.report.read_text()


def test_a_clean_test_set_says_that_it_was_looked_for(in_tmp: Path) -> None:
    run = train({"train": draw_sides(64), "test": draw_sides(20, seed=1)}, out="run", **QUICK)
    assert (run.evaluation.leaked, run.evaluation.without_leaks) == ({"exact": 0, "near": 0}, None)
    assert "They were kept out of training." in run.folder.report.read_text()
