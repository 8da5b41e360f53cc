"""Predictions reach the disk in the order of the input, every row, and in the sample submission's shape."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.errors import ConfigError, DataError
from onelook.evaluation.id_columns import id_candidates
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions
from onelook.evaluation.prediction.files import write_prediction_file
from onelook.evaluation.sample_submission import read_sample
from onelook.evaluation.write_submission import WrittenLike, shape_of, write_like

PROBABILITIES = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], dtype=np.float32)
IDS = ("test1/10.jpg", "test1/2.jpg", "test1/1.jpg")


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_predictions(path: Path, ids: Sequence[str], chances: np.ndarray, names: list[str], **options: Any) -> None:
    write_prediction_file(path, PredictedBatch(ids, chances, names), PredictionOptions(**options))


class TestWritePredictions:
    def test_every_row_in_the_order_of_the_input(self, tmp_path: Path) -> None:
        write_predictions(tmp_path / "p.csv", IDS, PROBABILITIES, ["cat", "dog"])
        assert (tmp_path / "p.csv").read_bytes() == (
            b"id,label,confidence\ntest1/10.jpg,dog,0.9\ntest1/2.jpg,cat,0.8\ntest1/1.jpg,dog,0.7\n"
        )

    def test_a_column_a_class_on_request(self, tmp_path: Path) -> None:
        write_predictions(tmp_path / "p.csv", IDS[:1], PROBABILITIES[:1], ["cat", "dog"], probabilities=True)
        assert read_csv(tmp_path / "p.csv") == [
            ["id", "label", "confidence", "cat", "dog"],
            ["test1/10.jpg", "dog", "0.9", "0.1", "0.9"],
        ]

    def test_the_next_likeliest_classes_follow_on_request_and_ties_keep_the_first(self, tmp_path: Path) -> None:
        probabilities = np.array([[0.2, 0.5, 0.3], [0.25, 0.25, 0.5], [np.nan] * 3])
        write_predictions(tmp_path / "p.csv", IDS, probabilities, ["cat", "dog", "fox"], top=2)
        assert read_csv(tmp_path / "p.csv") == [
            ["id", "label", "confidence", "label_2", "confidence_2"],
            ["test1/10.jpg", "dog", "0.5", "fox", "0.3"],
            ["test1/2.jpg", "fox", "0.5", "cat", "0.25"],
            ["test1/1.jpg", "", "", "", ""],
        ]

    def test_an_unread_picture_keeps_its_row_with_no_label(self, tmp_path: Path) -> None:
        probabilities = np.array([[0.1, 0.9], [np.nan, np.nan]])
        write_predictions(tmp_path / "p.csv", IDS[:2], probabilities, ["cat", "dog"], probabilities=True)
        assert read_csv(tmp_path / "p.csv")[1:] == [
            ["test1/10.jpg", "dog", "0.9", "0.1", "0.9"],
            ["test1/2.jpg", "", "", "", ""],
        ]

    def test_an_answer_that_is_not_sure_has_no_label_and_its_class_beside(self, tmp_path: Path) -> None:
        probabilities = np.array([[0.2, 0.8], [0.79, 0.21], [np.nan, np.nan]], np.float32)
        write_predictions(tmp_path / "p.csv", IDS, probabilities, ["cat", "dog"], reject_below=0.8, top=2)
        assert read_csv(tmp_path / "p.csv") == [
            ["id", "label", "confidence", "likeliest", "label_2", "confidence_2"],
            ["test1/10.jpg", "dog", "0.8", "dog", "cat", "0.2"],
            ["test1/2.jpg", "", "0.79", "cat", "dog", "0.21"],
            ["test1/1.jpg", "", "", "", "", ""],
        ]

    def test_commas_quotes_and_other_scripts_survive(self, tmp_path: Path) -> None:
        ids, names = ['a, "b".jpg', "猫.jpg"], ["T-shirt, top", "naïve"]
        write_predictions(tmp_path / "p.csv", ids, PROBABILITIES[:2], names)
        assert [row[:2] for row in read_csv(tmp_path / "p.csv")[1:]] == [[ids[0], "naïve"], [ids[1], "T-shirt, top"]]

    def test_the_numbers_read_back_as_they_were(self, tmp_path: Path) -> None:
        chance = np.random.default_rng(0)
        probabilities = chance.dirichlet(np.full(4, 0.1), size=50).astype(np.float32)
        names, ids = list("abcd"), [str(row) for row in range(50)]
        write_predictions(tmp_path / "p.csv", ids, probabilities, names, probabilities=True)
        written = np.array([row[3:] for row in read_csv(tmp_path / "p.csv")[1:]], dtype=np.float32)
        assert (written == probabilities).all()

    def test_numbers_that_do_not_fit_leave_the_old_file(self, tmp_path: Path) -> None:
        (tmp_path / "p.csv").write_text("old")
        with pytest.raises(DataError, match=r"shape \(3, 2\) do not fit 2 ids and 2 classes"):
            write_predictions(tmp_path / "p.csv", IDS[:2], PROBABILITIES, ["cat", "dog"])
        assert (tmp_path / "p.csv").read_text() == "old"


def submit(
    sample_path: Path, out: Path, ids: tuple[str, ...], probabilities: np.ndarray, class_names: Sequence[str]
) -> WrittenLike:
    """A submission for data of one part, by the ids that the user sees alone."""
    sample = read_sample(sample_path)
    shape = shape_of(sample, id_candidates({"all": (ids, {})}, ["all"]), class_names)
    return write_like(sample, out, shape, probabilities[shape.joined.positions], class_names)


def like(
    folder: Path,
    sample: str,
    *,
    ids: tuple[str, ...] = IDS,
    probabilities: np.ndarray = PROBABILITIES,
    class_names: tuple[str, ...] = ("cat", "dog"),
) -> tuple[str, WrittenLike]:
    (folder / "sample.csv").write_text(sample, encoding="utf-8")
    written = submit(folder / "sample.csv", folder / "out.csv", ids, probabilities, class_names)
    return (folder / "out.csv").read_text(encoding="utf-8"), written


class TestLabelColumn:
    def test_whole_numbers_take_the_position_of_the_class(self, tmp_path: Path) -> None:
        text, written = like(tmp_path, "id,label\n1,0\n2,0\n10,0\n")
        assert text == "id,label\n1,1\n2,0\n10,1\n"
        assert written.content == "class numbers"
        assert written.rows == 3
        assert written.columns == ("id", "label")
        assert written.explanation == "'label' holds numbers of classes: 0 = cat, 1 = dog"

    def test_whole_numbers_take_the_name_where_names_are_numbers(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "ImageId,Label\n1,0\n2,0\n10,0\n", class_names=("3", "7"))
        assert text == "ImageId,Label\n1,7\n2,3\n10,7\n"

    @pytest.mark.parametrize(
        ("names", "sample", "written", "said"),
        [
            (("001", "010"), ["001", "001", "001"], ["010", "001", "010"], ""),
            (("001", "010"), ["001", "010", "001"], ["010", "001", "010"], ""),
            (("1", "10"), ["001", "001", "001"], ["010", "001", "010"], ", spelled as in the sample: 001 for 1"),
            (("001", "010"), ["1", "10", "1"], ["10", "1", "10"], ", spelled as in the sample: 1 for 001"),
            (("001", "010"), ["0", "0", "0"], ["010", "001", "010"], ""),  # a blank: no class is called so
            (("000", "010"), ["0", "10", "0"], ["10", "0", "10"], ", spelled as in the sample: 0 for 000"),
            (("0", "10"), ["00", "10", "00"], ["10", "00", "10"], ", spelled as in the sample: 00 for 0"),
            (("1", "100"), ["00", "01", "00"], ["100", "1", "100"], ""),  # of two digits 100 cannot be written
            (("1", "01"), ["001", "001", "001"], ["01", "1", "01"], ""),  # two classes would be one
        ],
    )
    def test_numbers_are_spelled_as_in_the_sample(
        self, tmp_path: Path, names: tuple[str, ...], sample: list[str], written: list[str], said: str
    ) -> None:
        text, found = like(tmp_path, "id,label\n1,{}\n2,{}\n10,{}\n".format(*sample), class_names=names)
        assert text == "id,label\n1,{}\n2,{}\n10,{}\n".format(*written)
        assert found.explanation == f"'label' holds the class names, which are numbers{said}"

    @pytest.mark.parametrize(
        ("names", "sample", "written", "said"),
        [
            (("c_2", "c_10"), "10", ["10", "2", "10"], "2 = c_2, 10 = c_10"),  # by the names
            (("001.Black", "002.Grey"), "001", ["002", "001", "002"], "001 = 001.Black, 002 = 002.Grey"),
            (("001.Black", "002.Grey"), "0", ["1", "0", "1"], "0 = 001.Black, 1 = 002.Grey"),  # by the position
            (("cat", "dog"), "2", ["2", "1", "2"], "1 = cat, 2 = dog"),  # which counts from 1
            (("cat", "dog"), "0.0", ["1", "0", "1"], "0 = cat, 1 = dog"),
            (("A320", "B747"), "0", ["1", "0", "1"], "0 = A320, 1 = B747"),
            (("x1y2", "x1y3"), "1", ["1", "0", "1"], "0 = x1y2, 1 = x1y3"),  # of two numbers neither is meant
            (
                ("cat", "dog"),
                "42",
                ["1", "0", "1"],
                "0 = cat, 1 = dog; the sample's own '42' is none of the model's classes: 0 and 1",
            ),
        ],
    )
    def test_the_numbers_of_a_sample_tell_how_classes_are_numbered(
        self, tmp_path: Path, names: tuple[str, ...], sample: str, written: list[str], said: str
    ) -> None:
        text, found = like(tmp_path, f"id,label\n1,{sample}\n2,{sample}\n10,{sample}\n", class_names=names)
        assert text == "id,label\n1,{}\n2,{}\n10,{}\n".format(*written)
        assert found.explanation == f"'label' holds numbers of classes: {said}"

    def test_numbers_of_named_classes_are_spelled_as_in_the_sample(self, tmp_path: Path) -> None:
        text, written = like(tmp_path, "id,label\n1,00\n2,01\n10,00\n")
        assert text == "id,label\n1,01\n2,00\n10,01\n"
        assert written.explanation == "'label' holds numbers of classes: 00 = cat, 01 = dog"

    def test_where_some_names_are_numbers_whole_numbers_are_positions(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "id,label\n1,0\n2,0\n10,0\n", class_names=("3", "cat"))
        assert text == "id,label\n1,1\n2,0\n10,1\n"

    def test_numbers_beside_texts_are_texts(self, tmp_path: Path) -> None:
        text, written = like(tmp_path, "id,label\n1,0.5\n2,cat\n10,0.5\n")
        assert (text, written.content) == ("id,label\n1,dog\n2,cat\n10,dog\n", "class names")
        text, written = like(tmp_path, "id,label\n1,0\n2,0.5\n10,1e-3\n")
        assert (text, written.content) == ("id,label\n1,0.7\n2,0.2\n10,0.9\n", "probability of one class")

    def test_fractions_take_the_probability_of_the_second_class(self, tmp_path: Path) -> None:
        text, written = like(tmp_path, "id,label\n1,0.5\n2,0.5\n10,0.5\n")
        assert text == "id,label\n1,0.7\n2,0.2\n10,0.9\n"
        assert written.content == "probability of one class"
        assert (
            written.explanation == "'label' holds the probability of 'dog', the second class, as its name says neither"
        )

    def test_fractions_under_the_name_of_a_class_take_its_probability(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "id,cat\n1,0.5\n2,0.5\n10,0.5\n")
        assert text == "id,cat\n1,0.3\n2,0.8\n10,0.1\n"

    def test_fractions_are_refused_for_more_than_two_classes(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"holds fractions.*the model has 3"):
            like(tmp_path, "id,label\n1,.5\n2,.5\n10,.5\n", probabilities=np.eye(3), class_names=("a", "b", "c"))
        assert not (tmp_path / "out.csv").exists()

    def test_texts_take_the_name_of_the_class(self, tmp_path: Path) -> None:
        text, written = like(tmp_path, "id,label\n1,cat\n2,cat\n10,dog\n")
        assert text == "id,label\n1,dog\n2,cat\n10,dog\n"
        assert written.explanation == "'label' holds class names"

    def test_texts_that_the_model_does_not_know_are_pointed_out(self, tmp_path: Path) -> None:
        _, written = like(tmp_path, "id,label\n1,horse\n2,cat\n10,cat\n")
        assert "'horse' is none of the model's classes: cat and dog" in written.explanation

    @pytest.mark.parametrize(
        ("names", "asked", "written", "said"),
        [
            (("a", "b", "c"), "c a", ("c b", "a b", "b c"), ""),
            (("a", "b", "c"), "0 1", ("2 1", "0 1", "1 2"), " as numbers: 0 = a, 1 = b, 2 = c"),
            (("7", "8", "9"), "8 9", ("9 8", "7 8", "8 9"), ""),
        ],
    )
    def test_several_classes_in_a_cell_are_the_likeliest(
        self, tmp_path: Path, names: tuple[str, ...], asked: str, written: tuple[str, ...], said: str
    ) -> None:
        chances = np.array([[0.1, 0.6, 0.3], [0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
        sample = f"id,label\n1,{asked}\n2,{asked}\n10,{asked}\n"
        text, found = like(tmp_path, sample, probabilities=chances, class_names=names)
        assert text == "id,label\n1,{}\n2,{}\n10,{}\n".format(*written)
        assert found.explanation == (
            f"'label' holds the 2 likeliest classes of each picture, the likeliest first{said}"
        )

    @pytest.mark.parametrize(("unknown", "said"), [("a", ""), ("new", "; the sample's own 'new' is none")])
    def test_numbered_columns_of_classes_are_the_likeliest(self, tmp_path: Path, unknown: str, said: str) -> None:
        chances = np.array([[0.1, 0.6, 0.3], [0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])
        sample = f"image_id,prediction1,prediction2\n10,b,c\n1,b,{unknown}\n2,c,b\n"
        text, found = like(tmp_path, sample, probabilities=chances, class_names=("a", "b", "c"))
        assert text == "image_id,prediction1,prediction2\n10,b,c\n1,c,b\n2,a,b\n"
        whole = "'prediction1' to 'prediction2' hold the 2 likeliest classes of each picture, the likeliest first"
        assert found.explanation.startswith(whole + said)

    @pytest.mark.parametrize(
        ("head", "cells"),
        [
            ("a1,b2", ("a", "b")),  # two words
            ("p1,p3", ("a", "b")),  # a gap
            ("p2,p3", ("a", "b")),  # neither 0 nor 1
            ("p1,p2", ("a", "a")),  # one class twice
            ("p1,p2", ("x", "y")),  # no classes
            ("p1,p2,p3", ("a", "b", "x")),  # more than there are classes
        ],
    )
    def test_other_numbered_columns_are_no_guesses(self, tmp_path: Path, head: str, cells: tuple[str, ...]) -> None:
        rows = "".join(f"{number},{','.join(cells)}\n" for number in (1, 2, 10))
        with pytest.raises(DataError, match="Expected two, for id and label"):
            like(tmp_path, f"id,{head}\n{rows}", class_names=("a", "b"))

    @pytest.mark.parametrize("asked", ["1 0 0 50 50", "0 1 7", "dog horse", "0 0", "dog"])
    def test_other_words_in_a_cell_are_no_list_of_classes(self, tmp_path: Path, asked: str) -> None:
        text, _ = like(tmp_path, f"id,label\n1,{asked}\n2,{asked}\n10,{asked}\n")
        assert text == "id,label\n1,dog\n2,cat\n10,dog\n"

    def test_an_empty_column_takes_names(self, tmp_path: Path) -> None:
        text, written = like(tmp_path, "id,label\n1,\n2,\n10,\n")
        assert text == "id,label\n1,dog\n2,cat\n10,dog\n"
        assert written.explanation == "'label' holds class names"

    def test_a_column_for_each_class_takes_its_probability(self, tmp_path: Path) -> None:
        text, written = like(tmp_path, "id,dog,cat\n1,0,0\n2,0,0\n10,0,0\n")
        assert text == "id,dog,cat\n1,0.7,0.3\n2,0.2,0.8\n10,0.9,0.1\n"
        assert written.content == "probability of each class"


class TestIds:
    @pytest.mark.parametrize(
        "asked",
        [
            ("1", "2", "10"),
            ("1.jpg", "2.jpg", "10.jpg"),
            ("test1/1.jpg", "test1/2.jpg", "test1/10.jpg"),
            ("other/1.png", "other/2.png", "other/10.png"),
        ],
    )
    def test_ids_match_with_or_without_folder_and_suffix(self, tmp_path: Path, asked: tuple[str, ...]) -> None:
        text, _ = like(tmp_path, "id,label\n" + "".join(f"{identifier},0\n" for identifier in asked))
        assert text == f"id,label\n{asked[0]},1\n{asked[1]},0\n{asked[2]},1\n"

    def test_a_sample_in_an_order_that_is_not_its_own_inverse_takes_each_picture_s_own_answer(
        self, tmp_path: Path
    ) -> None:
        ids, probabilities = ("c", "a", "d", "b"), np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6]])
        for header, empty, answers in (
            ("id,label", "0", {"a": "1", "b": "1", "d": "0", "c": "0"}),
            ("id,label", "cat", {"a": "dog", "b": "dog", "d": "cat", "c": "cat"}),
            ("id,dog", "0.5", {"a": "0.8", "b": "0.6", "d": "0.3", "c": "0.1"}),
            ("id,cat,dog", "0,0", {"a": "0.2,0.8", "b": "0.4,0.6", "d": "0.7,0.3", "c": "0.9,0.1"}),
        ):
            sample = "\n".join([header, *(f"{each},{empty}" for each in answers)]) + "\n"
            text, _ = like(tmp_path, sample, ids=ids, probabilities=probabilities)
            assert text.splitlines() == [header, *(f"{each},{answer}" for each, answer in answers.items())]

    def test_row_numbers_of_a_part_match(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "ImageId,Label\n1,0\n2,0\n3,0\n", ids=("test/1", "test/2", "test/3"))
        assert text == "ImageId,Label\n1,1\n2,0\n3,1\n"

    def test_a_number_after_a_dot_is_no_suffix(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "id,label\nx/v1.1,0\nx/v1.2,0\nx/v1.3,0\n", ids=("v1.3", "v1.2", "v1.1"))
        assert text == "id,label\nx/v1.1,1\nx/v1.2,0\nx/v1.3,1\n"

    def test_spaces_around_an_id_are_no_part_of_it_and_stay_away(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "id,label\n 1, 0\n2 ,0 \n10,0\n")
        assert text == "id,label\n1,1\n2,0\n10,1\n"

    def test_ids_may_stand_in_the_second_column(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "label,id\n0,1\n0,2\n0,10\n")
        assert text == "label,id\n1,1\n0,2\n1,10\n"

    def test_where_both_columns_may_be_the_ids_the_first_is(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "id,label\n1,2\n2,1\n3,3\n", ids=("1", "2", "3"))
        assert text == "id,label\n1,1\n2,0\n3,1\n"

    def test_a_byte_order_mark_is_no_part_of_the_header(self, tmp_path: Path) -> None:
        text, _ = like(tmp_path, "\ufeffid,label\n1,0\n2,0\n10,0\n")
        assert text.startswith("id,label\n")

    @pytest.mark.parametrize(
        ("sample", "message"),
        [
            ("1,0\n2,0\n10,0\n11,0\n", "asks for 4 ids, the data has 3 pictures; no picture matches '11'"),
            ("1,0\n2,0\n9,0\n", "no picture matches '9'; it does not ask for 'test1/10.jpg'"),
            ("1,0\n2,0\n2,0\n", "'2' and '2' stand for the same id '2'"),
            ("1,0\n2,0\n10,0\n2,0\n", "'2' and '2' stand for the same id '2'"),
            ("a,0\nb,0\nc,0\nd,0\n", "no picture matches 'a', 'b', 'c' and 1 more"),
        ],
    )
    def test_a_mismatch_is_refused_and_named(self, tmp_path: Path, sample: str, message: str) -> None:
        with pytest.raises(DataError) as refused:
            like(tmp_path, f"id,label\n{sample}")
        assert message in str(refused.value)
        assert not (tmp_path / "out.csv").exists()

    def test_two_parts_that_share_an_id_are_ambiguous(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"the data: 'train/1' and 'test/1' stand for the same id '1'"):
            like(tmp_path, "id,label\n1,0\n2,0\n3,0\n", ids=("train/1", "test/1", "test/2"))

    @pytest.mark.parametrize("end", ["", "\n", "\n\n", "\r\n\r\n"])
    def test_empty_lines_are_no_rows(self, tmp_path: Path, end: str) -> None:
        text, written = like(tmp_path, f"id,label\n\n1,0\n2,0\n\n10,0{end}")
        assert (text, written.rows) == ("id,label\n1,1\n2,0\n10,1\n", 3)


class TestMalformedSample:
    @pytest.mark.parametrize(
        ("sample", "message"),
        [
            ("", "has 0 lines"),
            ("id,label\n", "has 1 line."),
            ("id\n1\n2\n10\n", "has 1 column: id. Expected two"),
            ("l," + ",".join(f"p{n}" for n in range(784)) + "\n0" + ",0" * 784 + "\n", "785 columns: l, p0, p1"),
            ("id,guess,extra\n1,0,0\n2,0,0\n10,0,0\n", "or an id and one for each class: cat, dog"),
            ("id,cat,cat\n1,0,0\n2,0,0\n10,0,0\n", "3 columns: id, cat, cat. Expected two"),
            ("id,label\n1,0\n2\n10,0\n", "line 3 has 1 column, the header has 2"),
            ("id,label\n\n1,0\n2,0,0\n10,0\n", "line 4 has 3 columns, the header has 2"),
            ("\n\n", "has 0 lines"),
        ],
    )
    def test_is_refused(self, tmp_path: Path, sample: str, message: str) -> None:
        with pytest.raises(DataError) as refused:
            like(tmp_path, sample)
        assert message in str(refused.value)

    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="could not be read"):
            submit(tmp_path / "none.csv", tmp_path / "out.csv", IDS, PROBABILITIES, ["cat", "dog"])

    def test_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "sample.csv").write_bytes(b"\x89PNG\xff\xfe\x00")
        with pytest.raises(DataError, match="not a CSV text"):
            submit(tmp_path / "sample.csv", tmp_path / "out.csv", IDS, PROBABILITIES, ["cat", "dog"])

    def test_numbers_of_another_model_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"shape \(3, 2\) do not fit 3 ids and 3 classes"):
            like(tmp_path, "id,label\n1,0\n2,0\n10,0\n", class_names=("a", "b", "c"))
        assert not (tmp_path / "out.csv").exists()

    def test_the_sample_is_never_overwritten(self, tmp_path: Path) -> None:
        sample = tmp_path / "sample.csv"
        sample.write_text("id,label\n1,0\n2,0\n10,0\n")
        with pytest.raises(ConfigError, match="the sample itself"):
            submit(sample, tmp_path / "." / "sample.csv", IDS, PROBABILITIES, ["cat", "dog"])
        assert sample.read_text().startswith("id,label\n1,0")
