"""Settings from several places, merged and validated."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.settings.merge import build_settings, differences, merge
from onelook.settings.parse import parse_flags, parse_set
from onelook.settings.toml_text import read_toml


@pytest.mark.parametrize("val", [0, 1, 1.5, -0.1])
def test_a_share_to_validate_on_lies_between_nothing_and_all(val: float) -> None:
    with pytest.raises(ConfigError, match=rf"val = {float(val)}; expected a share above 0 and below 1, .* or a path"):
        build_settings(parse_flags({"val": str(val)}), "the options")


@pytest.mark.parametrize("size", ["0", "28x0", "100000"])
def test_image_sizes_that_no_picture_can_have_are_refused(size: str) -> None:
    with pytest.raises(ConfigError, match=r"image_size = .*; expected at (least 1|most 8192)\."):
        build_settings(parse_flags({"image_size": size}), "the options")


@pytest.mark.parametrize("models", ["cnn,", ",cnn", "cnn,,mlp", "cnn, mlp,cnn", "", (), ("cnn", "cnn")])
def test_several_models_are_names_each_once(models: object) -> None:
    with pytest.raises(ConfigError, match=r"models = .*; expected one name or several, each once, such as cnn,mlp\."):
        build_settings({"models": models}, "the options")


def test_several_names_may_be_typed_with_spaces_or_given_as_a_list() -> None:
    for names in ("cnn, mlp", "cnn,mlp ", ["cnn", "mlp"], ("cnn", "mlp")):
        assert build_settings({"models": names}, "the options").models == ("cnn", "mlp")
    for names in ("tensorboard, mlflow", ["tensorboard", "mlflow"]):
        assert build_settings({"log": names}, "the options").log == ("tensorboard", "mlflow")


@pytest.mark.parametrize("size", [(28, 28, 3), [28, 28, 3]])
def test_a_value_from_python_is_shown_as_a_list(size: object) -> None:
    with pytest.raises(ConfigError, match=r"^image_size = \[28, 28, 3\]; expected a length of at most 2\.$"):
        build_settings({"image_size": size}, "the options")


def test_later_layers_win_key_by_key() -> None:
    merged = merge({"optimizer": {"name": "adam", "rho": 0.8}, "epochs": 3}, {"optimizer": {"name": "sgd"}})
    assert merged == {"optimizer": {"name": "sgd", "rho": 0.8}, "epochs": 3}


def test_values_out_of_range_are_refused_by_name_and_value() -> None:
    with pytest.raises(ConfigError, match=r"epochs.*0"):
        build_settings({"epochs": 0}, "the options")
    with pytest.raises(ConfigError, match=r"label_smoothing.*1.5"):
        build_settings({"loss": {"label_smoothing": 1.5}}, "run.toml")
    for name in ("width_shift_range", "height_shift_range"):
        with pytest.raises(ConfigError, match=rf"augment\.{name} = \[\]"):
            build_settings({"augment": {name: []}}, "the options")


def test_an_unknown_key_in_a_file_is_refused_with_the_file_and_the_nearest_name(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("epoch = 3\n")
    with pytest.raises(ConfigError, match=r"run\.toml.*epoch.*epochs"):
        build_settings(read_toml(path), str(path))


def test_a_broken_toml_file_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("epochs = 3\nmodel = \n")
    with pytest.raises(ConfigError, match="line 2"):
        read_toml(path)
    with pytest.raises(ConfigError, match="there is no such file"):
        read_toml(tmp_path / "missing.toml")


@pytest.mark.parametrize("value", ["[" * 100_000, "1" + "0" * 5_000])
def test_what_the_parser_gives_up_on_is_told(tmp_path: Path, value: str) -> None:
    path = tmp_path / "run.toml"
    path.write_text(f"epochs = {value}")
    with pytest.raises(ConfigError, match=r"not readable as TOML: it(s content| is nested too deeply)"):
        read_toml(path)
    with pytest.raises(ConfigError, match="^epochs = "):
        build_settings(parse_set([f"epochs={value}"]), "the options")


def test_differences_name_each_changed_setting_once_in_order() -> None:
    changed = {"seed": 3, "optimizer": {"name": "sgd"}, "early_stopping": {"patience": 3}, "epochs": 3, "model": "mlp"}
    old, new = TrainSettings(), build_settings(changed, "test")
    found = differences(old, new)
    assert [*found] == sorted(found)
    assert len(found) > 5
    assert {name: found[name] for name in ("epochs", "optimizer.name", "seed", "early_stopping.patience")} == {
        "epochs": (10, 3),
        "optimizer.name": ("adam", "sgd"),
        "seed": (0, 3),
        "early_stopping.patience": (None, 3),
    }


def test_settings_survive_json() -> None:
    settings = build_settings({"augment": {"zoom_range": [0.8, 1.2]}, "early_stopping": {"patience": 3}}, "test")
    assert TrainSettings.model_validate_json(settings.model_dump_json()) == settings


def test_names_of_models_in_one_text_are_parted_at_commas() -> None:
    for models in ("cnn , mlp", ["cnn", "mlp"]):
        assert build_settings({"models": models}, "here").models == ("cnn", "mlp")
    assert build_settings({"models": None}, "here").models is None


@pytest.mark.parametrize(
    ("below", "above", "merged"),
    [
        ({"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
        ({"a": {"x": 1}}, {"a": None}, {"a": None}),
        ({"a": None}, {"a": {"y": 2}}, {"a": {"y": 2}}),
        ({"a": 1}, {"a": {"y": 2}}, {"a": {"y": 2}}),
        ({"a": {"x": 1}}, {"a": {}}, {"a": {"x": 1}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
    ],
)
def test_tables_are_merged_and_all_other_values_replaced(
    below: dict[str, object], above: dict[str, object], merged: dict[str, object]
) -> None:
    assert merge(below, above) == merged
    assert merge(below, {}, above) == merged


@pytest.mark.parametrize("share", ["inf", "-inf", "nan", "1e999"])
def test_a_share_to_validate_on_is_a_number_that_can_be_written(share: str) -> None:
    with pytest.raises(ConfigError, match=f"--val '{share}' is no share of pictures. Expected one above 0 and below 1"):
        parse_flags({"val": share})
