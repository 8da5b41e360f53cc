"""`onelook report --figures`: the plots of a run as files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PIL import Image
from tests.report.conftest import build_run

from onelook.cli import main
from onelook.commands.report import write_figures
from onelook.errors import ConfigError
from onelook.run_folder import RunFolder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return build_run(tmp_path_factory.mktemp("runs") / "shirts-001", pictures=True)


def test_each_plot_is_written_as_png_and_svg(
    run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "slides"
    names = ["history.png", "history.svg", "confusion.png", "confusion.svg", "worst.png", "worst.svg"]
    assert main(["report", str(run.path), "--out", str(tmp_path / "r.html"), "--figures", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {"report": str(tmp_path / "r.html"), "figures": [str(out / name) for name in names]}
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    for path in out.glob("*.png"):
        with Image.open(path) as picture:
            assert min(picture.size) > 400
    assert all("</svg>" in path.read_text() for path in out.glob("*.svg"))
    # The pictures of two plots are not the same.
    assert len({path.read_bytes() for path in out.iterdir()}) == len(names)


def test_what_the_run_has_nothing_for_is_left_out_and_other_files_stay(tmp_path: Path) -> None:
    bare = build_run(tmp_path / "bare", history=[])
    (tmp_path / "mine.txt").write_text("kept")
    written = write_figures(bare.path, tmp_path)
    assert [path.name for path in written] == ["confusion.png", "confusion.svg"]
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_a_file_in_the_place_of_the_folder_is_refused(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(ConfigError, match="--figures .*taken: is a file. Expected a folder for the files to write"):
        write_figures(run.path, tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


def test_without_matplotlib_the_extra_is_named(run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ConfigError, match=r"onelook\[plots\]"):
        write_figures(run.path, tmp_path / "figures")
    assert not (tmp_path / "figures").exists()
