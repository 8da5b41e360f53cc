"""Networks as lists of layers: families that fit themselves to the data, and the tutorials' own.

A new family is one file in `families/` with a `build(facts: ModelInput) -> NetworkSettings`, and one line here.
"""

from __future__ import annotations

from dataclasses import dataclass

from onelook.registry import Registry

MODELS = Registry(
    "model",
    {
        "cnn": (
            "onelook.models.families.cnn:build",
            "our fast convolutional network, fitted to the pictures' size",
        ),
        "cnn-small": (
            "onelook.models.families.cnn:build_small",
            "cnn with half the filters: quicker, a little less accurate",
        ),
        "airbench": (
            "onelook.models.families.airbench:build",
            "wide, with whitened patches: for small colour pictures and an hour of time",
        ),
        "airbench-medium": (
            "onelook.models.families.airbench:build_medium",
            "airbench with fewer filters: half the work",
        ),
        "airbench-small": (
            "onelook.models.families.airbench:build_small",
            "airbench with still fewer filters: a sixth of the work",
        ),
        "resnet": ("onelook.models.families.resnet:build", "a small residual network, fitted to the pictures' size"),
        "mlp": ("onelook.models.families.mlp:build", "two dense layers, for a quick baseline"),
        "efficientnet-lite0": (
            "onelook.models.families.efficientnet_lite:build_lite0",
            "pretrained on ImageNet, for photographs: the smallest of three",
        ),
        "efficientnet-lite1": (
            "onelook.models.families.efficientnet_lite:build_lite1",
            "pretrained, deeper: more accurate, slower",
        ),
        "efficientnet-lite2": (
            "onelook.models.families.efficientnet_lite:build_lite2",
            "pretrained, deeper and wider: the most accurate",
        ),
        "digit-recognizer": (
            "onelook.models.families.tutorials:digit_recognizer",
            "Kaggle's Digit Recognizer: 5x5 and 3x3",
        ),
        "mnist-tutorial": ("onelook.models.families.tutorials:mnist_tutorial", "two convolutions and two dense layers"),
        "digits-minimal": ("onelook.models.families.tutorials:digits_minimal", "one convolution and one dense layer"),
        "dogs-vs-cats": (
            "onelook.models.families.tutorials:dogs_vs_cats",
            "three blocks and a wide dense layer, for photographs",
        ),
        "fashion-cnn-bn": ("onelook.models.families.tutorials:fashion_cnn_bn", "three blocks with batch-norm"),
        "fashion-mlp": ("onelook.models.families.tutorials:fashion_mlp", "seven dense layers"),
        "fashion-cnn-small": (
            "onelook.models.families.tutorials:fashion_cnn_small",
            "one small convolution, two dense layers",
        ),
        "cifar10-cnn": (
            "onelook.models.families.tutorials:cifar10_cnn",
            "three small convolutions, for colour pictures",
        ),
    },
)


@dataclass(frozen=True)
class ModelInput:
    """The facts of the data that a family makes a network for."""

    height: int  # of every picture, in pixels
    width: int
    channels: int  # 1 grey, 3 colour; a user's own arrays may have other numbers
    num_classes: int
    rows: int  # training pictures

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width), the order that networks take."""
        return (self.channels, self.height, self.width)
