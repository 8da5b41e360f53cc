"""Predictors, which turn pictures into probabilities, by engine. Each is imported when it is first used."""

from onelook.registry import Registry

PREDICTORS = Registry(
    "engine",
    {
        "onnx": ("onelook.predictors.onnx:OnnxPredictor", "ONNX Runtime: fast on CPUs, needs no torch"),
        "sklearn": (
            "onelook.predictors.sklearn:SklearnPredictor",
            "scikit-learn: the classical models",
        ),
        "torch": ("onelook.predictors.torch:TorchPredictor", "PyTorch: on the device of the training"),
    },
)
