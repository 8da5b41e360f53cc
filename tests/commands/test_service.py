"""The service behind the HTTP API: each picture its own answer, and errors by name."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier
from onelook.commands import predict as module
from onelook.commands.predict import predict
from onelook.commands.serve import PictureService, Upload
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError
from onelook.evaluation.prediction.batch import PredictedBatch


def upload(name: str, shade: int) -> Upload:
    encoded = io.BytesIO()
    Image.new("L", (8, 8), shade).save(encoded, "PNG")
    return Upload(name, encoded.getvalue())


def test_pictures_are_answered_in_order_and_a_damaged_one_is_named(brightness_classifier: Classifier) -> None:
    service = PictureService(brightness_classifier)
    found = service.predict([upload("a", 255), upload("b", 0), upload("c", 255)])
    assert [getattr(one, "class_name", one) for one in found] == ["light", "dark", "light"]
    first, second, third = service.predict(
        [upload("a", 255), Upload("b.png", b"\x89PNG and no more"), Upload("c", b"")]
    )
    assert getattr(first, "class_name", None) == "light"
    assert [isinstance(one, DataError) for one in (second, third)] == [True, True]
    assert str(second).startswith("'b.png': ")
    assert str(third).startswith("'c': ")
    about = service.about()
    assert about["class_names"] == ["dark", "light"]
    assert about == brightness_classifier.card.model_dump(mode="json")


@pytest.mark.parametrize("is_large", [True, False])
def test_large_pictures_are_decoded_at_once_and_small_ones_by_one_thread(is_large: bool) -> None:
    """Small ones would only wait for each other."""
    here = threading.get_ident()
    meeting = threading.Barrier(2, timeout=30)
    threads: set[int] = set()

    def decode(content: bytes) -> np.ndarray[Any, Any]:
        threads.add(threading.get_ident())
        if is_large:
            meeting.wait()
        return np.full(1, content[0])

    def answer(pictures: list[Any]) -> list[Any]:
        return [SimpleNamespace(shade=int(picture[0]), unlike=None) for picture in pictures]

    classifier: Any = SimpleNamespace(as_input=decode, predict_decoded=answer)
    service = PictureService(classifier)
    service._decoders = ThreadPoolExecutor(2)
    size = 20_000 if is_large else 16_000
    found: list[Any] = service.predict([Upload(str(shade), bytes([shade]) * size) for shade in (5, 6)])
    assert [one.shade for one in found] == [5, 6]
    assert (threads == {here}) is not is_large


@pytest.mark.parametrize(
    ("model", "data", "is_swapped"),
    [
        ("photos", "run", True),
        ("run", "other-run", False),  # a run as the model
        ("run/model", "other-run", False),
        ("photos", "new-photos", False),
    ],
)
def test_a_run_in_the_place_of_the_pictures_is_pointed_out(
    model: str, data: str, is_swapped: bool, in_tmp: Path
) -> None:
    for folder in ("photos", "new-photos", "run/model", "other-run"):
        Path(folder).mkdir(parents=True)
    for file in ("run/run.json", "run/model/model.json", "other-run/run.json"):
        Path(file).write_text("{}")
    with pytest.raises(Exception) as refused:  # noqa: PT011 - the others are no models, which is another error
        predict(model, data)
    words = f"MODEL comes before DATA. Type:\n  onelook predict {data} {model}"
    assert (words in str(refused.value)) is is_swapped
    assert isinstance(refused.value, ConfigError) or not is_swapped


def test_only_the_pictures_that_a_sample_asks_for_are_wanted_and_they_stand_in_its_order(
    in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.zeros((3, 8, 8), np.uint8)
    opened = open_dataset({"train": (values, ["a", "b", "a"]), "test": (values, ["a", "b", "b"])})
    bare = {name: replace(part, labels=None) if name == "test" else part for name, part in opened.parts.items()}
    classifier: Any = SimpleNamespace(class_names=("a", "b"), pictures=None, decode=None, signature=None)
    probabilities = np.array([[0.5, 0.5]] * 3 + [[0.25, 0.75], [np.nan] * 2, [0.875, 0.125]], np.float32)
    asked: list[Any] = []

    class Stream:
        """Predicts three pictures at a time."""

        def __init__(self, *_: Any, wanted: Any, look_up: Any, start: int) -> None:
            assert start == 0
            asked.append((None if wanted is None else wanted.tolist(), look_up))

        def __iter__(self) -> Any:
            for first in (0, 3):
                ids = [f"p{row}" for row in range(first, first + 3)]
                yield PredictedBatch(ids, probabilities[first : first + 3], ("a", "b"))

        def unlike(self) -> None:
            return None

    for name, value in {
        "load": lambda _: classifier,
        "open_with": lambda *_, **__: replace(opened, parts=bare),
        "note_given": lambda dataset, _: dataset,
        "with_size_note": lambda dataset, _: dataset,
        "PredictionStream": Stream,
    }.items():
        monkeypatch.setattr(module, name, value)
    Path("sample.csv").write_text("id,b\n3,0.5\n1,0.5\n2,0.5\n")
    found = predict("m", "d", "out.csv", like="sample.csv")
    assert asked.pop() == ([False] * 3 + [True] * 3, None)
    assert Path("out.csv").read_text() == "id,b\n3,0.125\n1,0.75\n2,0.5\n"  # what cannot be read: as likely as not
    assert (list(found.batch.ids), found.rows, found.out) == (["p5", "p3", "p4"], 3, Path("out.csv"))
    assert np.isnan(found.batch.probabilities[2]).all()
    everything = predict("m", "d")
    assert asked.pop() == (None, None)
    assert (everything.rows, everything.out, everything.explanation) == (6, None, None)
    assert [row["label"] for row in everything.to_dict()["predictions"]] == ["a", "a", "a", "b", None, "a"]  # type: ignore[attr-defined]
