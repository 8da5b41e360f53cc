"""onelook turns a pile of pictures into a classifier that you can trust, carry and serve.

The public names are loaded on first use, so that `import onelook` is fast and does not need torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onelook.classifier.build import load
    from onelook.classifier.verify import verify
    from onelook.commands.compare import compare_runs
    from onelook.commands.find_rate import find_learning_rate
    from onelook.commands.import_keras import import_keras
    from onelook.commands.train import cross_validate, train, train_models
    from onelook.commands.tune import tune
    from onelook.data.open import open_dataset
    from onelook.estimator import ImageClassifier
    from onelook.runs.run import open_run

    __version__: str

# Their errors name keywords, where those of the command name its options.
_CALLS = (
    "compare_runs",
    "cross_validate",
    "find_learning_rate",
    "import_keras",
    "open_dataset",
    "open_run",
    "train",
    "train_models",
    "tune",
)

_HOMES = {
    "ImageClassifier": "onelook.estimator",
    "compare_runs": "onelook.commands.compare",
    "cross_validate": "onelook.commands.train",
    "find_learning_rate": "onelook.commands.find_rate",
    "import_keras": "onelook.commands.import_keras",
    "load": "onelook.classifier",
    "open_dataset": "onelook.data.open",
    "open_run": "onelook.runs.run",
    "train": "onelook.commands.train",
    "train_models": "onelook.commands.train",
    "tune": "onelook.commands.tune",
    "verify": "onelook.classifier",
}

__all__ = [
    "ImageClassifier",
    "__version__",
    "compare_runs",
    "cross_validate",
    "find_learning_rate",
    "import_keras",
    "load",
    "open_dataset",
    "open_run",
    "train",
    "train_models",
    "tune",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("onelook")
    if name not in _HOMES:
        raise AttributeError(f"module 'onelook' has no attribute '{name}'. It has: {', '.join(__all__)}.")
    found = getattr(import_module(_HOMES[name]), name)
    return import_module("onelook.commands.in_python").in_python(found) if name in _CALLS else found


def __dir__() -> list[str]:
    return __all__
