"""The service behind the HTTP API: each picture its own answer, one prediction at a time, and errors by name."""

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
from onelook.evaluation.predict_dataset import DatasetPredictions


def upload(name: str, shade: int) -> Upload:
    encoded = io.BytesIO()
    Image.new("L", (8, 8), shade).save(encoded, "PNG")
    return Upload(name, encoded.getvalue())


def test_pictures_are_answered_in_order_and_a_damaged_one_is_named(brightness_classifier: Classifier) -> None:
    service = PictureService(brightness_classifier)
    found = service.predict([upload("a", 255), upload("b", 0), upload("c", 255)])
    assert [one.class_name for one in found] == ["light", "dark", "light"]
    with pytest.raises(DataError, match=r"^'b\.png': "):
        service.predict([upload("a", 255), Upload("b.png", b"\x89PNG and no more"), Upload("c", b"")])
    about = service.about()
    assert about["class_names"] == ["dark", "light"]
    assert about == brightness_classifier.card.model_dump(mode="json")


def test_requests_at_once_are_predicted_one_after_the_other() -> None:
    """A predictor uses all cores by itself; pictures are decoded at once all the same."""
    running = threading.Semaphore(1)
    decoding = threading.Barrier(2, timeout=30)
    overlaps: list[bool] = []

    def decode(content: bytes) -> bytes:
        decoding.wait()  # both requests are here at the same time
        return content

    def answer(pictures: list[bytes]) -> list[Any]:
        is_alone = running.acquire(blocking=False)
        overlaps.append(not is_alone)
        threading.Event().wait(0.02)  # long enough for the other to come
        if is_alone:
            running.release()
        return [SimpleNamespace(content=picture, unlike=None) for picture in pictures]

    classifier: Any = SimpleNamespace(as_input=decode, predict_decoded=answer)
    service = PictureService(classifier)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda name: service.predict([Upload(name, name.encode())]), "ab"))
    assert [[one.content for one in each] for each in found] == [[b"a"], [b"b"]]
    assert overlaps == [False, False]


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
    classifier: Any = SimpleNamespace(class_names=("a", "b"), pictures=None, decode=None)
    probabilities = np.array([[0.5, 0.5]] * 3 + [[0.25, 0.75], [np.nan] * 2, [0.875, 0.125]], np.float32)
    asked: list[Any] = []

    def predict_dataset(*_: Any, wanted: Any, look_up: Any) -> DatasetPredictions:
        asked.append((None if wanted is None else wanted.tolist(), look_up))
        return DatasetPredictions(tuple(f"p{row}" for row in range(6)), probabilities, {}, {})

    for name, value in {
        "load": lambda _: classifier,
        "open_with": lambda *_, **__: replace(opened, parts=bare),
        "note_given": lambda dataset, _: dataset,
        "with_size_note": lambda dataset, _: dataset,
        "predict_dataset": predict_dataset,
    }.items():
        monkeypatch.setattr(module, name, value)
    Path("sample.csv").write_text("id,b\n3,0.5\n1,0.5\n2,0.5\n")
    found = predict("m", "d", "out.csv", like="sample.csv")
    assert asked.pop() == ([False] * 3 + [True] * 3, None)
    assert Path("out.csv").read_text() == "id,b\n3,0.125\n1,0.75\n2,0.5\n"  # what cannot be read: as likely as not
    assert (list(found.ids), found.rows, found.out) == (["p5", "p3", "p4"], 3, Path("out.csv"))
    assert np.isnan(found.probabilities[2]).all()
    everything = predict("m", "d")
    assert asked.pop() == (None, None)
    assert (everything.rows, everything.out, everything.explanation) == (6, None, None)
    assert [row["label"] for row in everything.to_dict()["predictions"]] == ["a", "a", "a", "b", None, "a"]  # type: ignore[attr-defined]
