"""Public data sets whose tables, names, arrays or bytes are written in yet another way."""

from __future__ import annotations

import json

import numpy as np
from scipy.io import savemat
from tests.contracts.public_layouts.drawing import Place


def julia_street_view(at: Place) -> None:
    """Classes that differ in capitals alone, bitmaps with the suffix `.Bmp`, and a sample of one placeholder."""
    at.photos(*(f"trainResized/{i}.Bmp" for i in range(1, 25)), *(f"testResized/{i}.Bmp" for i in range(25, 31)))
    at.table("trainLabels.csv", "ID,Class", [(i, "Aa7"[i % 3]) for i in range(1, 25)])
    at.table("sampleSubmission.csv", "ID,Class", [(i, "A") for i in range(25, 31)])


def digits_and_letters(at: Place) -> None:
    """Pixels beside the digit, which is the label, and a letter, which `test.csv` has too."""
    rows = [(i + 1, i % 3, "ABCD"[i % 4], *at.pixels(8).ravel()) for i in range(30)]
    head = ",".join(map(str, range(64)))
    at.table("train.csv", f"id,digit,letter,{head}", rows)
    at.table("test.csv", f"id,letter,{head}", [(2049 + i, "A", *at.pixels(8).ravel()) for i in range(4)])
    at.table("submission.csv", "id,digit", [(2049 + i, 0) for i in range(4)])


def conservation(at: Place) -> None:
    """Features and one-hot labels in tables of their own, and the place of each camera."""
    kinds = ("bird", "hog", "rodent")
    at.photos(*(f"train_features/ZJ{i:06d}.jpg" for i in range(24)), *(f"test_features/ZJ{i}.jpg" for i in range(5)))
    rows = [(f"ZJ{i:06d}", f"train_features/ZJ{i:06d}.jpg", f"S{i // 6:04d}") for i in range(24)]
    at.table("train_features.csv", "id,filepath,site", rows)
    at.table(
        "train_labels.csv",
        "id,bird,hog,rodent",
        [(f"ZJ{i:06d}", *(float(i % 3 == k) for k in range(3))) for i in range(24)],
    )
    at.table("test_features.csv", "id,filepath,site", [(f"ZJ{i}", f"test_features/ZJ{i}.jpg", "S9") for i in range(5)])
    at.table("submission_format.csv", f"id,{','.join(kinds)}", [(f"ZJ{i}", 0.3, 0.3, 0.3) for i in range(5)])


def lesions_2016(at: Place) -> None:
    """Lists without a header: names of classes to train on, and 0.0 or 1.0 to test on."""
    for part, count in (("Training", 20), ("Test", 10)):
        at.photos(*(f"Part3_{part}_Data/ISIC_{i * 3 + len(part):07d}.jpg" for i in range(count)))
        names = ("benign", "malignant") if part == "Training" else (0.0, 1.0)
        rows = [(f"ISIC_{i * 3 + len(part):07d}", names[i % 5 == 0]) for i in range(count)]
        at.table(f"Part3_{part}_GroundTruth.csv", "", rows)


def herbarium_in_latin_1(at: Place) -> None:
    images, annotations = [], []
    for i in range(24):
        name = f"images/{i // 6:03d}/{i % 6:02d}/{437000 + i}.jpg"
        at.photo(f"nybg/train/{name}")
        images.append({"file_name": name, "id": 437000 + i, "license": 1})
        annotations.append({"category_id": i % 2, "id": i, "image_id": 437000 + i})
    names = [{"id": 0, "name": "Ilex × meserveae"}, {"id": 1, "name": "Isoëtes lacustris"}]
    value = {"annotations": annotations, "categories": names, "images": images, "info": {}}
    at.text("nybg/train/metadata.json", json.dumps(value, ensure_ascii=False), encoding="latin-1")


def crops_in_cp949(at: Place) -> None:
    at.photos(*(f"원천데이터/작물_{i:03d}.jpg" for i in range(24)))
    value = [{"파일명": f"작물_{i:03d}.jpg", "작물": ("딸기", "토마토")[i % 2]} for i in range(24)]
    at.text("라벨링데이터/label.json", json.dumps(value, ensure_ascii=False), encoding="cp949")


def powershell_lines(at: Place) -> None:
    at.photos(*(f"photos/{i}.png" for i in range(20)))
    lines = [json.dumps({"image": f"photos/{i}.png", "class": ("naïve", "façade")[i % 2]}) for i in range(20)]
    at.text("data.jsonl", *lines, encoding="utf-16")


def fashion_categories(at: Place) -> None:
    """A number of lines above the header, wide blanks, and three tables on the same pictures."""
    items, kinds = ("Sheer_Blouse", "Dot_Anorak", "Boxy_Blazer", "Lace_Blouse"), (3, 1, 2, 3)
    names = [(f"img/{item}/img_{i:08d}.jpg", kind) for item, kind in zip(items, kinds, strict=True) for i in range(6)]
    at.photos(*(name for name, _ in names))
    parts = ("train", "train", "val", "test")
    for file, head, cells in (
        ("Anno/list_category_img.txt", "image_name  category_label", [kind for _, kind in names]),
        ("Eval/list_eval_partition.txt", "image_name  evaluation_status", [parts[i % 4] for i in range(24)]),
    ):
        rows = [f"{name:<50}{cell}" for (name, _), cell in zip(names, cells, strict=True)]
        at.text(file, "24", head, *rows)


def weeds_in_folds(at: Place) -> None:
    """One table of all, and lists of three parts for each of two folds."""
    rows = [(f"2017-{i:04d}.jpg", i % 3, ("Lantana", "Parkinsonia", "Negative")[i % 3]) for i in range(30)]
    at.photos(*(f"images/{name}" for name, _, _ in rows))
    at.table("labels/labels.csv", "Filename,Label,Species", rows)
    for fold in range(2):
        for number, part in enumerate(("train", "val", "test")):
            chosen = [row[:2] for i, row in enumerate(rows) if max(0, (i // 3 + fold) % 5 - 2) == number]
            at.table(f"labels/{part}_subset{fold}.csv", "Filename,Label", chosen)


def leaves_and_outlines(at: Place) -> None:
    """Two columns of paths: each row stands for the photograph."""
    rows = []
    for i in range(18):
        at.photo(f"dataset/images/lab/leaf{i}.jpg")
        at.mask(f"dataset/segmented/lab/leaf{i}.png")
        kind = ("Abies concolor", "Picea pungens")[i % 2]
        rows.append((i, f"dataset/images/lab/leaf{i}.jpg", f"dataset/segmented/lab/leaf{i}.png", kind, "lab"))
    at.table("leafsnap-images.txt", "file_id,image_path,segmented_path,species,source", rows, delimiter="\t")


def polyps(at: Place) -> None:
    """The most of seven raters, with the number of them in another column, and the parts."""
    at.photos(*(f"images/MHIST_{i:03d}.png" for i in range(24)))
    head = "Image Name,Majority Vote Label,Number of Annotators who Selected SSA (Out of 7),Partition"
    rows = [(f"MHIST_{i:03d}.png", ("HP", "SSA")[i % 2], i % 4, ("train", "test")[i % 4 == 0]) for i in range(24)]
    at.table("annotations.csv", head, rows)


def camera_traps(at: Place) -> None:
    """COCO Camera Traps: places and sequences, and one picture of two kinds."""
    images, annotations = [], []
    for i in range(24):
        name = f"{30 + i // 6}/IMG_{i:04d}.JPG"
        at.photo(f"cct_images/{name}", format="JPEG")
        images.append({"id": f"u{i}", "file_name": name, "seq_id": f"s{i // 3}", "location": str(30 + i // 6)})
        annotations.append({"id": f"a{i}", "image_id": f"u{i}", "category_id": 6 * (i // 3 % 2)})
    annotations.append({"id": "more", "image_id": "u0", "category_id": 6})
    categories = [{"id": 0, "name": "empty"}, {"id": 6, "name": "bobcat"}]
    at.json("cct.json", {"info": {}, "images": images, "annotations": annotations, "categories": categories})


def synsets_in_shares(at: Place) -> None:
    """`train.X1` and `train.X2` are the training part together; `Labels.json` has the names."""
    for k in range(4):
        at.class_folders(f"train.X{1 + k // 2}", [f"n0{1440764 + k}"], 6)
        at.class_folders("val.X", [f"n0{1440764 + k}"], 3)
    at.json("Labels.json", {f"n0{1440764 + k}": name for k, name in enumerate(("tench", "goldfish", "cock", "agama"))})


def materials_and_masks(at: Place) -> None:
    for kind in ("fabric", "glass"):
        for i in range(8):
            at.photo(f"image/{kind}/{kind}_{i:03d}_new.jpg")
            at.mask(f"mask/{kind}/{kind}_{i:03d}_new.jpg")


def tom_and_jerry(at: Place) -> None:
    """Each folder is a combination of two columns of 0 and 1."""
    rows = []
    for k, name in enumerate(("jerry", "tom", "tom_jerry_0", "tom_jerry_1")):
        at.photos(*(f"tom_and_jerry/{name}/frame{k * 9 + i}.jpg" for i in range(6)))
        rows += [(f"frame{k * 9 + i}.jpg", int(k in (1, 3)), int(k in (0, 3))) for i in range(6)]
    at.table("ground_truth.csv", "filename,tom,jerry", rows)


def whales_and_dolphins(at: Place) -> None:
    """The sample asks for `predictions`, and has five individuals in each cell."""
    at.photos(*(f"train_images/{i:04x}f1.jpg" for i in range(32)), *(f"test_images/{i}.jpg" for i in range(4)))
    rows = [(f"{i:04x}f1.jpg", ("beluga", "orca")[i % 2], f"{i // 4:x}a9c") for i in range(32)]
    at.table("train.csv", "image,species,individual_id", rows)
    guesses = " ".join(f"{k:x}a9c" for k in range(5))
    at.table("sample_submission.csv", "image,predictions", [(f"{i}.jpg", guesses) for i in range(4)])


def graded_by_three(at: Place) -> None:
    """A column for each grader; on one eye in eight they disagree."""
    at.photos(*(f"fundus/eye{i:03d}.jpg" for i in range(24)))
    grades = ("normal", "early", "late")
    rows = [(f"eye{i:03d}.jpg", grades[i % 3], grades[i % 3], grades[(i + (i % 8 == 0)) % 3]) for i in range(24)]
    at.table("grades.csv", "image,grader1,grader2,grader3", rows)


def contrast_of_scans(at: Place) -> None:
    """A column that says NONE of all scans is called like a label; the one beside it is."""
    rows = []
    for i in range(24):
        name = f"ID_{i:04d}_AGE_{60 + i % 9:04d}_CT.tif"
        at.save(f"tiff_images/{name}", at.rng.integers(0, 255, (10, 12)).astype(np.uint8))
        rows.append((i, 60 + i % 9, i % 2 == 0, "NONE", f"{i}.dcm", name))
    at.table("overview.csv", ",Age,Contrast,ContrastTag,raw_input_path,tiff_name", rows)


def heads_in_part(at: Place) -> None:
    """A random share of the slices of each head."""
    for k, kind in enumerate(("Demented", "Healthy")):
        for head in range(3):
            kept = sorted(at.rng.choice(12, 7, replace=False))
            at.photos(*(f"{kind}/OAS1_{28 + 7 * head + k:04d}_MR1_mpr-1_{100 + at_}.jpg" for at_ in kept))


def tiles_of_slides(at: Place) -> None:
    for k, kind in enumerate(("MSIMUT", "MSS")):
        for slide in range(3):
            end = f"TCGA-A{slide}-{3810 + 2 * slide + k}-01Z-00-DX1"
            at.photos(*(f"{kind}/blk-{k}{slide}{i}QF-{end}.png" for i in range(4)))


def views_of_objects(at: Place) -> None:
    for kind in ("airplane", "cone"):
        for part, things in (("train", (1, 2, 3)), ("test", (4,))):
            names = [f"{kind}_{thing:04d}_shaded_v{view}.png" for thing in things for view in range(1, 5)]
            at.photos(*(f"{kind}/{part}/{name}" for name in names))


def usps_by_class(at: Place) -> None:
    """(pixels, pictures, classes), without labels."""
    rows = at.rows(60, 16).transpose(0, 2, 1).reshape(3, 20, 256)
    savemat(at.path("usps_all.mat"), {"data": rows.transpose(2, 1, 0)})


def faces_in_cells(at: Place) -> None:
    faces, names = np.empty((1, 3), object), np.empty((1, 3), object)
    for k in range(3):
        faces[0, k], names[0, k] = at.rows(8 + k, 12).transpose(1, 2, 0), f"1{'abc'[k]}"
    savemat(at.path("umist_cropped.mat"), {"facedat": faces, "dirnames": names})


def seedlings_in_an_array(at: Place) -> None:
    np.save(at.path("images.npy"), at.rows(24, 12, 3))
    at.text("Labels.csv", "Label", *(("Charlock", "Cleavers")[i % 2] for i in range(24)))


def boxes_of_cells(at: Place) -> None:
    """A list of objects for each picture, of several kinds."""
    records = []
    for i in range(12):
        at.photo(f"images/{i:02d}-4e1e.png")
        kinds = ["red blood cell", "red blood cell", ("ring", "gametocyte")[i % 2]]
        box = {"minimum": {"r": 1, "c": 1}, "maximum": {"r": 5, "c": 5}}
        objects = [{"bounding_box": box, "category": kind} for kind in kinds]
        records.append({"image": {"pathname": f"/images/{i:02d}-4e1e.png"}, "objects": objects})
    at.json("training.json", records)


def steering(at: Place) -> None:
    """Three cameras a row, and numbers to predict."""
    rows = []
    for i in range(12):
        at.photos(*(f"IMG/{camera}_2016_12_01_{i:02d}.jpg" for camera in ("center", "left", "right")))
        paths = [f"IMG/{camera}_2016_12_01_{i:02d}.jpg" for camera in ("center", "left", "right")]
        rows.append((*paths, round(0.1 * i - 0.45, 3), round(0.7 + i / 90, 3), 0, round(22 + i / 7, 4)))
    at.table("driving_log.csv", "center,left,right,steering,throttle,brake,speed", rows)
