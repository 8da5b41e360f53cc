"""The command: makes the cases, shows a table, writes `results/fuzz.json`, or `fuzz_families.json` for families."""

from __future__ import annotations

import argparse
import collections
import itertools
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.fuzz.families import FAMILIES, kind_of
from benchmarks.fuzz.parent import opened, run_case
from benchmarks.fuzz.verdict import LIMITS, Outcome
from benchmarks.record import write_entry, write_result

_RESULTS = ("used", "quarantined", "refused", "failed")
_COMMAND_EVERY = 50  # each so many-th case goes through the installed command, in a process of its own
_FULL_COUNT = 5_000  # fewer are a look, and no result
_FULL_COUNT_OF_FAMILY = 1_000
_SHOWN_FAILURE = 1_800  # characters


def main() -> int:
    """Runs what the options say; 1 where a case failed."""
    options = _options()
    os.nice(10)
    if options.only:
        return _replay(options.only)
    numbers = _numbers(options.count, options.kind, options.families)
    outcomes: list[Outcome] = []
    with (
        tempfile.TemporaryDirectory(prefix="onelook-fuzz-") as folder,
        opened(Path(folder) / "root") as (sandbox, child),
    ):
        for number in numbers:
            as_command = number % _COMMAND_EVERY == _COMMAND_EVERY - 1
            outcomes.append(run_case(sandbox, child, options.seed, number, as_command=as_command))
            if outcomes[-1].failures:
                _show(options.seed, outcomes[-1])
            if sys.stderr.isatty():
                print(f"\r{len(outcomes):,} of {len(numbers):,}", end="", file=sys.stderr, flush=True)
    _show_table(outcomes)
    _show_messages(outcomes, options.messages)
    if not options.kind and options.families and options.count >= _FULL_COUNT_OF_FAMILY:
        for family in options.families:
            own = [each for each in outcomes if each.kind.family == family]
            print(write_entry("fuzz_families", "families", family, _figures_of_family(own, options.seed)))
    elif not options.kind and not options.families and options.count >= _FULL_COUNT:
        print(write_result("fuzz", _figures(outcomes, options.seed)))
    return 1 if any(outcome.failures for outcome in outcomes) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=_FULL_COUNT, help="how many cases")
    parser.add_argument("--families", type=_families, default=(), help="only these, each as often as --count says")
    parser.add_argument("--seed", type=int, default=0, help="of all damages")
    parser.add_argument("--kind", default="", help="only kinds whose family and name hold this text; writes no result")
    parser.add_argument("--only", metavar="SEED:NUMBER", help="make and judge one case again, and keep its files")
    parser.add_argument("--messages", type=int, default=0, help="show so many refusals, drawn at random, to be read")
    return parser.parse_args()


def _families(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - set(FAMILIES):
        raise argparse.ArgumentTypeError(f"no families {sorted(unknown)}; there are {', '.join(FAMILIES)}")
    return names


def _numbers(count: int, kind: str, families: Sequence[str]) -> list[int]:
    """The numbers of the cases to run: the first ones, or the first ones of each family."""
    if not families:
        return [number for number in range(count) if kind in f"{kind_of(number).family} {kind_of(number).name}"]
    chosen: list[int] = []
    for family in families:
        of_family = (number for number in itertools.count() if kind_of(number).family == family)
        chosen += itertools.islice(of_family, count)
    return sorted(number for number in chosen if kind in kind_of(number).name)


def _replay(what: str) -> int:
    seed, _, number = what.partition(":")
    folder = Path(tempfile.mkdtemp(prefix=f"onelook-fuzz-{seed}-{number}-"))
    with opened(folder / "root") as (sandbox, child):
        outcome = run_case(sandbox, child, int(seed), int(number), as_command=False, keep=True)
    done = outcome.done
    print(f"{outcome.kind.family}: {outcome.kind.name}\ncd {folder}/root/case-{number}")
    print(f"onelook {_line(outcome.case.words)}")
    print(f"exit code {done.code}, {done.cpu_seconds:.2f} s, {done.peak_bytes >> 20:,} MiB")
    print(f"{done.out[:3000]}{done.err[:3000]}")
    _show(int(seed), outcome)
    return 1 if outcome.failures else 0


def _show(seed: int, outcome: Outcome) -> None:
    print(f"\n{seed}:{outcome.number} {outcome.kind.family}: {outcome.kind.name} · onelook {_line(outcome.case.words)}")
    for failure in outcome.failures[:5]:
        print(f"  FAILED: {failure[-_SHOWN_FAILURE:]}", flush=True)


def _line(words: Sequence[str]) -> str:
    return " ".join(word if word.isprintable() and len(word) < 80 else f"{word[:60]!r}…" for word in words)


def _show_table(outcomes: Sequence[Outcome]) -> None:
    print(f"\n{'family':<12}{'cases':>8}" + "".join(f"{result:>13}" for result in _RESULTS))
    for name, counts in {**_by_family(outcomes), "all": _counts(outcomes)}.items():
        print(f"{name:<12}{counts['cases']:>8,}" + "".join(f"{counts[result]:>13,}" for result in _RESULTS))
    pictures = _pictures(outcomes)
    print(
        "\nof the inputs that were opened: "
        + ", ".join(f"{count:,} pictures {name}" for name, count in pictures.items())
    )
    slowest = max(outcomes, key=lambda outcome: outcome.done.cpu_seconds)
    largest = max(outcomes, key=lambda outcome: outcome.done.peak_bytes)
    print(
        f"slowest: {slowest.done.cpu_seconds:.1f} s ({slowest.kind.name}, {slowest.number}); "
        f"most memory: {largest.done.peak_bytes >> 20:,} MiB ({largest.kind.name}, {largest.number})"
    )


def _show_messages(outcomes: Sequence[Outcome], count: int) -> None:
    refused = [outcome for outcome in outcomes if outcome.message]
    for outcome in random.Random(0).sample(refused, min(count, len(refused))):
        print(f"{outcome.number} [{outcome.kind.name}] ({outcome.done.code}) {outcome.message}")


def _figures(outcomes: Sequence[Outcome], seed: int) -> dict[str, Any]:
    failed = [outcome for outcome in outcomes if outcome.failures]
    return {
        "command": f"python -m benchmarks.fuzz --count {len(outcomes)} --seed {seed}",
        "seed": seed,
        "cases": len(outcomes),
        "through_the_installed_command": sum(each.number % _COMMAND_EVERY == _COMMAND_EVERY - 1 for each in outcomes),
        "limits": {"processor_seconds": LIMITS.seconds, "memory_mebibytes": LIMITS.memory_bytes >> 20},
        "families": _by_family(outcomes),
        "pictures_of_opened_inputs": _pictures(outcomes),
        "slowest_seconds": round(max(outcome.done.cpu_seconds for outcome in outcomes), 2),
        "most_memory_mebibytes": max(outcome.done.peak_bytes for outcome in outcomes) >> 20,
        "failures": [
            {
                "case": f"{seed}:{each.number}",
                "kind": f"{each.kind.family}: {each.kind.name}",
                "what": each.failures[0][:300],
            }
            for each in failed
        ],
    }


def _figures_of_family(outcomes: Sequence[Outcome], seed: int) -> dict[str, Any]:
    figures = _figures(outcomes, seed)
    del figures["command"], figures["families"]
    kinds = sorted({each.kind.name for each in outcomes})
    return {
        **figures,
        **_counts(outcomes),
        "kinds": {name: _counts([each for each in outcomes if each.kind.name == name]) for name in kinds},
    }


def _by_family(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    ran = {each.kind.family for each in outcomes}
    return {name: _counts([each for each in outcomes if each.kind.family == name]) for name in FAMILIES if name in ran}


def _counts(outcomes: Sequence[Outcome]) -> dict[str, int]:
    results = collections.Counter(outcome.result for outcome in outcomes)
    return {"cases": len(outcomes), **{result: results[result] for result in _RESULTS}}  # type: ignore[index]


def _pictures(outcomes: Sequence[Outcome]) -> dict[str, int]:
    names = ("found", "used", "quarantined", "duplicate")
    return {name: sum(outcome.pictures.get(name, 0) for outcome in outcomes) for name in names}


if __name__ == "__main__":
    sys.exit(main())
