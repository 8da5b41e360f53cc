"""What `onelook train` would do with inspected data: whether it would begin, and what it would pick."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from onelook.data.part_names import pool_name
from onelook.data.split import split_dataset
from onelook.errors import DataError
from onelook.report.inspected import NextStep
from onelook.report.words import sentence
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, merge
from onelook.settings.queries import settings_that
from onelook.workflow.inspect import Inspection
from onelook.workflow.plan import DataFacts, Plan, plan_run
from onelook.workflow.request import resolve_settings


@dataclass(frozen=True)
class PageRequest:
    """What was asked for on the command line beside the data."""

    path: Path
    words: tuple[str, ...]  # that name the data and how it is to be read, as `train` takes them too
    asked: Overrides = field(default_factory=dict)  # a recipe, settings


@dataclass(frozen=True)
class TrainingPreview:
    """What training would be."""

    settings: TrainSettings  # its augmentation is what the page shows
    augmentation: str  # who decided on the augmentation; or why there is none to show
    shows_augmentation: bool
    next_step: NextStep


def preview_training(found: Inspection, request: PageRequest) -> TrainingPreview:
    """What would be picked for the data, with what was asked for; nothing is trained or written.

    Raises:
        ConfigError: the settings asked for contradict each other.
    """
    asked = request.asked
    train_rows, refusal = _train_rows(found, asked)
    facts = DataFacts(
        train_rows=train_rows,
        height=found.decode.height,
        width=found.decode.width,
        channels=found.decode.channels,
        class_names=found.dataset.class_names,
    )
    plan = plan_run(facts, asked)
    settings, augmentation = _augmentation(facts, asked, plan)
    is_labelled = bool(found.dataset.class_names)
    missing = "" if find_spec("torch") else " Showing it needs torch: pip install 'onelook[train]'."
    return TrainingPreview(
        settings=settings,
        augmentation=augmentation + missing,
        shows_augmentation=settings.augment.is_active and is_labelled and not missing,
        next_step=NextStep(
            command=_command(request, is_labelled),
            choices=tuple(plan.reasons) if is_labelled and "recipe" not in asked else (),
            refusal=refusal,
        ),
    )


def _train_rows(found: Inspection, asked: Overrides) -> tuple[int, str]:
    """Pictures that would be trained on; or all that there are, and why training would not begin."""
    pool = pool_name(found.reading.parts)
    usable = len(found.reading.parts[pool].used) if pool else 0
    if not found.dataset.class_names:
        return usable, ""
    val = asked.get("val", TrainSettings().val)
    try:
        split = split_dataset(
            found.reading.parts,
            found.dataset.class_names,
            val=val if isinstance(val, float) else 0.1,
            seed=asked.get("seed", 0),
        )
    except DataError as problem:
        return usable, sentence(str(problem))
    return len(split.train), ""


def _augmentation(facts: DataFacts, asked: Overrides, plan: Plan) -> tuple[TrainSettings, str]:
    """The settings whose augmentation is shown, and a sentence on whose they are."""
    if not facts.class_names:
        return TrainSettings(), "Without labels there is nothing to train, and so nothing to augment."
    settings = resolve_settings(asked, plan.settings)
    recipe = asked.get("recipe")
    decisive = settings_that(lambda facts: facts.decides_augmentation)
    own = plan_run(facts, {key: value for key, value in asked.items() if key not in decisive})
    without = plan_run(facts, {"augment": {}})
    reason = next((reason for reason in own.reasons if reason not in without.reasons), "")
    if settings.augment.is_active:
        if "augment" not in plan.settings or recipe:
            return settings, f"This is what {f'the recipe {recipe}' if recipe else 'the command'} asks for."
        return settings, f"This is what training picks for this data: {reason}."
    if not recipe:
        return settings, "Augmentation is off: training would take every picture as it is."
    shown = resolve_settings({}, merge(plan.settings, own.settings))
    return shown, (
        f"The recipe {recipe} changes no pictures; this is what training without a recipe would pick: {reason}."
    )


def _command(request: PageRequest, is_labelled: bool) -> str:
    if not is_labelled:
        return f"onelook predict MODEL {shlex.quote(request.words[0])} --out predictions.csv"
    return shlex.join(["onelook", "train", *request.words])
