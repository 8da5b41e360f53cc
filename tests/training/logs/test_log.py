"""Which logs there are, and what is said where their package is not."""

from __future__ import annotations

from typing import get_args

import pytest

from onelook.cli import main
from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.settings.train import Log
from onelook.training import logs
from onelook.training.logs import LOGS, require_logs
from onelook.training.logs.log import hyper_parameters


def test_every_log_can_be_named_and_the_other_way_round() -> None:
    assert tuple(LOGS) == get_args(Log)


@pytest.mark.parametrize("typed", ["tensorboard, mlflow", ["tensorboard", "mlflow"], ("tensorboard", "mlflow")])
def test_several_logs_in_one_text(typed: object) -> None:
    assert TrainSettings.model_validate({"log": typed}).log == ("tensorboard", "mlflow")


@pytest.mark.parametrize("name", list(LOGS))
def test_a_missing_package_is_said_with_its_extra_before_anything_is_read(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    monkeypatch.setattr(logs, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=rf"--log {name} needs the package '{name}'.*pip install 'onelook\[{name}\]'"):
        require_logs([name])
    assert main(["train", "digits", "--log", name, "--out", f"{tmp_path}/run"]) == 2
    assert f"onelook[{name}]" in " ".join(capsys.readouterr().err.split())


def test_an_unknown_log_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "digits", "--log", "wandb"]) == 2
    assert "tensorboard" in " ".join(capsys.readouterr().err.split())


def test_a_setting_within_settings_keeps_the_names_of_all_that_it_is_in() -> None:
    classical = {"features": {"hog": {"cell": 8}}, "parameters": {"C": 0.5}}
    assert hyper_parameters({"classical": classical, "seed": 0}) == {
        "classical.features.hog.cell": 8,
        "classical.parameters.C": 0.5,
        "seed": 0,
    }
