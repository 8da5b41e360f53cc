"""What the data room's tests share: a cache of their own, and pictures drawn from a seed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Draw = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("ONELOOK_CACHE", str(folder))
    return folder


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Draws a picture of noise at a path below `tmp_path`; the same seed gives the same pixels."""

    def draw_at(name: str, seed: int = 0, size: tuple[int, int] = (8, 6), mode: str = "RGB") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(noise(seed, size, mode, path.suffix))
        return path

    return draw_at


def noise(seed: int, size: tuple[int, int], mode: str, suffix: str) -> bytes:
    """A picture file's bytes: noise of (width, height)."""
    channels = {"L": (), "RGB": (3,)}[mode]
    pixels = np.random.Generator(np.random.PCG64(seed)).integers(0, 256, (size[1], size[0], *channels), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, Image.registered_extensions()[suffix])
    return file.getvalue()
