"""The scikit-learn estimator: arrays in, a fitted classifier in memory out."""

from onelook.estimator.image_classifier import EstimatorDataError, ImageClassifier

__all__ = ["EstimatorDataError", "ImageClassifier"]
