"""A backbone: a network that comes with weights, and what is known of these weights."""

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
    """A network's weights as they were published, and how pictures were prepared for them."""

    name: str  # of the network in `MODELS`, or `timm:<name>`
    image_size: int  # pixels of a side in its training
    mean: tuple[float, ...]  # of all channels, or of red, green and blue; of values in [0, 1]
    std: tuple[float, ...]
    crop: float  # share of the shorter side that was looked at when its accuracy was measured: the centre
    licence: str
    trained_on: str
    source: str
    # Our name of every layer below the classifier, or of a single weight -> the published file's.
    file_names: Mapping[str, str]
    classifier: tuple[str, ...]  # the published file's names of what gives way to a new head
    accuracy: float | None = None  # top-1 on the validation pictures that it was published with, in [0, 1]
    # Where the weights come from: a package that holds them, or timm's places, of which the first that there is.
    distribution: str | None = None
    hub: str | None = None  # a repository of the Hugging Face hub
    hub_file: str | None = None  # in it, where it is not the usual one
    url: str | None = None

    def preprocess(self, value_range: tuple[float, float], channels: int) -> FittedPreprocess:
        """The preparation that the weights expect, for pictures with such values and so many channels.

        Grey is brought to the mean of what red, green and blue are brought to.
        """
        of_each = len(self.mean) in (1, channels)
        mean, std = (values if of_each else (fmean(values),) for values in (self.mean, self.std))
        return FittedPreprocess(
            settings=PreprocessSettings(featurewise_center=True, featurewise_std_normalization=True),
            value_range=value_range,
            mean=mean,
            std=std,
        )

    def with_file(self, name: str) -> Backbone:
        """The same network and preparation with weights of the user's own, of which nothing else is known."""
        return replace(
            self,
            licence=NOT_STATED,
            trained_on=f"the file {name}",
            source=f"given with --weights for {self.name}",
            accuracy=None,
        )

    @property
    def in_words(self) -> str:
        """What it is, in one sentence without its end."""
        right = "" if self.accuracy is None else f"{percent(self.accuracy)} right among 1,000 classes, "
        return (
            f"weights of {self.trained_on} (licence {self.licence}): {right}pictures of {self.image_size} px, of "
            f"which the central {percent(self.crop)}, values in [0, 1] less {in_digits(self.mean)}, over "
            f"{in_digits(self.std)}"
        )


def in_digits(values: float | Sequence[float]) -> str:
    """A number of all channels, or one for each.

    Example:
        >>> in_digits((0.485, 0.456, 0.406)), in_digits(0.5)
        ('0.485/0.456/0.406', '0.500')
    """
    each = values if isinstance(values, Sequence) else (values,)
    return "/".join(f"{value:.3f}" for value in each)


def feature_layers(network: NetworkSettings) -> int:
    """How many layers of a network make the features that its head classifies: up to the global pool.

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
        raise ModelError("the network has no global pool, so that nothing tells where its head begins.")
    return pools[-1]
