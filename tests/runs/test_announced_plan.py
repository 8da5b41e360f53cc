"""What `inspect` announces is what `train` then does: picture size, network, and every reason, word for word."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.commands.inspect import inspect_data
from onelook.inspection.training_preview import PageRequest, preview_training
from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.summary import summarize
from onelook.planning import network_choice, pretrained_choice
from onelook.planning.request import Request
from onelook.runs.prepare import prepare_training
from onelook.settings.parse import parse_set


def draw_folder(
    root: Path, sizes: list[tuple[int, int]], names: tuple[str, ...], *, rows: int = 24, grey: bool = False
):
    """Pictures of random pixels, a folder a class, their (height, width) in turn."""
    draw = np.random.default_rng(len(names) + rows)
    for number in range(rows):
        height, width = sizes[number % len(sizes)]
        pixels = draw.integers(0, 256, (height, width) if grey else (height, width, 3), dtype=np.uint8)
        file = root / names[number % len(names)] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(file)


def draw_pixel_table(root: Path) -> None:
    draw = np.random.default_rng(0)
    with (root / "train.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["label", *(f"pixel{number}" for number in range(64))])
        writer.writerows([number % 5, *draw.integers(0, 256, 64).tolist()] for number in range(60))


def draw_parts(root: Path) -> None:
    draw_folder(root / "train", [(40, 30)], ("cat", "dog"), rows=30)
    draw_folder(root / "val", [(30, 30)], ("cat", "dog"), rows=8)
    draw_folder(root / "test", [(200, 200)], ("cat", "dog"), rows=6)


def draw_copies(root: Path) -> None:
    draw_folder(root, [(20, 20)], ("a", "b"), rows=40)
    for file in sorted(root.glob("*/*.png"))[:6]:
        (file.parent / f"copy-{file.name}").write_bytes(file.read_bytes())


@dataclass(frozen=True)
class Case:
    draw: Callable[[Path], Any]
    sets: tuple[str, ...] = ()
    model: str = "cnn"
    size: tuple[int, int] = (128, 128)
    path: str = ""
    asked: dict[str, Any] = field(default_factory=dict)


PHOTOS = [(240, 200), (210, 260), (220, 220)]
CASES = {
    "photographs": Case(
        lambda root: draw_folder(root, PHOTOS, ("cat", "dog")), model="efficientnet-lite0", size=(224, 224)
    ),
    "photographs that change at random": Case(
        lambda root: draw_folder(root, PHOTOS, ("cat", "dog")), ("rotation_range=10",)
    ),
    "photographs, the whole network": Case(
        lambda root: draw_folder(root, PHOTOS, ("cat", "dog")),
        ("tune=full",),
        model="efficientnet-lite0",
        size=(224, 224),
    ),
    "large grey pictures": Case(lambda root: draw_folder(root, [(300, 300)], ("cat", "dog"), grey=True)),
    "small pictures of one size": Case(lambda root: draw_folder(root, [(32, 32)], ("cat", "dog")), size=(32, 32)),
    "small pictures, enough for airbench": Case(
        lambda root: draw_folder(root, [(32, 32)], ("cat", "dog"), rows=60), model="airbench-small", size=(32, 32)
    ),
    "left and right": Case(lambda root: draw_folder(root, [(24, 32)], ("turn left", "turn right")), size=(24, 32)),
    "digits in a table": Case(draw_pixel_table, path="train.csv", size=(8, 8)),
    "given parts": Case(draw_parts),
    "copies, which are trained on once": Case(draw_copies, size=(20, 20)),
    "cross-validation": Case(
        lambda root: draw_folder(root, [(32, 32)], ("cat", "dog"), rows=70),
        ("folds=7",),
        model="airbench-small",
        size=(32, 32),
    ),
    "a classical model": Case(lambda root: draw_folder(root, [(16, 16)], ("a", "b")), ("model=lda",), "lda", (16, 16)),
}


@pytest.mark.parametrize("kind", CASES)
def test_what_is_announced_is_what_a_training_takes(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(network_choice, "FEWEST_FOR_AIRBENCH", 50)
    monkeypatch.setattr(pretrained_choice, "available_cores", lambda: 2)
    case, root = CASES[kind], tmp_path / "data"
    root.mkdir()
    case.draw(root)
    data, asked = str(root / case.path), parse_set(case.sets)
    found = inspect_data(data, asked=asked)
    page = preview_training(found, PageRequest(tmp_path / "page.html", (data,)))
    plan, prepared = prepare_training(Request(data, asked))
    assert (found.decode, found.to_dict()["image_size"]) == (plan.decode, list(case.size))
    assert page.next_step.choices == plan.choices
    assert plan.choices or kind == "a classical model"
    assert page.settings == plan.settings
    assert (plan.settings.model, prepared.split.train.images.shape[1:3]) == (case.model, case.size)


def test_each_fold_and_each_model_gets_the_network_of_its_own_share_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(network_choice, "FEWEST_FOR_AIRBENCH", 40)
    draw_folder(tmp_path / "data", [(32, 32)], ("3", "5"), rows=60, grey=True)

    pictures = ModelInput(32, 32, 1, num_classes=2, rows=54)
    cost = summarize(network_named("airbench", pictures), pictures.shape, 2).multiply_adds
    # In 60 s four epochs of the widest network, where 3.5 are enough; in a fifth of that 0.8.
    speed = 4 * 54 * cost * 6 / (0.85 * 0.7) / 60

    def network(**asked: Any) -> str:
        return prepare_training(Request(str(tmp_path / "data"), asked, matmul_speed=speed))[0].settings.model

    assert network(time_limit_seconds=60.0) == "airbench"
    assert network(time_limit_seconds=60.0, folds=5) == network(time_limit_seconds=12.0) != "airbench"
