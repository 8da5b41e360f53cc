"""Settings that are picked for the user, each with a sentence that gives the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from onelook.settings.merge import Overrides, SectionValues, merge


@dataclass(frozen=True)
class Pick:
    """Settings that belong together, and the reason for them."""

    settings: Overrides
    reason: str  # one sentence for the user; empty if another sentence gives it


@dataclass
class Picks:
    """All picks of a plan. A pick applies only if the user did not give the same setting."""

    made: list[Pick] = field(default_factory=list)

    def add(self, settings: Overrides, reason: str = "") -> None:
        """Add a pick. It replaces earlier picks of the same settings."""
        self.made.append(Pick(settings, reason))

    @property
    def settings(self) -> Overrides:
        """Return all picked settings together."""
        return merge(*(pick.settings for pick in self.made))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the sentences for the user, in the order of the picks."""
        return tuple(pick.reason for pick in self.made if pick.reason)

    def reasons_for(self, setting: str) -> Iterator[str]:
        """Return the sentences of the picks that decide on one top-level setting, such as `augment`."""
        return (pick.reason for pick in self.made if setting in pick.settings and pick.reason)


def one_cycle(warmup_fraction: float = 0.25) -> SectionValues:
    """Return the schedule of our own recipes: the rate rises for a share of the steps, then falls to 0.

    Smith & Topin 2018, arXiv:1708.07120.
    """
    return {"name": "one_cycle", "warmup_fraction": warmup_fraction, "final_fraction": 0.0}


def doubled_batch_size(rows: int, *, largest: int, smallest: int = 16, fewest_steps: int = 30) -> int:
    """Return the largest power of two times `smallest` that leaves an epoch enough steps.

    Example:
        >>> doubled_batch_size(60_000, largest=128), doubled_batch_size(1_000, largest=128)
        (128, 32)
    """
    batch_size = smallest
    while batch_size < largest and rows // (batch_size * 2) >= fewest_steps:
        batch_size *= 2
    return batch_size
