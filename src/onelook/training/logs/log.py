"""What a log of another tool hears, and what becomes of a run whose log fails."""

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
    """A listener that also hears how the finished model did. A resumed run goes on in the same log.

    Args:
        folder: of the run; its `run.json` is there.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder

    def on_finish(self, set_name: str, metrics: Mapping[str, float]) -> None:
        """The model is saved and scored, the report written. Called after `close`.

        Args:
            set_name: what it was scored on, `test` or `val`.
            metrics: by name, such as `accuracy`.
        """


class ForgivingLog(RunLog):
    """A log whose failure does not end the run: it is said once, and the log is left alone from then on.

    Only one that cannot even begin does, before the first step.

    Args:
        name: of the log, as `--log` takes it.
        log: what it is written by.
        say: where words go.
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
            self._say(f"--log {self._name}: {in_words(problem)}. The run goes on without this log.")


def hyper_parameters(settings: Mapping[str, Any], prefix: str = "") -> dict[str, bool | int | float | str]:
    """The settings of a run as flat names and plain values; what is not set is left out.

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
