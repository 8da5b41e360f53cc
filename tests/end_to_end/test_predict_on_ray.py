"""`onelook predict --on ray`: two workers of a real Ray, of which one is killed; folders and a real bucket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from tests.end_to_end.conftest import COMMAND, Finished

_PICTURES = 3_000  # thirty shards: enough that some are left when the first one is there
_DAMAGED = 1_234
_CLUSTER = """
import sys, ray
from onelook.optional_packages import import_ray
found = import_ray("a test").init(address="local", num_cpus=2, include_dashboard=False, object_store_memory=200 << 20)
print(found.address_info["gcs_address"], flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """As many threads in a worker as without Ray, and no cluster of somebody else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.delenv("RAY_ADDRESS", raising=False)
        yield


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many small pictures, of which one is damaged."""
    folder = tmp_path_factory.mktemp("new") / "pictures"
    folder.mkdir()
    shades = np.random.default_rng(0).integers(0, 256, (_PICTURES, 8, 8), np.uint8)
    for number, pixels in enumerate(shades):
        Image.fromarray(pixels // 2 + np.uint8(number % 128)).save(folder / f"{number:04d}.png")
    (folder / f"{_DAMAGED:04d}.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    return folder


@pytest.fixture(scope="module")
def alone(pictures: Path, brightness_model: Path, run_in: Callable[..., Finished]) -> Any:
    """The rows that one process writes."""
    done = run_in(pictures.parent, "predict", brightness_model, "pictures", "--out", "alone.parquet")
    assert done.code == 0, done.err
    return pq.read_table(pictures.parent / "alone.parquet")


def rows_of(folder: Path) -> Any:
    return pq.read_table(folder).replace_schema_metadata(None)


def worker_in(folder: Path) -> int | None:
    """The process of a worker that was started in the folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_here = (process / "cwd").readlink() == folder
            if is_here and (process / "cmdline").read_bytes().startswith(b"ray::MapWorker"):
                return int(process.name)
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return None


@pytest.mark.timeout(600)
def test_a_folder_is_predicted_whole_though_a_worker_is_killed(
    pictures: Path, alone: Any, brightness_model: Path, cache: Path
) -> None:
    work = pictures.parent
    words = ("predict", brightness_model, "pictures", "--on", "ray", "--out", "answers")
    environment = {**os.environ, "ONELOOK_CACHE": str(cache), "COLUMNS": "80", "NO_COLOR": "1"}
    with subprocess.Popen(
        [COMMAND, *map(str, words)],
        cwd=work,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as command:
        answers = work / "answers"
        while command.poll() is None and not any(answers.glob("part-*")):
            time.sleep(0.005)
        killed = worker_in(work)
        if killed is not None:
            os.kill(killed, signal.SIGKILL)
        before = len([*answers.glob("part-*")])
        out, err = command.communicate()
    assert command.returncode == 0, err
    assert killed is not None
    assert 0 < before < 30
    assert rows_of(answers).equals(alone)
    record = json.loads((answers / "_onelook.json").read_text())
    assert (record["status"], record["rows"]) == ("complete", _PICTURES)
    assert [each["id"] for each in record["unreadable"]] == [f"{_DAMAGED:04d}.png"]
    assert f"warning: {_DAMAGED:04d}.png cannot be read" in err
    assert "on Ray: 2 shards at a time" in out
    assert "3,000 rows: answers" in out
    talk = ("raylet", "ray.io", "ray-project", "Dataset", "progress", "Traceback")  # of Ray's own
    assert [word for word in talk if word in out + err] == []


@pytest.fixture(scope="module")
def cluster(s3_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster of one machine, whose workers reach the server of S3."""
    with subprocess.Popen(
        [sys.executable, "-c", _CLUSTER],
        cwd=tmp_path_factory.mktemp("cluster"),
        env={**os.environ, **s3_server},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate("")


@pytest.mark.timeout(600)
def test_parquet_is_predicted_on_a_cluster_into_a_bucket(
    *, cluster: str, s3: Any, pictures: Path, alone: Any, brightness_model: Path, run_in: Callable[..., Finished]
) -> None:
    work = pictures.parent
    rows = [{"image": {"bytes": path.read_bytes(), "path": path.name}} for path in sorted(pictures.iterdir())]
    (work / "parquet").mkdir()
    for number in range(2):
        part = pa.Table.from_pylist(rows[number * 2_000 : (number + 1) * 2_000])
        pq.write_table(part, work / "parquet" / f"test-{number:05d}-of-00002.parquet", row_group_size=500)
    place = "s3://photos/of/parquet"
    words = ("predict", brightness_model, "parquet", "--on", "ray", "--ray-address", cluster, "--out", place)
    done = run_in(work, *words)
    assert done.code == 0, done.err
    assert f"3,000 rows: {place}" in done.out
    found = pq.read_table("photos/of/parquet", filesystem=s3)
    assert found.column("id").to_pylist() == [str(row) for row in range(1, _PICTURES + 1)]
    assert found.drop_columns("id").replace_schema_metadata(None).equals(alone.drop_columns("id"))
    again = run_in(work, *words)
    assert again.code == 2
    assert "s3://photos/of/parquet: it holds all of a prediction" in " ".join(again.err.split())


@pytest.mark.timeout(600)
def test_pictures_of_a_bucket_are_predicted_into_a_bucket(
    *, cluster: str, s3: Any, pictures: Path, alone: Any, brightness_model: Path, run_in: Callable[..., Finished]
) -> None:
    some = sorted(pictures.iterdir())[_DAMAGED - 200 : _DAMAGED + 100]
    s3.pipe({f"photos/new/{path.name}": path.read_bytes() for path in some})
    place = "s3://photos/of/pictures"
    words = ("predict", brightness_model, "s3://photos/new", "--on", "ray", "--ray-address", cluster, "--out", place)
    done = run_in(pictures.parent, *words)
    assert done.code == 0, done.err
    found = pq.read_table("photos/of/pictures", filesystem=s3).replace_schema_metadata(None)
    assert found.equals(alone.slice(_DAMAGED - 200, 300))
    assert f"warning: {_DAMAGED:04d}.png cannot be read" in done.err


def test_a_cluster_that_is_not_there_is_named(onelook: Callable[..., Finished], brightness_model: Path) -> None:
    done = onelook("predict", brightness_model, ".", "--on", "ray", "--ray-address", "127.0.0.1:1", "--out", "answers")
    assert done.code == 2
    assert "--ray-address 127.0.0.1:1: no Ray cluster answers there" in " ".join(done.err.split())
