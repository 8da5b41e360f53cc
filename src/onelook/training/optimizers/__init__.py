"""The rules that move the weights, each with Keras' formula, each in one pass over memory where torch has one.

Where a network has millions of dense weights (`dogs-vs-cats`: 12.8 million, 15 pictures a step) the update is
bound by memory, so each rule is brought to one of torch's fused kernels: it reads gradient, state and weight
once, where the same formula op by op reads them four or five times.
"""
