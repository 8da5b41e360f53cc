"""What a run records and says of the published weights that it begins with."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.errors import ConfigError
from onelook.files import checksum
from onelook.models.families.efficientnet_lite import LITE0
from onelook.models.pretrained.weights import find_weights
from onelook.planning.picks import Picks
from onelook.planning.pretrained_request import (
    beginning_backbone,
    check_transfer,
    pretrained_record,
    unread_by_network,
)
from onelook.settings import TrainSettings


def test_the_record_has_every_figure_in_its_place() -> None:
    path = find_weights(LITE0)
    assert pretrained_record(TrainSettings(model="efficientnet-lite0", tune="full")) == {
        "name": "efficientnet-lite0",
        "file": path.name,
        "checksum": checksum(path),
        "trained_on": "ImageNet-1k",
        "source": LITE0.source,
        "licence": "Apache-2.0",
        "image_size": 224,
        "mean": 127 / 255,
        "std": 128 / 255,
        "crop": 0.875,
        "tuned": "full",
    }
    assert pretrained_record(TrainSettings(model="efficientnet-lite0", from_model="runs/a")) is None
    assert pretrained_record(TrainSettings(model="cnn")) is None


def test_of_weights_in_a_file_nothing_is_claimed_but_the_file(tmp_path: Path) -> None:
    file = tmp_path / "own.pth"
    file.write_bytes(b"never read here")
    record = pretrained_record(TrainSettings(model="efficientnet-lite0", weights=str(file)))
    assert record is not None
    assert (record["file"], record["trained_on"], record["licence"]) == ("own.pth", "the file own.pth", "not stated")
    assert record["source"] == "given with --weights for efficientnet-lite0"
    backbone = beginning_backbone("efficientnet-lite0", str(file))
    assert backbone.accuracy is None
    assert "75.1" not in backbone.in_words
    assert beginning_backbone("efficientnet-lite0", None) == LITE0


def test_without_a_network_none_is_an_answer_and_with_one_it_changes_nothing() -> None:
    assert unread_by_network({"weights": "none"}) == ()
    assert unread_by_network({"weights": "none", "tune": "full"}) == (
        "the network has no pretrained weights: --tune full changes nothing",
    )
    assert unread_by_network({"model": "cnn", "weights": "none"}) == (
        "cnn has no pretrained weights: --weights none changes nothing",
    )
    assert unread_by_network({"model": "cnn", "weights": "a.pth", "tune": "head"}) == (
        "cnn has no pretrained weights: --weights a.pth and --tune head change nothing",
    )


def test_a_later_pick_of_the_same_setting_wins_and_each_keeps_its_reason() -> None:
    picks = Picks()
    picks.add({"model": "cnn", "optimizer": {"name": "adam", "momentum": 0.5}}, "a network")
    picks.add({"epochs": 3})
    picks.add({"optimizer": {"name": "sgd"}}, "another rule")
    assert picks.settings == {"model": "cnn", "optimizer": {"name": "sgd", "momentum": 0.5}, "epochs": 3}
    assert picks.reasons == ("a network", "another rule")
    assert tuple(picks.reasons_for("optimizer")) == ("a network", "another rule")
    assert tuple(picks.reasons_for("epochs")) == ()


@pytest.mark.parametrize("tune", ["head", "gradual", "full", "auto", None])
def test_without_pretrained_weights_nothing_can_stay_frozen(tune: str | None) -> None:
    asked = {"model": "efficientnet-lite0", "weights": "none", "tune": tune}
    if tune in ("head", "gradual"):
        with pytest.raises(
            ConfigError, match=f"^--tune {tune} and --weights none: without pretrained weights there is"
        ):
            check_transfer(asked)
    else:
        assert check_transfer(asked) == {name: value for name, value in asked.items() if value != "auto"}


@pytest.mark.parametrize("tune", [None, "head", "full"])
def test_a_pretrained_network_prepares_pictures_in_its_own_way(tune: str | None) -> None:
    asked = {"model": "efficientnet-lite0", "preprocess": {}} | ({} if tune is None else {"tune": tune})
    with pytest.raises(
        ConfigError, match=r"^efficientnet-lite0 prepares pictures as its weights were trained with; exp"
    ):
        check_transfer(asked)
    assert check_transfer({**asked, "weights": "none", "tune": "full"})["preprocess"] == {}
    assert check_transfer({**asked, "model": "cnn"})["preprocess"] == {}


@pytest.mark.parametrize(
    ("varied", "said"),
    [
        ({"augment": {"cutout": 0.2}}, "augment"),
        ({"mix": {"mixup": 0.2}}, "mix"),
        ({"augment": {"cutout": 0.2}, "mix": {"mixup": 0.2}}, "augment and mix"),
        ({"augment": {}}, None),  # switched off
    ],
)
def test_a_head_sees_each_picture_once(varied: dict[str, object], said: str | None) -> None:
    asked = {"model": "efficientnet-lite0", "tune": "head", **varied}
    if said is None:
        assert check_transfer(asked) == asked
    else:
        with pytest.raises(ConfigError, match=f"so that {said} cannot change it from epoch to epoch. Leave that out"):
            check_transfer(asked)
    assert check_transfer({**asked, "tune": "full"})["tune"] == "full"
