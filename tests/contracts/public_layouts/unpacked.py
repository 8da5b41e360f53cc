"""Data sets that many download, with all files that lie there once they are unpacked."""

from __future__ import annotations

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
