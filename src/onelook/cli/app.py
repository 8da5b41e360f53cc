"""The table of commands. Naming a command imports nothing: it is built when it is the one that runs."""

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
        "train": ("onelook.cli.train:train", "Train a classifier on your pictures: data in, a run folder out."),
        "tune": ("onelook.cli.tune:tune", "Search settings; the best of the trials becomes a run."),
        "inspect": ("onelook.cli.inspect:inspect", "What is this data, and is it sound? Layout, classes, checks."),
        "evaluate": ("onelook.cli.evaluate:evaluate", "Score a model on labelled pictures."),
        "predict": ("onelook.cli.predict:predict", "Label pictures: one line for every picture, in order."),
        "report": ("onelook.cli.report:report", "Rebuild the HTML report of a run."),
        "compare": ("onelook.cli.compare:compare", "Set runs side by side: accuracy, speed, cost, and advice."),
        "summary": ("onelook.cli.summary:summary", "A network's layers, shapes, parameters and cost."),
        "export": ("onelook.cli.export:export", "Write a model as one file that runs on its own."),
        "verify": ("onelook.cli.verify:verify", "Check a model folder and replay its golden pictures."),
        "serve": ("onelook.cli.serve:serve", "Serve a model: an HTTP API and a web page."),
        "models": ("onelook.cli.names:models", "The networks and classical models that --model can name."),
        "recipes": ("onelook.cli.names:recipes", "The published trainings that --recipe can name."),
        "datasets": ("onelook.cli.names:datasets", "The data sets that can be named."),
    },
)
_PANELS = {
    "Build": ("train", "tune", "inspect", "report", "compare"),
    "Use": ("evaluate", "predict", "serve", "export", "verify"),
    "Look up": ("summary", "models", "recipes", "datasets"),
}
_HELP = "A pile of pictures in, a classifier that you can trust, carry and serve out."
_BEGIN = (
    ("onelook train digits", "the demo: it needs no data of yours"),
    ("onelook train photos/", "a folder a class; or a zip, CSV, IDX …"),
    ("onelook predict runs/photos-001 new/ --out labels.csv", ""),
)


class Command(TyperCommand):
    """One command; its switches are shown without typer's `<bool>`, and --help among what is printed."""

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, --help with them."""
        return _plain_switches(super().get_params(ctx))


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and line, and loads the one that is asked for."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for names in _PANELS.values():
            for name in names:
                self.commands[name] = Command(name, help=COMMANDS.describe(name))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, the commands by purpose, the options, and how to begin.

        Plain: rich's panels, which every command's own help has, would take half of this page's time.
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
        """The loaded command, its name and the remaining words. Help and completion of names never come here."""
        name, placeholder, rest = super().resolve_command(ctx, args)
        return name, placeholder and build_command(name or ""), rest

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Ctrl-C aborts it; a reader who has seen enough (`| head`) ends it with 0."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            drop_output()
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            raise typer.Abort from None


def build_app() -> Any:
    """The whole command line, ready to parse."""
    app = typer.Typer(cls=LazyGroup, invoke_without_command=True, help=_HELP)
    app.callback()(_root)
    return get_command(app)


def build_command(name: str) -> Any:
    """One command, ready to parse. What follows "Examples:" in its docstring stands below the options."""
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
    """Paragraphs without line breaks of their own: the terminal's width breaks them."""
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in text.split("\n\n"))


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Add the traceback to an error.")] = False,
) -> None:
    if version:
        from onelook import __version__

        typer.echo(f"onelook {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
