"""Settings from the texts of flags, keywords and `--set`."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.errors import ConfigError
from onelook.settings.merge import build_settings, merge
from onelook.settings.parse import parse_flags, parse_image_size, parse_names, parse_seconds, parse_set
from onelook.settings.queries import every_setting


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("3m", 180), ("1.5m", 90), ("1h30m", 5400), (45, 45), (2.5, 2.5)]
)
def test_reads_lengths_of_time(text: str | float, seconds: float) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "3 minutes", "m3", "-3m", "3m!"])
def test_refuses_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ConfigError, match="not a length of time"):
        parse_seconds(text)


@pytest.mark.parametrize(
    ("given", "size"),
    [("128", (128, 128)), ("128x96", (128, 96)), ("128×96", (128, 96)), (64, (64, 64)), ([8, 9], (8, 9))],
)
def test_reads_image_sizes_as_height_then_width(given: str, size: tuple[int, int]) -> None:
    assert parse_image_size(given) == size


@pytest.mark.parametrize("given", ["128x", "big", "128x96x3", "-1", (1, 2, 3)])
def test_refuses_what_is_no_image_size(given: str) -> None:
    with pytest.raises(ConfigError, match="image size"):
        parse_image_size(given)


def test_class_names_must_differ_and_not_be_empty() -> None:
    assert parse_names("cat, dog") == ("cat", "dog")
    with pytest.raises(ConfigError, match="cat is there more than once"):
        parse_names("cat,dog,cat")
    with pytest.raises(ConfigError, match="empty"):
        parse_names("cat,,dog")


def test_flags_that_were_not_given_override_nothing() -> None:
    assert parse_flags({"epochs": None, "model": "mlp"}) == {"model": "mlp"}


def test_val_is_a_fraction_where_it_reads_as_a_number_and_a_path_otherwise() -> None:
    assert parse_flags({"val": "0.2"}) == {"val": 0.2}
    assert parse_flags({"val": "photos/val"}) == {"val": "photos/val"}


def test_time_limit_keyword_means_seconds() -> None:
    assert parse_flags({"time_limit": "3m"}) == {"time_limit_seconds": 180}


def test_paths_of_python_are_texts_in_the_settings() -> None:
    flags = {name: Path("some") / "place" for name in ("model", "test", "val", "weights", "split", "from")}
    asked = parse_flags(flags)
    assert asked.pop("from_model") == "some/place"
    assert asked == dict.fromkeys(("model", "test", "val", "weights", "split"), "some/place")


@pytest.mark.parametrize(
    ("flag", "shown"),
    [
        ({"augment": "lots"}, "--augment lots: expected none. .*, such as --set rotation_range=…"),
        ({"augment": "cutout"}, "--augment cutout: expected none. .*, such as --set cutout=…"),
        (
            {"augment": "horizontal_flip"},
            "--augment horizontal_flip: expected none. .*, such as --set horizontal_flip=…",
        ),
    ],
)
def test_a_change_that_is_given_for_all_of_them_is_shown_as_it_is_typed(flag: dict[str, str], shown: str) -> None:
    with pytest.raises(ConfigError, match=shown):
        parse_flags(flag)


def test_unknown_keyword_offers_the_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown setting 'epoch'. Did you mean 'epochs'"):
        parse_flags({"epoch": 3})


def test_set_finds_a_name_that_only_one_section_has() -> None:
    assert parse_set(["rotation_range=15", "dropout=0"]) == {"augment": {"rotation_range": 15}, "dropout": 0}
    assert parse_set(["brightness_range=[0.8, 1.2]"]) == {"augment": {"brightness_range": [0.8, 1.2]}}
    assert parse_set(["learning_rate=.01"]) == {"optimizer": {"learning_rate": 0.01}}


def test_set_asks_which_section_where_several_have_the_name() -> None:
    with pytest.raises(
        ConfigError,
        match=r"several sections have this setting. Write early_stopping.patience or reduce_on_plateau.patience",
    ):
        parse_set(["patience=3"])


@pytest.mark.parametrize("word", ["none", "None", "NONE", " none "])
def test_none_is_nothing_in_any_letters(word: str) -> None:
    assert parse_set([f"dropout={word}", f"early_stopping={word}", f"classical.max_depth={word}"]) == {
        "dropout": None,
        "early_stopping": None,
        "classical": {"max_depth": None},
    }


def test_set_switches_an_optional_section_off_with_none() -> None:
    asked = merge({"early_stopping": {"patience": 5}}, parse_set(["early_stopping=none"]))
    assert build_settings(asked, "test").early_stopping is None


@pytest.mark.parametrize(
    ("pair", "message"),
    [("dropout", "expected key=value"), ("droput=0", "unknown setting 'droput'. Did you mean 'dropout'")],
)
def test_set_refuses_what_it_cannot_place(pair: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse_set([pair])


def test_set_takes_the_name_of_an_optimizer_or_schedule_for_its_section() -> None:
    assert parse_set(["optimizer=adamw", "momentum=0.5", "schedule=cosine"]) == {
        "optimizer": {"name": "adamw", "momentum": 0.5},
        "schedule": {"name": "cosine"},
    }
    with pytest.raises(ConfigError, match=r"^optimizer = 'adamm'; expected sgd.*muon\. Did you mean 'adam'\?$"):
        build_settings(parse_set(["optimizer=adamm"]), "the options")


def test_set_switches_an_optional_section_on_and_off() -> None:
    assert parse_set(["early_stopping=true", "reduce_on_plateau=false"]) == {
        "early_stopping": {},
        "reduce_on_plateau": None,
    }
    assert parse_set(["early_stopping.patience=2", "early_stopping=true"]) == {"early_stopping": {"patience": 2}}


@pytest.mark.parametrize("text", ["false", "none"])
def test_set_switches_augmentation_off(text: str) -> None:
    asked = parse_set([f"augment={text}"])
    assert asked == {"augment": {}}  # asked for, so that the plan picks none of its own
    assert not build_settings(asked, "the options").augment.is_active


def test_an_unknown_setting_without_a_near_name_lists_names_that_can_be_read_at_a_glance() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_set(["nonsense=1"])
    assert str(caught.value).startswith("unknown setting 'nonsense'. Known: augment, auto_batch_size, batch_size")
    assert "augment.cval" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_flag_may_stand_for_a_setting_in_a_section() -> None:
    asked = parse_flags({"optimizer": "sgd", "optimizer__learning_rate": "0.1", "early_stopping__patience": "3"})
    assert asked == {"optimizer": {"name": "sgd", "learning_rate": "0.1"}, "early_stopping": {"patience": "3"}}
    settings = build_settings(asked, "the options")
    assert (settings.optimizer.learning_rate, settings.early_stopping.patience) == (0.1, 3)


def test_a_keyword_may_be_the_name_of_a_setting_in_a_section() -> None:
    assert parse_flags({"rotation_range": 10, "mixup": 0.2}) == {
        "augment": {"rotation_range": 10},
        "mix": {"mixup": 0.2},
    }
    with pytest.raises(
        ConfigError, match="min_delta: several sections have this setting. Write early_stopping__min_delta or reduce_on"
    ):
        parse_flags({"min_delta": 3})


def test_a_keyword_may_be_the_name_of_an_option_of_the_command() -> None:
    assert parse_flags({"lr": 0.1, "patience": 3, "no_picture_list": True}) == {
        "optimizer": {"learning_rate": 0.1},
        "early_stopping": {"patience": 3},
        "omit_picture_list": True,
    }
    assert parse_flags({"lr": None, "learning_rate": 0.1}) == {"optimizer": {"learning_rate": 0.1}}
    with pytest.raises(ConfigError, match=r"^lr and learning_rate: both are optimizer.learning_rate. Give one of them"):
        parse_flags({"lr": 0.1, "learning_rate": 0.2})


@pytest.mark.parametrize("patience", ["0", 0])
def test_no_patience_is_refused_because_it_reads_like_no_early_stopping(patience: object) -> None:
    with pytest.raises(ConfigError, match="^--patience 0: expected the epochs to wait for an improvement, 1 or more"):
        parse_flags({"patience": patience})
    assert parse_set(["early_stopping.patience=0"]) == {"early_stopping": {"patience": 0}}  # as in Keras


def test_augmentation_is_switched_off_by_its_flag() -> None:
    assert parse_flags({"augment": "none"}) == {"augment": {}}
    with pytest.raises(ConfigError, match=r"--augment lots: expected none. .*--set rotation_range=…"):
        parse_flags({"augment": "lots"})
    with pytest.raises(ConfigError, match=r"such as --set horizontal_flip=…$"):
        parse_flags({"augment": "horizontal_flip"})


THEIRS = {
    "val": ("validation_split", "val_split", "validation_data", "validation_fraction", "valid_pct"),
    "limit": ("max_rows", "max_samples", "n_samples", "num_samples", "subset", "sample"),
    "epochs": ("num_epochs", "n_epochs", "max_epochs", "nb_epoch", "epoch", "num_train_epochs"),
    "image_size": ("imgsz", "img_size", "image_sz", "input_size", "target_size", "size"),
    "batch_size": ("bs", "batch", "batchsize", "train_batch_size"),
    "seed": ("random_state", "random_seed"),
    "dropout": ("drop", "drop_rate", "dropout_rate"),
    "augment": ("augmentation", "data_augmentation", "aug", "augmentations", "transforms"),
    "rotation_range": ("rotation", "rotate", "degrees", "random_rotation"),
    "horizontal_flip": ("hflip", "fliplr", "flip", "mirror"),
    "vertical_flip": ("vflip", "flipud"),
    "optimizer": ("optim", "opt", "solver"),
    "learning_rate": ("lr", "LR", "lr0", "initial_lr", "max_lr", "base_lr", "learningrate", "eta"),
    "weight_decay": ("wd", "decay", "l2"),
}


@pytest.mark.parametrize("ours", THEIRS)
def test_names_of_other_libraries_suggest_ours(ours: str) -> None:
    for theirs in THEIRS[ours]:
        with pytest.raises(ConfigError) as error:
            parse_set([f"{theirs}=1"])
        assert str(error.value) == f"unknown setting '{theirs}'. Did you mean '{ours}'?"
        assert list(error.value.options) == [ours]


@pytest.mark.parametrize(
    ("pair", "asked"),
    [
        ("image_size= 28x32 ", {"image_size": (28, 32)}),
        ("time_limit_seconds= 90s ", {"time_limit_seconds": 90.0}),
        ("epochs = none", {"epochs": None}),
        ("val=.25", {"val": 0.25}),
        ("class_names=a, b", {"class_names": ("a", "b")}),
        ("classical.max_depth=3", {"classical": {"max_depth": 3}}),
        ("loss.class_weights=balanced", {"loss": {"class_weights": "balanced"}}),
        ("views=none", {"views": {}}),
        ("early_stopping=true", {"early_stopping": {}}),
        ("early_stopping=false", {"early_stopping": None}),
        ("views=true", {"views": True}),  # and is refused later: there is nothing that could be on
    ],
)
def test_a_value_is_read_as_its_setting_means_it(pair: str, asked: dict[str, object]) -> None:
    assert parse_set([pair]) == asked


@pytest.mark.parametrize("pair", ["classical.max-depth=3", "features.colour=3", "nothing.max_depth=3", "epochs.x=3"])
def test_only_a_classical_model_takes_names_that_nobody_knows(pair: str) -> None:
    with pytest.raises(ConfigError, match="unknown setting"):
        parse_set([pair])


def test_no_name_of_other_libraries_is_a_setting_of_ours_or_stands_for_two() -> None:
    names = [name for each in every_setting().values() for name in each.facts.also_called]
    assert len(names) == len({*names}) > 20
    assert not {*names} & {name for path, each in every_setting().items() for name in (path, each.short_name)}


def test_settings_that_are_given_whole_override_only_what_they_say() -> None:
    from onelook.settings import OptimizerSettings

    assert parse_flags({"optimizer": OptimizerSettings(name="sgd", momentum=0.5)}) == {
        "optimizer": {"name": "sgd", "momentum": 0.5}
    }
    as_by_default = OptimizerSettings(name="adam", momentum=0.0)
    assert parse_flags({"optimizer": as_by_default}) == {"optimizer": {"name": "adam", "momentum": 0.0}}
