"""Scores of a classifier, computed with NumPy alone.

A new score is one file here that holds a `Score` (see `onelook.metrics.scores`), and one line below: its name in JSON,
where it is, and what it means, in the words that a report prints beside it.
"""

from onelook.registry import Registry

METRICS = Registry(
    "metric",
    {
        "accuracy": ("onelook.metrics.accuracy:ACCURACY", "the share of pictures whose likeliest class is the label"),
        "balanced_accuracy": (
            "onelook.metrics.uneven_classes:BALANCED_ACCURACY",
            "the average over classes, each counted alike",
        ),
        "macro_f1": (
            "onelook.metrics.uneven_classes:MACRO_F1",
            "precision and recall in one, averaged over the classes; 1 is best",
        ),
        "loss": (
            "onelook.metrics.confidence:LOG_LOSS",
            "cross-entropy, in nats; 0 is best, confident errors cost most",
        ),
        "calibration_error": (
            "onelook.metrics.confidence:CALIBRATION_ERROR",
            "how far confidence lies from accuracy (Guo et al. 2017, arXiv:1706.04599); 0 is best",
        ),
        "matthews_correlation": (
            "onelook.metrics.uneven_classes:MATTHEWS_CORRELATION",
            "how well predictions follow labels, however uneven the classes; 1 is best, 0 is guessing",
        ),
        "top5_accuracy": (
            "onelook.metrics.accuracy:TOP5_ACCURACY",
            "the share of pictures whose label is among the five likeliest classes",
        ),
    },
)
