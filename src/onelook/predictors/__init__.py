"""What turns pictures into probabilities, by engine. Each is imported when it is first asked for."""

from onelook.registry import Registry

PREDICTORS = Registry(
    "engine",
    {
        "onnx": ("onelook.predictors.onnx:OnnxPredictor", "ONNX Runtime: fast on CPUs, needs no torch"),
        "sklearn": ("onelook.predictors.sklearn:SklearnPredictor", "scikit-learn: forests, SVMs and their like"),
        "torch": ("onelook.predictors.torch:TorchPredictor", "PyTorch: on the device that trains"),
    },
)
