"""One folder with parts beside folders of the same classes without parts, and class folders beside loose pictures."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from onelook.data.layouts.folders.parts.parted_root import classes_root, parted_root
from onelook.data.storage.location import folders_above

PARTED = [f"big/{part}/{name}/{at}.png" for part in ("train", "test") for name in ("ok", "bad") for at in range(3)]
PLAIN = [f"small/{name}/{at}.png" for name in ("ok", "bad") for at in range(3)]


def found(names: Sequence[str], base: str = "") -> str | None:
    return parted_root(names, base, folders_above(names))


@pytest.mark.parametrize(
    ("names", "root"),
    [
        ([*PARTED, *PLAIN], "big/"),
        ([name.replace("big/", "big/big/") for name in [*PARTED, *PLAIN]], "big/big/"),
        ([name.replace("train", "seg_train").replace("test", "seg_test") for name in [*PARTED, *PLAIN]], "big/"),
        ([*PARTED, *PLAIN, *(name.replace("small", "tiny") for name in PLAIN)], "big/"),
        ([name.replace("train/", "train/train/").replace("test/", "test/test/") for name in [*PARTED, *PLAIN]], "big/"),
        ([*PARTED, "scenes/raw/1.png", "scenes/raw/2.png"], "big/"),  # loose pictures have no class
        ([name.replace("big/", "big/all/images/") for name in [*PARTED, "scenes/1.png"]], "big/all/images/"),
        ([*PARTED, *PLAIN, "big/test_simple/ok/9.png"], "big/"),  # a sample of a part
        ([*PARTED, *PLAIN, "big/extra/ok/9.png"], "big/"),  # of a class, beside the parts
        ([*PARTED, *PLAIN, "big/extra/new/9.png"], None),
        ([*PARTED, "test/test/1.png", "test/test/2.png"], "big/"),  # to predict
        ([*PARTED, *(name.replace("small", "test") for name in PLAIN)], None),
        (
            [name for name in [*PARTED, *PLAIN, "big/test/7.png"] if "test/ok" not in name and "test/bad" not in name],
            "big/",
        ),
        ([name.replace("train/", "train/all/") for name in PARTED] + [*PLAIN], "big/"),
        ([*PARTED, "scenes/a/1.png", "scenes/b/2.png"], None),
        (PARTED, None),  # nothing is beside it
        ([*PARTED, *(name.replace("ok", "new") for name in PLAIN)], None),  # other classes
        ([*PARTED, *(name.replace("big", "small") for name in PARTED)], None),  # which of them?
        ([*PARTED, *PLAIN, "cover.png"], "big/"),
        ([*PARTED, "cover.png"], "big/"),
        ([*PARTED, *PLAIN, "small/cover.png"], None),
        ([name.replace("test/", "train/") for name in [*PARTED, *PLAIN]], None),  # one part alone may be a class
        ([name.replace("big", "train").replace("small", "test") for name in [*PARTED, *PLAIN]], None),
        ([name.replace("ok", "bad") for name in [*PARTED, *PLAIN]], None),
    ],
)
def test_the_folder_with_the_parts_is_found(names: Sequence[str], root: str | None) -> None:
    assert found(names) == root
    assert found([f"data/{name}" for name in names], "data/") == (None if root is None else f"data/{root}")


@pytest.mark.parametrize(("loose", "root"), [(3, "photos/"), (4, "photos/"), (5, None), (6, None)])
def test_loose_pictures_are_fewer_than_in_the_smallest_class(loose: int, root: str | None) -> None:
    classes = [f"photos/{name}/{at}.png" for name, count in (("cat", 7), ("dog", 5)) for at in range(count)]
    names = [*classes, *(f"{at}.png" for at in range(loose))]
    assert classes_root(names, "", folders_above(names)) == root
