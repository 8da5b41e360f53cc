"""`picture_list.safetensors`: the pictures that a model was trained and validated on, 64 bytes each.

The list has fingerprints, not pictures. With it, `onelook evaluate` and others find pictures that the model has seen,
whatever their files are called and wherever they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.tensors import checked_version, from_safetensors, to_safetensors
from onelook.data.dataset import ImageSet
from onelook.data.duplicates.exact import DIGEST_BYTES
from onelook.data.duplicates.find_copies import KnownPictures
from onelook.data.duplicates.fingerprints import (
    OUTLINE_BYTES,
    Fingerprints,
    fingerprint_pictures,
    join_fingerprints,
)
from onelook.data.pictures.protocol import BYTE_RANGE, Images
from onelook.errors import ModelError
from onelook.wording import listed

# Version 1: digests of the values unchanged; it is also written where all of them are uint8, whose digests are the
# same in both. Version 2: digests of values that were rounded to 8 bits.
LIST_VERSION = 2  # the newest version of the file that this code reads
_ROUNDED = 2  # the first version with such digests
_USUAL_RANGES = ((0.0, 1.0), (-1.0, 1.0), BYTE_RANGE)  # in others, 8 bits may be too few to tell pictures apart
TRAINED, VALIDATED = 0, 1  # how the model used a picture
_ROW_SHAPES = {
    "digests": ((DIGEST_BYTES,), np.uint8),
    "outlines": ((OUTLINE_BYTES,), np.int8),
    "uses": ((), np.uint8),
}


@dataclass(frozen=True, eq=False)
class SeenPictures:
    """Which of some pictures a model has seen, and how. Both are (rows,)."""

    exact: NDArray[np.bool_]  # equal pixels
    near: NDArray[np.bool_]  # an altered copy, and not equal pixels

    def by_kind(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the ids of the seen pictures by kind, `exact` and `near`; `ids` has one for each row."""
        return {
            kind: [ids[row] for row in np.flatnonzero(rows).tolist()]
            for kind, rows in (("exact", self.exact), ("near", self.near))
        }


@dataclass(frozen=True, eq=False, repr=False)
class PictureList:
    """The training and validation pictures of a model, in the order of their digests, which tells nothing."""

    fingerprints: Fingerprints
    uses: NDArray[np.uint8]  # (rows,): TRAINED or VALIDATED
    is_rounded: bool = False  # whether pictures of other values than uint8 were rounded to 8 bits

    def __len__(self) -> int:
        return len(self.uses)

    def __repr__(self) -> str:
        # Without the digests: a notebook would show them.
        trained = int((self.uses == TRAINED).sum())
        return f"PictureList({trained:,} trained on, {len(self) - trained:,} validated on)"

    @classmethod
    def of(
        cls,
        train: ImageSet,
        val: ImageSet | None,
        before: PictureList | None = None,
        value_range: tuple[float, float] = BYTE_RANGE,
    ) -> PictureList:
        """Return the list of these pictures.

        Args:
            train, val: the decoded pictures.
            before: the list of the model that training continued from; its pictures stay on the list.
            value_range: the lowest and highest value of a pixel. If it is a usual one, floats and other numbers are
                rounded to 8 bits, so that the same pictures are found as uint8, too.
        """
        is_rounded = train.images.dtype != np.uint8 and value_range in _USUAL_RANGES
        # All digests of a list are of one kind, so a list of an earlier version stays unchanged.
        is_rounded &= before is None or before.is_rounded
        eight_bits_of = value_range if is_rounded else None
        sets = [(train, TRAINED), *([] if val is None else [(val, VALIDATED)])]
        parts = [(fingerprint_pictures(some.images, some.rows, eight_bits_of=eight_bits_of), use) for some, use in sets]
        fingerprints = [found for found, _ in parts] + ([] if before is None else [before.fingerprints])
        uses = [np.full(len(found), use, np.uint8) for found, use in parts] + ([] if before is None else [before.uses])
        return _sorted(join_fingerprints(fingerprints), np.concatenate(uses), is_rounded=is_rounded)

    def fingerprint(
        self, images: Images, rows: NDArray[np.int64] | None = None, *, value_range: tuple[float, float]
    ) -> Fingerprints:
        """Return the fingerprints with which `find` finds pictures: rounded to 8 bits if those of the list are.

        Args:
            images: (rows, height, width, channels), decoded for the model; uint8, or in its range of values.
            rows: (pictures,), by default all.
            value_range: the model's lowest and highest value.
        """
        return fingerprint_pictures(images, rows, eight_bits_of=value_range if self.is_rounded else None)

    def find(self, images: Fingerprints, *, only_trained: bool = False) -> SeenPictures:
        """Return which pictures are on the list.

        Args:
            images: what `fingerprint` returns for the pictures.
            only_trained: whether validation pictures of the model do not count.
        """
        copies = self._known.find(images)
        exact, near = copies.exact, copies.near
        if only_trained:
            exact, near = (np.where(self.uses[rows] == TRAINED, rows, -1) for rows in (exact, near))
        return SeenPictures(exact >= 0, near >= 0)

    @cached_property
    def _known(self) -> KnownPictures:
        return KnownPictures(self.fingerprints)


def _sorted(fingerprints: Fingerprints, uses: NDArray[np.uint8], *, is_rounded: bool) -> PictureList:
    """Return the list without repeated digests; a picture that was both trained and validated on counts as trained."""
    order = fingerprints.order(uses)
    digests = fingerprints.digests[order]
    rows = order[np.append(True, (digests[1:] != digests[:-1]).any(axis=1))[: len(order)]]
    return PictureList(fingerprints.take(rows), uses[rows], is_rounded)


def picture_list_bytes(pictures: PictureList) -> bytes:
    """Return the content of `picture_list.safetensors`: 64 bytes a picture, and a header of less than 500."""
    return to_safetensors(
        {
            "version": np.array([_ROUNDED if pictures.is_rounded else 1], np.int32),
            "digests": pictures.fingerprints.digests,
            "outlines": pictures.fingerprints.outlines,
            "uses": pictures.uses,
        }
    )


def read_picture_list(content: bytes, where: str) -> PictureList:
    """Return the list in the content of `picture_list.safetensors`.

    Raises:
        ModelError: the content is damaged, or of a newer version.
    """
    tensors = from_safetensors(content, where)
    version = checked_version(tensors.get("version"), LIST_VERSION, where, what="the picture list")
    wanted = {"version", *_ROW_SHAPES}
    if set(tensors) != wanted:
        raise ModelError(f"{where}: holds {listed(sorted(tensors))}; expected {listed(sorted(wanted))}.")
    rows = len(tensors["uses"]) if tensors["uses"].ndim else 0
    for name, (shape, dtype) in _ROW_SHAPES.items():
        tensor = tensors[name]
        if tensor.shape != (rows, *shape) or tensor.dtype != dtype:
            raise ModelError(
                f"{where}: {name} are {tensor.dtype} {tensor.shape}; expected {np.dtype(dtype)} {(rows, *shape)}. "
                "The file is damaged: copy the model again."
            )
    if (tensors["uses"] > VALIDATED).any():
        raise ModelError(f"{where}: uses are not all 0 (trained) or 1 (validated). Copy the model again.")
    fingerprints = Fingerprints(tensors["digests"], tensors["outlines"])
    return PictureList(fingerprints, tensors["uses"], is_rounded=version >= _ROUNDED)
