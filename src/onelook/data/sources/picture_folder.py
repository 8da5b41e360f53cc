"""Pictures without labels: a folder of them, at any depth, or a single picture file."""

from __future__ import annotations

from onelook.data.dataset import Dataset
from onelook.data.sources.class_folders import ClassFolders
from onelook.data.sources.labelled_names import LabelledNames
from onelook.data.sources.manifest import Manifest
from onelook.data.sources.picture_tree import (
    Arrangement,
    FoundPart,
    PictureTree,
    counted,
    does_not_fit,
    picture_dataset,
    read_tree,
)
from onelook.data.sources.source import Location, SourceOptions


class PictureFolder:
    """The layout `picture-folder`."""

    def recognise(self, location: Location) -> str | None:
        """Why pictures are taken for unlabelled: there are some, and no folder, name or table gives classes."""
        tree = read_tree(location)
        if not tree.names or any(
            layout.recognise(location) for layout in (ClassFolders(), LabelledNames(), Manifest())
        ):
            return None
        return f"{_why(location, tree)}, with labels neither in folders nor in names"

    def open(self, location: Location, options: SourceOptions) -> Dataset:
        """The data set: one part, `all`, without labels, in natural order.

        Raises:
            DataError: there are no pictures.
        """
        tree = read_tree(location)
        if not tree.names:
            raise does_not_fit(location, tree, "picture files")
        # To predict on pictures that lie in class folders is to take them as they come.
        why = _why(location, tree) if not options.needs_labels else self.recognise(location) or _why(location, tree)
        return picture_dataset(location, "picture-folder", tree, Arrangement({"all": FoundPart(tree.names, None)}, why))


def _why(location: Location, tree: PictureTree) -> str:
    # Someone who has pictures of one class so far should read why their folder is not taken for it.
    inside = "/".join(filter(None, (location.wrapping, tree.base.rstrip("/"))))
    place = f", all in one folder '{inside}'" if inside else ""
    return f"it holds {counted(len(tree.names), 'picture')}{place}"
