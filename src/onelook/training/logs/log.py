"""The interface of the logs of other tools, and the handling of a log that fails during a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError, OnelookError, in_words
from onelook.training.listeners import Listener, TrainingStart
from onelook.training.result import EpochRecord, FitResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from onelook.run_folder import RunFolder


class RunLog(Listener):
    """A listener that is also called with the final scores. A resumed run continues in the same log.

    Args:
        folder: the folder of the run; its `run.json` exists.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def on_finish(self, set_name: str, metrics: Mapping[str, float]) -> None:
        """Called after `close`, once the model is saved and scored and the report is written.

        Args:
            set_name: the set that the model was scored on, `test` or `val`.
            metrics: scores by name, such as `accuracy`.
        """


class ForgivingLog(RunLog):
    """A log whose failure does not end the run: the failure is printed once, and nothing more is logged.

    Only a log that cannot be opened ends the run, before the first step.

    Args:
        name: the name of the log, as `--log` takes it.
        log: the log itself.
        say: prints a line.
    """

    def __init__(self, name: str, log: RunLog, say: Callable[[str], None]) -> None:
        super().__init__(log.folder)
        self._name = name
        self._log = log
        self._say = say
        self._is_broken = False

    def on_start(self, start: TrainingStart) -> None:
        try:
            self._log.on_start(start)
        except OnelookError:
            raise
        except Exception as problem:
            raise ConfigError(
                f"--log {self._name}: the log could not be begun ({in_words(problem)}). Mend that, or leave it out."
            ) from problem

    def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
        with self._forgiven():
            self._log.on_epoch(record, is_best)

    def on_note(self, note: str) -> None:
        with self._forgiven():
            self._log.on_note(note)

    def on_end(self, result: FitResult) -> None:
        with self._forgiven():
            self._log.on_end(result)

    def close(self) -> None:
        with self._forgiven():
            self._log.close()

    def on_finish(self, set_name: str, metrics: Mapping[str, float]) -> None:
        with self._forgiven():
            self._log.on_finish(set_name, metrics)

    @contextmanager
    def _forgiven(self) -> Iterator[None]:
        if self._is_broken:
            self._log = RunLog(self.folder)  # which does nothing
        try:
            yield
        except Exception as problem:  # whatever another tool may raise
            self._is_broken = True
            self._say(f"--log {self._name}: {in_words(problem)}. The run continues without this log.")


def hyper_parameters(settings: Mapping[str, Any], prefix: str = "") -> dict[str, bool | int | float | str]:
    """Return the settings of a run as flat names and plain values, without those that are not set.

    Example:
        >>> hyper_parameters({"epochs": 3, "optimizer": {"name": "adam"}, "test": None, "image_size": [8, 12]})
        {'epochs': 3, 'optimizer.name': 'adam', 'image_size': '8, 12'}
    """
    flat: dict[str, bool | int | float | str] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat |= hyper_parameters(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            flat[prefix + name] = ", ".join(map(str, value))
        elif value is not None:
            flat[prefix + name] = value
    return flat
