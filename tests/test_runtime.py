"""The environment is read where the design says, and the seed repeats a run."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from onelook import runtime
from onelook.errors import ConfigError


def test_the_cache_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path))
    assert runtime.cache_folder() == tmp_path


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_the_cache_is_else_in_the_users_own_folder(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    for name in ("ONELOOK_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    folder = runtime.cache_folder()
    assert folder.name == "onelook"
    assert folder.is_relative_to(Path.home())


def test_the_data_folder_is_none_where_nobody_named_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONELOOK_DATA", raising=False)
    assert runtime.data_folder() is None
    monkeypatch.setenv("ONELOOK_DATA", "/data")
    assert runtime.data_folder() == Path("/data")


def test_predicting_reports_to_nobody(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TMPDIR", "LOCALAPPDATA"), str(tmp_path))
    command = "from onelook.runtime import import_onnxruntime; import_onnxruntime()"
    subprocess.run([sys.executable, "-B", "-c", command], env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []


def test_there_is_a_core() -> None:
    assert runtime.available_cores() >= 1


def test_the_seed_repeats_all_three_sources_of_chance() -> None:
    torch = pytest.importorskip("torch")

    def draw() -> tuple[float, float, float]:
        runtime.seed_everything(2**32 + 5)
        return random.random(), float(np.random.rand()), float(torch.rand(()))

    assert draw() == draw()


def test_auto_is_cuda_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert runtime.choose_device("auto").type == "cpu"
    with pytest.raises(ConfigError, match="no CUDA device"):
        runtime.choose_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert runtime.choose_device("auto").type == "cuda"
    assert runtime.choose_device("cpu").type == "cpu"


def test_a_missing_torch_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # what an import of a missing package looks like
    with pytest.raises(ConfigError, match=r"training needs the package 'torch'.*onelook\[train\]"):
        runtime.require_torch("training")


def test_versions_name_python_and_numpy() -> None:
    found = runtime.versions()
    assert found["python"] == sys.version.split()[0]
    assert found["numpy"] == np.__version__
