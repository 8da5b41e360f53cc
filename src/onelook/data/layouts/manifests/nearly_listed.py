"""Why a table that names pictures is not taken for the list of these."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from onelook.data.layouts.manifests.found_table import FoundTable, sampled_cells
from onelook.data.layouts.manifests.listed_files import ListedFiles
from onelook.data.layouts.manifests.path_column import SHARE_FOUND_WITHOUT_SUFFIX, candidate_columns
from onelook.data.layouts.manifests.several_labels import several_in_words
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of
from onelook.wording import counted, named

_SIGNS = re.compile(r"[_\-. ]")


def note_nearly(found: FoundTable, files: ListedFiles) -> list[str]:
    """Return why a table that names pictures is not taken for the list of these; empty where it names none."""
    name = found.entry
    for column in candidate_columns(found.table):
        cells = sampled_cells(found.table, column)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        if cells and 2 * with_suffix >= len(cells):
            there = max(files.places(cells, loosely=True).values(), default=0)
            few = f"only {there:,} of {len(cells):,} looked at are" if there else "none of them is"
            return [
                f"{name} names pictures in the column '{column}', such as {named(cells[:1])}, and {few} here: it was "
                "left out."
            ]
        if 2 * len(set(cells)) > len(cells) > 4 and (several := _beginnings(cells, files)):
            others = (each for each in found.table.columns if each != column)
            lists = (several_in_words(each, sampled_cells(found.table, each)) for each in others)
            return [
                f"{name} has beginnings of names in the column '{column}', such as '{cells[0]}', each of several "
                f"pictures ({counted(several, 'picture')} of {counted(len(cells), 'row')}): it lists no single "
                f"pictures, and was left out. {next(filter(None, lists), '')}".rstrip()
            ]
    return []


def _beginnings(cells: Sequence[str], files: ListedFiles) -> int:
    """Return how many pictures' names begin with one of these cells, where nearly all cells begin some."""
    wanted = set(cells)
    hits: Counter[str] = Counter()
    for name in files.pictures[:20_000]:
        stem = name.rpartition("/")[2].rpartition(".")[0]
        for match in _SIGNS.finditer(stem):
            if (start := stem[: match.start()]) in wanted:
                hits[start] += 1
                break
    return hits.total() if len(hits) >= SHARE_FOUND_WITHOUT_SUFFIX * len(wanted) else 0
