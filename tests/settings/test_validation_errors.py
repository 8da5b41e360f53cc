"""Pydantic's findings as sentences."""

import pytest
from pydantic import ValidationError

from onelook.errors import ConfigError
from onelook.settings import NetworkSettings, TrainSettings
from onelook.settings.merge import build_settings
from onelook.settings.validation_errors import TYPED, as_config_error


def sentence(settings, content):
    with pytest.raises(ValidationError) as caught:
        settings.model_validate(content)
    return str(as_config_error(caught.value, "here", settings))


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ({"type": "conv", "filters": 8, "kernel": "x"}, "layer 1 (conv): kernel = 'x'; expected a whole number."),
        ({"type": "conv", "filters": 8, "kernel": [3, 0]}, "layer 1 (conv): kernel = [3, 0]; expected at least 1."),
        (
            {"type": "conv", "filters": 8, "kernel": [3, 3, 3]},
            "layer 1 (conv): kernel = [3, 3, 3]; expected a length of at most 2.",
        ),
        (
            {"type": "conv", "filters": 8, "padding": "sam"},
            "layer 1 (conv): padding = 'sam'; expected same, valid or a whole number. Did you mean 'same'?",
        ),
        ({"type": "dropout", "rate": 1.5}, "layer 1 (dropout): rate = 1.5; expected less than 1."),
        (
            {"type": "activation", "functoin": "relu", "function": "relu"},
            "layer 1 (activation): unknown setting 'functoin'. Did you mean 'function'?",
        ),
        (
            {"type": "residual", "layers": [{"type": "flatten"}, {"type": "dense", "unit": 3}]},
            "layer 1.2 (dense): 'units' is missing. layer 1.2 (dense): unknown setting 'unit'. Did you mean 'units'?",
        ),
        (3, "layer 1 = 3; expected a table of settings."),
    ],
)
def test_a_layer_is_named_by_number_and_type(layer, expected):
    assert sentence(NetworkSettings, {"layers": [layer]}) == f"here: {expected}"


def test_a_layer_without_type_lists_the_types():
    text = sentence(NetworkSettings, {"layers": [{"filters": 3}]})
    assert text.startswith("here: layer 1 has no type. Expected type = one of conv, whitening,")


def test_a_list_emptied_by_its_mistakes_is_not_called_empty_but_an_empty_one_is():
    assert "length" not in sentence(NetworkSettings, {"layers": [{"type": "flaten"}]})
    assert sentence(NetworkSettings, {"layers": []}) == "here: layers = []; expected a length of at least 1."


def test_stages_of_a_run_are_named_by_their_path():
    assert sentence(TrainSettings, {"optimizer": {"name": "adm"}}) == (
        "here: optimizer: name = 'adm'; expected sgd, adagrad, rmsprop, adam, adamw or muon. Did you mean 'adam'?"
    )
    assert sentence(TrainSettings, {"augment": {"brightness_range": [1]}}) == (
        "here: augment: brightness_range = [1]; expected a length of at least 2."
    )
    assert sentence(TrainSettings, {"learning_rte": 3, "epoch": 1}) == (
        "here: unknown setting 'learning_rte'. Known: " + ", ".join(TrainSettings.model_fields) + ". "
        "unknown setting 'epoch'. Did you mean 'epochs'?"
    )


def test_what_was_typed_is_named_as_it_is_typed():
    def typed(**values):
        with pytest.raises(ConfigError) as caught:
            build_settings(values, TYPED)
        return str(caught.value)

    assert typed(optimizer={"name": "foo"}).startswith("optimizer = 'foo'; expected sgd, adagrad")
    assert typed(optimizer={"learning_rate": 0}) == "optimizer.learning_rate = 0; expected more than 0."
    assert typed(dropout=2, augment={"zom_range": 1}) == (
        "dropout = 2; expected less than 1. augment: unknown setting 'zom_range'. Did you mean 'zoom_range'?"
    )


def test_the_nearest_word_is_the_first_option():
    with pytest.raises(ConfigError) as caught:
        build_settings({"optimizer": {"name": "sgdd"}}, TYPED)
    assert caught.value.options[0] == "sgd"
    assert str(caught.value).endswith("Did you mean 'sgd'?")


def test_one_typo_in_many_layers_is_told_once():
    layers = [{"type": "convv"}, {"type": "flatten"}, *({"type": "convv"} for _ in range(3)), {"type": "densse"}]
    text = sentence(NetworkSettings, {"layers": layers})
    assert text.count("convv") == 1
    assert "layer 1, layer 3, layer 4 and 1 more: unknown type 'convv'. Did you mean 'conv'?" in text
    assert "layer 6: unknown type 'densse'." in text
    text = sentence(NetworkSettings, {"layers": [{"type": "flatten"}, {"type": "convv"}, {"type": "convv"}]})
    assert "layer 2 and layer 3: unknown type" in text


def test_many_problems_are_counted_after_the_third():
    text = sentence(TrainSettings, dict.fromkeys("abcde", 1))
    assert text.count("unknown setting") == 3
    assert text.endswith("And 2 more mistakes.")


def test_a_long_value_is_cut():
    assert len(sentence(TrainSettings, {"epochs": "9" * 3000 + "x"})) < 120


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"epochs": 0}, "epochs = 0; expected at least 1."),
        ({"optimizer": {"learning_rate": 0}}, "optimizer: learning_rate = 0; expected more than 0."),
        ({"schedule": {"final_fraction": 1.5}}, "schedule: final_fraction = 1.5; expected at most 1."),
        ({"schedule": {"step_factor": 1}}, "schedule: step_factor = 1; expected less than 1."),
        ({"epochs": 2.5}, "epochs = 2.5; expected a whole number of at least 1."),
        ({"epochs": [1]}, "epochs = [1]; expected a whole number of at least 1."),
        (
            {"optimizer": {"momentum": "fast"}},
            "optimizer: momentum = 'fast'; expected a number of at least 0 and less than 1.",
        ),
        (
            {"optimizer": {"momentum": [1]}},
            "optimizer: momentum = [1]; expected a number of at least 0 and less than 1.",
        ),
        (
            {"optimizer": {"learning_rate": float("nan")}},
            "optimizer: learning_rate = nan; expected a number of more than 0.",
        ),
        ({"optimizer": {"nesterov": "perhaps"}}, "optimizer: nesterov = 'perhaps'; expected true or false."),
        ({"optimizer": {"nesterov": [1]}}, "optimizer: nesterov = [1]; expected true or false."),
        ({"optimizer": {"nesterov": 3}}, "optimizer: nesterov = 3; expected true or false."),
        ({"model": 3}, "model = 3; expected a text."),
        ({"optimizer": 3}, "optimizer = 3; expected a table of settings."),
        ({"keep_best": "best"}, "keep_best = 'best'; expected val_loss, val_accuracy, train_loss or train_accuracy."),
        ({"image_size": [28]}, "image_size = [28]; expected a length of at least 2."),
    ],
)
def test_every_kind_of_mistake_has_its_words(content, expected):
    assert sentence(TrainSettings, content) == f"here: {expected}"


def test_exactly_three_mistakes_are_all_said():
    text = sentence(TrainSettings, dict.fromkeys("abc", 1))
    assert text.count("unknown setting") == 3
    assert "more mistake" not in text
    assert sentence(TrainSettings, dict.fromkeys("abcd", 1)).endswith("And 1 more mistake.")


def test_one_mistake_brings_its_options_and_two_bring_none():
    def options(settings, content):
        with pytest.raises(ValidationError) as caught:
            settings.model_validate(content)
        return [*as_config_error(caught.value, "here", settings).options]

    assert options(TrainSettings, {"epoch": 1})[0] == "epochs"
    assert options(TrainSettings, {"keep_best": "x"}) == ["val_loss", "val_accuracy", "train_loss", "train_accuracy"]
    near = options(TrainSettings, {"keep_best": "train_accurac"})
    assert (near[0], sorted(near)) == ("train_accuracy", ["train_accuracy", "train_loss", "val_accuracy", "val_loss"])
    assert options(TrainSettings, {"epoch": 1, "keep_best": "x"}) == []
    assert options(NetworkSettings, {"layers": [{"type": "dens"}]})[0] == "dense"
    assert options(NetworkSettings, {"layers": [{}]})[:2] == ["conv", "whitening"]
    assert options(TrainSettings, {"epochs": 0}) == []
