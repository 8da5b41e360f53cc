"""Open what is at a URL: a folder of pictures is read where it is, a file or a folder of tables is fetched first."""

from __future__ import annotations

from pathlib import Path

from onelook.data.dataset import Dataset
from onelook.data.natural_order import natural_sorted
from onelook.data.part import Part
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.pictures.from_files import FilePictures
from onelook.data.remote.folder import RemoteFolder, fetch_file, is_file
from onelook.data.storage.location import is_hidden, suffix_of
from onelook.errors import DataError
from onelook.wording import counted
from onelook.wording.text import printable


def open_remote(url: str, *, needs_labels: bool) -> Dataset | Path:
    """Return the pictures of a folder at an address as a data set, or the path of what was fetched from there.

    Pictures are known by their suffix; other files beside them are not read. They stay where they are until they are
    predicted.

    Args:
        url: the address.
        needs_labels: whether the pictures need labels, which those of such a folder have not.

    Raises:
        ConfigError: a package for the address is not installed.
        DataError: nothing is there, or it cannot be reached; or labels are needed.
    """
    if is_file(url):
        return fetch_file(url)
    folder = RemoteFolder(url)
    if not folder.names:
        raise DataError(f"{url}: no such file, folder or bucket, or nothing is in it. Check the address.")
    names = [name for name in folder.names if not is_hidden(name)]
    pictures = natural_sorted(name for name in names if suffix_of(name) in PICTURE_SUFFIXES)
    if not pictures:
        return folder.fetch_all()
    if needs_labels:
        raise DataError(
            f"{url}: {counted(len(pictures), 'picture')} in a folder elsewhere can be predicted, but have no labels "
            "here. To train or to score, copy the folder to this machine, or give the address of one archive."
        )
    return Dataset(
        name=url.rstrip("/").rpartition("/")[2],
        layout="picture-folder",
        why=f"it holds {counted(len(pictures), 'picture')}",
        class_names=(),
        parts={"all": Part("all", tuple(map(printable, pictures)), None, FilePictures(folder, pictures))},
        fingerprint=folder.fingerprint(pictures),
    )
