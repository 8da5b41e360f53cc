"""Write the error for data that fits no layout: what was found, and what was expected."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from onelook.data.column_names import split_header
from onelook.data.layouts.arrays.npy_files import array_shape, stored_arrays
from onelook.data.layouts.manifests.readers.table import TABLE_SUFFIXES, read_manifest_table
from onelook.data.layouts.packed import why_packed
from onelook.data.layouts.registry import LAYOUTS
from onelook.data.layouts.tables.files import table_suffix
from onelook.data.layouts.tables.hdf5_files import HDF5_SUFFIXES, list_hdf5
from onelook.data.layouts.tables.matlab.mat_files import MAT_SUFFIX, list_mat
from onelook.data.layouts.tables.text import read_first_line
from onelook.data.layouts.tables.workbook import can_read, hint_on_spreadsheets, read_workbook
from onelook.data.natural_order import natural_sorted
from onelook.data.storage.location import Location, hidden_in_words, suffix_of
from onelook.errors import DataError
from onelook.wording import counted, listed, named, wrapped

_WORKBOOKS = frozenset({".xls", ".xlsx", ".xlsm", ".ods", ".numbers"})
_NO_NAMES_IN_SHEETS = " No sheet has a column with the names of pictures that are here."
_TABLES = frozenset({".csv", ".tsv", ".txt", ".parquet"})
_TEXT_TABLES = frozenset({".csv", ".tsv"})
_LOOKED_AT_ROWS = 200
_SHARD = re.compile(r"-\d+-of-\d+$")
_SPARSE_ROW = re.compile(r"[-+]?[\d.]+(?:e[-+]?\d+)?(?:\s+\d+:[-+]?[\d.]+(?:e[-+]?\d+)?){5,}\s*", re.IGNORECASE)
_FEWEST_PIXELS = 49  # of a picture in a row of numbers, 7×7
_SEPARATORS = re.compile(r"[,;\s]+")
_HDF5 = b"\x89HDF\r\n\x1a\n"
_READ_IT = "read it in Python, and train on the arrays: onelook.train((X, y))"
# Kinds of data that onelook does not open, by suffix, with advice.
_NAMED = {
    **dict.fromkeys(
        HDF5_SUFFIXES, "HDF5, which is read where its name ends in .h5 and is not packed: rename or unpack it"
    ),
    **dict.fromkeys(
        (".pkl", ".pickle", ".p", ".joblib"),
        f"Python's pickle, which runs what a file says. If you trust it, {_READ_IT}",
    ),
    **dict.fromkeys((".pt", ".pth"), f"tensors saved with pickle by PyTorch. If you trust it, {_READ_IT}"),
    **dict.fromkeys(
        (".tfrecord", ".tfrecords", ".tfrec"),
        f"TFRecord, whose records hold no encoded picture (JPEG, PNG): {_READ_IT}; or write each picture into a file "
        "of its own (tf.data.TFRecordDataset of TensorFlow reads them), in a folder for its class",
    ),
    **dict.fromkeys((".lmdb", ".mdb"), f"LMDB, which onelook does not open: {_READ_IT}"),
    ".arff": "Weka's ARFF, which onelook does not open: save the table as CSV, without the lines that begin with @",
    ".arrow": "Arrow, of which onelook reads encoded pictures, as Hugging Face's datasets saves them: save the numbers "
    "as arrays (.npz)",
    ".rec": f"RecordIO, which onelook does not open: {_READ_IT}",
    **dict.fromkeys(
        (".fits", ".fit", ".fts"),
        f"FITS, which onelook does not open: install astropy, {_READ_IT}, or save them as TIFF",
    ),
    **dict.fromkeys(
        (".nef", ".cr2", ".cr3", ".arw", ".dng", ".orf", ".rw2", ".raf", ".pef"),
        "a camera's raw files, which onelook does not open: develop them into JPEG or TIFF, and keep their folders",
    ),
    **dict.fromkeys(
        (".avi", ".mp4", ".mov", ".mkv", ".mpg", ".mpeg", ".webm", ".wmv"),
        "videos, which onelook does not open: save the frames that show the class as pictures, as ffmpeg does, in a "
        "folder for each class, with the video in their names (v1_frame1.png)",
    ),
    ".svg": "drawings of lines and shapes (SVG), which onelook does not open: save them as PNG",
    **dict.fromkeys(
        (".nii", ".nrrd", ".mha", ".mhd"),
        "volumes of many slices, which onelook does not open: save the slices that show the class as PNG",
    ),
}
_EXPECTED = (
    "Expected pictures in a folder for each class (cat/1.jpg), a table that lists pictures with their labels, or a "
    "file of pixels or arrays."
)
_FEWEST_ARRAYS = 2
_LOOKED_AT_ARRAYS = 5
_LOOKED_AT_FILES = 20
_WITH_TEXTS = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"})
_START_BYTES = 16_384
_BASE64 = re.compile(rb"[\"',;\t](?:data:image/\w+;base64,|/9j/|iVBORw0KGgo|R0lGOD|UklGR)")
_ADDRESS = re.compile(rb"https?://[^\s\"',;]+\.(?:jpe?g|png|gif|webp|bmp|tiff?)\b", re.IGNORECASE)
_FEWEST_VALUES = 5
_MOST_WORDS = 4  # in a row of pixels, such as its label and a name
_SHOWN = 20  # characters of a row
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", re.IGNORECASE)


def nothing_fits(location: Location) -> DataError:
    """Return the error: what was found, and what was expected.

    Raises:
        DataError: one of the files is a damaged table or NPZ; this error explains more.
    """
    entries = location.entries()
    if packed := why_packed(location):
        return DataError(f"{location.root}: {_contents(location)}: {packed}")
    if location.suffix in (".npy", ".npz"):
        return DataError(
            f"{location.root}: a file of NumPy arrays, whose meaning its names do not tell. "
            "Load it in Python and train on the arrays: onelook.train((X, y)). Where it holds pictures to predict, and "
            "is called so (X.npy), --layout npz takes it."
        )
    _refuse_damaged_files(location)
    found = f"{location.root}: {_contents(location)}"
    if not entries:
        return DataError(f"{found}. {_EXPECTED}")
    if (
        hint := _on_hdf5(location)
        or _hint(location)
        or _on_matlab(location)
        or _on_arrays(location)
        or _on_rows(location)
    ):
        return DataError(f"{found}{hint}")
    return DataError(f"{found}, which fits no layout. What onelook opens:\n{_layout_table()}")


def _refuse_damaged_files(location: Location) -> None:
    """Refuse a damaged table, NPZ or HDF5 among the files, because the user wanted to open it.

    Raises:
        DataError: there is one; the error gives the reason.
    """
    for entry in location.entries():
        if "/" not in entry and table_suffix(entry) in TABLE_SUFFIXES:
            read_manifest_table(location, entry, _LOOKED_AT_ROWS)
        elif "/" not in entry and (table_suffix(entry) == ".npz" or suffix_of(entry) in HDF5_SUFFIXES):
            stored_arrays(location, entry)


def _layout_table() -> str:
    """Return a line for each layout, with what its data looks like, in 80 columns."""
    width = max(map(len, LAYOUTS))
    lines = [
        wrapped(LAYOUTS.describe(name), 80, first_indent=f"  {name:{width}}  ", indent=" " * (width + 4))
        for name in LAYOUTS
    ]
    return "\n".join(line for of_layout in lines for line in of_layout)


def _why_no_table(location: Location) -> str:
    """Return why no workbook lists pictures: the first that cannot be read, or that none has their names."""
    for entry in location.entries():
        if can_read(suffix_of(entry)):
            try:
                read_workbook(location, entry, most_rows=_LOOKED_AT_ROWS)
            except DataError as problem:
                return f" {problem}"
    return _NO_NAMES_IN_SHEETS


def _hint(location: Location) -> str:
    """Return advice on the data, if there is any for its files; empty if there is none."""
    entries = location.entries()
    # `beans-train.tfrecord-00000-of-00001`: the number of the shard follows the suffix.
    suffixes = {_SHARD.sub("", PurePosixPath(entry.removesuffix(".gz")).suffix.lower()) for entry in entries}
    if any(_SHARD.search(entry) and not PurePosixPath(entry).suffix for entry in entries):
        suffixes.add(".tfrecord")  # `train-00000-of-01024`
    if known := [_NAMED[suffix] for suffix in sorted(suffixes) if suffix in _NAMED] or _named_by_content(location):
        return f": {known[0]}." if location.is_file else f". Some are {known[0]}."
    if within := _pictures_in_text(location):
        return within
    if suffixes & _WORKBOOKS:
        return f", which fits no layout.{hint_on_spreadsheets([*suffixes & _WORKBOOKS]) or _why_no_table(location)}"
    if location.is_file and suffixes & _TABLES:
        return ", which fits no layout: it has neither a column a pixel nor a column with the paths of pictures."
    if suffixes <= _TEXT_TABLES:
        columns = split_header(read_first_line(location, entries[0]) or "")[0]
        return (
            f". '{entries[0]}' has the columns {named(columns)}: neither one a pixel, nor one with the names of "
            "pictures that are here."
        )
    return ""


def _on_hdf5(location: Location) -> str:
    """Return which arrays HDF5 holds that are not pictures and labels by name; empty if there are no such files.

    Raises:
        DataError: the file is damaged, or uses a part of HDF5 that is not read.
    """
    files = [entry for entry in location.entries() if suffix_of(entry) in HDF5_SUFFIXES]
    if not files:
        return ""
    held = [
        f"{name} ({'×'.join(map(str, shape)) or 'one value'})" for name, shape in list_hdf5(location, files[0]).items()
    ]
    return (
        f". '{files[0]}' holds the arrays {listed(held) or 'of no name'}. onelook reads pictures and labels by names "
        "such as x_train and y_train, images and labels, train/data and train/target, in HDF5 files that lie together "
        f"in one folder, or in one file. For others, {_READ_IT}."
    )


def _on_matlab(location: Location) -> str:
    """Return what Matlab's files in a folder and its folders hold, by one where most are; empty if there are none.

    Raises:
        DataError: that file is damaged; the error says what to do.
    """
    files = [entry for entry in location.entries() if suffix_of(entry) == MAT_SUFFIX]
    if not files or location.is_file:
        return ""
    folders = Counter(entry.rpartition("/")[0] for entry in files)
    ((folder, _),) = folders.most_common(1)
    entry = next(each for each in files if each.rpartition("/")[0] == folder)
    held = listed(f"{name} ({variable})" for name, variable in list_mat(location, entry).items())
    return (
        f". '{entry}' holds the variables {held or 'of no name'}. onelook reads pictures and labels from the variables "
        "of Matlab's files that lie together in one folder, or in one file: give its path; or, where each file holds "
        f"one picture, save them as PNG in a folder for each class, or {_READ_IT}."
    )


def _pictures_in_text(location: Location) -> str:
    """Return how a table or JSON holds the pictures themselves as text, or their addresses; empty if it does not."""
    for entry in location.entries()[:_LOOKED_AT_FILES]:
        if suffix_of(entry) not in _WITH_TEXTS:
            continue
        with location.open(entry) as file:
            start = file.read(_START_BYTES)
        if _BASE64.search(start):
            return (
                f". '{entry}' holds pictures as text (base64), which onelook does not read: decode each into a file of "
                "its own (base64.b64decode in Python), and list their names beside the labels."
            )
        if _ADDRESS.search(start):
            return (
                f". '{entry}' holds addresses of pictures on the web, and onelook does not download them: fetch them "
                "into a folder beside it, under the last part of each address."
            )
    return ""


def _on_rows(location: Location) -> str:
    """Return what a text of rows of values holds, by its first line; empty if none of the files is one."""
    for entry in location.entries()[:_LOOKED_AT_FILES]:
        line = read_first_line(location, entry)
        if not line or not line.replace("\t", " ").rstrip("\r\n").isprintable():
            continue
        if _SPARSE_ROW.fullmatch(line):
            return (
                f". '{entry}' has a row of numbers in the form of LIBSVM for each picture, which onelook does not open"
                ": read it with sklearn.datasets.load_svmlight_file, make the rows dense, and train on the arrays: "
                "onelook.train((X, y))."
            )
        cells = [cell for cell in _SEPARATORS.split(line.strip()) if cell]
        numbers = sum(_NUMBER.fullmatch(cell) is not None for cell in cells)
        if _FEWEST_VALUES <= numbers < _FEWEST_PIXELS and numbers >= len(cells) - 1:
            return (
                f". '{entry}' has rows of {counted(len(cells), 'value')}: too few for the pixels of a picture, of "
                f"which onelook reads {_FEWEST_PIXELS} (7×7) or more. If they are measurements, take a tool for tables."
            )
        words = len(cells) - numbers
        if numbers >= _FEWEST_PIXELS and 0 < words <= _MOST_WORDS:
            return (
                f". '{entry}' has rows of {counted(numbers, 'number')} and {counted(words, 'word')}, such as "
                f"'{' '.join(cells)[:_SHOWN]}…'. onelook reads rows of the pixels of square pictures, with or without "
                f"a label at one end; for others, {_READ_IT}."
            )
        if numbers >= _FEWEST_PIXELS and numbers == len(cells):
            return (
                f". '{entry}' has rows of {counted(len(cells), 'number')}. onelook reads rows of square pictures, grey "
                "or in colour, with or without a label, from files such as .csv, .txt and .data; for others, "
                f"{_READ_IT}."
            )
    return ""


def _on_arrays(location: Location) -> str:
    """Return what NPY files in a folder hold, by the headers of some; empty for other data.

    A file for each volume (MRNet's exams) or for each picture belongs to no layout.
    """
    arrays = [entry for entry in location.entries() if entry.lower().endswith((".npy", ".npz"))]
    if sets := _sets_of_arrays(location, arrays):
        folders = counted(len(sets), "folder")
        return f". The arrays in each of {folders} are a data set: give the path of one, as {sets[0]}."
    arrays = [entry for entry in arrays if entry.lower().endswith(".npy")]
    if len(arrays) < _FEWEST_ARRAYS:
        return ""
    shapes = [array_shape(location, stored_arrays(location, entry)[0]) for entry in arrays[:_LOOKED_AT_ARRAYS]]
    first = f"'{arrays[0]}' of {'×'.join(map(str, shapes[0]))} numbers"
    if all(len(shape) == 2 or (len(shape) == 3 and shape[-1] in (1, 3, 4)) for shape in shapes):
        return (
            f". Each NPY file seems to hold one picture, such as {first}. Save each as PNG, in a folder for its class."
        )
    if all(len(shape) in (3, 4) for shape in shapes):
        return (
            f". Each NPY file seems to hold a volume, or several pictures, such as {first}. onelook reads no volumes: "
            "save the slices that show the class as PNG, in a folder for each class; or stack what is to be learnt, "
            "and train on the arrays: onelook.train((X, y))."
        )
    return ""


def _sets_of_arrays(location: Location, arrays: Sequence[str]) -> list[str]:
    """Return the folders that are data sets of arrays, as MNIST-C's for each corruption; empty for an archive."""
    paths = [path.parent for entry in arrays if "/" in entry and (path := location.path(entry)) is not None]
    folders = {path.as_posix(): path for path in paths}
    if len(folders) < _FEWEST_ARRAYS or location.is_file:
        return []
    from onelook.data.layouts.arrays.npz import Npz

    looked_at = list(folders.values())[:_LOOKED_AT_ARRAYS]
    are_sets = all(Npz().recognise(Location(path)) is not None for path in looked_at)
    return natural_sorted(folders) if are_sets else []


def _named_by_content(location: Location) -> list[str]:
    """Return what a single file is, if its first bytes are those of HDF5."""
    if not location.is_file:
        return []
    with location.open(location.entries()[0]) as file:
        return [_NAMED[".h5"]] if file.read(len(_HDF5)) == _HDF5 else []


def _contents(location: Location) -> str:
    """Return what the location contains, in a few words."""
    entries = location.entries()
    if location.is_file:
        line = read_first_line(location, entries[0])
        start = f" that starts with '{line[:40]}'" if line and line.isprintable() else ""
        return f"a file with the suffix '{location.suffix}'{start}"
    kind = {"": "folder", ".zip": "zip"}.get(location.suffix, "tar")
    if not entries:
        hidden = (
            f" (hidden and system entries do not count: {hidden_in_words(location.ignored)})"
            if location.ignored
            else ""
        )
        return f"an empty {kind}{hidden}"
    suffixes = Counter(PurePosixPath(entry).suffix.lower() or "without suffix" for entry in entries)
    kinds = listed((f"{count:,} {suffix}" for suffix, count in suffixes.most_common()), most=5, last="")
    return f"a {kind} of {counted(len(entries), 'file')} ({kinds})"
