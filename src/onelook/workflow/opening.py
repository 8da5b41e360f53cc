"""The first stage of a run: data opened, decoded, checked and split, and the settings that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError, DataError
from onelook.runtime import choose_device
from onelook.settings import DecodeSettings, TrainSettings
from onelook.settings.merge import Overrides, build_settings, differences, merge
from onelook.workflow.plan import DataFacts, plan_run
from onelook.workflow.request import resolve_settings

if TYPE_CHECKING:
    from onelook.checks.finding import Finding
    from onelook.data.dataset import Dataset
    from onelook.data.prepare import Prepared
    from onelook.run_folder import RunFolder

# What may be changed on going on with a run; anything else would make it another run.
_CHANGEABLE = frozenset({"epochs", "time_limit_seconds", "device"})


@dataclass(frozen=True)
class OpenedData:
    """All that is known before the first step."""

    dataset: Dataset
    decode: DecodeSettings
    prepared: Prepared
    findings: tuple[Finding, ...]
    settings: TrainSettings
    choices: tuple[str, ...]  # what was picked from the data, and why


def open_for_training(data: Any, asked: Overrides, resumed: RunFolder | None, say: Callable[[str], None]) -> OpenedData:
    """Opens, decodes, checks and splits the data, and resolves the settings, saying what it finds.

    Raises:
        ConfigError: a resumed run was asked for with other settings.
        DataError: the data is wrong, has no labels, or is not what the resumed run was trained on.
    """
    from onelook.checks.evidence import Evidence
    from onelook.checks.run import find_problems
    from onelook.data.decode import choose_decode_settings
    from onelook.data.describe import entry
    from onelook.data.prepare import prepare

    stored = _stored_settings(resumed, asked) if resumed else None
    first = stored or build_settings(asked, "the options")
    choose_device(first.device)  # which may be missing: said before anything is read or written
    dataset = open_for(data, first)
    if not dataset.class_names:
        notes = "".join(f" {note}" for note in dataset.notes)
        raise DataError(
            f"{dataset.name}: the pictures have no labels ({dataset.layout}: {dataset.why}). Training needs labels; "
            f"to label pictures with a trained model use `onelook predict`.{notes}"
        )
    say(str(dataset))
    decode = choose_decode_settings(dataset, first.image_size, first.resize)
    prepared = prepare(
        dataset,
        decode,
        val=first.val if isinstance(first.val, float) else 0.0,
        seed=first.seed,
        strict=first.strict,
    )
    facts = DataFacts(
        train_rows=len(prepared.split.train),
        height=decode.height,
        width=decode.width,
        channels=decode.channels,
        class_names=dataset.class_names,
    )
    if stored is not None and resumed is not None:
        _refuse_other_data(resumed, dataset.fingerprint, prepared.split.fingerprint)
        settings, choices = stored, tuple(resumed.read_run().get("choices", ()))
    else:
        plan = plan_run(facts, asked)
        settings = resolve_settings(asked, plan.settings)
        choices = (*_size_choice(dataset, decode, first), *(() if "recipe" in asked else plan.reasons))
    findings = tuple(find_problems(Evidence.of_prepared(prepared)))
    for position, finding in enumerate(findings):
        say("\n".join(entry("found" if position == 0 else "", finding.message)))
    return OpenedData(dataset, decode, prepared, findings, settings, choices)


def _size_choice(dataset: Dataset, decode: DecodeSettings, settings: TrainSettings) -> tuple[str, ...]:
    """The picked picture size with its reason, where the pictures do not just keep the one that they have."""
    sizes = {size for part in dataset.parts.values() for size in part.pictures.facts().sizes}
    if settings.image_size is not None or sizes == {(decode.height, decode.width)}:
        return ()
    reason = f"they come in {len(sizes):,} sizes" if len(sizes) > 1 else "a good first size for large pictures"
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
        layout=settings.layout,
    )


def _stored_settings(folder: RunFolder, asked: Overrides) -> TrainSettings:
    """The settings of the run that goes on, with what may be changed changed."""
    stored = build_settings(folder.read_run()["settings"], str(folder.run_json))
    wanted = build_settings(merge(stored.model_dump(mode="json"), asked), "the options")
    changed = {key: values for key, values in differences(stored, wanted).items() if key not in _CHANGEABLE}
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
    return wanted


def _refuse_other_data(folder: RunFolder, data_fingerprint: str, split_fingerprint: str) -> None:
    run = folder.read_run()
    if (run["data"]["fingerprint"], run["split"]["fingerprint"]) != (data_fingerprint, split_fingerprint):
        raise DataError(
            f"{folder.path}: the data has changed since this run began: its pictures or their split are others. "
            "Bring the old data back, or begin a new run with another --out."
        )
        label_from=settings.label_from,
