"""`--invert`, `--crop-to-content` and `--keep-as` of predict, evaluate and serve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import load
from onelook.cli import main
from onelook.commands.decoding_flags import DecodingFlags
from onelook.commands.evaluate import evaluate_model
from onelook.commands.predict import predict
from onelook.errors import ConfigError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A black picture, and a small white square in a corner of black."""
    (tmp_path / "new").mkdir()
    Image.new("L", (8, 8), 0).save(tmp_path / "new" / "1.png")
    corner = Image.new("L", (80, 80), 0)
    corner.paste(255, (2, 2, 12, 12))
    corner.save(tmp_path / "new" / "2.png")
    return tmp_path / "new"


def labels(model: Path, folder: Path, flags: DecodingFlags) -> list[str]:
    found = predict(model, folder, decoding=flags)
    return [found.batch.likeliest(row, 1)[0][0] for row in range(found.rows)]


def test_pictures_are_inverted_and_their_content_fills_them(brightness_model: Path, folder: Path) -> None:
    assert labels(brightness_model, folder, DecodingFlags()) == ["dark", "dark"]
    assert labels(brightness_model, folder, DecodingFlags(invert=True)) == ["light", "light"]
    assert labels(brightness_model, folder, DecodingFlags(crop_to_content=True)) == ["dark", "light"]
    assert labels(brightness_model, folder, DecodingFlags(invert=True, crop_to_content=True)) == ["light", "dark"]


def test_a_score_is_that_of_the_changed_pictures(brightness_model: Path) -> None:
    images = np.stack([np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)])
    for invert, accuracy in ((False, 1.0), (True, 0.0)):
        scored = evaluate_model(brightness_model, (images, ["dark", "light"]), decoding=DecodingFlags(invert=invert))
        assert scored.evaluation.accuracy == accuracy


def test_a_model_that_does_the_same_is_kept(brightness_model: Path, folder: Path, tmp_path: Path) -> None:
    words = ["predict", brightness_model, folder, "--invert", "--crop-to-content", "--keep-as", tmp_path / "kept"]
    assert main([*map(str, words), "--quiet"]) == 0
    kept = load(tmp_path / "kept")
    assert (kept.decode.invert, kept.decode.crop_to_content) == (True, True)
    assert labels(tmp_path / "kept", folder, DecodingFlags()) == ["light", "dark"]
    assert labels(tmp_path / "kept", folder, DecodingFlags(invert=False)) == ["dark", "light"]


def test_nothing_to_keep_is_an_error(brightness_model: Path, folder: Path, tmp_path: Path) -> None:
    for command in (predict, evaluate_model):
        with pytest.raises(ConfigError, match="--keep-as .*: nothing to keep"):
            command(brightness_model, folder, decoding=DecodingFlags(keep_as=tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()
