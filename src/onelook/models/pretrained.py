"""Networks that come with weights: what belongs to such a backbone beside its layers.

A new one is a `Backbone` in its family's file and one line here; its network stands in `MODELS` under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onelook.errors import ConfigError, ModelError
from onelook.registry import Registry
from onelook.settings.network import GlobalPool, NetworkSettings
from onelook.settings.preprocess import FittedPreprocess, PreprocessSettings

BACKBONES = Registry(
    "backbone",
    {
        "efficientnet-lite0": ("onelook.models.efficientnet_lite:LITE0", "75.1 % on ImageNet, trained at 224 px"),
        "efficientnet-lite1": ("onelook.models.efficientnet_lite:LITE1", "76.7 % on ImageNet, trained at 240 px"),
        "efficientnet-lite2": ("onelook.models.efficientnet_lite:LITE2", "77.6 % on ImageNet, trained at 260 px"),
    },
)

_TIMM = "timm:"


@dataclass(frozen=True)
class Backbone:
    """A network's weights as they were published, and how pictures were prepared for them."""

    name: str  # of the network in `MODELS`
    distribution: str  # the package that holds the weights
    image_size: int  # pixels of a side in its training
    mean: float  # of all channels, of values in [0, 1]
    std: float
    crop: float  # share of the shorter side that was looked at when its accuracy was measured: the centre
    accuracy: float  # top-1 on the validation pictures that it was published with, in [0, 1]
    licence: str
    trained_on: str
    source: str
    file_names: Mapping[str, str]  # our name of every layer below the classifier -> the published file's
    classifier: str  # the published file's name of the last layer, which gives way to one for other classes

    def preprocess(self, value_range: tuple[float, float]) -> FittedPreprocess:
        """The preparation that the weights expect, for pictures with such values."""
        return FittedPreprocess(
            settings=PreprocessSettings(featurewise_center=True, featurewise_std_normalization=True),
            value_range=value_range,
            mean=(self.mean,),
            std=(self.std,),
        )

    @property
    def in_words(self) -> str:
        """What it is, in one sentence without its end."""
        return (
            f"weights of {self.trained_on} ({self.licence}): {100 * self.accuracy:.1f} % right among 1,000 classes, "
            f"pictures of {self.image_size} px, values in [0, 1] less {self.mean:.3f}, over {self.std:.3f}"
        )


def refuse_timm(name: object) -> None:
    """Refuses a network of the package timm by a sentence that says so, where the nearest name would mislead.

    Such a network is code and no list of layers, so that a model of it could not be loaded without that code.

    Raises:
        ConfigError: the name begins with `timm:`.
    """
    if str(name).startswith(_TIMM):
        raise ConfigError(
            f"{name}: networks of timm are for the extra onelook[timm], which this version does not have yet. Expected "
            f"one of the pretrained networks that it has: {', '.join(BACKBONES)}."
        )


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
