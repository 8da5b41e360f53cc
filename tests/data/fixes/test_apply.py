"""What the fixes do to an opened data set: labels, dropped pictures, classes, the ledger, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.fixes.apply import with_fixes
from onelook.data.fixes.find_pictures import contents_of, picture_content
from onelook.data.fixes.fixes_file import read_fixes
from onelook.data.fixes.suspects_file import suspects_csv
from onelook.data.open import open_dataset
from onelook.data.reading import read_dataset
from onelook.errors import DataError
from onelook.settings import DecodeSettings

DECODE = DecodeSettings(height=8, width=8, channels=1)
Fixes = Callable[..., str]


def draw(path: Path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(number).integers(0, 255, (8, 8), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twelve pictures: cats 0 to 3, dogs 4 to 7, eels 8 to 11."""
    for number in range(12):
        draw(tmp_path / "photos" / ("cats", "dogs", "eels")[number // 4] / f"{number}.png", number)
    return tmp_path / "photos"


@pytest.fixture
def fixes(tmp_path: Path) -> Fixes:
    def write(*rows: str, header: str = "id,action,class_name,content") -> str:
        (tmp_path / "fixes.csv").write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return str(tmp_path / "fixes.csv")

    return write


def labels(dataset: Dataset, part: str = "all") -> dict[str, str]:
    found = dataset[part]
    return dict(zip(found.ids, found.labels or (), strict=True))


def test_pictures_are_relabelled_and_dropped_and_the_others_stay(photos: Path, fixes: Fixes) -> None:
    before = open_dataset(photos)
    after = open_dataset(photos, fixes=fixes("cats/1.png,relabel,dogs", "eels/9.png,drop", "dogs/5.png,keep"))
    expected = {**labels(before), "cats/1.png": "dogs"}
    del expected["eels/9.png"]
    assert labels(after) == expected
    assert after.counts == {"cats": 3, "dogs": 5, "eels": 3}
    for row, each in enumerate(after["all"].ids):  # the pixels stay with their ids
        assert (after["all"][row].picture == before["all"][before["all"].ids.index(each)].picture).all()
    assert after.notes[-1] == "fixes.csv: 1 label was changed, and 1 picture was dropped; 1 label is confirmed."
    assert "1 label was changed" in str(after)
    assert after.confirmed == {"dogs/5.png"}


def test_the_ledger_says_what_was_changed(photos: Path, fixes: Fixes) -> None:
    dataset = open_dataset(photos, fixes=fixes("cats/1.png,relabel,dogs", "eels/9.png,drop", "dogs/5.png,keep"))
    ledger = read_dataset(dataset, DECODE).ledger
    of = {entry.id: (entry.status, entry.reason) for entry in ledger}
    assert of["cats/1.png"] == ("used", "was 'cats', is 'dogs' by fixes.csv")
    assert of["eels/9.png"] == ("dropped", "by fixes.csv")
    assert of["dogs/5.png"] == of["cats/0.png"] == ("used", "")
    assert ledger.counts() == {"found": 12, "used": 11, "quarantined": 0, "duplicate": 0, "dropped": 1}
    assert ledger.in_words().endswith("0 exact copies within their part, 1 dropped by --fixes")


def test_a_relabelled_copy_is_a_copy_of_its_new_class(photos: Path, fixes: Fixes) -> None:
    draw(photos / "dogs" / "0.png", 0)  # as cats/0.png
    written = fixes("cats/0.png,relabel,dogs")
    of = {entry.id: entry for entry in read_dataset(open_dataset(photos, fixes=written), DECODE).ledger}
    assert of["dogs/0.png"].status == "duplicate"
    assert of["dogs/0.png"].reason == "an exact copy of 'cats/0.png'"


def test_a_dropped_picture_is_not_read(photos: Path, fixes: Fixes) -> None:
    (photos / "eels" / "9.png").write_bytes(b"\x89PNG damaged")
    dataset = open_dataset(photos, fixes=fixes("eels/9.png,drop,,00"))  # nobody can tell whether it has the content
    ledger = read_dataset(dataset, DECODE, strict=True).ledger
    assert ledger.counts()["dropped"] == 1


def test_the_fingerprint_follows_what_is_changed_and_nothing_else(photos: Path, fixes: Fixes) -> None:
    plain = open_dataset(photos).fingerprint
    rows = ("cats/1.png,relabel,dogs", "cats/0.png,relabel,dogs", "eels/9.png,drop")
    changed = open_dataset(photos, fixes=fixes(*rows)).fingerprint
    assert open_dataset(photos, fixes=fixes(*reversed(rows))).fingerprint == changed != plain
    for other in (rows[:1], rows[1:], (*rows, "eels/8.png,drop"), ("cats/1.png,relabel,eels", *rows[1:])):
        assert open_dataset(photos, fixes=fixes(*other)).fingerprint not in (plain, changed)
    idle = open_dataset(photos, fixes=fixes("cats/1.png,keep", "cats/2.png,relabel,cats"))
    assert idle.fingerprint == plain
    assert idle.notes[-1].endswith("0 pictures were dropped; 1 label is confirmed; 1 picture had the class already.")
    assert idle.relabelled == {}


def test_a_class_that_loses_all_pictures_is_none_any_more(photos: Path, fixes: Fixes) -> None:
    gone = [f"cats/{number}.png,{'drop' if number else 'relabel,eels'}" for number in range(4)]
    dataset = open_dataset(photos, fixes=fixes(*gone))
    assert dataset.class_names == ("dogs", "eels")
    assert dataset.counts == {"dogs": 4, "eels": 5}
    assert labels(dataset)["cats/0.png"] == "eels"
    assert dataset.notes[-1] == "fixes.csv: the class 'cats' has no pictures left, and is left out."


def test_a_class_that_had_no_pictures_before_is_still_one(photos: Path, tmp_path: Path) -> None:
    dataset = replace(open_dataset(photos), class_names=("cats", "dogs", "eels", "foxes"))
    for rows, names in {
        "cats/1.png,drop": dataset.class_names,
        "\n".join(f"cats/{number}.png,drop" for number in range(4)): ("dogs", "eels", "foxes"),
    }.items():
        (tmp_path / "fixes.csv").write_text(f"id,action\n{rows}\n")
        fixed = with_fixes(dataset, read_fixes(tmp_path / "fixes.csv"))
        assert fixed.class_names == names
        assert labels(fixed)["eels/9.png"] == "eels"
        assert ("has no pictures left" in fixed.notes[-1]) == ("cats" not in names)


def test_a_new_class_has_to_be_meant(photos: Path, fixes: Fixes) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(photos, fixes=fixes("cats/1.png,relabel,dgos"))
    assert "line 2 gives 'cats/1.png' the class 'dgos', which photos does not have. Did you mean 'dogs'?" in str(
        caught.value
    )
    assert "If the class is new, write 'new:dgos'." in str(caught.value)
    with pytest.raises(DataError, match="Expected cats, dogs or eels"):
        open_dataset(photos, fixes=fixes("cats/1.png,relabel,zzz"))
    dataset = open_dataset(photos, fixes=fixes("cats/1.png,relabel,new:owls", "dogs/4.png,relabel,new:eels"))
    assert dataset.counts == {"cats": 3, "dogs": 3, "eels": 5, "owls": 1}
    assert dataset.notes[-1] == "fixes.csv: new class 'owls'."


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            ("cats/99.png,drop", "dogs/5.png,drop", "x,keep"),
            "2 fixes fit no picture of photos: 'cats/99.png' (line 2) and",
        ),
        (("cats/1.png,drop", "cats/1.png,keep"), "'cats/1.png' (line 2: drop and line 3: keep)"),
        (("cats/1.png,relabel,dogs", "cats/1.png,relabel,eels"), "fixes of 1 picture contradict each other"),
        (tuple(f"{c}/{n}.png,drop" for n, c in enumerate(["cats"] * 4 + ["dogs"] * 4 + ["eels"] * 4)), "drop all 12"),
    ],
)
def test_what_cannot_be_meant_is_refused(photos: Path, fixes: Fixes, rows: tuple[str, ...], message: str) -> None:
    with pytest.raises(DataError) as caught:
        open_dataset(photos, fixes=fixes(*rows))
    assert message in str(caught.value)


def test_the_same_fix_twice_is_one(photos: Path, fixes: Fixes) -> None:
    dataset = open_dataset(photos, fixes=fixes("cats/1.png,drop", "cats\\1.png,drop", "cats/2.png ,relabel,dogs"))
    assert dataset.counts == {"cats": 2, "dogs": 5, "eels": 4}


def test_fixes_of_data_that_has_them_already_change_nothing_more(photos: Path, fixes: Fixes) -> None:
    path = fixes("cats/1.png,relabel,dogs", "eels/9.png,drop")
    once = open_dataset(photos, fixes=path)
    twice = open_dataset(once, fixes=path)
    assert labels(twice) == labels(once)
    assert (twice.fingerprint, twice.dropped, twice.relabelled) == (once.fingerprint, once.dropped, once.relabelled)


class TestOfMovedPictures:
    def content(self, root: Path, each: str) -> str:
        pool = open_dataset(root).pool
        return picture_content(pool.pictures, list(pool.ids).index(each))

    def test_a_renamed_picture_is_found_by_its_content(self, photos: Path, fixes: Fixes) -> None:
        rows = [f"{each},drop,,{self.content(photos, each)}" for each in ("cats/1.png", "dogs/5.png")]
        (photos / "cats" / "1.png").rename(photos / "eels" / "other name.png")
        (photos / "dogs" / "5.png").rename(photos / "cats" / "5.png")
        dataset = open_dataset(photos, fixes=fixes(*rows))
        assert {*dataset.dropped} == {"eels/other name.png", "cats/5.png"}
        assert "'cats/1.png' is 'eels/other name.png' now" in dataset.notes[-1]

    def test_a_content_holds_over_formats_and_containers(self, photos: Path, tmp_path: Path) -> None:
        with Image.open(photos / "cats" / "1.png") as picture:
            picture.save(photos / "cats" / "1.bmp")
        assert self.content(photos, "cats/1.bmp") == self.content(photos, "cats/1.png") != ""

    def test_a_picture_with_other_content_does_not_fit(self, photos: Path, fixes: Fixes) -> None:
        rows = (f"cats/1.png,drop,,{self.content(photos, 'cats/1.png')}",)
        draw(photos / "cats" / "1.png", 77)
        with pytest.raises(DataError) as caught:
            open_dataset(photos, fixes=fixes(*rows))
        assert "'cats/1.png' (line 2); 'cats/1.png' (line 2) has other content." in str(caught.value)

    def test_pictures_whose_names_were_swapped_keep_their_own_fixes(self, photos: Path, fixes: Fixes) -> None:
        one, other = photos / "cats" / "1.png", photos / "cats" / "2.png"
        rows = (
            f"cats/1.png,relabel,dogs,{self.content(photos, 'cats/1.png')}",
            f"cats/2.png,relabel,eels,{self.content(photos, 'cats/2.png')}",
        )
        one.rename(photos / "x")
        other.rename(one)
        (photos / "x").rename(other)
        dataset = open_dataset(photos, fixes=fixes(*rows))
        found = labels(dataset)
        assert (found["cats/1.png"], found["cats/2.png"]) == ("eels", "dogs")

    def test_every_copy_of_a_moved_picture_has_the_fix(self, photos: Path, fixes: Fixes) -> None:
        row = f"cats/1.png,relabel,dogs,{self.content(photos, 'cats/1.png')}"
        (photos / "cats" / "1.png").rename(photos / "cats" / "one.png")
        draw(photos / "eels" / "uno.png", 1)
        found = labels(open_dataset(photos, fixes=fixes(row)))
        assert (found["cats/one.png"], found["eels/uno.png"]) == ("dogs", "dogs")

    def test_a_copy_that_has_a_fix_of_its_own_keeps_it(self, photos: Path, fixes: Fixes) -> None:
        content = self.content(photos, "cats/1.png")
        (photos / "cats" / "1.png").rename(photos / "cats" / "one.png")
        draw(photos / "eels" / "uno.png", 1)
        rows = (f"cats/1.png,relabel,dogs,{content}", "eels/uno.png,drop")
        found = open_dataset(photos, fixes=fixes(*rows))
        assert ({*found.relabelled}, {*found.dropped}) == ({"cats/one.png"}, {"eels/uno.png"})

    def test_all_pictures_are_read_only_if_those_of_the_same_name_are_not_enough(
        self, photos: Path, fixes: Fixes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = f"cats/1.png,drop,,{self.content(photos, 'cats/1.png')}"
        read: list[int] = []

        def counted(places):
            read.append(len(places := [*places]))
            return contents_of(places)

        monkeypatch.setattr("onelook.data.fixes.find_pictures.contents_of", counted)
        (photos / "cats" / "1.png").rename(photos / "eels" / "1.png")
        assert {*open_dataset(photos, fixes=fixes(row)).dropped} == {"eels/1.png"}
        assert read == [1]
        (photos / "eels" / "1.png").rename(photos / "eels" / "one.png")
        assert {*open_dataset(photos, fixes=fixes(row)).dropped} == {"eels/one.png"}
        assert read == [1, 0, 12]

    def test_a_fix_without_content_does_not_fit_a_picture_that_cannot_be_read(self, photos: Path, fixes: Fixes) -> None:
        (photos / "eels" / "9.png").write_bytes(b"\x89PNG damaged")
        content = self.content(photos, "cats/1.png")
        (photos / "cats" / "1.png").rename(photos / "cats" / "one.png")
        with pytest.raises(DataError, match="1 fix fits no picture of photos: 'x.png'"):
            open_dataset(photos, fixes=fixes("x.png,drop", f"cats/1.png,drop,,{content}"))

    def test_a_row_of_an_array_that_moved_is_found(self, fixes: Fixes) -> None:
        images = np.random.default_rng(0).integers(0, 255, (6, 8, 8), dtype=np.uint8)
        y = ["a", "b"] * 3
        content = picture_content(open_dataset((images, y)).pool.pictures, 2)
        dataset = open_dataset((images[1:], y[1:]), fixes=fixes(f"3,drop,,{content}"))
        assert {*dataset.dropped} == {"2"}


class TestOfParts:
    def arrays(self) -> dict[str, tuple[np.ndarray, list[str]]]:
        images = np.random.default_rng(0).integers(0, 255, (10, 8, 8), dtype=np.uint8)
        y = ["a", "b"] * 5
        return {"train": (images[:6], y[:6]), "test": (images[6:], y[6:])}

    def test_fixes_hold_in_every_part(self, fixes: Fixes) -> None:
        dataset = open_dataset(self.arrays(), fixes=fixes("train/1,drop", "test/2,relabel,a"))
        assert (len(dataset["train"]), len(dataset["test"])) == (5, 4)
        assert labels(dataset, "test")["test/2"] == "a"

    def test_an_id_without_its_part_is_taken_if_only_one_part_has_it(self, fixes: Fixes) -> None:
        assert {*open_dataset(self.arrays(), fixes=fixes("6,drop")).dropped} == {"train/6"}
        with pytest.raises(DataError, match="1 fix fits no picture .* '1' may be 'train/1' or 'test/1'"):
            open_dataset(self.arrays(), fixes=fixes("1,drop"))

    def test_an_id_of_another_part_is_not_taken_for_one_of_this_data(self, fixes: Fixes) -> None:
        """`train/1` is not the first row of the test data."""
        with pytest.raises(DataError, match="'train/1'"):
            open_dataset(self.arrays()["test"], fixes=fixes("train/1,drop"))

    def test_a_content_decides_which_part_is_meant(self, fixes: Fixes) -> None:
        content = picture_content(open_dataset(self.arrays()).parts["test"].pictures, 0)
        assert {*open_dataset(self.arrays(), fixes=fixes(f"1,drop,,{content}")).dropped} == {"test/1"}
        assert {*open_dataset(self.arrays()["test"], fixes=fixes(f"test/1,drop,,{content}")).dropped} == {"1"}

    def test_data_with_fixes_keeps_them_beside_test_pictures(self, fixes: Fixes) -> None:
        fixed = open_dataset(self.arrays()["train"], fixes=fixes("1,drop", "2,relabel,a", "3,keep"))
        dataset = open_dataset(fixed, test=self.arrays()["test"])
        assert {*dataset.dropped} == {"train/1"}
        assert {*dataset.relabelled} == {"train/2"}
        assert dataset.confirmed == {"train/3"}
        other = open_dataset(self.arrays()["test"], fixes=fixes("1,drop", "2,relabel,a", "3,keep"))
        dataset = open_dataset(fixed, test=other)
        assert {*dataset.dropped} == {"train/1", "test/1"}
        assert {*dataset.relabelled} == {"train/2", "test/2"}
        assert dataset.confirmed == {"train/3", "test/3"}
        assert len(dataset.only("test")["all"]) == 3
        assert dataset.only("test").dropped == {}  # its ledger counts the pictures of this part alone

    def test_the_training_data_is_another_source_where_its_fixes_are_others(self, fixes: Fixes) -> None:
        """By it a model that goes on learning tells whether it knows the pictures."""
        arrays = self.arrays()
        plain, fixed = (
            open_dataset(arrays["train"], test=arrays["test"], fixes=each) for each in (None, fixes("train/1,drop"))
        )
        assert plain.sources[1:] == fixed.sources[1:]
        assert plain.sources[0] != fixed.sources[0]


def test_a_fixes_file_among_the_pictures_is_no_part_of_the_data(photos: Path, fixes: Fixes) -> None:
    inside = Path(fixes("cats/1.png,drop", "dogs/5.png,relabel,cats")).rename(photos / "fixes.csv")
    dataset = open_dataset(photos, fixes=str(inside))
    assert dataset.counts == {"cats": 4, "dogs": 3, "eels": 4}
    assert len(dataset.notes) == 1
    flat = photos / "cats"
    inside.rename(flat / "fixes.csv")
    (flat / "labels.csv").write_text("image,label\n0.png,a\n1.png,b\n2.png,a\n3.png,b\n")
    (flat / "fixes.csv").write_text("id,action,class_name,label\n0.png,relabel,b,b\n")
    listed = open_dataset(flat, fixes=str(flat / "fixes.csv"))
    assert listed.counts == {"a": 1, "b": 3}
    assert len(listed.notes) == 1


def test_a_picture_that_belongs_to_no_part_can_be_dropped_and_nothing_else(photos: Path, fixes: Fixes) -> None:
    aside = replace(open_dataset(photos), set_aside={"odd.png": "its size differs"}, notes=("Said before.",))
    dataset = open_dataset(aside, fixes=fixes("odd.png,drop"))
    assert (dataset.set_aside, dataset.dropped) == ({}, {"odd.png": "by fixes.csv"})
    assert dataset.notes == ("Said before.", "fixes.csv: 0 labels were changed, and 1 picture was dropped.")
    with pytest.raises(DataError, match="'odd.png' was left out: its size differs"):
        open_dataset(aside, fixes=fixes("odd.png,relabel,cats"))


def test_a_class_with_a_published_name_is_also_known_by_its_label(photos: Path, fixes: Fixes) -> None:
    named = replace(open_dataset(photos), codes=("0", "1", "2"))
    dataset = open_dataset(named, fixes=fixes("cats/1.png,relabel,2", "dogs/4.png,relabel,new:owls"))
    assert (dataset.counts, dataset.codes) == ({"cats": 3, "dogs": 3, "eels": 5, "owls": 1}, ("0", "1", "2", "owls"))
    gone = fixes(*(f"cats/{number}.png,drop" for number in range(4)))
    assert open_dataset(named, fixes=gone).codes == ("1", "2")


def test_a_path_may_be_a_path(photos: Path, fixes: Fixes) -> None:
    assert open_dataset(photos, fixes=Path(fixes("cats/1.png,drop"))).counts["cats"] == 3  # type: ignore[arg-type]


def test_pictures_without_labels_cannot_be_relabelled(tmp_path: Path, fixes: Fixes) -> None:
    images = np.zeros((4, 8, 8), np.uint8)
    with pytest.raises(DataError, match="'3' is to be relabelled, but has no label in arrays"):
        open_dataset(images, fixes=fixes("3,relabel,a"))
    assert len(open_dataset(images, fixes=fixes("3,drop"))["all"]) == 3


def test_labels_that_were_confirmed_before_stay_confirmed(photos: Path, fixes: Fixes) -> None:
    first = open_dataset(photos, fixes=fixes("cats/1.png,keep"))
    second = with_fixes(first, read_fixes(Path(fixes("dogs/5.png,keep"))))
    assert second.confirmed == {"cats/1.png", "dogs/5.png"}


def test_rows_without_an_action_are_counted_in_a_note(photos: Path, fixes: Fixes) -> None:
    written = fixes("cats/1.png,drop", "cats/2.png,", "dogs/5.png, ")
    notes = open_dataset(photos, fixes=written).notes
    assert notes[-1] == "fixes.csv: 2 rows have no action, and change nothing."
    assert not any("no action" in note for note in open_dataset(photos, fixes=fixes("cats/1.png,drop")).notes)


def test_doubtful_labels_are_a_fixes_file_once_an_action_is_filled_in(photos: Path, tmp_path: Path) -> None:
    dataset = open_dataset(photos)
    rows = [
        ("dogs/5.png", "all", "dogs", "cats", "0.9", "0.95"),
        ("cats/1.png", "all", "cats", "eels", "0.8", "0.9"),
    ]
    lines = suspects_csv(rows, dataset).splitlines()
    assert lines[0] == "id,split,label,suggested,probability,score,action,class_name,content"
    contents = [picture_content(dataset.parts["all"].pictures, row) for row in (5, 1)]
    assert lines[1:] == [f"{','.join(row)},,{row[3]},{each}" for row, each in zip(rows, contents, strict=True)]
    assert suspects_csv(rows, None).splitlines()[1:] == [f"{','.join(row)},,{row[3]}," for row in rows]
    path = tmp_path / "suspects.csv"
    path.write_text("\n".join((lines[0], lines[1].replace(",,cats,", ",relabel,cats,"), lines[2])) + "\n")
    after = open_dataset(photos, fixes=str(path))
    assert labels(after)["dogs/5.png"] == "cats"
    assert labels(after)["cats/1.png"] == "cats"
