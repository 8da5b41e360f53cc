"""The portable model: card, class names, decode settings, weights and a predictor. It does not need torch."""

from onelook.classifier.build import build_classical, build_classifier, load
from onelook.classifier.card import ModelCard
from onelook.classifier.model import Classifier
from onelook.classifier.prediction import Prediction
from onelook.classifier.verify import Verification, verify

__all__ = [
    "Classifier",
    "ModelCard",
    "Prediction",
    "Verification",
    "build_classical",
    "build_classifier",
    "load",
    "verify",
]
