"""Models that invert their pictures or cut out their content: kept in the card, from format 6 on."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.classifier.conftest import NETWORK, pictures
from tests.classifier.test_folder import forge
from tests.classifier.test_views import card_of

from onelook.classifier import Classifier, load, verify
from onelook.classifier.inputs import in_model_values
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.errors import ModelError
from onelook.settings.network import NetworkSettings, ZeroPad

Make = Callable[..., Classifier]


def test_they_are_kept_in_a_format_that_an_older_onelook_refuses(classifier: Classifier, tmp_path: Path) -> None:
    for changes in ({"invert": True}, {"crop_to_content": True}):
        saved = classifier.with_decode(**changes).save(tmp_path / "model")
        assert card_of(saved)["format_version"] == 6
        loaded = load(saved)
        assert loaded.decode == classifier.decode.model_copy(update=changes)
        assert verify(saved).passed
        back = loaded.with_decode(invert=False, crop_to_content=False)
        assert back.card.format_version == 1
        assert back.decode == classifier.decode


def test_other_settings_stay_as_they_were(make_classifier: Make) -> None:
    model = make_classifier().with_temperature(2.0).with_decode(invert=True)
    assert (model.card.temperature, model.card.format_version) == (2.0, 6)
    assert model.with_decode(crop_to_content=True).decode.invert
    assert model.with_decode(invert=False).card.format_version == 5
    assert model.with_temperature(1.0).card.format_version == 6


def test_a_changed_card_keeps_the_format_that_its_layers_need(classifier: Classifier) -> None:
    network = NetworkSettings(layers=(ZeroPad(top=1), *NETWORK.layers))
    card = classifier.card.model_copy(update={"network": network, "format_version": 7})
    assert card.with_temperature(2.0).format_version == 7
    assert card.with_decode(card.decode.model_copy(update={"invert": True})).format_version == 7


@pytest.mark.parametrize("field", ["invert", "crop_to_content"])
def test_a_card_of_an_older_format_cannot_have_them(classifier: Classifier, tmp_path: Path, field: str) -> None:
    folder = classifier.with_decode(invert=True).save(tmp_path / "model")
    decode = {**classifier.decode.model_dump(), field: True}
    forge(folder, lambda values: values.update(format_version=5, decode=decode))
    with pytest.raises(ModelError, match="inverted and cropped pictures came with format 6"):
        load(folder)


def as_png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def test_every_kind_of_picture_is_inverted_once(make_classifier: Make) -> None:
    model = make_classifier().with_decode(invert=True)
    picture = pictures(1)[0]
    for source in (picture, as_png(picture), Image.fromarray(picture)):
        assert np.array_equal(model.as_input(source), 255 - picture)
    expected = make_classifier().probabilities(255 - picture[np.newaxis])
    assert np.array_equal(model.predict_proba([picture]), expected)
    assert np.array_equal(model.predict_proba([as_png(picture)]), expected)


def test_values_of_a_model_s_own_range_are_inverted_in_it(make_classifier: Make) -> None:
    model = make_classifier(dtype="float32", value_range=(-1, 1)).with_decode(invert=True)
    values = (pictures(2) / 127.5 - 1).astype(np.float32)
    assert model.as_input(values[0]) == pytest.approx(-values[0], abs=1e-5)
    in_values = in_model_values(ArrayPictures(values, (-1, 1)), model.card)
    assert np.array_equal(in_values.decode(model.decode).images, 255 - pictures(2))


def test_pictures_in_an_array_are_inverted_too(classifier: Classifier) -> None:
    decode: Any = classifier.with_decode(invert=True).decode
    assert np.array_equal(ArrayPictures(pictures(3)).decode(decode).images, 255 - pictures(3))
    assert ArrayPictures(pictures(3)).decode(classifier.decode).images.base is None
