"""Predictions for all parts of a data set: each row its own, whatever is unread, not needed or in another part."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.classifier.picture_list import SeenPictures
from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.pictures.protocol import Decoded, OnProgress, PictureFacts
from onelook.evaluation.prediction import stream as stream_module
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions, join_batches
from onelook.evaluation.prediction.stream import PredictionStream
from onelook.evaluation.size_note import with_size_note
from onelook.settings import DecodeSettings


class Pixels:
    """Pictures of one pixel each; None is one that cannot be read. It notes that it was decoded."""

    def __init__(self, *values: int | None) -> None:
        self.values = values
        self.is_decoded = False

    def __len__(self) -> int:
        return len(self.values)

    def facts(self) -> PictureFacts:
        return PictureFacts({(1, 1): len(self)}, 1, "uint8", (0.0, 255.0))

    def decode(self, settings: DecodeSettings, on_progress: OnProgress | None = None, **_: Any) -> Decoded:
        self.is_decoded = True
        kept = [at for at, value in enumerate(self.values) if value is not None]
        images = np.array([self.values[at] for at in kept], np.uint8).reshape(-1, 1, 1, 1)
        if on_progress is not None:
            on_progress(len(self), len(self))
        broken = {at: f"broken {at}" for at, value in enumerate(self.values) if value is None}
        return Decoded(images, np.array(kept, np.int64), broken)


class Percent:
    """A classifier whose first class is as likely as the pixel says, in percent."""

    class_names = ("cat", "dog")
    decode = DecodeSettings(height=1, width=1, channels=1)
    card = SimpleNamespace(value_range=(0.0, 255.0))
    pictures: Listed | None = None  # the list of the pictures that it was trained on

    signature = None  # it does not know what its training pictures look like

    def judge(self, images: np.ndarray) -> tuple[np.ndarray, None]:
        first = images.reshape(-1, 1).astype(np.float32) / 100
        return np.hstack([first, 1 - first]), None


class Listed:
    """The list of a model's pictures: 30 was seen as it is, 70 and 90 altered. A picture's pixel is its fingerprint."""

    def fingerprint(self, images: np.ndarray, rows: np.ndarray, *, value_range: tuple[float, float]) -> np.ndarray:
        return images.reshape(-1)[rows]

    def find(self, pixels: np.ndarray) -> SeenPictures:
        return SeenPictures(pixels == 30, (pixels == 70) | (pixels == 90))


PARTS = {"train": Pixels(10, None, 30), "val": Pixels(None), "test": Pixels(70, 80, None, 90)}


@pytest.fixture(autouse=True, params=[256, 2])
def _rows_of_a_batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part in one batch, and in batches of two: what is said of a picture is the same."""
    monkeypatch.setattr(stream_module, "_FEWEST_ROWS", request.param)
    monkeypatch.setattr(stream_module, "BATCH_SIZE", request.param)


@pytest.fixture
def parts() -> dict[str, Pixels]:
    return {name: Pixels(*pixels.values) for name, pixels in PARTS.items()}


def predicted(
    parts: dict[str, Pixels], wanted: list[int] | None = None, **more: Any
) -> tuple[PredictedBatch, dict[str, list[str]]]:
    """The predictions, and the ids of the pictures that the model has seen."""
    made: dict[str, Part] = {}
    for name, pixels in parts.items():
        ids = tuple(f"{name}/{row}" for row in range(1, len(pixels) + 1))
        made[name] = Part(name, ids, None, pixels)  # type: ignore[arg-type]
    dataset = Dataset("d", "arrays", "w", (), made, "f")
    which = None if wanted is None else np.isin(np.arange(8), wanted)
    classifier, look_up = Percent(), more.get("look_up")
    classifier.pictures = more.get("pictures")
    stream = PredictionStream(
        classifier,  # type: ignore[arg-type]
        dataset,
        PredictionOptions(),
        more.get("on_progress"),
        wanted=which,
        look_up=look_up,
        start=more.get("start", 0),
    )
    return join_batches(list(stream)), stream.seen


def unreadable(found: PredictedBatch) -> dict[str, str]:
    return {found.ids[row]: reason for row, reason in found.unreadable.items()}


def firsts(found: PredictedBatch) -> list[int]:
    """The percent of the first class of each picture; -1 where there is none."""
    return np.nan_to_num(found.probabilities[:, 0] * 100, nan=-1).round().astype(int).tolist()


def test_each_picture_has_its_row_and_what_cannot_be_read_has_none(parts: dict[str, Pixels]) -> None:
    calls: list[tuple[int, int]] = []
    found, _ = predicted(parts, on_progress=lambda done, total: calls.append((done, total)))
    assert tuple(found.ids) == ("train/1", "train/2", "train/3", "val/1", "test/1", "test/2", "test/3", "test/4")
    assert firsts(found) == [10, -1, 30, -1, 70, 80, -1, 90]
    assert found.probabilities.dtype == np.float32
    assert unreadable(found) == {"train/2": "broken 1", "val/1": "broken 0", "test/3": "broken 2"}
    assert calls == [(3, 8), (4, 8), (8, 8)]  # over all parts


def test_parts_of_which_nothing_is_needed_are_not_decoded(parts: dict[str, Pixels]) -> None:
    found, _ = predicted(parts, wanted=[5, 7])
    assert [pixels.is_decoded for pixels in parts.values()] == [False, False, True]
    assert firsts(found) == [-1, -1, -1, -1, 70, 80, -1, 90]
    assert unreadable(found) == {}  # the third of the test pictures is not needed
    assert unreadable(predicted(parts, wanted=[1, 6])[0]) == {"train/2": "broken 1", "test/3": "broken 2"}


@pytest.mark.parametrize(
    ("looked_up", "wanted", "exact", "near"),
    [
        ([True] * 8, None, ["train/3"], ["test/1", "test/4"]),  # beside pictures that cannot be read
        ([True] * 7 + [False], None, ["train/3"], ["test/1"]),
        ([False] * 4 + [True] * 4, None, [], ["test/1", "test/4"]),
        ([True] * 8, [4], [], ["test/1", "test/4"]),  # no picture of the training part is needed
        (None, None, [], []),
    ],
)
def test_pictures_that_were_seen_are_named_among_those_that_are_looked_up(
    parts: dict[str, Pixels], looked_up: list[bool] | None, wanted: list[int] | None, exact: list[str], near: list[str]
) -> None:
    look_up = None if looked_up is None else np.array(looked_up)
    _, seen = predicted(parts, wanted, pictures=Listed(), look_up=look_up)
    assert seen == {"exact": exact, "near": near}


def test_unlike_pictures_are_told_by_their_places_in_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    class Judge(Percent):
        signature = "known"

        def judge(self, images: np.ndarray) -> Any:
            return super().judge(images)[0], SimpleNamespace(is_unlike=images.reshape(-1) > 50, statistics=None)

    told: list[tuple[str, int]] = []

    class Collector:
        def __init__(self, classifier: object) -> None: ...

        def add(self, unlikeness: Any, pictures: Pixels, kept: np.ndarray, ids: tuple[str, ...]) -> None:
            if unlikeness is not None:
                told.extend((ids[at], pictures.values[at] or -1) for at in kept[unlikeness.is_unlike])

    monkeypatch.setattr(stream_module, "UnlikeCollector", Collector)
    made = {
        name: Part(name, tuple(f"{name}/{row}" for row in range(len(pixels))), None, pixels)  # type: ignore[arg-type]
        for name, pixels in {"a": Pixels(10, 60, None, 70, 80), "b": Pixels(90, 20, 99)}.items()
    }
    dataset = Dataset("d", "arrays", "w", (), made, "f")
    batches = list(PredictionStream(Judge(), dataset, PredictionOptions()))  # type: ignore[arg-type]
    assert told == [("a/1", 60), ("a/3", 70), ("a/4", 80), ("b/0", 90), ("b/2", 99)]
    assert [each for batch in batches for each in np.atleast_1d(batch.unlike).tolist()] == [
        *[False, True, False, True, True],
        *[True, False, True],
    ]


def test_a_stream_begins_at_a_row_of_a_later_part(parts: dict[str, Pixels]) -> None:
    found, seen = predicted(parts, start=6, pictures=Listed(), look_up=np.ones(8, np.bool_))
    assert tuple(found.ids) == ("test/3", "test/4")
    assert firsts(found) == [-1, 90]
    assert unreadable(found) == {"test/3": "broken 2"}
    assert seen == {"exact": [], "near": ["test/4"]}
    assert [pixels.is_decoded for pixels in parts.values()] == [False, False, True]


@pytest.mark.parametrize(
    ("layout", "sizes", "note"),
    [
        ("pixel-csv", {(8, 20): 3}, "8×20"),
        ("pixel-csv", {(28, 8): 3}, "28×8"),
        ("pixel-csv", {(28, 20): 3}, None),  # the model's own
        ("pixel-csv", {(8, 20): 3, (9, 9): 1}, None),  # many sizes are resized in training too
        ("class-folders", {(8, 20): 3}, None),
    ],
)
def test_a_table_of_another_size_than_the_model_s_is_pointed_out(
    layout: str, sizes: dict[tuple[int, int], int], note: str | None
) -> None:
    pixels = Pixels(10, 20)
    pixels.facts = lambda: PictureFacts(sizes, 1, "uint8", (0.0, 255.0))  # type: ignore[method-assign]
    parts = {"all": Part("all", ("1", "2"), None, pixels)}
    dataset = Dataset("drawn", layout, "drawn", ("cat", "dog"), parts, "fingerprint", notes=("first",))
    classifier: Any = SimpleNamespace(card=SimpleNamespace(input_shape=(28, 20, 1)))
    words = (
        f"The pictures are {note}, and the model was trained on 28×20: they are resized. Is this the right data for "
        "the model?"
    )
    assert with_size_note(dataset, classifier).notes == ("first", *([words] if note else []))


@pytest.mark.parametrize(
    ("own", "channels", "sizes", "note"),
    [
        (
            (8, 8),
            1,
            {(300, 200): 1, (149, 320): 3},
            "are 149×320 to 300×200 and have colour … grey ones of 8×8: they are resized, and their colour is left out",
        ),
        ((8, 8), 3, {(300, 200): 9}, "are 300×200 … 8×8: they are resized"),
        ((28, 28), 1, {(28, 28): 9}, "have colour … grey ones: their colour is left out"),
        ((128, 128), 3, {(3000, 4000): 9}, None),  # photographs are resized in training too
        ((32, 32), 3, {(128, 128): 9}, "are 128×128 … 32×32: they are resized"),
        ((32, 32), 3, {(300, 300): 8, (127, 128): 1}, None),  # of many sizes: some are not far larger
        ((8, 8), 1, {}, None),  # no header can be read
        ((40, 40), 3, {(160, 160): 9}, "are 160×160 … 40×40: they are resized"),  # a model for small pictures, at most
        ((40, 41), 3, {(999, 999): 9}, None),
        ((41, 40), 3, {(999, 999): 9}, None),  # neither side is larger
    ],
)
def test_picture_files_that_are_of_another_kind_than_the_model_s_are_pointed_out(
    own: tuple[int, int], channels: int, sizes: dict[tuple[int, int], int], note: str | None
) -> None:
    pixels = Pixels(10, 20)
    pixels.facts = lambda: PictureFacts(sizes, 3, "uint8", (0.0, 255.0))  # type: ignore[method-assign]
    parts = {"all": Part("all", ("1", "2"), None, pixels)}
    dataset = Dataset("drawn", "picture-folder", "drawn", ("cat", "dog"), parts, "fingerprint")
    classifier: Any = SimpleNamespace(card=SimpleNamespace(input_shape=(*own, channels)))
    (*notes,) = with_size_note(dataset, classifier).notes
    if note is None:
        assert notes == []
    else:
        found, expected = note.split(" … ")
        assert notes == [
            f"The pictures {found}, and the model was trained on {expected}. Is this the right data for the model?"
        ]


def test_one_picture_is_one() -> None:
    pixels = Pixels(10)
    pixels.facts = lambda: PictureFacts({(300, 200): 1}, 3, "uint8", (0.0, 255.0))  # type: ignore[method-assign]
    dataset = Dataset("d", "picture-folder", "d", (), {"all": Part("all", ("1",), None, pixels)}, "fingerprint")
    classifier: Any = SimpleNamespace(card=SimpleNamespace(input_shape=(8, 8, 1)))
    (note,) = with_size_note(dataset, classifier).notes
    assert note.startswith(
        "The picture is 300×200 and has colour, and the model was trained on grey ones of 8×8: it is "
    )
