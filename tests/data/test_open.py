"""The front door: which layout, what is refused, second data sets, class names, and how it prints."""

from __future__ import annotations

import io
import pickle
import tarfile
import warnings
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from PIL import Image
from scipy.io import savemat

from onelook.data import open as front_door
from onelook.data.layouts.layout import Candidate, LabelSource
from onelook.data.layouts.registry import LAYOUTS
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

X = np.zeros((4, 4, 4), np.uint8)
Y = ["cat", "dog", "cat", "dog"]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


def png(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (4, 4), level).save(file, "PNG")
    return file.getvalue()


def table(path: Path, labels: str, header: str = "label,p0,p1,p2,p3") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *(f"{label},1,2,3,4" for label in labels.split())]) + "\n")
    return path


def labels_of(dataset: front_door.Dataset, part: str) -> list[str]:
    labels = dataset.parts[part].labels
    assert labels is not None
    return [dataset.class_names[label] for label in labels]


# --- what is there


def test_a_missing_path_offers_the_nearest_name(tmp_path: Path) -> None:
    table(tmp_path / "data" / "train.csv", "0 1")
    with pytest.raises(DataError) as caught:
        open_dataset(str(tmp_path / "data" / "trian.csv"))
    assert str(caught.value) == (
        f"no file or folder '{tmp_path}/data/trian.csv'. Did you mean '{tmp_path}/data/train.csv'?"
    )
    assert caught.value.exit_code == 3


def test_the_first_folder_that_is_missing_is_the_one_that_is_named(tmp_path: Path) -> None:
    table(tmp_path / "data" / "train.csv", "0 1")
    with pytest.raises(DataError, match=rf"no file or folder '{tmp_path}/dta'\. Did you mean '{tmp_path}/data'\?"):
        open_dataset(tmp_path / "dta" / "deep" / "train.csv")
    with pytest.raises(DataError, match="nothing has a similar name"):
        open_dataset(tmp_path / "zzzzzz.csv")


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        DataError, match=rf"^{tmp_path}/empty: an empty folder\. Expected pictures in a folder for each class"
    ):
        open_dataset(tmp_path / "empty")
    (tmp_path / "empty" / ".DS_Store").touch()
    with pytest.raises(DataError, match=r"empty folder \(hidden and system entries do not count: \.DS_Store\)"):
        open_dataset(tmp_path / "empty")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(DataError, match=r"empty\.zip: an empty zip\. Expected pictures"):
        open_dataset(tmp_path / "empty.zip")


def test_an_archive_in_an_archive_is_to_be_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as outer:
        outer.writestr("inner.zip", b"")
    with pytest.raises(DataError, match=r"a zip of 1 file \(1 \.zip\): archives in it are not looked into\. Unpack it"):
        open_dataset(tmp_path / "outer.zip")


@pytest.mark.parametrize("name", ["data.zip", "DATA.ZIP", "data.tar", "Data.Tar.Gz", "data.TGZ"])
def test_a_folder_that_holds_an_archive_alone_is_opened_as_that(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "downloaded"
    folder.mkdir()
    files = [(f"{label}/{number}.png", png(10 * number)) for label in ("cat", "dog") for number in range(2)]
    if name.lower().endswith(".zip"):
        with zipfile.ZipFile(folder / name, "w") as archive:
            for each, content in files:
                archive.writestr(each, content)
    else:
        with tarfile.open(folder / name, "w:gz" if name.lower().endswith("gz") else "w") as packed:
            for each, content in files:
                member = tarfile.TarInfo(each)
                member.size = len(content)
                packed.addfile(member, io.BytesIO(content))
    for path in (folder, folder / name):
        dataset = open_dataset(path)
        assert (dataset.layout, dataset.counts) == ("class-folders", {"cat": 2, "dog": 2})


def test_a_numpy_file_says_how_arrays_come_in(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(DataError, match=r"x\.npy: a file of NumPy arrays.*onelook\.train\(\(X, y\)\)"):
        open_dataset(tmp_path / "x.npy")


def test_what_fits_no_layout_is_described_with_all_that_would(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.md"):
        (tmp_path / name).write_text("words")
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path)
    first, *table = str(caught.value).splitlines()
    assert first == f"{tmp_path}: a folder of 3 files (2 .txt, 1 .md), which fits no layout. What onelook opens:"
    assert max(map(len, table)) <= 80
    words = " ".join(" ".join(table).split())
    assert all(f"{name} {LAYOUTS.describe(name)}" in words for name in LAYOUTS)
    with pytest.raises(DataError, match=r"a file with the suffix '\.txt' that starts with 'words', which fits no"):
        open_dataset(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("photos.7z", r"\.7z is not unpacked\. Unpack it, and give the folder"),
        ("table.numbers", r"Spreadsheets \(\.numbers\) are not read: save them as CSV"),
        ("table.ods", r"table\.ods: no workbook that can be read\. If it is damaged, save or fetch it again"),
        ("table.xlsx", r"table\.xlsx: no workbook that can be read\. If it is damaged, save or fetch it again"),
        ("table.csv", r"neither a column a pixel nor a column with the paths of pictures"),
    ],
)
def test_what_is_nearly_right_says_what_to_do(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / name).write_text("name,age\nAnn,3\n")
    with pytest.raises(DataError, match=hint):
        open_dataset(tmp_path / name)


def test_a_workbook_without_names_of_pictures_says_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("name", "age"), ("Ann", 3)):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    with pytest.raises(DataError, match=r"fits no layout\. No sheet has a column with the names of pictures that are"):
        open_dataset(tmp_path / "table.xlsx")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "galaxy.h5",
            "galaxy.h5: cannot be read as HDF5: its first bytes are damaged. If h5py opens it, read it there",
        ),
        ("galaxy.data", "'.data': HDF5, which is read where its name ends in .h5"),  # by its first bytes
        ("galaxy.h5.gz", "'.gz': galaxy.h5.gz is packed with gzip, in which onelook reads texts and IDX files alone"),
        ("x.pickle", "Python's pickle, which runs what a file says. If you trust it, read it in Python"),
        ("x.pt", "tensors saved with pickle by PyTorch"),
        ("x.tfrecord", "no TFRecord file, or damaged in byte 1"),
        ("x.tfrecords", "no TFRecord file, or damaged in byte 1"),
        ("DATA.PKL", "Python's pickle, which runs what a file says"),
        ("TRAIN.H5", "TRAIN.H5: cannot be read as HDF5"),
        ("Train.PTH", "tensors saved with pickle by PyTorch"),
        ("a.joblib.gz", "Python's pickle, which runs what a file says"),
        ("x.nrrd", "volumes of many slices, which onelook does not open"),
        ("DSC0.NEF", "a camera's raw files, which onelook does not open: develop them into JPEG or TIFF"),
        ("beans-train.TFRecord-00000-of-00001", "no TFRecord file, or damaged in byte 1"),
        ("00-192x192-798.tfrec", "no TFRecord file, or damaged in byte 1"),
    ],
)
def test_formats_that_are_not_opened_are_called_by_their_names(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(600))
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path / name)
    assert hint in str(caught.value)


def test_a_reason_comes_without_the_list_of_layouts(tmp_path: Path) -> None:
    for name in ("a/1.fits", "a/2.fits", "b/3.fits"):
        (tmp_path / "sky" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sky" / name).write_bytes(b"SIMPLE  =")
    with pytest.raises(DataError, match=r"a folder of 3 files \(3 \.fits\)\. Some are FITS, which .* as TIFF\.$"):
        open_dataset(tmp_path / "sky")
    (tmp_path / "strokes").mkdir()
    for name in ("ant", "bee"):
        (tmp_path / "strokes" / f"{name}.csv").write_text("word,key_id,drawing\nant,1,2\n")
    with pytest.raises(
        DataError, match=r"'ant\.csv' has the columns 'word', 'key_id' and 'drawing': neither one a pixel"
    ):
        open_dataset(tmp_path / "strokes")


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((5, 8, 8), "a volume, or several pictures, such as 'axial/0000.npy' of 5×8×8 numbers"),
        ((8, 8, 3), "one picture"),
    ],
)
def test_a_numpy_file_a_volume_or_a_picture_is_named(tmp_path: Path, shape: tuple[int, ...], said: str) -> None:
    for at in range(4):
        (tmp_path / ("axial", "coronal")[at % 2]).mkdir(exist_ok=True)
        np.save(tmp_path / ("axial", "coronal")[at % 2] / f"{at:04d}.npy", np.zeros(shape, np.uint8))
    with pytest.raises(DataError, match=f"Each NPY file seems to hold {said}"):
        open_dataset(tmp_path)


def test_damaged_tfrecords_in_folders_of_folders_are_asked_about(tmp_path: Path) -> None:
    for name in ("192x192/train/00.tfrec", "192x192/val/00.tfrec", "224x224/train/00.tfrec"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(600))
    (tmp_path / "sample_submission.csv").write_text("id,label\na1,0\nb2,0\n")
    with pytest.raises(ConfigError, match="TFRecord files of 2 data sets"):
        open_dataset(tmp_path)
    with pytest.raises(DataError, match=r"192x192/train/00\.tfrec: no TFRecord file, or damaged in byte 1"):
        open_dataset(tmp_path / "192x192")


def test_matlabs_files_in_folders_are_read_enough_to_say_what_they_are(tmp_path: Path) -> None:
    for number, part in enumerate(("1-766", "767-1532")):
        (tmp_path / part).mkdir()
        for each in range(2 + number):
            (tmp_path / part / f"{each}.mat").write_bytes(b"MATLAB 7.3 MAT-file" + bytes(600))
    (tmp_path / "readme.txt").write_text("Tumours of the brain.")
    with pytest.raises(
        DataError, match=r"767-1532/0\.mat: cannot be read as Matlab's version 7\.3, which is HDF5 inside: it does"
    ):
        open_dataset(tmp_path)
    for file in tmp_path.glob("*/*.mat"):
        savemat(file, {"image": np.zeros((4, 4), np.int16), "tumour": 1})
    with pytest.raises(DataError, match=r"'767-1532/0\.mat' holds the variables image \(4×4 int16\) and tumour \(1×1"):
        open_dataset(tmp_path)


def test_a_folder_with_a_format_that_is_not_opened_says_so(tmp_path: Path) -> None:
    for name in ("digits.arff", "readme.md"):
        (tmp_path / name).touch()
    with pytest.raises(
        DataError, match=r"a folder of 2 files \(1 \.arff, 1 \.md\)\. Some are Weka's ARFF, which onelook does not"
    ):
        open_dataset(tmp_path)


def test_two_layouts_that_fit_ask_for_a_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path / "train.csv", "0 1")
    monkeypatch.setattr(
        front_door.LAYOUTS.load("pixel-rows"),
        "recognise",
        lambda self, location: Candidate("it looks like one", LabelSource.FORMAT),
    )
    with pytest.raises(
        ConfigError,
        match=r"can be read in 2 ways\. Choose one:\n  --layout pixel-csv\n .*\n  --layout pixel-rows\n +it looks",
    ):
        open_dataset(path)
    assert open_dataset(path, layout="pixel-csv").layout == "pixel-csv"


def test_a_layout_that_is_asked_for_must_exist_and_fit(tmp_path: Path) -> None:
    path = table(tmp_path / "train.csv", "0 1")
    with pytest.raises(ConfigError, match=r"unknown layout 'pixel-cvs'\. Did you mean 'pixel-csv'\?"):
        open_dataset(path, layout="pixel-cvs")
    with pytest.raises(DataError, match="no file called as train-images-idx3-ubyte was found there"):
        open_dataset(path, layout="idx")


def test_a_layout_for_what_is_no_path_is_refused() -> None:
    with pytest.raises(ConfigError, match="--layout idx: digits is no path"):
        open_dataset("digits", layout="idx")


def test_hidden_and_system_entries_are_ignored_and_said(tmp_path: Path) -> None:
    table(tmp_path / "data" / "train.csv", "0 1")
    (tmp_path / "data" / ".DS_Store").touch()
    dataset = open_dataset(tmp_path / "data")
    assert dataset.notes == ("Hidden and system entries ignored: .DS_Store.",)


def test_an_earlier_training_among_the_data_is_ignored_and_said(tmp_path: Path) -> None:
    for number, name in enumerate(("cat/1.png", "dog/2.png", "runs/photos-001/evidence/random-01.png")):
        (tmp_path / name).parent.mkdir(parents=True)
        Image.new("L", (4, 4), number).save(tmp_path / name)
    for name in ("run.json", "ledger.csv"):
        (tmp_path / "runs" / "photos-001" / name).touch()
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.notes == ("Files that earlier trainings wrote were ignored: runs.",)


def test_a_label_column_for_what_is_no_table_is_refused() -> None:
    with pytest.raises(ConfigError, match="--label-column kind: arrays is no table, its layout is arrays"):
        open_dataset((X, Y), label_column="kind")


# --- class names


def test_class_names_name_integer_labels_in_numeric_order(tmp_path: Path) -> None:
    path = table(tmp_path / "train.csv", "10 2 10")
    assert labels_of(open_dataset(path, class_names=("two", "ten")), "all") == ["ten", "two", "ten"]


@pytest.mark.parametrize(
    ("data", "names", "message"),
    [
        ((X, [0, 1, 2, 2]), ("a", "b"), "--class-names gives 2 names, but arrays has 3 classes: 0, 1 and 2."),
        ((X, Y), ("a", "b"), "the classes of arrays have names already: cat and dog."),
        ((X, [0, 1, 0, 1]), ("a", "a"), "--class-names: 'a' stands twice."),
        (X, ("a", "b"), "--class-names: arrays has no labels that could be named."),
    ],
)
def test_class_names_that_do_not_fit_are_refused(data: object, names: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_dataset(data, class_names=names)
    assert message in str(caught.value)


# --- a second data set


def test_a_test_set_of_its_own_becomes_a_part_and_ids_say_which(tmp_path: Path) -> None:
    train, test = table(tmp_path / "train.csv", "b a b"), table(tmp_path / "other.csv", "a b")
    dataset = open_dataset(train, test=test, val=(np.ones((1, 2, 2), np.uint8), ["a"]))
    assert {name: part.ids for name, part in dataset.parts.items()} == {
        "train": ("train/1", "train/2", "train/3"),
        "val": ("val/1",),
        "test": ("test/1", "test/2"),
    }
    assert labels_of(dataset, "test") == ["a", "b"]
    assert [part.name for part in dataset.parts.values()] == ["train", "val", "test"]
    assert dataset.fingerprint != open_dataset(train).fingerprint
    assert dataset.notes == ("--val arrays has no pictures of b.",)


def test_parts_come_in_the_order_in_which_they_are_used() -> None:
    dataset = open_dataset({"test": (X, [0, 1, 0, 1]), "train": (X, [0, 1, 0, 1])}, val=(X, [0, 1, 0, 1]))
    assert list(dataset.parts) == ["train", "val", "test"]


def test_labels_of_a_test_set_agree_by_name_and_not_by_position(tmp_path: Path) -> None:
    train, test = table(tmp_path / "train.csv", "0 1 2 3"), table(tmp_path / "test.csv", "3 1")
    dataset = open_dataset(train, test=test)
    assert labels_of(dataset, "test") == ["3", "1"]
    named = open_dataset(train, test=test, class_names=("zero", "one", "two", "three"))
    assert labels_of(named, "test") == ["three", "one"]


def test_an_integer_labelled_test_set_agrees_with_named_classes_by_number(tmp_path: Path) -> None:
    dataset = open_dataset((X, Y), test=table(tmp_path / "test.csv", "1 0 1"))
    assert labels_of(dataset, "test") == ["dog", "cat", "dog"]
    assert any("0 was taken for 'cat' and 1 for 'dog'" in note for note in dataset.notes)
    by_name = open_dataset((X, Y), test=(X, Y))
    assert not by_name.notes


def test_a_named_test_set_agrees_with_integers_that_were_given_names(tmp_path: Path) -> None:
    dataset = open_dataset(table(tmp_path / "train.csv", "4 7"), test=(X, Y), class_names=("cat", "dog"))
    assert labels_of(dataset, "test") == Y


def test_numbers_that_the_training_set_has_not_are_refused_even_where_classes_have_names(tmp_path: Path) -> None:
    train, test = table(tmp_path / "train.csv", "1 2"), table(tmp_path / "test.csv", "0 1")
    with pytest.raises(DataError, match=r"--test test has classes that the training data has not: 0\. Expected only"):
        open_dataset(train, test=test, class_names=("one", "two"))


def test_classes_that_differ_are_named() -> None:
    with pytest.raises(
        DataError, match=r"--test arrays has classes that the training data has not: cats\. Expected only"
    ):
        open_dataset((X, Y), test=(X, ["cats", "dog", "dog", "dog"]))


def test_an_unlabelled_second_set_or_first_set_is_refused() -> None:
    with pytest.raises(DataError, match="--test arrays: its pictures have no labels"):
        open_dataset((X, Y), test=X)
    with pytest.raises(DataError, match="arrays: its pictures have no labels, so that --val has nothing to agree with"):
        open_dataset(X, val=(X, Y))


def test_of_a_second_set_with_parts_the_one_of_that_name_is_taken() -> None:
    other = {"train": (X, Y), "test": (X[:2], Y[:2])}
    dataset = open_dataset(other, test=other)
    assert len(dataset.parts["test"]) == 2
    assert dataset.notes == ("The data's own test pictures were left out, as --test names others.",)
    with pytest.raises(DataError, match="--val arrays: it has the parts train, test, and none called 'val'"):
        open_dataset((X, Y), val=other)


def test_an_open_data_set_can_be_opened_again() -> None:
    dataset = open_dataset((X, Y))
    assert open_dataset(dataset) is dataset
    assert list(open_dataset(dataset, test=(X, Y)).parts) == ["train", "test"]


@pytest.mark.parametrize("part", ["val", "test"])
def test_a_second_set_without_pictures_or_with_a_class_twice_is_refused_as_a_first_one_is(
    tmp_path: Path, part: str
) -> None:
    def batch(name: str, rows: int, names: list[str]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        content = {"data": np.zeros((rows, 3072), np.uint8), "labels": list(range(rows))}
        (folder / "data_batch_1").write_bytes(pickle.dumps(content, 4))
        (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": names}, 4))
        return folder

    train = batch("train", 2, ["cat", "dog"])
    for second, message in (
        (batch("none", 0, ["cat", "dog"]), "^none: there are no pictures in it. Expected at least one."),
        (batch("twice", 2, ["cat", "cat"]), "^twice: two classes are called 'cat'."),
    ):
        with pytest.raises(DataError, match=message):
            open_dataset(train, **{part: second})
        with pytest.raises(DataError, match=message):
            open_dataset(second)


def test_a_training_part_whose_picture_is_no_picture_of_a_class_is_refused_in_words(tmp_path: Path) -> None:
    for name in ("train/cat_1.png", "valid/test/benign (7)_mask.png"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(png(1))
    with pytest.raises(DataError, match="there are no pictures of the part 'train' in it"):
        open_dataset(tmp_path)


def test_one_class_is_refused_in_training_and_not_in_test() -> None:
    with pytest.raises(
        DataError, match=r"all 4 labelled pictures are of one class, 'cat'\. Expected two classes or more"
    ):
        open_dataset((X, ["cat"] * 4))
    assert open_dataset((X, Y), test=(X, ["cat"] * 4)).rows == 8


def test_one_class_beside_an_empty_folder_names_the_folder(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
    Image.new("L", (4, 4)).save(tmp_path / "pets" / "cat" / "1.png")
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path / "pets")
    assert "the only labelled picture is of one class, 'cat'." in str(caught.value)
    assert "1 folder without pictures, and so no class: 'dog'." in str(caught.value)
    printed = str(open_dataset(tmp_path / "pets", for_training=False))
    assert printed.startswith("pets: 1 picture of 1 class\n")


# --- printing


def test_a_data_set_prints_as_what_it_is_and_why() -> None:
    dataset = open_dataset({"train": (X, Y), "test": (X[:1], Y[:1])})
    assert str(dataset).splitlines() == [
        "arrays: 5 pictures of 2 classes",
        "  layout   arrays: arrays from Python: train X of shape (4, 4, 4), uint8, read",
        "           as 4 pictures, grey; test X of shape (1, 4, 4), uint8, read as 1",
        "           picture, grey",
        "  parts    train 4, test 1",
        "  pictures 4×4 grey, uint8, values 0 to 255",
        "  missing  none",
        "  classes       train  test",
        "           cat      2     1  ████████████████",
        "           dog      2     0  ███████████",
    ]
    assert repr(dataset) == "<Dataset 'arrays': arrays, 5 pictures, 2 classes>"


def test_many_classes_and_long_notes_stay_within_80_columns(tmp_path: Path) -> None:
    labels = " ".join(f"class-with-a-very-long-name-{number:03}" for number in range(100))
    columns = ",".join(["label", "p0", "p1", "p2", "p3"])
    dataset = open_dataset(table(tmp_path / "train.csv", labels, columns))
    lines = str(dataset).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[-1] == "           … and 90 more classes, of 1 picture each"
    assert sum("class-with-a-very-long-…" in line for line in lines) == 10


@pytest.mark.parametrize(
    ("counts", "line"),
    [((8, 8), "… and 10 more classes, of 8 pictures each"), ((8, 1), "… and 10 more classes, of 1 to 8 pictures")],
)
def test_classes_that_are_not_listed_say_how_many_pictures_each_has(counts: tuple[int, int], line: str) -> None:
    names = [f"c{number:02}" for number in range(20)]
    labels = [name for number, name in enumerate(names) for _ in range(counts[number == 15])]
    dataset = open_dataset((np.zeros((len(labels), 4, 4), np.uint8), np.array(labels)))
    assert str(dataset).splitlines()[-1].strip() == line


@pytest.mark.parametrize(
    ("sizes", "line"),
    [
        ([(4, 4), (4, 4)], "4×4 grey"),
        ([(4, 4), (4, 6)], "2 sizes, 4 to 6 pixels high and 4 wide"),
        ([(4, 5), (7, 6)], "2 sizes, 5 to 6 pixels high and 4 to 7 wide"),
    ],
)
def test_a_range_of_sizes_has_two_ends_only_where_they_differ(
    tmp_path: Path, sizes: list[tuple[int, int]], line: str
) -> None:
    for name, size in zip(("cat", "dog"), sizes, strict=True):
        (tmp_path / name).mkdir()
        Image.new("L", size).save(tmp_path / name / "1.png")
    assert f"  pictures {line}" in str(open_dataset(tmp_path))


def test_what_is_not_labelled_says_so() -> None:
    assert str(open_dataset(X)).splitlines()[0] == "arrays: 4 pictures, not labelled"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("path,label\na.png,cat\nb.png,dog,7\n", "table.csv, line 3: 3 cells, the header has 2"),
        ("path,label\na.png," + "x" * 200_000, "table.csv: not a table that can be read"),
        ("path,path\na.png,cat\n", "table.csv: the column 'path' occurs twice"),
    ],
)
def test_a_damaged_table_is_told_before_what_layouts_there_are(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "table.csv").write_text(text)
    for path in (tmp_path, tmp_path / "table.csv"):
        with pytest.raises(DataError, match=message):
            open_dataset(path)


def test_a_damaged_npz_in_a_zip_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("data.npz", b"PK and nothing else")
    with pytest.raises(DataError, match="'data.npz' is no NPZ file that can be read"):
        open_dataset(tmp_path / "data.zip")


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_a_file_that_stands_in_an_archive_twice_is_said(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"data{suffix}"
    pictures = [(name, png(level)) for name, level in (("cat/1.png", 1), ("dog/1.png", 2), ("cat/1.png", 3))]
    if suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name, content in pictures:
                archive.writestr(name, content)
    else:
        with tarfile.open(path, "w") as archive:
            for name, content in pictures:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    dataset = open_dataset(path)
    assert dataset.rows == 2
    assert any("more than once (the last one is read): cat/1.png" in note for note in dataset.notes)


def test_the_home_of_nobody_is_a_path_like_any_other() -> None:
    with pytest.raises(DataError, match="no file or folder '~nobody-is-called-so'"):
        open_dataset("~nobody-is-called-so/data")
