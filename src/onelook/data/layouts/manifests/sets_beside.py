"""Find data sets beside each other, each in a folder with tables of its own parts; only the user can choose one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from onelook.data.layouts.manifests.lists.found_table import FoundTable, sampled_cells
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.natural_order import natural_sorted
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location, suffix_of
from onelook.wording import counted, named

_FEWEST_PARTS = 2
_SHARE_ALIKE = 0.5  # of the smaller one's names


def refuse_several_sets(location: Location, listing: Sequence[FoundTable]) -> None:
    """Refuse several data sets, each a folder with tables of two parts or more, and with pictures.

    These may be copies of one data set that differ in size or in bands.

    Raises:
        ConfigError: there are several; the error asks which to read.
    """
    tables: defaultdict[str, list[FoundTable]] = defaultdict(list)
    for each in listing:
        tables[each.entry.partition("/")[0] if "/" in each.entry else ""].append(each)
    parts = {frozenset(each.part for each in found) for found in tables.values()}
    if "" in tables or len(tables) < 2 or len(parts) > 1 or len(next(iter(parts)) - {None}) < _FEWEST_PARTS:
        return
    inside = {
        folder: [name for name in location.once(picture_names) if name.startswith(f"{folder}/")] for folder in tables
    }
    if not all(inside.values()):
        return
    choices = [
        Choice(
            f"{location.place}/{folder}",
            f"{counted(len(inside[folder]), 'picture')} ({_kinds(inside[folder])}), with "
            f"{named([each.entry.rpartition('/')[2] for each in tables[folder]], most=3)}",
        )
        for folder in natural_sorted(tables)
    ]
    alike = ", on pictures of the same names" if _are_alike([*tables.values()]) else ""
    raise ask_which(
        f"{location.root} holds {counted(len(tables), 'data set')} beside each other, each with its own tables{alike}: "
        "give the path of one.",
        choices,
    )


def _kinds(names: Sequence[str]) -> str:
    return ", ".join(suffix or "without suffix" for suffix, _ in Counter(map(suffix_of, names)).most_common(3))


def _are_alike(sets: Sequence[Sequence[FoundTable]]) -> bool:
    """Return whether the tables of each set name things of the same names as those of the first, but for the suffix."""
    first, *others = (
        {cell.rpartition("/")[2].partition(".")[0] for each in found for cell in sampled_cells(each.table, each.path)}
        for found in sets
    )
    return all(len(first & names) > _SHARE_ALIKE * min(len(first), len(names)) for names in others)
