"""What `onelook train` would do with inspected data: whether it would begin, and what it would pick."""

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
from onelook.runtime import choose_device
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, build_settings, merge
from onelook.settings.queries import settings_that
from onelook.wording import sentence


@dataclass(frozen=True)
class PageRequest:
    """What was asked for on the command line beside the data and the settings."""

    path: Path
    words: tuple[str, ...]  # that name the data and how it is to be read, as `train` takes them too


@dataclass(frozen=True)
class TrainingPreview:
    """What training would be."""

    settings: TrainSettings  # its augmentation is what the page shows
    augmentation: str  # who decided on the augmentation; or why there is none to show
    shows_augmentation: bool
    next_step: NextStep


def plan_inspected(facts: DataFacts, asked: Overrides, *, size_only: bool = False) -> Plan:
    """Return the plan that `train` would make of such data on this machine, asked for these settings.

    Args:
        facts: of the data.
        asked: the settings.
        size_only: only the size of the decoded pictures is needed.

    Raises:
        ConfigError: the settings contradict each other.
    """
    # Torch takes a second to load, and the device decides on the size only where there is a time limit.
    needs_device = not size_only or "time_limit_seconds" in asked
    device = choose_device(asked.get("device", "auto")).type if needs_device and find_spec("torch") else "cpu"
    return make_plan(facts, asked, budget_of(asked), device=device)


def preview_training(found: Inspection, request: PageRequest) -> TrainingPreview:
    """Return what would be picked for the data, with what was asked for; nothing is trained or written.

    Raises:
        ConfigError: the settings asked for contradict each other.
    """
    is_labelled = bool(found.dataset.class_names)
    missing = "" if find_spec("torch") else " Showing it needs torch: pip install 'onelook[train]'."
    if not is_labelled:
        return TrainingPreview(
            settings=TrainSettings(),
            augmentation="Without labels there is nothing to train, and so nothing to augment." + missing,
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
    """Return how many pictures would be trained on; or all that there are, and why training would not begin."""
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
    """Return the settings whose augmentation is shown, and a sentence on whose they are."""
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
        return own.settings, f"The recipe {recipe} changes no pictures, and neither would training without it."
    shown = resolve_settings({}, merge({"augment": own.picks.settings["augment"]}))
    return shown, (
        f"The recipe {recipe} changes no pictures; this is what training without a recipe would pick: {_reason(own)}."
    )


def _reason(plan: Plan) -> str:
    return next(plan.picks.reasons_for("augment"), "")


def _why_off(plan: Plan) -> str:
    """Return why pictures are taken as they are."""
    if plan.settings.tune == "head":
        return (
            "The head alone is trained, on features that are computed once: training would take every picture as it "
            "is. With --tune full pictures change from epoch to epoch."
        )
    return "Augmentation is off: training would take every picture as it is."


def _command(request: PageRequest, is_labelled: bool) -> str:
    if not is_labelled:
        return f"onelook predict MODEL {shlex.quote(request.words[0])} --out predictions.csv"
    return shlex.join(["onelook", "train", *request.words])
