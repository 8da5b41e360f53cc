"""The usual settings of an optimizer that is given by name only, and a run's optimizer in words."""

from __future__ import annotations

from onelook.settings import TrainSettings
from onelook.settings.optimization import OptimizerSettings, ScheduleSettings
from onelook.wording import agree, number, percent

# Rates for fresh weights, on a schedule that ends at 0. They were measured on the built-in digits and 4,000 pictures of
# Fashion-MNIST with our own small networks (`benchmarks/usual_rates.py`).
_USUAL: dict[str, dict[str, float]] = {
    "sgd": {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 5e-4},
    "adagrad": {"learning_rate": 0.03},
    "rmsprop": {"learning_rate": 3e-3},
    "adam": {"learning_rate": 4e-3},
    "adamw": {"learning_rate": 4e-3, "weight_decay": 0.02},
    "muon": {"learning_rate": 0.1, "momentum": 0.6},
}
# A rate that fresh weights need makes trained weights worse.
_SHARE_FOR_TRAINED_WEIGHTS = 0.25
_NAMES = {
    "sgd": "SGD",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
    "muon": "Muon",
}


def usual_settings(name: str, *, are_trained: bool = False) -> dict[str, float]:
    """Return the usual settings of an optimizer, for a run that names it and not its learning rate.

    Args:
        name: the optimizer.
        are_trained: whether training continues from trained weights.

    Example:
        >>> usual_settings("rmsprop")
        {'learning_rate': 0.003}
    """
    usual = _USUAL.get(name, {})
    share = _SHARE_FOR_TRAINED_WEIGHTS if are_trained else 1.0
    return {setting: value * share if setting == "learning_rate" else value for setting, value in usual.items()}


def rule_in_words(settings: TrainSettings) -> str:
    """Return the optimizer of a run, its learning rate and the change of the rate.

    Example:
        >>> rule_in_words(TrainSettings())
        'Adam; learning rate 0.001 throughout'
    """
    rule = settings.optimizer
    parts = [_NAMES[rule.name]]
    if rule.momentum:
        parts.append(f"momentum {number(rule.momentum)}")
    if rule.weight_decay:
        parts.append(f"weight decay {number(rule.weight_decay)}")
    if rule.layer_decay < 1:
        parts.append("lower layers slower")
    return f"{', '.join(parts)}; learning rate {_course(rule, settings.schedule)}"


def _course(rule: OptimizerSettings, schedule: ScheduleSettings) -> str:
    rate = number(rule.learning_rate)
    if schedule.name == "constant":
        return f"{rate} throughout"
    if schedule.name == "step":
        every = agree(schedule.step_epochs, "every epoch", f"every {schedule.step_epochs} epochs")
        return f"{rate}, times {number(schedule.step_factor)} {every}"
    rises = f"rises for {percent(schedule.warmup_fraction, 0)} of the steps, then " if schedule.warmup_fraction else ""
    return f"{rate} at most: {rises}falls to {number(rule.learning_rate * schedule.final_fraction)}"
