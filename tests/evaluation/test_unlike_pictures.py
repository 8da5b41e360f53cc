"""Which pictures of a data set are unlike those that the model learnt from, and what would make them like those."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier, build_classifier
from onelook.commands.decoding_flags import DecodingFlags
from onelook.commands.evaluate import evaluate_model
from onelook.commands.predict import predict
from onelook.commands.serve import PictureService, Upload
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.errors import DataError
from onelook.evaluation.unlike_pictures import Remedy, UnlikeCollector, UnlikePictures, retold, unlike_text
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import Dense, GlobalPool
from onelook.signature.signature import fit_signature
from onelook.signature.sizes import size_in_words, usual_sizes
from onelook.signature.unlikeness import _BY_FEATURES, _WORDS
from onelook.wording import in_language


def squares(rows: int, seed: int = 0) -> np.ndarray:
    """Light squares of about 20 of 28 pixels, their mass in the middle, on black: as MNIST is."""
    chance = np.random.default_rng(seed)
    pictures = np.zeros((rows, 28, 28, 1), np.uint8)
    for picture in pictures:
        height, width = 20, int(chance.integers(12, 21))
        top, left = (28 - height) // 2, (28 - width) // 2
        picture[top : top + height, left : left + width] = chance.integers(200, 256)
    return pictures


def page(picture: np.ndarray) -> Image.Image:
    """A picture's square, dark on a light page of four times its size."""
    small = Image.fromarray(255 - picture[..., 0]).resize((84, 84), Image.Resampling.NEAREST)
    whole = Image.new("L", (160, 120), 235)
    whole.paste(small.point(lambda value: min(value, 235)), (40, 20))
    return whole


@pytest.fixture(scope="module")
def signed() -> Classifier:
    network = NetworkSettings(layers=(GlobalPool(type="global_average_pool"), Dense(units="classes")))
    model = build_classifier(
        network,
        FittedPreprocess(),
        {"1.weight": np.array([[-10.0], [10.0]], np.float32), "1.bias": np.array([4.0, -4.0], np.float32)},
        decode=DecodeSettings(height=28, width=28, channels=1),
        class_names=("narrow", "wide"),
        dtype=np.uint8,
        value_range=(0.0, 255.0),
        provenance={},
        metrics={},
    )
    (train, features), (val, val_features) = (model.describe([squares(300, seed=seed)]) for seed in (1, 2))
    return model.with_signature(fit_signature(train, val, features, val_features, sizes={(28, 28): 300}))


@pytest.fixture(scope="module")
def model(signed: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return signed.save(tmp_path_factory.mktemp("signed") / "model")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures like those of the training, and five pages."""
    (tmp_path / "new").mkdir()
    for number, picture in enumerate(squares(8), 1):
        shown = Image.fromarray(picture[..., 0]) if number <= 3 else page(picture)
        shown.save(tmp_path / "new" / f"{number}.png")
    return tmp_path / "new"


def test_unlike_pictures_are_counted_and_explained_with_the_flags_that_help(model: Path, folder: Path) -> None:
    found = predict(model, folder).unlike
    assert found is not None
    assert found.ids == ("4.png", "5.png", "6.png", "7.png", "8.png")
    assert found.remedy.flags == ("--invert", "--crop-to-content")
    assert found.sentence.startswith(
        "5 of 8 pictures are unlike those that the model learnt from: dark on light, where it "
    )
    assert found.sentence.endswith(
        ", and of 120×160 pixels, where it learnt 28×28. With --invert --crop-to-content they are like them."
    )
    again = predict(model, folder, decoding=DecodingFlags(invert=True, crop_to_content=True))
    assert again.unlike is not None
    assert len(set(again.unlike.ids) - {"1.png", "2.png", "3.png"}) <= 1  # a page is not exactly what was learnt


def test_parts_count_together(signed: Classifier) -> None:
    collector = UnlikeCollector(signed)
    for part in ("train", "test"):
        shown = ArrayPictures(255 - squares(10, seed=4))
        _, unlikeness = signed.judge(shown.images)
        collector.add(unlikeness, shown, np.arange(10), [f"{part}/{row}" for row in range(10)])
    found = collector.result()
    assert found is not None
    assert (found.rows, len(set(found.ids)), found.remedy.flags) == (20, 20, ("--invert",))


def test_pictures_are_decoded_again_from_the_part_that_they_are_of(signed: Classifier) -> None:
    # Two batches of the first part and one of the second, which has another size: only its last row is unlike.
    collector = UnlikeCollector(signed)
    light, dark = squares(6, seed=4), 255 - squares(6, seed=4)
    first = ArrayPictures(np.concatenate([light[:1], dark]))
    second = ArrayPictures(np.pad(dark[:2], [(0, 0), (0, 2), (0, 0), (0, 0)], constant_values=255))
    for pictures, rows in ((first, [0, 1, 2]), (first, [3, 4, 5, 6]), (second, [1])):
        kept = np.array(rows)
        shown = first.images[kept] if pictures is first else dark[1:2]
        collector.add(signed.judge(shown)[1], pictures, kept, [f"{pictures is first}/{at}" for at in range(7)])
    assert [(each is first, np.concatenate(rows).tolist()) for each, rows in collector._originals] == [
        (True, [1, 2, 3, 4, 5, 6]),
        (False, [1]),
    ]
    assert collector._sizes() == {(28, 28): 7, (30, 28): 2}
    assert collector._decode_some(signed.card).shape == (6, 28, 28, 1)
    assert (collector._decode_some(signed.card) == dark).all()
    found = collector.result()
    assert found is not None
    assert (found.rows, found.ids[0], found.ids[-2:], found.remedy.flags) == (
        8,
        "True/1",
        ("True/6", "False/1"),
        ("--invert",),
    )


def test_what_cannot_be_read_does_not_count(model: Path, tmp_path: Path) -> None:
    for part, inverted in (("train", (2,)), ("test", (1, 3))):
        for name in ("narrow", "wide"):
            (tmp_path / "data" / part / name).mkdir(parents=True)
        for number, picture in enumerate(squares(4, seed=9), 1):
            shown = 255 - picture[..., 0] if number in inverted else picture[..., 0]
            Image.fromarray(shown).save(tmp_path / "data" / part / "wide" / f"{number}.png")
        (tmp_path / "data" / part / "narrow" / "0.png").write_bytes(b"no picture")
    found = predict(model, tmp_path / "data").unlike
    assert found is not None
    assert found.rows == 8
    assert found.ids == ("test/wide/1.png", "test/wide/3.png", "train/wide/2.png")


def test_one_flag_is_offered_where_it_is_enough(model: Path) -> None:
    scored = evaluate_model(model, (255 - squares(20, seed=3), ["narrow", "wide"] * 10))
    assert scored.unlike is not None
    assert (len(scored.unlike.ids), scored.unlike.remedy.flags) == (20, ("--invert",))
    assert scored.unlike.sentence in scored.evaluation.warnings
    assert scored.to_dict()["unlike"] == scored.unlike.to_dict()


def test_a_model_that_inverts_is_offered_not_to(model: Path) -> None:
    pictures = (squares(20, seed=3), ["narrow", "wide"] * 10)
    scored = evaluate_model(model, pictures, decoding=DecodingFlags(invert=True))
    assert scored.unlike is not None
    assert scored.unlike.remedy.flags == ("--no-invert",)


def test_no_flag_is_offered_where_none_helps(model: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    scored = evaluate_model(model, (noise, ["narrow", "wide"] * 10))
    assert scored.unlike is not None
    assert scored.unlike.remedy.flags == ()
    assert scored.unlike.sentence.endswith("Do not rely on these answers.")


def stripes(rows: int) -> np.ndarray:
    """Dark stripes on light paper: exchanged, they have more edges than any square that was learnt."""
    pictures = squares(rows, seed=5)
    pictures[:, ::3] = 0
    return 255 - pictures


def test_to_invert_is_offered_where_it_brings_pictures_nearer_though_not_near_enough(model: Path) -> None:
    scored = evaluate_model(model, (stripes(20), ["narrow", "wide"] * 10))
    assert scored.unlike is not None
    assert len(scored.unlike.ids) == 20
    assert scored.unlike.remedy == Remedy(("--invert",), is_enough=False)
    assert scored.unlike.sentence.endswith("With --invert they are more like them, but still unlike.")
    turned = evaluate_model(model, (255 - stripes(20), ["narrow", "wide"] * 10))
    assert turned.unlike is not None
    assert (len(turned.unlike.ids), turned.unlike.remedy) == (20, Remedy())


def test_the_service_offers_to_invert_one_such_picture(signed: Classifier) -> None:
    file = io.BytesIO()
    Image.fromarray(stripes(1)[0, ..., 0]).save(file, "PNG")
    (found,) = PictureService(signed).predict([Upload("stripes", file.getvalue())])
    assert found.unlike is not None
    assert found.unlike.endswith("With --invert it is more like them, but still unlike.")


def test_pictures_like_those_of_the_training_give_no_warning(model: Path) -> None:
    scored = evaluate_model(model, (squares(200, seed=4), ["narrow", "wide"] * 100))
    assert scored.unlike is not None
    assert scored.unlike.rows == 200
    assert len(scored.unlike.ids) <= 8
    assert not any("unlike" in warning for warning in scored.evaluation.warnings)


def test_a_model_without_a_signature_says_nothing(brightness_model: Path) -> None:
    scored = evaluate_model(brightness_model, (255 - squares(20)[:, :8, :8], ["dark", "light"] * 10))
    assert scored.unlike is None
    assert "unlike" not in scored.to_dict()


@pytest.mark.parametrize(
    ("count", "rows", "expected"),
    [(1, 1, True), (1, 5, True), (1, 20, False), (25, 1000, False), (40, 1000, True), (0, 9, False)],
)
def test_a_few_unusual_pictures_are_no_warning(count: int, rows: int, expected: bool) -> None:
    unlike = UnlikePictures(rows, tuple(map(str, range(count))), "darker")
    assert unlike.is_worth_a_warning is expected


def test_the_service_says_what_would_help(signed: Classifier) -> None:
    file = io.BytesIO()
    page(squares(1)[0]).save(file, "PNG")
    (found,) = PictureService(signed).predict([Upload("page", file.getvalue())])
    assert found.unlike is not None
    assert found.unlike.startswith("dark on light, where it learnt light on dark")
    assert found.unlike.endswith(
        ", and of 120×160 pixels, where it learnt 28×28. With --invert --crop-to-content it is like them."
    )


def test_the_service_advises_on_each_picture_by_itself(signed: Classifier) -> None:
    def uploaded(name: str, picture: Image.Image) -> Upload:
        file = io.BytesIO()
        picture.save(file, "PNG")
        return Upload(name, file.getvalue())

    shown = squares(4, seed=3)[..., 0]
    found = PictureService(signed).predict(
        [
            uploaded("like", Image.fromarray(shown[0])),
            Upload("damaged", b"no picture"),
            uploaded("page", page(shown[1][..., None])),
            uploaded("like too", Image.fromarray(shown[2])),
            uploaded("inverted", Image.fromarray(255 - shown[3])),
        ]
    )
    assert isinstance(found[1], DataError)
    said = [one.unlike for one in found if not isinstance(one, DataError)]
    assert (said[0], said[2]) == (None, None)
    assert str(said[1]).endswith(
        ", and of 120×160 pixels, where it learnt 28×28. With --invert --crop-to-content it is like them."
    )
    assert str(said[3]).endswith(". With --invert it is like them.")
    assert "pixels" not in str(said[3])


def test_every_way_to_be_unlike_is_told_in_korean() -> None:
    ways = [words for group in _WORDS for pair in group.values() for words in pair]
    ways += ["dark on light, where it learnt light on dark", "light on dark, where it learnt dark on light"]
    ways += ["grey, where it learnt colour", _BY_FEATURES]
    for learnt in ({(28, 28): 9}, {(8, 8): 9, (9, 7): 9}):
        ways.append(str(size_in_words({(300, 90): 20}, usual_sizes(learnt))))
    with in_language("ko"):
        for way in ways:
            for flags, is_enough in (((), True), (("--invert", "--crop-to-content"), True), (("--invert",), False)):
                told = retold(unlike_text(f"darker, and {way}", Remedy(flags, is_enough)))
                assert told.startswith("더 어두움, "), way
                assert not re.search("[a-z]{3}", told.replace(" ".join(flags), "")), told
        assert retold("of another kind. Do not rely on the answer.") == "of another kind. Do not rely on the answer."
    assert retold(unlike_text("darker", Remedy())) == "darker. Do not rely on the answer."
