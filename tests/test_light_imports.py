"""The light install: what loads, and works, where the training libraries are not installed."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import numpy as np
import pytest
from tests.copies import Run, copies_of, needs_copies

import onelook
from onelook.data.layouts.registry import LAYOUTS

HEAVY = ("torch", "onnx", "sklearn", "pyarrow", "matplotlib", "jinja2", "skops", "h5py", "pandas", "scipy", "keras")
_ROOMS = ["cli", "commands", "comparison", "inspection", "planning", "runs", "tuning", "server", "recipes", "settings"]
LIGHT_PACKAGES = tuple(f"onelook.{room}" for room in _ROOMS)
LIGHT_MODULES = ["onelook", "onelook.classifier", *LIGHT_PACKAGES] + [
    module.name
    for package in LIGHT_PACKAGES
    for module in walk_packages(import_module(package).__path__, f"{package}.")
]

# Every finder is asked through one that does not know these names: as if they had never been installed.
BLOCK = f"""
import sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {HEAVY!r} else self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
"""


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def run_light() -> Iterator[Run]:
    """Run a program where nothing heavy is installed, and all that is light is loaded."""
    with copies_of(BLOCK + "\n".join(f"import {name}" for name in LIGHT_MODULES)) as run_copy:
        yield run_copy


@pytest.fixture(scope="module")
def run_opening() -> Iterator[Run]:
    """Run a program where the function that opens data is loaded."""
    with copies_of("import onelook; onelook.open_dataset") as run_copy:
        yield run_copy


def test_the_list_of_light_modules_is_not_empty():
    assert {"onelook.cli.train", "onelook.commands.train", "onelook.server.app"} <= set(LIGHT_MODULES)
    assert "onelook" in onelook.__name__


def test_nothing_heavy_loads_with_the_faces_of_the_product():
    imports = "\n".join(f"import {name}" for name in LIGHT_MODULES)
    loaded = run(f"{imports}\nimport sys\nprint(sorted(set({HEAVY!r}) & sys.modules.keys()))")
    assert loaded.strip() == "[]"


@needs_copies
def test_everything_light_loads_where_nothing_heavy_is_installed(run_light):
    loaded = run_light("import sys; print(*sys.modules)").split()
    assert {"onelook.cli.train", "onelook.commands.train", "onelook.server.app"} <= set(loaded)
    assert not {name.partition(".")[0] for name in loaded} & set(HEAVY)


@needs_copies
def test_looking_around_needs_nothing_heavy(run_light):
    commands = [["--help"], ["train", "--help"], ["models"], ["recipes"], ["datasets"]]
    run_light(f"from onelook.cli import main\nfor words in {commands!r}:\n    assert main(words) == 0, words")


def test_help_loads_nothing_of_ours_but_the_table_of_commands():
    program = "from onelook.cli import main; main(['--help'])\nimport sys; print('loaded', *sorted(sys.modules))"
    loaded = run(program).splitlines()[-1].split()
    ours = {name for name in loaded if name.startswith("onelook.") and not name.startswith("onelook.cli")}
    assert ours == {"onelook.errors", "onelook.registry"}
    assert "onelook.cli.train" not in loaded
    # Instead of the 0.4 s that --help may take, which a busy machine cannot be asked to keep.
    assert {"rich", "numpy", "pydantic", "PIL", "torch"}.isdisjoint(loaded)


def loaded_by_opening(path: Path, run: Run) -> set[str]:
    """The modules that a process has imported when it has opened data."""
    program = f"import onelook, sys; data = onelook.open_dataset({str(path)!r}, for_training=False); print(data.layout)"
    layout, *loaded = run(f"{program}\nprint(*sys.modules, sep='\\n')").splitlines()
    assert layout in LAYOUTS
    assert LAYOUTS.module(layout) in loaded
    return set(loaded)


def layouts_among(modules: set[str]) -> set[str]:
    return {name for name in LAYOUTS if LAYOUTS.module(name) in modules}


@needs_copies
def test_a_pixel_table_is_opened_without_the_code_of_other_layouts(tmp_path, run_opening):
    names = ",".join(f"pixel{number}" for number in range(784))
    (tmp_path / "train.csv").write_text(f"label,{names}\n" + "".join(f"{row % 2}{',7' * 784}\n" for row in range(4)))
    loaded_by_opening(tmp_path / "train.csv", run_opening)
    loaded = loaded_by_opening(tmp_path / "train.csv", run_opening)  # from the cache
    assert layouts_among(loaded) == {"pixel-csv"}
    rooms = {name.split(".")[3] for name in loaded if name.startswith("onelook.data.layouts.")}
    assert rooms.isdisjoint({"arrays", "folders", "hugging_face", "manifests", "builtin", "data_frame", "unrecognised"})
    assert loaded & {"PIL", "pyarrow", "tarfile", "torch", "onelook.data.pictures.decode"} == set()


@needs_copies
def test_a_layout_is_imported_only_where_its_files_may_lie(tmp_path, photos, run_opening):
    (tmp_path / "idx").mkdir()
    idx = bytes([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 8]) + bytes(64)
    (tmp_path / "idx" / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx))
    np.savez(tmp_path / "x.npz", x_train=np.zeros((4, 8, 8), np.uint8), y_train=np.array([0, 1, 0, 1]))
    assert layouts_among(loaded_by_opening(tmp_path / "idx", run_opening)) == {"idx"}
    assert layouts_among(loaded_by_opening(tmp_path / "x.npz", run_opening)) == {"npz"}
    of_photos = layouts_among(loaded_by_opening(photos, run_opening))
    assert of_photos == {"class-folders", "labelled-names", "picture-folder"}


@needs_copies
def test_training_the_estimator_and_a_page_name_the_extra_to_install_before_pictures_are_read(
    photos, tmp_path, run_light
):
    inspecting = ["inspect", str(photos), "--html", str(tmp_path / "page.html")]
    program = f"""
import contextlib, io, json, onelook
from onelook.cli import main
found = {{}}
for words in (["train", "digits"], {inspecting!r}):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    found[words[0]] = [code, out.getvalue(), err.getvalue()]
try:
    onelook.ImageClassifier
except Exception as error:
    found["estimator"] = str(error)
print(json.dumps(found))
"""
    found = json.loads(run_light(program))
    for command in ("train", "inspect"):
        code, _, err = found[command]
        assert code == 2
        assert "pip install 'onelook[train]'" in err
        assert "Traceback" not in err
    assert found["inspect"][1] == ""
    assert "pip install 'onelook[train]'" in found["estimator"]


@needs_copies
def test_a_model_verifies_predicts_evaluates_and_exports_where_nothing_heavy_is_installed(
    brightness_model, photos, tmp_path, run_light
):
    archive = shutil.make_archive(str(tmp_path / "photos_zip"), "zip", photos)
    commands = [
        ["verify", str(brightness_model)],
        ["summary", str(brightness_model)],
        ["inspect", str(photos)],
        ["evaluate", str(brightness_model), str(photos)],
        ["export", str(brightness_model), "--to", "onnx", "--out", str(tmp_path / "model.onnx")],
        *(
            ["predict", str(brightness_model), str(data), "--out", str(tmp_path / f"{number}.csv")]
            for number, data in enumerate((photos, archive, photos / "light" / "1.png"))
        ),
    ]
    run_light(f"from onelook.cli import main\nfor words in {commands!r}:\n    assert main(words) == 0, words")
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()
    assert (tmp_path / "2.csv").read_text().splitlines()[1].startswith("1.png,light,")


@needs_copies
def test_arrays_are_predicted_and_pictures_served_where_nothing_heavy_is_installed(brightness_model, run_light):
    run_light(
        f"""
import numpy as np, onelook
from onelook.server.app import build_app
classifier = onelook.load({str(brightness_model)!r})
pictures = np.stack([np.zeros((8, 8, 1), np.uint8), np.full((8, 8, 1), 255, np.uint8)])
assert [one.class_name for one in classifier.predict(pictures)] == ["dark", "light"]
assert build_app(classifier).title == "onelook"
"""
    )
