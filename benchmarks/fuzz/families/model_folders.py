"""Whole model folders, with picture list, signature and model card: altered as disks, editors and strangers do."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.fuzz.case import Bench, Case, Kind
from benchmarks.fuzz.families.models import _ODD, spots, thousands_of_digits
from benchmarks.fuzz.families.runs import GOOD_RUN
from safetensors.numpy import load, save

_ARRAYS = ("weights.safetensors", "golden.safetensors", "picture_list.safetensors", "signature.safetensors")
_LISTED = (*_ARRAYS, "model.onnx")
_PATHS = ("../escaped", "/etc/passwd", "a/b", "..", "", "model.json", "README.md", "n" * 5_000, "\n", "CON")


def _copied(bench: Bench) -> Path:
    """The folder of the good model, in the case's own."""
    return shutil.copytree(bench.folder.parent / GOOD_RUN / "model", bench.folder / "theirs")


def _there(folder: Path, *more: str) -> list[str]:
    """The files of the model; a model of few pictures has no signature."""
    return [name for name in (*_LISTED, *more) if (folder / name).is_file()]


def _asked(bench: Bench, *, is_altered: bool = False) -> Case:
    bench.write("picture.png", bench.picture(".png")[1])
    words = bench.pick((("verify", "theirs"), ("predict", "theirs", "picture.png", "--out", "out.csv")))
    return Case((*words, "--json"), is_altered=is_altered)


def sign(folder: Path, card: dict[str, Any] | None = None) -> None:
    """Give every listed file, and the card itself, the checksum that it has now."""
    card = json.loads((folder / "model.json").read_bytes()) if card is None else card
    if isinstance(card.get("files"), dict):
        for name in card["files"]:
            if name in _LISTED and (folder / name).is_file():
                card["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    card["checksum"] = ""
    content = thousands_of_digits(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    digest = hashlib.sha256(content).hexdigest().encode()
    (folder / "model.json").write_bytes(content.replace(b'"checksum": ""', b'"checksum": "%s"' % digest, 1))


def altered(bench: Bench) -> Case:
    """One file is cut, has other bytes, or is gone; no checksum knows of it."""
    folder = _copied(bench)
    file = folder / bench.pick(_there(folder, "model.json"))
    before = file.read_bytes()
    if bench.chance(0.1):
        file.unlink()
        return _asked(bench, is_altered=True)
    file.write_bytes(bench.damaged(before))
    # Spaces and line ends between the values of a card are not part of it.
    is_altered = file.read_bytes() != before and file.name != "model.json"
    return _asked(bench, is_altered=is_altered)


def altered_value(bench: Bench) -> Case:
    """One value of the card is another, and its checksum is the old one."""
    folder = _copied(bench)
    card = json.loads((folder / "model.json").read_bytes())
    before = json.dumps(card)
    holder, key = bench.pick(list(spots(card)))
    if bench.chance(0.2):
        del holder[key]
    else:
        holder[key] = bench.pick(_ODD)
    (folder / "model.json").write_bytes(thousands_of_digits(json.dumps(card)))
    return _asked(bench, is_altered=json.dumps(card) != before)


def forged_value(bench: Bench) -> Case:
    """The same with right checksums."""
    folder = _copied(bench)
    card = json.loads((folder / "model.json").read_bytes())
    for _ in range(bench.pick((1, 1, 2))):
        holder, key = bench.pick(list(spots(card)))
        holder[key] = bench.pick(_ODD)
    sign(folder, card)
    return _asked(bench)


def forged_array(bench: Bench) -> Case:
    """An array of weights, golden pictures, list or signature is of another type, shape or size, or not a number."""
    folder = _copied(bench)
    file = folder / bench.pick([name for name in _there(folder) if name in _ARRAYS])
    arrays = dict(load(file.read_bytes()))
    name = bench.pick(sorted(arrays))
    values = arrays[name]
    change: Callable[[], Any] = bench.pick(
        (
            lambda: values.astype(bench.pick(("float64", "float16", "int64", "uint8", "bool"))),
            lambda: values.T,
            lambda: values.ravel()[: values.size // 2],
            lambda: np.concatenate([values.ravel(), values.ravel()]),
            lambda: np.full(values.shape, bench.pick((0, 1, 255))).astype(values.dtype),
            lambda: np.full(values.shape, bench.pick((np.nan, np.inf, -np.inf, 3e38, 1e-40)), np.float32),
            lambda: np.zeros((0, *values.shape[1:]), values.dtype),
            lambda: values[::-1] if values.ndim else values + 1,
            lambda: None,
        )
    )
    changed = change()
    if changed is None:
        del arrays[name]
    else:
        arrays[name] = np.ascontiguousarray(changed)
    if bench.chance(0.2):
        arrays[bench.pick(("more", "0.weight", "../escaped", ""))] = np.zeros(3, np.float32)
    file.write_bytes(save(arrays))
    sign(folder)
    return _asked(bench)


def forged_bytes(bench: Bench) -> Case:
    """A file has other bytes, and the card the checksum of these."""
    folder = _copied(bench)
    file = folder / bench.pick(_there(folder))
    file.write_bytes(bench.damaged(file.read_bytes()))
    sign(folder)
    return _asked(bench)


def swapped(bench: Bench) -> Case:
    """A file of another model, or of another kind, with the right checksum."""
    folder = _copied(bench)
    other = bench.folder.parent / "model"
    name = bench.pick(_there(folder))
    source = bench.pick([each for each in (other / name, *(folder / each for each in _LISTED)) if each.is_file()])
    content = source.read_bytes()
    is_other = content != (folder / name).read_bytes()
    (folder / name).write_bytes(content)
    if bench.chance(0.7):
        sign(folder)
        is_other = False
    return _asked(bench, is_altered=is_other)


def swapped_weights(bench: Bench) -> Case:
    """Right shapes and checksums, and other numbers than the golden pictures were answered with."""
    folder = _copied(bench)
    file = folder / "weights.safetensors"
    arrays = dict(load(file.read_bytes()))
    name = bench.pick([name for name in sorted(arrays) if arrays[name].ndim])
    arrays[name] = np.ascontiguousarray(bench.pick((arrays[name][::-1], -arrays[name], 1e6 * arrays[name])))
    file.write_bytes(save(arrays))
    sign(folder)
    return _asked(bench)


def paths(bench: Bench) -> Case:
    """Names in the card that lead elsewhere; folders, links and giants in the place of files."""
    folder = _copied(bench)
    card = json.loads((folder / "model.json").read_bytes())
    file = folder / bench.pick(_there(folder))
    match bench.between(0, 5):
        case 0:
            card["files"][bench.pick(_PATHS)] = hashlib.sha256(b"").hexdigest()
        case 1:
            card["files"] = {bench.pick(_PATHS): value for value in card["files"].values()}
        case 2:
            card["class_names"] = [bench.pick((*_PATHS, "\x1b[31m", "</script>", "\u202e")), "b"]
        case 3:
            file.unlink()
            file.mkdir()
        case 4:
            file.unlink()
            file.symlink_to(bench.pick(("/dev/zero", "/etc/passwd", str(folder), "theirs", file.name)))
        case _:
            os.truncate(file, bench.pick((1 << 33, 1 << 40)))  # a sparse file
            return _asked(bench, is_altered=True)
    sign(folder, card)
    return _asked(bench)


KINDS = (
    Kind("model_folders", "altered", altered, weight=8),
    Kind("model_folders", "altered value", altered_value, weight=6),
    Kind("model_folders", "forged value", forged_value, weight=6),
    Kind("model_folders", "forged array", forged_array, weight=6),
    Kind("model_folders", "forged bytes", forged_bytes, weight=4),
    Kind("model_folders", "swapped", swapped, weight=3),
    Kind("model_folders", "swapped weights", swapped_weights),
    Kind("model_folders", "paths", paths, weight=4),
)
