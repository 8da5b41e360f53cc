"""The exit codes that the design fixes, and the hint for a mistyped name."""

from __future__ import annotations

import json
import lzma
import struct
import tomllib
import zipfile
import zlib

import pytest

import onelook
from onelook.errors import (
    ConfigError,
    DataError,
    ModelError,
    OnelookError,
    in_words,
    missing_extra,
    nearest_first,
    short_traceback,
    unknown_name,
)


@pytest.mark.parametrize(("error", "code"), [(OnelookError, 1), (ConfigError, 2), (DataError, 3), (ModelError, 4)])
def test_each_error_carries_its_exit_code(error: type[OnelookError], code: int) -> None:
    assert error.exit_code == code
    assert issubclass(error, OnelookError)


def test_the_nearest_name_is_offered_whatever_its_case() -> None:
    assert str(unknown_name("model", "CNM", ["cnn", "mlp"])) == "unknown model 'CNM'. Did you mean 'cnn'?"
    assert str(unknown_name("check", "cnn", ["CNN"])) == "unknown check 'cnn'. Did you mean 'CNN'?"


def test_the_list_is_given_where_nothing_is_near() -> None:
    assert str(unknown_name("model", "xyzzy", ["mlp", "cnn"])) == "unknown model 'xyzzy'. Known: cnn, mlp."


def test_a_missing_package_names_the_extra_to_install() -> None:
    error = missing_extra("torch", "train", "training")
    assert isinstance(error, ConfigError)
    assert "training needs the package 'torch'" in str(error)
    assert "pip install 'onelook[train]'" in str(error)


def test_hundreds_of_known_names_are_no_help() -> None:
    message = str(unknown_name("column", "xyzzy", [f"pixel{number}" for number in range(784)]))
    assert message.endswith("and 764 more.")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "it holds bytes that are not UTF-8 text"),
        (ValueError("invalid literal for int() with base 10: 'x'"), "its content does not follow its format"),
        (KeyError("shape"), "its content does not follow its format"),
        (struct.error("unpack requires a buffer of 4 bytes"), "its content does not follow its format"),
        (
            zlib.error("Error -3 while decompressing data: invalid literal/lengths set"),
            "its compressed bytes are damaged",
        ),
        (lzma.LZMAError("Corrupt input data"), "Corrupt input data"),
        (EOFError(), "it ends too early"),
        (RecursionError("maximum recursion depth exceeded"), "it is nested too deeply"),
        (OSError(13, "Permission denied"), "Permission denied"),
        (zipfile.BadZipFile("File is not a zip file"), "File is not a zip file"),
        (RuntimeError("Couldn't read:\nsecond line"), "Couldn't read"),
        (RuntimeError(), "its content does not follow its format"),
        (ValueError("embedded null byte"), "its content does not follow its format"),
        (
            json.JSONDecodeError("Expecting ',' delimiter", "[1 2]", 3),
            "Expecting ',' delimiter: line 1 column 4 (char 3)",
        ),
        (tomllib.TOMLDecodeError("Invalid value (at line 2)"), "Invalid value (at line 2)"),
    ],
)
def test_a_librarys_error_is_told_without_the_librarys_insides(problem: Exception, words: str) -> None:
    assert in_words(problem) == words


def test_a_notebook_shows_the_users_own_lines_and_the_message() -> None:
    with pytest.raises(ConfigError) as refused:
        exec(compile("import onelook\nonelook.open_dataset('digits')['tset']", "/tmp/ipykernel_7/1.py", "exec"), {})
    lines = refused.value._render_traceback_()
    assert short_traceback(refused.value) == lines
    with pytest.raises(ModelError) as missing:  # raised in a context manager of Python's own
        exec(compile("onelook.load('nope')", "/tmp/ipykernel_7/2.py", "exec"), {"onelook": onelook})
    assert [line.partition(":")[0] for line in missing.value._render_traceback_()[-3:]] == [
        "this cell, line 1",
        "ModelError",
        "of them.",
    ]
    assert lines[-2:] == [
        "ConfigError: digits: there is no part 'tset'. It has the parts 'train' and 'test'; the first picture",
        "is dataset['train'][0].",
    ]
    assert lines[-3].startswith("this cell, line 2:")
    assert not [line for line in lines if "dataset.py" in line or "data/" in line]


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("/tmp/ipykernel_7/3.py", "this cell, line 2: "),
        ("<ipython-input-3-0a1b2c>", "this cell, line 2: "),
        ("/home/ada/own script.py", "/home/ada/own script.py, line 2: "),
        ("<stdin>", "<stdin>, line 2: "),
        ("/usr/lib/python3/dist-packages/other/code.py", None),
        ("/opt/venv/lib/python3.11/site-packages/other/code.py", None),
    ],
)
def test_the_users_lines_are_those_of_cells_and_scripts(file: str, shown: str | None) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        exec(compile("\n1 / 0", file, "exec"), {})
    (here, *lines) = short_traceback(caught.value)
    assert here.startswith(__file__)  # the test is a user's script too
    assert lines == [*([] if shown is None else [shown]), "ZeroDivisionError: division by zero"]


def test_the_lines_of_a_message_stay_lines_and_long_ones_are_wrapped() -> None:
    lines = short_traceback(ConfigError("first:\n\n" + "word " * 30 + "\n" + "x" * 120))
    assert lines == ["ConfigError: first:", "", "word " * 19 + "word", "word " * 9 + "word", "x" * 120]


def test_all_known_names_can_be_typed_the_nearest_first_and_each_once() -> None:
    known = ["mlp", "resnet", "cnn-small", "cnn"]
    assert nearest_first("cnnn", known) == ["cnn", "mlp", "resnet", "cnn-small"]
    assert unknown_name("model", "resnt", known).options == ("resnet", "cnn", "cnn-small", "mlp")
    assert unknown_name("model", "xyzzy", known).options == ("cnn", "cnn-small", "mlp", "resnet")
    assert nearest_first("CNN", ["cnn", "CNN2"])[0] == "cnn"
