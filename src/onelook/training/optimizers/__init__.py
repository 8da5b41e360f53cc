"""The optimizers, each with Keras' formula, and each in one pass over memory where torch has a kernel for that.

Where a network has millions of dense weights (`dogs-vs-cats`: 12.8 million, 15 pictures a step) memory limits the
speed of the update. So each formula is rewritten for one of torch's fused kernels, which reads gradient, state and
weight once. The same formula, operation by operation, reads them four or five times.
"""
