"""Pictures in files, whose labels, parts and names of classes are in Matlab's files beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import savemat
from tests.contracts.public_layouts.drawing import Place

_CARS = ("AM General Hummer", "Acura TL", "BMW M3")


def _cells(texts: Sequence[str], rows: int = 1) -> NDArray[Any]:
    cells = np.empty(len(texts), object)
    cells[:] = texts
    return cells.reshape(rows, -1) if rows == 1 else cells.reshape(-1, 1)


def _records(*rows: Sequence[Any], names: str) -> NDArray[Any]:
    """Return an array of structs."""
    records = np.zeros((1, len(rows)), [(name, object) for name in names.split(",")])
    for at, row in enumerate(rows):
        records[0, at] = tuple(row)
    return records


def flowers102(at: Place) -> None:
    """The published split has more pictures to test on than to train on."""
    at.photos(*(f"jpg/image_{i:05d}.jpg" for i in range(1, 31)))
    savemat(at.path("imagelabels.mat"), {"labels": np.array([[1 + i % 3 for i in range(30)]], float)})
    ids = {"trnid": np.arange(1, 10), "valid": np.arange(10, 13), "tstid": np.arange(13, 31)}
    savemat(at.path("setid.mat"), {name: values[None] for name, values in ids.items()})


def _cars(at: Place, part: str, count: int, *, has_labels: bool, suffix: str = "", of_one_box: bool = False) -> None:
    rows = [(5 + i, 6, 9 + i * i, 9, 1 + i % 3, f"{i + 1:05d}.jpg") for i in range(count)]
    if of_one_box:
        rows = [(5, 6, 9, 9, *row[4:]) for row in rows]
    names = "bbox_x1,bbox_y1,bbox_x2,bbox_y2,class,fname"
    if not has_labels:
        rows, names = [(*row[:4], row[5]) for row in rows], names.replace("class,", "")  # type: ignore[misc]
    savemat(at.path(f"devkit/cars_{part}_annos{suffix}.mat"), {"annotations": _records(*rows, names=names)})


def stanford_cars(at: Place) -> None:
    for part, count in (("train", 18), ("test", 12)):
        at.photos(*(f"cars_{part}/{i + 1:05d}.jpg" for i in range(count)))
        _cars(at, part, count, has_labels=part == "train")
    savemat(at.path("devkit/cars_meta.mat"), {"class_names": _cells(_CARS)})


def stanford_cars_with_labels(at: Place) -> None:
    stanford_cars(at)
    _cars(at, "test", 12, has_labels=True, suffix="_withlabels")


def stanford_cars_of_one_box(at: Place) -> None:
    """The same numbers in every row look like votes, but are the corners of boxes."""
    stanford_cars(at)
    _cars(at, "test", 12, has_labels=False, of_one_box=True)


def stanford_cars_in_one(at: Place) -> None:
    """The older form: all pictures in one folder, and which are to be tested on in a field."""
    at.photos(*(f"car_ims/{i + 1:06d}.jpg" for i in range(20)))
    rows = [(f"car_ims/{i + 1:06d}.jpg", 5, 9, 1 + i % 3, int(i >= 14)) for i in range(20)]
    records = _records(*rows, names="relative_im_path,bbox_x1,bbox_x2,class,test")
    savemat(at.path("cars_annos.mat"), {"annotations": records, "class_names": _cells(_CARS)})


def stanford_dogs(at: Place) -> None:
    files = []
    for breed in ("n02085620-Chihuahua", "n02088094-Afghan_hound", "n02110958-pug"):
        files += [f"{breed}/{breed[:9]}_{i}.jpg" for i in range(10)]
    at.photos(*(f"Images/{name}" for name in files))
    for name, of_ten in (("file", range(10)), ("train", range(6)), ("test", range(6, 10))):
        chosen = [i for i in range(30) if i % 10 in of_ten]
        content = {
            "file_list": _cells([files[i] for i in chosen], -1),
            "annotation_list": _cells([files[i].removesuffix(".jpg") for i in chosen], -1),
            "labels": np.array([[1 + i // 10] for i in chosen]),
        }
        savemat(at.path(f"lists/{name}_list.mat"), content)


def matconvnet(at: Place) -> None:
    """The form of MatConvNet's examples: a struct of structs, with the part as a number."""
    names = [f"im{i:03d}.png" for i in range(24)]
    at.photos(*(f"images/{name}" for name in names))
    images = {
        "id": np.arange(1, 25)[None],
        "name": _cells(names),
        "label": np.array([[1 + i % 2 for i in range(24)]]),
        "set": np.array([[1] * 14 + [2] * 4 + [3] * 6]),
    }
    savemat(at.path("imdb.mat"), {"imdb": {"images": images, "classes": {"name": _cells(["cat", "dog"])}}})


def chars74k(at: Place) -> None:
    """Rows of a list by number, in columns of which each is a split; names as an array of letters."""
    names = [f"GoodImg/Sample{1 + i // 10:03d}/img{1 + i // 10:03d}-{i % 10:05d}" for i in range(30)]
    at.photos(*(f"Img/{name}.png" for name in names))
    content = {
        "ALLnames": np.array(names),
        "ALLlabels": np.array([[1 + i // 10] for i in range(30)]),
        "classnames": np.array(["0", "A", "b"]),
        "TRNind": np.array([[i, 31 - i] for i in range(1, 31) if i % 3]),
        "TSTind": np.array([[i, 31 - i] for i in range(1, 31) if not i % 3]),
    }
    savemat(at.path("lists.mat"), {"list": content})


def caltech101(at: Place) -> None:
    """A file with the outline of each picture: no list."""
    for name in ("ant", "bass"):
        at.photos(*(f"101_ObjectCategories/{name}/image_{i:04d}.jpg" for i in range(12)))
        for i in range(12):
            content = {"box_coord": np.array([[1, 9, 1, 9]]), "obj_contour": np.ones((2, 20))}
            savemat(at.path(f"Annotations/{name}/annotation_{i:04d}.mat"), content)


def compcars(at: Place) -> None:
    """A folder a make above a folder a model: the names of both are in a Matlab file."""
    for i in range(24):
        at.photo(f"image/{1 + i % 2}/{1 + i % 4}/2014/{i:08x}.jpg")
    names = {"make_names": _cells(["Audi", "BMW"], -1), "model_names": _cells(["A1", "X1", "A3", "X3"], -1)}
    savemat(at.path("misc/make_model_name.mat"), names)


def mpii(at: Place) -> None:
    """Joints of people, which are no classes."""
    at.photos(*(f"images/{i:09d}.jpg" for i in range(12)))
    annolist = _records(
        *(({"name": f"{i:09d}.jpg"}, {"x1": 1.0, "annopoints": {"x": 3.0, "y": 4.0}}) for i in range(12)),
        names="image,annorect",
    )
    release = {"annolist": annolist, "img_train": np.array([[i % 2 for i in range(12)]]), "version": "12"}
    savemat(at.path("mpii_human_pose_v1_u12_1.mat"), {"RELEASE": release})


def land_use_several(at: Place) -> None:
    """Several labels a picture, a column of 0 and 1 for each."""
    at.photos(*(f"Images/tile{i:02d}.tif" for i in range(20)))
    labels = np.array([[i % 2, 1, i % 3 == 0, 0] for i in range(20)], np.uint8)
    content = {"names": _cells([f"tile{i:02d}" for i in range(20)], -1), "labels": labels}
    savemat(at.path("LandUse_Multilabeled.mat"), content)


def quality_scores(at: Place) -> None:
    """Opinions on the quality of each picture: numbers to predict."""
    at.photos(*(f"images/img{i}.bmp" for i in range(1, 21)))
    savemat(at.path("dmos.mat"), {"dmos": np.array([[12.3 + 1.7 * i for i in range(20)]])})
