"""Pictures with tables and sample submissions beside them, as competitions hand them out."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place


def kannada(at: Place) -> None:
    head = ",".join(f"pixel{i}" for i in range(64))
    rows = at.rows(70, 8).reshape(70, 64).tolist()
    at.table("train.csv", f"label,{head}", [(i % 10, *row) for i, row in enumerate(rows[:40])])
    at.table("test.csv", f"id,{head}", [(i, *row) for i, row in enumerate(rows[40:50])])
    at.table("Dig-MNIST.csv", f"label,{head}", [(i % 10, *rows[50 + i]) for i in range(20)])
    at.table("sample_submission.csv", "id,label", [(i, 0) for i in range(10)])


def dogs_redux(at: Place) -> None:
    at.photos(*(f"train/{name}.{i}.jpg" for name in ("cat", "dog") for i in range(10)))
    at.photos(*(f"test/{i}.jpg" for i in range(1, 7)))
    at.table("sample_submission.csv", "id,label", [(i, 0.5) for i in range(1, 7)])


def dog_breed(at: Place) -> None:
    names = [f"{0x000BEC180EB18C + 104729 * i:016x}" for i in range(24)]
    at.photos(*(f"train/{name}.jpg" for name in names[:18]), *(f"test/{name}.jpg" for name in names[18:]))
    at.table("labels.csv", "id,breed", [(n, ("beagle", "boxer", "pug")[i % 3]) for i, n in enumerate(names[:18])])
    at.table("sample_submission.csv", "id,beagle,boxer,pug", [(name, 0.3, 0.3, 0.3) for name in names[18:]])


def seedlings(at: Place) -> None:
    at.class_folders("train", ("Black-grass", "Common wheat", "Maize"), 8, "{name}-{i}a.png")
    at.photos(*(f"test/{i}f.png" for i in range(6)))
    at.table("sample_submission.csv", "file,species", [(f"{i}f.png", "Sugar beet") for i in range(6)])


def right_whale(at: Place) -> None:
    at.photos(*(f"imgs/w_{i}.jpg" for i in range(30)))
    rows = [(f"w_{i}.jpg", f"whale_{i % 3:05d}") for i in range(24)]
    at.table("train.csv", "Image,whaleID", rows)
    asked = [(f"w_{i}.jpg", 0.1, 0.1, 0.1) for i in range(24, 30)]
    at.table("sample_submission.csv", "Image,whale_00000,whale_00001,whale_00002", asked)


def isic2020(at: Place) -> None:
    rows = []
    for i in range(40):
        at.photo(f"jpeg/{'train' if i < 32 else 'test'}/ISIC_{131 * i:07d}.jpg")
        bad = i // 4 % 2
        rows.append((f"ISIC_{131 * i:07d}", f"IP_{i // 4:07d}", "male", 40 + i % 30, ("benign", "malignant")[bad], bad))
    at.table("train.csv", "image_name,patient_id,sex,age_approx,benign_malignant,target", rows[:32])
    at.table("test.csv", "image_name,patient_id,sex,age_approx", [row[:4] for row in rows[32:]])
    at.table("sample_submission.csv", "image_name,target", [(row[0], 0) for row in rows[32:]])


def plant_2020(at: Place) -> None:
    at.photos(*(f"images/Train_{i}.jpg" for i in range(24)), *(f"images/Test_{i}.jpg" for i in range(6)))
    rows = [(f"Train_{i}", *(int(j == i % 3) for j in range(3))) for i in range(24)]
    at.table("train.csv", "image_id,healthy,rust,scab", rows)
    at.table("test.csv", "image_id", [(f"Test_{i}",) for i in range(6)])
    at.table("sample_submission.csv", "image_id,healthy,rust,scab", [(f"Test_{i}", 0.3, 0.3, 0.3) for i in range(6)])
