"""The plan of a training, with its reasons: made in one place for `train`, `inspect`, folds, trials and arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from onelook.errors import ConfigError
from onelook.planning.asked_in_words import asked_in_words
from onelook.planning.classical_request import is_classical, unread_choice
from onelook.planning.facts import DataFacts
from onelook.planning.from_scratch import pick_from_scratch
from onelook.planning.network_choice import smaller_networks
from onelook.planning.optimizer_choice import rule_in_words
from onelook.planning.options import resolve_settings
from onelook.planning.picks import Picks
from onelook.planning.pretrained_choice import pick_pretrained
from onelook.planning.pretrained_request import check_transfer, is_pretrained, unread_by_network, without_unread
from onelook.planning.pretrained_training import pick_pretrained_training
from onelook.planning.starting_point import StartingPoint
from onelook.planning.time_budget import TimeBudget
from onelook.settings import DecodeSettings, NetworkSettings, TrainSettings
from onelook.settings.merge import Overrides, build_settings, merge
from onelook.settings.pictures import ViewSettings
from onelook.wording import counted, listed


@dataclass(frozen=True)
class Plan:
    """All that is decided before the first step of a training."""

    settings: TrainSettings
    decode: DecodeSettings
    choices: tuple[str, ...] = ()  # each is a sentence for the user: what was picked and why
    picks: Picks = field(default_factory=Picks)  # the picked settings; empty for a resumed run
    start: StartingPoint | None = None  # the model that training continues from
    network: NetworkSettings | None = None  # None: use the network that the settings name
    tip: str = ""  # what to install for a better plan
    most_seconds: float | None = None  # of the whole training, for a trial of a search; its epochs are not changed
    smaller: Plan | None = None  # the plan with the next smaller network, if the time limit decides on the network

    def with_choice(self, *choices: str) -> Plan:
        """Return the plan with more sentences for the user, before those that it has."""
        smaller = None if self.smaller is None else self.smaller.with_choice(*choices)
        return replace(self, choices=(*choices, *self.choices), smaller=smaller)

    def with_settings(self, **changes: object) -> Plan:
        """Return the plan with some settings replaced by values that are known to be valid."""
        smaller = None if self.smaller is None else self.smaller.with_settings(**changes)
        return replace(self, settings=self.settings.model_copy(update=changes), smaller=smaller)

    def with_network(self, model: str) -> Plan:
        """Return the plan, or the smaller one, that has this network. The network of the result is final."""
        plan = self
        while plan.settings.model != model and plan.smaller is not None:
            plan = plan.smaller
        return replace(plan, smaller=None)


def make_plan(
    facts: DataFacts,
    asked: Overrides,
    budget: TimeBudget,
    *,
    device: str = "cpu",
    start: StartingPoint | None = None,
    network: str | None = None,
) -> Plan:
    """Plan a training. The same arguments give the same plan.

    A run calls it twice: first with the opened data, to get the size to which pictures are decoded; then with the
    number of training rows. That number does not change the size.

    Args:
        facts: the facts of the data.
        asked: the settings that the user gave; the plan keeps all of them.
        budget: the time for the training.
        device: the training device, `cpu` or `cuda`.
        start: the model that training continues from; `asked` already contains its settings.
        network: the network to plan for, where the user named none.

    Raises:
        ConfigError: settings that contradict each other or the pictures, or pretrained weights that are missing.
    """
    given = asked
    asked = check_transfer(asked if network is None else merge(asked, {"model": network}))
    choice = pick_pretrained(facts, asked, budget, device)
    asked = merge(choice.picks.settings, asked)
    settings = build_settings(asked, "the options")
    decode = decode_settings(facts, settings) if start is None else start.card.decode
    shown = replace(facts, height=decode.height, width=decode.width, channels=decode.channels)
    picks = _pick_training(shown, asked, budget, device, continues=start is not None)
    settings = resolve_settings(without_unread(asked), picks.settings)
    _refuse_views_past_the_edge(settings.views, decode)
    is_network = not is_classical(settings.model)
    choices = (
        *(_size_choice(facts, decode, settings) if start is None else start.choices()),
        *choice.picks.reasons,
        *(() if "recipe" in asked else picks.reasons),
        *((rule_in_words(settings),) if is_network else ()),
        *unread_choice(asked),
        *(unread_by_network(asked) if is_network else ()),
        *filter(None, [views_in_words(settings.views, shown) if is_network else None]),
        *filter(None, [asked_in_words(given, asked)]),
    )
    plan = Plan(settings, decode, choices, picks, start, tip=choice.tip)
    if budget.limit_seconds is None or "model" not in picks.settings:
        return plan
    smaller = None
    for model in reversed(smaller_networks(settings.model)):
        named = make_plan(facts, given, budget, device=device, start=start, network=model)
        smaller = replace(named, smaller=smaller)
    return replace(plan, smaller=smaller)


def _pick_training(facts: DataFacts, asked: Overrides, budget: TimeBudget, device: str, *, continues: bool) -> Picks:
    if is_classical(asked.get("model")):
        return Picks()
    if is_pretrained(asked):
        return pick_pretrained_training(facts, asked, device=device, continues=continues)
    return pick_from_scratch(facts, asked, budget, continues=continues)


def decode_settings(facts: DataFacts, settings: TrainSettings) -> DecodeSettings:
    """Return the settings of decoding: the size in the settings, or else the size that suits the data."""
    height, width = settings.image_size or (facts.height, facts.width)
    return DecodeSettings(
        height=height,
        width=width,
        channels=facts.channels,
        resize=settings.resize,
        ground=facts.ground,
        deep_range=facts.deep_range,
    )


def _size_choice(facts: DataFacts, decode: DecodeSettings, settings: TrainSettings) -> tuple[str, ...]:
    """Return a sentence on the picked picture size; empty if the pictures keep their size."""
    if settings.image_size is not None or facts.sizes == {(decode.height, decode.width)}:
        return ()
    many = "many sizes" if facts.sizes_are_sampled else counted(len(facts.sizes), "size")
    reason = f"they come in {many}" if len(facts.sizes) > 1 else "a good first size for large pictures"
    return (f"pictures of {decode.height}×{decode.width}: {reason} (see --image-size)",)


def _refuse_views_past_the_edge(views: ViewSettings, decode: DecodeSettings) -> None:
    if not views.fits(decode.height, decode.width):
        raise ConfigError(
            f"views.shift = {views.shift}; expected less than the pictures' shorter side, which is "
            f"{counted(min(decode.height, decode.width), 'pixel')}. One or two pixels are usual."
        )


def views_in_words(views: ViewSettings, facts: DataFacts) -> str | None:
    """Return a sentence on the views that the model predicts; None if it predicts only the picture itself."""
    if not views.is_active:
        return None
    mirrored = "mirrored" if views.horizontal_flip else ""
    moved = f"moved by {counted(views.shift, 'pixel')}" if views.shift else ""
    also = listed(filter(None, (mirrored, moved)))
    words = f"{views.count} views of each picture, also {also}: predicting takes {views.count} times as long"
    if views.horizontal_flip and (reason := facts.why_not_mirrored):
        words += f"; mirrored as you asked, though these are classes that a mirror may swap: {reason}"
    return words
