"""Find, check and read a model on disk, or write one whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from onelook.archives import unpack_model_zip
from onelook.classifier.card import (
    CARD,
    ESTIMATOR,
    GOLDEN,
    GRAPH,
    LISTED_FILES,
    PICTURE_LIST,
    SIGNATURE,
    WEIGHTS,
    ModelCard,
    read_card,
    write_card,
)
from onelook.classifier.foreign import foreign_model, how_to_use
from onelook.classifier.golden import golden_bytes, read_golden
from onelook.classifier.model_parts import ModelParts
from onelook.classifier.picture_list import picture_list_bytes, read_picture_list
from onelook.classifier.signature_file import read_signature, signature_bytes
from onelook.classifier.tensors import check_weights, from_safetensors, to_safetensors
from onelook.errors import ConfigError, ModelError
from onelook.files import atomic_folder, checksum
from onelook.runtime import command_line, command_name
from onelook.signature.signature import Signature
from onelook.wording import counted, listed

README = "README.md"  # for people; the model is loaded without it
# The first lines of each README that onelook writes; any other belongs to the user.
README_MARK = "---\nlibrary_name: onelook\n"

# ONNX holds graphs of 2 GiB, and the weights are the same numbers. A sparse file may claim any size.
_MOST_BYTES = 4 << 30
_READ_AT_ONCE = 64 << 20

_MOST_RUNS = 5  # of a folder of runs, named one by one
_WANTED = "Expected a run folder, its model/, or a .zip of one of them"


def read_model(path: Path) -> ModelParts:
    """Return the checked parts of the model at `path`: a run folder, its `model/`, or a zip of either. It runs no code.

    Raises:
        ModelError: there is no model, or one of its files is missing, altered, damaged, or does not fit the others.
    """
    with _model_folder(path) as folder:
        card = read_card(folder / CARD)
        contents = {name: _read_checked(folder / name, card) for name in card.listed_files}
        golden = read_golden(contents[GOLDEN], card, str(folder / GOLDEN))
        of_list = contents.get(PICTURE_LIST)
        pictures = None if of_list is None else read_picture_list(of_list, str(folder / PICTURE_LIST))
        if card.classical is not None:
            signature = _signature(contents, card, folder)
            return ModelParts(card, {}, contents.get(GRAPH, b""), golden, contents[ESTIMATOR], pictures, signature)
        weights = from_safetensors(contents[WEIGHTS], str(folder / WEIGHTS))
        check_weights(weights, card, str(folder / WEIGHTS))
        signature = _signature(contents, card, folder)
        return ModelParts(card, weights, contents[GRAPH], golden, pictures=pictures, signature=signature)


def _signature(contents: Mapping[str, bytes], card: ModelCard, folder: Path) -> Signature | None:
    content = contents.get(SIGNATURE)
    return None if content is None else read_signature(content, card, str(folder / SIGNATURE))


def write_model(parts: ModelParts, folder: Path) -> None:
    """Write the model to `folder`, whole or not at all. A model there is replaced.

    Raises:
        ConfigError: `folder` is a file, or contains something else than a model.
    """
    _refuse_foreign(folder)
    contents = {GOLDEN: golden_bytes(parts.golden)}
    if parts.card.classical is not None:
        contents |= {ESTIMATOR: parts.estimator} | ({GRAPH: parts.graph} if parts.graph else {})
    else:
        contents |= {WEIGHTS: to_safetensors(parts.weights), GRAPH: parts.graph}
    if parts.pictures is not None:
        contents[PICTURE_LIST] = picture_list_bytes(parts.pictures)
    if parts.signature is not None:
        contents[SIGNATURE] = signature_bytes(parts.signature)
    with atomic_folder(folder) as temporary:
        for name, content in contents.items():
            (temporary / name).write_bytes(content)
        files = {name: checksum(temporary / name) for name in contents}
        write_card(parts.card.model_copy(update={"files": files}), temporary / CARD)


@contextmanager
def _model_folder(path: Path) -> Iterator[Path]:
    """Yield the folder that contains `model.json`."""
    if not path.exists():
        beside = Path("runs") / path
        meant = [str(beside)] if not path.is_absolute() and beside.exists() else []
        hint = f". Did you mean {meant[0]}?" if meant else ""
        raise ModelError(f"{path}: there is nothing at this path. {_WANTED}{hint}.", options=meant)
    if path.is_dir():
        yield _folder_inside(path)
    elif path.suffix.lower() == ".zip":
        with TemporaryDirectory(prefix="onelook-") as temporary:
            unpack_model_zip(path, Path(temporary))
            yield _folder_inside(Path(temporary), named=path)
    else:
        kind = foreign_model(path)
        raise ModelError(
            f"{path}: {kind}. {how_to_use(path, kind)}" if kind else f"{path}: a file, not a model. {_WANTED}."
        )


def _folder_inside(folder: Path, named: Path | None = None) -> Path:
    """Return `folder` or its `model/`; in a zip also either of them inside its only folder."""
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith((".", "__MACOSX")))
    wrapped = entries[0] if named and len(entries) == 1 and entries[0].is_dir() else folder
    for place in (folder, folder / "model", wrapped, wrapped / "model"):
        if (place / CARD).is_file():
            return place
    # A folder with a model's other files is a model without its card, for which there is a better message.
    for place in (folder, folder / "model", wrapped, wrapped / "model"):
        if any((place / name).is_file() for name in LISTED_FILES):
            return place
    if (folder / "run.json").is_file():
        raise ModelError(
            f"{folder}: a run that has no model yet. Let it end, or continue it with: {command_name()} train … --resume"
        )
    runs = [entry.name for entry in entries if (entry / "run.json").is_file()]
    if runs:
        all_runs = command_line("runs", str(folder))
        more = f" All, with their scores:\n  {all_runs}" if len(runs) > _MOST_RUNS else ""
        raise ModelError(
            f"{folder}: a folder of several runs. Name one of them: {listed(runs, most=_MOST_RUNS)}.{more}",
            options=[str(folder / run) for run in sorted(runs)],
        )
    if kind := foreign_model(folder):
        raise ModelError(f"{named or folder}: {kind}. {how_to_use(folder, kind)}")
    found = listed((entry.name for entry in entries), most=5) or "nothing"
    raise ModelError(f"{named or folder}: no {CARD} in it; found {found}. {_WANTED}.")


def _read_checked(path: Path, card: ModelCard) -> bytes:
    """Return the file's content, read once, so that the checked bytes are the used bytes."""
    if path.name not in card.files:
        raise ModelError(f"{path.with_name(CARD)}: has no checksum of {path.name}. This model was not saved whole.")
    if not path.is_file():
        raise ModelError(f"{path}: missing. Expected the file that {CARD} lists: copy the whole model folder again.")
    bytes_there = path.stat().st_size
    if bytes_there > _MOST_BYTES:
        raise ModelError(
            f"{path}: {counted(bytes_there, 'byte')}, expected at most {_MOST_BYTES:,}. No model is so large: copy it "
            "again."
        )
    if bytes_there > _READ_AT_ONCE:  # what is not the model's is not held in memory
        _refuse_altered(path, checksum(path), card)
    content = path.read_bytes()
    _refuse_altered(path, hashlib.sha256(content).hexdigest(), card)
    return content


def _refuse_altered(path: Path, found: str, card: ModelCard) -> None:
    if found != card.files[path.name]:
        raise ModelError(
            f"{path}: altered since it was saved: its SHA-256 is {found}, {CARD} states {card.files[path.name]}. "
            "Copy the model again."
        )


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder with other files: saving replaces the whole folder, and they would be lost."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ConfigError(f"{folder}: is a file. Name a folder for the model.")
    names = {entry.name for entry in folder.iterdir() if not _is_own_readme(entry)}
    if foreign := sorted(names - {CARD, *LISTED_FILES, ".DS_Store"}):
        raise ConfigError(
            f"{folder}: holds {listed(foreign, most=3)}, which saving a model there would remove. "
            "Name a new folder, or one that holds only a model."
        )


def _is_own_readme(path: Path) -> bool:
    """Return whether the file is the README that onelook wrote with a model."""
    if path.name != README or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(README_MARK)) == README_MARK.encode()
