"""The registry of layouts, with their capabilities. A new layout is one new file and one entry here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onelook.registry import Registry


@dataclass(frozen=True)
class LayoutEntry:
    """A registered layout: the place of its code, what its data looks like, and its capabilities.

    Attributes:
        target: "module:object"; empty for Python objects, which have no path.
        endings: the ends of file names (not of pictures) in data of this layout: a suffix in lower case (`.csv` for
            `a.csv.gz`), or the end of a name without suffix. If no name has such an end, the layout is not asked and
            its code is not imported. Without endings it is always asked.
        needs_pictures: the layout is asked only if there are picture files.
        reads_named_pixels: False if the layout does not read a single text file that names hundreds of pixels.
        has_picture_files: pictures are encoded and may have any size.
        counts_other_files: the layout says itself how many files it left out, by kind.
        reads_label_column: `--label-column` names the column that holds the label.
        reads_label_from: `--label-from` gives the place of the label in a path.
    """

    target: str
    description: str
    endings: tuple[str, ...] = ()
    needs_pictures: bool = False
    reads_named_pixels: bool = True
    has_picture_files: bool = False
    counts_other_files: bool = False
    reads_label_column: bool = False
    reads_label_from: bool = False


_TEXT = (".csv", ".tsv", ".txt")

# The most common first: errors show them in this order. Each target is a class that is built without arguments and
# implements `onelook.data.layouts.layout.Layout`.
_ENTRIES: Mapping[str, LayoutEntry] = {
    "class-folders": LayoutEntry(
        "onelook.data.layouts.folders.class_folders:ClassFolders",
        "a folder a class, with or without train/, val/, test/ above",
        needs_pictures=True,
        has_picture_files=True,
        counts_other_files=True,
        reads_label_from=True,
    ),
    "labelled-names": LayoutEntry(
        "onelook.data.layouts.folders.labelled_names:LabelledNames",
        "pictures whose file names hold the label, as cat.1.jpg, cat_001.jpg",
        needs_pictures=True,
        has_picture_files=True,
        counts_other_files=True,
        reads_label_from=True,
    ),
    "manifest": LayoutEntry(
        "onelook.data.layouts.manifests.manifest:Manifest",
        "a CSV, TSV, spreadsheet, JSON, Parquet or Matlab file that lists pictures and their labels",
        endings=(
            *(".csv", ".tsv", ".tab", ".txt", ".lst", ".list", ".dat"),
            *(
                ".json",
                ".geojson",
                ".labels",
                ".jsonl",
                ".ndjson",
                ".manifest",
                ".parquet",
                ".mat",
                ".xml",
                ".xlsx",
                ".xlsm",
                ".ods",
                ".xls",
            ),
        ),
        reads_named_pixels=False,
        has_picture_files=True,
        reads_label_column=True,
    ),
    "label-files": LayoutEntry(
        "onelook.data.layouts.folders.files_beside.label_files:LabelFiles",
        "a .cls file with the label beside each picture, as in WebDataset's tar files, or a text with it, or JSON with "
        "a flag, tag or label",
        endings=(".cls", ".json", ".txt"),
        has_picture_files=True,
        counts_other_files=True,
        reads_label_column=True,
    ),
    "picture-folder": LayoutEntry(
        "onelook.data.layouts.folders.picture_folder:PictureFolder",
        "a folder of pictures without labels",
        needs_pictures=True,
        has_picture_files=True,
        counts_other_files=True,
    ),
    "hf-parquet": LayoutEntry(
        "onelook.data.layouts.hugging_face.parquet:HfParquet",
        "Parquet with a column of pictures, as train-00000-of-00001.parquet from Hugging Face",
        endings=(".parquet",),
        has_picture_files=True,
        reads_label_column=True,
    ),
    "hf-arrow": LayoutEntry(
        "onelook.data.layouts.hugging_face.arrow:HfArrow",
        "Arrow with a column of pictures, as Hugging Face's save_to_disk writes it",
        endings=(".arrow",),
        has_picture_files=True,
        reads_label_column=True,
    ),
    "pixel-csv": LayoutEntry(
        "onelook.data.layouts.pixels.pixel_csv:PixelCsv",
        "a CSV file with a header and a column a pixel, gzipped or not",
        endings=_TEXT,
        reads_label_column=True,
    ),
    "pixel-rows": LayoutEntry(
        "onelook.data.layouts.pixels.pixel_rows:PixelRows",
        "rows of numbers without a header: pixels, with the label first, last or in a file of its own",
        endings=(*_TEXT, ".data", ".dat", ".tra", ".tes", ".train", ".test", ".amat"),
        reads_named_pixels=False,
        reads_label_column=True,
    ),
    "pixel-cells": LayoutEntry(
        "onelook.data.layouts.pixels.pixel_cells:PixelCells",
        "a CSV file with all pixels of a picture in one cell, as FER-2013",
        endings=_TEXT,
        reads_named_pixels=False,
        reads_label_column=True,
    ),
    "pixel-parquet": LayoutEntry(
        "onelook.data.layouts.pixels.pixel_parquet:PixelParquet",
        "the same table as Parquet, as pandas writes it",
        endings=(".parquet",),
        reads_label_column=True,
    ),
    "four-csv": LayoutEntry(
        "onelook.data.layouts.pixels.four_csv:FourCsv",
        "train_images.csv, train_labels.csv, test_images.csv, test_labels.csv without headers",
        endings=(".csv",),
        reads_named_pixels=False,
    ),
    "idx": LayoutEntry(
        "onelook.data.layouts.arrays.idx:Idx", "IDX files as MNIST's, gzipped or not", endings=("-ubyte", "-int")
    ),
    "cifar-python": LayoutEntry(
        "onelook.data.layouts.arrays.cifar_python:CifarPython",
        "CIFAR-10's or CIFAR-100's batches for Python, data_batch_1 or train and fellows",
        endings=("meta",),
        reads_label_column=True,
    ),
    "cifar-binary": LayoutEntry(
        "onelook.data.layouts.arrays.cifar_binary:CifarBinary",
        "CIFAR-10's data_batch_1.bin or CIFAR-100's train.bin, and fellows",
        endings=(".bin",),
    ),
    "stl-binary": LayoutEntry(
        "onelook.data.layouts.arrays.stl_binary:StlBinary",
        "STL-10's train_X.bin, train_y.bin and fellows",
        endings=(".bin",),
    ),
    "npz": LayoutEntry(
        "onelook.data.layouts.arrays.npz:Npz",
        "NumPy arrays x_train, y_train, … in an .npz or as .npy files",
        endings=(".npz", ".npy"),
        reads_label_column=True,
    ),
    "hdf5": LayoutEntry(
        "onelook.data.layouts.arrays.hdf5:Hdf5",
        "HDF5 of pictures and labels, as train_set_x and train_set_y, images and labels",
        endings=(".h5", ".hdf5", ".hdf"),
        reads_label_column=True,
    ),
    "json-arrays": LayoutEntry(
        "onelook.data.layouts.arrays.json_arrays:JsonArrays",
        "a JSON file with the numbers of pictures and their labels",
        endings=(".json",),
        reads_label_column=True,
    ),
    "class-arrays": LayoutEntry(
        "onelook.data.layouts.arrays.class_arrays:ClassArrays",
        "an .npy file a class, called by its name",
        endings=(".npy",),
    ),
    "tfrecord": LayoutEntry(
        "onelook.data.layouts.arrays.tfrecord:TfRecord",
        "TensorFlow's records of encoded pictures, as train.tfrecord or mnist-train.tfrecord-00000-of-00001",
        endings=(".tfrecord", ".tfrecords", ".tfrec"),
        has_picture_files=True,
        reads_label_column=True,
    ),
    "mat": LayoutEntry(
        "onelook.data.layouts.arrays.matlab.mat:Mat",
        "Matlab's .mat files of pictures and labels, as train_32x32.mat of SVHN",
        endings=(".mat",),
        reads_label_column=True,
    ),
    "norb": LayoutEntry(
        "onelook.data.layouts.arrays.matlab.norb:Norb",
        "NORB's matrices, …-training-dat.mat, …-training-cat.mat and fellows",
        endings=(".mat",),
    ),
    "hf-dataset": LayoutEntry(
        "", "a datasets.Dataset of Hugging Face", has_picture_files=True, reads_label_column=True
    ),
    "arrays": LayoutEntry("", "arrays from Python"),
    "built-in": LayoutEntry("", "a data set that comes with a package"),
}

# The layouts with a path, by the names for `--layout`.
LAYOUTS = Registry("layout", {name: (each.target, each.description) for name, each in _ENTRIES.items() if each.target})


def layout_entry(name: str) -> LayoutEntry:
    """Return the entry of the layout of an opened data set."""
    return _ENTRIES[name]
