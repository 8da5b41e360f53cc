"""Files of a prediction in a folder and in a bucket: each appears whole, and what fails is reported with the place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onelook.distributed.shard_store import BucketStore, FolderStore, ShardStore, open_store
from onelook.errors import ConfigError

BUCKET = "memory://bucket/answers"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ShardStore]:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    memory.mkdirs("/bucket", exist_ok=True)
    yield open_store(tmp_path / "answers" if request.param == "folder" else BUCKET)
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


def read(store: ShardStore, name: str) -> bytes:
    with store.open(name) as file:
        return file.read()


def test_what_is_written_is_listed_and_read(store: ShardStore) -> None:
    assert store.names() == []
    store.write("b", b"first")
    store.write("a", b"other")
    store.write("b", b"second")
    assert store.names() == ["a", "b"]
    assert read(store, "b") == b"second"


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    store.write("a", b"old")

    def fail(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("onelook.files._flush", fail)
    with pytest.raises(ConfigError, match=r"a: cannot be written \(.*No space left on device"):
        store.write("a", b"new and longer")
    assert read(store, "a") == b"old"
    assert store.names() == ["a"]


def test_a_bucket_is_listed_anew_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    store, listed = BucketStore(BUCKET), list[str]()
    monkeypatch.setattr(store._files, "invalidate_cache", lambda: listed.append("b"))
    monkeypatch.setattr(store._files, "ls", lambda path, detail: [f"{path}/{name}" for name in listed])
    assert store.names() == ["b"]


def test_a_path_and_a_url_have_stores_of_their_own(tmp_path: Path) -> None:
    assert isinstance(open_store(str(tmp_path)), FolderStore)
    assert isinstance(open_store(BUCKET), BucketStore)
    assert open_store(BUCKET).where == BUCKET


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("mine")
    with pytest.raises(ConfigError, match=r"--out .*answers: is a file\. Expected a folder"):
        open_store(tmp_path / "answers")


def test_a_bucket_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"--out memory://nowhere/answers: no such file, folder or bucket"):
        open_store("memory://nowhere/answers").names()


def test_errors_of_a_bucket_have_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    store = BucketStore(BUCKET)

    def refuse(*_: Any) -> None:
        raise PermissionError("Access Denied")

    monkeypatch.setattr(store._files, "pipe_file", refuse)
    with pytest.raises(ConfigError, match=r"--out memory://bucket/answers: access is denied\. Check the credentials"):
        store.write("a", b"x")


def test_an_unknown_kind_of_url_is_named() -> None:
    with pytest.raises(
        ConfigError, match=r"sss://bucket: 'sss' is no protocol that fsspec knows\. Expected an address such"
    ):
        open_store("sss://bucket")
    with pytest.raises(ConfigError, match="--out https://example.org/a: a web address cannot be written to"):
        open_store("https://example.org/a")


@pytest.mark.parametrize(("module", "url"), [("fsspec", BUCKET), ("s3fs", "s3://bucket/answers")])
def test_a_missing_package_is_named(module: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core" if module == "fsspec" else module, None)
    with pytest.raises(
        ConfigError, match=f"the address {url} needs the package '{module}'.* pip install 'onelook.remote.'"
    ):
        open_store(url)
