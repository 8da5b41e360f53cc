"""A network as data: a list of layers, from which the torch module and the ONNX graph are built."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from onelook.settings.base import Settings, setting

Activation = Literal[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "hard_swish",
    "sigmoid",
    "hard_sigmoid",
    "tanh",
    "softplus",
]
LEAKY_RELU_SLOPE = 0.2  # below zero; Keras' own default (torch's is 0.01)
# Past any network, and short of numbers that only a forger writes: sizes are multiplied, walked over and printed.
LARGEST_SIZE = 999_999
PositiveInt = Annotated[int, Field(ge=1, le=LARGEST_SIZE)]
Pair = PositiveInt | tuple[PositiveInt, PositiveInt]
Padding = Literal["same", "valid"] | Annotated[int, Field(ge=0, le=LARGEST_SIZE)]


class _Grown(Settings):
    """A layer with fields that came after models had been saved with it.

    At their default these are not written, so that what is made of a network's text (checksums, keys of the cache) is
    the same as before them, and an older onelook reads every network that it can run.
    """

    added: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        unused = {name for name in self.added if getattr(self, name) == fields[name].default}
        return {name: value for name, value in write(self).items() if name not in unused}


class Conv(_Grown):
    """2-D convolution. Output: (filters, height, width) by size, stride and padding."""

    added: ClassVar[frozenset[str]] = frozenset({"groups"})

    type: Literal["conv"] = "conv"
    filters: PositiveInt = setting(..., "Number of output channels.")
    kernel: Pair = setting(3, "Height and width of the kernel, in pixels.")
    stride: Pair = setting(1, "Step of the kernel, in pixels.")
    padding: Padding = setting("valid", "same, valid, or zeros added on every side.")
    activation: Activation = setting("linear", "Applied to the output.")
    bias: bool = setting(True, "Whether a bias is added.")
    groups: PositiveInt = setting(1, "Parts of the channels, each seen by its own share of the filters.")


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


class LayerNorm(Settings):
    """Normalises over the channels, at each pixel for itself (or over the units after `flatten`).

    Ba et al. 2016, arXiv:1607.06450; over the channels of a picture as in ConvNeXt (Liu et al. 2022, arXiv:2201.03545).
    """

    type: Literal["layer_norm"] = "layer_norm"
    epsilon: float = setting(1e-6, "Added to the variance.", gt=0)


class Scale(Settings):
    """Each channel times a number that is learnt (Touvron et al. 2021, arXiv:2103.17239, "LayerScale")."""

    type: Literal["scale"] = "scale"
    initial: float = setting(1e-6, "What the numbers begin with.", gt=0)


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


class GlobalPool(_Grown):
    """One number a channel: the output is flat, or a picture of one pixel with `keepdims`."""

    added: ClassVar[frozenset[str]] = frozenset({"keepdims"})

    type: Literal["global_average_pool", "global_max_pool"]
    keepdims: bool = setting(False, "Whether the output is a picture of one pixel.")


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


class Gate(Settings):
    """The input times what a list of layers makes of it: a picture of the same shape, or one number a channel.

    With a global pool and two 1×1 convolutions it is squeeze-and-excitation (Hu et al. 2017, arXiv:1709.01507).
    """

    type: Literal["gate"] = "gate"
    layers: tuple[Layer, ...] = setting(..., "What makes the factors.", min_length=1)


class Residual(_Grown):
    """The input added to what a list of layers makes of it (He et al. 2015, arXiv:1512.03385).

    Where the shapes differ and no shortcut is given, that is a 1×1 convolution with batch-norm, at the stride that
    fits.
    """

    added: ClassVar[frozenset[str]] = frozenset({"shortcut"})

    type: Literal["residual"] = "residual"
    layers: tuple[Layer, ...] = setting(..., "The layers of the branch.", min_length=1)
    activation: Activation = setting("relu", "Applied to the sum.")
    shortcut: tuple[Layer, ...] | None = setting(None, "The layers of the other side of the sum.", min_length=1)


Layer = Annotated[
    Conv
    | Whitening
    | DepthwiseConv
    | BatchNorm
    | LayerNorm
    | Scale
    | ActivationLayer
    | Pool
    | GlobalPool
    | Dropout
    | Flatten
    | Dense
    | Gate
    | Residual,
    Field(discriminator="type"),
]


class NetworkSettings(Settings):
    """A whole network. The last layer gives one logit a class; softmax follows by itself."""

    layers: tuple[Layer, ...] = setting(..., "From the picture to the logits.", min_length=1)
    initializer: Literal["glorot_uniform", "he_normal"] = setting(
        "glorot_uniform", "How weights begin: Glorot & Bengio 2010 (Keras' default) or He et al. 2015. Biases are zero."
    )


Gate.model_rebuild()
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
    if isinstance(layer, Gate):
        return layer.model_copy(update={"layers": _with_dropout(layer.layers, rate)})
    if isinstance(layer, Residual):
        shortcut = None if layer.shortcut is None else _with_dropout(layer.shortcut, rate)
        return layer.model_copy(update={"layers": _with_dropout(layer.layers, rate), "shortcut": shortcut})
    return layer
