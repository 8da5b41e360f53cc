"""The layout `hdf5`: the arrays of the layout `npz` in HDF5, also in groups such as train/data and train/target."""

from __future__ import annotations

from typing import ClassVar

from onelook.data.layouts.arrays.named_arrays import NamedArrays
from onelook.data.layouts.tables.hdf5_files import HDF5_SUFFIXES


class Hdf5(NamedArrays):
    """The layout `hdf5`."""

    name: ClassVar = "hdf5"
    suffixes: ClassVar = HDF5_SUFFIXES
    files: ClassVar = "HDF5 file or in a file each"
