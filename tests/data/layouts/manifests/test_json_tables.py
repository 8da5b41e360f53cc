"""JSON as tools write it: records, pairs, columns, names with labels, and COCO's annotations, each with its table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from onelook.data.layouts.manifests.columns.several_categories import SeveralCategories
from onelook.data.layouts.manifests.readers.json_records import with_opened_cells
from onelook.data.layouts.manifests.readers.json_table import (
    JsonTable,
    read_json,
    table_of,
)
from onelook.data.storage.location import Location
from onelook.errors import DataError

# One value a line, with the columns of its table; null where it has none.
CASES = [json.loads(line) for line in (Path(__file__).parent / "json_tables.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[json.dumps(case["value"])[:60] for case in CASES])
def test_each_value_has_its_table(case: Mapping[str, Any]) -> None:
    found = table_of(case["value"])
    if case["columns"] is None:
        assert found is None
        return
    several = SeveralCategories(*case["several"]) if "several" in case else None
    assert found == JsonTable(case["columns"], case.get("boxes", 0), case.get("is_coco", False), several=several)
    assert list(found.columns) == list(case["columns"])  # in their order


@pytest.mark.parametrize(
    ("cells", "opened"),
    [
        (["['cat']", '["dog"]', None, ""], {"a": ["cat", "dog", None, None]}),
        (["[ 'cat' ]", "['d og']"], {"a": ["cat", "d og"]}),
        (["['cat']", "['cat','dog']"], None),
        (["['cat']", "dog"], None),
        (["['cat\"]"], None),
        (
            ['{"k":1,"m":null}', None, '{"k":2,"n":"x"}'],
            {"a.k": ["1", None, "2"], "a.m": [None] * 3, "a.n": [None, None, "x"]},
        ),
        (['{"k":1}', "x"], None),
        (['{"k":1}', '{"k":2}', '{"k":1}', '{"k":2}', "Skip"], {"a.k": ["1", "2", "1", "2", None]}),
        (["Skip", '{"k":1}', '{"k":2}', '{"k":1}', '{"k":2}'], {"a.k": [None, "1", "2", "1", "2"]}),
        (['{"k":1}', '{"k":2}', '{"k":1}', "Skip", "Skip"], None),  # more than a few
        (['{"k":1}', '{"k":2}', '{"k":1}', '{"k":2}', "<p>"], None),
        (['[{"k":"a","q":"Is it?"}]', '[{"k":"b","q":"Is it?"}]'], {"a.k": ["a", "b"]}),
        (['[{"k":1},{"k":2}]', '[{"k":1}]'], {"a.k": ["1|2", "1"]}),
        (["[1, 2]", "[3, 4]"], None),
        (['{"61":{"f":"1.png"}}', '{"62":{"f":"2.png"}}'], {"a.f": ["1.png", "2.png"]}),
        (['{"61":"x"}', '{"62":"y"}'], {"a.61": ["x", None], "a.62": [None, "y"]}),
        (["1.png (https://x.org/1)", None, "b (2).jpg (http://x.org/2)"], {"a": ["1.png", None, "b (2).jpg"]}),
        (["1.png (https://x.org/1)", "2.png"], None),
        (['{"k":}'], None),
        (["{}", "{}"], None),
        ([None, None], None),
    ],
)
def test_a_cell_that_holds_a_list_of_one_or_a_record_is_opened(
    cells: list[str | None], opened: dict[str, list[str | None]] | None
) -> None:
    found = with_opened_cells({"b": ["1"] * len(cells), "a": cells})
    assert found == {"b": ["1"] * len(cells), **(opened or {"a": cells})}


@pytest.mark.parametrize(
    ("file", "text", "rows"),
    [
        ("t.json", '[{"a": 1}, {"a": 2}]', ["1", "2"]),
        ("t.json", '\ufeff[{"a": 1}]', ["1"]),
        ("t.json", '{"a": 1}\n{"a": 2}\n', ["1", "2"]),  # lines with another suffix
        ("t.jsonl", '{"a": 1}\n\n{"a": 2}\n{"a": 3}', ["1", "2", "3"]),
        ("t.manifest", '{"a": 1}\n{"b": 2}\n', ["1", None]),
    ],
)
def test_records_are_read_from_a_list_and_from_lines(
    tmp_path: Path, file: str, text: str, rows: list[str | None]
) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    found = read_json(Location(tmp_path), file)
    assert found is not None
    assert found.columns["a"] == rows
    if not file.endswith("json"):
        first = read_json(Location(tmp_path), file, 1)
        assert first is not None
        assert first.columns == {"a": ["1"]}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize(("file", "between"), [("t.json", ", "), ("t.jsonl", "\r\n")])
def test_the_encoding_of_another_program_is_found(tmp_path: Path, file: str, between: str, encoding: str) -> None:
    text = between.join(f'{{"a": "{name}"}}' for name in ("Ilex × meserveae", "Isoëtes lacustris"))
    (tmp_path / file).write_bytes((f"[{text}]" if file == "t.json" else text).encode(encoding))
    found = read_json(Location(tmp_path), file)
    assert found is not None
    assert found.columns["a"] == ["Ilex × meserveae", "Isoëtes lacustris"]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("t.json", '{"a": 1', "t.json: no JSON that can be read. It is damaged: fetch it again."),
        ("t.jsonl", '{"a": 1}\n\n{"a": ', "t.jsonl, line 3: no JSON that can be read. Expected a record a line."),
        ("t.jsonl", '{"a": 1}\n[1]\n', "t.jsonl, line 2: a list. Expected a record, as {…}, a line."),
    ],
)
def test_a_damaged_file_is_refused_by_its_line(tmp_path: Path, file: str, text: str, message: str) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(DataError) as caught:
        read_json(Location(tmp_path), file)
    assert str(caught.value) == message
    (tmp_path / "empty.jsonl").write_text("\n\n")
    assert read_json(Location(tmp_path), "empty.jsonl") is None
