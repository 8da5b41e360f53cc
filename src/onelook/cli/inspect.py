"""`onelook inspect`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from onelook.cli.options import (
    Data,
    Debug,
    Json,
    Lang,
    Strict,
    opening_words,
    read_opening_options,
    take_opening_options,
)
from onelook.cli.output.inspection import print_inspection, print_label_check
from onelook.cli.output.printer import Printer
from onelook.wording import ENGLISH

Test = Annotated[
    str | None, typer.Option("--test", metavar="PATH", help="Test pictures: are they also in the training data?")
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html",
        metavar="FILE.html",
        help="Also write a page with pictures of each class, sizes and findings.",
        rich_help_panel="Output",
    ),
]
Labels = Annotated[
    bool,
    typer.Option(
        "--labels",
        help="Also look for wrong labels. It trains small networks for seconds to minutes.",
        rich_help_panel="Wrong labels",
    ),
]
Suspects = Annotated[
    Path | None,
    typer.Option(
        "--suspects",
        metavar="FILE.csv",
        help="The same, and write all labels that look wrong to a file, worst first.",
        rich_help_panel="Wrong labels",
    ),
]
_PAGE = "The page's augmentation preview"
Recipe = Annotated[
    str | None,
    typer.Option("--recipe", metavar="NAME", help="Show this recipe's augmentation.", rich_help_panel=_PAGE),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Show it with a setting, such as rotation_range=15.",
        rich_help_panel=_PAGE,
    ),
]


def inspect(
    data: Data,
    *,
    test: Test = None,
    labels: Labels = False,
    suspects: Suspects = None,
    html: Html = None,
    recipe: Recipe = None,
    sets: Sets = None,
    strict: Strict = False,
    lang: Lang = ENGLISH,
    json: Json = False,
    debug: Debug = False,
    **flags: Any,
) -> None:
    """Show what a data set holds, and check it for problems.

    It reads every picture once. It reports the layout and the classes, pictures that cannot be read, copies, test
    pictures that are also in the training data, and more.

    Examples:
    $ onelook inspect photos/
    $ onelook inspect train.csv --html look.html
    $ onelook inspect photos/ --suspects wrong.csv  [dim]labels that look wrong[/]
    """
    from onelook.commands.inspect import inspect_data, judge_labels
    from onelook.data.fixes.fixes_file import refuse_losing_decisions
    from onelook.files import refuse_overwriting, refuse_unwritable
    from onelook.inspection.page import write_page
    from onelook.inspection.training_preview import PageRequest
    from onelook.planning.options import gather_overrides
    from onelook.report.page import refuse_page

    say = Printer(json=json)
    asked = gather_overrides({"recipe": recipe}, sets or ())
    if html is not None:
        refuse_page(html, "--html")
    if suspects is not None:
        refuse_unwritable(suspects)
        refuse_overwriting(suspects, (data, test), "--suspects")
        refuse_losing_decisions(suspects)
    opening = read_opening_options(flags)
    with say.progress("reading and comparing pictures") as on_progress:
        found = inspect_data(
            data,
            test=test,
            opening=opening,
            strict=strict,
            asked=asked,
            on_progress=on_progress,
        )
    say(str(found.dataset))
    if labels or suspects is not None:
        with say.progress("judging labels, pictures in all epochs") as on_progress:
            found = judge_labels(found, on_progress)
    given = [*(("--test", test) if test is not None else ()), *opening_words(flags)]
    print_inspection(say, found, (data, *given), has_page=html is not None)
    if found.label_check is not None:
        print_label_check(say, found.label_check, suspects, (data, *given))
    if html is not None:
        options = [
            ("--test", test),
            ("--recipe", recipe),
            *(("--set", pair) for pair in sets or ()),
        ]
        words = [word for flag, value in options if value is not None for word in (flag, value)]
        write_page(found, PageRequest(html, (data, *words, *opening_words(flags))))
        say(f"page: {html}")
    if json:
        say.document(found.to_dict())


take_opening_options(inspect, "inspect")
