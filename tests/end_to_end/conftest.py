"""The installed command, run as a user runs it, on the real data sets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.browser import Browser, chromium

COMMAND = Path(sys.executable).parent / "onelook"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent) + os.sep
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.end_to_end)
            item.add_marker(pytest.mark.timeout(900))


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str


Onelook = Callable[..., Finished]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets."""
    folder = os.environ.get("ONELOOK_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ONELOOK_DATA names no folder with the real data sets")
    return Path(folder)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that is empty when the tests begin, shared by all of them."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def run_in(cache: Path) -> Onelook:
    """`run_in(folder, *words)`: the installed command in that folder."""

    def run(folder: Path, *words: str | Path) -> Finished:
        done = subprocess.run(
            [COMMAND, *map(str, words)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "ONELOOK_CACHE": str(cache), "COLUMNS": "80", "NO_COLOR": "1"},
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return Finished(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def onelook(run_in: Onelook, tmp_path: Path) -> Callable[..., Finished]:
    """`onelook(*words)`: the installed command in an empty folder."""
    return lambda *words: run_in(tmp_path, *words)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for the tests of a file, whose window is a screen's; the tests that need one are skipped without."""
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        opened.look()
        yield opened


@pytest.fixture(scope="session")
def s3_server() -> Iterator[dict[str, str]]:
    """A server of S3 on this machine, as the variables by which it is reached."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server.stop()


@pytest.fixture
def s3(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Its files, in an empty bucket `photos`, which commands reach too."""
    import s3fs

    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    system = s3fs.S3FileSystem(skip_instance_cache=True)
    system.mkdir("photos")
    yield system
    system.invalidate_cache()
    system.rm("photos", recursive=True)
