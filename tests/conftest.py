"""What several rooms' tests share: a model whose answers can be worked out by hand."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from _pytest import tmpdir
from _pytest.doctest import DoctestModule
from _pytest.runner import runtestprotocol
from PIL import Image
from tests.drawn_sides import Arrays, draw_sides
from tests.wording.told import Gathered, watch

from onelook import runtime
from onelook.classifier import Classifier, build_classifier
from onelook.comparison import speed
from onelook.evaluation import feature_map
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import Dense, GlobalPool

# What is compiled is kept, whatever the environment says: the tests' own modules, which pytest rewrites in half of the
# time that a worker takes to find them, and the package, which dozens of tests start in processes of their own.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Scripts that write fixtures with other libraries: looking for doctests would import, and set up, those.
collect_ignore_glob = ["fixtures/*"]

# Files that are in memory cost half of the system's time: tests write a hundred thousand small ones.
_MEMORY = Path("/dev/shm")
_ENOUGH_MEMORY = 4 << 30  # bytes that are free; the tests take a part of it
if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_MEMORY:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# While tests are found, nearly all that is made stays: looking through it for garbage took two to six seconds of each
# worker, and later each look the half of one.
gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage from here on, and only in what is made from here on."""
    gc.freeze()
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") and config.getoption("durations", None) is None:
        config.pluginmanager.register(_TellsLittle())


class _TellsLittle:
    """A worker tells of a test's own outcome, and of a fixture's only where it is not that it passed.

    Of a test that passes pytest tells five things: it starts, its fixtures are made, it passed, they are removed, it
    ended. To write, send and read four of them took 0.4 ms for each of some 17,000 tests.
    """

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        for report in runtestprotocol(item, log=False, nextitem=nextitem):
            if report.when == "call" or not report.passed:
                item.ihook.pytest_runtest_logreport(report=report)
        return True


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop() -> Iterator[None]:
    """Run all tests in one environment. Session fixtures would do it too, and are looked up for each test again."""
    # A job in a shell's background begins with Ctrl-C ignored, and so would the tests of Ctrl-C in it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as cache,
    ):
        patch.setenv("ONELOOK_CACHE", cache)  # of fixtures that several files of tests share
        # Tests compute in float32 on every machine, unless they ask for bfloat16 or give the processor instructions.
        patch.setattr(runtime, "bfloat16_instructions", lambda: None)
        # No test looks at how high the speeds of a comparison are.
        patch.setattr(speed, "_SECONDS_A_ROUND", 0.01)
        # Only the tests of maps look where a point lies; scikit-learn's fewest rounds.
        patch.setattr(feature_map, "_MOST_LAID_OUT", 100)
        patch.setattr(feature_map, "_ROUNDS", 250)
        # Nothing waits for the disk: tests of what is flushed bring a `fsync` of their own. This refuses a file that is
        # closed, too.
        patch.setattr(os, "fsync", os.fstat)
        # Nobody follows a link to the last folder of tests of one name.
        patch.setattr(tmpdir, "_force_symlink", lambda *_: None)
        watch(_GATHERED, patch)
        try:
            return (yield)
        finally:
            signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give each file of tests a cache: what others left in it proves nothing, and would be looked through."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONELOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


_GATHERED = Gathered()


@pytest.fixture(scope="session")
def gathered() -> Gathered:
    """The sentences that tests made for the files of a run."""
    return _GATHERED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Each sentence that a test made for the files of a run has an entry in the catalogue of every language."""
    yield
    untold = _GATHERED.untold()
    assert not untold, "write their translations into src/onelook/wording/, below `#. stored`"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file() -> Iterator[list[pytest.Collector]]:
    """Look for doctests in `src/` alone: to look through the tests, which have none, took as long as to read them."""
    return [found for found in (yield) if not isinstance(found, DoctestModule)]


@pytest.fixture(scope="session")
def timm() -> Any:
    """The package timm, whose networks ours are compared with.

    It imports torchvision for its data loaders, which nothing here uses. What the package index has of that is built
    for another torch than a CPU's, and cannot be imported beside it: then an empty stand-in takes its place while timm
    is imported, and is gone afterwards.
    """
    if "timm" in sys.modules:
        return sys.modules["timm"]
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import torchvision  # noqa: F401
        except (ImportError, RuntimeError, OSError):
            for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
                patch.delitem(sys.modules, name)
            for name in _TORCHVISION:
                patch.setitem(sys.modules, name, _StandIn(name))
        import timm

        return timm


_TORCHVISION = (
    *("torchvision", "torchvision.datasets", "torchvision.models", "torchvision.models.feature_extraction"),
    *("torchvision.ops", "torchvision.ops.misc", "torchvision.transforms", "torchvision.transforms.functional"),
)


_MODES = ("NEAREST", "BILINEAR", "BICUBIC", "BOX", "HAMMING", "LANCZOS")


class _StandIn(ModuleType):
    """A module in which every name is an empty class."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__spec__ = ModuleSpec(name, None, is_package=True)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if (within := f"{self.__name__}.{name}") in sys.modules:
            return sys.modules[within]
        if name == "InterpolationMode":
            return type(name, (), {mode: mode for mode in _MODES})
        return type(name, (), {})


@pytest.fixture(scope="session")
def brightness_classifier() -> Classifier:
    """Takes 8×8 grey pictures; the brighter one is, the more it is `light`, and at half brightness undecided."""
    return _by_brightness(("dark", "light"))


@pytest.fixture(scope="session")
def numbers_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the classes 001, which is dark, and 010. Tests must leave it as it is."""
    return _by_brightness(("001", "010")).save(tmp_path_factory.mktemp("numbers") / "model")


def _by_brightness(class_names: tuple[str, str]) -> Classifier:
    network = NetworkSettings(layers=(GlobalPool(type="global_average_pool"), Dense(units="classes")))
    weights = {"1.weight": np.array([[-10.0], [10.0]], np.float32), "1.bias": np.array([5.0, -5.0], np.float32)}
    return build_classifier(
        network,
        FittedPreprocess(),
        weights,
        decode=DecodeSettings(height=8, width=8, channels=1),
        class_names=class_names,
        dtype=np.uint8,
        value_range=(0.0, 255.0),
        provenance={},
        metrics={},
    )


@pytest.fixture(scope="session")
def brightness_model(brightness_classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its model folder. Tests must leave it as it is."""
    return brightness_classifier.save(tmp_path_factory.mktemp("brightness") / "model")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Labelled pictures in class folders: three dark ones, and three light ones, of which one is labelled wrong."""
    folder = tmp_path / "photos"
    levels = {"dark": (0, 20, 40), "light": (255, 240, 10)}
    for class_name, class_levels in levels.items():
        (folder / class_name).mkdir(parents=True)
        for number, level in enumerate(class_levels, 1):
            Image.new("L", (8, 8), level).save(folder / class_name / f"{number}.png")
    return folder


@pytest.fixture
def sides() -> Arrays:
    return draw_sides(64)


@pytest.fixture
def in_tmp(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def score_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """End a run with its model, its score and a report on these, where a test looks at nothing else."""
    from onelook.runs.ending import ENDING_STEPS
    from onelook.runs.ending import plan as ending_plan

    names = ("temperature", "signature", "model", "score", "evaluation")
    monkeypatch.setattr(ending_plan, "all_steps", lambda: tuple(map(ENDING_STEPS.load, names)))
