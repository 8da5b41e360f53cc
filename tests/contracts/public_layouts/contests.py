"""Contests and catalogues whose lists, folders of a stage, and columns of wider classes stand beside the pictures."""

from __future__ import annotations

import json

from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses

FISH = ("ALB", "BET", "NoF")


def fish_of_two_stages(at: Place) -> None:
    """Pictures to predict in a folder of each stage of the contest."""
    at.class_folders("train", FISH, 6, "img_{name}{i}.jpg")
    at.photos(*(f"test_stg{stage}/img_{stage}{i:04d}.jpg" for stage in (1, 2) for i in range(4)))
    rows = [(f"img_1{i:04d}.jpg", 0.4, 0.1, 0.5) for i in range(4)]
    at.table("sample_submission_stg1.csv", f"image,{','.join(FISH)}", rows)


def photos_in_the_dark(at: Place) -> None:
    """A header with bars above lines with blanks, and a column of parts in numbers."""
    lines = ["Name | Class | Light | In/Out | Train/Val/Test"]
    for c, name in enumerate(("Bicycle", "Boat", "Bottle")):
        for i in range(10):
            file = f"2015_{c}{i:04d}.{('png', 'jpg')[i % 2]}"
            at.photo(f"ExDark/{name}/{file}")
            lines.append(f"{file} {c + 1} {i % 9 + 1} {i % 2 + 1} {1 if i < 6 else 2 if i < 8 else 3}")
    at.text("imageclasslist.txt", *lines)


def products_of_a_shop(at: Place) -> None:
    """Numbers of wider classes, which are the folders, beside those of single products."""
    number = 0
    for part in ("train", "test"):
        lines = ["image_id class_id super_class_id path"]
        for c in range(4):
            for i in range(4):
                name = f"{('bicycle', 'chair')[c % 2]}_final/{part[:2]}{'abcd'[c]}x{'stuv'[i]}.JPG"
                at.photo(f"Products/{name}", format="JPEG")
                lines.append(f"{number} {c + 1 + 4 * (part == 'test')} {c % 2 + 1} {name}")
                number += 1
        at.text(f"Products/Ebay_{part}.txt", *lines)


def furniture_without_names(at: Place) -> None:
    """JSON with addresses and numbers of labels, and pictures called 1, 2, 3 … in each part."""
    for part, count in (("train", 24), ("validation", 6), ("test", 6)):
        at.photos(*(f"{part}/{i + 1}.jpg" for i in range(count)))
        value = {"images": [{"image_id": i + 1, "url": [f"https://example.org/{i}.jpg"]} for i in range(count)]}
        if part != "test":
            value["annotations"] = [{"image_id": i + 1, "label_id": i % 3 + 1} for i in range(count)]
        at.text(f"{part}.json", json.dumps(value))
    at.table("sample_submission_randomlabel.csv", "id,predicted", [(i + 1, 1) for i in range(6)])


def objects_in_japanese(at: Place) -> None:
    """A table of the labels' names, and a sample of tabs without a header."""
    at.photos(*(f"train_images/{i}.png" for i in range(24)), *(f"test_images/{i}.png" for i in range(6)))
    at.table("train_master.tsv", "id,label_id", [(f"{i}.png", i % 3) for i in range(24)], delimiter="\t")
    names = enumerate(("カメラ", "椅子", "ピアノ"))
    at.table("label_master.tsv", "label_id,label_name", names, delimiter="\t")
    at.table("sample_submit.tsv", "", [(f"{i}.png", i % 3) for i in range(6)], delimiter="\t")


def bees_of_a_genus(at: Place) -> None:
    """Labels 0.0 and 1.0, and a sample of 0.5."""
    at.photos(*(f"images/train/{520 + 13 * i}.jpg" for i in range(24)))
    at.photos(*(f"images/test/{2783 + 17 * i}.jpg" for i in range(6)))
    at.table("train_labels.csv", "id,genus", [(520 + 13 * i, float(i % 4 > 0)) for i in range(24)])
    at.table("SubmissionFormat.csv", "id,genus", [(2783 + 17 * i, 0.5) for i in range(6)])


def frames_of_capsules(at: Place) -> None:
    """Frames of a video, a table of tabs with boxes of some, and two halves of the pictures as lists."""
    rows, halves = [], ([], [])
    for kind in ("Angiectasia", "Ulcer"):
        for i in range(12):
            video, frame = f"{i // 3:x}{kind[0].lower()}8ebf8347c", 1000 + 5 * i
            at.photo(f"labelled_images/{kind}/{video}_{frame}.jpg")
            rows.append((f"{video}_{frame}.jpg", video, frame, kind, "" if i % 2 else 10))
            halves[i // 6].append((f"{video}_{frame}.jpg", kind))
    at.table("metadata.csv", "filename,video_id,frame_number,finding_class,x1", rows, delimiter=";")
    for number, half in enumerate(halves):
        at.table(f"official_splits/split_{number}.csv", "filename,label", half)


def skin_in_two_views(at: Place) -> None:
    """Two pictures a row, and lists of the numbers of the rows of each part."""
    rows = []
    for i in range(24):
        at.photos(f"images/NEL/NEL{i:03d}l.jpg", f"images/NEL/Nel{i:03d}m.jpg")
        kind = ("blue nevus", "clark nevus", "melanoma")[i % 3]
        rows.append((i + 1, kind, i % 8, ("male", "female")[i % 2], f"NEL/NEL{i:03d}l.jpg", f"NEL/Nel{i:03d}m.jpg"))
    at.table("meta/meta.csv", "case_num,diagnosis,seven_point_score,sex,clinic,derm", rows)
    for part, numbers in (("train", range(12)), ("valid", range(12, 18)), ("test", range(18, 24))):
        at.table(f"meta/{part}_indexes.csv", "indexes", [(i,) for i in numbers])


def vehicles_in_gb2312(at: Place) -> None:
    """XML in GB 2312 whose items have a vehicle, a camera, a colour and a type."""
    for part, count in (("train", 24), ("test", 12)):
        items = [
            f'<Item imageName="{part[:2]}{i:04d}.jpg" vehicleID="{i // 4:04d}" cameraID="c{i % 4}" '
            f'colorID="{i // 4 % 3 + 1}" typeID="{i // 4 % 2 + 1}" />'
            for i in range(count)
        ]
        at.photos(*(f"VeRi/image_{part}/{part[:2]}{i:04d}.jpg" for i in range(count)))
        head = ('<?xml version="1.0" encoding="gb2312"?>', "<TrainingImages><Items>")
        at.text(f"VeRi/{part}_label.xml", *head, *items, "</Items></TrainingImages>", encoding="gb2312")


def skin_by_disease(at: Place) -> None:
    """The disease is called like a label; whether it is malignant may be meant too."""
    names = ("melanoma-in-situ", "seborrheic-keratosis", "verruca-vulgaris")
    at.photos(*(f"images/{i + 1:06d}.png" for i in range(24)))
    rows = [(i, i + 1, f"{i + 1:06d}.png", (12, 34, 56)[i // 2 % 3], i % 3 == 0, names[i % 3]) for i in range(24)]
    at.table("ddi_metadata.csv", ",DDI_ID,DDI_file,skin_tone,malignant,disease", rows)


CONTESTS: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (
        fish_of_two_stages,
        Opens(FISH, {"train": 18}, {"test": 8}, says=("test_stg1/ and test_stg2/ are the part 'test' together",)),
    ),
    (
        photos_in_the_dark,
        Opens(
            ("Bicycle", "Boat", "Bottle"),
            {"train": 18, "val": 6, "test": 6},
            says=("the column 'Train/Val/Test' .1 is train, 2 is val, 3 is test",),
        ),
    ),
    (
        products_of_a_shop,
        Opens(
            ("bicycle_final", "chair_final"),
            {"train": 16, "test": 16},
            says=("'class_id' .8 classes. may be the label too",),
        ),
    ),
    (
        furniture_without_names,
        Opens(("1", "2", "3"), {"train": 24, "val": 6}, says=("test.json lists pictures without labels",)),
    ),
    (
        objects_in_japanese,
        Opens(("カメラ", "椅子", "ピアノ"), {"all": 24}, says=("have the names in label_master.tsv",)),
    ),
    (bees_of_a_genus, Opens(("0", "1"), {"all": 24}, says=("6 pictures in 'images/'",))),
    (
        frames_of_capsules,
        Opens(("Angiectasia", "Ulcer"), {"all": 24}, says=("'video_id' stay together",), groups=8),
    ),
    (
        skin_in_two_views,
        Opens(
            ("blue nevus", "clark nevus", "melanoma"),
            {"train": 12, "val": 6, "test": 6},
            says=("those of the rows of meta/meta.csv, counted from 0", "each row stands for the one in 'clinic'"),
        ),
    ),
    (
        skin_by_disease,
        Opens(
            ("melanoma-in-situ", "seborrheic-keratosis", "verruca-vulgaris"),
            {"all": 24},
            says=("'malignant' .2 classes. may be the label too",),
        ),
    ),
    (vehicles_in_gb2312, Asks(("colorID 3 classes", "typeID 2 classes"))),
]
