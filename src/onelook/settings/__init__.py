"""Every stage's settings, a file a stage."""

from onelook.settings.augment import AugmentSettings, MixSettings
from onelook.settings.callbacks import EarlyStoppingSettings, ReduceOnPlateauSettings
from onelook.settings.decode import DecodeSettings
from onelook.settings.network import NetworkSettings
from onelook.settings.optimizer import LossSettings, OptimizerSettings, ScheduleSettings
from onelook.settings.preprocess import FittedPreprocess, PreprocessSettings
from onelook.settings.train import TrainSettings
from onelook.settings.views import ViewSettings

__all__ = [
    "AugmentSettings",
    "DecodeSettings",
    "EarlyStoppingSettings",
    "FittedPreprocess",
    "LossSettings",
    "MixSettings",
    "NetworkSettings",
    "OptimizerSettings",
    "PreprocessSettings",
    "ReduceOnPlateauSettings",
    "ScheduleSettings",
    "TrainSettings",
    "ViewSettings",
]
