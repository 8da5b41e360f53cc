"""Write an ONNX graph directly from a network's settings and weights. It needs the package `onnx`."""
