"""The process that we run in: environment variables, seed, device, threads. Read here alone."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from onelook.errors import ConfigError, missing_extra

if TYPE_CHECKING:
    import torch

DeviceName = Literal["auto", "cpu", "cuda"]


def cache_folder() -> Path:
    """Where decoded pictures and downloads are kept: `$ONELOOK_CACHE`, else the user's cache."""
    if chosen := os.environ.get("ONELOOK_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "onelook"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "onelook"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "onelook"


def data_folder() -> Path | None:
    """`$ONELOOK_DATA`: where the built-in names `mnist`, `fashion_mnist`, `cifar10` are looked for."""
    chosen = os.environ.get("ONELOOK_DATA")
    return Path(chosen) if chosen else None


def available_cores() -> int:
    """The number of processor cores that this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Keeps NumPy's matrix products in the thread that asks for them, for work that has threads of its own.

    Two layers of threads wait for each other: on two busy cores that took six times as long. Where threadpoolctl is
    not installed (it comes with scikit-learn) nothing changes.
    """
    try:
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
    except ImportError:
        yield
        return
    with threadpool_limits(1, user_api="blas"):
        yield


def require_torch(purpose: str) -> None:
    """Returns quietly where torch can be imported.

    Raises:
        ConfigError: it cannot; the message names the extra to install.
    """
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise missing_extra("torch", "train", purpose) from error


def choose_device(name: DeviceName = "auto") -> torch.device:
    """The torch device that `name` stands for; `auto` is CUDA where there is one.

    Raises:
        ConfigError: `cuda` was asked for and this machine has none.
    """
    import torch

    has_cuda = torch.cuda.is_available()
    if name == "cuda" and not has_cuda:
        raise ConfigError("--device cuda: this machine has no CUDA device that torch can use. Use --device cpu.")
    return torch.device("cuda" if has_cuda and name != "cpu" else "cpu")


def import_onnxruntime() -> Any:
    """The module `onnxruntime`, which is not to report on whoever predicts.

    Since 1.31 its import writes a number for the device and a database of usage reports below the user's cache, to
    be sent to its makers, unless this variable says otherwise. A user who sets it decides.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def seed_everything(seed: int) -> None:
    """Seeds Python's, NumPy's and torch's random numbers, so that a run can be repeated."""
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def versions() -> dict[str, str]:
    """The versions that a run's result depends on: Python, onelook, and the libraries that are installed."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": sys.version.split()[0]}
    for package in ("onelook", "torch", "numpy", "pillow", "onnx", "onnxruntime", "scikit-learn"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
