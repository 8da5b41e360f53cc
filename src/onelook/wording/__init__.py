"""Write counts, lists, shares, times and sizes as text, for the command line, the report and errors.

All texts use plain spaces. The report replaces some by narrow ones (see `onelook.report.page_wording`).
"""

from onelook.wording.numbers import (
    abbreviated,
    duration,
    large_number,
    milliseconds,
    number,
    percent,
    percentage,
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
    "MOST_LISTED",
    "TITLE_COLUMNS",
    "abbreviated",
    "agree",
    "counted",
    "definite",
    "duration",
    "entry",
    "large_number",
    "listed",
    "milliseconds",
    "named",
    "number",
    "percent",
    "percentage",
    "plural",
    "printable",
    "sentence",
    "size",
    "spread",
    "times",
    "wrapped",
]
