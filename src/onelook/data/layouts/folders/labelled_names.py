"""The layout `labelled-names`: file names that hold the label, as `cat.1.jpg`, `dog_002.png`, `003-eel.jpg`."""

from __future__ import annotations

from collections import defaultdict

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.by_pattern import arrange_found, arrange_given, found_ways, lies_flat, why_found
from onelook.data.layouts.folders.find_patterns import FoundLabels, find_labels
from onelook.data.layouts.folders.tree import PictureTree, does_not_fit, picture_dataset, read_tree
from onelook.data.layouts.label_from import NamePattern
from onelook.data.layouts.layout import Candidate, LayoutOptions, ToldBy
from onelook.data.storage.location import Location

_EXPECTED = (
    "names such as cat.1.jpg, cat_001.jpg or 001-cat.jpg, with two classes or more and several pictures of each; "
    "--label-from PATTERN says where the label is in others"
)
_SAMPLE = 2_000  # names, evenly spread, that show whether labels go across folders


class LabelledNames:
    """The layout `labelled-names`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why names are taken for labelled; None where no pattern fits them all."""
        tree = read_tree(location)
        if not lies_flat(tree):
            crossing = _crossing_labels(tree)
            return None if crossing is None else Candidate(why_found([crossing]), ToldBy.PATTERN_ACROSS_FOLDERS)
        ways = found_ways(tree)
        if not ways:
            return None
        return Candidate(why_found(ways), ToldBy.CONVENTION if ways[0].is_convention else ToldBy.PATTERN)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set; classes are in natural order.

        Raises:
            ConfigError: several patterns fit.
            DataError: none does, or the given one fits too few names.
        """
        tree = read_tree(location)
        if isinstance(options.label_from, NamePattern) and tree.names:
            found = arrange_given(tree, options.label_from, location.root)
            return picture_dataset(location, "labelled-names", tree, found)
        ways = found_ways(tree)
        if not ways and (crossing := _crossing_labels(tree)):
            found = arrange_given(tree, crossing.pattern, location.root)
            return picture_dataset(location, "labelled-names", tree, found)
        if not ways:
            raise does_not_fit(location, tree, _EXPECTED)
        return picture_dataset(location, "labelled-names", tree, arrange_found(tree, ways, location.root))


def _crossing_labels(tree: PictureTree) -> FoundLabels | None:
    """Return labels from names where folders mean something else, such as years: each folder holds every label."""
    tops = {name[len(tree.base) :].partition("/")[0] for name in tree.names}
    if len(tops) < 2 or "" in tree.tops:
        return None
    sample = tree.names[:: max(1, len(tree.names) // _SAMPLE)]
    found = find_labels(sample)
    if len(found) != 1:
        return None
    folders_of: dict[str, set[str]] = defaultdict(set)
    for name, label in zip(sample, found[0].labels, strict=True):
        folders_of[label].add(name[len(tree.base) :].partition("/")[0])
    return found[0] if all(len(folders) == len(tops) for folders in folders_of.values()) else None
