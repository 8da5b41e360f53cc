"""The settings of torch and the C library while a network is trained, for speed and for exact repetition."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

from onelook.settings.train import Precision

# The numbers of two options of glibc's mallopt, from malloc.h.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_ONE_GIGABYTE = 1 << 30


@contextmanager
def tuned_for_training(device: torch.device) -> Iterator[None]:
    """Within the block memory is re-used, denormal numbers are zero, and torch's global random numbers are ours.

    Afterwards torch's global random numbers continue as if nothing had been drawn in the block.
    """
    if device.type == "cpu":
        keep_freed_memory()
    is_cuda = device.type == "cuda"
    # The moments of weights that no longer move fall below 1e-38, and many processors handle such denormal numbers a
    # hundred times slower. The setting holds for the calling thread and for the worker threads that it starts.
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
    """Within the block torch computes on `count` CPU threads; None keeps the present number."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def fast_on_gpu() -> Iterator[None]:
    """Within the block a GPU may use its matrix units for float32, and tries which kernel suits each layer best.

    The matrix units compute in TF32, with 10 bits of fraction, as convolutions do by default.
    """
    precision, tries = torch.get_float32_matmul_precision(), torch.backends.cudnn.benchmark
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(precision)
        torch.backends.cudnn.benchmark = tries


def choose_precision(name: Precision, device: torch.device) -> torch.dtype:
    """Return the dtype of forward and backward passes. Weights, their updates and validation are always float32.

    Args:
        name: `auto` is bfloat16 on GPUs that compute in it natively (compute capability 8.0, Ampere, and above), and
            float32 everywhere else. A run on a CPU that gains by bfloat16 chooses it before: `runs/fitting/precision`.
        device: the device of the training.
    """
    if name == "auto":
        is_native = device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)
        return torch.bfloat16 if is_native else torch.float32
    return torch.bfloat16 if name == "bfloat16" else torch.float32


def keep_freed_memory() -> bool:
    """Make the C library keep freed memory for the next step, and return whether it supports that.

    By default glibc returns large blocks to the system at once, and each step allocates them again, with a page fault
    every 4 KiB. Measured on one core: 12 % more pictures a second for `digit-recognizer`, 5 % for
    `fashion-cnn-bn`, 20 % for `dogs-vs-cats`, whose dense gradient alone is 51 MB. Other C libraries are not changed.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS; Windows
        return False
    return bool(set_option(_M_MMAP_THRESHOLD, _ONE_GIGABYTE) and set_option(_M_TRIM_THRESHOLD, _ONE_GIGABYTE))
