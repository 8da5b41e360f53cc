"""CIFAR's batches for Python: damaged pickles, and pickles with bad intentions. A canary tells whether any ran."""

from __future__ import annotations

import builtins
import copyreg
import os
import pickle
import pickletools
from collections.abc import Callable
from typing import Any

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind

_CANARY = "touch canary"


class _Calls:
    """Pickles as a call of this function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self._call


def _batch(**changed: Any) -> dict[Any, Any]:
    rows, labels = good.cifar_rows()
    return {"data": np.array(rows), "labels": list(labels), "batch_label": "1 of 1", **changed}


def _case(bench: Bench, batch: bytes | None = None, meta: bytes | None = None) -> Case:
    protocol = bench.between(0, 4)
    whole = pickle.dumps(_batch(), protocol)
    bench.write("data/data_batch_1", whole if batch is None else batch)
    names = pickle.dumps({"label_names": ["cat", "dog", "emu"]}, protocol)
    bench.write("data/batches.meta", names if meta is None else meta)
    return Case(INSPECT)


def damaged(bench: Bench) -> Case:
    return _case(bench, bench.damaged(pickle.dumps(_batch(), bench.between(0, 4))))


def damaged_names(bench: Bench) -> Case:
    return _case(bench, meta=bench.damaged(pickle.dumps({"label_names": ["cat", "dog", "emu"]}, bench.between(0, 4))))


def shuffled_instructions(bench: Bench) -> Case:
    """The instructions of a good pickle, some swapped, doubled or left out: a program that makes no sense."""
    content = pickle.dumps(_batch(), 2)
    starts = [at for _, _, at in pickletools.genops(content) if at is not None]
    pieces = [content[start:stop] for start, stop in zip(starts, [*starts[1:], len(content)], strict=True)]
    for _ in range(bench.between(1, 6)):
        at, other = bench.between(1, len(pieces) - 2), bench.between(1, len(pieces) - 2)
        match bench.between(0, 2):
            case 0:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 1:
                pieces.insert(at, pieces[other])
            case _:
                pieces.pop(at)
    return _case(bench, b"".join(pieces))


def malicious(bench: Bench) -> Case:
    call = bench.pick(
        (
            _Calls(os.system, _CANARY),
            _Calls(builtins.eval, f"__import__('os').system({_CANARY!r})"),
            _Calls(builtins.exec, f"import os; os.system({_CANARY!r})"),
            _Calls(getattr(copyreg, "_" + "reconstructor"), object, object, None),
            _Calls(np.load, "canary"),
            _Calls(np.lib.format.open_memmap, "canary", "w+", np.uint8, (1,)),
            _Calls(np.frombuffer, b"1234"),
            _Calls(open, "canary", "w"),
        )
    )
    batch = _batch(**{bench.pick(("data", "labels", "batch_label")): call})
    return _case(bench, pickle.dumps(batch, bench.between(0, 4)))


def malicious_by_hand(bench: Bench) -> Case:
    return _case(
        bench,
        bench.pick(
            (
                b"cos\nsystem\n(S'touch canary'\ntR.",
                b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x0ctouch canary\x85R.",
                b"\x80\x02cnumpy\nsystem\n.",
                b"\x80\x02}q\0(U\x04datacnumpy.core.multiarray\n_reconstruct\n(cos\nsystem\n(K\0tU\x01btRs.",
                b"\x80\x02\x82\x01.",
                b"\x80\x02Pid.",
                b"\x80\x02}Q.",
                b"(ios\nsystem\n.",
                b"\x80\x04\x95" + b"\xff" * 8 + b".",
                b"\x80\x04\x8d" + b"\xff" * 7 + b"\x7f" + b"x.",
                b"\x80\x02\x8a\xff" + b"\xff" * 255 + b".",
                b"\x80\x02\x8b\xff\xff\xff\x7f.",
            )
        ),
    )


def memo_bomb(bench: Bench) -> Case:
    """Tuples or lists of twice the one before: little in memory, and 2^60 for whoever looks at all of it."""
    kind = bench.between(0, 4)
    bomb = b"\x80\x02}N\x85" + b"".join(b"q" + bytes([at]) + b"h" + bytes([at]) + b"\x86" for at in range(60))
    content = {
        0: bomb + b"K\x01s.",  # as a key, to be hashed
        1: b"\x80\x02}X\x04\0\0\0data" + bomb[3:] + b"s.",  # as a value, to be shown
        2: b"\x80\x04}" + bomb[3:] + b"\x8c\x01x\x93.",  # as a module's name
        3: bomb[:2] + bomb[3:] + b")R.",  # called
        4: b"\x80\x02}X\x04\0\0\0data"
        + b"]"
        + b"".join(b"q" + bytes([at]) + b"]h" + bytes([at]) + b"ah" + bytes([at]) + b"a" for at in range(60))
        + b"s.",  # lists
    }[kind]
    return _case(bench, content) if bench.chance(0.7) else _case(bench, meta=content)


def giant_numbers(bench: Bench) -> Case:
    digits = b"9" * bench.pick((30, 4_000, 5_000, 100_000))
    labels = b"\x80\x02}q\0(U\x06labels]I" + digits + b"\naU\x04dataK\x01u."
    kind = bench.between(0, 2)
    if kind == 0:
        return _case(bench, labels)
    if kind == 1:
        return _case(bench, pickle.dumps(_batch(labels=[10 ** bench.pick((30, 5_000))] * 6), 2))
    return _case(bench, pickle.dumps(_batch(labels=[-1, 2, True, 0, 1, 2]), 2))


def recursion(bench: Bench) -> Case:
    depth = 100_000
    return _case(
        bench,
        bench.pick(
            (
                b"\x80\x02" + b"]q\0h\0a.",
                b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b".",
                b"\x80\x02" + b"N" + b"\x85" * depth + b".",
                b"\x80\x02}q\0(U\x04datah\0u.",
                b"(" * depth + b"t" * depth + b".",
                b"\x80\x02}N" + b"\x85" * depth + b"K\x01s.",
            )
        ),
    )


def other_values(bench: Bench) -> Case:
    rows, labels = good.cifar_rows()
    batch: Any = bench.pick(
        (
            _batch(data=rows[:, :100]),
            _batch(data=rows.astype(np.float64)),
            _batch(data=rows.tolist()),
            _batch(data=None),
            _batch(data=np.array(rows, object)),
            _batch(labels=labels[:3]),
            _batch(labels=["cat"] * 6),
            _batch(labels=None),
            _batch(labels=[7] * 6),
            {},
            [],
            3,
            "text",
            {"data": np.array(rows)},
            _batch(data=np.asfortranarray(rows)),
            _batch(data=rows[:0], labels=[]),
            _batch(labels=np.array(labels)),
            _batch(data=rows.view("V1")),
        )
    )
    names = bench.pick(
        (
            ["cat", "dog", "emu"],
            ["cat"],
            [],
            ["cat", "cat", "cat"],
            [b"\xff", b"\0", b"c"],
            None,
            "cat",
            [1, 2, 3],
            ["\x1b[31m", "\ud800", "\n"],
            [""] * 3,
        )
    )
    protocol = bench.between(0, 4)
    return _case(bench, pickle.dumps(batch, protocol), pickle.dumps({"label_names": names}, protocol))


KINDS = (
    Kind("pickles", "damaged", damaged, weight=8),
    Kind("pickles", "damaged names", damaged_names, weight=3),
    Kind("pickles", "instructions shuffled", shuffled_instructions, weight=6),
    Kind("pickles", "malicious", malicious, weight=4),
    Kind("pickles", "malicious, by hand", malicious_by_hand, weight=3),
    Kind("pickles", "memo bomb", memo_bomb, weight=3),
    Kind("pickles", "giant numbers", giant_numbers, weight=2),
    Kind("pickles", "recursion", recursion, weight=2),
    Kind("pickles", "other values", other_values, weight=4),
)
