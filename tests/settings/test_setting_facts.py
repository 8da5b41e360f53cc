"""The facts that stand on the fields of settings, list by list, and what asks for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from onelook.errors import ConfigError
from onelook.settings import AugmentSettings, NetworkSettings, OptimizerSettings, ScheduleSettings, TrainSettings
from onelook.settings.base import facts_of, setting
from onelook.settings.queries import all_facts, every_setting, excluded_by, flag_of, settings_that
from onelook.settings.setting_facts import PartFacts, SettingFacts, parts_that
from onelook.tuning.dimensions import parse_space

OF_THE_DATA = "class_names fixes ignore_groups label_column label_from layout pictures_in"
LISTS: dict[str, tuple[Callable[[SettingFacts], bool], str]] = {
    "read by classical models alone": (lambda facts: facts.read_by == "classical", "features classical"),
    "read by pretrained networks alone": (lambda facts: facts.read_by == "pretrained", "weights tune"),
    "read by all": (
        lambda facts: facts.read_by == "all",
        "model models recipe test val limit split folds time_limit_seconds image_size resize seed device strict "
        f"omit_picture_list preprocess {OF_THE_DATA}",
    ),
    "several runs": (lambda facts: facts.changes == "runs", "models folds"),
    "resumable": (lambda facts: facts.is_resumable, "epochs time_limit_seconds device log omit_picture_list"),
    "may grow": (lambda facts: facts.may_grow, "epochs time_limit_seconds"),
    "the same for all trials": (
        lambda facts: not facts.is_searchable,
        "models recipe test val limit split folds from_model force time_limit_seconds seed device log strict keep_best "
        "omit_picture_list "
        f"auto_batch_size {OF_THE_DATA}",
    ),
    "not compared": (lambda facts: not facts.compared, "model models time_limit_seconds log strict omit_picture_list"),
    "for a run": (
        lambda facts: facts.needs_run,
        "weights tune from_model test limit split log layout label_column label_from pictures_in ignore_groups fixes",
    ),
    "at random": (lambda facts: facts.varies_pictures, "augment mix"),
    "no pretrained network": (lambda facts: facts.rules_out_pretrained, "recipe preprocess from_model models"),
    "augmentation": (lambda facts: facts.decides_augmentation, "augment recipe model"),
    "data panel": (
        lambda facts: facts.flag is not None and facts.panel == "Data",
        f"test val limit split folds image_size strict {OF_THE_DATA}",
    ),
    "model panel": (
        lambda facts: facts.panel == "Model",
        "model models recipe weights tune from_model force omit_picture_list",
    ),
    "shown otherwise": (
        lambda facts: facts.shown_default is not None,
        "epochs batch_size dropout augment optimizer model",
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_settings_of_which_something_is_true(name: str) -> None:
    holds, names = LISTS[name]
    assert {*settings_that(holds)} == {*names.split()}


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("split", "val folds"),
        ("models", "model folds"),
        ("recipe", "model models"),
        ("folds", "val from_model"),
        ("from_model", "model models recipe image_size resize preprocess"),
        ("val", ""),
    ],
)
def test_the_settings_that_another_one_excludes(name: str, names: str) -> None:
    assert excluded_by(name) == tuple(names.split())


def test_the_names_come_in_the_order_of_the_fields() -> None:
    assert settings_that(lambda facts: True) == tuple(TrainSettings.model_fields) == tuple(all_facts())


def test_a_setting_without_a_flag_is_asked_for_by_its_name() -> None:
    assert [flag_of(name) for name in ("time_limit_seconds", "from_model", "schedule")] == [
        "--time-limit",
        "--from",
        "schedule",
    ]


def test_the_facts_within_a_section() -> None:
    ranges = "rotation_range width_shift_range height_shift_range shear_range zoom_range channel_shift_range"
    assert parts_that(AugmentSettings, lambda facts: facts.is_strength) == tuple(ranges.split())
    assert parts_that(AugmentSettings, lambda facts: facts.is_idle_alone) == ("fill_mode", "cval", "policy_magnitude")
    assert parts_that(OptimizerSettings, lambda facts: "adagrad" in facts.read_under) == ()
    assert parts_that(ScheduleSettings, lambda facts: facts.read_under == ("step",)) == ("step_epochs", "step_factor")


@pytest.mark.parametrize("name", TrainSettings.model_fields)
def test_a_search_takes_what_may_differ_between_trials(name: str) -> None:
    if name in LISTS["the same for all trials"][1].split():
        with pytest.raises(ConfigError, match="it must be the same in all trials"):
            parse_space({name: [1, 2]}, "the space")
    else:
        assert parse_space({name: [1, 2]}, "the space")


def test_a_search_does_not_look_for_a_batch_size_in_each_trial() -> None:
    with pytest.raises(ConfigError, match="batch_size: it must be the same in all trials"):
        parse_space({"batch_size": [32, "auto"]}, "the space")


def test_facts_are_those_that_were_declared() -> None:
    facts = SettingFacts(changes="weights", read_by="networks", flag="--x", excluded_by=("seed",), may_grow=True)

    class Some(NetworkSettings):
        new: int = setting(1, "New.", facts)
        plain: int = setting(1, "Plain.")

    assert facts_of(Some.model_fields["new"], SettingFacts) == facts
    assert facts_of(Some.model_fields["plain"], PartFacts) == PartFacts()
    with pytest.raises(ValidationError, match="changes"):
        facts_of(Some.model_fields["plain"], SettingFacts)
    with pytest.raises(ValidationError, match="may_grow"):
        facts_of(Some.model_fields["new"], PartFacts)


def test_facts_may_stand_in_a_json_schema() -> None:
    assert TrainSettings.model_json_schema()["properties"]["val"]["excluded_by"] == ["split", "folds"]


def test_a_part_is_called_by_its_own_name_unless_that_would_not_say_what_it_belongs_to() -> None:
    short = {path: each.short_name for path, each in every_setting().items()}
    assert short["epochs"] == "epochs"
    assert short["optimizer.momentum"] == "momentum"
    assert short["features.pca"] == "features.pca"
    assert short["views.horizontal_flip"] == "views.horizontal_flip"
    assert short["augment.horizontal_flip"] == "horizontal_flip"
