"""Pictures with tables and sample submissions beside them, as competitions hand them out."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place


def kannada(at: Place) -> None:
    head = ",".join(f"pixel{i}" for i in range(64))
    rows = at.rows(70, 8).reshape(70, 64).tolist()
    at.table("train.csv", f"label,{head}", [(i % 10, *row) for i, row in enumerate(rows[:40])])
    at.table("test.csv", f"id,{head}", [(i, *row) for i, row in enumerate(rows[40:50])])
    at.table("Dig-MNIST.csv", f"label,{head}", [(i % 10, *rows[50 + i]) for i in range(20)])
    at.table("sample_submission.csv", "id,label", [(i, 0) for i in range(10)])


def spelled_labels(at: Place) -> None:
    head = ",".join(f"pixel{i}" for i in range(64))
    rows = at.rows(18, 8).reshape(18, 64).tolist()
    labels = ("001", "002", "010")
    at.table("train.csv", f"id,label,{head}", [(f"{i:05d}", labels[i % 3], *row) for i, row in enumerate(rows[:12])])
    at.table("test.csv", f"id,{head}", [(f"{i:05d}", *row) for i, row in enumerate(rows[12:], start=12)])
    at.table("sample.csv", "id,label", [(f"{i:05d}", "001") for i in (14, 12)])


def cassava(at: Place) -> None:
    names = [f"{1000015157 + 7919 * i}.jpg" for i in range(30)]
    at.photos(*(f"train_images/{name}" for name in names), "test_images/2216849948.jpg")
    at.table("train.csv", "image_id,label", [(name, i % 3) for i, name in enumerate(names)])
    at.table("sample_submission.csv", "image_id,label", [("2216849948.jpg", 2)])
    at.json("label_num_to_disease_map.json", {"0": "Bacterial Blight", "1": "Green Mottle", "2": "Healthy"})


def tags(at: Place) -> None:
    found = ("haze primary", "agriculture clear primary water", "clear primary", "cloudy")
    at.photos(*(f"images/{i}.jpg" for i in range(24)))
    at.table("train_v2.csv", "image_name,tags", [(f"{i}.jpg", found[i % 4]) for i in range(24)])


def hotel_id(at: Place) -> None:
    hotels, chains, rows = (10047, 20333, 35011), (0, 1, 0), []
    for i in range(30):
        at.photo(f"train_images/{chains[i % 3]}/{0xA1B2C3 + 977 * i:016x}.jpg")
        rows.append((f"{0xA1B2C3 + 977 * i:016x}.jpg", chains[i % 3], hotels[i % 3], f"2018-0{1 + i % 9}-14 16:42:12"))
    at.table("train.csv", "image,chain,hotel_id,timestamp", rows)
    at.photos(*(f"test_images/t{i:015x}.jpg" for i in range(4)))
    at.table("sample_submission.csv", "image,hotel_id", [(f"t{i:015x}.jpg", "36363 53586") for i in range(4)])


def dogs_redux(at: Place) -> None:
    at.photos(*(f"train/{name}.{i}.jpg" for name in ("cat", "dog") for i in range(10)))
    at.photos(*(f"test/{i}.jpg" for i in range(1, 7)))
    at.table("sample_submission.csv", "id,label", [(i, 0.5) for i in range(1, 7)])


def dog_breed(at: Place) -> None:
    names = [f"{0x000BEC180EB18C + 104729 * i:016x}" for i in range(24)]
    at.photos(*(f"train/{name}.jpg" for name in names[:18]), *(f"test/{name}.jpg" for name in names[18:]))
    at.table("labels.csv", "id,breed", [(n, ("beagle", "boxer", "pug")[i % 3]) for i, n in enumerate(names[:18])])
    at.table("sample_submission.csv", "id,beagle,boxer,pug", [(name, 0.3, 0.3, 0.3) for name in names[18:]])


def seedlings(at: Place) -> None:
    at.class_folders("train", ("Black-grass", "Common wheat", "Maize"), 8, "{name}-{i}a.png")
    at.photos(*(f"test/{i}f.png" for i in range(6)))
    at.table("sample_submission.csv", "file,species", [(f"{i}f.png", "Sugar beet") for i in range(6)])


def right_whale(at: Place) -> None:
    at.photos(*(f"imgs/w_{i}.jpg" for i in range(30)))
    rows = [(f"w_{i}.jpg", f"whale_{i % 3:05d}") for i in range(24)]
    at.table("train.csv", "Image,whaleID", rows)
    asked = [(f"w_{i}.jpg", 0.1, 0.1, 0.1) for i in range(24, 30)]
    at.table("sample_submission.csv", "Image,whale_00000,whale_00001,whale_00002", asked)


def isic2020(at: Place) -> None:
    rows = []
    for i in range(40):
        at.photo(f"jpeg/{'train' if i < 32 else 'test'}/ISIC_{131 * i:07d}.jpg")
        bad = i // 4 % 2
        rows.append((f"ISIC_{131 * i:07d}", f"IP_{i // 4:07d}", "male", 40 + i % 30, ("benign", "malignant")[bad], bad))
    at.table("train.csv", "image_name,patient_id,sex,age_approx,benign_malignant,target", rows[:32])
    at.table("test.csv", "image_name,patient_id,sex,age_approx", [row[:4] for row in rows[32:]])
    at.table("sample_submission.csv", "image_name,target", [(row[0], 0) for row in rows[32:]])


def paddy(at: Place) -> None:
    names = ("blast", "hispa", "normal")
    rows = [(f"{100330 + i}.jpg", names[i % 3], ("ADT45", "Ponni")[i % 2], 45 + i % 20) for i in range(24)]
    at.photos(*(f"train_images/{row[1]}/{row[0]}" for row in rows))
    at.photos(*(f"test_images/{200001 + i}.jpg" for i in range(6)))
    at.table("train.csv", "image_id,label,variety,age", rows)
    at.table("sample_submission.csv", "image_id,label", [(f"{200001 + i}.jpg", "") for i in range(6)])


def iwildcam(at: Place) -> None:
    rows = []
    for i in range(33):
        key = f"{0x588A679F + 7919 * i:016x}"
        at.photo(f"{'train' if i < 27 else 'test'}_images/{key}.jpg")
        date = f"2011-05-{1 + i % 27:02d} 23:43:18"
        rows.append(((0, 13, 19)[i // 3 % 3], date, f"{key}.jpg", 1 + i % 3, key, 33 + i // 9, f"s{i // 3}"))
    head = "date_captured,file_name,frame_num,id,location,seq_id"
    at.table("train.csv", f"category_id,{head}", rows[:27])
    at.table("test.csv", head, [row[1:] for row in rows[27:]])
    at.table("sample_submission.csv", "Id,Category", [(row[4], 0) for row in rows[27:]])


def eyes(at: Place) -> None:
    names = [(f"{10 + 3 * p}_{side}", p % 3) for p in range(15) for side in ("left", "right")]
    at.photos(*(f"train/{name}.jpeg" for name, _ in names))
    at.table("trainLabels.csv", "image,level", names)


def plant_2020(at: Place) -> None:
    at.photos(*(f"images/Train_{i}.jpg" for i in range(24)), *(f"images/Test_{i}.jpg" for i in range(6)))
    rows = [(f"Train_{i}", *(int(j == i % 3) for j in range(3))) for i in range(24)]
    at.table("train.csv", "image_id,healthy,rust,scab", rows)
    at.table("test.csv", "image_id", [(f"Test_{i}",) for i in range(6)])
    at.table("sample_submission.csv", "image_id,healthy,rust,scab", [(f"Test_{i}", 0.3, 0.3, 0.3) for i in range(6)])


def galaxy_zoo(at: Place) -> None:
    at.photos(*(f"images_training_rev1/{100008 + 3 * i}.jpg" for i in range(24)))
    rows = [(100008 + 3 * i, f"{0.371 + 0.0123 * i:.6f}", f"{0.629 - 0.0123 * i:.6f}") for i in range(24)]
    at.table("training_solutions_rev1.csv", "GalaxyID,Class1.1,Class1.2", rows)


def imagenet(at: Place) -> None:
    """Class folders of training pictures, a table for the loose ones of another part, and lists of row numbers."""
    folder, classes = "ILSVRC/Data/CLS-LOC", ("n01440764", "n01443537", "n01484850")
    trained = [f"{name}/{name}_{i * 26 + 100}" for name in classes for i in range(4)]
    at.photos(*(f"{folder}/train/{name}.jpg" for name in trained))
    for part in ("val", "test"):
        names = [f"ILSVRC2012_{part}_{i + 1:08d}" for i in range(6)]
        at.photos(*(f"{folder}/{part}/{name}.jpg" for name in names))
        at.text(f"ILSVRC/ImageSets/CLS-LOC/{part}.txt", *(f"{name} {i + 1}" for i, name in enumerate(names)))
    at.text("ILSVRC/ImageSets/CLS-LOC/train_cls.txt", *(f"{name} {i + 1}" for i, name in enumerate(trained)))
    rows = [(f"ILSVRC2012_val_{i + 1:08d}", f"{classes[i % 3]} 1 2 18 17 ") for i in range(6)]
    at.table("LOC_val_solution.csv", "ImageId,PredictionString", rows)
    rows = [(name.split("/")[1], f"{name[:9]} 1 2 18 17 ") for name in trained]
    at.table("LOC_train_solution.csv", "ImageId,PredictionString", rows)


def boneage(at: Place) -> None:
    """Whole numbers to predict, a column on the person, and a table to predict with other names of columns."""
    at.photos(*(f"boneage-training-dataset/{1377 + 13 * i}.png" for i in range(40)))
    at.photos(*(f"boneage-test-dataset/{4360 + i}.png" for i in range(5)))
    rows = [(1377 + 13 * i, 4 + 37 * i % 225, ("False", "True")[i % 2]) for i in range(40)]
    at.table("boneage-training-dataset.csv", "id,boneage,male", rows)
    at.table("boneage-test-dataset.csv", "Case ID,Sex", [(4360 + i, "MF"[i % 2]) for i in range(5)])


def rsna_pneumonia(at: Place) -> None:
    """Names of pictures in a column called like a patient, a row for each box, and two likely label columns."""
    keys = [f"{2654435761 * i % 2**32:08x}-ae01-1fac" for i in range(18)]
    at.photos(*(f"stage_2_train_images/{key}.png" for key in keys))
    labels: list[tuple[object, ...]] = []
    classes: list[tuple[object, ...]] = []
    for i, key in enumerate(keys):
        for box in range(2 if i % 3 == 0 else 1):
            labels.append((key, *((264.0 + box, 152.0, 213.0, 379.0, 1) if i % 3 == 0 else ("", "", "", "", 0))))
            classes.append((key, ("Lung Opacity", "Normal", "No Lung Opacity / Not Normal")[i % 3]))
    at.table("stage_2_train_labels.csv", "patientId,x,y,width,height,Target", labels)
    at.table("stage_2_detailed_class_info.csv", "patientId,class", classes)


def severstal(at: Place) -> None:
    """A row for each kind of defect in a picture, with its outline."""
    at.photos(*(f"train_images/{i:09x}.jpg" for i in range(12)))
    rows = [(f"{i:09x}.jpg", 1 + i % 3, "29102 12 29346 24") for i in range(10)]
    at.table("train.csv", "ImageId,ClassId,EncodedPixels", [*rows, ("000000003.jpg", 4, "29102 12")])


def herbarium(at: Place) -> None:
    """COCO with the numbers of categories, which the sample submission asks for."""
    kinds = {5: "Poa annua", 105: "Carex nigra", 118: "Quercus rubra"}
    names = [f"images/{i:03d}.jpg" for i in range(18)]
    at.photos(*(f"train/{name}" for name in names), *(f"test/{name}" for name in names[:6]))
    images = [{"id": 400 + i, "file_name": name, "height": 10} for i, name in enumerate(names)]
    annotations = [{"id": i, "image_id": 400 + i, "category_id": [*kinds][i % 3]} for i in range(18)]
    categories = [{"id": number, "name": name} for number, name in kinds.items()]
    at.json("train/metadata.json", {"annotations": annotations, "categories": categories, "images": images})
    at.json("test/metadata.json", {"images": [{"id": i, "file_name": name} for i, name in enumerate(names[:6])]})
    at.table("sample_submission.csv", "Id,Predicted", [(i, 0) for i in range(6)])
