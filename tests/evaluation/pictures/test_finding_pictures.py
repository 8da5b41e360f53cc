"""Thumbnails of what the checks name: the right pictures, few enough, and words where there is no picture."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.data.reading import Reading, read_dataset
from onelook.evaluation.pictures.finding_pictures import draw_findings, write_finding_pictures
from onelook.evaluation.pictures.index import FindingsIndex
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter, thumbnail
from onelook.settings import DecodeSettings


@dataclass(frozen=True)
class Named:
    check: str = "dark"
    split: str = "train"
    ids: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


LEVELS = {"cat": range(0, 100, 5), "dog": range(100, 200, 5)}


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """20 grey pictures of each class, of one level each, so that a thumbnail says which it is; one is damaged."""
    root = tmp_path / "pets"
    for class_name, levels in LEVELS.items():
        (root / class_name).mkdir(parents=True)
        for level in levels:
            Image.new("L", (8 + level, 6), level).save(root / class_name / f"{level}.png")
    (root / "dog" / "cut.png").write_bytes(b"\x89PNG and then nothing")
    return read_dataset(open_dataset(root), DecodeSettings(height=6, width=8, channels=1))


def draw(reading: Reading, *findings: Named) -> tuple[FindingsIndex, dict[str, bytes]]:
    kept: dict[str, bytes] = {}
    writer = ThumbnailWriter(lambda name, content: kept.update({name: content}), (0.0, 255.0))
    return FindingsIndex(findings=draw_findings(findings, reading, writer)), kept


def level_of(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as image:
        return int(np.asarray(image)[0, 0])


def test_shows_the_pictures_that_are_named_in_their_order(reading: Reading) -> None:
    index, kept = draw(reading, Named(ids=("dog/105.png", "cat/40.png")))
    (found,) = index.findings
    assert [(one.id, one.label) for one in found.pictures] == [("dog/105.png", "dog"), ("cat/40.png", "cat")]
    assert [level_of(kept[one.file]) for one in found.pictures if one.file] == [105, 40]
    assert [one.size for one in found.pictures] == [(6, 113), (6, 48)]


def test_pairs_stand_side_by_side_and_take_the_place_of_single_pictures(reading: Reading) -> None:
    index, kept = draw(reading, Named(ids=("cat/5.png",), pairs=(("cat/5.png", "dog/110.png"),)))
    (found,) = index.findings
    assert found.pictures == ()
    ((one, twin),) = found.pairs
    assert [level_of(kept[picture.file]) for picture in (one, twin) if picture.file] == [5, 110]
    assert (one.label, twin.label) == ("cat", "dog")


def test_what_cannot_be_read_has_its_reason_and_no_file(reading: Reading) -> None:
    index, kept = draw(reading, Named("unreadable", ids=("dog/cut.png",)))
    (picture,) = index.findings[0].pictures
    assert picture.file is None
    assert picture.note
    assert kept == {}


def test_a_finding_shows_at_most_twelve_pictures_or_eight_pairs(reading: Reading) -> None:
    ids = tuple(f"cat/{level}.png" for level in LEVELS["cat"])
    twins = tuple((f"cat/{level}.png", f"dog/{level + 100}.png") for level in LEVELS["cat"])
    index, kept = draw(reading, Named(ids=ids), Named("duplicates", ids=ids, pairs=twins))
    assert [len(one.pictures) for one in index.findings] == [12, 0]
    assert [len(one.pairs) for one in index.findings] == [0, 8]
    assert len(kept) == 12 + 8  # the eight cats of the pairs are among the twelve, and are kept once


def test_a_remark_stands_with_the_finding_that_it_belongs_to(reading: Reading) -> None:
    kept: dict[str, bytes] = {}
    writer = ThumbnailWriter(kept.__setitem__, (0.0, 255.0))
    named = (Named("dark", ids=("cat/5.png",)), Named("label-errors", ids=("cat/5.png",)))
    dark, wrong = draw_findings(named, reading, writer, {"label-errors": {"cat/5.png": "looks like dog"}})
    assert [one.pictures[0].note for one in (dark, wrong)] == ["", "looks like dog"]
    assert len(kept) == 1


def test_all_findings_together_have_an_end(reading: Reading) -> None:
    ids = tuple(f"cat/{level}.png" for level in LEVELS["cat"])
    index, _ = draw(reading, *(Named(f"check-{number}", ids=ids) for number in range(50)))
    assert sum(len(one.pictures) for one in index.findings) == 240
    assert len(index.findings) == 20


def test_pairs_count_as_two_of_what_all_findings_may_show(reading: Reading) -> None:
    ids = tuple(f"cat/{level}.png" for level in LEVELS["cat"])
    twins = tuple((f"cat/{level}.png", f"dog/{level + 100}.png") for level in LEVELS["cat"])
    pairs = [Named(f"pairs-{number}", pairs=twins) for number in range(13)]  # of 16 pictures each
    index, _ = draw(reading, *pairs, Named(ids=ids[:5]), *pairs, Named("last", ids=ids))
    assert [len(one.pairs) for one in index.findings] == [8] * 13 + [0, 8, 5, 0]
    assert [len(one.pictures) for one in index.findings] == [0] * 13 + [5, 0, 0, 1]


def test_pairs_that_are_no_longer_shown_leave_their_place_to_nobody(reading: Reading) -> None:
    ids = tuple(f"cat/{level}.png" for level in LEVELS["cat"])
    full = [Named(f"check-{number}", ids=ids) for number in range(19)]  # of twelve pictures each
    pairs = Named("pairs", ids=ids, pairs=((ids[0], ids[1]),))
    index, _ = draw(reading, *full, Named("eleven", ids=ids[:11]), pairs, Named("last", ids=ids))
    assert [one.check for one in index.findings][-2:] == ["eleven", "last"]  # one was left, and no pair fits
    assert len(index.findings[-1].pictures) == 1


def test_a_remark_stands_beside_its_picture_in_its_check_alone(reading: Reading) -> None:
    ids = ("cat/5.png", "dog/100.png", "dog/cut.png", "cat/10.png")
    writer = ThumbnailWriter(lambda name, content: None, (0.0, 255.0))
    remarks = {"label-errors": {"dog/100.png": "looks like cat", "dog/cut.png": "not seen"}, "dark": {"gone.png": "x"}}
    drawn = draw_findings((Named("label-errors", ids=ids), Named("dark", ids=ids)), reading, writer, remarks)
    why = reading.parts["all"].quarantined["dog/cut.png"]
    assert [[(one.id, one.note) for one in each.pictures] for each in drawn] == [
        list(zip(ids, ("", "looks like cat", "not seen", ""), strict=True)),
        list(zip(ids, ("", "", why, ""), strict=True)),
    ]


def test_a_finding_about_classes_has_no_pictures(reading: Reading) -> None:
    assert draw(reading, Named("imbalance"))[0].findings == ()


def test_a_folder_holds_the_index_and_what_it_names(reading: Reading, tmp_path: Path) -> None:
    evidence = tmp_path / "run" / "evidence"
    written = write_finding_pictures(evidence, [Named(ids=("cat/0.png", "cat/5.png"))], reading, (0.0, 255.0))
    folder = evidence / "findings"
    index = FindingsIndex.model_validate(json.loads((folder / "evidence.json").read_text(encoding="utf-8")))
    assert index == written
    named = {one.file for one in index.findings[0].pictures}
    assert {path.name for path in folder.iterdir()} == named | {"evidence.json"}


def test_a_stretched_picture_gets_its_shape_back() -> None:
    square = np.full((128, 128, 3), 90, np.uint8)
    shapes = {(100, 200): (160, 80), (300, 100): (53, 160), (1, 900): (160, 27), (50, 50): (128, 128)}
    for original, expected in shapes.items():
        content, _ = thumbnail(
            np.resize(square, (160, 160, 3)) if original != (50, 50) else square, (0.0, 255.0), original=original
        )
        with Image.open(io.BytesIO(content)) as shown:
            assert shown.size == expected, original


def test_a_shape_that_is_off_by_no_more_than_rounding_is_left_and_none_is_shown_larger_than_it_may_be() -> None:
    def shown(side: int, original: tuple[int, int]) -> tuple[int, int]:
        content, _ = thumbnail(np.full((side, side, 3), 90, np.uint8), (0.0, 255.0), original=original)
        with Image.open(io.BytesIO(content)) as image:
            return image.size

    assert shown(128, (98, 100)) == (128, 128)  # two in a hundred
    assert shown(128, (97, 100)) == (128, 124)
    assert shown(128, (100, 97)) == (124, 128)
    assert shown(300, (100, 200)) == (160, 80)
    assert shown(100, (100, 200)) == (100, 50)
