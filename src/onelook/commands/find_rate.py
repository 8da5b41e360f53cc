"""`onelook train DATA --find-lr`: find a learning rate for the data and the settings, without starting a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError
from onelook.files import json_text, write_text
from onelook.notebook import html_of
from onelook.optional_packages import require_torch
from onelook.planning.options import check_names, gather_overrides
from onelook.planning.request import Request, silent
from onelook.run_folder import RunFolder
from onelook.runs.fitting.fit_network import sweep_network
from onelook.runs.prepare import prepare_training
from onelook.runs.run import RatesInMemory, run_stages
from onelook.runs.stages import Clock
from onelook.runtime import versions

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import OnProgress
    from onelook.training.measurements.find_learning_rate import RateSweep

JSON_FILE, PAGE_FILE = "find_lr.json", "find_lr.html"


@dataclass(frozen=True, repr=False)
class FoundRate:
    """A learning rate, and the data and settings that it was found for."""

    name: str  # the data's
    model: str
    optimizer: str
    batch_size: int
    sweep: RateSweep

    @property
    def suggestion(self) -> float:
        """The rate to train with: `--set optimizer.learning_rate=` takes it."""
        return self.sweep.suggestion

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return the settings that the rate is valid for, as (name, value)."""
        return ("network", self.model), ("optimizer", self.optimizer), ("batch size", str(self.batch_size))

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values, the content of `find_lr.json`."""
        found = {"data": self.name, "model": self.model, "optimizer": self.optimizer, "batch_size": self.batch_size}
        return {**self.sweep.to_dict(), **found}

    def write(self, folder: Path) -> Path:
        """Write `find_lr.json` and `find_lr.html`, and return the page's path."""
        from onelook.report.rate_page import render_rate_page

        write_text(folder / JSON_FILE, json_text(self.to_dict()) + "\n")
        page = render_rate_page(self.sweep, self.facts(), name=self.name, version=versions().get("onelook", ""))
        write_text(folder / PAGE_FILE, page)
        return folder / PAGE_FILE

    def __repr__(self) -> str:
        # One line: a notebook would show the loss of every rate.
        return f"<FoundRate: {self.suggestion:g} for {self.model} with {self.optimizer} on {self.name}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the loss by learning rate, and the rate to train with."""
        return html_of("onelook.report.notebook.tables:rate_html", self)

    def __str__(self) -> str:
        from onelook.report.rate_page import rate_rows, text_plot

        rows = [*rate_rows(self.sweep), *self.facts()]
        width = max(len(what) for what, _ in rows)
        return "\n".join(["loss by learning rate", text_plot(self.sweep), "", *(f"{w:<{width}}  {v}" for w, v in rows)])


def find_learning_rate(
    data: Any,
    *,
    out: Path | str | None = None,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    quiet: bool = False,
    say: Callable[[str], None] = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> FoundRate:
    """Find a learning rate in a sweep of some seconds (Smith 2017, arXiv:1506.01186). It starts no run.

    A copy of the network is trained for up to 160 steps while the rate rises from 1e-7 to 10. The suggestion is a
    tenth of the rate with the lowest loss, but not less than the rate at which the loss falls fastest (with Muon: the
    rate with the lowest loss). It is valid for the network, optimizer, batch size and augmentation of the sweep: give
    `train` the same settings.

    Args:
        data, config, sets, quiet, say, on_progress, **settings: as `train` takes them.
        out: a new folder for `find_lr.json` and `find_lr.html`; without it, nothing is written.

    Raises:
        ConfigError: the request is wrong, or no rate lowers the loss.
        DataError: the data is wrong or missing.
    """
    require_torch("finding a learning rate")
    asked = gather_overrides(settings, sets, Path(config) if config else None)
    check_names(asked)
    if asked.get("folds") is not None:
        raise ConfigError("--find-lr and --folds: one rate is enough for all folds. Leave --folds out to find it.")
    if asked.get("models") is not None:
        raise ConfigError("--find-lr and --models: each model needs its own rate. Find one with --model NAME.")
    folder = None if out is None else RunFolder(Path(out))
    if folder is not None:
        from onelook.report.page import require_templates

        folder.refuse_existing()
        require_templates()
    request = Request(data, asked, quiet=quiet, say=silent if quiet else say, on_progress=on_progress)
    plan, prepared = prepare_training(request)
    swept = run_stages(
        plan,
        prepared.training_data,
        RatesInMemory(),
        Clock(),
        partial(sweep_network, quiet=quiet, say=request.say),
    )
    settled = swept.settings
    found = FoundRate(prepared.dataset.name, settled.model, settled.optimizer.name, settled.batch_size, swept.sweep)
    if folder is not None:
        found.write(RunFolder.create(folder.path).path)
    return found
