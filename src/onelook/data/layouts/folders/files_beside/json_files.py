"""Read the label in a JSON file beside each picture, as labelling tools write them, or name these files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from onelook.data.column_names import LABEL_NAMES
from onelook.data.part_names import PART_FOLDERS, parts_among
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError
from onelook.wording import counted, named

JSON = ".json"
TAG, SPLIT = "tag", "split"  # columns: of flags and of tags without a value, and of tags called after parts
_LARGEST_BYTES = 16 << 20  # labelme keeps the whole picture in its file
_LOOKED_AT = 20
_MOST_READ = 200  # files that show whether labels repeat
_SAMPLE_LABELS = tuple(name for name in LABEL_NAMES if len(name) > 1)  # `y` is a place more often
_MOST_SHOWN = 12
_FEWEST = 3  # files; fewer may be tables that are called like a picture by chance


def json_files(location: Location, pictures: Sequence[str]) -> dict[str, str]:
    """Return the JSON file of each picture: `1.json` or `1.jpg.json`, in any folder; empty without one for most.

    Args:
        pictures: the names of all pictures.
    """
    entries = [entry for entry in location.entries() if suffix_of(entry) == JSON]
    if len(entries) < _FEWEST or 2 * len(entries) < len(pictures):
        return {}
    files: dict[str, list[str]] = {}
    for entry in entries:
        files.setdefault(entry.rpartition("/")[2][: -len(JSON)], []).append(entry)
    found: dict[str, str] = {}
    for name in pictures:
        last = name.rpartition("/")[2]
        own = files.get(last) or files.get(last.rpartition(".")[0]) or []
        shared = [_shared_folders(entry, name) for entry in own]  # each part may have the same names
        if own and shared.count(max(shared)) == 1:
            found[name] = own[shared.index(max(shared))]
    is_one_each = len(found) >= _FEWEST and len(set(found.values())) == len(found)
    return found if is_one_each and 2 * len(found) > len(pictures) else {}


def _shared_folders(one: str, other: str) -> int:
    """Return how many of the outermost folders are the same."""
    pairs = zip(one.split("/")[:-1], other.split("/")[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def facts_in(location: Location, file: str) -> dict[str, list[str]] | None:
    """Return the labels of a picture by column, from labelme's flags, or tags of Supervisely or V7; None without them.

    A tag of Supervisely is a name, as `cat`, or has one of several values, as `cat` of `animal`, which is a column of
    its own. A tag that is called after a part, as `train`, is in the column `split`.
    """
    record = _record(location, file)
    if record is None:
        return None
    flags, tags, marks = record.get("flags"), record.get("tags"), record.get("annotations")
    if isinstance(flags, Mapping) and flags and all(isinstance(each, bool) for each in flags.values()):
        return {TAG: [str(name) for name, is_set in flags.items() if is_set]}
    if isinstance(tags, list) and all(isinstance(tag, Mapping) and tag.get("name") for tag in tags):
        found: dict[str, list[str]] = {}
        for tag in tags:
            name, value = str(tag["name"]), tag.get("value")
            if value is None:
                found.setdefault(SPLIT if name.casefold() in PART_FOLDERS else TAG, []).append(name)
            elif isinstance(value, str):
                found.setdefault(name, []).append(value)
        return found
    if isinstance(marks, list) and marks and all(isinstance(each, Mapping) and "tag" in each for each in marks):
        return {TAG: [str(each.get("name")) for each in marks]}
    return None


def label_of_sample(record: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the label in the JSON of a sample, by the name that is most usual for a label; empty without one.

    Example:
        >>> label_of_sample({"id": 7, "label": 1, "class_name": "owl"}), label_of_sample({"x": 3, "y": 4})
        ({'label': ['1']}, {})
    """
    labels = {name: record[name] for name in _SAMPLE_LABELS if isinstance(record.get(name), str | int)}
    label = next((name for name, value in labels.items() if value != "" and not isinstance(value, bool)), None)
    return {} if label is None else {label: [str(labels[label])]}


def labels_of_samples(location: Location, files: Mapping[str, str]) -> dict[str, dict[str, list[str]]]:
    """Return the label in the JSON file of each picture, by column; empty for a picture without one."""
    return {name: label_of_sample(_record(location, file) or {}) for name, file in files.items()}


def are_samples(location: Location, files: Mapping[str, str]) -> bool:
    """Return whether most files hold a label, and some the same one, by a sample of them.

    Labels need not repeat in WebDataset's tar files. Elsewhere JSON holds much else: what lies in class folders, and
    labels that hardly repeat, are no samples.
    """
    chosen = list(files)
    some = {name: files[name] for name in chosen[:: max(1, len(chosen) // _MOST_READ)][:_MOST_READ]}
    labels = [each for of_picture in labels_of_samples(location, some).values() for each in of_picture.values()]
    distinct = {label for (label,) in labels}
    if 2 * len(labels) <= len(some) or len(distinct) < 2:
        return False
    if any(name.endswith(".tar") for name in location.shards):
        return True
    folders = {name.rpartition("/")[0].rpartition("/")[2] for name in files}
    return (len(folders) == 1 or parts_among(folders).keys() == folders) and 2 * len(distinct) <= len(labels)


def label_columns(facts: Sequence[Mapping[str, Sequence[str]]]) -> list[str]:
    """Return the columns that most pictures have a label in, and none has several."""
    counts: defaultdict[str, list[int]] = defaultdict(list)
    for each in facts:
        for column, labels in each.items():
            counts[column].append(len(labels))
    return [
        column
        for column, of_pictures in counts.items()
        if column != SPLIT and max(of_pictures) == 1 and 2 * sum(of_pictures) > len(facts)
    ]


def have_labels(location: Location, files: Mapping[str, str]) -> bool:
    """Return whether the files have a label a picture, by a sample of them: most have one, and none several."""
    found = _sample_of_facts(location, files)
    return bool(found) and None not in found and bool(label_columns([each for each in found if each is not None]))


def _sample_of_facts(location: Location, files: Mapping[str, str]) -> list[dict[str, list[str]] | None]:
    chosen = list(files.values())
    return [facts_in(location, file) for file in chosen[:: max(1, len(chosen) // _LOOKED_AT)][:_LOOKED_AT]]


def notes_on_json(location: Location, pictures: Sequence[str]) -> list[str]:
    """Return a note on JSON files that are called like the pictures, with what the first of them holds."""
    files = json_files(location, pictures)
    if not files:
        return []
    first = next(iter(files.values()))
    record = _record(location, first) or {}
    each_file = f"{counted(len(files), '.json file')} such as {named([first])}: one for each picture"
    if outlined := _outlined(record):
        return [
            f"{each_file}, with outlines or boxes of {named(outlined[:3])} (segmentation, detection), not one class a "
            "picture, which is what onelook learns: cut them out into a folder for each class, or take a tool for this "
            "task."
        ]
    several = next((each[TAG] for each in _sample_of_facts(location, files) if each and len(each.get(TAG, ())) > 1), ())
    if several:
        return [
            f"{each_file}, with several flags or tags in one, such as {named(several[:3])} (several labels a picture). "
            "onelook gives each picture one class: keep one a picture, or take a tool for several labels a picture "
            "(multi-label)."
        ]
    held = [name for name, value in _leaves(record) if isinstance(value, str | int) and value != ""]
    shown = f" The first holds {named(held, most=_MOST_SHOWN)}." if held else ""
    return [
        f"{each_file}, which were not read."
        f"{shown} If the label is among it, write a table with the name and the label of each picture (CSV), or export "
        "the labels from the labelling tool in one file."
    ]


def _outlined(record: Mapping[str, Any]) -> list[str]:
    """Return what labelme's `shapes` or a list of `objects` outline in a picture; empty for other records."""
    shapes = next((each for key in ("shapes", "objects") if isinstance(each := record.get(key), list) and each), [])
    names = [
        str(each.get("label") or each.get("classTitle") or each.get("name"))
        for each in shapes
        if isinstance(each, Mapping) and {"points", "polygon", "bbox", "geometryType"} & each.keys()
    ]
    return list(dict.fromkeys(names))


def _record(location: Location, file: str) -> Mapping[str, Any] | None:
    try:
        content = location.read(file)
        record = json.loads(content.decode("utf-8-sig")) if len(content) <= _LARGEST_BYTES else None
    except (DataError, OSError, ValueError, RecursionError):
        return None
    return record if isinstance(record, Mapping) else None


def _leaves(record: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the plain values of a record and of the records in it, with dotted names."""
    for name, value in record.items():
        if isinstance(value, Mapping) and not above:
            yield from _leaves(value, f"{name}.")
        else:
            yield f"{above}{name}", value
