"""Pictures with lists beside them that join the files in an unusual way, or not at all."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place


def oxford_pets(at: Place) -> None:
    lines: dict[str, list[str]] = {"trainval": [], "test": []}
    for k, breed in enumerate(("Abyssinian", "Bengal", "american_bulldog", "great_pyrenees")):
        for i in range(1, 10):
            at.photo(f"images/{breed}_{i}.jpg")
            at.mask(f"annotations/trimaps/{breed}_{i}.png")
            at.bytes(f"annotations/trimaps/._{breed}_{i}.png", b"\0\5\x16\7Mac OS X")
            at.text(f"annotations/xmls/{breed}_{i}.xml", "<annotation/>")
            lines["trainval" if i < 7 else "test"].append(f"{breed}_{i} {k + 1} {1 + k // 2} {1 + k % 2}")
    head = ("#Image CLASS-ID SPECIES BREED ID", "#ID: 1:37 Class ids", "#SPECIES: 1:Cat 2:Dog", "#BREED ID: 1-25:Cat")
    at.text(
        "annotations/list.txt", *head, "#All images of cats begin with a capital", *lines["trainval"], *lines["test"]
    )
    for part, of_part in lines.items():
        at.text(f"annotations/{part}.txt", *of_part)


def protein_atlas(at: Place) -> None:
    keys = [f"{2654435761 * i % 2**32:08x}-bb{i:02d}" for i in range(15)]
    at.photos(*(f"train/{key}_{colour}.png" for key in keys[:12] for colour in ("red", "green", "blue", "yellow")))
    at.photos(*(f"test/{key}_{colour}.png" for key in keys[12:] for colour in ("red", "green", "blue", "yellow")))
    at.table("train.csv", "Id,Target", [(key, ("16 0", "7", "25 2 0")[i % 3]) for i, key in enumerate(keys[:12])])
    at.table("sample_submission.csv", "Id,Predicted", [(key, 0) for key in keys[12:]])


def rsna_miccai(at: Place) -> None:
    for i in range(10):
        at.photos(*(f"train/{i * 3:05d}/{kind}/Image-{j}.png" for kind in ("FLAIR", "T1w") for j in range(2)))
    at.table("train_labels.csv", "BraTS21ID,MGMT_value", [(f"{i * 3:05d}", i // 2 % 2) for i in range(10)])


def rxrx1(at: Place) -> None:
    rows = []
    for i in range(12):
        line, plate, well = f"HEPG2-{1 + i // 6:02d}", 1 + i // 3 % 2, f"B{i % 3 + 2:02d}"
        at.photos(*(f"train/{line}/Plate{plate}/{well}_s1_w{band}.png" for band in range(1, 7)))
        rows.append((f"{line}_{plate}_{well}", line, plate, well, i % 3))
    at.table("train.csv", "id_code,experiment,plate,well,sirna", rows)


def isic_2019(at: Place) -> None:
    kinds, rows, told = ("MEL", "NV", "BCC", "UNK"), [], []
    for i in range(24):
        name = f"ISIC_{i:07d}{'_downsampled' if i % 5 == 0 else ''}"
        at.photo(f"ISIC_2019_Training_Input/{name}.jpg")
        rows.append((name, *(float(i // 2 % 3 == k) for k in range(4))))
        told.append((name, 40.0 + i, f"BCN_{i // 2:07d}"))
    at.table("ISIC_2019_Training_GroundTruth.csv", f"image,{','.join(kinds)}", rows)
    at.table("ISIC_2019_Training_Metadata.csv", "image,age_approx,lesion_id", told)


def domainnet(at: Place) -> None:
    """Lists of the parts for each domain, which agree with the folders of classes below those of the domains."""
    classes = ("aircraft_carrier", "alarm_clock", "zigzag")
    for domain in ("clipart", "real"):
        lists: dict[str, list[str]] = {"train": [], "test": []}
        for k, name in enumerate(classes):
            for i in range(6):
                file = f"{domain}/{name}/{domain}_{k + 1:03d}_{i:06d}.jpg"
                at.photo(file)
                lists["train" if i < 4 else "test"].append(f"{file} {k}")
        for part, lines in lists.items():
            at.text(f"{domain}_{part}.txt", *lines)


def hasy(at: Place) -> None:
    """A table of all pictures, and lists of the parts for each of three folds, of unlike sizes."""
    rows = [(f"v2-{i:05d}.png", (31, 82, 183)[i % 3], "ABC"[i % 3], 50 + i // 3) for i in range(24)]
    at.photos(*(f"hasy-data/{row[0]}" for row in rows))
    at.table("hasy-data-labels.csv", "path,symbol_id,latex,user_id", [(f"hasy-data/{r[0]}", *r[1:]) for r in rows])
    for fold, tested in ((1, range(9)), (2, range(9, 18)), (3, range(18, 24))):
        for part in ("train", "test"):
            of_part = [row for i, row in enumerate(rows) if (i in tested) == (part == "test")]
            file = f"classification-task/fold-{fold}/{part}.csv"
            at.table(file, "path,symbol_id,latex,user_id", [(f"../../hasy-data/{r[0]}", *r[1:]) for r in of_part])


def trashnet(at: Place) -> None:
    """Class folders, a list of all, and lists of the parts for two classes of three."""
    lists: dict[str, list[str]] = {"": [], "-notrash_train": [], "-notrash_val": [], "-notrash_test": []}
    for k, name in enumerate(("glass", "paper", "trash")):
        for i in range(6):
            at.photo(f"dataset-resized/{name}/{name}{i + 1}.jpg")
            lists[""].append(f"{name}{i + 1}.jpg {k + 1}")
            if name != "trash":
                lists[("-notrash_train", "-notrash_val", "-notrash_test")[i // 3 + i // 5]].append(lists[""][-1])
    for end, lines in lists.items():
        at.text(f"one-indexed-files{end}.txt", *lines)


def good_ones(at: Place) -> None:
    """Lists of the parts that leave out one picture of the table, as one that nobody could judge."""
    at.photos(*(f"images/{i}.png" for i in range(20)))
    at.table("labels.csv", "image,kind", [(f"{i}.png", "ab"[i % 2]) for i in range(20)])
    at.text("train.txt", *(f"{i}.png" for i in range(13)))
    at.text("test.txt", *(f"{i}.png" for i in range(13, 19)))


def labels_alone(at: Place) -> None:
    at.photos(*(f"images/{i}.png" for i in range(30)))
    at.text("labels.txt", *(("circle", "square", "star")[i * i % 3] for i in range(30)))


def same_names_in_each_part(at: Place) -> None:
    for part, count in (("train", 12), ("valid", 6), ("test", 6)):
        at.photos(*(f"{part}/images/{i}.jpg" for i in range(count)))
        rows = [(f"{i}.jpg", f" {int(i % 2 == 0)}", f" {i % 2}") for i in range(count)]
        at.table(f"{part}/_classes.csv", "filename, cat, dog", rows)


def celeba_whole(at: Place) -> None:
    names = [f"{i:06d}.jpg" for i in range(1, 33)]
    at.photos(*(f"Img/img_align_celeba/{name}" for name in names))
    marks = (" ".join(f"{1 if i >> j & 1 else -1:2d}" for j in range(5)) for i in range(32))
    rows = (f"{name} {each}" for name, each in zip(names, marks, strict=True))
    at.text("Anno/list_attr_celeba.txt", "32", "5_o_Clock_Shadow Bald Eyeglasses Male Young ", *rows)
    at.text("Anno/identity_CelebA.txt", *(f"{name} {1 + i // 4 * 37}" for i, name in enumerate(names)))
    at.text("Eval/list_eval_partition.txt", *(f"{name} {(i > 23) + (i > 27)}" for i, name in enumerate(names)))


def celeba_persons(at: Place) -> None:
    """As Kaggle has it, with the persons to tell apart."""
    names = [f"{i:06d}.jpg" for i in range(1, 33)]
    at.photos(*(f"img_align_celeba/img_align_celeba/{name}" for name in names))
    at.text("identity_CelebA.txt", *(f"{name} {1 + i % 4 * 37}" for i, name in enumerate(names)))
    rows = [(name, (i > 23) + (i > 27)) for i, name in enumerate(names)]
    at.table("list_eval_partition.csv", "image_id,partition", rows)


def gtsrb_web(at: Place) -> None:
    head = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
    box = (20, 20, 2, 2, 17, 17)
    for label in (0, 1, 14):
        names = [f"{track:05d}_{i:05d}.png" for track in range(2) for i in range(4)]
        at.photos(*(f"Final_Training/Images/{label:05d}/{name}" for name in names))
        rows = [(name, *box, label) for name in names]
        at.table(f"Final_Training/Images/{label:05d}/GT-{label:05d}.csv", head.replace(";", ","), rows, delimiter=";")
    at.photos(*(f"Final_Test/Images/{i:05d}.png" for i in range(6)))
    rows = [(f"{i:05d}.png", *box, (0, 1, 14)[i % 3]) for i in range(6)]
    at.table("Final_Test/Images/GT-final_test.csv", head.replace(";", ","), rows, delimiter=";")


def numtadb(at: Place) -> None:
    for part in ("training-a", "training-b"):
        names = [f"{part[-1]}{i:05d}.png" for i in range(12)]
        at.photos(*(f"{part}/{name}" for name in names))
        rows = [(name, f"Scan_58_num_{i}.png", 58, i % 3, part) for i, name in enumerate(names)]
        at.table(f"{part}.csv", "filename,original filename,scanid,digit,database name", rows)
    at.photos(*(f"testing-a/a{i:05d}.png" for i in range(90, 94)))


def places365(at: Place) -> None:
    names = ("/a/airfield", "/b/barn", "/b/bow_window/indoor")
    lines = []
    for label, name in enumerate(names):
        at.photos(*(f"data_256{name}/{i:08d}.jpg" for i in range(1, 5)))
        lines += [f"{name}/{i:08d}.jpg {label}" for i in range(1, 5)]
    at.photos(*(f"val_256/Places365_val_{i:08d}.jpg" for i in range(6)))
    at.text("places365_train_standard.txt", *lines)
    at.text("places365_val.txt", *(f"Places365_val_{i:08d}.jpg {i % 3}" for i in range(6)))
    at.text("categories_places365.txt", *(f"{name} {label}" for label, name in enumerate(names)))


def sagemaker_lst(at: Place) -> None:
    at.photos(*(f"images/img_{i:03d}.jpg" for i in range(20)))
    for name, numbers in (("train", range(16)), ("validation", range(16, 20))):
        at.text(f"{name}.lst", *(f"{3 * i + 5}\t{i % 2}\timages/img_{i:03d}.jpg" for i in numbers))


def hateful_memes(at: Place) -> None:
    at.photos(*(f"img/{i:05d}.png" for i in range(24)))
    for name, numbers in (("train", range(16)), ("dev", range(16, 20))):
        rows = [{"id": i, "img": f"img/{i:05d}.png", "label": i % 2, "text": f"a text {i}"} for i in numbers]
        at.json_lines(f"{name}.jsonl", rows)
    at.json_lines("test.jsonl", [{"id": i, "img": f"img/{i:05d}.png", "text": f"a text {i}"} for i in range(20, 24)])


def mmpretrain(at: Place) -> None:
    """Lists in meta/ label both parts, and only the training part lies in class folders."""
    synsets = ("n01440764", "n01443537", "n01484850")
    at.class_folders("train", synsets, 5, stem="{name}_{i}.JPEG")
    at.photos(*(f"val/ILSVRC2012_val_{i:08d}.JPEG" for i in range(1, 7)))
    rows = (f"{name}/{name}_{i}.JPEG {k}" for k, name in enumerate(synsets) for i in range(5))
    at.text("meta/train.txt", *rows)
    at.text("meta/val.txt", *(f"ILSVRC2012_val_{i:08d}.JPEG {i % 3}" for i in range(1, 7)))


def visda(at: Place) -> None:
    """A list in each part; the folders of the test part are no classes."""
    names = ("aeroplane", "bicycle", "bus")
    for part, count in (("train", 4), ("validation", 2)):
        at.class_folders(part, names, count, stem=f"{part}{{i}}.png")
        rows = (f"{name}/{part}{i}.png {k}" for k, name in enumerate(names) for i in range(count))
        at.text(f"{part}/image_list.txt", *rows)
    listed = [f"trunk{i // 3:02d}/{i}.jpg" for i in range(6)]
    at.photos(*(f"test/{name}" for name in listed))
    at.text("test/image_list.txt", *(f"{name} {i % 3}" for i, name in enumerate(listed)))


def nabirds(at: Place) -> None:
    """Texts joined by a key; the folders are the same classes, in another spelling."""
    keys = [f"{i:08x}-21dc-4f5f-b3c0-{i * 7919:012x}" for i in range(18)]
    codes = [("0295", "0817", "1010")[i // 6] for i in range(18)]
    names = [f"{code}/{key.replace('-', '')}.jpg" for key, code in zip(keys, codes, strict=True)]
    at.photos(*(f"images/{name}" for name in names))
    at.text("images.txt", *(f"{key} {name}" for key, name in zip(keys, names, strict=True)))
    at.text("image_class_labels.txt", *(f"{key} {int(code)}" for key, code in zip(keys, codes, strict=True)))
    at.text("train_test_split.txt", *(f"{key} {int(i % 6 < 4)}" for i, key in enumerate(keys)))
    at.text("classes.txt", "0 Birds", "295 Common Eider", "817 Oak Titmouse", "1010 Dark-eyed Junco")


def landmarks(at: Place) -> None:
    """Three folders by the first letters of each name, and a table of the training part."""
    keys = [f"{2654435761 * (i + 3) % 2**32:08x}{i:08x}" for i in range(24)]
    paths = [f"{key[0]}/{key[1]}/{key[2]}/{key}.jpg" for key in keys]
    at.photos(*(f"{'train' if i < 18 else 'test'}/{path}" for i, path in enumerate(paths)))
    at.table("train.csv", "id,landmark_id", [(key, (1, 7, 12)[i % 3]) for i, key in enumerate(keys[:18])])
    at.table("sample_submission.csv", "id,landmarks", [(key, "7 0.03") for key in keys[18:]])


def idrid(at: Place) -> None:
    """Folders and tables with letters in front, and the same names of pictures in both parts."""
    for letter, part, count in (("a", "Training", 15), ("b", "Testing", 6)):
        names = [f"IDRiD_{i:03d}" for i in range(1, count + 1)]
        at.photos(*(f"1. Original Images/{letter}. {part} Set/{name}.jpg" for name in names))
        rows = [(name, i % 3, (i + int(part == "Testing")) % 2, "", "") for i, name in enumerate(names)]
        head = "Image name,Retinopathy grade,Risk of macular edema ,,"
        at.table(f"2. Groundtruths/{letter}. IDRiD_Disease Grading_{part} Labels.csv", head, rows)


def landmarks_with_labels_for_both_parts(at: Place) -> None:
    """The numbers of the classes are also letters of hashes, which the folders are called by."""
    keys = [f"{2654435761 * (i + 3) % 2**32:08x}" for i in range(20)]
    at.photos(*(f"{'train' if i < 12 else 'test'}/{key[0]}/{key[1]}/{key}.jpg" for i, key in enumerate(keys)))
    at.table("train.csv", "id,landmark_id", [(key, i % 3) for i, key in enumerate(keys[:12])])
    at.table("test.csv", "id,landmark_id", [(key, i % 3) for i, key in enumerate(keys[12:])])


def pad_ufes(at: Place) -> None:
    names = [f"PAT_{i}_{881 + i}_{90 + 7 * i}.png" for i in range(24)]
    rows = []
    for i, name in enumerate(names):
        at.photo(f"images/imgs_part_{i % 3 + 1}/{name}")
        site, itch = ("ARM", "FACE", "NECK")[i // 3 % 3], ("False", "True", "UNK")[i % 3]
        rows.append((f"PAT_{i // 2}", 881 + i, "False", itch, site, ("ACK", "BCC", "MEL")[i // 8], name, "True"))
    at.table("metadata.csv", "patient_id,lesion_id,smoke,itch,region,diagnostic,img_id,biopsed", rows)


def flower_photos(at: Place) -> None:
    at.class_folders("flower_photos", ("daisy", "roses", "tulips"), 6, "The_{i}_{name}.png")
    at.text("flower_photos/LICENSE.txt", "The 1 daisy picture was made by somebody", "The 2 roses picture by another")


def appa_real(at: Place) -> None:
    for part, first, count in (("train", 0, 14), ("valid", 4_113, 5), ("test", 5_613, 6)):
        names = [f"{first + i:06d}.jpg" for i in range(count)]
        at.photos(*(f"{part}/{name}" for name in names), *(f"{part}/{name}_face.jpg" for name in names))
        rows = [(name, 20 + (7 * i + k) % 50, 30 + i) for i, name in enumerate(names) for k in (0, 1, 0)]
        at.table(f"gt_{part}.csv", "file_name,apparent_age,real_age", rows)


def rfmid(at: Place) -> None:
    for folder, part, count in (("Training_Set", "Training", 10), ("Evaluation_Set", "Validation", 6)):
        at.photos(*(f"{folder}/{part}/{i}.png" for i in range(1, count + 1)))
        rows = [(i, ("healthy", "ill")[i % 2]) for i in range(1, count + 1)]
        at.table(f"{folder}/RFMiD_{part}_Labels.csv", "ID,diagnosis", rows)


def aircraft(at: Place) -> None:
    """Lists of each level and part without headers, names with blanks, and a box of the same size for each picture."""
    levels = [("737-200", "Boeing 737"), ("737-300", "Boeing 737"), ("A300B4", "A300")]
    names = [f"{34309 + 13577 * i:07d}" for i in range(18)]
    at.photos(*(f"data/images/{name}.jpg" for name in names))
    at.text("data/images_box.txt", *(f"{name} 3 4 48 30" for name in names))
    for k, level in enumerate(("variant", "family")):
        for part, rows in (("trainval", range(12)), ("test", range(12, 18))):
            at.text(f"data/images_{level}_{part}.txt", *(f"{names[i]} {levels[i % 3][k]}" for i in rows))
    at.text("data/families.txt", "A300", "Boeing 737")


def elpv(at: Place) -> None:
    """Probabilities that people gave, and a kind of cell, in columns without names."""
    at.photos(*(f"images/cell{i:04d}.png" for i in range(24)))
    levels = ("0.0000", "0.3333", "0.6667", "1.0000")
    at.text(
        "labels.csv", *(f"images/cell{i:04d}.png  {levels[i % 4]}  {('mono', 'poly')[i // 4 % 2]}" for i in range(24))
    )


def uecfood(at: Place) -> None:
    """A list of classes by number where pictures are called by numbers too, and boxes in each class folder."""
    for k in (1, 2):
        numbers = range(10 * k - 9, 10 * k + 1)
        at.photos(*(f"{k}/{i}.png" for i in numbers))
        at.text(f"{k}/bb_info.txt", "img x1 y1 x2 y2", *(f"{i} 0 1 9 8" for i in numbers))
    at.text("category.txt", "id\tname", "1\trice", "2\teels on rice")


def noisy_labels(at: Place) -> None:
    """Numbered columns with gaps are no pixels."""
    names = ("n01440764", "n02102040")
    rows = []
    for part, count in (("train", 8), ("val", 4)):
        at.class_folders(part, names, count)
        rows += [
            (f"{part}/{name}/{i}.png", name, name, name, names[i % 2], names[i // 2 % 2], part == "val")
            for name in names
            for i in range(count)
        ]
    head = "path," + ",".join(f"noisy_labels_{share}" for share in (0, 1, 5, 25, 50)) + ",is_valid"
    at.table("noisy_labels.csv", head, rows)


def fairface(at: Place) -> None:
    rows = [
        (
            f"train/{i}.png",
            ("0-2", "3-9", "20-29", "30-39")[i % 4],
            ("Male", "Female")[i // 2 % 2],
            "ABC"[i % 3],
            i % 5 > 2,
        )
        for i in range(24)
    ]
    at.photos(*(row[0] for row in rows))
    at.table("fairface_label_train.csv", "file,age,gender,race,service_test", rows)


def wallpaper(at: Place) -> None:
    """Class folders, and a table of ids for the pictures to predict."""
    at.class_folders("train", ("가구수정", "곰팡이"), 6)
    at.photos(*(f"test/{i:03d}.png" for i in range(10)))
    at.table("test.csv", "id,img_path", [(f"TEST_{i:03d}", f"./test/{i:03d}.png") for i in range(10)])
    at.table("sample_submission.csv", "id,label", [(f"TEST_{i:03d}", "곰팡이") for i in range(10)])


def scans(at: Place) -> None:
    """COVID-CT: lists of parts for each class, beside the folders of the classes."""
    for name in ("CT_COVID", "CT_NonCOVID"):
        at.class_folders("Images-processed", [name], 14, "{name} {i}.png")
        for part, rows in {"train": range(8), "val": range(8, 11), "test": range(11, 14)}.items():
            short = name.removeprefix("CT_")
            at.text(f"Data-split/{short}/{part}CT_{short}.txt", *(f"{name} {i}.png" for i in rows))


def overlapping_scans(at: Place) -> None:
    """The same with two splits of all pictures: the first is taken whole."""
    at.class_folders("photos", ["ill", "well"], 12, "{name}_{i}.png")
    names = [f"photos/{name}/{name}_{i}.png" for name in ("ill", "well") for i in range(12)]
    for number in (1, 2):
        of_test = names[number::4]
        at.text(f"train{number}.txt", *(name for name in names if name not in of_test))
        at.text(f"test{number}.txt", *of_test)


def mammograms(at: Place) -> None:
    """VinDr-Mammo: a folder for each study, two grades of the breast and the parts in a table."""
    rows = []
    for study in range(12):
        place = f"{2654435761 * (study + 1) % 2**32:08x}9c"
        for view in range(3):
            name = f"{40503 * (3 * study + view + 1) % 2**24:06x}7e"
            at.photo(f"images/{place}/{name}.png")
            part = "training" if study < 8 else "test"
            rows.append((place, name, f"BI-RADS {study % 3 + 1}", f"DENSITY {'ABCD'[study // 3]}", part))
    at.table("breast-level_annotations.csv", "study_id,image_id,breast_birads,breast_density,split", rows)
    found = [(*row[:2], ("['Mass']", "['No Finding']")[k % 2], 12.5, 30.1, 44.0, 50.2) for k, row in enumerate(rows)]
    at.table("finding_annotations.csv", "study_id,image_id,finding_categories,xmin,ymin,xmax,ymax", found)


def surfaces(at: Place) -> None:
    """One class of DAGM: a number above the rows, the same mark twice, and masks of the defects."""
    for part in ("Train", "Test"):
        lines = ["1"]
        for n in range(1, 13):
            bad = n % 4 == 0
            at.photo(f"Class1/{part}/{n:04d}.PNG")
            if bad:
                at.mask(f"Class1/{part}/Label/{n:04d}_label.PNG")
            lines.append(f"{n}\t{int(bad)}\t{n:04d}.PNG\t{int(bad)}\t{f'{n:04d}_label.PNG' if bad else '0'}")
        at.text(f"Class1/{part}/Label/Labels.txt", *lines)
