"""`onelook import`: what is said, where the class names come from, and that the folder is a model like any other."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from tests.fixtures.keras.pictures import draw_pictures
from tests.models.keras.conftest import KerasFiles, expected, keras_files

import onelook
from onelook.classifier.folder import README, README_MARK
from onelook.cli import main
from onelook.commands.import_keras import _folder_names, _scale, import_keras, import_model
from onelook.errors import ConfigError, ModelError
from onelook.report.model_readme import markdown

__all__ = ["keras_files"]  # a fixture


@pytest.fixture
def binary(keras_files: KerasFiles) -> Path:
    return keras_files.path("3.15", "binary", "keras")


def test_the_folder_verifies_and_predicts_what_keras_predicts(binary: Path, tmp_path: Path) -> None:
    imported = import_model(binary, tmp_path / "cats", class_names="cat,dog")
    assert onelook.verify(imported.path).passed
    again = onelook.load(imported.path)
    pictures = draw_pictures(12, 10, 3)
    np.testing.assert_allclose(again.probabilities(pictures), expected("3.15", "binary"), atol=1e-5)
    assert again.class_names == ("cat", "dog")  # Keras' one output is the probability of the second
    assert again.card.training["imported_from"] == "binary.keras"
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    files = [tmp_path / f"{number}.png" for number in range(4)]
    np.testing.assert_allclose(again.predict_proba(files), expected("3.15", "binary"), atol=1e-5)


def test_the_command_says_what_it_took_for_granted(
    keras_files: KerasFiles, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(keras_files.path("2.15", "logits", "h5"))
    assert main(["import", path, "--out", str(tmp_path / "m")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "its numbers are taken for logits (from_logits=True), and softmax follows them" in said
    assert "does not rescale its pixels, so pixels / 255 is taken (--scale unit)" in said
    assert (
        "has no class names, so they are 0 to 2 (in the order of Keras' outputs). Give them with --class-names" in said
    )
    assert "3 classes, colour pictures of 12×10; golden pictures are saved with it" in said


def test_the_folder_has_a_model_card(keras_files: KerasFiles, tmp_path: Path) -> None:
    path = keras_files.path("2.15", "logits", "h5")
    imported = import_model(path, tmp_path / "dog|s", class_names=["a|b", "<i>", "c"])
    card = (imported.path / README).read_text(encoding="utf-8")
    assert card.startswith(README_MARK)
    top, *sections = card.split("\n## ")
    assert "# dog\\|s\n" in top
    assert "which of 3 classes a picture shows: a\\|b, &lt;i&gt; and c." in top
    titles = [section.splitlines()[0] for section in sections]
    expected = ["Where it comes from", "What was taken for granted", "How good it is", "How to use it", "Licence"]
    assert titles == expected
    assert "imported from the Keras file logits.h5, which Keras 2.15.0 wrote" in sections[0]
    assert "colour pictures, made 12×10 pixels in size" in sections[0]
    assert hashlib.sha256(path.read_bytes()).hexdigest() in sections[0]
    assert all(f"- {markdown(note)}\n" in f"{sections[1]}\n" for note in imported.notes)
    assert imported.notes
    assert "was not scored" in sections[2]
    assert "metrics" not in card
    assert f"Made on {datetime.now(UTC).date()} with python " in sections[3]
    assert onelook.verify(imported.path).passed  # it is for people, and no part of the model


def test_json_has_the_same(binary: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["import", str(binary), "--out", str(tmp_path / "m"), "--class-names", "cat,dog", "--scale", "signed"]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.pop("keras_version") == "3.15.1"
    assert found == {
        "path": str(tmp_path / "m"),
        "class_names": ["cat", "dog"],
        "input_shape": [12, 10, 3],
        "scale": "signed",
        "notes": [],
    }


def test_the_scale_changes_what_the_network_gets(binary: Path) -> None:
    pictures = draw_pictures(12, 10, 3)
    found = [
        import_keras(binary, scale=scale, class_names=["a", "b"], say=str).probabilities(pictures)
        for scale in ("unit", "signed", "none")
    ]
    assert not np.allclose(found[0], found[1], atol=1e-3)
    assert not np.allclose(found[0], found[2], atol=1e-3)


def test_a_network_that_rescales_gets_pixels_unless_told_otherwise(keras_files: KerasFiles) -> None:
    path, notes = keras_files.path("3.15", "nested", "keras"), []
    assert import_keras(path, say=notes.append).card.preprocess.settings.scale == "none"
    assert "The network rescales its pixels itself, so it gets them from 0 to 255 (--scale none)." in notes
    assert import_keras(path, scale="unit", say=notes.append).card.preprocess.settings.scale == "unit"
    assert "The network rescales its pixels itself, and --scale unit rescales them before it." in notes


@pytest.mark.parametrize(
    ("rescales", "given", "scale", "notes"),
    [
        (False, None, "unit", 1),
        (True, None, "none", 1),
        (True, "none", "none", 0),
        (True, "signed", "signed", 1),
        (False, "signed", "signed", 0),
        (False, "none", "none", 0),
    ],
)
def test_what_is_said_of_the_scale(rescales: bool, given: str | None, scale: str, notes: int) -> None:
    found, said = _scale(SimpleNamespace(has_rescaling=rescales), given)  # type: ignore[arg-type]
    assert (found, len(said)) == (scale, notes)


def test_the_folder_with_as_many_classes_as_the_network_gives_the_names(tmp_path: Path) -> None:
    for name in ("train/b", "train/a", "train/c", "test/x"):
        (tmp_path / name).mkdir(parents=True)
    assert _folder_names(tmp_path, 3) == ("a", "b", "c")
    assert _folder_names(tmp_path, 2) == ("test", "train")
    assert _folder_names(tmp_path, 5) == ("test", "train")  # none fits: the folder that was named


@pytest.mark.parametrize("place", ["", "train"])
def test_class_names_come_from_the_folder_of_the_training_pictures(binary: Path, tmp_path: Path, place: str) -> None:
    for name in ("zebra", "Ant", ".hidden"):
        (tmp_path / "photos" / place / name).mkdir(parents=True)
    (tmp_path / "photos" / place / "read.me").write_text("")
    found = import_keras(binary, class_names=str(tmp_path / "photos"), say=str)
    assert found.class_names == ("Ant", "zebra")  # capitals first, as Keras sorts them


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"class_names": "a,b,c"}, "--class-names: 3 names (a, b, c), but the network has 2 classes. Name them all"),
        ({"class_names": "fotos"}, "1 name (fotos), but the network has 2 classes.* If fotos is meant as a folder"),
        ({"class_names": "a,a"}, "a is there more than once"),
        ({"scale": "units"}, "unknown --scale 'units'. Did you mean 'unit'"),
        ({"image_size": "big"}, "'big' is not an image size"),
        ({"image_size": (9, 9)}, "takes pictures of 12×10, not 9×9"),
    ],
)
def test_wrong_options(binary: Path, options: dict[str, str], said: str, tmp_path: Path) -> None:
    import re

    with pytest.raises(ConfigError) as refused:
        import_model(binary, tmp_path / "m", **options)  # type: ignore[arg-type]
    assert re.search(said.replace("(", r"\(").replace(")", r"\)"), str(refused.value))
    assert not (tmp_path / "m").exists()


def test_a_folder_with_files_is_left_alone(binary: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match="holds files already. Name a new folder"):
        import_model(binary, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_other_commands_name_this_one(binary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(binary), "x.png"]) == 4
    said = " ".join(capsys.readouterr().err.split())
    assert f"a Keras model. Turn it into a model folder with `onelook import {binary} --out DIR`" in said


def test_a_network_whose_answers_are_no_numbers_is_refused(keras_files: KerasFiles, tmp_path: Path) -> None:
    path = tmp_path / "mine.h5"
    content = keras_files.path("2.15", "logits", "h5").read_bytes()
    kernel = np.float32(np.nan).tobytes()
    import h5py

    path.write_bytes(content)
    with h5py.File(path, "r+") as file:
        file["model_weights/dense/dense/kernel:0"][0, 0] = np.frombuffer(kernel, np.float32)[0]
    with pytest.raises(
        ModelError, match="layer 'dense' .Dense. has numbers in its weight 'kernel' that are not finite"
    ):
        import_keras(path)
