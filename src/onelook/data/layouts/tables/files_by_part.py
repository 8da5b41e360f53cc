"""Find the files of one data set in Parquet or Arrow: join shards, and find the part of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from shlex import quote

from onelook.data.layouts.question import Choice, ask_which
from onelook.data.part_names import PART_FOLDERS, PART_ORDER, part_and_rest
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import agree, counted, listed

# `train-00000-of-00002.parquet`, also with a hash at its end; `train.parquet`; `data-00000-of-00001.arrow`.
SHARD = re.compile(
    r"(?P<split>.+?)(?:-(?P<number>\d{5})-of-(?P<count>\d{5}))?(?:-[0-9a-f]{16})?\.(?:parquet|arrow)", re.IGNORECASE
)

_COUNTER = re.compile(r"[\W_]*\d+$")


def table_entries(location: Location, suffix: str) -> list[str]:
    """Return the files with a suffix, by name."""
    return [entry for entry in location.entries() if entry.lower().endswith(suffix)]


def files_by_part(
    location: Location, expected: str, suffix: str = ".parquet", kind: str = "Parquet"
) -> tuple[dict[str, list[str]], list[str]]:
    """Return the files by part, and notes on files that are left out.

    Args:
        expected: the expected files, for the error if there are none.
        suffix, kind: of the files, and what they are called in sentences.

    Raises:
        DataError: there is none, or the names do not show which files belong together.
        ConfigError: files of one name lie in several folders.
    """
    by_split: dict[str, list[str]] = {}
    for entry in table_entries(location, suffix):
        folder, _, name = entry.rpartition("/")
        above = folder.rpartition("/")[2].lower()
        match = SHARD.fullmatch(name)
        split = above if above in PART_FOLDERS or match is None else match["split"]
        by_split.setdefault(split.lower(), []).append(entry)
    if not by_split:
        raise DataError(f"{location.root}: no {kind} file was found there. Expected {expected}.")
    for entries in by_split.values():
        folders = list(dict.fromkeys(entry.rpartition("/")[0] for entry in entries))
        if len(folders) > 1:
            counts = {folder: sum(entry.startswith(f"{folder}/") for entry in entries) for folder in folders}
            raise ask_which(
                f"{location.root}: {entries[0].rpartition('/')[2]} and its fellows lie in {len(folders)} folders, as "
                "configurations of one data set do.",
                [
                    Choice(
                        quote(f"{location.place}/{folder}".rstrip("/")),
                        f"{counted(count, 'such file')}, and those beside",
                    )
                    for folder, count in counts.items()
                ],
            )
        _refuse_missing_shards(location, entries)
    if len(by_split) == 1:
        return {"all": next(iter(by_split.values()))}, []
    if not any(PART_FOLDERS.get(split) == "train" for split in by_split):
        by_split = _by_words(by_split)
    if len(by_split) == 1:
        return {"all": next(iter(by_split.values()))}, []
    found: dict[str, list[str]] = {}
    for split, entries in by_split.items():
        if (part := PART_FOLDERS.get(split)) is not None:
            if part in found:
                raise DataError(f"{location.root}: {found[part][0]} and {entries[0]} would both be the part '{part}'.")
            found[part] = entries
    left_out = [split for split in by_split if split not in PART_FOLDERS]
    if "train" not in found and left_out:
        raise DataError(
            f"{location.root}: {kind} files called {listed(by_split)}. Expected train, validation and test; "
            "give the path of the one that you mean."
        )
    notes = [f"{kind} files that are no part by name were left out: {listed(left_out)}."] if left_out else []
    return {part: found[part] for part in PART_ORDER if part in found}, notes


def _by_words(by_split: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return the files by the word for a part in their names, and shards that are only numbered together.

    So `train_image_data_0` and `train_image_data_1` are the training part, and `test_image_data_0` is to be predicted.
    """
    found: dict[str, list[str]] = {}
    for split, entries in by_split.items():
        stem = _COUNTER.sub("", split)
        found.setdefault(part_and_rest(stem)[0] or stem, []).extend(entries)
    return found


def _refuse_missing_shards(location: Location, entries: Sequence[str]) -> None:
    matches = [match for entry in entries if (match := SHARD.fullmatch(entry.rpartition("/")[2])) and match["count"]]
    counts = {int(match["count"]) for match in matches}
    numbers = {int(match["number"]) for match in matches}
    for count in counts:
        if len(counts) > 1 or len(numbers) < count or len(matches) != len(numbers):
            lost = count - len(numbers)
            missing = f"{lost} of {count} shards {agree(lost, 'is', 'are')} missing" if lost > 0 else "two sets"
            raise DataError(
                f"{location.root}: {missing} beside {entries[0]}. Expected each shard once: fetch the missing ones "
                "or remove what is left from another version."
            )
