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
