"""Class folders of pictures that are odd: in depth, bands, alpha, suffix or number, as public data sets have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tests.contracts.public_layouts.drawing import Place
from tests.data.pictures.drawn import dicom, tiff

Draw = Callable[[int, int], NDArray[Any]]


def _two(draw: Draw, write: Callable[[str, NDArray[Any]], None]) -> None:
    for k, name in enumerate(("healthy", "lesion")):
        for i in range(10):
            write(f"{name}/{i}", draw(k, i))


def _patch(
    at: Place, noise: tuple[float, float], step: float, dtype: Any, ends: tuple[float, float] | None = None
) -> Draw:
    """Draw noise between two values, with a patch that is higher by `step` in the second class."""

    def draw(k: int, i: int) -> NDArray[Any]:
        pixels = at.rng.uniform(*noise, (16, 16))
        pixels[4:12, 4:12] += step * k
        if ends is not None:  # single pixels that reach the ends of the range
            pixels[0, 0], pixels[0, 1] = ends
        return pixels.astype(dtype)

    return draw


def twelve_in_16(at: Place) -> None:
    draw = _patch(at, (1500, 1900), 400, np.uint16, (0, 4095))
    _two(draw, lambda name, pixels: at.save(f"{name}.png", pixels))


def ten_in_16(at: Place) -> None:
    draw = _patch(at, (300, 400), 110, np.uint16, (0, 1023))
    _two(draw, lambda name, pixels: at.save(f"{name}.png", pixels))


def ct_signed(at: Place) -> None:
    draw = _patch(at, (-80, 80), 450, np.int16, (-1024, 3071))
    _two(draw, lambda name, pixels: at.bytes(f"{name}.tif", tiff(pixels)))


def float_tiff(at: Place) -> None:
    draw = _patch(at, (0.2, 0.3), 0.2, np.float32, (0, 1))
    _two(draw, lambda name, pixels: at.save(f"{name}.tif", pixels))


def whole_32(at: Place) -> None:
    draw = _patch(at, (60_000, 75_000), 15_000, np.int32)
    _two(draw, lambda name, pixels: at.save(f"{name}.tif", pixels))


def eurosat_ms(at: Place) -> None:
    def draw(k: int, i: int) -> NDArray[Any]:
        return at.rng.integers(500, 3000, (8, 8, 13)).astype(np.uint16)

    _two(draw, lambda name, pixels: at.bytes(f"{name}.tif", tiff(pixels)))


def rgb_nir(at: Place) -> None:
    def draw(k: int, i: int) -> NDArray[Any]:
        pixels = at.rng.integers(90, 160, (16, 16, 4)).astype(np.uint8)
        pixels[4:12, 4:12, 3] = 30 + 190 * k
        return pixels

    _two(draw, lambda name, pixels: at.bytes(f"{name}.tif", tiff(pixels, extra=(0,))))


def pages(at: Place) -> None:
    def write(name: str, pixels: NDArray[Any]) -> None:
        first, *others = (Image.fromarray(page) for page in pixels)
        first.save(at.path(f"{name}.tif"), save_all=True, append_images=others)

    _two(lambda k, i: at.rows(3, 12), write)


def dicom_by_content(at: Place) -> None:
    draw = _patch(at, (500, 900), 2000, np.uint16, (0, 4095))

    def write(name: str, pixels: NDArray[Any]) -> None:
        inverted = name[-1] in "13579"
        stored = 4095 - pixels if inverted else pixels
        at.bytes(name, dicom(stored, kind="MONOCHROME1" if inverted else "MONOCHROME2"))

    _two(draw, write)


def _shape(k: int, i: int) -> NDArray[np.uint8]:
    """A disc or a cross, (24, 24): 255 where it is, and a speck that tells the pictures apart."""
    y, x = np.mgrid[:24, :24] - 12
    inside = np.hypot(y, x) < 7 if k else (abs(y) < 3) | (abs(x) < 3)
    shape = np.where(inside, 255, 0).astype(np.uint8)
    shape[0, i] = 99
    return shape


def _coloured(level: int) -> Draw:
    def draw(k: int, i: int) -> NDArray[np.uint8]:
        return np.dstack([np.full((24, 24, 3), level, np.uint8), _shape(k, i)])

    return draw


def alpha_white(at: Place) -> None:
    _two(_coloured(255), lambda name, pixels: at.save(f"{name}.png", pixels))


def black_alpha(at: Place) -> None:
    _two(_coloured(0), lambda name, pixels: at.save(f"{name}.png", pixels))


def white_la(at: Place) -> None:
    def write(name: str, shape: NDArray[Any]) -> None:
        Image.merge("LA", [Image.new("L", (24, 24), 255), Image.fromarray(shape)]).save(at.path(f"{name}.png"))

    _two(_shape, write)


def white_palette(at: Place) -> None:
    def write(name: str, shape: NDArray[Any]) -> None:
        picture = Image.fromarray((shape > 0).astype(np.uint8), "L").convert("P")
        picture.putpalette([255] * 6 + [0] * 762)
        picture.save(at.path(f"{name}.png"), transparency=0)

    _two(_shape, write)


def big_chunks(at: Place) -> None:
    for name in ("cat", "dog"):
        for i in range(6):
            info = PngInfo()
            if i % 3 == 1:
                info.add_text("Comment", "x" * 3_000_000, zip=True)
            if i % 3 == 2:
                info.add_itxt("XML:com.adobe.xmp", "y" * 1_500_000, zip=True)
            at.photo(f"{name}/{i}.png", pnginfo=info, **({} if i % 3 else {"icc_profile": bytes(2_000_000)}))


def other_formats(at: Place) -> None:
    for name in ("cat", "dog"):
        for i in range(9):
            at.photo(f"{name}/{i}.jpg", format=("WEBP", "JPEG", "PNG")[i % 3])


def odd_suffixes(at: Place) -> None:
    for name in ("cat", "dog"):
        for i in range(8):
            at.photo(f"{name}/p{i}{('.jfif', '.JPEG', '.jpeg.jpg', '.jpe')[i % 4]}", format="JPEG")


def no_suffix(at: Place) -> None:
    for name in ("cat", "dog"):
        for i in range(8):
            at.photo(f"{name}/{0xA1B2C3D4 + 104729 * i:016x}", format="JPEG")


def html_jpg(at: Place) -> None:
    at.class_folders(".", ("cat", "dog"), 8, "{i}.jpg")
    for name in ("cat", "dog"):
        at.text(f"{name}/90.jpg", "<!DOCTYPE html><html><body>This photo is no longer available.</body></html>")
        at.text(f"{name}/91.jpg", "")


def cmyk(at: Place) -> None:
    for name in ("cat", "dog"):
        for i in range(8):
            pixels = at.rng.integers(0, 256, (10, 12, 4)).astype(np.uint8)
            Image.fromarray(pixels, "CMYK").save(at.path(f"{name}/{i}.jpg"))


def yale_b(at: Place) -> None:
    for name in ("yaleB01", "yaleB02", "yaleB03"):
        for i in range(7):
            at.save(f"CroppedYale/{name}/{name}_P00A+{i:03d}E+10.pgm", at.pixels(12) + np.uint8(i))
        at.save(f"CroppedYale/{name}/{name}_P00_Ambient.pgm", at.pixels(12))
        at.bytes(f"CroppedYale/{name}/{name}_P00A+110E+15.pgm.bad", b"P5\n40 32\n255\n" + bytes(100))
        at.text(f"CroppedYale/{name}/{name}_P00.info", "list of pictures")


def gif_frames(at: Place) -> None:
    for name in ("cat", "dog"):
        for i in range(8):
            first, *others = (Image.fromarray(page) for page in at.rows(3, 12))
            first.save(at.path(f"{name}/{i}.gif"), save_all=True, append_images=others, duration=80)


def yale_faces(at: Place) -> None:
    for person in range(1, 6):
        for feeling in ("happy", "sad", "wink"):
            at.photo(f"subject{person:02d}.{feeling}", format="GIF")


def jaffe(at: Place) -> None:
    number = 30
    for person in ("KA", "KL", "MK", "NA"):
        for feeling in ("AN", "HA", "SA"):
            for take in (1, 2, 3):
                number += 1
                at.photo(f"{person}.{feeling}{take}.{number}.tiff")
    at.text("README", "The JAFFE images")


def ck_plus(at: Place) -> None:
    for person in (5, 10, 11):
        at.photos(*(f"S{person:03d}_{take:03d}_{frame:08d}.png" for take in (1, 2) for frame in range(1, 6)))


def orl(at: Place) -> None:
    for person in (1, 2, 3):
        at.photos(*(f"s{person}_{i}.png" for i in range(1, 11)))


def utk_face(at: Place) -> None:
    for i in range(36):
        at.photo(f"{18 + i}_{i % 2}_{i // 2 % 3}_2017010917{i:06d}.jpg")


def hundred_leaves(at: Place) -> None:
    for species in ("Acer_Campestre", "Alnus_Rubra", "Quercus_x_Turneri"):
        at.photos(*(f"{species}_{i:02d}_ab.jpg" for i in range(1, 9)))


def lfw(at: Place) -> None:
    for name, count in (("Aaron_Eckhart", 1), ("Abdul_Rahman", 1), ("Colin_Powell", 9), ("Tony_Blair", 9)):
        at.photos(*(f"lfw/{name}/{name}_{i:04d}.jpg" for i in range(1, count + 1)))


def two_copies(at: Place) -> None:
    at.class_folders(".", ("bee", "wasp"), 8)
    at.photo("hornet/0.png")
    at.bytes("hornet/1.png", at.path("hornet/0.png").read_bytes())


def only_in_test(at: Place) -> None:
    at.class_folders("train", ("bee", "wasp"), 8, "{i}.png")
    at.class_folders("test", ("bee", "wasp", "hornet"), 3, "t{i}.png")


def missing_in_val(at: Place) -> None:
    at.class_folders("train", ("bee", "hornet", "wasp"), 8)
    at.class_folders("val", ("bee", "wasp"), 3, "v{i}.png")


def long_tail(at: Place) -> None:
    rows = [(f"{name}_{i}.jpg", name) for name in ("a1", "b2", "c3", "d9") for i in range(int(name[1:]))]
    at.photos(*(f"images/{name}" for name, _ in rows))
    at.table("labels.csv", "image,label", rows)


def whale(at: Place) -> None:
    names = ["new_whale"] * 9 + [f"w_{i:07x}" for i in range(5)] + [f"w_f00{i % 2}" for i in range(8)]
    rows = [(f"{0x22E1A + 7919 * i:08x}.jpg", name) for i, name in enumerate(names)]
    at.photos(*(f"train/{name}" for name, _ in rows), *(f"test/t{i}.jpg" for i in range(3)))
    at.table("train.csv", "Image,Id", rows)
    at.table("sample_submission.csv", "Image,Id", [(f"t{i}.jpg", "new_whale w_23a388d") for i in range(3)])
