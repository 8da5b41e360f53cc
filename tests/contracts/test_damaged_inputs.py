"""A sample of the damaged inputs of `benchmarks/fuzz`: one of every kind that takes neither seconds nor gigabytes.

Each is made from a seed, put to the command line in a process of its own, and judged as there: no crash, no hang, no
file elsewhere, nothing run, every picture in the ledger, or one clear line of refusal.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from onelook.cli import main

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory and files are watched by Linux's own means")


def test_one_of_every_kind_of_damaged_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks.fuzz.families import one_round
    from benchmarks.fuzz.families.runs import NETWORK, TRAINING
    from benchmarks.fuzz.parent import opened, run_case

    first = {(kind.family, kind.name): number for number, kind in reversed([*enumerate(one_round())])}
    numbers = sorted(number for number in first.values() if not one_round()[number].is_heavy)
    assert len(numbers) > 120
    with opened(tmp_path / "root") as (sandbox, child):
        # The run that is damaged is made here, where what training imports is there already.
        (sandbox.root / "warm-up" / "net.toml").write_text(NETWORK)
        with monkeypatch.context() as patch:
            patch.chdir(sandbox.root)
            patch.setenv("ONELOOK_CACHE", sandbox.environment["ONELOOK_CACHE"])
            assert main([*TRAINING]) == 0
        outcomes = [run_case(sandbox, child, 0, number, as_command=False) for number in numbers]
    failed = [
        f"0:{each.number} {each.kind.family}, {each.kind.name}: {each.failures}" for each in outcomes if each.failures
    ]
    assert not failed, "\n".join(["replay with python -m benchmarks.fuzz --only SEED:NUMBER", *failed])
    assert {each.result for each in outcomes} == {"used", "quarantined", "refused"}
