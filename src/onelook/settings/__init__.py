"""The settings of every stage of a run."""

from onelook.settings.augment import AugmentSettings, MixSettings
from onelook.settings.network import NetworkSettings
from onelook.settings.optimization import (
    EarlyStoppingSettings,
    LossSettings,
    OptimizerSettings,
    ReduceOnPlateauSettings,
    ScheduleSettings,
)
from onelook.settings.pictures import DecodeSettings, FittedPreprocess, PreprocessSettings, ViewSettings
from onelook.settings.train import TrainSettings

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
