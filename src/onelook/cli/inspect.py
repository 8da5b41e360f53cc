"""`onelook inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onelook.cli.findings import say_findings
from onelook.cli.options import ClassNames, Data, Debug, Json, LabelColumn, Layout, Strict
from onelook.cli.quantities import things
from onelook.cli.say import Say

if TYPE_CHECKING:
    from onelook.workflow.inspect import Inspection

_MOST_LISTED = 5  # pictures that are named one by one

Test = Annotated[
    str | None, typer.Option("--test", metavar="PATH", help="Test pictures, to be checked against the others.")
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE.html",
        help="Also write a page: pictures of each class, sizes, and what was found.",
        rich_help_panel="Output",
    ),
]
_PAGE = "The page's augmentation preview"
Recipe = Annotated[
    str | None,
    typer.Option("--recipe", metavar="NAME", help="As this recipe changes pictures.", rich_help_panel=_PAGE),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="With a setting, such as rotation_range=15.", rich_help_panel=_PAGE
    ),
]


def inspect(
    data: Data,
    *,
    test: Test = None,
    class_names: ClassNames = None,
    label_column: LabelColumn = None,
    html: Html = None,
    recipe: Recipe = None,
    sets: Sets = None,
    layout: Layout = None,
    strict: Strict = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """What is this data, and is it sound? Layout, classes, checks.

    Every picture is read once: unreadable ones and exact copies are listed, and pictures that stand in training
    and test alike.

    Examples:
    $ onelook inspect photos/
    $ onelook inspect train.csv --html look.html
    """
    from onelook.settings.merge import parse_names
    from onelook.workflow.inspect import inspect_data
    from onelook.workflow.inspect_page import refuse_page, write_page
    from onelook.workflow.request import gather_overrides
    from onelook.workflow.training_preview import PageRequest

    say = Say(json=json)
    asked = gather_overrides({"recipe": recipe}, sets or ())
    if html is not None:
        refuse_page(html)
    names = parse_names(class_names) if class_names is not None else None
    with say.progress("reading pictures") as on_progress:
        found = inspect_data(
            data,
            test=test,
            class_names=names,
            label_column=label_column,
            layout=layout,
            strict=strict,
            on_progress=on_progress,
        )
    say(str(found.dataset))
    _say_what_was_found(say, found, has_page=html is not None)
    if html is not None:
        options = {
            "--test": test,
            "--class-names": class_names,
            "--label-column": label_column,
            "--layout": layout,
            "--recipe": recipe,
        }
        given = [(flag, value) for flag, value in options.items() if value is not None]
        words = (data, *(word for pair in (*given, *(("--set", each) for each in sets or ())) for word in pair))
        write_page(found, PageRequest(html, words, asked))
        say(f"page: {html}")
    if json:
        say.document(found.to_dict())


def _say_what_was_found(say: Say, found: Inspection, *, has_page: bool) -> None:
    counts = found.reading.ledger.counts()
    say(
        f"\n{counts['used']:,} of {things(counts['found'], 'picture')} can be used: {counts['quarantined']:,} "
        f"unreadable, {counts['duplicate']:,} exact copies within their part"
    )
    unreadable = [entry for entry in found.reading.ledger.entries if entry.status == "quarantined"]
    for entry in unreadable[:_MOST_LISTED]:
        say(f"  {entry.id}: {entry.reason}")
    if (more := len(unreadable) - _MOST_LISTED) > 0:
        say(f"  … and {more:,} more")
    say_findings(say, found.findings, has_page=has_page)
