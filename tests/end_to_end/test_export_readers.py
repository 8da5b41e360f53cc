"""The readers that docs/export.md shows answer with an exported file as the model does, without onelook."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.conftest import Onelook

from onelook.classifier import Classifier

PAGE = Path(__file__).parents[2] / "docs" / "export.md"


@pytest.fixture(scope="module")
def desk(brightness_classifier: Classifier, run_in: Onelook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exported model, and a picture that is light at 65 %."""
    desk = tmp_path_factory.mktemp("desk")
    brightness_classifier.save(desk / "model")
    assert run_in(desk, "export", "model", "--to", "onnx", "--out", "digits.onnx").code == 0
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8) + np.uint8(104)
    Image.fromarray(pixels).save(desk / "1.png")
    (prediction,) = brightness_classifier.predict([desk / "1.png"])
    assert f"{prediction.class_name} {prediction.probability:.1%}" == "light 65.2%"
    return desk


def block(language: str) -> str:
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert text.count("\n") <= 25
    return str(text)


def test_python(desk: Path) -> None:
    program = block("python")
    assert "onelook" not in program
    done = subprocess.run([sys.executable, "-c", program], cwd=desk, capture_output=True, text=True, check=True)
    assert done.stdout == "light 65.2%\n"


def test_javascript(desk: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("there is no Node to run JavaScript with")
    packages = re.findall(r"`npm install ([^`]+)`", PAGE.read_text(encoding="utf-8"))[0].split()
    subprocess.run([npm, "install", "--no-audit", "--no-fund", *packages], cwd=desk, check=True, capture_output=True)
    (desk / "read.mjs").write_text(block("js"), encoding="utf-8")
    words = [node, "read.mjs", "digits.onnx", "1.png"]
    done = subprocess.run(words, cwd=desk, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("light 65.2 %\n", "")
