"""Good files of every kind, to be damaged: small, and the same every time."""

from __future__ import annotations

import gzip
import io
import struct
import warnings
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CLASSES = ("cat", "dog")


def encoded(pixels: NDArray[Any], kind: str, **how: Any) -> bytes:
    """An array of pixels as a picture file's bytes."""
    return saved(Image.fromarray(pixels), kind, **how)


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:
    """A picture as a file's bytes."""
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of IM, which Pillow 15 no longer writes
        image.save(file, kind, **how)
    return file.getvalue()


@cache
def pictures() -> tuple[tuple[str, bytes], ...]:
    """Pictures of every format and mode that people have, as (suffix, bytes)."""
    rng = np.random.default_rng(1)
    colour = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8))
    slope = Image.linear_gradient("L").resize((40, 28))
    grey = Image.fromarray(rng.integers(0, 256, (21, 19), dtype=np.uint8))
    alpha = Image.fromarray(rng.integers(0, 256, (16, 16, 4), dtype=np.uint8))
    deep = Image.fromarray(rng.integers(0, 65536, (17, 23), dtype=np.uint16))
    palette, black_and_white = colour.quantize(16), grey.convert("1")
    turned = Image.Exif()
    turned[0x0112] = 6
    moving = {"save_all": True, "append_images": [palette, palette.rotate(90)], "loop": 0}
    made = [
        *((".jpg", saved(colour, "JPEG", **how)) for how in ({}, {"progressive": True}, {"exif": turned})),
        *((".jpg", saved(each, "JPEG")) for each in (slope, colour.convert("CMYK"))),
        *((".png", saved(each, "PNG")) for each in (colour, grey, alpha, deep, palette, black_and_white)),
        (".png", saved(colour, "PNG", exif=turned)),
        (".apng", saved(colour, "PNG", save_all=True, append_images=[colour.rotate(90)])),
        (".gif", saved(palette, "GIF")),
        (".gif", saved(palette, "GIF", **moving)),
        *((".bmp", saved(each, "BMP")) for each in (colour, palette, black_and_white)),
        (".webp", saved(colour, "WEBP")),
        (".webp", saved(alpha, "WEBP", lossless=True)),
        (".webp", saved(colour, "WEBP", save_all=True, append_images=[colour.rotate(90)])),
        *((".tif", saved(each, "TIFF")) for each in (colour, deep, palette, black_and_white)),
        *((".tif", saved(colour, "TIFF", compression=how)) for how in ("tiff_lzw", "tiff_adobe_deflate", "jpeg")),
        (".tif", saved(black_and_white, "TIFF", compression="group4")),
        *((".ppm", saved(each, "PPM")) for each in (colour, grey, black_and_white)),
        (".pgm", b"P2\n# drawn\n3 2\n255\n0 10 200\n255 7 9\n"),
        (".tga", saved(colour, "TGA", compression="tga_rle")),
        (".ico", saved(alpha, "ICO")),
        (".jp2", saved(colour, "JPEG2000")),
        (".avif", saved(colour, "AVIF")),
        *((f".{kind.lower()}", saved(colour, kind)) for kind in ("PCX", "SGI", "QOI")),
        (".xbm", saved(black_and_white, "XBM")),
        (".ras", struct.pack(">8I", 0x59A66A95, 4, 2, 8, 8, 1, 0, 0) + bytes(range(8))),
    ]
    return tuple(made)


@cache
def digits(rows: int = 12, side: int = 4, seed: int = 2) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Grey pictures (rows, side, side) and labels 0 to 2, (rows,)."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (rows, side, side), dtype=np.uint8), np.arange(rows, dtype=np.uint8) % 3


@cache
def pixel_csv(rows: int = 12) -> str:
    """A table with a header, a label and 16 pixels a row."""
    images, labels = digits(rows)
    lines = [",".join(["label", *(f"pixel{number}" for number in range(16))])]
    lines += [",".join(map(str, [label, *image.ravel()])) for image, label in zip(images, labels, strict=True)]
    return "\n".join(lines) + "\n"


def idx(values: NDArray[Any]) -> bytes:
    """An array of unsigned bytes as an IDX file."""
    header = bytes([0, 0, 8, values.ndim]) + b"".join(side.to_bytes(4, "big") for side in values.shape)
    return header + values.astype(np.uint8).tobytes()


@cache
def idx_files() -> dict[str, bytes]:
    """The two training files of an IDX data set, pictures gzipped."""
    images, labels = digits()
    return {"train-images-idx3-ubyte.gz": gzip.compress(idx(images)), "train-labels-idx1-ubyte": idx(labels)}


def npy(values: NDArray[Any], **how: Any) -> bytes:
    """An array as an NPY file."""
    file = io.BytesIO()
    np.save(file, values, **how)
    return file.getvalue()


@cache
def npz(packed: bool = False) -> bytes:
    """x_train and y_train as an NPZ file."""
    images, labels = digits()
    file = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(file, x_train=images, y_train=labels)
    return file.getvalue()


@cache
def cifar_rows(rows: int = 6) -> tuple[NDArray[np.uint8], list[int]]:
    """CIFAR's values, (rows, 3072), and labels of three classes."""
    rng = np.random.default_rng(3)
    return rng.integers(0, 256, (rows, 3072), dtype=np.uint8), [row % 3 for row in range(rows)]


@cache
def parquet(form: str = "struct") -> bytes:
    """Encoded pictures and labels as Parquet: `struct` as Hugging Face's, `binary`, or `paths`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(4)
    pngs = [encoded(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8), "PNG") for _ in range(6)]
    labels = pa.array([row % 2 for row in range(6)], pa.int64())
    if form == "struct":
        images = pa.array([{"bytes": png, "path": f"{row}.png"} for row, png in enumerate(pngs)])
    else:
        images = pa.array(pngs, pa.binary())
    file = io.BytesIO()
    pq.write_table(pa.table({"image": images, "label": labels}), file, row_group_size=3)
    return file.getvalue()
