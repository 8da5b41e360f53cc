"""Read and write the files of a run. A crash at any moment leaves files that can be read."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, ModelError, in_words, shown
from onelook.files import json_text, refuse_unwritable_folder, remove_unfinished, write_bytes, write_text
from onelook.wording import agree, counted, listed

FORMAT_VERSION = 1


@dataclass(frozen=True)
class RunFolder:
    """One run on disk. The constructor does not touch the disk; `create` and `open` do."""

    path: Path

    @property
    def run_json(self) -> Path:
        """`run.json`: status, resolved settings, versions, fingerprints, timings, final metrics."""
        return self.path / "run.json"

    @property
    def history(self) -> Path:
        """`history.jsonl`: a line of JSON for each epoch."""
        return self.path / "history.jsonl"

    @property
    def split_csv(self) -> Path:
        """`split.csv`: `id, split, class` for every row used."""
        return self.path / "split.csv"

    @property
    def picture_hashes(self) -> Path:
        """`picture_hashes.csv`: `id, hash` for every row used; pictures are recognised by it under another id."""
        return self.path / "picture_hashes.csv"

    @property
    def fixes(self) -> Path:
        """`fixes.csv`: a copy of the fixes file that the run began with; there is none without one."""
        return self.path / "fixes.csv"

    @property
    def ledger_csv(self) -> Path:
        """`ledger.csv`: `id, status, reason` for every input found."""
        return self.path / "ledger.csv"

    @property
    def model(self) -> Path:
        """The portable model's folder."""
        return self.path / "model"

    @property
    def checkpoint(self) -> Path:
        """The folder with all that `--resume` needs."""
        return self.path / "checkpoint"

    @property
    def evaluation(self) -> Path:
        """`evaluation.json`."""
        return self.path / "evaluation.json"

    @property
    def predictions(self) -> Path:
        """`predictions.csv`."""
        return self.path / "predictions.csv"

    @property
    def evidence(self) -> Path:
        """The folder with the parts of the report that only the model can compute."""
        return self.path / "evidence"

    @property
    def report(self) -> Path:
        """`report.html`."""
        return self.path / "report.html"

    @classmethod
    def create(cls, path: Path) -> RunFolder:
        """Create a new, empty run folder.

        Raises:
            ConfigError: the path exists, or cannot be created.
        """
        folder = cls(path)
        try:
            path.mkdir(parents=True)
        except FileExistsError as problem:
            raise folder._exists() from problem
        except OSError as problem:
            raise ConfigError(
                f"--out {path}: could not be created ({problem.strerror}). Name another folder."
            ) from problem
        return folder

    def refuse_existing(self) -> None:
        """Refuse an existing path or one that cannot be made, as `create` does, but before pictures are read.

        Raises:
            ConfigError: the path exists, or is below a file or in a folder without write permission.
        """
        if self.path.exists():
            raise self._exists()
        refuse_unwritable_folder(self.path, "--out")

    def _exists(self) -> ConfigError:
        return ConfigError(
            f"--out {self.path}: exists already. Add --resume to resume that run, or name another folder.",
            options=["--resume"],
        )

    @classmethod
    def open(cls, path: Path) -> RunFolder:
        """Open the run at `path`.

        Raises:
            ConfigError: there is no run; the message says what is there instead.
        """
        folder = cls(path)
        if not folder.run_json.is_file():
            runs = [str(each.parent) for each in sorted(path.glob("*/run.json"))]
            raise ConfigError(
                f"{path}: not a run: {_what_is_there(path)}. Expected a folder with a run.json.", options=runs
            )
        return folder

    def clear_unbegun(self) -> bool:
        """Remove the rest of a run that was killed before its `run.json` was written; return whether it is all gone.

        A run writes `run.json` after its other first files. If the folder holds anything else, only half-written
        files with temporary names are removed.
        """
        if not self.path.is_dir():
            return not self.path.exists()
        self._remove_unfinished()
        entries = list(self.path.iterdir())
        if not all(entry in (self.split_csv, self.picture_hashes, self.fixes, self.ledger_csv) for entry in entries):
            return False
        for entry in entries:
            entry.unlink()
        self.path.rmdir()
        return True

    def _remove_unfinished(self) -> None:
        state = self.checkpoint / "state.safetensors"  # the name in `training.checkpoints.checkpoint`
        for target in (
            *(self.run_json, self.split_csv, self.picture_hashes, self.fixes, self.ledger_csv, self.history, state),
            *(self.model, self.evaluation, self.predictions, self.evidence, self.report),
        ):
            remove_unfinished(target)

    def read_run(self) -> dict[str, Any]:
        """Return the content of `run.json`.

        Raises:
            ConfigError: there is no run in the folder.
            ModelError: the file is damaged, or a newer onelook wrote it.
        """
        RunFolder.open(self.path)
        try:
            values = json.loads(self.run_json.read_bytes())
        except (ValueError, RecursionError) as problem:
            raise ModelError(
                f"{self.run_json}: not readable as JSON ({in_words(problem)}). The file is damaged: run the training "
                "again."
            ) from problem
        if not isinstance(values, dict):
            raise ModelError(f"{self.run_json}: holds {shown(values)}, expected a JSON object.")
        version = values.get("format_version")
        if not isinstance(version, int) or version > FORMAT_VERSION:
            raise ModelError(
                f"{self.run_json}: format version {version!r}, this onelook reads up to {FORMAT_VERSION}. "
                "Update it: pip install -U onelook"
            )
        return values

    def update_run(self, **fields: Any) -> None:
        """Set fields of `run.json` and keep the others. The file is written whole or not at all.

        A number that JSON cannot represent (NaN, infinity) is written as null.
        """
        values = self.read_run() if self.run_json.exists() else {"format_version": FORMAT_VERSION}
        write_text(self.run_json, json_text({**values, **fields}) + "\n")

    def append_history(self, record: Mapping[str, Any]) -> None:
        """Add a line to `history.jsonl`, and wait until it is on the disk.

        If a crash left an incomplete line at the end, it is removed first.
        """
        with self.history.open("a+b") as file:
            file.seek(0)
            content = file.read()
            file.truncate(content.rfind(b"\n") + 1)
            file.write(_json_line(record))
            file.flush()
            os.fsync(file.fileno())

    def write_history(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Replace `history.jsonl`: a resumed run removes the epochs after its checkpoint."""
        write_bytes(self.history, b"".join(_json_line(record) for record in records))

    def read_history(self) -> list[dict[str, Any]]:
        """Return the lines of `history.jsonl`, without an incomplete last line that a crash left.

        Raises:
            ModelError: another line is damaged; the message has its number.
        """
        if not self.history.exists():
            return []
        # A line is complete if it has a line end: the text after the last line end is incomplete, or empty.
        lines = self.history.read_bytes().split(b"\n")[:-1]
        return [self._history_line(number, line) for number, line in enumerate(lines, start=1) if line.strip()]

    def _history_line(self, number: int, line: bytes) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise ModelError(
                f"{self.history}: line {number} is not JSON ({in_words(problem)}). The file is damaged."
            ) from problem
        if not isinstance(record, dict):
            raise ModelError(f"{self.history}: line {number} holds {shown(record)}, expected an object.")
        return record


def next_run_folder(base: Path, name: str) -> RunFolder:
    """Create a new run folder `<base>/<name>-NNN`, with the next number.

    Two runs that start at the same moment get two folders.

    Args:
        base: usually `runs`; it is created if it is missing.
        name: the data's name; characters that do not belong in a file name become `-`.

    Raises:
        ConfigError: the folder cannot be created.

    Example:
        >>> import tempfile
        >>> base = Path(tempfile.mkdtemp())
        >>> [next_run_folder(base, "my photos").path.name for _ in range(2)]
        ['my-photos-001', 'my-photos-002']
    """
    try:
        base.mkdir(parents=True, exist_ok=True)
        number = max(_numbered(base, name), default=0) + 1
        while True:
            path = base / f"{folder_name(name)}-{number:03d}"
            try:
                path.mkdir()
            except FileExistsError:
                number += 1
            else:
                return RunFolder(path)
    except OSError as problem:
        raise ConfigError(
            f"{base}: no run folder could be created there ({problem.strerror}). Name another place with --out."
        ) from problem


def latest_run_folder(base: Path, name: str) -> RunFolder | None:
    """Return the run folder `<base>/<name>-NNN` with the highest number; None without one."""
    folders = _numbered(base, name) if base.is_dir() else {}
    return RunFolder(folders[max(folders)]) if folders else None


def _numbered(base: Path, name: str) -> dict[int, Path]:
    pattern = re.compile(re.escape(folder_name(name)) + r"-(\d+)")
    return {int(match[1]): entry for entry in base.iterdir() if (match := pattern.fullmatch(entry.name))}


def folder_name(name: str) -> str:
    """Return the name with `-` in place of characters that do not belong in a file name.

    Example:
        >>> folder_name("my photos"), folder_name("timm:resnet18")
        ('my-photos', 'timm-resnet18')
    """
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "data"


def _what_is_there(path: Path) -> str:
    if not path.exists():
        return "there is nothing at this path"
    if not path.is_dir():
        return f"it is a file of {counted(path.stat().st_size, 'byte')}"
    names = sorted(entry.name for entry in path.iterdir())
    if "model.json" in names:
        return "it is a model on its own, without the run that made it"
    runs = [name for name in names if (path / name / "run.json").is_file()]
    if runs:
        return f"it holds {agree(len(runs), 'the run', 'the runs')} {listed(runs, most=5)}: name one of them"
    return f"the folder holds {listed(names, most=5)}" if names else "it is empty"


def _json_line(record: Mapping[str, Any]) -> bytes:
    return json_text(record, indent=None).encode() + b"\n"
