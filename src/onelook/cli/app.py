"""The table of commands. Only the command that runs is imported, so that `onelook --help` is fast."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from onelook.cli.output.printer import drop_output
from onelook.registry import Registry

COMMANDS = Registry(
    "command",
    {
        "train": ("onelook.cli.train:train", "Train a classifier on your pictures, and write a run folder."),
        "tune": ("onelook.cli.tune:tune", "Search for better settings, and keep the best trial as a run."),
        "inspect": ("onelook.cli.inspect:inspect", "Show what a data set holds, and check it for problems."),
        "evaluate": ("onelook.cli.evaluate:evaluate", "Score a model on labelled pictures."),
        "predict": (
            "onelook.cli.predict:predict",
            "Predict a label for each picture. Print the predictions, or write a file.",
        ),
        "review": ("onelook.cli.review:review", "Look at doubtful pictures in a browser, and mark what is wrong."),
        "report": ("onelook.cli.report:report", "Rebuild the HTML report of a run."),
        "compare": ("onelook.cli.compare:compare", "Compare runs by accuracy, speed and cost."),
        "summary": ("onelook.cli.summary:summary", "Show a network's layers, shapes, parameters and cost."),
        "export": ("onelook.cli.export:export", "Write a model in a format that runs without onelook."),
        "import": ("onelook.cli.import_keras:import_keras", "Turn a Keras model into a model folder of onelook."),
        "verify": ("onelook.cli.verify:verify", "Check that a model folder is complete and unchanged."),
        "serve": ("onelook.cli.serve:serve", "Serve one model or several: an HTTP API and a web page."),
        "runs": ("onelook.cli.runs:runs", "List your runs, newest first."),
        "models": ("onelook.cli.names:models", "List the networks and classical models for --model."),
        "recipes": ("onelook.cli.names:recipes", "List the published trainings for --recipe."),
        "datasets": ("onelook.cli.names:datasets", "List the built-in data sets."),
    },
)
_PANELS = {
    "Build": ("train", "tune", "inspect", "review", "report", "compare"),
    "Use": ("evaluate", "predict", "serve", "export", "import", "verify"),
    "Look up": ("runs", "summary", "models", "recipes", "datasets"),
}
_HELP = "Turn a pile of pictures into a classifier that you can trust, carry and serve."
_BEGIN = (
    ("onelook train digits", "the demo: it needs no data of yours"),
    ("onelook train photos/", "one folder per class, or a zip, CSV, IDX …"),
    ("onelook predict runs/photos-001 new/ --out labels.csv", ""),
)


class Command(TyperCommand):
    """A command whose help shows switches without typer's `<bool>`, and --help in the panel "Output"."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, including --help."""
        return _plain_switches(super().get_params(ctx))


class LazyGroup(TyperGroup):
    """A group of commands that loads only the command that runs; of the others it knows the name and one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for names in _PANELS.values():
            for name in names:
                self.commands[name] = Command(name, help=COMMANDS.describe(name))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the usage, the commands by purpose, the options, and first examples.

        The text is plain: rich's panels, which each command's own help has, would take half of this page's time.
        """
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(_HELP)
        for panel, names in _PANELS.items():
            with formatter.section(panel):
                formatter.write_dl([(name, COMMANDS.describe(name)) for name in names])
        with formatter.section("Options"):
            formatter.write_dl([record for each in self.get_params(ctx) if (record := each.get_help_record(ctx))])
        with formatter.section("Begin with"):
            formatter.write_dl(_BEGIN)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name, the loaded command and the remaining words. Help and completion do not call this."""
        name, placeholder, rest = super().resolve_command(ctx, args)
        return name, placeholder and build_command(name or ""), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Ctrl-C aborts it; a reader that closes the pipe (`| head`) ends it with exit code 0."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            drop_output()
            raise typer.Exit(0) from None
        except KeyboardInterrupt as stopped:
            raise typer.Abort(*stopped.args) from None


def build_app() -> Any:
    """Return the whole command line, ready to parse."""
    app = typer.Typer(cls=LazyGroup, invoke_without_command=True, help=_HELP)
    app.callback()(_root)
    return get_command(app)


def build_command(name: str) -> Any:
    """Return one command, ready to parse. Its help shows the docstring's "Examples:" below the options."""
    function = COMMANDS.load(name)
    text, _, examples = inspect.cleandoc(function.__doc__ or "").partition("\n\nExamples:\n")
    app = typer.Typer(add_completion=False)
    epilog = f"[bold]Examples[/]\n{examples}" if examples else None
    app.command(name, cls=Command, help=_filled(text), epilog=epilog)(function)
    return get_command(app)


def _plain_switches(params: list[Any]) -> list[Any]:
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = ""
            param.rich_help_panel = param.rich_help_panel or "Output"
    return params


def _filled(text: str) -> str:
    """Return the text with each paragraph on one line, so that it is wrapped to the terminal's width."""
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in text.split("\n\n"))


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")] = False,
) -> None:
    if version:
        from onelook import __version__

        typer.echo(f"onelook {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
