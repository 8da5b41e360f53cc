"""A backbone: a pretrained network with the facts about its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from onelook.errors import ModelError
from onelook.settings.network import GlobalPool, NetworkSettings
from onelook.settings.pictures import FittedPreprocess, PreprocessSettings
from onelook.wording import percent

TIMM = "timm:"  # the prefix of the names of timm's networks
NOT_STATED = "not stated"  # the licence of weights that name none


@dataclass(frozen=True)
class Backbone:
    """The published weights of a network, and the preparation of pictures that they expect."""

    name: str  # the network's name in `MODELS`, or `timm:<name>`
    image_size: int  # side in pixels of the pictures that it was trained on
    mean: tuple[float, ...]  # one number for all channels, or one each for red, green and blue; for values in [0, 1]
    std: tuple[float, ...]
    crop: float  # the central share of the shorter side on which its accuracy was measured
    licence: str
    trained_on: str
    source: str
    # Our name of every layer below the classifier, or of a single weight -> the name in the published file.
    file_names: Mapping[str, str]
    classifier: tuple[str, ...]  # the published file's names of the layers that a new head replaces
    accuracy: float | None = None  # published top-1 on validation pictures, in [0, 1]
    # The source of the weights: a package that contains them, or the first of timm's sources that is given.
    distribution: str | None = None
    hub: str | None = None  # a repository on the Hugging Face hub
    hub_file: str | None = None  # the file in that repository, where it has another name than usual
    url: str | None = None

    def preprocess(self, value_range: tuple[float, float], channels: int) -> FittedPreprocess:
        """Return the preparation that the weights expect, for pictures with these values and this number of channels.

        Grey pictures get the means over red, green and blue of both statistics.
        """
        fits = len(self.mean) in (1, channels)
        mean, std = (values if fits else (fmean(values),) for values in (self.mean, self.std))
        return FittedPreprocess(
            settings=PreprocessSettings(featurewise_center=True, featurewise_std_normalization=True),
            value_range=value_range,
            mean=mean,
            std=std,
        )

    def with_file(self, name: str) -> Backbone:
        """Return the backbone with weights of the user's own, about which nothing else is known."""
        return replace(
            self,
            licence=NOT_STATED,
            trained_on=f"the file {name}",
            source=f"given with --weights for {self.name}",
            accuracy=None,
        )

    @property
    def in_words(self) -> str:
        """A description of the weights in one sentence, without its full stop."""
        right = "" if self.accuracy is None else f"{percent(self.accuracy)} right among 1,000 classes, "
        return (
            f"weights of {self.trained_on} (licence {self.licence}): {right}pictures of {self.image_size} px, of "
            f"which the central {percent(self.crop)}, values in [0, 1] less {in_digits(self.mean)}, over "
            f"{in_digits(self.std)}"
        )


def in_digits(values: float | Sequence[float]) -> str:
    """Return the text of one number for all channels, or of one number for each.

    Example:
        >>> in_digits((0.485, 0.456, 0.406)), in_digits(0.5)
        ('0.485/0.456/0.406', '0.500')
    """
    each = values if isinstance(values, Sequence) else (values,)
    return "/".join(f"{value:.3f}" for value in each)


def feature_layers(network: NetworkSettings) -> int:
    """Return the number of layers that make the features for a network's head: those up to the global pool.

    Raises:
        ModelError: it has no global pool.

    Example:
        >>> from onelook.settings.network import Conv, Dense
        >>> layers = (Conv(filters=8), GlobalPool(type="global_average_pool"), Dense(units="classes"))
        >>> feature_layers(NetworkSettings(layers=layers))
        2
    """
    pools = [number for number, layer in enumerate(network.layers, 1) if isinstance(layer, GlobalPool)]
    if not pools:
        raise ModelError("the network has no global pool, so that it is unknown where its head begins.")
    return pools[-1]
