"""The scikit-learn estimator: fit a classifier to arrays, in memory."""

from onelook.estimator.image_classifier import EstimatorDataError, ImageClassifier

__all__ = ["EstimatorDataError", "ImageClassifier"]
