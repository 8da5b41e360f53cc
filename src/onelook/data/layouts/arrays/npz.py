"""The layout `npz`: x_train, y_train, x_test, y_test in an NPZ or in a file each; also one array with its labels."""

from __future__ import annotations

from typing import ClassVar

from onelook.data.layouts.arrays.named_arrays import NamedArrays
from onelook.data.layouts.arrays.npy_files import NUMPY_SUFFIXES


class Npz(NamedArrays):
    """The layout `npz`."""

    name: ClassVar = "npz"
    suffixes: ClassVar = NUMPY_SUFFIXES
    files: ClassVar = ".npz or as .npy files"
