"""One picture, and versions of it that augmentation makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from onelook.evaluation.pictures.index import AUGMENTATION, INDEX, AugmentationPreview, write_index
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter, guess_value_range
from onelook.files import atomic_folder
from onelook.settings import AugmentSettings

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import Images

PREVIEWED = 15  # versions of one picture in the report and on the inspect page


def augmented_versions(
    original: Images, augment: AugmentSettings, value_range: tuple[float, float], seed: int
) -> Images:
    """Return 15 augmented versions of one picture: (versions, height, width, channels), float32.

    Args:
        original: (height, width, channels), raw values.
        augment: the random changes.
        value_range: lowest and highest value that a picture can have.
        seed: decides the random changes.
    """
    import torch

    from onelook.transforms.augment.augment import Augment

    batch = torch.from_numpy(np.repeat(original[None], PREVIEWED, axis=0)).permute(0, 3, 1, 2).float()
    changed = Augment(augment, value_range)(batch, torch.Generator().manual_seed(seed))
    versions: Images = changed.permute(0, 2, 3, 1).numpy()
    return versions


def write_augmentation_preview(
    folder: Path, original: Images, versions: Images, *, value_range: tuple[float, float] | None = None
) -> AugmentationPreview:
    """Write a picture and up to 15 augmented versions of it to `folder`/augmentation, whole or not at all.

    Args:
        folder: a run's `evidence/`.
        original: (height, width, channels).
        versions: (count, height, width, channels), with values in the range of `original`.
        value_range: the values that mean black and white; None guesses them from the original.
    """
    with atomic_folder(folder / AUGMENTATION) as temporary:
        writer = ThumbnailWriter.to_folder(temporary, value_range or guess_value_range(original))
        preview = draw_augmentation(original, versions, writer)
        write_index(temporary / INDEX, preview)
    return preview


def draw_augmentation(original: Images, versions: Images, writer: ThumbnailWriter) -> AugmentationPreview:
    """Pass a picture, (height, width, channels), and up to 15 augmented versions of it to the writer."""
    return AugmentationPreview(
        original=writer.write("original", original),
        versions=tuple(
            writer.write(f"version-{number:02d}", version) for number, version in enumerate(versions[:PREVIEWED], 1)
        ),
    )
