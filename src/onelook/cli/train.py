"""`onelook train`: its options are the fields of `TrainSettings` that have a flag."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from onelook.cli.options import Data, Debug, Json, Lang, Quiet, setting_option, take_settings
from onelook.cli.output.printer import Printer
from onelook.errors import ConfigError
from onelook.heap import use_one_heap
from onelook.runtime import command_line, launch
from onelook.settings.queries import every_setting
from onelook.settings.setting_facts import Panel
from onelook.wording import ENGLISH

if TYPE_CHECKING:
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.model_list import TrainedModels
    from onelook.runs.run import Run

Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The run's folder. (default: runs/<data>-NNN)", rich_help_panel="Output"),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        metavar="NAME",
        help="Name the run: its folder is ./runs/NAME.",
        rich_help_panel="Output",
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Any other setting, such as rotation_range=15, with the names of Keras. May be repeated.",
        rich_help_panel="Training",
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE.toml",
        help="Read settings from a file. Options override it.",
        rich_help_panel="Training",
    ),
]
Resume = Annotated[
    bool,
    typer.Option("--resume", help="Resume the run in --out, or this data's latest run.", rich_help_panel="Output"),
]
FindRate = Annotated[
    bool,
    typer.Option("--find-lr", help="Only find a learning rate; train no model.", rich_help_panel="Training"),
]


def train(
    context: typer.Context,
    data: Data,
    *,
    sets: Sets = None,
    config: Config = None,
    name: Name = None,
    out: Out = None,
    resume: Resume = False,
    find_lr: FindRate = False,
    quiet: Quiet = False,
    lang: Lang = ENGLISH,
    json: Json = False,
    debug: Debug = False,
    **flags: Any,
) -> None:
    """Train a classifier on your pictures, and write a run folder.

    It opens the data, prints what it found and which settings it picks, keeps some pictures for validation and
    test, trains and scores the model, and writes the model and a report.

    Examples:
    $ onelook train photos/                        [dim]a folder for each class[/]
    $ onelook train train.csv --time-limit 3m      [dim]pixels in a table[/]
    $ onelook train photos/ --models cnn,mlp       [dim]compare two models[/]
    $ onelook train photos/ --find-lr              [dim]find a learning rate[/]
    $ onelook train mnist --recipe mnist-tutorial  [dim]as published[/]
    $ onelook train photos/ --limit 3000           [dim]a quick first try[/]
    $ onelook train photos/ --patience 3           [dim]stop early[/]
    $ onelook train photos/ --lr 0.01 --optimizer sgd --dropout 0.2
    $ onelook train photos/ --set rotation_range=15 --set zoom_range=0.1
                                                   [dim]as ImageDataGenerator[/]
    $ onelook train photos/ --set class_weights=balanced
    """
    from onelook.cli.find_rate import find_rate
    from onelook.cli.output.training import print_folds, print_models
    from onelook.commands.train import train as train_run
    from onelook.commands.train_summary import say_run
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.model_list import TrainedModels
    from onelook.runs.resumed import named_folder
    from onelook.runs.run import InterruptedRun

    use_one_heap()
    out = named_folder(name, out, resume=resume) if name is not None else out
    is_first = launch().rank == 0  # of several processes that torchrun started, only the first prints
    json, quiet = json and is_first, quiet or not is_first
    say = Printer(json=json, quiet=quiet)
    # A switch that is not given must not override a file that sets it.
    given = {name: value for name, value in flags.items() if value is not False}
    if find_lr:
        if resume:
            raise ConfigError("--find-lr and --resume: a resumed run keeps its learning rate. Give one of them.")
        find_rate(data, out=out, say=say, words=context.obj or (), config=config, sets=sets or (), quiet=quiet, **given)
        return
    try:
        with say.progress("reading and comparing pictures") as on_progress:
            run: Run | CrossValidation | TrainedModels = train_run(
                data,
                out=out,
                resume=resume,
                config=config,
                sets=sets or (),
                command=shlex.join(["onelook", *(context.obj or ())]),
                quiet=quiet,
                say=say,
                on_progress=on_progress,
                summary=False,  # printed below, in tables and after a warning
                **given,
            )
    except InterruptedRun as stopped:
        raise KeyboardInterrupt("\n  ".join(_how_to_resume(data, stopped.path))) from stopped
    except KeyboardInterrupt as stopped:
        raise KeyboardInterrupt(_BEFORE_TRAINING) from stopped
    folder = run.path if isinstance(run, CrossValidation | TrainedModels) else run.folder.path
    if run.status == "interrupted" and is_first:
        say.warn(*_how_to_resume(data, folder))
    if isinstance(run, CrossValidation):
        print_folds(say, run)
        document = run.to_dict()
    elif isinstance(run, TrainedModels):
        code = print_models(say, run, debug=debug)
        document = run.to_dict()
    else:
        if not json:
            say_run(say, run)
        document = {**run.evaluation.to_dict(), "run": str(folder), "status": run.status}
    if json:
        say.document(document)
    if run.status == "interrupted":
        raise typer.Exit(130)
    if isinstance(run, TrainedModels) and code:
        raise typer.Exit(code)


_BEFORE_TRAINING = "interrupted before training began: no run was changed. Type the same command again."


def _how_to_resume(data: str, folder: Path) -> tuple[str, str]:
    """Return a sentence and the command."""
    again = command_line("train", data, "--out", str(folder), "--resume")
    return "interrupted: all that was done is safe. Resume with:", again


def spell_out_settings(command: Any, without: Collection[str] = ()) -> None:
    """Replace `**flags` in a command's signature by an option for each setting that has a flag, sorted by panel.

    Args:
        command: the function; it has `context` and `data` as its first parameters.
        without: settings that get no option.
    """
    panels = get_args(Panel)
    with_flag = [each for each in every_setting().values() if each.facts.flag and each.path not in without]
    by_panel = sorted(with_flag, key=lambda each: panels.index(each.facts.panel))
    take_settings(command, [each.path for each in by_panel], setting_option)


spell_out_settings(train)
