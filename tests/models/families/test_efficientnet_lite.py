"""Our EfficientNet-Lite, with the published weights, gives what an independent implementation gives."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from onelook.models import MODELS, ModelInput
from onelook.models.layers.build import build_network
from onelook.models.pretrained.backbone import Backbone, feature_layers
from onelook.models.pretrained.registry import BACKBONES
from onelook.models.pretrained.weights import find_weights, read_weights
from onelook.models.shapes import plan_network, weight_shapes
from onelook.models.summary import summarize
from onelook.predictors.onnx import OnnxPredictor, build_graph
from onelook.settings.network import NetworkSettings

# Parameters that are trained, with 1,000 classes, as published (4.7 M, 5.4 M, 6.1 M).
PARAMETERS = {
    "efficientnet-lite0": 4_652_008,
    "efficientnet-lite1": 5_416_680,
    "efficientnet-lite2": 6_092_072,
}
CATS, DOGS = range(281, 286), range(151, 269)  # of ImageNet's 1,000 classes


def network(name: str, size: int = 224) -> NetworkSettings:
    built: NetworkSettings = MODELS.load(name)(ModelInput(size, size, 3, 1000, 1))
    return built


def backbone(name: str) -> Backbone:
    found: Backbone = BACKBONES.load(name)
    return found


def with_classifier(name: str, size: int) -> dict[str, np.ndarray]:
    """All of the published weights, that of the 1,000 classes too."""
    known, layers = backbone(name), network(name, size)
    plan = plan_network(layers, (3, size, size), 1000)
    weights = read_weights(known, find_weights(known), weight_shapes(plan[: feature_layers(layers)]))
    state = torch.load(find_weights(known), weights_only=True)
    last = plan[-1].name
    return weights | {f"{last}.{kind}": state[f"_fc.{kind}"].numpy() for kind in ("weight", "bias")}


def independent_logits(state: dict[str, Tensor], images: Tensor) -> Tensor:
    """The network from its file's tensors alone: kernel sizes by their shapes, strides by the paper's table."""

    def same(values: Tensor, weight: Tensor, stride: int, groups: int) -> Tensor:
        kernel = weight.shape[-1]
        pads = []
        for side in (values.shape[3], values.shape[2]):
            total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(values, pads), weight, stride=stride, groups=groups)

    def norm(values: Tensor, name: str) -> Tensor:
        mean, variance, scale, offset = (
            state[f"{name}.{kind}"][:, None, None] for kind in ("running_mean", "running_var", "weight", "bias")
        )
        return (values - mean) / torch.sqrt(variance + 1e-3) * scale + offset

    def conv(values: Tensor, name: str, norm_name: str, stride: int = 1, groups: int = 1) -> Tensor:
        return norm(same(values, state[f"{name}.weight"], stride, groups), norm_name)

    values = conv(images, "_conv_stem", "_bn0", stride=2).clamp(0, 6)
    channels_before = 0
    for number in range(1 + max(int(name.split(".")[1]) for name in state if name.startswith("_blocks."))):
        block, entry = f"_blocks.{number}.", values
        if f"{block}_expand_conv.weight" in state:
            values = conv(values, f"{block}_expand_conv", f"{block}_bn0").clamp(0, 6)
        channels = state[f"{block}_project_conv.weight"].shape[0]
        # A stage at half the size begins where channels grow, but not before the first, the fifth and the last stage.
        widths = sorted({int(state[f"_blocks.{i}._project_conv.weight"].shape[0]) for i in range(number + 1)})
        stride = 2 if channels != channels_before and len(widths) in (2, 3, 4, 6) else 1
        depthwise = f"{block}_depthwise_conv"
        values = conv(values, depthwise, f"{block}_bn1", stride, groups=len(state[f"{depthwise}.weight"])).clamp(0, 6)
        values = conv(values, f"{block}_project_conv", f"{block}_bn2")
        if stride == 1 and entry.shape == values.shape:
            values = values + entry
        channels_before = channels
    values = conv(values, "_conv_head", "_bn1").clamp(0, 6).mean(dim=(2, 3))
    return values @ state["_fc.weight"].T + state["_fc.bias"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_as_published(name: str) -> None:
    known = BACKBONES.load(name)
    summary = summarize(network(name), (3, known.image_size, known.image_size), 1000)
    assert summary.trainable == PARAMETERS[name]


def test_multiply_adds_of_the_smallest_are_as_published() -> None:
    assert round(summarize(network("efficientnet-lite0"), (3, 224, 224), 1000).multiply_adds / 1e6) == 385  # 407 M


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_tensor_of_the_file_has_its_place(name: str) -> None:
    known = backbone(name)
    state = torch.load(find_weights(known), weights_only=True)
    layers = {key.rpartition(".")[0] for key in state}
    assert set(known.file_names.values()) == layers - {"_fc"}
    assert len(known.file_names) == len(set(known.file_names.values()))
    plan = plan_network(network(name), (3, 224, 224), 1000)
    with_weights = {key.rpartition(".")[0] for key in weight_shapes(plan)}
    assert set(known.file_names) == with_weights - {plan[-1].name}


# An odd side makes pads unequal at other places than an even one.
@pytest.mark.parametrize(("name", "size"), [("efficientnet-lite0", 65), ("efficientnet-lite2", 64)])
def test_logits_agree_with_an_independent_implementation(name: str, size: int) -> None:
    weights = with_classifier(name, size)
    known = BACKBONES.load(name)
    images = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), dtype=np.uint8)
    prepared = torch.from_numpy((images.astype(np.float32) - 127) / 128).permute(0, 3, 1, 2)
    state = torch.load(find_weights(known), weights_only=True)
    with torch.inference_mode():
        expected = independent_logits(state, prepared)
        module = build_network(network(name, size), (3, size, size), 1000, is_loaded=True).eval()
        module.load_state_dict({key: torch.from_numpy(array) for key, array in weights.items()})
        found = module(prepared)
    assert expected.std() > 0.5
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=2e-4)
    graph = build_graph(network(name, size), known.preprocess((0, 255), 3), weights, (size, size, 3))
    probabilities = OnnxPredictor(graph).probabilities(images)
    np.testing.assert_allclose(probabilities, torch.softmax(expected, dim=1).numpy(), atol=1e-4)


def test_photographs_of_cats_and_dogs_get_their_classes() -> None:
    if "ONELOOK_DATA" not in os.environ:
        pytest.skip("ONELOOK_DATA names no folder with dogs_vs_cats/train.zip")
    from onelook.data.pictures.decode import decode_picture
    from onelook.settings import DecodeSettings

    size, known = 160, backbone("efficientnet-lite0")
    decode = DecodeSettings(height=size, width=size, channels=3, resize="crop")
    with zipfile.ZipFile(Path(os.environ["ONELOOK_DATA"]) / "dogs_vs_cats" / "train.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        chosen = [name for animal in ("cat", "dog") for name in [n for n in names if f"{animal}." in n][:20]]
        images = np.stack([decode_picture(archive.read(name), decode) for name in chosen])
    graph = build_graph(
        network(known.name), known.preprocess((0, 255), 3), with_classifier(known.name, size), (size, size, 3)
    )
    found = OnnxPredictor(graph).probabilities(images).argmax(axis=1)
    right = [label in (CATS if "cat." in name else DOGS) for name, label in zip(chosen, found, strict=True)]
    assert sum(right) >= 34, f"{sum(right)} of {len(right)}"
