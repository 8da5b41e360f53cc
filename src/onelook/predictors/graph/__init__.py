"""Writes an ONNX graph straight from a network's settings and weights; needs the package `onnx`."""
