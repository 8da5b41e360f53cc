"""Pictures with tables beside them that say the class, the part or the group, as public data sets have them."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place

KINDS = ("a", "b", "c", "d")


def hf_metadata_jsonl(at: Place) -> None:
    for part, count in (("train", 24), ("test", 8)):
        at.photos(*(f"{part}/{i:04d}.png" for i in range(count)))
        lines = (f'{{"file_name": "{i:04d}.png", "label": "{KINDS[i % 4]}"}}' for i in range(count))
        at.text(f"{part}/metadata.jsonl", *lines)


def tiny_imagenet(at: Place) -> None:
    ids = ("n01443537", "n01629819", "n01641577")
    for each in ids:
        names = [f"{each}_{i}.JPEG" for i in range(8)]
        at.photos(*(f"train/{each}/images/{name}" for name in names))
        at.table(f"train/{each}/{each}_boxes.txt", "", [(name, 0, 0, 62, 62) for name in names], "\t")
    at.photos(*(f"val/images/val_{i}.JPEG" for i in range(9)), *(f"test/images/test_{i}.JPEG" for i in range(5)))
    rows = [(f"val_{i}.JPEG", ids[i % 3], 0, 32, 44, 62) for i in range(9)]
    at.table("val/val_annotations.txt", "", rows, "\t")
    at.text("wnids.txt", *ids)
    at.table("words.txt", "", [(ids[0], "goldfish"), (ids[1], "salamander"), (ids[2], "bullfrog")], "\t")


def cp949(at: Place) -> None:
    at.photos(*(f"사진/{i}.jpg" for i in range(20)))
    rows = [(f"사진\\{i}.jpg", ("개", "고양이")[i % 2]) for i in range(20)]
    at.table("labels.csv", "파일,정답", rows, encoding="cp949")


def ages(at: Place) -> None:
    at.photos(*(f"images/{i}.jpg" for i in range(24)))
    at.table("train.csv", "path,age", [(f"images/{i}.jpg", f"{20 + 1.37 * i:.2f}") for i in range(24)])


def ham_root(at: Place) -> None:
    rows = []
    for i in range(32):
        name = f"ISIC_{24306 + i:07d}"
        at.photo(f"HAM10000_images_part_{1 + i // 16}/{name}.jpg")
        rows.append((f"HAM_{i // 2:07d}", name, ("nv", "mel", "bkl", "bcc")[i // 2 % 4], "histo", 40 + i, "male"))
    at.table("HAM10000_metadata.csv", "lesion_id,image_id,dx,dx_type,age,sex", rows)
    for name, size in (("hmnist_28_28_RGB", 28 * 28 * 3), ("hmnist_8_8_L", 64)):
        pixels = at.rng.integers(0, 256, (32, size)).tolist()
        head = ",".join(f"pixel{i:04d}" for i in range(size))
        at.table(f"{name}.csv", f"{head},label", [(*row, i // 2 % 4) for i, row in enumerate(pixels)])


def gtsrb_kaggle(at: Place) -> None:
    head, rows = "Width,Height,Roi.X1,ClassId,Path", []
    for sign in (0, 1, 14):
        for track in range(3):
            for i in range(4):
                rows.append((30 + i, 31, 5, sign, f"Train/{sign}/{sign:05d}_{track:05d}_{i:05d}.png"))
        at.photo(f"Meta/{sign}.png")
    asked = [(34, 33, 5, (0, 1, 14)[i % 3], f"Test/{i:05d}.png") for i in range(9)]
    at.photos(*(row[4] for row in rows), *(row[4] for row in asked))
    at.table("Train.csv", head, rows)
    at.table("Test.csv", head, asked)
    at.table("Meta.csv", "Path,ClassId,ShapeId,SignId", [(f"Meta/{sign}.png", sign, 1, 3.29) for sign in (0, 1, 14)])


def raters(at: Place) -> None:
    at.photos(*(f"images/{i:03d}.png" for i in range(20)))
    said = ("benign", "malignant")
    # The third rater of picture 0 and of picture 10 says something else than the two before.
    rows = [
        (f"{i:03d}.png", f"rater{r}", said[(i + (r == 2 and i % 10 == 0)) % 2]) for i in range(20) for r in range(3)
    ]
    at.table("ratings.csv", "image,rater,label", rows)


def headerless_bom(at: Place) -> None:
    at.photos(*(f"images/{i:03d}.jpg" for i in range(20)))
    rows = [(f"images/{i:03d}.jpg", ("cat", "dog")[i % 2]) for i in range(20)]
    at.table("labels.csv", "", rows, encoding="utf-8-sig")


def food101(at: Place) -> None:
    names = ("apple_pie", "baklava", "pho")
    lists = {"train": [f"{n}/{1005 + 97 * i}" for n in names for i in range(8)]}
    lists["test"] = [f"{n}/{1006 + 97 * i}" for n in names for i in range(4)]
    at.photos(*(f"images/{each}.jpg" for of_part in lists.values() for each in of_part))
    for part, of_part in lists.items():
        at.text(f"meta/{part}.txt", *of_part)
        at.json(f"meta/{part}.json", {n: [each for each in of_part if each.startswith(n)] for n in names})
    at.text("meta/classes.txt", *names)
    at.text("meta/labels.txt", "Apple pie", "Baklava", "Pho")


def aircraft(at: Place) -> None:
    kinds = (("737-200", "Boeing 737", "Boeing"), ("737-400", "Boeing 737", "Boeing"), ("A310", "A310", "Airbus"))
    for part, numbers in (("train", range(18)), ("val", range(18, 24)), ("test", range(24, 30))):
        at.photos(*(f"data/images/{34309 + 3571 * i:07d}.jpg" for i in numbers))
        for level, called in enumerate(("variant", "family", "manufacturer")):
            lines = (f"{34309 + 3571 * i:07d} {kinds[i % 3][level]}" for i in numbers)
            at.text(f"data/images_{called}_{part}.txt", *lines)
    at.text("data/variants.txt", *(kind[0] for kind in kinds))


def imagenette(at: Place) -> None:
    names, rows = ("n01440764", "n02102040", "n03000684"), []
    for part, count in (("train", 8), ("val", 4)):
        for k, name in enumerate(names):
            for i in range(count):
                path = f"{part}/{name}/{name}_{i + 10 * k}.JPEG"
                at.photo(path)
                rows.append((path, name, names[(k + (i % 4 == 0)) % 3], part == "val"))
    at.table("noisy_imagenette.csv", "path,noisy_labels_0,noisy_labels_25,is_valid", rows)


def inat_json(at: Place) -> None:
    names, wide = ("Danaus plexippus", "Rosa canina", "Vulpes vulpes"), ("Insects", "Plants", "Mammals")
    for part, numbers in (("train", range(18)), ("val", range(18, 27))):
        paths = [f"train_val2019/{wide[i % 3]}/{17 + i % 3}/{0xCA3F + 7919 * i:012x}.jpg" for i in numbers]
        at.photos(*paths)
        content = {
            "images": [{"id": i, "file_name": path} for i, path in zip(numbers, paths, strict=True)],
            "annotations": [{"id": i, "image_id": i, "category_id": 17 + i % 3} for i in numbers],
            "categories": [{"id": 17 + k, "name": name, "supercategory": wide[k]} for k, name in enumerate(names)],
        }
        at.json(f"{part}2019.json", content)


def shift_jis(at: Place) -> None:
    at.photos(*(f"写真/{i}.jpg" for i in range(20)))
    rows = [(f"写真/{i}.jpg", ("いぬ", "ねこ")[i % 2]) for i in range(20)]
    at.table("一覧.csv", "画像,種類", rows, encoding="shift_jis")


def german_excel(at: Place) -> None:
    at.photos(*(f"bilder/IMG_{i:04d}.JPG" for i in range(20)))
    rows = [(f"IMG_{i:04d}.JPG", f"{10 + i},5", ("Äpfel", "Birnen")[i % 2]) for i in range(20)]
    at.text("Liste.csv", "Bild;Größe;Sorte", *(";".join(row) for row in rows), encoding="cp1252")


def unicode_text(at: Place) -> None:
    at.photos(*(f"leaves/leaf{i}.png" for i in range(20)))
    rows = (f"leaf{i}.png\t{('maple', 'oak')[i % 2]}" for i in range(20))
    at.text("leaves.txt", "file\tspecies", *rows, encoding="utf-16")


def lost_zeros(at: Place) -> None:
    at.photos(*(f"pictures/{i:04d}.jpg" for i in range(1, 25)))
    at.table("answers.csv", "number,answer", [(i, ("no", "yes")[i % 2]) for i in range(1, 25)])


def roboflow(at: Place) -> None:
    for part, count in (("train", 12), ("valid", 6), ("test", 5)):
        names = [f"{i}_jpg.rf.{count:02x}{i:08x}.jpg" for i in range(count)]
        at.photos(*(f"{part}/{name}" for name in names))
        lines = (f"{name}, {int(i % 2 == 0)}, {i % 2}" for i, name in enumerate(names))
        at.text(f"{part}/_classes.csv", "filename, cat, dog", *lines)
    at.text("README.roboflow.txt", "Provided by a Roboflow user")


def pokemon_types(at: Place) -> None:
    names = [f"mon{chr(97 + i)}" for i in range(24)]
    at.photos(*(f"images/images/{name}.png" for name in names))
    rows = [(n, ("Fire", "Grass", "Water")[i % 3], "" if i % 5 else "Flying", f"evo{i}") for i, n in enumerate(names)]
    at.table("pokemon.csv", "Name,Type1,Type2,Evolution", rows)


def ferplus(at: Place) -> None:
    at.photos(*(f"FER2013Train/fer{i:07d}.png" for i in range(26)))
    votes = ((8, 1, 1), (1, 8, 1), (1, 1, 8))
    rows = [("Training", f"fer{i:07d}.png", *(votes[i % 3] if i < 24 else (5, 5, 0))) for i in range(26)]
    at.table("fer2013new.csv", "Usage,Image name,neutral,happiness,sadness", rows)


def monkeys(at: Place) -> None:
    at.class_folders("training/training", ("n0", "n1", "n2"), 8, "{name}0{i}.png")
    at.class_folders("validation/validation", ("n0", "n1", "n2"), 3, "{name}1{i}.png")
    rows = (
        "Label, Latin Name          , Common Name   , Train Images , Validation Images",
        "n0   , alouatta_palliata\t, mantled_howler, 8 , 3",
        "n1   , erythrocebus_patas\t, patas_monkey, 8 , 3",
        "n2   , cacajao_calvus\t, bald_uakari, 8 , 3",
    )
    at.text("monkey_labels.txt", *rows)


def sessions(at: Place) -> None:
    at.photos(*(f"shots/{i:03d}.png" for i in range(24)))
    rows = [(f"{i:03d}.png", ("fist", "open")[i % 2], f"2021-03-{1 + i // 6:02d}", 20.5 + i) for i in range(24)]
    at.table("index.csv", "file,label,session,temperature", rows)


def nih_chest(at: Place) -> None:
    found = ("No Finding", "Cardiomegaly|Emphysema", "Hernia", "Effusion|Mass|Nodule", "Effusion")
    rows = [(f"{i // 3:08d}_{i % 3:03d}.png", found[i % 5], i % 3, i // 3, "M") for i in range(30)]
    at.photos(*(f"images_{1 + i // 15:03d}/images/{row[0]}" for i, row in enumerate(rows)))
    at.table("Data_Entry_2017.csv", "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Gender", rows)


def celeba(at: Place) -> None:
    at.photos(*(f"img_align_celeba/{i:06d}.jpg" for i in range(1, 25)))
    lines = (f"{i:06d}.jpg " + " ".join(f"{1 if i >> j & 1 else -1:2d}" for j in range(4)) for i in range(1, 25))
    at.text("list_attr_celeba.txt", "24", "Bald Eyeglasses Male Smiling ", *lines)
    at.text("list_eval_partition.txt", *(f"{i:06d}.jpg {0 if i < 19 else 1}" for i in range(1, 25)))


def mura(at: Place) -> None:
    for part, patients in (("train", range(6)), ("valid", range(100, 103))):
        studies = [
            f"{part}/XR_{bone}/patient{p:05d}/study{1 + p % 2}_{('negative', 'positive')[p // 2 % 2]}/"
            for bone in ("ELBOW", "HAND")
            for p in patients
        ]
        paths = [f"{study}image{i}.png" for study in studies for i in (1, 2)]
        at.photos(*paths)
        at.table(f"{part}_labeled_studies.csv", "", [(f"MURA-v1.1/{each}", int("pos" in each)) for each in studies])
        at.table(f"{part}_image_paths.csv", "", [(f"MURA-v1.1/{path}",) for path in paths])


def open_images(at: Place) -> None:
    """A row for each label of a picture, with whether a person confirmed it."""
    at.photos(*(f"train/{2654435761 * i % 2**32:016x}.jpg" for i in range(12)))
    kinds = ("/m/01g317", "/m/0bt9lr", "/m/01yrx", "/m/0k4j")
    rows = [
        (f"{2654435761 * i % 2**32:016x}", "verification", kinds[(i + k) % 4], k % 2)
        for i in range(12)
        for k in range(3)
    ]
    at.table("train-annotations-human-imagelabels.csv", "ImageID,Source,LabelName,Confidence", rows)


def lisa(at: Place) -> None:
    """Boxes between semicolons; the video of each frame agrees with the folder, and is no class."""
    tags, rows = ("stop", "pedestrianCrossing", "signalAhead"), []
    for k in range(3):
        for i in range(8):
            file = f"aiua-{k}/camera.avi_annotations/{tags[i % 3]}_{910 + i}.avi_image{i}.png"
            at.photo(file)
            rows.append((file, tags[i % 3], 3, 3, 12, 12, "0,0", f"aiua-{k}/camera.avi", 2667 + i, f"{k}_{i // 2}.avi"))
            if i == 2:
                rows.append((file, tags[0], 5, 5, 9, 9, "0,0", f"aiua-{k}/camera.avi", 2667 + i, f"{k}_9.avi"))
    sides = ",".join(f"{side} corner {axis}" for side in ("Upper left", "Lower right") for axis in "XY")
    head = f"Filename,Annotation tag,{sides},Occluded,Origin file,Origin frame number,Origin track"
    at.table("allAnnotations.csv", head, rows, delimiter=";")


def lists_of_one(at: Place) -> None:
    """Each label is a list of one text, as pandas writes it."""
    at.photos(*(f"images/{i}_{side}.jpg" for i in range(10) for side in ("left", "right")))
    rows = [(i, f"{i}_{side}.jpg", f"['{'NDG'[i % 3]}']", "[1, 0]") for i in range(10) for side in ("left", "right")]
    at.table("full_df.csv", "ID,filename,labels,target", rows)


def urbansound(at: Place) -> None:
    """A table of sounds, whose spectrograms lie in folders of folds."""
    rows = []
    for i in range(27):
        stem = f"{7061 + 77 * (i // 3)}-{i % 3}-0-{i % 3}"
        at.photo(f"fold{1 + i // 9}/{stem}.png")
        rows.append(
            (f"{stem}.wav", 7061 + 77 * (i // 3), 0.5 + i, 1 + i // 9, i % 3, ("dog_bark", "siren", "drill")[i % 3])
        )
    at.table("UrbanSound8K.csv", "slice_file_name,fsID,start,fold,classID,class", rows)


def adience(at: Place) -> None:
    """A folder for each person, and a table of faces whose names are only the ends of the files'."""
    rows = []
    for person in range(4):
        for i in range(4):
            image = f"{10399646 + 100 * person + i}_54b54709d{i}_o.jpg"
            at.photo(f"aligned/3060126{person}@N03/landmark_aligned_face.{1 + i}.{image}")
            rows.append((f"3060126{person}@N03", image, 1 + i, "(25, 32)", "fm"[i % 2], -115))
    at.table("fold_0_data.txt", "user_id,original_image,face_id,age,gender,tilt_ang", rows, delimiter="\t")


def raf_db(at: Place) -> None:
    """A list without a header of names that lack a word of the files'."""
    names = [f"train_{i + 1:05d}" for i in range(12)]
    at.photos(*(f"Image/aligned/{name}_aligned.jpg" for name in names))
    at.text("EmoLabel/list.txt", *(f"{name}.jpg {1 + i % 3}" for i, name in enumerate(names)))
