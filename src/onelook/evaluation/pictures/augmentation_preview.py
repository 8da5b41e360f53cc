"""One picture as training would see it, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from onelook.settings import AugmentSettings

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import Images

PREVIEWED = 15  # versions of one picture in the report and on the inspect page


def augmented_versions(
    original: Images, augment: AugmentSettings, value_range: tuple[float, float], seed: int
) -> Images:
    """Some versions of one picture, (versions, height, width, channels), float32.

    Args:
        original: (height, width, channels), raw values.
        augment: the random changes.
        value_range: lowest and highest value that a picture can have.
        seed: decides them.
    """
    import torch

    from onelook.transforms.augment.augment import Augment

    batch = torch.from_numpy(np.repeat(original[None], PREVIEWED, axis=0)).permute(0, 3, 1, 2).float()
    changed = Augment(augment, value_range)(batch, torch.Generator().manual_seed(seed))
    versions: Images = changed.permute(0, 2, 3, 1).numpy()
    return versions
