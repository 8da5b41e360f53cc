"""`onelook inspect`: the facts, the findings, and the page."""

from __future__ import annotations

import json
import shutil

import pytest
from PIL import Image

from onelook.cli import main
from onelook.commands.inspect import inspect_data


@pytest.fixture
def parted(tmp_path):
    """Training and test folders that share one picture; one training picture is damaged and one stands twice."""
    root = tmp_path / "parted"
    for part, levels in (("train", (1, 2, 3)), ("test", (101, 102, 103))):
        for offset, class_name in ((0, "cat"), (100, "dog")):
            (root / part / class_name).mkdir(parents=True)
            for level in levels:
                Image.new("L", (6, 6), level + offset // 2).save(root / part / class_name / f"{level}.png")
    shutil.copy(root / "train" / "cat" / "1.png", root / "test" / "cat" / "known.png")
    shutil.copy(root / "train" / "cat" / "2.png", root / "train" / "cat" / "again.png")
    (root / "train" / "dog" / "3.png").write_bytes(b"\x89PNG and then nothing")
    return root


def test_tells_the_facts_that_the_design_fixes(parted, capsys):
    assert main(["inspect", str(parted), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["layout"] == "class-folders"
    assert document["why"]
    assert document["rows"] == 14
    assert document["class_names"] == ["cat", "dog"]
    assert document["class_counts"] == {"cat": 8, "dog": 6}
    assert document["image_size"] == [6, 6]
    assert document["channels"] == 1
    assert document["ledger"] == {"found": 14, "used": 12, "quarantined": 1, "duplicate": 1}
    assert document["parts"]["test"] == {"rows": 7, "class_counts": {"cat": 4, "dog": 3}}


def test_finds_test_pictures_that_are_trained_on(parted):
    findings = {(finding.check, finding.split): finding for finding in inspect_data(parted).findings}
    leak = findings["leak-exact", "test"]
    assert (leak.count, leak.ids) == (1, ("test/cat/known.png",))


def test_the_command_names_what_is_wrong(parted, capsys):
    assert main(["inspect", str(parted)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "12 of 14 pictures can be used: 1 quarantined, 1 exact copy within its part" in printed
    assert "train/dog/3.png: " in printed
    assert "leak-exact: " in printed


def test_unlabelled_pictures_have_no_class_counts(parted, capsys):
    assert main(["inspect", str(parted / "train" / "cat"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["class_names"], document["class_counts"]) == ([], {})
    assert document["parts"]["all"]["class_counts"] is None
