"""What is said of pictures that a model has learnt: each set with its own figures."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.data.duplicates.test_find_copies import drawn

from onelook.classifier.picture_list import PictureList, SeenPictures
from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError
from onelook.runs.learnt_before import LearntBefore, _on_its_list, refuse_unless_forced, what_it_learnt


class Side(tuple[str, ...]):
    """Pictures of which the ids alone are looked at."""

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self)


def split_of(val: int, test: int) -> Any:
    """Validation pictures from 100 on, and test pictures from 200 on."""
    sides = [Side(str(first + number) for number in range(rows)) for rows, first in ((val, 100), (test, 200))]
    return SimpleNamespace(val=sides[0], test=sides[1], fingerprint="of this split")


@pytest.mark.parametrize(("exact", "near", "is_clean"), [(0, 0, True), (0, 1, True), (0, 2, False), (1, 0, False)])
@pytest.mark.parametrize("side", [0, 1])
def test_one_near_copy_in_a_hundred_may_be_chance_and_an_exact_one_is_none(
    side: int, exact: int, near: int, is_clean: bool
) -> None:
    pictures: Any = SimpleNamespace(images=None, rows=None, ids=[f"picture {row}" for row in range(100)])
    rows = np.arange(100)
    known: Any = SimpleNamespace(
        fingerprint=lambda *_, value_range: value_range,
        find=lambda _, *, only_trained: SeenPictures(rows < exact, (rows >= 50) & (rows < 50 + near)),
    )
    sides: list[Any] = [None, None]
    sides[side] = pictures
    found = _on_its_list(known, SimpleNamespace(val=sides[0], test=sides[1]), (0.0, 1.0))  # type: ignore[arg-type]
    ids = tuple(["picture 0"][:exact] + ["picture 50", "picture 51"][:near])
    assert (found.is_clean, found.val, found.test) == (is_clean, *((ids, ()) if side == 0 else ((), ids)))


LEARNT = LearntBefore(False, "it was trained on this data with another split", ("100",), ("200", "203"))


def test_each_set_is_counted_by_itself() -> None:
    caution = LEARNT.caution(Path("runs/a"), split_of(7, 30))
    assert caution is not None
    assert "1 of the 7 pictures that validate here and on 2 of the 30 pictures that test here" in caution
    assert LEARNT.to_dict()["learnt"] == {"val": 1, "test": 2}
    assert LearntBefore(False, "so", None, ()).to_dict()["learnt"] == {"val": None, "test": 0}
    start: Any = SimpleNamespace(path=Path("runs/a"), run=None)
    with pytest.raises(ConfigError) as refused:
        refuse_unless_forced(start, LEARNT, split_of(7, 30), force=False)
    assert "1 of the 7 pictures that would validate (" in str(refused.value)
    assert "2 of the 30 pictures that would test (" in str(refused.value)
    refuse_unless_forced(start, LEARNT, split_of(7, 30), force=True)


@pytest.mark.parametrize(
    ("trained", "is_clean", "val", "test"),
    [
        (("train/1", "2"), True, (), ()),
        (("train/100", "2"), False, ("100",), ()),
        (("201",), False, (), ("201",)),
    ],
)
def test_ids_are_the_same_with_and_without_their_part_and_only_those_that_were_trained_on_count(
    trained: tuple[str, ...], is_clean: bool, val: tuple[str, ...], test: tuple[str, ...], tmp_path: Path
) -> None:
    rows = [*(f"{each},train,a" for each in trained), "val/101,val,a", "test/202,test,a", "102,val,a"]
    (tmp_path / "split.csv").write_text("\n".join(["id,split,class", *rows, ""]))
    run = SimpleNamespace(split_csv=tmp_path / "split.csv")
    card = SimpleNamespace(training={"split_fingerprint": "of another"})
    start: Any = SimpleNamespace(card=card, data="d", run=run, path=tmp_path, pictures=None)
    dataset: Any = SimpleNamespace(sources=("d",))
    found = what_it_learnt(start, dataset, split_of(5, 5))
    assert (found.is_clean, found.val, found.test) == (is_clean, val, test)


def test_data_that_was_trained_on_and_now_judges_is_told_wherever_it_stands() -> None:
    card = SimpleNamespace(training={"split_fingerprint": "of another", "data": "photos"})
    start: Any = SimpleNamespace(card=card, data="d", run=None, path=Path(), pictures=None)
    for sources, is_clean in ((("x", "d"), False), (("x", "y", "d"), False), (("x", "y"), None), (("d",), False)):
        dataset: Any = SimpleNamespace(sources=sources)
        assert what_it_learnt(start, dataset, split_of(5, 5)).is_clean is is_clean


@pytest.mark.parametrize(("copies", "is_clean"), [(0, True), (1, True), (2, False)])
def test_a_few_near_copies_refuse_nothing_and_are_named(copies: int, is_clean: bool) -> None:
    """One of 150 pictures may resemble a training picture by chance; two are more than a hundredth."""
    images = drawn(160)
    train = image_set(images[:10])
    val = images[10:].copy()
    val[:copies] = images[:copies] // 10 * 9  # darker copies
    start: Any = SimpleNamespace(
        card=SimpleNamespace(training={}, value_range=(0.0, 255.0)),
        data="d",
        run=None,
        path=Path(),
        pictures=PictureList.of(train, None),
    )
    split: Any = SimpleNamespace(val=image_set(val), test=None, fingerprint="of this split")
    dataset: Any = SimpleNamespace(sources=("x",))
    found = what_it_learnt(start, dataset, split)
    assert (found.is_clean, found.val) == (is_clean, tuple(map(str, range(copies))))


@pytest.mark.parametrize(
    ("in_val", "in_test", "validated_before", "is_clean"),
    [
        ((), (), (), True),
        ((3,), (), (), False),
        ((), (4,), (), False),
        ((3,), (4, 5), (), False),
        ((), (), (6,), True),  # what only validated before was not trained on
    ],
)
def test_both_sets_are_looked_for_on_the_list_of_training_pictures(
    in_val: tuple[int, ...], in_test: tuple[int, ...], validated_before: tuple[int, ...], is_clean: bool
) -> None:
    images = drawn(40)
    known = PictureList.of(image_set(images[:6]), image_set(images[6:8]))
    val = np.concatenate([images[[*in_val, *validated_before]], images[10:15]])
    test = np.concatenate([images[[*in_test]], images[20:28]])
    card = SimpleNamespace(training={}, value_range=(0.0, 255.0))
    start: Any = SimpleNamespace(card=card, data="d", run=None, path=Path(), pictures=known)
    split: Any = SimpleNamespace(val=image_set(val), test=image_set(test), fingerprint="of this split")
    dataset: Any = SimpleNamespace(sources=("x",))
    found = what_it_learnt(start, dataset, split)
    learnt = [tuple(map(str, range(len(rows)))) for rows in (in_val, in_test)]
    assert [found.is_clean, found.val, found.test] == [is_clean, *learnt]


@pytest.mark.parametrize(
    ("in_val", "before", "is_clean", "val", "why"),
    [
        (0, {"clean": True}, True, (), "none of its training pictures judges here"),
        (0, {"clean": None}, None, (), "it had been trained from a model of other data"),
        (0, {}, None, (), "it had been trained from a model of other data"),
        (0, {"clean": False}, False, None, "its own validation was not clean, because it was trained with --force"),
        (0, "runs/a", True, (), "none of its training pictures judges here"),
        # What is found here counts, whatever is known of earlier models.
        *(
            (1, {"clean": clean}, False, ("0",), "some of its training pictures would judge here")
            for clean in (True, None)
        ),
        (1, {"clean": False}, False, ("0",), "some of its training pictures would judge here"),
    ],
)
def test_what_an_earlier_model_had_learnt_counts_where_nothing_else_was_found(
    in_val: int, before: Any, is_clean: bool | None, val: tuple[str, ...] | None, why: str
) -> None:
    images = drawn(20)
    card = SimpleNamespace(training={"from": before}, value_range=(0.0, 255.0))
    known = PictureList.of(image_set(images[:6]), None)
    start: Any = SimpleNamespace(card=card, data="d", run=None, path=Path(), pictures=known)
    val_set = image_set(np.concatenate([images[:in_val], images[10:15]]))
    split: Any = SimpleNamespace(val=val_set, test=None, fingerprint="of this split")
    dataset: Any = SimpleNamespace(sources=("x",))
    found = what_it_learnt(start, dataset, split)
    assert (found.is_clean, found.val, found.why) == (is_clean, val, why)


def image_set(images: np.ndarray) -> ImageSet:
    return ImageSet(images, np.arange(len(images)), tuple(map(str, range(len(images)))), None)
