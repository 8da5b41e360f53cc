"""The tutorials' leak in small: test rows stand in the training file. It is counted, and scored with and without."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.end_to_end.conftest import Onelook

LEAKED, TESTED = 300, 500


def write_table(path: Path, images: np.ndarray, labels: np.ndarray) -> None:
    header = ",".join(["label", *(f"pixel{number}" for number in range(784))])
    table = np.column_stack([labels, images.reshape(len(images), -1)])
    np.savetxt(path, table, fmt="%d", delimiter=",", header=header, comments="")


@pytest.fixture(scope="module")
def leaky(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`train.csv` of 2,000 Fashion-MNIST rows, the first 300 of the 500 rows in `test.csv` among them."""
    from onelook import open_dataset
    from onelook.settings import DecodeSettings

    folder = tmp_path_factory.mktemp("leaky")
    decode = DecodeSettings(height=28, width=28, channels=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONELOOK_CACHE", str(folder / "cache"))
        parts = open_dataset("fashion_mnist").parts
        images = {name: part.pictures.decode(decode).images for name, part in parts.items()}
    labels = {name: np.asarray(part.labels) for name, part in parts.items()}
    rows = 2_000 - LEAKED
    write_table(
        folder / "train.csv",
        np.concatenate([images["train"][:rows], images["test"][:LEAKED]]),
        np.concatenate([labels["train"][:rows], labels["test"][:LEAKED]]),
    )
    write_table(folder / "test.csv", images["test"][:TESTED], labels["test"][:TESTED])
    return folder


@pytest.fixture(scope="module")
def trained(leaky: Path, run_in: Onelook) -> Path:
    done = run_in(leaky, "train", "train.csv", "--test", "test.csv", "--epochs", "2", "--out", "run")
    assert done.code == 0, done.err
    said = " ".join(done.out.split())
    assert f"{LEAKED} pictures of {TESTED} in the test set (60.0 %) are also among those to train or tune on" in said
    assert re.search(rf"\d+ of the {TESTED} test pictures are among those that the model was trained or tuned on", said)
    return leaky


def test_the_count_is_exact_and_both_scores_are_right(trained: Path) -> None:
    evaluation = json.loads((trained / "run" / "evaluation.json").read_text())
    assert evaluation["rows"] == TESTED
    assert evaluation["leaked"]["exact"] == LEAKED
    assert evaluation["leaked"]["near"] <= 0.02 * TESTED  # none was planted; some shirts are nearly the same
    assert evaluation["without_leaks"]["rows"] == TESTED - sum(evaluation["leaked"].values())
    with (trained / "run" / "predictions.csv").open() as file:
        named = {row["id"]: row["label"] for row in csv.DictReader(file)}
    with (trained / "test.csv").open() as file:
        # The pictures are recognised as Fashion-MNIST's, and the classes get its names.
        names = evaluation["class_names"]
        labels = {f"test/{row}": names[int(line["label"])] for row, line in enumerate(csv.DictReader(file), 1)}
    findings = json.loads((trained / "run" / "run.json").read_text())["findings"]
    leaked = {each for finding in findings if finding["check"].startswith("leak-") for each in finding["ids"]}
    assert {f"test/{row}" for row in range(1, LEAKED + 1)} <= leaked
    right = {each: named[each] == labels[each] for each in labels}
    left = [right[each] for each in labels if each not in leaked]
    assert evaluation["accuracy"] == pytest.approx(np.mean(list(right.values())))
    assert evaluation["without_leaks"]["accuracy"] == pytest.approx(np.mean(left))
    low, high = evaluation["without_leaks"]["accuracy_interval"]
    assert low < evaluation["without_leaks"]["accuracy"] < high


def test_the_report_says_it_and_shows_pairs(trained: Path) -> None:
    html = (trained / "run" / "report.html").read_text()
    assert "of them are in training too" in html
    assert "The score with and without the pictures that were seen" in html
    index = json.loads((trained / "run" / "evidence" / "findings" / "evidence.json").read_text())
    (exact,) = [each for each in index["findings"] if each["check"] == "leak-exact"]
    first, twin = exact["pairs"][0]
    assert (first["id"], twin["id"]) == ("test/1", f"train/{2_000 - LEAKED + 1}")
    assert first["label"] == twin["label"]


def test_the_split_is_used_again_and_training_goes_on_honestly(trained: Path, run_in: Onelook) -> None:
    data = ("train", "train.csv", "--test", "test.csv", "--epochs", "1")
    again = run_in(trained, *data, "--split", "run", "--out", "again")
    assert again.code == 0, again.err
    assert (trained / "again" / "split.csv").read_bytes() == (trained / "run" / "split.csv").read_bytes()
    refused = run_in(trained, *data, "--from", "run", "--val", "0.3", "--out", "refused")
    assert refused.code == 2
    assert "pictures that would validate" in " ".join(refused.err.split())
    assert "--split run" in " ".join(refused.err.split())
    assert not (trained / "refused").exists()
    onward = run_in(trained, *data, "--from", "run", "--out", "onward")
    assert onward.code == 0, onward.err
    assert json.loads((trained / "onward" / "run.json").read_text())["from"]["clean"] is True


def test_a_split_of_other_data_is_wrong_data(trained: Path, run_in: Onelook) -> None:
    done = run_in(trained, "train", "digits", "--split", "run")
    assert done.code == 3
    assert "that digits has not" in " ".join(done.err.split())
