"""The values and the ground that are chosen for a data set from a look at its pixels, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.data.pictures.drawn import dicom, png, tiff

from onelook.data.dataset import Dataset
from onelook.data.decode_settings import (
    choose_decode_settings,
    note_choices,
    note_given,
)
from onelook.data.open import open_dataset
from onelook.data.part import Part
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.protocol import PictureFacts, PixelSurvey
from onelook.data.pictures.survey_choices import choose_deep_range, choose_ground
from onelook.data.storage.location import Location
from onelook.settings import DecodeSettings


def write(root: Path, *contents: bytes, suffix: str = "png") -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        (root / f"{number}.{suffix}").write_bytes(content)
    return root


def survey(root: Path) -> PixelSurvey:
    location = Location(root)
    return FilePictures(location, location.entries()).survey()


def opened(root: Path) -> Dataset:
    return open_dataset(root, for_training=False, needs_labels=False)


def noted(root: Path) -> str:
    return " ".join(note_choices(opened(root)).notes)


def gradient(low: float, high: float, dtype: Any = np.uint16) -> np.ndarray:
    return np.linspace(low, high, 64).reshape(8, 8).astype(dtype)


# --- values


def depth(low: float, high: float, usual: tuple[float, float] | None = None, **more: Any) -> PixelSurvey:
    usual_low, usual_high = usual or (low, high)
    return PixelSurvey(deep=10, low=low, high=high, usual_low=usual_low, usual_high=usual_high, **more)


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (depth(0, 255), (0, 255)),
        (depth(0, 256), (0, 1_023)),
        (depth(900, 1_023), (0, 1_023)),
        (depth(0, 1_024), (0, 4_095)),
        (depth(0, 16_383), (0, 16_383)),
        (depth(29_315, 31_315), (29_315, 31_315)),  # hundredths of a kelvin: of 16 bits they are but eight steps of 256
        (depth(0.01, 0.05, is_float=True), (0.01, 0.05)),
        (depth(0, 16_384), None),  # all of 16 bits, as a file says itself
        (depth(0, 65_536), (0, 65_536)),  # more than 16: as measured
        (depth(-5, 100), (-5, 100)),
        (depth(0.25, 0.5, is_float=True), (0, 1)),
        (depth(0.25, 1.5, is_float=True), (0.25, 1.5)),
        (depth(7, 7, is_float=True), (7, 8)),
        (depth(-32_768, 3_071, usual=(-1_000, 900)), (-1_000, 900)),  # nor does the value that stands for no data
        (depth(0, 60_000, usual=(2, 1_000)), (0, 1_023)),  # a hot pixel says nothing of the others
        (depth(0, 60_000, usual=(2, 9_000)), None),
        (depth(-1_024, 3_071, windows=10, window_low=-160, window_high=240), (-160, 240)),
        (depth(0, 3_071, windows=4, window_low=-160, window_high=240), (0, 4_095)),  # of ten, four are too few
        (depth(0, 3_071, windows=5, window_low=-160, window_high=240), (-160, 240)),  # half of them are enough
        (PixelSurvey(), None),
    ],
)
def test_the_range_is_that_of_the_bits_or_else_the_measured_one(
    found: PixelSurvey, chosen: tuple[float, float] | None
) -> None:
    assert choose_deep_range(found) == chosen


def test_values_are_measured_in_every_deep_picture_and_in_no_other(tmp_path: Path) -> None:
    eight = np.full((8, 8), 255, np.uint8)
    root = write(tmp_path / "deep", png(gradient(100, 4_000)), png(gradient(7, 90)), png(eight), b"no picture")
    found = survey(root)
    assert (found.deep, found.low, found.high, found.is_float, found.clear) == (2, 7, 4_000, False, 0)
    assert survey(root) == found  # from the cache


def test_a_sample_is_spread_over_all_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.data.pictures.survey.SAMPLE", 3)
    deep = [png(gradient(1_000 + number, 2_000 + number)) for number in range(9)]  # 0, 4 and 8 are looked at
    found = survey(write(tmp_path / "deep", *deep))
    assert (found.deep, found.low, found.high) == (3, 1_000, 2_008)
    clear = [icon(255 if number in (0, 4, 8) else 0) for number in range(9)]
    found = survey(write(tmp_path / "clear", *clear))
    assert (found.clear, found.empty["white"]) == (3, 3)


def test_deep_colour_is_measured_by_all_of_its_bits(tmp_path: Path) -> None:
    colour = np.stack([gradient(3, 900)] * 3, axis=2)
    found = survey(write(tmp_path / "colour", png(colour), tiff(colour)))
    assert (found.deep, found.low, found.high) == (2, 3, 900)


def test_floats_and_windows_are_noticed(tmp_path: Path) -> None:
    floats = gradient(0.25, 0.75, np.float32)
    floats[0, 0] = np.nan
    found = survey(write(tmp_path / "floats", tiff(floats), suffix="tif"))
    assert (found.deep, found.is_float, found.low, found.high) == (1, True, float(floats[0, 1]), 0.75)
    shown = [dicom(gradient(0, 3_000), centre=centre, width="101") for centre in ("50.5", "200.5")]
    found = survey(write(tmp_path / "dicom", *shown, dicom(gradient(0, 3_000), bits=16), suffix="dcm"))
    assert (found.deep, found.windows, found.window_low, found.window_high) == (3, 2, 0, 250)


def test_a_value_far_from_all_others_stands_for_no_data(tmp_path: Path) -> None:
    for number, none in enumerate((-9_999.0, -3.4e38, 1e9)):
        floats = gradient(0.25, 0.75, np.float32)
        floats[:3] = none
        found = survey(write(tmp_path / str(number), tiff(floats), suffix="tif"))
        assert (found.low, found.high) == (float(floats[3:].min()), 0.75)
        assert list(found.no_data) == [float(np.float32(none))]
        assert found.low <= found.usual_low < found.usual_high <= found.high
        assert choose_deep_range(found) == (0, 1)
    assert "-9,999 is taken to mean that there is no data" in noted(tmp_path / "0")
    mask = np.array([[0, 60_000]] * 2, np.uint16)  # nothing in between: both are data
    assert not survey(write(tmp_path / "mask", png(mask))).no_data


def test_the_range_comes_from_the_pictures_to_train_on_alone(tmp_path: Path) -> None:
    for part, high in (("train", 1_000), ("val", 4_000), ("test", 60_000)):
        for name in ("a", "b"):
            write(tmp_path / "data" / part / name, png(gradient(0, high)))
    assert choose_decode_settings(open_dataset(tmp_path / "data")).deep_range == (0, 1_023)


def test_what_is_assumed_of_values_is_said(tmp_path: Path) -> None:
    twelve = noted(write(tmp_path / "twelve", png(gradient(0, 4_000))))
    assert "values of 12 bits (from 0 to 4,000 in 1 picture looked at): 0 to 4,095 become 0 to 255" in twelve
    sixteen = noted(write(tmp_path / "sixteen", png(gradient(0, 65_000))))
    assert "values of 16 bits (from 0 to 65,000 in 1 picture looked at): 0 to 65,535 become 0 to 255" in sixteen
    hot = np.tile(gradient(0, 900), (8, 8))
    hot[0, :2] = 40_000, 60_000
    assert "what lies beyond is cut off" in noted(write(tmp_path / "hot", png(hot)))
    assert noted(write(tmp_path / "eight", png(np.zeros((8, 8), np.uint8)))) == ""


def test_values_beyond_those_of_a_model_are_said(tmp_path: Path) -> None:
    data = opened(write(tmp_path / "new", png(gradient(0, 9_000))))
    narrow, wide = (DecodeSettings(height=8, width=8, channels=1, deep_range=(0, high)) for high in (4_095, 16_383))
    assert "from 0 to 9,000, and the model was trained on 0 to 4,095" in " ".join(note_given(data, narrow).notes)
    assert note_given(data, wide).notes == ()
    hot = np.tile(gradient(0, 900), (8, 8))
    hot[0, :2] = 40_000, 60_000  # a few pixels of a camera, and no data of another kind
    assert note_given(opened(write(tmp_path / "hot", png(hot))), narrow).notes == ()
    assert note_given(data, DecodeSettings(height=8, width=8, channels=1)).notes == ()


class _Surveyed(ArrayPictures):
    """Pictures of which the survey is known."""

    found: PixelSurvey

    def survey(self) -> PixelSurvey:
        return self.found


def surveyed(found: PixelSurvey) -> Dataset:
    pictures = _Surveyed(np.zeros((4, 8, 8, 1), np.uint8))
    object.__setattr__(pictures, "found", found)
    return Dataset("made-up", "arrays", "because", (), {"all": Part("all", list("1234"), None, pictures)}, "0")


EVERYWHERE = "become 0 to 255 in all of them, here and wherever the model is used"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (depth(0, 4_000), f"12 bits (from 0 to 4,000 in 10 pictures looked at): 0 to 4,095 {EVERYWHERE}."),
        (depth(0, 65_000), "16 bits (from 0 to 65,000 in 10 pictures looked at): 0 to 65,535 become 0 to 255."),
        (depth(-1, 4_095), f"more than 8 bits (from -1 to 4,095 in 10 pictures looked at): -1 to 4,095 {EVERYWHERE}."),
        (
            depth(0.0, 0.8, is_float=True),
            f"more than 8 bits (from 0 to 0.8 in 10 pictures looked at): 0 to 1 {EVERYWHERE}.",
        ),
        (
            depth(0.0, 255.0, is_float=True),
            f"more than 8 bits (from 0 to 255 in 10 pictures looked at): 0 to 255 {EVERYWHERE}.",
        ),
        (
            depth(0, 60_000, (0, 900), no_data=(-3.4028235e38, 65_535.0)),
            f"10 bits (from 0 to 60,000 in 10 pictures looked at): 0 to 1,023 {EVERYWHERE}; what lies beyond is cut "
            "off; -3.403e+38 and 65,535 are taken to mean that there is no data.",
        ),
        (
            depth(0, 4_095, no_data=(-9_999.0,)),
            f"12 bits (from 0 to 4,095 in 10 pictures looked at): 0 to 4,095 {EVERYWHERE}; -9,999 is taken to mean "
            "that there is no data.",
        ),
        (
            depth(0, 4_000, windows=5, window_low=100, window_high=4_000),
            "more than 8 bits (from 0 to 4,000 in 10 pictures looked at, and the files say which of them to show): "
            f"100 to 4,000 {EVERYWHERE}; what lies beyond is cut off.",
        ),
        (
            depth(0, 4_000, windows=5, window_low=0, window_high=900.5),
            "more than 8 bits (from 0 to 4,000 in 10 pictures looked at, and the files say which of them to show): "
            f"0 to 900.5 {EVERYWHERE}; what lies beyond is cut off.",
        ),
    ],
)
def test_what_is_done_with_deep_values_is_a_whole_sentence(found: PixelSurvey, words: str) -> None:
    assert note_choices(surveyed(found)).notes == (f"The pictures hold values of {words}",)


@pytest.mark.parametrize(
    ("usual", "is_said"),
    [((100, 1_100), False), ((50, 1_150), False), ((49, 1_100), True), ((100, 1_151), True), ((49, 1_151), True)],
)
def test_values_beyond_a_model_at_either_end_are_said(usual: tuple[float, float], is_said: bool) -> None:
    model = DecodeSettings(height=8, width=8, channels=1, deep_range=(100, 1_100))
    note = (
        "The pictures hold values from 0 to 9,000, and the model was trained on 100 to 1,100: what lies beyond is cut "
        "off. Is this the data that it is for?"
    )
    assert note_given(surveyed(depth(0, 9_000, usual)), model).notes == ((note,) if is_said else ())


# --- size and channels


@pytest.mark.parametrize(
    ("parts", "chosen"),
    [
        ({"train": (8, 6), "test": (16, 16, 3)}, (8, 6, 1)),  # the test pictures decide nothing
        ({"train": (8, 6, 3), "test": (16, 16)}, (8, 6, 3)),
        ({"train": (8, 6), "val": (8, 6, 3), "test": (8, 6)}, (8, 6, 3)),
        ({"train": (8, 6), "val": (6, 8)}, (128, 128, 1)),
        ({"train": (256, 200)}, (256, 200, 1)),
        ({"train": (257, 20)}, (128, 128, 1)),
    ],
)
def test_the_size_is_the_one_that_the_pictures_to_learn_from_share(
    parts: dict[str, tuple[int, ...]], chosen: tuple[int, int, int]
) -> None:
    arrays = {part: np.zeros((2, *shape), np.uint8) for part, shape in parts.items()}
    found = choose_decode_settings(open_dataset(arrays, for_training=False))
    assert (found.height, found.width, found.channels) == chosen


# --- ground


def icon(colour: int, *, is_opaque: bool = False) -> bytes:
    """A square of one grey in the middle of a picture that is transparent around it."""
    pixels = np.full((16, 16, 4), colour, np.uint8)
    pixels[..., 3] = 255 if is_opaque else 0
    pixels[4:12, 4:12, 3] = 255
    return png(pixels)


@pytest.mark.parametrize(
    ("colours", "ground"),
    [
        ([255] * 4, "black"),
        ([0] * 4, "white"),
        ([128] * 4, "white"),
        ([255, 255, 0, 0], "grey"),
        ([255, *[0] * 30], "white"),  # one of 31 is not many
    ],
)
def test_the_ground_leaves_something_of_the_pictures(tmp_path: Path, colours: list[int], ground: str) -> None:
    root = write(tmp_path / "icons", *map(icon, colours))
    assert choose_decode_settings(opened(root)).ground == ground


def test_only_pictures_with_transparent_parts_have_a_say(tmp_path: Path) -> None:
    opaque = [icon(255, is_opaque=True)] * 30  # white all over, with an alpha that hides nothing
    found = survey(write(tmp_path / "icons", icon(255), *opaque))
    assert (found.clear, dict(found.empty)) == (1, {"white": 1, "black": 0, "grey": 0})
    assert choose_ground(found) == "black"


def test_a_picture_that_every_ground_leaves_empty_is_no_ground_s_fault(tmp_path: Path) -> None:
    found = survey(write(tmp_path / "icons", png(np.zeros((8, 8, 4), np.uint8))))
    assert (found.clear, dict(found.empty)) == (1, {"white": 0, "black": 0, "grey": 0})


def test_alpha_of_every_kind_is_looked_at(tmp_path: Path) -> None:
    white = Image.new("L", (16, 16), 255)
    shape = Image.new("L", (16, 16), 0)
    shape.paste(255, (4, 4, 12, 12))
    root = tmp_path / "kinds"
    root.mkdir()
    Image.merge("LA", (white, shape)).save(root / "la.png")
    palette = shape.point(lambda value: int(value > 0)).convert("P")
    palette.putpalette([255] * 6 + [0] * 762)
    palette.save(root / "palette.png", transparency=0)
    Image.merge("RGBA", (white, white, white, shape)).save(root / "rgba.webp", lossless=True)
    found = survey(root)
    assert (found.clear, found.empty["white"], found.empty["black"]) == (3, 3, 0)


@pytest.mark.parametrize(("of_still", "of_frames"), [(255, 0), (0, 255)])
def test_of_an_animation_the_first_frame_has_a_say_and_not_the_picture_for_others(
    of_still: int, of_frames: int, tmp_path: Path
) -> None:
    still, first, second = (Image.open(BytesIO(icon(value))) for value in (of_still, of_frames, of_frames))
    root = tmp_path / "icons"
    root.mkdir()
    still.save(root / "1.png", save_all=True, default_image=True, append_images=[first, second])
    found = survey(root)
    assert (found.clear, found.empty["white"]) == (1, int(of_frames == 255))


def test_another_ground_is_said(tmp_path: Path) -> None:
    assert (
        "White under the transparent parts leaves nothing of 3 of 3 pictures that have such parts: they are laid on "
        "black" in noted(write(tmp_path / "icons", *map(icon, (255, 254, 253))))
    )
    assert noted(write(tmp_path / "dark", icon(0))) == ""


# --- kinds


def test_frames_and_pages_beyond_the_first_are_said(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    root = tmp_path / "moving"
    root.mkdir()
    for name in ("a.gif", "b.webp", "c.png", "d.tif"):
        first.save(root / name, save_all=True, append_images=[second])
    for name in ("e.gif", "f.webp", "g.png", "h.tif"):
        first.save(root / name)
    text = noted(root)
    assert "3 of 8 pictures are animated: the first frame is read." in text
    assert "1 of 8 pictures has several pages: the first page is read." in text
    assert (
        note_given(opened(root), DecodeSettings(height=8, width=8, channels=3)).notes
        == note_choices(opened(root)).notes
    )


def test_the_kinds_are_counted_over_all_parts(tmp_path: Path) -> None:
    first, second = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    for part, still, moving in (("train", 3, 1), ("test", 1, 2)):
        for name in ("a", "b"):
            write(tmp_path / "data" / part / name, *[png(np.zeros((8, 8), np.uint8))] * still)
            for number in range(moving):
                path = tmp_path / "data" / part / name / f"{number}.gif"
                first.save(path, save_all=True, append_images=[second])
    assert "6 of 14 pictures are animated" in " ".join(note_choices(open_dataset(tmp_path / "data")).notes)


class _Facts(ArrayPictures):
    """Pictures of which only some headers were read, or all."""

    is_sample: bool

    def facts(self) -> PictureFacts:
        return PictureFacts({(8, 8): 20}, 3, "uint8", (0.0, 255.0), self.is_sample, {"animated": 2})


@pytest.mark.parametrize("sampled", [(True, False), (False, True), (False, False), (True, True)])
def test_one_sampled_part_makes_the_count_one_of_a_sample(sampled: tuple[bool, bool]) -> None:
    parts = {}
    for name, is_sample in zip(("train", "test"), sampled, strict=True):
        pictures = _Facts(np.zeros((40, 8, 8, 3), np.uint8))
        object.__setattr__(pictures, "is_sample", is_sample)
        parts[name] = Part(name, list(map(str, range(40))), None, pictures)
    data = Dataset("made-up", "arrays", "because", (), parts, "0")
    among = "a sample of 40 pictures" if any(sampled) else "40 pictures"
    assert note_choices(data).notes == (f"4 of {among} are animated: the first frame is read.",)


def test_a_smaller_version_of_the_first_page_is_no_page(tmp_path: Path) -> None:
    from PIL.TiffImagePlugin import AppendingTiffWriter

    path = tmp_path / "data" / "1.tif"
    path.parent.mkdir()
    with AppendingTiffWriter(path, True) as file:
        Image.new("L", (16, 16)).save(file, "TIFF")
        file.newFrame()
        Image.new("L", (8, 8)).save(file, "TIFF", tiffinfo={254: 1})
    with Image.open(path) as image:
        assert image.n_frames == 2  # type: ignore[attr-defined]
    assert noted(path.parent) == ""


def test_dicom_is_said_and_how_many_are_inverted(tmp_path: Path) -> None:
    kinds = ("MONOCHROME1", "MONOCHROME2", "MONOCHROME1")
    root = write(tmp_path / "scans", *(dicom(gradient(0, 4_000), kind=kind) for kind in kinds), suffix="dcm")
    assert "3 of 3 pictures are DICOM, 2 of them inverted, as MONOCHROME1 means." in noted(root)


def test_arrays_have_nothing_to_look_at(tmp_path: Path, draw: Callable[..., Path]) -> None:
    data = open_dataset((np.zeros((4, 8, 8), np.uint8), np.array([0, 1, 0, 1])))
    assert note_choices(data).notes == data.notes
    assert isinstance(data.pool, Part)
