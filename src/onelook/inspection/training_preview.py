"""Preview `onelook train` on inspected data: whether it would start, and which settings it would pick."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from onelook.data.part_names import pool_name
from onelook.data.splits.folds import split_of_fold
from onelook.data.splits.split import Split, split_dataset
from onelook.errors import DataError
from onelook.inspection.inspection import Inspection
from onelook.planning.facts import DataFacts
from onelook.planning.options import resolve_settings
from onelook.planning.plan import Plan, make_plan
from onelook.planning.time_budget import budget_of
from onelook.report.inspected_data import NextStep
from onelook.runtime import choose_device, command_line, command_name
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, build_settings, merge
from onelook.settings.queries import settings_that
from onelook.wording import sentence


@dataclass(frozen=True)
class PageRequest:
    """The page that the command line asks for."""

    path: Path
    words: tuple[str, ...]  # the data and the options on how to read it; `train` takes the same


@dataclass(frozen=True)
class TrainingPreview:
    """The settings that `train` would use."""

    settings: TrainSettings  # the page shows their augmentation
    augmentation: str  # who decided on the augmentation, or why the page shows none
    shows_augmentation: bool
    next_step: NextStep


def plan_inspected(facts: DataFacts, asked: Overrides, *, size_only: bool = False) -> Plan:
    """Return the plan that `train` would make on this machine.

    Args:
        facts: the facts of the data.
        asked: the settings that the user would give.
        size_only: whether the caller needs only the size of the decoded pictures.

    Raises:
        ConfigError: the settings contradict each other.
    """
    # Torch takes a second to load, and the size depends on the device only if there is a time limit.
    needs_device = not size_only or "time_limit_seconds" in asked
    device = choose_device(asked.get("device", "auto")).type if needs_device and find_spec("torch") else "cpu"
    return make_plan(facts, asked, budget_of(asked), device=device)


def preview_training(found: Inspection, request: PageRequest) -> TrainingPreview:
    """Return the settings that `train` would pick for the data. Nothing is trained or written.

    Raises:
        ConfigError: the settings asked for contradict each other.
    """
    is_labelled = bool(found.dataset.class_names)
    missing = "" if find_spec("torch") else " Showing it needs torch: pip install 'onelook[train]'."
    if not is_labelled:
        return TrainingPreview(
            settings=TrainSettings(),
            augmentation="Without labels no model can be trained, so there is no augmentation." + missing,
            shows_augmentation=False,
            next_step=NextStep(command=_command(request, is_labelled)),
        )
    train_rows, refusal = _train_rows(found)
    facts = replace(found.facts, train_rows=train_rows)
    plan = plan_inspected(facts, found.asked)
    settings, augmentation = _augmentation(plan, found.asked, facts)
    return TrainingPreview(
        settings=settings,
        augmentation=augmentation + missing,
        shows_augmentation=settings.augment.is_active and not missing,
        next_step=NextStep(command=_command(request, is_labelled), choices=plan.choices, refusal=refusal),
    )


def _train_rows(found: Inspection) -> tuple[int, str]:
    """Return the number of training pictures and ""; if training would not start, of all pictures and the reason."""
    pool = pool_name(found.reading.parts)
    usable = len(found.reading.parts[pool].used) if pool else 0
    try:
        return len(_split(found).train), ""
    except DataError as problem:
        return usable, sentence(str(problem))


def _split(found: Inspection) -> Split:
    parts, names = found.reading.parts, found.dataset.class_names
    settings = build_settings(found.asked, "the options")
    if settings.folds is not None:
        return split_of_fold(parts, names, fold=1, folds=settings.folds, seed=settings.seed)
    val = settings.val if isinstance(settings.val, float) else 0.1
    return split_dataset(parts, names, val=val, seed=settings.seed)


def _augmentation(plan: Plan, asked: Overrides, facts: DataFacts) -> tuple[TrainSettings, str]:
    """Return the settings whose augmentation is shown, and a sentence on where it comes from."""
    recipe = asked.get("recipe")
    if plan.settings.augment.is_active:
        if recipe or "augment" not in plan.picks.settings:
            return plan.settings, f"This is what {f'the recipe {recipe}' if recipe else 'the command'} asks for."
        return plan.settings, f"This is what training picks for this data: {_reason(plan)}."
    if not recipe:
        return plan.settings, _why_off(plan)
    decisive = settings_that(lambda facts: facts.decides_augmentation)
    own = plan_inspected(facts, {key: value for key, value in asked.items() if key not in decisive})
    if not own.settings.augment.is_active:
        return own.settings, f"The recipe {recipe} does not augment pictures, nor would training without it."
    shown = resolve_settings({}, merge({"augment": own.picks.settings["augment"]}))
    return shown, (
        f"The recipe {recipe} does not augment pictures. Training without a recipe would pick this: {_reason(own)}."
    )


def _reason(plan: Plan) -> str:
    return next(plan.picks.reasons_for("augment"), "")


def _why_off(plan: Plan) -> str:
    """Return why pictures are not augmented."""
    if plan.settings.tune == "head":
        return (
            "Only the head would be trained, on features that are computed once, so pictures would not be augmented. "
            "With --tune full they would."
        )
    return "Augmentation is off: training would not change the pictures."


def _command(request: PageRequest, is_labelled: bool) -> str:
    if not is_labelled:
        return f"{command_name()} predict MODEL {shlex.quote(request.words[0])} --out predictions.csv"
    return training_command(request)


def training_command(request: PageRequest) -> str:
    """Return the command that trains on the data that the page shows."""
    return command_line("train", *request.words)
