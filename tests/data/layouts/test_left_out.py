"""Masks and second copies of the tree, told by their names, are no examples."""

from __future__ import annotations

import pytest

from onelook.data.layouts.left_out import MASK, leave_out, notes_on_left_out
from onelook.data.storage.location import folders_above


def left_out(names: list[str]) -> dict[str, str]:
    kept, out = leave_out(names, folders_above(names))
    assert sorted([*kept, *out]) == sorted(names)
    return out


@pytest.mark.parametrize(
    "mask",
    [
        "cat/1_mask.png",
        "cat/1_mask_2.png",
        "cat/1-Segmentation.png",
        "cat/1.seg.png",
        "cat/1 mask.jpg",
        "cat/1_trimap.png",
    ],
)
def test_a_mask_beside_its_picture_is_left_out(mask: str) -> None:
    assert left_out(["cat/1.png", "dog/2.png", mask]) == {mask: MASK}


@pytest.mark.parametrize(
    "name",
    [
        "cat/3_mask.png",  # whose picture is not there
        "dog/1_mask.png",  # it is in another folder
        "WithMask/1.png",
        "cat/masked.png",
        "cat/1mask.png",
    ],
)
def test_what_only_sounds_like_a_mask_stays(name: str) -> None:
    assert left_out(["cat/1.png", "dog/2.png", name]) == {}


@pytest.mark.parametrize("folder", ["shrimp GT", "shrimp_masks", "shrimp-ground truth"])
def test_masks_in_a_folder_called_after_that_of_their_pictures_are_left_out(folder: str) -> None:
    masks = [f"fish/{folder}/{i}.png" for i in range(3)]
    assert left_out([*(f"fish/shrimp/{i}.jpg" for i in range(4)), *masks]) == dict.fromkeys(masks, MASK)
    assert left_out([*(f"fish/bream/{i}.jpg" for i in range(4)), *masks]) == {}
    assert left_out([*(f"fish/shrimp/{i}.jpg" for i in range(7, 9)), *masks]) == {}


def test_a_folder_of_masks_is_left_out_where_the_pictures_lie_beside_it() -> None:
    names = ["a/images/1.png", "a/images/2.png", "a/masks/1.png", "a/masks/2.jpg", "a/masks/9.png"]
    assert left_out(names) == {"a/masks/1.png": MASK, "a/masks/2.jpg": MASK}
    assert left_out(["images/cat/1.png", "masks/cat/1.png"]) == {"masks/cat/1.png": MASK}
    assert left_out(["cat/1.png", "cat/masks/1.png"]) == {"cat/masks/1.png": MASK}
    assert left_out(["masks/1.png", "hats/1.png"]) == {}  # two classes of things to wear


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("images/{}.jpg", "annotations/trimaps/{}.png"),
        ("images/cat/{}.jpg", "labels/masks/cat/{}.png"),
        ("JPEGImages/train/{}.jpg", "SegmentationClass/train/{}.png"),
        ("set/images/{}.jpg", "set/ann/2021/masks/{}.png"),
        ("bottle/test/broken/{}.png", "bottle/ground_truth/broken/{}_mask.png"),
        ("imgs/{}.jpg", "gt/{}.png"),
    ],
)
def test_masks_in_a_folder_below_another_one_are_left_out(picture: str, mask: str) -> None:
    pictures, masks = [picture.format(i) for i in range(9)], [mask.format(i) for i in range(9)]
    assert left_out([*pictures, *masks]) == dict.fromkeys(masks, MASK)


def test_a_class_called_mask_stays_where_few_pictures_elsewhere_have_its_names() -> None:
    names = [f"{kind}/{i}.jpg" for kind in ("faces/mask", "faces/no_mask") for i in range(9)]
    assert left_out([*names, "images/1.jpg", "images/2.jpg"]) == {}


def test_a_second_copy_of_the_tree_is_left_out() -> None:
    tree = ["train/cat/1.png", "train/dog/2.png", "test/cat/3.png"]
    copy = [f"data/{name}" for name in tree]
    reason = "'data/' holds the same tree once more"
    assert left_out([*tree, *copy]) == dict.fromkeys(copy, reason)
    assert left_out(copy) == {}
    assert left_out([*tree, "data/train/cat/9.png", "data/train/dog/8.png"]) == {}  # another tree
    assert left_out([*tree, copy[0]]) == {}  # a single file is no copy of the tree


def test_what_is_left_out_is_counted_and_named() -> None:
    assert notes_on_left_out({}) == []
    assert notes_on_left_out({"cat/1_mask.png": MASK}) == [
        "1 picture is left out, such as 'cat/1_mask.png': it is the mask of another picture."
    ]
    assert notes_on_left_out({"a/1_mask.png": MASK, "a/2_mask.png": MASK}) == [
        "2 pictures are left out, such as 'a/1_mask.png': they are masks of other pictures."
    ]


def test_a_flat_copy_of_all_class_folders_is_left_out() -> None:
    tree = [f"{name}/{name}_{i}.jpg" for name in ("cat", "dog") for i in range(5)]
    copy = [f"resized/{name.rpartition('/')[2]}" for name in tree]
    reason = "'resized/' holds the pictures of the other folders once more"
    assert left_out([*tree, *copy]) == dict.fromkeys(copy, reason)
    assert left_out([*tree, *(name.replace("jpg", "png") for name in copy)]).keys() == {
        name.replace("jpg", "png") for name in copy
    }
    assert left_out([*tree, *(name.replace("resized", "bird") for name in copy)]) == {}  # not called after a copy
    assert left_out([*tree, *copy[:5]]) == {}  # half of them
    numbered = [f"{name}/{i}.jpg" for name in ("cat", "dog", "small") for i in range(5)]
    assert left_out(numbered) == {}  # each class counts its own from 0
    assert left_out([f"{name}/{i}.jpg" for name in ("large", "small") for i in range(5)]) == {}  # two classes


def test_a_tree_again_in_a_folder_of_its_own_name_is_a_copy() -> None:
    tree = [f"simpsons/{name}/{at}.png" for name in ("bart", "lisa") for at in range(5)]
    again = [name.replace("simpsons/", "simpsons/simpsons/") for name in tree]
    others = ["other/1.png", "other/2.png"]
    found = left_out([*tree, *again, *others])
    assert found == dict.fromkeys(again, "'simpsons/simpsons/' holds the same tree once more")
    assert left_out([*(f"data/{name}" for name in [*tree, *again]), *others]).keys() == {
        f"data/{name}" for name in again
    }
    # `cat/cat/` with other pictures than `cat/` is no copy, but holds folders of the same classes.
    others = [name.replace(".png", "b.png") for name in again]
    reason = "'simpsons/simpsons/' holds folders of the classes beside it once more"
    assert left_out([*tree, *others]) == dict.fromkeys(others, reason)


def test_a_class_called_label_is_no_folder_of_masks() -> None:
    names = [f"{folder}/{i}.png" for folder in ("cap", "images", "label") for i in range(4)]
    assert leave_out(names, {"cap", "images", "label"}) == (names, {})


def test_masks_may_begin_with_their_own_word_where_pictures_begin_with_another() -> None:
    pictures, masks = ([f"{folder}_{i:04d}-l.png" for i in range(9)] for folder in ("Images/bus", "Masks/mask"))
    assert left_out([*pictures, *masks]) == dict.fromkeys(masks, MASK)
    assert left_out([*pictures[:4], *masks]) == {}  # most of them belong to no picture


def test_masks_of_each_picture_may_have_any_names_below_folders_of_their_own() -> None:
    pictures = [f"{i}/images/{i}.png" for i in range(4)]
    masks = [f"{i}/masks/{part}{i}.png" for i in range(4) for part in "ab"]
    assert left_out([*pictures, *masks]) == dict.fromkeys(masks, MASK)
    assert left_out([*pictures, *masks, "more/1.png"]) == dict.fromkeys(masks, MASK)
    assert left_out([*pictures[:2], *masks, "more/1.png"]) == {}  # half of the folders have no pictures beside them
    lone = [f"masks/{part}.png" for part in "xyz"]
    assert left_out([*(f"images/{i}.png" for i in range(4)), *lone]) == dict.fromkeys(lone, MASK)
    # Folders for other pictures beside them may be classes.
    assert left_out([*(f"{folder}/{i}.png" for folder in ("images", "photos", "hats") for i in range(4)), *lone]) == {}
    assert left_out([*(f"no masks/{i}.png" for i in range(4)), *lone]) == {}


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("train/0001_{}.png", "train_labels/0001_{}_L.png"),
        ("train/{}.png", "trainannot/{}.png"),
        ("train/a_{}.jpg", "train_masks/a_{}_mask.gif"),
        ("images/training/{}.jpg", "annotations/training/{}.png"),
        ("training/images/{}_training.tif", "training/1st_manual/{}_manual1.gif"),
        ("set/images/{}.png", "set/labels/{}.png"),
        ("leftImg8bit/train/ulm/ulm_{}_leftImg8bit.png", "gtFine/train/ulm/ulm_{}_gtFine_labelIds.png"),
        ("fish_image/fish_01/fish_{}_0.png", "mask_image/mask_01/mask_{}_0.png"),
    ],
)
def test_masks_in_a_tree_of_their_own_may_be_called_otherwise(picture: str, mask: str) -> None:
    pictures, masks = [picture.format(i) for i in range(20, 29)], [mask.format(i) for i in range(20, 29)]
    assert left_out([*pictures, *masks]) == dict.fromkeys(masks, MASK)
    assert left_out([*pictures[:4], *masks]) == {}  # most of them belong to no picture


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("automatic/{}.jpg", "manual/{}.jpg"),  # gears
        ("box/{}.jpg", "label/{}.jpg"),  # what is printed on
        ("face_shield/face_shield_{}.jpg", "face_mask/face_mask_{}.jpg"),
        ("sedan/{}.jpg", "GT/{}.jpg"),
        ("leftImg8bit/{}_leftImg8bit.png", "gtFine/{}.png"),
    ],
)
def test_a_class_called_as_masks_are_stays(one: str, other: str) -> None:
    assert left_out([name.format(i) for name in (one, other) for i in range(9)]) == {}


@pytest.mark.parametrize("copy", ["cat - Copy", "cat - Copy (2)", "cat copy", "cat - Kopie", "cat - 복사본"])
def test_a_copy_of_a_folder_that_a_file_manager_made_is_left_out(copy: str) -> None:
    names = ["cat/1.png", "cat/2.png", "dog/1.png", f"{copy}/1.png", f"{copy}/2.png"]
    assert left_out(names) == dict.fromkeys(names[3:], f"'{copy}/' holds the files of 'cat/' once more")
    assert left_out(["dog/1.png", f"{copy}/1.png"]) == {}  # the original is not there
    assert left_out(["cat/1.png", f"{copy}/3.png", f"{copy}/4.png"]) == {}  # other files


@pytest.mark.parametrize("name", ["cat (1)", "photocopy", "cat_copy_cat"])
def test_other_names_of_folders_are_no_copies(name: str) -> None:
    assert left_out(["cat/1.png", "photo/1.png", f"{name}/1.png"]) == {}


def test_masks_of_pictures_with_another_word_are_told_by_their_formats() -> None:
    pictures, masks = [f"train/{i}_sat.jpg" for i in range(1, 12)], [f"train/{i}_mask.png" for i in range(1, 12)]
    assert left_out([*pictures, *masks, "valid/7_sat.jpg"]) == dict.fromkeys(masks, MASK)
    assert left_out([*pictures, *(name.replace("png", "jpg") for name in masks)]) == {}  # a face with one, and without
    assert left_out([*pictures[1:], *masks]) == {}
    assert left_out([*pictures, *masks, *(name.replace("sat", "map") for name in pictures)]) == {}


def test_several_masks_of_a_picture_with_a_word_for_pictures_are_told_in_any_format() -> None:
    pictures = [f"bike/bike_{i:03d}.image.png" for i in range(1, 5)]
    masks = [f"bike/bike_{i:03d}.mask.{k}.png" for i in range(1, 5) for k in range(i % 2 + 1)]
    assert left_out([*pictures, *masks]) == dict.fromkeys(masks, MASK)
    assert left_out([*(name.replace("image", "face") for name in pictures), *masks]) == {}  # a class each, perhaps
    assert left_out([*pictures[1:], *masks]) == {}


def test_maps_are_masks_in_a_folder_of_maps_alone() -> None:
    pictures, maps = [f"cup1/cup1-{i}.png" for i in range(4)], [f"cup1/maps/cup1-{i}-map.png" for i in range(4)]
    assert left_out([*pictures, *maps]) == dict.fromkeys(maps, MASK)
    assert left_out(["icons/google.png", "icons/google-map.png"]) == {}
    assert left_out([*pictures, *(name.replace("-map", "") for name in maps)]) == {}


def test_boxes_that_were_drawn_by_hand_are_no_masks() -> None:
    names = [f"{folder}/0002_c1s1_{i:06d}_03.jpg" for folder in ("bounding_box_train", "gt_bbox") for i in range(4)]
    assert left_out(names) == {}


def test_a_folder_that_holds_pictures_beside_it_once_more_in_parts_is_left_out() -> None:
    classes = [*(f"tumour/y{i}.jpg" for i in range(9)), *(f"none/n{i}.jpg" for i in range(9))]
    again = ["outlines/train/y1.jpg", "outlines/train/y2.jpg", "outlines/test/y3.jpg"]
    reason = "'outlines/' holds pictures of the folders beside it once more, in parts"
    assert left_out([*classes, *again]) == dict.fromkeys(again, reason)
    assert left_out([f"set/{name}" for name in [*classes, *again]]).keys() == {f"set/{name}" for name in again}
    others = [name.replace("y", "x") for name in again]
    assert left_out([*classes, *others]) == {}  # not called as the others are
    assert left_out([*classes, *(name.replace("train", "left") for name in again)]) == {}  # no parts
    assert left_out([*classes[:9], *again]) == {}  # a single folder beside it
    deeper = [name.replace("outlines/", "outlines/images/") for name in again]
    assert left_out([*classes, *deeper]).keys() == {*deeper}
    assert left_out([*classes, *(name.replace("/y", f"/{name[-5]}/y") for name in again)]) == {}  # classes of its own
    assert left_out([name.replace("/y", "/").replace("/n", "/") for name in [*classes, *again]]) == {}  # counters


def test_masks_in_a_folder_of_each_case_are_left_out_beside_the_one_of_its_photograph() -> None:
    names = [f"IM{n}/{kind}/IM{n}.bmp" for n in range(4) for kind in ("photo", "mask")]
    assert left_out(names) == dict.fromkeys((name for name in names if "mask" in name), MASK)
    assert left_out([name.replace("/IM", "/") for name in names]) == {}  # `ann/mask/1.jpg` beside `ann/glasses/1.jpg`
    assert left_out([*names, *(name.replace("photo", "x-ray") for name in names if "photo" in name)]) == {}


def test_a_folder_with_other_capitals_holds_the_same_files_once_more() -> None:
    scans = [f"SCANS_part_1/ISIC_{number:04d}.jpg" for number in range(8)]
    again = [name.lower().replace("isic", "ISIC") for name in scans]
    reason = "'scans_part_1/' holds the same tree once more"
    assert left_out([*scans, *again]) == dict.fromkeys(again, reason)
    assert left_out([*scans, *again[:7]]) == {}
    numbered = [f"{folder}/{number}.jpg" for folder in ("Cat", "cat") for number in range(8)]
    assert left_out(numbered) == {}
