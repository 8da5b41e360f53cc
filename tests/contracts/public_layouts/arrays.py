"""Data sets whose pixels lie in arrays and tables, as public ones have them. Every picture is bright at its top."""

from __future__ import annotations

import h5py
import numpy as np
from numpy.typing import NDArray
from scipy.io import savemat
from tests.contracts.public_layouts.drawing import Place

PARTS = (("train", 30), ("test", 20))


def _ink(at: Place, count: int, side: int) -> NDArray[np.uint8]:
    """Draw pictures of zeros and ones, a row each: ones at the top, and few below."""
    return (at.rows(count, side).reshape(count, side * side) > 35).astype(np.uint8)


def fer2013(at: Place) -> None:
    used, rows = ("Training",) * 14 + ("PublicTest",) * 7 + ("PrivateTest",) * 7, []
    for i, part in enumerate(used):
        rows.append((i % 7, " ".join(map(str, at.pixels(48).ravel().tolist())), part))
    at.table("fer2013.csv", "emotion,pixels,Usage", rows)


def svhn(at: Place) -> None:
    for part, count in PARTS:
        labels = np.array([[1 + i % 10] for i in range(count)], np.uint8)
        savemat(at.path(f"{part}_32x32.mat"), {"X": at.rows(count, 32, 3).transpose(1, 2, 3, 0), "y": labels})


def quickdraw(at: Place) -> None:
    for name, count in (("airplane", 10), ("alarm clock", 11), ("ant", 12)):
        np.save(at.path(f"{name}.npy"), at.rows(count, 28).reshape(count, 784))


def emnist_csv(at: Place) -> None:
    for part, count in (("train", 94), ("test", 47)):
        rows = at.rows(count, 28).transpose(0, 2, 1).reshape(count, 784).tolist()
        at.table(f"emnist-balanced-{part}.csv", "", [(i % 47, *row) for i, row in enumerate(rows)])
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
    at.text("emnist-balanced-mapping.txt", *(f"{i} {ord(sign)}" for i, sign in enumerate(signs)))


def k49(at: Place) -> None:
    for part, count in (("train", 49), ("test", 49)):
        np.savez(at.path(f"k49-{part}-imgs.npz"), at.rows(count, 28))
        np.savez(at.path(f"k49-{part}-labels.npz"), np.arange(count, dtype=np.uint8))
    rows = [(i, f"U+{0x3042 + i:04X}", chr(0x3042 + i)) for i in range(49)]
    at.table("k49_classmap.csv", "index,codepoint,char", rows)


def yale_mat(at: Place) -> None:
    rows = at.rows(30, 32).transpose(0, 2, 1).reshape(30, 1024)
    savemat(at.path("Yale_32x32.mat"), {"fea": rows.astype(float), "gnd": np.array([[1 + i % 5] for i in range(30)])})


def silhouettes_mat(at: Place) -> None:
    content = {"classnames": np.array([["accordion", "airplanes", "anchor"]], object)}
    for part, count in (("train", 30), ("val", 9), ("test", 9)):
        content[f"{part}_data"] = _ink(at, count, 28)
        content[f"{part}_labels"] = np.array([[1 + i % 3] for i in range(count)], np.uint8)
    savemat(at.path("caltech101_silhouettes_28_split1.mat"), content)


def mnist_mat(at: Place) -> None:
    content = {}
    for part, count in (("training", 30), ("test", 20)):
        labels = np.array([[i % 10] for i in range(count)], float)
        content[part] = {"count": count, "images": at.rows(count, 28).transpose(1, 2, 0) / 255, "labels": labels}
    savemat(at.path("mnist.mat"), content)


def emnist_mat(at: Place) -> None:
    dataset = {
        part: {
            "images": at.rows(count, 28).transpose(0, 2, 1).reshape(count, 784),
            "labels": np.array([[1 + i % 3] for i in range(count)], np.uint8),
        }
        for part, count in PARTS
    }
    savemat(at.path("emnist-letters.mat"), {"dataset": {**dataset, "mapping": np.array([[1, 65], [2, 66], [3, 67]])}})


def medmnist(at: Place) -> None:
    arrays = {}
    for part, count in (("train", 30), ("val", 6), ("test", 9)):
        arrays[f"{part}_images"] = at.rows(count, 28, 3)
        arrays[f"{part}_labels"] = np.array([[i % 3] for i in range(count)], np.uint8)
    np.savez(at.path("bloodmnist.npz"), **arrays)


def chestmnist(at: Place) -> None:
    arrays = {}
    for part, count in PARTS:
        arrays[f"{part}_images"] = at.rows(count, 28)
        arrays[f"{part}_labels"] = np.array([[i >> j & 1 for j in range(5)] for i in range(count)], np.uint8)
    np.savez(at.path("chestmnist.npz"), **arrays)


def sign_digits(at: Place) -> None:
    np.save(at.path("X.npy"), (at.rows(30, 32) / 255).astype(np.float32))
    np.save(at.path("Y.npy"), np.eye(10)[np.arange(30) % 10])


def olivetti(at: Place) -> None:
    np.save(at.path("olivetti_faces.npy"), (at.rows(30, 32) / 255).astype(np.float32))
    np.save(at.path("olivetti_faces_target.npy"), np.repeat(np.arange(3), 10))


def cifar_c(at: Place) -> None:
    for name in ("brightness", "fog", "snow"):
        np.save(at.path(f"{name}.npy"), at.rows(20, 32, 3))
    np.save(at.path("labels.npy"), np.arange(20) % 10)


def cifar101(at: Place) -> None:
    np.save(at.path("cifar10.1_v6_data.npy"), at.rows(20, 32, 3))
    np.save(at.path("cifar10.1_v6_labels.npy"), (np.arange(20) % 10).astype(np.int32))


def semeion(at: Place) -> None:
    lines = []
    for i, row in enumerate(_ink(at, 30, 16).tolist()):
        one_hot = ("01"[j == i % 10] for j in range(10))
        lines.append(" ".join([*(f"{value}.0000" for value in row), *one_hot, ""]))
    at.text("semeion.data", *lines)


def optdigits(at: Place) -> None:
    for suffix, count in (("tra", 30), ("tes", 20)):
        rows = (at.rows(count, 8) // 15).reshape(count, 64).tolist()
        at.table(f"optdigits.{suffix}", "", [(*row, i % 10) for i, row in enumerate(rows)])


def usps_zip(at: Place) -> None:
    for part, count in PARTS:
        rows = (at.rows(count, 16).reshape(count, 256) / 127.5 - 1).tolist()
        lines = (f"{i % 10}.0000 " + " ".join(f"{value:.3f}" for value in row) for i, row in enumerate(rows))
        at.text(f"zip.{part}", *lines)


def ahdd(at: Place) -> None:
    for part, size, count in (("Train", "60k", 30), ("Test", "10k", 20)):
        at.table(f"csv{part}Images {size} x 784.csv", "", at.rows(count, 28).reshape(count, 784).tolist())
        at.table(f"csv{part}Label {size} x 1.csv", "", [(i % 10,) for i in range(count)])


def ships_json(at: Place) -> None:
    rows = []
    for i in range(20):  # neighbours are alike, as in photographs: so plane by plane is told from pixel by pixel
        plane = np.arange(20) * 5 + np.where(np.arange(20) < 5, 120, 0)[:, None]
        rows.append((np.stack([plane + i, plane, plane + 10])).ravel().tolist())
    at.json("shipsnet.json", {"data": rows, "labels": [i % 2 for i in range(20)], "scene_ids": ["s"] * 20})


def age_gender(at: Place) -> None:
    cells = (" ".join(map(str, row)) for row in at.rows(40, 24).reshape(40, 576).tolist())
    rows = [(1 + 2 * i, i % 5, i % 2, f"2016{i}.jpg", cell) for i, cell in enumerate(cells)]
    at.table("age_gender.csv", "age,ethnicity,gender,img_name,pixels", rows)


def keypoints(at: Place) -> None:
    cells = (" ".join(map(str, row)) for row in at.rows(20, 24).reshape(20, 576).tolist())
    rows = [(f"{8 + 0.31 * i:.3f}", f"{9 + 0.17 * i:.3f}", cell) for i, cell in enumerate(cells)]
    at.table("training.csv", "left_eye_center_x,left_eye_center_y,Image", rows)


def iceberg(at: Place) -> None:
    bands = (at.rows(20, 16).reshape(20, 256) / 10 - 30).round(3).tolist()
    records = ({"id": f"{i}", "band_1": row, "band_2": row, "is_iceberg": i % 2} for i, row in enumerate(bands))
    at.json("train.json", list(records))


def galaxy10(at: Place) -> None:
    with h5py.File(at.path("Galaxy10.h5"), "w") as file:
        file["images"] = at.rows(20, 24, 3)
        file["ans"] = np.arange(20, dtype=np.uint8) % 10


def patch_camelyon(at: Place) -> None:
    for part, count in (("train", 20), ("valid", 8), ("test", 8)):
        name = f"camelyonpatch_level_2_split_{part}"
        with h5py.File(at.path(f"{name}_x.h5"), "w") as file:
            file.create_dataset("x", data=at.rows(count, 24, 3), chunks=(1, 24, 24, 3), compression="gzip")
        with h5py.File(at.path(f"{name}_y.h5"), "w") as file:
            file["y"] = (np.arange(count, dtype=np.uint8) % 2).reshape(count, 1, 1, 1)
        at.table(f"{name}_meta.csv", "coord_y,coord_x,tumor_patch", [(i, i, i % 2) for i in range(count)])


def sign_mnist(at: Place) -> None:
    """Pixel tables, each again in a folder of its own, beside two pictures of the alphabet."""
    for part, count in (("train", 18), ("test", 6)):
        rows = [((0, 1, 3)[i % 3], *pixels.ravel().tolist()) for i, pixels in enumerate(at.rows(count, 12))]
        head = ",".join(("label", *(f"pixel{k}" for k in range(1, 145))))
        for folder in ("", f"sign_mnist_{part}/"):
            at.table(f"{folder}sign_mnist_{part}.csv", head, rows)
    at.photos("amer_sign2.png", "american_sign_language.PNG")


def torch_mnist(at: Place) -> None:
    """MNIST as torchvision kept it: IDX files, and the same as tensors of PyTorch."""
    for name, count in (("train", 20), ("t10k", 10)):
        pixels = at.rows(count, 12)
        head = np.array([0x0803, count, 12, 12], ">u4").tobytes()
        at.bytes(f"MNIST/raw/{name}-images-idx3-ubyte", head + pixels.tobytes())
        labels = np.arange(count, dtype=np.uint8) % 3
        at.bytes(f"MNIST/raw/{name}-labels-idx1-ubyte", np.array([0x0801, count], ">u4").tobytes() + labels.tobytes())
    for name in ("training", "test"):
        at.bytes(f"MNIST/processed/{name}.pt", b"PK\3\4")
