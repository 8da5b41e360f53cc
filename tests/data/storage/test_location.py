"""A file, a folder, a zip or a tar: one way to list and to read, and what is refused."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onelook.data.storage.location import Location, hidden_in_words
from onelook.errors import DataError

Place = Callable[..., Location]

FILES = {"a/img10.txt": b"ten", "a/img2.txt": b"two", "b/x.txt": b"x", "top.txt": b"top"}


def make_folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def make_zip(path: Path, files: dict[str, bytes], folders: tuple[str, ...] = ()) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in folders:
            archive.writestr(f"{folder}/", b"")
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def make_tar(path: Path, files: dict[str, bytes], folders: tuple[str, ...] = ()) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
        for folder in folders:
            entry = tarfile.TarInfo(folder)
            entry.type = tarfile.DIRTYPE
            archive.addfile(entry)
        for name, content in files.items():
            entry = tarfile.TarInfo(f"./{name}")  # as `tar -cf data.tar .` writes them
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.fixture(params=["folder", "zip", "tar", "tar.gz"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Puts files into a folder or an archive, and gives the location."""

    def make(files: dict[str, bytes], folders: tuple[str, ...] = ()) -> Location:
        if request.param == "zip":
            return Location(make_zip(tmp_path / "data.zip", files, folders))
        if request.param != "folder":
            return Location(make_tar(tmp_path / f"data.{request.param}", files, folders))
        (tmp_path / "data").mkdir(exist_ok=True)
        for folder in folders:
            (tmp_path / "data" / folder).mkdir(parents=True)
        return Location(make_folder(tmp_path / "data", files))

    return make


# --- listing


def test_entries_come_in_natural_order(place: Place) -> None:
    location = place(FILES)
    assert list(location.entries()) == ["a/img2.txt", "a/img10.txt", "b/x.txt", "top.txt"]
    assert location.read("a/img10.txt") == b"ten"
    with location.open("a/img2.txt") as file:
        assert file.read() == b"two"
    assert (location.name, location.is_file, list(location.ignored)) == ("data", False, [])


def test_hidden_and_system_entries_are_left_out_and_named(place: Place) -> None:
    location = place(
        {
            "cat/1.jpg": b"1",
            "dog/1.jpg": b"1",
            "cat/.ipynb_checkpoints/1-checkpoint.jpg": b"",
            "cat/.ipynb_checkpoints/2-checkpoint.jpg": b"",
            "__MACOSX/cat/._1.jpg": b"",
            "cat/Thumbs.db": b"",
            ".DS_Store": b"",
            "dog/desktop.ini": b"",
            "dog/._1.jpg": b"",
        }
    )
    assert list(location.entries()) == ["cat/1.jpg", "dog/1.jpg"]
    assert list(location.ignored) == [
        ".DS_Store",
        "__MACOSX",
        "cat/.ipynb_checkpoints",
        "cat/Thumbs.db",
        "dog/._1.jpg",
        "dog/desktop.ini",
    ]


HIDDEN = (
    *(".DS_Store", "._1.jpg", "Thumbs.db", "ehthumbs.db", "EHTHUMBS.DB", "desktop.ini", "Desktop.INI", "Icon\r"),
    *("@eaDir/1.jpg", "$RECYCLE.BIN/1.jpg", "$Recycle.Bin/2.jpg", "lost+found/1.jpg"),
    *("System Volume Information/x", "__MACOSX/cat/1.jpg", ".git/x"),
)
SEEN = (
    *("thumbs.db.jpg", "icon.jpg", "icon", "my desktop.ini", "a.DS_Store", "eaDir/1.jpg", "lost+found 2/1.jpg"),
    *("x__MACOSX/1.jpg", "System Volume Information 2/x", "recycle.bin/1.jpg", "thumbs.dbx"),
)


def test_each_kind_of_hidden_entry_and_no_name_like_it(tmp_path: Path) -> None:
    for name in [*HIDDEN, *SEEN]:
        for place in ("", "cat/dog/"):
            (tmp_path / place / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place / name).touch()
    location = Location(tmp_path)
    assert set(location.entries()) == {place + name for name in SEEN for place in ("", "cat/dog/")}
    assert set(location.ignored) == {place + (name.partition("/")[0]) for name in HIDDEN for place in ("", "cat/dog/")}


@pytest.mark.parametrize("suffix", ["zip", "tar"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_files_of_one_name_the_last_is_read_and_each_is_named(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    content = [("a/1.jpg", b"first"), ("a/2.jpg", b"two"), ("a/1.jpg", b"second"), ("3", b""), ("a/1.jpg", b"third")]
    if suffix == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, each in content:
                archive.writestr(name, each)
    else:
        with tarfile.open(path, "w") as tar:
            for name, each in content:
                entry = tarfile.TarInfo(name)
                entry.size = len(each)
                tar.addfile(entry, io.BytesIO(each))
    location = Location(path)
    assert list(location.entries()) == ["3", "a/1.jpg", "a/2.jpg"]
    assert list(location.repeated) == ["a/1.jpg", "a/1.jpg"]
    with location.open("a/1.jpg") as file:
        assert (location.read("a/1.jpg"), file.read()) == (b"third", b"third")


def test_a_fingerprint_is_of_the_names_that_were_asked_for(tmp_path: Path) -> None:
    location = Location(make_folder(tmp_path / "data", FILES))
    some = ["top.txt", "a/img2.txt"]
    whole, of_some = location.fingerprint(), location.fingerprint(some)
    assert whole != of_some
    assert (location.fingerprint(), location.fingerprint(tuple(some))) == (whole, of_some)
    assert location.fingerprint([*reversed(some)]) != of_some
    assert location.fingerprint([]) not in (whole, of_some)
    assert location.fingerprint(some) == of_some
    some.append("b/x.txt")  # the list that was asked for has changed
    assert location.fingerprint(some) not in (whole, of_some)


@pytest.mark.parametrize("wrapping", ["data/", "archive/data/", "train/", "1 mein Ordner/"])
def test_wrapping_folders_are_looked_through(place: Place, wrapping: str) -> None:
    files = {wrapping + name: content for name, content in FILES.items()} | {"__MACOSX/x": b""}
    above = [wrapping[:at] for at, sign in enumerate(wrapping) if sign == "/"]
    location = place(files, folders=(*above, f"{wrapping}a/none", f"{wrapping}empty"))
    assert list(location.entries()) == ["a/img2.txt", "a/img10.txt", "b/x.txt", "top.txt"]
    assert list(location.empty_folders()) == ["a/none", "empty"]
    assert location.read("top.txt") == b"top"


def test_a_folder_beside_a_file_wraps_nothing(place: Place) -> None:
    assert list(place({"a/1.txt": b"", "readme.md": b""}).entries()) == ["a/1.txt", "readme.md"]


def test_a_folder_beside_an_empty_one_wraps_nothing(place: Place) -> None:
    location = place({"cat/1.jpg": b""}, folders=("dog",))
    assert list(location.entries()) == ["cat/1.jpg"]
    assert list(location.empty_folders()) == ["dog"]


def test_runs_are_no_data(tmp_path: Path) -> None:
    """`onelook train .` writes runs/ beside the classes: the next one must not learn from its evidence."""
    run = ("run.json", "ledger.csv", "evidence/1.png", "model/model.json")
    files = ["cat/1.png", "dog/1.png", *(f"runs/photos-001/{name}" for name in run), "mine/out/run.json", "mine/2.png"]
    files += [f"best/{name}" for name in run]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    location = Location(tmp_path)
    assert list(location.entries()) == ["cat/1.png", "dog/1.png", "mine/2.png", "mine/out/run.json"]
    assert (list(location.ignored), list(location.runs)) == ([], ["best", "runs"])
    assert list(location.empty_folders()) == []


def test_a_folder_with_hidden_files_alone_is_empty(place: Place) -> None:
    location = place({"cat/1.jpg": b"", "dog/1.jpg": b"", "x/.DS_Store": b""}, folders=("bird/deep", "x", "cat/sub"))
    assert list(location.empty_folders()) == ["bird", "bird/deep", "cat/sub", "x"]


def test_an_empty_place_has_no_entries(place: Place) -> None:
    assert list(place({}, folders=("a",)).entries()) == []


def test_a_plain_file_is_its_own_entry(tmp_path: Path) -> None:
    (tmp_path / "train.csv.gz").write_bytes(b"content")
    location = Location(tmp_path / "train.csv.gz")
    assert (location.is_file, location.name, location.suffix) == (True, "train", ".gz")
    assert list(location.entries()) == ["train.csv.gz"]
    assert location.read("train.csv.gz") == b"content"
    assert location.path("train.csv.gz") == tmp_path / "train.csv.gz"


def test_paths_are_known_on_disk_and_not_in_a_zip(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", {"wrap/a.txt": b"", "wrap/b.txt": b""})
    assert Location(folder).path("a.txt") == folder / "wrap" / "a.txt"
    assert Location(make_zip(tmp_path / "d.zip", FILES)).path("top.txt") is None


def test_the_folder_that_one_stands_in_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make_folder(tmp_path / "photos", FILES))
    assert Location(Path()).name == "photos"


def test_an_entry_can_be_read_from_any_place(place: Place) -> None:
    location = place({"1.bin": bytes(range(200)), "cat/2.bin": b"another"})
    with location.open("1.bin") as file:
        assert file.seek(0, os.SEEK_END) == 200
        assert file.seek(-3, os.SEEK_END) == 197
        assert file.read() == bytes([197, 198, 199])
        file.seek(5)
        assert file.read(2) == bytes([5, 6])
        file.seek(3, os.SEEK_CUR)
        assert (file.read(1), file.tell()) == (bytes([10]), 11)


def test_links_are_followed_and_circles_are_not(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", {"cat/1.jpg": b"1", "dog/2.jpg": b"2"})
    elsewhere = make_folder(tmp_path / "elsewhere", {"3.jpg": b"3"})
    (folder / "bird").symlink_to(elsewhere)
    (folder / "cat" / "again").symlink_to(folder)
    (folder / "dog" / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    location = Location(folder)
    assert list(location.entries()) == ["bird/3.jpg", "cat/1.jpg", "dog/2.jpg", "dog/gone.jpg"]
    with pytest.raises(DataError, match=r"cannot be opened \(No such file or directory\)"):
        location.read("dog/gone.jpg")


def test_folders_that_all_link_to_each_other_end(tmp_path: Path) -> None:
    names = [f"{number:02}" for number in range(15)]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.png").touch()
        for other in names:
            if other != name:
                (tmp_path / name / f"to-{other}").symlink_to(tmp_path / other)
    found = {name.rpartition("/")[2] for name in Location(tmp_path).entries()}
    assert found == {f"{name}.png" for name in names}


def test_folders_that_link_to_each_other_from_folders_within_end_soon(tmp_path: Path) -> None:
    names = [f"{number:02}" for number in range(7)]
    for name in names:
        (tmp_path / name / "within").mkdir(parents=True)
        (tmp_path / name / f"{name}.png").touch()
        for other in names:
            if other != name:
                (tmp_path / name / "within" / f"to-{other}").symlink_to(tmp_path / other)
    found = Location(tmp_path).entries()
    assert {name.rpartition("/")[2] for name in found} == {f"{name}.png" for name in names}
    assert len(found) <= 7 * 7  # and not 7 · 6 · 5 · 4 · 3 · 2 ways


def test_a_link_to_itself_is_one_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "1.png").touch()
    location = Location(tmp_path)
    assert location.entries() == ["1.png", "loop.png"]
    with pytest.raises(DataError, match="cannot be opened"):
        location.read("loop.png")


def test_two_links_to_one_folder_are_both_followed(tmp_path: Path) -> None:
    (tmp_path / "all" / "cat").mkdir(parents=True)
    (tmp_path / "all" / "cat" / "1.png").touch()
    (tmp_path / "data").mkdir()
    for name in ("train", "val"):
        (tmp_path / "data" / name).symlink_to(tmp_path / "all")
    assert Location(tmp_path / "data").entries() == ["train/cat/1.png", "val/cat/1.png"]


def test_folders_may_lie_as_deep_as_a_path_is_long(tmp_path: Path) -> None:
    depth = sys.getrecursionlimit() + 50  # deeper than Python's own calls
    folder = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(os.open("1.png", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    location = Location(tmp_path)
    assert (location.entries(), len(location.wrapping)) == (["1.png"], 2 * depth - 1)
    subprocess.run(["rm", "-r", str(tmp_path / "d")], check=True)  # pytest's own clearing is not as patient


def test_a_link_to_what_never_ends_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.png").symlink_to(tmp_path / "pipe")
    (tmp_path / "data" / "b.csv").symlink_to("/dev/zero")
    location = Location(tmp_path / "data")
    for name in ("a.png", "b.csv"):
        with pytest.raises(DataError, match="no plain file"):
            location.open(name)
        with pytest.raises(DataError, match="a pipe or a device: no picture file"):
            location.read(name)


def test_pipes_are_no_files(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", {"a.jpg": b"", "b.jpg": b""})
    os.mkfifo(folder / "pipe.jpg")
    assert list(Location(folder).entries()) == ["a.jpg", "b.jpg"]


# --- refusals


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gone: no such file or folder. Give the path of a file, a folder or a zip"):
        Location(tmp_path / "gone")


@pytest.mark.parametrize("name", ["../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", "..\\evil.jpg", "C:\\evil.jpg"])
def test_a_zip_that_names_a_file_outside_itself_is_refused_whole(name: str, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "data.zip", {"cat/1.jpg": b"", name: b""})
    with pytest.raises(DataError, match=r"data.zip: the archive names a file outside itself: .*evil.jpg") as caught:
        Location(path)
    assert caught.value.exit_code == 3


def test_dots_inside_names_are_harmless(tmp_path: Path) -> None:
    names = {"cat..1.jpg": b"1", "dog...2.jpg": b"2"}
    assert list(Location(make_zip(tmp_path / "data.zip", names)).entries()) == sorted(names)


def test_names_from_windows_are_paths(tmp_path: Path) -> None:
    location = Location(make_zip(tmp_path / "data.zip", {"cat\\1.jpg": b"1", "dog\\1.jpg": b"2"}))
    assert list(location.entries()) == ["cat/1.jpg", "dog/1.jpg"]
    assert location.read("dog/1.jpg") == b"2"


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "data.zip", {"cat.jpg": b"secret"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x03\x04") + 6] |= 1  # the flag of encryption, beside the file and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"the zip is encrypted \('cat.jpg' asks for a password\)"):
        Location(path)


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_a_damaged_zip_is_refused(keep: int, tmp_path: Path) -> None:
    path = make_zip(tmp_path / "data.zip", FILES)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"data.zip: not a zip that can be read .* fetch or pack it again"):
        Location(path)


def test_a_member_damaged_in_an_honest_zip_cannot_be_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "data.zip", {"a.txt": bytes(range(256)), "b.txt": b"fine"})
    content = bytearray(path.read_bytes())
    content[content.index(b"a.txt") + 40] ^= 0xFF
    path.write_bytes(content)
    location = Location(path)
    with pytest.raises(DataError, match="damaged inside the zip"):
        location.read("a.txt")
    assert location.read("b.txt") == b"fine"


def test_an_entry_that_swells_beyond_reason_is_refused_unopened(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "data.zip", {"a.bmp": b"tiny", "b.bmp": b"fine"})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24  # the unpacked size in the directory
    content[at : at + 4] = (2 << 30).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DataError, match="it says that it unpacks to 2,147,483,648 bytes"):
        Location(path).read("a.bmp")


def test_many_threads_read_one_zip(tmp_path: Path) -> None:
    files = {f"{number}.txt": f"content of {number}".encode() * 100 for number in range(200)}
    location = Location(make_zip(tmp_path / "data.zip", files))
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(location.read, files)) == list(files.values())


# --- fingerprint


def test_the_fingerprint_follows_the_content(place: Place) -> None:
    location = place(FILES)
    before = location.fingerprint()
    assert len(before) == 64
    assert Location(location.root).fingerprint() == before
    assert location.fingerprint(["top.txt"]) != before
    changed = place(FILES | {"top.txt": b"other"})
    assert changed.fingerprint() != before


def test_a_folders_fingerprint_follows_size_and_time(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "data", FILES)
    before = Location(folder).fingerprint()
    status = (folder / "top.txt").stat()
    os.utime(folder / "top.txt", ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert Location(folder).fingerprint() != before
    os.utime(folder / "top.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert Location(folder).fingerprint() == before


def test_a_zip_keeps_its_fingerprint_when_it_is_moved(tmp_path: Path) -> None:
    first = make_zip(tmp_path / "data.zip", FILES)
    second = tmp_path / "moved.zip"
    second.write_bytes(first.read_bytes())
    assert Location(first).fingerprint() == Location(second).fingerprint()


def test_what_several_layouts_look_for_is_looked_for_once(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").touch()
    location, looks = Location(tmp_path), []

    def count(place: Location) -> int:
        looks.append(place)
        return len(place.entries())

    assert [location.once(count), location.once(count)] == [1, 1]
    assert looks == [location]
    location.forget()
    assert location.once(count) == 1
    assert looks == [location, location]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="Linux's own file that opens, and cannot be read")
def test_a_file_that_opens_and_cannot_be_read_says_so_when_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").symlink_to("/proc/self/mem")
    with pytest.raises(DataError, match=r"labels\.csv: cannot be opened \(Input/output error\)"):
        Location(tmp_path).open("labels.csv")


def test_what_is_read_is_recorded_until_the_record_ends(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt", "d.txt"):
        (tmp_path / name).write_bytes(b"1")
    location = Location(tmp_path)
    location.read("d.txt")
    location.record(names := set[str]())
    location.read("a.txt")
    location.open("b.txt").close()
    location.path("c.txt")
    location.record(None)
    location.read("d.txt")
    assert names == {"a.txt", "b.txt", "c.txt"}


@pytest.mark.parametrize(
    ("ignored", "words"),
    [
        (["a/.b", "a/.c", "d/.b"], "a/.b, a/.c and d/.b"),
        (["a/.b", "a/.c", "d/.b", "e/.b"], "4 (3 .b and .c), such as a/.b"),
        (["._a", "b/._c", ".d", ".e"], "4 (2 ._*, .d and .e), such as ._a"),
        (["._a", ".b", ".c", ".d"], "4 (._a, .b, .c and .d), such as ._a"),  # a single one is no kind
    ],
)
def test_three_hidden_entries_are_named_and_more_are_counted(ignored: list[str], words: str) -> None:
    assert hidden_in_words(ignored) == words


def test_some_entries_alone_are_a_location_under_an_absolute_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data/pets/a.txt", "data/pets/b/c.txt", "data/pets/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    some = Location(Path("data")).only(["b/c.txt", "a.txt"])
    monkeypatch.chdir("/")
    assert (list(some.entries()), some.root) == (["b/c.txt", "a.txt"], tmp_path / "data/pets")
    assert some.read("b/c.txt") == b"data/pets/b/c.txt"
    single = Location(tmp_path / "data/pets/d.txt").only(["d.txt"])
    assert (single.root, single.read("d.txt")) == (tmp_path / "data/pets", b"data/pets/d.txt")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(DataError, match="an archive, which one process reads"):
        Location(tmp_path / "a.zip").only(["a.txt"])
