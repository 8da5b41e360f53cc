"""Data sets that many download, with all files that lie there once they are unpacked."""

from __future__ import annotations

import numpy as np
from tests.contracts.public_layouts.drawing import Place
from tests.data.layouts.arrays.tf_records_as_written import example, write


def lesions_twice_in_shares(at: Place) -> None:
    """HAM10000 on Kaggle: both shares once more in small letters; the shares happen to agree with a column."""
    names = [(f"HAM10000_images_part_{k % 2 + 1}", f"ISIC_{24306 + k:07d}") for k in range(24)]
    for folder, name in names:
        at.photo(f"{folder}/{name}.png")
        at.bytes(f"{folder.lower()}/{name}.png", at.path(f"{folder}/{name}.png").read_bytes())
    kinds = ("nv", "mel", "bcc")
    rows = [
        (f"HAM_{k // 2:07d}", name, kinds[k // 2 % 3], ("male", "female")[k % 2]) for k, (_, name) in enumerate(names)
    ]
    at.table("HAM10000_metadata.csv", "lesion_id,image_id,dx,sex", rows)


def cells_of_three_phases(at: Place) -> None:
    """C-NMC on Kaggle: folds of class folders to train on; validation and test pictures without class folders."""
    root = "C-NMC_Leukemia"
    for fold in range(2):
        for name, sign in (("all", ""), ("hem", "H")):
            at.photos(
                *(
                    f"{root}/training_data/fold_{fold}/{name}/UID_{sign}{7 * fold + person}_{i}_1_{name}.bmp"
                    for person in range(2)
                    for i in (2, 3, 7)
                )
            )
    at.photos(*(f"{root}/testing_data/C-NMC_test_final_phase_data/{i}.bmp" for i in range(1, 5)))
    at.photos(*(f"{root}/validation_data/C-NMC_test_prelim_phase_data/{i}.bmp" for i in range(1, 7)))
    rows = [(f"UID_{50 + i}_1_1_all.bmp", f"{i}.bmp", i % 2) for i in range(1, 7)]
    table = f"{root}/validation_data/C-NMC_test_prelim_phase_data_labels.csv"
    at.table(table, "Patient_ID,new_names,labels", rows)


def x_rays_and_a_test_folder(at: Place) -> None:
    """Chest X-rays with masks on Kaggle: the label is in the names, and `test/` lies beside the only other folder."""
    root = "Lung Segmentation"
    for k in range(16):
        at.photo(f"{root}/CXR_png/CHNCXR_{k:04d}_{k % 2}.png")
        at.mask(f"{root}/masks/CHNCXR_{k:04d}_{k % 2}_mask.png")
        at.text(f"{root}/ClinicalReadings/CHNCXR_{k:04d}_{k % 2}.txt", "male 36yrs", "normal")
    at.photos(*(f"{root}/test/CHNCXR_{k:04d}_{k % 2}.png" for k in range(90, 95)))


def digits_of_tensorflow(at: Place) -> None:
    """MNIST as TensorFlow Datasets keeps it."""
    root = "tensorflow_datasets/mnist/3.0.1"
    for part, count in (("train", 20), ("test", 8)):
        rows = [example(image=at.png(), label=k % 4) for k in range(count)]
        write(at.path(f"{root}/mnist-{part}.tfrecord-00000-of-00001"), *rows)
    at.text(f"{root}/label.labels.txt", "zero", "one", "two", "three")
    at.json(f"{root}/features.json", {"pythonClassName": "FeaturesDict"})
    at.json(f"{root}/dataset_info.json", {"name": "mnist", "fileFormat": "tfrecord"})


def petals(at: Place) -> None:
    """Petals to the Metal on Kaggle, one of its four sizes; the test records have an id and no class."""
    for part, count in (("train", 16), ("val", 8), ("test", 6)):
        rows = [
            example(image=at.png(), id=f"{part}{k:05x}".encode(), **({} if part == "test" else {"class": k % 4}))
            for k in range(count)
        ]
        write(at.path(f"tfrecords-jpeg-192x192/{part}/00-192x192-{count}.tfrec"), *rows)
    at.table("sample_submission.csv", "id,label", [(f"test{k:05x}", 0) for k in range(6)])


def petals_in_two_sizes(at: Place) -> None:
    petals(at)
    for part in ("train", "val", "test"):
        rows = [example(image=at.png(), id=b"x", **({} if part == "test" else {"class": k % 4})) for k in range(8)]
        write(at.path(f"tfrecords-jpeg-512x512/{part}/00-512x512-8.tfrec"), *rows)


def lesions_in_records(at: Place) -> None:
    """Melanoma in TFRecord on Kaggle: shards of each part lie together, beside tables of the same pictures."""
    rows = []
    for shard in range(2):
        names = [f"ISIC_{shard}{k:06d}" for k in range(12)]
        facts = [{"target": int(k % 4 == 0), "patient_id": shard * 3 + k // 4, "sex": k % 2} for k in range(12)]
        rows += [(name, f"IP_{fact['patient_id']}", fact["target"]) for name, fact in zip(names, facts, strict=True)]
        records = [example(image=at.png(), image_name=n.encode(), **f) for n, f in zip(names, facts, strict=True)]
        write(at.path(f"train{shard:02d}-12.tfrec"), *records)
    write(at.path("test00-4.tfrec"), *(example(image=at.png(), image_name=b"ISIC_9%06d" % k) for k in range(4)))
    at.table("train.csv", "image_name,patient_id,target", rows)


def competition_in_zips(at: Place) -> None:
    """Dog Breed Identification as Kaggle packs it: pictures and tables in a zip each."""
    breeds = ("boston_bull", "dingo", "pekinese")
    names = [f"{0x5A7 + 7919 * k:08x}" for k in range(24)]
    at.zip("train.zip", {f"train/{name}.png": at.png() for name in names})
    at.zip("test.zip", {f"test/{0xFFF + k:08x}.png": at.png() for k in range(6)})
    lines = ["id,breed", *(f"{name},{breeds[k % 3]}" for k, name in enumerate(names))]
    at.zip("labels.csv.zip", {"labels.csv": "".join(f"{line}\n" for line in lines).encode()})
    at.zip("sample_submission.csv.zip", {"sample_submission.csv": b"id,boston_bull,dingo,pekinese\n00000fff,0,0,1\n"})


def parts_in_zips_below_a_card(at: Place) -> None:
    """Chest X-rays of Roboflow on Hugging Face: zips of parts in `data/`, and the picture of the card above."""
    for part, count in (("train", 8), ("valid", 4), ("test", 3)):
        pictures = {
            f"{name}/{name}-{k}_jpeg.rf.{k:032x}.png": at.png() for name in ("NORMAL", "ILL") for k in range(count)
        }
        at.zip(f"data/{part}.zip", pictures)
    at.photo("thumbnail.jpg")
    at.text("README.md", "---", "task_categories:", "- image-classification", "---")
    at.json("split_name_to_num_samples.json", {"test": 6, "valid": 8, "train": 16})


def findings_in_words(at: Place) -> None:
    """Chest X-rays of Shenzhen on Kaggle: the findings are phrases with one noun, and no lists of labels."""
    said = ("bilateral PTB", "right upper PTB", "left PTB")
    names = [f"CHNCXR_{k:04d}_{k // 12}" for k in range(24)]
    at.photos(*(f"images/images/{name}.png" for name in names))
    rows = [
        (f"{n}.png", ("Male", "Female")[k % 2], 20 + k, "normal" if k < 12 else said[k % 3])
        for k, n in enumerate(names)
    ]
    at.table("shenzhen_metadata.csv", "study_id,sex,age,findings", rows)


def sets_of_medmnist(at: Place) -> None:
    for name in ("bloodmnist", "pneumoniamnist"):
        arrays = {}
        for part, count in (("train", 12), ("val", 4), ("test", 4)):
            arrays |= {f"{part}_images": at.rows(count, 8), f"{part}_labels": np.arange(count).reshape(-1, 1) % 2}
        np.savez(at.path(f"medmnist/{name}.npz"), **arrays)


def sets_of_emnist(at: Place) -> None:
    for name in ("digits", "letters"):
        for part in ("train", "test"):
            for kind, values in (("images-idx3", at.rows(8, 6)), ("labels-idx1", np.arange(8, dtype=np.uint8))):
                head = bytes([0, 0, 8, values.ndim]) + b"".join(side.to_bytes(4, "big") for side in values.shape)
                at.bytes(f"EMNIST/raw/emnist-{name}-{part}-{kind}-ubyte", head + values.tobytes())


def two_eyes_and_a_workbook_of_patients(at: Place) -> None:
    """ODIR-5K on Kaggle: the names of its workbook are in two folders; the table with labels has its columns too."""
    rows = []
    for k in range(24):
        name = f"{k // 2}_{('left', 'right')[k % 2]}.png"
        at.photo(f"ODIR-5K/Training Images/{name}")
        at.photo(f"preprocessed_images/{name}")
        path = f"../input/odir5k/ODIR-5K/Training Images/{name}"
        rows.append(
            (k // 2, 40 + k // 2, f"{k // 2}_left.png", f"{k // 2}_right.png", path, f"['{'NDG'[k // 2 % 3]}']", name)
        )
    at.table("full_df.csv", "ID,Patient Age,Left-Fundus,Right-Fundus,filepath,labels,filename", rows)
    at.table("ODIR-5K/data.csv", "ID,Patient Age,Left-Fundus,Right-Fundus", [row[:4] for row in rows[::2]])


def views_of_breasts(at: Place) -> None:
    """RSNA's mammograms as PNG: a picture is called after two columns, and `test.csv` has ids of its own."""
    rows = []
    for k in range(32):
        at.photo(f"train_images_png/{10006 + k // 4 * 5}_{462822612 + 7919 * k}.png")
        rows.append((2, 10006 + k // 4 * 5, 462822612 + 7919 * k, "LR"[k % 2], 61.0, int(k // 4 % 4 == 0 and k % 2)))
    at.table("train.csv", "site_id,patient_id,image_id,laterality,age,cancer", rows)
    at.table(
        "test.csv",
        "site_id,patient_id,image_id,laterality,age,prediction_id",
        [(2, 10008, 736471439, "L", 81, "10008_L")],
    )


def styles_and_genres(at: Place) -> None:
    """WikiArt's lists: a pair of headerless tables for each fact, and a list of the classes of each."""
    styles = ("Cubism", "Realism", "Pop_Art")
    rows = [(f"{styles[k % 3]}/artist-{k}_work-{k}-19{10 + k}.png", k % 3, k // 3 % 2) for k in range(30)]
    at.photos(*(f"wikiart/{name}" for name, _, _ in rows))
    for part, some in (("train", rows[:21]), ("val", rows[21:])):
        at.text(f"wikiart_csv/style_{part}.csv", *(f"{name},{style}" for name, style, _ in some))
        at.text(f"wikiart_csv/genre_{part}.csv", *(f"{name},{genre}" for name, _, genre in some))
    at.text("wikiart_csv/style_class.txt", *(f"{k} {name}" for k, name in enumerate(styles)))
    at.text("wikiart_csv/genre_class.txt", "0 abstract_painting", "1 portrait")


def clothes_in_padded_lists(at: Place) -> None:
    """DeepFashion's lists: a number of lines, a header, and columns between blanks."""
    kinds = ("Blouse", "Jeans", "Dress")
    names = [f"img/Faded_{kinds[k % 3]}_{k // 9}/img_{k:08d}.png" for k in range(36)]
    at.photos(*names)
    lines = [f"{name:<60} {k % 3 + 1}" for k, name in enumerate(names)]
    parts = [f"{name:<60} {('train', 'train', 'val', 'test')[k // 3 % 4]}" for k, name in enumerate(names)]
    at.text("Anno_coarse/list_category_img.txt", "36", "image_name  category_label", *lines)
    at.text(
        "Anno_coarse/list_category_cloth.txt", "3", "category_name  category_type", "Blouse 1", "Jeans 2", "Dress 3"
    )
    at.text("Eval/list_eval_partition.txt", "36", "image_name  evaluation_status", *parts)


def products_by_thing_and_kind(at: Place) -> None:
    """Stanford Online Products: lists between blanks with two numbers for classes, of which the parts share one."""
    lists: dict[str, list[str]] = {part: ["image_id class_id super_class_id path"] for part in ("train", "test")}
    for k in range(24):
        kind, thing = k // 12, k // 3
        name = f"{('bicycle', 'chair')[kind]}_final/{111085122871 + thing}_{k % 3}.png"
        at.photo(name)
        lists["train" if thing % 2 else "test"].append(f"{k + 1} {thing + 1} {kind + 1} {name}")
    for part, lines in lists.items():
        at.text(f"Ebay_{part}.txt", *lines)


def validation_without_its_list(at: Place) -> None:
    """ImageNet as it unpacks: the validation pictures lie loose, and their classes in a list of numbers."""
    at.class_folders("train", ("n01440764", "n01443537"), 6, "{name}_{i}.png")
    at.photos(*(f"val/ILSVRC2012_val_{k:08d}.png" for k in range(1, 7)))
    at.text("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", *"121212")


def travel_in_doubled_folders(at: Place) -> None:
    """Scenes on Kaggle: each folder lies in itself once more, and that of the training part is called `images`."""
    for part, count in (("images", 6), ("validation", 3)):
        at.class_folders(f"{part}/{part}", ("architecure", "art and culture", "travel and  adventure"), count)
    at.photos(*(f"test/test/classify/{i}.png" for i in range(5)))


def smokers_by_name(at: Place) -> None:
    """Smokers on Kaggle: the label begins each name, and each part lies in itself once more."""
    for part, count in (("Training", 12), ("Validation", 4), ("Testing", 6)):
        at.photos(*(f"{part}/{part}/{('smoking', 'notsmoking')[k % 2]}_{k:04d}.png" for k in range(count)))


def cars_by_fields_of_names(at: Place) -> None:
    """Cars of The Car Connection on Kaggle: make, model, year and more are joined by underscores in each name."""
    names = ("Acura_ILX", "Acura_MDX", "BMW_3-Series", "Ford_F-150", "Ford_Focus", "Jeep_Wrangler")
    at.photos(
        *(
            f"{name}_{year}_{28 + k}_16_{110 + year}_15_4_70_55_AWD_{2 + k % 3}dr_{'abcdef'[k]}Qg.png"
            for k, name in enumerate(names)
            for year in (2013, 2016, 2019)
        )
    )


def cats_to_predict_one_by_one(at: Place) -> None:
    """Cats and dogs of a course: two pictures to try lie beside `training_set/` and `test_set/`."""
    for part, count in (("training_set", 8), ("test_set", 4)):
        at.class_folders(f"dataset/{part}", ("cats", "dogs"), count)
    at.photos(*(f"dataset/single_prediction/cat_or_dog_{i}.png" for i in (1, 2)))


def moles_to_train_apart(at: Place) -> None:
    """DermMel on Kaggle: the training part has a word more than the others, `train_sep`."""
    for part, count in (("train_sep", 8), ("valid", 4), ("test", 4)):
        at.class_folders(f"DermMel/{part}", ("Melanoma", "NotMelanoma"), count)
