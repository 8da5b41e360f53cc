"""The layouts that a data set can come in. A new one is one new file here and one line below."""

from __future__ import annotations

from onelook.registry import Registry

# The commonest first: errors show them in this order. Each target is a class that is built without arguments and obeys
# `onelook.data.sources.source.Layout`.
LAYOUTS = Registry(
    "layout",
    {
        "class-folders": (
            "onelook.data.sources.class_folders:ClassFolders",
            "a folder a class, with or without train/, val/, test/ above",
        ),
        "labelled-names": (
            "onelook.data.sources.labelled_names:LabelledNames",
            "pictures whose file names hold the label, as cat.1.jpg, cat_001.jpg",
        ),
        "manifest": (
            "onelook.data.sources.manifest:Manifest",
            "a CSV, TSV or Parquet file that lists pictures and their labels",
        ),
        "picture-folder": ("onelook.data.sources.picture_folder:PictureFolder", "a folder of pictures without labels"),
        "hf-parquet": (
            "onelook.data.sources.hf_parquet:HfParquet",
            "Parquet with a column of pictures, as train-00000-of-00001.parquet from Hugging Face",
        ),
        "pixel-csv": (
            "onelook.data.sources.pixel_csv:PixelCsv",
            "a CSV file with a header and a column a pixel, gzipped or not",
        ),
        "pixel-parquet": (
            "onelook.data.sources.pixel_parquet:PixelParquet",
            "the same table as Parquet, as pandas writes it",
        ),
        "four-csv": (
            "onelook.data.sources.four_csv:FourCsv",
            "train_images.csv, train_labels.csv, test_images.csv, test_labels.csv without headers",
        ),
        "idx": ("onelook.data.sources.idx:Idx", "IDX files as MNIST's, gzipped or not"),
        "cifar-python": (
            "onelook.data.sources.cifar_python:CifarPython",
            "CIFAR-10's or CIFAR-100's batches for Python, data_batch_1 or train and fellows",
        ),
        "cifar-binary": ("onelook.data.sources.cifar_binary:CifarBinary", "CIFAR-10's data_batch_1.bin and fellows"),
        "npz": ("onelook.data.sources.npz:Npz", "NumPy arrays x_train, y_train, … in an .npz or as .npy files"),
    },
)

# The layouts whose pictures are files of their own, which may have any size.
PICTURE_FILES = frozenset({"hf-dataset", "hf-parquet", "manifest", "class-folders", "labelled-names", "picture-folder"})
# The layouts that read `--label-column`.
WITH_LABEL_COLUMN = frozenset({"cifar-python", "hf-dataset", "hf-parquet", "manifest", "pixel-csv", "pixel-parquet"})
# The layouts that `--label-from` asks for: its patterns the one, `folder:N` the other.
WITH_LABEL_FROM = frozenset({"class-folders", "labelled-names"})
