"""Data sets as they unpack from their download: every picture twice, tables of other files, archives side by side."""

from __future__ import annotations

import numpy as np
from scipy.io import savemat
from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses

WASTE = ("cardboard", "glass", "paper")
WNIDS = ("n01440764", "n02102040", "n02979186")


def trashnet_twice(at: Place) -> None:
    """Lists of names and numbers, and the class folders in two spellings of one folder."""
    lines = []
    for number, name in enumerate(WASTE, start=1):
        for i in range(1, 9):
            lines.append((f"{name}{i}.jpg", number, i))
            at.photo(f"Garbage classification/Garbage classification/{name}/{name}{i}.jpg")
            _again(at, f"Garbage classification/Garbage classification/{name}/{name}{i}.jpg", "garbage classification")
    at.text("one-indexed-files.txt", *(f"{file} {number}" for file, number, _ in lines))
    at.text("zero-indexed-files.txt", *(f"{file} {number - 1}" for file, number, _ in lines))
    for part, numbers in (("train", range(1, 6)), ("val", (6,)), ("test", (7, 8))):
        of_part = (f"{file} {number}" for file, number, i in lines if i in numbers)
        at.text(f"one-indexed-files-notrash_{part}.txt", *of_part)


def gtsrb_in_two_spellings(at: Place) -> None:
    tracks = [f"Train/{c}/{c:05d}_{i // 4:05d}_{i % 4:05d}.png" for c in range(3) for i in range(8)]
    tests, signs = [f"Test/{i:05d}.png" for i in range(6)], [f"Meta/{c}.png" for c in range(3)]
    for name in (*tracks, *tests, *signs):
        at.photo(name)
        _again(at, name, name.partition("/")[0].lower())
    at.table("Train.csv", "Width,Height,ClassId,Path", [(30, 30, name.split("/")[1], name) for name in tracks])
    at.table("Test.csv", "Width,Height,ClassId,Path", [(53, 54, i % 3, name) for i, name in enumerate(tests)])
    at.table("Meta.csv", "Path,ClassId,ShapeId", [(name, c, 1) for c, name in enumerate(signs)])


def cars_counted_anew(at: Place) -> None:
    """The labels of all files under their old numbers, and the files counted anew in each part."""
    at.photos(*(f"cars_train/cars_train/{i:05d}.jpg" for i in range(1, 17)))
    at.photos(*(f"cars_test/cars_test/{i:05d}.jpg" for i in range(1, 13)))
    kinds = [(field, object) for field in ("relative_im_path", "class", "test")]
    records = np.array([[(f"car_ims/{i:06d}.jpg", 1 + i // 8, i % 2) for i in range(1, 29)]], kinds)
    savemat(at.path("cars_annos.mat"), {"annotations": records, "class_names": np.array([["Audi", "BMW"]], object)})


def individuals(at: Place) -> None:
    """A sample whose answers hold several values of one column, under a name that no column has."""
    kinds = ("beluga", "fin_whale", "orca")
    rows = [(f"{0x1A2B3C + 7919 * i:014x}.jpg", kinds[i % 3], f"{0xB1 + i % 6:04x}fb") for i in range(36)]
    at.photos(*(f"train_images/{row[0]}" for row in rows), *(f"test_images/f{i:013x}.jpg" for i in range(4)))
    at.table("train.csv", "image,species,individual_id", rows)
    asked = [(f"f{i:013x}.jpg", "00b1fb 00b2fb 00b3fb") for i in range(4)]
    at.table("sample_submission.csv", "image,predictions", asked)


def numbered_by_class(at: Place) -> None:
    """Names that repeat the class folder and count on, and one picture of another source in each folder."""
    for name in WNIDS:
        at.photos(*(f"train/{name}/{name}_{10026 + i}.jpg" for i in range(7)))
        at.photo(f"train/{name}/ILSVRC2012_val_{293 + WNIDS.index(name):08d}.jpg")
        at.photos(*(f"val/{name}/{name}_{9001 + i}.jpg" for i in range(3)))


def tiles_and_their_pixels(at: Place) -> None:
    """Class folders, whole slides in an archive of their own, and the same tiles as rows of pixels in two sizes."""
    tiles = "texture_2016_tiles_5000/texture_2016_tiles_5000"
    at.class_folders(tiles, ("01_TUMOR", "02_STROMA", "03_LYMPHO"), 6, "{i}_CRC-Prim-HE-0{i}.tif")
    slides = "texture_2016_larger_images_10/texture_2016_larger_images_10"
    at.photos(*(f"{slides}/CRC-Prim-HE-0{i}_APPLICATION.tif" for i in range(3)))
    for side in (7, 8):
        rows = at.rows(18, side).reshape(18, -1).tolist()
        head = ",".join([*(f"pixel{i:04d}" for i in range(side**2)), "label"])
        at.table(f"hmnist_{side}_{side}_L.csv", head, [(*row, 1 + i // 6) for i, row in enumerate(rows)])


def ships_twice(at: Place) -> None:
    """Chips as pictures in an archive's folder and in JSON, and scenes beside them."""
    labels = [int(i % 4 == 0) for i in range(24)]
    for i, label in enumerate(labels):
        at.photo(f"shipsnet/shipsnet/{label}__20180708_1809{i:02d}_0f47__-118.2{i}_33.7{i}.png")
    at.photos(*(f"scenes/scenes/lb_{i}.png" for i in range(1, 5)))
    at.json("shipsnet.json", {"data": at.rows(24, 8, 3).reshape(24, -1).tolist(), "labels": labels})


def twins(at: Place) -> None:
    """One tree with parts in two folders of other names."""
    for part, count in (("training_set", 4), ("validation_set", 2)):
        for name in ("drawings", "engraving"):
            for i in range(count):
                at.photo(f"dataset/dataset_updated/{part}/{name}/{i}.jpg")
                _again(at, f"dataset/dataset_updated/{part}/{name}/{i}.jpg", "musemart")


def plants_in_three_versions(at: Place) -> None:
    for name in ("Apple___scab", "Tomato___healthy"):
        for i in range(5):
            pixels = at.rng.integers(0, 256, (10, 12, 3)).astype(np.uint8)
            at.save(f"plants/color/{name}/{i}___FREC 30{i}.JPG", pixels)
            at.save(f"plants/grayscale/{name}/{i}___FREC 30{i}.JPG", pixels[:, :, 0])
            at.save(f"plants/segmented/{name}/{i}___FREC 30{i}_final_masked.jpg", pixels // 2)


def training_of_each_class(at: Place) -> None:
    """Classes whose folders begin with a word for a part, and the same once more below another folder."""
    for name in ("training_fake/easy_{i}_1110", "training_real/real_{i:05d}"):
        for i in range(1, 9):
            at.photo(f"real_and_fake_face/{name.format(i=i)}.jpg")
            source = at.path(f"real_and_fake_face/{name.format(i=i)}.jpg")
            target = f"real_and_fake_face_detection/real_and_fake_face/{name.format(i=i)}.jpg"
            at.bytes(target, source.read_bytes())


def eyes_in_two_crops(at: Place) -> None:
    names = [f"{10 + i // 2}_{('left', 'right')[i % 2]}" for i in range(24)]
    for folder in ("resized_train", "resized_train_cropped"):
        at.photos(*(f"{folder}/{folder}/{name}.jpeg" for name in names))
    at.table("trainLabels.csv", "image,level", [(name, i // 2 % 3) for i, name in enumerate(names)])
    rows = [(i, i, name, i // 2 % 3) for i, name in enumerate(names)]
    at.table("trainLabels_cropped.csv", "Unnamed: 0.1,Unnamed: 0,image,level", rows)


def lung_cases(at: Place) -> None:
    """Class folders in a folder of the same name, beside cases to test on."""
    base = "The lung cancer dataset"
    for name in ("Malignant", "Normal"):
        at.photos(*(f"{base}/{base}/{name} cases/{name} case ({i}).jpg" for i in range(1, 7)))
    at.photos(*(f"{base}/Test cases/{19 + i:06d}_01_01_{i:03d}.png" for i in range(4)))
    at.text(f"{base}/{base}.txt", "The oncology teaching hospital.")


def minifigures(at: Place) -> None:
    """A table with a column of parts, a table of the test part, and one about the classes."""
    rows, tests = [], []
    for k in range(4):
        for i in range(1, 7):
            name = f"{('marvel', 'star-wars')[k // 2]}/{k % 2 + 1:04d}/{i:03d}.jpg"
            at.photo(name)
            rows.append((len(rows), name, k + 1, "train" if i < 5 else "valid"))
        at.photo(f"test/{k + 1:03d}.jpg")
        tests.append((k, f"test/{k + 1:03d}.jpg", k + 1))
    at.table("index.csv", ",path,class_id,train-valid", rows)
    at.table("test.csv", ",path,class_id", tests)
    about = [(k, k + 1, "[76115]", name) for k, name in enumerate(("VENOM", "AUNT MAY", "YODA", "LUKE"))]
    at.table("metadata.csv", ",class_id,lego_ids,minifigure_name", about)


def two_eyes_a_row(at: Place) -> None:
    """A row for each eye that names both, labels written as lists of one, and the files in two sizes."""
    kinds, rows = (("N", "normal fundus"), ("D", "retinopathy"), ("G", "glaucoma")), []
    for person in range(12):
        code, words = kinds[person % 3]
        for side in ("right", "left"):
            file = f"{person}_{side}.jpg"
            at.photos(f"preprocessed_images/{file}", f"ODIR-5K/ODIR-5K/Training Images/{file}")
            marks = [int(code == each) for each, _ in kinds]
            path = f"../input/ocular-disease-recognition/ODIR-5K/Training Images/{file}"
            both = (f"{person}_left.jpg", f"{person}_right.jpg")
            rows.append((person, 50 + person, *both, words, *marks, path, f"['{code}']", str(marks), file))
    head = "ID,Patient Age,Left-Fundus,Right-Fundus,Left-Diagnostic Keywords,N,D,G,filepath,labels,target,filename"
    at.table("full_df.csv", head, rows)


def cartoon_frames(at: Place) -> None:
    """A folder for each combination of two columns of 0 and 1, and a table with some of the rows once more."""
    folders, rows = (("jerry", 0, 1), ("tom", 1, 0), ("tom_jerry_0", 0, 0), ("tom_jerry_1", 1, 1)), []
    for name, *marks in folders:
        for _ in range(6):
            at.photo(f"tom_and_jerry/tom_and_jerry/{name}/frame{len(rows)}.jpg")
            rows.append((f"frame{len(rows)}.jpg", *marks))
    at.table("ground_truth.csv", "filename,tom,jerry", rows)
    at.table("challenges.csv", "filename,tom,jerry", [*rows[2:5], *rows[8:10]])


def some_rows_once_more(at: Place) -> None:
    """Several labels a picture, and a table with those of its rows that happen to have one each."""
    rows = [(f"{i}.jpg", i % 2, i // 2 % 2, i // 4 % 2) for i in range(32)]
    at.photos(*(f"frames/{row[0]}" for row in rows))
    at.table("truth.csv", "filename,rain,fog,snow", rows)
    at.table("hard.csv", "filename,Rain,Fog,Snow", [row for row in rows if sum(row[1:]) == 1])


def ages_in_names(at: Place) -> None:
    """Fields of numbers in the names, of which one name lacks the third."""
    at.photos(*(f"faces/{18 + i}_{i % 2}_{i // 2 % 3}_2017010917{i:06d}.jpg.chip.jpg" for i in range(36)))
    at.photo("faces/39_1_20170116174525125.jpg.chip.jpg")


def cars_in_folders(at: Place) -> None:
    """Class folders in parts, lists of boxes and numbers without headers, and the names of the numbers."""
    names = ("Acura RL Sedan 2012", "Ram C-V Cargo Van 2012", "smart fortwo 2012")
    for part, count in (("train", 4), ("test", 2)):
        rows = []
        for _ in range(count):
            for number, name in enumerate(names, start=1):
                rows.append((f"{len(rows) + 1:05d}.jpg", 39, 116, 569, 375, number))
                at.photo(f"car_data/car_data/{part}/{name}/{rows[-1][0]}")
        at.text(f"anno_{part}.csv", *(",".join(map(str, row)) for row in rows))
    at.text("names.csv", *names)


def patients_of_each_class(at: Place) -> None:
    """A list for each class folder that tells the patient of each picture, and no label."""
    for name, first in (("Parasitized", 160), ("Uninfected", 300)):
        rows = [
            (f"C{100 + i // 3}P{61 + i // 3}", f"C{100 + i // 3}P{61 + i // 3}ThinF_{first + i}.png") for i in range(9)
        ]
        at.photos(*(f"cell_images/{name}/{file}" for _, file in rows))
        at.text(f"patientid_cellmapping_{name.lower()}.csv", *map(",".join, rows))


def shares_of_classes(at: Place) -> None:
    """The classes of the training part in folders counted by share, and the names of their codes in JSON."""
    codes = [f"n0144{n}" for n in range(1000, 1006)]
    for number, code in enumerate(codes):
        at.photos(*(f"train.X{number // 2 + 1}/{code}/{code}_{37 * i + 26}.JPEG" for i in range(4)))
        at.photos(*(f"val.X/{code}/ILSVRC2012_val_{991 * i + number:08d}.JPEG" for i in range(2)))
    at.json("Labels.json", {code: f"thing {number}, res {number}" for number, code in enumerate(codes)})


def _again(at: Place, name: str, top: str) -> None:
    """Copy a picture into a folder beside its first one."""
    at.bytes(f"{top}/{name.partition('/')[2]}", at.path(name).read_bytes())


DOWNLOADS: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (
        trashnet_twice,
        Opens(WASTE, {"train": 15, "val": 3, "test": 6}, says=("24 pictures are left out.*same tree once more",)),
    ),
    (gtsrb_in_two_spellings, Opens(("0", "1", "2"), {"train": 24, "test": 6}, says=("together, 6 groups",), groups=6)),
    (
        cars_counted_anew,
        Opens((), {}, {"all": 28}, says=("cars_annos.mat names pictures .*'car_ims/000001.jpg', and none .* is here",)),
    ),
    (
        individuals,
        Opens(
            tuple(f"{0xB1 + i:04x}fb" for i in range(6)), {"all": 36}, says=("Columns that were left out: 'species'",)
        ),
    ),
    (numbered_by_class, Opens(WNIDS, {"train": 24, "val": 9})),
    (
        tiles_and_their_pixels,
        Opens(
            ("01_TUMOR", "02_STROMA", "03_LYMPHO"),
            {"all": 18},
            says=("3 pictures are left out.*which holds the class folders",),
            left_out=3,
        ),
    ),
    (ships_twice, Opens(("0", "1"), {"all": 24}, says=("no arrays in JSON were left out: scenes",))),
    (
        twins,
        Opens(
            ("drawings", "engraving"),
            {"train": 8, "val": 4},
            says=("12 pictures are left out.*'musemart/' holds the same tree once more",),
            left_out=12,
        ),
    ),
    (plants_in_three_versions, Asks(("plants/color this path alone, 10", "Apple___scab 15", "color 10, grayscale 10"))),
    (training_of_each_class, Opens(("training_fake", "training_real"), {"all": 16}, left_out=16)),
    (eyes_in_two_crops, Asks(("--pictures-in resized_train/resized_train 24", "resized_train_cropped 24"))),
    (lung_cases, Opens(("Malignant cases", "Normal cases"), {"train": 12}, {"test": 4})),
    (
        minifigures,
        Opens(
            ("1", "2", "3", "4"),
            {"train": 16, "val": 8, "test": 4},
            says=("metadata.csv names the classes .1 is 'VENOM'",),
        ),
    ),
    (
        two_eyes_a_row,
        Opens(("D", "G", "N"), {"all": 24}, says=("each row stands for the one in 'filepath'",), groups=12),
    ),
    (cartoon_frames, Opens(("jerry", "tom", "tom_jerry_0", "tom_jerry_1"), {"all": 24})),
    (some_rows_once_more, Opens((), {}, {"all": 32}, says=("more labels than the one",))),
    (ages_in_names, Opens((), {}, {"all": 37}, says=("2 classes: 0 18, 1 18", "_' gives 3 classes: 0 12"))),
    (
        cars_in_folders,
        Opens(("Acura RL Sedan 2012", "Ram C-V Cargo Van 2012", "smart fortwo 2012"), {"train": 12, "test": 6}),
    ),
    (
        patients_of_each_class,
        Opens(("Parasitized", "Uninfected"), {"all": 18}, says=("patientid_.* list these pictures too",)),
    ),
    (shares_of_classes, Opens(tuple(f"thing {n}, res {n}" for n in range(6)), {"train": 24, "val": 12})),
]
