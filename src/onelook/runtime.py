"""The process: environment variables, seed, device, threads. No other module reads the environment."""

from __future__ import annotations

import os
import platform
import random
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from onelook.errors import ConfigError

if TYPE_CHECKING:
    import torch

_STARTED = 19  # the start of the process among the fields of /proc/self/stat after its name, in ticks since the boot
_LEAST_RUN_SECONDS = 0.2  # of processor time; of less, the ratio is chance

_CORES = "ONELOOK_CORES"  # set by `hold_cores`

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")

DeviceName = Literal["auto", "cpu", "cuda"]


def cache_folder() -> Path:
    """Return the folder for decoded pictures and downloads: `$ONELOOK_CACHE`, else one in the user's cache folder."""
    if chosen := os.environ.get("ONELOOK_CACHE"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "onelook"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "onelook"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "onelook"


def data_folder() -> Path | None:
    """Return `$ONELOOK_DATA`, the folder of the built-in data sets `mnist`, `fashion_mnist` and `cifar10`, if set."""
    chosen = os.environ.get("ONELOOK_DATA")
    return Path(chosen) if chosen else None


def available_cores() -> int:
    """Return the number of processor cores that this process may use, at least 1."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    held_to = os.environ.get(_CORES)
    return max(1, min(count, int(held_to)) if held_to else count)


def hold_cores(count: int) -> None:
    """Hold this process, and those that it starts, to so many cores: others on the machine work beside it."""
    os.environ[_CORES] = str(count)


def in_threads(work: Callable[[_Item], _Found], items: Sequence[_Item], *, alone: int = 1) -> Iterator[_Found]:
    """Yield the result of some work for each item, in order. There are as many threads as cores.

    Args:
        work: is done for each item; it may be done for several at once.
        items: what it is done for.
        alone: the most items that this thread works on by itself, because others would take longer to start.

    Example:
        >>> list(in_threads(abs, [-1, 2, -3]))
        [1, 2, 3]
    """
    if len(items) <= alone:
        yield from map(work, items)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(available_cores()) as threads:
        yield from threads.map(work, items)


def processor_name() -> str:
    """Return the processor's name if the system gives it, else its architecture."""
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


# The instructions for products of bfloat16 matrices, by the flag under which Linux lists them, the fastest first.
_BFLOAT16 = {"amx_bf16": "AMX-BF16", "avx512_bf16": "AVX512-BF16", "svebf16": "SVE-BF16"}
# The values of $ONEDNN_MAX_CPU_ISA and $ATEN_CPU_CAPABILITY that forbid them.
_WITHOUT_BFLOAT16 = frozenset(
    {"SSE41", "AVX", "AVX2", "AVX2_VNNI", "AVX2_VNNI_2", "AVX512_CORE", "AVX512_CORE_VNNI", "DEFAULT"}
)


def bfloat16_instructions() -> str | None:
    """Return the name of the processor's instructions for products of bfloat16 matrices; None if torch has none to use.

    Only Linux tells them. The variables by which oneDNN and torch are held to older instructions count.
    """
    held_to = os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA") or ""
    is_held = held_to.upper() in _WITHOUT_BFLOAT16 - {"DEFAULT"}
    if is_held or os.environ.get("ATEN_CPU_CAPABILITY", "").upper() in _WITHOUT_BFLOAT16:
        return None
    flags = _processor_flags()
    return next((name for flag, name in _BFLOAT16.items() if flag in flags), None)


# The instructions for sums of 8-bit products, by the flag under which Linux lists them.
_DOT_PRODUCTS = {"avx512_vnni": "AVX512-VNNI", "avx_vnni": "AVX-VNNI", "asimddp": "DotProd"}


def dot_product_instructions() -> str | None:
    """Return the name of the processor's instructions for sums of 8-bit products; None if it has none.

    Only Linux tells them.
    """
    flags = _processor_flags()
    return next((name for flag, name in _DOT_PRODUCTS.items() if flag in flags), None)


def _processor_flags() -> list[str]:
    """Return the names of what the processor can do, where the system is Linux."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    lines = (line.partition(":") for line in text.splitlines())
    return next((values.split() for name, _, values in lines if name.strip() in {"flags", "Features"}), [])


PICTURES_TO_COME = "NEW_PICTURES"  # in a printed command, where the user writes a path


def command_name() -> str:
    """Return what to type to run this program again: `onelook` if the shell finds this one, else as it was started."""
    started = sys.argv[0]
    found = shutil.which("onelook")
    if Path(started).parts[-2:] == ("onelook", "__main__.py"):
        return "onelook" if found else "python -m onelook"
    if Path(started).stem != "onelook":  # a notebook, a test
        return "onelook"
    return "onelook" if found and Path(found).resolve() == Path(started).resolve() else shlex.quote(started)


def command_line(*words: str) -> str:
    """Return a command of this program that a shell can run: a word with blanks is quoted."""
    return f"{command_name()} {shlex.join(words)}"


def command_started() -> float:
    """Return when this command began, on the clock of `time.perf_counter`: with its process, if that is `onelook`.

    Starting Python and importing the command line take half a second, and some seconds on a busy machine. Where the
    system does not tell the age of a process, and in a notebook or another program, it is now.
    """
    now = time.perf_counter()
    if Path(sys.argv[0]).stem != "onelook":
        return now
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        began = int(fields[_STARTED]) / os.sysconf("SC_CLK_TCK")
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - began
    except (AttributeError, IndexError, OSError, ValueError):  # not Linux
        return now
    return now - max(0.0, age)


@dataclass(frozen=True)
class ProcessorTime:
    """The time that a thread has had a processor, and the time that it has waited for one, in seconds."""

    ran: float = 0.0
    waited: float = 0.0

    def load_since(self, earlier: ProcessorTime) -> float:
        """Return how many times as long as on an idle machine the thread's work has taken since then, at least 1.

        Example:
            >>> ProcessorTime(ran=3.0, waited=3.5).load_since(ProcessorTime(ran=1.0, waited=0.5))
            2.5
        """
        ran, waited = self.ran - earlier.ran, self.waited - earlier.waited
        return 1.0 if ran < _LEAST_RUN_SECONDS else 1.0 + max(0.0, waited) / ran


def processor_time() -> ProcessorTime:
    """Return the present thread's times; zeros where the system does not tell them, which only Linux does."""
    try:
        ran, waited, *_ = Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()
        return ProcessorTime(int(ran) / 1e9, int(waited) / 1e9)
    except (OSError, ValueError):
        return ProcessorTime()


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """Run NumPy's matrix products in the calling thread, for work that already uses several threads.

    Two layers of threads wait for each other: on two busy cores that took six times as long. Without threadpoolctl
    (it comes with scikit-learn) nothing changes.
    """
    try:
        limiter = _blas_limiter(len(sys.modules))
    except ImportError:
        yield
        return
    with limiter.limit(limits=1, user_api="blas"):
        yield


@lru_cache(maxsize=1)
def _blas_limiter(_modules: int) -> Any:
    """Return what sets the threads of the libraries for matrix products. Finding them takes three milliseconds.

    Args:
        _modules: the number of imported modules: with a new one, a library may have come.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


@dataclass(frozen=True)
class Launch:
    """The position of this process among those that `torchrun` started; by default it is the only one."""

    rank: int = 0  # from 0, over all machines
    local_rank: int = 0  # from 0, on this machine
    count: int = 1  # processes in all


def launch() -> Launch:
    """Return this process' position from `torchrun`'s environment variables; without them, the only process."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return Launch()
    return Launch(*(int(os.environ[name]) for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE")))


def choose_device(name: DeviceName = "auto") -> torch.device:
    """Return the torch device for a name. `auto` is CUDA if available; each process of `torchrun` has its own device.

    Raises:
        ConfigError: `cuda` was given and this machine has none, or `torchrun` started more processes than devices.
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
            f"torchrun started {launched.local_rank + 1} or more processes on this machine, which has {devices} CUDA "
            f"devices. Expected a device for each process: --nproc-per-node {devices}, or --device cpu."
        )
    return torch.device("cuda", launched.local_rank)


def ray_address() -> str | None:
    """Return `$RAY_ADDRESS`, the Ray cluster to work on, if set."""
    return os.environ.get("RAY_ADDRESS") or None


def seed_everything(seed: int) -> None:
    """Seed Python's, NumPy's and torch's random numbers, so that a run can be repeated."""
    import torch

    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def versions() -> dict[str, str]:
    """Return the versions that a run's result depends on: Python, onelook, and the installed libraries."""
    return dict(_installed_versions())


@cache
def _installed_versions() -> Mapping[str, str]:
    """Return what `versions` returns. Reading the packages' descriptions takes a tenth of a short run."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": sys.version.split()[0]}
    for package in ("onelook", "torch", "numpy", "pillow", "onnx", "onnxruntime", "scikit-learn", "skops"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
