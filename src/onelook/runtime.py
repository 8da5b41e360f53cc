"""The process that we run in: environment variables, seed, device, threads. Read here alone."""

from __future__ import annotations

import os
import platform
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


def processor_name() -> str:
    """What the processor calls itself, as far as the system tells; else its architecture."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Keeps NumPy's matrix products in the thread that asks for them, for work that has threads of its own.

    Two layers of threads wait for each other: on two busy cores that took six times as long. Where threadpoolctl is
    not installed (it comes with scikit-learn) nothing changes.
    """
    try:
        from threadpoolctl import threadpool_limits
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


@dataclass(frozen=True)
class Launch:
    """This process among those that `torchrun` started together; by default the only one there is."""

    rank: int = 0  # from 0, over all machines
    local_rank: int = 0  # from 0, on this machine
    count: int = 1  # processes in all


def launch() -> Launch:
    """What `torchrun` says of this process, where it was started by it."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return Launch()
    return Launch(*(int(os.environ[name]) for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE")))


def choose_device(name: DeviceName = "auto") -> torch.device:
    """The torch device that `name` stands for; `auto` is CUDA where there is one. Under `torchrun`, one's own.

    Raises:
        ConfigError: `cuda` was asked for and this machine has none; or `torchrun` started more processes than it has.
    """
    import torch

    has_cuda = torch.cuda.is_available()
    if name == "cuda" and not has_cuda:
        raise ConfigError("--device cuda: this machine has no CUDA device that torch can use. Use --device cpu.")
    if not has_cuda or name == "cpu":
        return torch.device("cpu")
    launched = launch()
    if launched.count == 1:
        return torch.device("cuda")
    devices = torch.cuda.device_count()
    if launched.local_rank >= devices:
        raise ConfigError(
            f"torchrun started {launched.local_rank + 1} or more processes here, and there are {devices} CUDA devices. "
            f"Expected a device for each: --nproc-per-node {devices}, or --device cpu."
        )
    return torch.device("cuda", launched.local_rank)


def import_onnxruntime() -> Any:
    """The module `onnxruntime`, which is not to report on whoever predicts.

    Since 1.31 its import writes a number for the device and a database of usage reports below the user's cache, to
    be sent to its makers, unless this variable says otherwise. A user who sets it decides.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


# What Ray is told by its environment: whether it reports on whoever searches, and how it starts on a busy machine,
# where its own values made it hang. They hold for a Ray that we start; a cluster has those of its machines.
RAY_VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",  # else its makers are sent statistics
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else it warns of hiding the GPUs from who asks for none
    "RAY_prestart_worker_first_driver": "0",  # else it waits for workers to start: for ever, where one gave up
    "RAY_worker_register_timeout_seconds": "600",  # to start in; a worker that takes longer than 60 s was given up
    "RAY_worker_niceness": "0",  # else 15: beside other work a trial would get a thirtieth of what it gets without Ray
}


def import_ray(purpose: str) -> Any:
    """The module `ray`, with `RAY_VARIABLES` set. A user who sets one of them decides.

    Raises:
        ConfigError: it is not installed; the message names the extra to install.
    """
    for name, value in RAY_VARIABLES.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise missing_extra("ray", "ray", purpose) from error
    return ray


def ray_address() -> str | None:
    """`$RAY_ADDRESS`: the Ray cluster to search on, where one is named."""
    return os.environ.get("RAY_ADDRESS") or None


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
    for package in ("onelook", "torch", "numpy", "pillow", "onnx", "onnxruntime", "scikit-learn", "skops"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
