"""Arrays of HDF5 in chunks, packed, of texts and of truth values are what h5py reads; damage ends in an error."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

import numpy as np
import pytest

from onelook.errors import DataError
from onelook.hdf5.file import Hdf5Dataset, Hdf5File, Refusal

h5py = pytest.importorskip("h5py")

PIXELS = np.random.default_rng(7).integers(0, 256, (103, 7, 9, 3), np.uint8)
REFUSES = Refusal(DataError, "mine.h5", "HDF5", "Fetch it again.")


def written(write: Callable[[h5py.File], object], **options: object) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w", **options) as file:
        write(file)
    return content.getvalue()


def arrays(content: bytes) -> dict[str, Hdf5Dataset]:
    return dict(Hdf5File(content, REFUSES).root.datasets())


@pytest.mark.parametrize("dtype", ["u1", "<i8", ">i2", "<f4"])
@pytest.mark.parametrize(
    "packed",
    [
        {"chunks": (10, 4, 4, 2)},
        {"chunks": (103, 7, 9, 3), "compression": "gzip"},
        {"chunks": (10, 4, 4, 2), "compression": "gzip", "shuffle": True, "fletcher32": True},
        {"chunks": (1, 7, 9, 3), "maxshape": (None, 7, 9, 3)},  # an index of several levels
    ],
)
def test_chunks_are_put_together(packed: dict[str, object], dtype: str) -> None:
    content = written(lambda file: file.create_dataset("a/x", data=PIXELS.astype(dtype), **packed), userblock_size=512)
    dataset = arrays(content)["a/x"]
    assert (dataset.shape, dataset.dtype, dataset.plain_place) == (PIXELS.shape, np.dtype(dtype), None)
    np.testing.assert_array_equal(dataset.read(), PIXELS.astype(dtype))


def test_blocks_of_rows_are_the_whole_array() -> None:
    content = written(lambda file: file.create_dataset("x", data=PIXELS, chunks=(10, 4, 4, 2), compression="gzip"))
    blocks = list(arrays(content)["x"].blocks(25 * PIXELS[0].nbytes))
    assert [len(block) for block in blocks] == [20, 20, 20, 20, 20, 3]  # whole chunks of ten
    np.testing.assert_array_equal(np.concatenate(blocks), PIXELS)


def test_texts_and_truth_values_are_read() -> None:
    def write(file: h5py.File) -> None:
        file["fixed"] = np.array([b"cat", b"dog"])
        file["any"] = ["katze", "häuser", ""]
        file.create_dataset("packed", data=[f"n{at}" for at in range(300)], chunks=(100,), compression="gzip")
        file["true"] = np.array([True, False])
        file["records"] = np.zeros(3, "f4,i4")
        file.attrs["classes"] = 5

    content = written(write)
    found = {name: dataset.read().tolist() for name, dataset in arrays(content).items()}
    assert found.pop("packed") == [f"n{at}" for at in range(300)]
    assert found == {"fixed": ["cat", "dog"], "any": ["katze", "häuser", ""], "true": [1, 0]}
    assert Hdf5File(content, REFUSES).root.attributes == {"classes": 5}


def test_a_plain_array_lies_where_it_says() -> None:
    content = written(lambda file: file.__setitem__("x", PIXELS), userblock_size=1024)
    place = arrays(content)["x"].plain_place
    assert place is not None
    assert content[place : place + PIXELS.nbytes] == PIXELS.tobytes()


def unfinished(file: h5py.File) -> None:
    file.create_dataset("x", (100, 8, 8), "u1", chunks=(10, 8, 8))[:50] = 3


def huge(file: h5py.File) -> None:
    file.create_dataset("x", (10**6, 1000, 1000), "u1", chunks=(1, 1000, 1000))[0] = 3


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (unfinished, "an array lacks 5 of its 10 chunks"),
        (huge, "an array unpacks to far more than the file has"),
        (lambda file: file.create_dataset("x", data=PIXELS, compression="lzf"), "packed with LZF, and gzip is read"),
    ],
)
def test_what_is_not_read_is_refused(write: Callable[[h5py.File], object], said: str) -> None:
    with pytest.raises(DataError) as refused:
        arrays(written(write))["x"].read()
    assert str(refused.value).startswith("mine.h5: cannot be read as HDF5: ")
    assert said in str(refused.value)


def test_an_index_that_names_itself_is_refused() -> None:
    content = bytearray(written(lambda file: file.create_dataset("x", data=PIXELS, chunks=(1, 7, 9, 3))))
    nodes = [at for at in range(len(content)) if content[at : at + 5] == b"TREE\x01"]
    for at in nodes:
        content[at + 5] = 1
        for child in range(2):
            place = at + 24 + child * 56 + 48
            content[place : place + 8] = nodes[0].to_bytes(8, "little")
    with pytest.raises(DataError, match="the index of an array's chunks is damaged"):
        arrays(bytes(content))["x"].read()


def test_altered_files_are_refused_or_read() -> None:
    draw = random.Random(3)
    original = written(
        lambda file: file.create_dataset("x", data=PIXELS, chunks=(10, 4, 4, 2), compression="gzip", shuffle=True)
    )
    refused = 0
    for _ in range(60):
        content = bytearray(original)
        for _ in range(draw.choice((1, 4, 32))):
            content[draw.randrange(len(content))] = draw.choice((0, 0xFF, draw.randrange(256)))
        end = draw.choice((len(content), draw.randrange(len(content))))
        try:
            for dataset in arrays(bytes(content[:end])).values():
                dataset.read()
        except DataError:
            refused += 1
    assert 20 < refused <= 60
