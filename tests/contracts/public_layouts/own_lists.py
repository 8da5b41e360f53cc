"""Lists that people keep by hand beside their pictures, and lists of competitions in other languages."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place


def bridge_survey(at: Place) -> None:
    """A spreadsheet with a column for each class, a cross in one of them, and who filled it in; names lack a suffix."""
    kinds = ("Haarriss", "Abplatzung", "Rostfahne", "unbeschädigt")
    at.photos(*(f"Fotos Brücke/DSC0{1200 + i}.JPG" for i in range(20)))
    rows: list[tuple[object, ...]] = []
    for i in range(20):
        marks = ["x" if kinds[i % 4] == kind else "" for kind in kinds]
        rows.append((i + 1, f"DSC0{1200 + i}", *(["", "", "", ""] if i == 7 else marks), ("Müller", "Groß")[i % 2]))
    head = f"Nr.,Foto,{','.join(kinds)},Bearbeiter"
    at.table("Auswertung.csv", head, [*rows, ("",) * 7], delimiter=";", encoding="cp1252")


def several_defects(at: Place) -> None:
    """Crosses in several columns of a row are several labels, and whoever judged the picture is none."""
    at.photos(*(f"photos/{i}.jpg" for i in range(20)))
    rows = [
        (f"{i}.jpg", *("x" if k in (i % 3, i % 4) else "" for k in range(3)), ("Ann", "Bob")[i % 2]) for i in range(20)
    ]
    at.table("list.csv", "photo,crack,rust,hole,judged by", rows)


def flies(at: Place) -> None:
    """The form of an answer, in Chinese: every picture to predict has the first class."""
    kinds = ("麻蝇", "家蝇", "果蝇")
    names = [f"{2654435761 * (i + 1) % 2**32:08x}.jpg" for i in range(26)]
    at.photos(*(f"训练集/{name}" for name in names[:18]), *(f"测试集/{name}" for name in names[18:]))
    labels = [(name, kinds[i % 3]) for i, name in enumerate(names)]
    at.table("训练集标签.csv", "图片名称,类别", labels[:18], encoding="gbk")
    at.table("提交示例.csv", "图片名称,类别", [(name, kinds[0]) for name in names[18:]], encoding="gbk")


def placeholder(at: Place) -> None:
    """The same under a name that says nothing."""
    at.photos(*(f"Training images/a{i}.jpg" for i in range(18)), *(f"Test images/t{i}.jpg" for i in range(8)))
    at.table("gt.csv", "name,kind", [(f"a{i}.jpg", ("good", "bad", "worse")[i % 3]) for i in range(18)])
    at.table("answer.csv", "name,kind", [(f"t{i}.jpg", "good") for i in range(8)])


def landmarks(at: Place) -> None:
    """The number of each landmark is joined with its name, and is no group: a class would be on one side alone."""
    places = (("부산시", "사직야구장"), ("부산시", "해운대"), ("경기도", "수원화성"))
    rows = []
    for k, (region, place) in enumerate(places):
        at.photos(*(f"train/{region}/{place}/{place}_{i:03d}.JPG" for i in range(6)))
        rows += [(f"{place}_{i:03d}", k) for i in range(6)]
    at.photos(*(f"test/{i % 2}/{0xA1B2C3 + 977 * i:08x}.JPG" for i in range(4)))
    at.table("train.csv", "id,landmark_id", rows)
    at.table("category.csv", "landmark_id,landmark_name", [(k, place) for k, (_, place) in enumerate(places)])
    at.table("sample_submission.csv", "id,landmark_id,conf", [(f"{0xA1B2C3 + 977 * i:08x}", 8, 0.1) for i in range(4)])


def recipes(at: Place) -> None:
    """Folders that number shares of the test pictures are no classes of these."""
    names = [f"{2654435761 * (i + 1) % 2**32:08x}.jpg" for i in range(32)]
    at.photos(*(f"clf_train_images_labeled_{1 + i // 10}/{name}" for i, name in enumerate(names[:20])))
    at.photos(*(f"clf_test_images_{1 + i // 6}/{name}" for i, name in enumerate(names[20:])))
    at.table("clf_train_master.tsv", "file_name,category_id", [(n, i % 4) for i, n in enumerate(names[:20])], "\t")
    at.table("clf_test.tsv", "file_name", [(name,) for name in names[20:]], "\t")


def whole_list(at: Place) -> None:
    """A list of all pictures to train on and to validate on, whose name does not say so."""
    lines = [f"jpg/image_{i:05d}.jpg {i % 3}" for i in range(24)]
    at.photos(*(line.split()[0] for line in lines))
    at.text("train_list.txt", *lines[:18])
    at.text("val_list.txt", *lines[18:])
    at.text("train_extra_list.txt", *lines)


def longer_list(at: Place) -> None:
    """A longer list to train on has the rows of the shorter one, and others."""
    lines = [f"jpg/image_{i:05d}.jpg {i % 3}" for i in range(30)]
    at.photos(*(line.split()[0] for line in lines))
    at.text("train_list.txt", *lines[:12])
    at.text("val_list.txt", *lines[24:])
    at.text("train_extra_list.txt", *lines[:24])


def record_lists(at: Place) -> None:
    """MXNet's lists: a number, the class as 3.000000 and the path, whose folders have the names of the classes."""
    names = ("001.ak47", "002.american-flag", "257.clutter")
    files = [f"{names[i % 3]}/{i:03d}.jpg" for i in range(24)]
    lines = [f"{i}\t{i % 3:f}\t{file}" for i, file in enumerate(files)]
    at.photos(*(f"objects/{file}" for file in files))
    at.text("pictures-train.lst", *lines[:18])
    at.text("pictures-val.lst", *lines[18:])


def snakes(at: Place) -> None:
    """Folders are called by codes with a word, and the columns of the sample by the names of the classes."""
    kinds = (("agkistrodon-contortrix", "class-771"), ("crotalus-atrox", "class-78"), ("pantherophis", "class-18"))
    for _, code in kinds:
        at.photos(*(f"train/{code}/{code}{i}.jpg" for i in range(6)))
    at.photos(*(f"round1/{i}.jpg" for i in range(4)))
    at.table("class_idx_mapping.csv", "original_class,class_idx", kinds)
    at.table("sample_submission.csv", f"filename,{','.join(name for name, _ in kinds)}", [("0.jpg", 0.3, 0.3, 0.4)])


def uploads(at: Place) -> None:
    """Label Studio puts eight signs before the name of a file that is uploaded, and writes blanks as `_`."""
    kinds = ("healthy", "rust")
    tasks = []
    for i in range(20):
        at.photo(f"originals/leaf {i}.JPG", format="JPEG")
        name = f"{2654435761 * (i + 1) % 2**32:08x}-leaf_{i}.JPG"
        result = [{"value": {"choices": [kinds[i % 2]]}, "from_name": "choice", "to_name": "image", "type": "choices"}]
        tasks.append(
            {
                "id": i,
                "annotations": [{"id": i, "result": [] if i == 3 else result, "was_cancelled": i == 3}],
                "file_upload": name,
                "data": {"image": f"/data/upload/3/{name}"},
            }
        )
    at.json("project-3.json", tasks)


def other_files(at: Place) -> None:
    """The numbers of rows are no names of pictures, if the table names other files."""
    at.photos(*(f"pics/cat {i}.png" for i in range(20)))
    at.table("labels.csv", "image,id,choice", [(f"dog_{i + 50}.png", i, ("yes", "no")[i % 2]) for i in range(20)])


def notes(at: Place) -> None:
    """What someone writes into a text while looking through pictures, with a remark above."""
    at.photos(*(f"focus test/IMG {100 + i}.JPG" for i in range(18)))
    kinds = ("sharp", "a little blurred", "shaky")
    lines = [f"IMG {100 + i}.JPG: {kinds[i % 3]}" for i in range(18)]
    at.text("focus test/labels.txt", "Labels by Tom, March 2020", "", *lines)


def table_of_each_class(at: Place) -> None:
    """A table for each class of the test pictures: each has one label, and none is a placeholder."""
    kinds = ("bee", "wasp")
    at.photos(*(f"train/a{i}.jpg" for i in range(12)))
    at.table("train.csv", "file,kind", [(f"train/a{i}.jpg", kinds[i % 2]) for i in range(12)])
    for kind in kinds:
        at.photos(*(f"test/{kind}/{kind}{i}.jpg" for i in range(6)))
        at.table(f"test/{kind}/list.csv", "file,kind", [(f"{kind}{i}.jpg", kind) for i in range(6)])
