"""`onelook predict` on large sets: killed and resumed, from a tar and a table, and from and into a real S3 server."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image
from tests.end_to_end.conftest import COMMAND, Onelook

ROWS = 18_000  # two parts of 8,192 and a rest
DAMAGED = 12_345


def picture(number: int) -> tuple[str, bytes]:
    """The name and the file of a small picture. The first ones are dark, the last ones light, one is damaged."""
    file = io.BytesIO()
    Image.fromarray(np.full((8, 8), number * 255 // ROWS, np.uint8)).save(file, "PPM")
    return f"{number:05d}.pgm", b"no picture" if number == DAMAGED else file.getvalue()


@pytest.fixture(scope="module")
def tar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("set") / "new.tar"
    with tarfile.open(path, "w") as archive:
        for name, content in map(picture, range(ROWS)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def killed_when(there: Path, words: list[str], folder: Path, cache: Path) -> bool:
    """Start a command, kill it as soon as a file is there, and return whether it was still running."""
    environment = {**os.environ, "ONELOOK_CACHE": str(cache)}
    process = subprocess.Popen([COMMAND, *words], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 240
    while not there.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    is_running = process.poll() is None
    process.kill()
    process.wait()
    return is_running


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_that_was_killed_at_several_moments_ends_as_if_it_had_not_been(
    *, ending: str, tar: Path, brightness_model: Path, cache: Path, run_in: Onelook, tmp_path: Path
) -> None:
    words = ["predict", str(brightness_model), str(tar), "--probabilities", "--quiet", "--out"]
    assert run_in(tmp_path, *words, f"whole.{ending}").code == 0
    out, parts = tmp_path / f"out.{ending}", tmp_path / f"out.{ending}.partial"
    moments = [parts / "prediction.json", parts / "000000.json", parts / f"000002.{ending}"]
    resumed = 0
    for at, moment in enumerate(moments):
        was_running = killed_when(moment, [*words, out.name, *(["--resume"] if at else [])], tmp_path, cache)
        if not was_running:  # it was faster than we were
            break
        resumed += (parts / "000000.json").exists()
        assert not out.exists()
    assert resumed, "each process ended before it could be killed"
    refused = run_in(tmp_path, *words, out.name) if parts.exists() else None
    assert refused is None or (refused.code == 2 and "Add --resume to continue it" in " ".join(refused.err.split()))
    done = run_in(tmp_path, *words, out.name, "--resume")
    assert (done.code, done.err.count("cannot be read")) == (0, 1 if not parts.exists() else 0)
    assert out.read_bytes() == (tmp_path / f"whole.{ending}").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [out.name, f"whole.{ending}"]


def test_a_bucket_is_predicted_into_a_bucket(s3: Any, brightness_model: Path, run_in: Onelook, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    some = dict(map(picture, sorted([*range(0, ROWS, 120), DAMAGED])))
    for name, content in some.items():
        (tmp_path / "new" / name).write_bytes(content)
    s3.pipe({f"photos/new/{name}": content for name, content in some.items()})
    for ending in ("csv", "parquet"):
        there = f"s3://photos/out/labels.{ending}"
        done = run_in(tmp_path, "predict", brightness_model, "s3://photos/new", "--out", there)
        assert done.code == 0, done.err
        assert f"151 rows: {there}" in " ".join(done.out.split())
        assert f"warning: {DAMAGED}.pgm cannot be read" in done.err
        run_in(tmp_path, "predict", brightness_model, "new", "--out", f"labels.{ending}")
        assert s3.cat_file(f"photos/out/labels.{ending}") == (tmp_path / f"labels.{ending}").read_bytes()
    assert sorted(s3.find("photos/out")) == ["photos/out/labels.csv", "photos/out/labels.parquet"]


def test_parquet_and_an_archive_in_a_bucket_are_fetched(
    s3: Any, tar: Path, brightness_model: Path, run_in: Onelook, tmp_path: Path
) -> None:
    few = [picture(number)[1] for number in range(0, ROWS, 1800)]
    pa.parquet.write_table(pa.table({"image": few}), tmp_path / "test.parquet")
    s3.put_file(str(tmp_path / "test.parquet"), "photos/tables/test.parquet")
    s3.put_file(str(tar), "photos/new.tar")
    for there, here in (("s3://photos/tables", "test.parquet"), ("s3://photos/new.tar", tar)):
        for data, out in ((there, "there.csv"), (here, "here.csv")):
            done = run_in(tmp_path, "predict", brightness_model, data, "--out", out, "--quiet")
            assert done.code == 0, done.err
        found = (tmp_path / "there.csv").read_text()
        assert found == (tmp_path / "here.csv").read_text()
        labels = [line.split(",")[1] for line in found.splitlines()[1:]]
        assert (labels[0], labels[-1], len(labels)) == ("dark", "light", 10 if here == "test.parquet" else ROWS)


@pytest.mark.parametrize(
    ("data", "out", "code", "words"),
    [
        ("s3://nobody/new", None, 3, "s3://nobody/new: no such file, folder or bucket"),
        ("s3://photos/nothing", None, 3, "s3://photos/nothing: no such file, folder or bucket"),
        ("new", "s3://nobody/labels.csv", 2, "--out s3://nobody/labels.csv: no such file, folder or bucket"),
        ("new", "https://example.org/labels.csv", 2, "a web address cannot be written to"),
    ],
)
@pytest.mark.usefixtures("s3")
def test_what_is_not_there_is_said_before_anything_is_predicted(
    *, data: str, out: str | None, code: int, words: str, brightness_model: Path, run_in: Onelook, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "new" / "1.png")
    done = run_in(tmp_path, "predict", brightness_model, data, *(() if out is None else ("--out", out)))
    assert (done.code, words in " ".join(done.err.split())) == (code, True), done.err


@pytest.fixture
def locked(s3: Any) -> Any:
    """Its files, by a policy of the bucket: `secret` may be listed and not read, and `locked` not be written to."""
    closed = {
        "secret*": ["s3:GetObject", "s3:HeadObject"],  # as the test's server names what S3 itself calls GetObject
        "locked/*": ["s3:PutObject"],
    }
    statements = [
        {"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": f"arn:aws:s3:::photos/{names}"}
        for names, actions in closed.items()
    ]
    for name in ("secret/1.png", "secret/2.png", "secret.zip"):
        s3.pipe_file(f"photos/{name}", b"nobody reads this")
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    s3.call_s3("put_bucket_policy", Bucket="photos", Policy=policy)
    return s3


@pytest.mark.parametrize(
    ("data", "out", "code", "words"),
    [
        ("s3://photos/secret", "labels.csv", 3, "none of 2 pictures can be read. The first, '1.png': s3://photos/"),
        ("s3://photos/secret.zip", "labels.csv", 3, "s3://photos/secret.zip: access is denied. Check the credentials"),
        ("new", "s3://photos/locked/labels.csv", 2, "--out s3://photos/locked/labels.csv: access is denied. Check"),
    ],
)
def test_what_a_bucket_s_policy_denies_is_said_and_nothing_is_written(
    *, data: str, out: str, code: int, words: str, locked: Any, brightness_model: Path, run_in: Onelook, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "new" / "1.png")
    before = locked.find("photos")
    done = run_in(tmp_path, "predict", brightness_model, data, "--out", out)
    said = " ".join(done.err.split())
    assert (done.code, words in said, "access is denied" in said) == (code, True, True), said
    locked.invalidate_cache()
    assert locked.find("photos") == before
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.usefixtures("s3")
def test_a_server_that_does_not_answer_is_pointed_out(
    brightness_model: Path, run_in: Onelook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")  # else it is asked again for a quarter of a minute
    done = run_in(tmp_path, "predict", brightness_model, "s3://photos/new")
    assert (done.code, "the address cannot be reached" in " ".join(done.err.split())) == (3, True), done.err
