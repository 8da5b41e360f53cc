"""Decode all parts of a data set: readable and unreadable pictures, and which pictures are copies."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset, ReadPart, require_pool
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.duplicates.exact import (
    DIGEST_BYTES,
    Digests,
    digest_pictures,
    first_of_groups,
    group_digests,
    in_hexadecimal,
)
from onelook.data.duplicates.near.groups import group_near
from onelook.data.duplicates.near.pairs import NearPair, near_pairs
from onelook.data.ids import take_ids
from onelook.data.ledger import Ledger, LedgerPart
from onelook.data.part import Part
from onelook.data.pictures.protocol import BYTE_RANGE, Decoded, OnProgress, UnreadablePictureError, progress_from
from onelook.data.splits.followed import RowsNow, SplitChanges, follow_split
from onelook.data.splits.given import SIDES, GivenSplit, Side
from onelook.errors import DataError
from onelook.heap import give_back_memory
from onelook.settings import DecodeSettings


@dataclass(frozen=True)
class Reading:
    """A decoded data set."""

    class_names: tuple[str, ...]
    parts: Mapping[str, ReadPart]
    ledger: Ledger
    near_pairs: tuple[NearPair, ...] = ()  # confirmed on pixels, the surest first; exact copies are not listed
    # The hash of each readable picture, by part, and the decoding before it: that of the run whose split is followed.
    # Zeros for a picture that cannot be decoded that way.
    hashes: Mapping[str, Digests] = field(default_factory=dict)
    hashed_as: DecodeSettings | None = None
    changes: SplitChanges | None = None  # since the run whose split is followed; None if none is, or nothing changed

    @property
    def pool(self) -> ReadPart:
        """The training part, as in `Dataset`."""
        return self.parts[require_pool(self.parts)]


def read_dataset(
    dataset: Dataset,
    decode: DecodeSettings,
    *,
    strict: bool = False,
    given: GivenSplit | None = None,
    on_progress: OnProgress | None = None,
) -> Reading:
    """Decode every part (or read it from the cache), quarantine unreadable pictures, and find copies.

    Args:
        strict: stop at the first unreadable picture; the cache keeps the pictures that were decoded before it.
        given: a given split; exact copies that it puts on two sides are both used.
        on_progress: called with the number of decoded pictures of all parts; then from 0 again with the number that
            were compared for near copies, unless the cache has these.

    Raises:
        DataError: no picture of a part can be read; or, if `strict`, some cannot; or the given split does not fit.
    """
    # A wrong split is refused before hours of reading, but the split of changed data is followed by the pixels.
    follows = given is not None and given.is_of_other_data(dataset)
    sides = None if given is None or follows else given.sides(dataset)
    if strict and dataset.set_aside:
        raise _strict_error(*next(iter(dataset.set_aside.items())))
    decoded: dict[str, Decoded] = {}
    before = 0
    measured = choose_decode_settings(dataset)  # not `decode`, so that every model has the same findings
    for name, part in dataset.parts.items():
        told = progress_from(before, dataset.rows, on_progress)
        try:
            decoded[name] = part.pictures.decode(decode, told, strict=strict, measured=measured)
        except UnreadablePictureError as problem:
            raise _strict_error(part.ids[problem.position], problem.reason) from problem
        before += len(part)
    if on_progress is not None:  # a part from the cache reported nothing
        on_progress(dataset.rows, dataset.rows)
    give_back_memory()  # of opening and decoding, a quarter of a kilobyte a picture, before near copies are looked for
    digests = {name: digest_pictures(part.images) for name, part in decoded.items()}
    groups = group_digests(list(digests.values()))
    fingerprints = [hashlib.sha256(of_part.data).hexdigest() for of_part in digests.values()]
    pairs = near_pairs([part.images for part in decoded.values()], groups, fingerprints, on_progress)
    # Part by part: two training pictures that resemble the same test picture are not linked by it, because the test
    # set must not influence which pictures validate.
    near_groups = [group_near([of_part], pairs[np.isin(pairs, of_part).all(axis=1)])[0] for of_part in groups]
    hashed_as, hashes = _hashes(dataset, decode, decoded, digests, given)
    followed: dict[str, Side] = {}
    changes = None
    if given is not None and follows:
        followed, changes = follow_split(given, _rows_now(dataset, decoded, hashes), dataset.name)
    parts = {}
    for name, of_part, near, fingerprint in zip(decoded, groups, near_groups, fingerprints, strict=True):
        part, labels = dataset.parts[name], dataset.parts[name].labels
        kept = decoded[name].kept
        side = followed.get(name)
        if given is not None and sides is not None:
            side = given.complete(part, kept, sides[name], of_part, None if labels is None else labels[kept])
        parts[name] = _read_part(
            part, decoded[name], of_part, near, len(dataset.class_names), side=side, fingerprint=fingerprint
        )
    found = [_ledger_part(dataset.parts[name], decoded[name], read) for name, read in parts.items()]
    ledger = Ledger(found, dataset.set_aside, dataset.dropped, dataset.relabelled)
    pairs_of_rows = _near_pairs(list(parts), groups, pairs)
    return Reading(dataset.class_names, parts, ledger, pairs_of_rows, hashes, hashed_as, changes)


def _hashes(
    dataset: Dataset,
    decode: DecodeSettings,
    decoded: Mapping[str, Decoded],
    digests: Mapping[str, Digests],
    given: GivenSplit | None,
) -> tuple[DecodeSettings, Mapping[str, Digests]]:
    """Return the hash of each readable picture by part, and the settings with which it was decoded for it.

    Where the split of a run is given, these are its settings, so that pictures of all runs that follow it, whatever
    their size, have comparable hashes.
    """
    earlier = None if given is None else given.earlier
    if earlier is None or earlier.decode == decode:
        return decode, digests
    hashes = {}
    for name, part in dataset.parts.items():
        again = part.pictures.decode(earlier.decode)
        of_position = np.zeros((len(part), DIGEST_BYTES), np.uint8)
        of_position[again.kept] = digest_pictures(again.images)
        hashes[name] = of_position[decoded[name].kept]
    return earlier.decode, hashes


def _rows_now(dataset: Dataset, decoded: Mapping[str, Decoded], hashes: Mapping[str, Digests]) -> dict[str, RowsNow]:
    rows = {}
    for name, part in dataset.parts.items():
        kept = decoded[name].kept
        labels = None if part.labels is None else [dataset.class_names[label] for label in part.labels[kept]]
        rows[name] = RowsNow(take_ids(part.ids, kept), in_hexadecimal(hashes[name]), labels)
    return rows


def _near_pairs(
    names: Sequence[str], groups: Sequence[NDArray[np.int64]], pairs: NDArray[np.int64]
) -> tuple[NearPair, ...]:
    """Return pairs of groups as pairs of rows: the first row of each group."""
    if not len(pairs):
        return ()
    part_of, row_of = first_of_groups(groups)
    return tuple(
        NearPair(names[part_of[one]], int(row_of[one]), names[part_of[other]], int(row_of[other]))
        for one, other in pairs.tolist()
    )


def _read_part(
    part: Part,
    decoded: Decoded,
    groups: NDArray[np.int64],
    near_groups: NDArray[np.int64],
    num_classes: int,
    *,
    side: Side | None,
    fingerprint: str,
) -> ReadPart:
    labels = None if part.labels is None else part.labels[decoded.kept]
    copy_of = np.full(len(groups), -1, np.int64)
    if labels is not None:
        keys = groups * max(num_classes, 1) + labels
        if side is not None:
            keys = keys * len(SIDES) + np.searchsorted(np.sort(SIDES), side)
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        first_of_row = first[inverse.reshape(-1)]
        is_copy = first_of_row != np.arange(len(groups))
        copy_of[is_copy] = first_of_row[is_copy]
    return ReadPart(
        name=part.name,
        images=decoded.images,
        ids=take_ids(part.ids, decoded.kept),
        labels=labels,
        groups=groups,
        near_groups=near_groups,
        copy_of=copy_of,
        found=len(part),
        found_classes=frozenset() if part.labels is None else frozenset(np.unique(part.labels).tolist()),
        quarantined={part.ids[position]: reason for position, reason in decoded.quarantined.items()},
        given_groups=None if part.groups is None else part.groups[decoded.kept],
        group_names=part.group_names,
        given_side=side,
        sizes=decoded.sizes,
        grey=decoded.grey,
        measures=decoded.measures,
        unresized=decoded.unresized,
        value_range=BYTE_RANGE if decoded.images.dtype == np.uint8 else part.pictures.facts().value_range,
        fingerprint=fingerprint,
    )


def _ledger_part(part: Part, decoded: Decoded, read: ReadPart) -> LedgerPart:
    copies = np.flatnonzero(read.copy_of >= 0)
    copy_of = np.full(len(part), -1, np.int64)
    copy_of[decoded.kept[copies]] = decoded.kept[read.copy_of[copies]]
    return LedgerPart(part.ids, copy_of, decoded.quarantined)


def _strict_error(picture_id: str, reason: str) -> DataError:
    return DataError(
        f"--strict: '{picture_id}' cannot be read: {reason}. "
        "Replace or remove it, or leave out --strict to train without such pictures."
    )
