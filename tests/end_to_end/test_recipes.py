"""Every published training runs by name on its own kind of data: one epoch of each, on real pictures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.end_to_end.conftest import Onelook
from tests.end_to_end.test_everyday import copy_some

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
def small_data(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first pictures of the built-in sets, in folders of their names: an epoch of all of them takes a minute."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("mnist", "fashion_mnist"):
        copy_some(real_data / name, folder / name, 4_000, 1_000)
    (folder / "cifar10").mkdir()
    copy_members(
        real_data / "cifar10" / "cifar10_images.zip",
        folder / "cifar10" / "some.zip",
        lambda names: [name for name in names if name.endswith(".jpg") and int(Path(name).stem) < 500],
    )
    return folder


@pytest.fixture(scope="module")
def places(small_data: Path, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Real data in the layout that each recipe was published for; photographs cut to 120 to save time."""
    folder = tmp_path_factory.mktemp("places")
    variables = {**os.environ, "ONELOOK_DATA": str(small_data)}
    subprocess.run([sys.executable, MAKER, folder / "four"], check=True, capture_output=True, env=variables)
    photographs = folder / "photographs.zip"
    copy_members(
        real_data / "dogs_vs_cats" / "train.zip",
        photographs,
        lambda names: [*(found := [name for name in names if name.endswith(".jpg")])[:60], *found[-60:]],
    )
    return {"four": folder / "four", "photographs": photographs}


def copy_members(source: Path, target: Path, chosen: Callable[[list[str]], list[str]]) -> None:
    """Write the chosen members of a zip to another."""
    with zipfile.ZipFile(source) as found, zipfile.ZipFile(target, "w") as made:
        for name in chosen(found.namelist()):
            made.writestr(name, found.read(name))


@pytest.fixture
def small_built_in(small_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names `mnist`, `fashion_mnist` and `cifar10` are the first pictures of each."""
    monkeypatch.setenv("ONELOOK_DATA", str(small_data))


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
@pytest.mark.usefixtures("small_built_in")
def test_runs_by_name(recipe: str, data: str, places: dict[str, Path], run_in: Onelook, tmp_path: Path) -> None:
    words = ("train", places.get(data, data), "--recipe", recipe, "--epochs", "1", "--out", "run", "--json")
    done = run_in(tmp_path, *words)
    assert done.code == 0, done.err
    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert run["settings"]["recipe"] == recipe
    assert run["model"]["parameters"] == PARAMETERS[recipe]
    evaluation = json.loads(done.out)
    (epoch,) = map(json.loads, (tmp_path / "run" / "history.jsonl").read_text().splitlines())
    # Keras' moving averages need some hundred steps, before which only the training pictures are told apart.
    learnt = max(evaluation["accuracy"], epoch["train_accuracy"])
    chance = 1 / len(evaluation["class_names"])
    if recipe != "dogs-vs-cats":  # an epoch over 96 photographs promises nothing
        assert learnt > 2 * chance
    assert (tmp_path / "run" / "report.html").stat().st_size > 10_000
    assert run_in(tmp_path, "verify", "run").code == 0
