"""`onelook review`."""

from __future__ import annotations

import secrets
import shlex
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from onelook.cli.options import Debug, Lang, Quiet, opening_words, read_opening_options, take_opening_options
from onelook.cli.output.printer import Printer
from onelook.cli.serve import Port, listening
from onelook.errors import ConfigError, missing_extra
from onelook.wording import ENGLISH, counted

if TYPE_CHECKING:
    from onelook.inspection.review import Review

Target = Annotated[
    str,
    typer.Argument(
        metavar="RUN|DATA", help="A run folder; or data, whose labels small networks judge.", show_default=False
    ),
]
MovedData = Annotated[
    str | None,
    typer.Option("--data", metavar="DATA", help="Where the run's data is, if it is not where it was."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE.csv",
        help="The file of marks. (default: fixes.csv in the run, or here)",
        rich_help_panel="Output",
    ),
]
_HOST = "127.0.0.1"  # nobody else is to see the pictures, or to mark them


def review(
    target: Target,
    port: Port = 0,
    *,
    data: MovedData = None,
    out: Out = None,
    lang: Lang = ENGLISH,
    quiet: Quiet = False,
    debug: Debug = False,
    **flags: Any,
) -> None:
    """Look at doubtful pictures in a browser, and mark what is wrong.

    A page on this machine shows labels that look wrong, then errors of which the model was sure; of data without a
    run, doubtful labels and what the checks of inspect found. A key for each class corrects a label, x drops a
    picture, Enter says that it is fine. Each mark is saved at once in a fixes file, which train, inspect and evaluate
    take. Ctrl-C ends it; the same command continues.

    Examples:
    $ onelook review runs/photos-001
    $ onelook train photos/ --fixes runs/photos-001/fixes.csv
    """
    try:
        import uvicorn

        # `server` and `cli` may not import each other, so the module is loaded by name.
        build_app = import_module("onelook.server.review").build_review_app
    except ImportError as error:
        raise missing_extra(error.name or "uvicorn", "serve", "onelook review") from error
    say = Printer(quiet=quiet)
    gathered = _gather(target, data, out, flags, say)
    with listening(_HOST, port) as listener:
        free_port = listener.getsockname()[1]
        token = secrets.token_urlsafe(16)
        marked = len(gathered.marks.all())
        before = f", {marked:,} marked before" if marked else ""
        print_always = Printer()
        print_always(f"{counted(len(gathered.pictures), 'picture')} to look at{before}. Ctrl-C ends it. Open:")
        print_always.as_is([f"  http://{_HOST}:{free_port}/?token={token}"])
        config = uvicorn.Config(build_app(gathered, token, free_port), log_level="warning", access_log=False)
        with suppress(KeyboardInterrupt):  # the way to end it
            uvicorn.Server(config).run(sockets=[listener])
    _say_end(gathered, say)


def _gather(target: str, data: str | None, out: Path | None, flags: dict[str, Any], say: Printer) -> Review:
    """Return what is to be looked at.

    Raises:
        OnelookError: there is nothing to look at, or the run or the data cannot be read.
    """
    from onelook.commands.review import better_judge, is_run, review_data, review_run

    if is_run(Path(target)):
        given = opening_words(flags)
        if given:
            raise ConfigError(f"{given[0]}: a run's data is opened as it was for the run. Leave the option out.")
        return review_run(Path(target), data=data, out=out, find_data=data_of_command, warn=say.warn)
    if data is not None:
        raise ConfigError(f"--data {data}: {target} is no run. Give the data alone, or a run and its data.")
    from onelook.commands.inspect import inspect_data, judge_labels
    from onelook.report.marking import kept_fixes

    opening = read_opening_options(flags)
    with say.progress("reading and comparing pictures") as on_progress:
        found = inspect_data(target, opening=opening, on_progress=on_progress)
    say(str(found.dataset))
    with say.progress("judging labels, pictures in all epochs") as on_progress:
        found = judge_labels(found, on_progress)
    words = (target, *opening_words(flags))
    if found.label_check is not None and not found.label_check.is_reliable:
        say.warn(f"{found.label_check} A better judge:", better_judge(words))
    fixes = kept_fixes(Path(opening.fixes).expanduser()) if opening.fixes else ()
    return review_data(found, words, fixes, out)


def data_of_command(command: str) -> str | None:
    """Return the data that a recorded command names, if it is still there; None if that cannot be said.

    Example:
        >>> data_of_command("onelook train --epochs 3 digits")
        'digits'
        >>> data_of_command("onelook train no/such/folder")
    """
    from onelook.cli.app import build_command
    from onelook.data.layouts.builtin import DATASETS

    program, *words = shlex.split(command) or [""]
    if not words or words[0] not in ("train", "tune"):
        return None
    context = build_command(words[0]).make_context(program, words[1:], resilient_parsing=True)
    data = context.params.get("data")
    return data if data and (data in DATASETS or Path(data).expanduser().exists()) else None


def _say_end(gathered: Review, say: Printer) -> None:
    marks, path = gathered.marks.all(), gathered.marks.path
    if not marks:
        say("\nno picture is marked, and no file was written")
        return
    say(f"\n{counted(len(marks), 'picture')} marked, in {path}")
    say("train with them:")
    say.as_is([f"  {gathered.command}"])


take_opening_options(review, "inspect")
