"""The README's rows say what results say, and leave out what was not measured."""

from __future__ import annotations

from typing import Any

import pytest


def spread(value: float) -> dict[str, float]:
    return {"median": value, "lowest": value, "highest": value}


@pytest.mark.parametrize(("seconds", "words"), [(41.4, "41 s"), (59.6, "1 min 0 s"), (185.2, "3 min 5 s")])
def test_minutes(seconds: float, words: str) -> None:
    from figures import minutes

    assert minutes(seconds) == words


def test_a_recipe_has_the_rows_that_were_measured() -> None:
    from readme_table import _throughput

    old = {"batch_size": 86, "onelook": spread(600), "keras_tensorflow": spread(300), "ratio": spread(2)}
    assert _throughput("r", old) == [
        "| training `r`, batch 86 | 600 pictures a second | Keras on TensorFlow: 300 pictures a second; 2.0 times |"
    ]
    measured: dict[str, Any] = {
        **old,
        "pytorch": spread(590),
        "ratio_to_pytorch": spread(1.017),
        "by_epoch": {**old, "ratio": spread(1.9)},
        "share_of_peak": spread(0.671),
        "matrix_product_gflops": spread(139.2),
    }
    steps, epoch, arithmetic = _throughput("r", measured)
    assert steps.endswith("; 2.0 times. A plain PyTorch loop: 590 pictures a second; 1.02 times |")
    assert epoch.endswith("; 1.9 times |")
    assert "| 67 % of the machine's own matrix products | 139 GFLOP/s" in arithmetic


def test_a_recipe_whose_sides_were_held_to_older_instructions_says_so() -> None:
    from readme_table import _throughput

    held = {"batch_size": 86, "onelook": spread(600), "keras_tensorflow": spread(300), "ratio": spread(2)}
    (row,) = _throughput("r, held to AVX2", {**held, "instructions": "AVX2"})
    assert row.startswith("| training `r`, held to AVX2, batch 86 (AVX2) | 600 pictures a second |")


def test_a_result_names_the_instructions_that_it_was_held_to(monkeypatch: pytest.MonkeyPatch) -> None:
    import record

    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert record.machine()["instructions"] == "AVX2"
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA")
    monkeypatch.setattr(record.Path, "read_text", lambda _: "flags : avx2 avx512f")
    assert record.machine()["instructions"] == "AVX-512"


def test_a_recipe_that_was_measured_in_bfloat16_has_two_rows_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import readme_table

    of_steps = {"onelook": spread(900), "keras_mixed_bfloat16": spread(600), "pytorch_autocast": spread(800)}
    of_epoch = {"onelook": spread(850), "keras_mixed_bfloat16": spread(500), "ratio": spread(2.125)}
    measured: dict[str, Any] = {
        **{"batch_size": 86, "onelook": spread(600), "keras_tensorflow": spread(300), "ratio": spread(2)},
        "bfloat16": {
            **of_steps,
            "instructions": "AVX512-BF16",
            "times_float32": spread(1.5),
            "ratio_to_mixed_bfloat16": spread(1.5),
            "ratio_to_autocast": spread(1.125),
            "by_epoch": {**of_epoch, "ratio_to_mixed_bfloat16": spread(1.7)},
        },
    }
    _, steps, epoch = rows = readme_table._throughput("r", measured)
    assert steps == (
        "| its steps in bfloat16 (AVX512-BF16), 1.50 times as fast | 900 pictures a second | Keras under "
        "`mixed_bfloat16`: 600 pictures a second; 1.5 times. A plain PyTorch loop under autocast: 800 pictures a "
        "second; 1.12 times |"
    )
    assert epoch.endswith(
        "Keras as the tutorial wrote it: 2.1 times; under `mixed_bfloat16`: 500 pictures a second; 1.7 times |"
    )
    machine = {"processor": "P", "cores": 2}
    monkeypatch.setattr(readme_table, "result", lambda _: {"machine": machine})
    assert "of an P, in float32 where a row does not say bfloat16." in readme_table._machine("r", rows)
    assert "of an P, in float32. " in readme_table._machine("r", rows[:1])


def test_a_time_to_accuracy_says_that_keras_is_multiplied() -> None:
    from readme_table import _time_to_accuracy

    row = _time_to_accuracy(
        "mnist-tutorial",
        {
            "accuracy": 0.9905,
            "onelook": {"seconds": spread(31.2)},
            "keras_tensorflow": {"seconds": 384, "epochs": 10},
            "ratio": 12.3,
        },
    )
    assert "| 31 s, the whole command |" in row
    assert "6 min 24 s (10 epochs of the tutorial, at their measured speed), 12 times as long" in row


def test_a_row_names_the_instructions_that_its_result_records(monkeypatch: pytest.MonkeyPatch) -> None:
    import readme_table

    machine = {"processor": "P", "cores": 2, "instructions": "AVX2"}
    results = {"a": {"machine": machine}, "b": {"machine": {"processor": "P", "cores": 2}}, "digit_recognizer": {}}
    results["digit_recognizer"]["machine"] = machine
    monkeypatch.setattr(readme_table, "result_if_any", results.get)
    monkeypatch.setattr(readme_table, "result", results.__getitem__)
    assert readme_table._of("a", ["| x | 1 | 2 |"]) == ["| x (AVX2) | 1 | 2 |"]
    assert readme_table._of("b", ["| x | 1 | 2 |"]) == readme_table._of("c", ["| x | 1 | 2 |"]) == ["| x | 1 | 2 |"]
    entry = {**machine, "accuracy": 0.99, "ratio": 12.0, "onelook": {"seconds": spread(31)}}
    entry["keras_tensorflow"] = {"seconds": 384, "epochs": 10}
    assert "ends with in Keras (AVX2) | 31 s," in readme_table._time_to_accuracy("r", entry)
    of_recipe = {"batch_size": 8, "onelook": spread(6), "keras_tensorflow": spread(3), "ratio": spread(2)}
    assert "batch 8 | 6" in readme_table._throughput("r", of_recipe)[0]
    assert "batch 8 (AVX2) | 6" in readme_table._throughput("r", {**of_recipe, **machine})[0]
    with_some, with_none, with_all = (
        readme_table._machine("r", rows) for rows in (["| (AVX2) |", "| |"], ["| |"], ["| (AVX2) |"])
    )
    assert with_some.endswith(
        " Rows without vector instructions (AVX2 or AVX-512) are of results that did not record them."
    )
    assert "None of these results recorded the processor's vector instructions" in with_none
    assert with_all.endswith("[benchmarks/results](r).")


def test_the_readme_has_ten_rows_at_most_and_the_page_has_all_of_them() -> None:
    from readme_table import readme_table, whole_table

    few, everything = (
        [line for line in table.splitlines() if line.startswith("| ")] for table in (readme_table(), whole_table())
    )
    assert len(few) - 1 == 10
    assert len(everything) > 20
    assert [row for row in few if row not in everything and "by the epoch" not in row] == []
