"""Matlab's files as plain values, and what of them is refused before SciPy reads it."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import loadmat, savemat
from scipy.io import matlab as scipy_matlab
from scipy.io.matlab import MatlabFunction, MatlabObject, MatlabOpaque
from scipy.sparse import csc_array

from onelook.data.layouts.tables.matlab import mat_files
from onelook.data.layouts.tables.matlab.mat_files import list_mat, read_mat, read_small_mat
from onelook.data.storage.location import Location
from onelook.errors import DataError

HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"


def saved(folder: Path, content: dict[str, Any], **how: Any) -> Location:
    savemat(folder / "d.mat", content, **how)
    return Location(folder)


@pytest.mark.parametrize("how", [{}, {"do_compression": True}, {"format": "4"}])
def test_numbers_keep_their_shape(tmp_path: Path, how: dict[str, Any]) -> None:
    x = np.arange(6, dtype=np.float64).reshape(2, 3)
    location = saved(tmp_path, {"x": x, "one": np.array([[7.0]])}, **how)
    found = read_mat(location, "d.mat")
    np.testing.assert_array_equal(found["x"], x)
    assert found["one"].shape == (1, 1)
    assert {name: str(each) for name, each in list_mat(location, "d.mat").items()} == {
        "x": "2×3 double", "one": "1×1 double"
    }  # fmt: skip


@pytest.mark.parametrize(
    "dtype", ["float32", "float64", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "bool"]
)
def test_each_class_of_numbers_counts_as_numbers(tmp_path: Path, dtype: str) -> None:
    location = saved(tmp_path, {"x": np.ones((2, 3), dtype), "text": "ab", "cells": np.array([1, "a"], object)})
    found = list_mat(location, "d.mat")
    assert {name: each.is_numeric for name, each in found.items()} == {"x": True, "text": False, "cells": False}


def test_structs_are_dicts_cells_are_lists_and_text_is_text(tmp_path: Path) -> None:
    cars = np.array([(1, "a.jpg"), (2, "b.jpg")], [("class", object), ("fname", object)])
    names = np.empty((1, 2), object)
    names[0] = ["AM General", "Acura"]
    found = read_mat(saved(tmp_path, {"annotations": cars, "names": names, "one": {"deep": {"y": [1, 2]}}}), "d.mat")
    assert [(each["class"].item(), each["fname"]) for each in found["annotations"]] == [(1, "a.jpg"), (2, "b.jpg")]
    assert found["names"] == ["AM General", "Acura"]
    assert found["one"]["deep"]["y"].ravel().tolist() == [1, 2]


def element(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", kind, len(body)) + body + bytes(-len(body) % 8)


def matrix(class_: int, dims: tuple[int, int], *elements: bytes, name: bytes = b"x") -> bytes:
    flags = element(6, struct.pack("<II", class_, 0))
    return element(14, flags + element(5, struct.pack("<ii", *dims)) + element(1, name) + b"".join(elements))


def test_endless_nesting_is_refused_before_scipy_follows_it(tmp_path: Path) -> None:
    nested = matrix(6, (1, 1), element(2, b"\1"))
    for _ in range(500):
        nested = matrix(1, (1, 1), nested)
    (tmp_path / "d.mat").write_bytes(HEADER + nested)
    with pytest.raises(DataError, match="nested more than 12 deep"):
        read_mat(Location(tmp_path), "d.mat")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mat_files, "largest_unpacked", lambda packed: 1_000_000)
    for size in (900_000, 1_100_000):
        packed = zlib.compress(matrix(6, (1, size), element(2, bytes(size))), 9)
        one = struct.pack("<II", 15, len(packed)) + packed
        (tmp_path / "d.mat").write_bytes(HEADER + one)
        if size < 1_000_000:
            assert read_mat(Location(tmp_path), "d.mat")["x"].shape == (1, size)
            (tmp_path / "d.mat").write_bytes(HEADER + one + one)  # together
        with pytest.raises(DataError, match="unpacks to far more than any pictures do"):
            read_mat(Location(tmp_path), "d.mat")


@pytest.mark.parametrize("class_", [1, 2, 3, 4])  # cells, structs, objects, text
def test_sides_that_no_file_of_this_size_can_fill_are_refused(tmp_path: Path, class_: int) -> None:
    (tmp_path / "d.mat").write_bytes(HEADER + matrix(class_, (1, 100_000_000), element(2, bytes(8))))
    with pytest.raises(DataError, match="claims to be 1×100000000 values"):
        read_mat(Location(tmp_path), "d.mat")


def test_a_list_of_pictures_has_no_millions_of_values_and_unpacks_to_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"_MOST_VALUES": 500_000, "_LARGEST_LIST_UNPACKED": 256_000_000, "_LARGEST_LIST_BYTES": 64_000_000}
    for name, limit in limits.items():
        assert getattr(mat_files, name) == limit
        monkeypatch.setattr(mat_files, name, limit // 1_000)

    def read(content: bytes) -> Any:
        (tmp_path / "d.mat").write_bytes(content)
        return read_small_mat(Location(tmp_path), "d.mat")

    empty = struct.pack("<II", 14, 0)
    assert len(read(HEADER + matrix(1, (1, 499), empty * 499))["x"]) == 499
    with pytest.raises(DataError, match="more than 500 values in structs and cells, which takes too long to read"):
        read(HEADER + matrix(1, (1, 500), empty * 500))
    content = zlib.compress(bytes(300_000), 9)
    with pytest.raises(DataError, match="unpacks to far more"):
        read(HEADER + struct.pack("<II", 15, len(content)) + content + bytes(1 << 10))
    with pytest.raises(DataError, match="larger than 64.0 kB, which no list of pictures is"):
        read(HEADER + bytes(64_000))


def flags(class_: int, extra: int = 0) -> bytes:
    return element(6, struct.pack("<II", class_ | extra, 0))


SIDES, NAME, ONE = element(5, struct.pack("<ii", 1, 2)), element(1, b"x"), element(9, struct.pack("<dd", 1.5, 2.5))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (element(13, b"12345678"), "an element of the type 13, where a variable should begin"),
        (element(14, element(5, b"12345678")), "a variable without flags"),
        (element(14, element(6, b"1234")), "a variable without flags"),
        (element(14, flags(6) + element(9, b"12345678")), "a variable without sides"),
        (element(14, flags(6) + element(5, struct.pack("<i", 3))), "a variable without sides"),
        (element(14, flags(6) + element(5, struct.pack("<33i", *[1] * 33))), "a variable without sides"),
        (element(14, flags(6) + element(5, struct.pack("<ii", 1, -1))), "a variable with a negative side"),
        (element(14, flags(6) + SIDES), "a variable ends too early"),
        (element(14, flags(6) + struct.pack("<HHI", 5, 5, 0)), "a small element of more than four bytes"),
        (element(14, flags(6) + struct.pack("<II", 5, 99)), "an element of 99 bytes in 8"),
        (element(14, flags(6) + SIDES + NAME + element(14, b"12345678")), "numbers of the type 14"),
        (
            element(14, flags(6) + SIDES + NAME + element(9, b"12345678")),
            "8 bytes for an array of 1×2 values of 8 bytes",
        ),
        (element(14, flags(4) + SIDES + NAME + element(9, b"1234")), "text of the type 9"),
        (
            element(14, flags(1) + SIDES + NAME + element(5, b"1234")),
            "an element of the type 5, where a value should begin",
        ),
        (element(14, flags(2) + SIDES + NAME + element(1, b"1234")), "a struct without the length of its names"),
        (element(14, flags(2) + SIDES + NAME + element(5, b"12345678")), "a struct without the length of its names"),
        (
            element(14, flags(2) + SIDES + NAME + element(5, struct.pack("<i", 4)) + element(1, b"12345")),
            "a struct without names",
        ),
        (
            element(14, flags(2) + SIDES + NAME + element(5, struct.pack("<i", 0)) + element(1, b"1234")),
            "a struct without names",
        ),
        (
            element(14, flags(2) + SIDES + NAME + element(5, struct.pack("<i", 4)) + element(5, b"1234")),
            "a struct without names",
        ),
        (struct.pack("<II", 14, 900) + bytes(8), "a variable of 900 bytes ends after 8. The file is truncated"),
    ],
)
def test_damage_inside_a_variable_is_told_by_what_was_expected_there(tmp_path: Path, body: bytes, reason: str) -> None:
    (tmp_path / "d.mat").write_bytes(HEADER + matrix(6, (1, 1), element(2, b"\1"), name=b"good") + body)
    with pytest.raises(DataError) as caught:
        read_mat(Location(tmp_path), "d.mat")
    assert str(caught.value) == (
        f"{tmp_path}/d.mat: no Matlab file that can be read ({reason}). If it is damaged or was not downloaded whole, "
        "save or fetch it again."
    )


def test_what_is_neither_numbers_nor_text_is_left_out_and_listed_by_its_class(tmp_path: Path) -> None:
    def variable(name: bytes, class_: int, extra: int, *body: bytes) -> bytes:
        return element(14, flags(class_, extra) + SIDES + element(1, name) + b"".join(body))

    variables = [
        variable(b"d", 6, 0, ONE),
        variable(b"complex", 6, 0x0800, ONE, ONE),
        variable(b"yes", 9, 0x0200, element(2, b"\1\0")),
        variable(b"sparse", 5, 0, ONE),
        variable(b"object", 3, 0, ONE),
        variable(b"handle", 16, 0, ONE),
        variable(b"", 6, 0, ONE),
        variable(b"words", 4, 0, element(17, "aé".encode("utf-16-le"))),
        element(14, flags(4) + element(5, struct.pack("<ii", 2, 2)) + element(1, b"rows") + element(16, b"acbd")),
        element(14, flags(4) + element(5, struct.pack("<ii", 0, 0)) + element(1, b"none")),
        variable(
            b"records", 2, 0, element(5, struct.pack("<i", 2)), element(1, b"n\0"), *[struct.pack("<II", 14, 0)] * 2
        ),
    ]
    (tmp_path / "d.mat").write_bytes(HEADER + b"".join(variables))
    found = read_mat(Location(tmp_path), "d.mat")
    assert {name: value for name, value in found.items() if not isinstance(value, np.ndarray | list)} == {
        "words": "aé",
        "none": "",
    }
    assert list(found) == ["d", "yes", "words", "rows", "none", "records"]
    assert found["rows"] == ["ab", "cd"]  # column by column
    assert (found["d"].tolist(), found["yes"].tolist()) == ([[1.5, 2.5]], [[1, 0]])
    assert [each["n"].shape for each in found["records"]] == [(0, 0), (0, 0)]
    assert {name: str(each) for name, each in list_mat(Location(tmp_path), "d.mat").items()} == {
        **{"d": "1×2 double", "complex": "1×2 double", "yes": "1×2 logical", "sparse": "1×2 sparse"},
        **{"object": "1×2 object", "handle": "1×2 function", "words": "1×2 char", "rows": "2×2 char"},
        **{"none": "0×0 char", "records": "1×2 struct"},
    }


@pytest.mark.parametrize("header", [b"MATLAB 7.3 MAT-file, Platform: GLNXA64", b"\x89HDF\r\n\x1a\n"])
def test_damaged_files_of_version_73_are_called_that(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "d.mat").write_bytes(header + bytes(600))
    for look in (read_mat, list_mat):
        with pytest.raises(DataError, match=r"cannot be read as Matlab's version 7\.3, which is HDF5 inside: it"):
            look(Location(tmp_path), "d.mat")


def test_another_format_with_this_suffix_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "d.mat").write_bytes(b"\x55\x4c\x3d\x1e" + bytes(300))  # as the small NORB begins
    for look in (read_mat, list_mat):
        with pytest.raises(DataError, match=r"d\.mat: it does not begin as Matlab's files do"):
            look(Location(tmp_path), "d.mat")


def test_packed_variables_lie_beside_others(tmp_path: Path) -> None:
    one, two = (matrix(6, (1, 2), element(2, bytes([at, at + 1])), name=b"ab"[at : at + 1]) for at in (0, 1))
    packed = zlib.compress(one)
    packed_one = struct.pack("<II", 15, len(packed)) + packed
    for content in (packed_one + two, two + packed_one):
        (tmp_path / "d.mat").write_bytes(HEADER + content)
        found = read_mat(Location(tmp_path), "d.mat")
        assert {name: value.tolist() for name, value in found.items()} == {"a": [[0, 1]], "b": [[1, 2]]}
        assert {*list_mat(Location(tmp_path), "d.mat")} == {"a", "b"}


def test_a_variable_that_is_cut_short_is_said_to_end_where_the_file_does(tmp_path: Path) -> None:
    (tmp_path / "d.mat").write_bytes(HEADER + matrix(6, (1, 9), element(2, bytes(9)))[:-5])
    for look in (read_mat, list_mat):
        with pytest.raises(DataError, match=r"a variable of 72 bytes ends after 67\. The file is truncated"):
            look(Location(tmp_path), "d.mat")


@pytest.mark.parametrize("content", [b"", b"words that are none", HEADER + b"\x0f\0\0\0\xff\xff\0\0abc", bytes(300)])
def test_damage_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "d.mat").write_bytes(content)
    with pytest.raises(DataError, match=r"d\.mat: "):
        read_mat(Location(tmp_path), "d.mat")


@pytest.mark.parametrize("how", [{}, {"do_compression": True}])
def test_to_list_variables_reads_only_their_beginnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: dict[str, Any]
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2_000, 1_000), dtype=np.uint8)
    location = saved(tmp_path, {"x": noise, "y": np.arange(3)}, **how)
    reads = []

    class Counted(io.FileIO):
        def read(self, size: int | None = -1, /) -> bytes:
            found = super().read(size)
            reads.append(len(found))
            return found

    monkeypatch.setattr(Location, "open", lambda _self, name: Counted(tmp_path / name))
    assert {name: each.shape for name, each in list_mat(location, "d.mat").items()} == {
        "x": (2_000, 1_000),
        "y": (1, 3),
    }
    assert sum(reads) < 200_000


def test_it_needs_no_scipy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    location = saved(tmp_path, {"x": [1, 2]})
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    assert read_mat(location, "d.mat")["x"].tolist() == [[1, 2]]


def as_scipy_reads(value: Any) -> Any:
    """What SciPy makes of a variable as plain values; None for what is neither number, text, struct nor cell."""
    if not isinstance(value, np.ndarray) or isinstance(value, MatlabFunction | MatlabObject | MatlabOpaque):
        return None
    if value.dtype.names is not None:
        records = [{name: as_scipy_reads(each[name]) for name in value.dtype.names} for each in value.ravel(order="F")]
        return records[0] if value.size == 1 else records
    if value.dtype.kind == "O":
        return [as_scipy_reads(each) for each in value.ravel(order="F")]
    if value.dtype.kind == "U":
        texts = value.ravel().tolist()
        return texts[0] if len(texts) == 1 else texts or ""
    return value if value.dtype.kind in "uif" else None


def are_same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        same_kind = one.dtype.newbyteorder("=") == other.dtype or not one.size
        return same_kind and one.shape == other.shape and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(are_same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(are_same, one, other))
    return bool(one == other)


def differing(path: Path) -> list[str]:
    """The variables that SciPy reads otherwise."""
    theirs = {name: as_scipy_reads(value) for name, value in loadmat(path).items() if not name.startswith("__")}
    ours = read_mat(Location(path), path.name)
    theirs = {name: value for name, value in theirs.items() if value is not None}
    return [name for name in {*theirs, *ours} if name not in ours or not are_same(theirs.get(name), ours[name])]


@pytest.mark.parametrize("how", [{}, {"do_compression": True}])
def test_it_reads_what_scipy_reads(tmp_path: Path, how: dict[str, Any]) -> None:
    cells = np.empty((2, 2), object)
    cells[:] = [["a", np.arange(3)], [{"deep": ["b", "cd"]}, np.zeros((0, 0))]]
    records = np.zeros((1, 3), [("n", object), ("text", object)])
    for at in range(3):
        records[0, at] = (at * 1.5, f"grüße {at}")
    content = {
        "whole": np.arange(24, dtype=np.int16).reshape(2, 3, 4), "half": np.float32([[0.5, np.nan]]),
        "no": [True, False], "cells": cells, "records": records, "rows": np.array(["ab", "cde"]),
        "sparse": csc_array(np.eye(3)), "complex": np.array([1j]), "empty": "", "one": {"inner": {"x": 7}},
    }  # fmt: skip
    savemat(tmp_path / "d.mat", content, **how)
    assert differing(tmp_path / "d.mat") == []


PEERS_FILES = Path(scipy_matlab.__file__).parent / "tests" / "data"
# What SciPy refuses or renames: damaged on purpose, a struct with one name twice, a struct without fields.
_NOT_ALIKE = ("bad_*", "corrupted*", "malformed*", "debigged*", "nasty*", "test_empty_struct*", "*7.3*", "*hdf5*")


@pytest.mark.skipif(not PEERS_FILES.is_dir(), reason="SciPy is installed without its tests")
def test_it_reads_the_files_that_scipy_is_tested_with() -> None:
    """Of several Matlab versions and machines, some with the other order of bytes."""
    paths = [path for path in PEERS_FILES.glob("*.mat") if not any(map(path.match, _NOT_ALIKE))]
    assert len(paths) > 80
    assert {path.name: found for path in paths if (found := differing(path))} == {}
