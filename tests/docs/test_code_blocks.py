"""What the documentation shows can be typed: its Python and TOML run, its commands, options, files and links exist."""

from __future__ import annotations

import re
import shlex
import tarfile
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier
from onelook.cli.app import COMMANDS, build_command
from onelook.export.onnx import write_onnx
from onelook.export.target import Source
from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.runs.ending import ENDING_STEPS
from onelook.runs.ending import plan as ending_plan
from onelook.settings.merge import build_settings
from onelook.tuning.dimensions import parse_space

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")


def blocks(language: str) -> list[object]:
    """Every block of a language, named by its page and number."""
    found = []
    for page in PAGES:
        texts = [text for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]
        found += [pytest.param(text, id=f"{page.name}-{number}") for number, text in enumerate(texts, 1)]
    return found


@pytest.fixture
def desk(brightness_classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with what the documentation speaks of: a table, pictures, a trained model."""
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (60, 64))
    pixels[::2] //= 3
    table = np.column_stack([np.arange(60) % 2, pixels])
    header = ",".join(["label", *(f"pixel{number}" for number in range(64))])
    np.savetxt(tmp_path / "train.csv", table, fmt="%d", delimiter=",", header=header, comments="")
    for name in ("1.png", "cat.jpg"):
        Image.new("L", (8, 8), 200).save(tmp_path / name)
    brightness_classifier.save(tmp_path / "model")
    brightness_classifier.save(tmp_path / "runs" / "digits-001" / "model")
    brightness_classifier.save_weights(tmp_path / "w.safetensors")
    write_onnx(Source(brightness_classifier, brightness_classifier.graph), tmp_path / "digits.onnx")
    with tarfile.open(ROOT / "tests/fixtures/keras/keras-3.15/layers.tar.xz") as archive:
        archive.extract("binary.keras", tmp_path, filter="data")
    (tmp_path / "binary.keras").rename(tmp_path / "model.keras")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # a page may open a file in passing
@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs(code: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of what ends a run, a page speaks of these alone.
    names = ("temperature", "signature", "model", "score", "baseline", "evaluation", "pictures")
    monkeypatch.setattr(ending_plan, "all_steps", lambda: tuple(map(ENDING_STEPS.load, names)))
    exec(compile(code, "block", "exec"), {})


@pytest.mark.parametrize("text", blocks("toml"))
def test_toml_is_what_it_says(text: str, desk: Path) -> None:
    values = tomllib.loads(text)
    if "layers" in values:
        (desk / "mine.toml").write_text(text)
        network_named("./mine.toml", ModelInput(height=28, width=28, channels=3, num_classes=5, rows=100))
    else:
        if "space" in values:
            parse_space(values.pop("space"), "the block")
        build_settings(values, "the block")


def commands() -> list[list[str]]:
    """Every `onelook …` in a plain block or in a table, as words; what follows two spaces explains."""
    lines = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        plain = "\n".join(block for kind, block in _BLOCK.findall(text) if not kind)
        lines += re.findall(r"^onelook +(.+?)(?: {3,}.*)?$", plain, re.MULTILINE)
        lines += re.findall(r"`onelook ([a-z][^`]*)`", text)
    return sorted(shlex.split(line) for line in dict.fromkeys(lines))


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_commands_and_their_options_exist(words: list[str]) -> None:
    first, *rest = words
    assert first in COMMANDS
    options = {name for parameter in build_command(first).params for name in parameter.opts} | {"--help"}
    assert {word for word in rest if word.startswith("--")} <= options


def test_there_is_something_to_try() -> None:
    assert len(blocks("python")) >= 3
    assert len(blocks("toml")) >= 2
    assert len(commands()) >= 10


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize(("page", "fewest"), [("CONTRIBUTING.md", 4), ("docs/architecture.md", 15)])
def test_a_page_for_contributors_names_files_that_exist(page: str, fewest: int) -> None:
    """`<layout>` and its like stand for a name; registers are given from the package on."""
    named = re.findall(r"`([\w./<>-]+/[\w./<>-]*)`", (ROOT / page).read_text(encoding="utf-8"))
    assert len(named) >= fewest
    for path in named:
        folder = path.partition("<")[0]
        assert any((base / folder).exists() for base in (ROOT, ROOT / "src" / "onelook")), path


def test_the_model_folder_holds_what_its_page_lists(desk: Path) -> None:
    rows = re.findall(
        r"^\| `(\w+\.(?:json|onnx|safetensors))` \|",
        (ROOT / "docs" / "model-folder.md").read_text(encoding="utf-8"),
        re.M,
    )
    there = [path.name for path in (desk / "model").iterdir()]
    # A model that was made by hand was trained on no pictures.
    assert sorted(rows) == sorted([*there, "picture_list.safetensors", "signature.safetensors"])
