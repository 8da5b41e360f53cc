"""Small copies of public data sets open as they should, or are refused or asked about with the words that help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.expected import EXPECTED
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses
from tests.contracts.public_layouts.record import record_of, record_of_error, recorded

from onelook.commands.inspect import inspect_data
from onelook.data.dataset import Dataset
from onelook.data.prepare import prepare
from onelook.errors import DataError, OnelookError
from onelook.inspection.inspection import Inspection


@pytest.fixture(autouse=True)
def _own_cache_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are looked for in all entries of the cache: those of 200 other data sets took most of the time."""
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


def _of_kind(kind: type[Opens | Asks | Refuses]) -> pytest.MarkDecorator:
    """Run a test on each data set whose outcome is of this kind."""
    chosen = [pytest.param(draw, right, id=draw.__name__) for draw, right in EXPECTED if isinstance(right, kind)]
    return pytest.mark.parametrize(("draw", "right"), chosen)


def _drawn(tmp_path: Path, draw: Draw, file: str) -> Path:
    place = Place(tmp_path / "set")
    draw(place)
    return place.root / file


def _unsaid(text: str, words: tuple[str, ...]) -> list[str]:
    """Return the patterns that the text lacks; line breaks are no matter, nor is letter case."""
    flat = " ".join(text.split())
    return [each for each in words if not re.search(each, flat, re.IGNORECASE)]


def _assert_as_recorded(answer: dict[str, Any], draw: Draw, right: Opens | Asks | Refuses) -> None:
    """Compare all that is known of a data set with what is kept, field by field, so that the message can be read."""
    kept = recorded(draw, right.file)
    for field in answer.keys() | kept.keys():
        assert answer.get(field) == kept.get(field), f"{field}: if this is meant, see record.py"


def _labelled(dataset: Dataset) -> dict[str, int]:
    return {name: len(part) for name, part in dataset.parts.items() if part.labels is not None}


@_of_kind(Opens)
def test_a_public_layout_opens_without_a_question(tmp_path: Path, draw: Draw, right: Opens) -> None:
    found = inspect_data(_drawn(tmp_path, draw, right.file))
    _assert_as_recorded(record_of(found, tmp_path / "set"), draw, right)
    dataset = found.dataset
    assert sorted(dataset.class_names) == sorted(right.classes)
    assert _labelled(dataset) == dict(right.rows)
    assert {name: len(part) for name, part in dataset.parts.items() if part.labels is None} == dict(right.unlabelled)
    said = "\n".join([*dataset.notes, *(finding.message for finding in found.findings)])
    assert not _unsaid(said, right.says), said
    assert _groups(dataset) == right.groups
    assert found.reading.ledger.counts()["quarantined"] == right.left_out
    if right.is_bright_at_top:
        _assert_upright(found)
    if right.shows_difference:
        _assert_classes_differ(found)
    if right.keeps_small_classes:
        _assert_all_classes_train(found)
    if not right.classes:
        with pytest.raises(DataError):
            prepare(dataset, found.decode, val=0.2, seed=0)


def _groups(dataset: Dataset) -> int:
    """The number of groups of two pictures or more in the pool."""
    groups = dataset.pool.groups
    if groups is None:
        return 0
    _, counts = np.unique(groups[groups >= 0], return_counts=True)
    return int((counts > 1).sum())


def _assert_upright(found: Inspection) -> None:
    for part in found.reading.parts.values():
        images = np.asarray(part.images, float)
        top, left = images[:, : images.shape[1] // 4], images[:, :, : images.shape[2] // 4]
        assert top.mean() > 2 * left.mean()


def _assert_classes_differ(found: Inspection) -> None:
    """Where the second class has something, its mean differs from the first by a sixteenth of the range at least."""
    pool = found.reading.pool
    images, labels = np.asarray(pool.images, float), np.asarray(pool.labels)
    first, second = (images[labels == k].mean(axis=0) for k in (0, 1))
    low, high = pool.value_range
    assert np.quantile(np.abs(first - second), 0.8) > (high - low) / 16


def _assert_all_classes_train(found: Inspection) -> None:
    split = prepare(found.dataset, found.decode, val=0.2, seed=0).split
    assert set(np.unique(split.train.labels)) == set(np.unique(found.dataset.pool.labels))


@_of_kind(Asks)
def test_a_public_layout_with_two_meanings_is_asked_about(tmp_path: Path, draw: Draw, right: Asks) -> None:
    with pytest.raises(OnelookError) as caught:
        inspect_data(_drawn(tmp_path, draw, right.file))
    _assert_as_recorded(record_of_error(caught.value, tmp_path / "set"), draw, right)
    assert caught.value.exit_code == 2
    assert len(caught.value.options) > 1
    assert not _unsaid(str(caught.value), right.offers), str(caught.value)


@_of_kind(Refuses)
def test_what_is_no_classification_is_refused_by_its_name(tmp_path: Path, draw: Draw, right: Refuses) -> None:
    with pytest.raises(OnelookError) as caught:
        inspect_data(_drawn(tmp_path, draw, right.file))
    _assert_as_recorded(record_of_error(caught.value, tmp_path / "set"), draw, right)
    assert caught.value.exit_code == 3
    assert not _unsaid(str(caught.value), right.says), str(caught.value)
