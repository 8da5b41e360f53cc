"""The portable model, free of torch: card, class names, decode settings, a predictor by name."""

from onelook.classifier.build import build_classical, build_classifier, load
from onelook.classifier.card import ModelCard
from onelook.classifier.model import Classifier, Prediction
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
