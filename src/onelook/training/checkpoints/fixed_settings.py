"""The settings that decide the weights, which a resumed run must not change."""

from __future__ import annotations

from collections.abc import Mapping

from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.settings.queries import settings_that

FixedSettings = Mapping[str, object]  # JSON values, groups of settings as mappings


def fixed_settings(settings: TrainSettings, *, train_rows: int, val_rows: int) -> dict[str, object]:
    """Return what decides the weights: the settings that say so on their fields, and the numbers of pictures."""
    fixed = settings.model_dump(mode="json", include={*settings_that(lambda facts: facts.is_planned)})
    return {**fixed, "train_rows": train_rows, "val_rows": val_rows}


def check_same_settings(
    before: FixedSettings, now: FixedSettings, *, is_whole: bool = True, epochs_done: int | None = None
) -> None:
    """Return if a run may be resumed; only the number of epochs may grow, or end with those that are done.

    A setting that `before` lacks is newer than the run, which was trained with the setting's present default.

    Args:
        before: the fixed settings in the checkpoint.
        now: those of the resumed run.
        is_whole: whether `before` had every setting that decided the weights. Where it did not, a setting that it
            lacks is not compared: the resumed run takes it from its `run.json`.
        epochs_done: the finished epochs in the checkpoint; any number of epochs that is not less may be asked for,
            because a run that ended early with them may grow again. None: there must be more epochs than before.

    Raises:
        ConfigError: another setting has changed; the message gives its name, its old value and its new one.
    """
    old, new = _flatten(before), _flatten(now)
    defaults = _flatten(TrainSettings().model_dump(mode="json")) if is_whole else new
    old |= {name: defaults[name] for name in new.keys() - old.keys() if name in defaults}
    changed = [
        f"{name} was {old.get(name)}, now {new.get(name)}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name) and not (name == "epochs" and _may_be(new[name], old[name], epochs_done))
    ]
    if changed:
        raise ConfigError(
            f"--resume keeps the settings that the run was started with, but {'; '.join(changed)}. "
            "Put them back (only --epochs may grow), or start a new run with another --out."
        )


def _may_be(new: object, old: object, done: int | None) -> bool:
    if not isinstance(new, int) or not isinstance(old, int):
        return False
    return new > old or (done is not None and 0 < done <= new)


def _flatten(settings: FixedSettings, prefix: str = "") -> dict[str, object]:
    """Return the settings under names with dots, such as `optimizer.learning_rate`."""
    flat: dict[str, object] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
