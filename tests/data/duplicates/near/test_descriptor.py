"""Amplitudes of low frequencies: what changes them and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.data.duplicates.near.descriptor import amplitudes, even_out, num_amplitudes

NOISE = np.random.Generator(np.random.PCG64(0)).uniform(0, 255, (50, 28, 28)).astype(np.float32)


def test_gain_and_offset_change_nothing() -> None:
    assert amplitudes(0.3 * NOISE + 20) == pytest.approx(amplitudes(NOISE), abs=1e-4)


def test_a_copy_shifted_by_a_pixel_stays_the_nearest() -> None:
    apart = np.linalg.norm(amplitudes(NOISE)[:, None] - amplitudes(np.roll(NOISE, 1, axis=2))[None], axis=2)
    assert apart.argmin(axis=1).tolist() == list(range(50))


def test_each_frequency_counts_once() -> None:
    # Of 9 × 9 pixels all waves but the constant: 80 in conjugate pairs, of which the window lets those to 8.5 through.
    assert amplitudes(NOISE[:1, :9, :9]).shape == (1, 40)
    # Of an even side the last column is its own conjugate: of its waves up and down one of each two counts as well.
    found = np.sort(amplitudes(NOISE[:1, :12, :12])[0])
    assert (np.diff(found) > 1e-6).all()
    # Of 28 × 28 those within the circle of radius 8.5: 224 whole-numbered points but the centre, in pairs.
    within = sum(0 < y * y + x * x <= 8.5**2 for y in range(-14, 14) for x in range(-14, 14))
    assert amplitudes(NOISE[:1]).shape == (1, within // 2) == (1, num_amplitudes(28, 28))


def test_a_blank_picture_has_no_amplitudes_and_the_others_length_one() -> None:
    found = amplitudes(np.concatenate([NOISE[:2], np.full((1, 28, 28), 128, np.float32)]))
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 0], abs=1e-5)


def test_evened_out_values_are_centred_and_of_one_spread_where_they_vary() -> None:
    found = np.random.Generator(np.random.PCG64(1)).normal(size=(9_000, 3)) * [1, 2, 0] + 5  # more rows than one block
    spread = found.std(axis=0)
    wanted = (found - found.mean(axis=0)) / (spread + 0.3 * spread.mean())
    evened = found.astype(np.float32)
    even_out(evened)
    assert evened == pytest.approx(wanted, abs=1e-4)
    assert not evened[:, 2].any()
