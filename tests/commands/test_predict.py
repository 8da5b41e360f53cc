"""`onelook predict`: every row, in the order of the input, whatever the pictures come in."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from onelook.cli import main
from onelook.commands.decoding_flags import DecodingFlags
from onelook.commands.predict import Predicted, predict
from onelook.data.pictures.decoding import in_batches
from onelook.errors import ConfigError, DataError
from onelook.evaluation.prediction import stream, unfinished
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions, PredictionTally


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def heap(tmp_path):
    """Eleven unlabelled pictures, every third one light; in natural order 10 and 11 come last."""
    folder = tmp_path / "heap"
    folder.mkdir()
    for number in range(1, 12):
        Image.new("L", (8, 8), 255 if number % 3 == 0 else 0).save(folder / f"{number}.png")
    return folder


def test_writes_every_row_in_natural_order(brightness_model, heap, tmp_path):
    result = predict(brightness_model, heap, tmp_path / "out.csv")
    header, *rows = rows_of(tmp_path / "out.csv")
    assert header == ["id", "label", "confidence"]
    assert [row[0] for row in rows] == [f"{number}.png" for number in range(1, 12)]
    assert [row[1] for row in rows] == ["light" if number % 3 == 0 else "dark" for number in range(1, 12)]
    assert all(0.999 < float(row[2]) <= 1 for row in rows)
    assert (result.rows, dict(result.class_counts), dict(result.unreadable)) == (11, {"dark": 8, "light": 3}, {})


def test_labels_in_the_data_do_not_matter(brightness_model, photos, tmp_path):
    predict(brightness_model, photos, tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")[1:]
    assert [row[0] for row in rows[2:5]] == ["dark/3.png", "light/1.png", "light/2.png"]
    assert rows[5][:2] == ["light/3.png", "dark"]


def test_reads_a_zip_and_a_single_picture(brightness_model, heap, tmp_path):
    archive = tmp_path / "heap.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for picture in heap.iterdir():
            opened.write(picture, picture.name)
    predict(brightness_model, archive, tmp_path / "zip.csv")
    predict(brightness_model, heap, tmp_path / "folder.csv")
    assert (tmp_path / "zip.csv").read_bytes() == (tmp_path / "folder.csv").read_bytes()
    predict(brightness_model, heap / "3.png", tmp_path / "one.csv")
    assert [row[:2] for row in rows_of(tmp_path / "one.csv")[1:]] == [["3.png", "light"]]


def test_predicts_arrays(brightness_model, tmp_path):
    images = np.zeros((5, 8, 8), np.uint8)
    images[4] = 255
    predict(brightness_model, images, tmp_path / "out.csv")
    assert [row[:2] for row in rows_of(tmp_path / "out.csv")[1:]][3:] == [["4", "dark"], ["5", "light"]]


def test_writes_what_the_network_makes_of_each_picture(brightness_model, heap, tmp_path):
    (heap / "4.png").write_bytes(b"words")
    predict(brightness_model, heap, tmp_path / "out.jsonl", embeddings=True)
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    # The last layer gets the mean of a picture, from 0 to 1.
    expected = [None if number == 4 else [1.0 if number % 3 == 0 else 0.0] for number in range(1, 12)]
    assert [row["embedding"] for row in rows] == expected
    assert [row["label"] for row in rows] == [
        None if number == 4 else "light" if number % 3 == 0 else "dark" for number in range(1, 12)
    ]
    parts = tmp_path / "parts"
    for part in ("train", "test"):
        shutil.copytree(heap, parts / part)
    predict(brightness_model, parts, tmp_path / "parts.jsonl", embeddings=True)
    of_parts = [json.loads(line)["embedding"] for line in (tmp_path / "parts.jsonl").read_text().splitlines()]
    assert of_parts == expected * 2


def test_a_list_for_each_picture_is_refused_before_anything_is_read(brightness_model, tmp_path):
    for out, words in (("p.csv", "cannot hold a list"), ("p.json", "Name the file")):
        with pytest.raises(ConfigError, match=words):
            predict(tmp_path / "no model", tmp_path / "no data", tmp_path / out, embeddings=True)
    with pytest.raises(ConfigError, match="the sample decides the columns"):
        predict(brightness_model, tmp_path, tmp_path / "p.csv", embeddings=True, like=tmp_path / "sample.csv")


def test_adds_a_column_a_class(brightness_model, heap, tmp_path):
    predict(brightness_model, heap, tmp_path / "out.csv", probabilities=True)
    header, first, *_ = rows_of(tmp_path / "out.csv")
    assert header == ["id", "label", "confidence", "dark", "light"]
    # softmax of (5, -5), the logits of a black picture
    assert float(first[3]) == pytest.approx(1 / (1 + np.exp(-10)), abs=1e-6)
    assert float(first[3]) + float(first[4]) == pytest.approx(1, abs=1e-6)


@pytest.fixture
def two_parts(tmp_path):
    """A table of eight pictures to train on and three to test on; the second of each part cannot be read."""
    root = tmp_path / "parts"
    lines = ["path,split"]
    for part, levels in (("train", [0, 255, 0, 255, 255, 0, 255, 0]), ("test", [255, 0, 255])):
        for number, level in enumerate(levels, 1):
            folder = root / part / ("light" if level else "dark")
            folder.mkdir(parents=True, exist_ok=True)
            Image.new("L", (8, 8), level).save(folder / f"{number}.png")
            lines.append(f"{part}/{folder.name}/{number}.png,{part}")
    (root / "train" / "light" / "2.png").write_text("no picture")
    (root / "test" / "dark" / "2.png").write_text("no picture")
    (root / "list.csv").write_text("\n".join(lines))
    return root / "list.csv"


def test_progress_over_several_parts_rises_to_all_pictures_and_never_falls(brightness_model, two_parts, tmp_path):
    told: list[tuple[int, int]] = []
    predict(
        brightness_model, two_parts, tmp_path / "out.csv", on_progress=lambda done, total: told.append((done, total))
    )
    done = [each for each, _ in told]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 11)
    assert 8 in done
    assert {total for _, total in told} == {11}


def test_each_part_of_several_keeps_its_rows_and_its_unreadable_pictures(brightness_model, two_parts, tmp_path):
    found = predict(brightness_model, two_parts, tmp_path / "out.csv")
    rows = {row[0]: row[1] for row in rows_of(tmp_path / "out.csv")[1:]}
    assert set(found.unreadable) == {"train/light/2.png", "test/dark/2.png"}
    assert found.rows == len(rows) == 11
    for identifier, label in rows.items():
        expected = "" if identifier in found.unreadable else identifier.split("/")[1]
        assert label == expected, identifier
    assert dict(found.class_counts) == {"dark": 4, "light": 5}


def test_an_unreadable_picture_keeps_its_row(brightness_model, heap, tmp_path):
    (heap / "4.png").write_text("no picture")
    result = predict(brightness_model, heap, tmp_path / "out.csv")
    rows = rows_of(tmp_path / "out.csv")[1:]
    assert len(rows) == 11
    assert rows[3] == ["4.png", "", ""]
    assert list(result.unreadable) == ["4.png"]
    assert sum(result.class_counts.values()) == 10


def test_a_submission_has_the_sample_s_ids_and_no_gap(brightness_model, heap, tmp_path):
    (heap / "4.png").write_text("no picture")
    sample = tmp_path / "sample_submission.csv"
    sample.write_text("id,label\n" + "".join(f"{number},0.5\n" for number in range(11, 0, -1)))
    result = predict(brightness_model, heap, tmp_path / "out.csv", like=sample, keep=2)  # which is for the screen
    header, *rows = rows_of(tmp_path / "out.csv")
    assert header == ["id", "label"]
    assert [row[0] for row in rows] == [str(number) for number in range(11, 0, -1)]
    by_id = {identifier: float(value) for identifier, value in rows}
    assert by_id["4"] == 0.5
    assert by_id["3"] > 0.99
    assert by_id["1"] < 0.01
    assert "light" in str(result.explanation)


def test_a_sample_with_other_ids_is_refused_and_nothing_written(brightness_model, heap, tmp_path):
    sample = tmp_path / "sample.csv"
    sample.write_text("id,label\n" + "".join(f"{number},0\n" for number in range(1, 13)))
    with pytest.raises(DataError, match="12"):
        predict(brightness_model, heap, tmp_path / "out.csv", like=sample)
    assert not (tmp_path / "out.csv").exists()


def test_pictures_of_which_none_can_be_read_are_an_error(brightness_model, heap, tmp_path):
    for picture in heap.iterdir():
        picture.write_text("no picture")
    with pytest.raises(DataError, match="none of 11 pictures"):
        predict(brightness_model, heap, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(heap, tmp_path):
    with pytest.raises(ConfigError, match="is a folder"):
        predict(tmp_path / "no_model", heap, heap)


def test_a_table_of_another_size_is_predicted_with_a_word_of_doubt(brightness_model, heap, tmp_path):
    larger = predict(brightness_model, np.zeros((2, 9, 9), np.uint8), tmp_path / "larger.csv")
    (note,) = larger.dataset.notes
    assert note.startswith("The pictures are 9×9, and the model was trained on 8×8")
    assert not predict(brightness_model, np.zeros((2, 8, 8), np.uint8), tmp_path / "same.csv").dataset.notes
    for picture in heap.iterdir():  # photographs come in any size
        Image.new("L", (20, 20)).save(picture)
    assert not predict(brightness_model, heap, tmp_path / "heap.csv").dataset.notes


def test_the_command_warns_and_counts(brightness_model, heap, tmp_path, capsys):
    (heap / "4.png").write_text("no picture")
    words = ["predict", str(brightness_model), str(heap), "--out", str(tmp_path / "out.csv")]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert f"11 rows: {tmp_path / 'out.csv'}" in " ".join(printed.out.split())
    assert "warning: 4.png cannot be read" in printed.err
    assert main([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["rows"] == 11
    assert document["class_counts"] == {"dark": 7, "light": 3}
    assert document["unreadable"][0]["id"] == "4.png"


def test_of_many_unreadable_pictures_five_are_named_and_classes_are_told_by_their_number(
    brightness_model, heap, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("onelook.evaluation.prediction.batch._MOST_REASONS", 6)  # of seven; the seventh is counted only
    for number in (1, 2, 4, 5, 7, 8, 10):
        (heap / f"{number}.png").write_text("no picture")
    words = ["predict", str(brightness_model), str(heap)]
    assert main([*words, "--out", str(tmp_path / "out.csv")]) == 0
    printed = capsys.readouterr()
    assert [line.split()[1] for line in printed.err.splitlines() if "cannot be read:" in line] == [
        *("1.png", "2.png", "4.png", "5.png", "7.png")
    ]
    assert "2 more pictures cannot be read; --json lists them all" in printed.err
    counts = [line.split() for line in printed.out.splitlines()]
    assert counts.index(["light", "3"]) == counts.index(["dark", "1"]) - 1
    assert main([*words, "--reject-below", "1"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[1:3] for line in lines[1:4]] == [["cannot", "be"], ["cannot", "be"], ["not", "sure"]]
    (heap / "1.png").unlink()
    (heap / "2.png").unlink()
    assert main(words) == 0
    assert "more pictures" not in capsys.readouterr().err  # five are all


def test_each_warning_is_printed(brightness_model, heap, capsys, monkeypatch):
    found = replace(predict(brightness_model, heap), warnings=("some were seen", "some are unlike"))
    monkeypatch.setattr("onelook.commands.predict.predict", lambda *_, **__: found)
    assert main(["predict", str(brightness_model), str(heap)]) == 0
    assert capsys.readouterr().err.splitlines() == ["warning: some were seen", "warning: some are unlike"]


def test_a_model_in_a_zip_predicts_the_same(brightness_model, heap, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "model"), "zip", brightness_model)
    predict(archive, heap, tmp_path / "zip.csv")
    predict(brightness_model, heap, tmp_path / "folder.csv")
    assert (tmp_path / "zip.csv").read_bytes() == (tmp_path / "folder.csv").read_bytes()


def pixel_table(path, ids, values, place):
    """A table of pictures of one value each, with a column of ids before or behind the pixels."""
    pixels = [f"pixel{number}" for number in range(64)]
    rows = [[each, *[value] * 64] for each, value in zip(ids, values, strict=True)]
    table = [["key", *pixels], *rows]
    if place == "behind":
        table = [[*row[1:], row[0]] for row in table]
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in table))
    return path


@pytest.mark.parametrize("place", ["before", "behind"])
@pytest.mark.parametrize("ids", [["te_001", "te_002", "te_003"], ["1", "2", "0"], ["0007", "0008", "0009"]])
def test_rows_of_a_pixel_table_are_joined_by_its_own_ids_never_by_their_number(brightness_model, tmp_path, ids, place):
    table = pixel_table(tmp_path / "test.csv", ids, [0, 255, 0], place)
    (tmp_path / "sample.csv").write_text(f"key,label\n{ids[2]},0\n{ids[0]},0\n{ids[1]},0\n")
    predict(brightness_model, table, tmp_path / "out.csv", like=tmp_path / "sample.csv")
    assert rows_of(tmp_path / "out.csv")[1:] == [[ids[2], "0"], [ids[0], "0"], [ids[1], "1"]]
    predict(brightness_model, table, tmp_path / "plain.csv")
    assert [row[:2] for row in rows_of(tmp_path / "plain.csv")[1:]] == [
        [each, label] for each, label in zip(ids, ["dark", "light", "dark"], strict=True)
    ]


def test_ids_of_a_pixel_table_that_the_sample_does_not_know_are_refused(brightness_model, tmp_path):
    table = pixel_table(tmp_path / "test.csv", ["a", "b", "c"], [0, 255, 0], "before")
    (tmp_path / "sample.csv").write_text("id,label\n1,0\n2,0\n3,0\n")
    with pytest.raises(DataError, match="no picture matches '1', '2' and '3'"):
        predict(brightness_model, table, tmp_path / "out.csv", like=tmp_path / "sample.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_sample_of_some_pictures_gets_these_and_says_how_many_are_left(brightness_model, heap, tmp_path):
    (tmp_path / "sample.csv").write_text("id,label\n9,0\n2,0\n")
    result = predict(brightness_model, heap, tmp_path / "out.csv", like=tmp_path / "sample.csv")
    assert rows_of(tmp_path / "out.csv")[1:] == [["9", "1"], ["2", "0"]]
    assert result.rows == 2
    assert "9 pictures that the sample does not ask for are not in it" in result.explanation


def test_without_a_file_one_picture_s_prediction_is_printed(brightness_model, heap, capsys):
    assert main(["predict", str(brightness_model), str(heap / "3.png")]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["picture", "predicted", "class", "confidence"]
    assert row.split() == ["3.png", "light", "99.995", "%"]


def test_the_screen_shows_the_first_pictures_and_counts_the_others(brightness_model, tmp_path, capsys):
    for number in range(1, 24):
        Image.new("L", (8, 8), 255 if number % 3 == 0 else 0).save(tmp_path / f"{number}.png")
    (tmp_path / "2.png").write_text("no picture")
    assert main(["predict", str(brightness_model), str(tmp_path), "--top", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 22  # the heading, 20 pictures, how many more
    assert lines[2].split() == ["2.png", "cannot", "be", "read"]
    assert lines[3].split() == ["3.png", "light", "99.995", "%", "dark", "0.005", "%"]
    assert lines[20].split()[:2] == ["20.png", "dark"]
    assert lines[21] == "… and 3 more pictures; --out FILE.csv writes them all"


def test_without_a_file_the_first_predictions_are_kept_and_all_are_counted(brightness_model, heap):
    found = predict(brightness_model, heap, keep=3)
    assert (list(found.batch.ids), found.rows) == (["1.png", "2.png", "3.png"], 11)
    assert dict(found.class_counts) == {"dark": 8, "light": 3}
    assert len(predict(brightness_model, heap, keep=20).batch) == 11


def test_a_large_set_is_streamed_and_continued_with_the_same_bytes(brightness_model, heap, tmp_path, monkeypatch):
    (heap / "4.png").write_text("no picture")
    predict(brightness_model, heap, tmp_path / "at_once.csv")
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", 0)
    monkeypatch.setattr(stream, "BATCH_SIZE", 2)
    monkeypatch.setattr(stream, "_FEWEST_ROWS", 1)
    monkeypatch.setattr(stream, "available_cores", lambda: 3)
    monkeypatch.setattr(unfinished, "_MOST_ROWS", 4)
    whole = predict(brightness_model, heap, tmp_path / "whole.csv")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "at_once.csv").read_bytes()
    out = tmp_path / "out.csv"

    def interrupt(done, total):
        if done >= 10:  # three batches are decoded or predicted ahead of those that are written
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"4 rows of 11 are kept\. The same command continues with --resume"):
        predict(brightness_model, heap, out, on_progress=interrupt)
    for changed in ({"top": 2}, {"decoding": DecodingFlags(invert=True)}):
        with pytest.raises(ConfigError, match="has 4 rows that were predicted with other"):
            predict(brightness_model, heap, out, resume=True, **changed)
    told = []
    found = predict(brightness_model, heap, out, resume=True, on_progress=lambda done, total: told.append(done))
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert told[0] == 4
    assert found.tally == whole.tally
    (heap / "12.png").write_bytes((heap / "3.png").read_bytes())
    with pytest.raises(KeyboardInterrupt):
        predict(brightness_model, heap, out, on_progress=interrupt)
    (heap / "12.png").unlink()
    with pytest.raises(ConfigError, match="with other data"):
        predict(brightness_model, heap, out, resume=True)


def test_without_a_file_the_document_holds_the_predictions(brightness_model, heap, capsys):
    (heap / "4.png").write_text("no picture")
    assert main(["predict", str(brightness_model), str(heap), "--top", "2", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    third, fourth = document["predictions"][2:4]
    assert (third["id"], third["label"]) == ("3.png", "light")
    assert [each["label"] for each in third["top"]] == ["light", "dark"]
    assert third["top"][0]["confidence"] == third["confidence"]
    assert fourth == {"id": "4.png", "label": None, "confidence": None, "top": []}
    assert "out" not in document
    assert document["rows"] == 11


def test_the_likeliest_classes_get_columns_of_their_own(brightness_model, heap, tmp_path):
    predict(brightness_model, heap, tmp_path / "out.csv", top=5, probabilities=True)
    header, first, *_ = rows_of(tmp_path / "out.csv")
    assert header == ["id", "label", "confidence", "label_2", "confidence_2", "dark", "light"]
    assert first[1::2] == ["dark", "light", first[2]]
    assert first[4] == first[6]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"like": "sample.csv"}, "--like sample.csv goes into a file. Add --out FILE.csv."),
        ({"probabilities": True}, "--probabilities goes into a file. Add --out FILE.csv."),
        ({"resume": True}, "--resume continues a file. Add --out FILE"),
        ({"resume": True, "like": "sample.csv", "out": "out.csv"}, "a submission is written at once"),
        ({"embeddings": True}, "--embeddings goes into a file. Add --out FILE.parquet."),
        ({"top": 0}, "--top 0: expected 1 or more classes for each picture."),
        ({"top": 2, "like": "sample.csv", "out": "out.csv"}, "--top 2 and --like sample.csv: the sample decides"),
    ],
)
def test_options_that_contradict_each_other_are_refused_first(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=message.replace(".", r"\.")):
        predict("no-model", "no-data", **options)


def predicted(batch, options, **more):
    tally = PredictionTally(batch.class_names, options.reject_below)
    tally.add(batch)
    return Predicted(None, SimpleNamespace(layout="drawn"), batch, options, tally, **more)


def test_what_was_predicted_whole():
    probabilities = np.array([[0.2, 0.5, 0.3], [np.nan] * 3, [0.4, 0.4, 0.2], [0.1, 0.1, 0.8]], np.float32)
    ids, names = ("a", "b", "c", "d"), ("cat", "dog", "eel")
    batch = PredictedBatch(ids, probabilities, names, unreadable={1: "cut short"})
    found = predicted(batch, PredictionOptions(top=2), explanation="as asked", warnings=("seen",))
    assert (found.rows, found.class_counts) == (4, {"cat": 1, "dog": 1, "eel": 1})
    assert batch.likeliest(0, 2) == [("dog", 0.5), ("eel", pytest.approx(0.3))]
    assert batch.likeliest(2, 2) == [("cat", pytest.approx(0.4)), ("dog", pytest.approx(0.4))]  # ties keep the first
    assert batch.likeliest(1, 2) == []
    document = found.to_dict()
    assert [each["id"] for each in document.pop("predictions")] == [*ids]
    whole = {
        "rows": 4,
        "layout": "drawn",
        "class_counts": {"cat": 1, "dog": 1, "eel": 1},
        "unreadable": [{"id": "b", "reason": "cut short"}],
        "explanation": "as asked",
        "warnings": ["seen"],
    }
    assert document == whole
    assert replace(found, out=Path("out.csv")).to_dict() == {"out": "out.csv", **whole}
    first = replace(found, options=PredictionOptions()).to_dict()["predictions"]
    assert first[:2] == [
        {"id": "a", "label": "dog", "confidence": 0.5},
        {"id": "b", "label": None, "confidence": None},
    ]


def test_the_word_of_a_printed_command_is_no_data_set(brightness_model, heap, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"NEW_PICTURES stands for the pictures to predict\. Write their path in its"):
        predict(brightness_model, "NEW_PICTURES")
    heap.rename(tmp_path / "NEW_PICTURES")
    assert predict(brightness_model, "NEW_PICTURES").rows == 11


def test_a_run_in_the_place_of_the_pictures_is_told_the_order(heap, tmp_path):
    run = tmp_path / "my run"
    run.mkdir()
    (run / "run.json").write_text("{}")
    with pytest.raises(ConfigError) as refused:
        predict(heap, run)
    assert "MODEL comes before DATA" in str(refused.value)
    assert str(refused.value).endswith(f"Type:\n  onelook predict '{run}' {heap}")


class TestNotSure:
    """Answers below a confidence are withheld: in the file, in JSON, on the screen, and not in a submission."""

    @pytest.fixture
    def found(self, brightness_model, photos):
        return predict(brightness_model, photos)

    def test_they_are_withheld_and_counted(self, found):
        probabilities = np.array([[0.95, 0.05], [0.1, 0.9], [0.6, 0.4], [0.3, 0.7], [np.nan, np.nan], [0.8, 0.2]], "f4")
        batch = replace(found.batch, probabilities=probabilities, unreadable={4: "cut short"})
        result = predicted(batch, PredictionOptions(reject_below=0.8))
        assert dict(result.class_counts) == {"dark": 2, "light": 1}
        assert result.tally.not_sure == 2
        values = result.to_dict()
        assert values["not_sure"] == 2
        assert [(one["label"], one["likeliest"]) for one in values["predictions"]] == [
            ("dark", "dark"),
            ("light", "light"),
            (None, "dark"),
            (None, "light"),
            (None, None),
            ("dark", "dark"),
        ]
        assert "not_sure" not in found.to_dict()
        assert "likeliest" not in found.to_dict()["predictions"][0]

    def test_the_screen_names_the_likeliest(self, brightness_model, tmp_path, capsys):
        Image.new("L", (8, 8), 128).save(tmp_path / "grey.png")
        assert main(["predict", str(brightness_model), str(tmp_path / "grey.png"), "--reject-below", "1"]) == 0
        assert "not sure (light)" in capsys.readouterr().out
        out = tmp_path / "p.csv"
        assert (
            main(
                ["predict", str(brightness_model), str(tmp_path / "grey.png"), "--reject-below", "1", "--out", str(out)]
            )
            == 0
        )
        assert "not sure (confidence below 1)         1" in capsys.readouterr().out
        assert rows_of(out)[1][1] == ""

    def test_a_submission_needs_all_answers(self, brightness_model, photos, tmp_path):
        (tmp_path / "sample.csv").write_text("id,label\n1,a\n")
        with pytest.raises(ConfigError, match=r"--reject-below 0\.8 and --like .*: a submission needs an answer"):
            predict(brightness_model, photos, tmp_path / "o.csv", like=tmp_path / "sample.csv", reject_below=0.8)

    @pytest.mark.parametrize("share", [-0.1, 1.5, 80, float("nan")])
    def test_a_confidence_is_a_share(self, share, brightness_model, photos):
        with pytest.raises(ConfigError, match="expected a confidence from 0 to 1, such as 0.8"):
            predict(brightness_model, photos, reject_below=share)
