"""Pictures whose file names start with the label: `cat.1.jpg`, `dog.2.jpg`."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.dataset import Dataset
from onelook.data.sources.class_folders import ClassFolders
from onelook.data.sources.picture_tree import (
    Arrangement,
    FoundPart,
    PictureTree,
    counted,
    does_not_fit,
    part_folders,
    picture_dataset,
    read_tree,
)
from onelook.data.sources.source import Location, SourceOptions

_EXPECTED = "files named <class>.<anything>.<suffix>, with two classes or more and several pictures of each"

# More first words than this are no classes but names of pictures.
_MOST_CLASSES = 1_000


class LabelledNames:
    """The layout `labelled-names`."""

    def recognise(self, location: Location) -> str | None:
        """Why names are taken for labelled; None where not all of them start with one of a few labels."""
        if ClassFolders().recognise(location) is not None:
            return None
        found = _arrange(read_tree(location))
        return None if found is None else found.why

    def open(self, location: Location, options: SourceOptions) -> Dataset:
        """The data set; labels are what stands before the first dot, classes in natural order.

        Raises:
            DataError: the names do not start with labels.
        """
        tree = read_tree(location)
        found = _arrange(tree)
        if found is None:
            raise does_not_fit(location, tree, _EXPECTED)
        return picture_dataset(location, "labelled-names", tree, found)


def _arrange(tree: PictureTree) -> Arrangement | None:
    """All pictures in one folder, or in `train/` with others beside; None where they do not start with labels."""
    tops = tree.tops
    folders = part_folders(tree)
    if list(tops) == [""]:
        folders = {"all": [""]}
    elif "train" not in folders or sum(map(len, folders.values())) < len(tops):
        return None
    parts: dict[str, FoundPart] = {}
    notes: list[str] = []
    for part, names_of_part in folders.items():
        if len(names_of_part) > 1:
            return None
        names = tops[names_of_part[0]]
        known = {label for found in parts.values() for label in found.classes or ()}
        labels = _labels(names, known)
        if labels is None and part != "test":
            return None
        if labels is None:
            notes.append(f"The names of the pictures in {names_of_part[0]}/ start with no label: they are unlabelled.")
        parts[part] = FoundPart(names, labels)
    labelled = [part for part in parts.values() if part.classes is not None]
    classes = {label for part in labelled for label in part.classes or ()}
    count = sum(len(part.names) for part in labelled)
    example = labelled[0].names[0].rpartition("/")[2]
    why = (
        f"all {counted(count, 'file name')} start with one of {len(classes)} labels before the first dot, "
        f"as in '{example}'"
    )
    return Arrangement(parts, why, notes)


def _labels(names: Sequence[str], known: set[str]) -> list[str] | None:
    """What stands before the first dot of each name.

    None where that is missing, or is neither a sensible set of classes nor made of those that are known.
    """
    files = [name.rpartition("/")[2] for name in names]
    # <label>.<something>.<suffix>: with one dot only, the first word is the picture's own name.
    if any(file.count(".") < 2 for file in files):
        return None
    labels = [file.partition(".")[0] for file in files]
    classes = set(labels)
    is_sensible = 2 <= len(classes) <= min(_MOST_CLASSES, len(files) // 2)
    return labels if is_sensible or classes <= known else None
