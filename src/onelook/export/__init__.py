"""A model in other formats, each compared with the model before it is kept.

Every registered format is a `Target`: one file here, and one line below.
"""

from onelook.export.target import Exported, Target
from onelook.registry import Registry

__all__ = ["EXPORTS", "Exported", "Target"]

EXPORTS = Registry(
    "export format",
    {"onnx": ("onelook.export.onnx:TARGET", "one file for ONNX Runtime: raw pictures in, probabilities out")},
)
