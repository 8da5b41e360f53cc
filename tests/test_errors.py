"""The exit codes that the design fixes, and the hint for a mistyped name."""

from __future__ import annotations

import pytest

from onelook.errors import ConfigError, DataError, ModelError, OnelookError, missing_extra, unknown_name


@pytest.mark.parametrize(("error", "code"), [(OnelookError, 1), (ConfigError, 2), (DataError, 3), (ModelError, 4)])
def test_each_error_carries_its_exit_code(error: type[OnelookError], code: int) -> None:
    assert error.exit_code == code
    assert issubclass(error, OnelookError)


def test_the_nearest_name_is_offered_whatever_its_case() -> None:
    assert str(unknown_name("model", "CNM", ["cnn", "mlp"])) == "unknown model 'CNM'. Did you mean 'cnn'?"
    assert str(unknown_name("check", "cnn", ["CNN"])) == "unknown check 'cnn'. Did you mean 'CNN'?"


def test_the_list_is_given_where_nothing_is_near() -> None:
    assert str(unknown_name("model", "xyzzy", ["mlp", "cnn"])) == "unknown model 'xyzzy'. Known: cnn, mlp."


def test_a_missing_package_names_the_extra_to_install() -> None:
    error = missing_extra("torch", "train", "training")
    assert isinstance(error, ConfigError)
    assert "training needs the package 'torch'" in str(error)
    assert "pip install 'onelook[train]'" in str(error)
