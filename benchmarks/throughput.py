"""Training throughput of the same network at the recipe's batch size: ours against Keras and a plain PyTorch loop.

    python benchmarks/throughput.py
    python benchmarks/throughput.py --recipe digit-recognizer      # this one alone; others in the result file stay

Pictures a second, as `training_sides.py` measures them: of the steps alone, against Keras on TensorFlow and against
a plain PyTorch loop; and by the epoch, with augmentation, validation and callbacks, against Keras. Keras has its
pictures decoded and in memory, which a tutorial that reads files in every epoch has not. Each measurement is a
process of its own, the sides in turn, and each ratio is of neighbours. Where a share of the machine's peak is asked
for, our process multiplies matrices just before and just after it trains.

Where the processor has instructions for bfloat16, the same is measured in that, each side as its users would ask for
it, in the same rounds. What it is on an older processor is measured by holding all sides to its instructions:
torch by a variable of its own, and oneDNN, which Keras on TensorFlow uses too, by another. Such a result is an entry
of its own:

    ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 python benchmarks/throughput.py
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from onelook.runtime import bfloat16_instructions
from record import held_instructions, spread, write_entry
from training_sides import IN_BFLOAT16, IN_FLOAT32, SIDES, Case, Work, matrix_product_peak, operations_a_picture

CASES = {
    case.recipe: case
    for case in (
        Case("digit-recognizer", (28, 28, 1), classes=10, rows=6_880),
        Case("fashion-cnn-bn", (28, 28, 1), classes=10, rows=20_000),
        Case("dogs-vs-cats", (128, 128, 3), classes=2, rows=600),
    )
}
# How many times as fast as Keras: of the steps alone, and by the epoch.
BARS = {"digit-recognizer": (2.0, 1.8), "fashion-cnn-bn": (2.0, 1.8), "dogs-vs-cats": (1.6, 1.4)}
PYTORCH_BAR = 0.97
PEAK_RECIPE, PEAK_BAR = "digit-recognizer", 0.65
# In bfloat16: by the epoch against Keras as the tutorial wrote it, and against Keras, torch and the peak in bfloat16.
BFLOAT16_BARS = {"digit-recognizer": 2.0, "fashion-cnn-bn": 2.5, "dogs-vs-cats": 3.0}
KERAS_BFLOAT16_BAR, PYTORCH_BFLOAT16_BAR, BFLOAT16_PEAK_BAR = 1.3, 1.05, 0.75

Measured = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--recipe", choices=CASES, help="this one alone; others in the result file stay")
    parser.add_argument("--dry", action="store_true", help="writes no result")
    parser.add_argument("--worker", nargs=3, metavar=("SIDE", "WORK", "RECIPE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps(measure(*arguments.worker)))
        return
    for recipe in [arguments.recipe] if arguments.recipe else CASES:
        found = compare(recipe, arguments.repetitions)
        print("\n".join(lines(recipe, found)), flush=True)
        if not arguments.dry:
            held = held_instructions()
            key = f"{recipe}, held to {held}" if held else recipe
            write_entry("throughput", "results", key, found, unit="pictures a second")


def measure(side: str, work: Work, recipe: str) -> Measured:
    """Pictures a second in this process and, of ours at the recipe for it, the share of the machine's peak."""
    case, in_bfloat16 = CASES[recipe], side in IN_BFLOAT16
    if not side.startswith("onelook") or recipe != PEAK_RECIPE:
        return {"pictures_a_second": case.rows / SIDES[side](case, work)}
    before = matrix_product_peak(bfloat16=in_bfloat16)
    speed = case.rows / SIDES[side](case, work)
    peak = (before + matrix_product_peak(bfloat16=in_bfloat16)) / 2
    return {
        "pictures_a_second": speed,
        "matrix_product_gflops": peak / 1e9,
        "share_of_peak": speed * operations_a_picture(case) / peak,
    }


def compare(recipe: str, repetitions: int) -> dict[str, Any]:
    """All sides in turn, so that a machine that changes its speed changes it for all."""
    sides = (*IN_FLOAT32, *(IN_BFLOAT16 if bfloat16_instructions() else ()))
    rounds = [
        {
            "steps": {side: _run(side, "steps", recipe) for side in sides},
            "epoch": {side: _run(side, "epoch", recipe) for side in sides if not side.startswith("pytorch")},
        }
        for _ in range(repetitions)
    ]
    return figures(recipe, [one["steps"] for one in rounds], [one["epoch"] for one in rounds])


def figures(recipe: str, steps: Sequence[dict[str, Measured]], epochs: Sequence[dict[str, Measured]]) -> dict[str, Any]:
    """What is written of a recipe, from the rounds of both kinds of work."""
    case = CASES[recipe]
    steps_bar, epoch_bar = BARS[recipe]
    found = {
        "batch_size": case.settings("steps").batch_size,
        "operations_a_picture": operations_a_picture(case),
        "onelook": _speeds(steps, "onelook"),
        "keras_tensorflow": _speeds(steps, "keras"),
        "ratio": _ratios(steps, "keras"),
        "bar": steps_bar,
        "pytorch": _speeds(steps, "pytorch"),
        "ratio_to_pytorch": _ratios(steps, "pytorch"),
        "pytorch_bar": PYTORCH_BAR,
        "by_epoch": {
            "onelook": _speeds(epochs, "onelook"),
            "keras_tensorflow": _speeds(epochs, "keras"),
            "ratio": _ratios(epochs, "keras"),
            "bar": epoch_bar,
        },
    }
    if recipe == PEAK_RECIPE:
        found["matrix_product_gflops"] = spread([one["onelook"]["matrix_product_gflops"] for one in steps])
        found["share_of_peak"] = spread([one["onelook"]["share_of_peak"] for one in steps])
        found["share_of_peak_bar"] = PEAK_BAR
        found["by_epoch"]["share_of_peak"] = spread([one["onelook"]["share_of_peak"] for one in epochs])
    if "onelook_bfloat16" in steps[0]:
        found["bfloat16"] = _in_bfloat16(recipe, steps, epochs)
    return found


def _in_bfloat16(
    recipe: str, steps: Sequence[dict[str, Measured]], epochs: Sequence[dict[str, Measured]]
) -> dict[str, Any]:
    """What is written of the sides in bfloat16; `ratio` is of ours to Keras in float32, as the tutorial wrote it."""
    ours, keras, pytorch = IN_BFLOAT16
    found = {
        "instructions": bfloat16_instructions(),
        "onelook": _speeds(steps, ours),
        "times_float32": _ratios(steps, "onelook", ours),
        "ratio": _ratios(steps, "keras", ours),
        "keras_mixed_bfloat16": _speeds(steps, keras),
        "ratio_to_mixed_bfloat16": _ratios(steps, keras, ours),
        "pytorch_autocast": _speeds(steps, pytorch),
        "ratio_to_autocast": _ratios(steps, pytorch, ours),
        "pytorch_bar": PYTORCH_BFLOAT16_BAR,
        "by_epoch": {
            "onelook": _speeds(epochs, ours),
            "times_float32": _ratios(epochs, "onelook", ours),
            "ratio": _ratios(epochs, "keras", ours),
            "bar": BFLOAT16_BARS[recipe],
            "keras_mixed_bfloat16": _speeds(epochs, keras),
            "ratio_to_mixed_bfloat16": _ratios(epochs, keras, ours),
            "mixed_bfloat16_bar": KERAS_BFLOAT16_BAR,
        },
    }
    if recipe == PEAK_RECIPE:
        found["matrix_product_gflops"] = spread([one[ours]["matrix_product_gflops"] for one in steps])
        found["share_of_peak"] = spread([one[ours]["share_of_peak"] for one in steps])
        found["share_of_peak_bar"] = BFLOAT16_PEAK_BAR
    return found


def lines(recipe: str, found: dict[str, Any]) -> list[str]:
    """The figures for a person."""
    epoch = found["by_epoch"]
    said = [
        f"{recipe:18} steps  onelook {_of(found['onelook'])}  keras {_of(found['keras_tensorflow'])}: "
        f"{_times(found['ratio'])}, bar {found['bar']}",
        f"{'':18} steps  pytorch {_of(found['pytorch'])}: "
        f"{_times(found['ratio_to_pytorch'])}, bar {found['pytorch_bar']}",
        f"{'':18} epoch  onelook {_of(epoch['onelook'])}  keras {_of(epoch['keras_tensorflow'])}: "
        f"{_times(epoch['ratio'])}, bar {epoch['bar']}",
    ]
    if "share_of_peak" in found:
        share = found["share_of_peak"]["median"]
        peak = found["matrix_product_gflops"]["median"]
        said.append(f"{'':18} steps  {share:.1%} of {peak:.0f} GFLOP/s, bar {found['share_of_peak_bar']:.0%}")
    return said + (_lines_in_bfloat16(found["bfloat16"]) if "bfloat16" in found else [])


def _lines_in_bfloat16(found: dict[str, Any]) -> list[str]:
    epoch = found["by_epoch"]
    said = [
        f"{'  in bfloat16':18} steps  onelook {_of(found['onelook'])}: {_times(found['times_float32'])} float32; "
        f"to keras {_times(found['ratio'])}",
        f"{'':18} steps  keras mixed_bfloat16 {_of(found['keras_mixed_bfloat16'])}: "
        f"{_times(found['ratio_to_mixed_bfloat16'])}",
        f"{'':18} steps  pytorch autocast {_of(found['pytorch_autocast'])}: "
        f"{_times(found['ratio_to_autocast'])}, bar {found['pytorch_bar']}",
        f"{'':18} epoch  onelook {_of(epoch['onelook'])}: {_times(epoch['times_float32'])} float32; "
        f"to keras {_times(epoch['ratio'])}, bar {epoch['bar']}",
        f"{'':18} epoch  keras mixed_bfloat16 {_of(epoch['keras_mixed_bfloat16'])}: "
        f"{_times(epoch['ratio_to_mixed_bfloat16'])}, bar {epoch['mixed_bfloat16_bar']}",
    ]
    if "share_of_peak" in found:
        share, peak = found["share_of_peak"]["median"], found["matrix_product_gflops"]["median"]
        said.append(f"{'':18} steps  {share:.1%} of {peak:.0f} GFLOP/s, bar {found['share_of_peak_bar']:.0%}")
    return said


def _speeds(rounds: Sequence[dict[str, Measured]], side: str) -> dict[str, float]:
    return spread([one[side]["pictures_a_second"] for one in rounds])


def _ratios(rounds: Sequence[dict[str, Measured]], peer: str, ours: str = "onelook") -> dict[str, float]:
    return spread([one[ours]["pictures_a_second"] / one[peer]["pictures_a_second"] for one in rounds])


def _run(side: str, work: Work, recipe: str) -> Measured:
    command = [sys.executable, __file__, "--worker", side, work, recipe]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: Measured = json.loads(output.splitlines()[-1])
    return found


def _of(found: dict[str, float]) -> str:
    return f"{found['median']:7,.0f}/s"


def _times(found: dict[str, float]) -> str:
    return f"{found['median']:.2f} times ({found['lowest']:.2f} to {found['highest']:.2f})"


if __name__ == "__main__":
    main()
