"""The speed at which this machine trains and multiplies matrices, measured before a run with a time limit."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter, process_time

import torch

from onelook.training.listeners import BatchStatus
from onelook.training.measurements.pace import Pace
from onelook.training.torch_settings import fast_on_gpu, on_threads
from onelook.training.trainer import Trainer

# The first steps allocate memory and choose kernels. A mean over the next seconds is exact to a few percent.
_WARM_UP_STEPS = 5
_MEASURED_SECONDS = 2.0

_SIDE_ON_CPU, _SIDE_ON_GPU = 1024, 4096  # large enough to keep all cores, or the card, busy
_TRIES = 6
_SIDE_FOR_THREADS = 512  # small enough that threads wait for each other often, as they do in training
_ROUNDS, _SECONDS_A_ROUND = 2, 0.08
# Fewer threads are chosen only if they are this many times as fast, so that an idle machine keeps all.
_WORTH_FEWER_THREADS = 1.25


def measure_pace(trainer: Trainer) -> Pace:
    """Return the time of an epoch, after training for some seconds and validating once.

    This changes the weights of the trainer's network: pass a copy.
    """
    warm_up = min(_WARM_UP_STEPS, len(trainer.train) - 1)
    start, cpu_start, measured = perf_counter(), process_time(), 0

    def keep_training(status: BatchStatus) -> bool:
        nonlocal start, cpu_start, measured
        measured = status.step - warm_up
        if measured == 0:
            trainer.wait()
        _, now = trainer.processes.agree(interrupted=False, now=perf_counter())
        if measured <= 0:
            start, cpu_start = now, process_time()
        return now - start < _MEASURED_SECONDS

    trainer.train_epoch(1, lambda _: 1e-6, keep_training)
    trainer.wait()
    seconds = perf_counter() - start
    cores_used = (process_time() - cpu_start) / max(seconds, 1e-9)
    start = perf_counter()
    trainer.validate()
    trainer.wait()
    return Pace(
        training_seconds=seconds / max(1, measured) * len(trainer.train),
        validation_seconds=perf_counter() - start,
        cpu_share=min(1.0, cores_used / torch.get_num_threads()) if trainer.device.type == "cpu" else 1.0,
    )


def measure_matmul_speed(device: torch.device) -> float:
    """Return the operations a second in a product of square float32 matrices; a multiply-add counts as two.

    On a GPU the fastest of some tries counts. On a CPU it is the mean, at the best number of threads: other work on the
    machine slows a training down as well. It takes some tenths of a second.
    """
    if device.type == "cuda":
        with fast_on_gpu():
            return _fastest(torch.rand(_SIDE_ON_GPU, _SIDE_ON_GPU, device=device))
    return max(_speed_by_threads(_SIDE_ON_CPU).values())


def choose_threads() -> int:
    """Return the number of threads that computes fastest now: all that torch would use, or fewer on a busy machine.

    Threads wait for each other at the end of each operation. Where other processes take turns with one of them, all
    wait: with five busy processes on two cores, one thread trained 2.5 to 4 times as fast as two.
    """
    every = torch.get_num_threads()
    if every == 1:
        return 1
    return fastest_threads(_speed_by_threads(_SIDE_FOR_THREADS))


def fastest_threads(speeds: Mapping[int, float]) -> int:
    """Return the number of threads to use, by their speeds. Fewer than all have to be clearly faster.

    Example:
        >>> fastest_threads({2: 180e9, 1: 100e9}), fastest_threads({2: 100e9, 1: 110e9})
        (2, 2)
        >>> fastest_threads({2: 20e9, 1: 100e9})
        1
    """
    every, best = max(speeds), max(speeds, key=lambda count: speeds[count])
    return best if speeds[best] >= _WORTH_FEWER_THREADS * speeds[every] else every


def _speed_by_threads(side: int) -> dict[int, float]:
    """Return the mean speed of matrix products with all threads, half of them, and so on down to one."""
    counts = [torch.get_num_threads()]
    while counts[-1] > 1:
        counts.append(counts[-1] // 2)
    seconds, products = dict.fromkeys(counts, 0.0), dict.fromkeys(counts, 0)
    matrix = torch.rand(side, side)
    for _ in range(_ROUNDS):
        for count in counts:
            with on_threads(count):
                _ = matrix @ matrix  # wakes the threads
                start = now = perf_counter()
                while now - start < _SECONDS_A_ROUND:
                    _ = matrix @ matrix
                    products[count] += 1
                    now = perf_counter()
                seconds[count] += now - start
    return {count: 2 * side**3 * products[count] / seconds[count] for count in counts}


def _fastest(matrix: torch.Tensor) -> float:
    seconds = []
    for _ in range(_TRIES):
        start = perf_counter()
        product = matrix @ matrix
        product[0, 0].item()  # waits for the GPU
        seconds.append(perf_counter() - start)
    side = len(matrix)
    return 2 * side**3 / min(seconds)
