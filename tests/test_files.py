"""Files appear whole or not at all."""

from __future__ import annotations

import hashlib
import os
import random
import socketserver
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from onelook import files
from onelook.errors import ConfigError, DataError
from onelook.files import write_text


@pytest.fixture
def umask_027() -> Iterator[None]:
    old = os.umask(0o027)
    yield
    os.umask(old)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def fail_after(_written: int, interruption: type[BaseException]) -> None:
    raise interruption


class TestAtomicPath:
    @pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
    def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
        self, tmp_path: Path, interruption: type[BaseException]
    ) -> None:
        target = tmp_path / "note.txt"
        target.write_text("old")
        with pytest.raises(interruption), files.atomic_path(target) as temporary:
            fail_after(temporary.write_text("half of the n"), interruption)
        assert target.read_text() == "old"
        assert names_in(tmp_path) == ["note.txt"]

    def test_the_target_is_untouched_until_the_block_ends(self, tmp_path: Path) -> None:
        target = tmp_path / "note.txt"
        with files.atomic_path(target) as temporary:
            temporary.write_text("new")
            assert not target.exists()
            assert temporary.parent == target.parent  # a rename across file systems would not be atomic
            assert temporary.suffix == ".txt"
        assert target.read_text() == "new"

    def test_permissions_follow_the_umask(self, tmp_path: Path, umask_027: None) -> None:
        files.write_text(tmp_path / "note.txt", "x")
        assert stat.S_IMODE((tmp_path / "note.txt").stat().st_mode) == 0o640

    def test_a_place_that_can_hold_no_file_is_refused_with_nothing_left(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").touch()
        os.mkfifo(tmp_path / "pipe")
        for target, reason in (
            (tmp_path / "folder", "is a folder"),
            (tmp_path / "pipe", "is not an ordinary file"),
            (tmp_path / "file" / "x.csv", "file is a file, not a folder"),
            (tmp_path / "file" / "deep" / "x.csv", "file is a file, not a folder"),
        ):
            with pytest.raises(ConfigError, match=reason):
                write_text(target, "x")
        assert names_in(tmp_path) == ["file", "folder", "pipe"]

    def test_a_folder_that_may_not_be_written_to_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write everywhere
        with pytest.raises(ConfigError, match=f"no permission to write to {tmp_path}"):
            write_text(tmp_path / "x.csv", "x")

    def test_missing_parents_are_made(self, tmp_path: Path) -> None:
        files.write_text(tmp_path / "a" / "b.txt", "é")
        assert (tmp_path / "a" / "b.txt").read_bytes() == "é".encode()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is asked of the disk: ("flush", content) for each file, ("rename", path) for each rename to it."""
    done: list[tuple[str, str]] = []
    real_fsync, real_replace, real_swap = os.fsync, Path.replace, files._swap_names

    def fsync(descriptor: int) -> None:
        done.append(("flush", Path(f"/proc/self/fd/{descriptor}").read_text()))
        real_fsync(descriptor)

    def replace(path: Path, target: Path) -> Path:
        done.append(("rename", Path(target).name))
        return real_replace(path, target)

    def swap(first: Path, second: Path) -> bool:
        done.append(("rename", second.name))
        return real_swap(first, second)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(files, "_swap_names", swap)
    return done


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux alone shows what a descriptor stands for")
class TestOnTheDiskBeforeTheRename:
    """After a power cut a renamed file that was not flushed is empty under its final name."""

    @pytest.mark.parametrize("is_there", [False, True])
    def test_a_file(self, tmp_path: Path, steps: list[tuple[str, str]], is_there: bool) -> None:
        if is_there:
            (tmp_path / "note.txt").write_text("old")
        files.write_text(tmp_path / "note.txt", "new")
        assert steps == [("flush", "new"), ("rename", "note.txt")]

    @pytest.mark.parametrize("is_there", [False, True])
    @pytest.mark.parametrize("can_swap", [False, True])
    def test_every_file_of_a_folder(
        self,
        tmp_path: Path,
        steps: list[tuple[str, str]],
        monkeypatch: pytest.MonkeyPatch,
        is_there: bool,
        can_swap: bool,
    ) -> None:
        if is_there:
            (tmp_path / "model").mkdir()
        if not can_swap:
            monkeypatch.setattr(files, "_swap_names", lambda first, second: False)
        with files.atomic_folder(tmp_path / "model") as temporary:
            (temporary / "within" / "deep").mkdir(parents=True)
            (temporary / "one").write_text("1")
            (temporary / "within" / "two").write_text("2")
            (temporary / "within" / "deep" / "three").write_text("3")
        assert sorted(steps[:3]) == [("flush", "1"), ("flush", "2"), ("flush", "3")]
        assert steps[-1] == ("rename", "model")
        assert all(step == "rename" for step, _ in steps[3:])


class TestAtomicFolder:
    def test_replaces_an_existing_folder_whole(self, tmp_path: Path) -> None:
        target = tmp_path / "model"
        target.mkdir()
        (target / "old.txt").write_text("old")
        with files.atomic_folder(target) as temporary:
            (temporary / "new.txt").write_text("new")
            assert names_in(target) == ["old.txt"]
        assert names_in(target) == ["new.txt"]
        assert names_in(tmp_path) == ["model"]

    def test_replaces_an_existing_folder_where_names_cannot_be_swapped(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "_swap_names", lambda first, second: False)
        self.test_replaces_an_existing_folder_whole(tmp_path)

    @pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
    def test_an_interrupted_write_leaves_the_old_folder(
        self, tmp_path: Path, interruption: type[BaseException]
    ) -> None:
        target = tmp_path / "model"
        target.mkdir()
        (target / "old.txt").write_text("old")
        with pytest.raises(interruption), files.atomic_folder(target) as temporary:
            fail_after((temporary / "new.txt").write_text("new"), interruption)
        assert (target / "old.txt").read_text() == "old"
        assert names_in(tmp_path) == ["model"]

    @pytest.mark.parametrize("interruption", [OSError, KeyboardInterrupt])
    def test_the_old_folder_comes_back_where_the_second_rename_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]
    ) -> None:
        target = tmp_path / "model"
        target.mkdir()
        (target / "old.txt").write_text("old")
        monkeypatch.setattr(files, "_swap_names", lambda first, second: False)
        real_replace = Path.replace

        def failing_replace(path: Path, destination: Path) -> Path:
            if destination == target and (path / "new.txt").exists():
                raise interruption("the disk is gone")
            return real_replace(path, destination)

        monkeypatch.setattr(Path, "replace", failing_replace)
        with pytest.raises(interruption, match="the disk is gone"), files.atomic_folder(target) as temporary:
            (temporary / "new.txt").write_text("new")
        assert names_in(target) == ["old.txt"]
        assert names_in(tmp_path) == ["model"]

    def test_a_refusal_of_the_rename_is_raised_where_there_is_nothing_to_replace(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real_replace, refusals = Path.replace, [PermissionError("not here")]

        def refused_once(path: Path, destination: Path) -> Path:
            if refusals:
                raise refusals.pop()
            return real_replace(path, destination)

        monkeypatch.setattr(Path, "replace", refused_once)
        with pytest.raises(PermissionError, match="not here"), files.atomic_folder(tmp_path / "model") as temporary:
            (temporary / "new.txt").write_text("new")
        assert names_in(tmp_path) == []

    def test_a_link_to_a_folder_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to(tmp_path / "real")
        with files.atomic_folder(tmp_path / "link") as temporary:
            (temporary / "new.txt").write_text("new")
        assert (tmp_path / "link").is_symlink()
        assert names_in(tmp_path / "real") == ["new.txt"]

    def test_permissions_follow_the_umask(self, tmp_path: Path, umask_027: None) -> None:
        with files.atomic_folder(tmp_path / "model"):
            pass
        assert stat.S_IMODE((tmp_path / "model").stat().st_mode) == 0o750


def test_checksum_is_sha256_over_more_than_one_block(tmp_path: Path) -> None:
    content = random.Random(0).randbytes((1 << 20) + 17)
    (tmp_path / "file").write_bytes(content)
    assert files.checksum(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_numbers_that_json_has_not_are_null_wherever_they_stand() -> None:
    inf, nan = float("inf"), float("nan")
    values = {"a": [1, -inf, [nan, 0.5]], "b": ({"c": inf}, "é"), "d": None, "e": True}
    assert files.json_text(values, indent=None) == (
        '{"a": [1, null, [null, 0.5]], "b": [{"c": null}, "é"], "d": null, "e": true}'
    )


def test_json_that_is_written_piece_by_piece_is_the_text_with_a_line_break(tmp_path: Path) -> None:
    values = {"matrix": [[1, 0], (2, 3)], "none": [], "é": {"loss": float("nan"), "none": {}}}
    files.write_json(tmp_path / "values.json", values)
    assert (tmp_path / "values.json").read_bytes() == f"{files.json_text(values)}\n".encode()


def test_what_a_killed_writer_left_is_removed_and_nothing_that_only_looks_like_it(tmp_path: Path) -> None:
    for name in (
        ".run.json.0123abcd.json",
        ".run.json.89efAB01.json",
        ".run.json.0123abcd",
        ".run.json.0123abcde.json",
    ):
        (tmp_path / name).touch()
    for name in ("run.json", ".run.json.0123abcd.json.old", ".run.json.0123abc.json", ".other.json.0123abcd.json"):
        (tmp_path / name).touch()
    (tmp_path / ".evidence.01234567").mkdir()
    (tmp_path / ".evidence.01234567" / "half.png").touch()
    kept = set(names_in(tmp_path)) - {".run.json.0123abcd.json"}
    files.remove_unfinished(tmp_path / "run.json")
    assert set(names_in(tmp_path)) == kept
    files.remove_unfinished(tmp_path / "evidence")
    assert set(names_in(tmp_path)) == kept - {".evidence.01234567"}


@pytest.mark.parametrize("name", ["part[1].csv", "what?.csv", "all*.csv"])
def test_marks_of_a_pattern_in_a_name_stand_for_themselves(name: str, tmp_path: Path) -> None:
    for each in (
        f".{name}.0123abcd.csv",
        ".part1.csv.0123abcd.csv",
        ".whats.csv.0123abcd.csv",
        ".all of.csv.0123abcd.csv",
    ):
        (tmp_path / each).touch()
    files.remove_unfinished(tmp_path / name)
    assert set(names_in(tmp_path)) == {
        *(".part1.csv.0123abcd.csv", ".whats.csv.0123abcd.csv", ".all of.csv.0123abcd.csv"),
    }


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/broken":
            self.wfile.write(b"this is not HTTP\r\n\r\n")
            return
        self.send_response(200 if self.path == "/file" else 404)
        self.end_headers()
        self.wfile.write(b"content")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class TestDownload:
    def test_keeps_what_has_the_expected_checksum(self, tmp_path: Path, address: str) -> None:
        files.download(f"{address}/file", tmp_path / "x", sha256=hashlib.sha256(b"content").hexdigest())
        assert (tmp_path / "x").read_bytes() == b"content"

    def test_keeps_nothing_else(self, tmp_path: Path, address: str) -> None:
        with pytest.raises(DataError, match=r"SHA-256 is .*, expected 00. Nothing was kept"):
            files.download(f"{address}/file", tmp_path / "x", sha256="00")
        assert names_in(tmp_path) == []

    @pytest.mark.parametrize("path", ["/absent", "/broken"])
    def test_an_answer_that_is_no_file_is_a_data_error(self, tmp_path: Path, address: str, path: str) -> None:
        with pytest.raises(DataError, match="could not download"):
            files.download(f"{address}{path}", tmp_path / "x", sha256="00", timeout_seconds=5)
        assert names_in(tmp_path) == []


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_that_another_process_makes_meanwhile_is_replaced(
    is_there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine").touch()
    rename = Path.replace

    def late(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", rename)
        if is_there:
            (tmp_path / "model").mkdir()
            (tmp_path / "model" / "theirs").touch()
        raise OSError("the folder is not empty")

    monkeypatch.setattr(Path, "replace", late)
    if is_there:
        files.put_folder(tmp_path / "new", tmp_path / "model")
        assert names_in(tmp_path / "model") == ["mine"]
        assert not (tmp_path / "new").exists()
    else:
        with pytest.raises(OSError, match="the folder is not empty"):
            files.put_folder(tmp_path / "new", tmp_path / "model")
        assert names_in(tmp_path / "new") == ["mine"]
