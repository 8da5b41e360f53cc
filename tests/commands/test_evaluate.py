"""`onelook evaluate`: the honest score, classes matched by name."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier, build_classifier, load
from onelook.classifier.picture_list import PictureList
from onelook.cli import main
from onelook.commands.evaluate import evaluate_classifier, evaluate_model
from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError, DataError
from onelook.settings import FittedPreprocess
from onelook.settings.opening import OpeningOptions


def test_scores_labelled_pictures(brightness_model, photos):
    scored = evaluate_model(brightness_model, photos)
    assert scored.part == "all"
    assert scored.evaluation.rows == 6
    assert scored.evaluation.accuracy == pytest.approx(5 / 6)
    assert scored.evaluation.confusion_matrix == ((3, 0), (1, 2))


def test_matches_classes_by_name_not_by_position(brightness_model):
    # Without a dark picture, `light` is the data's first class and still the model's second.
    images = np.array([10, 240, 250], np.uint8)[:, None, None] * np.ones((8, 8), np.uint8)
    scored = evaluate_model(brightness_model, (images, ["light", "light", "light"]))
    assert scored.dataset.class_names == ("light",)
    assert scored.evaluation.class_names == ("dark", "light")
    assert scored.evaluation.confusion_matrix == ((0, 0), (1, 2))


def test_refuses_classes_that_the_model_does_not_know(brightness_model, photos):
    (photos / "dark").rename(photos / "gloomy")
    with pytest.raises(DataError, match="gloomy.*dark and light"):
        evaluate_model(brightness_model, photos)


def test_names_integer_labels(brightness_model):
    images = np.stack([np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)])
    scored = evaluate_model(brightness_model, (images, [0, 1]), opening=OpeningOptions(class_names=("light", "dark")))
    assert scored.evaluation.accuracy == 0.0
    assert evaluate_model(brightness_model, (images, [0, 1])).evaluation.accuracy == 1.0


def test_says_what_numbers_were_taken_for(brightness_model):
    images = np.stack([np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)])
    *_, warning = evaluate_model(brightness_model, (images, [0, 1])).evaluation.warnings
    assert "0 was taken for 'dark' and 1 for 'light'" in warning
    assert "--class-names" in warning
    *_, in_python = load(brightness_model).evaluate((images, [0, 1])).warnings
    assert in_python.endswith("name them in numeric order with class_names=.")
    with pytest.raises(ConfigError, match="^label_from='folder': no group .* such as label_from='"):
        load(brightness_model).evaluate((images, [0, 1]), label_from="folder")
    for labels, names in (([0, 1], ("light", "dark")), (["dark", "light"], None)):
        named = evaluate_model(brightness_model, (images, labels), opening=OpeningOptions(class_names=names))
        assert not any("taken for" in warning for warning in named.evaluation.warnings)


def test_labels_in_another_spelling_are_matched_as_numbers_and_it_is_said(numbers_model):
    images = np.stack([np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)])
    scored = evaluate_model(numbers_model, (images, [1, 10]))
    assert scored.evaluation.confusion_matrix == ((1, 0), (0, 1))
    assert any("1 was taken for '001' and 10 for '010'" in warning for warning in scored.evaluation.warnings)


def test_prefers_the_test_part(brightness_model, photos):
    parted = photos.parent / "parted"
    for part in ("train", "test"):
        for class_name in ("dark", "light"):
            (parted / part / class_name).mkdir(parents=True)
            level = {"dark": 10, "light": 245}[class_name] if part == "test" else 0
            Image.new("L", (8, 8), level).save(parted / part / class_name / "1.png")
    scored = evaluate_model(brightness_model, parted)
    assert (scored.part, scored.evaluation.rows, scored.evaluation.accuracy) == ("test", 2, 1.0)


def test_leaves_unreadable_pictures_out_and_says_so(brightness_model, photos):
    (photos / "light" / "3.png").write_text("no picture")
    scored = evaluate_model(brightness_model, photos)
    assert scored.evaluation.rows == 5
    assert scored.evaluation.accuracy == 1.0
    assert "1 of 6 pictures could not be read" in scored.evaluation.warnings[-1]


def test_labels_are_scored_as_the_fixes_correct_them(brightness_model, photos, tmp_path, capsys):
    fixes = tmp_path / "fixes.csv"
    fixes.write_text("id,action,class_name\nlight/3.png,relabel,dark\ndark/1.png,drop,\n")
    assert main(["evaluate", str(brightness_model), str(photos), "--fixes", str(fixes)]) == 0
    assert "fixes.csv: 1 label was changed, and 1 picture was dropped." in " ".join(capsys.readouterr().out.split())
    scored = load(brightness_model).evaluate(photos, fixes=str(fixes))
    assert (scored.rows, scored.accuracy) == (5, 1.0)
    assert main(["evaluate", str(brightness_model), str(photos), "--fixes", str(fixes), "--json"]) == 0
    changed = {"light/3.png": "was 'light', is 'dark' by fixes.csv"}
    document = json.loads(capsys.readouterr().out)
    assert document.pop("fixes") == {"relabelled": changed, "dropped": ["dark/1.png"], "confirmed": []}
    assert document == json.loads(json.dumps(scored.to_dict()))
    assert main(["evaluate", str(brightness_model), str(photos), "--json"]) == 0
    assert "fixes" not in json.loads(capsys.readouterr().out)
    fixes.write_text("id,action\ndark/9.png,drop\n")
    assert main(["evaluate", str(brightness_model), str(photos), "--fixes", str(fixes)]) == 3
    assert "'dark/9.png' (line 2)" in capsys.readouterr().err
    assert main(["inspect", str(photos), "--fixes", str(fixes)]) == 3


def test_refuses_pictures_without_labels(brightness_model, photos):
    with pytest.raises(DataError, match="no labels.*onelook predict"):
        evaluate_model(brightness_model, photos / "dark")


def test_the_command_prints_tables_within_80_columns(brightness_model, photos, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["evaluate", str(brightness_model), str(photos)]) == 0
    printed = capsys.readouterr()
    assert "83.33 %  (95 % interval 43.65 % to 96.99 %)" in printed.out
    lines = [" ".join(line.split()) for line in printed.out.splitlines()]
    for line in ("balanced accuracy 83.33 %", "macro F1 0.8286", "Matthews correlation 0.7071"):  # 12 / √(18 × 16)
        assert line in lines
    assert [line.rsplit(" ", 1)[0] for line in lines if line.startswith(("log loss", "calibration", "top-5"))] == [
        "log loss",
        "calibration error",  # and no top-5 accuracy: there are two classes
    ]
    assert max(map(len, printed.out.splitlines())) <= 80
    assert printed.err.startswith("warning: ")


def test_prints_the_evaluation_as_json(brightness_model, photos, capsys):
    assert main(["evaluate", str(brightness_model), str(photos), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"set", "rows", "accuracy", "accuracy_interval", "balanced_accuracy", "macro_f1", "loss"} <= document.keys()
    assert document["class_names"] == ["dark", "light"]
    assert document["confusion_matrix"] == [[3, 0], [1, 2]]
    assert document["per_class"][1]["class_name"] == "light"


def test_labels_that_are_all_the_same_are_doubted(brightness_model):
    images = np.arange(40, dtype=np.uint8)[:, None, None] * np.ones((8, 8), np.uint8)
    said = evaluate_model(brightness_model, (images, ["dark"] * 40)).evaluation.warnings
    assert any("All 40 pictures have the label 'dark'. Are these the true labels?" in warning for warning in said)
    few = evaluate_model(brightness_model, (images[:10], ["dark"] * 10)).evaluation.warnings
    both = evaluate_model(brightness_model, (images, ["dark"] * 39 + ["light"])).evaluation.warnings
    assert not any("true labels" in warning for warning in (*few, *both))
    eleven = evaluate_model(brightness_model, (images[:11], ["dark"] * 11)).evaluation.warnings
    assert eleven[-1] == (
        "All 11 pictures have the label 'dark'. Are these the true labels? A sample submission has one value in all "
        "rows, and no true labels."
    )


@pytest.mark.parametrize(
    ("parts", "scored"),
    [
        (("train", "val", "test"), "test"),
        (("train", "val"), "val"),
        (("train",), "all"),
    ],
)
def test_the_part_that_is_scored(brightness_model, parts, scored):
    levels = {"train": 10, "val": 200, "test": 240}
    rows = {"train": 1, "val": 2, "test": 3, "all": 1}
    data = {name: (np.full((rows[name], 8, 8), levels[name], np.uint8), ["light"] * rows[name]) for name in parts}
    found = evaluate_model(brightness_model, data)
    assert (found.part, found.evaluation.rows) == (scored, rows[scored])
    assert found.evaluation.set_name == ("val" if scored == "val" else "test")
    assert found.evaluation.accuracy == (0.0 if scored == "all" else 1.0)


def test_pictures_that_the_model_saw_in_training_are_named_by_their_part(brightness_classifier):
    pictures = np.random.default_rng(1).integers(0, 256, (6, 8, 8, 1), dtype=np.uint8)

    def of(*rows):
        return ImageSet(pictures, np.array(rows), tuple(map(str, rows)), None)

    # Trained on three, validated on two.
    model = Classifier(replace(brightness_classifier._parts, pictures=PictureList.of(of(0, 1, 2), of(3, 4))))
    labels = ["dark", "light", "dark", "light", "dark", "light"]
    rest = (np.stack([np.full((8, 8, 1), level, np.uint8) for level in (9, 240)]), ["dark", "light"])
    for part, called, seen, use in (
        ("test", "test pictures", 5, "trained or tuned on"),
        ("val", "validation pictures", 3, "trained on"),  # the model's own may be among them
        ("train", "pictures", 5, "trained or tuned on"),
    ):
        scored = evaluate_classifier(model, {**({} if part == "train" else {"train": rest}), part: (pictures, labels)})
        assert scored.evaluation.leaked == {"exact": seen, "near": 0}
        assert scored.evaluation.without_leaks.rows == 6 - seen
        said = f"{seen} of the 6 {called} are among those that the model was {use} (pixel for pixel)"
        assert scored.evaluation.warnings[0].startswith(said)


@pytest.mark.parametrize("side", [8, 16])
@pytest.mark.parametrize("convert", [lambda x: x / 255.0, lambda x: (x / 255).astype(np.float32), np.int64])
def test_what_can_be_predicted_can_be_scored_and_is_recognised(brightness_classifier, convert, side):
    # Plain pictures are the same 8×8 pictures after a resize.
    levels = np.array([10, 60, 200, 240], np.uint8)
    small, large = (levels[:, None, None] * np.ones((size, size), np.uint8) for size in (8, side))
    trained = ImageSet(small[..., None], np.array([0, 3]), tuple("0123"), None)
    model = Classifier(replace(brightness_classifier._parts, pictures=PictureList.of(trained, None)))
    labels = ["dark", "dark", "light", "light"]
    scored = model.evaluate((convert(large), labels))
    assert (scored.accuracy, scored.leaked) == (1.0, model.evaluate((large, labels)).leaked)
    assert scored.leaked["exact"] == 2
    assert [each.class_name for each in model.predict(convert(large))] == labels


def test_a_model_of_floats_scores_other_floats_and_bytes(brightness_classifier):
    card = brightness_classifier.card
    of_floats = build_classifier(
        card.network,
        FittedPreprocess(value_range=(0.0, 1.0)),
        brightness_classifier.weights,
        decode=card.decode,
        class_names=card.class_names,
        dtype=np.float64,
        value_range=(0.0, 1.0),
        provenance={},
        metrics={},
    )
    images = np.array([10, 240], np.uint8)[:, None, None] * np.ones((8, 8), np.uint8)
    for form in (images, images / 255.0, (images / 255).astype(np.float32)):
        assert of_floats.evaluate((form, ["dark", "light"])).accuracy == 1.0
    with pytest.raises(DataError, match="an array of int64 with values from 10 to 240; the model takes float64"):
        of_floats.evaluate((images.astype(np.int64), ["dark", "light"]))


def test_floats_beyond_the_range_of_the_model_are_refused(brightness_model):
    images = np.full((2, 8, 8), 17.5)
    with pytest.raises(DataError, match=r"an array of float64 with values from 17\.5 to 17\.5; the model takes uint8"):
        evaluate_model(brightness_model, (images, ["dark", "light"]))


def test_a_part_without_labels_is_passed_over_and_none_is_refused(brightness_model):
    pictures = np.full((2, 8, 8), 240, np.uint8)
    found = evaluate_model(brightness_model, {"train": (pictures, ["light", "dark"]), "test": (pictures, None)})
    assert (found.part, found.evaluation.accuracy) == ("train", 0.5)
    with pytest.raises(DataError) as refused:
        evaluate_model(brightness_model, {"train": (pictures, None)})
    assert str(refused.value).endswith("A score needs labels; to label pictures use `onelook predict`.")


def test_what_could_not_be_read_is_named_with_its_numbers(brightness_model, photos):
    for name in ("dark/2.png", "light/1.png"):
        (photos / name).write_text("no picture")
    assert evaluate_model(brightness_model, photos).evaluation.warnings[-1] == (
        "2 of 6 pictures could not be read and are not in the score: dark/2.png and light/1.png."
    )


def test_a_model_without_a_list_of_its_pictures_says_so(brightness_model, photos):
    model = load(brightness_model)
    assert model.pictures is None
    *_, note = evaluate_classifier(model, photos).dataset.notes
    assert note.startswith("The model keeps no list of the pictures that it was trained on")
    images = np.full((2, 8, 8, 1), 240, np.uint8)
    seen = PictureList.of(ImageSet(images, np.arange(2), ("a", "b"), None), None)
    listed = Classifier(replace(model._parts, pictures=seen))
    assert note not in evaluate_classifier(listed, photos).dataset.notes
