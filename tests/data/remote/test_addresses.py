"""Data and files at addresses: pictures are read where they are, other files are fetched, errors say what to do."""

from __future__ import annotations

import builtins
import io
import json
import pickle
import sys
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry
from PIL import Image

from onelook.commands.predict import predict
from onelook.data.open import open_dataset
from onelook.data.pictures.decoding import in_batches
from onelook.data.remote import folder
from onelook.data.remote.addresses import explained, file_system, is_url, name_of
from onelook.data.remote.folder import RemoteFolder, fetch_file
from onelook.data.remote.output import RemoteOutput
from onelook.errors import ConfigError, DataError

LIGHT = (3, 6)  # of the pictures 1 to 7


def png(shade: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (8, 8), shade).save(file, "PNG")
    return file.getvalue()


def expected(out: bytes) -> list[list[str]]:
    return [line.split(",")[:2] for line in out.decode().splitlines()[1:]]


ROWS = [
    ["4.png", ""] if number == 4 else [f"{number}.png", "light" if number in LIGHT else "dark"]
    for number in range(1, 8)
]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def memory() -> Iterator[Any]:
    """The file system of `memory://`, with seven pictures in a bucket; the fourth cannot be read."""
    system = fsspec.filesystem("memory")
    for number in range(1, 8):
        content = b"no picture" if number == 4 else png(255 if number in LIGHT else 0)
        system.pipe_file(f"/bucket/new/{number}.png", content)
    system.pipe_file("/bucket/new/.DS_Store", b"hidden")
    system.pipe_file("/bucket/new/notes.txt", b"words")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.mark.parametrize("most", [0, 1 << 20])  # bytes that go through the cache
def test_a_folder_is_predicted_where_it_is(
    most: int, memory: Any, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_batches, "_MOST_CACHED_BYTES", most)
    found = predict(brightness_model, "memory://bucket/new", tmp_path / "out.csv")
    assert expected((tmp_path / "out.csv").read_bytes()) == ROWS
    assert found.dataset.name == "new"
    assert list(found.unreadable) == ["4.png"]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_is_written_at_an_address_as_on_this_machine(
    ending: str, memory: Any, brightness_model: Path, tmp_path: Path
) -> None:
    url = f"memory://bucket/out/labels.{ending}"
    found = predict(brightness_model, "memory://bucket/new", url)
    assert (str(found.out), found.to_dict()["out"]) == (url, url)
    predict(brightness_model, "memory://bucket/new", tmp_path / f"labels.{ending}")
    assert memory.cat_file(f"/bucket/out/labels.{ending}") == (tmp_path / f"labels.{ending}").read_bytes()
    assert memory.ls("/bucket/out", detail=False) == [f"/bucket/out/labels.{ending}"]


def test_what_has_failed_leaves_nothing_at_the_address(memory: Any, brightness_model: Path) -> None:
    for number in range(1, 8):
        memory.pipe_file(f"/bucket/new/{number}.png", b"no picture")
    with pytest.raises(DataError, match=r"memory://bucket/new: none of 7 pictures can be read\. The first, '1\.png'"):
        predict(brightness_model, "memory://bucket/new", "memory://bucket/labels.csv")
    assert [name for name in memory.find("/bucket") if "labels" in name] == []


def test_a_file_that_cannot_be_sent_stays_on_this_machine(
    memory: Any, brightness_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OSError("the network is down")

    monkeypatch.setattr(type(memory), "put_file", fail)
    with pytest.raises(DataError, match=r"the network is down.*The file is whole, and lies at (\S+)\.") as refused:
        predict(brightness_model, "memory://bucket/new", "memory://bucket/labels.csv")
    place = Path(str(refused.value).rpartition(" ")[2].rstrip("."))
    assert expected(place.read_bytes()) == ROWS


def test_a_picture_and_an_archive_at_an_address_are_fetched_once(
    memory: Any, brightness_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = predict(brightness_model, "memory://bucket/new/3.png")
    assert [found.batch.ids[0], found.batch.likeliest(0, 1)[0][0]] == ["3.png", "light"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("dark/1.png", "dark/2.png", "light/1.png", "light/2.png"):
            archive.writestr(name, png(255 if name.startswith("light") else 0))
    memory.pipe_file("/bucket/set.zip", packed.getvalue())
    dataset = open_dataset("memory://bucket/set.zip")
    assert (dataset.name, dataset.class_names, dataset.rows) == ("set", ("dark", "light"), 4)
    monkeypatch.setattr(type(memory), "get_file", None)
    assert open_dataset("memory://bucket/set.zip").fingerprint == dataset.fingerprint


def test_a_folder_of_tables_is_fetched(memory: Any, brightness_model: Path) -> None:
    lines = ["key," + ",".join(f"pixel{at}" for at in range(64))]
    lines += [f"{key}," + ",".join([shade] * 64) for key, shade in (("a", "0"), ("b", "255"))]
    memory.pipe_file("/bucket/tables/test.csv", "\n".join(lines).encode())
    found = predict(brightness_model, "memory://bucket/tables")
    assert list(zip(found.batch.ids, [found.batch.likeliest(row, 1)[0][0] for row in range(2)], strict=True)) == [
        ("a", "dark"),
        ("b", "light"),
    ]


def test_a_changed_file_is_fetched_again(memory: Any) -> None:
    memory.pipe_file("/bucket/a.txt", b"one")
    assert fetch_file("memory://bucket/a.txt").read_bytes() == b"one"
    memory.pipe_file("/bucket/a.txt", b"two")
    assert fetch_file("memory://bucket/a.txt").read_bytes() == b"two"
    before = RemoteFolder("memory://bucket/new").fingerprint()
    assert RemoteFolder("memory://bucket/new").fingerprint() == before
    memory.pipe_file("/bucket/new/1.png", png(9))
    assert RemoteFolder("memory://bucket/new").fingerprint() != before


def test_some_of_the_files_can_be_given_to_another_process(memory: Any) -> None:
    folder = RemoteFolder("memory://bucket/new")
    memory.pipe_file("/bucket/new/8.png", png(1))  # which the others do not list
    for made in (pickle.loads(pickle.dumps(folder)), folder.only(["3.png", "1.png"])):
        assert made.read("3.png") == png(255)
        assert made.fingerprint(["1.png"]) == folder.fingerprint(["1.png"])
        assert set(made.names) <= set(folder.names)
    assert folder.only(["3.png", "1.png"]).names == ["3.png", "1.png"]
    with pytest.raises(DataError, match=r"memory://bucket/new/9\.png: no such file"):
        folder.read("9.png")


def test_pictures_at_an_address_are_not_trained_on(memory: Any) -> None:
    with pytest.raises(DataError, match="7 pictures in a folder elsewhere can be predicted, but have no labels here"):
        open_dataset("memory://bucket/new")


@pytest.mark.parametrize("url", ["memory://bucket/nowhere", "memory://bucket/nowhere.zip"])
def test_what_is_not_there_is_pointed_out(url: str, memory: Any, brightness_model: Path) -> None:
    with pytest.raises(DataError, match=f"{url}: no such file, folder or bucket"):
        predict(brightness_model, url)


class Cloud(MemoryFileSystem):
    """A store in memory at `gs://` that answers as gcsfs does: buckets are not made, and some things are forbidden."""

    protocol = ("gs", "gcs")
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = ["", "/photos"]
    forbidden: ClassVar[set[str]] = set()  # what paths begin with

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.removeprefix("gs://")))

    def _check(self, path: str) -> None:
        path = self._strip_protocol(path)
        if any(path.startswith(start) for start in self.forbidden):
            raise OSError(f"Forbidden: https://storage.googleapis.com{path}\nsomebody has no storage.objects access.")
        if not path.startswith("/photos"):
            raise FileNotFoundError(path)

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        raise AssertionError("a bucket would be made")

    def put_file(self, lpath: str, rpath: str, **kwargs: Any) -> None:
        self.pipe_file(rpath, Path(lpath).read_bytes())

    def find(self, path: str, *args: Any, **kwargs: Any) -> Any:
        self._check(path)
        return super().find(path, *args, **kwargs)

    def cat_file(self, path: str, *args: Any, **kwargs: Any) -> bytes:
        self._check(path)
        return bytes(super().cat_file(path, *args, **kwargs))

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:
        self._check(path)
        super().pipe_file(path, value, mode, **kwargs)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The file system of `gs://`, with two pictures in the bucket `photos`."""
    monkeypatch.setitem(_registry, "gs", Cloud)
    system = fsspec.filesystem("gs")
    for number in (2, 3):
        system.pipe_file(f"gs://photos/new/{number}.png", png(255 if number in LIGHT else 0))
    yield system
    system.store.clear()
    system.forbidden.clear()


def test_pictures_of_a_google_bucket_are_predicted_into_it(cloud: Any, brightness_model: Path) -> None:
    found = predict(brightness_model, "gs://photos/new", "gs://photos/out/labels.csv")
    assert str(found.out) == "gs://photos/out/labels.csv"
    assert expected(cloud.cat_file("/photos/out/labels.csv")) == [ROWS[1], ROWS[2]]
    assert cloud.find("/photos/out") == ["/photos/out/labels.csv"]


@pytest.mark.parametrize(
    ("forbidden", "data", "out", "words"),
    [
        ("/photos/new", "new", None, "gs://photos/new: access is denied. Check the credentials"),
        ("/photos/new/", "new", None, "2.png: access is denied. Check the credentials, and what they permit. Expected"),
        ("/photos/out", "new", "photos/out/a.csv", "--out gs://photos/out/a.csv: access is denied. Check the cred"),
        ("/none", "new", "nobody/a.csv", "--out gs://nobody/a.csv: no such file, folder or bucket. Check the address"),
        ("/none", "old", None, "gs://photos/old: no such file, folder or bucket, or nothing"),
    ],
)
def test_what_a_google_bucket_denies_is_pointed_out_and_leaves_nothing(
    *, forbidden: str, data: str, out: str | None, words: str, cloud: Any, brightness_model: Path, tmp_path: Path
) -> None:
    cloud.forbidden.add(forbidden)
    before = set(cloud.store)
    with pytest.raises(DataError if out is None else ConfigError, match=words):
        predict(brightness_model, f"gs://photos/{data}", tmp_path / "out.csv" if out is None else f"gs://{out}")
    assert set(cloud.store) == before
    assert {path.name for path in tmp_path.iterdir()} <= {"cache"}


def test_a_package_for_google_buckets_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(ConfigError, match="gs://photos/new needs a package that is not installed: .*install gcsfs"):
        file_system("gs://photos/new")


class AnswerError(Exception):
    """An error of a package that talks to a server, as gcsfs and Azure's packages have."""

    def __init__(self, **facts: object) -> None:
        super().__init__("the server said no")
        vars(self).update(facts)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (AnswerError(code=401), "access is denied"),
        (AnswerError(code="403"), "access is denied"),
        (AnswerError(status_code=403), "access is denied"),
        (AnswerError(status=500), "cannot be reached \\(the server said no\\)"),
        (AnswerError(code="NoSuchKey"), "cannot be reached \\(the server said no\\)"),
        (FileNotFoundError("bucket"), "no such file, folder or bucket. Check the address"),
        (PermissionError("Forbidden"), "access is denied. Check the credentials, and what they permit"),
        (OSError("Name or service not known"), r"cannot be reached \(Name or service not known\). Check it, the net"),
        (RuntimeError(), r"cannot be reached \(RuntimeError\)"),
    ],
)
def test_errors_of_a_file_system_say_what_to_do(problem: Exception, words: str) -> None:
    for kind in (DataError, ConfigError):
        with pytest.raises(kind, match=f"s3://b/c: .*{words}"), explained("s3://b/c", kind):
            raise problem
    with pytest.raises(ConfigError, match="as it was"), explained("s3://b/c"):
        raise ConfigError("as it was")


def test_an_unknown_protocol_and_a_missing_package_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="'nothing' is no protocol that fsspec knows. Expected an address such as s3"):
        file_system("nothing://a/b")
    with pytest.raises(ConfigError, match="a web address cannot be written to"):
        RemoteOutput("https://example.org/labels.csv").check()
    true_import = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "fsspec":
            raise ImportError(name=name)
        return true_import(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"the address s3://b/c needs the package 'fsspec'.*onelook\[remote\]"):
        file_system("s3://b/c")


def test_paths_are_no_addresses() -> None:
    assert not any(map(is_url, ["photos", "C:\\photos", "c:/photos", "./a", "/a//b", "mnist", Path("s3://b"), None]))
    assert all(map(is_url, ["s3://b", "gs://b/c", "https://example.org/x.zip", "file:///a", "S3://b"]))


@pytest.fixture
def web() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A web server on this machine: its address, and what it has; what is `None` is forbidden."""
    files: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            name = self.path.partition("?")[0]
            code = 403 if name == "/secret.zip" else 200 if name in files else 404
            content = files.get(name, b"")
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if with_body:
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", files
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_picture_and_an_archive_on_the_web_are_predicted(
    web: tuple[str, dict[str, bytes]], brightness_model: Path
) -> None:
    url, files = web
    files["/a/cat.png"] = png(255)
    found = predict(brightness_model, f"{url}/a/cat.png?size=large")
    assert [found.batch.ids[0], found.batch.likeliest(0, 1)[0][0]] == ["cat.png", "light"]
    files["/a/cat.png"] = png(0)  # the server does not say that it has changed
    assert predict(brightness_model, f"{url}/a/cat.png").batch.likeliest(0, 1)[0][0] == "dark"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(1, 4):
            archive.writestr(f"{number}.png", png(255 if number == 3 else 0))
    files["/set.zip"] = packed.getvalue()
    rows = json.loads(json.dumps(predict(brightness_model, f"{url}/set.zip").to_dict()))["predictions"]
    assert [(row["id"], row["label"]) for row in rows] == [("1.png", "dark"), ("2.png", "dark"), ("3.png", "light")]
    for name, words in (("gone.zip", "no such file"), ("secret.zip", "access is denied")):
        with pytest.raises(DataError, match=f"{url}/{name}: {words}"):
            predict(brightness_model, f"{url}/{name}")
    with pytest.raises(DataError, match=r"127\.0\.0\.1:9/a\.zip: the address cannot be reached \(.*Cannot connect"):
        predict(brightness_model, "http://127.0.0.1:9/a.zip")


class Served:
    """A file system with one file, which counts how often it is fetched and tells these facts about it."""

    def __init__(self, content: bytes, **facts: object) -> None:
        self.content, self.facts, self.fetched = content, facts, 0

    def info(self, path: str) -> dict[str, object]:
        return {"size": len(self.content), **self.facts}

    def get_file(self, path: str, to: str) -> None:
        self.fetched += 1
        Path(to).write_bytes(self.content)


def test_a_file_is_fetched_again_if_its_size_or_its_mark_changes_or_it_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served = Served(b"old", mtime=7, ETag=None)
    monkeypatch.setattr(folder, "file_system", lambda url: (served, "photo.png"))
    monkeypatch.setattr(folder, "is_on_the_web", lambda url: True)
    url = "s3://bucket/photo.png"

    def fetched() -> tuple[bytes, int]:
        return fetch_file(url).read_bytes(), served.fetched

    assert [fetched(), fetched()] == [(b"old", 1), (b"old", 1)]
    served.content = b"newer"
    assert [fetched(), fetched()] == [(b"newer", 2), (b"newer", 2)]
    served.content, served.facts = b"other", {"mtime": 8}
    assert [fetched(), fetched()] == [(b"other", 3), (b"other", 3)]
    served.content, served.facts = b"again", {}  # nothing tells whether it has changed
    assert [fetched(), fetched()] == [(b"again", 4), (b"again", 5)]


def test_a_file_that_was_sent_leaves_nothing_on_this_machine(memory: Any) -> None:
    with RemoteOutput("memory://bucket/out/found.csv") as output:
        output.path.parent.mkdir(parents=True, exist_ok=True)
        output.path.write_bytes(b"id,class\n")
        assert output.path.name == "found.csv"
    assert memory.cat_file("/bucket/out/found.csv") == b"id,class\n"
    assert not output.path.parent.exists()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a/cats.zip?token=1#part", "cats.zip"),
        ("https://example.org/a/cats.zip#part", "cats.zip"),
        ("s3://bucket/my photos/", "my_photos"),
    ],
)
def test_what_is_fetched_is_called_as_at_its_address(url: str, name: str) -> None:
    assert name_of(url) == name
