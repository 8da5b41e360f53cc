"""Models by name, and models that change on the disk while they are served."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier, load
from onelook.commands.serve import ServeLimits, Upload, load_for_serving
from onelook.errors import ConfigError, ModelError
from onelook.server.counters import Counters
from onelook.server.served_models import ServedModel, Source, named_paths


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["runs/cats-001"], {"cats-001": "runs/cats-001"}),
        (["runs/cats-001/model"], {"cats-001": "runs/cats-001/model"}),
        (["/model"], {"model": "/model"}),  # as a container has it
        (["old.zip", "mine=runs/a"], {"old": "old.zip", "mine": "runs/a"}),
        (["a-1.x=runs/a"], {"a-1.x": "runs/a"}),
        (["runs/a=b"], {"a=b": "runs/a=b"}),  # a path before a sign is no name
    ],
)
def test_names_models_after_their_runs_or_as_wanted(arguments, expected):
    assert {name: path.as_posix() for name, path in named_paths(arguments).items()} == expected


def test_a_folder_with_a_sign_in_its_name_is_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("lr=1").mkdir()
    assert named_paths(["lr=1"]) == {"lr=1": Path("lr=1")}


def test_two_models_of_one_name_are_refused():
    with pytest.raises(ConfigError, match=r"'a': one/a and two/a\. Name one: NAME=two/a"):
        named_paths(["one/a", "two/a"])


@pytest.fixture
def model_path(brightness_classifier, tmp_path) -> Path:
    return brightness_classifier.save(tmp_path / "run" / "model").parent


def served(path: Path) -> ServedModel:
    source = Source("model", load_for_serving(path), path, partial(load_for_serving, path))
    return ServedModel(source, ServeLimits(), Counters())


def first_answer(model: ServedModel, tmp_path: Path) -> str:
    file = tmp_path / "light.png"
    Image.new("L", (8, 8), 255).save(file)
    (answer,) = asyncio.run(model.predict([Upload("light.png", file.read_bytes())]))
    return answer.class_name


def test_a_model_that_is_written_anew_answers_from_then_on(model_path, numbers_model, tmp_path):
    model = served(model_path)
    asyncio.run(model.take_changes())
    before = model.service
    assert first_answer(model, tmp_path) == "light"
    load(numbers_model).save(model_path / "model")
    asyncio.run(model.take_changes())
    assert first_answer(model, tmp_path) == "010"
    assert model.service is not before


def test_a_file_that_is_written_over_in_its_place_with_as_many_bytes_is_a_change(model_path):
    loaded: list[str] = []

    def load_again() -> Classifier:
        loaded.append("again")
        return load_for_serving(model_path)

    source = Source("model", load_for_serving(model_path), model_path, load_again)
    model = ServedModel(source, ServeLimits(), Counters())
    weights = model_path / "model" / "weights.safetensors"
    before = weights.stat()
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000_000))
    for _ in range(2):
        asyncio.run(model.take_changes())
    assert loaded == ["again"]


def test_a_damaged_change_leaves_the_old_model_in_its_place(model_path, numbers_model, tmp_path, caplog):
    model = served(model_path)
    shutil.rmtree(model_path / "model")
    asyncio.run(model.take_changes())  # between the old one and the new one there is nothing
    assert first_answer(model, tmp_path) == "light"
    load(numbers_model).save(model_path / "model")
    whole = (model_path / "model" / "model.onnx").read_bytes()
    (model_path / "model" / "model.onnx").write_bytes(b"words")
    with caplog.at_level(logging.WARNING):
        asyncio.run(model.take_changes())
        asyncio.run(model.take_changes())
    assert first_answer(model, tmp_path) == "light"
    assert [record.getMessage().split(".")[0] for record in caplog.records] == [
        "model has changed, but cannot be loaded; the model of before answers on"
    ]
    (model_path / "model" / "model.onnx").write_bytes(whole)  # as where a copy arrives file by file
    asyncio.run(model.take_changes())
    assert first_answer(model, tmp_path) == "010"


def test_an_unexpected_error_leaves_the_old_model_and_the_next_change_is_taken(model_path, numbers_model, tmp_path):
    broken = [True]

    def load_again() -> Classifier:
        if broken.pop():
            raise MemoryError
        return load_for_serving(model_path)

    model = ServedModel(
        Source("model", load_for_serving(model_path), model_path, load_again), ServeLimits(), Counters()
    )
    load(numbers_model).save(model_path / "model")
    asyncio.run(model.take_changes())
    assert first_answer(model, tmp_path) == "light"
    broken.append(False)
    load(numbers_model).save(model_path / "model")
    asyncio.run(model.take_changes())
    assert first_answer(model, tmp_path) == "010"


def test_a_model_that_predicts_something_else_here_is_not_served(model_path, monkeypatch):
    probabilities = Classifier.probabilities
    monkeypatch.setattr(Classifier, "probabilities", lambda self, images: probabilities(self, images) + np.float32(0.1))
    with pytest.raises(ModelError, match="with onnx the golden pictures' probabilities differ by 0.1"):
        load_for_serving(model_path)
