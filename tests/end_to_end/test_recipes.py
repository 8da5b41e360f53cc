"""Every published training runs by name on its own kind of data: one epoch of each, on real pictures."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.end_to_end.conftest import Onelook

MAKER = Path(__file__).parents[2] / "benchmarks" / "make_four_csv.py"
PARAMETERS = {  # as Keras counts them
    "digits-minimal": 216_650,
    "mnist-tutorial": 600_810,
    "digit-recognizer": 887_530,
    "fashion-cnn-bn": 102_730,
    "fashion-mlp": 181_226,
    "fashion-cnn-small": 86_970,
    "cifar10-cnn": 11_082,
    "dogs-vs-cats": 12_942_786,
}


@pytest.fixture(scope="module")
def places(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Real data in the layout that each recipe was published for; photographs cut to 120 to save time."""
    folder = tmp_path_factory.mktemp("data")
    subprocess.run([sys.executable, MAKER, folder / "four"], check=True, capture_output=True)
    photographs = folder / "photographs.zip"
    with zipfile.ZipFile(real_data / "dogs_vs_cats" / "train.zip") as source, zipfile.ZipFile(photographs, "w") as few:
        names = [name for name in source.namelist() if name.endswith(".jpg")]
        for name in names[:60] + names[-60:]:
            few.writestr(name, source.read(name))
    return {"four": folder / "four", "photographs": photographs}


@pytest.mark.parametrize(
    ("recipe", "data"),
    [
        ("digits-minimal", "mnist"),
        ("fashion-cnn-bn", "fashion_mnist"),
        ("fashion-mlp", "four"),
        ("fashion-cnn-small", "four"),
        ("cifar10-cnn", "cifar10"),
        ("dogs-vs-cats", "photographs"),
    ],
)
def test_runs_by_name(recipe: str, data: str, places: dict[str, Path], run_in: Onelook, tmp_path: Path) -> None:
    words = ("train", places.get(data, data), "--recipe", recipe, "--epochs", "1", "--out", "run", "--json")
    done = run_in(tmp_path, *words)
    assert done.code == 0, done.err
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["settings"]["recipe"] == recipe
    assert run["model"]["parameters"] == PARAMETERS[recipe]
    evaluation = json.loads(done.out)
    chance = 1 / len(evaluation["class_names"])
    if recipe != "dogs-vs-cats":  # an epoch over 96 photographs promises nothing
        assert evaluation["accuracy"] > 2 * chance
    assert (tmp_path / "run" / "report.html").stat().st_size > 10_000
    assert run_in(tmp_path, "verify", "run").code == 0
