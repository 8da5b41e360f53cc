"""The families of damaged inputs, a file each."""

from __future__ import annotations

import random
from functools import cache
from importlib import import_module

from benchmarks.fuzz.case import Kind

FAMILIES = (
    "pictures",
    "oddities",
    "oversized",
    "folders",
    "trees",
    "zips",
    "tars",
    "tables",
    "binaries",
    "pickles",
    "arrays",
    "hdf5",
    "tfrecords",
    "dialects",
    "parquets",
    "manifests",
    "listings",
    "ragged",
    "annotations",
    "research",
    "models",
    "model_folders",
    "keras",
    "texts",
    "runs",
)


@cache
def one_round() -> tuple[Kind, ...]:
    """Every kind of input as often as its weight says, in an order that is always the same."""
    kinds = [kind for family in FAMILIES for kind in import_module(f"{__name__}.{family}").KINDS]
    round_of_kinds = [kind for kind in kinds for _ in range(kind.weight)]
    random.Random(0).shuffle(round_of_kinds)
    return tuple(round_of_kinds)


def kind_of(number: int) -> Kind:
    """The kind that the case of this number is of."""
    kinds = one_round()
    return kinds[number % len(kinds)]
