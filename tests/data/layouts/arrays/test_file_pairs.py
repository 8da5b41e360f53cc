"""Array files that belong together by the words in their names, and those that several sets of pictures share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

RNG = np.random.default_rng(7)
PICTURES = RNG.integers(0, 256, (6, 8, 8), dtype=np.uint8)
LABELS = np.array([0, 1, 2, 0, 1, 2])


def put(folder: Path, **arrays: np.ndarray) -> None:
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)


def test_npz_files_of_one_array_each_are_pairs_by_their_names(tmp_path: Path) -> None:
    for part, rows in (("train", 6), ("test", 3)):
        np.savez_compressed(tmp_path / f"k49-{part}-imgs.npz", PICTURES[:rows])
        np.savez_compressed(tmp_path / f"k49-{part}-labels.npz", LABELS[:rows])
    (tmp_path / "k49_classmap.csv").write_text("index,char\n0,a\n")
    dataset = open_dataset(tmp_path)
    assert dataset.layout == "npz"
    assert {name: part.labels.tolist() for name, part in dataset.parts.items()} == {  # type: ignore[union-attr]
        "train": [0, 1, 2, 0, 1, 2],
        "test": [0, 1, 2],
    }
    np.testing.assert_array_equal(dataset.parts["train"].pictures.images[..., 0], PICTURES)  # type: ignore[attr-defined]
    assert dataset.notes == ("Files that belong to no pair were left out: k49_classmap.csv.",)


def test_pictures_called_as_their_labels_without_a_word_are_a_pair(tmp_path: Path) -> None:
    put(tmp_path, faces=PICTURES / 255, faces_target=LABELS)
    dataset = open_dataset(tmp_path)
    assert len(dataset.parts["all"]) == 6
    assert dataset.class_names == ("0", "1", "2")


def test_several_sets_in_a_folder_are_asked_about_and_each_answer_opens_its_own(tmp_path: Path) -> None:
    for at, name in enumerate(("kmnist", "k49")):
        for part, rows in (("train", 6 - at), ("test", 2 + at)):
            put(tmp_path, **{f"{name}-{part}-imgs": PICTURES[:rows], f"{name}-{part}-labels": LABELS[:rows]})
    with pytest.raises(ConfigError, match=r"holds 2 data sets in pairs of array files\. Choose one:") as caught:
        open_dataset(tmp_path)
    answer = f"{tmp_path}/kmnist-train-imgs.npy --test {tmp_path}/kmnist-test-imgs.npy"
    assert answer in caught.value.options
    train, test = answer.split(" --test ")
    dataset = open_dataset(train, test=test)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 6, "test": 2}
    assert dataset.parts["train"].labels.tolist() == LABELS.tolist()  # type: ignore[union-attr]


def test_of_labels_beside_a_single_file_those_with_the_most_words_of_its_name_are_its_own(tmp_path: Path) -> None:
    put(tmp_path, **{"hard-labels": LABELS[::-1], "mnist-hard-images": PICTURES, "mnist-hard-labels": LABELS})
    put(tmp_path, **{"labels": LABELS * 0, "mnist-easy-labels": LABELS * 2, "mnist-hard-test-labels": LABELS[:2]})
    dataset = open_dataset(tmp_path / "mnist-hard-images.npy")
    assert dataset.parts["all"].labels.tolist() == LABELS.tolist()  # type: ignore[union-attr]
    note = "The labels were taken from 'mnist-hard-labels.npy', which lies beside the file."
    assert note in dataset.notes


def test_labels_that_several_arrays_share_are_asked_about(tmp_path: Path) -> None:
    put(tmp_path, fog=PICTURES, snow=PICTURES[::-1], severity=np.ones(6), labels=LABELS)
    with pytest.raises(ConfigError, match=r"'labels\.npy' has the labels of 2 arrays of pictures each") as caught:
        open_dataset(tmp_path)
    assert caught.value.options == (f"{tmp_path}/fog.npy", f"{tmp_path}/snow.npy")
    dataset = open_dataset(tmp_path / "snow.npy")
    np.testing.assert_array_equal(dataset.parts["all"].pictures.images[..., 0], PICTURES[::-1])  # type: ignore[attr-defined]
    assert dataset.parts["all"].labels.tolist() == LABELS.tolist()  # type: ignore[union-attr]
    assert dataset.notes == ("The labels were taken from 'labels.npy', which lies beside the file.",)


def test_of_several_labels_beside_a_single_file_those_of_its_own_set_are_taken(tmp_path: Path) -> None:
    imgs, own, of_all = "k49-train-imgs", LABELS, np.array([3, 4, 5, 3, 4, 5])
    put(tmp_path, **{imgs: PICTURES, "train-labels": of_all, "k49-train-labels": own, "kmnist-train-labels": of_all})
    dataset = open_dataset(tmp_path / f"{imgs}.npy")
    assert dataset.class_names == ("0", "1", "2")
    assert dataset.notes == ("The labels were taken from 'k49-train-labels.npy', which lies beside the file.",)


def test_a_single_file_without_labels_beside_it_opens_where_that_is_asked_for(tmp_path: Path) -> None:
    put(tmp_path, X_test=PICTURES)
    assert open_dataset(tmp_path / "X_test.npy", layout="npz", needs_labels=False).parts["all"].labels is None
    put(tmp_path, y_train=LABELS, airplane=PICTURES)
    assert (
        open_dataset(tmp_path / "X_test.npy", layout="npz", needs_labels=False).parts["all"].labels is None
    )  # of another part
    for name in ("y_train.npy", "airplane.npy", "X_test.npy"):
        with pytest.raises(DataError, match="whose meaning its names do not tell"):
            open_dataset(tmp_path / name)


def test_pairs_whose_counts_differ_are_refused(tmp_path: Path) -> None:
    put(tmp_path, faces=PICTURES, faces_target=LABELS[:5])
    with pytest.raises(DataError, match="X has 6 pictures and y has 5 labels"):
        open_dataset(tmp_path)
