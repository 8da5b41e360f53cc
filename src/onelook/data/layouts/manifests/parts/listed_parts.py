"""Take the parts of pictures with labels in names or folders from lists beside them, as `validation.txt`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.choose_tables import locate
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.lists.find_tables import survey
from onelook.data.layouts.manifests.parts.part_lists import parts_by_lists
from onelook.data.part_names import PART_ORDER
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, listed, named

_LAYOUTS = ("labelled-names", "class-folders")


def with_listed_parts(location: Location, dataset: Dataset) -> tuple[Dataset, tuple[str, ...]]:
    """Return the data set with the parts that lists of names give, if it has none; and the files of these lists.

    Pictures in no list are those to train on.
    """
    if dataset.layout not in _LAYOUTS or dataset.parts.keys() != {"all"} or location.is_file:
        return dataset, ()
    lists = [each for each in survey(location).listing if each.part and each.table.columns.keys() == {each.path}]
    if not lists:
        return dataset, ()
    whole = dataset.parts["all"]
    try:
        found = [locate(location, location, each) for each in lists]
        given = parts_by_lists(found, frozenset(whole.ids))
    except (DataError, ConfigError):  # a note says that it was not read
        return dataset, ()
    if given is None or not given.used:
        return dataset, ()
    of_part = np.array([given.part_of.get(each, given.rest or "") for each in whole.ids])
    parts = {part: replace(whole.take(np.flatnonzero(of_part == part)), name=part) for part in PART_ORDER}
    parts = {part: each for part, each in parts.items() if len(each)}
    if len(parts) < 2 or "train" not in parts:
        return dataset, ()
    left = np.flatnonzero(of_part == "")
    notes = [f"The parts come from {listed(given.used, last='and')}.", *given.notes]
    missing = [each for one in found if one.found.entry in given.used for each in _missing(one)]
    if missing:
        verb = agree(len(missing), "is", "are")
        notes.append(f"{counted(len(missing), 'file')} in these lists {verb} missing: {named(missing, most=3)}.")
    if len(left):
        verb = agree(len(left), "is", "are")
        notes.append(f"{counted(len(left), 'picture')} in none of these lists {verb} left out.")
    aside = {whole.ids[row]: "it is in none of the lists of parts" for row in left.tolist()}
    dataset = replace(dataset, parts=parts, notes=(*dataset.notes, *notes), set_aside={**dataset.set_aside, **aside})
    return dataset, given.used


def _missing(one: Located) -> list[str]:
    """Return the names in a list that lead to no file."""
    return [each for each, name in zip(one.ids, one.names, strict=True) if name is None]
