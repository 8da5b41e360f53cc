"""Folders that hold a share of the pictures, by their names: they are no classes."""

from __future__ import annotations

import pytest

from onelook.data.share_names import are_days, names_a_share, number_shares


@pytest.mark.parametrize(
    ("names", "are_shares"),
    [
        (("images", "Imgs", "data", "part_2", "img_2019", "day 3", "week"), True),
        (("2019", "2019-05", "2019_05_31", "20190531", "1999"), True),
        (("cat", "images_cat", "photo-album", "12", "1850", "2019-cats", ""), False),
    ],
)
def test_a_folder_called_after_how_pictures_came_is_no_class(names: tuple[str, ...], are_shares: bool) -> None:
    assert [names_a_share(name) for name in names] == [are_shares] * len(names)


@pytest.mark.parametrize(
    ("folders", "are_shares"),
    [
        (("fold1", "fold2"), True),
        (("batch_1", "batch_2", "Part 3"), True),
        (("kfold_1", "cv2", "subset-1"), True),
        (("fold1", "fold1"), False),  # one folder
        (("fold", "fold2"), False),
        (("fold", "set"), False),
        (("1", "2"), False),
        (("fold1", "fold2", "cat1"), False),
        (("day1", "day2"), False),  # which may be what is to be learnt
        (("session 1", "session 2"), False),
    ],
)
def test_folders_that_only_number_shares_are_no_classes(folders: tuple[str, ...], are_shares: bool) -> None:
    assert number_shares(folders) is are_shares


@pytest.mark.parametrize(
    ("folders", "are"),
    [
        (("2021-05-11", "2021-05-12"), True),
        (("2021-05-11",), False),  # one alone is no way to share out pictures
        (("2021-05-11", "2021-05-11"), False),
        (("2021-05-11", "cat"), False),
        (("11.05.2021", "12.05.2021"), True),
        (("11.05-2021", "12.05.2021"), False),
    ],
)
def test_several_folders_may_be_days(folders: tuple[str, ...], are: bool) -> None:
    assert are_days(folders) is are
