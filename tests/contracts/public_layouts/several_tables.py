"""Collections of plants, birds, clothes, signs and X-rays: what their several tables and long names say."""

from __future__ import annotations

import numpy as np
from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses
from tests.data.pictures.drawn import dicom


def clothes_labelled_twice(at: Place) -> None:
    """Labels that were checked and labels from the web, of other pictures but for a few, and lists of keys."""
    checked, found = [], []
    for i in range(36):
        name = f"images/{i % 3}/{2000000 + i},{30000 + i}.jpg"
        at.photo(name)
        if i < 20:
            checked.append(f"{name} {i % 4}")
        if i >= 12:
            found.append(f"{name} {(i + (i % 5 == 0)) % 4}")
    at.text("clean_label_kv.txt", *checked)
    at.text("noisy_label_kv.txt", *found)
    at.text("clean_train_key_list.txt", *(line.rpartition(" ")[0] for line in checked))
    at.text("category_names_chn.txt", "T恤", "衬衫", "针织衫", "雪纺衫", encoding="gbk")


def plants_of_observations(at: Place) -> None:
    """Folders of codes in parts, and a table of theirs with names, parts and the observation of each picture."""
    species = {"1355868": "Lactuca virosa L.", "1363227": "Cirsium arvense (L.) Scop."}
    rows = []
    for part, count in (("train", 8), ("val", 2), ("test", 2)):
        for code, name in species.items():
            for i in range(count):
                file = f"{part}{code}{i:03d}.jpg"
                at.photo(f"images_max_side_800/{part}/{code}/{file}")
                rows.append((file, "leaf", code, f"{part}{code[-2:]}{i // 2}", name, "Asteraceae", part))
    head = "image_name,organ,species_id,obs_id,species,family,learn_tag"
    at.table("singleplanttrainingdata.csv", head, rows, delimiter=";")


def documents_with_numbers(at: Place) -> None:
    """Numbers to train on, and their names in a table whose first column is called as that of the labels."""
    at.photos(*(f"train/{i:x}a9.jpg" for i in range(24)), *(f"test/test_{i:04d}.jpg" for i in range(6)))
    at.table("train.csv", "ID,target", [(f"{i:x}a9.jpg", i % 3) for i in range(24)])
    at.table("meta.csv", "target,class_name", [(0, "account_number"), (1, "통원/입원 진료확인서"), (2, "resume")])
    at.table("sample_submission.csv", "ID,target", [(f"test_{i:04d}.jpg", 0) for i in range(6)])


def x_rays_of_patients(at: Place) -> None:
    """Few X-rays to predict, in folders of patients, beside many to train on: `image_id` names all of them."""
    rows, tests = [], []
    for i in range(32):
        patient, number = 10006 + 11 * (i // 2), 462822612 + 97 * i
        at.bytes(f"train_images/{patient}/{number}.dcm", dicom(at.rng.integers(0, 4096, (8, 8)).astype(np.uint16)))
        rows.append((patient, number, "LR"[i % 2], 61.0, int(i // 2 % 4 == 0), "C"))
    for i in range(4):
        patient, number = 20008 + i // 2, 736471439 + i
        at.bytes(f"test_images/{patient}/{number}.dcm", dicom(at.rng.integers(0, 4096, (8, 8)).astype(np.uint16)))
        tests.append((patient, number, "LR"[i % 2], 81, "C", f"{patient}_{'LR'[i % 2]}"))
    at.table("train.csv", "patient_id,image_id,laterality,age,cancer,density", rows)
    at.table("test.csv", "patient_id,image_id,laterality,age,density,prediction_id", tests)
    at.table("sample_submission.csv", "prediction_id,cancer", [(row[-1], 0.02) for row in tests])


SEVERAL_TABLES: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (
        clothes_labelled_twice,
        Refuses(
            ("'clean_label_kv.txt' with 1 more table and 'noisy_", "Both list 8 pictures, and give another label to 1")
        ),
    ),
    (
        plants_of_observations,
        Opens(
            ("Cirsium arvense (L.) Scop.", "Lactuca virosa L."),
            {"train": 16, "val": 4, "test": 4},
            says=("'obs_id' stay together",),
            groups=8,
        ),
    ),
    (
        documents_with_numbers,
        Opens(
            ("account_number", "통원/입원 진료확인서", "resume"),
            {"all": 24},
            says=("names in meta.csv: 0 is 'account_number'", "6 pictures in 'test/'"),
        ),
    ),
    (
        x_rays_of_patients,
        Opens(
            ("0", "1"),
            {"all": 32},
            says=("test.csv lists pictures without labels .it has no column 'cancer'", "'patient_id' stay together"),
            groups=16,
        ),
    ),
]
