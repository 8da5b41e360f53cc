"""A run folder's files survive crashes, and a wrong path is told apart."""

from __future__ import annotations

import json
import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onelook.errors import ConfigError, ModelError
from onelook.run_folder import RunFolder, latest_run_folder, next_run_folder


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder.create(tmp_path / "run")
    folder.update_run(status="running")
    return folder


class TestPlaces:
    def test_the_files_are_where_the_design_says(self) -> None:
        folder = RunFolder(Path("runs/x-001"))
        names = [
            path.relative_to(folder.path).as_posix()
            for path in (
                folder.run_json,
                folder.history,
                folder.split_csv,
                folder.ledger_csv,
                folder.model,
                folder.checkpoint,
                folder.evaluation,
                folder.predictions,
                folder.evidence,
                folder.report,
            )
        ]
        assert names == [
            "run.json",
            "history.jsonl",
            "split.csv",
            "ledger.csv",
            "model",
            "checkpoint",
            "evaluation.json",
            "predictions.csv",
            "evidence",
            "report.html",
        ]

    @pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
    def test_a_path_that_exists_is_refused_with_the_way_to_go_on(self, tmp_path: Path, make: object) -> None:
        make(tmp_path / "run")  # type: ignore[operator]
        with pytest.raises(ConfigError, match="exists already. Add --resume to resume"):
            RunFolder.create(tmp_path / "run")
        with pytest.raises(ConfigError, match="exists already. Add --resume to resume"):
            RunFolder(tmp_path / "run").refuse_existing()
        RunFolder(tmp_path / "another").refuse_existing()

    def test_a_place_that_cannot_be_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ConfigError, match="could not be created"):
            RunFolder.create(tmp_path / "file" / "run")


class TestNextRunFolder:
    def test_counts_up_from_the_highest(self, tmp_path: Path) -> None:
        for name in ("mnist-001", "mnist-007", "mnist-extra-009", "cifar10-012", "mnist-030-old", "my-mnist-040"):
            (tmp_path / name).mkdir()
        assert next_run_folder(tmp_path, "mnist").path == tmp_path / "mnist-008"

    def test_goes_past_999(self, tmp_path: Path) -> None:
        (tmp_path / "mnist-999").mkdir()
        assert next_run_folder(tmp_path, "mnist").path.name == "mnist-1000"

    def test_the_latest_is_the_highest_by_number(self, tmp_path: Path) -> None:
        for name in ("my-data-999", "my-data-1000", "my-data-x-2000", "other-3000"):
            (tmp_path / name).mkdir()
        assert latest_run_folder(tmp_path, "my data") == RunFolder(tmp_path / "my-data-1000")
        assert latest_run_folder(tmp_path, "mnist") is None
        assert latest_run_folder(tmp_path / "absent", "mnist") is None

    def test_runs_that_start_at_once_get_folders_of_their_own(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(16) as pool:
            folders = list(pool.map(lambda _: next_run_folder(tmp_path / "runs", "x"), range(64)))
        assert len({folder.path for folder in folders}) == 64
        assert all(folder.path.is_dir() for folder in folders)

    @pytest.mark.parametrize(
        ("name", "clean"),
        [("a b/c", "a-b-c"), ("../../etc", "etc"), ("..", "data"), ("", "data"), ("katzen_ä", "katzen_ä")],
    )
    def test_a_name_never_leaves_the_base(self, tmp_path: Path, name: str, clean: str) -> None:
        assert next_run_folder(tmp_path, name).path == tmp_path / f"{clean}-001"

    def test_a_base_that_is_a_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "runs").touch()
        with pytest.raises(ConfigError, match="no run folder could be created there"):
            next_run_folder(tmp_path / "runs", "x")


class TestRunJson:
    def test_an_update_keeps_the_other_fields(self, run: RunFolder) -> None:
        run.update_run(seed=3, data={"name": "mnist"})
        run.update_run(status="complete")
        assert run.read_run() == {"format_version": 1, "status": "complete", "seed": 3, "data": {"name": "mnist"}}

    def test_what_cannot_be_written_leaves_the_old_file(self, run: RunFolder) -> None:
        with pytest.raises(TypeError):
            run.update_run(status=object())
        assert run.read_run()["status"] == "running"
        assert [path.name for path in run.path.iterdir()] == ["run.json"]

    def test_numbers_that_json_does_not_know_become_null(self, run: RunFolder) -> None:
        run.update_run(metrics={"loss": math.nan, "list": [1.0, math.inf]})
        assert run.read_run()["metrics"] == {"loss": None, "list": [1.0, None]}

    @pytest.mark.parametrize("content", [b'{"status": "runn', b"\xff\xfe", b"[" * 100_000, b"[]", b"3"])
    def test_a_damaged_file_is_named(self, run: RunFolder, content: bytes) -> None:
        run.run_json.write_bytes(content)
        with pytest.raises(ModelError, match=r"run\.json"):
            run.read_run()

    @pytest.mark.parametrize("version", [2, None, "1"])
    def test_a_format_that_we_do_not_know_is_refused(self, run: RunFolder, version: object) -> None:
        run.run_json.write_text(json.dumps({"format_version": version}))
        with pytest.raises(ModelError, match="this onelook reads up to 1"):
            run.read_run()

    def test_a_damaged_file_is_not_overwritten(self, run: RunFolder) -> None:
        run.run_json.write_text("{")
        with pytest.raises(ModelError):
            run.update_run(status="complete")
        assert run.run_json.read_text() == "{"


class TestBeforeItIsARun:
    def test_what_a_kill_left_is_cleared(self, tmp_path: Path) -> None:
        folder = RunFolder(tmp_path / "run")
        assert folder.clear_unbegun()  # there is nothing
        folder.path.mkdir()
        folder.split_csv.touch()
        (folder.path / ".ledger.csv.0a1b2c3d.csv").touch()
        assert folder.clear_unbegun()
        assert not folder.path.exists()

    @pytest.mark.parametrize("name", ["run.json", "mine.txt", "notes.run.json.txt", "model/model.json"])
    def test_anything_else_stays(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        (tmp_path / "split.csv").touch()
        assert not RunFolder(tmp_path).clear_unbegun()
        assert (tmp_path / name).exists()
        assert (tmp_path / "split.csv").exists()

    def test_of_a_run_what_a_kill_left_half_written_goes(self, tmp_path: Path) -> None:
        run = RunFolder(tmp_path)
        run.update_run(status="running")
        for name in ("checkpoint/.state.safetensors.0a1b2c3d.safetensors", ".evidence.0a1b2c3d/tree.png", ".mine.txt"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).touch()
        assert not run.clear_unbegun()
        left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
        assert left == {"run.json", "checkpoint", ".mine.txt"}

    def test_of_every_file_of_a_run_what_was_half_written_goes(self, tmp_path: Path) -> None:
        run = RunFolder(tmp_path)
        run.checkpoint.mkdir()
        targets = (
            *(run.run_json, run.history, run.split_csv, run.ledger_csv, run.model, run.evaluation, run.predictions),
            *(run.picture_hashes, run.evidence, run.report, run.checkpoint / "state.safetensors"),
        )
        for target in targets:
            target.with_name(f".{target.name}.0a1b2c3d{target.suffix}").touch()
        (tmp_path / "mine.txt").touch()
        assert not run.clear_unbegun()
        assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")} == {"checkpoint", "mine.txt"}

    def test_a_file_is_nothing_to_begin_in(self, tmp_path: Path) -> None:
        (tmp_path / "run").touch()
        assert not RunFolder(tmp_path / "run").clear_unbegun()


class TestNotARun:
    def test_nothing_there(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="not a run: there is nothing at this path"):
            RunFolder.open(tmp_path / "none")

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "x.csv").write_text("abc")
        with pytest.raises(ConfigError, match="it is a file of 3 bytes"):
            RunFolder(tmp_path / "x.csv").read_run()

    def test_an_empty_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="it is empty. Expected a folder with a run.json"):
            RunFolder.open(tmp_path)

    def test_another_folder(self, tmp_path: Path) -> None:
        for name in "abcdefg":
            (tmp_path / name).touch()
        with pytest.raises(ConfigError, match="the folder holds a, b, c, d, e and 2 more"):
            RunFolder.open(tmp_path)

    def test_a_folder_of_runs(self, tmp_path: Path) -> None:
        for name in ("mnist-002", "mnist-001"):
            RunFolder.create(tmp_path / name).update_run(status="complete")
        (tmp_path / "notes").mkdir()
        with pytest.raises(ConfigError, match="it holds the runs mnist-001 and mnist-002: name one of them"):
            RunFolder.open(tmp_path)

    def test_five_names_are_shown_and_none_more(self, tmp_path: Path) -> None:
        for name in "abcde":
            (tmp_path / name).touch()
        with pytest.raises(ConfigError, match=r"the folder holds a, b, c, d and e\. Expected"):
            RunFolder.open(tmp_path)

    def test_a_model_on_its_own(self, tmp_path: Path) -> None:
        (tmp_path / "model.json").touch()
        with pytest.raises(ConfigError, match="a model on its own"):
            RunFolder.open(tmp_path)


class TestHistory:
    def test_lines_come_back_in_order(self, run: RunFolder) -> None:
        records = [{"epoch": 1, "val_loss": 0.5}, {"epoch": 2, "val_loss": 0.25}]
        for record in records:
            run.append_history(record)
        assert run.read_history() == records
        assert run.history.read_bytes() == b'{"epoch": 1, "val_loss": 0.5}\n{"epoch": 2, "val_loss": 0.25}\n'

    def test_a_line_is_on_the_disk_before_training_goes_on(
        self, run: RunFolder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on_disk: list[bytes] = []
        monkeypatch.setattr(os, "fsync", lambda descriptor: on_disk.append(run.history.read_bytes()))
        run.append_history({"epoch": 1})
        run.append_history({"epoch": 2})
        assert on_disk == [b'{"epoch": 1}\n', b'{"epoch": 1}\n{"epoch": 2}\n']

    def test_a_run_without_epochs_has_none(self, run: RunFolder) -> None:
        assert run.read_history() == []

    @pytest.mark.parametrize("torn", [b'{"epoch": 2, "val_', b'{"epoch": 2}', b"\xe2\x82"])
    def test_a_torn_last_line_is_passed_over_and_then_cut_off(self, run: RunFolder, torn: bytes) -> None:
        run.append_history({"epoch": 1})
        with run.history.open("ab") as file:
            file.write(torn)
        assert run.read_history() == [{"epoch": 1}]
        run.append_history({"epoch": 2})
        assert run.history.read_bytes() == b'{"epoch": 1}\n{"epoch": 2}\n'

    def test_damage_in_the_middle_is_named(self, run: RunFolder) -> None:
        run.history.write_text('{"epoch": 1}\n{"epo\n{"epoch": 3}\n')
        with pytest.raises(ModelError, match="line 2 is not JSON"):
            run.read_history()
        run.history.write_text("3\n")
        with pytest.raises(ModelError, match="line 1 holds 3, expected an object"):
            run.read_history()

    def test_a_blank_line_is_none_and_counts_as_one(self, run: RunFolder) -> None:
        run.history.write_text('{"epoch": 1}\n\n{"epoch": 2}\n')
        assert run.read_history() == [{"epoch": 1}, {"epoch": 2}]
        run.history.write_text('{"epoch": 1}\n \n{"epo\n')
        with pytest.raises(ModelError, match="line 3 is not JSON"):
            run.read_history()

    def test_a_loss_that_is_no_number_is_null(self, run: RunFolder) -> None:
        run.append_history({"epoch": 1, "val_loss": math.nan})
        assert run.read_history() == [{"epoch": 1, "val_loss": None}]

    def test_a_resumed_run_can_drop_what_follows_its_checkpoint(self, run: RunFolder) -> None:
        for epoch in (1, 2, 3):
            run.append_history({"epoch": epoch})
        run.write_history(run.read_history()[:2])
        assert run.read_history() == [{"epoch": 1}, {"epoch": 2}]


def test_only_runs_of_the_same_name_are_counted(tmp_path: Path) -> None:
    for name in ("axb-007", "a.b.c-008", "xa.b-009", "a.b-010x", "a.b-", "a.b-3"):
        (tmp_path / name).mkdir()
    assert latest_run_folder(tmp_path, "a.b") == RunFolder(tmp_path / "a.b-3")
    assert next_run_folder(tmp_path, "a.b").path.name == "a.b-004"
    assert latest_run_folder(tmp_path, "a") is None
    (tmp_path / "a.b-3").rmdir()  # a number is not used again while a later run is there
    assert next_run_folder(tmp_path, "a.b").path.name == "a.b-005"
