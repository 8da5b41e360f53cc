"""The light install: what loads, and works, where the training libraries are not installed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest

import onelook

HEAVY = ("torch", "onnx", "sklearn", "pyarrow", "matplotlib", "jinja2", "skops", "h5py", "pandas", "scipy", "keras")
LIGHT_PACKAGES = ("onelook.cli", "onelook.workflow", "onelook.server", "onelook.recipes", "onelook.settings")
LIGHT_MODULES = ["onelook", "onelook.classifier", *LIGHT_PACKAGES] + [
    module.name
    for package in LIGHT_PACKAGES
    for module in walk_packages(import_module(package).__path__, f"{package}.")
]

# A finder that comes first and refuses: as if the libraries had never been installed.
BLOCK = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Refuse())
"""


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_list_of_light_modules_is_not_empty():
    assert {"onelook.cli.train", "onelook.workflow.train", "onelook.server.app"} <= set(LIGHT_MODULES)
    assert "onelook" in onelook.__name__


def test_nothing_heavy_loads_with_the_faces_of_the_product():
    imports = "\n".join(f"import {name}" for name in LIGHT_MODULES)
    loaded = run(f"{imports}\nimport sys\nprint(sorted(set({HEAVY!r}) & sys.modules.keys()))")
    assert loaded.strip() == "[]"


def test_everything_light_loads_where_nothing_heavy_is_installed():
    run(BLOCK + "\n".join(f"import {name}" for name in LIGHT_MODULES))


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["models"], ["recipes"], ["datasets"]])
def test_looking_around_needs_nothing_heavy(words):
    run(BLOCK + f"from onelook.cli import main; sys.exit(main({words!r}))")


def test_training_names_the_extra_to_install():
    program = BLOCK + "from onelook.cli import main; print(main(['train', 'digits']))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "2"
    assert "pip install 'onelook[train]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_estimator_names_the_extra_to_install():
    program = BLOCK + "import onelook\ntry:\n    onelook.ImageClassifier\nexcept Exception as error:\n    print(error)"
    assert "pip install 'onelook[train]'" in run(program)
