"""The logs of other tools that a run can be written to with `--log`, beside its own files."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

from onelook.errors import missing_extra
from onelook.registry import Registry

LOGS = Registry(
    "log",
    {
        "tensorboard": ("onelook.training.logs.tensorboard:TensorBoardLog", "event files in RUN/tensorboard"),
        "mlflow": (
            "onelook.training.logs.mlflow:MlflowLog",
            "a run where MLFLOW_TRACKING_URI says",
        ),
    },
)


def require_logs(names: Iterable[str]) -> None:
    """Return if the package of each log is installed. The package, its extra and the log have the same name.

    Raises:
        ConfigError: a package is missing; the message names the extra to install.
    """
    for name in names:
        if find_spec(name) is None:
            raise missing_extra(name, name, f"--log {name}")
