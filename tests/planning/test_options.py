"""What was asked for: recipe < TOML file < flags."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.errors import ConfigError
from onelook.planning.options import check_names, gather_overrides, model_list, resolve_settings
from onelook.settings import OptimizerSettings


def test_a_file_wins_over_its_recipe_and_a_flag_over_both(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('recipe = "digit-recognizer"\nepochs = 7\nbatch_size = 20\n')
    settings = resolve_settings(gather_overrides({"epochs": "9"}, ["rho=0.5"], config), planned={})
    assert (settings.epochs, settings.batch_size, settings.optimizer.rho) == (9, 20, 0.5)
    assert settings.optimizer.name == "rmsprop"
    assert settings.augment.rotation_range == 10
    assert gather_overrides({"epochs": "9"}, ["epochs=5"], config)["epochs"] == 5


@pytest.mark.parametrize(
    ("keyword", "pair"),
    [
        ({"rotation_range": 10}, "rotation_range=10"),
        ({"horizontal_flip": True}, "horizontal_flip=true"),
        ({"learning_rate": 0.01}, "learning_rate=0.01"),
        ({"optimizer": "sgd"}, "optimizer=sgd"),
        ({"width_shift_range": (1, 2)}, "width_shift_range=[1, 2]"),
    ],
)
def test_a_keyword_in_python_means_what_set_means(keyword: dict[str, object], pair: str) -> None:
    by_keyword = resolve_settings(gather_overrides(keyword), planned={})
    assert by_keyword == resolve_settings(gather_overrides({}, [pair]), planned={})
    assert by_keyword != resolve_settings({}, planned={})


def test_a_recipe_stands_on_keras_defaults_and_not_on_the_plan() -> None:
    asked = gather_overrides({"recipe": "mnist-tutorial"})
    settings = resolve_settings(asked, planned={"loss": {"label_smoothing": 0.1}})
    assert settings.loss.label_smoothing == 0
    assert (settings.optimizer.name, settings.optimizer.epsilon) == ("adam", 1e-7)


def test_the_plan_stands_below_what_was_asked() -> None:
    settings = resolve_settings({"epochs": 2}, planned={"epochs": 8, "batch_size": 128})
    assert (settings.epochs, settings.batch_size) == (2, 128)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            {"recipe": "mnist-tutorial", "model": "mlp"},
            "--model mlp and --recipe mnist-tutorial: a recipe brings its own model. Give one of them.",
        ),
        (
            {"recipe": "mnist-tutorial", "models": "mlp,cnn"},
            "--models mlp,cnn and --recipe mnist-tutorial: a recipe brings its own model. Give one of them.",
        ),
        (
            {"split": "mine.csv", "val": "0.2"},
            "--split mine.csv and --val 0.2: a split says already which pictures validate. Give one of them.",
        ),
        (
            {"split": "mine.csv", "folds": "3"},
            "--split mine.csv and --folds 3: a split says already which pictures validate. Give one of them.",
        ),
        (
            {"models": "mlp,cnn", "model": "resnet"},
            "--models mlp,cnn and --model resnet: one model or several. Give one of them.",
        ),
        (
            {"models": "mlp,cnn", "folds": "3"},
            "--models mlp,cnn and --folds 3: each of them can be cross-validated by itself. Give one of them.",
        ),
        (
            {"from_model": "runs/a", "image_size": "32"},
            "--from runs/a and --image-size: the network, the size of pictures and their preparation are the model's "
            "own. Leave it out, or train a new model without --from.",
        ),
        ({"force": True}, "--force: it goes with --from, and there is no --from. Leave it out."),
    ],
)
def test_options_that_exclude_each_other(flags: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        gather_overrides(flags)
    assert str(refused.value) == message


def test_a_split_or_a_model_alone_is_let_through() -> None:
    assert gather_overrides({"split": "mine.csv", "model": "mlp"}) == {"split": "mine.csv", "model": "mlp"}
    assert gather_overrides({"from_model": "runs/a", "force": True}) == {"from_model": "runs/a", "force": True}


def test_a_file_may_hold_a_search_space_beside_the_settings(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('epochs = 7\n[space]\n"optimizer.learning_rate" = [0.1, 0.2]\n')
    assert gather_overrides({}, config=config) == {"epochs": 7}


def test_the_models_of_a_list_keep_their_order_and_are_all_checked() -> None:
    assert model_list({"models": "mlp , cnn,knn"}) == model_list({"models": ["mlp", "cnn", "knn"]})
    assert model_list({"models": "mlp , cnn,knn"}) == ("mlp", "cnn", "knn")
    assert model_list({"model": "mlp"}) == ()
    for asked in ({"models": "mlp,cnn,knnn"}, {"model": "knnn"}):
        with pytest.raises(ConfigError, match="unknown model 'knnn'. Did you mean 'knn'"):
            check_names(asked)


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown recipe 'mnist-tutoral'. Did you mean 'mnist-tutorial'"):
        gather_overrides({"recipe": "mnist-tutoral"})
    with pytest.raises(ConfigError, match="unknown model 'cmn'. Did you mean 'cnn'"):
        check_names({"model": "cmn"})
    with pytest.raises(ConfigError, match=r"mine\.toml: there is no such file\. Expected a network's TOML file"):
        check_names({"model": "mine.toml"})
    for name in ("nothere.keras", "models/nothere.PT"):
        with pytest.raises(ConfigError, match=rf"^--model {name}: there is no such file\. onelook trains networks"):
            check_names({"model": name})


def test_an_unknown_option_in_a_file_names_file_and_option(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text("[augment]\nrotation = 10\n")
    with pytest.raises(ConfigError, match=r"mine\.toml.*rotation"):
        gather_overrides({}, config=config)


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        (["optimizer.momentum=0.9"], "no momentum, which adam does not read; sgd, rmsprop and muon would"),
        (["optimizer.name=rmsprop", "optimizer.weight_decay=0.1"], "no weight_decay, which rmsprop does not read"),
        (["step_epochs=3"], "no step_epochs, which constant does not read; step would"),
        (["optimizer=sgd", "nesterov=true"], "a momentum above 0 with nesterov"),
    ],
)
def test_a_setting_that_nothing_reads_is_refused(sets: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        resolve_settings(gather_overrides({"model": "mlp"}, sets), {})


def test_a_setting_alone_goes_to_the_optimizer_that_is_picked() -> None:
    settings = resolve_settings(gather_overrides({}, ["weight_decay=0.1"]), {"optimizer": {"name": "adamw"}})
    assert settings.optimizer == OptimizerSettings(name="adamw", weight_decay=0.1)
