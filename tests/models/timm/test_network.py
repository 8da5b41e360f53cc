"""Networks of timm as layers: the same features as timm's own modules, in torch and in ONNX Runtime, or a refusal."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from onelook.errors import ConfigError, ModelError
from onelook.models import ModelInput
from onelook.models.find_network import network_named
from onelook.models.pretrained import download as hub
from onelook.models.pretrained.backbone import Backbone
from onelook.models.pretrained.registry import backbone_named
from onelook.models.pretrained.weights import find_weights
from onelook.models.timm import network as timm_network
from onelook.models.timm.compare import check_translation
from onelook.models.timm.module_layers import NotLayers
from onelook.models.timm.translate import translate
from onelook.predictors.embedding import load_backbone
from onelook.predictors.onnx_session import GraphFeatures
from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten, GlobalPool, NetworkSettings

SIZE = 64


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


def published(timm: Any, name: str, folder: Path, *, num_classes: int = 7) -> tuple[nn.Module, Path]:
    """timm's module, its numbers away from zeros and ones, and a file of its state dict, classifier included."""
    torch.manual_seed(0)
    module = timm.create_model(name, num_classes=num_classes).eval()
    for key, values in module.state_dict().items():
        if values.ndim == 1:
            low, high = (-0.5, 0.5) if key.endswith(("bias", "mean")) else (0.5, 1.5)
            values.uniform_(low, high)
    path = folder / "weights.safetensors"
    save_file(module.state_dict(), path)
    return module, path


FAMILIES = (
    "resnet10t",  # average pools in the shortcuts, and a stem of three convolutions
    "resnet18",
    "regnety_002",
    "mobilenetv3_small_050",  # a convolution after the global pool
    "efficientnet_b0",
    "tf_efficientnet_lite0",  # TensorFlow's padding
    "convnext_atto",
)


@pytest.mark.parametrize("name", FAMILIES)
def test_features_are_those_of_timms_module_in_onnx_runtime(timm: Any, name: str, tmp_path: Path) -> None:
    module, path = published(timm, name, tmp_path)
    backbone = load_backbone(f"timm:{name}", (SIZE, SIZE, 3), weights=str(path))
    images = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 3), dtype=np.uint8)
    config = module.pretrained_cfg
    prepared = (images / 255 - np.array(config["mean"])) / np.array(config["std"])
    with torch.no_grad():
        planes = torch.from_numpy(prepared).float().permute(0, 3, 1, 2)
        expected = module.forward_head(module.forward_features(planes), pre_logits=True).numpy()
    found = GraphFeatures(backbone.graph(), backbone.input_shape, threads=1)(images)
    assert expected.std() > 1e-3
    np.testing.assert_allclose(found, expected, atol=1e-4 * max(1.0, float(np.abs(expected).max())))


def test_a_network_says_what_its_weights_expect(timm: Any) -> None:
    config = timm.create_model("resnet10t").pretrained_cfg
    known = backbone_named("timm:resnet10t")
    assert known.mean == tuple(config["mean"]) == (0.485, 0.456, 0.406)
    assert (known.image_size, known.crop) == (config["input_size"][-1], config["crop_pct"])
    assert known.hub == "timm/resnet10t.c3_in1k"
    assert known.source.endswith("timm/resnet10t.c3_in1k")
    assert "licence apache-2.0" in known.in_words
    assert "less 0.485/0.456/0.406, over 0.229/0.224/0.225" in known.in_words
    colour, grey = (known.preprocess((0, 255), channels) for channels in (3, 1))
    assert colour.mean == (0.485, 0.456, 0.406)
    assert grey.mean == pytest.approx((0.449,))


def test_what_was_translated_is_read_again_without_timm(timm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ModelInput(SIZE, SIZE, 3, 2, 1)
    first = network_named("timm:resnet10t", facts)
    assert first.layers[-2:] == (Dropout(rate=0.2), Dense(units="classes"))
    assert first.initializer == "he_normal"
    monkeypatch.setattr(timm_network, "_import_timm", lambda name: pytest.fail("timm was imported"))
    assert network_named("timm:resnet10t", facts) == first

    def not_installed(_: str) -> str:
        raise timm_network.PackageNotFoundError

    monkeypatch.setattr(timm_network, "version", not_installed)
    assert network_named("timm:resnet10t", facts) == first


def test_without_timm_the_translation_of_its_newest_version_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = NetworkSettings(layers=(Conv(filters=2), GlobalPool(type="global_average_pool"), Dense(units="classes")))
    folder = timm_network.cache_folder() / "timm"
    folder.mkdir(parents=True)
    for name, version, size in (("small", "1.0.9", 8), ("small", "1.0.10", 16), ("small2", "1.0.11", 32)):
        stored = timm_network.TimmNetwork(replace(ON_THE_HUB, image_size=size), network)
        (folder / f"{name}--{version}--1.json").write_text(json.dumps(timm_network._to_json(stored)))

    def not_installed(_: str) -> str:
        raise timm_network.PackageNotFoundError

    monkeypatch.setattr(timm_network, "version", not_installed)
    assert timm_network.timm_network("timm:small").backbone.image_size == 16


def test_a_damaged_translation_is_made_again(timm: Any) -> None:
    first = timm_network.timm_network("timm:resnet10t")
    (kept,) = (timm_network.cache_folder() / "timm").iterdir()
    kept.write_text(kept.read_text()[:100])
    assert timm_network.timm_network("timm:resnet10t") == first
    assert json.loads(kept.read_text())["backbone"]["name"] == "timm:resnet10t"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("densenet121", "it has the operation 'cat', which is none of onelook's layers"),
        ("vit_tiny_patch16_224", "none of onelook's layers. Here a network is a list of layers"),
        ("resnet81", "has no such network. Near it: resnet18"),
        ("resnet18.a9_in9k", "timm has no weights with that tag. Expected one of: a1_in1k, a2_in1k, a3_in1k, "),
    ],
)
def test_what_cannot_be_had_is_refused_with_its_reason(timm: Any, name: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        timm_network.timm_network(f"timm:{name}")
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"timm:{name}: ")


def test_a_wrong_tag_is_answered_with_all_that_there_are(timm: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        timm_network.timm_network("timm:resnet18.a9_in9k")
    tags = [name.partition(".")[2] for name in timm.list_pretrained("resnet18.*")]
    assert len(tags) > 2
    assert str(caught.value) == (
        f"timm:resnet18.a9_in9k: timm has no weights with that tag. Expected one of: {', '.join(tags)}."
    )
    assert list(caught.value.options) == [f"timm:resnet18.{tag}" for tag in tags]


def test_weights_of_another_network_are_refused(timm: Any, tmp_path: Path) -> None:
    _, path = published(timm, "mobilenetv3_small_050", tmp_path)
    with pytest.raises(ModelError, match=r"of the \d+ weights of timm:resnet10t, such as 'conv1.0.weight'"):
        load_backbone("timm:resnet10t", (SIZE, SIZE, 3), weights=str(path))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'timm'", name="timm"), "pip install 'onelook[timm]'"),
        (RuntimeError("operator torchvision::nms does not exist"), "the torchvision that was built for the torch"),
    ],
)
def test_without_timm_or_its_torchvision_a_sentence_says_what_to_install(
    error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refuses:
        def find_spec(self, name: str, *_: Any) -> None:
            if name == "timm":
                raise error

    monkeypatch.setattr("sys.meta_path", [Refuses(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    with pytest.raises(ConfigError) as caught:
        timm_network.timm_network("timm:resnet18")
    assert words in str(caught.value)
    assert str(caught.value).startswith("timm:resnet18")


class Branches(nn.Module):
    """A module that does with a picture what it is told to."""

    def __init__(self, forward: Any) -> None:
        super().__init__()
        self.first, self.norm = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4)
        self.act = nn.ReLU()
        self.does = forward

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.does(self, self.norm(self.first(images))).mean((2, 3))


def test_a_sum_that_is_looked_at_twice_keeps_its_activation_apart() -> None:
    """As in a network that activates before it convolves: the shortcut goes round the activation."""

    def forward(own: Any, values: torch.Tensor) -> torch.Tensor:
        total = values + own.norm(values)
        return total + own.act(total)

    module = Branches(forward)
    found = translate(module)
    network = NetworkSettings(layers=(*found.layers, Dropout(rate=0.1), Dense(units="classes")))
    check_translation(module, network, found.names)
    assert [layer.type for layer in found.layers] == [
        "conv",
        "batch_norm",
        "residual",
        "residual",
        "global_average_pool",
    ]


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (lambda own, values: torch.cat([values, values]), "'cat'"),
        (lambda own, values: values * 0.5, "'mul'"),
        (lambda own, values: values + 1, "'add'"),
        (lambda own, values: values.flatten(1), "'flatten'"),
        (lambda own, values: values if values.sum() > 0 else own.act(values), "depend on the picture itself"),
        (lambda own, values: values.view(1, -1, 2, 2), "'view'"),
        (lambda own, values: values + values, "'add'"),
    ],
)
def test_steps_that_are_no_layers_are_named(forward: Any, words: str) -> None:
    with pytest.raises(NotLayers, match=words):
        translate(Branches(forward))


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.Conv2d(4, 4, 3, dilation=2), "a dilated convolution"),
        (nn.Conv2d(4, 4, 3, padding=(1, 0)), "a padding of 1 by 0"),
        (nn.Conv2d(4, 4, 3, padding_mode="reflect"), "reflect padding"),
        (nn.AvgPool2d(3, padding=1), "counts its padding"),
        (nn.MaxPool2d(3, 2, ceil_mode=True), "windows over the edge"),
        (nn.GELU(approximate="tanh"), "GELU with approximate = tanh"),
        (nn.LeakyReLU(0.01), "LeakyReLU with negative_slope = 0.01"),
        (nn.GroupNorm(2, 4), "the module GroupNorm"),
        (nn.Linear(8, 8), "Linear over another axis"),
    ],
)
def test_modules_that_are_no_layers_of_ours_are_named(layer: nn.Module, words: str) -> None:
    module = Branches(lambda own, values: own.act(values))
    module.act = layer  # type: ignore[assignment]
    with pytest.raises(NotLayers, match=words):
        translate(module)


def test_a_translation_that_gives_other_numbers_is_never_taken() -> None:
    module = Branches(lambda own, values: own.act(values))
    found = translate(module)
    wrong = NetworkSettings(layers=(Conv(filters=4), *found.layers[1:], Dropout(rate=0.1), Dense(units="classes")))
    with pytest.raises(NotLayers, match="gives other numbers as layers"):
        check_translation(module, wrong, found.names)
    swapped = {**found.names, "1.weight": "norm.running_var", "1.running_var": "norm.weight"}
    right = wrong.model_copy(update={"layers": (*found.layers, *wrong.layers[-2:])})
    check_translation(module, right, found.names)
    with pytest.raises(NotLayers, match="gives other numbers as layers"):
        check_translation(module, right, swapped)
    flat = wrong.model_copy(update={"layers": (*found.layers[:-1], BatchNorm(), Flatten(), *wrong.layers[-2:])})
    with pytest.raises(NotLayers):
        check_translation(module, flat, found.names)


ON_THE_HUB = Backbone(
    name="timm:small",
    image_size=8,
    mean=(0.5,),
    std=(0.5,),
    crop=1.0,
    licence="not stated",
    trained_on="nothing",
    source="https://huggingface.co/timm/small",
    file_names={},
    classifier=(),
    hub="timm/small@v2",
)


class Hub:
    """What is used of the package huggingface_hub."""

    class errors:  # noqa: N801 - its name there
        class EntryNotFoundError(Exception):
            pass

        class LocalEntryNotFoundError(EntryNotFoundError):
            pass

    class constants:  # noqa: N801
        ENDPOINT = "https://hub.invalid"

    def __init__(self, files: dict[str, Path], kept: dict[str, Path] | None = None) -> None:
        self.files, self.kept, self.asked = files, kept or {}, []

    def try_to_load_from_cache(self, repository: str, name: str, revision: str | None) -> str | None:
        return str(self.kept[name]) if name in self.kept else None

    def hf_hub_download(self, repository: str, name: str, revision: str | None, etag_timeout: float) -> str:
        self.asked.append((repository, name, revision))
        if name not in self.files:
            raise self.errors.EntryNotFoundError(name)
        return str(self.files[name])


def on(monkeypatch: pytest.MonkeyPatch, found: Hub, *, online: bool = True) -> Hub:
    monkeypatch.setattr(hub, "_import_hub", lambda backbone: found)
    if online:
        monkeypatch.setattr(hub, "_refuse_offline", lambda endpoint: None)
    else:

        def leads_nowhere(*_: Any) -> None:
            raise OSError("Name or service not known")

        monkeypatch.setattr("socket.getaddrinfo", leads_nowhere)
        monkeypatch.setattr(hub, "getproxies", dict)
    return found


def test_weights_come_from_the_hub_as_timm_fetches_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = on(monkeypatch, Hub({"pytorch_model.bin": tmp_path / "old.bin"}))
    assert find_weights(ON_THE_HUB) == tmp_path / "old.bin"
    assert server.asked == [("timm/small", name, "v2") for name in ("model.safetensors", "pytorch_model.bin")]


def test_a_file_with_a_name_of_its_own_is_the_only_one_that_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = replace(ON_THE_HUB, hub="timm/small", hub_file="own.bin")
    server = on(monkeypatch, Hub({"own.bin": tmp_path / "own.bin", "model.safetensors": tmp_path / "other"}))
    assert find_weights(named) == tmp_path / "own.bin"
    assert server.asked == [("timm/small", "own.bin", None)]
    on(monkeypatch, Hub({}, kept={"model.safetensors": tmp_path / "other", "own.bin": tmp_path / "kept"}))
    assert find_weights(named) == tmp_path / "kept"
    on(monkeypatch, Hub({}))
    with pytest.raises(ConfigError, match=r"^timm:small: https://huggingface.co/timm/small holds none of own.bin\.$"):
        find_weights(named)


def test_weights_that_were_fetched_before_need_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, Hub({}, kept={"model.safetensors": tmp_path / "kept.safetensors"}), online=False)
    assert find_weights(ON_THE_HUB) == tmp_path / "kept.safetensors"


def test_without_the_hub_a_sentence_says_where_the_weights_are(monkeypatch: pytest.MonkeyPatch) -> None:
    server = on(monkeypatch, Hub({}), online=False)
    with pytest.raises(ConfigError) as caught:
        find_weights(ON_THE_HUB)
    assert "cannot be fetched from https://huggingface.co/timm/small (Name or service not known)" in str(caught.value)
    assert "--weights FILE" in str(caught.value)
    assert server.asked == []


def test_grey_pictures_are_looked_at_through_summed_kernels(timm: Any, tmp_path: Path) -> None:
    module, path = published(timm, "resnet10t", tmp_path)
    backbone = load_backbone("timm:resnet10t", (SIZE, SIZE, 1), weights=str(path))
    stem = module.state_dict()["conv1.0.weight"].numpy()
    np.testing.assert_allclose(backbone.weights["0.weight"], stem.sum(axis=1, keepdims=True), rtol=1e-5)
    images = np.zeros((2, SIZE, SIZE, 1), np.uint8)
    assert GraphFeatures(backbone.graph(), backbone.input_shape, threads=1)(images).shape == (2, 512)
