"""Writes the tables of figures in README.md and in pages of docs/ from benchmarks/results/*.json.

python benchmarks/tables.py
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from figures import minutes, percent, result, speed
from readme_table import readme_table, whole_table

ROOT = Path(__file__).parents[1]


def main() -> None:
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")


def pages() -> dict[Path, str]:
    """Each page with its table as the results say."""
    readme, recipes, labels = ROOT / "README.md", ROOT / "docs" / "recipes.md", ROOT / "docs" / "label-errors.md"
    benchmarks = ROOT / "docs" / "benchmarks.md"
    near, transfer = ROOT / "docs" / "near-duplicates.md", ROOT / "docs" / "transfer.md"
    model, unlike = ROOT / "docs" / "model-folder.md", ROOT / "docs" / "unlike.md"
    heat, export = ROOT / "docs" / "heat-maps.md", ROOT / "docs" / "export.md"
    return {
        export: _replaced(export.read_text(encoding="utf-8"), _eight_bits_table()),
        heat: _replaced(heat.read_text(encoding="utf-8"), _heat_maps_table()),
        unlike: _replaced(unlike.read_text(encoding="utf-8"), _unlike_table()),
        model: _replaced(model.read_text(encoding="utf-8"), _picture_list_table()),
        transfer: _replaced(transfer.read_text(encoding="utf-8"), _transfer_table()),
        near: _replaced(near.read_text(encoding="utf-8"), _near_duplicates_table()),
        readme: _replaced(readme.read_text(encoding="utf-8"), readme_table()),
        benchmarks: _replaced(benchmarks.read_text(encoding="utf-8"), whole_table()),
        recipes: _replaced(recipes.read_text(encoding="utf-8"), _recipes_table()),
        labels: _replaced(labels.read_text(encoding="utf-8"), _label_errors_table()),
    }


def _recipes_table() -> str:
    rows = ["| recipe | data | epochs | scored on | accuracy | 95 % interval | loss |", "|---|---|---|---|---|---|---|"]
    for run in result("recipes")["runs"].values():
        low, high = run["accuracy_interval"]
        on = {"test": "test", "val": "validation"}[run["set"]]
        rows.append(
            f"| `{run['recipe']}` | {run['data']} | {run['epochs']} | {run['rows'][run['set']]:,} {on} pictures | "
            f"{percent(run['accuracy'], 2)} | {percent(low, 2)} to {percent(high, 2)} | {run['loss']:.4f} |"
        )
    hidden = result("digit_recognizer_recipe")["accuracy_on_28000_hidden"]
    rows += [
        "",
        f"`digit-recognizer`, trained on the competition's `train.csv`, on its 28,000 pictures without labels: "
        f"{percent(hidden, 2)}. Compare this figure with the published one, because the validation pictures above "
        "chose the epoch. (MNIST has 54,000 training pictures, the competition 37,800.)",
    ]
    return "\n".join(rows)


def _steps(measured: dict[str, Any]) -> Iterable[str]:
    for side in (name for name in measured if name.endswith(" px")):
        ours, ratio = measured[side]["pictures_a_second"]["onelook"], measured[side]["ratio"]["median"]
        yield f"{speed(ours)} at {side} ({ratio:.1f} times plain PyTorch)"


def _transfer_table() -> str:
    parts = result("transfer")["parts"]
    again, full, embedding = parts["again"]["second"], parts["full"], parts["embedding"]
    runs = (
        ("Dogs vs. Cats, `onelook train photos.zip`", parts["no-options"]),
        ("the same with `--image-size 224`", parts["224"]),
        ("the same pictures again, another head", again),
        ("20 photographs a class", parts["few"]),
        ("CIFAR-10, 300 pictures a class at 64 px, `--tune head`", full["head"]),
        ("the same, `--tune full`", full["full"]),
    )
    rows = ["| what | scored on | right | the whole command |", "|---|---|---|---|"]
    for what, run in runs:
        on = {"test": "test", "val": "validation"}[run["set"]]
        right, time = percent(run["accuracy"], 1), minutes(run["seconds"])
        rows.append(f"| {what} | {run['pictures']:,} {on} pictures | {right} | {time} |")
    paired, speeds = full["paired"], embedding["pictures_a_second"]
    rows += [
        "",
        f"In the last two rows, only the whole network is right on {paired['only_full_right']} pictures, and only the "
        f"head on {paired['only_head_right']}: p = {paired['p']:.0e} (exact McNemar test). Features at "
        f"{embedding['side_pixels']} px: {speed(speeds['onelook'])}, plain PyTorch {speed(speeds['pytorch'])}. "
        f"Training the whole network: {', '.join(_steps(parts['steps']))}.",
    ]
    return "\n".join(rows)


def _eight_bits_table() -> str:
    heads = ("network", "engine", "accuracy", "pictures a second", "times as fast", "size of the graph")
    rows = [f"| {' | '.join(heads)} |", "|---|---|---|---|---|---|"]
    found = result("int8")
    for name, figures in found["networks"].items():
        for engine, one in figures["engines"].items():
            size = figures["bytes"]["8 bits" if "8 bits" in engine else "float32"] / 1e6
            each, gain = (one[field]["median"] for field in ("pictures_a_second", "times_as_fast"))
            cells = (name, engine, percent(one["accuracy"], 2), f"{each:,.0f}", f"{gain:.2f}", f"{size:.1f} MB")
            rows.append(f"| {' | '.join(cells)} |")
    machine = found["machine"]
    rows += ["", f"On {machine['cores']} cores of an {machine['processor']} with AVX512-VNNI."]
    return "\n".join(rows)


def _label_errors_table() -> str:
    heads = ("data", "labels changed", "of them within the first as many", "suspects", "that were changed", "time")
    rows = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for name, found in result("label_errors")["data"].items():
        cells = (
            name,
            f"{found['changed']:,} of {found['pictures']:,}",
            percent(found["found_within_that_share"], 1),
            f"{found['suspects']:,}",
            percent(found["suspects_that_are_changed"], 1),
            f"{found['cpu_seconds']:.0f} s of one core",
        )
        rows.append(f"| {' | '.join(cells)} |")
    marked = result("fixes")
    right = {
        f"{scored}_{side}": percent(marked[f"{scored}_accuracy_{side}"]["median"], 2)
        for scored in ("test", "validation")
        for side in ("planted", "fixed", "published")
    }
    rows += [
        "",
        "Fashion-MNIST has wrong labels of its own (shirts that are dresses, coats that are pullovers), which count as "
        "misses.",
        "",
        f"What marking is worth (`python benchmarks/fixes.py`): of {marked['pictures']:,} photographs of cats and "
        f"dogs, {marked['planted']} got the wrong label. `--folds 5` found {marked['suspects']} suspects. A browser "
        f"marked the first {marked['marked']} on the page of `review`, as a person who never errs: "
        f"{marked['relabelled']} labels were wrong. Medians of three seeds:",
        "",
        "| accuracy | wrong labels | after the fixes | labels as published |",
        "|---|---|---|---|",
        "| on 600 photographs with clean labels, not trained on | "
        f"{right['test_planted']} | {right['test_fixed']} | {right['test_published']} |",
        "| that the run itself reports, on its validation pictures | "
        f"{right['validation_planted']} | {right['validation_fixed']} | {right['validation_published']} |",
        "",
        "One test picture is 0.17 %, and seeds differ by up to three: so few wrong labels hardly harm a pretrained "
        "network with a new head. But they spoil the score by which it is judged, and the fixes repair that.",
    ]
    return "\n".join(rows)


def _near_duplicates_table() -> str:
    found, times = result("near_duplicates"), result("checks_mnist")
    planted, leak = found["planted"], found["leak"]
    names = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "cifar10": "CIFAR-10"}
    rows = [f"| copies found | {' | '.join(names.values())} |", "|---|---|---|---|"]
    for kind, label in (("usual", "**of 500 with usual alterations**"), ("strong", "**stronger ones**")):
        of_kind = [planted[name][kind] for name in names]
        sums = [_found_of(each.values()) for each in of_kind]
        rows.append(f"| {label} | {' | '.join(f'**{each}**' for each in sums)} |")
        rows += [
            f"| {alteration} | {' | '.join(_found_of([each[alteration]]) for each in of_kind)} |"
            for alteration in of_kind[0]
        ]
    rows += ["", "| other pairs called near copies | " + " | ".join(names.values()) + " |", "|---|---|---|---|"]
    for key, label in (("other_pairs", "found"), ("shown", "shown below")):
        rows.append(f"| {label} | {' | '.join(format(planted[name][key], ',') for name in names)} |")
    for verdict in ("altered", "recoloured", "two pictures"):
        counts = [str((planted[name]["judged"] or {}).get(verdict, "–")) for name in names]
        rows.append(f"| of these, by eye: {verdict} | {' | '.join(counts)} |")
    exact, altered, none = leak["as_they_are"], leak["brightened_or_shifted"], leak["none_leaked"]
    rows += [
        "",
        f"If {leak['leaked']:,} Fashion-MNIST test rows are copied into the training file, {exact['found_exact']:,} of "
        f"them are found. If each copy is also brightened by 3 % or shifted by one pixel, {altered['found_near']:,} "
        f"are found, and {altered['others_near']} of the {leak['test_pictures'] - leak['leaked']:,} other test rows "
        f"are called leaks. Without any copies, {none['others_near']} of all {leak['test_pictures']:,} are "
        "called leaks.",
        "",
        "| compared | pictures | processor | by the clock | memory beyond the pictures |",
        "|---|---|---|---|---|",
    ]
    sizes = {
        "mnist": "MNIST, 28×28",
        "hundred_thousand": "CIFAR-10 and mirrored, 32×32",
        "photographs": "Dogs vs. Cats, 128×128",
    }
    for name, label in sizes.items():
        time = times["near_copies"][name]
        rows.append(
            f"| {label} | {time['pictures']:,} | {time['processor']} s | {time['clock']} s | "
            f"{time['peak_above_the_pictures']} MiB |"
        )
    first, second = times["checks"]["first"], times["checks"]["second"]
    rows += [
        "",
        f"All checks on {first['pictures']:,} MNIST pictures, opening and reading included: {first['clock']} s "
        f"({first['processor']} s of the processor) and {first['peak']:,} MiB at the peak; the second time "
        f"{second['clock']} s.",
    ]
    return "\n".join(rows)


def _picture_list_table() -> str:
    measured = result("picture_list")
    names = {
        "dogs_vs_cats at 128": "Dogs vs. Cats at 128 pixels",
        "dogs_vs_cats at 224": "at 224 pixels",
        "mnist, 300 listed": "MNIST",
        "mnist, 3,000 listed": "MNIST",
        "mnist": "MNIST",
        "fashion_mnist": "Fashion-MNIST",
        "cifar10": "CIFAR-10",
    }
    sets = [measured["sets"][name] for name in names]
    rows = [f"| | {' | '.join(names.values())} |", f"|---|{'---|' * len(names)}"]
    rows.append(f"| pictures on the list | {' | '.join(format(one['known'], ',') for one in sets)} |")
    rows += [
        f"| found: {way} | {' | '.join(percent(one['found'][way]['share'], 1) for one in sets)} |"
        for way in sets[0]["found"]
    ]
    new = (f"{one['new']['exact'] + one['new']['near']} of {one['new']['pictures']:,}" for one in sets)
    rows.append(f"| new pictures called seen | {' | '.join(new)} |")
    found = measured["look-up"]
    rows += [
        "",
        f"{found['asked']:,} pictures are looked up among {found['known']:,} in {found['seconds']['processor']:.1f} s "
        f"of the processor, with {found['peak_mebibytes']:.0f} MiB of memory.",
    ]
    return "\n".join(rows)


def _unlike_table() -> str:
    measured = result("unlike")
    rows: list[str] = []
    for name, title in (("mnist", "MNIST, a small network"), ("photographs", "Dogs vs. Cats, a pretrained network")):
        found = measured[name]
        rows += [f"| {title} | unlike |", "|---|---|"]
        rows += [f"| {kind} | {percent(share, 1)} |" for kind, share in found["unlike"].items()]
        rows += [f"| **its own test pictures** | {percent(found['own test pictures unlike'], 1)} |", ""]
    pages = measured["photographed-like digits"]
    costs = " and ".join(percent(max(measured[name]["cost"]["more"], 0.0), 1) for name in ("mnist", "photographs"))
    sizes = " and ".join(f"{measured[name]['signature bytes'] / 1024:.0f} KiB" for name in ("mnist", "photographs"))
    rows += [
        f"{pages['pictures']} photographed-like digits, dark in the middle of a light, shaded page of 400 × 300: "
        f"{pages['right without flags']} are read rightly without the flags that are offered, "
        f"{pages['right with the offered flags']} with them. The signatures have {sizes}, and a prediction takes "
        f"{costs} more processor time.",
    ]
    return "\n".join(rows)


def _heat_maps_table() -> str:
    measured = result("heat_maps")
    rows = [
        "| network | maximum in the square | with a decoy | likeness to shuffled weights |",
        "|---|---|---|---|",
    ]
    for name, found in measured["networks"].items():
        alone, decoy = found["square alone"], found["with a decoy"]
        shares = [percent(each["maximum in the square"], 0) for each in (alone, decoy)]
        rows.append(f"| `{name}` | {' | '.join(shares)} | {alone['likeness to random weights']:.2f} |")
    return "\n".join([*rows, "", f"Each network has {measured['maps']} pictures; those that it names rightly count."])


def _found_of(counts: Iterable[dict[str, int]]) -> str:
    each = list(counts)
    return f"{sum(one['found'] for one in each)} of {sum(one['planted'] for one in each)}"


def _replaced(page: str, table: str) -> str:
    marked = r"(<!-- figures: benchmarks/tables.py -->\n).*?(<!-- end of figures -->)"
    return re.sub(marked, lambda match: match[1] + table + "\n" + match[2], page, flags=re.DOTALL)


if __name__ == "__main__":
    main()
