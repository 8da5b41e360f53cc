"""Folders that a second download made, and folders whose names are words for versions of the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from onelook.data.layouts.folders.versions import Versions, find_versions, numbered_copies


def below(folder: str, *numbers: int) -> list[str]:
    return [f"{folder}/{number}.png" for number in numbers]


def content(name: str) -> bytes:
    """What a file holds: its own name, whatever folder it lies in."""
    return name.rpartition("/")[2].encode()


@pytest.mark.parametrize(
    ("names", "copies"),
    [
        ([*below("cats", *range(10)), *below("cats (1)", *range(10))], below("cats (1)", *range(10))),
        ([*below("a/cats", 1, 2), *below("a/cats (12)", 1, 2)], below("a/cats (12)", 1, 2)),
        # Nine of ten files are there once more, and eight of ten may be so by chance.
        ([*below("cats", *range(9)), *below("cats (1)", *range(10))], below("cats (1)", *range(9))),
        ([*below("cats", *range(8)), *below("cats (1)", *range(10))], []),
        ([*below("cats", *range(8)), *below("cats (1)", *range(1, 4))], below("cats (1)", 1, 2, 3)),
        ([*below("dogs", 1, 2), *below("cats (1)", 1, 2)], []),  # of no folder beside it
        ([*below("cats", 1, 2), *below("cats (old)", 1, 2)], []),
        ([*below("cats", 1, 2), *below("cats (123)", 1, 2)], []),
        ([*below("cats", 1, 2), *below("cats (1)", 3, 4)], []),
    ],
)
def test_the_files_of_a_second_download_are_copies(names: Sequence[str], copies: Sequence[str]) -> None:
    folders = {name.rpartition("/")[0] for name in names}
    found = numbered_copies(names, folders, content)
    assert sorted(found) == sorted(copies)
    for name, reason in found.items():
        folder = name.rpartition("/")[0]
        assert reason == f"'{folder}/' holds the files of '{folder.partition(' (')[0]}/' once more"


def test_files_of_one_name_with_other_bytes_are_no_copies() -> None:
    names = [*below("cats", 1, 2), *below("cats (1)", 1, 2)]
    assert numbered_copies(names, {"cats", "cats (1)"}, lambda name: name.encode()) == {}


def tops(*folders: str, count: int = 8) -> dict[str, list[str]]:
    return {folder: below(folder, *range(count)) for folder in folders}


@pytest.mark.parametrize(
    ("folders", "in_order"),
    [
        (("processed", "raw"), ("raw", "processed")),  # the original first
        (("gray", "color", "segmented"), ("color", "gray", "segmented")),
        (("leaf_resized", "leaf"), ("leaf", "leaf_resized")),
        (("leaf_64", "leaf_128"), ("leaf_64", "leaf_128")),  # the sizes of the pictures
        (("64", "128"), None),  # numbers alone may be classes
        (("leaf_8", "leaf_16"), None),
        (("raw", "processed", "train"), None),
        (("raw", "cats"), None),
        (("raw",), None),
    ],
)
def test_folders_are_versions_by_words_that_no_class_has(
    folders: Sequence[str], in_order: Sequence[str] | None
) -> None:
    found = find_versions(tops(*folders), "", lambda name: name.encode())
    assert found == (None if in_order is None else Versions(list(in_order), are_flat=True))


def test_folders_with_the_same_files_are_versions_whatever_they_are_called() -> None:
    folders = tops("one", "two", "three")
    found = find_versions(folders, "", content)
    assert found == Versions(["one", "three", "two"], are_flat=True)
    assert find_versions(folders, "", lambda name: name.encode()) is None
    assert find_versions(tops("one", "two", count=7), "", content) is None  # seven names in common may be by chance
    assert find_versions({"": ["1.png"], **folders}, "", content) is None
    assert find_versions(tops(*"abcdef"), "", content) is not None
    assert find_versions(tops(*"abcdefg"), "", content) is None
