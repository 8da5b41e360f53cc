"""Import packages that may be missing, or that need a setting first: each in one place, for all who need it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from threading import Lock, get_ident
from types import ModuleType
from typing import Any

from onelook.errors import missing_extra

# Environment variables of Ray. They switch off usage statistics, and change values with which Ray hung on a busy
# machine. They apply to a Ray that we start; the machines of a cluster have their own.
RAY_VARIABLES = {
    "RAY_USAGE_STATS_ENABLED": "0",  # else Ray sends statistics to its makers
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else Ray warns that it hides the GPUs from tasks that use none
    "RAY_prestart_worker_first_driver": "0",  # else Ray waits for workers to start, forever if one has failed
    "RAY_worker_register_timeout_seconds": "600",  # time to start a worker; the default is 60 s
    "RAY_worker_niceness": "0",  # else 15: beside other work a trial would get 1/30 of the CPU time it has without Ray
    "RAY_enable_metrics_collection": "0",  # else it prints that nobody collects its metrics
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # else it prints a paragraph on the screen for each worker that dies
}

_OWN_SKOPS = Lock()  # one thread at a time imports a copy of skops


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Pause the search for unreachable objects while modules are imported, which leave nearly none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def require_torch(purpose: str) -> None:
    """Check that torch can be imported.

    Raises:
        ConfigError: it is not installed; the message names the extra to install.
    """
    try:
        with no_garbage_collection():  # it took 0.3 of 1.15 s of processor time
            import torch  # noqa: F401
    except ImportError as error:
        raise missing_extra("torch", "train", purpose) from error


def import_onnxruntime() -> Any:
    """Import `onnxruntime` with its usage reports switched off, and return it.

    Since 1.31 its import writes an identifier of the device and a database of usage reports, to be sent to its makers,
    to the user's cache folder, unless this variable forbids it. If the user sets the variable, that value counts.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def import_keras(purpose: str) -> Any:
    """Import `keras` with torch as its backend, unless the user has chosen another one, and return it.

    Raises:
        ConfigError: Keras is not installed; the message names the extra to install.
    """
    os.environ.setdefault("KERAS_BACKEND", "torch")
    try:
        import keras
    except ImportError as error:
        raise missing_extra(error.name or "keras", "keras", purpose) from error
    return keras


def import_openvino(purpose: str) -> Any:
    """Import `openvino` without its usage reports, and return it.

    Its import writes an identifier of the user to the home folder, and reports to its makers, by a package that comes
    with it. While that package cannot be found, OpenVINO imports without it.

    Raises:
        ConfigError: OpenVINO is not installed; the message names the extra to install.
    """
    try:
        with _hidden("openvino_telemetry"):
            import openvino
    except ImportError as error:
        raise missing_extra("openvino", "openvino", purpose) from error
    return openvino


def import_sklearn() -> None:
    """Import what all of scikit-learn needs, without pandas.

    Where pandas is installed, scikit-learn imports it at once, for functions that we do not call: 75 MB, and a
    quarter of a second. Later imports of pandas are as ever.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    with _hidden("pandas"):
        import sklearn.utils.fixes  # noqa: F401


@cache
def import_skops() -> Any:
    """Import `skops.io`, and return a copy of it that trusts an estimator of scikit-learn only if a call names it.

    By default skops trusts all estimators. To list them it imports the whole of scikit-learn, which brings torch and
    pytest along where they are installed: 1.7 of 2.1 s of processor time. We name the types that a file may have, and
    do not need the list. A program that imports `skops.io` itself gets it as ever.

    Raises:
        ImportError: skops or scikit-learn is not installed.
    """
    import_sklearn()
    import skops

    with _OWN_SKOPS, _no_estimators_listed():
        if "skops.io" in sys.modules:  # the program's, with the whole list
            return sys.modules["skops.io"]
        try:
            return import_module("skops.io")
        finally:
            for name in [name for name in sys.modules if f"{name}.".startswith("skops.io.")]:
                del sys.modules[name]
            vars(skops).pop("io", None)


@contextmanager
def _no_estimators_listed() -> Iterator[None]:
    """Have scikit-learn tell this thread that it has no estimators, without importing them."""
    import sklearn.utils as of_sklearn

    listed, this_thread = of_sklearn.all_estimators, get_ident()

    def none_here(*args: Any, **kwargs: Any) -> Any:
        return [] if get_ident() == this_thread else listed(*args, **kwargs)

    of_sklearn.all_estimators = none_here
    try:
        yield
    finally:
        of_sklearn.all_estimators = listed


def import_ray(purpose: str) -> Any:
    """Set `RAY_VARIABLES`, import `ray` and return it. A variable that the user sets is not changed.

    Raises:
        ConfigError: Ray is not installed; the message names the extra to install.
    """
    for name, value in RAY_VARIABLES.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise missing_extra("ray", "ray", purpose) from error
    return ray


def import_ray_data(purpose: str) -> Any:
    """Import Ray with its part for data, which then prints nothing, and return `ray`.

    Raises:
        ConfigError: Ray, pandas or pyarrow is not installed; the message names the extra to install.
    """
    ray = import_ray(purpose)
    try:
        import ray.data as ray_data
    except ImportError as error:
        raise missing_extra(error.name or "ray[data]", "ray", purpose) from error
    # Its plan, hints and warnings are in the files of its session too.
    logger = logging.getLogger("ray.data")
    logger.handlers = [each for each in logger.handlers if not isinstance(each, logging.StreamHandler)]
    ray_data.DataContext.get_current().enable_progress_bars = False
    return ray


@contextmanager
def _hidden(package: str) -> Iterator[None]:
    """Have a package look to this thread as if it were not installed, unless it is imported already.

    Other threads import it as ever.
    """
    finder = _FindsNothing(package, get_ident())
    sys.meta_path = [finder, *sys.meta_path]  # a new list, as another thread may be going through the old one
    try:
        yield
    finally:
        sys.meta_path = [each for each in sys.meta_path if each is not finder]


class _FindsNothing:
    """Ends the search of one thread for a package: it is not installed."""

    def __init__(self, package: str, thread: int) -> None:
        self._package, self._thread = package, thread

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Return None, which lets Python search on, for any other package and for other threads.

        Raises:
            ModuleNotFoundError: this thread is looking for the package.
        """
        if name == self._package and get_ident() == self._thread:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
