"""A network as data: a list of layers, from which the torch module and the ONNX graph are built."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from onelook.settings.base import Settings, setting

Activation = Literal[
    "linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_swish", "sigmoid", "tanh", "softplus"
]
LEAKY_RELU_SLOPE = 0.2  # below zero; Keras' own default (torch's is 0.01)
# Past any network, and short of numbers that only a forger writes: sizes are multiplied, walked over and printed.
LARGEST_SIZE = 999_999
PositiveInt = Annotated[int, Field(ge=1, le=LARGEST_SIZE)]
Pair = PositiveInt | tuple[PositiveInt, PositiveInt]
Padding = Literal["same", "valid"] | Annotated[int, Field(ge=0, le=LARGEST_SIZE)]


class Conv(Settings):
    """2-D convolution. Output: (filters, height, width) by size, stride and padding."""

    type: Literal["conv"] = "conv"
    filters: PositiveInt = setting(..., "Number of output channels.")
    kernel: Pair = setting(3, "Height and width of the kernel, in pixels.")
    stride: Pair = setting(1, "Step of the kernel, in pixels.")
    padding: Padding = setting("valid", "same, valid, or zeros added on every side.")
    activation: Activation = setting("linear", "Applied to the output.")
    bias: bool = setting(True, "Whether a bias is added.")


class Whitening(Settings):
    """A fixed convolution that whitens patches of the training pictures, which measure it before the first step.

    Its kernels are the principal directions of the patches, each scaled to variance 1, and their negatives: twice
    as many outputs as a patch has values. Only its bias is trained (Page 2019, "How to train your ResNet 8", and
    Jordan 2024, arXiv:2404.00498). Output: (2 * channels * kernel area, height, width) less the kernel's border.
    """

    type: Literal["whitening"] = "whitening"
    kernel: Pair = setting(2, "Height and width of a patch, in pixels.")
    activation: Activation = setting("linear", "Applied to the output.")


class DepthwiseConv(Settings):
    """One kernel for each input channel."""

    type: Literal["depthwise_conv"] = "depthwise_conv"
    kernel: Pair = setting(3, "Height and width of the kernel, in pixels.")
    stride: Pair = setting(1, "Step of the kernel, in pixels.")
    padding: Padding = setting("valid", "same, valid, or zeros added on every side.")
    activation: Activation = setting("linear", "Applied to the output.")
    bias: bool = setting(True, "Whether a bias is added.")


class BatchNorm(Settings):
    """Batch normalisation over the channels (or the units after `flatten`)."""

    type: Literal["batch_norm"] = "batch_norm"
    momentum: float = setting(
        0.99, "Share of the old moving statistics kept at each step, as Keras counts it.", ge=0, lt=1
    )
    epsilon: float = setting(1e-3, "Added to the variance.", gt=0)


class ActivationLayer(Settings):
    """An activation on its own."""

    type: Literal["activation"] = "activation"
    function: Activation = setting(..., "Its name.")


class Pool(Settings):
    """Max, average or min pooling; the stride is the size where none is given."""

    type: Literal["max_pool", "average_pool", "min_pool"]
    size: Pair = setting(2, "Height and width of the window, in pixels.")
    stride: Pair | None = setting(None, "Step of the window, in pixels; the size where not given.")
    padding: Padding = setting("valid", "same, valid, or a number of pixels on every side.")


class GlobalPool(Settings):
    """One number a channel: the output is flat."""

    type: Literal["global_average_pool", "global_max_pool"]


class Dropout(Settings):
    """Sets a share of the values to zero while training."""

    type: Literal["dropout"] = "dropout"
    rate: float = setting(0.5, "Share of values set to zero.", ge=0, lt=1)


class Flatten(Settings):
    """Turns (channels, height, width) into one row, in the order height, width, channels, as Keras does."""

    type: Literal["flatten"] = "flatten"


class Dense(Settings):
    """A fully connected layer. `units = "classes"` takes the data's class count."""

    type: Literal["dense"] = "dense"
    units: PositiveInt | Literal["classes"] = setting(..., "Number of outputs, or `classes`.")
    activation: Activation = setting("linear", "Applied to the output.")
    bias: bool = setting(True, "Whether a bias is added.")


class Residual(Settings):
    """The input added to what a list of layers makes of it (He et al. 2015, arXiv:1512.03385).

    Where the shapes differ the shortcut is a 1×1 convolution with batch-norm, at the stride that fits.
    """

    type: Literal["residual"] = "residual"
    layers: tuple[Layer, ...] = setting(..., "The layers of the branch.", min_length=1)
    activation: Activation = setting("relu", "Applied to the sum.")


Layer = Annotated[
    Conv
    | Whitening
    | DepthwiseConv
    | BatchNorm
    | ActivationLayer
    | Pool
    | GlobalPool
    | Dropout
    | Flatten
    | Dense
    | Residual,
    Field(discriminator="type"),
]


class NetworkSettings(Settings):
    """A whole network. The last layer gives one logit a class; softmax follows by itself."""

    layers: tuple[Layer, ...] = setting(..., "From the picture to the logits.", min_length=1)
    initializer: Literal["glorot_uniform", "he_normal"] = setting(
        "glorot_uniform", "How weights begin: Glorot & Bengio 2010 (Keras' default) or He et al. 2015. Biases are zero."
    )


Residual.model_rebuild()
NetworkSettings.model_rebuild()


def with_dropout(network: NetworkSettings, rate: float) -> NetworkSettings:
    """The same network with every dropout layer at `rate`, in [0, 1)."""
    return network.model_copy(update={"layers": _with_dropout(network.layers, rate)})


def _with_dropout(layers: tuple[Layer, ...], rate: float) -> tuple[Layer, ...]:
    return tuple(_layer_with_dropout(layer, rate) for layer in layers)


def _layer_with_dropout(layer: Layer, rate: float) -> Layer:
    if isinstance(layer, Dropout):
        return Dropout(rate=rate)
    if isinstance(layer, Residual):
        return layer.model_copy(update={"layers": _with_dropout(layer.layers, rate)})
    return layer
