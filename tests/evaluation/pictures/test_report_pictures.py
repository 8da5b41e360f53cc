"""The pictures beside a score: which are shown, how they look, and that nothing is left half-written."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import ImageSet
from onelook.data.pictures.protocol import Images
from onelook.errors import DataError
from onelook.evaluation.pictures.augmentation_preview import augmented_versions, write_augmentation_preview
from onelook.evaluation.pictures.class_samples import draw_samples
from onelook.evaluation.pictures.index import AugmentationPreview, ReportPictures
from onelook.evaluation.pictures.report_pictures import write_report_pictures
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter, as_bytes, guess_value_range, thumbnail
from onelook.settings import AugmentSettings

NAMES = ("cat", "dog", "T-shirt/top")


def image_set(labels: list[int], images: Images | None = None) -> ImageSet:
    rows = len(labels)
    if images is None:
        images = np.random.default_rng(0).integers(0, 256, (rows, 6, 5, 3), dtype=np.uint8)
    ids = tuple(f"test/{row + 1}" for row in range(rows))
    return ImageSet(images, np.arange(rows), ids, np.array(labels, dtype=np.int64))


def probabilities_of(rows: list[list[float]]) -> np.ndarray:
    return np.array(rows, dtype=np.float32)


# Labels 0, 0, 1, 1, 2: the first is right; the gaps of the others are 0.3, 0.9, 0.3 and 0.5.
LABELS = [0, 0, 1, 1, 2]
PROBABILITIES = probabilities_of(
    [[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.95, 0.05, 0.0], [0.6, 0.3, 0.1], [0.7, 0.1, 0.2]]
)


def test_the_worst_errors_come_first_and_ties_keep_the_order_of_the_pictures(tmp_path: Path) -> None:
    kept = write_report_pictures(
        tmp_path / "evidence", PROBABILITIES, image_set(LABELS), NAMES, train_samples=None, seed=0
    )
    assert [picture.id for picture in kept.worst_errors] == ["test/3", "test/5", "test/2", "test/4"]
    assert kept.errors == 4
    worst = kept.worst_errors[0]
    assert (worst.label, worst.predicted, worst.p_label, worst.p_predicted) == ("dog", "cat", 0.05, 0.95)


@pytest.mark.parametrize(("rows", "drawn"), [(1, 1), (9, 9), (12, 12), (13, 12), (40, 12)])
def test_twelve_pictures_are_drawn_each_once_whatever_their_answers(rows: int, drawn: int, tmp_path: Path) -> None:
    def ids(seed: int) -> list[str]:
        kept = write_report_pictures(
            tmp_path / "evidence",
            np.tile(np.array([[0.8, 0.1, 0.1]], np.float32), (rows, 1)),
            image_set([0, 1, 2] * (rows // 3) + [0] * (rows % 3)),
            NAMES,
            train_samples=None,
            seed=seed,
        )
        return [picture.id for picture in kept.random]

    first = ids(0)
    assert len(first) == len({*first}) == drawn
    assert ids(0) == first
    assert rows < 9 or ids(1) != first


def test_the_worst_error_is_the_one_that_believes_the_label_least(tmp_path: Path) -> None:
    rows = probabilities_of([[0.65, 0.35, 0.0], [0.6, 0.05, 0.35], [0.3, 0.4, 0.3]])  # gaps of 0.3, 0.55 and 0.1
    kept = write_report_pictures(tmp_path / "evidence", rows, image_set([1, 1, 2]), NAMES, train_samples=None, seed=0)
    assert [picture.id for picture in kept.worst_errors] == ["test/2", "test/1", "test/3"]


def test_the_thumbnail_is_the_picture_it_says(tmp_path: Path) -> None:
    pictures = image_set(LABELS)
    kept = write_report_pictures(tmp_path / "evidence", PROBABILITIES, pictures, NAMES, train_samples=None, seed=0)
    with Image.open(tmp_path / "evidence" / kept.worst_errors[0].file) as shown:
        factor = shown.width // 5
        assert shown.size == (5 * factor, 6 * factor)
        assert factor > 1
        assert (np.asarray(shown)[::factor, ::factor] == pictures.images[2]).all()


def test_pictures_are_found_by_their_rows_wherever_these_lie_in_the_array(tmp_path: Path) -> None:
    images = np.repeat(np.arange(9, dtype=np.uint8) * 20, 30).reshape(9, 6, 5, 1)
    rows = np.array([4, 7, 1, 8, 2])
    pictures = ImageSet(images, rows, tuple(f"row-{row}" for row in rows), np.array(LABELS, np.int64))
    kept = write_report_pictures(tmp_path / "evidence", PROBABILITIES, pictures, NAMES, train_samples=pictures, seed=0)
    assert [picture.id for picture in kept.worst_errors] == ["row-1", "row-2", "row-7", "row-8"]
    samples = [picture for one in kept.samples for picture in one.pictures]
    assert [picture.id for picture in samples] == ["row-4", "row-7", "row-1", "row-8", "row-2"]
    assert len(kept.random) == 5
    for picture in (*kept.worst_errors, *kept.random, *samples):
        with Image.open(tmp_path / "evidence" / picture.file) as shown:
            assert np.asarray(shown)[0, 0] == 20 * int(picture.id.removeprefix("row-"))


def test_samples_have_the_shape_of_their_own_originals() -> None:
    rows = np.array([2, 0, 1])
    pictures = ImageSet(np.zeros((3, 100, 100, 1), np.uint8), rows, ("c", "a", "b"), np.array([0, 1, 1]))
    sizes = np.array([[50, 100], [100, 50], [100, 100]])  # of a, b and c
    kept: dict[str, bytes] = {}
    drawn = draw_samples(
        pictures,
        ("cat", "dog"),
        5,
        generator=np.random.default_rng(0),
        writer=ThumbnailWriter(kept.__setitem__, (0.0, 255.0)),
        sizes=sizes,
    )
    shapes = {}
    for picture in (picture for one in drawn for picture in one.pictures):
        with Image.open(io.BytesIO(kept[picture.file])) as shown:
            shapes[picture.id] = shown.size
    assert shapes == {"a": (100, 50), "b": (50, 100), "c": (100, 100)}
    cat, dog = drawn
    assert [(one.file, one.id) for one in cat.pictures] == [("sample-00-01.jpg", "c")]
    assert [(one.file, one.id) for one in dog.pictures] == [("sample-01-01.jpg", "a"), ("sample-01-02.jpg", "b")]
    assert (cat.class_name, dog.class_name) == ("cat", "dog")


def test_the_index_reads_back_as_it_was_written(tmp_path: Path) -> None:
    pictures = image_set(LABELS)
    kept = write_report_pictures(tmp_path / "evidence", PROBABILITIES, pictures, NAMES, train_samples=pictures, seed=3)
    index = json.loads((tmp_path / "evidence" / "evidence.json").read_text(encoding="utf-8"))
    assert ReportPictures.model_validate(index) == kept
    named = {picture.file for picture in (*kept.worst_errors, *kept.random)}
    named |= {picture.file for one in kept.samples for picture in one.pictures}
    assert {path.name for path in (tmp_path / "evidence").iterdir()} == named | {"evidence.json"}


def test_the_same_seed_draws_the_same_pictures_and_another_seed_others(tmp_path: Path) -> None:
    labels = [row % 3 for row in range(90)]
    pictures = image_set(labels)
    probabilities = np.random.default_rng(1).dirichlet((1, 1, 1), size=90).astype(np.float32)

    def draw(folder: str, seed: int) -> list[str]:
        kept = write_report_pictures(
            tmp_path / folder, probabilities, pictures, NAMES, train_samples=pictures, seed=seed
        )
        assert len(kept.worst_errors) == 24
        assert [one.class_name for one in kept.samples] == list(NAMES)
        assert all(
            labels[int(p.id.split("/")[1]) - 1] == index for index, one in enumerate(kept.samples) for p in one.pictures
        )
        return [picture.id for picture in kept.random]

    first, again, other = draw("first", 0), draw("again", 0), draw("other", 1)
    assert first == again
    assert first != other
    assert len(set(first)) == 12


def test_a_large_number_of_classes_is_cut_and_counted(tmp_path: Path) -> None:
    names = tuple(f"class {index}" for index in range(40))
    labels = list(range(40)) * 10
    probabilities = np.eye(40, dtype=np.float32)[labels]
    pictures = image_set(labels)
    kept = write_report_pictures(tmp_path / "evidence", probabilities, pictures, names, train_samples=pictures, seed=0)
    assert kept.worst_errors == ()
    assert (len(kept.samples), kept.classes) == (12, 40)
    assert sum(len(one.pictures) for one in kept.samples) == 60


def test_writing_again_replaces_the_pictures_and_keeps_what_others_added(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    pictures = image_set(LABELS)
    write_report_pictures(folder, PROBABILITIES, pictures, NAMES, train_samples=None, seed=0)
    write_augmentation_preview(folder, pictures.images[0], pictures.images[1:])
    perfect = np.eye(3, dtype=np.float32)[LABELS]
    write_report_pictures(folder, perfect, pictures, NAMES, train_samples=None, seed=0)
    assert not list(folder.glob("error-*"))
    assert (folder / "augmentation" / "evidence.json").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]


def test_a_failure_leaves_the_old_evidence(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    write_report_pictures(folder, PROBABILITIES, image_set(LABELS), NAMES, train_samples=None, seed=0)
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(IndexError):
        write_report_pictures(folder, PROBABILITIES, image_set(LABELS), ("cat",), train_samples=None, seed=0)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["evidence"]


def test_pictures_without_labels_are_refused(tmp_path: Path) -> None:
    labelled = image_set(LABELS)
    unlabelled = ImageSet(labelled.images, labelled.rows, labelled.ids, None)
    with pytest.raises(DataError, match="these pictures have no labels"):
        write_report_pictures(tmp_path / "evidence", PROBABILITIES, unlabelled, NAMES, train_samples=None, seed=0)
    with pytest.raises(DataError, match="5 labelled pictures and 4 rows of probabilities"):
        write_report_pictures(tmp_path / "evidence", PROBABILITIES[:4], labelled, NAMES, train_samples=None, seed=0)
    assert not (tmp_path / "evidence").exists()


def test_the_augmentation_preview_shows_at_most_fifteen_versions(tmp_path: Path) -> None:
    versions = np.random.default_rng(0).random((20, 8, 8, 1)).astype(np.float32)
    preview = write_augmentation_preview(tmp_path, versions[0], versions, value_range=(0.0, 2.0))
    assert preview == AugmentationPreview(
        original="original.png", versions=tuple(f"version-{number:02d}.png" for number in range(1, 16))
    )
    written = json.loads((tmp_path / "augmentation" / "evidence.json").read_text(encoding="utf-8"))
    assert AugmentationPreview.model_validate(written) == preview
    for name, picture in ((preview.original, versions[0]), (preview.versions[14], versions[14])):
        with Image.open(tmp_path / "augmentation" / name) as shown:
            assert shown.mode == "L"
            assert (np.asarray(shown)[::14, ::14] == np.round(picture[:, :, 0] * 127.5)).all()
    bright = write_augmentation_preview(tmp_path, versions[0], versions[:2])  # guessed: 0 to 1
    with Image.open(tmp_path / "augmentation" / bright.original) as shown:
        assert (np.asarray(shown)[::14, ::14] == np.round(versions[0, :, :, 0] * 255)).all()


def test_versions_of_a_picture_are_made_from_its_own_rows_and_columns() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (6, 5, 3)).astype(np.float32)
    mirrored = augmented_versions(picture, AugmentSettings(horizontal_flip=True), (0.0, 255.0), seed=3)
    assert (mirrored.shape, mirrored.dtype) == ((15, 6, 5, 3), np.float32)
    kinds = {"as it is" if (one == picture).all() else "mirrored" for one in mirrored}
    assert all((one == picture).all() or (one == picture[:, ::-1]).all() for one in mirrored)
    assert kinds == {"as it is", "mirrored"}
    again = augmented_versions(picture, AugmentSettings(horizontal_flip=True), (0.0, 255.0), seed=3)
    assert (again == mirrored).all()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0, 255], dtype=np.uint8), (0.0, 255.0)),
        (np.array([0.0, 1.0]), (0.0, 1.0)),
        (np.array([-0.9, 1.0]), (-1.0, 1.0)),
        (np.array([0.0, 254.0]), (0.0, 255.0)),
        (np.array([-7.0, 300.0]), (-7.0, 300.0)),
        (np.array([np.nan, 0.5]), (0.0, 1.0)),
    ],
)
def test_the_value_range_is_guessed_from_dtype_and_values(values: Images, expected: tuple[float, float]) -> None:
    assert guess_value_range(values) == expected


def test_values_are_brought_to_bytes_and_what_is_not_finite_is_black() -> None:
    image = np.array([[[-1.0], [0.0], [1.0], [2.0], [np.nan]]])
    assert as_bytes(image, (-1.0, 1.0)).ravel().tolist() == [0, 128, 255, 255, 0]


def test_infinities_are_the_ends_of_the_range_and_bytes_have_a_range_too() -> None:
    assert as_bytes(np.array([[[np.inf], [-np.inf], [0.999], [0.25]]]), (0.0, 1.0)).ravel().tolist() == [
        255,
        0,
        255,
        64,
    ]
    assert as_bytes(np.array([[[0], [8], [16]]], np.uint8), (0.0, 16.0)).ravel().tolist() == [0, 128, 255]


def test_pixel_art_is_enlarged_by_a_whole_factor_where_it_is_wanted() -> None:
    def shown(height: int, width: int, **how: bool) -> tuple[str, tuple[int, int]]:
        content, _ = thumbnail(np.zeros((height, width, 1), np.uint8), (0.0, 255.0), **how)
        with Image.open(io.BytesIO(content)) as image:
            return str(image.format), image.size

    assert shown(28, 20) == ("PNG", (80, 112))  # four times: 112 pixels at most
    assert shown(30, 30) == ("PNG", (90, 90))
    assert shown(28, 20, enlarged=False) == ("PNG", (20, 28))
    assert shown(64, 10) == ("PNG", (10, 64))
    assert shown(65, 10) == ("JPEG", (10, 65))


def test_photographs_become_small_jpegs_and_keep_their_shape() -> None:
    content, suffix = thumbnail(np.full((300, 150, 3), 90, dtype=np.uint8), (0.0, 255.0))
    assert suffix == ".jpg"
    with Image.open(io.BytesIO(content)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (80, 160))


def test_a_fourth_channel_is_not_shown() -> None:
    content, _ = thumbnail(np.full((4, 4, 4), 7, dtype=np.uint8), (0.0, 255.0))
    with Image.open(io.BytesIO(content)) as shown:
        assert shown.mode == "RGB"
