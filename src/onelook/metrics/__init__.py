"""Scores of a classifier, from probabilities and labels. NumPy alone.

Every registered score is `score(probabilities, labels) -> float`:
`probabilities` is (rows, classes), float, each row summing to 1; `labels` is (rows,), integer positions of the classes.
"""

from onelook.registry import Registry

METRICS = Registry(
    "metric",
    {
        "accuracy": ("onelook.metrics.accuracy:accuracy", "share of rows whose likeliest class is the label"),
        "balanced_accuracy": ("onelook.metrics.accuracy:balanced_accuracy", "mean recall of the classes"),
        "macro_f1": ("onelook.metrics.f1:macro_f1", "mean F1 of the classes"),
        "log_loss": ("onelook.metrics.log_loss:log_loss", "mean of -log p(label), in nats"),
        "calibration_error": (
            "onelook.metrics.calibration:calibration_error",
            "how far confidence and accuracy lie apart",
        ),
    },
)
