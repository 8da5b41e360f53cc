"""CIFAR's pickled batches: what the published files hold, and nothing else, comes out; nothing of them is run."""

from __future__ import annotations

import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.data.layouts.arrays.plain_pickle import read_plain_pickle
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

PIXELS = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (2, 3072), dtype=np.uint8)


def text(value: str) -> bytes:
    """A str of Python 2, in its binary protocols."""
    raw = value.encode()
    return b"U" + bytes([len(raw)]) + raw


def number(value: int) -> bytes:
    return b"K" + bytes([value])


def listed(items: list[bytes]) -> bytes:
    return b"](" + b"".join(items) + b"e"


def python2_array(pixels: np.ndarray, shape: bytes | None = None) -> bytes:
    """An array of bytes as Python 2 with NumPy 1 pickled it, protocol 2."""
    shape = shape or b"".join(b"J" + struct.pack("<i", size) for size in pixels.shape) + b"\x86"
    return (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        + b"(K\x01" + shape
        + b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        + b"\x89T" + struct.pack("<i", pixels.nbytes) + pixels.tobytes() + b"tb"
    )  # fmt: skip


def python2_scalar(dtype: str, value: int) -> bytes:
    """A number of NumPy 1 as Python 2 pickled it: its bytes are a text."""
    raw = np.array(value, dtype).tobytes()
    order = b"|" if len(raw) == 1 else dtype[:1].encode()
    return (
        b"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\x02" + dtype[-2:].encode() + b"K\x00K\x01\x87R(K\x03U\x01"
        + order + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbU" + bytes([len(raw)]) + raw + b"\x86R"
    )  # fmt: skip


def python2_batch(pixels: np.ndarray, **labels: list[int]) -> bytes:
    """A batch as Python 2 pickled it, memo and all."""
    items = [text("batch_label") + b"q\x02" + text("training batch 1 of 5"), text("data") + python2_array(pixels)]
    items += [text(kind) + listed([number(label) for label in found]) for kind, found in labels.items()]
    items += [text("filenames") + listed([text(f"leptodactylus_{at}.png") for at in range(len(pixels))])]
    return b"\x80\x02}q\x01(" + b"".join(items) + b"u."


def meta(**names: list[str]) -> bytes:
    """The names of the classes in Python 2's protocol 0, as CIFAR-10's `batches.meta` is."""
    lists = ""
    for key, found in names.items():
        items = "".join(f"S'{name}'\na" for name in found)
        lists += f"S'{key}'\n(lp2\n{items}s"
    return f"(dp1\nS'num_vis'\nI3072\ns{lists}.".encode()


def cifar10(folder: Path, **changes: bytes) -> Path:
    files = {
        "data_batch_1": python2_batch(PIXELS, labels=[1, 0]),
        "data_batch_2": python2_batch(PIXELS[:1], labels=[1]),
        "test_batch": python2_batch(PIXELS[::-1], labels=[0, 1]),
        "batches.meta": meta(label_names=["airplane", "automobile"]),
    }
    for name, content in (files | changes).items():
        (folder / ("batches.meta" if name == "meta" else name)).write_bytes(content)
    (folder / "readme.html").write_text("<meta>")
    return folder


def cifar100(folder: Path) -> Path:
    (folder / "train").write_bytes(python2_batch(PIXELS, coarse_labels=[0, 0], fine_labels=[2, 0]))
    (folder / "test").write_bytes(python2_batch(PIXELS[:1], coarse_labels=[0], fine_labels=[1]))
    (folder / "meta").write_bytes(
        meta(fine_label_names=["apple", "bee", "cup"], coarse_label_names=["things", "others"])
    )
    return folder


def test_batches_are_two_labelled_parts(tmp_path: Path) -> None:
    dataset = open_dataset(cifar10(tmp_path))
    assert (dataset.layout, dataset.class_names) == ("cifar-python", ("airplane", "automobile"))
    assert {name: part.labels.tolist() for name, part in dataset.parts.items()} == {  # type: ignore[union-attr]
        "train": [1, 0, 1],
        "test": [0, 1],
    }
    images = dataset.parts["train"].pictures.images  # type: ignore[attr-defined]
    assert images.shape == (3, 32, 32, 3)
    assert images[0, 0, 1].tolist() == PIXELS[0, [1, 1025, 2049]].tolist()  # red, green, blue of the second pixel
    assert images[1, 31, 31].tolist() == PIXELS[1, [1023, 2047, 3071]].tolist()
    assert dataset.why.startswith("CIFAR-10's files for Python by name: data_batch_1, data_batch_2, test_batch")


def test_cifar_100_has_fine_labels_and_coarse_ones_on_request(tmp_path: Path) -> None:
    fine = open_dataset(cifar100(tmp_path))
    assert fine.class_names == ("apple", "bee", "cup")
    assert fine.parts["train"].labels.tolist() == [2, 0]  # type: ignore[union-attr]
    assert fine.notes == ("The pictures also have coarse_labels: take these with --label-column coarse_labels.",)
    coarse = open_dataset(tmp_path, label_column="coarse_labels", for_training=False)
    assert coarse.class_names == ("things", "others")
    assert coarse.parts["train"].labels.tolist() == [0, 0]  # type: ignore[union-attr]
    assert coarse.notes == ("The pictures also have fine_labels: take these with --label-column fine_labels.",)
    with pytest.raises(ConfigError, match="unknown label column 'coarse_label'. Did you mean 'coarse_labels'"):
        open_dataset(tmp_path, label_column="coarse_label")


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("keys", [str, str.encode])
def test_files_that_python_3_wrote_hold_the_same(tmp_path: Path, protocol: int, keys: Any) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    cifar10(tmp_path / "old")
    cifar10(
        tmp_path / "new",
        data_batch_1=pickle.dumps({keys("data"): PIXELS, keys("labels"): [1, 0]}, protocol),
        meta=pickle.dumps({keys("label_names"): [keys("airplane"), keys("automobile")]}, protocol),
    )
    assert open_dataset(tmp_path / "new").fingerprint == open_dataset(tmp_path / "old").fingerprint


@pytest.mark.parametrize("dtype", ["u1", "<i4", ">i8", "<f4"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_come_out_as_pickle_gives_them(dtype: str, order: Any) -> None:
    array = np.asarray(np.arange(12).reshape(3, 4), dtype, order=order)
    for protocol in (0, 2, 4):
        content = pickle.dumps({"a": [array, array.sum(), np.int64(-3)]}, protocol)
        expected, found = pickle.loads(content)["a"], read_plain_pickle(content)["a"]
        np.testing.assert_array_equal(found[0], expected[0])
        assert found[0].dtype.newbyteorder("=") == expected[0].dtype  # pickle turns the bytes to the machine's order
        assert found[1:] == expected[1:]
        inside = read_plain_pickle(pickle.dumps((array, (array, array, array, array)), protocol))
        np.testing.assert_array_equal(inside[0], array)
        np.testing.assert_array_equal(inside[1][3], array)


@pytest.mark.parametrize("dtype", ["|u1", "<i4", "<i8", ">i8"])
def test_labels_that_are_numbers_of_numpy_in_python_2(tmp_path: Path, dtype: str) -> None:
    labels = listed([python2_scalar(dtype, 1), python2_scalar(dtype, 0)])
    batch = python2_batch(PIXELS, labels=[1, 0]).replace(listed([number(1), number(0)]), labels)
    assert open_dataset(cifar10(tmp_path, data_batch_1=batch)).parts["train"].labels.tolist() == [1, 0, 1]  # type: ignore[union-attr]


# --- what means harm


class Runs:
    """What pickle would run."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("place", ["data_batch_1", "meta"])
def test_nothing_is_run(tmp_path: Path, protocol: int, place: str) -> None:
    proof = tmp_path / "proof"
    (tmp_path / "data").mkdir()
    harm = pickle.dumps({"data": Runs(os.system, f"touch {proof}"), "labels": [1, 0]}, protocol)
    with pytest.raises(DataError) as caught:
        open_dataset(cifar10(tmp_path / "data", **{place: harm}), layout="cifar-python")
    assert not proof.exists()
    assert "it asks for 'posix.system', a name that the known files do not hold. Nothing of it was run" in str(
        caught.value
    )
    pickle.loads(harm)
    assert proof.exists()  # the file did mean harm


DOUBLED = b"N" + b"".join(bytes([0x71, at, 0x68, at, 0x86]) for at in range(60))


def array_call(*arguments: bytes) -> bytes:
    return b"\x80\x02cnumpy\nndarray\n" + b"".join(arguments) + b"R."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x80\x02cbuiltins\neval\n(S'1'\ntR.", "it asks for 'builtins.eval'"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "it asks for 'os.system'"),
        (b"\x80\x02cnumpy\nload\n.", "it asks for 'numpy.load'"),
        (b"(S'x'\nios\nsystem\n.", "the pickle instruction INST"),
        (b"\x80\x02\x82\x01.", "the pickle instruction EXT1"),
        (b"\x80\x02cnumpy\nndarray\n)\x81.", "the pickle instruction NEWOBJ"),
        (b"\x80\x02cnumpy\nndarray\n}b.", "it fills an object in a way"),
        # An array of 4 GB of whatever stands in memory, asked for in 40 bytes.
        (array_call(b"J\xff\xff\xff\x7f\x85", b"U\x02u1", b"\x86"), "it calls 'ndarray' in a way"),
        (b"\x80\x02cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R.", "an array of the type 'O8'"),
        (b"\x80\x02cnumpy\ndtype\nU\x05V9999K\x00K\x01\x87R.", "an array of the type 'V9999'"),
        # A memo slot, a text and a bytearray with a forged size: nothing is made of that size.
        (b"\x80\x02}r\xff\xff\xff\xff0.", "the pickle instruction POP"),
        (b"\x80\x02T\xff\xff\xff\x7fabc.", "damaged or cut short"),
        (b"\x80\x05\x96\xff\xff\xff\xff\x0f\x00\x00\x00abc.", "damaged or cut short"),
        (b"\x80\x02\x86.", "damaged"),
        (b"\x80\x02(lI1\nI2\ns.", "it adds to what is no dict as if it were one"),
        (b"", "damaged or cut short"),
        (b"\x80\x02}", "cut short"),
        # Tuples that hold the one before twice, sixty times over: 2^60 steps for whoever hashes or shows them.
        (b"\x80\x02}" + DOUBLED + b"K\x01s.", "a dict with a tuple for a key"),
        (b"\x80\x02(" + DOUBLED + b"K\x01d.", "a dict with a tuple for a key"),
        (b"\x80\x04" + DOUBLED + b"\x8c\x01x\x93.", "a name that is no text"),
        (b"\x80\x02" + DOUBLED + b")R.", "it calls what is no function in a way"),
    ],
)
def test_what_the_known_files_do_not_hold_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_plain_pickle(content)
    assert message in str(caught.value)


def test_a_label_of_thousands_of_digits_is_refused(tmp_path: Path) -> None:
    batch = {"data": np.zeros((2, 3072), np.uint8), "labels": [0, 10**4_000]}
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps(batch, 0))
    (tmp_path / "batches.meta").write_bytes(pickle.dumps({"label_names": ["cat", "dog"]}, 2))
    with pytest.raises(DataError, match="the label a number of more digits than any class has occurs"):
        open_dataset(tmp_path)


def test_an_array_that_is_not_as_large_as_it_says_is_refused() -> None:
    huge = b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x87"
    with pytest.raises(DataError, match=r"its array of shape \(2147483647, .*, uint8, has 6,144 bytes"):
        read_plain_pickle(b"\x80\x02" + python2_array(PIXELS, shape=huge) + b".")


def test_one_text_made_many_arrays_takes_no_more_memory_than_the_file() -> None:
    array = python2_array(PIXELS)
    raw_at = array.index(b"T" + struct.pack("<i", PIXELS.nbytes))
    first, again = array[:-2] + b"q\x07tb", array[:raw_at] + b"h\x07tb"
    assert len(read_plain_pickle(b"\x80\x02](" + first + b"e.")) == 1
    with pytest.raises(DataError, match="its arrays together are larger than the file itself"):
        read_plain_pickle(b"\x80\x02](" + first + again * 20 + b"e.")


def test_every_cut_and_many_flipped_bits_end_in_an_error_or_a_value() -> None:
    content = python2_batch(PIXELS[:1, :0], labels=[1])
    for end in range(len(content)):
        with pytest.raises(DataError):
            read_plain_pickle(content[:end])
    random = np.random.Generator(np.random.PCG64(1))
    for at, bit in zip(random.integers(0, len(content), 2000), random.integers(0, 8, 2000), strict=True):
        flipped = bytearray(content)
        flipped[at] ^= 1 << bit
        try:
            read_plain_pickle(bytes(flipped))
        except DataError as problem:
            assert str(problem)  # noqa: PT017 - a flipped pixel or letter is no error


# --- what does not fit


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (pickle.dumps([1], 2), "holds a list, expected a dict of data and labels"),
        (python2_batch(PIXELS), "has no labels. Expected labels, fine_labels, coarse_labels."),
        (python2_batch(PIXELS, labels=[1]), "2 pictures and 1 labels"),
        (python2_batch(PIXELS, labels=[1, 2]), "the label 2 occurs, but 2 classes are named."),
        (python2_batch(PIXELS[:, :-1], labels=[1, 0]), "'data' is of shape (2, 3071), uint8. Expected"),
        (pickle.dumps({"data": PIXELS.astype(int), "labels": [1, 0]}, 2), "'data' is of shape (2, 3072), int64"),
        (pickle.dumps({"data": "x", "labels": [1, 0]}, 2), "'data' is a str. Expected an array"),
        (pickle.dumps({"data": PIXELS, "labels": "10"}, 2), "'labels' is no list of whole numbers"),
    ],
)
def test_batches_that_do_not_fit_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(cifar10(tmp_path, data_batch_1=content))
    assert message in str(caught.value)
    assert f"{tmp_path}/data_batch_1" in str(caught.value)


def test_a_meta_file_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"batches\.meta: has no list 'label_names'"):
        open_dataset(cifar10(tmp_path, meta=meta(names=["a"])))


def test_files_beside_their_archive_are_found_in_their_folder(tmp_path: Path) -> None:
    """As torchvision leaves them: the archive, and the folder that was in it."""
    for make, folder in ((cifar10, "cifar-10-batches-py"), (cifar100, "cifar-100-python")):
        root = tmp_path / folder.replace("-", "_")
        (root / folder).mkdir(parents=True)
        make(root / folder)
        alone = open_dataset(root / folder)
        (root / f"{folder}.tar.gz").write_bytes(b"\x1f\x8b")
        beside = open_dataset(root)
        assert beside.class_names == alone.class_names
        assert {name: len(part) for name, part in beside.parts.items()} == {
            name: len(part) for name, part in alone.parts.items()
        }
        assert any(f"{folder}.tar.gz is an archive beside other files" in note for note in beside.notes)


def test_a_label_below_zero_is_refused(tmp_path: Path) -> None:
    batch = {"data": np.zeros((2, 3072), np.uint8), "labels": [0, -1]}
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps(batch, 0))
    (tmp_path / "batches.meta").write_bytes(pickle.dumps({"label_names": ["cat", "dog"]}, 2))
    with pytest.raises(DataError, match="the label -1 occurs, but 2 classes are named. Expected labels from 0 to 1"):
        open_dataset(tmp_path)
