"""The first stage of a run: data opened, decoded, checked and split, and the settings that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.data.given_split import GivenSplit, read_split
from onelook.errors import ConfigError, DataError
from onelook.runtime import choose_device
from onelook.settings import DecodeSettings, TrainSettings
from onelook.settings.merge import Overrides, build_settings, differences, merge
from onelook.settings.queries import excluded_by, settings_that
from onelook.training.logs import require_logs
from onelook.workflow.classical_request import is_classical, unread_choice
from onelook.workflow.plan import DataFacts, Plan, views_in_words
from onelook.workflow.pretrained_request import check_transfer, unread_by_network, without_unread
from onelook.workflow.request import resolve_settings
from onelook.workflow.starting_point import (
    Learnt,
    StartingPoint,
    read_starting_point,
    refuse_unless_forced,
    what_it_learnt,
)
from onelook.workflow.transfer import Transfer, pick_transfer
from onelook.workflow.transfer_plan import plan_for

if TYPE_CHECKING:
    from onelook.checks.finding import Finding
    from onelook.data.dataset import Dataset
    from onelook.data.pictures.protocol import OnProgress
    from onelook.data.prepare import Prepared
    from onelook.data.split import Split
    from onelook.run_folder import RunFolder


@dataclass(frozen=True)
class OpenedData:
    """All that is known before the first step."""

    dataset: Dataset
    decode: DecodeSettings
    prepared: Prepared
    findings: tuple[Finding, ...]
    settings: TrainSettings
    choices: tuple[str, ...]  # what was picked from the data, and why
    start: StartingPoint | None = None  # the model that training goes on from
    learnt: Learnt | None = None  # which pictures that judge now it was trained on before


def open_for_training(
    data: Any,
    asked: Overrides,
    resumed: RunFolder | None,
    say: Callable[[str], None],
    on_progress: OnProgress | None = None,
    *,
    matmul_speed: float | None = None,
) -> OpenedData:
    """Opens, decodes, checks and splits the data, and resolves the settings, saying what it finds.

    Args:
        on_progress: told pictures decoded and pictures in all.
        matmul_speed: operations a second in a product of matrices, which a run that is bound by time is planned by;
            measured where not given.

    Raises:
        ConfigError: a resumed run was asked for with other settings; or pictures would judge that the model to go on
            from has learnt.
        DataError: the data is wrong, has no labels, or is not what the resumed run was trained on; or a given split,
            or the model to go on from, does not fit it.
        ModelError: the model to go on from is damaged.
    """
    from onelook.checks.evidence import Evidence
    from onelook.checks.in_short import in_short
    from onelook.checks.run import find_problems
    from onelook.data.decode import choose_decode_settings
    from onelook.data.prepare import prepare
    from onelook.wording import entry

    stored = _stored_settings(resumed, asked) if resumed else None
    first = stored or build_settings(asked, "the options")
    # What may be missing is said before anything is read or written.
    classical = is_classical(first.model)
    if not classical:
        choose_device(first.device)
        require_logs(first.log)
    given = _given_split(first, resumed)
    start = _starting_point(first, resumed)
    splits_anew = bool({"split", *excluded_by("split")} & asked.keys())
    if start is not None and stored is None:
        asked = start.settings_with(asked)
        first = build_settings(asked, "the options")
    dataset = open_for(data, first)
    if not dataset.class_names:
        notes = "".join(f" {note}" for note in dataset.notes)
        raise DataError(
            f"{dataset.name}: the pictures have no labels ({dataset.layout}: {dataset.why}). Training needs labels; "
            f"to label pictures with a trained model use `onelook predict`.{notes}"
        )
    if stored is None:  # after the data: a wrong path is not to be told after a download of weights
        asked = check_transfer(asked)
    dataset = dataset if start is None else start.name_classes(dataset)
    say(str(dataset))
    speed = matmul_speed or _measured_speed(asked)
    transfer = Transfer({}) if stored else pick_transfer(dataset, asked, say, _operations_of_cpu(asked, speed))
    asked = merge(transfer.settings, asked)
    first = stored or build_settings(asked, "the options")
    decode = choose_decode_settings(dataset, first.image_size, first.resize) if start is None else start.card.decode
    own_split = None if start is None or splits_anew or stored else start.split_of(dataset)
    if own_split is not None:
        given, asked = read_split(own_split), merge(asked, {"split": str(own_split)})
    prepared = prepare(
        dataset,
        decode,
        val=first.val if isinstance(first.val, float) else 0.0,
        seed=first.seed,
        strict=first.strict,
        given=given,
        folds=first.folds,
        on_progress=on_progress,
    )
    facts = DataFacts(
        train_rows=len(prepared.split.train),
        height=decode.height,
        width=decode.width,
        channels=decode.channels,
        class_names=dataset.class_names,
        matmul_speed=speed,
    )
    if stored is not None and resumed is not None:
        _refuse_other_data(resumed, dataset.fingerprint, prepared.split.fingerprint)
        settings, choices = stored, tuple(resumed.read_run().get("choices", ()))
    else:
        device = "cpu" if classical else choose_device(first.device).type
        plan = Plan() if classical else plan_for(facts, asked, goes_on=start is not None, device=device)
        settings = resolve_settings(without_unread(asked), plan.settings)
        choices = (
            *(_size_choice(dataset, decode, first) if start is None else _start_choices(start)),
            *_split_choice(settings, prepared.split, is_asked=own_split is None),
            *transfer.reasons,
            *(() if "recipe" in asked else plan.reasons),
            *unread_choice(asked),
            *(() if classical else unread_by_network(asked)),
            *filter(None, [None if classical else views_in_words(settings.views, facts)]),
        )
    _refuse_views_past_the_edge(settings, decode)
    learnt = None if start is None else _what_it_learnt(start, dataset, prepared, force=settings.force)
    findings = tuple(find_problems(Evidence.of_prepared(prepared)))
    say("\n".join(entry("ledger", prepared.ledger.in_words())))
    for position, line in enumerate(in_short(findings)):
        say("\n".join(entry("found" if position == 0 else "", line)))
    return OpenedData(dataset, decode, prepared, findings, settings, choices, start, learnt)


def _measured_speed(asked: Overrides) -> float | None:
    """The speed of this machine, where a network is to be picked by it."""
    if "time_limit_seconds" not in asked or "model" in asked or "recipe" in asked:
        return None
    from onelook.training.speed import measure_matmul_speed

    return measure_matmul_speed(choose_device(asked.get("device", "auto")))


def _operations_of_cpu(asked: Overrides, speed: float | None) -> float | None:
    """What a CPU does in the time limit; None without one, or on a GPU, which does so much more with small pictures."""
    limit = asked.get("time_limit_seconds")
    if limit is None or speed is None or choose_device(asked.get("device", "auto")).type != "cpu":
        return None
    return float(limit) * speed / int(asked.get("folds") or 1)


def _given_split(settings: TrainSettings, resumed: RunFolder | None) -> GivenSplit | None:
    """The split to keep. A run that goes on has its own copy: the file that it was begun with may be gone."""
    if settings.split is None:
        return None
    return read_split(Path(settings.split) if resumed is None else resumed.split_csv)


def _starting_point(settings: TrainSettings, resumed: RunFolder | None) -> StartingPoint | None:
    """The model to go on from; for a run that was interrupted, the one that it was begun with."""
    if settings.from_model is None:
        return None
    start = read_starting_point(Path(settings.from_model))
    begun_with = None if resumed is None else resumed.read_run().get("from", {}).get("checksum")
    if begun_with not in (None, start.card.checksum):
        raise ConfigError(
            f"{start.path}: another model than this run was begun with: it has changed since. Bring the old one back, "
            "or begin a new run with another --out."
        )
    return start


def _start_choices(start: StartingPoint) -> tuple[str, ...]:
    recipe = start.card.training.get("recipe")
    sentences = [f"network and preparation: those of {start.path}, whose weights are gone on from"]
    if recipe:
        sentences.append(f"training as in the recipe {recipe}, with which it was trained")
    return tuple(sentences)


def _what_it_learnt(start: StartingPoint, dataset: Dataset, prepared: Prepared, *, force: bool) -> Learnt:
    train = prepared.split.train
    start.refuse_other_values(str(train.images.dtype), dataset.pool.pictures.facts().value_range)
    learnt = what_it_learnt(start, dataset, prepared.split)
    refuse_unless_forced(start, learnt, prepared.split, force=force)
    return learnt


def _split_choice(settings: TrainSettings, split: Split, *, is_asked: bool) -> tuple[str, ...]:
    """Where the split comes from, where it was not drawn."""
    if settings.split is None:
        return ()
    counts = [f"{len(split.train):,} to train on", f"{len(split.val):,} to validate"]
    counts += [] if split.test is None else [f"{len(split.test):,} to test"]
    why = "" if is_asked else "; nothing that the model was trained on judges it"
    return (f"the split of {settings.split}: {', '.join(counts)}{why}",)


def _refuse_views_past_the_edge(settings: TrainSettings, decode: DecodeSettings) -> None:
    if not settings.views.fits(decode.height, decode.width):
        raise ConfigError(
            f"views.shift = {settings.views.shift}; expected less than the pictures' shorter side, which is "
            f"{min(decode.height, decode.width)} pixels. One or two pixels are usual."
        )


def _size_choice(dataset: Dataset, decode: DecodeSettings, settings: TrainSettings) -> tuple[str, ...]:
    """The picked picture size with its reason, where the pictures do not just keep the one that they have."""
    facts = [part.pictures.facts() for part in dataset.parts.values()]
    sizes = {size for fact in facts for size in fact.sizes}
    if settings.image_size is not None or sizes == {(decode.height, decode.width)}:
        return ()
    number = "many" if any(fact.is_sample for fact in facts) else f"{len(sizes):,}"
    reason = f"they come in {number} sizes" if len(sizes) > 1 else "a good first size for large pictures"
    return (f"pictures of {decode.height}×{decode.width}: {reason} (see --image-size)",)


def open_for(data: Any, settings: TrainSettings) -> Dataset:
    """The data set that `data` names or is, with the test and validation pictures and class names of the settings."""
    from onelook.data.open import open_dataset

    return open_dataset(
        data,
        test=settings.test,
        val=settings.val if isinstance(settings.val, str) else None,
        class_names=settings.class_names,
        label_column=settings.label_column,
        label_from=settings.label_from,
        layout=settings.layout,
    )


def _stored_settings(folder: RunFolder, asked: Overrides) -> TrainSettings:
    """The settings of the run that goes on, with what may be changed changed."""
    stored = build_settings(folder.read_run()["settings"], str(folder.run_json))
    wanted = build_settings(merge(stored.model_dump(mode="json"), asked), "the options")
    resumable = settings_that(lambda facts: facts.is_resumable)  # anything else would make it another run
    changed = {key: values for key, values in differences(stored, wanted).items() if key not in resumable}
    if changed:
        listed = ", ".join(f"{key} was {old}, asked {new}" for key, (old, new) in changed.items())
        raise ConfigError(
            f"{folder.path}: a run goes on with the settings that it began with ({listed}). "
            "Leave these out, or begin a new run with another --out."
        )
    if wanted.epochs < stored.epochs:
        raise ConfigError(
            f"{folder.path}: it was planned for {stored.epochs} epochs, and can go on to more, not to {wanted.epochs}."
        )
    before, now = stored.time_limit_seconds, wanted.time_limit_seconds
    if before != now and (before is None or now is None or now < before):
        planned = "without a time limit" if before is None else f"for {before:g} s"
        raise ConfigError(
            f"{folder.path}: it was planned {planned}, and can only be given more time. "
            "Leave --time-limit out to go on as planned."
        )
    return wanted


def _refuse_other_data(folder: RunFolder, data_fingerprint: str, split_fingerprint: str) -> None:
    run = folder.read_run()
    if (run["data"]["fingerprint"], run["split"]["fingerprint"]) != (data_fingerprint, split_fingerprint):
        raise DataError(
            f"{folder.path}: the data has changed since this run began: its pictures or their split are others. "
            "Bring the old data back, or begin a new run with another --out."
        )
