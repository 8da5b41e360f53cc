"""The names that `import onelook` promises, and that nothing loads before it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import onelook


def test_lists_its_public_names():
    assert set(dir(onelook)) == set(onelook.__all__)
    promised = {
        "open_dataset",
        "open_run",
        "train",
        "cross_validate",
        "train_models",
        "tune",
        "find_learning_rate",
        "import_keras",
        "compare_runs",
    }
    assert promised | {"load", "verify", "ImageClassifier", "__version__"} == set(onelook.__all__)


@pytest.mark.parametrize("name", sorted(onelook.__all__))
def test_every_public_name_can_be_had(name):
    assert getattr(onelook, name) is not None


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(AttributeError, match="no attribute 'trian'.*open_dataset"):
        onelook.trian  # noqa: B018


def test_the_version_is_the_installed_package_s():
    from importlib.metadata import version

    assert onelook.__version__ == version("onelook")


def test_importing_it_loads_nothing_else():
    program = "import sys, onelook; print([name for name in sys.modules if name.startswith('onelook.')])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
