"""Data sets whose folders are things, scenes, tests or shares, whose files are frames or masks, and odd tables."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place


def objects_with_maps(at: Place) -> None:
    """ETH-80: a folder for each object of a category, with an outline of each view in `maps/`."""
    for name in ("apple1", "apple2", "cup1", "cup2"):
        for view in ("000-000", "035-045", "066-153"):
            at.photo(f"eth80-cropped-close128/{name}/{name}-{view}.png")
            at.mask(f"eth80-cropped-close128/{name}/maps/{name}-{view}-map.png")


def scans_of_counted_patients(at: Place) -> None:
    """Duke's OCT scans of 2014: the folders count the patients of each disease."""
    for patient in ("AMD1", "AMD2", "DME1", "DME2", "NORMAL1", "NORMAL2"):
        at.photos(*(f"{patient}/TIFFs/8bitTIFFs/{i:03d}.tif" for i in range(1, 5)))


def ships_by_scene(at: Place) -> None:
    """OpenSARShip: a folder for each scene of a satellite, and the kind of ship in the names."""
    for scene in ("S1A_IW_GRDH_1SDV_20150823_Patch", "S1A_IW_GRDH_1SDV_20151124_Patch"):
        for kind in ("Cargo", "Tanker", "Fishing"):
            at.photos(*(f"{scene}/Patch/Visual_{kind}_x{1000 + 31 * i}_y{200 + 17 * i}_VH.tif" for i in range(4)))


def cells_in_two_tests(at: Place) -> None:
    """Raabin-WBC: the second test has two of the classes alone."""
    at.class_folders("Train", ("Basophil", "Lymphocyte", "Neutrophil"), 5)
    at.class_folders("TestA", ("Basophil", "Lymphocyte", "Neutrophil"), 2)
    at.class_folders("TestB", ("Lymphocyte", "Neutrophil"), 3)


def masks_of_each_object(at: Place) -> None:
    """Graz-02 with INRIA's annotations: one mask or more beside each picture, all of them PNG."""
    for name in ("bike", "cars", "person"):
        for i in range(1, 7):
            at.photo(f"ig02-v1.0/{name}/{name}_{i:03d}.image.png")
            for mask in range(1 + i % 2):
                at.mask(f"ig02-v1.0/{name}/{name}_{i:03d}.mask.{mask}.png")


def every_tenth_frame(at: Place) -> None:
    """UCF-Crime on Kaggle: every tenth frame of each video."""
    for part, videos in (("Train", range(1, 5)), ("Test", range(30, 32))):
        for name, stem in (("Abuse", "Abuse"), ("Arson", "Arson"), ("NormalVideos", "Normal_Videos_")):
            at.photos(*(f"{part}/{name}/{stem}{v:03d}_x264_{10 * f}.png" for v in videos for f in range(3 + v % 2)))


def persons_in_boxes(at: Place) -> None:
    """Market-1501: persons cut out by a detector and, with the same names, by hand in `gt_bbox/`."""
    root = "Market-1501-v15.09.15"
    for folder, persons in (("bounding_box_train", (2, 7)), ("bounding_box_test", (0, 1)), ("gt_bbox", (2, 7, 1))):
        at.photos(*(f"{root}/{folder}/{p:04d}_c{1 + i}s1_{451 + 25 * i:06d}_03.jpg" for p in persons for i in range(5)))
    at.photos(*(f"{root}/query/{person:04d}_c5s1_000151_00.jpg" for person in (1, 3)))


def herbarium_in_shares(at: Place) -> None:
    """Herbarium 2022: folders of the class numbers to train on, and shares called alike to predict."""
    kinds = {0: "Abies amabilis", 1: "Abies balsamea", 5: "Quercus alba"}
    images, annotations = [], []
    for k in range(18):
        number = [*kinds][k % 3]
        name = f"{number // 100:03d}/{number % 100:02d}/{number:05d}__{k:03d}.jpg"
        at.photo(f"train_images/{name}")
        images.append({"image_id": f"{number:05d}__{k:03d}", "file_name": name})
        annotations.append({"genus_id": number // 2, "category_id": number, "image_id": f"{number:05d}__{k:03d}"})
    categories = [{"category_id": number, "scientificName": name} for number, name in kinds.items()]
    at.json("train_metadata.json", {"annotations": annotations, "images": images, "categories": categories})
    tests = [f"000/{k // 4:02d}/test-{k:06d}.jpg" for k in range(8)]
    at.photos(*(f"test_images/{name}" for name in tests))
    at.json("test_metadata.json", [{"image_id": str(k), "file_name": name} for k, name in enumerate(tests)])
    at.table("sample_submission.csv", "Id,Predicted", [(k, 42) for k in range(8)])


def storms_in_knots(at: Place) -> None:
    """DrivenData's tropical storms: the speed of the wind in whole knots, and storms in a second table."""
    names = [f"{storm}_{i:03d}" for storm in ("abs", "bkh", "cfz", "dlq") for i in range(6)]
    at.photos(*(f"train/{name}.jpg" for name in names))
    features = [(name, name[:3], 1800 * k, 1 + k % 2) for k, name in enumerate(names)]
    at.table("training_set_features.csv", "image_id,storm_id,relative_time,ocean", features)
    at.table("training_set_labels.csv", "image_id,wind_speed", [(name, 30 + 3 * k) for k, name in enumerate(names)])
    at.photos(*(f"test/zzz_{i:03d}.jpg" for i in range(5)))
    at.table("submission_format.csv", "image_id,wind_speed", [(f"zzz_{i:03d}", 0) for i in range(5)])


def cultivars_with_a_system_file(at: Place) -> None:
    """Sorghum-100: a row of the table is a file that macOS wrote."""
    rows = [(f"2017-06-16__12-{k:02d}-33-131.png", ("PI_257599", "PI_154987", "PI_92270")[k % 3]) for k in range(18)]
    at.photos(*(f"train_images/{name}" for name, _ in rows))
    at.photos(*(f"test/{k:08d}.png" for k in range(5)))
    at.table("train_cultivar_mapping.csv", "image,cultivar", [*rows[:7], (".DS_Store", ""), *rows[7:]])
    at.table("sample_submission.csv", "filename,cultivar", [(f"{k:08d}.png", "PI_257599") for k in range(5)])


def modules_by_number(at: Place) -> None:
    """Infrared Solar Modules: a record for each number, with the path and the class."""
    kinds = ("Offline-Module", "No-Anomaly", "Cell")
    at.photos(*(f"InfraredSolarModules/images/{k}.jpg" for k in range(18)))
    records = {str(k): {"image_filepath": f"images/{k}.jpg", "anomaly_class": kinds[k % 3]} for k in (*range(9, 18), 2)}
    records |= {str(k): {"image_filepath": f"images/{k}.jpg", "anomaly_class": kinds[k % 3]} for k in range(9)}
    at.json("InfraredSolarModules/module_metadata.json", records)


def pests_counted_from_one(at: Place) -> None:
    """IP102: the labels count from 0, and the padded list of names from 1."""
    names = ("rice leaf roller", "rice leaf caterpillar", "paddy stem maggot")
    number = 0
    for part, count in (("train", 12), ("val", 6), ("test", 6)):
        at.photos(*(f"ip102_v1.1/images/{number + k:05d}.jpg" for k in range(count)))
        at.text(f"ip102_v1.1/{part}.txt", *(f"{number + k:05d}.jpg {k % 3}" for k in range(count)))
        number += count
    at.text("ip102_v1.1/classes.txt", *(f"{k + 1:<4}{name:<50}" for k, name in enumerate(names)))


def leukocytes_looked_at_again(at: Place) -> None:
    """AML-Cytomorphology of TCIA: the second and third looks at some cells are mostly missing."""
    rows = []
    for name in ("BAS", "EOS", "NGS"):
        at.photos(*(f"AML-Cytomorphology_LMU/{name}/{name}_{k:04d}.tiff" for k in range(1, 8)))
        again = (f"{name} MON", "nan nan", "nan nan")
        rows += [f"{name}/{name}_{k:04d}.tiff {name} {again[k % 3]}" for k in range(1, 8)]
    at.text("annotations.dat", *rows)


def faults_by_kind_and_state(at: Place) -> None:
    """Dacon's search for faults: the class asked for is made of two other columns."""
    made = [("bottle", "good"), ("bottle", "broken_small"), ("capsule", "good"), ("capsule", "crack")]
    rows = [(k, f"{10000 + k}.png", *made[k % 4], "-".join(made[k % 4])) for k in range(24)]
    at.photos(*(f"train/{name}" for _, name, *_ in rows), *(f"test/{20000 + k}.png" for k in range(5)))
    at.table("train_df.csv", "index,file_name,class,state,label", rows)
    at.table("test_df.csv", "index,file_name", [(k, f"{20000 + k}.png") for k in range(5)])
    at.table("sample_submission.csv", "index,label", [(k, "tile-glue_strip") for k in range(5)])
