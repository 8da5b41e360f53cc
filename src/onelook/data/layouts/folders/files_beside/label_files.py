"""The layout `label-files`: a file with the label of each picture.

It is `1.cls` beside `1.jpg` in WebDataset, a text with one label, or JSON as labelme writes it with its flags, and
Supervisely with its tags.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from shlex import quote

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.files_beside.json_files import (
    JSON,
    SPLIT,
    TAG,
    are_samples,
    facts_in,
    have_labels,
    json_files,
    label_columns,
    labels_of_samples,
)
from onelook.data.layouts.folders.files_beside.text_labels import TXT, text_files, text_label
from onelook.data.layouts.folders.tree import Arrangement, FoundPart, does_not_fit, picture_dataset, read_tree
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.left_out import notes_on_left_out
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import PART_FOLDERS, PART_ORDER, parts_among
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import ConfigError, DataError, unknown_name
from onelook.wording import agree, counted, named

_SUFFIX = ".cls"
_SHARD_NUMBER = re.compile(r"[-_.]?\d+$")  # `imagenette-train-000001`
_LARGEST_BYTES = 1_000  # a label is a number or a name
_EXPECTED = "a .cls file with the label beside each picture, as 000001.cls beside 000001.jpg"


class LabelFiles:
    """The layout `label-files`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are pictures with files of labels; None where most pictures have none."""
        names, labelled = read_tree(location).names, _labelled(location)
        if not labelled or 2 * len(labelled) < len(names):
            return None
        source = LabelSource.TABLE if _is_json(labelled) else LabelSource.LABEL_TABLE
        return Candidate(_why(labelled), source)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set. Shards such as `train-000000/` are parts by their names.

        Raises:
            DataError: no picture has such a file, or a file has no label.
            ConfigError: the files have several tags a picture that may be the label.
        """
        tree = read_tree(location)
        labelled = _labelled(location)
        if not labelled:
            raise does_not_fit(location, tree, _EXPECTED)
        parts: dict[str, list[str]] = {}
        if options.label_column is not None and not _is_json(labelled):
            first = next(iter(labelled.values()))
            raise ConfigError(f"--label-column {options.label_column}: {first} holds one label and no columns.")
        if _is_text(labelled):
            in_texts = {name: text_label(location, file, name) for name, file in labelled.items()}
            classes = {name: label for name, label in in_texts.items() if label is not None}
        elif _is_json(labelled):
            facts = (
                labels_of_samples(location, labelled)
                if location.once(_in_samples)
                else {name: facts_in(location, file) or {} for name, file in labelled.items()}
            )
            column = _column(location, facts, options)
            if column is None:
                found_all = Arrangement({"all": FoundPart(tree.names, None)}, _why(labelled))
                return picture_dataset(location, "label-files", tree, found_all)
            classes = {name: each[column][0] for name, each in facts.items() if len(each.get(column, ())) == 1}
            parts = _parts_by_tags(classes, facts)
        else:
            classes = {name: _read_label(location, file) for name, file in labelled.items()}
        names = [name for name in tree.names if name in classes]
        parts = parts or _parts(names, tree.base)
        found = {part: FoundPart(of_part, [classes[name] for name in of_part]) for part, of_part in parts.items()}
        missing = [name for name in tree.names if name not in classes]
        lacking, why_aside = _lacking(labelled)
        notes = [f"{counted(len(missing), 'picture')} without {lacking} left out: {named(missing)}."] if missing else []
        set_aside = dict.fromkeys(missing, why_aside)
        others = len(location.entries()) - len(location.once(picture_names)) - len(labelled)
        ignored = [f"{counted(others, 'other file')} {agree(others, 'was', 'were')} ignored."] if others else []
        tree = replace(tree, notes=[*ignored, *notes_on_left_out(tree.left_out)])
        return picture_dataset(location, "label-files", tree, Arrangement(found, _why(labelled), notes, set_aside))


def _column(location: Location, facts: Mapping[str, Mapping[str, list[str]]], options: LayoutOptions) -> str | None:
    """Return the column with the labels in JSON files; None if several may be it, and no labels are needed.

    Raises:
        ConfigError: several may be it, or there is no column with the name that the user gave.
    """
    asked, columns = options.label_column, label_columns([*facts.values()])
    if asked is not None:
        known = list(dict.fromkeys(column for each in facts.values() for column in each if column != SPLIT))
        if asked not in known:
            raise unknown_name("tag", asked, known)
        return asked
    if len(columns) < 2:
        return columns[0] if columns else TAG
    if not options.needs_labels:
        return None
    first, of_first = next((name, each) for name, each in facts.items() if each)
    shown = ", ".join(f"{column}: {label}" for column, labels in of_first.items() for label in labels)
    raise ask_which(
        f"{location.root}: the JSON files have {len(columns)} tags a picture that may be the label ({first} has "
        f"{shown}).",
        [
            Choice(
                f"--label-column {quote(column)}",
                classes_in_words([label for each in facts.values() for label in each.get(column, ())]),
            )
            for column in columns
        ],
    )


def _parts_by_tags(names: Iterable[str], facts: Mapping[str, Mapping[str, list[str]]]) -> dict[str, list[str]]:
    """Return the pictures of each part by tags such as `train` and `test`; empty if a picture has none or several."""
    by_part: dict[str, list[str]] = {}
    for name in names:
        words = facts[name].get(SPLIT, ())
        if len(words) != 1:
            return {}
        by_part.setdefault(PART_FOLDERS[words[0].casefold()], []).append(name)
    return {part: by_part[part] for part in PART_ORDER if part in by_part} if "train" in by_part else {}


def _lacking(labelled: dict[str, str]) -> tuple[str, str]:
    """Return what a picture without a label lacks, and the same as a sentence about it."""
    if _is_text(labelled) or _is_json(labelled):
        kind = "text" if _is_text(labelled) else "JSON"
        return f"one label in a {kind} file", f"its {kind} file has not one label"
    return f"a {_SUFFIX} file", f"it has no {_SUFFIX} file"


def _why(labelled: dict[str, str]) -> str:
    first = next(iter(labelled))
    if _is_json(labelled):
        return f"{counted(len(labelled), 'JSON file')} hold a flag, tag or label each, as {labelled[first]} of {first}"
    suffix = TXT if _is_text(labelled) else _SUFFIX
    return f"{counted(len(labelled), f'{suffix} file')} beside pictures hold labels, as {labelled[first]} of {first}"


def _is_json(labelled: dict[str, str]) -> bool:
    return next(iter(labelled.values())).lower().endswith(JSON)


def _is_text(labelled: dict[str, str]) -> bool:
    return next(iter(labelled.values())).lower().endswith(TXT)


def _labelled(location: Location) -> dict[str, str]:
    """Return the pictures that have a file of the same name with a label, and these files."""
    names = read_tree(location).names
    files = {entry[: -len(_SUFFIX)]: entry for entry in location.entries() if suffix_of(entry) == _SUFFIX}
    found = {name: files[stem] for name in names if (stem := name.rpartition(".")[0]) in files}
    if found:
        return found
    in_json = json_files(location, names)
    if in_json and have_labels(location, in_json):
        return in_json
    return location.once(_in_texts) or (in_json if location.once(_in_samples) else {})


def _in_samples(location: Location) -> bool:
    """Return whether the JSON file of each picture holds its label, as in WebDataset."""
    files = json_files(location, read_tree(location).names)
    return bool(files) and not have_labels(location, files) and are_samples(location, files)


def _in_texts(location: Location) -> dict[str, str]:
    return text_files(location, read_tree(location).names)


def _parts(names: Sequence[str], base: str) -> dict[str, list[str]]:
    """Return the pictures of each part, by the folders below `base`; shards of a part are called after it."""
    tops = {name: name[len(base) :].partition("/")[0] for name in names if "/" in name[len(base) :]}
    means = parts_among({*tops.values()})
    if not means.keys() >= {*tops.values()}:
        words = {top: _SHARD_NUMBER.sub("", top) for top in tops.values()}
        of_words = parts_among({*words.values()})
        means = {top: of_words[word] for top, word in words.items() if word in of_words}
    if len(tops) < len(names) or not means.keys() >= {*tops.values()} or "train" not in means.values():
        return {"all": list(names)}
    by_part: dict[str, list[str]] = {}
    for name in names:
        by_part.setdefault(means[tops[name]], []).append(name)
    return {part: by_part[part] for part in PART_ORDER if part in by_part}


def _read_label(location: Location, file: str) -> str:
    content = location.read(file)
    text = content[:_LARGEST_BYTES].decode("utf-8-sig", errors="replace").strip()
    if not text or len(content) > _LARGEST_BYTES or "\n" in text:
        what = "nothing" if not text else f"'{text.splitlines()[0][:40]}' …"
        raise DataError(f"{location.place}/{file}: holds {what}. Expected one line: the picture's label.")
    return text
