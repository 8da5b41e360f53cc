"""Imported networks predict what Keras predicts, to 1e-5: the tutorials' own, and every kind of layer."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.fixtures.keras.networks import LAYERS, TUTORIALS
from tests.fixtures.keras.pictures import draw_pictures
from tests.models.keras.conftest import EXPECTED, VERSIONS, KerasFiles, expected

from onelook.commands.import_keras import import_keras

ENDINGS = ("keras", "h5")
ALL_FOUR = ("nested", "nested-trainable", "shared", "arithmetic", "normalization")  # whose weights are stored otherwise
CASES = {**LAYERS, **TUTORIALS}


def is_quick(version: str, name: str, ending: str) -> bool:
    """Two of the four files of most networks are enough for each change; the largest have 50 MB."""
    if name == "dogs-vs-cats":
        return False
    return name in ALL_FOUR or (version == "2.15") == (ending == "h5")


FILES = [
    pytest.param(version, name, ending, marks=() if is_quick(version, name, ending) else pytest.mark.end_to_end)
    for version, name, ending in product(VERSIONS, CASES, ENDINGS)
    if name in EXPECTED[version]["outputs"]
]


@pytest.mark.parametrize(("version", "name", "ending"), FILES)
def test_predicts_as_keras_does(version: str, name: str, ending: str, keras_files: KerasFiles) -> None:
    case = CASES[name]
    notes: list[str] = []
    scale = case.scale if case.scale == "signed" else None  # the others are found
    classifier = import_keras(keras_files.path(version, name, ending), scale=scale, say=notes.append)
    assert classifier.card.input_shape == case.picture
    found, wanted = classifier.probabilities(draw_pictures(*case.picture)), expected(version, name)
    assert wanted.std(axis=0).max() > 0.002, "the pictures make no difference: nothing would be compared"
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert (classifier.card.engine_difference or 0) < 1e-5  # torch gives the same
    assert any("--scale unit" in note for note in notes) == (case.scale == "unit")
    assert any("from_logits=True" in note for note in notes) == ("logit" in name)
    assert classifier.card.training["keras_version"] == EXPECTED[version]["keras"]


def test_every_stored_network_was_written_by_both(keras_files: KerasFiles) -> None:
    assert set(EXPECTED["3.15"]["outputs"]) == set(CASES)
    assert set(CASES) - set(EXPECTED["2.15"]["outputs"]) == {"new-activations"}
