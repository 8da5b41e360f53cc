"""Which steps end a run, what they cost together, and which of them a short time limit leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby

from onelook.heap import give_back_memory
from onelook.runs.begin import BegunRun
from onelook.runs.ending import ENDING_STEPS
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep
from onelook.runs.stages import Clock
from onelook.wording import duration


@dataclass(frozen=True)
class EndingPlan:
    """The steps that end a run, in order."""

    steps: tuple[EndingStep, ...]
    cost: Cost  # of all steps together
    left_out: tuple[str, ...]  # a sentence for each step that the time limit is too short for

    @property
    def reads_features(self) -> bool:
        """Whether one of the steps reads the features of scored pictures."""
        return any(step.reads_features for step in self.steps)


def plan_ending(facts: EndingFacts, steps: Iterable[EndingStep] | None = None) -> EndingPlan:
    """Return the steps that end a run.

    Args:
        facts: of the run.
        steps: the steps to choose from; by default all of them.
    """
    limit = facts.settings.time_limit_seconds
    wanted = [step for step in (all_steps() if steps is None else steps) if step.is_wanted(facts)]
    taken = [step for step in wanted if limit is None or limit >= step.least_limit_seconds]
    left_out = [step for step in wanted if step not in taken]
    return EndingPlan(
        steps=tuple(taken),
        cost=sum((step.cost(facts) for step in taken), start=Cost()),
        left_out=tuple(
            f"The time limit of {duration(limit or 0.0)} leaves out {step.what}; with "
            f"{duration(step.least_limit_seconds)} or more it is made."
            for step in left_out
        ),
    )


def all_steps() -> tuple[EndingStep, ...]:
    """Return every registered step, in order."""
    return tuple(ENDING_STEPS.load(name) for name in ENDING_STEPS)


def ending_of(begun: BegunRun) -> EndingPlan:
    """Return what ends this run; nothing does if it is in memory."""
    facts = EndingFacts(begun.settings, begun.data)
    return plan_ending(facts) if begun.folder is not None else EndingPlan((), Cost(), ())


def take_steps(plan: EndingPlan, ending: Ending, clock: Clock) -> Ending:
    """Take the steps in order, and return what they made."""
    for stage, steps in groupby(plan.steps, key=lambda step: step.stage):
        with clock.stage(stage) if stage else nullcontext():
            for step in steps:
                ending = step.run(ending)
                give_back_memory()  # two hundred megabytes of a learning curve, for one
    return ending
