"""The layout `picture-folder`: pictures without labels, in a folder at any depth, or a single picture file."""

from __future__ import annotations

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.boxes import notes_on_boxes
from onelook.data.layouts.folders.tree import (
    Arrangement,
    FoundPart,
    PictureTree,
    does_not_fit,
    picture_dataset,
    read_tree,
    read_whole_tree,
)
from onelook.data.layouts.layout import Candidate, LayoutOptions, ToldBy
from onelook.data.storage.location import Location
from onelook.wording import counted


class PictureFolder:
    """The layout `picture-folder`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Offer the pictures without labels, which yields to any layout that finds some; None without pictures."""
        tree = read_tree(location)
        return Candidate(_why_unlabelled(location, tree), ToldBy.NOTHING) if tree.names else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set: one part, `all`, without labels, in natural order.

        Raises:
            DataError: there are no pictures.
        """
        tree = read_tree(location) if options.needs_labels else read_whole_tree(location)
        if not tree.names:
            raise does_not_fit(location, tree, "picture files")
        # To predict on pictures that lie in class folders is to take them as they come.
        why = _why_unlabelled(location, tree) if options.needs_labels else _why(location, tree)
        notes = notes_on_boxes(location, tree.names) if options.needs_labels else []
        found = Arrangement({"all": FoundPart(tree.names, None)}, why, notes)
        return picture_dataset(location, "picture-folder", tree, found)


def _why_unlabelled(location: Location, tree: PictureTree) -> str:
    return f"{_why(location, tree)}, with labels neither in folders nor in names"


def _why(location: Location, tree: PictureTree) -> str:
    # Someone who has pictures of one class so far should read why their folder is not taken for it.
    inside = "/".join(filter(None, (location.wrapping, tree.base.rstrip("/"))))
    place = f", all in one folder '{inside}'" if inside else ""
    return f"it holds {counted(len(tree.names), 'picture')}{place}"
