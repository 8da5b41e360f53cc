"""Data sets whose lists and folders say the same, nearly the same, or a part each."""

from __future__ import annotations

import io
import tarfile

from tests.contracts.public_layouts.drawing import Place


def grades_and_their_names(at: Place) -> None:
    """Retinas on Kaggle, filtered: folders have the names of the grades, and the list has their numbers."""
    names = ("No_DR", "Mild", "Moderate", "Severe", "Proliferate_DR")
    rows = []
    for k in range(30):
        at.photo(f"gaussian_filtered_images/gaussian_filtered_images/{names[k % 5]}/{k:04x}ab12.png")
        rows.append((f"{k:04x}ab12", k % 5))
    at.table("train.csv", "id_code,diagnosis", rows)
    at.bytes("gaussian_filtered_images/gaussian_filtered_images/export.pkl", b"\x80\x02}q\x00.")


def scans_in_doubled_folders_of_parts(at: Place) -> None:
    """Retinas on Kaggle in parts: each list belongs to pictures in a folder that lies in itself."""
    for part, table, count in (("train", "train_1", 20), ("val", "valid", 10), ("test", "test", 10)):
        rows = [(f"{part[0]}{k:03x}c0de", k % 5) for k in range(count)]
        at.photos(*(f"{part}_images/{part}_images/{name}.png" for name, _ in rows))
        at.table(f"{table}.csv", "id_code,diagnosis", rows)


def expressions_labelled_anew(at: Place) -> None:
    """AffectNet on Kaggle: the list corrects the labels of the folders for some pictures."""
    names = ("anger", "happy", "sad", "surprise")
    rows = []
    for k in range(32):
        at.photo(f"{names[k % 4]}/image{7 * k:07d}.png")
        rows.append((k, f"{names[k % 4]}/image{7 * k:07d}.png", names[(k + (k // 4 % 4 == 0)) % 4], f"0.84{k}"))
    at.table("labels.csv", ",pth,label,relFCs", rows)


def lists_of_parts_beside_class_folders(at: Place) -> None:
    """RESISC45 as torchgeo keeps it: three lists name the pictures of each part, without their folders."""
    lists: dict[str, list[str]] = {"train": [], "val": [], "test": []}
    for name in ("airplane", "beach", "tennis_court"):
        for k in range(10):
            at.photo(f"NWPU-RESISC45/{name}/{name}_{k:03d}.png")
            lists[("train", "train", "train", "val", "test")[k % 5]].append(f"{name}_{k:03d}.png")
    for part, lines in lists.items():
        at.text(f"resisc45-{part}.txt", *lines)


def packed_and_unpacked(at: Place) -> None:
    """Rendered SST-2 as torchvision keeps it: the archive stays beside the folders that came out of it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for part, count in (("train", 8), ("valid", 3), ("test", 4)):
            for name in ("negative", "positive"):
                for k in range(count):
                    path = f"rendered-sst2/{part}/{name}/{k:04d}.png"
                    at.photo(path)
                    archive.add(at.path(path), path)
    at.bytes("rendered-sst2.tgz", file.getvalue())


def ships_of_both_parts_together(at: Place) -> None:
    """Ships of Analytics Vidhya: the pictures to predict lie among those to train on, and only lists part them."""
    names = [f"{2823080 - 731 * k}.png" for k in range(30)]
    at.photos(*(f"train/images/{name}" for name in names))
    at.table("train/train.csv", "image,category", [(name, k % 3 + 1) for k, name in enumerate(names) if k % 5])
    left = [name for k, name in enumerate(names) if k % 5 == 0]
    at.text("test_ApKoW4T.csv", "image", *left)
    at.table("sample_submission_ns2btKE.csv", "image,category", [(name, 1) for name in left])
