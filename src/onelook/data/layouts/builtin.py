"""Open data sets by name: `digits` from scikit-learn, the others from `$ONELOOK_DATA` or by download."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from onelook.data.class_names import has_integer_labels
from onelook.data.dataset import Dataset
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.published_names import FASHION_MNIST_NAMES
from onelook.errors import DataError, missing_extra
from onelook.files import atomic_folder, download
from onelook.optional_packages import import_sklearn
from onelook.registry import Registry
from onelook.runtime import cache_folder, data_folder

OpenPath = Callable[[Path], Dataset]

DATASETS = Registry(
    "data set",
    {
        "digits": (f"{__name__}:DIGITS", "1,797 handwritten digits, 8×8 grey; comes with scikit-learn"),
        "mnist": (f"{__name__}:MNIST", "70,000 handwritten digits, 28×28 grey; 11 MB"),
        "fashion_mnist": (f"{__name__}:FASHION_MNIST", "70,000 articles of clothing, 28×28 grey; 30 MB"),
        "cifar10": (f"{__name__}:CIFAR10", "60,000 photographs of ten kinds of things, 32×32 colour; 162 MB"),
    },
)


class Builtin(Protocol):
    """A built-in data set."""

    def open(self, open_path: OpenPath) -> Dataset:
        """Open the data set; `open_path` opens a folder of any layout."""
        ...


@dataclass(frozen=True)
class Download:
    """A file at its official address."""

    url: str
    sha256: str

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.url).name


@dataclass(frozen=True)
class Published:
    """A published data set: read from `$ONELOOK_DATA/<name>/` in any layout, else downloaded once and checked."""

    name: str
    files: tuple[Download, ...]
    class_names: tuple[str, ...] | None = None  # of the labels 0, 1, 2 …, if the files only contain numbers
    title: str = ""  # as in `Dataset.published`

    def open(self, open_path: OpenPath) -> Dataset:
        """Return the opened data set.

        Raises:
            DataError: the files are missing and cannot be downloaded, or they are malformed.
        """
        given = data_folder()
        folder = given / self.name if given else None
        dataset = open_path(folder if folder and folder.is_dir() else self._downloaded())
        dataset = replace(dataset, name=self.name, published=self.title)
        names, found = self.class_names, dataset.class_names
        if names is None or not has_integer_labels(found) or max(map(int, found)) >= len(names):
            return dataset
        return replace(dataset, class_names=tuple(names[int(number)] for number in found))

    def _downloaded(self) -> Path:
        """Return the folder of the downloaded files, which exists only if it is complete."""
        folder = cache_folder() / "downloads" / self.name
        if not folder.is_dir():
            with atomic_folder(folder) as temporary:
                for file in self.files:
                    download(file.url, temporary / file.name, sha256=file.sha256)
                    if file.name.endswith(".tar.gz"):
                        _unpack(temporary / file.name)
        return folder


@dataclass(frozen=True)
class Digits:
    """scikit-learn's `load_digits`, with 360 of its 1,797 pictures as the test set."""

    test_rows: int = 360  # a fifth
    seed: int = 0

    def open(self, open_path: OpenPath) -> Dataset:
        """Open the digits: values 0 to 16 scaled to uint8 in 0 to 255; the same split every time.

        Raises:
            ConfigError: scikit-learn is not installed.
        """
        try:
            import_sklearn()
            from sklearn.model_selection import train_test_split

            images, labels = _digits()
        except ImportError as error:
            raise missing_extra("scikit-learn", "train", "the data set 'digits'") from error

        train, test = train_test_split(
            np.arange(len(labels)), test_size=self.test_rows, stratify=labels, random_state=self.seed
        )
        parts = {"train": np.sort(train), "test": np.sort(test)}
        dataset = array_dataset(
            {part: (images[rows], labels[rows]) for part, rows in parts.items()},
            name="digits",
            layout="built-in",
            why="the digits that come with scikit-learn; a fifth, drawn evenly over the classes, is the test set",
            class_names=tuple(str(digit) for digit in range(10)),
        )
        return replace(dataset, published="digits")


@cache
def _digits() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the pictures and labels of scikit-learn's digits. They are a text, of which each reading takes 30 ms."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    return np.round(pixels * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1), labels.astype(np.int64)


def _unpack(archive: Path) -> None:
    """Unpack the files of a tar archive beside it, without their folders, and remove the archive."""
    try:
        with tarfile.open(archive) as opened:
            for member in opened:
                source = opened.extractfile(member)  # None if it is not a plain file
                if source is not None:
                    with source, (archive.parent / PurePosixPath(member.name).name).open("wb") as sink:
                        shutil.copyfileobj(source, sink)
    except (tarfile.TarError, OSError, EOFError) as problem:
        raise DataError(f"{archive.name}: not a readable archive ({problem}). Nothing was kept.") from problem
    archive.unlink()


_MNIST_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
_FASHION_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"

DIGITS = Digits()

MNIST = Published(
    "mnist",
    (
        Download(
            f"{_MNIST_URL}train-images-idx3-ubyte.gz",
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        ),
        Download(
            f"{_MNIST_URL}train-labels-idx1-ubyte.gz",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        ),
        Download(
            f"{_MNIST_URL}t10k-images-idx3-ubyte.gz",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        ),
        Download(
            f"{_MNIST_URL}t10k-labels-idx1-ubyte.gz",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
    ),
    title="MNIST",
)

FASHION_MNIST = Published(
    "fashion_mnist",
    (
        Download(
            f"{_FASHION_URL}train-images-idx3-ubyte.gz",
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        ),
        Download(
            f"{_FASHION_URL}train-labels-idx1-ubyte.gz",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        ),
        Download(
            f"{_FASHION_URL}t10k-images-idx3-ubyte.gz",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        ),
        Download(
            f"{_FASHION_URL}t10k-labels-idx1-ubyte.gz",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
    ),
    FASHION_MNIST_NAMES,
)

CIFAR10 = Published(
    "cifar10",
    (
        Download(
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        ),
    ),
    ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
)
