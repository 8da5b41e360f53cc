"""Collections of plants, birds, clothes, signs and X-rays: what their several tables and long names say."""

from __future__ import annotations

import json

import numpy as np
from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses
from tests.data.pictures.drawn import dicom

STYLES = ("Baroque", "Cubism", "Ukiyo_e")


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


def birds_and_their_folders(at: Place) -> None:
    """A list with the number of each species, a table of their names and folders, and a list of test pictures."""
    folders = ("Acadian_Flycatcher", "Acorn_Woodpecker", "Chuck-wills-widow")
    rows = [(f"{folder}/{100 * c + i}.jpg", c + 1, 3, 4) for c, folder in enumerate(folders) for i in range(8)]
    at.photos(*(f"download/images/{name}" for name, *_ in rows))
    at.table("images.txt", "path,species_id,bb_x1,bb_y1", rows, delimiter="\t")
    about = [(c + 1, name.replace("_", " "), name) for c, name in enumerate(folders)]
    at.table("species.txt", "id,common,dir", about, delimiter="\t")
    at.text("test_images.txt", "path", *(name for name, *_ in rows if int(name.rpartition("/")[2][:-4]) % 100 > 5))


def signs_with_closed_lines(at: Place) -> None:
    """Lines of an annotation that end with the separator; the class is the last of eight numbers."""
    for part, count, inner, end in (("tsrd-train", 8, "", ""), ("TSRD-Test", 3, "1_", "_1_j")):
        lines = []
        for c in range(3):
            for i in range(count):
                file = f"{c:03d}_{inner}{i + 1:04d}{end}.png"
                at.photo(f"{part}/{file}")
                lines.append(f"{file};{30 + i};28;{5 + i % 3};4;22;{23 + i % 2};{c};")
        at.text(f"{part}/TsignRecg{'Test' if inner else 'Train'}Annotation.txt", *lines)


def ultrasound_of_cases(at: Place) -> None:
    """`bus_0001-l.png` and `mask_0001-l.png`, a table of cases with several facts, and one of folds."""
    rows, folds = [], []
    for i in range(24):
        key, kind = f"{i // 2 + 1:04d}-{'lr'[i % 2]}", ("benign", "malignant")[i // 2 % 3 == 2]
        at.photo(f"Images/bus_{key}.png")
        at.mask(f"Masks/mask_{key}.png")
        rows.append((f"bus_{key}", i // 2 + 1, kind, 2 + i // 2 % 4, ("left", "right")[i % 2]))
        folds.append((f"bus_{key}", i // 2 + 1, i // 2 % 5 + 1, kind))
    at.table("bus_data.csv", "ID,Case,Pathology,BIRADS,Side", rows)
    at.table("5-fold-cv.csv", "ID,Case,kFold,Pathology", folds)


def numerals_by_three_columns(at: Place) -> None:
    """Pictures named by three columns together, none of which is a file."""
    signs = "零一二三四"
    rows = [(s, k, c + 1, c, signs[c]) for s in (1, 2, 3) for k in (1, 2) for c in range(5)]
    at.photos(*(f"data/data/input_{s}_{k}_{c}.jpg" for s, k, c, *_ in rows))
    at.table("chinese_mnist.csv", "suite_id,sample_id,code,value,character", rows)


def rice_in_two_lights(at: Place) -> None:
    """Each picture in colour, and once more in near infrared, which no table lists."""
    kinds = ("blast", "brown", "healthy")
    ids = [f"id_{1000 + 7 * i:x}vl" for i in range(32)]
    at.photos(*(f"images/{name}{end}.jpg" for name in ids for end in ("", "_rgn")))
    at.table("Train.csv", "Image_id,Label", [(f"{name}.jpg", kinds[i % 3]) for i, name in enumerate(ids[:24])])
    at.table("Test.csv", "Image_id", [(f"{name}.jpg",) for name in ids[24:]])
    rows = [(i, f"{name}.jpg", 0.1, 0.2, 0.7) for i, name in enumerate(ids[24:])]
    at.table("SampleSubmission.csv", ",Image_id,blast,brown,healthy", rows)


def styles_in_numbers(at: Place) -> None:
    """Folders of styles, lists without a header that give their numbers, and a list of their names."""
    for part, count in (("train", 6), ("val", 2)):
        rows = [(f"{style}/a-b_{part}-{i}.jpg", c) for c, style in enumerate(STYLES) for i in range(count)]
        at.photos(*(f"wikiart/{name}" for name, _ in rows))
        at.table(f"wikiart_csv/style_{part}.csv", "", rows)
    at.text("wikiart_csv/style_class.txt", *(f"{c} {style}" for c, style in enumerate(STYLES)))


def materials_of_museums(at: Place) -> None:
    """Two columns of words beside a column of parts; a list of names tells which of them is the label."""
    kinds = ("Bronze", "Oil on canvas", "Faience")
    rows = []
    for i in range(36):
        at.photo(f"data_256/{4000 + i}.jpg")
        part = ("train", "train", "train", "val", "test", "test")[i // 3 % 6]
        rows.append((f"{4000 + i}.jpg", kinds[i % 3], ("Met", "LACMA")[i % 2], 1200 + i, part))
    at.table("metadata/dataset.csv", "Image file,Medium,Museum,Museum-based instance ID,Subset", rows)
    at.table("metadata/labels.csv", "", enumerate(sorted(kinds)))


def organs_and_findings(at: Place) -> None:
    """Folders three deep, names without suffix in a table, and folds of two in another."""
    tree = (("lower", "landmarks", "cecum"), ("lower", "findings", "polyps"), ("upper", "landmarks", "pylorus"))
    rows, folds = [], []
    for path in tree:
        for i in range(8):
            name = f"{path[2][:2]}{i}8efa-5ee0"
            at.photo(f"labeled-images/{'/'.join(path)}/{name}.jpg")
            rows.append((name, path[0].title(), path[2], path[1]))
            folds.append((f"{name}.jpg", path[2], i % 2))
    at.table("labeled-images/image-labels.csv", "Video file,Organ,Finding,Classification", rows)
    at.table("official_splits/2_fold_split.csv", "file-name,class-name,split-index", folds, delimiter=";")


def fruits_of_two_parts(at: Place) -> None:
    """Folders whose names begin with the part, `TS_감` and `VS_감`, beside folders of boxes."""
    for part, short, count in (("Training", "T", 6), ("Validation", "V", 2)):
        for name in ("감", "배", "사과"):
            for i in range(count):
                stem = f"{name}_정상_{short}{i:03d}"
                at.photo(f"{part}/01.원천데이터/{short}S_{name}/{stem}.jpg")
                value = json.dumps({"images": {"img_file_name": stem}, "bndbox": {"xmin": 2}})
                at.text(f"{part}/02.라벨링데이터/{short}L_{name}/{stem}.json", value)


def bricks_with_numbers(at: Place) -> None:
    """Names of a number, words and a number with a letter; a list of the names to validate on."""
    names = [f"{n} {i:03d}{s}.png" for n in ("3001 brick 2x4", "14719 flat corner") for i in range(6) for s in "LR"]
    at.photos(*(f"dataset/{name}" for name in names))
    at.text("validation.txt", *(name for name in names if " 005" in name))


def scenes_of_two_words(at: Place) -> None:
    """Scenes at two depths below letters, a list of their names, and two splits."""
    scenes = ("/a/abbey", "/b/bow_window/indoor", "/b/bow_window/outdoor")
    at.photos(*(f"SUN397{scene}/sun_{i}.jpg" for scene in scenes for i in range(6)))
    at.text("SUN397/ClassName.txt", *scenes)
    for split in (1, 2):
        for part, numbers in (("Training", range(3)), ("Testing", range(3, 6))):
            lines = (f"{scene}/sun_{(i + split) % 6}.jpg" for scene in scenes for i in numbers)
            at.text(f"Partitions/{part}_{split:02d}.txt", *lines)


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
    (
        birds_and_their_folders,
        Opens(
            ("Acadian_Flycatcher", "Acorn_Woodpecker", "Chuck-wills-widow"),
            {"train": 18, "test": 6},
            says=("parts come from test_images.txt", "which say the same as the column 'species_id'"),
        ),
    ),
    (signs_with_closed_lines, Opens(("0", "1", "2"), {"train": 24, "test": 9}, says=("'column 8' .'000' is '0'",))),
    (ultrasound_of_cases, Asks(("Pathology 2 classes: benign 16, malignant 8", "BIRADS 4", "Side 2 classes"))),
    (
        numerals_by_three_columns,
        Opens(tuple("零一二三四"), {"all": 30}, says=("hold 'suite_id', 'sample_id' and 'code'",), groups=3),
    ),
    (
        rice_in_two_lights,
        Opens(("blast", "brown", "healthy"), {"all": 24}, says=("40 pictures in 'images/' that Train.csv does not",)),
    ),
    (styles_in_numbers, Opens(STYLES, {"train": 18, "val": 6}, says=("say the same as the second column",))),
    (
        materials_of_museums,
        Opens(
            ("Bronze", "Faience", "Oil on canvas"),
            {"train": 18, "val": 6, "test": 12},
            says=("labels.csv lists the values of 'Medium'",),
        ),
    ),
    (organs_and_findings, Opens(("cecum", "polyps", "pylorus"), {"all": 24}, says=("'Organ' .2 classes",))),
    (fruits_of_two_parts, Opens(("감", "배", "사과"), {"train": 18, "val": 6}, says=("'TS_감' and 'VS_감' are",))),
    (bricks_with_numbers, Opens(("brick 2x4", "flat corner"), {"train": 20, "val": 4}, says=("validation.txt",))),
    (
        scenes_of_two_words,
        Opens(
            ("a/abbey", "b/bow_window/indoor", "b/bow_window/outdoor"),
            {"train": 9, "test": 9},
            says=("ClassName.txt lists the 3 classes", "2 splits in lists"),
        ),
    ),
]
