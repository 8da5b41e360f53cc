"""A network as data: a list of layers, from which the torch module and the ONNX graph are built."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from onelook.settings.base import Settings, setting
from onelook.settings.shape_layers import Crop, Pixels, PositiveInt, PRelu, Rescale, Reshape, Resize, ZeroPad

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
    "softsign",
    "mish",
]
_NEW_ACTIVATIONS = frozenset({"softsign", "mish"})  # of format 7
LEAKY_RELU_SLOPE = 0.2  # below zero; Keras' own default (torch's is 0.01)
Pair = PositiveInt | tuple[PositiveInt, PositiveInt]
Padding = Literal["same", "valid"] | Pixels


class _Extended(Settings):
    """A layer to which fields were added after models had been saved with it.

    An added field is not written if it has its default. So the text of older networks, their checksums and cache keys
    stay the same, and an older onelook can read every network that it can run.
    """

    added: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_unused(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        unused = {name for name in self.added if getattr(self, name) == fields[name].default}
        return {name: value for name, value in write(self).items() if name not in unused}


class Conv(_Extended):
    """2-D convolution. Output: (filters, height, width); size, stride and padding decide height and width."""

    added: ClassVar[frozenset[str]] = frozenset({"groups", "dilation"})

    type: Literal["conv"] = "conv"
    filters: PositiveInt = setting(..., "Number of output channels.")
    kernel: Pair = setting(3, "Height and width of the kernel, in pixels.")
    stride: Pair = setting(1, "Step of the kernel, in pixels.")
    padding: Padding = setting("valid", "same, valid, or zeros added on every side.")
    activation: Activation = setting("linear", "Applied to the output.")
    bias: bool = setting(True, "Whether a bias is added.")
    groups: PositiveInt = setting(1, "Groups of channels; each has its own share of the filters.")
    dilation: Pair = setting(1, "Distance between the kernel's values, in pixels.")


class Whitening(Settings):
    """A fixed convolution that whitens patches. Its kernels are computed from the training pictures before training.

    The kernels are the principal directions of the patches, each scaled to variance 1, and their negatives: twice
    as many outputs as a patch has values. Only the bias is trained (Page 2019, "How to train your ResNet 8", and
    Jordan 2024, arXiv:2404.00498). Output: (2 * channels * kernel area, height, width), without the kernel's border.
    """

    type: Literal["whitening"] = "whitening"
    kernel: Pair = setting(2, "Height and width of a patch, in pixels.")
    activation: Activation = setting("linear", "Applied to the output.")


class DepthwiseConv(Settings):
    """Depthwise convolution: one kernel for each input channel."""

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
        0.99, "Share of the old moving statistics that each step keeps (Keras' meaning of momentum).", ge=0, lt=1
    )
    epsilon: float = setting(1e-3, "Added to the variance.", gt=0)


class LayerNorm(Settings):
    """Normalise over the channels, at each pixel separately (or over the units after `flatten`).

    Ba et al. 2016, arXiv:1607.06450; over the channels of a picture as in ConvNeXt (Liu et al. 2022, arXiv:2201.03545).
    """

    type: Literal["layer_norm"] = "layer_norm"
    epsilon: float = setting(1e-6, "Added to the variance.", gt=0)


class Scale(Settings):
    """Multiply each channel by a learnt number (Touvron et al. 2021, arXiv:2103.17239, "LayerScale")."""

    type: Literal["scale"] = "scale"
    initial: float = setting(1e-6, "The numbers' initial value.", gt=0)


class ActivationLayer(_Extended):
    """An activation function."""

    added: ClassVar[frozenset[str]] = frozenset({"slope", "maximum"})

    type: Literal["activation"] = "activation"
    function: Activation = setting(..., "The function's name.")
    slope: float | None = setting(
        None, "Factor below zero of leaky_relu (by default 0.2) and elu (by default 1).", ge=-1000, le=1000
    )
    maximum: float | None = setting(None, "Largest value of relu and leaky_relu, if they have one.", gt=0, le=1e6)

    @model_validator(mode="after")
    def _has_what_it_says(self) -> ActivationLayer:
        if self.slope is not None and self.function not in ("leaky_relu", "elu"):
            raise ValueError(f"{self.function} has no slope")
        if self.maximum is not None and self.function not in ("relu", "leaky_relu"):
            raise ValueError(f"{self.function} has no maximum")
        return self


class Pool(Settings):
    """Max, average or min pooling. Without a stride, the stride is the size."""

    type: Literal["max_pool", "average_pool", "min_pool"]
    size: Pair = setting(2, "Height and width of the window, in pixels.")
    stride: Pair | None = setting(None, "Step of the window, in pixels; by default the size.")
    padding: Padding = setting("valid", "same, valid, or a number of pixels on every side.")


class GlobalPool(_Extended):
    """Pool each channel to one number. The output is flat, or with `keepdims` a picture of one pixel."""

    added: ClassVar[frozenset[str]] = frozenset({"keepdims"})

    type: Literal["global_average_pool", "global_max_pool"]
    keepdims: bool = setting(False, "Whether the output is a picture of one pixel.")


class Dropout(Settings):
    """Set a share of the values to zero during training."""

    type: Literal["dropout"] = "dropout"
    rate: float = setting(0.5, "Share of values set to zero.", ge=0, lt=1)


class Flatten(Settings):
    """Flatten (channels, height, width) into one row, in the order height, width, channels, as Keras does."""

    type: Literal["flatten"] = "flatten"


class Dense(Settings):
    """A fully connected layer. `units = "classes"` means the data's number of classes."""

    type: Literal["dense"] = "dense"
    units: PositiveInt | Literal["classes"] = setting(..., "Number of outputs, or `classes`.")
    activation: Activation = setting("linear", "Applied to the output.")
    bias: bool = setting(True, "Whether a bias is added.")


class Gate(Settings):
    """Multiply the input by the output of a list of layers: a picture of the same shape, or one number per channel.

    With a global pool and two 1×1 convolutions it is squeeze-and-excitation (Hu et al. 2017, arXiv:1709.01507).
    """

    type: Literal["gate"] = "gate"
    layers: tuple[Layer, ...] = setting(..., "The layers that compute the factors.", min_length=1)


class Residual(_Extended):
    """Add the input to the output of a list of layers (He et al. 2015, arXiv:1512.03385).

    If the shapes differ and no shortcut is given, the shortcut is a 1×1 convolution with batch-norm, with the stride
    that fits.
    """

    added: ClassVar[frozenset[str]] = frozenset({"shortcut"})

    type: Literal["residual"] = "residual"
    layers: tuple[Layer, ...] = setting(..., "The layers of the branch.", min_length=1)
    activation: Activation = setting("relu", "Applied to the sum.")
    shortcut: tuple[Layer, ...] | None = setting(None, "The layers of the shortcut.", min_length=1)


class Branch(Settings):
    """One of the branches of a merge. Without layers it is the input itself."""

    layers: tuple[Layer, ...] = setting((), "The layers of the branch.")


class Merge(Settings):
    """Give the input to several branches, and put their outputs together.

    Pictures are put together number by number; one of a single pixel or a single channel counts for all.
    """

    type: Literal["merge"] = "merge"
    how: Literal["concatenate", "add", "subtract", "multiply", "average", "maximum", "minimum"] = setting(
        ..., "How the outputs are put together."
    )
    axis: Literal["channels", "height", "width"] = setting("channels", "Axis along which concatenate puts the outputs.")
    branches: tuple[Branch, ...] = setting(..., "The branches.", min_length=1)


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
    | Residual
    | Merge
    | Rescale
    | PRelu
    | ZeroPad
    | Crop
    | Resize
    | Reshape,
    Field(discriminator="type"),
]


class NetworkSettings(Settings):
    """A whole network. Its last layer returns one logit per class; softmax is added automatically."""

    layers: tuple[Layer, ...] = setting(..., "The layers, from the picture to the logits.", min_length=1)
    initializer: Literal["glorot_uniform", "he_normal"] = setting(
        "glorot_uniform",
        "Initial weights: Glorot & Bengio 2010 (Keras' default) or He et al. 2015. Biases start at zero.",
    )

    @property
    def has_new_layers(self) -> bool:
        """Whether it has a layer, or a setting of one, that came with format 7 of the model folder."""
        return any(map(_is_new, self.layers))


Gate.model_rebuild()
Residual.model_rebuild()
Branch.model_rebuild()
Merge.model_rebuild()
NetworkSettings.model_rebuild()


def _is_new(layer: Layer) -> bool:
    is_new = getattr(layer, "activation", "linear") in _NEW_ACTIVATIONS
    match layer:
        case Merge() | Rescale() | PRelu() | ZeroPad() | Crop() | Resize() | Reshape():
            is_new = True
        case Conv(dilation=dilation):
            is_new |= dilation not in (1, (1, 1))
        case ActivationLayer(function=function, slope=slope, maximum=maximum):
            is_new = (slope, maximum) != (None, None) or function in _NEW_ACTIVATIONS
        case Residual(layers=layers, shortcut=shortcut):
            is_new |= any(map(_is_new, (*layers, *(shortcut or ()))))
        case Gate(layers=layers):
            is_new = any(map(_is_new, layers))
    return is_new


def with_dropout(network: NetworkSettings, rate: float) -> NetworkSettings:
    """Return the same network with every dropout layer at `rate`, in [0, 1)."""
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
    if isinstance(layer, Merge):
        branches = tuple(Branch(layers=_with_dropout(branch.layers, rate)) for branch in layer.branches)
        return layer.model_copy(update={"branches": branches})
    return layer
