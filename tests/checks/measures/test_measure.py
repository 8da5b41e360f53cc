"""Measures of a whole part: in chunks, from the cache the second time, sizes beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from onelook.checks.measures import measure as module
from onelook.checks.measures.measure import measure_part
from onelook.data.dataset import ReadPart
from onelook.data.pictures.measures import measure_pixels

IMAGES = np.random.Generator(np.random.PCG64(0)).integers(0, 256, (50, 6, 5, 3), np.uint8)


def part(images: Any = IMAGES, fingerprint: str = "", **more: Any) -> ReadPart:
    rows = np.arange(len(images), dtype=np.int64)
    return ReadPart(
        name="all",
        images=images,
        ids=tuple(map(str, rows)),
        labels=None,
        groups=rows,
        near_groups=rows,
        copy_of=np.full(len(images), -1, np.int64),
        found=len(images),
        found_classes=frozenset(),
        quarantined={},
        fingerprint=fingerprint,
        **more,
    )


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


def never(*_: Any) -> Any:
    raise AssertionError("the pictures were measured again")


@pytest.mark.parametrize("chunk_bytes", [1, 500, 1 << 20])
def test_chunks_give_what_one_go_gives(chunk_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK_BYTES", chunk_bytes)
    expected = measure_pixels(IMAGES, (0.0, 255.0))
    found = measure_part(part())
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in expected.items()
    }


def test_what_was_measured_once_is_not_measured_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = measure_part(part(fingerprint="a"))
    monkeypatch.setattr(module, "measure_pixels", never)
    again = measure_part(part(fingerprint="a"))
    assert {name: values.tolist() for name, values in again.items()} == {
        name: values.tolist() for name, values in first.items()
    }


@pytest.mark.parametrize("other", [{"fingerprint": "b"}, {"value_range": (0.0, 1.0)}])
def test_other_pixels_or_another_range_are_measured_anew(
    other: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure_part(part(fingerprint="a"))
    monkeypatch.setattr(module, "measure_pixels", never)
    with pytest.raises(AssertionError, match="measured again"):
        measure_part(replace(part(fingerprint="a"), **other))


def test_a_new_version_of_the_measures_is_measured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    measure_part(part(fingerprint="a"))
    monkeypatch.setattr(module, "MEASURE_VERSION", -1)
    monkeypatch.setattr(module, "measure_pixels", never)
    with pytest.raises(AssertionError, match="measured again"):
        measure_part(part(fingerprint="a"))


def test_without_a_fingerprint_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    measure_part(part())
    other = measure_part(part(images=255 - IMAGES))
    assert other["darkest"].tolist() != measure_part(part())["darkest"].tolist()


def test_sizes_of_the_originals_stand_beside_the_measures_and_are_not_kept() -> None:
    sizes = np.stack([np.arange(50) + 1, np.arange(50) + 100], axis=1)
    assert "height" not in measure_part(part(fingerprint="a"))
    found = measure_part(part(fingerprint="a", sizes=sizes))
    assert found["height"].tolist() == sizes[:, 0].tolist()
    assert found["width"].tolist() == sizes[:, 1].tolist()


def test_no_pictures_have_no_measures() -> None:
    found = measure_part(part(images=IMAGES[:0], fingerprint="none"))
    assert {name: values.shape for name, values in found.items()}["entropy"] == (0,)


def test_an_array_that_was_resized_is_measured_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = measure_part(part())
    smaller = part(images=IMAGES[:, ::2, ::2], unresized=IMAGES, fingerprint="a")
    found = measure_part(smaller)
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in expected.items()
    }
    # Other arrays that a resize makes equal do not share what was kept.
    monkeypatch.setattr(module, "measure_pixels", never)
    with pytest.raises(AssertionError, match="measured again"):
        measure_part(replace(smaller, unresized=IMAGES[:, :4]))


@pytest.mark.parametrize("channels", [1, 3])
def test_what_was_measured_while_decoding_is_taken(channels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = IMAGES[..., :channels]
    measured = measure_pixels(copies, (0.0, 255.0))
    monkeypatch.setattr(module, "measure_pixels", never)
    # A model of grey pictures may be continued on coloured ones: their measures are still those of colour.
    found = measure_part(part(images=IMAGES[..., :1], measures=np.stack([*measured.values()], axis=1)))
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in measured.items()
    }
