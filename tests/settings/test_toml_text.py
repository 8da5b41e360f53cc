"""TOML that takes the parser more than it is worth is refused as no TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from onelook.errors import ConfigError
from onelook.settings.toml_text import parse_toml, read_toml


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = " + "[" * 100_000, "it is nested too deeply"),
        ("x = " + "{a=" * 50_000, "it is nested too deeply"),
        ("x = 1" + "0" * 5_000, "its content does not follow its format"),
        ("y = 1\n" + "a." * 50_000 + "b = 1", "line 2 has more than 1,000 dots"),
        ("x = {" + "a." * 50_000 + "b = 1}", "line 1 has more than 1,000 dots"),
        ("x = ", "Invalid value"),
    ],
)
def test_it_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError, match=reason):
        parse_toml(text)


def test_dots_in_numbers_and_texts_are_no_keys() -> None:
    thousand = parse_toml("a." * 1_000 + "b = 1\ny = 2.5")
    for _ in range(1_000):
        thousand = thousand["a"]
    assert thousand == {"b": 1}
    with pytest.raises(tomllib.TOMLDecodeError, match="line 1 has more than 1,000 dots"):
        parse_toml("a." * 1_001 + "b = 1")
    assert parse_toml(f"x = {[0.5] * 900}\ny = '{'.' * 50}'") == {"x": [0.5] * 900, "y": "." * 50}


def test_a_file_of_an_editor_that_marks_its_encoding_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfepochs = 3\r\n")
    assert read_toml(tmp_path / "a.toml") == {"epochs": 3}


@pytest.mark.parametrize(
    "content",
    ["model = 'cnn'".encode("utf-16"), "# für später\nmodel = 'cnn'".encode("latin-1"), b"\x89HDF\r\n\x1a\n"],
    ids=["UTF-16 of PowerShell", "Latin-1", "no text"],
)
def test_a_text_in_another_encoding_is_refused_as_a_wrong_request(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"a\.toml: not readable as TOML: .*\."):
        read_toml(tmp_path / "a.toml")
    with pytest.raises(ConfigError, match="not readable as TOML"):
        read_toml(tmp_path)
