"""`onelook tune`: its options are those of `onelook train`, but for what trials cannot differ in."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onelook.cli.options import Data, Debug, Json, Quiet
from onelook.cli.output.printer import Say
from onelook.cli.train import Sets, spell_out_settings
from onelook.settings.queries import settings_that
from onelook.wording import counted, duration, percentage

if TYPE_CHECKING:
    from onelook.tuning.search_result import TrialRow, Tuned

Trials = Annotated[
    int,
    typer.Option("--trials", metavar="N", help="How many points of the space to try.", min=1, rich_help_panel="Search"),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        help="Settings from a file; its [space] table says what to search.",
        rich_help_panel="Search",
    ),
]
On = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="PLACE",
        help="ray: several trials at a time, on the cluster at RAY_ADDRESS or two workers here.",
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
        "--resume", help="Go on with the search in --out, or with this data's latest.", rich_help_panel="Output"
    ),
]
_SHOWN = 10  # trials in the table; trials.csv has all


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
    json: Json = False,
    debug: Debug = False,
    **flags: Any,
) -> None:
    """Search settings; the best of the trials becomes a run.

    Each trial trains on the training pictures and is judged on the validation pictures. One that is behind the
    others early is given up. The test pictures score the best trial, once, at the end.

    Without a [space] table the rate, weight decay, label smoothing, batch size, strength of augmentation and our
    networks are searched around what onelook train would pick; what you give is left as it is.

    Examples:
    $ onelook tune photos/ --trials 30 --time-limit 1h
    $ onelook tune photos/ --config space.toml     [dim]a space of your own[/]
    $ onelook tune photos/ --trials 60 --resume    [dim]thirty more[/]
    $ onelook tune photos/ --on ray                [dim]on a cluster, or two workers[/]
    """
    from onelook.commands.tune import tune as tune_settings

    say = Say(json=json, quiet=quiet)
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
        again = shlex.join(
            ["onelook", "tune", data, "--trials", str(trials), *place, "--out", str(found.path), "--resume"]
        )
        say.warn(f"interrupted: what was tried is kept. Go on with: {again}")
    if json:
        say.document(found.to_dict())
    if found.status == "interrupted":
        raise typer.Exit(130)


def _say_trials(say: Say, found: Tuned) -> None:
    if found.trials:
        say()
        rows = [_cells(row, found) for row in found.ranked[:_SHOWN]]
        say.table(("trial", "settings", "validated, %", "epochs", "time"), rows, left=2)
    if len(found.trials) > _SHOWN:
        say(f"  and {counted(len(found.trials) - _SHOWN, 'more trial')} in {found.path / 'trials.csv'}")
    if found.run is not None:
        say(f"\ntrial {found.best} is kept: {found.run}")
        for warning in found.run.evaluation.warnings:
            say(f"  {warning}")
        folder = found.run.folder
        say(f"\nreport  {folder.report}\nmodel   {folder.model}\ntrials  {found.path / 'trials.csv'}")


def _cells(row: TrialRow, found: Tuned) -> tuple[str, ...]:
    accuracy = "–" if row.val_accuracy is None else percentage(row.val_accuracy, 2)
    state = {"complete": "", "pruned": " given up", "failed": " failed", "waiting": ""}[row.state]
    settings = " ".join(
        f"{name.rpartition('.')[2]}={value:.3g}" if isinstance(value, float) else f"{name.rpartition('.')[2]}={value}"
        for name, value in row.settings.items()
    )
    mark = " *" if row.number == found.best else ""
    return (f"{row.number}{mark}", settings, f"{accuracy}{state}", str(row.epochs), duration(row.seconds))


spell_out_settings(tune, without=settings_that(lambda facts: facts.changes == "runs"))
