"""The search for a batch size, on GPUs that are tables of numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from onelook.errors import ConfigError
from onelook.training.find_batch_size import FoundBatchSize, Trial, search_batch_size


def gpu(*, fastest_from: int, fits_to: int) -> Callable[[int], Trial | None]:
    """Pictures a second grow with the batch up to a size, and memory with it: a tenth is free at `fits_to`."""

    def try_size(size: int) -> Trial | None:
        share = 0.9 * size / fits_to
        return None if share > 1 else Trial(100.0 * min(size, fastest_from), share)

    return try_size


def found(try_size: Callable[[int], Trial | None], first: int = 32, largest: int = 4096) -> FoundBatchSize:
    return search_batch_size(try_size, first=first, largest=largest)


def sizes(result: FoundBatchSize) -> list[int]:
    return [size for size, _ in result.trials]


def test_it_doubles_until_that_pays_no_more():
    result = found(gpu(fastest_from=256, fits_to=4096))
    assert result.batch_size == 256
    assert sizes(result) == [32, 64, 128, 256, 512]
    assert result.reason == (
        "25,600 pictures a second with 6 % of the GPU's memory; 512 are hardly faster (25,600 pictures a second)"
    )


def test_it_doubles_until_a_tenth_of_the_memory_is_left():
    result = found(gpu(fastest_from=9999, fits_to=128))
    assert result.batch_size == 128
    assert "256 do not fit with a tenth to spare" in result.reason
    assert result.trials[-1] == (256, None)


def test_what_fits_without_a_tenth_to_spare_is_not_taken():
    shares = {32: 0.4, 64: 0.89, 128: 0.95}
    assert found(lambda size: Trial(size * 10.0, shares[size])).batch_size == 64


def test_four_percent_more_do_not_pay_and_six_do():
    speeds = {32: 100.0, 64: 106.0, 128: 110.0}
    assert found(lambda size: Trial(speeds[size], 0.1)).batch_size == 64


def test_an_epoch_keeps_its_steps():
    result = found(gpu(fastest_from=9999, fits_to=9999), largest=200)
    assert result.batch_size == 128
    assert "of larger ones an epoch would have too few" in result.reason


@pytest.mark.parametrize(("first", "begins_at"), [(100, 64), (64, 64), (1, 1), (5000, 512)])
def test_it_begins_at_a_power_of_two(first, begins_at):
    assert sizes(found(gpu(fastest_from=1, fits_to=9999), first=first, largest=1000))[0] == begins_at


def test_where_the_first_does_not_fit_it_is_halved():
    result = found(gpu(fastest_from=9999, fits_to=10), first=64)
    assert result.batch_size == 8
    assert sizes(result) == [64, 32, 16, 8]
    assert result.reason.endswith("; 16 do not fit")


def test_where_nothing_fits_it_says_what_to_try():
    with pytest.raises(ConfigError, match="not even one picture at a time.*--image-size or --model"):
        found(lambda _: None, first=4)
