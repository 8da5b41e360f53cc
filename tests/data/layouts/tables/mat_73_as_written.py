"""Write Matlab's version 7.3 without Matlab, with h5py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

HEADER = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Tue Dec  1 00:00:00 2026 HDF5 schema 1.00 .".ljust(124)


class Matlab:
    """Writes as Matlab does: axes reversed, a class for each variable, and the contents of cells in `#refs#`."""

    def __init__(self, file: h5py.File) -> None:
        self.file = file
        self.refs = file.require_group("#refs#")

    def put(self, at: Any, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            group = at.create_group(name)
            group.attrs["MATLAB_class"] = np.bytes_("struct")
            for key, each in value.items():
                self.put(group, key, each)
            return group
        if isinstance(value, list) and value and isinstance(value[0], dict):
            group = at.create_group(name)
            group.attrs["MATLAB_class"] = np.bytes_("struct")
            for key in value[0]:
                group.create_dataset(key, data=self._links([each[key] for each in value]), dtype=h5py.ref_dtype)
            return group
        if isinstance(value, list):
            made = at.create_dataset(name, data=self._links(value), dtype=h5py.ref_dtype)
            kind = "cell"
        elif isinstance(value, str):
            made = at.create_dataset(name, data=np.array([[ord(letter)] for letter in value], np.uint16))
            kind = "char"
        else:
            made = at.create_dataset(name, data=value.T, compression="gzip", chunks=True)
            kind = {"float64": "double"}.get(str(value.dtype), str(value.dtype))
        made.attrs["MATLAB_class"] = np.bytes_(kind)
        return made

    def _links(self, values: list[Any]) -> np.ndarray:
        made = [self.put(self.refs, f"r{len(self.refs)}_{at}", each).ref for at, each in enumerate(values)]
        return np.array(made, h5py.ref_dtype).reshape(-1, 1)


def written(path: Path, values: dict[str, Any]) -> Path:
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in values.items():
            Matlab(file).put(file, name, value)
    content = bytearray(path.read_bytes())
    content[: len(HEADER) + 4] = HEADER + b"\x00\x02IM"
    path.write_bytes(bytes(content))
    return path
