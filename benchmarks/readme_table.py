"""The tables of figures: all for docs/benchmarks.md, and for the README those that a newcomer asks for first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from figures import minutes, percent, result, result_if_any, speed

_HEAD = ("| what | onelook | against |", "|---|---|---|")


def readme_table() -> str:
    """The figures that a newcomer asks for first, ten rows at most."""
    in_time = {(entry["data"], entry["time_limit"]): entry for entry in _entries("accuracy_in_time", "entries")}
    to_accuracy = dict(_named("time_to_accuracy", "recipes"))
    by_epoch = [
        row.replace("the same", f"training {_recipe_in_words(recipe)}" if "in bfloat16" not in row else "the same")
        for recipe, measured in result("throughput")["results"].items()
        if recipe.split(",")[0] == "digit-recognizer"
        for row in _throughput(recipe, measured)
        if "by the epoch" in row
    ]
    limits = (("mnist", "3m"), ("fashion_mnist", "10m"), ("cifar10", "15m"))
    rows = [
        *_of("digit_recognizer", [_digit_recognizer()]),
        *(_accuracy_in_time(in_time[key]) for key in limits),
        _time_to_accuracy("digit-recognizer", to_accuracy["digit-recognizer"]),
        *_photographs()[:1],
        *by_epoch,
        *_kills()[:1],
    ]
    return "\n".join([_machine("benchmarks/results", rows, "docs/benchmarks.md"), "", *_HEAD, *rows])


def whole_table() -> str:
    """Everything that was measured, a row each; what was not yet is left out."""
    csv = result("read_csv")
    recipes = [each for each in _named("time_to_accuracy", "recipes") if each[1]["ratio"]]
    read = (
        f"| reading its 42,000 × 785 `train.csv` | {csv['first_open']['median']:.2f} s, then "
        f"{csv['second_open']['median']:.2f} s | `pandas.read_csv`: {csv['pandas_read_csv']['median']:.2f} s |"
    )
    augmented = [
        f"| augmenting {size} | {speed(measured['onelook'])} | Keras' `ImageDataGenerator`: "
        f"{speed(measured['keras_image_data_generator'])}; {measured['ratio']['median']:.0f} times |"
        for size, measured in result("augmentation")["results"].items()
    ]
    trained = [_throughput(recipe, measured) for recipe, measured in result("throughput")["results"].items()]
    rows = [
        *_of("digit_recognizer", [_digit_recognizer()]),
        *(_accuracy_in_time(entry) for entry in _entries("accuracy_in_time", "entries")),
        *(_time_to_accuracy(name, entry) for name, entry in recipes),
        *_photographs(),
        *_of("compare", _compared()),
        *_of("read_csv", [read]),
        *(row for of_recipe in trained for row in of_recipe),
        *_of("augmentation", augmented),
        *_of("prediction", _prediction()),
        *_of("loop_overhead", _loop_overhead()),
        *_of("memory", _memory()),
        *_kills(),
    ]
    return "\n".join([_machine("../benchmarks/results", rows), "", *_HEAD, *rows])


def _of(name: str, rows: list[str]) -> list[str]:
    """The rows of a result, each with the vector instructions of its processor if the result records them."""
    found = result_if_any(name)
    return rows if found is None else [_with_instructions(row, found["machine"]) for row in rows]


def _with_instructions(row: str, measured: dict[str, Any]) -> str:
    """The row with the vector instructions of the machine that a result, or an entry of it, records."""
    instructions = measured.get("instructions")
    return row.replace(" | ", f" ({instructions}) | ", 1) if instructions else row


def _machine(results: str, rows: list[str], whole: str = "") -> str:
    """The machine that everything was measured on, and where the rest is."""
    machine = result("digit_recognizer")["machine"]
    more = f"[All figures]({whole}); the" if whole else "The"
    known = sum("(AVX" in row for row in rows)
    ending = ""
    if known == 0:
        ending = (
            " None of these results recorded the processor's vector instructions (AVX2 or AVX-512); rows that are "
            "measured anew will name theirs."
        )
    elif known < len(rows):
        ending = " Rows without vector instructions (AVX2 or AVX-512) are of results that did not record them."
    is_mixed = any("bfloat16" in row for row in rows)
    precision = "in float32 where a row does not say bfloat16" if is_mixed else "in float32"
    return (
        f"On {machine['cores']} cores of an {machine['processor']}, {precision}. "
        f"{more} commands and the spread are in [benchmarks/results]({results}).{ending}"
    )


def _digit_recognizer() -> str:
    kaggle = result("digit_recognizer")
    return (
        "| Kaggle's Digit Recognizer, `onelook train train.csv` | "
        f"{percent(kaggle['accuracy_on_28000_hidden'], 2)} of 28,000 hidden labels, after "
        f"{minutes(kaggle['seconds']['train'])} | |"
    )


def _accuracy_in_time(entry: dict[str, Any]) -> str:
    accuracy, tries = entry["accuracy"], entry["tries"]
    lowest, highest = (percent(accuracy[end], 2) for end in ("lowest", "highest"))
    network = next(choice for choice in tries[0]["choices"] if choice.startswith("network ")).split(":")[0]
    of_seeds = f"median of {len(tries)} seeds, {lowest} to {highest}" if len(tries) > 1 else "one seed"
    copies = " (JPEG copies)" if entry["data"] == "cifar10" else ""
    return _with_instructions(
        f"| default settings, `onelook train {entry['data']} --time-limit {entry['time_limit']}`{copies} | "
        f"{percent(accuracy['median'], 2)} of {tries[0]['test_rows']:,} test pictures ({of_seeds}; {network}), the "
        f"whole command within {minutes(max(each['seconds'] for each in tries))} | |",
        entry,
    )


def _time_to_accuracy(recipe: str, entry: dict[str, Any]) -> str:
    ours, keras = entry["onelook"], entry["keras_tensorflow"]
    return _with_instructions(
        f"| default settings, to the {percent(entry['accuracy'], 2)} that `{recipe}` ends with in Keras | "
        f"{minutes(ours['seconds']['median'])}, the whole command | Keras on TensorFlow: {minutes(keras['seconds'])} "
        f"({keras['epochs']} epochs of the tutorial, at their measured speed), {entry['ratio']:.0f} times as long |",
        entry,
    )


def _photographs() -> list[str]:
    """Of dogs-vs-cats, on a pretrained network."""
    found = dict(_named("transfer", "parts"))
    rows = [
        _with_instructions(
            f"| {what} | {percent(part['accuracy'], 1)} of {part['pictures']:,} photographs that training never saw, "
            f"after {minutes(part['seconds'])} | |",
            part,
        )
        for name, what in (
            ("no-options", "Dogs vs. Cats, `onelook train photos.zip`"),
            ("few", "the same from 20 photographs a class"),
        )
        if (part := found.get(name)) is not None
    ]
    if (embedding := found.get("embedding")) is not None:
        ours, plain = embedding["pictures_a_second"]["onelook"], embedding["pictures_a_second"]["pytorch"]
        row = (
            f"| features of EfficientNet-Lite0 at {embedding['side_pixels']} px | {speed(ours)} | PyTorch: "
            f"{speed(plain)}; {embedding['ratio']['median']:.1f} times |"
        )
        rows.append(_with_instructions(row, embedding))
    return rows


def _compared() -> list[str]:
    found = result_if_any("compare")
    if found is None:
        return []
    seconds = minutes(found["seconds"]["median"])
    return [f"| `onelook compare` of {found['runs']} runs, each model's speed measured | {seconds} | |"]


def _recipe_in_words(key: str) -> str:
    """A recipe, and the instructions to which its sides were held where the processor has newer ones."""
    recipe, _, held = key.partition(", held to ")
    return f"`{recipe}`, held to {held}" if held else f"`{recipe}`"


def _throughput(recipe: str, measured: dict[str, Any]) -> list[str]:
    training = f"training {_recipe_in_words(recipe)}"
    rows = [
        f"| {training}, batch {measured['batch_size']} | {speed(measured['onelook'])} | Keras on TensorFlow: "
        f"{speed(measured['keras_tensorflow'])}; {measured['ratio']['median']:.1f} times |"
    ]
    if "pytorch" in measured:
        ratio = measured["ratio_to_pytorch"]["median"]
        plain = f"A plain PyTorch loop: {speed(measured['pytorch'])}; {ratio:.2f} times"
        rows[0] = f"{rows[0].removesuffix(' |')}. {plain} |"
    if "by_epoch" in measured:
        epoch = measured["by_epoch"]
        rows.append(
            f"| the same by the epoch, with augmentation and all | {speed(epoch['onelook'])} | Keras on TensorFlow: "
            f"{speed(epoch['keras_tensorflow'])}; {epoch['ratio']['median']:.1f} times |"
        )
    if "bfloat16" in measured:
        rows += _in_bfloat16(measured["bfloat16"])
    if "share_of_peak" in measured:
        rows.append(
            f"| arithmetic while {training} | {percent(measured['share_of_peak']['median'], 0)} of the machine's own "
            f"matrix products | {measured['matrix_product_gflops']['median']:.0f} GFLOP/s at size 4096 |"
        )
    return [_with_instructions(row, measured) for row in rows]


def _in_bfloat16(found: dict[str, Any]) -> Iterable[str]:
    """The sides in bfloat16, against Keras in float32, as the tutorial wrote it, and each as its users ask for it."""
    epoch = found["by_epoch"]
    yield (
        f"| its steps in bfloat16 ({found['instructions']}), {found['times_float32']['median']:.2f} times as fast | "
        f"{speed(found['onelook'])} | Keras under `mixed_bfloat16`: {speed(found['keras_mixed_bfloat16'])}; "
        f"{found['ratio_to_mixed_bfloat16']['median']:.1f} times. A plain PyTorch loop under autocast: "
        f"{speed(found['pytorch_autocast'])}; {found['ratio_to_autocast']['median']:.2f} times |"
    )
    yield (
        f"| the same by the epoch, in bfloat16 | {speed(epoch['onelook'])} | Keras as the tutorial wrote it: "
        f"{epoch['ratio']['median']:.1f} times; under `mixed_bfloat16`: {speed(epoch['keras_mixed_bfloat16'])}; "
        f"{epoch['ratio_to_mixed_bfloat16']['median']:.1f} times |"
    )


def _prediction() -> list[str]:
    """Each picture looked at once, many in one call and one alone."""
    rows = []
    for recipe, of_views in _named("prediction", "results"):
        found = of_views["one view"]
        if "keras_tensorflow" not in found:  # measured where it was not installed
            continue
        ours, plain, keras = found["onelook"], found["pytorch"], found["keras_tensorflow"]
        many, alone = "pictures_a_second", "one_picture_median_ms"
        rows.append(
            f"| predicting with `{recipe}`; one picture alone | {speed(ours[many])}; {ours[alone]['median']:.1f} ms | "
            f"Keras on TensorFlow: {speed(keras[many])}; {keras[alone]['median']:.1f} ms. "
            f"PyTorch: {speed(plain[many])}; {plain[alone]['median']:.1f} ms |"
        )
    return rows


def _loop_overhead() -> list[str]:
    found = result_if_any("loop_overhead")
    if found is None:
        return []
    outside = percent(found["share_outside"], 1)
    return [f"| time outside forward pass, backward pass and optimizer step, on MNIST | {outside} | |"]


def _memory() -> list[str]:
    found = result_if_any("memory")
    if found is None:
        return []
    return [
        f"| memory at the peak, `onelook train train.csv` | {found['onelook']['median']:,.0f} MiB; with the tutorial's "
        f"network {found['onelook_recipe']['median']:,.0f} MiB | pandas and Keras on TensorFlow: "
        f"{found['keras_tensorflow']['median']:,.0f} MiB |"
    ]


def _kills() -> list[str]:
    """In float32, and where it was measured in bfloat16."""
    rows = []
    for name, precision in (("kills", ""), ("kills_bfloat16", " of a training in bfloat16")):
        if (found := result_if_any(name)) is not None:
            row = (
                f"| `kill -9` at {found['kills']} random moments{precision}, then `--resume` | {found['bit_equal']} of "
                f"{found['kills']} runs end with the weights of the run left alone, bit for bit | |"
            )
            rows.append(_with_instructions(row, found["machine"]))
    return rows


def _named(name: str, field: str) -> Iterable[tuple[str, dict[str, Any]]]:
    found = result_if_any(name)
    return [] if found is None else found[field].items()


def _entries(name: str, field: str) -> Iterable[dict[str, Any]]:
    return [entry for _, entry in _named(name, field)]
