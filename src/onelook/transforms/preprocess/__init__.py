"""The fixed preparation of every picture: `fit` measures it on the training pictures, `steps` holds its formulas.

`in_torch` and `in_numpy` apply the formulas to pictures; the ONNX graph does so too, in `predictors.graph`.
"""
