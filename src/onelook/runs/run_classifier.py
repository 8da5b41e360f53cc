"""The model of a run, which is also callable, as the run once gave it by a call."""

from __future__ import annotations

from onelook.classifier import Classifier


class RunClassifier(Classifier):
    """The trained model of a run: `run.classifier`, or `run.classifier()` as older programs write it."""

    def __call__(self) -> RunClassifier:
        """Return the classifier itself."""
        return self
