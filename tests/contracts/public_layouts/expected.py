"""What is right for each drawn data set."""

from __future__ import annotations

from tests.contracts.public_layouts import (
    arrays,
    competitions,
    downloads,
    exports,
    folders,
    lists,
    matlab,
    own_lists,
    pictures,
    tables,
)
from tests.contracts.public_layouts.contests import CONTESTS
from tests.contracts.public_layouts.expected_further import FURTHER
from tests.contracts.public_layouts.expected_things import THINGS
from tests.contracts.public_layouts.expected_unpacked import UNPACKED
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses
from tests.contracts.public_layouts.several_tables import SEVERAL_TABLES

DIGITS = tuple("0123456789")
CAT_DOG = ("cat", "dog")
TWO = ("healthy", "lesion")
BIRDS = ("Bird", "Cat", "Dog")
CARS = ("AM General Hummer", "Acura TL", "BMW M3")
SYNSETS = ("n01440764", "n01443537", "n01484850")
UPRIGHT = {"is_bright_at_top": True}
SEVERAL = r"several (labels|classes)|more than one (label|class)|lists? of (labels|classes)|look like lists"

EXPECTED: list[tuple[Draw, Opens | Asks | Refuses]] = [
    # Folders and names.
    (
        folders.intel,
        Opens(
            ("buildings", "forest", "sea"), {"train": 24, "test": 12}, says=("5 pictures in 'seg_pred/'",), left_out=5
        ),
    ),
    (folders.korean_nfd, Opens(("강아지", "고양이"), {"train": 12, "test": 12})),
    (
        folders.idc,
        Opens(
            ("0", "1"),
            {"all": 40},
            says=("4 folders such as '8863'.*one person", "40 pictures.*same tree once more"),
            groups=4,
            left_out=40,
        ),
    ),
    (
        folders.busi_masks,
        Opens(("benign", "malignant", "normal"), {"all": 18}, says=("19 pictures .*masks",), left_out=19),
    ),
    (
        folders.electrical_commutators,
        Asks(
            (
                "5 folders such as 'kos01' .*they may be things, and no classes",
                "--layout class-folders",
                "--layout picture-folder",
            )
        ),
    ),
    (
        folders.mammograms_of_patients,
        Opens(("birads1", "birads2", "birads3"), {"all": 48}, says=("belong together, 12 groups",), groups=12),
    ),
    (folders.drawn_faces, Asks(("group.*3 classes: anger 12, joy 12, sadness 12", "folder:1 3 classes: aia 12"))),
    (folders.places_counted_anew, Opens(("airport", "barn"), {"train": 16, "val": 12}, groups=8)),
    (folders.takes_in_both_parts, Opens(("run", "walk"), {"train": 24, "val": 12}, groups=6)),
    (folders.omniglot, Asks(("folder:path 6 classes", "folder:1 3 classes"))),
    (
        folders.state_farm,
        Opens(("c0", "c1", "c2"), {"all": 36}, says=("6 pictures in 'imgs/'", "'subject' stay together"), groups=4),
    ),
    (folders.kermany, Opens(("CNV", "DME", "NORMAL"), {"train": 36, "test": 12}, says=("together",), groups=9)),
    (folders.breakhis, Asks(("2 classes: benign", "3 classes: adenosis"))),
    (
        folders.video_frames,
        Opens(("Archery", "Bowling", "Diving"), {"all": 36}, says=("12 folders .*stay together",), groups=12),
    ),
    (
        folders.chest_xray,
        Opens(
            ("NORMAL", "PNEUMONIA"),
            {"train": 20, "val": 4, "test": 8},
            says=("32 pictures .*'chest_xray/'",),
            left_out=32,
        ),
    ),
    (folders.brain_tumor, Opens(("glioma_tumor", "no_tumor"), {"train": 16, "test": 8})),
    (
        folders.fruits,
        Opens(
            ("Apple Braeburn", "Banana", "Kiwi"),
            {"train": 24, "test": 12},
            says=("3 pictures in 'test-multiple_fruits/'", "1 .pdf"),
            left_out=3,
        ),
    ),
    (folders.asl, Opens(("A", "B", "nothing"), {"train": 24}, {"test": 3}, says=("asl_alphabet_test/.* unlabelled",))),
    (
        folders.covid_masks,
        Opens(("COVID", "Normal", "Viral Pneumonia"), {"all": 24}, says=("24 pictures .*masks",), left_out=24),
    ),
    (
        folders.pet_images,
        Opens(("Cat", "Dog"), {"all": 21}, says=("666.jpg: the file is empty", "Thumbs.db"), left_out=1),
    ),
    (folders.with_mask, Opens(("WithMask", "WithoutMask"), {"train": 16, "val": 6, "test": 6})),
    (folders.valid_receipts, Opens(("invalid", "valid"), {"all": 20})),
    (folders.office31, Asks(("3 classes: back_pack", "3 classes: amazon"))),
    (folders.lc25000, Asks(("5 classes: colon_aca",))),
    (
        folders.blood_cells,
        Opens(
            ("EOSINOPHIL", "LYMPHOCYTE"),
            {"train": 16, "test": 8},
            says=("4 pictures in '.*TEST_SIMPLE/', beside the parts", "5 pictures are left out.* holds the parts"),
            left_out=9,
        ),
    ),
    (
        folders.hurricane,
        Opens(
            ("damage", "no_damage"),
            {"train": 16, "val": 8, "test": 12},
            says=("test/ and test_another/ are the part 'test' together",),
        ),
    ),
    (folders.yolo_boxes, Opens((), {}, {"all": 16}, says=("16 .txt files .* boxes",))),
    (folders.afhq_names, Opens(CAT_DOG, {"train": 20, "val": 8})),
    (folders.voc, Opens((), {}, {"train": 12, "val": 6}, says=("'cat' and 'dog' .* several labels a picture",))),
    (
        folders.magnetic_tile,
        Opens(("MT_Blowhole", "MT_Crack", "MT_Free"), {"all": 18}, says=("18 pictures .*masks",), left_out=18),
    ),
    (
        folders.herlev,
        Opens(("light_dysplastic", "normal_columnar"), {"all": 12}, says=("12 pictures .*masks",), left_out=12),
    ),
    (folders.fish, Asks(("2 classes: Bream 8, Shrimp 8", "Fish_Dataset 12, NA_Fish_Dataset 4"))),
    (folders.two_sizes, Opens(CAT_DOG, {"all": 24}, says=("12 groups",), groups=12)),
    (folders.ck_plus, Opens(("anger", "happy"), {"all": 24}, says=("8 groups",), groups=8)),
    (folders.oasis, Opens(("Mild Dementia", "Non Demented"), {"all": 32}, says=("4 groups",), groups=4)),
    (
        folders.c_nmc,
        Opens(
            ("all", "hem"),
            {"train": 24},
            {"test": 6},
            says=("8 groups", "_prelim_data/ are the part 'test' together", "_labels.csv lists these pictures too"),
            groups=8,
        ),
    ),
    (folders.saved_twice, Opens(CAT_DOG, {"all": 24})),
    (
        folders.best_artworks,
        Opens(("Degas", "Monet", "Rembrandt"), {"all": 18}, says=("'resized/' .*once more",), left_out=18),
    ),
    (folders.kdef, Asks(("4 folders of pictures", "labels by the pattern"))),
    (folders.sentinel_bands, Opens((), {}, {"all": 16}, says=("4 files, 'B01'.* bands of one scene",))),
    (folders.numbered_by_class, Opens(("cat", "dog", "fox"), {"all": 18})),
    (
        folders.rock_paper_scissors,
        Opens(
            ("paper", "rock", "scissors"),
            {"train": 12, "test": 6},
            says=("6 pictures in 'rps-validation/', beside the parts",),
            left_out=6,
        ),
    ),
    (folders.colorectal, Opens(("ADI", "BACK", "TUM"), {"train": 18, "val": 9})),
    (folders.suffixed_folders, Opens(("cats", "dogs"), {"train": 12, "test": 6})),
    (
        folders.dagm,
        Opens(
            ("Class1", "Class2", "Class3"),
            {"train": 15, "test": 12},
            says=("Labels.txt' and 3 more list these pictures too, and were not read", "6 pictures .*masks"),
            left_out=6,
        ),
    ),
    (folders.neu_det, Opens(("crazing", "inclusion", "patches"), {"train": 12, "val": 6})),
    (
        folders.rgbd_objects,
        Opens(
            ("apple", "coffee_mug", "stapler"),
            {"all": 24},
            says=("24 pictures .*masks", "24 pictures .*distances"),
            groups=6,
            left_out=48,
        ),
    ),
    (
        folders.camelyon17,
        Opens(
            ("patient_004_node_1", "patient_020_node_1", "patient_042_node_1"),
            {"all": 15},
            says=("called after persons, such as 'patient_004_node_1'",),
        ),
    ),
    (folders.lone_folder_in_parts, Opens((), {}, {"all": 12})),
    (folders.names_in_a_lone_folder, Opens(CAT_DOG, {"train": 12, "test": 6})),
    (
        folders.simpsons,
        Opens(
            ("abraham", "bart", "lisa"),
            {"train": 15},
            {"test": 6},
            says=("15 pictures .*same tree once more", "testset/ lie in no class folders"),
            left_out=15,
        ),
    ),
    (
        folders.casting,
        Opens(
            ("def_front", "ok_front"),
            {"train": 12, "test": 6},
            says=("8 pictures .*beside 'casting_data/casting_data/', which holds the parts",),
            left_out=8,
        ),
    ),
    (
        folders.food11,
        Opens(
            (), {}, {"all": 24}, says=("3 classes: 0 8, 1 8, 10 8", "evaluation/, training/ and validation/ are then")
        ),
    ),
    (folders.castings_in_two_sizes, Asks(("folder:1 2 classes: size128 18", "folder:3 2 classes: bad 18, ok 18"))),
    (folders.compcars, Asks(("folder:1 2 classes: 78", "folder:2 4 classes: 781", "folder:3 2 classes: 2012"))),
    # Several tables, of parts and of classes.
    (
        lists.gtsrb_web,
        Opens(("0", "1", "14"), {"train": 24, "test": 6}, says=("parts come from the names of the tables",), groups=6),
    ),
    (lists.elpv, Asks(("'column 3' 2 classes: mono 12, poly 12", "'column 2' 4 classes: 0.0000 6"))),
    (lists.uecfood, Opens(("1", "2"), {"all": 20}, says=("category.txt names the classes .1 is 'rice'",))),
    (
        lists.noisy_labels,
        Opens(("n01440764", "n02102040"), {"train": 16, "val": 8}, says=("noisy_labels.csv lists these pictures too",)),
    ),
    (lists.fairface, Asks(("age 4 classes", "gender 2 classes", "race 3 classes"))),
    (
        lists.wallpaper,
        Opens(("가구수정", "곰팡이"), {"train": 12}, {"test": 10}, says=("test.csv lists pictures to predict",)),
    ),
    (lists.aircraft, Asks(("family 2 classes: Boeing 737 12, A300 6", "variant 3 classes: 737-200 6"))),
    (lists.numtadb, Opens(("0", "1", "2"), {"all": 24}, says=("4 pictures in 'testing-a/'",))),
    (lists.places365, Opens(("/a/airfield", "/b/barn", "/b/bow_window/indoor"), {"train": 12, "val": 6})),
    (lists.sagemaker_lst, Opens(("0", "1"), {"train": 16, "val": 4})),
    (
        lists.mmpretrain,
        Opens(SYNSETS, {"train": 15, "val": 6}, says=("folders in the training part, which say the same",)),
    ),
    (lists.visda, Opens(("aeroplane", "bicycle", "bus"), {"train": 12, "val": 6, "test": 6})),
    (lists.nabirds, Opens(("295", "817", "1010"), {"train": 12, "test": 6}, says=("295 is 'Common Eider'",))),
    (lists.landmarks, Opens(("1", "7", "12"), {"all": 18}, says=("6 pictures in 'test/'",))),
    (lists.landmarks_with_labels_for_both_parts, Opens(("0", "1", "2"), {"train": 12, "test": 8})),
    (lists.idrid, Asks(("Retinopathy grade.*Risk of macular edema",))),
    (lists.hateful_memes, Opens(("0", "1"), {"train": 16, "val": 4}, says=("test.jsonl lists pictures without",))),
    (lists.pad_ufes, Opens(("ACK", "BCC", "MEL"), {"all": 24}, says=("'patient_id' stay together",), groups=12)),
    (
        lists.appa_real,
        Opens(
            (),
            {},
            {"train": 14, "val": 5, "test": 6},
            says=("'apparent_age' and 'real_age' hold measurements: numbers to predict",),
        ),
    ),
    (lists.rfmid, Opens(("healthy", "ill"), {"train": 10, "val": 6})),
    (lists.flower_photos, Opens(("daisy", "roses", "tulips"), {"all": 18})),
    # Exports of labelling tools.
    (
        exports.label_studio_min,
        Opens(BIRDS, {"all": 18}, says=("'annotation_id'.* left out|left out: .*annotation_id",)),
    ),
    (exports.label_studio_json, Opens(BIRDS, {"all": 18}, says=("annotations.id",))),
    (exports.label_studio_raters, Opens((), {}, {"all": 18}, says=("annotations.result.value.choices' .*several",))),
    (exports.labelbox, Opens(("Cat", "Dog"), {"all": 12})),
    (exports.ground_truth, Opens(("Cat", "Dog"), {"all": 12}, says=("species-metadata.class-name",))),
    (exports.fiftyone, Opens(BIRDS, {"train": 12, "val": 6, "test": 6})),
    (exports.via_csv, Opens(("Cat", "Dog"), {"all": 12})),
    (exports.cvat, Opens((), {}, {"all": 6}, says=("CVAT's annotations, .*'ImageNet'",))),
    (exports.supervisely, Opens(CAT_DOG, {"all": 11}, says=("1 picture without one label in a JSON",), left_out=1)),
    (exports.labelme_flags, Opens(CAT_DOG, {"all": 12})),
    (
        exports.labelme_several,
        Opens((), {}, {"all": 12}, says=("12 .json files .*several flags or tags in one, such as 'cat' and 'dog'",)),
    ),
    (exports.aihub, Opens((), {}, {"all": 12}, says=("one for each picture, .*'annotations.disease'",))),
    (
        exports.zooniverse,
        Opens(("Deer", "Fox", "Nothing here"), {"all": 12}, says=("majority is the label: on 1 of 12",)),
    ),
    (
        exports.labelbox_table,
        Opens(("empty", "full"), {"all": 19}, says=("1 picture .*shelf_008",), left_out=1),
    ),
    (exports.airtable, Opens(("Boot", "Sandal", "Sneaker"), {"all": 18})),
    (exports.kili, Opens(("CAT", "DOG"), {"all": 16})),
    (exports.prodigy, Opens(("bird", "cat", "dog"), {"all": 16}, says=("2 pictures .*'accept' is empty",), left_out=2)),
    (exports.fairface, Asks(("age 3 classes", "gender 2 classes", "race 3 classes"))),
    # Matlab's files beside pictures.
    (
        matlab.flowers102,
        Opens(
            ("1", "2", "3"),
            {"train": 9, "val": 3, "test": 18},
            says=("by the number in their names", "setid.mat .*test 18 .* as given though training is not the largest"),
        ),
    ),
    (
        matlab.stanford_cars,
        Opens(CARS, {"all": 18}, says=("cars_test_annos.mat .*without labels", "12 pictures in 'cars_test/'")),
    ),
    (
        matlab.stanford_cars_of_one_box,
        Opens(CARS, {"all": 18}, says=("cars_test_annos.mat .*without labels", "12 pictures in 'cars_test/'")),
    ),
    (matlab.stanford_cars_with_labels, Opens(CARS, {"train": 18, "test": 12}, says=("cars_meta.mat",))),
    (matlab.stanford_cars_in_one, Opens(CARS, {"train": 14, "test": 6}, says=("1 is 'AM General Hummer'",))),
    (
        matlab.stanford_dogs,
        Opens(
            ("n02085620-Chihuahua", "n02088094-Afghan_hound", "n02110958-pug"),
            {"train": 18, "test": 12},
            says=("parts come from lists/train_list.mat and lists/test_list.mat",),
        ),
    ),
    (matlab.matconvnet, Opens(CAT_DOG, {"train": 14, "val": 4, "test": 6}, says=("imdb.classes.name",))),
    (
        matlab.chars74k,
        Opens(
            ("Sample001", "Sample002", "Sample003"),
            {"train": 20, "test": 10},
            says=("2 splits; the first is used",),
        ),
    ),
    (matlab.caltech101, Opens(("ant", "bass"), {"all": 24}, says=("24 Matlab files of one picture each",))),
    (matlab.compcars, Asks(("--label-from folder:1", "--label-from folder:2"))),
    (matlab.mpii, Opens((), {}, {"all": 12}, says=("mpii.*lists no pictures .*with a class",))),
    (matlab.land_use_several, Opens((), {}, {"all": 20}, says=(SEVERAL,))),
    (matlab.quality_scores, Opens((), {}, {"all": 20}, says=("'dmos' holds .* a number to predict",))),
    # Tables beside pictures.
    (tables.hf_metadata_jsonl, Opens(("a", "b", "c", "d"), {"train": 24, "test": 8})),
    (
        tables.tiny_imagenet,
        Opens(("goldfish", "salamander", "bullfrog"), {"train": 24, "val": 9}, {"test": 5}, says=("words.txt",)),
    ),
    (tables.cp949, Opens(("개", "고양이"), {"all": 20})),
    (tables.ages, Opens((), {}, {"all": 24}, says=("'age' holds .* a number to predict",))),
    (
        tables.ham_root,
        Opens(("nv", "mel", "bkl", "bcc"), {"all": 32}, says=("'lesion_id' stay together", "hmnist"), groups=16),
    ),
    (tables.gtsrb_kaggle, Opens(("0", "1", "14"), {"train": 36, "test": 9}, says=("Meta.csv", "together"), groups=9)),
    (
        tables.raters,
        Opens(("benign", "malignant"), {"all": 20}, says=("majority .* on 2 of 20 pictures they disagree",)),
    ),
    (tables.headerless_bom, Opens(CAT_DOG, {"all": 20})),
    (tables.food101, Opens(("apple_pie", "baklava", "pho"), {"train": 24, "test": 12}, says=("train.txt",))),
    (
        tables.aircraft,
        Asks(("--label-column family 2 classes", "--label-column variant 3 classes", "'manufacturer' says the same")),
    ),
    (
        tables.imagenette,
        Opens(("n01440764", "n02102040", "n03000684"), {"train": 24, "val": 12}, says=("noisy_imagenette.csv",)),
    ),
    (tables.inat_json, Opens(("Danaus plexippus", "Rosa canina", "Vulpes vulpes"), {"train": 18, "val": 9})),
    (tables.shift_jis, Opens(("いぬ", "ねこ"), {"all": 20})),
    (tables.german_excel, Opens(("Äpfel", "Birnen"), {"all": 20})),
    (tables.unicode_text, Opens(("maple", "oak"), {"all": 20})),
    (tables.lost_zeros, Opens(("no", "yes"), {"all": 24}, says=("'1' was taken for 'pictures/0001.jpg'",))),
    (tables.roboflow, Opens(CAT_DOG, {"train": 12, "val": 6, "test": 5})),
    (tables.pokemon_types, Opens(("Fire", "Grass", "Water"), {"all": 24}, says=("left out: 'Type2'",))),
    (
        tables.ferplus,
        Opens(("happiness", "neutral", "sadness"), {"all": 24}, says=("votes.* 2 ties left out",), left_out=2),
    ),
    (
        tables.monkeys,
        Opens(("mantled_howler", "patas_monkey", "bald_uakari"), {"train": 24, "val": 9}, says=("monkey_labels.txt",)),
    ),
    (tables.sessions, Opens(("fist", "open"), {"all": 24}, says=("'session' stay together",), groups=4)),
    (
        tables.nih_chest,
        Opens((), {}, {"all": 30}, says=("'Finding Labels' holds several labels a picture",), groups=10),
    ),
    (tables.celeba, Opens((), {}, {"all": 24}, says=("'Bald', 'Eyeglasses', .* several labels a picture",))),
    (
        tables.mura,
        Asks(
            (
                "folder:1 2 classes: XR_ELBOW 12, XR_HAND 12",
                "study1_negative",
                "--layout manifest .* 2 classes: 0 24, 1 12",
            )
        ),
    ),
    (tables.lists_of_one, Opens(tuple("DGN"), {"all": 20}, says=("together",), groups=10)),
    (
        tables.urbansound,
        Opens(("dog_bark", "drill", "siren"), {"all": 27}, says=("another suffix",)),
    ),
    (tables.adience, Asks(("--layout class-folders", "--layout manifest", "'face_id' and 'original_image'"))),
    (tables.raf_db, Opens(("1", "2", "3"), {"all": 12}, says=("have '_aligned' behind the names in list.txt",))),
    (tables.open_images, Opens((), {}, {"all": 12}, says=("'LabelName', each once .several labels a picture",))),
    (
        tables.lisa,
        Opens((), {}, {"all": 24}, says=("row for each box .* 3 of 24 .* boxes of .*'Annotation tag'",)),
    ),
    # Lists that join in an unusual way.
    (
        lists.oxford_pets,
        Opens(
            ("Abyssinian", "Bengal", "american_bulldog", "great_pyrenees"),
            {"train": 24, "test": 12},
            says=("36 pictures are left out.*masks", "'SPECIES' \\(2 classes\\).*--label-column", "'CLASS-ID'"),
        ),
    ),
    (
        lists.protein_atlas,
        Opens(
            (),
            {},
            {"all": 48},
            says=("'Target' holds several labels", "beginnings of names", "12 pictures in 'test/'"),
            groups=12,
        ),
    ),
    (
        lists.rsna_miccai,
        Opens(("0", "1"), {"all": 40}, says=("'BraTS21ID' in train_labels.csv are folders of several",), groups=10),
    ),
    (
        lists.isic_2019,
        Opens(("MEL", "NV", "BCC"), {"all": 24}, says=("No picture .*'UNK'", "'lesion_id' stay together"), groups=12),
    ),
    (
        lists.hasy,
        Opens(tuple("ABC"), {"train": 15, "test": 9}, says=("3 splits .*fold-1.* whole", "'user_id' stay"), groups=5),
    ),
    (
        lists.trashnet,
        Opens(("glass", "paper", "trash"), {"all": 18}, says=("lack 6 of 18 pictures: no parts were taken",)),
    ),
    (
        lists.labels_alone,
        Opens((), {}, {"all": 30}, says=("labels.txt has 30 lines such as 'square' for 30 pictures",)),
    ),
    (lists.good_ones, Opens(tuple("ab"), {"train": 13, "test": 6}, says=("1 picture in no list .* left out",))),
    (
        lists.scans,
        Opens(("CT_COVID", "CT_NonCOVID"), {"train": 16, "val": 6, "test": 6}, says=("Lists of 2 sets of pictures",)),
    ),
    (lists.surfaces, Asks(("'column 2' 2 classes: 0 18, 1 6", "'column 1' 12 classes"))),
    (lists.overlapping_scans, Opens(("ill", "well"), {"train": 18, "test": 6}, says=("belong to other splits",))),
    (lists.mammograms, Asks(("breast_birads 3 classes", "breast_density 4 classes", "finding_categories 2 classes"))),
    (lists.same_names_in_each_part, Opens(CAT_DOG, {"train": 12, "val": 6, "test": 6})),
    (
        lists.celeba_whole,
        Opens(
            (),
            {},
            {"train": 24, "val": 4, "test": 4},
            says=(
                "several labels a picture",
                r"partition' \(0 is train, 1 is val, 2 is test\)",
                "'identity .* stay together",
            ),
            groups=6,
        ),
    ),
    (
        lists.celeba_persons,
        Opens(("1", "38", "75", "112"), {"train": 24, "val": 4, "test": 4}, says=("'partition' \\(0 is train",)),
    ),
    (
        lists.domainnet,
        Opens(
            ("aircraft_carrier", "alarm_clock", "zigzag"),
            {"train": 24, "test": 12},
            says=("called by their folders, which say the same as the second column",),
        ),
    ),
    (lists.rxrx1, Asks(("folder:1 2 classes", "train.csv .*'id_code', such as 'HEPG2-01_1_B02', but no picture"))),
    # Competitions: tables, parts to predict, sample submissions.
    (
        competitions.kannada,
        Opens(
            DIGITS, {"all": 40}, says=("Dig-MNIST.csv .*left out", "test.csv has no labels", "sample_submission.csv")
        ),
    ),
    (competitions.spelled_labels, Opens(("001", "002", "010"), {"all": 12}, says=("test.csv has no labels",))),
    (
        competitions.cassava,
        Opens(("Bacterial Blight", "Green Mottle", "Healthy"), {"all": 30}, says=("label_num_to_disease_map.json",)),
    ),
    (competitions.tags, Opens((), {}, {"all": 24}, says=("'tags' holds several labels a picture",))),
    (
        competitions.hotel_id,
        Opens(("10047", "20333", "35011"), {"all": 30}, says=("4 pictures in 'test_images/'", "left out: 'chain'")),
    ),
    (
        competitions.dogs_redux,
        Opens(CAT_DOG, {"train": 20}, {"test": 6}, says=("cat.0.jpg -> cat", "test/ .* unlabelled")),
    ),
    (competitions.dog_breed, Opens(("beagle", "boxer", "pug"), {"all": 18}, says=("6 pictures in 'test/'",))),
    (
        competitions.seedlings,
        Opens(("Black-grass", "Common wheat", "Maize"), {"train": 24}, {"test": 6}, says=("test/ .* unlabelled",)),
    ),
    (
        competitions.right_whale,
        Opens(("whale_00000", "whale_00001", "whale_00002"), {"all": 24}, says=("6 pictures in 'imgs/'",)),
    ),
    (
        competitions.isic2020,
        Opens(("0", "1"), {"all": 32}, says=("'patient_id' stay together", "test.csv .*without labels"), groups=8),
    ),
    (competitions.paddy, Opens(("blast", "hispa", "normal"), {"train": 24}, {"test": 6})),
    (competitions.iwildcam, Opens(("0", "13", "19"), {"all": 27}, says=("together",), groups=9)),
    (competitions.eyes, Opens(("0", "1", "2"), {"all": 30}, says=("together",), groups=15)),
    (
        competitions.plant_2020,
        Opens(("healthy", "rust", "scab"), {"all": 24}, says=("test.csv .*without labels", "6 pictures in 'images/'")),
    ),
    (competitions.galaxy_zoo, Opens((), {}, {"all": 24}, says=("'Class1.1' and 'Class1.2' .* numbers to predict",))),
    (
        competitions.imagenet,
        Opens(
            ("n01440764", "n01443537", "n01484850"), {"train": 12, "val": 6}, {"test": 6}, says=("LOC_val_solution",)
        ),
    ),
    (
        competitions.boneage,
        Opens(
            (), {}, {"all": 40}, says=("test-dataset.csv .*without labels", "'boneage' holds .* a number to predict")
        ),
    ),
    (competitions.rsna_pneumonia, Asks(("--label-column class 3 classes: .*Lung Opacity", "--label-column Target 2"))),
    (
        competitions.severstal,
        Opens(
            (), {}, {"all": 10}, says=("row for each outline .* 1 of 10 .* outlines of several classes .*'ClassId'",)
        ),
    ),
    (
        competitions.herbarium,
        Opens(("5", "105", "118"), {"all": 18}, says=("sample asks for numbers: .*5 is 'Poa annua', 105 is",)),
    ),
    # Pixels in arrays and tables.
    (
        arrays.fer2013,
        Opens(DIGITS[:7], {"train": 14, "val": 7, "test": 7}, says=("'PrivateTest' was taken for test",), **UPRIGHT),
    ),
    (arrays.svhn, Opens(DIGITS, {"train": 30, "test": 20}, says=("10 is the digit 0",), **UPRIGHT)),
    (
        arrays.quickdraw,
        Opens(("airplane", "alarm clock", "ant"), {"all": 33}, says=("Each file was taken for a class",), **UPRIGHT),
    ),
    (
        arrays.emnist_csv,
        Opens(
            tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"),
            {"train": 94, "test": 47},
            says=("turned upright", "first column"),
            **UPRIGHT,
        ),
    ),
    (arrays.k49, Opens(tuple(map(str, range(49))), {"train": 49, "test": 49}, says=("k49_classmap.csv",), **UPRIGHT)),
    (
        arrays.sign_mnist,
        Opens(("0", "1", "3"), {"train": 18, "test": 6}, says=("left out: amer_sign2.png and",), **UPRIGHT),
    ),
    (
        arrays.torch_mnist,
        Opens(("0", "1", "2"), {"train": 20, "test": 10}, says=(r"2 other files were not read \(2 .pt\)",), **UPRIGHT),
    ),
    (arrays.yale_mat, Opens(tuple("12345"), {"all": 30}, says=("turned upright",), file="Yale_32x32.mat", **UPRIGHT)),
    (
        arrays.silhouettes_mat,
        Opens(
            ("accordion", "airplanes", "anchor"), {"train": 30, "val": 9, "test": 9}, says=("classnames",), **UPRIGHT
        ),
    ),
    (arrays.mnist_mat, Opens(DIGITS, {"train": 30, "test": 20}, file="mnist.mat", **UPRIGHT)),
    (
        arrays.emnist_mat,
        Opens(("A", "B", "C"), {"train": 30, "test": 20}, says=("turned upright", "dataset.mapping"), **UPRIGHT),
    ),
    (arrays.medmnist, Opens(("0", "1", "2"), {"train": 30, "val": 6, "test": 9}, file="bloodmnist.npz", **UPRIGHT)),
    (arrays.chestmnist, Opens((), {}, {"train": 30, "test": 20}, says=(SEVERAL,), file="chestmnist.npz")),
    (arrays.sign_digits, Opens(DIGITS, {"all": 30}, **UPRIGHT)),
    (arrays.olivetti, Opens(("0", "1", "2"), {"all": 30}, **UPRIGHT)),
    (arrays.cifar_c, Asks(("brightness.npy", "fog.npy", "'labels.npy'"))),
    (arrays.cifar101, Opens(DIGITS, {"all": 20}, **UPRIGHT)),
    (arrays.semeion, Opens(DIGITS, {"all": 30}, file="semeion.data", **UPRIGHT)),
    (
        arrays.optdigits,
        Opens(DIGITS, {"train": 30, "test": 20}, says=("16 was taken for white", "last column"), **UPRIGHT),
    ),
    (arrays.usps_zip, Opens(DIGITS, {"train": 30, "test": 20}, says=("first column",), **UPRIGHT)),
    (arrays.ahdd, Opens(DIGITS, {"train": 30, "test": 20}, **UPRIGHT)),
    (arrays.ships_json, Opens(("0", "1"), {"all": 20}, says=("plane", "'scene_ids'"), file="shipsnet.json", **UPRIGHT)),
    (
        arrays.age_gender,
        Asks(("--label-column ethnicity 5 classes", "--label-column gender 2 classes"), file="age_gender.csv"),
    ),
    (arrays.keypoints, Refuses(("numbers to predict",), file="training.csv")),
    (arrays.iceberg, Refuses(("2 bands, 'band_1' and 'band_2'",), file="train.json")),
    (arrays.galaxy10, Opens(DIGITS, {"all": 20}, file="Galaxy10.h5", **UPRIGHT)),
    (arrays.patch_camelyon, Opens(("0", "1"), {"train": 20, "val": 8, "test": 8}, **UPRIGHT)),
    # Pictures of other depth, bands, grounds, suffixes and numbers.
    (
        pictures.twelve_in_16,
        Opens(TWO, {"all": 20}, says=("12 bits", "0 to 4,095 become 0 to 255"), shows_difference=True),
    ),
    (pictures.ten_in_16, Opens(TWO, {"all": 20}, says=("10 bits",), shows_difference=True)),
    (pictures.ct_signed, Opens(TWO, {"all": 20}, says=("-1,024 to 3,071 become 0 to 255",), shows_difference=True)),
    (pictures.float_tiff, Opens(TWO, {"all": 20}, says=("0 to 1 become 0 to 255",), shows_difference=True)),
    (pictures.whole_32, Opens(TWO, {"all": 20}, says=("more than 8 bits",), shows_difference=True)),
    (pictures.eurosat_ms, Refuses(("13 bands of 16 bits",))),
    (pictures.rgb_nir, Refuses(("4 bands", "near infrared"))),
    (pictures.pages, Opens(TWO, {"all": 20}, says=("20 of 20 pictures have several pages",))),
    (
        pictures.dicom_by_content,
        Opens(TWO, {"all": 20}, says=("20 of 20 pictures are DICOM, 10 of them inverted",), shows_difference=True),
    ),
    (pictures.alpha_white, Opens(TWO, {"all": 20}, says=("laid on black",), shows_difference=True)),
    (pictures.black_alpha, Opens(TWO, {"all": 20}, shows_difference=True)),
    (pictures.white_la, Opens(TWO, {"all": 20}, says=("laid on black",), shows_difference=True)),
    (pictures.white_palette, Opens(TWO, {"all": 20}, says=("laid on black",), shows_difference=True)),
    (pictures.big_chunks, Opens(CAT_DOG, {"all": 12})),
    (pictures.other_formats, Opens(CAT_DOG, {"all": 18})),
    (pictures.odd_suffixes, Opens(CAT_DOG, {"all": 16})),
    (pictures.no_suffix, Opens(CAT_DOG, {"all": 16})),
    (pictures.html_jpg, Opens(CAT_DOG, {"all": 20}, says=("4 pictures .*cannot be read", "DOCTYPE html"), left_out=4)),
    (pictures.cmyk, Opens(CAT_DOG, {"all": 16})),
    (pictures.yale_b, Opens(("yaleB01", "yaleB02", "yaleB03"), {"all": 24}, says=("3 .info", "3 .bad"))),
    (pictures.gif_frames, Opens(CAT_DOG, {"all": 16}, says=("16 of 16 pictures are animated: the first frame",))),
    # Lists kept by hand, and lists of competitions in other languages.
    (
        own_lists.bridge_survey,
        Opens(
            ("Abplatzung", "Haarriss", "Rostfahne", "unbeschädigt"),
            {"all": 19},
            says=("1 picture .* no label .*DSC01207", "left out: 'Nr.' and 'Bearbeiter'", "row 22"),
            left_out=1,
        ),
    ),
    (own_lists.several_defects, Opens((), {}, {"all": 20}, says=(SEVERAL, "'crack', 'rust' and 'hole' hold 'x'"))),
    (own_lists.flies, Opens(("家蝇", "果蝇", "麻蝇"), {"all": 18}, says=("8 pictures in '测试集/'",))),
    (
        own_lists.placeholder,
        Opens(("bad", "good", "worse"), {"all": 18}, says=("answer.csv gives all 8 pictures .*'good'.*placeholder",)),
    ),
    (own_lists.table_of_each_class, Opens(("bee", "wasp"), {"train": 12, "test": 12})),
    (own_lists.recipes, Opens(("0", "1", "2", "3"), {"all": 20}, says=("clf_test.tsv lists pictures without labels",))),
    (
        own_lists.whole_list,
        Opens(
            ("0", "1", "2"), {"train": 18, "val": 6}, says=("'train_extra_list.txt' lists the pictures to train on",)
        ),
    ),
    (own_lists.longer_list, Opens(("0", "1", "2"), {"train": 24, "val": 6}, says=("'train_list.txt' lists the same",))),
    (
        own_lists.record_lists,
        Opens(
            ("001.ak47", "002.american-flag", "257.clutter"), {"train": 18, "val": 6}, says=("called by their folders",)
        ),
    ),
    (
        own_lists.snakes,
        Opens(
            ("agkistrodon-contortrix", "crotalus-atrox", "pantherophis"),
            {"all": 18},
            says=("class-18 is 'pantherophis'",),
            left_out=4,
        ),
    ),
    (
        own_lists.uploads,
        Opens(("healthy", "rust"), {"all": 19}, says=("signs of an upload .*leaf_0.JPG' was taken",), left_out=1),
    ),
    (own_lists.other_files, Opens((), {}, {"all": 20}, says=("'dog_50.png', and none of them is here",))),
    (
        own_lists.notes,
        Opens(("a little blurred", "shaky", "sharp"), {"all": 18}, says=("1 line of labels.txt .*'Labels by Tom",)),
    ),
    (own_lists.landmarks, Opens(("사직야구장", "수원화성", "해운대"), {"all": 18}, keeps_small_classes=True)),
    (pictures.yale_faces, Opens(tuple(f"subject{i:02d}" for i in range(1, 6)), {"all": 15})),
    (pictures.jaffe, Asks(("4 classes: KA 9", "3 classes: AN 12", r"KA\.AN1\.31\.tiff -> AN"))),
    (pictures.ck_plus, Asks(("3 classes: S005 10", "2 classes: 001 15"))),
    (pictures.orl, Opens(("s1", "s2", "s3"), {"all": 30})),
    (pictures.utk_face, Opens((), {}, {"all": 36}, says=("2 classes: 0 18, 1 18", "3 classes: 0 12"))),
    (pictures.hundred_leaves, Opens(("Acer_Campestre", "Alnus_Rubra", "Quercus_x_Turneri"), {"all": 24})),
    (
        pictures.lfw,
        Opens(("Aaron_Eckhart", "Abdul_Rahman", "Colin_Powell", "Tony_Blair"), {"all": 20}, keeps_small_classes=True),
    ),
    (
        pictures.two_copies,
        Opens(("bee", "hornet", "wasp"), {"all": 18}, says=("exact copy .*hornet",), keeps_small_classes=True),
    ),
    (
        pictures.only_in_test,
        Opens(
            ("bee", "hornet", "wasp"),
            {"train": 16, "test": 9},
            says=("no picture of class 'hornet'",),
            keeps_small_classes=True,
        ),
    ),
    (
        pictures.missing_in_val,
        Opens(
            ("bee", "hornet", "wasp"),
            {"train": 24, "val": 6},
            says=("no picture of class 'hornet'",),
            keeps_small_classes=True,
        ),
    ),
    (pictures.long_tail, Opens(("a1", "b2", "c3", "d9"), {"all": 15}, keeps_small_classes=True)),
    (
        pictures.whale,
        Opens(
            ("new_whale", *(f"w_{i:07x}" for i in range(5)), "w_f000", "w_f001"), {"all": 22}, keeps_small_classes=True
        ),
    ),
    *downloads.DOWNLOADS,
    *FURTHER,
    *UNPACKED,
    *SEVERAL_TABLES,
    *CONTESTS,
    *THINGS,
]
