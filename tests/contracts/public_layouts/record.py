"""All that is known of a drawn data set once it is opened, or the whole message that refuses it.

The answers are kept in `recorded/`, so that a change of any of them is seen. After a change that is meant, write them
again, and read the difference line by line before it is committed:

    python -m tests.contracts.public_layouts.record
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.outcomes import Draw

from onelook.commands.inspect import inspect_data
from onelook.data.dataset import Dataset, ReadPart
from onelook.data.part import Part
from onelook.errors import OnelookError
from onelook.inspection.inspection import Inspection

RECORDED = Path(__file__).with_name("recorded")
_FIRST = 3  # ids of a part that are written out; the others are in its digest


def recorded(draw: Draw, file: str) -> dict[str, Any]:
    """The answer that is kept; nothing for a data set that is new."""
    return _kept(_room(draw)).get(_key(draw, file), {})


@cache
def _kept(room: str) -> dict[str, dict[str, Any]]:
    path = RECORDED / f"{room}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def record_of(found: Inspection, root: Path) -> dict[str, Any]:
    """The answer of `onelook inspect`, its printed text, and what is in each part."""
    pool = found.dataset.parts
    answer = {
        **found.to_dict(),
        "printed": str(_anywhere(found.dataset, root)).splitlines(),
        "decode": found.decode.model_dump(mode="json"),
        "contents": {name: _contents(part, found.reading.parts[name], found) for name, part in pool.items()},
        "not_used": [list(entry) for entry in found.reading.ledger if entry.status != "used"],
    }
    return _without_place(answer, root)


def _anywhere(dataset: Dataset, root: Path) -> Dataset:
    """The data set with notes that do not depend on the length of its path, since lines are broken after 80 letters."""
    notes = tuple(note.replace(str(root), "DATA") for note in dataset.notes)
    return replace(dataset, notes=notes, why=dataset.why.replace(str(root), "DATA"))


def record_of_error(problem: OnelookError, root: Path) -> dict[str, Any]:
    """The whole message, and what a question offers."""
    answer = {"error": str(problem).splitlines(), "exit_code": problem.exit_code}
    if options := getattr(problem, "options", ()):
        answer["options"] = [str(option) for option in options]
    return _without_place(answer, root)


def _contents(part: Part, read: ReadPart, found: Inspection) -> dict[str, Any]:
    """The pictures of a part: who they are, what they are called, who belongs together, where they are light."""
    names = found.dataset.class_names
    labels = [None] * len(part) if part.labels is None else [names[label] for label in part.labels]
    groups = [None] * len(part) if part.groups is None else [int(group) for group in part.groups]
    digest = hashlib.sha256(json.dumps([list(part.ids), labels, groups]).encode())
    images = np.asarray(read.images, np.float64)
    height, width = images.shape[1:3]
    light = images.mean(), images[:, : max(1, height // 4)].mean(), images[:, :, : max(1, width // 4)].mean()
    return {
        "groups": [*part.group_names[:_FIRST], len(part.group_names)],
        "other_ids": {column: list(ids[:_FIRST]) for column, ids in part.other_ids.items()},
        "first": [list(each) for each in zip(part.ids, labels, groups, strict=True)][:_FIRST],
        "digest": digest.hexdigest()[:16],
        "images": [*images.shape, str(np.asarray(read.images).dtype), [round(value, 1) for value in read.value_range]],
        # In whole steps of a hundredth of the range: libraries of pictures round differently.
        "light": [round(100 * (each - read.value_range[0]) / np.ptp(read.value_range)) for each in light],
    }


def _without_place(answer: dict[str, Any], root: Path) -> dict[str, Any]:
    """As it is read from JSON, and wherever the data lay."""
    return json.loads(json.dumps(answer, ensure_ascii=False).replace(str(root), "DATA"))


def _key(draw: Draw, file: str) -> str:
    return f"{draw.__name__}/{file}" if file else draw.__name__


def _room(draw: Draw) -> str:
    return draw.__module__.rpartition(".")[2]


def _answers(root: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    from tests.contracts.public_layouts.expected import EXPECTED

    for number, (draw, right) in enumerate(EXPECTED):
        place = Place(root / str(number) / "set")
        draw(place)
        try:
            answer = record_of(inspect_data(place.root / right.file), place.root)
        except OnelookError as problem:
            answer = record_of_error(problem, place.root)
        yield _room(draw), _key(draw, right.file), answer


def _text(answers: dict[str, dict[str, Any]]) -> str:
    """One line a field, so that a difference can be read."""
    written = []
    for name, answer in sorted(answers.items()):
        fields = (f"  {json.dumps(field)}: {json.dumps(value, ensure_ascii=False)}" for field, value in answer.items())
        written.append(f" {json.dumps(name)}: {{\n" + ",\n".join(fields) + "\n }")
    return "{\n" + ",\n".join(written) + "\n}\n"


if __name__ == "__main__":
    rooms: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for room, name, answer in _answers(Path(folder)):
            rooms.setdefault(room, {})[name] = answer
    RECORDED.mkdir(exist_ok=True)
    for room, answers in rooms.items():
        (RECORDED / f"{room}.json").write_text(_text(answers), encoding="utf-8", newline="\n")
