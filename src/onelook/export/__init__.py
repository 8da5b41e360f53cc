"""A model in other formats, each compared with the model before it is kept.

Every registered format is a `Target`: one file here, and one line below.
"""

from onelook.registry import Registry

EXPORTS = Registry(
    "export format",
    {
        "onnx": ("onelook.export.onnx:TARGET", "one file for ONNX Runtime: raw pictures in, probabilities out"),
        "torch": ("onelook.export.torch:TARGET", "a program of torch.export, which torch runs without onelook"),
        "keras": ("onelook.export.keras:TARGET", "a .keras file, which Keras 3 opens with any backend (extra keras)"),
        "openvino": ("onelook.export.openvino:TARGET", "a folder for OpenVINO (extra openvino)"),
        "litert": ("onelook.export.litert:TARGET", "a .tflite file for LiteRT on phones and boards (extra litert)"),
        "web": ("onelook.export.web:TARGET", "a folder with a page that runs the model in the browser"),
    },
)
