"""Requests for a prediction on several machines that are refused before a picture is read, and warnings after it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from onelook.cli import main
from onelook.distributed.request import check_request, warnings_on_unlike
from onelook.errors import ConfigError
from onelook.ray_cluster import ClusterAddress


@pytest.fixture(autouse=True)
def _no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setattr("onelook.distributed.request.import_ray_data", lambda purpose: None)


def checked(
    on: str = "ray", out: Any = "answers", *, like: Any = None, address: Any = None, workers: Any = None
) -> Any:
    return check_request(on, out, like, address, workers)


def test_this_process_predicts_by_default() -> None:
    assert checked("here") is None


def test_a_request_says_where_and_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    found = checked("ray")
    assert (found.address, found.workers) == (ClusterAddress(None), None)
    monkeypatch.setenv("RAY_ADDRESS", "auto")
    found = checked("ray", "s3://bucket/answers", workers=3)
    assert (found.address, found.workers) == (ClusterAddress("auto", "RAY_ADDRESS=auto"), 3)
    assert checked(address="local").address == ClusterAddress("local", "--ray-address local")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"on": "rai"}, "unknown place to predict 'rai'. Did you mean 'ray'?"),
        ({"on": "here", "address": "a:1"}, "--ray-address a:1: one process predicts. Add --on ray"),
        ({"on": "here", "workers": 2}, "--workers 2: one process predicts. Add --on ray"),
        ({"out": None}, "--on ray writes a folder of Parquet files. Add --out FOLDER"),
        ({"out": "a/new.Parquet"}, "--out a/new.Parquet: --on ray writes a folder .* Name a folder, such as a/new$"),
        ({"out": Path("new.csv")}, "--out new.csv: --on ray writes a folder"),
        ({"like": "sample.csv"}, "--on ray and --like sample.csv: a submission is one file"),
        ({"workers": 0}, "--workers 0: expected 1 or more workers"),
        ({"address": "ray://head:10001"}, "--ray-address ray://head:10001: Ray Data does not run through Ray's client"),
        (
            {"address": "127.0.0.1:1"},
            "--ray-address 127.0.0.1:1: no Ray cluster answers there .* without the option two",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(request_: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words.replace("?", "\\?")):
        checked(**request_)


def test_without_ray_the_extra_is_named_before_any_picture_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["predict", "no-model", "no-data", "--on", "ray", "--out", str(tmp_path / "a")]) == 2
    assert "pip install 'onelook[ray]'" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "a").exists()


def test_many_unlike_pictures_are_warned_of() -> None:
    assert warnings_on_unlike(0, 0) == ()
    assert warnings_on_unlike(20, 1_000) == ()
    (warning,) = warnings_on_unlike(700, 1_000)
    assert warning.startswith("700 of 1,000 pictures are unlike those that the model learnt from: the column 'unlike'")
