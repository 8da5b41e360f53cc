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

from onelook.classifier.tensors import from_safetensors, to_safetensors
from onelook.data.dataset import ImageSet
from onelook.data.duplicates.find_copies import KnownPictures
from onelook.data.duplicates.fingerprints import (
    DIGEST_BYTES,
    OUTLINE_BYTES,
    Fingerprints,
    fingerprint_pictures,
    join_fingerprints,
)
from onelook.errors import ModelError
from onelook.wording import listed

LIST_VERSION = 1  # the newest version of the file that this code reads
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

    def __len__(self) -> int:
        return len(self.uses)

    def __repr__(self) -> str:
        # Without the digests: a notebook would show them.
        trained = int((self.uses == TRAINED).sum())
        return f"PictureList({trained:,} trained on, {len(self) - trained:,} validated on)"

    @classmethod
    def of(cls, train: ImageSet, val: ImageSet | None, before: PictureList | None = None) -> PictureList:
        """Return the list of these pictures.

        Args:
            train, val: the decoded pictures.
            before: the list of the model that training continued from; its pictures stay on the list.
        """
        parts = [(fingerprint_pictures(train.images, train.rows), TRAINED)]
        parts += [] if val is None else [(fingerprint_pictures(val.images, val.rows), VALIDATED)]
        fingerprints = [found for found, _ in parts] + ([] if before is None else [before.fingerprints])
        uses = [np.full(len(found), use, np.uint8) for found, use in parts] + ([] if before is None else [before.uses])
        return _sorted(join_fingerprints(fingerprints), np.concatenate(uses))

    def find(self, images: Fingerprints, *, only_trained: bool = False) -> SeenPictures:
        """Return which pictures are on the list.

        Args:
            images: the fingerprints of the pictures, decoded with the model's settings.
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


def _sorted(fingerprints: Fingerprints, uses: NDArray[np.uint8]) -> PictureList:
    """Return the list without repeated digests; a picture that was both trained and validated on counts as trained."""
    keys = fingerprints.digest_bytes()
    order = sorted(range(len(keys)), key=lambda row: (keys[row], uses[row]))
    first = [row for at, row in enumerate(order) if at == 0 or keys[row] != keys[order[at - 1]]]
    rows = np.array(first, np.int64)
    return PictureList(fingerprints.take(rows), uses[rows])


def picture_list_bytes(pictures: PictureList) -> bytes:
    """Return the content of `picture_list.safetensors`: 64 bytes a picture, and a header of less than 500."""
    return to_safetensors(
        {
            "version": np.array([LIST_VERSION], np.int32),
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
    version = tensors.get("version")
    if version is None or version.shape != (1,) or version.dtype != np.int32 or version[0] < 1:
        raise ModelError(f"{where}: it has no version. This is not the picture list of a model: copy the model again.")
    if version[0] > LIST_VERSION:
        raise ModelError(
            f"{where}: written in version {version[0]}; this onelook reads up to version {LIST_VERSION}. "
            "Update it: pip install -U onelook"
        )
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
    return PictureList(Fingerprints(tensors["digests"], tensors["outlines"]), tensors["uses"])
