"""Rows of a sample submission about several pictures each: which they are, and their mean, worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from onelook.errors import DataError
from onelook.evaluation.id_columns import id_candidates
from onelook.evaluation.match_ids import Joined, join_sample
from onelook.evaluation.prediction.batch import PredictedBatch
from onelook.evaluation.sample_submission import read_sample

Parts = dict[str, tuple[Sequence[str], Mapping[str, Sequence[str]]]]


def joined(folder: Path, header: str, asked: Sequence[str], parts: Parts, unlabelled: Sequence[str] = ()) -> Joined:
    path = folder / "sample.csv"
    path.write_text("".join(f"{each},0\n" for each in (header, *asked)))
    return join_sample(read_sample(path), 0, id_candidates(parts, unlabelled))


def pairs(found: Joined) -> list[tuple[int, int]]:
    assert found.rows is not None
    return list(zip(found.rows.tolist(), found.positions.tolist(), strict=True))


def test_a_column_that_is_called_like_the_samples(tmp_path: Path) -> None:
    others = {"Patient_ID": ["b", "a", "b", "c"], "age": ["1", "1", "2", "2"]}
    found = joined(tmp_path, "patient_id", ["a", "b"], {"all": (["1.jpg", "2.jpg", "3.jpg", "4.jpg"], others)})
    assert pairs(found) == [(0, 1), (1, 0), (1, 2)]
    assert found.notes == (
        "the ids were found in the column 'Patient_ID' of the data, so each row is the mean of the probabilities of "
        "its pictures, as of 2 pictures for 'b'",
        "1 picture that the sample does not ask for is not in it",
    )


def test_folders_of_pictures_also_as_numbers_and_those_to_predict_first(tmp_path: Path) -> None:
    ids = ["train/00002/FLAIR/1.png", "test/00002/FLAIR/1.png", "test/00002/T1/1.png", "test/00013/FLAIR/1.png"]
    for asked in (["00013", "00002"], ["13", "2"]):
        found = joined(tmp_path, "id", asked, {"all": (ids, {})})
        assert pairs(found) == [(0, 3), (1, 1), (1, 2)]
        assert found.notes[0].startswith("the ids were found as the folders of the pictures, so each row is the mean")


def test_beginnings_of_names(tmp_path: Path) -> None:
    parts: Parts = {
        "train": (["train/d24c-1.jpg", "train/d24c-2.jpg"], {}),
        "test": (["test/86e1-1.jpg", "test/d24c-3.jpg", "test/86e1-10.jpg"], {}),
    }
    found = joined(tmp_path, "PetID", ["d24c", "86e1"], parts, ["test"])
    assert pairs(found) == [(0, 3), (1, 2), (1, 4)]
    assert "found as the beginnings of the pictures' names" in found.notes[0]


def test_a_row_is_not_about_pictures_that_have_a_label_already(tmp_path: Path) -> None:
    train: Parts = {"train": (["train/1_1.png", "train/1_2.png", "train/2_3.png", "train/3_4.png"], {})}
    with pytest.raises(DataError, match="no picture matches '1', '2' and '3'"):
        joined(
            tmp_path,
            "annotation_id",
            ["1", "2", "3"],
            {**train, "test": (["test/1_1.png", "test/2_2.png"], {})},
            ["test"],
        )
    assert pairs(joined(tmp_path, "annotation_id", ["1", "2", "3"], train)) == [(0, 0), (0, 1), (1, 2), (2, 3)]


def test_a_row_is_only_about_pictures_of_the_test_folder_if_there_is_one(tmp_path: Path) -> None:
    ids = ["train/cat/1_1.png", "train/cat/1_2.png", "train/dog/2_1.png", "test/1_1.png", "test/1_4.png"]
    with pytest.raises(DataError, match="no picture matches '1' and '2'"):
        joined(tmp_path, "PetID", ["1", "2"], {"all": (ids, {})})
    assert pairs(joined(tmp_path, "PetID", ["1"], {"all": (ids, {})})) == [(0, 3), (0, 4)]


def test_one_picture_each_is_no_mean(tmp_path: Path) -> None:
    assert (
        joined(tmp_path, "id", ["a_1", "b_1"], {"all": (["b_1.jpg", "a_1.jpg"], {"id": ["a_1", "a_1"]})}).rows is None
    )


def test_an_id_without_a_picture_is_refused_with_what_to_do(tmp_path: Path) -> None:
    parts: Parts = {"all": (["1/a.jpg", "1/b.jpg", "2/c.jpg"], {})}
    with pytest.raises(DataError, match="no picture matches '3'") as known:
        joined(tmp_path, "id", ["a", "3"], parts)
    assert "If a row is for several pictures" not in str(known.value)
    with pytest.raises(DataError, match="give the table of the pictures a column 'prediction_id' with the id for each"):
        joined(tmp_path, "prediction_id", ["1_L", "2_L"], parts)


def test_the_mean_is_that_of_the_pictures_that_can_be_read() -> None:
    shares = np.array([[0.2, 0.8], [np.nan, np.nan], [0.5, 0.5], [0.9, 0.1], [np.nan, np.nan]], np.float32)
    means = PredictedBatch(list("abcde"), shares, ["x", "y"]).averaged(np.array([0, 0, 1, 1, 2]), ["p", "q", "r"])
    np.testing.assert_allclose(means.probabilities, np.array([[0.2, 0.8], [0.7, 0.3], [np.nan, np.nan]], np.float32))
    assert means.ids == ["p", "q", "r"]
