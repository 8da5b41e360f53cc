"""The options of opening: one value, described once, that every command takes whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import onelook
from onelook.cli.app import build_command
from onelook.cli.options import opening_words, read_opening_options
from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.settings.opening import OpeningKeywords, OpeningOptions, opening_options
from onelook.settings.queries import all_facts
from onelook.settings.setting_facts import Command

NAMES = tuple(OpeningOptions.model_fields)


def test_a_run_records_every_option_under_its_own_name() -> None:
    assert {*NAMES} < {*TrainSettings.model_fields}
    settings = TrainSettings(label_from="folder:2", ignore_groups=True)
    recorded = settings.model_dump(mode="json")
    assert (recorded["label_from"], recorded["ignore_groups"], recorded["layout"]) == ("folder:2", True, None)
    assert TrainSettings.model_validate(recorded) == settings


def test_the_keywords_are_the_fields() -> None:
    hints = get_type_hints(OpeningKeywords)
    assert set(hints) == set(NAMES)
    for name in {*NAMES} - {"class_names"}:  # any sequence, kept as a tuple
        assert hints[name] == OpeningOptions.model_fields[name].annotation


@pytest.mark.parametrize("name", get_args(Command))
def test_a_command_has_the_options_that_say_so(name: str) -> None:
    flags = {option for parameter in build_command(name).params for option in parameter.opts}
    wanted = {each for each in NAMES if name in all_facts()[each].also_of}
    assert wanted
    assert {each for each in NAMES if all_facts()[each].flag in flags} == wanted


@pytest.mark.parametrize("name", ["class_names", "layout", "label_column", "label_from"])
def test_what_says_where_the_labels_are_is_also_in_the_commands_that_read_them(name: str) -> None:
    assert {"inspect", "evaluate"} <= {*all_facts()[name].also_of}


def test_every_option_is_in_train_and_in_some_other_command() -> None:
    flags = {option for parameter in build_command("train").params for option in parameter.opts}
    for name in NAMES:
        assert all_facts()[name].flag in flags
        assert all_facts()[name].also_of


def test_no_command_names_an_option() -> None:
    """A new option must not have to be passed from hand to hand."""
    root = Path(onelook.__file__).parent
    words = re.compile(r"\b(?:label_column|label_from|ignore_groups)\b")
    naming = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if words.search(path.read_text(encoding="utf-8")) and path.relative_to(root).parts[0] != "data"
    }
    assert naming == {"settings/opening.py"} | ({"cli/options.py"} & naming)  # an example there


def test_flags_are_read_and_written_as_they_are_typed() -> None:
    flags: dict[str, Any] = {"class_names": "cat,dog", "label_column": None, "ignore_groups": True}
    assert read_opening_options(flags) == OpeningOptions(class_names=("cat", "dog"), ignore_groups=True)
    assert opening_words(flags) == ["--class-names", "cat,dog", "--no-groups"]
    assert opening_words({"layout": "idx", "ignore_groups": False}) == ["--layout", "idx"]


def test_names_of_classes_may_be_any_sequence() -> None:
    assert opening_options({"class_names": ["cat", "dog"]}, "here").class_names == ("cat", "dog")
    assert opening_options({"class_names": None}, "here") == OpeningOptions()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"lable_from": "folder:1"}, "open_dataset: unknown setting 'lable_from'. Did you mean 'label_from'?"),
        ({"layout": 3}, "open_dataset: layout = 3; expected a text."),
        ({"ignore_groups": "perhaps"}, "open_dataset: ignore_groups = 'perhaps'; expected true or false."),
    ],
)
def test_what_is_no_option_is_refused_before_data_is_looked_at(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        onelook.open_dataset("/nowhere", **values)
    assert str(caught.value) == message
