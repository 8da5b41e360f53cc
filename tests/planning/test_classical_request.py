"""A request for a classical model, checked before any data is read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from onelook.errors import ConfigError
from onelook.planning.classical_request import refuse_wrong_parameters, unread_choice
from onelook.planning.options import check_names


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"model": "logistic", "epochs": 3, "seed": 4}, ("logistic does not read epochs",)),
        (
            {"model": "knn", "epochs": 3, "batch_size": 8, "augment": {"horizontal_flip": True}},
            ("knn does not read epochs, batch_size and augment",),
        ),
        ({"model": "logistic", "epochs": None, "features": {"pca": 3}, "classical": {"rows": 9}}, ()),
        ({"model": "mlp", "epochs": 3, "features": {"pca": 3}}, ("mlp does not read features",)),
        ({"classical": {"rows": 9}}, ("the network does not read classical",)),
        ({"model": "mlp", "epochs": 3, "tune": "full"}, ()),
    ],
)
def test_what_a_model_does_not_read_is_said(asked: dict[str, Any], said: tuple[str, ...]) -> None:
    assert unread_choice(asked) == said


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"from_model": "runs/a"},
            "--from runs/a and --model logistic: training can continue from a network's weights, but logistic is "
            "always fitted from the start. Leave one of them out.",
        ),
        (
            {"preprocess": {"zca_whitening": True}},
            "preprocess.zca_whitening: logistic is not given whitened pictures. Leave it out, or take principal "
            "components of them with features.pca.",
        ),
        ({"features": {"name": "resnet"}}, "resnet"),
        ({"classical": {"max_depth": 3}}, "max_depth"),
    ],
)
def test_what_cannot_be_is_refused_of_one_model_and_of_each_of_a_list(asked: dict[str, Any], message: str) -> None:
    for check in (
        lambda: refuse_wrong_parameters("logistic", {**asked, "model": "logistic"}),
        lambda: check_names({**asked, "models": "mlp, logistic"}),
    ):
        with pytest.raises(ConfigError, match=re.escape(message)):
            check()


def test_what_fits_is_let_through() -> None:
    refuse_wrong_parameters("random-forest", {"classical": {"max_depth": 3}, "from_model": None})
    check_names({"models": ["mlp", "random-forest"], "classical": {"max_depth": 3}})
