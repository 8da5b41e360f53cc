"""Each option of each command reaches what the command calls: beside all others, and without any of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.every_option import COMMANDS
from tests.cli.option_rows import ABSENT, FIXES, SETTINGS, Asked, Row, name_of
from tests.cli.recorded_calls import calls_of

from onelook.cli.app import COMMANDS as REGISTERED
from onelook.cli.app import build_command
from onelook.commands.decoding_flags import DecodingFlags
from onelook.inspection.training_preview import PageRequest
from onelook.settings import TrainSettings
from onelook.settings.opening import OpeningOptions
from onelook.settings.parse import parse_flags
from onelook.settings.queries import every_setting


@pytest.fixture(autouse=True)
def _files(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What some options name: a fixes file, and the folder of a run."""
    monkeypatch.delenv("ONELOOK_TOKEN", raising=False)
    Path(FIXES).write_text("id,action\ncat/1.png,drop\n", encoding="utf-8")
    Path("a run").mkdir()
    Path("a run/run.json").write_text("{}", encoding="utf-8")


def test_every_command_and_every_option_has_a_row() -> None:
    assert {asked.words[0] for asked in COMMANDS.values()} == {*REGISTERED}
    for name, asked in COMMANDS.items():
        options = {word for one in build_command(asked.words[0]).params for word in (*one.opts, *one.secondary_opts)}
        rows = {*asked.rows, *asked.refused}
        assert rows == {word for word in options if word.startswith("--")}, name


def groups_of(asked: Asked) -> list[list[Row]]:
    """Return groups of options: none, all, and some, so that of any two one is tried without the other."""
    rows = [row for row in asked.rows.values() if not row.is_other]
    digits = range(len(rows).bit_length())
    some = [[row for number, row in enumerate(rows, start=1) if number >> digit & 1] for digit in digits]
    return [[], rows, *some, *([row] for row in asked.rows.values() if row.is_other)]


CASES = [
    pytest.param(name, rows, id=f"{name} {at}")
    for name in COMMANDS
    for at, rows in enumerate(groups_of(COMMANDS[name]))
]


@pytest.mark.parametrize(("name", "rows"), CASES)
def test_options_change_what_each_says_and_nothing_else(
    name: str, rows: list[Row], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = COMMANDS[name]
    words = [*asked.words, *(word for row in rows for word in row.words)]
    found = calls_of(words, asked.callees, monkeypatch, capsys)
    wanted = expected(asked, rows, words)
    assert {key: _in_any_order(value) for key, value in found.items()} == {
        key: _in_any_order(value) for key, value in wanted.items()
    }


def expected(asked: Asked, rows: Iterable[Row], words: list[str]) -> dict[str, Any]:
    """Return the arguments of the callees, as the rows say."""
    found = {**({"json": False, "quiet": False} if asked.prints else {}), **asked.base}
    if asked.base:
        found["language"] = "en"
    for row in rows:
        for key, change in row.changes.items():
            if key.endswith("words"):
                _add_words(found, key, change)
            elif isinstance(found.get(key), OpeningOptions):
                found[key] = found[key].model_copy(update=change)
            elif isinstance(found.get(key), DecodingFlags):
                found[key] = replace(found[key], **change)
            else:
                found[key] = change
    for key in [key for key in found if key.endswith(".command")]:
        found[key] = shlex.join(["onelook", *words])
    return {key: value for key, value in found.items() if value is not ABSENT}


def _add_words(found: dict[str, Any], where: str, words: tuple[str, ...]) -> None:
    """Add words to those that name the data: everywhere, or on the page alone."""
    for key in ("print_inspection.data", "print_label_check.data", "review_data.words"):
        if key in found and where == ".words":
            found[key] = (*found[key], *words)
    page = found.get("write_page.request")
    if page is not None:
        found["write_page.request"] = replace(page, words=(*page.words, *words))


def _in_any_order(value: Any) -> Any:
    """Return words in an order of their own: that of options is no matter."""
    if isinstance(value, PageRequest):
        return value.path, sorted(value.words)
    return sorted(value) if isinstance(value, tuple) and all(isinstance(each, str) for each in value) else value


def test_every_option_of_a_setting_has_a_row() -> None:
    flags = {flag for each in every_setting().values() for flag in (each.facts.flag, each.facts.other_flag) if flag}
    assert {*SETTINGS} == flags


@pytest.mark.parametrize("flag", SETTINGS)
def test_a_text_means_its_setting_by_the_option_and_by_the_keyword(flag: str) -> None:
    text, meant = SETTINGS[flag]
    parsed = parse_flags({name_of(flag): text or True})
    assert _given(parsed) == meant
    assert parse_flags({flag.removeprefix("--").replace("-", "_"): text or True}) == parsed
    default = TrainSettings().model_dump()
    assert _given(parsed) in ({"augment": {}},) or any(default[name] != value for name, value in meant.items())


def _given(parsed: Mapping[str, Any]) -> dict[str, Any]:
    return TrainSettings.model_validate(parsed).model_dump(exclude_unset=True)
