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


def eyes_with_a_solution(at: Place) -> None:
    """Kaggle's Diabetic Retinopathy: the labels of the test were published later, with a column for the two scores."""
    eyes = [f"{10 + k // 2}_{('left', 'right')[k % 2]}" for k in range(24)]
    tests = [f"{400 + k // 2}_{('left', 'right')[k % 2]}" for k in range(8)]
    at.photos(*(f"train/{eye}.jpeg" for eye in eyes), *(f"test/{eye}.jpeg" for eye in tests))
    at.table("trainLabels.csv", "image,level", [(eye, k // 2 % 3) for k, eye in enumerate(eyes)])
    solution = [(eye, k // 2 % 3, "Public" if k < 2 else "Private") for k, eye in enumerate(tests)]
    at.table("retinopathy_solution.csv", "image,level,Usage", solution)
    at.table("sampleSubmission.csv", "image,level", [(eye, 0) for eye in tests])


def lungs_with_their_sizes(at: Place) -> None:
    """SIIM-FISABIO-RSNA COVID-19 in small PNG: the labels are of studies, and the pictures' table has sizes alone."""
    names = [f"{k:012x}" for k in range(7, 31)]
    at.photos(*(f"{'train' if k < 18 else 'test'}/{name}.png" for k, name in enumerate(names)))
    sizes = [(name, (2320, 2336)[k >= 18], (2832, 2836)[k >= 18]) for k, name in enumerate(names)]
    at.table(
        "meta.csv", "image_id,dim0,dim1,split", [(*each, ("train", "test")[k >= 18]) for k, each in enumerate(sizes)]
    )
    kinds = "Negative for Pneumonia,Typical Appearance,Indeterminate Appearance,Atypical Appearance"
    studies = [(f"{900 + k:012x}_study", *(int(at == k % 4) for at in range(4))) for k in range(18)]
    at.table("train_study_level.csv", f"id,{kinds}", studies)
    rows = [(f"{name}_image", "none 1 0 0 1 1", f"{900 + k:012x}") for k, name in enumerate(names[:18])]
    at.table("train_image_level.csv", "id,label,StudyInstanceUID", rows)


def plankton_by_year(at: Place) -> None:
    """WHOI-Plankton: the classes of each year, and the day of the year in the names."""
    for year in (2006, 2007, 2014):
        for name in ("Chaetoceros", "detritus", "mix"):
            at.photos(*(f"data/{year}/{name}/IFCB1_{year}_{158 + i}_{i:06d}_{i:05d}.png" for i in range(4)))


def fights_in_videos(at: Place) -> None:
    """RWF-2000: class folders of videos."""
    for part in ("train", "val"):
        for name in ("Fight", "NonFight"):
            at.bytes(f"RWF-2000/{part}/{name}/{part}_{name}_0.avi", b"RIFF\x00\x10\x00\x00AVI LIST")


def faults_of_cloth(at: Place) -> None:
    """Tianchi's Xuelang: classes in Chinese with boxes beside some, and a test of the first round without labels."""
    for name, count in (("正常", 8), ("扎洞", 4), ("毛斑", 4)):
        stems = [f"xuelang_round1_train_part1_20180628/{name}/J01_2018.06.{13 + i} 8_{i}" for i in range(count)]
        at.photos(*(f"{stem}.jpg" for stem in stems))
        if name != "正常":
            for stem in stems:
                at.text(f"{stem}.xml", f"<annotation><object><name>{name}</name></object></annotation>")
    at.photos(*(f"xuelang_round1_test_a_20180709/J01_2018.06.28 9_{i}.jpg" for i in range(5)))


def plants_with_a_learn_tag(at: Place) -> None:
    """PlantCLEF 2024: semicolons, twenty columns, the part in `learn_tag`, observations of several pictures."""
    rows = []
    for number, name, family in (
        (1396710, "Taxus baccata L.", "Taxaceae"),
        (1355868, "Lactuca virosa L.", "Asteraceae"),
    ):
        for part, count in (("train", 8), ("val", 4), ("test", 4)):
            for i in range(count):
                file = f"{number}{part}{i}.jpg"
                at.photo(f"images_max_side_800/{part}/{number}/{file}")
                rows.append((file, "leaf", number, f"{number}{part}{i // 2}", "cc-by-sa", name, family, part))
    at.table("metadata.csv", "image_name,organ,species_id,obs_id,license,species,family,learn_tag", rows, ";")


def leaves_in_two_cameras(at: Place) -> None:
    """Microsoft's rice diseases at Zindi: each leaf in colour and in red, green and near infrared."""
    kinds = ("blast", "brown", "healthy")
    rows = [(f"id_{7 * k:04x}q{end}.jpg", kinds[k % 3]) for k in range(12) for end in ("", "_rgn")]
    tests = [f"id_{7 * k:04x}t{end}.jpg" for k in range(3) for end in ("", "_rgn")]
    at.photos(*(f"Images/{name}" for name, _ in rows), *(f"Images/{name}" for name in tests))
    at.table("Train.csv", "Image_id,Label", rows)
    at.table("Test.csv", "Image_id", [(name,) for name in tests])
    at.table("SampleSubmission.csv", "Image_id,blast,brown,healthy", [(name, 0, 0, 0) for name in tests])


def grass_in_long_rows(at: Place) -> None:
    """CSIRO's biomass: five rows a picture, one for each number to predict."""
    kinds = ("Dry_Clover_g", "Dry_Dead_g", "Dry_Green_g", "Dry_Total_g", "GDM_g")
    states = ("Tas", "Vic", "NSW")
    at.photos(*(f"train/ID{k}.jpg" for k in range(12)))
    rows = [
        (f"ID{k}__{kind}", f"train/ID{k}.jpg", f"2015/9/{k + 1}", states[k % 3], kind, round(3.7 * k + 1.3 * at, 4))
        for k in range(12)
        for at, kind in enumerate(kinds)
    ]
    at.table("train.csv", "sample_id,image_path,Sampling_Date,State,target_name,target", rows)
    at.table("sample_submission.csv", "sample_id,target", [(f"ID77__{kind}", 0.0) for kind in kinds])
