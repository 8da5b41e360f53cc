"""Write counts, lists, shares, times and sizes as text, for the command line, the report and errors.

All texts use plain spaces. The report replaces some by narrow ones (see `onelook.report.page_wording`).
"""

from onelook.wording.language import (
    ENGLISH,
    LANGUAGES,
    choose_language,
    in_language,
    language,
    marked,
    places,
    retell,
    translate,
)
from onelook.wording.numbers import (
    abbreviated,
    duration,
    large_number,
    milliseconds,
    number,
    percent,
    percentage,
    round_percent,
    size,
    spread,
)
from onelook.wording.text import (
    MOST_LISTED,
    TITLE_COLUMNS,
    agree,
    counted,
    definite,
    entry,
    listed,
    named,
    plural,
    printable,
    sentence,
    times,
)
from onelook.wording.wrap import wrapped

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "MOST_LISTED",
    "TITLE_COLUMNS",
    "abbreviated",
    "agree",
    "choose_language",
    "counted",
    "definite",
    "duration",
    "entry",
    "in_language",
    "language",
    "large_number",
    "listed",
    "marked",
    "milliseconds",
    "named",
    "number",
    "percent",
    "percentage",
    "places",
    "plural",
    "printable",
    "retell",
    "round_percent",
    "sentence",
    "size",
    "spread",
    "times",
    "translate",
    "wrapped",
]
