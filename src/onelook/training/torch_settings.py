"""What the process is set to while a network is trained, for speed and for exactness."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

from onelook.settings.train import Precision

# glibc's names for what mallopt sets, from malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_ONE_GIGABYTE = 1 << 30


@contextmanager
def tuned_for_training(device: torch.device) -> Iterator[None]:
    """Within the block memory is re-used, vanishing numbers are zero, and torch's random numbers are ours.

    Afterwards torch's global random numbers go on as if nothing had been drawn from them.
    """
    if device.type == "cpu":
        keep_freed_memory()
    is_cuda = device.type == "cuda"
    # Moments of weights that rest fall to numbers under 1e-38, which many processors handle a hundred times slower.
    # The setting is the calling thread's, and that of the worker threads that it starts.
    torch.set_flush_denormal(True)
    try:
        with (
            torch.random.fork_rng([device] if is_cuda else []),
            torch.cuda.device(device) if is_cuda else nullcontext(),
            fast_on_gpu() if is_cuda else nullcontext(),
        ):
            yield
    finally:
        torch.set_flush_denormal(False)


@contextmanager
def on_threads(count: int | None) -> Iterator[None]:
    """Within the block torch computes on so many threads of the processor; None leaves it as it is."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def fast_on_gpu() -> Iterator[None]:
    """Within the block a GPU may use its matrix units for float32 (TF32, 10 bits of fraction, as convolutions do by
    default), and tries which of its kernels suits a layer best."""
    precision, tries = torch.get_float32_matmul_precision(), torch.backends.cudnn.benchmark
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(precision)
        torch.backends.cudnn.benchmark = tries


def choose_precision(name: Precision, device: torch.device) -> torch.dtype:
    """What forward and backward passes compute in; weights, their updates and validation are always float32.

    Args:
        name: `auto` is bfloat16 on GPUs that compute in it natively (compute capability 8.0, Ampere, and above), and
            float32 everywhere else: few CPUs gain by it.
        device: where the training is.
    """
    if name == "auto":
        is_native = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)
        return torch.bfloat16 if is_native else torch.float32
    return torch.bfloat16 if name == "bfloat16" else torch.float32


def keep_freed_memory() -> bool:
    """Asks the C library to keep freed memory for the next step instead of giving it back; whether it understood.

    By default glibc returns large blocks to the system at once, and each step then takes them anew, a page fault
    every 4 KiB. Measured on one core: 12 % more pictures a second for `digit-recognizer`, 5 % for
    `fashion-cnn-bn`, 20 % for `dogs-vs-cats`, whose dense gradient alone is 51 MB. Other C libraries are left alone.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS; Windows
        return False
    return bool(set_option(_M_MMAP_THRESHOLD, _ONE_GIGABYTE) and set_option(_M_TRIM_THRESHOLD, _ONE_GIGABYTE))
