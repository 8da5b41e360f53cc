"""The page on scores has a row for every registered score, which says which way is better."""

from __future__ import annotations

import re
from pathlib import Path

from onelook.metrics import METRICS

_PAGE = (Path(__file__).parents[2] / "docs" / "scores.md").read_text(encoding="utf-8")


def test_every_score_has_a_row_in_order_and_it_says_which_way_is_better() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (higher|lower) \|", _PAGE, re.MULTILINE)
    expected = [(name, "higher" if METRICS.load(name).higher_is_better else "lower") for name in METRICS]
    assert rows == expected, "docs/scores.md: a row a score, in the order of METRICS"
