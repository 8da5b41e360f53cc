"""The layout `labelled-names`: file names with the label, such as `cat.1.jpg`, `dog_002.png`, `003-eel.jpg`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.folder_questions import note_people
from onelook.data.layouts.folders.one_thing import are_takes_of_one
from onelook.data.layouts.folders.patterns.by_pattern import (
    arrange_found,
    arrange_given,
    crossing_ways,
    folders_say_nothing,
    found_ways,
    holds_class_folders,
    lies_flat,
    why_found,
)
from onelook.data.layouts.folders.patterns.find_patterns import FoundLabels
from onelook.data.layouts.folders.shares import notes_on_shares
from onelook.data.layouts.folders.tree import does_not_fit, picture_dataset, read_tree
from onelook.data.layouts.label_from import NamePattern
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.storage.location import Location

_EXPECTED = (
    "names such as cat.1.jpg, cat_001.jpg or 001-cat.jpg, with two classes or more and several pictures of each; "
    "--label-from PATTERN says where the label is in others"
)


class LabelledNames:
    """The layout `labelled-names`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why names contain the label; None if no pattern fits them all."""
        tree = read_tree(location)
        if not lies_flat(tree):
            is_between = folders_say_nothing(tree) and not holds_class_folders(tree)
            ways = crossing_ways(tree) if is_between or are_takes_of_one(tree) else []
            is_rival = len(ways) == 1 or (ways and are_takes_of_one(tree))
            return Candidate(why_found(ways), LabelSource.PATTERN_ACROSS_FOLDERS) if is_rival else None
        ways = found_ways(tree)
        if not ways:
            return None
        is_convention = len(ways) == 1 and ways[0].is_convention
        return Candidate(why_found(ways), LabelSource.CONVENTION if is_convention else LabelSource.PATTERN)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set; classes are in natural order.

        Raises:
            ConfigError: several patterns fit.
            DataError: no pattern fits, or the given one fits too few names.
        """
        tree = read_tree(location)
        if isinstance(options.label_from, NamePattern) and tree.names:
            found = arrange_given(tree, options.label_from, location.root)
            return picture_dataset(location, "labelled-names", tree, found)
        ways = found_ways(tree)
        if not ways and len(crossing := crossing_ways(tree)) == 1:
            found = arrange_given(tree, crossing[0].pattern, location.root)
            found = replace(found, why=why_found(crossing), notes=[*found.notes, *notes_on_shares(tree)])
            return picture_dataset(location, "labelled-names", tree, found)
        ways = ways or crossing_ways(tree)
        if not ways:
            raise does_not_fit(location, tree, _EXPECTED)
        asked_for = _way_of_sample(options, ways)
        found = arrange_found(tree, ways if asked_for is None else [asked_for], location.root)
        if asked_for is not None:
            note = f"The names give labels in {len(ways)} ways: taken were the classes that the sample submission has."
            found = replace(found, notes=[*found.notes, note])
        classes = [label for part in found.parts.values() for label in part.classes or ()]
        found = replace(found, notes=[*found.notes, *note_people(classes)])
        return picture_dataset(location, "labelled-names", tree, found)


def _way_of_sample(options: LayoutOptions, ways: Sequence[FoundLabels]) -> FoundLabels | None:
    """Return the one of several ways whose classes a sample submission has, as columns or as values; else None."""
    if len(ways) < 2:
        return None
    # All classes must be among the columns, or some among the values.
    fitting = [
        way
        for way in ways
        if any(names and (set(way.labels) <= names or names <= set(way.labels)) for names in options.sample_names)
    ]
    return fitting[0] if len(fitting) == 1 else None
