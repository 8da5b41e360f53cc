"""Resume a run: find it, read its settings, and check that the data has not changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from onelook.data.dataset import Dataset
from onelook.data.part import NamedPart
from onelook.data.storage.location import short_name
from onelook.errors import ConfigError, DataError
from onelook.files import refuse_unwritable_folder, write_bytes
from onelook.planning.starting_point import StartingPoint, read_starting_point
from onelook.run_folder import RunFolder, latest_run_folder
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, build_settings, differences, merge
from onelook.settings.queries import settings_that
from onelook.wording import agree, counted, duration, listed

RUNS = Path("runs")


def find_run_to_resume(data: Any, out: Path | str | None) -> RunFolder | None:
    """Return the folder `out`, or else the newest run or cross-validation that is named after the data.

    None if there is none, perhaps because the run was killed before its folder was written: it then begins.
    """
    found = RunFolder(Path(out)) if out is not None else latest_run_folder(RUNS, name_of_data(data))
    return None if found is None or found.clear_unbegun() else found


def keep_fixes(fixes: str | None, folder: RunFolder) -> None:
    """Copy the fixes file of a new run into its folder, so that a resume does not need it at its path."""
    if fixes is not None:
        write_bytes(folder.fixes, Path(fixes).expanduser().read_bytes())


def present_fixes(fixes: str | None, folders: Iterable[RunFolder]) -> str | None:
    """Return the path of a resumed run's fixes file, or that of a kept copy if it is not there any more.

    A file that is there counts, also if it has changed: then the resume is refused.
    """
    if fixes is None or Path(fixes).expanduser().exists():
        return fixes
    return next((str(folder.fixes) for folder in folders if folder.fixes.is_file()), fixes)


def refuse_place(out: Path | str | None, resumed: RunFolder | None) -> None:
    """Refuse, before data is read, a place where no run can be written.

    Args:
        out: the folder of a new run; None for one in `runs/`.
        resumed: the run that is resumed instead.

    Raises:
        ConfigError: `out` exists, or nothing can be written there.
    """
    if resumed is not None:
        refuse_unwritable_folder(resumed.path)
    elif out is not None:
        RunFolder(Path(out)).refuse_existing()
    else:
        refuse_unwritable_folder(RUNS)


def named_folder(name: str, out: Path | None, *, resume: bool) -> Path:
    """Return the folder of a named run.

    Raises:
        ConfigError: the name is no name of a folder, is taken, or `--out` is given too.
    """
    if out is not None:
        raise ConfigError(f"--name {name} and --out {out}: both say where the run is written. Give one of them.")
    if name in ("", ".", "..") or any(mark in name for mark in ("/", "\\")):
        raise ConfigError(f"--name {name}: expected a name of a folder in {RUNS}/. To write elsewhere: --out {name}")
    folder = RUNS / name
    if folder.exists() and not resume:
        raise ConfigError(
            f"--name {name}: {folder} exists already. Choose another name, or add --resume to resume that run.",
            options=["--resume"],
        )
    return folder


def name_of_data(data: Any) -> str:
    """Return the name that a run of this data gets, before the data is opened."""
    if isinstance(data, str | Path):
        return short_name(Path(data).expanduser())
    if isinstance(data, NamedPart) and isinstance(data.dataset, Dataset):
        return data.dataset.only(data.name).name
    return data.name if isinstance(data, Dataset) else "arrays"


def read_starting_model(settings: TrainSettings, resumed: RunFolder | None) -> StartingPoint | None:
    """Return the model that training continues from; for a resumed run, the one that it began with.

    Raises:
        ConfigError: the model has changed since.
    """
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


def settings_to_resume(folder: RunFolder, asked: Overrides) -> TrainSettings:
    """Return the settings of the resumed run, with the new values of those that may change.

    Raises:
        ConfigError: a setting that may not change has a new value.
    """
    recorded = build_settings(folder.read_run()["settings"], str(folder.run_json))
    if asked.get("precision") == "auto":  # as it was typed before this machine chose one
        asked = {**asked, "precision": recorded.precision}
    requested = build_settings(merge(recorded.model_dump(mode="json"), asked), "the options")
    resumable = settings_that(lambda facts: facts.is_resumable)
    changed = {
        name: values for name, values in differences(recorded, requested).items() if name.split(".")[0] not in resumable
    }
    if changed:
        changes = listed(f"{key} was {old}, asked {new}" for key, (old, new) in changed.items())
        raise ConfigError(
            f"{folder.path}: a resumed run keeps the settings that it began with ({changes}). "
            "Leave these out, or start a new run with another --out."
        )
    if requested.epochs < recorded.epochs:
        done = len(folder.read_history())
        if done < requested.epochs:
            end = (
                f", or end with {agree(done, 'the one that is', f'the {done} that are')} done: --epochs {done}"
                if done
                else ""
            )
            raise ConfigError(
                f"{folder.path}: it was planned for {counted(recorded.epochs, 'epoch')}; a resumed run can have more"
                f"{end}. It cannot have {requested.epochs}."
            )
        requested = requested.model_copy(update={"epochs": done})  # none that is done is undone
    before, now = recorded.time_limit_seconds, requested.time_limit_seconds
    if before != now and (before is None or now is None or now < before):
        planned = "without a time limit" if before is None else f"for {duration(before)}"
        raise ConfigError(
            f"{folder.path}: it was planned {planned}, and can only be given more time. "
            "Leave --time-limit out to resume as planned."
        )
    return requested


def refuse_other_data(folder: RunFolder, data_fingerprint: str, split_fingerprint: str) -> None:
    """Refuse to resume a run with other pictures than it began with.

    Raises:
        DataError: the pictures or their split have changed.
    """
    run = folder.read_run()
    if (run["data"]["fingerprint"], run["split"]["fingerprint"]) != (data_fingerprint, split_fingerprint):
        fixes = run.get("settings", {}).get("fixes")
        parts = f"pictures, their split or the fixes in {fixes}" if fixes else "pictures or their split"
        raise DataError(
            f"{folder.path}: the data has changed since this run began: its {parts} are others. "
            "Bring the old data back, or begin a new run with another --out."
        )
