"""Data sets whose folders and file names say the class, the part or the group, as public ones have them."""

from __future__ import annotations

import unicodedata

from tests.contracts.public_layouts.drawing import Place


def intel(at: Place) -> None:
    for part, count in (("seg_train", 8), ("seg_test", 4)):
        at.class_folders(f"{part}/{part}", ("buildings", "forest", "sea"), count)
    at.photos(*(f"seg_pred/seg_pred/{i}.png" for i in range(5)))


def korean_nfd(at: Place) -> None:
    for part, form in (("train", "NFD"), ("test", "NFC")):
        for name in ("강아지", "고양이"):
            folder = unicodedata.normalize(form, name)
            at.photos(*(f"{part}/{folder}/사진 {i} ({name}).png" for i in range(6)))


def idc(at: Place) -> None:
    for patient in (8863, 8864, 9036, 10253):
        for label in (0, 1):
            for i in range(5):
                name = f"{patient}/{label}/{patient}_idx5_x{50 * i + 1}_y1101_class{label}.png"
                at.photo(name)
                at.bytes(f"IDC_regular_ps50_idx5/{name}", at.path(name).read_bytes())


def busi_masks(at: Place) -> None:
    for name in ("benign", "malignant", "normal"):
        for i in range(1, 7):
            stem = f"Dataset_BUSI_with_GT/{name}/{name} ({i})"
            at.photo(f"{stem}.png")
            at.mask(f"{stem}_mask.png")
            if name == "benign" and i == 3:
                at.mask(f"{stem}_mask_1.png")


def omniglot(at: Place) -> None:
    number = 0
    for alphabet in ("Greek", "Korean", "Latin"):
        for character in ("character01", "character02"):
            number += 1
            folder = f"images_background/{alphabet}/{character}"
            at.photos(*(f"{folder}/{number:04d}_{i:02d}.png" for i in range(1, 7)))


def state_farm(at: Place) -> None:
    rows = [(f"p{i // 9:03d}", f"c{i % 3}", f"img_{97 * i}.png") for i in range(36)]
    at.photos(*(f"imgs/train/{label}/{name}" for _, label, name in rows))
    at.photos(*(f"imgs/test/img_{97 * i + 1}.png" for i in range(6)))
    at.table("driver_imgs_list.csv", "subject,classname,img", rows)
    at.table("sample_submission.csv", "img,c0,c1,c2", [(f"img_{97 * i + 1}.png", 0.3, 0.3, 0.3) for i in range(6)])


def kermany(at: Place) -> None:
    for part, patients in (("train", 3), ("test", 1)):
        for k, name in enumerate(("CNV", "DME", "NORMAL")):
            for patient in range(patients):
                number = 1016042 + 1111 * patient + k + 100000 * (part == "test")
                at.photos(*(f"OCT2017/{part}/{name}/{name}-{number}-{i}.jpeg" for i in range(1, 5)))


def breakhis(at: Place) -> None:
    kinds = (("benign", "adenosis", "A"), ("benign", "fibroadenoma", "F"), ("malignant", "ductal_carcinoma", "DC"))
    for side, kind, short in kinds:
        for s in range(3):
            slide = f"SOB_{side[0].upper()}_{short}_14-{22549 + s}{short}"
            for zoom in ("40X", "100X"):
                at.photos(*(f"breast/{side}/SOB/{kind}/{slide}/{zoom}/{slide}-{zoom}-{i:03d}.png" for i in (1, 2)))


def video_frames(at: Place) -> None:
    for name in ("Archery", "Bowling", "Diving"):
        for take in ("g01_c01", "g01_c02", "g02_c01", "g03_c01"):
            at.photos(*(f"frames/{name}/v_{name}_{take}/{i:04d}.png" for i in (1, 2, 3)))


def chest_xray(at: Place) -> None:
    for part, count in (("train", 10), ("val", 2), ("test", 4)):
        for name in ("NORMAL", "PNEUMONIA"):
            for i in range(count):
                file = f"{part}/{name}/{part}-{i:04d}.jpeg"
                at.photo(f"chest_xray/{file}")
                at.bytes(f"chest_xray/chest_xray/{file}", at.path(f"chest_xray/{file}").read_bytes())
                at.bytes(f"chest_xray/__MACOSX/{part}/{name}/._{i}.jpeg", b"\0\5\x16\7" + bytes(60))


def brain_tumor(at: Place) -> None:
    at.class_folders("Training", ("glioma_tumor", "no_tumor"), 8, "{i} (2).png")
    at.class_folders("Testing", ("glioma_tumor", "no_tumor"), 4, "image({i}).png")


def fruits(at: Place) -> None:
    at.class_folders("Training", ("Apple Braeburn", "Banana", "Kiwi"), 8, "{i}_100.png")
    at.class_folders("Test", ("Apple Braeburn", "Banana", "Kiwi"), 4, "r_{i}_100.png")
    at.photos(*(f"test-multiple_fruits/{name}.png" for name in ("apple_banana", "kiwis", "fruits")))
    at.bytes("papers/fruits.pdf", b"%PDF-1.4\n")


def asl(at: Place) -> None:
    at.class_folders("asl_alphabet_train/asl_alphabet_train", ("A", "B", "nothing"), 8, "{name}{i}.png")
    at.photos(*(f"asl_alphabet_test/asl_alphabet_test/{name}_test.png" for name in ("A", "B", "nothing")))


def covid_masks(at: Place) -> None:
    for name in ("COVID", "Normal", "Viral Pneumonia"):
        for i in range(1, 9):
            at.photo(f"COVID-19_Radiography/{name}/images/{name}-{i}.png")
            at.mask(f"COVID-19_Radiography/{name}/masks/{name}-{i}.png")


def pet_images(at: Place) -> None:
    at.class_folders("PetImages", ("Cat", "Dog"), 10, "{i}.jpg")
    at.bytes("PetImages/Cat/666.jpg", b"")
    at.bytes("PetImages/Dog/Thumbs.db", b"\xd0\xcf\x11\xe0" + bytes(100))
    at.bytes("MSR-LA - 3467.docx", b"PK\3\4")


def with_mask(at: Place) -> None:
    for part, count in (("Train", 8), ("Validation", 3), ("Test", 3)):
        at.class_folders(f"Face Mask Dataset/{part}", ("WithMask", "WithoutMask"), count)


def valid_receipts(at: Place) -> None:
    at.class_folders(".", ("invalid", "valid"), 10, "receipt{i}.png")


def office31(at: Place) -> None:
    for camera in ("amazon", "dslr", "webcam"):
        at.class_folders(f"{camera}/images", ("back_pack", "bike", "calculator"), 5, "frame_000{i}.png")


def lc25000(at: Place) -> None:
    for organ, names in (("colon", ("colon_aca", "colon_n")), ("lung", ("lung_aca", "lung_n", "lung_scc"))):
        at.class_folders(f"lung_colon_image_set/{organ}_image_sets", names, 6, "{name}{i}.png")


def blood_cells(at: Place) -> None:
    for part, count in (("TRAIN", 8), ("TEST", 4), ("TEST_SIMPLE", 2)):
        at.class_folders(f"dataset2-master/dataset2-master/images/{part}", ("EOSINOPHIL", "LYMPHOCYTE"), count)
    at.photos(*(f"dataset-master/dataset-master/JPEGImages/BloodImage_{i:05d}.png" for i in range(5)))


def hurricane(at: Place) -> None:
    for part, count in (("train_another", 8), ("validation_another", 4), ("test_another", 4), ("test", 2)):
        at.class_folders(part, ("damage", "no_damage"), count, f"{len(part)}_{{i}}.png")


def yolo_boxes(at: Place) -> None:
    for part, count in (("train", 12), ("val", 4)):
        for i in range(count):
            at.photo(f"images/{part}/{i:03d}.png")
            at.text(f"labels/{part}/{i:03d}.txt", f"{i % 2} 0.5 0.5 0.2 0.3", "1 0.1 0.2 0.1 0.1")
    at.text("data.yaml", "train: images/train", "val: images/val", "nc: 2", "names: [cat, dog]")


def afhq_names(at: Place) -> None:
    for part, count in (("train", 10), ("val", 4)):
        for name in ("cat", "dog"):
            at.photos(*(f"{part}/{name}/{('flickr', 'pixabay')[i % 2]}_{name}_{i:06d}.png" for i in range(count)))


def voc(at: Place) -> None:
    marks = {"cat": (1, -1, 1), "dog": (-1, 1, 1)}
    for i in range(18):
        at.photo(f"VOC2007/JPEGImages/2007_{i:06d}.jpg")
        at.text(f"VOC2007/Annotations/2007_{i:06d}.xml", "<annotation><object><name>cat</name></object></annotation>")
    for name, of_name in marks.items():
        for part, numbers in (("train", range(12)), ("val", range(12, 18))):
            lines = (f"2007_{i:06d} {of_name[i % 3]:2d}" for i in numbers)
            at.text(f"VOC2007/ImageSets/Main/{name}_{part}.txt", *lines)


def magnetic_tile(at: Place) -> None:
    for name in ("MT_Blowhole", "MT_Crack", "MT_Free"):
        for i in range(6):
            at.photo(f"{name}/Imgs/exp{i % 2 + 1}_num_{4000 + 62 * i}.jpg")
            at.mask(f"{name}/Imgs/exp{i % 2 + 1}_num_{4000 + 62 * i}.png")


def herlev(at: Place) -> None:
    for k, name in enumerate(("light_dysplastic", "normal_columnar")):
        for i in range(6):
            at.photo(f"New database pictures/{name}/1491{k}{i}-001.BMP")
            at.mask(f"New database pictures/{name}/1491{k}{i}-001-d.bmp")


def fish(at: Place) -> None:
    for name in ("Bream", "Shrimp"):
        for i in range(6):
            at.photo(f"Fish_Dataset/{name}/{name}/{i:05d}.png")
            at.mask(f"Fish_Dataset/{name}/{name} GT/{i:05d}.png")
        at.photos(*(f"NA_Fish_Dataset/{name}/{i:05d}.png" for i in range(2)))
    at.text("license.txt", "CC BY 4.0")


def two_sizes(at: Place) -> None:
    """Names with one word more are no masks if they are photographs as the others."""
    for name in ("cat", "dog"):
        for i in range(6):
            at.photos(f"{name}/{name}{i}.png", f"{name}/{name}{i}_small.png")


def oasis(at: Place) -> None:
    """Slices from 100 on of two series of each head."""
    for k, name in enumerate(("Mild Dementia", "Non Demented")):
        for head in (28 + k, 31 + k):
            at.photos(
                *(f"Data/{name}/OAS1_{head:04d}_MR1_mpr-{series}_{i}.jpg" for series in (1, 2) for i in range(100, 104))
            )


def ck_plus(at: Place) -> None:
    """The last frames of each person's film."""
    for k, name in enumerate(("anger", "happy")):
        at.photos(
            *(f"CK+48/{name}/S{10 + 7 * p + k:03d}_00{k}_{14 + 3 * p + i:08d}.png" for p in range(4) for i in range(3))
        )


def c_nmc(at: Place) -> None:
    for fold in range(2):
        for name, sign in (("all", ""), ("hem", "H")):
            at.photos(
                *(
                    f"C-NMC/C-NMC_training_data/fold_{fold}/{name}/UID_{sign}{7 * fold + patient}_{i}_1_{name}.bmp"
                    for patient in range(2)
                    for i in (2, 3, 7)
                )
            )
    for phase in ("prelim", "final"):
        folder = f"C-NMC/C-NMC_test_{phase}_data"
        at.photos(*(f"{folder}/C-NMC_test_{phase}_data/{i}.bmp" for i in range(1, 4)))
    rows = [(f"UID_{i}_1_1_all.bmp", f"{i}.bmp", i % 2) for i in range(1, 4)]
    at.table("C-NMC/C-NMC_test_prelim_data/C-NMC_test_prelim_data_labels.csv", "Patient_ID,new_names,labels", rows)


def saved_twice(at: Place) -> None:
    for name in ("cat", "dog"):
        at.photos(*(f"{name}/{i}.{suffix}" for i in range(6) for suffix in ("jpg", "png")))


def best_artworks(at: Place) -> None:
    for name in ("Degas", "Monet", "Rembrandt"):
        files = [f"{name}_{i}.jpg" for i in range(1, 7)]
        at.photos(*(f"images/images/{name}/{file}" for file in files), *(f"resized/resized/{file}" for file in files))
    # Numbers from 1, which the names of pictures in every folder end with, but painters.
    at.table("artists.csv", "id,name,genre", [(1, "Degas", "A"), (2, "Monet", "B"), (3, "Rembrandt", "A")])


def kdef(at: Place) -> None:
    for person in ("AF01", "AF02", "AM01", "AM02"):
        at.photos(*(f"KDEF/{person}/{person}{mood}{side}.JPG" for mood in ("AN", "HA", "SA") for side in ("S", "HL")))


def sentinel_bands(at: Place) -> None:
    for scene in range(4):
        name = f"S2A_MSIL2A_20170613T101031_{scene}_45"
        at.photos(*(f"{name}/{name}_{band}.png" for band in ("B01", "B02", "B8A", "B11")))
        at.text(f"{name}/{name}_labels_metadata.json", '{"labels": ["Pastures", "Sea"]}')


def numbered_by_class(at: Place) -> None:
    for name in ("cat", "dog", "fox"):
        at.photos(*(f"{name}/{name}_{i}.png" for i in range(6)))


def lone_folder_in_parts(at: Place) -> None:
    at.photos(*(f"train_set/images/{i}.png" for i in range(9)), *(f"val_set/images/{i}.png" for i in range(9, 12)))


def neu_det(at: Place) -> None:
    """Class folders below the one folder `images/` of each part, and boxes beside them."""
    for part, count in (("train", 4), ("validation", 2)):
        for name in ("crazing", "inclusion", "patches"):
            for i in range(count):
                at.photo(f"{part}/images/{name}/{name}_{i + 240 * (part != 'train')}.jpg")
                at.text(
                    f"{part}/annotations/{name}_{i + 240 * (part != 'train')}.xml",
                    f"<annotation><object><name>{name}</name></object></annotation>",
                )


def dagm(at: Place) -> None:
    """Parts inside the classes, masks in a folder `Label` of each, and a table there that only knows its own class."""
    for k in (1, 2, 3):
        for part, count in (("Train", 5), ("Test", 4)):
            at.photos(*(f"Class{k}/{part}/{576 + i:04d}.PNG" for i in range(count)))
            at.mask(f"Class{k}/{part}/Label/0576_label.PNG")
            lines = [f"{i + 1}\t1\t{576 + i:04d}.PNG\t0\t0" for i in range(count)]
            at.text(f"Class{k}/{part}/Label/Labels.txt", "1", *lines)


def names_in_a_lone_folder(at: Place) -> None:
    for part, count in (("train", 6), ("evaluation", 3)):
        at.photos(*(f"{part}/images/{name}_{i:03d}.png" for name in ("cat", "dog") for i in range(count)))


def compcars(at: Place) -> None:
    for model in (781, 782, 811, 812):
        for year in (2012, 2014):
            at.photos(*(f"image/{model // 10}/{model}/{year}/{model}{year}{i}.jpg" for i in range(3)))


def rock_paper_scissors(at: Place) -> None:
    names = ("paper", "rock", "scissors")
    at.class_folders("rps", names, 4, "{name}01-{i:03d}.png")
    at.class_folders("rps-test-set", names, 2, "test{name}01-{i:02d}.png")
    at.photos(*(f"rps-validation/{name}{i}.png" for name in names for i in (1, 2)))


def colorectal(at: Place) -> None:
    at.class_folders("NCT-CRC-HE-100K", ("ADI", "BACK", "TUM"), 6, "{name}-{i}AB.png")
    at.class_folders("CRC-VAL-HE-7K", ("ADI", "BACK", "TUM"), 3, "{name}-TCGA-{i}CD.png")


def suffixed_folders(at: Place) -> None:
    for name in ("cats", "dogs"):
        at.photos(*(f"{name}_train/{i}{name[0]}.png" for i in range(6)), *(f"{name}_test/{i}.png" for i in range(3)))


def simpsons(at: Place) -> None:
    """The tree again in a folder of its own name, pictures to predict, and a list of boxes without a header."""
    names, rows = ("abraham", "bart", "lisa"), []
    for name in names:
        for i in range(5):
            at.photo(f"simpsons_dataset/{name}/pic_{i:04d}.jpg")
            again = f"simpsons_dataset/simpsons_dataset/{name}/pic_{i:04d}.jpg"
            at.bytes(again, at.path(f"simpsons_dataset/{name}/pic_{i:04d}.jpg").read_bytes())
            rows.append((f"./characters/{name}/pic_{i:04d}.jpg", 57 + i, 72, 52, 72, name))
    at.photos(*(f"kaggle_simpson_testset/kaggle_simpson_testset/{name}_{i}.jpg" for name in names for i in range(2)))
    at.table("annotation.txt", "", rows)
    at.bytes("weights.best.hdf5", b"\x89HDF")


def casting(at: Place) -> None:
    """Parts in one folder, and the same classes in another size beside it."""
    for part, count in (("train", 6), ("test", 3)):
        at.class_folders(f"casting_data/casting_data/{part}", ("def_front", "ok_front"), count)
    at.class_folders("casting_512x512/casting_512x512", ("def_front", "ok_front"), 4)


def food11(at: Place) -> None:
    """Parts of loose pictures, whose names begin with the number of the class."""
    for part, count in (("training", 4), ("validation", 2), ("evaluation", 2)):
        at.photos(*(f"{part}/{k}_{i}.jpg" for k in (0, 1, 10) for i in range(count)))


def castings_in_two_sizes(at: Place) -> None:
    """The same parts and classes in each of two folders."""
    for size in ("size128", "size512"):
        for part, count in (("train", 6), ("test", 3)):
            at.class_folders(f"{size}/{part}", ("ok", "bad"), count)


def rgbd_objects(at: Place) -> None:
    for name in ("apple", "coffee_mug", "stapler"):
        for take in (1, 2):
            for view in range(1, 5):
                stem = f"{name}/{name}_{take}/{name}_{take}_1_{view}"
                at.photos(f"{stem}_crop.png", f"{stem}_depthcrop.png")
                at.mask(f"{stem}_maskcrop.png")


def camelyon17(at: Place) -> None:
    for patient in (4, 20, 42):
        name = f"patient_{patient:03d}_node_1"
        at.photos(*(f"patches/{name}/patch_{name}_x_{32 * i}_y_64.png" for i in range(5)))
    at.table("metadata.csv", "patient,node,x_coord,y_coord,tumor", [(4, 1, 32 * i, 64, i % 2) for i in range(5)])


def drawn_faces(at: Place) -> None:
    """FERG-DB: the folder of each feeling repeats the name of the character above it."""
    for person in ("aia", "bonnie", "jules"):
        for feeling in ("anger", "joy", "sadness"):
            at.photos(*(f"FERG_DB_256/{person}/{person}_{feeling}/{person}_{feeling}_{i}.png" for i in range(4)))


def places_counted_anew(at: Place) -> None:
    """fMoW: views of a place in a folder each; the places of both parts are counted from 0."""
    for part, places in (("train", 4), ("val", 3)):
        for kind in ("airport", "barn"):
            at.photos(
                *(f"{part}/{kind}/{kind}_{n}/{kind}_{n}_{view}_rgb.jpg" for n in range(places) for view in range(2))
            )


def takes_in_both_parts(at: Place) -> None:
    """Frames of the same takes in both parts: whoever divided them so is told."""
    for part, frames in (("train", range(4)), ("val", range(4, 6))):
        for kind in ("run", "walk"):
            at.photos(*(f"{part}/{kind}/{kind}_{n}/frame{i}.jpg" for n in range(3) for i in frames))


def electrical_commutators(at: Place) -> None:
    """KolektorSDD: a folder for each thing, with the same names in each, and a mask of each picture."""
    for thing in range(1, 6):
        for part in range(4):
            at.photo(f"kos{thing:02d}/Part{part}.jpg")
            at.mask(f"kos{thing:02d}/Part{part}_label.bmp")


def mammograms_of_patients(at: Place) -> None:
    """INbreast's names: a number of the picture, and a hexadecimal one of the patient, in folders of grades here."""
    for patient in range(12):
        code = f"{2654435761 * (patient + 1) % 2**32:08x}{40503 * (patient + 3) % 2**32:08x}"
        for view, side in enumerate(("L_CC", "L_ML", "R_CC", "R_ML")):
            at.photo(f"birads{1 + patient % 3}/{20586900 + 28 * patient + view}_{code}_MG_{side}.png")
