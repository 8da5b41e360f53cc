"""Every format holds every layer, and every network that `onelook models` lists, and the page's programs run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from sklearn.datasets import load_digits
from tests.end_to_end.conftest import Finished
from tests.export.conftest import made_up

from onelook.classifier import Classifier
from onelook.cli import main
from onelook.errors import ConfigError
from onelook.estimator import ImageClassifier
from onelook.export import EXPORTS
from onelook.export.compare import random_pictures
from onelook.export.target import Source, Target
from onelook.export.write_checked import write_checked
from onelook.models import MODELS, ModelInput
from onelook.models.shapes import leaves, plan_network
from onelook.settings import FittedPreprocess, NetworkSettings, PreprocessSettings
from onelook.settings.network import (
    Activation,
    ActivationLayer,
    BatchNorm,
    Branch,
    Conv,
    Dense,
    DepthwiseConv,
    Dropout,
    Flatten,
    Gate,
    GlobalPool,
    Layer,
    LayerNorm,
    Merge,
    Pool,
    Residual,
    Scale,
    Whitening,
)
from onelook.settings.pictures import ViewSettings
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad

TWO = (Branch(layers=(Conv(filters=4, padding="same"),)), Branch())
# Layers that came with the import of Keras' models, which not every format has operators for.
IMPORTED: dict[str, tuple[Layer, ...]] = {
    "rescale": (Rescale(multiplier=(0.5,), offset=(0.1, 0.2, 0.3, 0.4)),),
    "prelu": (PRelu(),),
    "prelu of pixels": (PRelu(shared=False),),
    "zero_pad": (ZeroPad(top=1, right=2),),
    "crop": (Crop(left=1, bottom=2),),
    "resize": (Resize(height=9, width=5),),
    "nearest": (Resize(height=4, width=11, method="nearest"),),
    "reshape": (Reshape(height=3, width=8, channels=7),),
    **{how: (Merge(how=how, branches=TWO),) for how in get_args(Merge.model_fields["how"].annotation)},
}

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

PAGE = Path(__file__).parents[2] / "docs" / "export.md"
PACKAGES = {"litert": "ai_edge_litert"}
PLAIN = ("onnx", "web")  # which need no package
COLOUR = ("airbench", "efficientnet", "dogs-vs-cats", "cifar10")


def refuse_nothing(model: Classifier, folder: Path) -> None:
    """Write the model in every format whose package is installed; one that disagrees would be refused."""
    answers = model.probabilities(random_pictures(model.card))
    assert np.ptp(answers, axis=0).max() > 0.01, "the comparison would see nothing"
    for name in installed():
        target: Target = EXPORTS.load(name)
        exported = write_checked(Source(model, model.graph), target, folder / f"m{target.ending}")
        assert exported.difference < 5e-5, name


def every_layer() -> NetworkSettings:
    # Normalised in between, so that the answers still depend on the picture.
    names = get_args(Activation)
    activations = [layer for name in names for layer in (ActivationLayer(function=name), LayerNorm())]
    gate = Gate(
        layers=(
            GlobalPool(type="global_average_pool", keepdims=True),
            Conv(filters=4, kernel=1, activation="relu"),
            Conv(filters=12, kernel=1, activation="sigmoid"),
        )
    )
    branch = (Conv(filters=12, kernel=3, stride=2, padding="same", bias=False), BatchNorm(), gate)
    layers = (
        Whitening(activation="gelu"),
        Conv(filters=8, kernel=(3, 5), padding="same", activation="relu"),
        BatchNorm(),
        *activations[:12],
        Pool(type="max_pool", size=3, stride=2, padding="same"),
        Pool(type="average_pool", size=3, stride=1, padding="same"),
        Pool(type="min_pool", size=2, stride=1, padding=1),
        Pool(type="average_pool", size=2, stride=2, padding=1),
        Residual(layers=branch, activation="hard_swish"),
        Gate(layers=(GlobalPool(type="global_max_pool", keepdims=True),)),
        DepthwiseConv(kernel=3, padding="same", activation="relu6"),
        DepthwiseConv(kernel=2, stride=(1, 2)),
        Conv(filters=6, kernel=1, groups=3, padding=1),
        Scale(),
        *activations[12:],
        Dropout(rate=0.3),
        Gate(layers=(Conv(filters=6, kernel=1),)),
        Flatten(),
        Dense(units=16, activation="selu"),
        BatchNorm(),
        LayerNorm(),
        Scale(),
        Dense(units="classes", bias=False),
    )
    return NetworkSettings(layers=layers)


def test_every_layer_every_step_of_preparation_and_views(tmp_path: Path) -> None:
    network = every_layer()
    types = {planned.layer.type for planned in leaves(plan_network(network, (3, 12, 12), 5))}
    known = {name for kind in get_args(get_args(Layer)[0]) for name in get_args(kind.model_fields["type"].annotation)}
    assert types == known - {layer.type for layers in IMPORTED.values() for layer in layers}
    steps = PreprocessSettings(
        samplewise_center=True,
        samplewise_std_normalization=True,
        featurewise_center=True,
        featurewise_std_normalization=True,
        zca_whitening=True,
    )
    fitted = FittedPreprocess(settings=steps, mean=(0.1, 0.2, 0.3), std=(0.9, 1.0, 1.1))
    matrix = np.eye(432) + np.random.default_rng(1).normal(size=(432, 432)) * 0.01
    model = made_up(
        network,
        (12, 12, 3),
        classes=5,
        fitted=fitted,
        extra={"preprocess.zca_matrix": matrix.astype(np.float32)},
        views=ViewSettings(horizontal_flip=True, shift=1),
    )
    refuse_nothing(model.with_temperature(1.7), tmp_path)


def installed() -> list[str]:
    """The formats whose packages are installed."""
    return [name for name in EXPORTS if name in PLAIN or find_spec(PACKAGES.get(name, name)) is not None]


@pytest.mark.parametrize("name", IMPORTED)
def test_a_layer_of_imported_models_is_written_or_refused_by_its_name(name: str, tmp_path: Path) -> None:
    layers = (Conv(filters=4, padding="same", activation="relu"), *IMPORTED[name], Flatten(), Dense(units="classes"))
    model = made_up(NetworkSettings(layers=layers), (7, 6, 1))
    refused = set()
    for file_format in installed():
        target: Target = EXPORTS.load(file_format)
        try:
            exported = write_checked(Source(model, model.graph), target, tmp_path / f"m{target.ending}")
        except ConfigError as refusal:
            refused.add(file_format)
            assert f"--to {file_format}: layer 2 (" in str(refusal)  # noqa: PT017
            assert f"no translation of '{IMPORTED[name][0].type}' for this format" in str(refusal)  # noqa: PT017
        else:
            assert exported.difference < 5e-5, file_format
    is_refused = isinstance(IMPORTED[name][0], Resize) and find_spec("keras") is not None
    assert refused == ({"keras"} if is_refused else set())  # whose own resizing differs from backend to backend


@pytest.mark.parametrize("dtype", ["float32", "uint16", "float64"])
def test_pictures_of_other_numbers(dtype: str, tmp_path: Path) -> None:
    network = NetworkSettings(layers=(Conv(filters=4), Flatten(), Dense(units="classes")))
    model = made_up(network, (6, 6, 1), dtype=dtype, fitted=FittedPreprocess(value_range=(0.0, 1000.0)))
    refuse_nothing(model, tmp_path)


@pytest.mark.parametrize("name", MODELS)
def test_a_listed_network(name: str, tmp_path: Path) -> None:
    channels = 3 if name.startswith(COLOUR) else 1
    network = MODELS.load(name)(ModelInput(height=32, width=32, channels=channels, num_classes=10, rows=1000))
    refuse_nothing(made_up(network, (32, 32, channels), classes=10), tmp_path)


@pytest.mark.skipif(find_spec("skl2onnx") is None, reason="skl2onnx is not installed")
@pytest.mark.parametrize(
    ("model", "features", "reason"),
    [
        ("decision-tree", {}, ""),
        ("random-forest", {"pca": 12}, ""),
        ("random-forest", {}, ""),
        ("logistic", {}, ""),
        ("lda", {}, ""),
        ("knn", {"pca": 12}, ""),
        ("logistic", {"name": "efficientnet-lite0"}, ""),
        ("logistic", {"name": "hog"}, "histograms of gradients"),
        ("svc", {}, "votes of its machines"),
        ("hist-gradient-boosting", {}, "skl2onnx"),
    ],
    ids=lambda given: " ".join(map(str, given.values())) if isinstance(given, dict) else given,
)
def test_a_classical_model_is_written_or_refused_with_the_reason(
    model: str, features: dict[str, object], reason: str, in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    digits = load_digits()
    fitted = ImageClassifier(model=model, settings={"features": features} if features else None)
    fitted.fit(digits.images[:400].astype(np.uint8), digits.target[:400])
    fitted.classifier_.save("model")
    code = main(["export", "model", "--to", "onnx"])
    said = " ".join(capsys.readouterr().err.split())
    if reason and not (code == 0 and model == "hist-gradient-boosting"):  # which a later skl2onnx may know
        assert (code, reason in said) == (2, True), said
    else:
        assert code == 0, said


@pytest.mark.parametrize("at", range(3))
def test_a_program_of_the_page(at: int, onelook: Callable[..., Finished], tmp_path: Path) -> None:
    network = NetworkSettings(layers=(Conv(filters=4), Flatten(), Dense(units="classes")))
    made_up(network, (28, 28, 1)).save(tmp_path / "model")
    program = re.findall(r"^```py\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)[at]
    package, name = re.search(r"import (?:json, )?(\w+)", program)[1], ("torch", "keras", "openvino")[at]  # type: ignore[index]
    assert package == name
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    out = {"torch": "digits.pt2", "keras": "digits.keras", "openvino": "digits-openvino"}[name]
    done = onelook("export", "model", "--to", name, "--out", out)
    assert (done.code, done.out[: len(out) + 2]) == (0, f"{out}, "), done.err
    script = f"import numpy as np\npictures = np.zeros((2, 28, 28, 1), np.uint8)\n{program}\nprint(probabilities.shape)"
    words = [sys.executable, "-W", "ignore", "-c", script]
    variables = {**os.environ, "KERAS_BACKEND": "torch"}
    ran = subprocess.run(words, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"\(2, 3\)|\[1, 3\]", ran.stdout), ran.stdout
