"""`onelook tune`: its options are those of `onelook train`, except those that make several runs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onelook.cli.options import Data, Debug, Json, Lang, Quiet, number_option
from onelook.cli.output.printer import Printer
from onelook.cli.train import Sets, spell_out_settings
from onelook.runtime import command_line
from onelook.settings.queries import settings_that
from onelook.wording import ENGLISH, counted, duration, percentage

if TYPE_CHECKING:
    from onelook.tuning.search_result import SearchResult, TrialRow

Trials = Annotated[
    int,
    number_option(
        "--trials",
        expected="1 or more trials",
        low=1,
        metavar="N",
        help="The number of trials.",
        rich_help_panel="Search",
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        help=r"Read settings from a file. Its table \[space] says what to search.",
        rich_help_panel="Search",
    ),
]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="PLACE",
        help="ray: run several trials at once, on the cluster at RAY_ADDRESS or two workers here.",
        show_default=False,
        rich_help_panel="Search",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="The search's folder. (default: runs/<data>-NNN)", rich_help_panel="Output"
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume", help="Resume the search in --out, or this data's latest search.", rich_help_panel="Output"
    ),
]
_MOST_TRIALS = 10  # in the table; trials.csv has all


def tune(
    context: typer.Context,
    data: Data,
    *,
    trials: Trials = 30,
    on: On = "here",
    config: Config = None,
    sets: Sets = None,
    out: Out = None,
    resume: Resume = False,
    quiet: Quiet = False,
    lang: Lang = ENGLISH,
    json: Json = False,
    debug: Debug = False,
    **flags: Any,
) -> None:
    r"""Search for better settings, and keep the best trial as a run.

    Each trial trains a model with other settings and scores it on the validation pictures. A trial that is clearly
    worse than the others is stopped early. The test pictures score only the best trial, once, at the end.

    Without a \[space] table, it searches the learning rate, weight decay, label smoothing, batch size, strength of
    augmentation and the network, around what onelook train would pick. Settings that you give stay fixed.

    Examples:
    $ onelook tune photos/ --trials 30 --time-limit 1h
    $ onelook tune photos/ --config space.toml     [dim]your own space[/]
    $ onelook tune photos/ --trials 60 --resume    [dim]thirty more[/]
    $ onelook tune photos/ --on ray                [dim]on a cluster, or two workers[/]
    """
    from onelook.commands.tune import tune as tune_settings

    say = Printer(json=json, quiet=quiet)
    given = {name: value for name, value in flags.items() if value is not False}
    with say.progress("reading and comparing pictures") as on_progress:
        found = tune_settings(
            data,
            trials=trials,
            on=on,
            out=out,
            resume=resume,
            config=config,
            sets=sets or (),
            command=shlex.join(["onelook", *(context.obj or ())]),
            quiet=quiet,
            say=say,
            on_progress=on_progress,
            **given,
        )
    if not json:
        _say_trials(say, found)
    if found.status == "interrupted":
        place = () if on == "here" else ("--on", on)
        again = command_line("tune", data, "--trials", str(trials), *place, "--out", str(found.path), "--resume")
        say.warn("interrupted: the finished trials are kept. Resume with:", again)
    if json:
        say.document(found.to_dict())
    if found.status == "interrupted":
        raise typer.Exit(130)


def _say_trials(say: Printer, found: SearchResult) -> None:
    if found.trials:
        say()
        rows = [_cells(row, found) for row in found.ranked[:_MOST_TRIALS]]
        say.table(("trial", "settings", "validation, %", "epochs", "time"), rows, left=2)
    if len(found.trials) > _MOST_TRIALS:
        say(f"  and {counted(len(found.trials) - _MOST_TRIALS, 'more trial')} in {found.path / 'trials.csv'}")
    if found.run is not None:
        say(f"\ntrial {found.best} is the best: {found.run}")
        for warning in found.run.evaluation.warnings:
            say(f"  {warning}")
        folder = found.run.folder
        say(f"\nreport  {folder.report}\nmodel   {folder.model}\ntrials  {found.path / 'trials.csv'}")
        say(f"page    {found.page}")


def _cells(row: TrialRow, found: SearchResult) -> tuple[str, ...]:
    accuracy = "–" if row.val_accuracy is None else percentage(row.val_accuracy, 2)
    state = {"complete": "", "pruned": " stopped", "failed": " failed", "waiting": ""}[row.state]
    settings = " ".join(
        f"{name.rpartition('.')[2]}={value:.3g}" if isinstance(value, float) else f"{name.rpartition('.')[2]}={value}"
        for name, value in row.settings.items()
    )
    mark = " *" if row.number == found.best else ""
    return (f"{row.number}{mark}", settings, f"{accuracy}{state}", str(row.epochs), duration(row.seconds))


spell_out_settings(tune, without=settings_that(lambda facts: facts.changes == "runs"))
