"""Measurements before a training: a suitable learning rate, the fastest batch size, and the speed of the machine."""
