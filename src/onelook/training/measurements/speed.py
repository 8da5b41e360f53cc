"""The speed at which this machine trains and multiplies matrices, measured before a run with a time limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time, thread_time

import torch
from torch.nn.functional import conv2d

from onelook.training.listeners import BatchStatus
from onelook.training.measurements.pace import MOST_SLOWNESS, Pace
from onelook.training.torch_settings import fast_on_gpu, on_threads
from onelook.training.trainer import Trainer

# The first steps allocate memory and choose kernels. A mean over the next seconds is exact to a few percent.
_WARM_UP_STEPS = 5
_EPOCH_FOR_A_STEP = 20  # where an epoch has few steps, each may take long: one of 20 is for the warm-up
_MEASURED_SECONDS, _VALIDATED_SECONDS = 2.0, 1.0

_SIDE_ON_CPU, _SIDE_ON_GPU = 1024, 4096  # large enough to keep all cores, or the card, busy
_TRIES = 6
_SIDE_FOR_THREADS = 512  # small enough that threads wait for each other often, as they do in training
_ROUNDS, _SECONDS_IN_ALL = 5, 0.6  # for all numbers of threads together
_MOST_SECONDS = 1.0  # after which no round begins: five took 2.9 s beside ten busy processes
_CONVOLVED, _KERNELS = (128, 64, 14, 14), (64, 64, 3, 3)  # a layer of a usual network
_SECONDS_OF_TURNS, _FEWEST_TURNS = 0.5, 4  # of processor time
_PROBED_SECONDS, _LEAST_CPU_SECONDS = 0.2, 0.02
# Fewer threads are chosen only if they are this many times as fast, so that an idle machine keeps all.
_WORTH_FEWER_THREADS, _WORTH_IF_BUSY = 1.25, 0.8
_IDLE_SHARE = 0.75  # of the cores; on a machine that gives less, others take turns with us


def measure_pace(trainer: Trainer, share: float = 1.0) -> Pace:
    """Return the time of an epoch, after training for some seconds and validating on some batches.

    Args:
        trainer: its network's weights change: give it a copy.
        share: of the time of a whole measurement, where little time is left.
    """
    warm_up = min(_WARM_UP_STEPS, max(1, len(trainer.train) // _EPOCH_FOR_A_STEP), len(trainer.train) - 1)
    start, cpu_start, measured = perf_counter(), process_time(), 0

    def keep_training(status: BatchStatus) -> bool:
        nonlocal start, cpu_start, measured
        measured = status.step - warm_up
        if measured == 0:
            trainer.wait()
        _, now = trainer.processes.agree(interrupted=False, now=perf_counter())
        if measured <= 0:
            start, cpu_start = now, process_time()
        return now - start < share * _MEASURED_SECONDS

    trainer.train_epoch(1, lambda _: 1e-6, keep_training)
    trainer.wait()
    seconds = perf_counter() - start
    cores_used = (process_time() - cpu_start) / max(seconds, 1e-9)
    return Pace(
        training_seconds=seconds / max(1, measured) * len(trainer.train),
        validation_seconds=_validation_seconds(trainer, share * _VALIDATED_SECONDS),
        cpu_share=min(1.0, cores_used / torch.get_num_threads()) if trainer.device.type == "cpu" else 1.0,
    )


def _validation_seconds(trainer: Trainer, most_seconds: float) -> float:
    """Return the time of a validation, by some of its batches where a machine is slow."""

    def seconds_for(batches: int) -> float:
        start = perf_counter()
        trainer.validate(batches)
        trainer.wait()
        return trainer.processes.agree(interrupted=False, now=perf_counter() - start)[1]

    first = seconds_for(1)
    count = min(len(trainer.val), max(1, int(most_seconds / first)))
    if count == 1:
        return first * len(trainer.val)
    return seconds_for(count) * len(trainer.val) / count


def measure_matmul_speed(device: torch.device) -> float:
    """Return the operations a second in a product of square float32 matrices; a multiply-add counts as two.

    On a GPU the fastest of some tries counts. On a CPU it is the mean, at the best number of threads: other work on the
    machine slows a training down as well. It takes half a second.
    """
    if device.type == "cuda":
        with fast_on_gpu():
            return _fastest(torch.rand(_SIDE_ON_GPU, _SIDE_ON_GPU, device=device))
    return max(_speed_by_threads(_SIDE_ON_CPU).values())


@dataclass(frozen=True)
class ConvolutionGains:
    """The speed of convolutions on a CPU.

    Attributes:
        float32: how many times as fast convolutions are as products of matrices, both in float32. On some processors
            torch multiplies matrices by a library that does not use the widest instructions, and convolves by one that
            does: 2 times on an AMD EPYC (Zen 5).
        bfloat16: how many times as fast convolutions in bfloat16 are as those in float32: 1.9 times there.
    """

    float32: float = 1.0
    bfloat16: float = 1.0


def measure_convolutions() -> ConvolutionGains:
    """Return the speed of convolutions, in half a second of processor time, which other work hardly changes."""
    images, weights = torch.rand(_CONVOLVED).to(memory_format=torch.channels_last), torch.rand(_KERNELS)
    matrix = torch.rand(_SIDE_ON_CPU, _SIDE_ON_CPU)
    coarse = images.to(torch.bfloat16), weights.to(torch.bfloat16)
    sides: tuple[tuple[Callable[[], object], float], ...] = (
        (lambda: matrix @ matrix, 2 * len(matrix) ** 3),
        (lambda: conv2d(images, weights, padding=1), operations := 2 * images[:, 0].numel() * weights.numel()),
        (lambda: conv2d(*coarse, padding=1), operations),
    )
    turns: list[list[float]] = []
    spent = 0.0
    while len(turns) < _FEWEST_TURNS or spent < _SECONDS_OF_TURNS:
        speeds = []
        for compute, operations_of_side in sides:
            start = process_time()
            compute()
            seconds = max(process_time() - start, 1e-9)
            speeds.append(operations_of_side / seconds)
            spent += seconds
        turns.append(speeds)
    timed = zip(*turns[1:], strict=True)  # the first ones choose kernels
    of_products, of_convolutions, in_bfloat16 = map(median, timed)
    return ConvolutionGains(max(1.0, of_convolutions / of_products), in_bfloat16 / of_convolutions)


def measure_slowness() -> float:
    """Return how many times as long work in one thread takes now as on an idle machine, in a fifth of a second."""
    start, cpu_start = perf_counter(), thread_time()
    while (seconds := perf_counter() - start) < _PROBED_SECONDS:
        pass
    return min(MOST_SLOWNESS, max(1.0, seconds / max(thread_time() - cpu_start, _LEAST_CPU_SECONDS)))


def choose_threads() -> int:
    """Return the number of threads that computes fastest now: all that torch would use, or fewer on a busy machine.

    Threads wait for each other at the end of each operation. Where other processes take turns with one of them, all
    wait: with five busy processes on two cores, one thread trained 2.5 to 4 times as fast as two.
    """
    every = torch.get_num_threads()
    if every == 1:
        return 1
    cpu_start, start = process_time(), perf_counter()
    speeds = _speed_by_threads(_SIDE_FOR_THREADS)
    cores = (process_time() - cpu_start) / max(perf_counter() - start, 1e-9)
    return fastest_threads(speeds, is_busy=cores < _IDLE_SHARE * sum(speeds) / len(speeds))


def fastest_threads(speeds: Mapping[int, float], *, is_busy: bool) -> int:
    """Return the number of threads to use, by their speeds.

    On an idle machine fewer than all have to be clearly faster. On a busy one it is enough if they are about as fast:
    the measurement is short, and where it errs, too many threads cost far more than too few.

    Example:
        >>> fastest_threads({2: 180e9, 1: 100e9}, is_busy=False), fastest_threads({2: 180e9, 1: 100e9}, is_busy=True)
        (2, 2)
        >>> fastest_threads({2: 100e9, 1: 110e9}, is_busy=False), fastest_threads({2: 120e9, 1: 110e9}, is_busy=True)
        (2, 1)
    """
    every, worth = max(speeds), _WORTH_IF_BUSY if is_busy else _WORTH_FEWER_THREADS
    fewer = {count: speed for count, speed in speeds.items() if count < every and speed >= worth * speeds[every]}
    return max(fewer, key=lambda count: fewer[count], default=every)


def _speed_by_threads(side: int) -> dict[int, float]:
    """Return the mean speed of matrix products with all threads, half of them, and so on down to one."""
    counts = [torch.get_num_threads()]
    while counts[-1] > 1:
        counts.append(counts[-1] // 2)
    seconds, products = dict.fromkeys(counts, 0.0), dict.fromkeys(counts, 0)
    matrix = torch.rand(side, side)
    began = perf_counter()
    for done in range(_ROUNDS):
        if done and perf_counter() - began > _MOST_SECONDS:
            break
        for count in counts:
            with on_threads(count):
                _ = matrix @ matrix  # wakes the threads
                start = now = perf_counter()
                while now - start < _SECONDS_IN_ALL / _ROUNDS / len(counts):
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
