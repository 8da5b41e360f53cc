"""One list of findings for one folder of photographs, whatever size the model takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from onelook.commands.inspect import inspect_data
from onelook.planning.request import Request
from onelook.runs.prepare import prepare_training

BLURRED = (5, 15, 20)
A_LITTLE = 3  # blurred at its own size, and sharp at a smaller one


@pytest.fixture(scope="module")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty photographs of many shapes: three are out of focus, one a little; one is dark, and one is there twice."""
    root = tmp_path_factory.mktemp("photographs")
    draw = np.random.Generator(np.random.PCG64(0))
    for number in range(30):
        shapes = draw.integers(0, 256, (30, 30, 3), dtype=np.uint8)
        size = (260 + 9 * number, 280 + 5 * (number % 7))
        picture = Image.fromarray(shapes).resize(size, Image.Resampling.NEAREST)
        if number == A_LITTLE:
            picture = picture.filter(ImageFilter.GaussianBlur(1))
        if number in BLURRED:
            picture = picture.filter(ImageFilter.GaussianBlur(9))
        if number == 7:
            picture = picture.point(lambda value: value // 8)
        file = root / ("cat", "dog")[number % 2] / f"{number}.jpg"
        file.parent.mkdir(exist_ok=True)
        picture.save(file)
    (root / "cat" / "copy.jpg").write_bytes((root / "cat" / "8.jpg").read_bytes())
    return root


@pytest.fixture(scope="module")
def inspected(photographs: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONELOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        return [finding.to_dict() for finding in inspect_data(str(photographs)).findings]


def test_the_photographs_have_findings_of_several_kinds(inspected: list[dict[str, Any]]) -> None:
    counts = {finding["check"]: finding["count"] for finding in inspected}
    assert counts["blurred"] == len(BLURRED)
    assert counts["dark"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"model": "cnn"},
        {"model": "cnn", "image_size": [64, 64]},
        {"model": "cnn", "image_size": [300, 200]},
        {"model": "random-forest", "resize": "fit"},
    ],
    ids=str,
)
def test_every_model_has_the_findings_of_inspect(
    asked: dict[str, Any],
    photographs: Path,
    inspected: list[dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))
    _, prepared = prepare_training(Request(str(photographs), asked))
    assert [finding.to_dict() for finding in prepared.findings] == inspected
