"""With --json every command answers with one JSON document, whatever happens; the person's line stays beside it."""

from __future__ import annotations

import errno
import functools
import json
import pickle
import re
import shlex
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from PIL import Image

from onelook.cli import main
from onelook.cli.app import COMMANDS, build_command
from onelook.errors import ConfigError, DataError, ModelError, OnelookError, unknown_name


def parameters(name: str) -> list[Any]:
    return build_command(name).params


def words_of(name: str) -> list[str]:
    """The fewest words that the parser takes."""
    words = [name]
    for parameter in parameters(name):
        if parameter.required:
            words += ["x"] if parameter.param_type_name == "argument" else [parameter.opts[0], "x"]
    return words


WITH_JSON = [name for name in COMMANDS if any("--json" in each.opts for each in parameters(name))]

FAILURES = [
    (OnelookError("lost"), 1, "failed", []),
    (ConfigError("two ways.\n  --layout idx", options=["--layout idx", "--layout npz"]), 2, "request", None),
    (unknown_name("model", "cmn", ["mlp", "cnn"]), 2, "request", ["cnn", "mlp"]),
    (DataError("ragged"), 3, "data", []),
    (ModelError("altered"), 4, "model", []),
    (PermissionError(errno.EACCES, "Permission denied", "/out"), 2, "system", []),
    (OSError(errno.ENOSPC, "No space left on device", "/out"), 1, "system", []),
    (MemoryError(), 1, "system", []),
    (KeyError("lost"), 1, "bug", []),
    (KeyboardInterrupt(), 130, "interrupted", []),
]


@pytest.fixture
def fails_with(monkeypatch):
    """Makes every command end with an exception once its words are parsed."""

    def arrange(error: BaseException) -> None:
        load = COMMANDS.load

        def broken(name: str) -> Any:
            @functools.wraps(load(name))
            def command(*arguments: object, **options: object) -> None:
                raise error

            return command

        monkeypatch.setattr(COMMANDS, "load", broken)

    return arrange


def answer(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any], str]:
    """The exit code, what stands under "error" in the one document, and the person's lines."""
    code = main(words)
    printed = capsys.readouterr()
    document = json.loads(printed.out)  # which refuses a second document, and anything else
    assert list(document) == ["error"]
    assert list(document["error"]) == ["kind", "message", "exit_code", "options"]
    assert document["error"]["exit_code"] == code
    return code, document["error"], printed.err


def test_every_command_that_answers_takes_json():
    assert set(COMMANDS) - set(WITH_JSON) == {"serve", "review"}  # which answer over HTTP


@pytest.mark.parametrize("failure", FAILURES, ids=[f"{type(row[0]).__name__}-{row[2]}" for row in FAILURES])
@pytest.mark.parametrize("name", WITH_JSON)
def test_every_failure_of_every_command(name, failure, fails_with, capsys):
    error, code, kind, options = failure
    fails_with(error)
    found, document, lines = answer([*words_of(name), "--json"], capsys)
    assert (found, document["kind"]) == (code, kind)
    assert document["options"] == (["--layout idx", "--layout npz"] if options is None else options)
    first = document["message"].splitlines()[0]
    assert " ".join(lines.split()).startswith(f"error: {first}" if kind != "interrupted" else "interrupted")


@pytest.mark.parametrize("name", WITH_JSON)
def test_the_same_failures_print_no_document_without_json(name, fails_with, capsys):
    for error, code, *_ in FAILURES:
        fails_with(error)
        assert main(words_of(name)) == code
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", WITH_JSON)
def test_an_unknown_option_of_every_command(name, capsys):
    code, document, lines = answer([*words_of(name), "--jsn", "--json"], capsys)
    assert (code, document["kind"], document["options"][0]) == (2, "usage", "--json")
    assert set(document["options"]) >= {option for each in parameters(name) for option in each.opts if option[0] == "-"}
    assert " ".join(lines.split()) == f"error: {document['message']}"


@pytest.mark.parametrize("name", WITH_JSON)
def test_words_too_many_or_too_few_of_every_command(name, capsys):
    takes_many = any(each.nargs == -1 for each in parameters(name))
    optional = [each for each in parameters(name) if each.param_type_name == "argument" and not each.required]
    wrong = [] if takes_many else [[*words_of(name), *["y"] * (len(optional) + 1), "--json"]]
    wrong += [[name, "--json"]] if len(words_of(name)) > 1 else []
    assert wrong
    for words in wrong:
        code, document, _ = answer(words, capsys)
        assert (code, document["kind"]) == (2, "usage")


@pytest.mark.parametrize("name", WITH_JSON)
def test_an_option_without_its_value_or_with_a_bad_one(name, capsys):
    takes_value = [each for each in parameters(name) if each.param_type_name == "option" and not each.is_flag]
    for option in takes_value:
        code, document, _ = answer([*words_of(name), "--json", option.opts[0]], capsys)
        assert (code, document["kind"]) == (2, "usage")
    hints = get_type_hints(COMMANDS.load(name))
    for option in [each for each in takes_value if int in (hints[each.name], *get_args(hints[each.name]))]:
        code, document, _ = answer([*words_of(name), "--json", option.opts[0], "many"], capsys)
        assert (code, document["kind"]) == (2, "usage")


def test_a_missing_option_is_what_can_be_typed(capsys):
    assert answer(["export", "x", "--json"], capsys)[1]["options"] == ["--to"]


@pytest.mark.parametrize(
    "words", [["verfy", "--json"], ["verfy", "x", "--json"], ["--debug", "verfy", "train", "--json"]]
)
def test_an_unknown_command_offers_all_the_nearest_first(words, capsys):
    code, document, _ = answer(words, capsys)
    assert (code, document["kind"], document["options"][0]) == (2, "usage", "verify")
    assert set(document["options"]) == set(COMMANDS)


def test_an_interruption_while_modules_load(monkeypatch, capsys):
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("onelook.cli.run_command.run", interrupt)
    assert answer(["models", "--json"], capsys)[:2] == (
        130,
        {"kind": "interrupted", "message": "interrupted", "exit_code": 130, "options": []},
    )
    assert main(["models"]) == 130
    assert capsys.readouterr().out == ""


def test_only_the_first_of_several_processes_answers(fails_with, monkeypatch, capsys):
    for name, value in {"TORCHELASTIC_RUN_ID": "x", "RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    fails_with(DataError("ragged"))
    assert main(["train", "x", "--json"]) == 3
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "error: process 1 of 2: ragged\n"


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("train photos --set dropuot=0", "dropout"),
        ("train photos --set optimizer.name=sdg", "sgd"),
        ("train photos --device tpu", "cuda"),
        ("train photos --recipe mnist-tutorail", "mnist-tutorial"),
        ("train photos --model cmn", "cnn"),
        ("train photos --layout class-folder", "class-folders"),
        ("train photos --set name=adam", "optimizer.name"),
        ("train digitz", "digits"),
        ("train ./fotos", "photos"),
        ("inspect table.csv --label-column lable", "label"),
        ("export photos --to onxn", "onnx"),
        ("tune photos --on rai", "ray"),
        ("train photos --out taken", "--resume"),
        ("report runs", "runs/a-001"),
        ("verify runs", "runs/a-001"),
        ("verify a-001", "runs/a-001"),
    ],
)
def test_what_can_be_typed_instead(words, options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(8):
            Image.new("L", (8, 8), number).save(tmp_path / "photos" / name / f"{number}.png")
    (tmp_path / "table.csv").write_text("path,label\nphotos/cat/0.png,cat\nphotos/dog/0.png,dog\n")
    for folder in ("taken", "runs/a-001", "runs/b-001"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "run.json").write_text("{}")
    _, document, _ = answer([*words.split(), "--json"], capsys)
    assert options in document["options"]
    assert answer([*words.split(), "--json"], capsys)[1] == document


def pictures_at(root: Any, names: list[str]) -> None:
    random = np.random.default_rng(0)
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (8, 8), np.uint8)).save(root / name)


QUESTIONS = {
    "folders of folders": [
        f"{kind}/{colour}/{n}.png" for kind in ("cat", "dog") for colour in ("red", "blue") for n in (1, 2)
    ],
    "names with two readings": [
        f"{kind}_{place}_{n}.png" for kind in ("cat", "dog") for place in ("in", "out") for n in range(4)
    ],
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_option_of_a_question_answers_it(question, tmp_path, capsys):
    pictures_at(tmp_path, QUESTIONS[question])
    words = ["inspect", str(tmp_path), "--json"]
    code, document, lines = answer(words, capsys)
    assert (code, document["kind"]) == (2, "request")
    assert len(document["options"]) >= 2
    for option in document["options"]:
        assert f"  {option}\n" in lines
        assert main([*words, *shlex.split(option)]) == 0
        assert "class_names" in json.loads(capsys.readouterr().out)


def test_two_layouts_are_a_question_with_a_layout_each(tmp_path, capsys):
    pictures_at(tmp_path, [f"{kind}/{n}.png" for kind in ("cat", "dog") for n in range(3)])
    np.savez(tmp_path / "data.npz", x_train=np.zeros((4, 8, 8), np.uint8), y_train=np.array([0, 1, 0, 1]))
    code, document, _ = answer(["inspect", str(tmp_path), "--json"], capsys)
    assert code == 2
    assert {"--layout class-folders", "--layout npz"} <= set(document["options"])


def test_the_page_has_every_kind_with_its_exit_code():
    page = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d or]+) \|", page, re.MULTILINE))
    told = {kind: {int(code) for code in codes.split(" or ")} for kind, codes in rows.items()}
    expected: dict[str, set[int]] = {"usage": {2}}
    for _, code, kind, _ in FAILURES:
        expected.setdefault(kind, set()).add(code)
    assert told == expected


def test_options_travel_with_an_error_to_another_process():
    sent = pickle.loads(pickle.dumps(ConfigError("two ways.", options=["--layout idx"])))
    assert (type(sent), str(sent), sent.options) == (ConfigError, "two ways.", ("--layout idx",))
