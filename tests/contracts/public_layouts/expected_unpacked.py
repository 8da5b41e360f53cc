"""What is right for the data sets of `unpacked`."""

from __future__ import annotations

from tests.contracts.public_layouts import lists_and_folders, services, unpacked
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses

UNPACKED: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (
        unpacked.lesions_twice_in_shares,
        Opens(("bcc", "mel", "nv"), {"all": 24}, says=("12 pictures .*same tree once more",), groups=12),
    ),
    (
        unpacked.cells_of_three_phases,
        Opens(
            ("all", "hem"),
            {"train": 24},
            {"test": 4},
            says=("validation_data/ lie in no class folders: they cannot validate", "_labels.csv lists these pictures"),
            groups=8,
            left_out=6,
        ),
    ),
    (
        unpacked.x_rays_and_a_test_folder,
        Asks(("2 classes: CXR_png 16, test 5", "--layout picture-folder", "called after a part, 'test'")),
    ),
    (unpacked.digits_of_tensorflow, Opens(("one", "three", "two", "zero"), {"train": 20, "test": 8})),
    (unpacked.petals, Opens(("0", "1", "2", "3"), {"train": 16, "val": 8}, {"test": 6})),
    (unpacked.petals_in_two_sizes, Asks(("tfrecords-jpeg-192x192", "tfrecords-jpeg-512x512"))),
    (
        unpacked.lesions_in_records,
        Opens(("0", "1"), {"train": 24}, {"test": 4}, says=("'patient_id' stay together",), groups=6),
    ),
    (
        unpacked.competition_in_zips,
        Opens(
            ("boston_bull", "dingo", "pekinese"), {"all": 24}, says=("4 zips .*labels.csv.zip", "6 pictures in 'test/'")
        ),
    ),
    (
        unpacked.parts_in_zips_below_a_card,
        Opens(
            ("ILL", "NORMAL"), {"train": 16, "val": 8, "test": 6}, says=("'thumbnail.jpg': it lies beside",), left_out=1
        ),
    ),
    (unpacked.findings_in_words, Opens(("bilateral PTB", "left PTB", "normal", "right upper PTB"), {"all": 24})),
    (unpacked.sets_of_medmnist, Asks(("medmnist/bloodmnist.npz", "medmnist/pneumoniamnist.npz"))),
    (
        unpacked.sets_of_emnist,
        Asks(("EMNIST/raw/emnist-letters-train-images-idx3-ubyte --test .*EMNIST/raw/emnist-letters-test-images",)),
    ),
    (
        unpacked.two_eyes_and_a_workbook_of_patients,
        Opens(("D", "G", "N"), {"all": 24}, says=("data.csv has only columns that full_df.csv has too",), groups=12),
    ),
    (unpacked.views_of_breasts, Opens(("0", "1"), {"all": 32}, says=("hold 'patient_id' and 'image_id'",), groups=8)),
    (unpacked.styles_and_genres, Opens(("Cubism", "Pop_Art", "Realism"), {"train": 21, "val": 9})),
    (
        unpacked.clothes_in_padded_lists,
        Opens(
            ("1", "2", "3"), {"train": 18, "val": 9, "test": 9}, says=("1 is 'Blouse', 2 is 'Jeans' and 3 is 'Dress'",)
        ),
    ),
    (
        unpacked.products_by_thing_and_kind,
        Opens(("bicycle_final", "chair_final"), {"train": 12, "test": 12}, says=("'super_class_id'",), groups=4),
    ),
    (
        unpacked.validation_without_its_list,
        Opens(("n01440764", "n01443537"), {"all": 12}, says=("val/ lie in no class folders: they cannot",), left_out=6),
    ),
    (
        unpacked.travel_in_doubled_folders,
        Opens(("architecure", "art and culture", "travel and  adventure"), {"train": 18, "val": 9}, {"test": 5}),
    ),
    (unpacked.smokers_by_name, Opens(("notsmoking", "smoking"), {"train": 12, "val": 4, "test": 6})),
    (unpacked.cars_by_fields_of_names, Opens((), {}, {"all": 18}, says=("4 classes: Acura 6, Ford 6, BMW 3",))),
    (
        unpacked.cats_to_predict_one_by_one,
        Opens(
            ("cats", "dogs"), {"train": 16, "test": 8}, says=("2 pictures in 'single_prediction/', beside",), left_out=2
        ),
    ),
    (services.tags_of_a_service, Opens(("Hemlock", "Japanese Cherry"), {"all": 16})),
    (services.attribute_of_each_class, Opens(services.SCENES, {"all": 18})),
    (services.annotation_of_a_cloud, Opens(("daisy", "roses"), {"train": 12, "val": 4, "test": 4})),
    (
        services.lists_of_a_cloud,
        Opens(("can", "carton", "milk_bottle", "water_bottle"), {"train": 16, "val": 8}),
    ),
    (services.impulses, Opens(("helmet", "no_helmet"), {"train": 14, "test": 6})),
    (services.lines_below_the_names_of_classes, Opens(("daisy", "rose"), {"train": 15, "val": 5})),
    (
        services.lesions_in_parquet,
        Opens(
            ("keratosis", "melanoma", "nevus"),
            {"train": 24, "test": 6},
            says=("'lesion_id' stay together", "left out: 'image_id', 'dx_type' and 'sex'"),
            groups=12,
        ),
    ),
    (services.samples_with_json, Opens(("owl", "wren"), {"all": 20})),
    (services.captions_in_shards, Opens((), {}, {"all": 12}, says=("The first holds 'caption'",))),
    (unpacked.moles_to_train_apart, Opens(("Melanoma", "NotMelanoma"), {"train": 16, "val": 8, "test": 8})),
    (
        lists_and_folders.grades_and_their_names,
        Opens(("Mild", "Moderate", "No_DR", "Proliferate_DR", "Severe"), {"all": 30}, says=("train.csv lists these",)),
    ),
    (
        lists_and_folders.scans_in_doubled_folders_of_parts,
        Opens(("0", "1", "2", "3", "4"), {"train": 20, "val": 10, "test": 10}),
    ),
    (
        lists_and_folders.expressions_labelled_anew,
        Opens(("anger", "happy", "sad", "surprise"), {"all": 32}),
    ),
    (
        lists_and_folders.lists_of_parts_beside_class_folders,
        Opens(("airplane", "beach", "tennis_court"), {"train": 18, "val": 6, "test": 6}),
    ),
    (lists_and_folders.packed_and_unpacked, Opens(("negative", "positive"), {"train": 16, "val": 6, "test": 8})),
    (
        lists_and_folders.ships_of_both_parts_together,
        Opens(
            ("1", "2", "3"),
            {"all": 24},
            says=("test_ApKoW4T.csv lists pictures without labels", "6 pictures in .train"),
        ),
    ),
]
