"""A model in other formats, each checked against the original before it is kept.

Every registered export is `export(classifier, out) -> Exported`.
"""

from onelook.registry import Registry

EXPORTS = Registry(
    "export format",
    {"onnx": ("onelook.export.onnx:export_onnx", "one file for ONNX Runtime: raw pictures in, probabilities out")},
)
